"""What a run found out: one record for each obligation."""

from dataclasses import dataclass
from enum import Enum

from gupproof.execution.ending import FinalValue
from gupproof.execution.execution import Execution
from gupproof.execution.story import StoryLine

SCHEMA_VERSION = 1


class Verdict(Enum):
    """The answer to one obligation."""

    PROVED = "proved"  # in all executions within the stated bounds, and its covers are reached
    REFUTED = "refuted"  # by an execution that was checked again without the solver
    VACUOUS = "vacuous"  # holds, but a cover cannot be reached
    UNKNOWN = "unknown"  # a limit or a bound was hit
    ERROR = "error"  # the input could not be used, or the program contradicts itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One property of one scenario, with its switches set, on one platform.

    Attributes:
        file: the theorem's file.
        theorem, claim, doc: the theorem's name, claim and comment; empty for a bare check.
        scenario: its name.
        settings: every switch with its value's name.
        values: every switch with its value's position.
        property: its name.
        model, target: the platform.
        covering: covers that must be reachable.
        expect: the expected verdict; None for a bare check.
        expected_flags: what the model is expected to flag.

    """

    file: str
    theorem: str
    claim: str
    doc: str
    scenario: str
    settings: tuple[tuple[str, str], ...]
    values: tuple[tuple[str, int], ...]
    property: str
    model: str
    target: str
    covering: tuple[str, ...]
    expect: str | None
    expected_flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The verdict on an obligation.

    Attributes:
        obligation: what was asked.
        verdict: the answer.
        reason: why, in a line; empty for a plain proof.
        remark: what a reader of the verdict has to know besides: that some executions never end, say.
        runs: of the text itself that were tried on a proof as a whole, step by step: its encoding allows them.
        ends: of other runs, the final states that were tried.
        internal: whether an ``error`` is the program's own: what the solver found did not stand up to its re-check.
        flags: of the model that mark some execution, where the property holds: a data race, say.
        reached: covers that were asked for → whether they can be reached (None: not found out).
        seconds: wall-clock time of this obligation's questions.
        build_seconds: time to unroll and encode, shared by all obligations of the scenario on that platform.
        events, variables, clauses: sizes of what was solved.
        execution: the refutation.
        story: the refutation, step by step.
        final: what the property found in the refutation's final state; empty where none was reached.

    """

    obligation: Obligation
    verdict: Verdict
    reason: str
    remark: str = ""
    runs: int = 0
    ends: int = 0
    internal: bool = False
    flags: tuple[str, ...] = ()
    reached: tuple[tuple[str, bool | None], ...] = ()
    seconds: float = 0.0
    build_seconds: float = 0.0
    events: int = 0
    variables: int = 0
    clauses: int = 0
    execution: Execution | None = None
    story: tuple[StoryLine, ...] = ()
    final: tuple[FinalValue, ...] = ()

    @property
    def as_expected(self) -> bool | None:
        """Whether verdict and flags are the expected ones; None where nothing was expected."""
        if self.obligation.expect is None:
            return None
        return self.verdict.value == self.obligation.expect and set(self.flags) == set(self.obligation.expected_flags)

    @property
    def answer(self) -> str:
        """The verdict with the flags: ``proved with data-race``."""
        return _with(self.verdict.value, self.flags)

    @property
    def expectation(self) -> str:
        """What :attr:`answer` was expected to be; empty where nothing was."""
        return _with(self.obligation.expect or "", self.obligation.expected_flags)


def _with(verdict: str, flags: tuple[str, ...]) -> str:
    return f"{verdict} with {', '.join(flags)}" if flags else verdict
