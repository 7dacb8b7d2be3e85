"""Walks through a scenario of any size at random: one execution at a time, with its trace."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.meaning.alone import initial_memory
from gupproof.meaning.ending import Judge
from gupproof.meaning.machine import Machine
from gupproof.meaning.outcome import Outcome
from gupproof.meaning.system import Move, MoveKind, State, System
from gupproof.meaning.trace import Trace, Tracer

MOST_MOVES = 200_000

# How often an interrupt or a preemption is taken where it could be; how often a store reaches memory where its thread could
# go on instead.
_EAGERNESS = (0.5, 0.1, 0.02, 0.004)
_FLUSHING = (0.9, 0.5, 0.1)


@dataclass(frozen=True, slots=True)
class Walk:
    """One execution.

    Attributes:
        outcome: how it ends; None where an ``assume`` does not hold, or the walk was cut short.
        trace: what happened.
        moves: how many moves were made.
        is_dropped: an ``assume`` does not hold.

    """

    outcome: Outcome | None
    trace: Trace
    moves: int
    is_dropped: bool


class Walker:
    """Walks through one scenario, as often as it is asked to; what it has learned of a thread it keeps."""

    def __init__(self, unit: typed.Unit, scenario: typed.Scenario, switches: Mapping[str, int], machine: Machine) -> None:
        self.system = System(unit, scenario, switches, machine)
        self._judge = Judge(self.system)

    def walk(self, seed: int, *, limit: int = MOST_MOVES) -> Walk:
        """Return a random execution.

        Args:
            seed: the same seed gives the same execution.
            limit: of moves; the walk is cut short there.

        Raises:
            UninitialisedError: a local without a value is read.

        """
        random = Random(seed)
        tracer = Tracer(self.system)

        def pick(count: int, span: Span) -> int:
            index = random.randrange(count)
            tracer.initial(span, index)
            return index

        state = self.system.start(initial_memory(self.system.source, pick))
        schedule = _Schedule(random)
        for count in range(limit):
            if self.system.is_dropped(state):
                return Walk(None, tracer.trace(), count, is_dropped=True)
            at_rest = self.system.is_at_rest(state)
            move = schedule.chosen(self.system, state, at_rest=at_rest)
            if move is None:
                return Walk(self._judge.outcome(state), tracer.trace(), count, is_dropped=False)
            after = self.system.after(state, move)
            tracer.watch(state, move, after)
            state = after
        return Walk(None, tracer.trace(), limit, is_dropped=False)


class _Schedule:
    """Chooses who goes on; each walk has habits of its own."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._eagerness = random.choice(_EAGERNESS)
        self._flushing = random.choice(_FLUSHING)

    def chosen(self, system: System, state: State, *, at_rest: bool) -> Move | None:
        """Return the next move; None to let the execution end where it is at rest."""
        random = self._random
        numbers = list(range(len(state.seats)))
        random.shuffle(numbers)
        takes: list[Move] = []
        for number in numbers:
            if state.seats[number].buffer and random.random() < self._flushing:
                return Move(number, MoveKind.FLUSH)
            steps: list[Move] = []
            for move in system.thread_moves(state, number):
                (takes if move.kind is MoveKind.TAKE else steps).append(move)
            if takes and random.random() < self._eagerness:
                return random.choice(takes)
            if steps and not at_rest:
                return random.choice(steps)
        if at_rest:
            return random.choice(takes) if takes and random.random() < 0.5 else None
        # Nobody steps: a store has to reach memory, or a thread that shares a CPU to run.
        flushes = [Move(number, MoveKind.FLUSH) for number in numbers if state.seats[number].buffer]
        last: Move = random.choice(flushes or takes)
        return last
