"""The whole answer to a question about placements: what today's is worth, the minimal ones, the cheapest, and why."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from gupproof.diagnostics import GupError
from gupproof.placing.goals import Question
from gupproof.placing.opened import UndecidedError
from gupproof.placing.oracle import Oracle
from gupproof.placing.search import Found, Progress, Search, weakenings
from gupproof.placing.slots import Placement, Slot, today, up, within
from gupproof.placing.telling import told
from gupproof.placing.worth import Judgement, Worth
from gupproof.program.costs import cost
from gupproof.program.targets import Target
from gupproof.proving.platforms import Platform
from gupproof.proving.result import Result

INTERLEAVING = Platform("sc", "x86-64")
"""Where no barrier changes anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a barrier is kept.

    Attributes:
        slot: number of the slot.
        weakened: the placement with that slot one step weaker.
        result: the execution that appears, on the first platform that has one; None if none is known.
        said: what is wrong with it then: that it is vacuous, or what was not found out.

    """

    slot: int
    weakened: Placement
    result: Result | None
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The answer for some platforms together.

    Attributes:
        platforms: one, or all of the question's.
        found: the minimal sufficient placements.
        judged: what today's placement is worth.
        minimal: whether that is one of the minimal ones; None if that was not found out, and where it is not sufficient.
        spare: weakenings of today's placement, one step of one slot, that are sufficient as well: number of the slot, and what
            comes out.
        unsure: those of which that was not found out, with the reason.
        defeat: where today's placement is not sufficient, an execution that defeats it; where none is, one that defeats the
            strongest, under :data:`INTERLEAVING` if that has one: then it is not about ordering.

    """

    platforms: tuple[Platform, ...]
    found: Found
    judged: Judgement
    minimal: bool | None
    spare: tuple[tuple[int, Placement], ...]
    unsure: tuple[tuple[int, Placement, str], ...]
    defeat: Result | None

    @property
    def today(self) -> bool | None:
        """Whether today's placement is sufficient; None if that was not found out."""
        return self.judged.sufficient

    @property
    def hopeless(self) -> bool:
        """Whether it is sure that no choice is sufficient."""
        return self.found.complete and not self.found.placements


@dataclass(frozen=True, slots=True, kw_only=True)
class Cheapest:
    """What suffices on every platform and costs least on one target.

    Attributes:
        target: its name.
        placement: a cheapest one; the best known if not ``proved``. None where none is known.
        cost: of the placement.
        bound: nothing costs less.
        proved: whether it is sure to be the cheapest.
        reason: why not, if not.

    """

    target: str
    placement: Placement | None
    cost: int
    bound: int
    proved: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was found out.

    Attributes:
        question: what was asked.
        alone: a view for each platform.
        together: the view of all of them; the only one of ``alone`` if there is one.
        costs: per target and slot, what each alternative costs.
        cheapest: for each target.
        front: sufficient placements of which none is at most as dear as another on every target and dearer on none.
        reasons: placement → why each of its barriers is kept; for the minimal ones that were asked about.
        own_reasons: where no placement serves all platforms together, the same for each platform's own.
        asked: questions to solvers.
        seconds: time taken.

    """

    question: Question
    alone: tuple[View, ...]
    together: View
    costs: Mapping[str, tuple[tuple[int, ...], ...]]
    cheapest: tuple[Cheapest, ...]
    front: tuple[Placement, ...]
    reasons: Mapping[Placement, tuple[Reason, ...]]
    asked: int
    seconds: float
    own_reasons: Mapping[Platform, Mapping[Placement, tuple[Reason, ...]]] = field(default_factory=dict)

    @property
    def as_expected(self) -> bool | None:
        """Whether the minimal placements are those the theorem expects; None where it expects nothing, or some stay open.

        That nothing helps is not what is found where something would, if only what is asked for ever happened.
        """
        found = self.together.found
        if self.question.expected is None or not found.complete:
            return None
        if not found.placements and found.vacuous:
            return False
        return tuple(sorted(found.placements)) == self.question.expected

    def price(self, target: str, placement: Placement) -> int:
        """Return what a placement costs on a target."""
        return sum(row[position] for row, position in zip(self.costs[target], placement, strict=True))


@dataclass(slots=True)
class Answering:
    """Finds the answer to one question.

    Attributes:
        question: what is asked.
        targets: of the question's platforms, with the costs that count.
        deadline: on the clock of ``time.perf_counter``; None for none.
        tell: is told how far each search is, and what it is about.
        oracles: by platform, one for each goal.
        plain: by the ``id`` of a goal, one for plain interleaving.

    """

    question: Question
    targets: Mapping[Platform, Target]
    deadline: float | None = None
    tell: Callable[[str, Progress], None] = field(default=lambda _what, _progress: None)
    oracles: dict[Platform, list[Oracle]] = field(default_factory=dict)
    plain: dict[int, Oracle] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for goal in self.question.goals:
            for platform in goal.platforms:
                self.oracles.setdefault(platform, []).append(Oracle(goal, platform, self.question.slots))

    def view(self, platforms: Sequence[Platform]) -> View:
        """Return every minimal placement for some platforms together."""
        search = self.search(platforms)
        slots = self.question.slots
        now = today(slots)
        # Today's comes first: where time runs out, its worth is what people want to know most.
        worth = self.worth(now, search)
        found = search.minimal()
        steps = weakenings(slots, now) if worth.sufficient else []
        judged = [(number, weaker, self.worth(weaker, search)) for number, weaker in steps]
        hopeless = found.complete and not found.placements
        defeat = None
        if hopeless:
            defeat = self._interleaved(search.oracles) or self.defeat(search.oracles, self._strongest())
        elif worth.worth is Worth.DEFEATED:
            defeat = self.defeat(search.oracles, now)
        return View(
            platforms=tuple(platforms),
            found=found,
            judged=worth,
            minimal=_is_minimal(slots, now, found) if worth.sufficient else None,
            spare=tuple((number, weaker) for number, weaker, step in judged if step.sufficient),
            unsure=tuple((number, weaker, step.reason) for number, weaker, step in judged if step.sufficient is None),
            defeat=defeat,
        )

    def search(self, platforms: Sequence[Platform], slots: Sequence[Slot] = ()) -> Search:
        """Return a search for some platforms together; it knows what others before it learned.

        Args:
            platforms: some of the question's.
            slots: the question's, where something else than strength orders their alternatives.

        """
        name = str(platforms[0]) if len(platforms) == 1 else "all together"
        oracles = [oracle for platform in platforms for oracle in self.oracles[platform]]
        return Search(slots or self.question.slots, oracles, self.deadline, lambda progress: self.tell(name, progress))

    def cheapest(self, platform: Platform, known: Sequence[Placement]) -> Cheapest:
        """Return what costs least on a platform's target of all that suffices on every platform."""
        weights = self.weights(self.targets[platform])
        found = self.search(self.question.platforms).cheapest(weights, known)
        best = found.placements[0] if found.placements else None
        price = sum(row[position] for row, position in zip(weights, best, strict=True)) if best else 0
        return Cheapest(
            target=platform.target,
            placement=best,
            cost=price,
            bound=found.bound,
            proved=found.complete,
            reason=found.reason,
        )

    def weights(self, target: Target) -> tuple[tuple[int, ...], ...]:
        """Return per slot what each alternative costs on a target."""
        return tuple(
            tuple(cost(target, target.rows[row]) if row in target.rows else 0 for row in slot.rows)
            for slot in self.question.slots
        )

    def reasons(self, oracles: Sequence[Oracle], placement: Placement) -> tuple[Reason, ...]:
        """Return for each barrier of a placement what happens when it is one step weaker."""
        search = Search(self.question.slots, oracles, self.deadline)
        found = []
        for number, weakened in weakenings(self.question.slots, placement):
            worth = self.worth(weakened, search)
            result = self.defeat(oracles, weakened) if worth.worth is Worth.DEFEATED else None
            found.append(Reason(slot=number, weakened=weakened, result=result, said="" if result else worth.reason))
        return tuple(found)

    def defeat(self, oracles: Sequence[Oracle], placement: Placement) -> Result | None:
        """Return an execution that defeats a placement, checked again in the text as it then stands; None if none is known."""
        for oracle in oracles:
            try:
                worth = oracle.judge(placement, deadline=self.deadline).worth
            except UndecidedError:
                continue
            if worth is Worth.DEFEATED:
                defeat = oracle.defeat(placement)
                assert defeat is not None
                return told(oracle, placement, defeat.execution, theorem=", ".join(self.question.names), deadline=self.deadline)
        return None

    @property
    def asked(self) -> int:
        """How many questions solvers were asked."""
        return sum(oracle.asked for oracles in self.oracles.values() for oracle in oracles)

    def worth(self, placement: Placement, search: Search | None = None) -> Judgement:
        """Return what a placement is worth on every platform, or for one search."""
        try:
            return (search or self.search(self.question.platforms)).judge(placement)
        except UndecidedError as problem:
            return Judgement(Worth.UNKNOWN, str(problem))

    def _interleaved(self, oracles: Sequence[Oracle]) -> Result | None:
        """Return an execution that plain interleaving has whatever stands in the slots: then it is not about ordering."""
        for oracle in oracles:
            found = None
            plain = self.plain.setdefault(id(oracle.goal), Oracle(oracle.goal, INTERLEAVING, oracle.slots))
            with suppress(GupError):  # some primitive is none of that target's
                found = self.defeat([plain], self._strongest())
            if found is not None:
                return found
        return None

    def _strongest(self) -> Placement:
        return tuple(max(slot.all, key=lambda position: slot.heights[position]) for slot in self.question.slots)


def _is_minimal(slots: Sequence[Slot], placement: Placement, found: Found) -> bool | None:
    """Whether a sufficient placement is one of the minimal ones; None if that does not follow from what was found."""
    if any(other != placement and within(placement, up(slots, other)) for other in found.placements):
        return False
    # Past its time a search has still seen all that is below what it found.
    return True if found.complete or (placement in found.placements and not found.undecided) else None


def front(placements: Sequence[Placement], prices: Mapping[Placement, tuple[int, ...]]) -> tuple[Placement, ...]:
    """Return the placements that no other one beats: as cheap everywhere, and cheaper somewhere. Of equals, all stay."""

    def beats(one: Placement, other: Placement) -> bool:
        pairs = list(zip(prices[one], prices[other], strict=True))
        return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)

    return tuple(p for p in placements if not any(beats(q, p) for q in placements))
