"""Theorems asked again with switches set that they leave as they are: of a larger page, say."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from gupproof.language import typed
from gupproof.program.scenario import lower
from gupproof.proving.checks import parse_settings
from gupproof.proving.platforms import Platform, target_of
from gupproof.proving.result import Obligation

_Question = tuple[str, str, tuple[tuple[str, int], ...]]
"""A file, a scenario, and how its switches are set."""


def varied(units: Sequence[typed.Unit], obligations: Iterable[Obligation], settings: Sequence[str]) -> tuple[Obligation, ...]:
    """Return obligations with switches set, as far as that makes them other questions.

    What a theorem sets itself stays as it says. Obligations whose scenario looks at none of the switches are left out.

    Args:
        units: the files of the obligations.
        obligations: what theorems ask.
        settings: ``NAME=VALUE`` texts.

    Raises:
        GupError: a text of another form, a switch that no file has, a value that it lacks; a scenario that cannot be unrolled.

    """
    every = {name: switch for unit in units for name, switch in unit.switches.items()}
    wanted = {name: every[name].values[position] for name, position in parse_settings(every, settings).items()}
    by_path = {unit.path: unit for unit in units}
    looked_at: dict[_Question, frozenset[str]] = {}
    found = []
    for item in obligations:
        unit = by_path[item.file]
        question = (item.file, item.scenario, item.values)
        if question not in looked_at:
            target = target_of(Platform(item.model, item.target))
            # What a slot chooses is looked at where it is open; sizes can not be.
            fixed = {name: value for name, value in item.values if name not in wanted or unit.switches[name].is_number}
            looked_at[question] = lower(unit, unit.scenarios[item.scenario], target, fixed=fixed).looked_at
        own = dict(item.settings)
        added = {name: value for name, value in wanted.items() if name not in own and name in looked_at[question]}
        if added:
            values = {**dict(item.values), **{name: unit.switches[name].values.index(value) for name, value in added.items()}}
            found.append(replace(item, settings=(*item.settings, *added.items()), values=tuple(values.items())))
    return tuple(dict.fromkeys(found))
