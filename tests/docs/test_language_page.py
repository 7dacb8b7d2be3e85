"""The examples of docs/language.md that are complete are laid out as the formatter has it, and claim what holds."""

import re
from pathlib import Path

import pytest

from gupproof.language import load_text
from gupproof.language.format import format_text
from tests.support.placements import minimal_placements

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "language.md"
BLOCKS = [
    text for text in re.findall(r"```gup\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL) if text.startswith("slot")
]


@pytest.mark.parametrize("text", BLOCKS, ids=range(len(BLOCKS)))
def test_an_example_of_slots_is_a_formatted_file(text):
    assert load_text(text).switches
    assert format_text(text) == text


def test_the_placements_claimed_are_those_found_by_trying_all():
    claimed = [text for text in BLOCKS if "places" in text]
    assert claimed
    for unit in map(load_text, claimed):
        for line in unit.theorems["both_are_needed"].placements:
            settings = {name: unit.switches[name].values[value] for name, value in line.settings}
            sets = {
                frozenset((name, unit.switches[name].values[value]) for name, value in chosen if value)
                for chosen in line.minimal or ()
            }
            assert minimal_placements(unit, line.scenario, line.slots, line.properties, line.models, settings=settings) == sets
