"""What larger sizes cost: the same question of more pages, more readers, more entries."""

from collections.abc import Sequence

from docutils import nodes

from gupproof.proving.platforms import Platform
from gupproof.proving.result import Result
from gupproof.sphinx_ext.library import Library, Proof, strength
from gupproof.sphinx_ext.markup import Cell, literal, table
from gupproof.sphinx_ext.verdicts import chip, platform_head, theorem_link

Settings = tuple[tuple[str, str], ...]


def sizes(library: Library) -> nodes.Node:
    """Return a row for each size that a theorem is shown at, where it is shown at several: events, clauses and seconds."""
    found: dict[tuple[str, str, Settings], dict[Settings, dict[Platform, list[Result]]]] = {}
    proofs: dict[tuple[str, str, Settings], Proof] = {}
    for proof in library.proofs:
        for result in proof.results:
            key, size = _parted(proof, result)
            proofs[key] = proof
            item = result.obligation
            found.setdefault(key, {}).setdefault(size, {}).setdefault(Platform(item.model, item.target), []).append(result)
    grown = {key: by_size for key, by_size in found.items() if len(by_size) > 1}
    columns = sorted({platform for by_size in grown.values() for cells in by_size.values() for platform in cells}, key=strength)
    rows: list[Sequence[Cell]] = []
    for key, by_size in grown.items():
        proof, settings = proofs[key], key[2]
        for number, (size, cells) in enumerate(by_size.items()):
            first: list[nodes.Node] = [] if number else [theorem_link(proof), nodes.Text(f" {_shown(settings)}")]
            row: list[Cell] = [first, [nodes.Text(_shown(size) or "smallest")]]
            row += [_cost(proof, cells[column]) if column in cells else [] for column in columns]
            rows.append(row)
    head: list[str | Cell] = ["theorem", "size", *(platform_head(library, column) for column in columns)]
    return table(head, rows, classes=["gup-sizes"])


def varied(library: Library) -> nodes.Node:
    """Return a row for each setting that all theorems are asked about again: how many come out as they do without it."""
    results = [result for found in library.varied.values() for result in found]
    columns = sorted({Platform(item.obligation.model, item.obligation.target) for item in results}, key=strength)
    rows: list[Sequence[Cell]] = []
    for setting, found in library.varied.items():
        row: list[Cell] = [[literal(setting.replace("=", " = "))]]
        for column in columns:
            here = [item for item in found if Platform(item.obligation.model, item.obligation.target) == column]
            row.append(_as_without(here) if here else [])
        rows.append(row)
    head: list[str | Cell] = ["with", *(platform_head(library, column) for column in columns)]
    return table(head, rows, classes=["gup-sizes"])


def _as_without(results: Sequence[Result]) -> Cell:
    """Tell how many results are what theorems expect, and what they took."""
    same = [item for item in results if item.as_expected]
    all_same = len(same) == len(results)
    said = f"✓ {len(same)} of {len(results)}" if all_same else f"{len(same)} of {len(results)}"
    built = {(item.obligation.file, item.build_seconds, item.clauses): item.build_seconds for item in results}
    seconds = sum(built.values()) + sum(item.seconds for item in results)
    others = dict.fromkeys(item.obligation.theorem for item in results if not item.as_expected)
    sizes = (
        f"{seconds:.0f} s",
        f"up to {max(item.events for item in results)} events",
        *(f"not {name}" for name in others),
    )
    chip_of_all = nodes.inline("", said, classes=["gup-verdict", "gup-proved" if all_same else "gup-unexpected"])
    return [chip_of_all, *(part for text in sizes for part in (nodes.Text(" "), nodes.inline("", text, classes=["gup-cost"])))]


def _parted(proof: Proof, result: Result) -> tuple[tuple[str, str, Settings], Settings]:
    """Part the switches of a result into what is asked and how large: switches of numbers are sizes."""
    item, switches = result.obligation, proof.unit.switches
    size = tuple((name, value) for name, value in item.settings if switches[name].is_number)
    rest = tuple((name, value) for name, value in item.settings if not switches[name].is_number)
    return (proof.name, item.scenario, rest), size


def _shown(settings: Settings) -> str:
    return ", ".join(f"{name} = {value}" for name, value in settings)


def _cost(proof: Proof, results: Sequence[Result]) -> Cell:
    """Tell the verdict on the questions of one encoding, and what they took together."""
    seconds = results[0].build_seconds + sum(result.seconds for result in results)
    sizes = (f"{results[0].events} events", f"{results[0].clauses:,} clauses")
    said = [part for text in sizes for part in (nodes.Text(" "), nodes.inline("", text, classes=["gup-cost"]))]
    return [chip(proof, results, f"{seconds:.1f} s"), *said]
