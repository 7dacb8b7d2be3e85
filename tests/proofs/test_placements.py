"""What theorems say of where order is needed is what the search finds, file by file."""

import pytest

from gupproof.language import load
from gupproof.placing.asking import placement_questions
from gupproof.placing.oracle import Oracle
from gupproof.placing.search import Search
from gupproof.placing.slots import spelled
from gupproof.resources import data_root, proofs_dir

# The classic tests have a test of their own.
NAMES = sorted({path.stem for path in proofs_dir().glob("*.gup")} - {"classics_placement"})
WITH_LINES = [name for name in NAMES if any(item.placements for item in load(proofs_dir() / f"{name}.gup").theorems.values())]


@pytest.mark.parametrize("name", WITH_LINES)
def test_the_minimal_placements_are_those_that_theorems_expect(name):
    unit = load(proofs_dir() / f"{name}.gup")
    wrong = {}
    for theorem in unit.theorems.values():
        for number, question in enumerate(placement_questions(unit, theorem)):
            oracles = [Oracle(goal, where, question.slots) for goal in question.goals for where in goal.platforms]
            found = Search(question.slots, oracles).minimal()
            assert found.complete, found.reason
            if tuple(sorted(found.placements)) != question.expected:
                wrong[theorem.name, number] = [spelled(question.slots, placement) for placement in found.placements]
    assert wrong == {}


def test_every_kind_of_place_of_the_thread_has_its_line():
    claimed = {
        slot
        for name in WITH_LINES
        for theorem in load(proofs_dir() / f"{name}.gup").theorems.values()
        for line in theorem.placements
        for slot in line.slots
    }
    assert claimed >= {
        *("map_barrier", "pte_store", "before_unfreeze", "unfreeze", "before_free_list", "first_count", "after_pin"),
        *("fork_barrier", "slot_store", "set_wmb", "high_rmb", "make_wmb", "tail_rmb", "pin_mb", "unshare_rmb"),
    }


def test_the_benchmark_asks_about_twelve_slots():
    unit = load(data_root() / "benchmarks" / "twelve_slots.gup", search=[data_root()])
    (question,) = placement_questions(unit, unit.theorems["twelve_places"])
    assert [len(slot.values) >= 3 for slot in question.slots] == [True] * 12
    assert len(question.expected or ()) == 8
