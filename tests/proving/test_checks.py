"""Files without theorems: every property of every scenario."""

import pytest

from gupproof.diagnostics import GupError
from gupproof.proving.checks import check_obligations, parse_settings, property_names
from gupproof.proving.obligations import grouped
from gupproof.proving.result import Verdict
from gupproof.proving.run import prove_group
from tests.support.proofs import unit_of

TEXT = """
config FIX : bool = false;
config MODE : red | green = red;
fn outer() { deeper(); }
fn deeper() { assert(true, deep); }
fn unused() { assert(true, elsewhere); }
fn handle() { assert(true, handled); }
scenario plain { int x; thread t { x = 1; } }
scenario rich {
    int x;
    ghost int r;
    thread t { assert(READ_ONCE(x) == 0); outer(); if (FIX) { assert(r == 0, mine); } }
    interrupt t by handle();
    property first : r == 0;
    property second : true;
    cover c : true;
}
"""


@pytest.fixture(scope="module")
def unit():
    return unit_of(TEXT)


def asked(unit, **options):
    chosen = {"models": ("sc",), "target": None, "scenarios": (), "settings": ()} | options
    return check_obligations(unit, **chosen)


def refused(unit, **options):
    with pytest.raises(GupError) as caught:
        asked(unit, **options)
    (item,) = caught.value.diagnostics
    return item.code, item.message, item.help


def test_properties_are_those_written_and_those_that_reachable_asserts_carry(unit):
    names = property_names(unit, unit.scenarios["rich"])
    assert names == ("first", "second", "asserts", "deep", "handled", "mine")


def test_a_scenario_without_properties_still_has_that_its_accesses_go_to_objects(unit):
    assert property_names(unit, unit.scenarios["plain"]) == ("asserts",)


def test_every_property_of_every_scenario_is_asked_on_every_platform(unit):
    found = asked(unit, models=("sc", "armv8"))
    assert len(found) == (1 + 6) * 3
    assert {item.expect for item in found} == {None}
    assert {(item.theorem, item.claim) for item in found} == {("", "")}
    assert {item.covering for item in found if item.scenario == "rich"} == {("c",)}


def test_each_of_them_can_be_judged(unit):
    results = [result for group in grouped([unit], asked(unit)) for result in prove_group(group, timeout=30)]
    # What only FIX asserts is looked at by nothing as long as that is off.
    assert {result.verdict for result in results if result.obligation.property != "mine"} == {Verdict.PROVED}
    assert {result.verdict for result in results if result.obligation.property == "mine"} == {Verdict.VACUOUS}


def test_scenarios_models_and_switches_may_be_picked(unit):
    found = asked(unit, models=("armv8/arm64-lse", "armv8"), scenarios=("plain",), settings=("MODE=green",))
    assert [(item.scenario, item.target) for item in found] == [("plain", "arm64-lse"), ("plain", "arm64-llsc")]
    assert found[0].settings == (("MODE", "green"),)
    assert found[0].values == (("FIX", 0), ("MODE", 1))


def test_the_last_setting_of_a_switch_stands(unit):
    assert parse_settings(unit.switches, ["FIX=true", "MODE=green", "FIX=false"]) == {"FIX": 0, "MODE": 1}


@pytest.mark.parametrize(
    ("options", "code", "message", "remedy"),
    [
        ({"settings": ("FIX",)}, "U009", "'FIX' is no setting", "write NAME=VALUE"),
        ({"settings": ("FIXX=true",)}, "U010", "there is no switch called 'FIXX'", "did you mean FIX?"),
        ({"settings": ("MODE=blue",)}, "U010", "there is no value of MODE called 'blue'", "there are: red, green"),
        ({"scenarios": ("plan",)}, "U010", "there is no scenario called 'plan'", "did you mean plain?"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(unit, options, code, message, remedy):
    assert refused(unit, **options) == (code, message, remedy)


def test_a_switch_of_a_file_without_any_is_refused():
    unit = unit_of("scenario s { int x; thread t { x = 1; } }")
    assert refused(unit, settings=("K=1",))[2] == "the file has none"
