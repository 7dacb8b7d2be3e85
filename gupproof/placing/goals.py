"""What placements are asked for: slots, and properties that have to hold on platforms."""

from dataclasses import dataclass

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.placing.slots import Placement, Slot
from gupproof.proving.platforms import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Properties of one scenario that have to hold.

    Attributes:
        unit: the file.
        scenario: its name.
        values: every switch with the position of its value; those of the question's slots do not matter.
        settings: what was set, in words.
        properties: names.
        flags: what the model may flag all the same: ``data-race``, say.
        platforms: where.

    """

    unit: typed.Unit
    scenario: str
    values: tuple[tuple[str, int], ...]
    settings: tuple[tuple[str, str], ...]
    properties: tuple[str, ...]
    flags: tuple[str, ...]
    platforms: tuple[Platform, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which placements of some slots reach all of some goals.

    Attributes:
        names: of the theorems.
        slots: what is placed.
        goals: what has to hold.
        expected: the minimal sufficient placements that a theorem expects, in order; None where nothing is expected.
        span: where it asks.

    """

    names: tuple[str, ...]
    slots: tuple[Slot, ...]
    goals: tuple[Goal, ...]
    expected: tuple[Placement, ...] | None = None
    span: Span | None = None

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """Every platform of the goals, in order."""
        return tuple(dict.fromkeys(platform for goal in self.goals for platform in goal.platforms))
