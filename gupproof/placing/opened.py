"""A scenario with its slots open, ready for questions: one encoding, in which what stands in the slots is assumed."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from gupproof.cat.terms import Model
from gupproof.encoding.encoding import Encoding
from gupproof.execution.axioms import raised_flags
from gupproof.execution.replay import Replay
from gupproof.placing.freedom import Freedom
from gupproof.placing.goals import Goal
from gupproof.placing.slots import Placement, Region, Slot, common
from gupproof.placing.worth import Judgement, Worth
from gupproof.program.events import Program
from gupproof.proving.platforms import Platform
from gupproof.proving.questions import Finding, Questions
from gupproof.proving.result import Verdict
from gupproof.proving.session import Session
from gupproof.solving.solver import Outcome, Solver

_NO_HURRY = 1e6  # seconds


class UndecidedError(Exception):
    """What a placement is worth could not be found out; the message says why.

    Attributes:
        late: whether that is for lack of time.

    """

    def __init__(self, message: str, *, late: bool = False) -> None:
        super().__init__(message)
        self.late = late


class Opened:
    """A goal's scenario with its slots open, on one platform.

    Args:
        goal: what has to hold.
        platform: model and target.
        slots: of the question; the goal's scenario may have only some of them.

    Raises:
        GupError: the scenario cannot be unrolled or encoded.

    """

    def __init__(self, goal: Goal, platform: Platform, slots: Sequence[Slot]) -> None:
        self.goal, self.platform, self.slots = goal, platform, tuple(slots)
        names = {slot.name for slot in self.slots}
        self.session = Session(
            goal.unit, goal.scenario, platform, {name: value for name, value in goal.values if name not in names}
        )
        self.model = self.session.model
        self.encoding = encoding = self.session.encoding
        self.flags = frozenset(encoding.flagged) - frozenset(goal.flags)
        wrong = [encoding.violated[name] for name in goal.properties]
        wrong += [encoding.flagged[name] for name in sorted(self.flags)]
        self.wrong = encoding.cnf.disjunction(wrong)
        overruns = [encoding.overrun[name] for name in goal.properties if name in encoding.overrun]
        self.limits = encoding.cnf.disjunction([encoding.bounded, *overruns])
        # One literal for each set of alternatives that is ever assumed.
        self.literals: list[dict[frozenset[int], int]] = []
        for slot in self.slots:
            stands = encoding.switches.get(slot.name, {})
            assumed = {*slot.above, *(frozenset((position,)) for position in slot.all)} if stands else set()
            assumed.discard(slot.all)
            self.literals.append({part: encoding.cnf.disjunction([stands[p] for p in part]) for part in assumed})
        self.questions = _Watched(encoding, self.model, Solver(encoding.dimacs))
        self.session.questions = self.questions
        self.freedom = Freedom(self.session.program, self.model, self.slots)

    @property
    def program(self) -> Program:
        """The scenario unrolled."""
        return self.session.program

    @property
    def undecided(self) -> tuple[str, ...]:
        """Flags of the model of which it cannot be said whether they are raised."""
        return self.session.undecided

    @property
    def asked(self) -> int:
        """How many questions the solver was asked."""
        return self.questions.asked

    @property
    def where(self) -> str:
        """The scenario and the platform, in words."""
        return f"{self.goal.scenario} under {self.platform}"

    def wrong_in(self, region: Region, deadline: float | None) -> Replay | Region:
        """Return an execution that goes wrong in a region of placements, or a region around it in which none does."""
        return self._ask(region, [self.wrong], deadline)

    def limits_in(self, region: Region, deadline: float | None) -> Replay | Region:
        """Return an execution that runs into a limit in a region of placements, or a region around it in which none does."""
        return self._ask(region, [self.limits], deadline)

    def in_earnest(self, placement: Placement, region: Region, deadline: float | None) -> tuple[Judgement, Region]:
        """Return whether what holds in a region holds of anything, and a region of which the same is sure.

        A witness of one placement is one of a whole region; that there is none is known of the region that was asked about.
        """
        where = f"{self.where}: "
        with self.questions.remembering() as seen:
            for name in self.goal.properties:
                obligation = self.goal.obligation(name, self.platform)
                verdict, reason = self.session.in_earnest(obligation, self._assumed(region), timeout=self._left(deadline))
                match verdict:
                    case Verdict.PROVED:
                        continue
                    case Verdict.VACUOUS:
                        return Judgement(Worth.VACUOUS, where + reason), self._spared(region)
                    case Verdict.ERROR:
                        raise RuntimeError(reason)
                    case _:
                        late = "--timeout" in reason
                        raise UndecidedError(where + ("the time is up" if late else reason), late=late)
            witnesses = [finding.replay for finding in seen.values() if finding.replay is not None]
            if len(witnesses) < len(seen):
                return Judgement(Worth.SUFFICIENT), self._spared(region)
        around = [self.freedom.region(witness, wanted=placement) for witness in witnesses]
        return Judgement(Worth.SUFFICIENT), common(tuple(slot.all for slot in self.slots), *around)

    def allowing(self, replay: Replay, wanted: Placement, raises: frozenset[str] = frozenset()) -> list[Region]:
        """Return regions, one or two, whose placements all allow an execution."""
        found = [self.freedom.region(replay, raises=raises, wanted=wanted, backwards=backwards) for backwards in (False, True)]
        return list(dict.fromkeys(found))

    def defeated(self, replay: Replay, wanted: Placement) -> list[Region]:
        """Return the regions, one or two, whose placements all allow a wrong execution."""
        raises: frozenset[str] = frozenset()
        if not any(replay.refutes(name) for name in self.goal.properties):
            raises = frozenset(axiom.name for axiom in raised_flags(self.model, replay)) & self.flags
            if not (raises and replay.events.complete):
                raise RuntimeError("an execution did not stand up to its re-check: nothing is wrong with it")
        return self.allowing(replay, wanted, raises)

    def _assumed(self, region: Region) -> list[int]:
        return [literals[part] for literals, part in zip(self.literals, region, strict=True) if part in literals]

    def _spared(self, region: Region, core: frozenset[int] | None = None) -> Region:
        """Return a region without what it says of slots that the encoding, or the core of a refutation, does not look at."""
        return tuple(
            part if part in literals and (core is None or literals[part] in core) else slot.all
            for slot, literals, part in zip(self.slots, self.literals, region, strict=True)
        )

    def _ask(self, region: Region, literals: list[int], deadline: float | None) -> Replay | Region:
        """Return an execution in a region that was checked again, or a region around it that has none."""
        finding = self.questions.find([*self._assumed(region), *literals], self._left(deadline))
        if finding.outcome is Outcome.UNKNOWN:
            detail = finding.problem or "no answer"
            late = "timeout" in detail or "canceled" in detail
            raise UndecidedError(f"{self.where}: {'the time is up' if late else detail}", late=late)
        if finding.outcome is Outcome.SAT and finding.replay is None:
            raise RuntimeError(f"an execution did not stand up to its re-check: {finding.problem}")
        # A slot that the refutation of every execution does not look at may stand as it likes.
        return finding.replay or self._spared(region, finding.core)

    def _left(self, deadline: float | None) -> float:
        """Return the seconds left.

        Raises:
            UndecidedError: there are none.

        """
        left = _NO_HURRY if deadline is None else deadline - time.perf_counter()
        if left <= 0:
            raise UndecidedError(f"{self.where}: the time is up", late=True)
        return left


class _Watched(Questions):
    """Counts the questions; while it remembers, it asks none twice."""

    def __init__(self, encoding: Encoding, model: Model, solver: Solver) -> None:
        super().__init__(encoding, model, solver)
        self.asked = 0
        self._seen: dict[object, Finding] | None = None

    @contextmanager
    def remembering(self) -> Iterator[dict[object, Finding]]:
        """Remember the questions from here on, and yield them with what was found."""
        self._seen = {}
        try:
            yield self._seen
        finally:
            self._seen = None

    def find(
        self,
        literals: Iterable[int],
        timeout: float | None,
        *,
        refutes: str | None = None,
        reaches: str | None = None,
        raises: str | None = None,
    ) -> Finding:
        """Look for an execution, as any :class:`Questions`."""
        asked = tuple(literals)
        key = asked, refutes, reaches, raises
        if self._seen is not None and key in self._seen:
            return self._seen[key]
        self.asked += 1
        finding = super().find(asked, timeout, refutes=refutes, reaches=reaches, raises=raises)
        if self._seen is not None:
            self._seen[key] = finding
        return finding
