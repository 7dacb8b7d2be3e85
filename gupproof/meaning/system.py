"""A scenario on a machine: its global states, and the moves that lead from one to the next."""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import NamedTuple

from gupproof.language import typed
from gupproof.language.tree import walk
from gupproof.meaning.automaton import Automaton, Node
from gupproof.meaning.cpu import Source
from gupproof.meaning.grace import Sections, awaited, awaited_by_callback, with_one_less, with_one_more
from gupproof.meaning.layout import Layout
from gupproof.meaning.machine import (
    FULL_FENCES,
    LOOK_FIRST,
    Buffer,
    Buffered,
    BufferedLeave,
    BufferedQueue,
    BufferedStore,
    Machine,
    forwarded,
)
from gupproof.meaning.processor import Callback, Processor, places
from gupproof.meaning.registers import Value
from gupproof.meaning.requests import (
    Answer,
    Drop,
    End,
    Ending,
    Enter,
    Grace,
    GraceBegin,
    Halt,
    Halted,
    Leave,
    Look,
    Offer,
    Order,
    Pick,
    Queue,
    Read,
    Request,
    Section,
    SetCpu,
    SetGhost,
    Update,
    Write,
    as_kind,
)


class Seat(NamedTuple):
    """A CPU in a state of the system.

    Attributes:
        name: of its first thread, or of the callback.
        node: where it is.
        buffer: what is on its way to memory.
        waits: what each grace period waits for that code on it has begun, the latest last.
        grace: of a callback, what its grace period waits for; None if that has not begun.
        queued: a callback that does not run yet: its grace period has not ended, or (``grace`` is None) not begun, since the
            ``call_rcu()`` is still on its way to memory.

    """

    name: str
    node: Node
    buffer: Buffer = ()
    waits: tuple[Sections, ...] = ()
    grace: Sections | None = None
    queued: bool = False


class State(NamedTuple):
    """A state of the system: its CPUs (callbacks last), words in order, ghosts in order, and sections that are open."""

    seats: tuple[Seat, ...]
    memory: tuple[int, ...]
    ghosts: tuple[Value, ...]
    sections: Sections


class MoveKind(Enum):
    """What a move is."""

    STEP = "the step that is offered"
    LOOK = "a conditional read-modify-write that finds nothing to do, and is no more than a load"
    TAKE = "an interrupt, or a thread that preempts"
    FLUSH = "the oldest of a buffer reaches memory"


class Move(NamedTuple):
    """A move of the CPU in a seat; ``answer`` is what its thread gets."""

    seat: int
    kind: MoveKind
    answer: Answer = None


class System:
    """A scenario with values for its switches, on a machine."""

    def __init__(self, unit: typed.Unit, scenario: typed.Scenario, switches: Mapping[str, int], machine: Machine) -> None:
        every = {name: switch.default for name, switch in unit.switches.items()} | dict(switches)
        self.machine = machine
        self.source = Source(unit, scenario, every, Layout(unit, scenario))
        self.ghost_index = {ghost.name: position for position, ghost in enumerate(scenario.ghosts)}
        self.places = places(scenario)
        self._automata = {
            place.owner.name: Automaton(lambda place=place, number=number: Processor(self.source, place, number))  # type: ignore[misc]
            for number, place in enumerate(self.places)
        }
        self._callbacks: dict[Callback, Automaton] = {}
        kinds = {type(node) for node in _everything(unit, scenario)}
        self.has_callbacks = typed.CallRcu in kinds
        self.has_grace = self.has_callbacks or typed.SrcuSync in kinds or _synchronizes(unit, scenario)

    def start(self, memory: Mapping[int, int]) -> State:
        """Return the state in which a scenario begins, given what is in memory by address."""
        seats = tuple(Seat(name, automaton.root) for name, automaton in self._automata.items())
        words = tuple(memory.get(address, 0) for address in self.source.layout.words)
        return State(seats, words, (0,) * len(self.ghost_index), ())

    # ── which moves there are ────────────────────────────────────────────────────────────────────────────────────────

    def moves(self, state: State) -> Iterator[Move]:
        """Return all moves of a state."""
        for seat in range(len(state.seats)):
            yield from self.thread_moves(state, seat)
            if state.seats[seat].buffer:
                yield Move(seat, MoveKind.FLUSH)

    def thread_moves(self, state: State, number: int) -> Iterator[Move]:
        """Return the moves of a CPU but for those of its buffer."""
        seat = state.seats[number]
        if seat.queued:
            return
        for take in seat.node.offer.takes:
            yield Move(number, MoveKind.TAKE, take)
        yield from self.steps(state, number)

    def steps(self, state: State, number: int) -> Iterator[Move]:
        """Return the ways in which the step that a CPU offers can be made now."""
        seat = state.seats[number]
        request = seat.node.offer.request
        match request:
            case Read():
                yield Move(number, MoveKind.STEP, as_kind(self._seen(state, seat, request.address), request.kind))
            case Update():
                yield from self._updates(state, number, request)
            case Order():
                if not (request.primitive in FULL_FENCES and seat.buffer):
                    yield Move(number, MoveKind.STEP)
            case Look():
                yield Move(number, MoveKind.STEP, state.ghosts[self.ghost_index[request.ghost]])
            case Pick():
                for choice in range(request.count):
                    yield Move(number, MoveKind.STEP, choice)
            case Leave():
                yield Move(number, MoveKind.STEP, self._is_open(state, request.section))
            case GraceBegin():
                if not seat.buffer:
                    yield Move(number, MoveKind.STEP)
            case Grace():
                if seat.waits[-1] == () and not seat.buffer:
                    yield Move(number, MoveKind.STEP)
            case Write() | SetGhost() | SetCpu() | Enter() | Queue():
                yield Move(number, MoveKind.STEP)
            case Halt():
                if request.stop.ending is not Ending.WAITS:
                    yield Move(number, MoveKind.STEP)
            case Halted() | Drop() | End():
                return

    def _updates(self, state: State, number: int, request: Update) -> Iterator[Move]:
        seat = state.seats[number]
        if request.primitive in LOOK_FIRST:
            seen = as_kind(self._seen(state, seat, request.address), request.kind)
            if not request.writes(seen):
                yield Move(number, MoveKind.LOOK, seen)
                return
        if not seat.buffer:
            old = as_kind(state.memory[self.source.layout.index[request.address]], request.kind)
            if not request.waits or request.writes(old):
                yield Move(number, MoveKind.STEP, old)

    def _seen(self, state: State, seat: Seat, address: int) -> int:
        word = self.source.layout.index[address]
        own = forwarded(seat.buffer, word)
        return state.memory[word] if own is None else own

    def _is_open(self, state: State, section: Section) -> bool:
        ending = any(item == BufferedLeave(section) for seat in state.seats for item in seat.buffer)
        return any(item == section for item, _ in state.sections) and not (section.cpu == "" and ending)

    def is_local(self, state: State, number: int) -> bool:
        """Whether the step that a CPU offers can be made, and neither sees nor changes what any other CPU sees or changes.

        It may then be made before whatever others do. A step at which a thread could also stay for good is none of these.
        """
        seat = state.seats[number]
        offer = seat.node.offer
        if seat.queued or (offer.takes and offer.is_head):
            return False
        match offer.request:
            case Pick() | SetCpu():
                return True
            case Halt():
                return offer.request.stop.ending is not Ending.WAITS
            case Look() | SetGhost():
                return not self.has_callbacks
            case Order():
                return not (offer.request.primitive in FULL_FENCES and seat.buffer)
            case Write():
                return self.machine is Machine.TSO
            case Enter():
                return not self.has_grace
            case Leave():
                return not self.has_grace or (bool(seat.buffer) and offer.request.section.cpu != "")
            case Queue():
                return bool(seat.buffer)
            case _:
                return False

    # ── making a move ────────────────────────────────────────────────────────────────────────────────────────────────

    def after(self, state: State, move: Move) -> State:
        """Return the state that a move leads to."""
        seat = state.seats[move.seat]
        match move.kind:
            case MoveKind.FLUSH:
                rest = _with_seat(state, move.seat, seat._replace(buffer=seat.buffer[1:]))
                return self._arrived(rest, seat.name, seat.buffer[0])
            case MoveKind.TAKE | MoveKind.LOOK:
                return self._answered(state, move)
            case MoveKind.STEP:
                return self._stepped(self._answered(state, move), move, seat.node.offer)

    def _answered(self, state: State, move: Move) -> State:
        seat = state.seats[move.seat]
        node = seat.node.automaton.after(seat.node, move.answer)
        return _with_seat(state, move.seat, seat._replace(node=node))

    def _stepped(self, state: State, move: Move, offer: Offer) -> State:
        request: Request = offer.request
        match request:
            case Write():
                store = BufferedStore(self.source.layout.index[request.address], request.value)
                return self._sent(state, move.seat, store, delays=True)
            case Update():
                assert isinstance(move.answer, int)
                if not request.writes(move.answer):
                    return state
                word = self.source.layout.index[request.address]
                return self._arrived(state, "", BufferedStore(word, request.new(move.answer)))
            case SetGhost():
                position = self.ghost_index[request.ghost]
                ghosts = (*state.ghosts[:position], request.value, *state.ghosts[position + 1 :])
                return state._replace(ghosts=ghosts)
            case Enter():
                return state._replace(sections=with_one_more(state.sections, request.section))
            case GraceBegin():
                begun = state.seats[move.seat]
                awaits = (*begun.waits, awaited(state.sections, request.domain))
                return _with_seat(state, move.seat, begun._replace(waits=awaits))
            case Grace():
                done = state.seats[move.seat]
                return _with_seat(state, move.seat, done._replace(waits=done.waits[:-1]))
            case Leave():
                if not move.answer:
                    return state
                return self._sent(state, move.seat, BufferedLeave(request.section), delays=False)
            case Queue():
                what = Callback(request.callback, request.function, request.arguments, offer.span, offer.chain)
                name = state.seats[move.seat].name
                state = self._with_callback(state, what)
                number = next(number for number, seat in enumerate(state.seats) if seat.name == name)
                return self._sent(state, number, BufferedQueue(request.callback, request.inside), delays=False)
            case _:
                return state

    def _sent(self, state: State, number: int, item: Buffered, *, delays: bool) -> State:
        """Return the state after something was sent to memory.

        ``delays``: it may be under way for a while even when nothing is before it.
        """
        seat = state.seats[number]
        if self.machine is Machine.TSO and (delays or seat.buffer):
            return _with_seat(state, number, seat._replace(buffer=(*seat.buffer, item)))
        return self._arrived(state, seat.name, item)

    def _arrived(self, state: State, cpu: str, item: Buffered) -> State:
        match item:
            case BufferedStore():
                memory = (*state.memory[: item.word], item.value, *state.memory[item.word + 1 :])
                return state._replace(memory=memory)
            case BufferedLeave():
                seats = tuple(_without(seat, item.section) for seat in state.seats)
                return state._replace(seats=seats, sections=with_one_less(state.sections, item.section))
            case BufferedQueue():
                waits_for = awaited_by_callback(state.sections, cpu, item.inside)
                seats = tuple(
                    _begun(seat._replace(grace=waits_for)) if seat.name == item.callback else seat for seat in state.seats
                )
                return state._replace(seats=seats)

    def _with_callback(self, state: State, what: Callback) -> State:
        automaton = self._callbacks.get(what)
        if automaton is None:
            ordinal = len(self.places) + len(self._callbacks)
            automaton = self._callbacks[what] = Automaton(lambda: Processor(self.source, what, ordinal))
        first = len(self.places)
        queued = Seat(what.name, automaton.root, queued=True)
        callbacks = sorted([*state.seats[first:], queued], key=lambda seat: seat.name)
        return state._replace(seats=(*state.seats[:first], *callbacks))

    # ── where nothing goes on ────────────────────────────────────────────────────────────────────────────────────────

    def is_dropped(self, state: State) -> bool:
        """Whether an ``assume`` does not hold."""
        return any(isinstance(seat.node.offer.request, Drop) for seat in state.seats)

    def is_at_rest(self, state: State) -> bool:
        """Whether nothing need happen any more: all have come to their end, stopped, or wait for what does not come.

        Interrupts may still come, since they need not. A thread that shares a CPU must run where it can.
        """
        return not any(seat.buffer for seat in state.seats) and all(
            self._rests(state, number) for number in range(len(state.seats))
        )

    def _rests(self, state: State, number: int) -> bool:
        seat = state.seats[number]
        offer = seat.node.offer
        if seat.queued:
            return bool(seat.grace)
        if any(take.is_guest for take in offer.takes):
            return False
        match offer.request:
            case Halted() | End():
                return True
            case Halt():
                return offer.request.stop.ending is Ending.WAITS
            case Grace():
                return seat.waits[-1] != ()
            case Update() if offer.request.waits:
                return next(self.steps(state, number), None) is None
            case _:
                return offer.is_head and self._waits_in_vain(state, number)

    def _waits_in_vain(self, state: State, number: int) -> bool:
        """Whether no round of waiting ends well while nobody else does anything."""
        head = state.seats[number].node
        seen, pending = {head}, [head]
        while pending:
            node = pending.pop()
            at_node = _with_seat(state, number, state.seats[number]._replace(node=node))
            for move in self.steps(at_node, number):
                after = node.automaton.after(node, move.answer)
                offer = after.offer
                if after is not head and (offer.waiting != head.offer.waiting or offer.is_head):
                    return False
                if after not in seen:
                    seen.add(after)
                    pending.append(after)
        return True


def _without(seat: Seat, section: Section) -> Seat:
    """Return a CPU on which nothing waits for a section any more."""
    waits = tuple(with_one_less(item, section) for item in seat.waits)
    grace = with_one_less(seat.grace, section) if seat.grace else seat.grace
    return _begun(seat._replace(waits=waits, grace=grace))


def _begun(seat: Seat) -> Seat:
    """Return a callback whose grace period has ended as one that runs; everything else as it is."""
    return seat._replace(grace=None, queued=False) if seat.queued and seat.grace == () else seat


def _with_seat(state: State, number: int, seat: Seat) -> State:
    return state._replace(seats=(*state.seats[:number], seat, *state.seats[number + 1 :]))


def _everything(unit: typed.Unit, scenario: typed.Scenario) -> Iterator[typed.Node]:
    """Return every node that may run: of all functions and of the scenario's threads."""
    bodies = [statement for function in unit.functions.values() for statement in function.body]
    bodies += [statement for thread in scenario.threads for statement in thread.body]
    return walk(*bodies)


def _synchronizes(unit: typed.Unit, scenario: typed.Scenario) -> bool:
    return any(isinstance(node, typed.Rcu) and node.step is typed.RcuStep.SYNCHRONIZE for node in _everything(unit, scenario))
