"""Threads that may be exchanged, and that it does not matter to any answer."""

import os
from random import Random

import pytest

from gupproof.encoding.encoding import Encoding, encode
from gupproof.program.events import Program
from gupproof.relations.symmetry import exchangeable_threads
from gupproof.solving.solver import Outcome, Solver
from tests.support.lowered import MODEL_TARGETS, lowered, scenario
from tests.support.models import model

PROGRAMS = int(os.environ.get("GUPPROOF_FUZZ", "700"))
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
