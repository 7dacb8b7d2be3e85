"""What unrolled statements mean: paths, control dependencies, loops, calls, early exits, interrupts, grace periods."""

import itertools

import pytest

from gupproof.diagnostics import GupError
from gupproof.program.events import CheckKind, StopReason
from gupproof.program.statements import MAX_CALL_DEPTH, MAX_ROUNDS
from tests.support.lowered import ends, finals, lowered, result, scenario, thread

READ_X, READ_Y, READ_Z = "READ_ONCE(x)", "READ_ONCE(y)", "READ_ONCE(z)"
WRITE_X, WRITE_Y, WRITE_Z = "WRITE_ONCE(x)", "WRITE_ONCE(y)", "WRITE_ONCE(z)"


def refused(code: str, *items: str, before: str = "") -> tuple[str, str]:
    """The code and message with which one thread is refused."""
    with pytest.raises(GupError) as caught:
        thread(code, *items, before=before)
    (item,) = caught.value.diagnostics
    assert item.span is not None
    assert item.line_text, "the line is shown"
    return item.code, item.message


# ── branches ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_arm_is_control_dependent_on_the_condition():
    made = thread("if (READ_ONCE(x)) WRITE_ONCE(y, 1); else WRITE_ONCE(z, 1);")
    assert made.sources(WRITE_Y, "ctrl") == made.sources(WRITE_Z, "ctrl") == {READ_X}
    assert (made.executes(WRITE_Y, x=1), made.executes(WRITE_Z, x=1)) == (True, False)
    assert (made.executes(WRITE_Y, x=0), made.executes(WRITE_Z, x=0)) == (False, True)


def test_control_dependency_ends_where_both_arms_join():
    made = thread("if (READ_ONCE(x)) WRITE_ONCE(y, 1); WRITE_ONCE(z, 1);")
    assert made.sources(WRITE_Z, "ctrl") == set()
    assert made.event(WRITE_Z).guard is made.program.pool.true


def test_nested_conditions_add_up():
    made = thread("if (READ_ONCE(x)) { if (READ_ONCE(y)) WRITE_ONCE(z, 1); }")
    assert made.sources(WRITE_Z, "ctrl") == {READ_X, READ_Y}
    assert [made.executes(WRITE_Z, x=x, y=y) for x, y in ((0, 0), (0, 1), (1, 0), (1, 1))] == [False, False, False, True]


def test_a_condition_that_reads_nothing_is_no_control_dependency():
    made = thread("int v = READ_ONCE(x); if (K) WRITE_ONCE(y, v);")
    assert made.sources(WRITE_Y, "ctrl") == set()
    assert made.sources(WRITE_Y, "data") == {READ_X}
    assert (made.executes(WRITE_Y, K=1), made.executes(WRITE_Y, K=0)) == (True, False)


def test_an_arm_that_a_fixed_switch_rules_out_leaves_no_events():
    code = "if (K) WRITE_ONCE(x, 1); else WRITE_ONCE(y, 1);"
    assert thread(code, fixed={"K": 1}).order() == [WRITE_X]
    assert thread(code, fixed={"K": 0}).order() == [WRITE_Y]


def test_registers_have_the_value_of_the_arm_taken():
    assert result("int v = 1; if (choose(0, 1)) v = 2; r = v;") == {1, 2}
    assert result("int v = 1; if (K) v = 2; r = v;", switches={"K": 1}) == {2}


# ── leaving early ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_code_after_an_early_return_is_control_dependent_on_the_condition():
    made = thread("if (READ_ONCE(x)) return; WRITE_ONCE(y, 1);")
    assert made.sources(WRITE_Y, "ctrl") == {READ_X}
    assert (made.executes(WRITE_Y, x=0), made.executes(WRITE_Y, x=1)) == (True, False)


def test_an_early_return_binds_the_rest_of_its_function_only():
    before = "fn f() { if (READ_ONCE(x)) return; WRITE_ONCE(y, 1); }"
    made = lowered(f"int x, y, z; {before} scenario s {{ thread t {{ f(); WRITE_ONCE(z, 1); }} }}")
    assert made.sources(WRITE_Y, "ctrl") == {READ_X}
    assert made.sources(WRITE_Z, "ctrl") == set()
    assert made.executes(WRITE_Z, x=1)


def test_code_after_both_arms_returned_is_left_out():
    made = thread("if (READ_ONCE(x)) return; else return; WRITE_ONCE(y, 1);")
    assert made.order() == [READ_X]


def test_a_return_inside_a_loop_leaves_the_function():
    assert result("for (int i = 0; i < 3; i++) { r = r + 1; if (i == 1) return; } r = 9;") == {2}


def test_break_leaves_the_innermost_loop():
    code = "for (int i = 0; i < 2; i++) { for (int j = 0; j < 3; j++) { if (j == 1) break; r += 10; } r++; }"
    assert result(code) == {22}


def test_continue_skips_the_rest_of_the_round_but_not_the_step():
    assert result("for (int i = 0; i < 4; i++) { if (i == 1) continue; r += 1; } ") == {3}


def test_continue_in_a_do_loop_goes_on_to_the_condition():
    assert result("int i = 0; do { i++; if (i == 1) continue; r += 10; } while (i < 3) bound 5;") == {20}


def test_what_follows_a_conditional_break_in_its_round_is_control_dependent_and_what_follows_the_loop_is_not():
    made = thread("for (int i = 0; i < 1; i++) { if (READ_ONCE(x)) break; WRITE_ONCE(y, 1); } WRITE_ONCE(z, 1);")
    assert made.sources(WRITE_Y, "ctrl") == {READ_X}
    assert made.sources(WRITE_Z, "ctrl") == set()
    assert made.event(WRITE_Z).guard is made.program.pool.true


def test_what_follows_a_conditional_continue_depends_on_it_until_the_round_ends():
    made = thread("for (int i = 0; i < 2; i++) { if (READ_ONCE(x)) continue; WRITE_ONCE(y, 1); }")
    first, second = made.events(READ_X)
    assert [[item.source for item in event.ctrl] for event in made.events(WRITE_Y)] == [[first.id], [second.id]]
    assert second.ctrl == ()


# ── loops ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_round_of_a_loop_depends_on_every_condition_before_it():
    made = thread("while (READ_ONCE(x)) bound 2 { WRITE_ONCE(y, 1); }")
    assert made.order() == [READ_X, WRITE_Y, READ_X, WRITE_Y, READ_X]
    reads = [event.id for event in made.events(READ_X)]
    assert [sorted(item.source for item in event.ctrl) for event in made.events(WRITE_Y)] == [reads[:1], reads[:2]]


def test_a_loop_that_wants_more_rounds_than_its_bound_leaves_a_bound_stop():
    made = thread("while (READ_ONCE(x)) bound 2 { } WRITE_ONCE(y, 1);")
    (stop,) = made.program.stops
    assert stop.reason is StopReason.BOUND
    assert made.given(stop.condition, x=1) == 1
    assert made.given(stop.condition, x=0) == 0
    assert (made.executes(WRITE_Y, x=1), made.executes(WRITE_Y, x=0)) == (False, True)


def test_a_loop_may_use_all_rounds_of_its_bound():
    code = "int i = 0; while (i < 3) bound 3 { i++; } r = i;"
    assert result(code) == {3}
    assert thread(code).program.stops == ()
    assert [stop.reason for stop in thread(code.replace("bound 3", "bound 2")).program.stops] == [StopReason.BOUND]


def test_a_do_loop_runs_before_it_asks():
    assert result("do { r++; } while (false) bound 3;") == {1}
    assert result("while (false) bound 3 { r++; }") == {0}


def test_a_loop_with_a_constant_trip_count_needs_no_bound():
    assert result("for (int i = 0; i < 5; i++) r += i;") == {10}


def test_a_loop_that_memory_ends_needs_a_bound():
    assert refused("while (READ_ONCE(x)) { }") == (
        "L009",
        "this loop has no bound, and its condition depends on what is read from memory",
    )


def test_a_loop_without_a_bound_that_never_ends_is_refused():
    code, message = refused("while (true) { r++; }")
    assert code == "L009"
    assert f"after {MAX_ROUNDS} rounds" in message


# ── waiting ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_await_orders_nothing_but_adds_a_control_dependency_to_what_follows():
    made = thread("await (READ_ONCE(x) == 1); WRITE_ONCE(y, 1);")
    assert made.order() == [READ_X, WRITE_Y]
    assert not made.event(READ_X).tags
    assert made.sources(WRITE_Y, "ctrl") == {READ_X}
    assert (made.executes(WRITE_Y, x=1), made.executes(WRITE_Y, x=0)) == (True, False)


def test_the_dependency_on_an_await_outlives_the_branch_it_stands_in():
    made = thread("if (READ_ONCE(y)) { await (READ_ONCE(x)); } WRITE_ONCE(z, 1);")
    assert READ_X in made.sources(WRITE_Z, "ctrl")
    assert (made.executes(WRITE_Z, y=1, x=0), made.executes(WRITE_Z, y=1, x=1)) == (False, True)
    assert made.executes(WRITE_Z, y=0, x=0)


def test_an_await_that_never_holds_has_no_final_state():
    text = scenario("thread t { await (READ_ONCE(x) == 1); r = 1; }")
    (end,) = ends(text)
    assert not end.complete
    (stop,) = lowered(text).program.stops
    assert stop.reason is StopReason.WAITS


def test_an_await_reads_once():
    text = scenario("thread t { await (READ_ONCE(x) == 1); r = 1; } thread v { WRITE_ONCE(x, 1); }")
    assert finals(text, "r") == {(1,)}
    assert len(lowered(text).events(READ_X)) == 1


# ── asserts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_assert_is_judged_on_its_own_path_even_if_the_thread_then_waits_for_ever():
    text = scenario("thread t { if (choose(0, 1)) { assert(READ_ONCE(x) == 1, seen); } await (READ_ONCE(y) == 1); }")
    assert {(end.complete, end.violations) for end in ends(text)} == {(False, ()), (False, ("assert fails",))}


def test_an_assert_carries_the_property_it_names():
    made = thread("assert(READ_ONCE(x) == 0, mine); assert(READ_ONCE(x) == 0);")
    assert [(check.kind, check.property) for check in made.program.checks] == [
        (CheckKind.ASSERT, "mine"),
        (CheckKind.ASSERT, "asserts"),
    ]
    assert {"mine", "asserts"} <= set(made.program.properties)


# ── assumptions ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_assumption_drops_the_executions_where_it_does_not_hold():
    text = scenario("thread t { r = choose(0 .. 3); assume(r > 1); }")
    assert finals(text, "r") == {(2,), (3,)}
    assert {end.complete for end in ends(text)} == {True}


def test_an_assumption_counts_on_its_own_path_only():
    assert result("r = choose(0, 1); if (r) { q = choose(0, 1); assume(q); r += q; }") == {0, 2}


def test_what_is_dropped_violates_nothing_even_before_the_assumption():
    text = scenario("thread t { assert(READ_ONCE(x) == 0); }", "thread v { WRITE_ONCE(x, 1); assume(false); }")
    assert ends(text) == frozenset()


def test_an_assumption_is_no_step_and_orders_nothing():
    made = thread("assume(READ_ONCE(x) == 0); WRITE_ONCE(y, 1);")
    assert made.event(WRITE_Y).ctrl == ()
    assert made.program.stops == ()


# ── calls ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_out_parameters_assign_the_callers_local():
    assert result("int v; put(&v, 7); r = v;") == {7}


def test_out_parameters_pass_through_calls():
    before = "fn outer(int *out) { put(out, 3); *out = *out + 1; }"
    assert result("int v; outer(&v); r = v;", before=before) == {4}


def test_out_parameters_assign_on_the_paths_that_do():
    before = "fn maybe(int *out, bool b) { if (b) *out = 5; }"
    assert result("int v = 1; maybe(&v, choose(0, 1)); r = v;", before=before) == {1, 5}


def test_out_parameters_carry_dependencies():
    before = "int g; fn fetch(int *out) { *out = READ_ONCE(g); }"
    made = thread("int v; fetch(&v); WRITE_ONCE(y, v);", before=before)
    assert made.sources(WRITE_Y, "data") == {"READ_ONCE(g)"}


def test_a_pointer_that_may_lead_to_two_locals_is_refused():
    before = "fn set(int *a, int *b, bool c) { int *o = a; if (c) o = b; *o = 1; }"
    found = refused("int v, other; set(&v, &other, choose(0, 1));", before=before)
    assert found == ("L002", "'o' may point to different local variables after this")


def test_returned_values_follow_the_path_taken():
    before = "fn f(int v) -> int { if (v == 1) return 10; if (v == 2) return 20; return 30; }"
    assert result("r = f(choose(0 .. 2));", before=before) == {10, 20, 30}


def test_returned_values_carry_dependencies():
    made = thread("WRITE_ONCE(y, same(READ_ONCE(x)));")
    assert made.sources(WRITE_Y, "data") == {READ_X}


def test_calls_of_one_function_share_no_registers():
    before = "fn count(int v) -> int { int local = 0; local += v; return local; }"
    assert result("r = count(3); r = r * 10 + count(4);", before=before) == {34}


def test_the_caller_s_names_mean_nothing_inside_a_function():
    before = "fn f(int v) -> int { v = v + 1; return v; }"
    assert result("int v = 5; r = f(1) * 10 + v;", before=before) == {25}


def test_an_event_knows_the_calls_that_led_to_it():
    before = "int g; fn inner() { WRITE_ONCE(g, 1); } fn outer() { inner(); }"
    made = thread("outer();", before=before)
    event = made.event("WRITE_ONCE(g)")
    assert len(event.calls) == 2
    assert all(place.line > 0 for place in (*event.calls, event.span))


def test_calls_that_nest_too_deep_are_refused():
    names = [f"f{number}" for number in range(MAX_CALL_DEPTH + 1)]
    chain = [f"fn {name}() {{ {following}(); }}" for name, following in itertools.pairwise(names)]
    before = f"fn {names[-1]}() {{ }} " + " ".join(reversed(chain))
    assert refused("f0();", before=before)[0] == "L010"


# ── slots ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_slot_performs_the_fence_chosen_for_it():
    made = thread("slot gap;")
    fence = made.event("slot gap")
    assert [made.given(fence.guard, gap=value) for value in range(3)] == [0, 1, 1]
    tags = [[tag for tag, condition in fence.tags if made.given(condition, gap=value)] for value in (1, 2)]
    assert tags == [["DMB.ISHST"], ["DMB.ISH"]]
    assert thread("slot gap;", fixed={"gap": 0}).order() == []
    assert thread("slot gap;", fixed={"gap": 2}).order() == ["smp_mb()"]


# ── interrupts ───────────────────────────────────────────────────────────────────────────────────────────────────────

HANDLER = "fn handler(int *at) { WRITE_ONCE(*at, READ_ONCE(*at) + 1); }"


def interrupted(code: str) -> set[tuple[int, ...]]:
    text = scenario(f"thread t {{ {code} }}", "interrupt t by handler(&x);", before=HANDLER)
    return finals(text, "r", "x")


def test_an_interrupt_runs_at_most_once_between_any_two_steps():
    assert interrupted("r = READ_ONCE(x) + 10 * READ_ONCE(x);") == {(0, 0), (0, 1), (10, 1), (11, 1)}


def test_an_interrupt_runs_only_where_interrupts_are_on():
    code = "local_irq_save(); r = READ_ONCE(x); r += 10 * READ_ONCE(x); local_irq_restore();"
    assert interrupted(code) == {(0, 0), (0, 1), (11, 1)}


def test_what_was_saved_comes_back_and_enabling_enables():
    """Linux, include/linux/irqflags.h: local_irq_save() keeps the flags, local_irq_enable() counts nothing."""
    save = "local_irq_save(); r = READ_ONCE(x); local_irq_restore();"
    assert interrupted(f"local_irq_save(); {save} r += 10 * READ_ONCE(x); local_irq_restore();") == {(0, 0), (0, 1), (11, 1)}
    enable = "local_irq_disable(); r = READ_ONCE(x); local_irq_enable();"
    assert (10, 1) in interrupted(f"local_irq_save(); {enable} r += 10 * READ_ONCE(x); local_irq_restore();")
    assert (10, 1) in interrupted(f"local_irq_disable(); {enable} r += 10 * READ_ONCE(x);")
    kept = "local_irq_save(); local_irq_restore(); r += 10 * READ_ONCE(x); local_irq_enable();"
    assert interrupted(f"local_irq_disable(); r = READ_ONCE(x); {kept}") == {(0, 0), (0, 1), (11, 1)}


def test_interrupts_may_be_off_on_one_path_only():
    code = "if (K) local_irq_save(); r = READ_ONCE(x); r += 10 * READ_ONCE(x); if (K) local_irq_restore();"
    text = scenario(f"thread t {{ {code} }}", "interrupt t by handler(&x);", before=HANDLER)
    assert finals(text, "r", switches={"K": 0}) == {(0,), (10,), (11,)}
    assert finals(text, "r", switches={"K": 1}) == {(0,), (11,)}


def test_preemption_off_lets_interrupts_in():
    code = "preempt_disable(); r = READ_ONCE(x); r += 10 * READ_ONCE(x); preempt_enable();"
    assert (10, 1) in interrupted(code)


def test_an_interrupt_is_one_piece_for_its_own_cpu():
    text = scenario(
        "thread t { r = READ_ONCE(x) + 10 * READ_ONCE(y); }",
        "interrupt t by both();",
        before="int other; fn both() { WRITE_ONCE(other, 1); WRITE_ONCE(other, 2); }",
    )
    assert finals(text, "other") == {(0,), (2,)}


def test_a_handler_depends_on_nothing_that_it_interrupts():
    made = lowered(scenario("thread t { if (READ_ONCE(x)) WRITE_ONCE(y, 1); }", "interrupt t by handler(&z);", before=HANDLER))
    for event in made.program.events:
        if event.text == "WRITE_ONCE(*at)":
            assert {made.program.events[item.source].text for item in event.ctrl} == set()


def test_ending_what_was_never_begun_is_refused():
    assert refused("local_irq_restore();") == ("L008", "local_irq_restore() without its beginning")
    assert refused("preempt_enable();")[0] == "L008"
    assert refused("rcu_read_unlock();")[0] == "L008"


def test_ending_what_began_on_another_path_only_is_a_fault():
    text = scenario("thread t { if (K) local_irq_save(); local_irq_restore(); }")
    assert {end.violations for end in ends(text, switches={"K": 0})} == {("local_irq_restore() without its beginning",)}
    assert {end.violations for end in ends(text, switches={"K": 1})} == {()}
    paired = thread("if (K) local_irq_save(); if (K) local_irq_restore();")
    assert paired.program.checks == ()


# ── grace periods ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("model_name", ["sc", "x86-tso", "armv8"])
def test_a_grace_period_waits_for_the_sections_that_began_before_it(model_name):
    """The reader that saw the old value is done when the grace period ends: RCU's reason to exist."""
    text = scenario(
        "thread reader { rcu_read_lock(); r = READ_ONCE(x); q = READ_ONCE(y); rcu_read_unlock(); }",
        "thread updater { WRITE_ONCE(x, 1); synchronize_rcu(); WRITE_ONCE(y, 1); }",
    )
    assert finals(text, "r", "q", model_name=model_name) == {(0, 0), (1, 0), (1, 1)}
    bare = text.replace("rcu_read_lock();", "").replace("rcu_read_unlock();", "")
    assert (0, 1) in finals(bare, "r", "q", model_name=model_name)


def test_sections_may_nest_and_only_the_outermost_counts():
    text = scenario(
        "thread reader { rcu_read_lock(); r = READ_ONCE(x); nested(); q = READ_ONCE(y); rcu_read_unlock(); }",
        "thread updater { WRITE_ONCE(x, 1); synchronize_rcu(); WRITE_ONCE(y, 1); }",
        before="fn nested() { rcu_read_lock(); rcu_read_unlock(); }",
    )
    assert (0, 1) not in finals(text, "r", "q")


def test_a_grace_period_inside_a_section_is_refused():
    code, message = refused("rcu_read_lock(); synchronize_rcu(); rcu_read_unlock();")
    assert code == "L011"
    assert "waits for itself" in message
