"""Recursions that are not monotone, as terms for the state after each round of evaluating their bodies."""

from itertools import islice
from typing import Protocol

from gupproof.cat.recursion import accumulators, layers
from gupproof.cat.terms import Sort, Term, TermOp, TermPool
from gupproof.diagnostics import Diagnostic, GupError
from gupproof.relations.analysis import RelBounds, SetBounds

MOST_ROUNDS = 60


class _Bounds(Protocol):
    def of(self, term: Term) -> RelBounds | SetBounds: ...

    def anything(self, sort: Sort) -> RelBounds | SetBounds: ...

    def may_of(self, parts: list[Term], sort: Sort) -> RelBounds | SetBounds: ...

    def assume(self, numbers: list[int], bounds: list[RelBounds | SetBounds]) -> None: ...


def rounds(bounds: _Bounds, pool: TermPool, term: Term) -> tuple[tuple[Term, ...], ...]:
    """Return terms for the variables of the ITERATE ``term`` after each round, up to where they are sure to stay.

    Each round that changes anything after the first makes a growing variable grow, so there are no more rounds than pairs that
    these may ever hold; where bounds are exact, and stay from one round to the next, there need be no more.

    Raises:
        GupError: there would be too many.

    """
    most = _most(bounds, term)
    previous: list[RelBounds | SetBounds] = []
    result = []
    for layer in islice(layers(pool, term), min(most, MOST_ROUNDS) + 1):
        result.append(layer)
        now = [bounds.of(part) for part in layer]
        if now == previous and all(bound.may == bound.must for bound in now):
            return tuple(result)
        previous = now
    if most > MOST_ROUNDS:
        raise GupError(
            Diagnostic(
                code="E003",
                message="a recursive definition of the model that is not monotone may need too many rounds in this program",
                help=f"it may grow {most} times, over {MOST_ROUNDS}",
            )
        )
    return tuple(result)


def _most(bounds: _Bounds, term: Term) -> int:
    """Return how many pairs and events the growing variables may ever hold, and one more."""
    growing = accumulators(term.bound, term.args)
    state = [bounds.anything(body.sort) for body in term.args]
    # Downwards from everything, a few times: each time holds for every round.
    for _ in range(3):
        bounds.assume(list(term.bound), state)
        for position, (number, body) in enumerate(zip(term.bound, term.args, strict=True)):
            others = [arg for arg in body.args if arg.value != number or arg.op is not TermOp.REC_VAR]
            state[position] = bounds.may_of(others if position in growing else [body], body.sort)
            bounds.assume([number], [state[position]])
    held = [state[position].may for position in growing]
    return 1 + sum(sum(row.bit_count() for row in ((may,) if isinstance(may, int) else may)) for may in held)
