"""A trace says what happened: it satisfies the axioms of its model and the law of grace periods, and names every place."""

import os
from random import Random

import pytest

from gupproof.language import load_text
from gupproof.meaning import Machine, Trace, Walker
from gupproof.meaning.alone import initial_memory
from gupproof.meaning.trace import Step, StepKind
from tests.meaning.axioms import complaint
from tests.meaning.support import MACHINES, scenario, thread, walker
from tests.support.mixed_programs import mixed_text

MACHINE = pytest.mark.parametrize("machine", MACHINES)
WALKS = 25
PROGRAMS = int(os.environ.get("GUPPROOF_FUZZ", "25"))


def initial(of: Walker, trace: Trace) -> dict[str, object]:
    """What is in memory at first, by name, given the choices of a trace."""
    picks = iter([choice.index for choice in trace.choices if choice.thread == "init"])
    memory = initial_memory(of.system.source, lambda *_: next(picks))
    layout = of.system.source.layout
    return {word.name: layout.named(memory.get(address, 0), word.type) for address, word in layout.words.items()}


def of_kind(trace: Trace, kind: StepKind) -> list[Step]:
    return [step for step in trace.steps if step.kind is kind]


@MACHINE
def test_random_executions_satisfy_the_axioms(machine: Machine) -> None:
    judged = 0
    for seed in range(PROGRAMS):
        unit = load_text(mixed_text(Random(seed)))
        walks = Walker(unit, unit.scenarios["s"], {}, machine)
        for number in range(WALKS):
            walk = walks.walk(number)
            if walk.outcome is None:
                continue
            judged += 1
            assert complaint(walk.trace, machine, initial(walks, walk.trace)) == "", (seed, number)
            last = {name: walk.trace.steps[writes[-1]].written for name, writes in walk.trace.order}
            assert last.items() <= dict(walk.outcome.memory).items()
    assert judged > PROGRAMS * WALKS // 2


@MACHINE
def test_the_axioms_can_fail(machine: Machine) -> None:
    """What judges the traces tells a wrong one: here, a load that reads behind its back."""
    walks = walker(scenario("thread t0 { x = 1; x = 2; r = x; }"), machine)
    trace = walks.walk(0).trace
    (load,) = of_kind(trace, StepKind.READ)
    first = trace.steps.index(of_kind(trace, StepKind.WRITE)[0])
    steps = tuple(_with(step, read=1, source=first) if step is load else step for step in trace.steps)
    wrong = Trace(steps=steps, order=trace.order, choices=(), taken=(), callbacks=())
    assert complaint(wrong, machine, initial(walks, trace)) == "accesses to one word are out of order"


def _with(step: Step, **parts: object) -> Step:
    fields = {name: getattr(step, name) for name in Step.__slots__} | parts
    return Step(**fields)


def test_the_same_seed_takes_the_same_way_and_others_take_others() -> None:
    text = scenario("thread t0 { x = 1; r = y; }", "thread t1 { y = 1; q = x; }")
    walks = [walker(text, Machine.TSO).walk(seed) for seed in range(40)]
    assert walker(text, Machine.TSO).walk(3) == walks[3]
    ends = {(walk.outcome.value("r"), walk.outcome.value("q")) for walk in walks if walk.outcome}
    assert ends == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_a_step_says_where_it_stands_and_how_it_got_there() -> None:
    before = "fn get(int *p) -> int { return READ_ONCE(*p); }"
    trace = walker(thread("for (int i = 0; i < 2; i++) { r = get(&x); q = get(&x); }", before=before)).walk(0).trace
    loads = of_kind(trace, StepKind.READ)
    assert len(loads) == 4
    assert {step.name for step in loads} == {"x"}
    assert len({step.span for step in loads}) == 1
    assert [step.rounds for step in loads] == [(0,), (0,), (1,), (1,)]
    # By each of the two calls once in each round.
    assert [step.occurrence for step in loads] == [0, 0, 1, 1]
    assert loads[0].chain == loads[2].chain != loads[1].chain == loads[3].chain
    assert len(loads[0].chain) == 1


def test_a_load_names_the_store_it_reads_from_also_in_its_own_buffer() -> None:
    walks = walker(scenario("thread t0 { x = 1; x = 2; r = x; }"), Machine.TSO)
    for seed in range(20):
        trace = walks.walk(seed).trace
        (load,) = of_kind(trace, StepKind.READ)
        assert load.source is not None
        assert trace.steps[load.source].written == 2
        assert dict(trace.order)["x"] == tuple(step.number for step in of_kind(trace, StepKind.WRITE))


def test_the_order_of_stores_is_that_in_which_they_reach_memory() -> None:
    text = scenario("thread t0 { x = 1; r = READ_ONCE(y); }", "thread t1 { x = 2; q = READ_ONCE(y); }")
    walks = [walker(text, Machine.TSO).walk(seed) for seed in range(60)]
    assert all(
        walk.outcome and walk.outcome.value("x") == walk.trace.steps[dict(walk.trace.order)["x"][-1]].written for walk in walks
    )
    # In some the store that was made first arrives last.
    assert any(dict(walk.trace.order)["x"] != tuple(sorted(dict(walk.trace.order)["x"])) for walk in walks)


def test_rounds_of_waiting_that_fail_leave_no_steps() -> None:
    text = scenario(
        "thread t0 { await (READ_ONCE(x) == 1 && READ_ONCE(y) == 1); }", "thread t1 { x = 1; z = 1; z = 2; y = 1; }"
    )
    walks = walker(text)
    for seed in range(30):
        loads = of_kind(walks.walk(seed).trace, StepKind.READ)
        assert [(step.name, step.read) for step in loads] == [("x", 1), ("y", 1)]


def test_choices_are_in_the_trace() -> None:
    trace = walker(thread("r = choose(5, 6) + choose(1, 2);", "init { x = choose(3, 4); }")).walk(1).trace
    assert [choice.thread for choice in trace.choices] == ["init", "t0", "t0"]
    walk = walker(thread("r = choose(5, 6);")).walk(1)
    assert walk.outcome is not None
    assert walk.outcome.value("r") == 5 + walk.trace.choices[0].index


def test_an_interrupt_is_in_the_trace_with_the_place_where_it_came() -> None:
    before = "fn bump(int *p) { WRITE_ONCE(*p, 1); }"
    walks = walker(thread("r = READ_ONCE(x); q = READ_ONCE(x);", "interrupt t0 by bump(&x);", before=before))
    places = set()
    for seed in range(60):
        walk = walks.walk(seed)
        for taken in walk.trace.taken:
            assert taken.interrupted == "t0"
            assert not taken.is_guest
            assert [step.thread for step in walk.trace.steps][taken.at] == taken.thread
            places.add(taken.after)
    # Two loads and two assignments to ghosts: before each and behind the last.
    assert places == {0, 1, 2, 3, 4}


def test_a_callback_is_in_the_trace_with_the_step_that_queued_it() -> None:
    before = "fn later(int *p) { WRITE_ONCE(*p, 1); }"
    trace = walker(scenario("thread t0 { call_rcu(later(&x)); }", before=before)).walk(0).trace
    ((name, number),) = trace.callbacks
    assert trace.steps[number].kind is StepKind.QUEUE
    (store,) = of_kind(trace, StepKind.WRITE)
    assert store.cpu == store.thread == name


def test_a_walk_of_thousands_of_steps_ends() -> None:
    text = scenario(
        "thread t0 { for (int i = 0; i < 700; i++) { atomic_inc(&c); spin_lock(&lock); x++; spin_unlock(&lock); } }",
        "thread t1 { for (int i = 0; i < 700; i++) { spin_lock(&lock); x++; spin_unlock(&lock); y = i; } }",
    )
    walk = walker(text, Machine.TSO).walk(4)
    assert walk.outcome is not None
    assert walk.outcome.value("x") == 1400
    assert len(walk.trace.steps) == 700 * 5 + 700 * 5


def test_a_walk_that_never_ends_is_cut_short() -> None:
    text = scenario("thread t0 { await (READ_ONCE(x) == 1); }", "thread t1 { while (true) bound 10000 { y = 1; } }")
    walk = walker(text).walk(0, limit=100)
    assert walk.outcome is None
    assert not walk.is_dropped
