"""All final states of a litmus test, listed as herd7 lists them.

Each state found is ruled out, and the solver is asked again until there is no other. Every execution is checked again without
the solver, as those behind a verdict are.
"""

import re
from dataclasses import dataclass

from gupproof.encoding.encoding import Encoding
from gupproof.execution.replay import Replay
from gupproof.litmus.form import Register, Word
from gupproof.litmus.outcome import Lowered
from gupproof.litmus.spelling import Spelling
from gupproof.program.events import Kind as Does
from gupproof.program.expr import Expr, Op, evaluate
from gupproof.proving.questions import Questions
from gupproof.solving.solver import Outcome

MOST_STATES = 1000
COUNTED = "an execution that the filter lets through"
"""The cover that an encoding needs for its states to be listed."""
_NUMBERS = re.compile(r"(-?\d+)")


@dataclass(frozen=True, slots=True)
class States:
    """The final states of a test.

    Attributes:
        found: one line for each, in order.
        complete: whether these are all; otherwise a limit was hit.

    """

    found: tuple[str, ...]
    complete: bool


def states_of(made: Lowered, questions: Questions, *, timeout: float, most: int = MOST_STATES) -> States:
    """List the final values of what a test observes; the solver behind the questions knows nothing else afterwards.

    Args:
        made: the test.
        questions: about its encoding, which has the cover :data:`COUNTED` and literals for what the test observes.
        timeout: seconds of solving for each state.
        most: how many are listed.

    """
    encoding = questions.encoding
    found: dict[tuple[int, ...], None] = {}
    complete = False
    while len(found) < most:
        finding = questions.ask(encoding.covered[COUNTED], timeout=timeout, reaches=COUNTED)
        if finding.replay is None:
            complete = finding.outcome is Outcome.UNSAT
            break
        state = tuple(_value(finding.replay, observed.expr) for observed in made.observed)
        others = _others(encoding, state)
        if state in found or others is None:
            break
        found[state] = None
        questions.solver.add(*others)
    return States(tuple(sorted((_line(made, state) for state in found), key=_by_numbers)), complete)


def _others(encoding: Encoding, state: tuple[int, ...]) -> list[int] | None:
    """Return the clause that all states but one satisfy; None if the encoding knows no such state."""
    clause: list[int] = []
    for literals, value in zip(encoding.observed, state, strict=True):
        if value in literals:
            clause.append(-literals[value])
        elif literals:
            return None
        # What is computed from a read that can not happen has no literal, and is the same in every state.
    return clause


def _value(reached: Replay, expr: Expr) -> int:
    pool = reached.program.pool
    # What a read that did not happen would have read plays no part; any number will do.
    leaves = {
        pool.read(event.id): reached.execution.reads.get(event.id, 0)
        for event in reached.program.events
        if event.kind is Does.READ
    }
    leaves |= {expr: reached.execution.choices.get(expr.value, 0) for expr in pool.options if expr.op is Op.CHOICE}
    return evaluate(expr, leaves, reached.memory)


def _line(made: Lowered, state: tuple[int, ...]) -> str:
    spelling = made.spelling or _by_location(made)
    parts: list[tuple[int, str, str]] = []
    arrays: dict[str, list[str]] = {}
    for observed, value in zip(made.observed, state, strict=True):
        place, text = observed.place, spelling.text(value, observed.kind)
        match place:
            case Register():
                parts.append((0, str(place), f"{place}={text};"))
            case Word(whole=True):
                arrays.setdefault(place.name.partition("[")[0], []).append(text)
            case Word():
                parts.append((2 if "[" in place.name else 1, place.name, f"{place}={text};"))
    parts += [(1, name, f"{name}={{{','.join(texts)}}};") for name, texts in arrays.items()]
    # Registers first, by thread; then words and arrays by name; then elements.
    return " ".join(text for *_, text in sorted(parts, key=lambda part: (part[0], _by_numbers(part[1]))))


def _by_location(made: Lowered) -> Spelling:
    """Return a spelling of the program's locations by their names; an array is its first element's address."""
    return Spelling({location.address: location.name.removesuffix("[0]") for location in made.program.locations})


def _by_numbers(text: str) -> list[str | int]:
    """Return a key that has X2 before X10, and 9 before 10, as herd7 has them."""
    return [int(part) if index % 2 else part for index, part in enumerate(_NUMBERS.split(text))]
