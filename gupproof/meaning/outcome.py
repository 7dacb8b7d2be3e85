"""How executions end, as values that can be compared with those of another meaning of the language."""

from dataclasses import dataclass

from gupproof.diagnostics import Span
from gupproof.meaning.requests import Ending, Stop

NO_OVERFLOW = "no_overflow"

# Numbers as they are; addresses by name: "NULL", "&x", "&n0.f", "&H + 1".
Shown = int | str


@dataclass(frozen=True, slots=True, order=True)
class Failure:
    """An assert that did not hold, or (property ``no_overflow``) an ``atomic_t`` that went past the ends of its type."""

    property: str
    span: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an execution ends.

    Attributes:
        complete: all threads have come to their end, with everything that ran on their CPUs, and all callbacks have run.
        endings: how each thread and callback ended, by name.
        stops: what did not come to its end though it ran, handlers included, and why.
        memory: the last value of each word, by name.
        ghosts: by name.
        failures: asserts that did not hold and counts that wrapped, in this execution.
        reached: properties whose asserts were reached.
        holds: whether each property and cover holds, by name; None where a loop in it hits its bound. Empty unless
            ``complete``.

    """

    complete: bool
    endings: tuple[tuple[str, Ending], ...]
    stops: frozenset[Stop]
    memory: tuple[tuple[str, Shown], ...]
    ghosts: tuple[tuple[str, Shown], ...]
    failures: frozenset[Failure]
    reached: frozenset[str]
    holds: tuple[tuple[str, bool | None], ...]

    @property
    def faults(self) -> frozenset[Stop]:
        """What faults."""
        return frozenset(stop for stop in self.stops if stop.ending is Ending.FAULT)

    @property
    def bounds(self) -> frozenset[Stop]:
        """Loops that wanted more rounds than they may have."""
        return frozenset(stop for stop in self.stops if stop.ending is Ending.BOUND)

    @property
    def waits(self) -> frozenset[Stop]:
        """What waits for good."""
        return frozenset(stop for stop in self.stops if stop.ending is Ending.WAITS)

    def value(self, name: str) -> Shown:
        """Return the final value of a ghost or word."""
        return dict((*self.memory, *self.ghosts))[name]

    def refutes(self, name: str) -> bool:
        """Whether this execution refutes a property, as docs/language.md says under "How an execution ends"."""
        if self.faults or any(failure.property == name for failure in self.failures):
            return True
        return self.complete and dict(self.holds).get(name) is False


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that a scenario can do on a machine.

    Attributes:
        outcomes: of all executions, those in which an ``assume`` does not hold left out.
        possible: asserts that fail in the beginning of some execution, whatever becomes of it: also where something waits
            that need not wait for good, and before an ``assume`` that does not hold.
        possible_stops: faults and bounds, likewise.
        states: how many states were looked at.

    """

    outcomes: frozenset[Outcome]
    possible: frozenset[Failure]
    possible_stops: frozenset[Stop]
    states: int

    @property
    def complete(self) -> frozenset[Outcome]:
        """Those that come to their end."""
        return frozenset(outcome for outcome in self.outcomes if outcome.complete)

    @property
    def failures(self) -> frozenset[Failure]:
        """Asserts that fail in some execution."""
        return frozenset(failure for outcome in self.outcomes for failure in outcome.failures)

    @property
    def faults(self) -> frozenset[Stop]:
        """What faults in some execution."""
        return frozenset(stop for outcome in self.outcomes for stop in outcome.faults)

    @property
    def bounds(self) -> frozenset[Stop]:
        """Loops that want more rounds in some execution."""
        return frozenset(stop for outcome in self.outcomes for stop in outcome.bounds)

    @property
    def waits(self) -> frozenset[Stop]:
        """What waits for good in some execution."""
        return frozenset(stop for outcome in self.outcomes for stop in outcome.waits)

    @property
    def reached(self) -> frozenset[str]:
        """Properties whose asserts some execution reaches."""
        return frozenset(name for outcome in self.outcomes for name in outcome.reached)

    def refutes(self, name: str) -> bool:
        """Whether some execution refutes a property."""
        return any(outcome.refutes(name) for outcome in self.outcomes)

    def reaches(self, name: str) -> bool:
        """Whether a cover holds at the end of some execution that is complete."""
        return any(dict(outcome.holds)[name] is True for outcome in self.complete)

    def finals(self, *names: str) -> set[tuple[Shown, ...]]:
        """Return the last values of ghosts and words together, of the executions that are complete."""
        return {tuple(outcome.value(name) for name in names) for outcome in self.complete}


def failure(name: str, span: Span) -> Failure:
    """Return a failure at a place."""
    return Failure(name, str(span))
