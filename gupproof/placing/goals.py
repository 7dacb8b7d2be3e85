"""What placements are asked for: slots, and properties that have to hold on platforms."""

from dataclasses import dataclass

from gupproof.language import typed
from gupproof.placing.slots import Slot
from gupproof.proving.platforms import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Properties of one scenario that have to hold.

    Attributes:
        unit: the file.
        scenario: its name.
        values: every switch with the position of its value; those of the question's slots do not matter.
        properties: names.
        flags: what the model may flag all the same: ``data-race``, say.
        platforms: where.

    """

    unit: typed.Unit
    scenario: str
    values: tuple[tuple[str, int], ...]
    properties: tuple[str, ...]
    flags: tuple[str, ...]
    platforms: tuple[Platform, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which placements of some slots reach all of some goals.

    Attributes:
        name: of the theorem, or of several.
        slots: what is placed.
        goals: what has to hold.

    """

    name: str
    slots: tuple[Slot, ...]
    goals: tuple[Goal, ...]

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """Every platform of the goals, in order."""
        return tuple(dict.fromkeys(platform for goal in self.goals for platform in goal.platforms))
