"""What happened in one execution: every step in order, where each load reads from, and in which order stores reached memory.

Rounds of waiting that fail leave nothing behind: the loads of an ``await`` are those of the round that ended it.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from enum import Enum

from gupproof.diagnostics import Span
from gupproof.meaning.machine import BufferedStore, Machine
from gupproof.meaning.outcome import Shown
from gupproof.meaning.requests import (
    Enter,
    Grace,
    Leave,
    Look,
    Offer,
    Order,
    Pick,
    Queue,
    Read,
    SetCpu,
    SetGhost,
    Take,
    Update,
    Write,
)
from gupproof.meaning.system import Move, MoveKind, State, System


class StepKind(Enum):
    """What a step is."""

    READ = "load"
    WRITE = "store"
    UPDATE = "read-modify-write"
    FENCE = "fence"
    LOOK = "look at a ghost"
    SET = "assignment to a ghost"
    CPU = "change of the CPU's state"
    ENTER = "beginning of a read-side section"
    LEAVE = "end of a read-side section"
    GRACE = "grace period that was waited for"
    QUEUE = "call_rcu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step that was made.

    Attributes:
        number: among all steps, from 0; a store has the number of when its thread made it.
        cpu: the first thread of the CPU, or the callback.
        thread: the thread, handler or callback.
        kind, primitive: what it is; the primitive is the row of the target table.
        span, chain, rounds: where it stands, the calls it stands in, the rounds of the loops it stands in.
        occurrence: how many steps of the same thread, kind and primitive, at the same place by the same calls came before.
        name: of the word, ghost or domain of sections; empty for others.
        read, written: values as they stand in memory; None where it does not read, does not write.
        source: the number of the step that the value was written by; None for the initial value.

    """

    number: int
    cpu: str
    thread: str
    kind: StepKind
    primitive: str
    span: Span
    chain: tuple[Span, ...]
    rounds: tuple[int, ...]
    occurrence: int
    name: str = ""
    read: Shown | None = None
    written: Shown | None = None
    source: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A ``choose``: the ``index`` of the value taken. That of ``init`` has no calls."""

    thread: str
    span: Span
    chain: tuple[Span, ...]
    rounds: tuple[int, ...]
    occurrence: int
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An interrupt that came, or a thread that preempted.

    Attributes:
        thread: the handler or thread, as its steps name it.
        is_guest, index: which of the scenario's threads, or of its interrupts.
        interrupted: the thread it came upon.
        after: how many steps of its own that one had made.
        before: where the statement stands that it came before.
        at: how many steps of all had been made.

    """

    thread: str
    is_guest: bool
    index: int
    interrupted: str
    after: int
    before: Span
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One execution.

    Attributes:
        steps: in the order in which their threads made them.
        order: for each word the steps that wrote it, in the order in which they reached memory.
        choices, taken: in order.
        callbacks: the name of each, and the step that queued it.

    """

    steps: tuple[Step, ...]
    order: tuple[tuple[str, tuple[int, ...]], ...]
    choices: tuple[Choice, ...]
    taken: tuple[Taken, ...]
    callbacks: tuple[tuple[str, int], ...]


@dataclass(slots=True)
class _Round:
    """A round of waiting that has not ended: which, and the steps made in it."""

    head: Offer
    steps: list[int] = field(default_factory=list)

    def is_made_again(self, offer: Offer) -> bool:
        return offer.is_head and _round_of(offer) == _round_of(self.head)


def _round_of(offer: Offer) -> tuple[object, ...]:
    return (offer.thread, offer.waiting, offer.chain, offer.rounds)


class Tracer:
    """Watches the moves of one execution."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._steps: list[Step | None] = []
        self._choices: list[Choice] = []
        self._taken: list[Taken] = []
        self._callbacks: list[tuple[str, int]] = []
        self._memory: dict[int, int] = {}  # word → the step whose value is there
        self._order: dict[int, list[int]] = {}
        self._buffers: dict[str, list[int]] = {}  # CPU → the stores under way
        self._rounds: dict[str, _Round] = {}  # thread → the round that it is in
        self._seen: Counter[tuple[object, ...]] = Counter()

    def initial(self, span: Span, index: int) -> None:
        """Note a choice of an initial value."""
        self._choose("init", span, (), (), index)

    def watch(self, before: State, move: Move, after: State) -> None:
        """Note a move."""
        seat = before.seats[move.seat]
        offer = seat.node.offer
        if move.kind is MoveKind.FLUSH:
            if isinstance(seat.buffer[0], BufferedStore):
                self._reached(self._buffers[seat.name].pop(0), seat.buffer[0].word)
            return
        if move.kind is MoveKind.TAKE:
            assert isinstance(move.answer, Take)
            self._take(move.answer, offer)
        elif isinstance(offer.request, Pick):
            assert isinstance(move.answer, int)
            self._choose(offer.thread, offer.span, offer.chain, offer.rounds, move.answer)
        else:
            self._step(before, move, offer)
        # By name: a callback that was queued may have changed places.
        self._follow(next(item for item in after.seats if item.name == seat.name).node.offer)

    def trace(self) -> Trace:
        """Return what was seen so far, without rounds that have not ended."""
        for unfinished in self._rounds.values():
            self._forget(unfinished)
        numbers: dict[int, int] = {}
        for old, step in enumerate(self._steps):
            if step is not None:
                numbers[old] = len(numbers)
        counted: Counter[tuple[object, ...]] = Counter()
        steps = []
        for old, step in enumerate(self._steps):
            if step is not None:
                key = (step.thread, step.kind, step.primitive, step.span, step.chain)
                source = None if step.source is None else numbers[step.source]
                steps.append(replace(step, number=numbers[old], occurrence=counted[key], source=source))
                counted[key] += 1
        words = list(self._system.source.layout.words.values())
        return Trace(
            steps=tuple(steps),
            order=tuple((words[word].name, tuple(numbers[old] for old in self._order[word])) for word in sorted(self._order)),
            choices=tuple(self._choices),
            taken=tuple(self._counted(taken) for taken in self._taken),
            callbacks=tuple((name, numbers[old]) for name, old in self._callbacks),
        )

    # ── one move ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _choose(self, thread: str, span: Span, chain: tuple[Span, ...], rounds: tuple[int, ...], index: int) -> None:
        key = (thread, span, chain)
        occurrence = self._seen[key]
        self._seen[key] += 1
        choice = Choice(thread=thread, span=span, chain=chain, rounds=rounds, occurrence=occurrence, index=index)
        self._choices.append(choice)

    def _take(self, take: Take, offer: Offer) -> None:
        taken = Taken(
            thread=take.name,
            is_guest=take.is_guest,
            index=take.index,
            interrupted=offer.thread,
            after=0,
            before=offer.span,
            at=len(self._steps),
        )
        self._taken.append(taken)

    def _counted(self, taken: Taken) -> Taken:
        kept = [step for step in self._steps[: taken.at] if step is not None]
        own = sum(step.thread == taken.interrupted for step in kept)
        return replace(taken, after=own, at=len(kept))

    def _step(self, before: State, move: Move, offer: Offer) -> None:
        cpu = before.seats[move.seat].name
        step = self._described(before, move, offer, cpu)
        if step is None:
            return
        number = len(self._steps)
        self._steps.append(step)
        if offer.waiting is not None:
            self._rounds.setdefault(offer.thread, _Round(offer)).steps.append(number)
        layout = self._system.source.layout
        match offer.request:
            case Write(address=address):
                if self._system.machine is Machine.SC:
                    self._reached(number, layout.index[address])
                else:
                    self._buffers.setdefault(cpu, []).append(number)
            case Update(address=address) if step.written is not None:
                self._reached(number, layout.index[address])
            case Queue(callback=callback):
                self._callbacks.append((callback, number))
            case _:
                pass

    def _reached(self, number: int, word: int) -> None:
        self._memory[word] = number
        self._order.setdefault(word, []).append(number)

    def _follow(self, offer: Offer) -> None:
        """Forget the round of waiting that a thread has failed, or keep what it looked at in one that has ended."""
        current = self._rounds.get(offer.thread)
        if current is None:
            return
        if current.is_made_again(offer):
            self._forget(current)
        if offer.waiting is None or offer.is_head:
            del self._rounds[offer.thread]

    def _forget(self, failed: _Round) -> None:
        for number in failed.steps:
            self._steps[number] = None
        failed.steps.clear()

    def _described(self, before: State, move: Move, offer: Offer, cpu: str) -> Step | None:
        step = Step(
            number=0,
            cpu=cpu,
            thread=offer.thread,
            kind=StepKind.FENCE,
            primitive="",
            span=offer.span,
            chain=offer.chain,
            rounds=offer.rounds,
            occurrence=0,
        )
        match offer.request:
            case Read() as request:
                step = replace(step, kind=StepKind.READ, primitive=request.primitive)
                return self._having_read(step, before, cpu, request.address)
            case Write() as request:
                word = self._system.source.layout.words[request.address]
                written = self._shown(request.address, request.value)
                return replace(step, kind=StepKind.WRITE, primitive=request.primitive, name=word.name, written=written)
            case Update() as request:
                step = replace(step, kind=StepKind.UPDATE, primitive=request.primitive)
                step = self._having_read(step, before, cpu, request.address)
                assert isinstance(move.answer, int)
                if not request.writes(move.answer):
                    return step
                return replace(step, written=self._shown(request.address, request.new(move.answer)))
            case Order() as request:
                return replace(step, primitive=request.primitive)
            case Look() as request:
                return replace(step, kind=StepKind.LOOK, name=request.ghost, read=self._of_ghost(request.ghost, move.answer))
            case SetGhost() as request:
                written = self._of_ghost(request.ghost, request.value)
                return replace(step, kind=StepKind.SET, name=request.ghost, written=written)
            case SetCpu() as request:
                return replace(step, kind=StepKind.CPU, primitive=request.primitive)
            case Enter() | Leave() as request:
                kind = StepKind.ENTER if isinstance(request, Enter) else StepKind.LEAVE
                return replace(step, kind=kind, name=request.section.domain)
            case Grace() as request:
                return replace(step, kind=StepKind.GRACE, primitive=request.primitive, name=request.domain)
            case Queue():
                return replace(step, kind=StepKind.QUEUE, primitive="call_rcu")
            case _:
                return None

    def _having_read(self, step: Step, before: State, cpu: str, address: int) -> Step:
        layout = self._system.source.layout
        word = layout.index[address]
        own = self._buffers.get(cpu, [])
        waiting = [
            (number, item.value) for number, item in zip(own, self._stores(before, cpu), strict=True) if item.word == word
        ]
        # What stands there may be read as a value of another type.
        source, seen = waiting[-1] if waiting else (self._memory.get(word), before.memory[word])
        return replace(step, name=layout.words[address].name, read=self._shown(address, seen), source=source)

    def _stores(self, state: State, cpu: str) -> list[BufferedStore]:
        (seat,) = (seat for seat in state.seats if seat.name == cpu)
        return [item for item in seat.buffer if isinstance(item, BufferedStore)]

    def _shown(self, address: int, value: int) -> Shown:
        layout = self._system.source.layout
        return layout.named(value, layout.words[address].type)

    def _of_ghost(self, name: str, value: object) -> Shown:
        source = self._system.source
        kind = next(ghost.type for ghost in source.scenario.ghosts if ghost.name == name)
        return source.layout.named(value, kind) if isinstance(value, int) else str(value)
