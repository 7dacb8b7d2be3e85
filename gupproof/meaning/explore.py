"""Finds everything that a small scenario can do: all interleavings, and all delays of what is buffered.

Threads whose next step no other CPU can notice make it at once (a persistent set of one thread, Godefroid 1996), and states are
looked at once. Such a step has to lead somewhere new, so that nobody is put off for ever by a thread that goes in circles.
"""

from collections.abc import Mapping

from gupproof.language import typed
from gupproof.meaning.alone import initial_memories
from gupproof.meaning.ending import Judge, failures_of
from gupproof.meaning.machine import Machine
from gupproof.meaning.outcome import Failure, Findings, Outcome
from gupproof.meaning.requests import Halted, Stop
from gupproof.meaning.system import State, System

MOST_STATES = 1_000_000


class TooManyStatesError(Exception):
    """A scenario has more states than may be looked at."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit:,} states: explore a smaller scenario, or walk through this one at random")
        self.limit = limit


def explore(
    unit: typed.Unit,
    scenario: typed.Scenario,
    switches: Mapping[str, int],
    machine: Machine,
    *,
    limit: int = MOST_STATES,
    reduce: bool = True,
) -> Findings:
    """Return everything that a scenario can do.

    Args:
        unit: the file.
        scenario: what runs, of that file.
        switches: positions of values; the others have their defaults.
        machine: what it runs on.
        limit: how many states may be looked at.
        reduce: leave out what makes no difference; without it only much slower.

    Raises:
        TooManyStatesError: there are more states.
        UninitialisedError: a local without a value is read on some path.

    """
    system = System(unit, scenario, switches, machine)
    search = _Search(system, limit, reduce=reduce)
    for memory in initial_memories(system.source):
        search.push(system.start(memory))
    search.run()
    return Findings(frozenset(search.outcomes), frozenset(search.failures), frozenset(search.stops), len(search.seen))


class _Search:
    """Looks at states, the newest first."""

    def __init__(self, system: System, limit: int, *, reduce: bool) -> None:
        self.system = system
        self.limit = limit
        self.reduce = reduce
        self.judge = Judge(system)
        self.seen: set[State] = set()
        self.stack: list[State] = []
        self.outcomes: set[Outcome] = set()
        self.failures: set[Failure] = set()
        self.stops: set[Stop] = set()

    def push(self, state: State) -> bool:
        """Keep a state to be looked at; return whether it is new."""
        if state in self.seen:
            return False
        if len(self.seen) >= self.limit:
            raise TooManyStatesError(self.limit)
        self.seen.add(state)
        self.stack.append(state)
        return True

    def run(self) -> None:
        """Look at all states that can be reached."""
        while self.stack:
            state = self.stack.pop()
            if self.system.is_dropped(state):
                continue
            self._note(state)
            if self.system.is_at_rest(state):
                self.outcomes.add(self.judge.outcome(state))
            if not (self.reduce and self._made_at_once(state)):
                for move in self.system.moves(state):
                    self.push(self.system.after(state, move))

    def _made_at_once(self, state: State) -> bool:
        """Let one CPU alone go on, where that leaves nothing out; return whether it did."""
        for number in range(len(state.seats)):
            if self.system.is_local(state, number):
                # Each of them is pushed, so no generator with `any`.
                new = [self.push(self.system.after(state, move)) for move in self.system.thread_moves(state, number)]
                if any(new):
                    return True
        return False

    def _note(self, state: State) -> None:
        for seat in state.seats:
            self.failures.update(failures_of(seat))
            request = seat.node.offer.request
            if isinstance(request, Halted):
                self.stops.add(request.stop)
