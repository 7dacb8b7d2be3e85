"""Candidates are proposed the lightest first, and never from what was excluded."""

from itertools import product
from random import Random

import pytest

from gupproof.placing.candidates import Candidates
from gupproof.placing.slots import exactly, within
from tests.support.asking import FENCES, slot

SLOTS = (slot("a", *FENCES), slot("b", "none", "smp_mb"))
WEIGHTS = ((0, 3, 4, 9), (0, 5))
EVERY = list(product(range(4), range(2)))


def weigh(placement, weights=WEIGHTS):
    return sum(row[position] for row, position in zip(weights, placement, strict=True))


def proposals(candidates):
    """Everything that is proposed, where each proposal is refused alone."""
    while (proposed := candidates.propose()) is not None:
        yield proposed
        candidates.exclude(exactly(proposed))


def test_all_are_proposed_once_the_lightest_first():
    found = list(proposals(Candidates(SLOTS, WEIGHTS)))
    assert sorted(found) == EVERY
    assert [weigh(p) for p in found] == sorted(map(weigh, EVERY))


def test_a_proposal_stands_until_it_is_excluded():
    candidates = Candidates(SLOTS, WEIGHTS)
    assert candidates.propose() == candidates.propose() == (0, 0)


def test_a_region_is_excluded_as_a_whole():
    candidates = Candidates(SLOTS, WEIGHTS)
    candidates.exclude((frozenset({0, 1, 2}), frozenset({0, 1})))
    assert list(proposals(candidates)) == [(3, 0), (3, 1)]


def test_a_region_excludes_nothing_beside_it():
    candidates = Candidates(SLOTS, WEIGHTS)
    candidates.exclude((frozenset({0, 1}), frozenset({0})))
    assert set(proposals(candidates)) == {p for p in EVERY if not (p[0] in {0, 1} and p[1] == 0)}


def test_the_weight_decides_and_not_the_order_of_the_alternatives():
    assert Candidates(SLOTS, ((7, 2, 1, 4), (3, 0))).propose() == (2, 1)


def test_a_placement_weighs_what_its_alternatives_do():
    assert Candidates(SLOTS, WEIGHTS).weight((3, 1)) == 14


def test_after_the_last_one_there_is_none():
    candidates = Candidates(SLOTS, WEIGHTS)
    candidates.exclude((SLOTS[0].all, SLOTS[1].all))
    assert candidates.propose() is None
    assert candidates.propose() is None


@pytest.mark.parametrize("seed", range(12))
def test_what_is_proposed_is_the_lightest_of_the_whole_product_that_no_region_holds(seed):
    random = Random(f"candidates {seed}")
    slots = [slot(f"s{n}", *FENCES[: random.randint(2, 4)]) for n in range(random.randint(1, 4))]
    weights = [[random.randint(0, 6) for _ in item.values] for item in slots]
    left = list(product(*(range(len(item.values)) for item in slots)))
    candidates = Candidates(slots, weights)
    while left:
        proposed = candidates.propose()
        assert proposed in left
        assert candidates.weight(proposed) == weigh(proposed, weights) == min(weigh(p, weights) for p in left)
        region = tuple(
            frozenset({position, *random.sample(sorted(item.all), random.randint(0, len(item.values)))})
            for item, position in zip(slots, proposed, strict=True)
        )
        candidates.exclude(region)
        left = [p for p in left if not within(p, region)]
    assert candidates.propose() is None
