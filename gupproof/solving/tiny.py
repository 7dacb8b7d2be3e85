"""A solver for formulas so small that Z3 would spend more time on setting itself up than on solving them.

Depth first search with unit propagation over two watched literals (Davis, Logemann, Loveland 1962; Moskewicz et al. 2001), and
nothing else: what takes many conflicts is handed on.
"""

from collections.abc import Iterable, Sequence

from gupproof.encoding.cnf import TRUE


class Tiny:
    """One CNF, asked again and again.

    Args:
        variables: their number.
        clauses: of non-zero literals.

    """

    def __init__(self, variables: int, clauses: Iterable[Sequence[int]]) -> None:
        # A literal indexes these lists itself: negative ones count from the end. 1 is true, -1 false, 0 open.
        self._values = [0] * (2 * variables + 1)
        self._watches: list[list[list[int]]] = [[] for _ in self._values]
        self._trail: list[int] = []
        self._done = 0
        self._clauses: list[list[int]] = []
        self._sound = True
        units = []
        for given in clauses:
            clause = list(given)
            if len(clause) == 1:
                units.append(clause[0])
            else:
                self._clauses.append(clause)
                self._watches[clause[0]].append(clause)
                self._watches[clause[1]].append(clause)
        for literal in units:
            self._sound = self._sound and self._assign(literal)
        self._sound = self._sound and self._propagate()
        self._fixed = len(self._trail)

    def solve(self, assumptions: Iterable[int], *, conflicts: int) -> bool | None:
        """Return whether the CNF can hold together with every assumption; None when ``conflicts`` were not enough to tell."""
        self._undo(self._fixed)
        if not self._sound:
            return False
        for literal in assumptions:
            if not self._assign(literal) or not self._propagate():
                return False
        decisions: list[int] = []
        first = 0
        while True:
            first = self._open_clause(first)
            if first == len(self._clauses):
                return True
            decisions.append(len(self._trail))
            self._assign(next(literal for literal in self._clauses[first] if not self._values[literal]))
            while not self._propagate():
                conflicts -= 1
                if not decisions:
                    return False
                if conflicts < 0:
                    return None
                # The latest decision was wrong: its opposite follows from those before it.
                start = decisions.pop()
                wrong = self._trail[start]
                self._undo(start)
                self._assign(-wrong)
                first = 0

    def add(self, clause: Iterable[int]) -> None:
        """Add a clause."""
        self._undo(self._fixed)
        if not self._sound:
            return
        literals = list(dict.fromkeys(clause))
        if any(self._values[literal] > 0 for literal in literals):
            return
        still = [literal for literal in literals if not self._values[literal]]
        if len(still) > 1:
            self._clauses.append(still)
            self._watches[still[0]].append(still)
            self._watches[still[1]].append(still)
            return
        self._sound = bool(still) and self._assign(still[0]) and self._propagate()
        self._fixed = len(self._trail)

    def true(self, literals: Iterable[int]) -> frozenset[int]:
        """Return the variables of ``literals`` that are true in the assignment found; those left open count as false."""
        return frozenset(abs(literal) for literal in literals if self._values[abs(literal)] > 0) | {TRUE}

    def _open_clause(self, first: int) -> int:
        """Return the place of the first clause, from ``first`` on, that does not hold yet."""
        values = self._values
        for place in range(first, len(self._clauses)):
            for literal in self._clauses[place]:
                if values[literal] > 0:
                    break
            else:
                return place
        return len(self._clauses)

    def _assign(self, literal: int) -> bool:
        """Make a literal true; return whether it was not false already."""
        if not self._values[literal]:
            self._values[literal], self._values[-literal] = 1, -1
            self._trail.append(literal)
        return self._values[literal] > 0

    def _undo(self, length: int) -> None:
        for literal in self._trail[length:]:
            self._values[literal] = self._values[-literal] = 0
        del self._trail[length:]
        self._done = min(self._done, length)

    def _propagate(self) -> bool:
        """Assign what follows; return False at a clause with nothing but false literals."""
        values, watches, trail = self._values, self._watches, self._trail
        while self._done < len(trail):
            false = -trail[self._done]
            self._done += 1
            kept: list[list[int]] = []
            watching = watches[false]
            watches[false] = kept
            for place, clause in enumerate(watching):
                if clause[0] == false:
                    clause[0], clause[1] = clause[1], false
                if values[clause[0]] <= 0:
                    for other in range(2, len(clause)):
                        literal = clause[other]
                        if values[literal] >= 0:
                            clause[1], clause[other] = literal, false
                            watches[literal].append(clause)
                            break
                    else:
                        kept.append(clause)
                        if not self._assign(clause[0]):
                            kept += watching[place + 1 :]
                            return False
                    continue
                kept.append(clause)
        return True
