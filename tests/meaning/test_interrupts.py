"""Interrupts and threads that share a CPU come where docs/language.md lets them, whole, and nowhere else."""

import pytest

from gupproof.meaning import Ending, Machine
from tests.meaning.support import MACHINES, found, scenario, thread

MACHINE = pytest.mark.parametrize("machine", MACHINES)
BUMP = "fn bump(int *p) { WRITE_ONCE(*p, READ_ONCE(*p) + 1); } fn came(int *g) { *g = 1; } fn copy(int *p, int v) { *p = v; }"


def with_bump(code: str, *items: str) -> str:
    return thread(code, "interrupt t0 by bump(&x);", *items, before=BUMP)


@MACHINE
def test_an_interrupt_comes_once_or_not_at_all_before_between_and_after(machine: Machine) -> None:
    # Two looks at x: (0, 0) when it comes not, or last; (0, 1) between; (1, 1) first.
    findings = found(with_bump("r = READ_ONCE(x); q = READ_ONCE(x);"), machine)
    assert findings.finals("r", "q", "x") == {(0, 0, 0), (0, 0, 1), (0, 1, 1), (1, 1, 1)}


def test_a_handler_runs_whole() -> None:
    findings = found(
        thread("r = x; r = r * 10 + x;", "interrupt t0 by twice(&x);", before="fn twice(int *p) { *p = 1; *p = 2; }")
    )
    assert findings.finals("r") == {(0,), (2,), (22,)}


def test_other_cpus_see_a_handler_in_parts() -> None:
    text = scenario(
        "thread t0 { }",
        "thread t1 { r = x; }",
        "interrupt t0 by twice(&x);",
        before="fn twice(int *p) { *p = 1; *p = 2; }",
    )
    assert found(text).finals("r") == {(0,), (1,), (2,)}


def test_looks_at_and_assignments_to_ghosts_are_steps() -> None:
    # As of interrupt_points: the handler may come between two looks at a ghost.
    findings = found("scenario s { ghost int a, b, c; thread t { a = c; b = c; } interrupt t by came(&c); } " + BUMP)
    assert findings.finals("a", "b", "c") == {(0, 0, 0), (0, 0, 1), (0, 1, 1), (1, 1, 1)}


def test_its_arguments_are_evaluated_when_it_comes() -> None:
    findings = found(thread("x = 5; x = 6;", "interrupt t0 by copy(&y, x + 1);", before=BUMP))
    assert findings.finals("y") == {(0,), (1,), (6,), (7,)}


@pytest.mark.parametrize(
    "code",
    [
        "local_irq_save(); {0} local_irq_restore();",
        "local_irq_disable(); {0} local_irq_enable();",
        "local_irq_save(); local_irq_save(); local_irq_restore(); {0} local_irq_restore();",
        "local_irq_disable(); local_irq_save(); local_irq_restore(); {0} local_irq_enable();",
    ],
)
def test_no_interrupt_comes_where_they_are_off(code: str) -> None:
    findings = found(with_bump(code.format("r = READ_ONCE(x); q = READ_ONCE(x);")))
    assert findings.finals("r", "q") == {(0, 0), (1, 1)}


@pytest.mark.parametrize(
    "code",
    [
        "local_irq_disable(); local_irq_disable(); local_irq_enable(); {0} local_irq_enable();",
        "preempt_disable(); {0} preempt_enable();",
        "rcu_read_lock(); {0} rcu_read_unlock();",
        "spin_lock(&lock); {0} spin_unlock(&lock);",
    ],
)
def test_an_interrupt_comes_where_they_are_on(code: str) -> None:
    findings = found(with_bump(code.format("r = READ_ONCE(x); q = READ_ONCE(x);")))
    assert findings.finals("r", "q") == {(0, 0), (0, 1), (1, 1)}


def test_none_comes_behind_the_end_where_interrupts_stay_off() -> None:
    assert found(with_bump("local_irq_disable(); r = x;")).finals("x") == {(0,), (1,)}
    assert found(with_bump("r = x; local_irq_disable(); await (x == 1);")).waits


def test_handlers_come_in_any_order_and_none_inside_another() -> None:
    before = "fn append(int *p, int v) { local_irq_enable(); *p = *p * 10 + v; }"
    findings = found(thread("", "interrupt t0 by append(&x, 1);", "interrupt t0 by append(&x, 2);", before=before))
    assert findings.finals("x") == {(0,), (1,), (2,), (12,), (21,)}
    before = "fn bump(int *p, int *mine) { local_irq_enable(); *p = *p + 1; *mine = 1; }"
    findings = found(thread("", "interrupt t0 by bump(&x, &y);", "interrupt t0 by bump(&x, &z);", before=before))
    # One inside the other would lose an increment.
    assert findings.finals("y", "z", "x") == {(0, 0, 0), (1, 0, 1), (0, 1, 1), (1, 1, 2)}


def test_an_interrupt_may_come_while_its_thread_waits_and_end_the_wait() -> None:
    findings = found(with_bump("await (READ_ONCE(x) == 1); r = 1;"))
    assert findings.finals("r") == {(1,)}
    assert findings.waits  # it need not come


def test_an_interrupt_may_come_just_before_a_fault_and_not_behind_it() -> None:
    findings = found(with_bump("y = 1; r = p->f;"))
    assert {outcome.value("x") for outcome in findings.outcomes} == {0, 1}
    handled = found(thread("r = p->f;", "interrupt t0 by copy(&y, x + 1);", before=BUMP))
    assert all(outcome.faults for outcome in handled.outcomes)


def test_a_handler_that_faults_takes_its_thread_with_it() -> None:
    findings = found(thread("x = 1; x = 2;", "interrupt t0 by bump(NULL);", before=BUMP))
    held = [outcome for outcome in findings.outcomes if not outcome.complete]
    assert {outcome.value("x") for outcome in held} == {0, 1, 2}
    assert all(dict(outcome.endings)["t0"] is Ending.HELD for outcome in held)


# ── threads that share a CPU ─────────────────────────────────────────────────────────────────────────────────────────


@MACHINE
def test_a_thread_that_shares_a_cpu_runs_once_and_whole(machine: Machine) -> None:
    text = scenario("thread t0 on cpu0 { r = READ_ONCE(x); q = READ_ONCE(x); }", "thread t1 on cpu0 { x = 1; x = 2; }")
    findings = found(text, machine)
    assert findings.finals("r", "q") == {(0, 0), (0, 2), (2, 2)}
    assert not findings.waits


def test_it_is_a_full_barrier_before_and_after() -> None:
    other = "thread t2 { WRITE_ONCE(y, 1); smp_mb(); q = READ_ONCE(x); }"
    before = scenario("thread t0 on cpu0 { x = 1; }", "thread t1 on cpu0 { z = x; r = READ_ONCE(y); }", other)
    # z says that the store came first; without the barrier it could still be on its way.
    assert (1, 0, 0) not in found(before, Machine.TSO).finals("z", "r", "q")
    after = scenario("thread t0 on cpu0 { z = x; r = READ_ONCE(y); }", "thread t1 on cpu0 { x = 1; }", other)
    assert (1, 0, 0) not in found(after, Machine.TSO).finals("z", "r", "q")


@pytest.mark.parametrize("keep", ["preempt_disable(); {0} preempt_enable();", "local_irq_save(); {0} local_irq_restore();"])
def test_nobody_preempts_where_preemption_or_interrupts_are_off(keep: str) -> None:
    looks = keep.format("r = READ_ONCE(x); q = READ_ONCE(x);")
    findings = found(scenario(f"thread t0 on cpu0 {{ {looks} }}", "thread t1 on cpu0 { x = 1; }"))
    assert findings.finals("r", "q") == {(0, 0), (1, 1)}


def test_a_count_of_preempt_disable_nests() -> None:
    looks = "preempt_disable(); preempt_disable(); preempt_enable(); r = x; q = x; preempt_enable();"
    assert (0, 1) not in found(scenario(f"thread t0 on cpu0 {{ {looks} }}", "thread t1 on cpu0 { x = 1; }")).finals("r", "q")


def test_one_that_preempts_begins_with_everything_enabled_and_may_be_interrupted() -> None:
    text = scenario(
        "thread t0 on cpu0 { y = 1; }",
        "thread t1 on cpu0 { r = READ_ONCE(x); q = READ_ONCE(x); }",
        "interrupt t0 by bump(&x);",
        before=BUMP,
    )
    assert found(text).finals("r", "q") == {(0, 0), (0, 1), (1, 1)}


def test_one_that_cannot_run_waits() -> None:
    findings = found(scenario("thread t0 on cpu0 { preempt_disable(); }", "thread t1 on cpu0 { x = 1; }"))
    # Before the count goes up it may run.
    assert findings.finals("x") == {(1,)}
    assert {stop.thread for stop in findings.waits} == {"t1"}


def test_one_that_waits_keeps_the_cpu_from_whom_it_preempted() -> None:
    findings = found(scenario("thread t0 on cpu0 { y = 1; x = 1; }", "thread t1 on cpu0 { await (READ_ONCE(x) == 1); }"))
    assert findings.finals("x") == {(1,)}
    assert {outcome.value("y") for outcome in findings.outcomes if not outcome.complete} == {0, 1}


def test_a_thread_that_waits_lets_another_of_its_cpu_run() -> None:
    findings = found(scenario("thread t0 on cpu0 { await (READ_ONCE(x) == 1); r = 1; }", "thread t1 on cpu0 { x = 1; }"))
    assert findings.finals("r") == {(1,)}
    assert not findings.waits


def test_those_that_preempt_do_not_preempt_each_other() -> None:
    text = scenario(
        "thread t0 on cpu0 { q = 1; }", "thread t1 on cpu0 { x = 1; x = 2; }", "thread t2 on cpu0 { r = READ_ONCE(x); }"
    )
    assert found(text).finals("r") == {(0,), (2,)}
