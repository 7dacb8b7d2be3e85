"""Tells how an execution ends from the state that nothing leads on from."""

from collections.abc import Iterator

from gupproof.meaning.alone import holds
from gupproof.meaning.outcome import NO_OVERFLOW, Failure, Outcome, Shown, failure
from gupproof.meaning.registers import Value
from gupproof.meaning.requests import End, Ending, Grace, Halt, Halted, Stop
from gupproof.meaning.system import Seat, State, System


class Judge:
    """Turns final states of a system into outcomes; what a property says of a memory is worked out once."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._judged: dict[tuple[object, ...], tuple[tuple[str, bool | None], ...]] = {}

    def outcome(self, state: State) -> Outcome:
        """Return how an execution ends that comes to rest in ``state``."""
        source = self.system.source
        complete = all(_is_complete(seat) for seat in state.seats)
        failures = frozenset(item for seat in state.seats for item in failures_of(seat))
        words = source.layout.words.values()
        return Outcome(
            complete=complete,
            endings=tuple(ending for seat in state.seats for ending in _endings(seat)),
            stops=frozenset(stop for seat in state.seats for stop in stops_of(seat)),
            memory=tuple(
                (word.name, source.layout.named(value, word.type)) for word, value in zip(words, state.memory, strict=True)
            ),
            ghosts=tuple(
                (ghost.name, self._shown(value, position))
                for position, (ghost, value) in enumerate(zip(source.scenario.ghosts, state.ghosts, strict=True))
            ),
            failures=failures,
            reached=frozenset(name for seat in state.seats for name in seat.node.marks.reached),
            holds=self._holds(state) if complete else (),
        )

    def _shown(self, value: Value, position: int) -> Shown:
        source = self.system.source
        return source.layout.named(value, source.scenario.ghosts[position].type) if isinstance(value, int) else str(value)

    def _holds(self, state: State) -> tuple[tuple[str, bool | None], ...]:
        # In a proposition the name stands for the property, which asserts can belong to as well.
        overflowed = any(item.property == NO_OVERFLOW for seat in state.seats for item in failures_of(seat))
        key = (state.memory, state.ghosts, overflowed)
        if key not in self._judged:
            source = self.system.source
            memory = dict(zip(source.layout.words, state.memory, strict=True))
            ghosts = {ghost.name: value for ghost, value in zip(source.scenario.ghosts, state.ghosts, strict=True)}
            self._judged[key] = tuple(
                (item.name, holds(source, item, memory, ghosts, overflowed=overflowed))
                for item in (*source.scenario.properties, *source.scenario.covers)
            )
        return self._judged[key]


def failures_of(seat: Seat) -> Iterator[Failure]:
    """Yield the asserts that have failed on a CPU, and the counts that have wrapped."""
    marks = seat.node.marks
    for name, span in marks.failed:
        yield failure(name, span)
    for span in marks.overflowed:
        yield failure(NO_OVERFLOW, span)


def stops_of(seat: Seat) -> Iterator[Stop]:
    """Yield where a CPU that is at rest goes no further, and what has not run on it."""
    offer = seat.node.offer
    if seat.queued:
        yield Stop(seat.name, Ending.WAITS, offer.span, "its grace period has not ended")
    elif isinstance(offer.request, Halt | Halted):
        yield offer.request.stop
    elif not isinstance(offer.request, End):
        reason = "its grace period has not ended" if isinstance(offer.request, Grace) else "what it waits for does not come"
        yield Stop(offer.thread, Ending.WAITS, offer.waiting or offer.span, reason)
    for name in seat.node.guests:
        yield Stop(name, Ending.WAITS, offer.span, "it has not run")


def _is_complete(seat: Seat) -> bool:
    return isinstance(seat.node.offer.request, End) and not seat.queued and not seat.node.guests


def _endings(seat: Seat) -> Iterator[tuple[str, Ending]]:
    """Yield how the threads of a CPU end, the first of them and those that it was preempted by when it stopped."""
    request = seat.node.offer.request
    how = Ending.ENDED
    if seat.queued or not isinstance(request, End):
        how = request.stop.ending if isinstance(request, Halt | Halted) else Ending.WAITS
    *below, _ = seat.node.running
    yield seat.name, Ending.HELD if below else how
    for name in seat.node.running[1:]:
        yield name, how if name == seat.node.running[-1] else Ending.HELD
    for name in seat.node.guests:
        yield name, Ending.WAITS
