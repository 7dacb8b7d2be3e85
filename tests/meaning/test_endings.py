"""How executions end: at their end, waiting, at a bound, by a fault; and what counts of each (docs/language.md)."""

import pytest

from gupproof.meaning import Ending, Machine
from tests.meaning.support import MACHINES, found, result, scenario, thread

MACHINE = pytest.mark.parametrize("machine", MACHINES)


@MACHINE
def test_two_locks_taken_in_opposite_order_may_wait_for_each_other(machine: Machine) -> None:
    take = "spin_lock(&{0}); spin_lock(&{1}); x++; spin_unlock(&{1}); spin_unlock(&{0});"
    threads = f"thread t {{ {take.format('A', 'B')} }} thread u {{ {take.format('B', 'A')} }}"
    text = f"scenario s {{ spinlock_t A, B; int x; {threads} }}"
    findings = found(text, machine)
    assert findings.finals("x") == {(2,)}
    assert {stop.thread for stop in findings.waits} == {"t", "u"}


@MACHINE
def test_a_lock_keeps_others_out_and_publishes_what_was_done_under_it(machine: Machine) -> None:
    body = "spin_lock(&lock); x = x + 1; spin_unlock(&lock);"
    findings = found(scenario(*(f"thread t{number} {{ {body} }}" for number in range(3))), machine)
    assert findings.finals("x") == {(3,)}
    assert not findings.waits


@MACHINE
def test_a_wait_goes_on_as_soon_as_it_can_and_waits_for_good_only_where_nobody_comes(machine: Machine) -> None:
    comes = scenario("thread t0 { await (READ_ONCE(x) == 1); r = y; }", "thread t1 { y = 2; WRITE_ONCE(x, 1); }")
    findings = found(comes, machine)
    assert findings.finals("r") == {(2,)}
    assert not findings.waits
    never = found(scenario("thread t0 { await (READ_ONCE(x) == 1); r = 1; }", "thread t1 { y = 2; }"), machine)
    assert not never.complete
    assert {(stop.thread, outcome.value("y"), outcome.value("r")) for outcome in never.outcomes for stop in outcome.stops} == {
        ("t0", 2, 0)
    }


def test_the_round_that_ends_a_wait_may_look_at_several_words_one_after_the_other() -> None:
    text = scenario("thread t0 { await (READ_ONCE(x) == 1 && READ_ONCE(y) == 0); r = 1; }", "thread t1 { x = 1; y = 1; }")
    findings = found(text)
    assert findings.finals("r") == {(1,)}
    assert findings.waits  # where the thread looks too late


def test_a_wait_for_what_registers_say_never_ends_unless_it_holds() -> None:
    text = scenario("thread t0 { int i = 1; await (i == 1); r = 1; await (MODE == blue); r = 2; }", "thread t1 { x = 1; }")
    assert found(text, MODE="blue").finals("r") == {(2,)}
    (outcome,) = found(text, MODE="red").outcomes
    assert (outcome.value("r"), outcome.value("x")) == (1, 1)
    assert dict(outcome.endings) == {"t0": Ending.WAITS, "t1": Ending.ENDED}


def test_who_waits_for_each_other_waits_for_good() -> None:
    waits = "await (READ_ONCE({0}) == 1); WRITE_ONCE({1}, 1);"
    findings = found(scenario(f"thread t0 {{ {waits.format('x', 'y')} }}", f"thread t1 {{ {waits.format('y', 'x')} }}"))
    (outcome,) = findings.outcomes
    assert dict(outcome.endings) == {"t0": Ending.WAITS, "t1": Ending.WAITS}


def test_a_conditional_load_waits_for_its_value() -> None:
    text = scenario(
        "thread t0 { r = smp_cond_load_relaxed(&x, VAL > 1 && VAL != y); }", "thread t1 { x = 1; x = 2; y = 2; x = 3; }"
    )
    findings = found(text)
    assert findings.finals("r") == {(2,), (3,)}
    assert not findings.waits


@MACHINE
def test_a_fault_stops_its_thread_and_nothing_else(machine: Machine) -> None:
    findings = found(scenario("thread t0 { y = 1; r = p->f; z = 1; }", "thread t1 { q = 1; x = 1; }"), machine)
    (outcome,) = findings.outcomes
    assert not outcome.complete
    assert dict(outcome.endings) == {"t0": Ending.FAULT, "t1": Ending.ENDED}
    assert [outcome.value(name) for name in ("x", "y", "z", "q")] == [1, 1, 0, 1]


def test_a_fault_refutes_every_property_and_an_incomplete_execution_none() -> None:
    faults = found(thread("r = p->f;", "property fine : true;"))
    assert faults.refutes("fine")
    waits = found(thread("await (x == 1);", "property no : false;", "cover some : true;"))
    assert not waits.refutes("no")
    assert not waits.reaches("some")


def test_a_loop_that_wants_more_rounds_hits_its_bound() -> None:
    findings = found(thread("int i = 0; while (i < 3) bound 2 { i++; } r = i;"))
    assert [stop.ending for stop in findings.bounds] == [Ending.BOUND]
    assert not findings.complete
    assert result("int i = 0; while (i < 3) bound 3 { i++; } r = i;") == {3}
    assert result("int i = 0; do { i++; } while (i < 3) bound 3; r = i;") == {3}
    assert found(thread("int i = 0; do { i++; } while (i < 3) bound 2;")).bounds


def test_an_assert_counts_though_its_thread_waits_for_good_behind_it() -> None:
    findings = found(thread("assert(x == 1, one); assert(y == 0); await (x == 1);"))
    assert findings.refutes("one")
    assert not findings.refutes("asserts")
    assert findings.reached == {"one", "asserts"}
    assert not findings.complete


def test_an_assert_that_nothing_comes_to_is_not_reached() -> None:
    assert found(thread("await (x == 1); assert(x == 7);")).reached == frozenset()


def test_an_assumption_drops_the_execution_with_what_failed_in_it() -> None:
    findings = found(scenario("thread t0 { r = READ_ONCE(x); assert(r == 1); assume(r == 1); }", "thread t1 { x = 1; }"))
    assert findings.finals("r") == {(1,)}
    assert not findings.failures
    assert findings.possible  # it did fail in the beginning of an execution that was dropped


def test_an_assumption_that_never_holds_leaves_nothing() -> None:
    findings = found(scenario("thread t0 { assert(x == 7); assume(x == 1); }", "thread t1 { y = 1; }"))
    assert findings.outcomes == frozenset()


def test_counts_that_wrap_fail_no_overflow_and_go_on() -> None:
    code = "atomic_set(&c, 2147483647); atomic_inc(&c); r = atomic_read(&c);"
    findings = found(thread(code, "property quiet : no_overflow;"))
    assert findings.finals("r") == {(-(2**31),)}
    assert findings.refutes("no_overflow")
    assert findings.refutes("quiet")


@pytest.mark.parametrize(
    "code",
    [
        "atomic_set(&c, 2147483647); atomic_xor(-1, &c);",
        "atomic_set(&c, 2147483647); atomic_add_unless(&c, 1, 2147483647);",
        "atomic_set(&c, -2147483647 - 1); atomic_dec_if_positive(&c);",
        "x = 2147483647; x++;",
    ],
)
def test_what_is_no_sum_of_a_counter_does_not(code: str) -> None:
    assert not found(thread(code)).refutes("no_overflow")


def test_asserts_may_belong_to_no_overflow() -> None:
    assert found(thread("assert(x == 1, no_overflow);")).refutes("no_overflow")


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("p == NULL && x == 0", True),
        ("p->f == 0", False),
        ("p == NULL || p->f == 0", True),
        ("!(p->f == 0)", False),
        ("a[r + 3] == 0", False),
        ("1 / x == 0", False),
        ("spin_is_locked(&lock)", False),
        ("walk(&n) == 1", True),
        ("look(p) == 0", False),
        ("look(&n) == 0", True),
    ],
)
def test_a_property_that_looks_where_nothing_is_does_not_hold(condition: str, holds: bool) -> None:
    before = "fn walk(struct node *q) -> int { int i = 0; while (q) bound 2 { i++; q = q->next; } return i; }"
    before += " fn look(struct node *q) -> int { return q->f; }"
    (outcome,) = found(thread("x = 0;", f"property asked : {condition};", before=before)).complete
    assert dict(outcome.holds) == {"asked": holds}


def test_a_property_whose_loop_hits_its_bound_is_neither() -> None:
    before = "fn walk(struct node *q) -> int { int i = 0; while (q) bound 2 { i++; q = q->next; } return i; }"
    (outcome,) = found(thread("n.next = &n;", "property asked : walk(&n) == 1;", before=before)).complete
    assert dict(outcome.holds) == {"asked": None}
