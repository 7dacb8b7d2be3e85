"""The search against trying every placement, on protocols of the kernel that ask where their barriers have to be."""

from math import prod

import pytest

from gupproof.language import load
from gupproof.placing.asking import placement_questions
from gupproof.resources import proofs_dir
from tests.support.asking import search
from tests.support.placements import minimal_placements

FEWEST, MOST = 12, 60  # placements to try one by one


def some_lines(unit, model):
    """What a file's theorems ask about a handful of slots under a model, where nothing is flagged."""
    for theorem in unit.theorems.values():
        for line in theorem.placements:
            placements = prod(len(unit.switches[name].values) for name in line.slots)
            if FEWEST <= placements <= MOST and not line.flags:
                for asked in placement_questions(unit, theorem, [model]):
                    if asked.span == line.span:
                        yield line, asked, placements


@pytest.mark.parametrize("model", ["armv8/arm64-llsc", "lkmm"])
@pytest.mark.parametrize("file", ["anon_exclusive", "pte_two_words", "publish"])
def test_the_search_finds_what_trying_every_placement_finds(file, model):
    unit = load(proofs_dir() / f"{file}.gup")
    compared = 0
    for line, asked, placements in some_lines(unit, model):
        at_work = search(asked)
        found = at_work.minimal()
        assert found.complete
        settings = {name: unit.switches[name].values[value] for name, value in line.settings}
        tried = minimal_placements(
            unit, line.scenario, line.slots, line.properties, [model], settings=settings, may_be_vacuous=True
        )
        assert {chosen(asked.slots, placement) for placement in found.placements} == tried, line.span
        assert sum(oracle.asked for oracle in at_work.oracles) < placements
        compared += 1
    assert compared


def chosen(slots, placement):
    """A placement as a set of slots with their alternatives, without those at their weakest."""
    return frozenset((slot.name, slot.values[at]) for slot, at in zip(slots, placement, strict=True) if at != slot.weakest)
