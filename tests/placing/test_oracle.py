"""An oracle says whether a placement is sufficient, and remembers what it was told."""

import time

import pytest

from gupproof.placing.oracle import Oracle, UndecidedError
from gupproof.placing.slots import within
from tests.support.asking import COUNTING, LOSING, PASSING, RACING, oracles, question

EVERY = [(w, r) for w in range(3) for r in range(3)]


def only(asked):
    (oracle,) = oracles(asked)
    return oracle


@pytest.fixture
def passing():
    return only(question(PASSING, "armv8/arm64-lse"))


def test_it_judges_every_placement(passing):
    assert {p for p in EVERY if passing.sufficient(p)} == {(w, r) for w in (1, 2) for r in (1, 2)}


def test_it_asks_nothing_twice(passing):
    first = [passing.sufficient(p) for p in EVERY]
    asked = passing.asked
    assert asked > 0
    assert [passing.sufficient(p) for p in EVERY] == first
    assert passing.asked == asked


def test_it_knows_of_placements_that_it_was_not_asked_about(passing):
    assert passing.known((1, 1)) is None
    assert passing.sufficient((1, 1))
    assert passing.known((2, 2)) is True, "whatever is stronger was asked about as well"
    assert not passing.sufficient((0, 2))
    assert passing.known((0, 0)) is False, "the execution does not look at the other slot"


def test_what_it_knows_it_was_told_by_an_execution_or_by_a_proof(passing):
    for placement in EVERY:
        passing.sufficient(placement)
        assert any(within(placement, region) for region in passing.good) != (passing.defeat(placement) is not None)


def test_what_is_sufficient_has_no_defeat(passing):
    assert passing.sufficient((1, 1))
    assert passing.defeat((1, 1)) is None
    assert not passing.sufficient((0, 0))
    assert within((0, 0), passing.defeat((0, 0)).region)


def test_a_slot_that_makes_no_difference_is_settled_by_one_answer():
    everywhere = only(question(PASSING, "x86-tso"))
    assert everywhere.sufficient((0, 0))
    asked = everywhere.asked
    assert all(everywhere.sufficient(p) for p in EVERY)
    assert everywhere.asked == asked


def test_what_the_model_flags_is_not_sufficient():
    assert not only(question(RACING, "lkmm")).sufficient((0, 0))
    assert only(question(RACING, "lkmm")).sufficient((1, 1))


def test_what_it_may_flag_is():
    assert only(question(RACING, "lkmm", flags=["data-race"])).sufficient((0, 0))


def test_all_properties_have_to_hold():
    text = PASSING.replace("cover", "property nothing_seen : seen == 0; cover")
    assert only(question(text, "sc", properties=["passed"])).sufficient((2, 2))
    assert not only(question(text, "sc", properties=["passed", "nothing_seen"])).sufficient((2, 2))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("while (READ_ONCE(x) == 0) bound 2 { slot f; }", "a loop may run more often than its bound: raise it"),
        ("x = x + 2147483647; slot f; x = x + 1;", "a value leaves its type"),
    ],
)
def test_it_says_nothing_where_a_limit_may_hide_an_execution(code, reason):
    text = f"slot f : none | smp_mb = none; scenario s {{ int x; thread t {{ {code} }} property p : true; }}"
    with pytest.raises(UndecidedError) as problem:
        only(question(text, "sc")).sufficient((0,))
    assert str(problem.value) == f"s under sc/x86-64: {reason}"


def test_it_does_not_guess_when_the_time_is_up():
    slow = only(question(COUNTING, "x86-tso"))
    with pytest.raises(UndecidedError, match="counting under x86-tso/x86-64: the time is up"):
        slow.sufficient((1,), deadline=time.perf_counter() + 0.02)


def test_what_it_knows_needs_no_time(passing):
    passing.sufficient((1, 1))
    assert passing.sufficient((2, 2), deadline=time.perf_counter() - 1)


def test_something_happens_where_a_cover_is_reached(passing):
    assert passing.happens((0, 0))
    assert passing.happens((2, 2))


def test_nothing_happens_where_no_cover_can_be():
    never = only(question(PASSING.replace("cover seen : seen == 1", "cover never : seen == 2"), "sc"))
    assert never.sufficient((0, 0))
    assert not never.happens((0, 0))


def test_without_covers_something_happens_where_a_thread_comes_to_its_end():
    assert only(question(LOSING, "sc")).happens((0,))
    waiting = LOSING.replace("slot fence; }", "slot fence; await (READ_ONCE(n) == 7); }", 1)
    assert not only(question(waiting, "sc")).happens((0,))


def test_slots_of_other_scenarios_make_no_difference():
    asked = question(PASSING, "armv8/arm64-lse")
    (other,) = question(LOSING, "sc").slots
    oracle = Oracle(asked.goals[0], asked.platforms[0], (*asked.slots, other))
    assert oracle.sufficient((1, 1, 0))
    calls = oracle.asked
    assert oracle.sufficient((1, 1, 1))
    assert oracle.asked == calls
