"""What a scenario becomes: memory with its first values, threads on CPUs, properties and covers of the end."""

import pytest

from gupproof.diagnostics import GupError
from gupproof.language import load_text
from gupproof.program.events import INIT_THREAD, CheckKind, Kind, StopReason
from gupproof.program.scenario import lower
from tests.support.lowered import MEMORY, SHARED, TARGETS, ends, finals, lowered, scenario, thread

# ── the start ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_word_begins_with_one_initial_write():
    program = lowered("struct pair { int f; int g; }; scenario s { struct pair v; int x = 3; thread t { x = 4; } }").program
    initial = [event for event in program.events if event.thread == INIT_THREAD]
    assert [event.id for event in initial] == [0, 1, 2]
    assert [(event.kind, event.guard) for event in initial] == [(Kind.WRITE, program.pool.true)] * 3
    names = {location.address: location.name for location in program.locations}
    assert {names[event.address.value]: event.value.value for event in initial} == {"v.f": 0, "v.g": 0, "x": 3}


def test_memory_is_zero_unless_init_says_otherwise():
    assert finals(scenario("thread t { r = y; }", "init { x = 1; n.f = 2; a[1] = 3; }"), "x", "y", "n.f", "a[1]", "a[0]") == {
        (1, 0, 2, 3, 0)
    }


def test_the_last_initial_value_of_a_word_stands():
    assert finals("scenario s { int x = 1; init { x = 2; x = 3; } thread t { x = x + 1; } }", "x") == {(4,)}


def test_initial_values_may_look_at_switches_and_choose():
    text = scenario("thread t { r = x; }", "init { x = K ? 5 : choose(1, 2); }")
    assert finals(text, "r", switches={"K": 0}) == {(1,), (2,)}
    assert finals(text, "r", switches={"K": 1}) == {(5,)}


def test_an_initial_value_needs_a_place_that_is_known():
    before = "fn pick(struct node *one, struct node *other, bool first) -> struct node * { return first ? one : other; }"
    with pytest.raises(GupError, match="the place of an initial value must be known"):
        thread("x = 1;", "init { pick(&n, &m, choose(0, 1))->f = 1; }", before=before)


def test_variables_of_the_file_belong_to_every_scenario():
    text = "int g = 8; scenario s { int x = 1; ghost int r, q; thread t { r = x; q = g; } }"
    assert finals(text, "r", "q") == {(1, 8)}


# ── switches ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_switch_stays_open_unless_it_is_fixed():
    program = thread("if (K) x = 1; else y = 1;").program
    assert program.pool.options[program.switches["K"]] == (0, 1)
    assert program.pool.options[program.switches["MODE"]] == (0, 1, 2)
    fixed = thread("if (K) x = 1; else y = 1;", fixed={"K": 1}).program
    assert fixed.switches["K"] is fixed.pool.true


def test_a_program_knows_the_switches_that_its_paths_look_at():
    assert thread("if (K) x = 1; else y = 1;").program.looked_at == {"K"}
    assert thread("if (K) x = MODE == green;").program.looked_at == {"K", "MODE"}
    assert thread("if (K) x = MODE == green;", fixed={"K": 0}).program.looked_at == {"K"}


def test_a_switch_of_many_values_is_compared_by_name():
    text = scenario("thread t { r = MODE == green ? 1 : MODE == blue ? 2 : 0; }")
    assert [finals(text, "r", switches={"MODE": value}) for value in range(3)] == [{(0,)}, {(1,)}, {(2,)}]


# ── threads and CPUs ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_thread_has_a_cpu_of_its_own():
    program = lowered(scenario("thread one { x = 1; }", "thread two { y = 1; }")).program
    assert [column.name for column in program.threads] == ["one", "two"]
    assert [event.thread for event in program.events if event.thread != INIT_THREAD] == [0, 1]


def test_threads_on_one_cpu_run_one_inside_the_other():
    """The second runs whole at some point of the first, so that the first sees all or nothing of it between two steps."""
    text = scenario(
        "thread one on cpu0 { r = READ_ONCE(x) * 10 + READ_ONCE(y); }",
        "thread two on cpu0 { WRITE_ONCE(y, 1); WRITE_ONCE(x, 1); }",
    )
    assert finals(text, "r") == {(0,), (1,), (11,)}
    apart = text.replace(" on cpu0", "")
    assert finals(apart, "r") == finals(text, "r")
    inside = scenario(
        "thread one on cpu0 { WRITE_ONCE(x, 1); r = READ_ONCE(x); }",
        "thread two on cpu0 { q = READ_ONCE(x); WRITE_ONCE(x, 2); }",
    )
    assert finals(inside, "r", "q") == {(1, 0), (2, 1), (1, 1)}


def test_the_first_thread_of_a_cpu_never_runs_inside_another():
    text = scenario(
        "thread one on cpu0 { WRITE_ONCE(x, 1); WRITE_ONCE(x, 0); }",
        "thread two on cpu0 { r = READ_ONCE(x) * 10 + READ_ONCE(x); }",
    )
    assert finals(text, "r") == {(0,), (11,)}
    assert (1,) in finals(text.replace(" on cpu0", ""), "r")


def test_a_preempting_thread_runs_exactly_once():
    text = scenario("thread one on cpu0 { r = READ_ONCE(x); }", "thread two on cpu0 { WRITE_ONCE(x, READ_ONCE(x) + 1); }")
    assert finals(text, "x") == {(1,)}


def test_a_thread_that_is_never_reached_leaves_no_final_state():
    text = scenario(
        "thread one on cpu0 { preempt_disable(); await (READ_ONCE(x)); }", "thread two on cpu0 { WRITE_ONCE(x, 1); }"
    )
    assert {end.complete for end in ends(text)} == {True, False}
    assert finals(text, "x") == {(1,)}


@pytest.mark.parametrize(
    ("before", "after"), [("preempt_disable();", "preempt_enable();"), ("local_irq_save();", "local_irq_restore();")]
)
def test_no_thread_preempts_where_preemption_or_interrupts_are_off(before, after):
    code = f"{before} r = READ_ONCE(x); r += 10 * READ_ONCE(x); {after}"
    text = scenario(f"thread one on cpu0 {{ {code} }}", "thread two on cpu0 { WRITE_ONCE(x, 1); }")
    assert finals(text, "r") == {(0,), (11,)}


def test_a_switch_of_threads_is_a_full_barrier():
    """Store buffering: the guest that sees its CPU's store (r = 10) cannot have read y before that store reached memory."""
    other = "thread b { WRITE_ONCE(y, 1); smp_mb(); q = READ_ONCE(x); }"
    reads = "r = READ_ONCE(y) + 10 * READ_ONCE(x);"
    one = scenario(f"thread a {{ WRITE_ONCE(x, 1); {reads} }}", other)
    two = scenario("thread a on cpu0 { WRITE_ONCE(x, 1); }", f"thread guest on cpu0 {{ {reads} }}", other)
    assert (10, 0) in finals(one, "r", "q", model_name="x86-tso")
    assert (10, 0) not in finals(two, "r", "q", model_name="x86-tso")
    assert (10, 1) in finals(two, "r", "q", model_name="x86-tso")


# ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_properties_and_covers_look_at_final_memory_and_ghosts():
    text = scenario(
        "thread t { WRITE_ONCE(x, choose(1, 2)); r = 5; }",
        "property small : READ_ONCE(x) == 1 && r == 5;",
        "cover two : x == 2;",
    )
    made = lowered(text).program
    assert set(made.properties) >= {"small"}
    assert set(made.covers) == {"two"}
    assert {dict(end.properties)["small"] == (dict(end.memory)["x"] == 1) for end in ends(text)} == {True}


def test_properties_follow_final_pointers_through_functions():
    text = scenario(
        "thread t { WRITE_ONCE(p, &m); WRITE_ONCE(m.f, 4); }",
        "property leads : held(READ_ONCE(p)) == 4;",
        before="fn held(struct node *v) -> int { return v == NULL ? 0 : READ_ONCE(v->f); }",
    )
    assert {dict(end.properties)["leads"] for end in ends(text)} == {True}
    program = lowered(text).program
    assert all(event.thread in (INIT_THREAD, 0) for event in program.events)
    assert len(lowered(text).order()) == 2


def test_ghosts_are_no_memory():
    made = thread("r = 1; q = r;")
    assert made.order() == []
    assert "r" not in {location.name for location in made.program.locations}


def test_a_ghost_nobody_assigns_is_zero():
    assert finals(scenario("thread t { x = 1; }"), "r", "q") == {(0, 0)}


def test_what_holds_by_form_is_no_check():
    assert thread("int v = 1; r = v + 1; a[2] = 1; r = 7 / 2;").program.checks == ()


def test_checks_and_stops_say_where_they_stand():
    program = thread("await (READ_ONCE(x)); r = READ_ONCE(a[READ_ONCE(y)]);").program
    assert [stop.reason for stop in program.stops] == [StopReason.WAITS, StopReason.FAULT, StopReason.FAULT]
    assert {check.kind for check in program.checks} == {CheckKind.FAULT}
    line = f"{SHARED}\nscenario s {{ {MEMORY}".count("\n") + 1
    assert {item.span.line for item in (*program.stops, *program.checks)} == {line}


def test_a_program_that_unrolls_to_too_much_is_refused():
    with pytest.raises(GupError, match="unrolls to more than 2000 events"):
        thread("for (int i = 0; i < 60; i++) for (int j = 0; j < 60; j++) x = 1;")


def test_lowering_twice_gives_the_same_program():
    unit = load_text(scenario("thread t { r = choose(1, 2) + READ_ONCE(x); }", "thread u1 { if (READ_ONCE(y)) x = 1; }"))

    def shown():
        program = lower(unit, unit.scenarios["s"], TARGETS["arm64-lse"])
        return [(event.text, repr(event.guard), repr(event.value), repr(event.ctrl)) for event in program.events]

    assert shown() == shown()
