"""One CNF under many sets of assumptions: Z3, and for what is small a search that needs no setting up."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import z3

from gupproof.encoding.cnf import FALSE, TRUE, Cnf
from gupproof.solving.tiny import Tiny

SMALL = 600  # clauses; Z3 takes 3 ms for a context and a text, in which Tiny is done with most formulas of that size
MOST_CONFLICTS = 60
SHORTEST = 0.01  # seconds; Z3 may miss a limit that is over before it has begun, and then knows none


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
        core: when unsat, assumptions that are enough for it.

    """

    outcome: Outcome
    assignment: Assignment | None
    reason: str
    seconds: float
    core: frozenset[int] = frozenset()


class Solver:
    """One CNF, asked again and again.

    Args:
        formula: a CNF, or DIMACS text, which always goes to Z3.
        seed: of Z3's choices.

    """

    def __init__(self, formula: Cnf | str, *, seed: int = 0) -> None:
        self._formula = formula
        self._seed = seed
        self._tiny: Tiny | None = None
        if isinstance(formula, Cnf) and len(formula.clauses) <= SMALL:
            self._tiny = Tiny(formula.variables, formula.clauses)
        self._booleans: dict[int, z3.BoolRef] = {}
        self._added: list[tuple[int, ...]] = []

    @cached_property
    def _context(self) -> z3.Context:
        return z3.Context()

    @cached_property
    def _solver(self) -> z3.Solver:
        solver = z3.SolverFor("QF_FD", ctx=self._context)
        solver.set("random_seed", self._seed)
        solver.from_string(self._formula if isinstance(self._formula, str) else self._formula.dimacs())
        for clause in self._added:
            solver.add(self._clause(clause))
        return solver

    def add(self, *literals: int) -> None:
        """Add a clause: all further questions are asked with it."""
        kept = tuple(literal for literal in literals if literal != FALSE)
        if TRUE in kept:
            return
        if self._tiny is not None:
            self._tiny.add(kept)
        if "_solver" in self.__dict__:
            self._solver.add(self._clause(kept))
        self._added.append(kept)

    @staticmethod
    def version() -> str:
        """Return the version of Z3."""
        return str(z3.get_version_string())

    def ask(self, assumptions: Iterable[int], wanted: Iterable[int], *, timeout: float | None = None) -> Answer:
        """Decide the CNF with every assumption holding.

        Args:
            assumptions: literals.
            wanted: literals whose variables' values matter when the answer is sat.
            timeout: seconds; None for no limit. So few that Z3 may miss them are none: the answer is unknown.

        Raises:
            KeyboardInterrupt: Ctrl-C while the solver worked.

        """
        started = time.perf_counter()
        literals = [literal for literal in assumptions if literal != TRUE]
        if FALSE in literals:
            return Answer(outcome=Outcome.UNSAT, assignment=None, reason="", seconds=0.0, core=frozenset((FALSE,)))
        if self._tiny is not None:
            found = self._tiny.solve(literals, conflicts=MOST_CONFLICTS)
            if found is not None:
                assignment = Assignment(self._tiny.true(wanted)) if found else None
                outcome = Outcome.SAT if found else Outcome.UNSAT
                return Answer(
                    outcome=outcome,
                    assignment=assignment,
                    reason="",
                    seconds=time.perf_counter() - started,
                    core=frozenset() if found else frozenset(literals),
                )
        if timeout is not None and timeout < SHORTEST:
            return Answer(outcome=Outcome.UNKNOWN, assignment=None, reason="timeout", seconds=0.0)
        # Z3 takes milliseconds, and 0 for "no limit".
        self._solver.set("timeout", 0 if timeout is None else int(timeout * 1000))
        assumed = [self._literal(literal) for literal in literals]
        result = self._solver.check(*assumed)
        assignment = None
        reason = ""
        core: frozenset[int] = frozenset()
        if result == z3.sat:
            outcome = Outcome.SAT
            assignment = self._assignment(wanted)
        elif result == z3.unsat:
            outcome = Outcome.UNSAT
            needed = {expr.get_id() for expr in self._solver.unsat_core()}
            core = frozenset(literal for literal, expr in zip(literals, assumed, strict=True) if expr.get_id() in needed)
        else:
            outcome = Outcome.UNKNOWN
            reason = str(self._solver.reason_unknown())
            # While Z3 works, Ctrl-C is its own affair; here it becomes everybody's again.
            if "interrupted" in reason:
                raise KeyboardInterrupt
        seconds = time.perf_counter() - started
        return Answer(outcome=outcome, assignment=assignment, reason=reason, seconds=seconds, core=core)

    def _boolean(self, variable: int) -> z3.BoolRef:
        if variable not in self._booleans:
            # Z3 names the variables of a DIMACS text by their numbers.
            self._booleans[variable] = z3.Bool(variable, ctx=self._context)
        return self._booleans[variable]

    def _literal(self, literal: int) -> z3.BoolRef:
        boolean = self._boolean(abs(literal))
        return boolean if literal > 0 else z3.Not(boolean)

    def _clause(self, literals: Iterable[int]) -> z3.BoolRef:
        return z3.Or([self._literal(literal) for literal in literals], self._context)

    def _assignment(self, wanted: Iterable[int]) -> Assignment:
        variables = {abs(literal) for literal in wanted}
        if not variables:
            return Assignment(frozenset((TRUE,)))
        model, context = self._solver.model(), self._context.ref()
        true = set()
        for variable in variables:
            # Past the classes of z3py, which take most of the time here. What the model does not mention may be either.
            value = z3.Z3_model_get_const_interp(context, model.model, self._boolean(variable).decl().ast)
            if value.value is not None and z3.Z3_get_bool_value(context, value) == z3.Z3_L_TRUE:
                true.add(variable)
        return Assignment(frozenset(true | {TRUE}))
