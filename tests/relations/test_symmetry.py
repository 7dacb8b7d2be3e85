"""Threads that may be exchanged, and that it does not matter to any answer."""

import os
from dataclasses import replace
from random import Random

import pytest

from gupproof.diagnostics import Span
from gupproof.encoding.encoding import Encoding, encode
from gupproof.program.events import Overrun, Program
from gupproof.relations.symmetry import exchangeable_threads
from gupproof.solving.solver import Outcome, Solver
from tests.support.lowered import MODEL_TARGETS, lowered, scenario
from tests.support.models import model
from tests.support.programs import Build

PROGRAMS = int(os.environ.get("GUPPROOF_FUZZ", "400"))
INCREMENT = "atomic_inc(&c);"


def program(*items: str, target: str = "x86-64") -> Program:
    return lowered(scenario(*items), target, None).program


def threads(*bodies: str) -> list[str]:
    return [f"thread t{number} {{ {body} }}" for number, body in enumerate(bodies)]


def test_threads_of_one_text_may_be_exchanged():
    assert exchangeable_threads(program(*threads(*[INCREMENT] * 3))) == ((0, 1, 2),)


def test_threads_with_branches_loops_and_choices_may_be_exchanged():
    arms = "if (READ_ONCE(x) == i) WRITE_ONCE(x, 2); else while (READ_ONCE(x) == 0) bound 2 { WRITE_ONCE(u, i); }"
    body = f"int i = choose(1, 2); {arms}"
    assert exchangeable_threads(program(*threads(body, body))) == ((0, 1),)


def test_threads_that_do_something_else_stay_apart():
    one, other = "WRITE_ONCE(x, 1);", "WRITE_ONCE(x, 2);"
    assert exchangeable_threads(program(*threads(one, other, one))) == ((0, 2),)


def test_threads_that_wait_for_different_values_stay_apart():
    assert (
        exchangeable_threads(
            program(*threads(f"await (READ_ONCE(x) == 1); {INCREMENT}", f"await (READ_ONCE(x) == 2); {INCREMENT}"))
        )
        == ()
    )


def test_readers_alone_are_not_worth_it():
    assert exchangeable_threads(program(*threads("READ_ONCE(x);", "READ_ONCE(x);"))) == ()


def test_a_property_that_looks_at_one_thread_keeps_it_apart():
    body = "r = READ_ONCE(x); WRITE_ONCE(x, 1);"
    items = threads(body, body.replace("r =", ""), body.replace("r =", ""))
    assert exchangeable_threads(program(*items, "property p : r == 0;")) == ((1, 2),)


def test_a_property_of_the_memory_tells_nobody_apart():
    assert exchangeable_threads(program(*threads(INCREMENT, INCREMENT), "property p : atomic_read(&c) == 2;")) == ((0, 1),)


def test_a_cover_that_looks_at_one_thread_keeps_it_apart():
    body = "r = READ_ONCE(x); WRITE_ONCE(x, 1);"
    items = threads(body, body.replace("r =", ""), body.replace("r =", ""))
    assert exchangeable_threads(program(*items, "cover c : r == 1;")) == ((1, 2),)


READ_BOTH = "int a = READ_ONCE(x); int b = READ_ONCE(y);"
SRCU = "int i = srcu_read_lock(&{0}); WRITE_ONCE(x, 1); srcu_read_unlock(&{0}, i);"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("WRITE_ONCE(x, 1); await (READ_ONCE(x) == 1);", "WRITE_ONCE(x, 1); await (READ_ONCE(x) == 2);"),
        ("WRITE_ONCE(x, 1); assert(READ_ONCE(x) == 1);", "WRITE_ONCE(x, 1); assert(READ_ONCE(x) == 2);"),
        (
            "WRITE_ONCE(x, 1); if (READ_ONCE(y) == 1) assert(true);",
            "WRITE_ONCE(x, 1); if (READ_ONCE(y) == 2) assert(true);",
        ),
        ("int v = READ_ONCE(x); WRITE_ONCE(x, 1); assume(v == 1);", "int v = READ_ONCE(x); WRITE_ONCE(x, 1); assume(v == 2);"),
        ("WRITE_ONCE(x, 1);", "WRITE_ONCE(y, 1);"),
        ("if (READ_ONCE(y) == 1) WRITE_ONCE(x, 1);", "if (READ_ONCE(y) == 2) WRITE_ONCE(x, 1);"),
        (f"{READ_BOTH} WRITE_ONCE(z, 1 + (a - a));", f"{READ_BOTH} WRITE_ONCE(z, 1 + (b - b));"),
        ("WRITE_ONCE(x, 1); slot one; WRITE_ONCE(y, 1);", "WRITE_ONCE(x, 1); slot other; WRITE_ONCE(y, 1);"),
        (SRCU.format("s1"), SRCU.format("s2")),
    ],
    ids=["wait", "assert", "reach an assert", "assume", "go elsewhere", "branch", "depend", "slot", "readers"],
)
def test_threads_that_differ_in_one_thing_stay_apart(one, other):
    """Two threads of one text beside them may be exchanged: the difference is what keeps the others apart."""
    wait = "thread w { synchronize_srcu(&s1); }"
    slots = "slot one : smp_wmb | smp_mb = smp_wmb; slot other : smp_wmb | smp_mb = smp_wmb;"

    def classes(*bodies: str) -> tuple[tuple[int, ...], ...]:
        text = scenario(*threads(*bodies), wait, "struct srcu_struct s1, s2;", "property q1 : x == 1;", before=slots)
        return exchangeable_threads(lowered(text, "arm64-lse").program)

    assert classes(one, other) == ()
    if one != SRCU.format("s1"):
        assert classes(one, one) == ((0, 1),)


@pytest.mark.parametrize(("looks_at", "classes"), [(1, ()), (3, ()), (0, ((0, 1),))])
def test_a_loop_of_a_property_that_runs_as_often_as_one_thread_says_keeps_it_apart(looks_at, classes):
    """Whatever the property comes to: how often its loop runs is asked for as well. 1 and 3 are the reads of the threads."""
    build = Build(x=0)
    for _ in range(2):
        thread = build.thread()
        thread.read("x")
        thread.write("x", 1)
    asked = build.pool.read(looks_at) if looks_at else build.final("x")
    overrun = Overrun("p", build.eq(asked, 1), Span("test.gup", 1, 1, 1, 2))
    assert exchangeable_threads(replace(build.program(), overruns=(overrun,))) == classes


def test_threads_that_choose_among_different_values_stay_apart():
    def classes(*options: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
        build = Build(x=0)
        for number, values in enumerate(options):
            build.thread().write("x", build.pool.choice(number, values))
        return exchangeable_threads(build.program())

    assert classes((1, 2), (1, 3)) == ()
    assert classes((1, 2), (1, 2)) == ((0, 1),)


@pytest.mark.parametrize("where", ["a[choose(0, 1)]", "*(choose(0, 1) ? &x : &y)"])
def test_threads_are_not_ranked_by_writes_that_may_go_to_different_places(where):
    """Each may write to another place, and both places are written then."""
    body = f"WRITE_ONCE({where}, 1);"
    made = program(*threads(body, body), "cover both : (a[0] == 1 && a[1] == 1) || (x == 1 && y == 1);")
    assert exchangeable_threads(made) == ((0, 1),)
    encoding = encode(made, model("sc"), representatives=True)
    assert holds(encoding, encoding.covered["both"])


STATEMENTS = (
    "WRITE_ONCE(x, 1);",
    "WRITE_ONCE(x, READ_ONCE(u));",
    "WRITE_ONCE(u, READ_ONCE(x) + 1);",
    "atomic_inc(&c);",
    "if (atomic_cmpxchg(&c, 0, 1) == 0) WRITE_ONCE(x, 2);",
    "if (READ_ONCE(x) == 1) WRITE_ONCE(u, 3);",
    "smp_mb();",
    "await (READ_ONCE(u) != 1);",
    "WRITE_ONCE(u, choose(1, 2));",
)


def holds(encoding: Encoding, literal: int) -> bool:
    outcome = Solver(encoding.dimacs).ask([literal], ()).outcome
    assert outcome is not Outcome.UNKNOWN
    return outcome is Outcome.SAT


@pytest.mark.parametrize("seed", range(PROGRAMS // 17))
def test_what_holds_of_the_representatives_holds_of_all(seed):
    """Random equal threads, beside one that is not; every final state of the memory is asked for both ways."""
    random = Random(seed)
    body = " ".join(random.choices(STATEMENTS, k=random.randint(1, 3)))
    other = random.choice(STATEMENTS)
    places = [f"x == {one} && u == {two}" for one in range(3) for two in range(4)]
    covers = [f"cover c{number} : {place};" for number, place in enumerate(places)]
    name = random.choice(("sc", "x86-tso", "armv8"))
    text = scenario(*threads(body, other, body, body)[: random.choice((3, 4))], *covers)
    made = lowered(text, MODEL_TARGETS[name], None).program
    assert exchangeable_threads(made) or not any(word in body for word in ("WRITE", "atomic"))
    whole, part = encode(made, model(name)), encode(made, model(name), representatives=True)
    assert [holds(part, literal) for literal in part.covered.values()] == [
        holds(whole, literal) for literal in whole.covered.values()
    ]
    assert holds(part, part.complete) == holds(whole, whole.complete)
    assert holds(part, -part.complete) == holds(whole, -whole.complete)
