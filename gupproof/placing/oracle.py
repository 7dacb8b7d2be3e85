"""Says of one scenario on one platform what a placement is worth: one encoding, in which the slots are assumptions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from gupproof.execution.execution import Execution
from gupproof.execution.replay import Replay
from gupproof.placing.goals import Goal
from gupproof.placing.opened import Opened, UndecidedError
from gupproof.placing.slots import Placement, Region, Slot, common, exactly, up, within
from gupproof.placing.worth import Judgement, Ruling, Worth
from gupproof.program.events import Program
from gupproof.proving.platforms import Platform
from gupproof.proving.session import bound_reason


@dataclass(frozen=True, slots=True)
class Defeat:
    """An execution in which something goes wrong, and placements that all allow it."""

    region: Region
    execution: Execution


class Oracle:
    """Judges placements by the properties of one goal on one platform, and remembers what it learned.

    The verdicts are those of ``prove`` for the text in which the placement stands: what is refuted is defeated; what runs past
    a bound is unknown; what never happens is vacuous.

    Args:
        goal: what has to hold.
        platform: model and target.
        slots: of the question; the goal's scenario may have only some of them.

    Attributes:
        bad: defeats of placements.
        rulings: what else is known of all placements of a region.
        asked: how many questions a solver was asked.

    """

    def __init__(self, goal: Goal, platform: Platform, slots: Sequence[Slot]) -> None:
        self.goal, self.platform, self.slots = goal, platform, tuple(slots)
        self.bad: list[Defeat] = []
        self.rulings: list[Ruling] = []
        self._harmless: list[Region] = []  # nothing goes wrong
        self._limited: list[tuple[Region, str]] = []  # executions run into a limit, with what that leaves open
        self._unlimited: list[Region] = []  # none does
        self._fruitless: set[Region] = set()  # some do, though not in every placement

    @property
    def asked(self) -> int:
        """How many questions a solver was asked."""
        return self._opened.asked if "_opened" in self.__dict__ else 0

    @property
    def good(self) -> list[Region]:
        """Regions in which every placement is sufficient."""
        return [ruling.region for ruling in self.rulings if ruling.judgement.worth is Worth.SUFFICIENT]

    def known(self, placement: Placement) -> Judgement | None:
        """Return what a placement is worth, if that follows from what was asked before."""
        if self.defeat(placement):
            return Judgement(Worth.DEFEATED)
        return next((ruling.judgement for ruling in self.rulings if within(placement, ruling.region)), None)

    def defeat(self, placement: Placement) -> Defeat | None:
        """Return a known defeat of a placement."""
        return next((defeat for defeat in self.bad if within(placement, defeat.region)), None)

    def passed_over(self, placement: Placement) -> list[Region]:
        """Return known regions around a placement in which nothing goes wrong, and yet nothing is sufficient."""
        others = (ruling for ruling in self.rulings if ruling.judgement.worth is not Worth.SUFFICIENT)
        return [ruling.region for ruling in others if within(placement, ruling.region)]

    def judge(self, placement: Placement, *, deadline: float | None = None) -> Judgement:
        """Return what a placement is worth.

        Args:
            placement: one alternative for each slot.
            deadline: on the clock of ``time.perf_counter``.

        Raises:
            UndecidedError: the solver gave up, or ran out of time.
            GupError: the scenario cannot be unrolled or encoded.
            RuntimeError: an execution did not stand up to its re-check.

        """
        answer = self.known(placement)
        if answer is not None:
            return answer
        harmless = self._find_harmless(placement, deadline)
        if harmless is None:
            return Judgement(Worth.DEFEATED)
        ruling = self._undecided(placement, harmless) or self._beyond_limits(placement, harmless, deadline)
        if ruling is None:
            unlimited = _around(placement, self._unlimited)
            assert unlimited is not None
            return self._in_earnest(placement, common(harmless, unlimited), deadline)
        self.rulings.append(ruling)
        return ruling.judgement

    def sufficient(self, placement: Placement, *, deadline: float | None = None) -> bool:
        """Return whether a placement is sufficient.

        Raises:
            UndecidedError: as by :meth:`judge`; or executions run into a limit of the program's own.

        """
        found = self.judge(placement, deadline=deadline)
        if found.sufficient is None:
            raise UndecidedError(found.reason)
        return found.sufficient

    @property
    def program(self) -> Program:
        """The scenario with its slots open."""
        return self._opened.program

    @cached_property
    def _opened(self) -> Opened:
        return Opened(self.goal, self.platform, self.slots)

    def _find_harmless(self, placement: Placement, deadline: float | None) -> Region | None:
        """Return a region around a placement in which nothing goes wrong; None if something does in the placement."""
        # Whatever is stronger is asked about as well: what holds there needs no question of its own, and what fails there
        # mostly fails here.
        for region in (up(self.slots, placement), exactly(placement)):
            if (found := _around(placement, self._harmless)) is not None:
                return found
            if self.defeat(placement):
                return None
            answer = self._opened.wrong_in(region, deadline)
            if isinstance(answer, Replay):
                self.bad += [Defeat(around, answer.execution) for around in self._opened.defeated(answer, placement)]
            else:
                self._harmless.append(answer)
        found = _around(placement, self._harmless)
        if found is None and not self.defeat(placement):
            raise RuntimeError("an execution that was found does not allow its own placement")
        return found

    def _undecided(self, placement: Placement, harmless: Region) -> Ruling | None:
        """Judge a placement in which nothing goes wrong, where that is the most that can be said, or is known to be."""
        undecided = self._opened.undecided
        if undecided:
            text = f"whether the model flags it cannot be decided: {', '.join(undecided)}"
            return Ruling(harmless, Judgement(Worth.UNKNOWN, f"{self._opened.where}: {text}"))
        for limited, why in self._limited:
            if within(placement, limited):
                return Ruling(common(limited, harmless), Judgement(Worth.UNKNOWN, f"{self._opened.where}: {why}"))
        return None

    def _beyond_limits(self, placement: Placement, harmless: Region, deadline: float | None) -> Ruling | None:
        """Judge a placement in which nothing goes wrong, and executions run into a limit; None if they do not."""
        everything = tuple(slot.all for slot in self.slots)
        for region in (everything, up(self.slots, placement), exactly(placement)):
            if _around(placement, self._unlimited) is not None:
                return None
            if region not in self._fruitless:
                self._ask_for_limits(region, placement, deadline)
                ruling = self._undecided(placement, harmless)
                if ruling is not None:
                    return ruling
        if _around(placement, self._unlimited) is None:
            raise RuntimeError("an execution that was found does not allow its own placement")
        return None

    def _ask_for_limits(self, region: Region, placement: Placement, deadline: float | None) -> None:
        answer = self._opened.limits_in(region, deadline)
        if isinstance(answer, Replay):
            why = bound_reason(answer, *self.goal.properties)
            self._limited += [(around, why) for around in self._opened.allowing(answer, placement)]
            self._fruitless.add(region)
        else:
            self._unlimited.append(answer)

    def _in_earnest(self, placement: Placement, sound: Region, deadline: float | None) -> Judgement:
        """Judge a placement in a region in which nothing goes wrong and no limit is hit: proved, or vacuous."""
        judgement, around = self._opened.in_earnest(placement, exactly(placement), deadline)
        self.rulings.append(Ruling(common(sound, around), judgement))
        if judgement.worth is Worth.VACUOUS:
            # What never happens here mostly does not happen either where there is more order.
            stronger, above = self._opened.in_earnest(placement, up(self.slots, placement), deadline)
            if stronger.worth is Worth.VACUOUS:
                self.rulings.append(Ruling(common(sound, above), stronger))
        return judgement


def _around(placement: Placement, regions: Iterable[Region]) -> Region | None:
    return next((region for region in regions if within(placement, region)), None)
