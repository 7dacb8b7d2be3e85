"""Theorems asked again with a switch set that they leave as it is."""

import pytest

from gupproof.diagnostics import GupError
from gupproof.language import load_text
from gupproof.proving.obligations import grouped, obligations_of
from gupproof.proving.run import prove_group
from gupproof.proving.varied import varied
from tests.support.sized import STORES

SIZED = (
    STORES
    + """
scenario other {
    int x;
    thread a { WRITE_ONCE(x, 1); }
    property written : x == 1;
}

theorem open_size { stores shows last_is_left under sc, x86-tso expect proved; }
theorem own_size { stores with CELLS = 2 shows last_is_left under sc expect proved; }
theorem no_size { other shows written under sc expect proved; }
"""
)


@pytest.fixture(scope="module")
def unit():
    return load_text(SIZED, "sized.gup")


def asked(unit, *settings):
    return varied([unit], obligations_of(unit), settings)


def test_what_a_theorem_leaves_open_is_set(unit):
    found = asked(unit, "CELLS=3")
    assert [(item.theorem, item.model, item.settings) for item in found] == [
        ("open_size", "sc", (("CELLS", "3"),)),
        ("open_size", "x86-tso", (("CELLS", "3"),)),
    ]
    assert [dict(item.values)["CELLS"] for item in found] == [2, 2]


def test_what_no_setting_makes_another_question_is_left_out(unit):
    assert {item.theorem for item in asked(unit, "MARKED=false")} == {"open_size", "own_size"}
    assert "no_size" not in {item.theorem for item in asked(unit, "CELLS=2", "MARKED=false")}


def test_of_several_settings_those_count_that_are_open(unit):
    by_theorem = {item.theorem: item.settings for item in asked(unit, "CELLS=3", "MARKED=false")}
    assert by_theorem["open_size"] == (("CELLS", "3"), ("MARKED", "false"))
    assert by_theorem["own_size"] == (("CELLS", "2"), ("MARKED", "false"))


def test_the_verdict_is_that_of_the_other_size(unit):
    def verdicts(setting):
        groups = grouped([unit], asked(unit, setting))
        return {(result.verdict.value, result.as_expected) for group in groups for result in prove_group(group, timeout=30)}

    assert verdicts("CELLS=2") == {("proved", True)}
    assert verdicts("CELLS=3") == {("refuted", False)}


@pytest.mark.parametrize(
    ("setting", "code", "remedy"),
    [
        ("CELL=2", "U010", "did you mean CELLS?"),
        ("CELLS=4", "U010", "there are: 1, 2, 3"),
        ("CELLS", "U009", "write NAME=VALUE"),
    ],
)
def test_settings_that_are_none_are_refused(unit, setting, code, remedy):
    with pytest.raises(GupError) as caught:
        asked(unit, setting)
    (told,) = caught.value.diagnostics
    assert (told.code, told.help) == (code, remedy)
