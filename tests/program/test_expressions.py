"""What unrolled expressions mean: values, the reads they depend on, the events they perform, and what can go wrong in them."""

from dataclasses import replace

import pytest

from gupproof.diagnostics import GupError
from gupproof.execution.enumerator import outcomes
from gupproof.language import load_text
from gupproof.program.events import CheckKind, Kind, StopReason
from gupproof.program.scenario import lower
from gupproof.program.targets import Step, StepKind
from tests.support.lowered import TARGETS, Lowered, ends, finals, lowered, result, scenario, thread
from tests.support.models import model

READ_X, READ_Y, READ_Z = "READ_ONCE(x)", "READ_ONCE(y)", "READ_ONCE(z)"
WRITE_X, WRITE_Y, WRITE_Z = "WRITE_ONCE(x)", "WRITE_ONCE(y)", "WRITE_ONCE(z)"


def violations(code: str, *items: str, before: str = "") -> set[tuple[str, ...]]:
    """What goes wrong in each of the executions of one thread alone."""
    return {end.violations for end in ends(scenario(f"thread t {{ {code} }}", *items, before=before))}


def shapes(made: Lowered) -> list[tuple[Kind, frozenset[str]]]:
    """Kind and certain tags of each event of the threads."""
    events = [event for event in made.program.events if event.thread >= 0]
    return [(event.kind, frozenset(tag for tag, when in event.tags if when is made.program.pool.true)) for event in events]


# ── arithmetic ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("7 / 2", 3),
        ("-7 / 2", -3),
        ("-7 % 2", -1),
        ("7 % -2", 1),
        ("6 & 3", 2),
        ("6 | 3", 7),
        ("6 ^ 3", 5),
        ("~0", -1),
        ("1 << 4", 16),
        ("-8 >> 1", -4),
        ("!5", 0),
        ("!0", 1),
        ("3 > 2", 1),
        ("2 >= 3", 0),
        ("2 <= 2", 1),
        ("2 != 2", 0),
        ("1 ? 4 : 5", 4),
        ("5 && 2", 1),
        ("0 || 0", 0),
        ("(bool)4", 1),
    ],
)
def test_operators_mean_what_c_means(expression, value):
    assert result(f"r = {expression};") == {value}


def test_operators_mean_the_same_of_what_is_read():
    code = "int v = READ_ONCE(x); WRITE_ONCE(y, (v << 3) - v / 2 + v % 3 + (v & 5) + (v | 8) + (v ^ 1) + (v > 6) + !v);"
    text = scenario(f"thread t {{ {code} r = y; }}", "init { x = 7; }")
    assert finals(text, "r") == {((7 << 3) - 3 + 1 + 5 + 15 + 6 + 1 + 0,)}


def test_the_complement_of_an_unsigned_value_stays_in_its_type():
    assert result("unsigned int v = 5; r = ~v == 4294967290;") == {1}


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("WRITE_ONCE(u, READ_ONCE(u) - 1); r = READ_ONCE(u) == 4294967295;", 1),
        ("int v = 2147483647; v = v + READ_ONCE(x) + 1; r = v == -2147483648;", 1),
        ("int v = -2147483647; v = v - READ_ONCE(x) - 2; r = v == 2147483647;", 1),
        ("unsigned int v = READ_ONCE(x) - 1; r = v > 0;", 1),
        ("long v = 65536; r = (int)(v * v);", 0),
        ("int v = 65536; long l = (long)v * v; r = l == 4294967296;", 1),
        ("int v = 65536; long l = v * v; r = l == 0;", 1),
        ("u8 b = 255; b++; r = b;", 0),
        ("s8 b = 127; b++; r = b;", -128),
        ("short s = -32768; s--; r = s;", 32767),
        ("u16 h = 1; h <<= 15; r = h;", 32768),
        ("r = -1 < READ_ONCE(u);", 0),
        ("r = (u8)300 + (s8)200;", 44 - 56),
        ("u8 b = 200; r = b + b;", 400),
        ("int i = 5; r = i++ + ++i;", 12),
        ("int i = 5; r = --i - i--;", 0),
        ("r = -7 / 2 * 10 + -7 % 2;", -31),
        ("unsigned int a = 7; r = -7 / a == 613566755;", 1),
        ("r = -8 >> 1;", -4),
        ("r = true ? -1 : 0u;", -1),
        ("long l = true ? -1 : 0u; r = l == 4294967295;", 1),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_integers_are_those_of_c(code, value):
    """C11 6.3.1, 6.5, with -fwrapv; on an LP64 machine."""
    assert result(code) == {value}


def test_division_of_the_least_value_by_minus_one_is_a_fault():
    assert violations("int v = -2147483647; v--; r = v / (READ_ONCE(x) - 1);") == {("division of the least int by -1",)}


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("r = 1 / READ_ONCE(x);", "division by zero"),
        ("r = 1 % READ_ONCE(x);", "division by zero"),
        ("r = 1 << (READ_ONCE(x) - 1);", "shift by less than 0 or more than 31"),
        ("r = 1 >> (READ_ONCE(x) + 32);", "shift by less than 0 or more than 31"),
        ("r = 1l << (READ_ONCE(x) + 64);", "shift by less than 0 or more than 63"),
        ("r = READ_ONCE(a[READ_ONCE(x) + 3]);", "index outside the array's 3 elements"),
        ("r = READ_ONCE(a[READ_ONCE(x) - 1]);", "index outside the array's 3 elements"),
    ],
)
def test_what_has_no_result_is_a_fault(code, message):
    assert {message} <= {text for found in violations(code) for text in found}
    kinds = {check.kind for check in thread(code).program.checks if check.message == message}
    assert kinds == {CheckKind.FAULT}


# ── pointers ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_pointer_arithmetic_counts_elements():
    init = "init { a[0] = 5; a[1] = 6; a[2] = 7; }"
    assert result("int *v = &a[0]; r = *(v + 2);", init) == {7}
    assert result("int *v = &a[2]; v -= 1; r = v[-1] * 10 + *v;", init) == {56}
    assert result("struct node *v = &pair[0]; v++; r = v->f;", "struct node pair[2]; init { pair[1].f = 4; }") == {4}


def test_pointers_carry_tags_in_their_low_bits():
    code = "unsigned long v = (unsigned long)&n + 1; r = v & 1; q = (struct node *)(v - 1) == &n;"
    assert finals(scenario(f"thread t {{ {code} }}"), "r", "q") == {(1, 1)}


def test_an_access_through_null_is_a_fault_and_the_thread_goes_no_further():
    text = scenario("thread t { struct node *v = READ_ONCE(p); WRITE_ONCE(v->f, 1); r = 1; }")
    (end,) = ends(text)
    assert end.violations == ("'v->f' is accessed through a pointer to no object",)
    assert dict(end.memory)["n.f"] == 0
    made = lowered(text)
    assert not made.executes("WRITE_ONCE(v->f)", p=0)


def test_nothing_later_depends_on_an_access_that_might_have_been_wild():
    made = thread("struct node *v = READ_ONCE(p); WRITE_ONCE(v->f, 1); WRITE_ONCE(y, 1);")
    assert made.sources("WRITE_ONCE(v->f)", "addr") == {"READ_ONCE(p)"}
    assert made.event(WRITE_Y).ctrl == made.event(WRITE_Y).addr == ()


# ── dependencies ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_written_value_depends_on_what_it_is_computed_from():
    made = thread("int v = READ_ONCE(x) + READ_ONCE(y); WRITE_ONCE(z, v ^ v);")
    assert made.sources(WRITE_Z, "data") == {READ_X, READ_Y}
    assert made.sources(WRITE_Z, "addr") == made.sources(WRITE_Z, "ctrl") == set()


def test_an_address_depends_on_pointers_and_indices():
    made = thread("WRITE_ONCE(a[READ_ONCE(x) & 1], READ_ONCE(y)); r = READ_ONCE(READ_ONCE(p)->f);")
    assert made.sources("WRITE_ONCE(a[READ_ONCE(x) & 1])", "addr") == {READ_X}
    assert made.sources("WRITE_ONCE(a[READ_ONCE(x) & 1])", "data") == {READ_Y}
    assert made.sources("READ_ONCE(READ_ONCE(p)->f)", "addr") == {"READ_ONCE(p)"}


def test_a_data_dependency_follows_the_taken_arm_only():
    made = thread("int v = 1; if (READ_ONCE(x)) v = READ_ONCE(y); WRITE_ONCE(z, v);")
    found = made.depends(WRITE_Z, "data")
    assert set(found) == {READ_Y}
    assert (made.given(found[READ_Y], x=1), made.given(found[READ_Y], x=0)) == (1, 0)


def test_a_condition_chosen_by_an_expression_is_a_data_dependency_of_its_arms_only():
    """As in the machine: `v ? a : b` branches, so the condition orders the arms by control, not the result by data."""
    made = thread("int v = READ_ONCE(x) ? READ_ONCE(y) : 2; WRITE_ONCE(z, v);")
    assert made.sources(READ_Y, "ctrl") == {READ_X}
    assert made.sources(WRITE_Z, "data") == {READ_Y}


def test_assigning_a_constant_ends_a_dependency():
    made = thread("int v = READ_ONCE(x); v = 3; WRITE_ONCE(z, v);")
    assert made.event(WRITE_Z).data == ()


# ── evaluation ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_and_evaluates_its_right_side_only_when_needed():
    made = thread("r = READ_ONCE(x) && READ_ONCE(y);")
    assert (made.executes(READ_Y, x=1), made.executes(READ_Y, x=0)) == (True, False)
    assert made.sources(READ_Y, "ctrl") == {READ_X}


def test_or_evaluates_its_right_side_only_when_needed():
    made = thread("r = READ_ONCE(x) || READ_ONCE(y);")
    assert (made.executes(READ_Y, x=1), made.executes(READ_Y, x=0)) == (False, True)


def test_a_conditional_evaluates_one_arm():
    made = thread("r = READ_ONCE(x) ? READ_ONCE(y) : READ_ONCE(z);")
    assert (made.executes(READ_Y, x=1), made.executes(READ_Z, x=1)) == (True, False)


def test_operands_are_evaluated_from_left_to_right():
    assert thread("r = READ_ONCE(x) + READ_ONCE(y) * READ_ONCE(z);").order() == [READ_X, READ_Y, READ_Z]


def test_choices_are_free_and_independent():
    assert result("r = choose(1, 2) * 10 + choose(1, 2);") == {11, 12, 21, 22}
    assert result("r = choose(2 .. 5);") == {2, 3, 4, 5}


def test_every_evaluation_of_one_choose_is_a_choice_of_its_own():
    assert result("for (int i = 0; i < 2; i++) r = r * 10 + choose(1, 2);") == {11, 12, 21, 22}


# ── primitives ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_load_and_a_store_become_the_events_of_their_rows():
    assert shapes(thread("r = smp_load_acquire(&x); smp_store_release(&y, 1);")) == [
        (Kind.READ, frozenset({"A"})),
        (Kind.WRITE, frozenset({"L"})),
    ]
    assert shapes(thread("r = x; x = 1;", target="x86-64")) == [(Kind.READ, frozenset()), (Kind.WRITE, frozenset())]


def test_a_fence_that_a_target_does_not_need_is_no_event():
    assert shapes(thread("smp_wmb();", target="x86-64")) == []
    assert shapes(thread("smp_wmb();")) == [(Kind.FENCE, frozenset({"DMB.ISHST"}))]


def test_a_read_modify_write_is_two_events_that_know_each_other():
    made = thread("r = atomic_add_return(2, &c);")
    read, write = (event for event in made.program.events if event.thread >= 0)
    assert (read.kind, write.kind, write.rmw, read.rmw) == (Kind.READ, Kind.WRITE, read.id, None)
    assert read.address is write.address
    assert made.given(write.value) == 2


def test_an_exchange_that_succeeds_writes_and_one_that_fails_does_not():
    text = scenario("thread t { r = atomic_cmpxchg(&c, choose(0, 1), 5); q = atomic_read(&c); }")
    assert finals(text, "r", "q") == {(0, 5), (0, 0)}


def test_a_failing_exchange_writes_nothing_and_has_its_failure_tags():
    made = thread("int v = READ_ONCE(x); r = atomic_cmpxchg_acquire(&c, v, 5);")
    read, write = made.events("cmpxchg_acquire(c := 5)")
    row = TARGETS["arm64-lse"].rows["cmpxchg_acquire"]
    assert row.failure is not None
    success = dict(enumerate((made.given(write.guard, x=0), made.given(write.guard, x=1))))
    assert success == {0: 1, 1: 0}

    def tags(x: int) -> set[str]:
        return {tag for tag, when in read.tags if made.given(when, x=x)}

    assert tags(0) == set(row.steps[0].tags)
    assert tags(1) == set(row.failure[0].tags)


@pytest.mark.parametrize(("target", "success", "failure"), [("arm64-lse", {"A"}, set()), ("arm64-llsc", {"X"}, set())])
def test_an_addition_that_must_not_happen_has_the_tags_of_a_plain_load(target, success, failure):
    made = thread("r = atomic_add_unless(&c, 1, READ_ONCE(x));", target=target)
    read = next(
        event for event in made.program.events if event.kind is Kind.READ and event.text.startswith("atomic_add_unless")
    )
    assert {tag for tag, when in read.tags if made.given(when, x=1)} == success
    assert {tag for tag, when in read.tags if made.given(when, x=0)} == failure


def test_a_fence_of_a_conditional_exchange_is_performed_only_when_it_succeeds():
    made = thread("r = atomic_cmpxchg(&c, READ_ONCE(x), 5);", target="arm64-llsc")
    (fence,) = (event for event in made.program.events if event.kind is Kind.FENCE)
    assert (made.given(fence.guard, x=0), made.given(fence.guard, x=1)) == (1, 0)


@pytest.mark.parametrize(
    ("code", "old", "gives", "leaves"),
    [
        ("r = atomic_add_return(3, &c);", 4, 7, 7),
        ("r = atomic_sub_return(3, &c);", 4, 1, 1),
        ("r = atomic_fetch_add(3, &c);", 4, 4, 7),
        ("r = atomic_fetch_or(3, &c);", 4, 4, 7),
        ("r = atomic_fetch_and(6, &c);", 5, 5, 4),
        ("r = atomic_fetch_xor(6, &c);", 5, 5, 3),
        ("r = atomic_xchg(&c, 9);", 4, 4, 9),
        ("atomic_inc(&c);", 4, 0, 5),
        ("r = atomic_dec_and_test(&c);", 1, 1, 0),
        ("r = atomic_dec_and_test(&c);", 2, 0, 1),
        ("r = atomic_sub_and_test(2, &c);", 2, 1, 0),
        ("r = atomic_add_negative(-3, &c);", 2, 1, -1),
        ("r = atomic_add_negative(3, &c);", 2, 0, 5),
        ("r = atomic_add_unless(&c, 2, 4);", 4, 0, 4),
        ("r = atomic_add_unless(&c, 2, 4);", 5, 1, 7),
        ("r = atomic_fetch_add_unless(&c, 2, 4);", 5, 5, 7),
        ("r = atomic_inc_not_zero(&c);", 0, 0, 0),
        ("r = atomic_inc_not_zero(&c);", 1, 1, 2),
        ("r = atomic_dec_if_positive(&c);", 1, 0, 0),
        ("r = atomic_dec_if_positive(&c);", 0, -1, 0),
        ("r = atomic_cmpxchg(&c, 4, 6);", 4, 4, 6),
        ("r = atomic_cmpxchg(&c, 5, 6);", 4, 4, 4),
    ],
)
def test_read_modify_writes_give_and_leave_what_the_kernel_says(code, old, gives, leaves):
    text = scenario(f"thread t {{ {code} }}", f"init {{ c = {old}; }}")
    assert finals(text, "r", "c") == {(gives, leaves)}


@pytest.mark.parametrize(
    ("code", "old", "gives", "leaves"),
    [
        ("r = test_and_set_bit(1, &w);", 1, 0, 3),
        ("r = test_and_set_bit(1, &w);", 2, 1, 2),
        ("r = test_and_clear_bit(1, &w);", 3, 1, 1),
        ("r = test_and_change_bit(0, &w);", 1, 1, 0),
        ("r = test_and_set_bit_lock(0, &w);", 0, 0, 1),
        ("r = test_and_set_bit_lock(0, &w);", 1, 1, 1),
        ("clear_bit_unlock(0, &w);", 3, 0, 2),
        ("set_bit(2, &w);", 1, 0, 5),
        ("clear_bit(2, &w);", 5, 0, 1),
        ("change_bit(2, &w);", 1, 0, 5),
        ("r = test_bit(1, &w);", 2, 1, 2),
    ],
)
def test_bit_operations_change_their_bit_and_tell_what_it_was(code, old, gives, leaves):
    text = scenario(f"thread t {{ {code} }}", f"init {{ w = {old}; }}")
    assert finals(text, "r", "w") == {(gives, leaves)}


def test_try_cmpxchg_tells_what_it_found_only_when_it_fails():
    code = "int old = choose(0, 1); r = atomic_try_cmpxchg(&c, &old, 5); q = old;"
    assert finals(scenario(f"thread t {{ {code} }}"), "r", "q", "c") == {(1, 0, 5), (0, 0, 0)}


def test_a_lock_that_is_taken_makes_the_thread_wait():
    text = scenario("thread t { spin_lock(&lock); spin_lock(&lock); r = 1; }")
    assert {end.complete for end in ends(text)} == {False}
    assert StopReason.WAITS in {stop.reason for stop in lowered(text).program.stops}
    assert finals(scenario("thread t { spin_lock(&lock); spin_unlock(&lock); spin_lock(&lock); r = 1; }"), "r") == {(1,)}


def test_trylock_tells_whether_it_took_the_lock():
    assert result("r = spin_trylock(&lock); r = r * 10 + spin_trylock(&lock);") == {10}


def test_waiting_for_a_value_yields_the_value_that_ended_the_wait():
    text = scenario("thread t { r = smp_cond_load_acquire(&x, VAL > 1); }", "thread v { WRITE_ONCE(x, 1); WRITE_ONCE(x, 2); }")
    assert finals(text, "r") == {(2,)}


def test_the_operand_of_a_read_modify_write_is_a_data_dependency_of_what_it_writes():
    made = thread("atomic_add(READ_ONCE(x), &c);")
    write = next(event for event in made.program.events if event.rmw is not None)
    assert made.sources(write, "data") == {READ_X}


def test_a_fence_before_a_conditional_exchange_is_performed_whether_it_succeeds_or_not():
    target = TARGETS["x86-64"]
    fence = Step(StepKind.FENCE, ("MFENCE",))
    read, write, failed = (Step(StepKind.READ, ()), Step(StepKind.WRITE, ()), Step(StepKind.READ, ("X",)))
    row = replace(target.rows["cmpxchg"], steps=(fence, read, write, fence), failure=(fence, failed))
    unit = load_text(scenario("thread t { r = cmpxchg(&x, READ_ONCE(y), 1); }"))
    made = Lowered(lower(unit, unit.scenarios["s"], replace(target, rows={**target.rows, "cmpxchg": row})))
    first, second = (event for event in made.program.events if event.kind is Kind.FENCE)
    assert first.guard is made.program.pool.true
    assert [made.given(second.guard, y=y) for y in (0, 1)] == [1, 0]
    assert {dict(end.memory)["x"] for end in outcomes(made.program, model("x86-tso"), {"K": 0, "MODE": 0, "gap": 0})} == {1}


def test_a_primitive_that_the_target_lacks_is_refused():
    target = TARGETS["arm64-lse"]
    rows = {name: row for name, row in target.rows.items() if name != "smp_mb"}
    unit = load_text("scenario s { int x; thread t { x = 1; smp_mb(); } }")
    with pytest.raises(GupError, match="target arm64-lse does not say what 'smp_mb' becomes"):
        lower(unit, unit.scenarios["s"], replace(target, rows=rows))


def test_whether_a_lock_is_held_is_a_read_of_its_own_where_the_model_knows_locks():
    code = "r = spin_is_locked(&lock);"
    (read,) = [event for event in thread(code, target="lkmm").program.events if event.text == "spin_is_locked(lock)"]
    assert {name for name, _ in read.tags} == {"RL", "RU"}
    (read,) = [event for event in thread(code).program.events if event.text == "spin_is_locked(lock)"]
    assert not read.tags
    assert result(f"spin_lock(&lock); {code} spin_unlock(&lock); r = r * 10 + spin_is_locked(&lock);") == {10}
