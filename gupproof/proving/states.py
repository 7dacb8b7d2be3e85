"""All final states of a litmus test in assembly, and an execution that satisfies its condition.

Each state found is ruled out, and the solver is asked again until there is no other. Every execution is checked again without
the solver, as those behind a verdict are.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from gupproof.cat.terms import Model
from gupproof.diagnostics import Diagnostic, GupError, read_source
from gupproof.encoding.encoding import Encoding, encode
from gupproof.execution.axioms import recheck
from gupproof.execution.decode import decode, wanted
from gupproof.execution.replay import Replay, replay
from gupproof.execution.story import StoryLine, tell
from gupproof.litmus.form import Kind, Litmus, Quantifier, Register
from gupproof.litmus.frame import read_assembly
from gupproof.litmus.lower import CONDITION, Lowered, Observed, architecture_of, lower_observed
from gupproof.program.events import Kind as Does
from gupproof.program.events import Program
from gupproof.program.expr import Expr, Op, evaluate
from gupproof.proving.observation import LARGEST, Request
from gupproof.proving.platforms import model_of, platforms
from gupproof.solving.solver import Outcome, Solver

MOST_STATES = 1000
_NEXT = "a state that was not seen yet"
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

    test: Litmus
    model: str
    found: tuple[str, ...]
    complete: bool


def read_test(path: Path) -> Litmus:
    """Read a test in assembly.

    Raises:
        GupError: it is none.
        Unsupported: it is outside what is judged.

    """
    text = read_source(path, kind="a litmus test", limit=LARGEST)
    if text.split(None, 1)[:1] == ["C"]:
        raise GupError(
            Diagnostic(
                code="U013",
                message=f"{path} is kernel C: its states and executions are not listed",
                help="leave --states and --graph out, or pass tests in assembly",
            )
        )
    return read_assembly(text, str(path))


def list_states(path: Path, request: Request, *, most: int = MOST_STATES) -> States:
    """List the final values of what a test's condition and ``locations`` clause look at.

    Raises:
        GupError: the file is no litmus test, or the model cannot be used.
        Unsupported: the test is outside what is judged.

    """
    test = read_test(path)
    name, model = _model(test, request)
    lowered = lower_observed(test, unroll=request.unroll)
    pool = lowered.program.pool
    remaining = lowered.counts
    found: list[tuple[int, ...]] = []
    complete = False
    while len(found) < most:
        program = replace(lowered.program, covers={_NEXT: remaining}, properties={})
        outcome, reached = _reach(program, model, _NEXT, request.timeout)
        if reached is None:
            complete = outcome is Outcome.UNSAT
            break
        state = tuple(_value(reached, observed.expr) for observed in lowered.observed)
        found.append(state)
        same = [
            pool.make(Op.EQ, observed.expr, pool.const(value)) for observed, value in zip(lowered.observed, state, strict=True)
        ]
        remaining = pool.land(remaining, pool.negation(pool.land(*same)))
    lines = sorted(_line(lowered, state) for state in found)
    return States(test=test, model=name, found=tuple(lines), complete=complete)


def find_witness(path: Path, request: Request) -> Witness | None:
    """Return an execution that satisfies a test's condition; None if the model allows none.

    Raises:
        GupError: the file is no litmus test, the model cannot be used, or the time was too short.
        Unsupported: the test is outside what is judged.

    """
    test = read_test(path)
    _, model = _model(test, request)
    program = lower_observed(test, unroll=request.unroll).program
    outcome, reached = _reach(program, model, CONDITION, request.timeout)
    if outcome is Outcome.UNKNOWN:
        message = f"{path}: no execution was found within {request.timeout:g} s"
        raise GupError(Diagnostic(code="U014", message=message, help="allow more with --timeout"))
    return None if reached is None else Witness(reached, tell(program, model, reached))


def _model(test: Litmus, request: Request) -> tuple[str, Model]:
    name = request.model or architecture_of(test).model
    return name, model_of(platforms(name)[0], request.reading)


def _reach(program: Program, model: Model, cover: str, timeout: float) -> tuple[Outcome, Replay | None]:
    encoding: Encoding = encode(program, model)
    answer = Solver(encoding.dimacs).ask([encoding.covered[cover]], wanted(encoding), timeout=timeout)
    if answer.assignment is None:
        return answer.outcome, None
    execution = decode(encoding, answer.assignment)
    problem = recheck(program, model, execution, reaches=cover)
    if problem is not None:
        raise RuntimeError(f"an execution did not stand up to its re-check: {problem}")
    return answer.outcome, replay(program, execution)


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


def _line(lowered: Lowered, state: tuple[int, ...]) -> str:
    names = {location.address: location.name for location in lowered.program.locations}
    parts = [
        (not isinstance(observed.place, Register), str(observed.place), _printed(observed, value, names))
        for observed, value in zip(lowered.observed, state, strict=True)
    ]
    # Registers first, by thread; then memory.
    return " ".join(f"{place}={text};" for _, place, text in sorted(parts))


def _printed(observed: Observed, value: int, names: dict[int, str]) -> str:
    """Return a value as a word of its type: by its sign, or by the name of the location it is the address of."""
    if value in names:
        return names[value]
    return str(_signed(value, observed.kind))


def _signed(value: int, kind: Kind) -> int:
    bits = 8 * kind.size
    return value - (1 << bits) if kind.signed and value >> (bits - 1) & 1 else value
