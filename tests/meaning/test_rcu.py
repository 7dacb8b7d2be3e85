"""RCU and SRCU order what the grace-period guarantee orders, and nothing else (docs/language.md, "RCU")."""

import pytest

from gupproof.meaning import Machine
from tests.meaning.support import MACHINES, found, scenario

MACHINE = pytest.mark.parametrize("machine", MACHINES)
READER = "thread t0 {{ rcu_read_lock(); {0} rcu_read_unlock(); }}"
LATER = "fn later(int *p, int v) { WRITE_ONCE(*p, v); } fn seen(int *p, int v) { assert(READ_ONCE(*p) == v, late); }"


@MACHINE
@pytest.mark.parametrize(
    ("reader", "updater"),
    [
        ("r = READ_ONCE(x); q = READ_ONCE(y);", "WRITE_ONCE(y, 1); {0} WRITE_ONCE(x, 1);"),  # r == 1 && q == 0 never
        ("q = READ_ONCE(y); r = READ_ONCE(x);", "WRITE_ONCE(y, 1); {0} WRITE_ONCE(x, 1);"),
    ],
)
def test_a_section_is_before_or_behind_a_grace_period(machine: Machine, reader: str, updater: str) -> None:
    with_grace = scenario(READER.format(reader), f"thread t1 {{ {updater.format('synchronize_rcu();')} }}")
    assert (1, 0) not in found(with_grace, machine).finals("r", "q")
    without = scenario(READER.format(reader), f"thread t1 {{ {updater.format('smp_mb();')} }}")
    expected = reader.startswith("q")
    assert ((1, 0) in found(without, machine).finals("r", "q")) is expected


@MACHINE
def test_what_is_outside_of_the_section_is_not_kept(machine: Machine) -> None:
    reader = "thread t0 { rcu_read_lock(); q = READ_ONCE(y); rcu_read_unlock(); r = READ_ONCE(x); }"
    text = scenario(reader, "thread t1 { WRITE_ONCE(y, 1); synchronize_rcu(); WRITE_ONCE(x, 1); }")
    assert (1, 0) in found(text, machine).finals("r", "q")


@MACHINE
def test_the_outermost_section_counts(machine: Machine) -> None:
    reader = "rcu_read_lock(); q = READ_ONCE(y); rcu_read_unlock(); r = READ_ONCE(x);"
    text = scenario(READER.format(reader), "thread t1 { WRITE_ONCE(y, 1); synchronize_rcu(); WRITE_ONCE(x, 1); }")
    assert (1, 0) not in found(text, machine).finals("r", "q")


def test_a_store_before_the_unlock_is_in_memory_when_the_grace_period_ends() -> None:
    reader = READER.format("r = READ_ONCE(x); WRITE_ONCE(z, 1);")
    text = scenario(reader, "thread t1 { WRITE_ONCE(x, 1); synchronize_rcu(); q = READ_ONCE(z); }")
    # Where the section saw nothing of x it came first, and its store is there.
    assert (0, 0) not in {end for end in found(text, Machine.TSO).finals("r", "q") if end[0] == 0}


def test_sections_are_no_barriers() -> None:
    threads = [
        f"thread t{number} {{ rcu_read_lock(); WRITE_ONCE({mine}, 1); rcu_read_unlock(); {ghost} = READ_ONCE({other}); }}"
        for number, (mine, other, ghost) in enumerate((("x", "y", "r"), ("y", "x", "q")))
    ]
    for items in ([], ["thread t2 { synchronize_rcu(); }"]):
        assert (0, 0) in found(scenario(*threads, *items), Machine.TSO).finals("r", "q")


@MACHINE
def test_a_grace_period_in_a_section_of_its_own_cpu_never_ends(machine: Machine) -> None:
    findings = found(scenario("thread t0 { rcu_read_lock(); synchronize_rcu(); r = 1; }"), machine)
    assert not findings.complete
    guest = scenario(
        "thread t0 on cpu0 { rcu_read_lock(); x = 1; rcu_read_unlock(); }", "thread t1 on cpu0 { synchronize_rcu(); r = 1; }"
    )
    assert {outcome.value("x") for outcome in found(guest, machine).outcomes if not outcome.complete} == {0, 1}


@MACHINE
def test_a_section_that_never_ends_is_waited_for(machine: Machine) -> None:
    text = scenario(READER.format("await (READ_ONCE(x) == 1);"), "thread t1 { synchronize_rcu(); WRITE_ONCE(x, 1); r = 1; }")
    findings = found(text, machine)
    assert findings.finals("r") == {(1,)}  # where the grace period began first
    assert {stop.thread for stop in findings.waits} == {"t0", "t1"}


@MACHINE
def test_a_handler_has_a_section_of_its_own(machine: Machine) -> None:
    body = "rcu_read_lock(); *g = READ_ONCE(*a); *h = READ_ONCE(*b); rcu_read_unlock();"
    before = f"fn look(int *a, int *b, int *g, int *h) {{ {body} }}"
    text = scenario(
        "thread t0 { WRITE_ONCE(z, 1); }",
        "interrupt t0 by look(&x, &y, &r, &q);",
        "thread t1 { WRITE_ONCE(y, 1); synchronize_rcu(); WRITE_ONCE(x, 1); }",
        before=before,
    )
    ends = found(text, machine).finals("r", "q")
    assert (1, 1) in ends
    assert (1, 0) not in ends


@MACHINE
def test_an_interrupt_may_come_while_its_thread_waits_for_a_grace_period(machine: Machine) -> None:
    # The first section came first, so that the interrupt it saw is not behind the grace period; the second did not, so that
    # the interrupt it did not see is not before it: it came in between.
    text = scenario(
        "int w0; ghost int g, h;",
        "thread t0 { WRITE_ONCE(w0, 1); synchronize_rcu(); WRITE_ONCE(z, 1); }",
        "thread t1 { rcu_read_lock(); g = READ_ONCE(w0); h = READ_ONCE(x); rcu_read_unlock(); }",
        "thread t2 { rcu_read_lock(); r = READ_ONCE(x); q = READ_ONCE(z); rcu_read_unlock(); }",
        "interrupt t0 by set(&x);",
        before="fn set(int *p) { WRITE_ONCE(*p, 1); }",
    )
    ends = found(text, machine).finals("g", "h", "r", "q")
    assert {(0, 1, 0, 0), (1, 0, 0, 1), (0, 1, 0, 1)} <= ends


# ── call_rcu ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@MACHINE
def test_a_callback_comes_after_a_grace_period(machine: Machine) -> None:
    text = scenario(
        READER.format("q = READ_ONCE(y); r = READ_ONCE(x);"),
        "thread t1 { WRITE_ONCE(y, 1); call_rcu(later(&x, 1)); }",
        before=LATER,
    )
    findings = found(text, machine)
    assert findings.finals("r", "q") == {(0, 0), (0, 1), (1, 1)}
    assert all(outcome.value("x") == 1 for outcome in findings.complete)


@MACHINE
def test_its_arguments_are_evaluated_where_it_is_queued(machine: Machine) -> None:
    text = scenario("thread t0 { x = 3; call_rcu(later(&y, x)); x = 4; }", before=LATER)
    assert found(text, machine).finals("x", "y") == {(4, 3)}


@MACHINE
def test_what_precedes_a_call_rcu_is_in_memory_before_the_callback(machine: Machine) -> None:
    findings = found(scenario("thread t0 { WRITE_ONCE(x, 1); call_rcu(seen(&x, 1)); }", before=LATER), machine)
    assert findings.reached == {"late"}
    assert not findings.refutes("late")


def test_the_caller_goes_on_and_orders_nothing() -> None:
    threads = [
        f"thread t{number} {{ WRITE_ONCE({mine}, 1); call_rcu(later(&z, 1)); {ghost} = READ_ONCE({other}); }}"
        for number, (mine, other, ghost) in enumerate((("x", "y", "r"), ("y", "x", "q")))
    ]
    assert (0, 0) in found(scenario(*threads, before=LATER), Machine.TSO).finals("r", "q")


@MACHINE
def test_a_callback_runs_beside_its_caller(machine: Machine) -> None:
    text = scenario("thread t0 { call_rcu(later(&x, 1)); r = READ_ONCE(x); }", before=LATER)
    assert found(text, machine).finals("r") == {(0,), (1,)}


@MACHINE
def test_a_callback_queued_in_a_section_waits_for_its_end(machine: Machine) -> None:
    text = scenario(
        "thread t0 { rcu_read_lock(); call_rcu(later(&x, 1)); r = READ_ONCE(x); rcu_read_unlock(); q = READ_ONCE(x); }",
        before=LATER,
    )
    assert found(text, machine).finals("r", "q") == {(0, 0), (0, 1)}


@MACHINE
def test_sections_of_the_caller_behind_it_are_not_waited_for(machine: Machine) -> None:
    section = "rcu_read_lock(); await (READ_ONCE(x) == 1); rcu_read_unlock();"
    text = scenario(
        f"thread t0 {{ WRITE_ONCE(y, 1); call_rcu(later(&x, 1)); {section} r = 1; }}",
        before=LATER,
    )
    findings = found(text, machine)
    assert findings.finals("r") == {(1,)}
    assert not findings.waits


def test_an_execution_is_complete_when_its_callbacks_have_run() -> None:
    text = scenario(
        "thread t0 { call_rcu(later(&x, 1)); }", READER.format("await (READ_ONCE(x) == 1);").replace("t0", "t1"), before=LATER
    )
    findings = found(text)
    assert {stop.reason for stop in findings.waits if stop.thread.startswith("t0")} == {"its grace period has not ended"}
    assert findings.finals("x") == {(1,)}


def test_a_callback_may_queue_another() -> None:
    text = scenario(
        "thread t0 { call_rcu(again(&x)); }",
        before="fn again(int *p) { *p = 1; call_rcu(last(p)); } fn last(int *p) { *p = 2; }",
    )
    assert found(text).finals("x") == {(2,)}


def test_an_interrupt_may_queue_one() -> None:
    before = LATER + "fn queue(int *p, int v) { call_rcu(later(p, v)); }"
    text = scenario("thread t0 { r = READ_ONCE(x); }", "interrupt t0 by queue(&x, 1);", before=before)
    assert found(text).finals("r", "x") == {(0, 0), (0, 1), (1, 1)}


# ── SRCU ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@MACHINE
def test_srcu_is_the_same_for_its_own_structure(machine: Machine) -> None:
    reader = "thread t0 {{ int i = srcu_read_lock(&{0}); q = READ_ONCE(y); r = READ_ONCE(x); srcu_read_unlock(&{0}, i); }}"
    updater = "thread t1 { WRITE_ONCE(y, 1); synchronize_srcu(&ss); WRITE_ONCE(x, 1); }"
    assert (1, 0) not in found(scenario(reader.format("ss"), updater), machine).finals("r", "q")
    other = scenario("struct srcu_struct other;", reader.format("other"), updater)
    assert (1, 0) in found(other, machine).finals("r", "q")
    by_rcu = scenario(reader.format("ss"), updater.replace("synchronize_srcu(&ss)", "synchronize_rcu()"))
    assert (1, 0) in found(by_rcu, machine).finals("r", "q")


@MACHINE
def test_an_srcu_section_ends_where_its_index_is_handed_back_by_whichever_thread(machine: Machine) -> None:
    text = scenario(
        "thread t0 { int i = srcu_read_lock(&ss); y = i; q = READ_ONCE(x); smp_store_release(&z, 1); }",
        "thread t1 { await (smp_load_acquire(&z) == 1); srcu_read_unlock(&ss, y); }",
        "thread t2 { synchronize_srcu(&ss); r = READ_ONCE(z); }",
    )
    findings = found(text, machine)
    assert not findings.waits
    assert not findings.faults
    assert {r for (r,) in findings.finals("r")} == {0, 1}
    kept = scenario(
        "thread t0 { int i = srcu_read_lock(&ss); x = 1; await (READ_ONCE(y) == 1); srcu_read_unlock(&ss, i); }",
        "thread t1 { await (READ_ONCE(x) == 1); synchronize_srcu(&ss); y = 1; }",
    )
    assert not found(kept, machine).complete


@MACHINE
def test_sections_of_srcu_nest_each_with_its_own_index(machine: Machine) -> None:
    text = scenario(
        "thread t0 { int i = srcu_read_lock(&ss); int j = srcu_read_lock(&ss); srcu_read_unlock(&ss, i); q = READ_ONCE(y); "
        "r = READ_ONCE(x); srcu_read_unlock(&ss, j); }",
        "thread t1 { WRITE_ONCE(y, 1); synchronize_srcu(&ss); WRITE_ONCE(x, 1); }",
    )
    assert (1, 0) not in found(text, machine).finals("r", "q")


@MACHINE
@pytest.mark.parametrize("index", ["i", "i + 1"])
def test_handing_back_what_is_no_open_section_faults(machine: Machine, index: str) -> None:
    code = f"int i = srcu_read_lock(&ss); x = 1; srcu_read_unlock(&ss, i); srcu_read_unlock(&ss, {index}); y = 1;"
    findings = found(scenario(f"thread t0 {{ {code} }}"), machine)
    assert not findings.complete
    assert {stop.reason for stop in findings.faults} == {"`srcu_read_unlock()` of no section that is open"}
