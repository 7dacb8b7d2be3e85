"""Z3 as a solver of one CNF under many sets of assumptions."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

import z3

from gupproof.encoding.cnf import FALSE, TRUE


class Outcome(Enum):
    """What a solver says of a question."""

    SAT = "sat"
    UNSAT = "unsat"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A satisfying assignment; ``true`` holds the variables that are true, among those asked for."""

    true: frozenset[int]

    def holds(self, literal: int) -> bool:
        """Whether a literal is true."""
        return (abs(literal) in self.true) == (literal > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The outcome of one question.

    Attributes:
        outcome: sat, unsat, or unknown with the solver's ``reason``.
        assignment: of the variables asked for, when sat.
        seconds: wall-clock time taken.

    """

    outcome: Outcome
    assignment: Assignment | None
    reason: str
    seconds: float


class Solver:
    """One CNF, held by Z3, asked again and again.

    Args:
        dimacs: the CNF.
        seed: of the solver's choices.

    """

    def __init__(self, dimacs: str, *, seed: int = 0) -> None:
        self._context = z3.Context()
        self._solver = z3.SolverFor("QF_FD", ctx=self._context)
        self._solver.set("random_seed", seed)
        self._solver.from_string(dimacs)
        self._booleans: dict[int, z3.BoolRef] = {}

    @staticmethod
    def version() -> str:
        """Return the version of Z3."""
        return str(z3.get_version_string())

    def ask(self, assumptions: Iterable[int], wanted: Iterable[int], *, timeout: float | None = None) -> Answer:
        """Decide the CNF with every assumption holding.

        Args:
            assumptions: literals.
            wanted: literals whose variables' values matter when the answer is sat.
            timeout: seconds; None for no limit.

        Raises:
            KeyboardInterrupt: Ctrl-C while the solver worked.

        """
        started = time.perf_counter()
        literals = [literal for literal in assumptions if literal != TRUE]
        if FALSE in literals:
            return Answer(outcome=Outcome.UNSAT, assignment=None, reason="", seconds=0.0)
        # Z3 takes milliseconds, and 0 for "no limit".
        self._solver.set("timeout", 0 if timeout is None else max(1, int(timeout * 1000)))
        result = self._solver.check(*(self._literal(literal) for literal in literals))
        assignment = None
        reason = ""
        if result == z3.sat:
            outcome = Outcome.SAT
            assignment = self._assignment(wanted)
        elif result == z3.unsat:
            outcome = Outcome.UNSAT
        else:
            outcome = Outcome.UNKNOWN
            reason = str(self._solver.reason_unknown())
            # While Z3 works, Ctrl-C is its own affair; here it becomes everybody's again.
            if "interrupted" in reason:
                raise KeyboardInterrupt
        return Answer(outcome=outcome, assignment=assignment, reason=reason, seconds=time.perf_counter() - started)

    def _boolean(self, variable: int) -> z3.BoolRef:
        if variable not in self._booleans:
            # Z3 names the variables of a DIMACS text by their numbers.
            self._booleans[variable] = z3.Bool(variable, ctx=self._context)
        return self._booleans[variable]

    def _literal(self, literal: int) -> z3.BoolRef:
        boolean = self._boolean(abs(literal))
        return boolean if literal > 0 else z3.Not(boolean)

    def _assignment(self, wanted: Iterable[int]) -> Assignment:
        model = self._solver.model()
        variables = {abs(literal) for literal in wanted}
        true = {variable for variable in variables if z3.is_true(model.eval(self._boolean(variable)))}
        return Assignment(frozenset(true | {TRUE}))
