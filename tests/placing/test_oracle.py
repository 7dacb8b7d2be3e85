"""An oracle says whether a placement is sufficient, and remembers what it was told."""

import time
from dataclasses import replace

import pytest

from gupproof.placing.opened import UndecidedError
from gupproof.placing.oracle import Oracle
from gupproof.placing.slots import today, within
from gupproof.placing.worth import Worth
from gupproof.proving.result import Verdict
from gupproof.proving.session import Session
from tests.support.asking import AGAIN, COUNTING, LOSING, PASSING, RACING, oracles, question

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
    assert passing.known((2, 2)).sufficient, "whatever is stronger was asked about as well"
    assert not passing.sufficient((0, 2))
    assert passing.known((0, 0)).worth is Worth.DEFEATED, "the execution does not look at the other slot"


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


def test_it_says_nothing_where_a_limit_may_hide_an_execution():
    code = "while (READ_ONCE(x) == 0) bound 2 { slot f; }"
    text = f"slot f : none | smp_mb = none; scenario s {{ int x; thread t {{ {code} }} property p : true; }}"
    with pytest.raises(UndecidedError) as problem:
        only(question(text, "sc")).sufficient((0,))
    bound = "holds within bounds, but the loop at <text>:1 may run more often: raise its bound"
    assert str(problem.value) == f"s under sc/x86-64: {bound}"
    assert not problem.value.late


def test_it_says_nothing_of_a_property_that_may_count_on_and_all_the_same_of_another():
    """x is 3 at the end, and what counts to it gives up after 2."""
    count = "fn count(int n) -> int { int i = 0; while (i < n) bound 2 { i++; } return i; }"
    items = "int x; thread t { WRITE_ONCE(x, 2); slot f; WRITE_ONCE(x, 3); } property p : count(x) < 9; property q : x == 3;"
    text = f"slot f : none | smp_mb = none; {count} scenario s {{ {items} }}"
    limited, plain = (only(question(text, "sc", properties=[name])).judge((0,)) for name in ("p", "q"))
    assert (limited.worth, plain.worth) == (Worth.UNKNOWN, Worth.SUFFICIENT)


def test_a_limit_that_every_placement_runs_into_hides_no_defeat_found_later():
    spinning = "int go; thread waker { WRITE_ONCE(go, 1); } thread spinner { while (READ_ONCE(go) == 0) bound 1 { } } cover"
    oracle = only(question(PASSING.replace("cover", spinning, 1), "armv8/arm64-lse"))
    assert oracle.judge((2, 2)).worth is Worth.UNKNOWN
    assert oracle.judge((0, 0)).worth is Worth.DEFEATED


def test_it_does_not_guess_when_the_time_is_up():
    slow = only(question(COUNTING, "x86-tso"))
    with pytest.raises(UndecidedError, match="counting under x86-tso/x86-64: the time is up"):
        slow.sufficient((1,), deadline=time.perf_counter() + 0.02)


def test_what_it_knows_needs_no_time(passing):
    passing.sufficient((1, 1))
    assert passing.sufficient((2, 2), deadline=time.perf_counter() - 1)


# ── vacuity ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def verdict(asked, placement):
    """What prove says of the text in which a placement stands."""
    (goal,) = asked.goals
    (platform,) = goal.platforms
    standing = {slot.name: position for slot, position in zip(asked.slots, placement, strict=True)}
    values = dict(goal.values) | standing
    (name,) = goal.properties
    obligation = replace(goal.obligation(name, platform), values=tuple(values.items()))
    found = Session(goal.unit, goal.scenario, platform, values).judge(obligation, timeout=60)
    return found.verdict, found.reason


NEVER = PASSING.replace("cover seen : seen == 1", "cover never : seen == 2")
WAITING = LOSING.replace("property counted : n == 2", "property counted : n < 3").replace(
    "slot fence; }", "slot fence; await (READ_ONCE(n) == 7); }", 1
)
SOMETIMES_WAITING = LOSING.replace("property counted : n == 2", "property counted : n < 3").replace(
    "slot fence; }", "slot fence; await (READ_ONCE(n) == 2); }", 1
)


@pytest.mark.parametrize(
    ("text", "covering", "worth"),
    [
        (PASSING, None, Worth.SUFFICIENT),
        (NEVER, None, Worth.VACUOUS),
        (NEVER, [], Worth.SUFFICIENT),
        # One cover that is reached is not enough where another is asked for, too.
        (PASSING.replace("cover seen", "cover never : seen == 2; cover seen"), None, Worth.VACUOUS),
        (PASSING.replace("cover seen", "cover never : seen == 2; cover seen"), ["seen"], Worth.SUFFICIENT),
        (WAITING, None, Worth.VACUOUS),
        (SOMETIMES_WAITING, None, Worth.SUFFICIENT),
    ],
)
def test_what_holds_of_nothing_is_vacuous_as_it_is_for_prove(text, covering, worth):
    asked = question(text, "sc", covering=covering)
    strongest = tuple(len(slot.values) - 1 for slot in asked.slots)
    for placement in (today(asked.slots), strongest):
        found = only(asked).judge(placement)
        assert found.worth is worth
        said, reason = verdict(asked, placement)
        assert (said is Verdict.PROVED, said is Verdict.VACUOUS) == (worth is Worth.SUFFICIENT, worth is Worth.VACUOUS)
        assert found.reason.endswith(reason)


def test_vacuity_hangs_on_slots():
    """On Arm the stale letter comes through unless both barriers stand there; then its cover is not reached."""
    text = PASSING.replace("property passed : !(seen == 1 && got == 0)", "property some : seen < 2")
    stale = text.replace("cover seen : seen == 1", "cover stale : seen == 1 && got == 0")
    oracle = only(question(stale, "armv8/arm64-lse"))
    assert {p for p in EVERY if oracle.judge(p).worth is Worth.VACUOUS} == {(w, r) for w in (1, 2) for r in (1, 2)}
    assert {p for p in EVERY if oracle.sufficient(p)} == {(w, r) for w, r in EVERY if 0 in (w, r)}


# ── limits ───────────────────────────────────────────────────────────────────────────────────────────────────────────


FRESH, STALE = "cover fresh : seen == 1 && got == 1;", "cover stale : seen == 1 && got == 0;"


@pytest.mark.parametrize("covers", [f"{STALE} {FRESH}", f"{FRESH} {STALE}"])
def test_every_cover_has_to_be_reached_wherever_a_placement_is_said_to_be_sufficient(covers):
    """That the reader sees the flag and the data is always possible; the flag alone, only where a barrier is missing."""
    text = PASSING.replace("cover seen : seen == 1;", f"property fine : seen == 0 || seen == 1; {covers}")
    oracle = only(question(text, "armv8/arm64-lse", properties=["fine"]))
    assert oracle.judge((0, 0)).worth is Worth.SUFFICIENT
    assert oracle.judge((2, 2)).worth is Worth.VACUOUS


def test_only_placements_that_run_past_a_bound_are_undecided():
    oracle = only(question(AGAIN, "armv8/arm64-lse"))
    worths = {(w, r): oracle.judge((w, r)) for w in (0, 1) for r in (0, 1)}
    assert {p for p, found in worths.items() if found.worth is Worth.UNKNOWN} == {(0, 0), (0, 1), (1, 0)}
    assert worths[1, 1].worth is Worth.SUFFICIENT
    assert worths[0, 0].reason == (
        "s under armv8/arm64-lse: holds within bounds, but the loop at <text>:11 may run more often: raise its bound"
    )


def test_a_bound_that_is_run_past_hides_no_refutation():
    text = AGAIN.replace("turns < 2", "turns == 0")
    oracle = only(question(text, "armv8/arm64-lse"))
    assert {p: oracle.judge(p).worth for p in ((0, 0), (1, 1))} == {(0, 0): Worth.DEFEATED, (1, 1): Worth.SUFFICIENT}


def test_an_assert_that_no_execution_of_a_placement_gets_to_says_nothing_of_it():
    where_stale = "if (seen == 1 && READ_ONCE(data) == 0) assert(turns < 5, sane);"
    text = AGAIN.replace("while (seen == 1 && READ_ONCE(data) == 0) bound 1 { turns = turns + 1; }", where_stale)
    asked = question(text, "armv8/arm64-lse", properties=["sane"])
    oracle = only(asked)
    assert {p: oracle.judge(p).worth for p in ((0, 0), (0, 1), (1, 0), (1, 1))} == {
        (0, 0): Worth.SUFFICIENT,
        (0, 1): Worth.SUFFICIENT,
        (1, 0): Worth.SUFFICIENT,
        (1, 1): Worth.VACUOUS,
    }
    assert [verdict(asked, p)[0] for p in ((0, 0), (1, 1))] == [Verdict.PROVED, Verdict.VACUOUS]


def test_slots_of_other_scenarios_make_no_difference():
    asked = question(PASSING, "armv8/arm64-lse")
    (other,) = question(LOSING, "sc").slots
    oracle = Oracle(asked.goals[0], asked.platforms[0], (*asked.slots, other))
    assert oracle.sufficient((1, 1, 0))
    calls = oracle.asked
    assert oracle.sufficient((1, 1, 1))
    assert oracle.asked == calls
