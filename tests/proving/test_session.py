"""Verdicts: what makes one, and what must never make one."""

from dataclasses import replace

import pytest

from gupproof.diagnostics import GupError
from gupproof.execution.axioms import RecheckError, recheck
from gupproof.proving import questions as questions_module
from gupproof.proving.checks import check_obligations
from gupproof.proving.obligations import grouped, obligations_of
from gupproof.proving.platforms import Platform, model_of
from gupproof.proving.result import Verdict
from gupproof.proving.session import Session
from gupproof.solving.solver import Answer, Outcome
from tests.support.proofs import BUFFERING, claim, judged, unit_of


def opened(text: str) -> tuple[Session, tuple]:
    unit = unit_of(text)
    (group,) = grouped([unit], obligations_of(unit))
    return Session(unit, group.scenario, Platform(group.model, group.target), dict(group.fixed)), group.obligations


def scenario(body: str) -> str:
    return f"scenario s {{ int x, y; unsigned int u; int *p; ghost int r, q; {body} }}"


# ── verdicts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_holds_and_reaches_its_covers_is_proved():
    (result,) = claim(scenario("thread t { r = 1; } property p : r == 1; cover c : r == 1;"), "p under sc expect proved")
    assert (result.verdict, result.reason, result.as_expected) == (Verdict.PROVED, "", True)
    assert result.reached == (("c", True),)
    assert (result.execution, result.story) == (None, ())


def test_what_fails_is_refuted_by_an_execution_that_stands_up_to_its_recheck():
    session, (obligation,) = opened(BUFFERING + "theorem t { buffering shows seen under x86-tso expect refuted; }")
    result = session.judge(obligation, timeout=30)
    assert (result.verdict, result.as_expected) == (Verdict.REFUTED, True)
    assert result.execution is not None
    assert recheck(session.program, session.model, result.execution, refutes="seen") is None
    sequential = model_of(Platform("sc", "x86-64"))
    assert recheck(session.program, sequential, result.execution, refutes="seen") is not None
    assert result.story


def test_a_verdict_that_was_not_expected_says_so():
    (result,) = claim(scenario("thread t { r = 1; } property p : r == 2;"), "p under sc covering none expect proved")
    assert (result.verdict, result.as_expected) == (Verdict.REFUTED, False)


def test_what_holds_without_reaching_a_cover_is_vacuous():
    text = scenario("thread t { r = 1; } property p : r == 1; cover c : r == 1; cover never : r == 2; cover nor : r == 3;")
    (result,) = claim(text, "p under sc expect vacuous")
    assert result.verdict is Verdict.VACUOUS
    assert result.reason == "holds, but cannot happen: never, nor"
    assert result.reached == (("c", True), ("never", False), ("nor", False))
    (asked_for_one,) = claim(text, "p under sc covering c expect proved")
    assert asked_for_one.verdict is Verdict.PROVED


SIZED = """
config N : 1 .. 3 = 2;
scenario s {
    int a[3];
    ghost int sum;
    thread t { for (int i = 0; i < N; i++) WRITE_ONCE(a[i], N); }
    thread u { int seen = 0; for (int i = 0; i < N; i++) seen += READ_ONCE(a[i]); sum = seen; }
    property p : sum <= 4;
    cover all : sum == N * N;
}
"""


def test_a_size_is_unrolled_for_each_value_that_a_theorem_asks_for():
    by_default, one, three = judged(
        SIZED
        + "theorem t { s shows p under sc expect proved; s with N = 1 shows p under sc expect proved; "
        + "s with N = 3 shows p under sc expect refuted; }"
    )
    assert (by_default.as_expected, one.as_expected, three.as_expected) == (True, True, True)
    assert one.events < by_default.events < three.events


RACE = scenario("thread t { x = 1; } thread u { r = READ_ONCE(x); } property p : r == 0 || r == 1; cover c : r == 1;")


SETTINGS = [(a, b) for b in ("false", "true") for a in ("false", "true")]


def test_what_the_model_flags_stands_beside_the_proof_and_has_to_be_expected():
    (result,) = claim(RACE, "p under lkmm expect proved with data-race")
    assert (result.verdict, result.flags, result.as_expected) == (Verdict.PROVED, ("data-race",), True)
    assert result.answer == result.expectation == "proved with data-race"
    (unexpected,) = claim(RACE, "p under lkmm expect proved")
    assert (unexpected.verdict, unexpected.as_expected) == (Verdict.PROVED, False)


def test_a_flag_that_is_expected_and_not_raised_is_not_as_expected():
    marked = RACE.replace("x = 1;", "WRITE_ONCE(x, 1);")
    (result,) = claim(marked, "p under lkmm expect proved with data-race")
    assert (result.verdict, result.flags, result.as_expected) == (Verdict.PROVED, (), False)


def test_flags_are_those_of_the_setting_asked_about():
    """One encoding with both switches open: only a store that is neither marked nor left out races."""
    store = "if (!LEFT_OUT) { if (MARKED) WRITE_ONCE(x, 1); else x = 1; }"
    text = "config MARKED : bool = false; config LEFT_OUT : bool = false;\n" + RACE.replace("x = 1;", store)
    lines = [f"s with MARKED = {a}, LEFT_OUT = {b} shows p under lkmm covering none expect proved;" for a, b in SETTINGS]
    unit = unit_of(f"{text}\ntheorem t {{ {' '.join(lines)} }}")
    session = Session(unit, "s", Platform("lkmm", "lkmm"), {})
    flags = [session.judge(obligation, timeout=30).flags for obligation in obligations_of(unit)]
    assert flags == [("data-race",) if setting == ("false", "false") else () for setting in SETTINGS]


def test_models_without_flags_flag_nothing():
    (result,) = claim(RACE, "p under x86-tso expect proved")
    assert (result.flags, result.as_expected) == ((), True)


def test_a_race_that_the_switches_rule_out_is_none():
    text = "config MARKED : bool = false;\n" + RACE.replace("x = 1;", "if (MARKED) WRITE_ONCE(x, 1); else x = 1;")
    (racy,) = claim(text, "p under lkmm expect proved with data-race")
    (clean,) = claim(text, "p under lkmm expect proved", settings="with MARKED = true")
    assert (racy.as_expected, clean.as_expected) == (True, True)


def test_a_flag_that_cannot_be_decided_leaves_the_verdict_open(tmp_path):
    path = tmp_path / "m.cat"
    path.write_text('"m" acyclic po | rf | co | fr as sc flag ~acyclic po | rf as mine')
    unit = unit_of(scenario("thread t { r = 1; } property p : r == 1;"))
    (obligation,) = [
        item
        for item in check_obligations(unit, models=(str(path),), target="x86-64", scenarios=(), settings=())
        if item.property == "p"
    ]
    result = Session(unit, "s", Platform(obligation.model, obligation.target), {}).judge(obligation, timeout=30)
    assert result.verdict is Verdict.UNKNOWN
    assert "mine" in result.reason


def test_a_refutation_needs_no_flags():
    (result,) = claim(RACE.replace("|| r == 1", ""), "p under lkmm expect refuted")
    assert (result.verdict, result.flags, result.as_expected) == (Verdict.REFUTED, (), True)


def test_a_refutation_needs_no_cover():
    (result,) = claim(scenario("thread t { r = 1; } property p : r == 2; cover never : r == 3;"), "p under sc expect refuted")
    assert result.verdict is Verdict.REFUTED


def test_a_loop_that_may_run_more_often_makes_the_verdict_unknown_and_is_named():
    text = scenario(
        "thread t { while (READ_ONCE(x) == 0) bound 2 { r = 1; } }\n thread v { WRITE_ONCE(x, 1); } property p : r < 2;"
    )
    (result,) = claim(text, "p under sc covering none expect proved")
    assert result.verdict is Verdict.UNKNOWN
    assert "the loop at <text>:1 may run more often: raise its bound" in result.reason


WALK = """
struct node { struct node *next; };
struct node a, b;
int x;
fn length(struct node *from) -> int {
    int n = 0;
    struct node *at = from;
    while (at) bound 3 { n++; at = at->next; }
    return n;
}
scenario s {
    init { a.next = &b; }
    thread t { if (READ_ONCE(x) == 1) WRITE_ONCE(b.next, &a); }
    thread v { WRITE_ONCE(x, 1); }
    property short : length(&a) == 2;
    property wrong : x == 0;
    property linked : a.next == &b;
    cover two : length(&a) == 2;
    cover nine : length(&a) == 9;
}
"""


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [
        ("short under sc covering two", Verdict.UNKNOWN),  # the list may have become a circle
        ("wrong under sc covering two", Verdict.REFUTED),
        ("linked under sc covering two", Verdict.PROVED),
        ("linked under sc covering nine", Verdict.UNKNOWN),
    ],
)
def test_a_loop_of_a_property_or_cover_that_runs_on_leaves_the_others_alone(asked, verdict):
    (result,) = claim(WALK, f"{asked} expect proved")
    assert result.verdict is verdict
    if verdict is Verdict.UNKNOWN:
        assert "the loop at <text>:8 may run more often: raise its bound" in result.reason


def test_a_refutation_by_what_a_property_counts_within_its_bound_stands():
    (result,) = claim(WALK.replace("== 2;\n    property wrong", "== 1;\n    property wrong"), "short under sc expect refuted")
    assert result.verdict is Verdict.REFUTED


def test_what_fails_within_the_bound_is_refuted_all_the_same():
    text = scenario(
        "thread t { while (READ_ONCE(x) == 0) bound 2 { r = 1; } } thread v { WRITE_ONCE(x, 1); } property p : r < 1;"
    )
    (result,) = claim(text, "p under sc covering none expect refuted")
    assert result.verdict is Verdict.REFUTED


def test_an_unsigned_value_wraps_as_in_c():
    text = scenario("thread t { WRITE_ONCE(u, READ_ONCE(u) - 1); } property p : u == 0xffffffff;")
    (result,) = claim(text, "p under sc covering none expect proved")
    assert result.verdict is Verdict.PROVED


def test_that_no_count_wraps_can_be_asked():
    text = "atomic_t c; " + scenario("thread t { atomic_set(&c, 2147483646); atomic_inc(&c); } thread s { atomic_inc(&c); }")
    (result,) = claim(text, "no_overflow under sc covering none expect refuted")
    assert result.reason == "'c' overflows at <text>:1"
    (result,) = claim(text.replace("646", "645"), "no_overflow under sc covering none expect proved")
    assert result.verdict is Verdict.PROVED


def test_asserts_that_no_execution_gets_to_are_vacuous():
    for code in (
        "assume(READ_ONCE(x) == 1); assert(READ_ONCE(x) == 7);",
        "await (READ_ONCE(x) == 1); assert(READ_ONCE(x) == 7);",
        "assert(READ_ONCE(x) == 7); assume(READ_ONCE(x) == 1);",
        "if (false) assert(READ_ONCE(x) == 7);",
        "if (READ_ONCE(x) == 1) assert(READ_ONCE(x) == 7);",
    ):
        (result,) = claim(scenario(f"thread t {{ {code} }}"), "asserts under sc covering none expect vacuous")
        assert result.verdict is Verdict.VACUOUS, code
        assert result.reason == "holds, but no execution gets to an assert of it"


def test_an_assert_that_says_never_here_need_not_be_reached():
    (result,) = claim(
        scenario("thread t { if (READ_ONCE(x) == 1) assert(false); }"), "asserts under sc covering none expect proved"
    )
    assert result.verdict is Verdict.PROVED


def test_executions_that_never_end_are_remarked_on_and_those_that_only_have_not_ended_are_not():
    crossed = "spinlock_t A, B; " + scenario(
        "thread p1 { spin_lock(&A); spin_lock(&B); x++; spin_unlock(&B); spin_unlock(&A); }"
        "thread p2 { spin_lock(&B); spin_lock(&A); x++; spin_unlock(&A); spin_unlock(&B); } property both : x == 2;"
    )
    (result,) = claim(crossed, "both under sc covering none expect proved")
    assert result.remark == "some executions never end: they wait for ever at <text>:1"
    handed_over = scenario(
        "thread p1 { await (READ_ONCE(x) == 1); y = 1; } thread p2 { WRITE_ONCE(x, 1); } property end : y == 1;"
    )
    (result,) = claim(handed_over, "end under sc covering none expect proved")
    assert (result.verdict, result.remark) == (Verdict.PROVED, "")


def test_an_access_to_no_object_refutes_every_property_with_its_place():
    text = scenario("thread t { *p = 1; } property p1 : true; property p2 : true;")
    results = claim(text, "p1, p2 under sc covering none expect refuted")
    assert [result.verdict for result in results] == [Verdict.REFUTED] * 2
    assert {result.reason for result in results} == {"'*p' is accessed through a pointer to no object at <text>:1"}


def test_an_assert_that_no_path_can_fail_is_proved():
    text = scenario("thread t { assert(1 == 1, mine); if (false) assert(false, dead); x = 1; }")
    results = claim(text, "mine, dead, asserts under sc covering none expect proved")
    assert [result.verdict for result in results] == [Verdict.PROVED] * 3


def test_the_reason_of_a_refutation_is_about_the_property_asked_for():
    text = scenario("thread t { assert(READ_ONCE(x) == 1, other); r = 1; } property p : r == 0;")
    (about_p,) = claim(text, "p under sc covering none expect refuted")
    (about_other,) = claim(text, "other under sc covering none expect refuted")
    assert about_p.reason == "p fails in the final state"
    assert about_other.reason == "assert fails at <text>:1"


# ── switches ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_session_answers_for_every_setting():
    text = """theorem t {
        buffering with FENCED = true shows seen under x86-tso expect proved;
        buffering with FENCED = false shows seen under x86-tso expect refuted;
        buffering with FENCED = true shows small under x86-tso expect proved;
    }"""
    session, obligations = opened(BUFFERING + text)
    for order in (obligations, tuple(reversed(obligations))):
        assert all(session.judge(item, timeout=30).as_expected for item in order)


def test_a_scenario_that_cannot_be_unrolled_is_an_error_with_its_place():
    unit = unit_of(scenario("thread t { while (READ_ONCE(x)) { } } property p : true;"))
    with pytest.raises(GupError, match="this loop has no bound"):
        Session(unit, "s", Platform("sc", "x86-64"), {})


# ── what a solver may do to us ───────────────────────────────────────────────────────────────────────────────────────


class Unwilling:
    """Gives up on the questions whose turn it is, and asks a real solver the others."""

    def __init__(self, solver, turns, reason):
        self.solver, self.turns, self.reason, self.asked = solver, turns, reason, 0

    def ask(self, assumptions, wanted, *, timeout=None):
        self.asked += 1
        if self.asked in self.turns:
            return Answer(outcome=Outcome.UNKNOWN, assignment=None, reason=self.reason, seconds=0.0)
        return self.solver.ask(assumptions, wanted, timeout=timeout)


@pytest.mark.parametrize(("turn", "what"), [(1, "property small"), (2, "whether a bound is hit"), (3, "cover both")])
def test_no_answer_to_any_question_makes_the_verdict_unknown(turn, what):
    session, (obligation,) = opened(BUFFERING + "theorem t { buffering shows small under sc expect proved; }")
    session.questions.solver = Unwilling(session.questions.solver, {turn}, "timeout")
    result = session.judge(obligation, timeout=7)
    assert result.verdict is Verdict.UNKNOWN
    assert result.reason == f"{what}: no answer within 7 s; allow more with --timeout"
    assert result.as_expected is False


def test_why_a_solver_gave_up_is_told():
    session, (obligation,) = opened(BUFFERING + "theorem t { buffering shows small under sc expect proved; }")
    session.questions.solver = Unwilling(session.questions.solver, {1}, "out of memory")
    assert session.judge(obligation, timeout=7).reason == "property small: out of memory"


def test_a_cover_that_was_not_decided_is_neither_reached_nor_not():
    session, (obligation,) = opened(BUFFERING + "theorem t { buffering shows small under sc expect proved; }")
    session.questions.solver = Unwilling(session.questions.solver, {3}, "timeout")
    assert session.judge(obligation, timeout=7).reached == (("both", None),)


@pytest.mark.parametrize(("shows", "what"), [("seen", "a refutation"), ("small", "a cover")])
def test_an_execution_that_does_not_stand_up_to_its_recheck_is_an_error_and_no_verdict(monkeypatch, shows, what):
    session, (obligation,) = opened(BUFFERING + f"theorem t {{ buffering shows {shows} under x86-tso expect proved; }}")

    def fails(*arguments, **claims):
        raise RecheckError("read 4 reads from no write")

    monkeypatch.setattr(questions_module, "rechecked", fails)
    result = session.judge(obligation, timeout=30)
    assert result.verdict is Verdict.ERROR
    assert result.reason == f"{what} did not stand up to its re-check: read 4 reads from no write"
    assert result.execution is None


def test_the_time_left_shrinks_with_each_question(monkeypatch):
    session, (obligation,) = opened(BUFFERING + "theorem t { buffering shows small under sc expect proved; }")
    limits = []
    real = session.questions.solver.ask

    class Watching:
        def ask(self, assumptions, wanted, *, timeout=None):
            limits.append(timeout)
            return real(assumptions, wanted, timeout=timeout)

    monkeypatch.setattr(session.questions, "solver", Watching())
    session.judge(obligation, timeout=20)
    assert len(limits) == 4
    assert limits == sorted(limits, reverse=True)
    assert all(0 < limit <= 20 for limit in limits)


def test_results_say_how_large_the_question_was():
    session, (obligation,) = opened(BUFFERING + "theorem t { buffering shows small under sc expect proved; }")
    result = session.judge(obligation, timeout=30)
    assert result.events == len(session.program.events)
    assert (result.variables, result.clauses) == (session.encoding.variables, session.encoding.clauses)
    assert result.seconds > 0
    assert result.build_seconds > 0
    bare = replace(obligation, expect=None)
    assert session.judge(bare, timeout=30).as_expected is None
