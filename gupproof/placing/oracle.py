"""Says of one scenario on one platform whether a placement is sufficient: one encoding, in which the slots are assumptions."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from gupproof.execution.axioms import raised_flags
from gupproof.execution.execution import Execution
from gupproof.execution.replay import Replay
from gupproof.placing.freedom import Freedom
from gupproof.placing.goals import Goal
from gupproof.placing.slots import Placement, Region, Slot, exactly, up, within
from gupproof.program.events import Program
from gupproof.program.scenario import lower
from gupproof.proving.platforms import Platform, model_of, target_of
from gupproof.proving.questions import Questions, encoded
from gupproof.solving.solver import Outcome, Solver


class UndecidedError(Exception):
    """Whether a placement is sufficient could not be found out; the message says why."""


@dataclass(frozen=True, slots=True)
class Defeat:
    """An execution in which something goes wrong, and placements that all allow it."""

    region: Region
    execution: Execution


class Oracle:
    """Judges placements by the properties of one goal on one platform, and remembers what it learned.

    Args:
        goal: what has to hold.
        platform: model and target.
        slots: of the question; the goal's scenario may have only some of them.

    Attributes:
        bad: defeats of placements.
        good: regions in which every placement is sufficient.
        asked: how many questions a solver was asked.

    """

    def __init__(self, goal: Goal, platform: Platform, slots: Sequence[Slot]) -> None:
        self.goal, self.platform, self.slots = goal, platform, tuple(slots)
        self.bad: list[Defeat] = []
        self.good: list[Region] = []
        self.asked = 0

    def known(self, placement: Placement) -> bool | None:
        """Return whether a placement is sufficient, if that follows from what was asked before."""
        if any(within(placement, region) for region in self.good):
            return True
        return False if self.defeat(placement) else None

    def defeat(self, placement: Placement) -> Defeat | None:
        """Return a known defeat of a placement."""
        return next((defeat for defeat in self.bad if within(placement, defeat.region)), None)

    def sufficient(self, placement: Placement, *, deadline: float | None = None) -> bool:
        """Return whether a placement is sufficient.

        Args:
            placement: one alternative for each slot.
            deadline: on the clock of ``time.perf_counter``.

        Raises:
            UndecidedError: the solver gave up, or ran out of time; or executions run into a limit of the program's own.
            GupError: the scenario cannot be unrolled or encoded.
            RuntimeError: an execution did not stand up to its re-check.

        """
        answer = self.known(placement)
        # Whatever is stronger is asked about as well: what holds there needs no question of its own, and what fails there
        # mostly fails here.
        for region in (up(self.slots, placement), exactly(placement)):
            if answer is not None:
                break
            found = self._encoded.wrong_in(region, deadline)
            if isinstance(found, Replay):
                self.bad += self._encoded.defeats(found, placement)
            else:
                self.good.append(found)
            answer = self.known(placement)
        if answer is None:
            raise RuntimeError("an execution that was found does not allow its own placement")
        return answer

    def happens(self, placement: Placement, *, deadline: float | None = None) -> bool:
        """Return whether under a placement anything comes to an end, and to one of the scenario's covers if it has any.

        Raises:
            UndecidedError: as by :meth:`sufficient`.

        """
        return self._encoded.happens(exactly(placement), deadline)

    @property
    def program(self) -> Program:
        """The scenario with its slots open."""
        return self._encoded.program

    @cached_property
    def _encoded(self) -> "_Encoded":
        return _Encoded(self)


class _Encoded:
    """The scenario with its slots open, ready for questions."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle, self.goal, self.slots = oracle, oracle.goal, oracle.slots
        goal = self.goal
        self.model = model_of(oracle.platform)
        names = {slot.name for slot in self.slots}
        fixed = {name: value for name, value in goal.values if name not in names}
        self.program = lower(goal.unit, goal.unit.scenarios[goal.scenario], target_of(oracle.platform), fixed=fixed)
        self.encoding, self.undecided = encoded(self.program, self.model)
        encoding = self.encoding
        self.flags = frozenset(encoding.flagged) - frozenset(goal.flags)
        wrong = [encoding.violated[name] for name in goal.properties]
        wrong += [encoding.flagged[name] for name in sorted(self.flags)]
        self.wrong = encoding.cnf.disjunction(wrong)
        self.ends = encoding.cnf.disjunction(encoding.covered.values()) if encoding.covered else encoding.complete
        # One literal for each set of alternatives that is ever assumed.
        self.literals: list[dict[frozenset[int], int]] = []
        for slot in self.slots:
            stands = encoding.switches.get(slot.name, {})
            assumed = {*slot.above, *(frozenset((position,)) for position in slot.all)} if stands else set()
            assumed.discard(slot.all)
            self.literals.append({part: encoding.cnf.disjunction([stands[p] for p in part]) for part in assumed})
        self.questions = Questions(encoding, self.model, Solver(encoding.dimacs))
        self.freedom = Freedom(self.program, self.model, self.slots)
        self.within_limits = False

    def wrong_in(self, region: Region, deadline: float | None) -> Replay | Region:
        """Return an execution that goes wrong in a region of placements, or a region around it in which none does."""
        self._check_limits(deadline)
        found = self._ask([*self._assumed(region), self.wrong], deadline)
        if isinstance(found, Replay):
            return found
        # A slot that the refutation of every execution does not look at may stand as it likes.
        return tuple(
            part if literals.get(part) in found else slot.all
            for slot, literals, part in zip(self.slots, self.literals, region, strict=True)
        )

    def happens(self, region: Region, deadline: float | None) -> bool:
        return isinstance(self._ask([*self._assumed(region), self.ends], deadline), Replay)

    def defeats(self, replay: Replay, wanted: Placement) -> list[Defeat]:
        """Return the regions, one or two, whose placements all allow a wrong execution."""
        raises: frozenset[str] = frozenset()
        if not any(replay.refutes(name) for name in self.goal.properties):
            raises = frozenset(axiom.name for axiom in raised_flags(self.model, replay)) & self.flags
            if not (raises and replay.events.complete):
                raise RuntimeError("an execution did not stand up to its re-check: nothing is wrong with it")
        regions = [
            self.freedom.region(replay, raises=raises, wanted=wanted, backwards=backwards) for backwards in (False, True)
        ]
        return [Defeat(region, replay.execution) for region in dict.fromkeys(regions)]

    def _check_limits(self, deadline: float | None) -> None:
        """Look once for executions that run into a limit: no slot has a say in that."""
        if self.within_limits:
            return
        where = f"{self.goal.scenario} under {self.oracle.platform}"
        if self.undecided:
            raise UndecidedError(f"{where}: whether the model flags it cannot be decided: {', '.join(self.undecided)}")
        if isinstance(self._ask([self.encoding.bounded], deadline), Replay):
            raise UndecidedError(f"{where}: a loop may run more often than its bound: raise it")
        self.within_limits = True

    def _assumed(self, region: Region) -> list[int]:
        return [literals[part] for literals, part in zip(self.literals, region, strict=True) if part in literals]

    def _ask(self, literals: list[int], deadline: float | None) -> Replay | frozenset[int]:
        """Return an execution that was checked again, or a core of the literals."""
        left = None if deadline is None else deadline - time.perf_counter()
        if left is not None and left <= 0:
            raise UndecidedError(f"{self.goal.scenario} under {self.oracle.platform}: the time is up")
        finding = self.questions.find(literals, left)
        self.oracle.asked += 1
        if finding.outcome is Outcome.UNKNOWN:
            detail = finding.problem or "no answer"
            if "timeout" in detail or "canceled" in detail:
                detail = "the time is up"
            raise UndecidedError(f"{self.goal.scenario} under {self.oracle.platform}: {detail}")
        if finding.outcome is Outcome.SAT and finding.replay is None:
            raise RuntimeError(f"an execution did not stand up to its re-check: {finding.problem}")
        return finding.replay or finding.core
