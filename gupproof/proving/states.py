"""All final states of a litmus test, and an execution that satisfies its condition.

Each state found is ruled out, and the solver is asked again until there is no other. Every execution is checked again without
the solver, as those behind a verdict are.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from gupproof.cat.terms import Model
from gupproof.diagnostics import Diagnostic, GupError
from gupproof.encoding.encoding import encode
from gupproof.execution.replay import Replay
from gupproof.execution.story import StoryLine, tell
from gupproof.litmus.form import Kind, Litmus, Quantifier, Register, Word
from gupproof.litmus.kernel.form import KernelTest
from gupproof.litmus.outcome import CONDITION, Lowered, Observed
from gupproof.program.events import Kind as Does
from gupproof.program.events import Program
from gupproof.program.expr import Expr, Op, evaluate
from gupproof.proving.observation import Request, lowered, own_model, platform_of, read_test
from gupproof.proving.platforms import model_of
from gupproof.proving.questions import Questions
from gupproof.solving.solver import Outcome, Solver

MOST_STATES = 1000
_NEXT = "a state that was not seen yet"
_NUMBERS = re.compile(r"(-?\d+)")
HEADINGS = {Quantifier.EXISTS: "Allowed", Quantifier.NOT_EXISTS: "Forbidden", Quantifier.FORALL: "Required"}


@dataclass(frozen=True, slots=True)
class Witness:
    """An execution that satisfies the condition, with its story."""

    replay: Replay
    story: tuple[StoryLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """The final states of a test, as herd7 prints them.

    Attributes:
        test: the test.
        model: it was judged under.
        found: one line for each state, in order.
        complete: whether these are all; otherwise a limit was hit.

    """

    test: Litmus | KernelTest
    model: str
    found: tuple[str, ...]
    complete: bool


def list_states(path: Path, request: Request, *, most: int = MOST_STATES) -> States:
    """List the final values of what a test's condition and ``locations`` clause look at.

    Raises:
        GupError: the file is no litmus test, or the model cannot be used.
        Unsupported: the test is outside what is judged.

    """
    test, model, made = _prepared(path, request)
    pool = made.program.pool
    remaining = made.counts
    found: list[tuple[int, ...]] = []
    complete = False
    while len(found) < most:
        program = replace(made.program, covers={_NEXT: remaining}, properties={})
        outcome, reached = _reach(program, model, _NEXT, request.timeout)
        if reached is None:
            complete = outcome is Outcome.UNSAT
            break
        state = tuple(_value(reached, observed.expr) for observed in made.observed)
        found.append(state)
        same = [
            pool.make(Op.EQ, observed.expr, pool.const(value)) for observed, value in zip(made.observed, state, strict=True)
        ]
        remaining = pool.land(remaining, pool.negation(pool.land(*same)))
    lines = sorted((_line(made, state) for state in found), key=_by_numbers)
    return States(test=test, model=request.model or own_model(test), found=tuple(lines), complete=complete)


def find_witness(path: Path, request: Request) -> Witness | None:
    """Return an execution that satisfies a test's condition; None if the model allows none.

    Raises:
        GupError: the file is no litmus test, the model cannot be used, or the time was too short.
        Unsupported: the test is outside what is judged.

    """
    _, model, made = _prepared(path, request)
    program = made.program
    outcome, reached = _reach(program, model, CONDITION, request.timeout)
    if outcome is Outcome.UNKNOWN:
        message = f"{path}: no execution was found within {request.timeout:g} s"
        raise GupError(Diagnostic(code="U014", message=message, help="allow more with --timeout"))
    return None if reached is None else Witness(reached, tell(program, model, reached))


def _prepared(path: Path, request: Request) -> tuple[Litmus | KernelTest, Model, Lowered]:
    test = read_test(path)
    platform = platform_of(request.model or own_model(test))
    return test, model_of(platform, request.reading), lowered(test, platform, request.unroll)


def _reach(program: Program, model: Model, cover: str, timeout: float) -> tuple[Outcome, Replay | None]:
    encoding = encode(program, model)
    questions = Questions(encoding, model, Solver(encoding.dimacs))
    finding = questions.ask(encoding.covered[cover], timeout=timeout, reaches=cover)
    return finding.outcome, finding.replay


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
    names = {location.address: location.name for location in made.program.locations}
    parts: list[tuple[int, str, str]] = []
    arrays: dict[str, list[str]] = {}
    for observed, value in zip(made.observed, state, strict=True):
        place, text = observed.place, _printed(observed, value, names)
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


def _by_numbers(text: str) -> list[str | int]:
    """Return a key that has X2 before X10, and 9 before 10, as herd7 has them."""
    return [int(part) if index % 2 else part for index, part in enumerate(_NUMBERS.split(text))]


def _printed(observed: Observed, value: int, names: dict[int, str]) -> str:
    """Return a value as a word of its type: by its sign, or by the name of the location it is the address of."""
    if value in names:
        # An array is its first element's address.
        return names[value].removesuffix("[0]")
    return str(_signed(value, observed.kind))


def _signed(value: int, kind: Kind) -> int:
    bits = 8 * kind.size
    value &= (1 << bits) - 1
    return value - (1 << bits) if kind.signed and value >> (bits - 1) & 1 else value
