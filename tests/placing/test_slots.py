"""Slots, and what is stronger than what in them."""

import pytest

from gupproof.language import load_text
from gupproof.placing.slots import exactly, minimal, slot_of, spelled, today, up, weakest, within
from tests.support.asking import FENCES, PASSING, slot

FENCE = slot("fence", *FENCES, today="smp_wmb")
LOAD = slot("load", "smp_load_acquire", "READ_ONCE", "plain", today="READ_ONCE")
COUNT = slot("count", "atomic_add", "atomic_add_return_acquire", "atomic_add_return_release", "atomic_add_return")
BOTH = (FENCE, LOAD)


def names(item, positions):
    return {item.values[position] for position in positions}


def test_a_slot_is_what_the_text_declares():
    found = slot_of(load_text(PASSING).switches["wmb"])
    assert (found.name, found.values, found.rows) == ("wmb", ("none", "smp_wmb", "smp_mb"), ("", "smp_wmb", "smp_mb"))
    assert found.values[found.today] == "smp_mb"


@pytest.mark.parametrize(
    ("item", "value", "above"),
    [
        (FENCE, "none", set(FENCES)),
        (FENCE, "smp_rmb", {"smp_rmb", "smp_mb"}),
        (FENCE, "smp_mb", {"smp_mb"}),
        (LOAD, "plain", {"plain", "READ_ONCE", "smp_load_acquire"}),
        (COUNT, "atomic_add_return_acquire", {"atomic_add_return_acquire", "atomic_add_return"}),
    ],
)
def test_above_an_alternative_are_itself_and_the_stronger_ones_and_none_beside_it(item, value, above):
    assert names(item, item.above[item.values.index(value)]) == above


def test_heights_count_the_steps_down_wherever_an_alternative_is_declared():
    assert dict(zip(FENCE.values, FENCE.heights, strict=True)) == {"none": 0, "smp_rmb": 1, "smp_wmb": 1, "smp_mb": 2}
    assert dict(zip(LOAD.values, LOAD.heights, strict=True)) == {"smp_load_acquire": 2, "READ_ONCE": 1, "plain": 0}
    assert COUNT.heights == (0, 1, 1, 2)


@pytest.mark.parametrize("item", [FENCE, LOAD, COUNT])
def test_whatever_is_weaker_has_a_smaller_height(item):
    for position, above in enumerate(item.above):
        assert all(item.heights[position] < item.heights[other] for other in above - {position})


def test_the_weakest_is_below_every_other_one():
    assert [item.values[item.weakest] for item in (FENCE, LOAD, COUNT)] == ["none", "plain", "atomic_add"]


@pytest.mark.parametrize(
    ("item", "value", "steps"),
    [
        (FENCE, "smp_mb", {"smp_rmb", "smp_wmb"}),
        (FENCE, "smp_wmb", {"none"}),
        (FENCE, "none", set()),
        (LOAD, "smp_load_acquire", {"READ_ONCE"}),
        (slot("gap", "none", "smp_mb"), "smp_mb", {"none"}),
    ],
)
def test_one_step_weaker_leaves_nothing_out_in_between(item, value, steps):
    assert names(item, item.one_step_weaker(item.values.index(value))) == steps


def test_a_placement_has_a_position_for_each_slot():
    assert weakest(BOTH) == (0, 2)
    assert today(BOTH) == (2, 1)


def test_up_holds_what_is_as_strong_slot_by_slot():
    region = up(BOTH, (1, 1))
    assert within((1, 1), region)
    assert within((3, 0), region)
    assert not within((2, 0), region), "smp_wmb is beside smp_rmb, not above"
    assert not within((3, 2), region), "one slot stronger does not make up for a weaker one"


def test_exactly_holds_one_placement():
    assert [p for p in ((0, 0), (0, 1), (1, 0)) if within(p, exactly((0, 1)))] == [(0, 1)]


def test_minimal_are_those_above_no_other_one():
    strong, one, other = (3, 0), (1, 2), (2, 1)
    assert minimal(BOTH, [strong, other, one, other]) == (one, other)
    assert minimal(BOTH, [strong]) == (strong,)
    assert minimal(BOTH, [(0, 2), strong, one, other]) == ((0, 2),)
    assert minimal(BOTH, []) == ()


def test_a_placement_is_spelled_without_what_is_at_its_weakest():
    assert spelled(BOTH, (2, 2)) == "fence = smp_wmb"
    assert spelled(BOTH, (2, 1)) == "fence = smp_wmb, load = READ_ONCE"
    assert spelled(BOTH, (0, 2)) == "nothing"
