"""What a model requires of executions, and what it only warns of."""

import pytest

from gupproof.diagnostics import GupError
from gupproof.encoding.encoding import encode
from gupproof.execution.axioms import raised_flags
from gupproof.execution.enumerator import executions
from gupproof.solving.solver import Outcome, Solver
from tests.encoding.test_terms import sample
from tests.support.programs import Build


@pytest.mark.parametrize(
    "text",
    [
        '"anything goes"',
        "acyclic rf as no-circle",
        "acyclic po | rf as no-thin-air",
        "flag acyclic co as mine",
        # These speak of all of co, and forbid no ring of it.
        "irreflexive co | rf",
        "~empty co | rf",
    ],
)
def test_coherence_is_an_order_whatever_the_model_says(read, text):
    build = Build(x=0)
    for value in (1, 2, 3):
        build.thread().write("x", value)
    encoding = encode(build.program(), read(text))
    ring = [encoding.co[1, 2], encoding.co[2, 3], encoding.co[3, 1]]
    assert Solver(encoding.dimacs).ask(ring, ()).outcome is Outcome.UNSAT
    assert Solver(encoding.dimacs).ask(ring[:2], ()).outcome is Outcome.SAT


def test_flags_constrain_nothing(read):
    program = sample().program()
    flagged = encode(program, read("flag ~empty rf as something\nacyclic po | co"))
    assert Solver(flagged.dimacs).ask([], ()).outcome is Outcome.SAT


def test_a_negated_check_asks_for_what_the_check_forbids(read):
    program = sample().program()
    wants = encode(program, read("~empty [W]; co; [W]; rf; [R] & loc"))
    assert Solver(wants.dimacs).ask([], ()).outcome is Outcome.SAT
    never = encode(program, read("~empty [R]; rf"))
    assert Solver(never.dimacs).ask([], ()).outcome is Outcome.UNSAT


@pytest.mark.parametrize(
    ("check", "reads_it", "possible"), [("~empty", False, False), ("~empty", True, True), ("empty", True, False)]
)
def test_a_check_is_about_what_the_relation_holds(read, check, reads_it, possible):
    """Whether the second read, or the first before it in program order, reads from the store."""
    build = Build(x=0)
    build.thread().write("x", 1)
    thread = build.thread()
    thread.read("x")
    thread.read("x")
    encoding = encode(build.program(), read(f"{check} ([W \\ IW]; rf) | ([W \\ IW]; rf; po) as it"))
    question = [encoding.rf[0, 2], encoding.rf[int(reads_it), 3]]
    assert (Solver(encoding.dimacs).ask(question, ()).outcome is Outcome.SAT) is possible


def test_a_cycle_cannot_be_asked_for(read):
    with pytest.raises(GupError) as caught:
        encode(sample().program(), read("~acyclic po"))
    (item,) = caught.value.diagnostics
    assert item.code == "E001"
    assert item.span is not None


@pytest.mark.parametrize(
    "check",
    [
        "~empty [W \\ IW]; rf; [R]",
        "empty rf & ext \\ co",
        "~irreflexive (rf; po)+",
        "~empty (po; rf)+ \\ po",
        "irreflexive fr; rf",
        # Two of one name, of which either does.
        "~empty co & rf as mine flag ~empty [W \\ IW]; rf; [R]",
        "~empty [W \\ IW]; rf; [R] as mine flag ~empty co & rf",
        "~empty co & rf as mine flag ~empty co & po & rf",
    ],
)
def test_a_flag_can_be_had_just_where_some_execution_raises_it(read, check):
    program, model = sample().program(), read(f"acyclic po-loc | rf | co | fr flag {check} as mine")
    encoding = encode(program, model, flags=True)
    raised = any(raised_flags(model, replay) for replay in executions(program, model))
    outcome = Solver(encoding.dimacs).ask([encoding.flagged["mine"]], ()).outcome
    assert (outcome is Outcome.SAT) is raised
