"""The search for the minimal and the cheapest placements that satisfy some oracles."""

import time
from itertools import product
from random import Random

import pytest

from gupproof.placing.opened import UndecidedError
from gupproof.placing.search import Search, weakenings
from gupproof.placing.slots import exactly, minimal, up, within
from gupproof.placing.worth import Judgement, Worth
from tests.support.asking import AGAIN, COUNTING, FENCES, LOSING, PASSING, oracles, question, search, slot
from tests.support.asking import positions as placed

SLOTS = (slot("a", *FENCES), slot("b", *FENCES), slot("c", "none", "smp_mb"))
EVERY = list(product(range(4), range(4), range(2)))


class Listed:
    """An oracle that takes what is on a list, has its word for some others, and defeats the rest. Its time may run out."""

    def __init__(self, slots, good, calls=None, others=None):
        self.slots, self.listed, self.calls, self.others = slots, set(good), calls, others or {}
        self.bad, self.asked = [], 0

    def known(self, placement):
        return Judgement(Worth.DEFEATED) if any(within(placement, item.region) for item in self.bad) else None

    def passed_over(self, placement):
        return [exactly(placement)] if placement in self.others else []

    def judge(self, placement, *, deadline=None):
        if self.calls is not None and self.asked >= self.calls:
            raise UndecidedError("the time is up", late=True)
        self.asked += 1
        if placement in self.listed:
            return Judgement(Worth.SUFFICIENT)
        if placement in self.others:
            return Judgement(self.others[placement], "so it is")
        self.bad.append(Ruled(exactly(placement)))
        return Judgement(Worth.DEFEATED)


class Ruled:
    def __init__(self, region):
        self.region = region


def some_list(random):
    """Placements that are sufficient, with no regard to which is the stronger one."""
    return random.sample(EVERY, random.randint(0, 12))


def total(weights, placement):
    return sum(row[position] for row, position in zip(weights, placement, strict=True))


# ── minimal ones ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_finds_the_minimal_placement():
    asked = question(PASSING, "armv8")
    found = search(asked).minimal()
    assert found.complete
    assert found.placements == (placed(asked.slots, wmb="smp_wmb", rmb="smp_rmb"),)


def test_it_finds_all_where_one_can_do_for_another():
    text = PASSING.replace("WRITE_ONCE(flag, 1)", "slot put(flag, 1)")
    asked = question("slot put : WRITE_ONCE | smp_store_release = WRITE_ONCE;" + text, "armv8/arm64-lse", "riscv")
    found = search(asked).minimal()
    assert set(found.placements) == {
        placed(asked.slots, wmb="smp_wmb", rmb="smp_rmb"),
        placed(asked.slots, put="smp_store_release", rmb="smp_rmb"),
    }


def test_where_nothing_is_needed_the_weakest_is_the_only_one():
    asked = question(PASSING, "sc", "x86-tso")
    assert search(asked).minimal().placements == ((0, 0),)


def test_where_nothing_helps_it_says_that_these_are_all():
    found = search(question(LOSING, "sc")).minimal()
    assert (found.placements, found.complete) == ((), True)


def test_every_oracle_has_to_be_satisfied():
    found = Search(SLOTS, [Listed(SLOTS, [(1, 0, 0), (3, 0, 0)]), Listed(SLOTS, [(2, 0, 0), (3, 0, 0)])]).minimal()
    assert found.placements == ((3, 0, 0),)


def test_what_an_oracle_learned_is_made_use_of():
    asked = question(PASSING, "armv8/arm64-lse")
    shared = oracles(asked)
    first = Search(asked.slots, shared).minimal()
    calls = shared[0].asked
    assert Search(asked.slots, shared).minimal() == first
    assert shared[0].asked == calls


@pytest.mark.parametrize("seed", range(10))
def test_it_finds_all_minimal_ones_even_if_stronger_ones_do_not_suffice(seed):
    listed = some_list(Random(f"minimal {seed}"))
    found = Search(SLOTS, [Listed(SLOTS, listed)]).minimal()
    assert found.complete
    assert len(set(found.placements)) == len(found.placements)
    assert set(found.placements) == set(minimal(SLOTS, listed))


# ── cheapest ones ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(10))
def test_the_cheapest_costs_what_the_minimum_over_the_product_does(seed):
    random = Random(f"cheapest {seed}")
    listed = some_list(random)
    weights = [[random.randint(0, 9) for _ in item.values] for item in SLOTS]
    found = Search(SLOTS, [Listed(SLOTS, listed)]).cheapest(weights)
    assert found.complete
    if not listed:
        assert not found.placements
        return
    (best,) = found.placements
    least = min(total(weights, p) for p in listed)
    assert best in listed
    assert total(weights, best) == found.bound == least
    equals = [p for p in listed if total(weights, p) == least]
    assert not any(q != best and within(best, up(SLOTS, q)) for q in equals), "of equals one with none below it"


def test_costs_decide_and_not_strength():
    asked = question(PASSING, "armv8/arm64-lse")
    (best,) = search(asked).cheapest([[0, 50, 5], [0, 2, 3]]).placements
    assert best == placed(asked.slots, wmb="smp_mb", rmb="smp_rmb")


def test_of_equal_costs_something_weaker_is_taken_wherever_it_is_declared():
    slots = (slot("a", "smp_mb", "smp_wmb", "none"),)
    found = Search(slots, [Listed(slots, [(0,), (1,)])]).cheapest([[3, 3, 0]])
    assert found.placements == ((1,),)


def test_of_what_costs_nothing_the_weakest_is_taken():
    asked = question(PASSING, "armv8/arm64-lse")
    found = search(asked).cheapest([[0, 0, 0], [0, 0, 0]])
    assert (found.placements, found.bound) == (((1, 1),), 0)


# ── when the time runs out ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("calls", [0, 2, 7, 15])
def test_when_the_time_is_up_the_bound_is_not_above_the_optimum(seed, calls):
    random = Random(f"bound {seed}")
    listed = [*some_list(random), (3, 3, 1)]
    weights = [[random.randint(0, 9) for _ in item.values] for item in SLOTS]
    found = Search(SLOTS, [Listed(SLOTS, listed, calls)]).cheapest(weights, known=[(3, 3, 1)])
    least = min(total(weights, p) for p in listed)
    assert found.bound <= least
    (best,) = found.placements
    assert best in listed
    if found.complete:
        assert total(weights, best) == least
    else:
        assert best == (3, 3, 1)
        assert found.reason == "the time is up"


def test_of_what_is_known_the_cheapest_is_kept():
    weights = [[0, 1, 2, 9], [0, 1, 2, 9], [0, 5]]
    found = Search(SLOTS, [Listed(SLOTS, [], calls=0)]).cheapest(weights, known=[(3, 3, 1), (1, 2, 1), (2, 2, 1)])
    assert found.placements == ((1, 2, 1),)
    assert not found.complete


@pytest.mark.parametrize("calls", range(0, 40, 5))
def test_minimal_ones_that_were_found_in_time_are_kept(calls):
    listed = [(1, 0, 0), (0, 2, 0), (0, 0, 1)]
    found = Search(SLOTS, [Listed(SLOTS, listed, calls)]).minimal()
    assert set(found.placements) <= set(listed)
    assert found.complete == (found.reason == "")
    if found.complete:
        assert set(found.placements) == set(listed)


def test_a_deadline_ends_the_search():
    asked = question(COUNTING, "x86-tso")
    started = time.perf_counter()
    found = Search(asked.slots, oracles(asked), deadline=started + 0.2).minimal()
    assert (found.placements, found.complete) == ((), False)
    assert found.reason.endswith("the time is up")
    assert time.perf_counter() - started < 5


def test_nothing_is_asked_after_the_deadline():
    oracle = Listed(SLOTS, EVERY)
    found = Search(SLOTS, [oracle], deadline=time.perf_counter() - 1).minimal()
    assert (found.complete, found.reason, oracle.asked) == (False, "the time is up", 0)


# ── what stays open, and what is vacuous ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(10))
def test_what_stays_open_is_told_and_what_is_found_is_minimal_among_the_rest(seed):
    random = Random(f"open {seed}")
    listed = some_list(random)
    left = [p for p in random.sample(EVERY, 8) if p not in listed]
    others = {p: random.choice([Worth.UNKNOWN, Worth.VACUOUS]) for p in left}
    found = Search(SLOTS, [Listed(SLOTS, listed, others=others)]).minimal()
    assert set(found.placements) == set(minimal(SLOTS, listed))
    below = [p for p in others if not any(within(p, up(SLOTS, q)) for q in listed)]
    for told, worth in ((found.undecided, Worth.UNKNOWN), (found.vacuous, Worth.VACUOUS)):
        assert {p for p, _ in told} == {*minimal(SLOTS, [p for p in below if others[p] is worth])}
    assert found.complete == (not found.undecided)
    assert not found.late
    assert found.reason == ("so it is" if found.undecided else "")


def test_what_stays_open_for_one_oracle_is_decided_where_another_defeats_it():
    one = Listed(SLOTS, EVERY[1:], others={EVERY[0]: Worth.UNKNOWN})
    two = Listed(SLOTS, EVERY[1:])
    assert Search(SLOTS, [one, two]).minimal().complete
    assert not Search(SLOTS, [one]).minimal().complete


def test_what_one_search_left_open_is_open_in_the_next():
    shared = oracles(question(AGAIN, "armv8/arm64-lse"))
    slots = shared[0].slots
    first = Search(slots, shared).minimal()
    assert not first.complete
    assert Search(slots, shared).minimal() == first


def test_the_cheapest_is_not_proved_where_something_cheaper_stays_open():
    weights = [[0, 3, 3, 6], [0, 3, 3, 6], [0, 5]]
    open_one = Listed(SLOTS, [(0, 0, 1)], others={(1, 0, 0): Worth.UNKNOWN})
    found = Search(SLOTS, [open_one]).cheapest(weights)
    assert (found.placements, found.complete, found.bound) == (((0, 0, 1),), False, 3)
    as_dear = Listed(SLOTS, [(0, 2, 0)], others={(1, 0, 0): Worth.UNKNOWN})
    found = Search(SLOTS, [as_dear]).cheapest(weights)
    assert (found.placements, found.complete, found.bound) == (((0, 2, 0),), True, 3)


# ── progress ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(5))
def test_the_bound_never_falls_and_never_exceeds_the_best(seed):
    random = Random(f"progress {seed}")
    listed = [*some_list(random), (3, 3, 1)]
    weights = [[random.randint(0, 9) for _ in item.values] for item in SLOTS]
    told = []
    Search(SLOTS, [Listed(SLOTS, listed)], tell=told.append).cheapest(weights, known=[(3, 3, 1)])
    bounds = [item.bound for item in told]
    assert bounds == sorted(bounds)
    assert all(item.bound <= item.best for item in told)
    assert [item.asked for item in told] == sorted(item.asked for item in told)


def test_progress_is_told_in_the_weights_that_were_asked_for():
    asked = question(PASSING, "armv8/arm64-lse")
    told = []
    at_work = Search(asked.slots, oracles(asked), tell=told.append)
    at_work.cheapest([[0, 15, 40], [0, 12, 40]], known=[(2, 2)])
    assert {item.best for item in told} == {80}
    assert told[-1].bound == 27


def test_progress_counts_what_was_found():
    told = []
    Search(SLOTS, [Listed(SLOTS, [(1, 0, 0), (0, 2, 0), (0, 0, 1)])], tell=told.append).minimal()
    found = [item.found for item in told]
    assert found == sorted(found)
    assert found[0] == 0
    assert found[-1] == 3
    assert {item.best for item in told} == {None, 1}


# ── one step weaker ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_weakenings_are_one_step_of_one_slot():
    assert weakenings(SLOTS, (3, 1, 0)) == [(0, (1, 1, 0)), (0, (2, 1, 0)), (1, (3, 0, 0))]
    assert weakenings(SLOTS, (0, 0, 0)) == []
