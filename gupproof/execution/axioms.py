"""Judges one execution by the axioms of a model, with a witness for each axiom that is broken."""

from collections import deque
from dataclasses import dataclass

from gupproof.cat.terms import Axiom, AxiomKind, Model, Sort
from gupproof.execution.execution import Execution
from gupproof.execution.relations import Interpretation, Rows, bits, closure, pairs_of
from gupproof.execution.replay import Replay, replay
from gupproof.execution.valuation import MalformedError, Valuator
from gupproof.program.events import Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """An axiom that an execution breaks; ``witness`` shows how.

    The witness is the events of a shortest cycle (acyclic), one event (irreflexive), or a pair or member (empty). It is
    empty for a negated axiom, which is broken by a lack.
    """

    axiom: Axiom
    witness: tuple[int, ...]


def violated_axioms(model: Model, replay: Replay) -> tuple[Violation, ...]:
    """Return the constraints of ``model`` that ``replay`` breaks; none: the model allows the execution."""
    meaning = Interpretation.of(replay)
    found = (violation(axiom, meaning) for axiom in model.axioms if not axiom.flag)
    return tuple(item for item in found if item is not None)


def raised_flags(model: Model, replay: Replay) -> tuple[Axiom, ...]:
    """Return the flags of ``model`` that mark ``replay``: those whose check holds."""
    meaning = Interpretation.of(replay)
    return tuple(axiom for axiom in model.axioms if axiom.flag and violation(axiom, meaning) is None)


def violation(axiom: Axiom, meaning: Interpretation) -> Violation | None:
    """Return how ``axiom`` is broken, if it is."""
    witness = _counterexample(axiom, meaning)
    if axiom.negated:
        return None if witness else Violation(axiom=axiom, witness=())
    return Violation(axiom=axiom, witness=witness) if witness else None


def _counterexample(axiom: Axiom, meaning: Interpretation) -> tuple[int, ...]:
    if axiom.term.sort is Sort.SET:
        return next(((event,) for event in bits(meaning.set(axiom.term))), ())
    rows = meaning.relation(axiom.term)
    match axiom.kind:
        case AxiomKind.EMPTY:
            return next(iter(pairs_of(rows)), ())
        case AxiomKind.IRREFLEXIVE:
            return next(((event,) for event, row in enumerate(rows) if row >> event & 1), ())
        case AxiomKind.ACYCLIC:
            return shortest_cycle(rows)


def shortest_cycle(rows: Rows) -> tuple[int, ...]:
    """Return the events of a shortest cycle in order, or nothing."""
    on_cycles = [event for event, row in enumerate(closure(rows)) if row >> event & 1]
    cycles = (_cycle_through(event, rows) for event in on_cycles)
    return min(cycles, key=len, default=())


def _cycle_through(start: int, rows: Rows) -> tuple[int, ...]:
    came_from: dict[int, int] = {}
    queue = deque([start])
    while start not in came_from:
        event = queue.popleft()
        for following in bits(rows[event]):
            if following not in came_from:
                came_from[following] = event
                queue.append(following)
    path = [came_from[start]]
    while path[-1] != start:
        path.append(came_from[path[-1]])
    return tuple(reversed(path))


class RecheckError(ValueError):
    """An execution is not what a solver claims it to be; the message says why."""


def rechecked(
    program: Program,
    model: Model,
    execution: Execution,
    valuator: Valuator | None = None,
    /,
    *,
    refutes: str | None = None,
    reaches: str | None = None,
    raises: str | None = None,
) -> Replay:
    """Return what ``execution`` does, if it is what a solver claims it to be.

    Args:
        program: what should have been executed.
        model: what should allow it.
        execution: the claim.
        valuator: of the program, where there are many executions to judge.
        refutes: name of a property it should refute.
        reaches: name of a cover it should reach.
        raises: name of a flag it should raise.

    Raises:
        RecheckError: it is not.

    """
    try:
        result = replay(program, execution, valuator=valuator)
    except MalformedError as problem:
        raise RecheckError(str(problem)) from None
    if broken := violated_axioms(model, result):
        raise RecheckError(f"the model forbids it: {broken[0].axiom.name} is broken by events {broken[0].witness}")
    if refutes is not None and not result.refutes(refutes):
        raise RecheckError(f"it does not refute {refutes}")
    if reaches is not None and not result.reaches(reaches):
        raise RecheckError(f"it does not reach {reaches}")
    if raises is not None and not (result.events.complete and any(f.name == raises for f in raised_flags(model, result))):
        raise RecheckError(f"it does not raise {raises}")
    return result


def recheck(program: Program, model: Model, execution: Execution, **claims: str | None) -> str | None:
    """Return why ``execution`` is not what a solver claims it to be, or None if it is; as :func:`rechecked`."""
    try:
        rechecked(program, model, execution, **claims)
    except RecheckError as problem:
        return str(problem)
    return None
