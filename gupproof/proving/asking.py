"""One question about the end of a scenario's executions, answered without a theorem."""

from dataclasses import dataclass, replace

from gupproof.cat.terms import Model
from gupproof.encoding.encoding import encode
from gupproof.program.events import CheckKind, Program
from gupproof.program.expr import Expr
from gupproof.proving.questions import Questions
from gupproof.solving.solver import Outcome, Solver

ASKED = "asked"
_SAFE = "safe"


@dataclass(frozen=True, slots=True)
class Answers:
    """What was found out; each is whether some execution that the model allows is such, None if that was not found out.

    Attributes:
        possible: it satisfies what is asked.
        faults: it accesses what is no object.

    """

    possible: bool | None
    faults: bool | None


def refutation_of(program: Program, name: str) -> Expr:
    """Return the condition under which an execution, complete or not, refutes a property."""
    pool = program.pool
    wrong = pool.land(_complete(program), pool.negation(program.properties[name]))
    asserts = [check.violation for check in program.checks if check.kind is CheckKind.ASSERT and check.property == name]
    return pool.land(pool.lor(wrong, *asserts), *program.constraints)


def reaching(program: Program, name: str) -> Expr:
    """Return the condition under which an execution reaches a cover."""
    return program.pool.land(_complete(program), program.covers[name], *program.constraints)


def _complete(program: Program) -> Expr:
    return program.pool.land(*(program.pool.negation(stop.condition) for stop in program.stops))


def asking(program: Program, asked: Expr) -> Program:
    """Return the program with that one question."""
    return replace(program, stops=(), covers={ASKED: asked}, properties={_SAFE: program.pool.true})


def answers(program: Program, model: Model, *, timeout: float) -> Answers:
    """Return the answers to the question of a program that :func:`asking` made, each within ``timeout`` seconds.

    Raises:
        GupError: the program cannot be encoded.
        RuntimeError: an execution that the solver found did not stand up to its re-check.

    """
    encoding = encode(program, model, representatives=True)
    questions = Questions(encoding, model, Solver(encoding.dimacs))

    def ask(*literals: int, **claim: str) -> bool | None:
        outcome = questions.ask(*literals, timeout=timeout, **claim).outcome
        return None if outcome is Outcome.UNKNOWN else outcome is Outcome.SAT

    return Answers(
        possible=ask(encoding.covered[ASKED], reaches=ASKED),
        faults=ask(encoding.violated[_SAFE], refutes=_SAFE),
    )
