"""What placements are asked for: slots, and properties that have to hold on platforms."""

from dataclasses import dataclass

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.placing.slots import Placement, Slot
from gupproof.proving.platforms import Platform
from gupproof.proving.result import Obligation


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Properties of one scenario that have to hold.

    Attributes:
        unit: the file.
        scenario: its name.
        values: every switch with the position of its value; those of the question's slots do not matter.
        settings: what was set, in words.
        properties: names.
        covering: covers that have to be reached.
        flags: what the model may flag all the same: ``data-race``, say.
        platforms: where.

    """

    unit: typed.Unit
    scenario: str
    values: tuple[tuple[str, int], ...]
    settings: tuple[tuple[str, str], ...]
    properties: tuple[str, ...]
    covering: tuple[str, ...]
    flags: tuple[str, ...]
    platforms: tuple[Platform, ...]

    def obligation(self, name: str, platform: Platform) -> Obligation:
        """Return what ``prove`` would be asked about one of the properties, with the switches as they are."""
        return Obligation(
            file=self.unit.path,
            theorem="",
            claim="",
            doc="",
            scenario=self.scenario,
            settings=self.settings,
            values=self.values,
            property=name,
            model=platform.model,
            target=platform.target,
            covering=self.covering,
            expect=None,
            expected_flags=self.flags,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which placements of some slots reach all of some goals.

    Attributes:
        names: of the theorems.
        slots: what is placed.
        kept: other slots of the goals' scenarios, which stay as they are, with what stands there.
        idle: slots that were named, and that stand nowhere in the goals' scenarios: they make no difference.
        goals: what has to hold.
        expected: the minimal sufficient placements that a theorem expects, in order; None where nothing is expected.
        span: where it asks.

    """

    names: tuple[str, ...]
    slots: tuple[Slot, ...]
    goals: tuple[Goal, ...]
    expected: tuple[Placement, ...] | None = None
    kept: tuple[tuple[str, str], ...] = ()
    idle: tuple[str, ...] = ()
    span: Span | None = None

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """Every platform of the goals, in order."""
        return tuple(dict.fromkeys(platform for goal in self.goals for platform in goal.platforms))
