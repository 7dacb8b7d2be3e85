"""What a CPU runs: its first thread with those that preempt it and the handlers, or a callback of ``call_rcu()``."""

from dataclasses import dataclass

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.meaning.cpu import FaultError, Level, Role, Run, Source
from gupproof.meaning.expressions import entered
from gupproof.meaning.registers import Frame, Value
from gupproof.meaning.requests import SWITCH as CHANGE_OF_THREADS
from gupproof.meaning.requests import End, Ending, Order, Take
from gupproof.meaning.statements import Statements

SECTIONS_OF_A_CPU = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """A CPU of a scenario: the thread it belongs to and what else may run on it."""

    owner: typed.Thread
    guests: tuple[Take, ...]
    interrupts: tuple[Take, ...]


@dataclass(frozen=True, slots=True)
class Callback:
    """A callback of ``call_rcu()``: its name, what it runs, and the statement that queued it."""

    name: str
    function: str
    arguments: tuple[Value, ...]
    span: Span
    chain: tuple[Span, ...]


def places(scenario: typed.Scenario) -> list[Place]:
    """Return the CPUs of a scenario, in the order of their first threads."""
    sharing: dict[str, list[typed.Thread]] = {}
    for thread in scenario.threads:
        # A thread without a CPU by name has one of its own; no CPU is named by a text with a space.
        sharing.setdefault(thread.cpu or f"that of {thread.name}", []).append(thread)
    made = []
    for owner, *others in sharing.values():
        names = {owner.name, *(thread.name for thread in others)}
        guests = tuple(
            Take(thread.name, number, is_guest=True) for number, thread in enumerate(scenario.threads) if thread in others
        )
        interrupts = tuple(
            Take(f"{item.thread}<{item.handler.function}.{number}", number, is_guest=False)
            for number, item in enumerate(scenario.interrupts)
            if item.thread in names
        )
        made.append(Place(owner, guests, interrupts))
    return made


class Processor(Statements):
    """A CPU with everything that runs on it."""

    def __init__(self, source: Source, place: Place | Callback, ordinal: int) -> None:
        super().__init__(source, place.owner.name if isinstance(place, Place) else place.name)
        self.place_of_it = place
        self.ordinal = ordinal
        if isinstance(place, Place):
            self.guests = list(place.guests)
            self.interrupts = list(place.interrupts)
        self.levels.append(Level(self.name, Role.OWNER))

    def run(self) -> Run[None]:
        """Run everything; ends never, but offers its end as often as it is asked."""
        what = self.place_of_it
        if isinstance(what, Place):
            yield from self.body(what.owner.body, Frame((), sees_ghosts=True))
            span = what.owner.span
        else:
            function = self.source.unit.functions[what.function]
            yield from self.body(function.body, entered(function, (*what.chain, what.span), what.arguments))
            span = what.span
        self.trail.clear()
        self.rounds.clear()
        self.frames.append(Frame(()))
        while True:
            answer = yield self._offer(End(), span, self.takes())
            assert isinstance(answer, Take)
            yield from self._interrupted(answer)

    def taken(self, take: Take) -> Run[None]:
        """Run a handler, or a thread that preempts, from beginning to end."""
        scenario = self.source.scenario
        self.levels.append(Level(take.name, Role.GUEST if take.is_guest else Role.HANDLER))
        self.frames.append(Frame((), sees_ghosts=True))
        if take.is_guest:
            thread = scenario.threads[take.index]
            yield from self.step(Order(CHANGE_OF_THREADS), thread.span)
            yield from self.body(thread.body, self.frames.pop())
            self.frames.append(Frame(()))
            self.trail.append("leaves")
            yield from self.step(Order(CHANGE_OF_THREADS), thread.span)
        else:
            try:
                yield from self.value(scenario.interrupts[take.index].handler)
            except FaultError as stopped:
                yield from self.halt(Ending.FAULT, stopped.span, stopped.reason)
        self.frames.pop()
        self.levels.pop()

    def section_index(self, count: int) -> int:
        """Return the index of the ``count``-th SRCU section that begins on this CPU."""
        return self.ordinal * SECTIONS_OF_A_CPU + count
