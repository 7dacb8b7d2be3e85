"""A CNF under construction: variables, clauses, and gates that fold constants.

Literals are non-zero integers as in DIMACS. Variable 1 is true.
"""

from collections.abc import Iterable

TRUE = 1
FALSE = -1

PAIRWISE_LIMIT = 6


class Cnf:
    """Clauses over numbered variables."""

    def __init__(self) -> None:
        self.variables = 1
        self.clauses: list[tuple[int, ...]] = [(TRUE,)]
        self._gates: dict[tuple[int, ...], int] = {}

    def variable(self) -> int:
        """Return a fresh variable."""
        self.variables += 1
        return self.variables

    def add(self, *literals: int) -> None:
        """Add a clause, unless it holds by form."""
        kept = set(literals)
        kept.discard(FALSE)
        if TRUE in kept:
            return
        for literal in kept:
            if -literal in kept:
                return
        self.clauses.append(tuple(sorted(kept)) or (FALSE,))

    def conjunction(self, literals: Iterable[int]) -> int:
        """Return a literal equivalent to the conjunction."""
        kept = {literal for literal in literals if literal != TRUE}
        if FALSE in kept or any(-literal in kept for literal in kept):
            return FALSE
        if len(kept) <= 1:
            return next(iter(kept), TRUE)
        key = tuple(sorted(kept))
        gate = self._gates.get(key)
        if gate is None:
            gate = self._gates[key] = self.variable()
            for literal in key:
                self.clauses.append((-gate, literal))
            self.clauses.append((gate, *(-literal for literal in key)))
        return gate

    def disjunction(self, literals: Iterable[int]) -> int:
        """Return a literal equivalent to the disjunction."""
        return -self.conjunction([-literal for literal in literals])

    def at_most_one(self, literals: Iterable[int]) -> None:
        """Forbid that two of the literals hold; pairwise for few, else by a ladder (Sinz 2005)."""
        kept = [literal for literal in literals if literal != FALSE]
        if len(kept) <= PAIRWISE_LIMIT:
            for place, one in enumerate(kept):
                for other in kept[place + 1 :]:
                    self.add(-one, -other)
            return
        previous = kept[0]
        for literal in kept[1:]:
            self.add(-previous, -literal)
            reached = self.variable()
            self.add(-previous, reached)
            self.add(-literal, reached)
            previous = reached

    def exactly_one(self, literals: Iterable[int]) -> None:
        """Require that exactly one of the literals holds."""
        kept = list(literals)
        self.add(*kept)
        self.at_most_one(kept)

    def dimacs(self) -> str:
        """Return the CNF as DIMACS text."""
        longest = max(map(len, self.clauses))
        forms = ["%d " * length + "0\n" for length in range(longest + 1)]
        return f"p cnf {self.variables} {len(self.clauses)}\n" + "".join(
            [forms[len(clause)] % clause for clause in self.clauses]
        )
