"""Where barriers have to be, of all theorems that ask: a row for each question, or a column for each model."""

from collections.abc import Iterable, Iterator, Sequence

from docutils import nodes

from gupproof.proving.platforms import Platform
from gupproof.sphinx_ext.addresses import placement_anchor, theorem_page
from gupproof.sphinx_ext.answers import Group, Line, Settings, minimal, models, slot_link, today
from gupproof.sphinx_ext.library import Library, Proof, model_strength
from gupproof.sphinx_ext.markup import Cell, link, literal, paragraph, table
from gupproof.sphinx_ext.placements import placed_groups
from gupproof.sphinx_ext.verdicts import model_head, theorem_link

_MOST = 4
"""Minimal placements that a table of many questions shows."""


def barriers(library: Library, proofs: Iterable[Proof]) -> list[nodes.Node]:
    """Return a row for each question about placements: the theorem, the slots, and the minimal placements under each model."""
    rows: list[Sequence[Cell]] = []
    before: Proof | None = None
    for proof, group in placed_groups(proofs):
        named = [theorem_link(proof), nodes.Text(" ")] if proof is not before else []
        before = proof
        rows.append([[*named, _asked(proof, group)], _slots(library, proof, group), _lines(proof, group)])
    if not rows:
        return [paragraph("No theorem asks where barriers have to be.")]
    head: list[str | Cell] = [
        "theorem",
        "slots, and what is there today",
        "under which models: is that sufficient, what would be",
    ]
    return [table(head, rows, classes=["gup-barriers"])]


def _asked(proof: Proof, group: Group) -> nodes.Node:
    """Return what has to hold; it leads to the answer in full."""
    told: list[nodes.Node] = [nodes.Text(f"{', '.join(group.properties)} of {group.scenario}")]
    if group.settings:
        told.append(nodes.Text(f" with {', '.join(f'{name} = {value}' for name, value in group.settings)}"))
    inner = nodes.inline("", "", *told)
    return link(inner, theorem_page(proof), placement_anchor(group.number), classes=["gup-asked"])


def _slots(library: Library, proof: Proof, group: Group) -> Cell:
    shown = []
    for slot in group.slots:
        now = nodes.inline("", f" {slot.values[slot.today]}", classes=["gup-open"])
        shown.append(nodes.inline("", "", slot_link(library, proof, slot), now, classes=["gup-set"]))
    return shown


def _lines(proof: Proof, group: Group) -> Cell:
    shown: list[nodes.Node] = []
    last: Settings = ()
    for line in group.lines:
        if line.settings != last:
            told = ", ".join(f"{name} = {value}" for name, value in line.settings)
            shown.append(nodes.inline("", f"with {told}:", classes=["gup-set", "gup-open"]))
            last = line.settings
        label = nodes.inline("", line.label, classes=["gup-under"])
        worth = nodes.inline("", "", *today(proof, group, line), classes=["gup-worth"])
        # Where there is no room for columns their heads are not shown.
        named = nodes.inline("", "minimal: ", classes=["gup-narrow"])
        sets = nodes.inline("", "", named, *minimal(proof, group, line, most=_MOST), classes=["gup-sets"])
        shown.append(nodes.inline("", "", label, worth, sets, classes=["gup-placing"]))
    return shown


def by_model(library: Library, proofs: Iterable[Proof]) -> list[nodes.Node]:
    """Return a row for each question about placements and a column for each model, with the minimal placements."""
    found: list[tuple[Proof, Group, Settings, list[Line]]] = []
    for proof, group in placed_groups(proofs):
        lines = group.lines
        found += [(proof, group, own, [line for line in lines if line.settings == own]) for own in group.parts]
    names = {platform.model for *_, lines in found for line in lines for platform in line.platforms}
    columns = sorted(names, key=model_strength)
    rows: list[Sequence[Cell | nodes.entry]] = []
    for proof, group, own, lines in found:
        told = ", ".join(f"{name} = {value}" for name, value in own)
        parts: list[nodes.Node] = [
            link(literal(group.scenario), theorem_page(proof), placement_anchor(group.number)),
            nodes.inline("", ", ".join(slot.name for slot in group.slots), classes=["gup-set", "gup-open"]),
            *([nodes.inline("", f"with {told}", classes=["gup-set", "gup-open"])] if told else []),
        ]
        rows.append([parts, *_cells(proof, group, lines, columns)])
        for line, where in _together(lines):
            cell = nodes.entry("", nodes.paragraph("", "", *minimal(proof, group, line, short=True)))
            if len(columns) > 1:
                cell["morecols"] = len(columns) - 1
            rows.append([[nodes.inline("", f"{models(where, where)} together", classes=["gup-open"])], cell])
    heads: list[str | Cell] = [model_head(library, name) for name in columns]
    return [table(["", *heads], rows, classes=["gup-tests"])] if rows else []


def _together(lines: Sequence[Line]) -> Iterator[tuple[Line, tuple[Platform, ...]]]:
    """Yield each answer for several platforms together that not all of them have alone."""
    for line in lines:
        for _, view in line.found:
            if not {*view.platforms} <= {*line.platforms}:
                yield line, view.platforms


def _cells(proof: Proof, group: Group, lines: Sequence[Line], columns: Sequence[str]) -> list[nodes.entry]:
    """Return a cell for each column; neighbours that agree share one."""
    runs: list[tuple[list[Line], list[str]]] = []
    for name in columns:
        here = [line for line in lines if any(platform.model == name for platform in line.platforms)]
        if runs and runs[-1][0] == here:
            runs[-1][1].append(name)
        else:
            runs.append((here, [name]))
    made = []
    for here, names in runs:
        cell = _cell(proof, group, here, names)
        if len(names) > 1:
            cell["morecols"] = len(names) - 1
        made.append(cell)
    return made


def _cell(proof: Proof, group: Group, lines: Sequence[Line], names: Sequence[str]) -> nodes.entry:
    """Return what some models need, usually in one line; in several where the targets of a model do not agree."""
    if not lines:
        return nodes.entry("", nodes.paragraph("", "", nodes.inline("", "—", classes=["gup-open"])), classes=["gup-not-asked"])
    # Where there is no room for columns their heads are not shown.
    inside: list[nodes.Node] = [nodes.inline("", f"{', '.join(names)}: ", classes=["gup-narrow"])]
    for line in lines:
        targets = sorted({platform.target for platform in line.platforms if platform.model in names})
        inside += [nodes.inline("", f"{', '.join(targets)} ", classes=["gup-open"])] if len(lines) > 1 else []
        inside += minimal(proof, group, line, short=True)
    return nodes.entry("", nodes.paragraph("", "", *inside))
