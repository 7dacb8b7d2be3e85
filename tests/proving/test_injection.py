"""Runs of the text itself given to an encoding: it allows each of them, and an encoding that lacks something does not."""

from collections.abc import Callable

import pytest

from gupproof.meaning import Machine, Outcome
from gupproof.program.events import Kind
from gupproof.proving.obligations import grouped, obligations_of
from gupproof.proving.platforms import Platform
from gupproof.proving.result import Obligation, Result, Verdict
from gupproof.proving.runs import Runs, runs_of
from gupproof.proving.session import Session
from tests.support.proofs import unit_of

# Two threads store the same value; which of the two stores is read shows in no final state. They are no equals: one logs.
TWINS = """
scenario s {
    int x, log; ghost int r;
    thread a { WRITE_ONCE(x, 1); WRITE_ONCE(log, 1); }
    thread b { WRITE_ONCE(x, 1); }
    thread c { r = READ_ONCE(x); }
    property p : r < 2;
    cover one : r == 1;
}
theorem t { s shows p under sc expect proved; }
"""


def opened(text: str) -> tuple[Session, Obligation]:
    unit = unit_of(text)
    (group,) = grouped([unit], obligations_of(unit))
    (obligation,) = group.obligations
    return Session(unit, group.scenario, Platform(group.model, group.target), dict(group.fixed)), obligation


def result_of(text: str, runs: int = 12) -> Result:
    session, obligation = opened(text)
    return session.judge(obligation, timeout=30, runs=runs)


def proof(body: str, model: str = "sc", settings: str = "") -> str:
    """Return a text whose one property holds."""
    head = "config K : bool = false; fn f(int *w, int v) { WRITE_ONCE(*w, v); } "
    memory = "int x, y, a[2]; int *p; spinlock_t l; struct srcu_struct ss; ghost int r, q;"
    scenario = f"scenario s {{ {memory} {body} property small : r < 9; cover end : r < 9; }}"
    return f"{head} {scenario} theorem t {{ s {settings} shows small under {model} expect proved; }}"


# ── what an encoding is robbed of ────────────────────────────────────────────────────────────────────────────────────


def writes_to_x(session: Session) -> list[int]:
    x = next(location.address for location in session.program.locations if location.name == "x")
    return [e.id for e in session.program.events if e.kind is Kind.WRITE and e.thread >= 0 and e.address.value == x]


def forbid(session: Session, *literals: int) -> None:
    session.solver.add(*(-literal for literal in literals))


def no_source(session: Session) -> None:
    """The read never reads from the first thread's store."""
    first = writes_to_x(session)[0]
    for (write, _), literal in session.encoding.rf.items():
        if write == first:
            forbid(session, literal)


def no_pair(session: Session) -> None:
    """As if bounds had ruled it out: there is no literal."""
    first = writes_to_x(session)[0]
    for pair in [pair for pair in session.encoding.rf if pair[0] == first]:
        forbid(session, session.encoding.rf.pop(pair))


def one_order(session: Session) -> None:
    """The first thread's store is never the last."""
    first, second = writes_to_x(session)
    forbid(session, session.encoding.co[second, first])


def no_order(session: Session) -> None:
    first, second = writes_to_x(session)
    forbid(session, session.encoding.co.pop((second, first)))


@pytest.mark.parametrize("rob", [no_source, no_pair, one_order, no_order])
def test_an_encoding_that_was_robbed_allows_every_final_state_and_not_every_run(rob: Callable[[Session], None]):
    session, obligation = opened(TWINS)
    walks = session.injection.runs.made({}, 12)
    rob(session)

    def allows(literals: list[int]) -> bool:
        return session.questions.find([session.encoding.complete, *literals], 30).replay is not None

    assert {session.injection.allows_end(walk.outcome, allows) for walk in walks if walk.outcome} == {True}
    result = session.judge(obligation, timeout=30, runs=12)
    assert (result.verdict, result.internal) == (Verdict.ERROR, True)
    assert result.reason.startswith("the encoding does not allow a run of the text: one that ends with r = ")


def test_the_whole_encoding_allows_all_of_them():
    assert (result_of(TWINS).verdict, result_of(TWINS).runs, result_of(TWINS).ends) == (Verdict.PROVED, 12, 0)


def test_a_value_that_was_ruled_out_for_a_read_makes_runs_forbidden():
    session, obligation = opened(TWINS.replace("r = READ_ONCE(x);", "READ_ONCE(x);").replace("r == 1", "r == 0"))
    (read,) = [event.id for event in session.program.events if event.kind is Kind.READ]
    forbid(session, session.encoding.values[read][1])
    assert session.judge(obligation, timeout=30, runs=12).internal


def test_an_event_that_is_said_never_to_execute_makes_runs_forbidden():
    session, obligation = opened(proof("thread a { if (READ_ONCE(x)) WRITE_ONCE(y, 0); } thread b { WRITE_ONCE(x, 1); }"))
    conditional = next(event.id for event in session.program.events if event.thread == 0 and event.kind is Kind.WRITE)
    forbid(session, session.encoding.executes[conditional])
    assert session.judge(obligation, timeout=30, runs=12).internal


@pytest.mark.parametrize(
    ("of_program", "of_runs"),
    [
        ("WRITE_ONCE(x, 1); WRITE_ONCE(y, 1);", "WRITE_ONCE(y, 1); WRITE_ONCE(x, 1);"),
        ("WRITE_ONCE(x, 1);", "WRITE_ONCE(x, 2);"),
        ("WRITE_ONCE(x, 1);", "WRITE_ONCE(x, 1); WRITE_ONCE(x, 1);"),
        ("WRITE_ONCE(x, 1); WRITE_ONCE(x, 1);", "WRITE_ONCE(x, 1);"),
        ("r = READ_ONCE(x);", "r = READ_ONCE(y);"),
        ("r = 1;", "r = 2;"),
    ],
)
def test_a_run_that_the_program_cannot_make_is_an_internal_error(
    of_program: str, of_runs: str, monkeypatch: pytest.MonkeyPatch
):
    """As if one of the two meanings had got the text wrong: the program is of one, the runs are of another."""
    session, obligation = opened(proof(f"thread a {{ {of_program} }}"))
    other = unit_of(proof(f"thread a {{ {of_runs} }}"))
    monkeypatch.setattr(session.injection, "runs", Runs(other, other.scenarios["s"], Machine.SC))
    result = session.judge(obligation, timeout=30, runs=1)
    assert (result.verdict, result.internal) == (Verdict.ERROR, True)


@pytest.mark.parametrize(("name", "wrong"), [("covered", "end"), ("violated", "small")])
def test_what_the_encoding_makes_of_covers_and_properties_is_what_the_run_makes_of_them(name: str, wrong: str):
    session, _ = opened(proof("thread a { r = READ_ONCE(x); }"))
    injection = session.injection
    walks = injection.runs.made({}, 1)

    def allows(literals: list[int]) -> bool:
        return session.questions.find(literals, 30).replay is not None

    assert injection.injected(walks, {}, allows).whole == 1
    literals = getattr(session.encoding, name)
    literals[wrong] = -literals[wrong]
    assert injection.injected(walks, {}, allows).problem


# ── what runs do ─────────────────────────────────────────────────────────────────────────────────────────────────────


WHOLE = [
    pytest.param("thread a { r = atomic_cmpxchg(&c, 1, 2); } thread b { q = atomic_cmpxchg(&c, 0, 1); }", id="exchanges"),
    pytest.param("thread a { spin_lock(&l); WRITE_ONCE(x, READ_ONCE(x) + 1); spin_unlock(&l); } "
                 "thread b { spin_lock(&l); WRITE_ONCE(x, READ_ONCE(x) + 2); spin_unlock(&l); }", id="locks"),
    pytest.param("thread a { await (READ_ONCE(x) == 1 && READ_ONCE(y) == 1); r = 1; } "
                 "thread b { WRITE_ONCE(y, 1); WRITE_ONCE(x, 1); }", id="waits"),
    pytest.param("thread a { WRITE_ONCE(x, 1); smp_mb(); r = READ_ONCE(y); } interrupt a by f(&y, 3);", id="interrupts"),
    pytest.param("thread a on cpu0 { r = READ_ONCE(x); q = READ_ONCE(x); } thread b on cpu0 { WRITE_ONCE(x, 1); }",
                 id="threads that share a CPU"),
    pytest.param("thread a { rcu_read_lock(); r = READ_ONCE(x); q = READ_ONCE(y); rcu_read_unlock(); } "
                 "thread b { WRITE_ONCE(x, 1); synchronize_rcu(); WRITE_ONCE(y, 1); }", id="grace periods"),
    pytest.param("thread a { call_rcu(f(&x, 1)); call_rcu(f(&y, 2)); WRITE_ONCE(x, 3); }", id="callbacks"),
    pytest.param("thread a { int k = srcu_read_lock(&ss); r = READ_ONCE(x); srcu_read_unlock(&ss, k); } "
                 "thread b { WRITE_ONCE(x, 1); synchronize_srcu(&ss); }", id="SRCU"),
    pytest.param("thread a { p = &a[1]; WRITE_ONCE(*p, 2); a[READ_ONCE(x)] = 1; x++; } thread b { WRITE_ONCE(x, 1); }",
                 id="pointers and arrays"),
    pytest.param("thread a { atomic_inc(&c); } thread b { atomic_inc(&c); } thread d { atomic_inc(&c); }", id="equal threads"),
    pytest.param("thread a { for (int i = 0; i < 2; i++) { r = READ_ONCE(x); smp_mb(); } } thread b { WRITE_ONCE(x, 1); }",
                 id="loops"),
    pytest.param("init { x = choose(1, 2); } thread a { r = READ_ONCE(x) + choose(0, 3, 5); WRITE_ONCE(x, r); }", id="choices"),
]  # fmt: skip


def test_a_run_in_which_a_loop_of_another_property_hits_its_bound_is_allowed():
    bounded = "fn long_one(int *w) -> bool { int i = 0; while (i < *w) bound 2 { i++; } return true; } "
    text = bounded + proof("property other : long_one(&x); thread a { WRITE_ONCE(x, 3); }")
    session, obligation = opened(text)
    (walk,) = session.injection.runs.made({}, 1)
    assert walk.outcome is not None
    assert dict(walk.outcome.holds)["other"] is None
    result = session.judge(obligation, timeout=30, runs=1)
    assert (result.verdict, result.runs) == (Verdict.PROVED, 1), result.reason


@pytest.mark.parametrize("model", ["sc", "x86-tso", "lkmm", "power"])
@pytest.mark.parametrize("body", WHOLE)
def test_runs_are_tried_as_a_whole(body: str, model: str):
    result = result_of(proof("atomic_t c; " + body, model))
    assert (result.verdict, result.runs, result.ends) == (Verdict.PROVED, 12, 0), result.reason


def test_a_run_that_waits_for_good_is_tried_where_none_comes_to_its_end():
    text = proof("thread a { r = READ_ONCE(y); await (READ_ONCE(x) == 1); }").replace("cover end : r < 9;", "")
    session, _ = opened(text)
    (walk,) = session.injection.runs.made({}, 1)
    assert walk.outcome is not None
    assert not walk.outcome.complete
    (course,) = session.injection.courses(walk, {})
    assert len(course.executed) == 2  # what waits has looked

    def allows(literals: list[int]) -> bool:
        return session.questions.find(literals, 30).replay is not None

    assert session.injection.injected((walk,), {}, allows).whole == 1
    forbid(session, -session.encoding.complete)
    assert session.injection.injected((walk,), {}, allows).problem


def test_a_run_that_cannot_be_followed_is_tried_by_its_final_state_and_counted_apart():
    """What a pointer beyond its object is called differs between the two layouts."""
    astray = "unsigned long w; thread a { WRITE_ONCE(w, (unsigned long)&a[0] + 72); %s r = 1; }"
    result = result_of(proof(astray % "WRITE_ONCE(w, 0);"), 3)
    assert (result.verdict, result.runs, result.ends) == (Verdict.PROVED, 0, 3)
    result = result_of(proof(astray % ""), 3)
    assert (result.verdict, result.runs, result.ends) == (Verdict.PROVED, 0, 0)


def test_each_setting_of_the_switches_has_runs_of_its_own():
    body = "thread a { if (K) WRITE_ONCE(x, 1); r = READ_ONCE(x); }"
    session, obligation = opened(proof(body, settings="with K = true"))
    assert session.judge(obligation, timeout=30, runs=2).runs == 2
    for number in (0, 1):
        (walk, _) = session.injection.runs.made({"K": number}, 2)
        assert walk.outcome is not None
        assert walk.outcome.value("x") == number


def test_models_of_one_machine_are_held_against_the_same_runs():
    unit = unit_of(TWINS)
    scenario = unit.scenarios["s"]
    assert runs_of(unit, scenario, Machine.SC) is runs_of(unit, scenario, Machine.SC)
    assert runs_of(unit, scenario, Machine.SC) is not runs_of(unit, scenario, Machine.TSO)
    again = unit_of(TWINS)
    assert runs_of(again, again.scenarios["s"], Machine.SC) is not runs_of(unit, scenario, Machine.SC)


BUFFERING = (
    "scenario s { int x, y; ghost int r, q; thread a { WRITE_ONCE(x, 1); r = READ_ONCE(y); }"
    " thread b { WRITE_ONCE(y, 1); q = READ_ONCE(x); } property seen : r == 1 || q == 1; cover both : r == 1 && q == 1; }"
)


def test_runs_under_sc_are_interleavings():
    """One with store buffers would refute it."""
    for model, verdict in (("sc", Verdict.PROVED), ("x86-tso", Verdict.REFUTED)):
        found = result_of(f"{BUFFERING} theorem t {{ s shows seen under {model} expect proved; }}", 40)
        assert found.verdict is verdict


def test_a_run_that_refutes_what_was_proved_is_an_internal_error(monkeypatch):
    monkeypatch.setattr(Outcome, "refutes", lambda self, name: name == "p")
    found = result_of(TWINS)
    assert (found.verdict, found.internal) == (Verdict.ERROR, True)
    assert found.reason.startswith("a run of the text refutes what was proved")
