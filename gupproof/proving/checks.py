"""Obligations of a file without theorems: every property of its scenarios."""

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches

from gupproof.diagnostics import Diagnostic, GupError
from gupproof.language import typed
from gupproof.language.effects import Effects
from gupproof.proving.obligations import switch_values
from gupproof.proving.platforms import Platform, platforms
from gupproof.proving.result import Obligation


def check_obligations(
    unit: typed.Unit, *, models: Sequence[str], target: str | None, scenarios: Sequence[str], settings: Sequence[str]
) -> tuple[Obligation, ...]:
    """Return an obligation for each property of each scenario on each platform.

    Args:
        unit: the file.
        models: as given to ``--model``.
        target: as given to ``--target``.
        scenarios: names to keep; all when empty.
        settings: ``NAME=VALUE`` for switches.

    Raises:
        GupError: an unknown name.

    """
    chosen = parse_settings(unit.switches, settings)
    names = list(scenarios) or list(unit.scenarios)
    for name in names:
        require_scenario(unit, name)
    where = list(dict.fromkeys(item for name in models for item in platforms(name, target=target)))
    return tuple(
        _obligation(unit, unit.scenarios[name], prop, platform, chosen)
        for name in names
        for prop in property_names(unit, unit.scenarios[name])
        for platform in where
    )


def require_scenario(unit: typed.Unit, name: str) -> None:
    """See to it that a file has a scenario.

    Raises:
        GupError: it has none of that name.

    """
    _require(name, unit.scenarios, "scenario")


def property_names(unit: typed.Unit, scenario: typed.Scenario) -> tuple[str, ...]:
    """Return the properties of a scenario: its own, and those that asserts in its code carry.

    A scenario without any still has the property that its accesses go to objects; it is called ``asserts``.
    """
    names = [*(item.name for item in scenario.properties), *sorted(Effects(unit.functions).asserted(scenario))]
    return tuple(dict.fromkeys(names)) or ("asserts",)


def parse_settings(switches: Mapping[str, typed.Switch], settings: Sequence[str]) -> dict[str, int]:
    """Return switch name → position for ``NAME=VALUE`` texts.

    Raises:
        GupError: a text of another form, an unknown switch, or a value it does not have.

    """
    chosen = {}
    for text in settings:
        name, equals, value = text.partition("=")
        if not equals:
            raise GupError(Diagnostic(code="U009", message=f"'{text}' is no setting", help="write NAME=VALUE"))
        _require(name, switches, "switch")
        values = switches[name].values
        _require(value, values, f"value of {name}")
        chosen[name] = values.index(value)
    return chosen


def _require(name: str, known: Collection[str], what: str) -> None:
    if name not in known:
        close = get_close_matches(name, list(known), 1)
        remedy = f"did you mean {close[0]}?" if close else f"there are: {', '.join(known)}" if known else "the file has none"
        raise GupError(Diagnostic(code="U010", message=f"there is no {what} called '{name}'", help=remedy))


def _obligation(
    unit: typed.Unit, scenario: typed.Scenario, name: str, platform: Platform, chosen: dict[str, int]
) -> Obligation:
    return Obligation(
        file=unit.path,
        theorem="",
        claim="",
        doc="",
        scenario=scenario.name,
        settings=tuple((switch, unit.switches[switch].values[value]) for switch, value in chosen.items()),
        values=switch_values(unit, chosen),
        property=name,
        model=platform.model,
        target=platform.target,
        covering=tuple(cover.name for cover in scenario.covers),
        expect=None,
    )
