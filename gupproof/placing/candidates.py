"""Proposes placements that nothing learned so far rules out: a least hitting set of what was excluded."""

from collections.abc import Sequence

import z3

from gupproof.placing.slots import Placement, Region, Slot


class Candidates:
    """Placements that are still in question, the lightest first.

    Args:
        slots: what is placed.
        weights: per slot and position, not below 0.

    """

    def __init__(self, slots: Sequence[Slot], weights: Sequence[Sequence[int]]) -> None:
        self._slots = tuple(slots)
        self._context = z3.Context()
        self._optimize = z3.Optimize(ctx=self._context)
        self._stands = [[z3.Bool(f"{slot.name}={value}", ctx=self._context) for value in slot.values] for slot in self._slots]
        for row, weighed in zip(self._stands, weights, strict=True):
            self._optimize.add(z3.PbEq([(literal, 1) for literal in row], 1))
            for literal, weight in zip(row, weighed, strict=True):
                if weight:
                    self._optimize.add_soft(z3.Not(literal), weight)
        self._weights = weights

    def exclude(self, region: Region) -> None:
        """Propose no placement of a region any more."""
        outside = [
            literal
            for slot, row, part in zip(self._slots, self._stands, region, strict=True)
            for position, literal in enumerate(row)
            if position not in part and part != slot.all
        ]
        self._optimize.add(z3.Or(*outside) if outside else z3.BoolVal(False, ctx=self._context))

    def propose(self) -> Placement | None:
        """Return a lightest placement that is not excluded; None when there is none.

        Raises:
            RuntimeError: Z3 does not decide it.

        """
        outcome = self._optimize.check()
        if outcome == z3.unsat:
            return None
        if outcome != z3.sat:
            raise RuntimeError(f"no next placement: {self._optimize.reason_unknown()}")
        model = self._optimize.model()
        return tuple(next(n for n, literal in enumerate(row) if z3.is_true(model.eval(literal))) for row in self._stands)

    def weight(self, placement: Placement) -> int:
        """Return what a placement weighs."""
        return sum(weighed[position] for weighed, position in zip(self._weights, placement, strict=True))
