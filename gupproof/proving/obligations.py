"""Which questions a file's theorems ask, and which of them share an encoding."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gupproof.language import typed
from gupproof.proving.claims import labels
from gupproof.proving.platforms import AS_IT_STANDS, Platform, Reading, platforms, target_of
from gupproof.proving.result import Obligation


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Obligations that one encoding answers: same scenario, sizes, model and target; under a language's model, same switches.

    Attributes:
        unit: the file.
        scenario, model, target: what is encoded.
        fixed: switches that have one value in all of them, with it.
        obligations: the questions.
        reading: how the model's files are read.

    """

    unit: typed.Unit
    scenario: str
    model: str
    target: str
    fixed: tuple[tuple[str, int], ...]
    obligations: tuple[Obligation, ...]
    reading: Reading = AS_IT_STANDS


def obligations_of(unit: typed.Unit, *, theorems: Sequence[str] = (), models: Sequence[str] = ()) -> tuple[Obligation, ...]:
    """Return the obligations of a file's theorems, in source order.

    Args:
        unit: the file.
        theorems: names of theorems, or of claims they answer, to keep; all when empty.
        models: models (or ``model/target``) to keep; all when empty.

    Raises:
        GupError: a theorem names a model that does not exist.

    """
    kept = {platform for name in models for platform in platforms(name)}
    result = []
    for theorem in unit.theorems.values():
        if theorems and not {theorem.name, *labels(theorem.claim)} & set(theorems):
            continue
        for claim in theorem.claims:
            for platform in dict.fromkeys(item for name in claim.models for item in platforms(name, span=claim.span)):
                if models and platform not in kept:
                    continue
                for name in claim.properties:
                    result.append(_obligation(unit, theorem, claim, name, platform.model, platform.target))  # noqa: PERF401
    return tuple(result)


def _obligation(unit: typed.Unit, theorem: typed.Theorem, claim: typed.Claim, name: str, model: str, target: str) -> Obligation:
    values = switch_values(unit, dict(claim.settings))
    return Obligation(
        file=unit.path,
        theorem=theorem.name,
        claim=theorem.claim,
        doc=theorem.doc,
        scenario=claim.scenario,
        settings=tuple((switch, unit.switches[switch].values[value]) for switch, value in claim.settings),
        values=values,
        property=name,
        model=model,
        target=target,
        covering=covering(unit, claim),
        expect=claim.expect,
        expected_flags=claim.flags,
    )


def covering(unit: typed.Unit, line: typed.Claim | typed.Placement) -> tuple[str, ...]:
    """Return the covers that have to be reached: those a line of a theorem names, or all of its scenario."""
    return line.covering if line.covering is not None else tuple(cover.name for cover in unit.scenarios[line.scenario].covers)


def switch_values(unit: typed.Unit, chosen: dict[str, int]) -> tuple[tuple[str, int], ...]:
    """Return every switch of a file with its position: the chosen one, else the default."""
    return tuple((name, chosen.get(name, switch.default)) for name, switch in unit.switches.items())


def grouped(
    units: Iterable[typed.Unit], obligations: Iterable[Obligation], reading: Reading = AS_IT_STANDS
) -> tuple[Group, ...]:
    """Return the obligations by encoding, in order of first appearance."""
    by_path = {unit.path: unit for unit in units}
    parts: dict[tuple[str, str, str, str, tuple[tuple[str, int], ...]], list[Obligation]] = {}
    for item in obligations:
        switches = by_path[item.file].switches
        # The relations of a language's model are dense: what an open switch adds to an encoding outweighs what it saves.
        # Slots are built in so that stories speak of the primitive chosen.
        alone = target_of(Platform(item.model, item.target)).is_language
        built_in = tuple(
            (name, value) for name, value in item.values if alone or switches[name].is_number or switches[name].is_slot
        )
        parts.setdefault((item.file, item.scenario, item.model, item.target, built_in), []).append(item)
    return tuple(
        Group(
            unit=by_path[file],
            scenario=scenario,
            model=model,
            target=target,
            fixed=_common(members),
            obligations=tuple(members),
            reading=reading,
        )
        for (file, scenario, model, target, _), members in parts.items()
    )


def _common(members: Sequence[Obligation]) -> tuple[tuple[str, int], ...]:
    first = dict(members[0].values)
    return tuple((name, value) for name, value in first.items() if all(dict(item.values)[name] == value for item in members))
