"""Runs of a scenario's own text, given to the encoding that proved something of it: it has to allow each of them.

The runs are made by :mod:`gupproof.meaning`, which shares nothing with the way from text to clauses, on a machine whose
executions the model allows: x86-TSO's under x86-tso, sequentially consistent ones under every model. A run is told by its
final state.
"""

from collections.abc import Iterator, Mapping
from itertools import islice

from gupproof.language import typed
from gupproof.meaning import Machine, Outcome, UninitialisedError, Walker
from gupproof.program.events import Program
from gupproof.program.expr import Expr
from gupproof.relations.symmetry import exchangeable_threads

MAX_TRIES = 8  # walks for each run that is wanted: some wait for good, or do not meet an assumption


class Runs:
    """Complete runs of one scenario.

    Args:
        unit: the file of the scenario.
        scenario: the scenario.
        program: the same, unrolled.
        model: the name of the model that has to allow them.

    """

    def __init__(self, unit: typed.Unit, scenario: typed.Scenario, program: Program, model: str) -> None:
        self._unit, self._scenario, self._program = unit, scenario, program
        self._machine = Machine.TSO if model == Machine.TSO.value else Machine.SC
        self._addresses = _addresses(program)
        # Of threads that do the same the encoding has one order only: then a register may be another thread's.
        self._with_ghosts = not exchangeable_threads(program)
        self._made: dict[tuple[int, ...], tuple[Outcome, ...]] = {}

    def outcomes(self, switches: Mapping[str, int], count: int) -> tuple[Outcome, ...]:
        """Return up to ``count`` complete runs with switches at given positions."""
        key = tuple(switches.values())
        if key not in self._made:
            self._made[key] = tuple(islice(self._walks(switches, count * MAX_TRIES), count))
        return self._made[key]

    def _walks(self, switches: Mapping[str, int], tries: int) -> Iterator[Outcome]:
        walker = Walker(self._unit, self._scenario, switches, self._machine)
        for seed in range(tries):
            try:
                outcome = walker.walk(seed).outcome
            except UninitialisedError:
                return
            if outcome is not None and outcome.complete:
                yield outcome

    def state(self, outcome: Outcome) -> list[tuple[Expr, int]] | None:
        """Return the final state of a run as expressions and their values; None where an address in it has no name."""
        pool, state = self._program.pool, []
        for name, shown in outcome.memory:
            value = self._value(shown)
            if value is None or name not in self._addresses:
                return None
            state.append((pool.final(pool.const(self._addresses[name])), value))
        for name, shown in outcome.ghosts if self._with_ghosts else ():
            value = self._value(shown)
            if value is None:
                return None
            state.append((self._program.ghosts[name], value))
        return state

    def _value(self, shown: int | str) -> int | None:
        if isinstance(shown, int):
            return shown
        if shown == "NULL":
            return 0
        name, _, added = shown.removeprefix("&").partition(" + ")
        base = self._addresses.get(name)
        return None if base is None else base + int(added or 0)


def _addresses(program: Program) -> dict[str, int]:
    """Return the address of every word, and of every object that words lie in, by name."""
    found: dict[str, int] = {}
    for location in program.locations:
        name = location.name
        for end, character in enumerate(name):
            if character in ".[":
                found.setdefault(name[:end], location.address)
        found[name] = location.address
    return found


def shown(outcome: Outcome) -> str:
    """Return a final state in words."""
    return ", ".join(f"{name} = {value}" for name, value in (*outcome.ghosts, *outcome.memory))
