"""The whole answer to a question about placements: what today's is worth, the minimal ones, the cheapest, and why."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from gupproof.diagnostics import GupError
from gupproof.placing.goals import Question
from gupproof.placing.oracle import Oracle, UndecidedError
from gupproof.placing.search import Found, Progress, Search, weakenings
from gupproof.placing.slots import Placement, Slot, today
from gupproof.placing.telling import told
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
        result: the execution that appears, on the first platform that has one; None if that was not found out.

    """

    slot: int
    weakened: Placement
    result: Result | None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The answer for some platforms together.

    Attributes:
        platforms: one, or all of the question's.
        found: the minimal sufficient placements.
        today: whether today's placement is sufficient; None if that was not found out.
        spare: weakenings of today's placement, one step of one slot, that are sufficient as well: number of the slot, and what
            comes out.
        defeat: where today's placement is not sufficient, an execution that defeats it; where none is, one that defeats the
            strongest, under :data:`INTERLEAVING` if that has one: then it is not about ordering.
        empty: placements that are sufficient only because nothing that is asked for ever happens under them.

    """

    platforms: tuple[Platform, ...]
    found: Found
    today: bool | None
    spare: tuple[tuple[int, Placement], ...]
    defeat: Result | None
    empty: tuple[Placement, ...] = ()

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

    """

    target: str
    placement: Placement | None
    cost: int
    bound: int
    proved: bool


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

    @property
    def as_expected(self) -> bool | None:
        """Whether the minimal placements are those the theorem expects; None where it expects nothing, or the time ran out."""
        if self.question.expected is None or not self.together.found.complete:
            return None
        return tuple(sorted(self.together.found.placements)) == self.question.expected

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
        spare = [step for step in weakenings(slots, now) if worth and self.worth(step[1], search)]
        hopeless = found.complete and not found.placements
        defeat = None
        if hopeless:
            defeat = self._interleaved(search.oracles) or self.defeat(search.oracles, self._strongest())
        elif worth is False:
            defeat = self.defeat(search.oracles, now)
        return View(
            platforms=tuple(platforms),
            found=found,
            today=worth,
            spare=tuple(spare),
            defeat=defeat,
            empty=self._empty(search.oracles, found.placements),
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
        return Cheapest(target=platform.target, placement=best, cost=price, bound=found.bound, proved=found.complete)

    def weights(self, target: Target) -> tuple[tuple[int, ...], ...]:
        """Return per slot what each alternative costs on a target."""
        return tuple(
            tuple(cost(target, target.rows[row]) if row in target.rows else 0 for row in slot.rows)
            for slot in self.question.slots
        )

    def reasons(self, oracles: Sequence[Oracle], placement: Placement) -> tuple[Reason, ...]:
        """Return for each barrier of a placement what happens when it is one step weaker."""
        found = []
        for number, weakened in weakenings(self.question.slots, placement):
            found.append(Reason(slot=number, weakened=weakened, result=self.defeat(oracles, weakened)))
        return tuple(found)

    def defeat(self, oracles: Sequence[Oracle], placement: Placement) -> Result | None:
        """Return an execution that defeats a placement, checked again in the text as it then stands; None if none is known."""
        for oracle in oracles:
            try:
                holds = oracle.sufficient(placement, deadline=self.deadline)
            except UndecidedError:
                continue
            if not holds:
                defeat = oracle.defeat(placement)
                assert defeat is not None
                return told(oracle, placement, defeat.execution, theorem=", ".join(self.question.names), deadline=self.deadline)
        return None

    @property
    def asked(self) -> int:
        """How many questions solvers were asked."""
        return sum(oracle.asked for oracles in self.oracles.values() for oracle in oracles)

    def worth(self, placement: Placement, search: Search | None = None) -> bool | None:
        """Return whether a placement is sufficient, on every platform or for one search; None if that was not found out."""
        try:
            return (search or self.search(self.question.platforms)).sufficient(placement)
        except UndecidedError:
            return None

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

    def _empty(self, oracles: Sequence[Oracle], placements: Sequence[Placement]) -> tuple[Placement, ...]:
        try:
            return tuple(p for p in placements if not all(oracle.happens(p, deadline=self.deadline) for oracle in oracles))
        except UndecidedError:
            return ()


def front(placements: Sequence[Placement], prices: Mapping[Placement, tuple[int, ...]]) -> tuple[Placement, ...]:
    """Return the placements that no other one beats: as cheap everywhere, and cheaper somewhere. Of equals, all stay."""

    def beats(one: Placement, other: Placement) -> bool:
        pairs = list(zip(prices[one], prices[other], strict=True))
        return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)

    return tuple(p for p in placements if not any(beats(q, p) for q in placements))
