"""Runs of a scenario's own text, made by :mod:`gupproof.meaning`: what the encodings of all models are held against."""

from collections.abc import Iterator, Mapping

from gupproof.language import typed
from gupproof.language.types import SRCU
from gupproof.meaning import Ending, Machine, UninitialisedError, Walk, Walker
from gupproof.meaning.layout import Layout
from gupproof.meaning.processor import places

MAX_TRIES = 8  # walks for each run that is wanted: some wait for good, or do not meet an assumption
MOST_KEPT = 16


class Runs:
    """Runs of one scenario on one machine.

    Args:
        unit: the file of the scenario.
        scenario: the scenario.
        machine: that makes them.

    Attributes:
        cpus: the name that runs have for each CPU that is not a callback's, in the order of their first threads.
        words: the names of those that runs read and write.

    """

    def __init__(self, unit: typed.Unit, scenario: typed.Scenario, machine: Machine) -> None:
        self.unit, self.scenario, self.machine = unit, scenario, machine
        self.cpus = tuple(place.owner.name for place in places(scenario))
        self.words = frozenset(word.name for word in Layout(unit, scenario).words.values() if word.type != SRCU)
        self._made: dict[tuple[tuple[str, int], ...], tuple[Walk, ...]] = {}

    def made(self, switches: Mapping[str, int], count: int) -> tuple[Walk, ...]:
        """Return up to ``count`` runs with switches at given positions: complete ones, or where these are few, what waits."""
        key = (*switches.items(), ("", count))
        if key not in self._made:
            complete: list[Walk] = []
            waiting: list[Walk] = []
            for walk in self._walks(switches, count * MAX_TRIES):
                (complete if walk.outcome and walk.outcome.complete else waiting).append(walk)
                if len(complete) == count:
                    break
            self._made[key] = (*complete, *waiting)[:count]
        return self._made[key]

    def _walks(self, switches: Mapping[str, int], tries: int) -> Iterator[Walk]:
        """Make runs that come to their end or wait for good."""
        walker = Walker(self.unit, self.scenario, switches, self.machine)
        for seed in range(tries):
            try:
                walk = walker.walk(seed)
            except UninitialisedError:
                return
            if walk.outcome is not None and all(stop.ending is Ending.WAITS for stop in walk.outcome.stops):
                yield walk


_kept: dict[tuple[int, str, Machine], Runs] = {}


def runs_of(unit: typed.Unit, scenario: typed.Scenario, machine: Machine) -> Runs:
    """Return the runs of a scenario; those asked for last are kept, since several models are held against the same ones."""
    key = (id(unit), scenario.name, machine)  # what is kept knows its file, so that no other has that id
    found = _kept.pop(key) if key in _kept else Runs(unit, scenario, machine)
    _kept[key] = found
    if len(_kept) > MOST_KEPT:
        del _kept[next(iter(_kept))]
    return found
