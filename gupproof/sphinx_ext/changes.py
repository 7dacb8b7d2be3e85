"""The lines that proofs rest on: changing any one of them refutes what was proved."""

from collections.abc import Sequence

from docutils import nodes

from gupproof.proving.sensitivity import Refuting, Sensitivity
from gupproof.report.sensitivity import models
from gupproof.sphinx_ext.addresses import source_page
from gupproof.sphinx_ext.library import Library, Proof
from gupproof.sphinx_ext.markup import Cell, link, literal, paragraph, table
from gupproof.sphinx_ext.verdicts import with_settings


def rests_on(library: Library, proof: Proof) -> list[nodes.Node]:
    """Return the lines that a theorem's proofs rest on.

    Lines that several properties and settings rest on are told once, with all of them behind.
    """
    if not proof.rests_on:
        return []
    told: dict[tuple[object, ...], list[Sensitivity]] = {}
    for answer in proof.rests_on:
        key = tuple((found.change.file, found.change.line, found.change.after, found.platforms) for found in answer.changes)
        told.setdefault(key, []).append(answer)
    parts: list[nodes.Node] = [paragraph("Changing any one of these lines refutes it:")]
    for answers in told.values():
        asked: list[nodes.Node] = []
        for answer in answers:
            asked += [*([nodes.Text("; ")] if asked else []), literal(answer.question.property), nodes.Text(" with ")]
            asked += with_settings(answer.question.settings)
        if len(proof.rests_on) > 1:
            parts.append(paragraph(*asked, ":", classes=["gup-bounds"]))
        parts.append(_lines(library, proof, answers[0]))
    return parts


def _lines(library: Library, proof: Proof, answer: Sensitivity) -> nodes.Node:
    if not answer.changes:
        return paragraph(f"None: {answer.tried} changes were tried, and it holds with each of them.")
    rows = [_row(library, proof, found) for found in answer.changes]
    return table(["where", "line", "refuted under"], rows, classes=["gup-changes"])


def _row(library: Library, proof: Proof, found: Refuting) -> Sequence[Cell]:
    change = found.change
    source = library.source_with(proof, change)
    place = f"{change.file.rpartition('/')[2]}:{change.line}"
    where = link(place, source_page(source), f"line-{change.line}") if source else nodes.Text(place)
    line: list[nodes.Node] = [nodes.inline("", "", _code(change.before), classes=["gup-struck"])]
    if change.after.strip():
        line.append(nodes.inline("", "", _code(change.after), classes=["gup-instead"]))
    return [[where], line, [nodes.Text(f"{models(found.platforms)}: {found.reason}")]]


def _code(line: str) -> nodes.Node:
    """Return a line of the source without the room in it."""
    return literal(" ".join(line.split()))
