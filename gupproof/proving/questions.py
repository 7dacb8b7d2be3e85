"""Questions to a solver about one encoding: no execution that it finds is believed before it was checked again without it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gupproof.cat.terms import Model
from gupproof.diagnostics import GupError
from gupproof.encoding.encoding import Encoding, encode
from gupproof.execution.axioms import RecheckError, rechecked
from gupproof.execution.decode import decode, wanted
from gupproof.execution.execution import Execution
from gupproof.execution.replay import Replay
from gupproof.execution.valuation import Valuator
from gupproof.program.events import Program
from gupproof.program.expr import Expr
from gupproof.solving.solver import Outcome, Solver


def encoded(program: Program, model: Model, observed: Sequence[Expr] = ()) -> tuple[Encoding, tuple[str, ...]]:
    """Encode a program with the flags of its model, and name those that stay undecided.

    A flag that has no encoding costs the program its flags, and not its verdict. Where expressions are to be observed every
    execution counts, and not only one of those that differ in which of several equal threads is which.
    """
    few = not observed
    try:
        return encode(program, model, representatives=few, flags=True, observed=observed), ()
    except GupError:
        undecided = dict.fromkeys(axiom.name for axiom in model.axioms if axiom.flag)
        return encode(program, model, representatives=few, observed=observed), tuple(undecided)


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one question.

    Attributes:
        outcome: what the solver says.
        execution: that was asked for, if there is one.
        replay: of it; None as well where it did not stand up to its re-check.
        problem: why it did not, or why the solver gave up.
        core: where there is none, literals of the question that are enough to rule it out.

    """

    outcome: Outcome
    execution: Execution | None
    replay: Replay | None
    problem: str
    core: frozenset[int] = frozenset()


class Questions:
    """What is asked of one encoding.

    Args:
        encoding: of a program under ``model``.
        model: judges what is found.
        solver: holds the encoding's CNF.

    """

    def __init__(self, encoding: Encoding, model: Model, solver: Solver) -> None:
        self.encoding, self.model, self.solver = encoding, model, solver
        self._wanted = wanted(encoding)
        self._valuator = Valuator(encoding.program)

    def find(
        self,
        literals: Iterable[int],
        timeout: float | None,
        *,
        refutes: str | None = None,
        reaches: str | None = None,
        raises: str | None = None,
    ) -> Finding:
        """Look for an execution in which all of ``literals`` hold, and that does what it is claimed to do."""
        answer = self.solver.ask(list(literals), self._wanted, timeout=timeout)
        if answer.assignment is None:
            return Finding(answer.outcome, None, None, answer.reason, answer.core)
        execution = decode(self.encoding, answer.assignment)
        program = self.encoding.program
        try:
            found = rechecked(program, self.model, execution, self._valuator, refutes=refutes, reaches=reaches, raises=raises)
        except RecheckError as problem:
            return Finding(answer.outcome, execution, None, str(problem))
        return Finding(answer.outcome, execution, found, "")

    def ask(
        self,
        *literals: int,
        timeout: float | None,
        refutes: str | None = None,
        reaches: str | None = None,
        raises: str | None = None,
    ) -> Finding:
        """Look for an execution, where one that does not stand up to its re-check is the end of it.

        Raises:
            RuntimeError: what the solver found did not stand up to its re-check.

        """
        finding = self.find(literals, timeout, refutes=refutes, reaches=reaches, raises=raises)
        if finding.execution is not None and finding.replay is None:
            raise RuntimeError(f"an execution did not stand up to its re-check: {finding.problem}")
        return finding
