"""One CPU while it runs: the stack of its calls, whether it may be interrupted, and the steps it offers.

A CPU is a generator of offers. Everything that decides how it goes on is in :meth:`Cpu.key`, so that two runs that have come
to the same key are in the same state: they offer the same from there on.
"""

from abc import ABC, abstractmethod
from collections.abc import Generator
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.meaning.layout import Layout
from gupproof.meaning.registers import Frame
from gupproof.meaning.requests import RCU, Answer, Drop, Ending, Halt, Halted, Offer, Pick, Request, Section, Stop, Take

T = TypeVar("T")
Run = Generator[Offer, Answer, T]

# A loop without a bound ends by its own count; one that runs longer than this does not.
MOST_ROUNDS = 100_000


@dataclass(frozen=True, slots=True)
class Source:
    """What runs.

    Attributes:
        unit, scenario: the text.
        switches: the position of the value of each switch.
        layout: where its memory lies.

    """

    unit: typed.Unit
    scenario: typed.Scenario
    switches: dict[str, int]
    layout: Layout


class Role(Enum):
    """What runs on a CPU at a moment."""

    OWNER = "the first thread of the CPU, or a callback"
    GUEST = "a thread that preempts it"
    HANDLER = "an interrupt handler"


@dataclass(slots=True)
class Level:
    """A thread or handler that has begun and not ended: its state as docs/language.md lists it, "Interrupts and preemption"."""

    name: str
    role: Role
    interrupts_on: bool = True
    saved: list[bool] = field(default_factory=list)
    preemption_off: int = 0
    sections: int = 0  # how deep rcu_read_lock() is nested

    def key(self) -> tuple[object, ...]:
        """Return its state."""
        return (self.name, self.interrupts_on, tuple(self.saved), self.preemption_off, self.sections)


@dataclass(frozen=True, slots=True)
class Marks:
    """What has happened on a CPU that counts whatever becomes of it.

    Attributes:
        failed: asserts that did not hold: property, place.
        reached: properties whose asserts were reached.
        overflowed: where an ``atomic_t`` went past the ends of its type.

    """

    failed: frozenset[tuple[str, Span]] = frozenset()
    reached: frozenset[str] = frozenset()
    overflowed: frozenset[Span] = frozenset()


class FaultError(Exception):
    """The thread faults."""

    def __init__(self, reason: str, span: Span) -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span


@dataclass(slots=True)
class _Waiting:
    """A round of waiting: where, and whether a step of it has been made."""

    span: Span
    begun: bool = False


class Cpu(ABC):
    """The state of a CPU, and how it offers a step."""

    def __init__(self, source: Source, name: str) -> None:
        self.source = source
        self.name = name
        self.levels: list[Level] = []
        self.frames: list[Frame] = []
        self.trail: list[object] = []  # where in the text it is, and every value that a statement has gathered so far
        self.rounds: list[int] = []
        self.interrupts: list[Take] = []
        self.guests: list[Take] = []
        self.marks = Marks()
        self.section_count = 0
        self.queued: dict[str, int] = {}  # callbacks, by what queued them
        self._waiting: list[_Waiting] = []

    @abstractmethod
    def taken(self, take: Take) -> Run[None]:
        """Run a handler, or a thread that preempts, from beginning to end."""

    @property
    def level(self) -> Level:
        """What runs now."""
        return self.levels[-1]

    @property
    def frame(self) -> Frame:
        """The registers of the innermost call."""
        return self.frames[-1]

    def key(self) -> tuple[object, ...]:
        """Return everything that the rest of the run depends on."""
        return (
            tuple(self.trail),
            tuple(tuple(sorted(frame.registers.items())) for frame in self.frames),
            tuple(level.key() for level in self.levels),
            tuple(self.interrupts),
            tuple(self.guests),
            self.marks,
            self.section_count,
            tuple(sorted(self.queued.items())),
        )

    # ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def step(self, request: Request, span: Span) -> Run[Answer]:
        """Offer a step until it is made; what comes before it runs first. Returns the answer."""
        while True:
            answer = yield self._offer(request, span, self.takes())
            if not isinstance(answer, Take):
                break
            yield from self._interrupted(answer)
        if self._waiting:
            self._waiting[-1].begun = True
        self.trail.append(answer)
        return answer

    def pick(self, count: int, span: Span) -> Run[int]:
        """Return one of ``count`` numbers from 0: any of them."""
        answer = yield self._offer(Pick(count), span, ())
        assert isinstance(answer, int)
        self.trail.append(answer)
        return answer

    def wait_for_good(self, span: Span, reason: str) -> Run[None]:
        """Wait for what cannot come any more; interrupts and guests still do."""
        stop = Stop(self.level.name, Ending.WAITS, span, reason)
        while True:
            answer = yield self._offer(Halt(stop), span, self.takes())
            assert isinstance(answer, Take)
            yield from self._interrupted(answer)

    def halt(self, ending: Ending, span: Span, reason: str) -> Run[None]:
        """Stop here for good, and with it what was interrupted or preempted."""
        stop = Stop(self.level.name, ending, span, reason)
        self._waiting.clear()
        yield from self.step(Halt(stop), span)
        while True:
            yield self._offer(Halted(stop), span, ())

    def drop(self, span: Span) -> Run[None]:
        """Say that this execution is not to be."""
        while True:
            yield self._offer(Drop(), span, ())

    def takes(self) -> tuple[Take, ...]:
        """Return what may interrupt or preempt here, now."""
        level = self.level
        if level.role is Role.HANDLER or not level.interrupts_on:
            return ()
        may_preempt = level.role is Role.OWNER and level.preemption_off == 0
        return (*self.interrupts, *(self.guests if may_preempt else ()))

    def _offer(self, request: Request, span: Span, takes: tuple[Take, ...]) -> Offer:
        waiting = self._waiting[-1] if self._waiting else None
        return Offer(
            request=request,
            thread=self.level.name,
            span=span,
            chain=self.frame.chain,
            rounds=tuple(self.rounds),
            takes=takes,
            waiting=waiting.span if waiting else None,
            is_head=waiting is not None and not waiting.begun,
        )

    def _interrupted(self, take: Take) -> Run[None]:
        (self.guests if take.is_guest else self.interrupts).remove(take)
        waiting, self._waiting = self._waiting, []
        rounds, self.rounds = self.rounds, []
        place = len(self.trail)
        self.trail.append(take)
        yield from self.taken(take)
        del self.trail[place:]
        self.rounds, self._waiting = rounds, waiting

    # ── waiting ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def begin_round(self, span: Span) -> None:
        """Mark the steps from here on as those of one round of waiting."""
        self._waiting.append(_Waiting(span))

    def end_round(self) -> bool:
        """End the round; return whether it had steps."""
        return self._waiting.pop().begun

    # ── what has happened ────────────────────────────────────────────────────────────────────────────────────────────

    def asserted(self, name: str, span: Span, *, holds: bool) -> None:
        """Note that an assert was reached, and whether it holds."""
        marks = self.marks
        failed = marks.failed if holds else marks.failed | {(name, span)}
        self.marks = Marks(failed, marks.reached | {name}, marks.overflowed)

    def overflowed(self, span: Span) -> None:
        """Note that an ``atomic_t`` left its type."""
        marks = self.marks
        self.marks = Marks(marks.failed, marks.reached, marks.overflowed | {span})

    def section_of(self, level: Level) -> Section:
        """Return the outermost RCU section of a thread or handler."""
        return Section(RCU, self.name, level.name)
