"""What the classic litmus tests need, against a search that tries every placement and concludes nothing."""

import pytest

from gupproof.language import load, typed
from gupproof.resources import proofs_dir
from tests.support.placements import Chosen, minimal_placements
from tests.support.searched import searched

UNIT = load(proofs_dir() / "classics_placement.gup")
LINES = [(theorem.name, line) for theorem in UNIT.theorems.values() for line in theorem.placements]


def expected(line: typed.Placement) -> set[Chosen]:
    weakest = {slot: UNIT.switches[slot].values[0] for slot in line.slots}
    named = [{slot: UNIT.switches[slot].values[value] for slot, value in chosen} for chosen in line.minimal or ()]
    return {frozenset((slot, value) for slot, value in chosen.items() if value != weakest[slot]) for chosen in named}


@pytest.mark.parametrize(
    "line", [line for _, line in LINES], ids=[f"{name} {','.join(line.slots)} {','.join(line.models)}" for name, line in LINES]
)
def test_the_minimal_sets_are_those_found_by_trying_every_placement(line):
    found = minimal_placements(UNIT, line.scenario, line.slots, line.properties, line.models)
    assert found == expected(line)


def test_the_search_finds_all_of_the_minimal_sets():
    for name, line in LINES:
        found = searched(UNIT, line.scenario, line.slots, line.properties, line.models)
        assert found == expected(line), (name, line.slots, line.models)


def test_every_classic_is_asked_for_barriers_and_for_ordered_accesses_under_every_model():
    for theorem in list(UNIT.theorems.values())[:9]:
        asked = {(line.slots, model) for line in theorem.placements for model in line.models}
        assert len({slots for slots, _ in asked}) == 2
        assert {model for _, model in asked} == {"sc", "x86-tso", "armv8", "riscv", "power", "lkmm"}
        assert len(asked) == 12
