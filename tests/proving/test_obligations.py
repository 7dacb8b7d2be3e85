"""Theorems as questions, and which of them share an encoding."""

import pytest

from gupproof.diagnostics import GupError
from gupproof.proving.obligations import grouped, obligations_of, switch_values
from tests.support.proofs import BUFFERING, groups_of, unit_of

THEOREMS = """
config MODE : red | green = green;
// Why it holds.
theorem one "C1" {
    buffering with FENCED = true
    shows seen, small under sc, armv8 covering none expect proved;
    shows seen under sc/x86-64 expect refuted;
}
theorem two { buffering shows small under x86-tso expect proved; }
"""


@pytest.fixture(scope="module")
def unit():
    return unit_of(BUFFERING + THEOREMS)


def told(obligations):
    return [(item.theorem, item.property, item.model, item.target, item.expect) for item in obligations]


def test_each_property_is_asked_on_each_platform_in_source_order(unit):
    assert told(obligations_of(unit)) == [
        ("one", "seen", "sc", "x86-64", "proved"),
        ("one", "small", "sc", "x86-64", "proved"),
        ("one", "seen", "armv8", "arm64-llsc", "proved"),
        ("one", "small", "armv8", "arm64-llsc", "proved"),
        ("one", "seen", "armv8", "arm64-lse", "proved"),
        ("one", "small", "armv8", "arm64-lse", "proved"),
        ("one", "seen", "sc", "x86-64", "refuted"),
        ("two", "small", "x86-tso", "x86-64", "proved"),
    ]


def test_an_obligation_knows_its_theorem_and_settings(unit):
    first, *_, last = obligations_of(unit)
    assert (first.claim, first.doc, first.scenario, first.file) == ("C1", "Why it holds.", "buffering", "<text>")
    assert first.settings == (("FENCED", "true"),)
    assert first.values == (("FENCED", 1), ("MODE", 1))
    assert last.settings == ()
    assert last.values == (("FENCED", 0), ("MODE", 1))


def test_without_covering_every_cover_is_asked_for(unit):
    first, *_, last = obligations_of(unit)
    assert first.covering == ()
    assert last.covering == ("both",)


def test_theorems_and_models_may_be_picked(unit):
    assert {item.theorem for item in obligations_of(unit, theorems=["two"])} == {"two"}
    assert {item.model for item in obligations_of(unit, models=["armv8"])} == {"armv8"}
    assert {item.target for item in obligations_of(unit, models=["armv8/arm64-lse", "sc"])} == {"arm64-lse", "x86-64"}
    assert obligations_of(unit, theorems=["two"], models=["sc"]) == ()


def test_a_model_named_in_two_ways_is_asked_once():
    unit = unit_of(BUFFERING + "theorem t { buffering shows seen under armv8, armv8/arm64-lse expect refuted; }")
    assert [item.target for item in obligations_of(unit)] == ["arm64-llsc", "arm64-lse"]


def test_an_unknown_model_is_refused_where_it_stands():
    unit = unit_of(BUFFERING + "theorem t {\n buffering shows seen under powerpc expect proved; }")
    with pytest.raises(GupError) as caught:
        obligations_of(unit)
    (item,) = caught.value.diagnostics
    assert item.span is not None
    assert item.span.line == BUFFERING.count("\n") + 2


def test_switches_not_chosen_have_their_defaults(unit):
    assert switch_values(unit, {}) == (("FENCED", 0), ("MODE", 1))
    assert switch_values(unit, {"MODE": 0}) == (("FENCED", 0), ("MODE", 0))


def test_questions_share_an_encoding_when_only_switches_and_properties_differ():
    text = """
    theorem t {
        buffering with FENCED = true shows seen, small under x86-tso expect proved;
        buffering shows seen under x86-tso expect refuted;
    }
    """
    (group,) = groups_of(BUFFERING + text)
    assert len(group.obligations) == 3
    assert group.fixed == ()


def test_scenario_model_and_target_each_have_their_own_encoding():
    other = BUFFERING.replace("scenario buffering", "scenario again").replace("config FENCED : bool = false;", "")
    theorem = "theorem t { buffering shows small under sc, armv8 expect proved; again shows small under sc expect proved; }"
    groups = groups_of(BUFFERING + other + theorem)
    assert [(group.scenario, group.model, group.target) for group in groups] == [
        ("buffering", "sc", "x86-64"),
        ("buffering", "armv8", "arm64-llsc"),
        ("buffering", "armv8", "arm64-lse"),
        ("again", "sc", "x86-64"),
    ]


def test_a_switch_with_one_value_in_all_questions_is_built_in(unit):
    by_model = {(group.model, group.target): group for group in grouped([unit], obligations_of(unit))}
    assert dict(by_model["armv8", "arm64-lse"].fixed) == {"FENCED": 1, "MODE": 1}
    assert dict(by_model["x86-tso", "x86-64"].fixed) == {"FENCED": 0, "MODE": 1}


def test_every_question_is_in_one_group(unit):
    asked = obligations_of(unit)
    grouped_ones = [item for group in grouped([unit], asked) for item in group.obligations]
    assert sorted(grouped_ones, key=asked.index) == list(asked)
