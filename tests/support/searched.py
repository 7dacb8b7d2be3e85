"""The minimal sufficient placements of slots, as the search finds them."""

from collections.abc import Sequence

from gupproof.language import typed
from gupproof.placing.goals import Goal
from gupproof.placing.oracle import Oracle
from gupproof.placing.search import Search
from gupproof.placing.slots import slot_of
from gupproof.proving.obligations import switch_values
from gupproof.proving.platforms import platforms
from tests.support.placements import Chosen


def searched(
    unit: typed.Unit, scenario: str, names: Sequence[str], properties: Sequence[str], models: Sequence[str]
) -> set[Chosen]:
    """Return the minimal sufficient placements, as :func:`tests.support.placements.minimal_placements` does."""
    slots = tuple(slot_of(unit.switches[name]) for name in names)
    where = tuple(platform for name in models for platform in platforms(name))
    goal = Goal(
        unit=unit,
        scenario=scenario,
        values=switch_values(unit, {}),
        settings=(),
        properties=tuple(properties),
        covering=(),
        flags=(),
        platforms=where,
    )
    found = Search(slots, [Oracle(goal, platform, slots) for platform in where]).minimal()
    assert found.complete, found.reason
    return {
        frozenset((slot.name, slot.values[at]) for slot, at in zip(slots, one, strict=True) if at != slot.weakest)
        for one in found.placements
    }
