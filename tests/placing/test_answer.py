"""The whole answer to a question about placements."""

import time
from itertools import product
from random import Random

import pytest

from gupproof.execution.axioms import rechecked
from gupproof.placing.answer import Answering, front
from gupproof.placing.run import answer, answers, cheapest, trial
from gupproof.placing.search import weakenings
from gupproof.placing.worth import Judgement, Worth
from gupproof.program.scenario import lower
from gupproof.proving.platforms import Platform, model_of, target_of
from gupproof.proving.result import Verdict
from tests.support.asking import AGAIN, COUNTING, LOSING, PASSING, RACING, oracles, positions, question, targets

BOTH = ("x86-tso", "armv8/arm64-lse")

# Either the counter is fully ordered, or a barrier stands behind it.
ORDERING = """
slot add : atomic_add_return_relaxed | atomic_add_return = atomic_add_return_relaxed;
slot after : none | smp_mb__after_atomic | smp_mb = none;
scenario ordering {
    atomic_t x, y;
    ghost int ay, bx;
    thread a { slot add(1, &x); slot after; ay = atomic_read(&y); }
    thread b { slot add(1, &y); slot after; bx = atomic_read(&x); }
    property seen : ay == 1 || bx == 1;
}
"""


def answered(text, *models, limit=None, **parts):
    asked = question(text, *models, **parts)
    return answer(asked, targets(asked), limit=limit)


@pytest.fixture(scope="module")
def passing():
    return answered(PASSING, *BOTH)


@pytest.fixture(scope="module")
def ordering():
    return answered(ORDERING, "armv8/arm64-lse", "armv8/arm64-llsc")


# ── today's, and the minimal ones ────────────────────────────────────────────────────────────────────────────────────


def test_each_platform_has_its_own_answer_and_all_have_one_together(passing):
    tso, arm = passing.alone
    assert (tso.found.placements, arm.found.placements) == (((0, 0),), ((1, 1),))
    assert passing.together.found.placements == ((1, 1),)
    assert [len(view.platforms) for view in (tso, arm, passing.together)] == [1, 1, 2]


def test_with_one_platform_alone_and_together_are_the_same():
    found = answered(PASSING, "riscv")
    assert found.together is found.alone[0]


def test_what_is_stronger_than_needed_today_could_be_weaker(passing):
    tso, arm = passing.alone
    assert tso.today is arm.today is passing.together.today is True
    assert tso.spare == ((0, (1, 1)), (1, (2, 0))), "one slot at a time: not both may go for the reason that either may"
    assert arm.spare == ((0, (1, 1)),)
    assert passing.together.spare == arm.spare


def test_what_is_not_enough_today_is_defeated_by_an_execution():
    weak = PASSING.replace("= smp_rmb;", "= none;")
    tso, arm = answered(weak, *BOTH).alone
    assert (tso.today, tso.defeat) == (True, None)
    assert arm.today is False
    assert arm.spare == (), "what is insufficient has nothing to spare"
    assert arm.defeat.verdict is Verdict.REFUTED
    assert dict(arm.defeat.obligation.settings) == {"wmb": "smp_mb", "rmb": "none"}


def test_where_nothing_helps_the_strongest_is_defeated():
    found = answered(LOSING, "sc")
    assert found.together.hopeless
    assert dict(found.together.defeat.obligation.settings) == {"fence": "smp_mb"}
    assert found.reasons == {}
    assert found.front == ()
    assert [(item.placement, item.proved) for item in found.cheapest] == [(None, True)]


def test_what_plain_interleaving_has_is_shown_as_such():
    (lost,) = answered(LOSING, "armv8/arm64-lse").alone
    assert lost.defeat.obligation.model == "sc"


def test_what_only_a_weak_model_has_is_not_taken_for_interleaving():
    store_buffering = """
slot put : WRITE_ONCE | smp_store_release = WRITE_ONCE;
slot look : READ_ONCE | smp_load_acquire = READ_ONCE;
scenario s {
    int x, y;
    ghost int a, b;
    thread t { slot put(x, 1); a = slot look(y); }
    thread u { slot put(y, 1); b = slot look(x); }
    property p : !(a == 0 && b == 0);
}
"""
    (lost,) = answered(store_buffering, "lkmm").alone
    assert lost.hopeless
    assert lost.defeat.obligation.model == "lkmm"


def test_where_nothing_that_is_asked_for_happens_nothing_is_sufficient():
    never = PASSING.replace("cover seen : seen == 1", "cover never : seen == 2")
    found = answered(never, "x86-tso", expected=())
    reason = "passing under x86-tso/x86-64: holds, but cannot happen: never"
    assert found.together.judged == Judgement(Worth.VACUOUS, reason)
    assert found.together.found.vacuous == (((0, 0), reason),)
    assert (found.together.today, found.together.hopeless, found.together.defeat) == (False, True, None)
    assert found.as_expected is False, "that nothing helps is said of something that happens"


def test_what_only_some_placements_leave_open_does_not_hide_the_others():
    found = answered(AGAIN.replace("= none", "= smp_rmb", 2).replace("smp_rmb;", "smp_wmb;", 1), "armv8/arm64-lse")
    view = found.together
    assert (view.today, view.found.placements, view.found.complete, view.found.late) == (True, ((1, 1),), False, False)
    assert view.minimal is None, "what is weaker may suffice, with higher bounds"
    assert {weaker for _, weaker, _ in view.unsure} == {(0, 1), (1, 0)}
    assert view.spare == ()
    reasons = found.reasons[1, 1]
    assert [reason.result for reason in reasons] == [None, None]
    assert all("may run more often" in reason.said for reason in reasons)


def test_past_its_time_nothing_is_called_minimal_that_is_not_known_to_be():
    asked = question(PASSING, "armv8/arm64-lse")
    at_work = Answering(asked, targets(asked))
    assert at_work.worth((2, 1)).sufficient
    at_work.deadline = time.perf_counter() - 1
    view = at_work.view(asked.platforms)
    assert (view.today, view.minimal, view.spare) == (True, None, ())
    assert {weaker for _, weaker, _ in view.unsure} == {(1, 1), (2, 0)}
    assert view.found.late


def test_today_s_is_minimal_where_all_that_is_weaker_fails():
    found = answered(PASSING.replace("= smp_mb;", "= smp_wmb;"), *BOTH)
    assert [view.minimal for view in found.alone] == [False, True]
    assert found.together.minimal is True


@pytest.mark.parametrize(("expected", "verdict"), [(((1, 1),), True), (((0, 1),), False), ((), False), (None, None)])
def test_it_is_compared_with_what_is_expected(expected, verdict):
    assert answered(PASSING, "armv8/arm64-lse", expected=expected).as_expected is verdict


def test_hopeless_can_be_expected():
    assert answered(LOSING, "sc", expected=()).as_expected is True


# ── costs ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_target_has_its_prices(passing):
    assert set(passing.costs) == {"x86-64", "arm64-lse"}
    assert passing.price("x86-64", (1, 1)) == 0, "a barrier for the compiler alone is free"
    wmb, rmb = passing.costs["arm64-lse"]
    assert passing.price("arm64-lse", (1, 1)) == wmb[1] + rmb[1] > 0
    assert wmb[0] == rmb[0] == 0


def test_the_cheapest_suffices_everywhere_and_not_on_its_own_target_alone(passing):
    assert {item.target: item.placement for item in passing.cheapest} == {"x86-64": (1, 1), "arm64-lse": (1, 1)}
    assert all(item.proved and item.cost == passing.price(item.target, item.placement) for item in passing.cheapest)


def test_two_models_on_one_target_have_one_cheapest():
    found = answered(PASSING, "sc", "x86-tso")
    assert [item.target for item in found.cheapest] == ["x86-64"]


def test_all_minimal_placements_are_found_where_one_can_do_for_another(ordering):
    assert set(ordering.together.found.placements) == {(0, 1), (1, 0)}


def test_the_front_is_what_no_other_sufficient_placement_beats(ordering):
    asked = ordering.question
    sufficient = [p for p in product(range(2), range(3)) if all(o.sufficient(p) for o in oracles(asked))]
    prices = {p: tuple(ordering.price(target, p) for target in ordering.costs) for p in sufficient}
    least = {prices[p] for p in sufficient if not any(beats(prices[q], prices[p]) for q in sufficient)}
    assert {prices[p] for p in ordering.front} == least


@pytest.mark.parametrize("seed", range(20))
def test_a_front_is_the_pareto_front(seed):
    random = Random(f"front {seed}")
    placements = [(n,) for n in range(random.randint(1, 9))]
    prices = {p: tuple(random.randint(0, 4) for _ in range(3)) for p in placements}
    found = front(placements, prices)
    assert found, "of finitely many one is not beaten"
    for p in placements:
        assert (p in found) == (not any(beats(prices[q], prices[p]) for q in placements))


def beats(one, other):
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))


# ── reasons ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_barrier_is_kept_for_a_reason(ordering):
    slots = ordering.question.slots
    assert set(ordering.reasons) == set(ordering.together.found.placements)
    for placement, reasons in ordering.reasons.items():
        assert [(reason.slot, reason.weakened) for reason in reasons] == weakenings(slots, placement)
        assert all(reason.result is not None for reason in reasons)


def test_what_is_at_its_weakest_needs_no_reason():
    assert answered(PASSING, "x86-tso").reasons == {(0, 0): ()}


def test_reasons_are_refutations_that_stand_up_in_the_text_with_the_weaker_alternative(ordering):
    asked = ordering.question
    (goal,) = asked.goals
    for reasons in ordering.reasons.values():
        for reason in reasons:
            told = reason.result
            weakened = {slot.name: at for slot, at in zip(asked.slots, reason.weakened, strict=True)}
            assert {name: dict(told.obligation.values)[name] for name in weakened} == weakened
            platform = Platform(told.obligation.model, told.obligation.target)
            program = lower(goal.unit, goal.unit.scenarios[goal.scenario], target_of(platform), fixed=weakened)
            rechecked(program, model_of(platform), told.execution, refutes=told.obligation.property)


def test_a_race_is_a_reason():
    found = answered(RACING, "lkmm")
    assert found.together.found.placements == ((1, 1),)
    assert [reason.result.reason for reason in found.reasons[(1, 1)]] == ["the model flags data-race"] * 2


# ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_past_its_time_an_answer_says_what_was_not_found_out():
    found = answered(COUNTING, "x86-tso", limit=0.1, expected=())
    assert not found.together.found.complete
    assert found.together.today is None
    assert found.as_expected is None
    assert not found.together.hopeless, "that nothing was found does not mean that there is nothing"
    assert [(item.placement, item.bound, item.proved) for item in found.cheapest] == [(None, 0, False)]


def test_past_its_time_the_best_that_is_known_is_the_cheapest_for_now():
    asked = question(PASSING, "armv8/arm64-lse")
    at_work = Answering(asked, targets(asked))
    assert at_work.worth((2, 1)).sufficient
    at_work.deadline = time.perf_counter() - 1
    found = at_work.cheapest(asked.platforms[0], [(2, 2), (2, 1)])
    assert (found.placement, found.proved) == ((2, 1), False)
    wmb, rmb = at_work.weights(targets(asked)[asked.platforms[0]])
    assert found.bound <= found.cost == wmb[2] + rmb[1]


def test_past_its_time_a_barrier_has_no_reason_yet():
    asked = question(COUNTING, "x86-tso")
    at_work = Answering(asked, targets(asked), deadline=time.perf_counter() + 0.05)
    (reason,) = at_work.reasons(at_work.search(asked.platforms).oracles, (1,))
    assert (reason.weakened, reason.result) == ((0,), None)


def test_questions_are_counted(passing):
    assert passing.asked > 0
    assert passing.seconds > 0


# ── the other ways to ask ────────────────────────────────────────────────────────────────────────────────────────────


def test_cheapest_alone_is_what_the_whole_answer_says(passing):
    assert cheapest(passing.question, targets(passing.question)) == passing.cheapest


def test_a_trial_judges_one_placement_on_each_platform():
    asked = question(PASSING, *BOTH)
    (_, good, nothing), (arm, bad, defeat) = trial(asked, targets(asked), positions(asked.slots, wmb="smp_mb"))
    assert (good.worth, nothing) == (Worth.SUFFICIENT, None)
    assert (str(arm), bad.worth) == ("armv8/arm64-lse", Worth.DEFEATED)
    assert dict(defeat.obligation.settings) == {"wmb": "smp_mb", "rmb": "none"}


def test_a_trial_past_its_time_judges_nothing():
    asked = question(COUNTING, "x86-tso")
    ((_, judged, told),) = trial(asked, targets(asked), (1,), limit=0.05)
    assert (judged.sufficient, told) == (None, None)
    assert judged.reason.endswith("the time is up")


@pytest.mark.parametrize("jobs", [1, 2])
def test_several_questions_are_answered_whatever_the_number_of_processes(jobs):
    asked = [question(PASSING, "x86-tso"), question(LOSING, "sc"), question(PASSING, "riscv")]
    where = {platform: target for item in asked for platform, target in targets(item).items()}
    found = dict(answers(asked, where, jobs=jobs))
    assert {number: item.together.found.placements for number, item in found.items()} == {0: ((0, 0),), 1: (), 2: ((1, 1),)}
