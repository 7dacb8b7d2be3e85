"""The minimal sufficient placements of slots, found by trying every placement: the rival of a search that does not."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from gupproof.language import typed
from gupproof.language.strength import weaker, weakest
from gupproof.proving.obligations import switch_values
from gupproof.proving.platforms import Platform, platforms
from gupproof.proving.result import Obligation, Verdict
from gupproof.proving.session import Session

Placement = dict[str, str]
Chosen = frozenset[tuple[str, str]]  # slots with their alternatives, without those at their weakest


def minimal_placements(
    unit: typed.Unit,
    scenario: str,
    slots: Sequence[str],
    properties: Sequence[str],
    models: Iterable[str],
    *,
    settings: Mapping[str, str] | None = None,
    may_be_vacuous: bool = False,
) -> set[Chosen]:
    """Return the sufficient placements of which no slot may be weaker; none where no placement is sufficient.

    Each placement is built into the scenario and judged by itself, and nothing is concluded from one to another.

    Args:
        unit: the file.
        scenario: its name.
        slots: those to place.
        properties: all of these have to be proved,
        models: under all of these, on each of their targets.
        settings: the other switches, where they have not their default.
        may_be_vacuous: whether a property that holds because nothing comes to its covers counts as holding; otherwise such a
            placement is an error.

    """
    holding = {Verdict.PROVED, Verdict.VACUOUS} if may_be_vacuous else {Verdict.PROVED}
    wanted = [platform for name in models for platform in platforms(name)]
    every = [dict(zip(slots, values, strict=True)) for values in product(*(unit.switches[slot].values for slot in slots))]
    sufficient = [
        placement
        for placement in every
        if all(_holds(unit, scenario, platform, properties, {**(settings or {}), **placement}, holding) for platform in wanted)
    ]
    return {_chosen(unit, placement) for placement in sufficient if not any(_weaker(other, placement) for other in sufficient)}


def _holds(
    unit: typed.Unit,
    scenario: str,
    platform: Platform,
    properties: Sequence[str],
    settings: Mapping[str, str],
    holding: set[Verdict],
) -> bool:
    chosen = {name: unit.switches[name].values.index(value) for name, value in settings.items()}
    session = Session(unit, scenario, platform, dict(switch_values(unit, chosen)))
    results = [session.judge(_obligation(unit, scenario, platform, name, chosen), timeout=60) for name in properties]
    strange = [(result.verdict, result.reason) for result in results if result.verdict not in {*holding, Verdict.REFUTED}]
    assert not strange, strange
    return all(result.verdict in holding and not result.flags for result in results)


def _obligation(unit: typed.Unit, scenario: str, platform: Platform, name: str, chosen: dict[str, int]) -> Obligation:
    return Obligation(
        file=unit.path,
        theorem="",
        claim="",
        doc="",
        scenario=scenario,
        settings=tuple((switch, unit.switches[switch].values[value]) for switch, value in chosen.items()),
        values=switch_values(unit, chosen),
        property=name,
        model=platform.model,
        target=platform.target,
        covering=tuple(cover.name for cover in unit.scenarios[scenario].covers),
        expect=None,
    )


def _weaker(one: Placement, other: Placement) -> bool:
    """Whether ``one`` is weaker than ``other``: in some slot, and stronger or beside it in none."""
    return one != other and all(value == other[slot] or weaker(value, other[slot]) for slot, value in one.items())


def _chosen(unit: typed.Unit, placement: Placement) -> Chosen:
    return frozenset((slot, value) for slot, value in placement.items() if value != weakest(unit.switches[slot].values))
