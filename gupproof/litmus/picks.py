"""Values that were chosen among others, with the reads that the choice depended on."""

from dataclasses import dataclass, field
from enum import Enum

from gupproof.program.state import NO_DEPS, Deps, Value


class Picks(Enum):
    """What comes of it that a value was chosen among others, or was stored only since a comparison held."""

    ORDERED = "ordered"  # pick dependencies: the manual since 2022
    NOTHING = "nothing"  # the files from before that work dependencies out: aarch64deps.cat
    COMPARED = "compared"  # the files that took herd7's own: what a CAS compares with decides, as a branch, what it writes


@dataclass(frozen=True, slots=True)
class Picked(Value):
    """A value that was chosen among others, and the reads that the choice depended on.

    Arm's pick dependencies (DDI 0487, B2.3.3): what is computed of the value waits for those reads as after a branch.
    """

    picks: Deps = field(default_factory=dict)


def picks_of(value: Value) -> Deps:
    """Return the reads that only the choice of a value depended on."""
    return value.picks if isinstance(value, Picked) else NO_DEPS
