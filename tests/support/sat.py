"""What a CNF under construction allows, asked assignment by assignment."""

import itertools
from collections.abc import Sequence

from gupproof.encoding.cnf import Cnf
from gupproof.solving.solver import Outcome, Solver


def allowed(cnf: Cnf, literals: Sequence[int]) -> set[tuple[bool, ...]]:
    """Return the values of ``literals`` that some satisfying assignment of the CNF gives them."""
    solver = Solver(cnf.dimacs())
    found = set()
    for values in itertools.product((False, True), repeat=len(literals)):
        assumptions = [literal if value else -literal for literal, value in zip(literals, values, strict=True)]
        if solver.ask(assumptions, ()).outcome is Outcome.SAT:
            found.add(values)
    return found


def satisfies(clauses: Sequence[tuple[int, ...]], true: set[int]) -> bool:
    """Whether an assignment satisfies every clause, judged without a solver."""
    return all(any((literal > 0) == (abs(literal) in true) for literal in clause) for clause in clauses)


def models(cnf: Cnf) -> list[set[int]]:
    """Return every satisfying assignment as the set of its true variables, found by trying all."""
    variables = range(1, cnf.variables + 1)
    subsets = itertools.chain.from_iterable(itertools.combinations(variables, size) for size in range(cnf.variables + 1))
    return [set(subset) for subset in subsets if satisfies(cnf.clauses, set(subset))]
