"""The lines that proofs rest on: changing any one of them refutes what was proved."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from docutils import nodes

from gupproof.proving.changes import Change
from gupproof.report.sensitivity import models
from gupproof.sphinx_ext.addresses import line_anchor, source_page
from gupproof.sphinx_ext.library import Library, Proof
from gupproof.sphinx_ext.markup import Cell, link, literal, paragraph, table
from gupproof.sphinx_ext.verdicts import at_the_end, with_settings


@dataclass(slots=True)
class _Refuted:
    """What a change refutes: properties, on platforms, for reasons worth telling."""

    properties: dict[str, None] = field(default_factory=dict)
    platforms: dict[str, None] = field(default_factory=dict)
    reasons: dict[str, None] = field(default_factory=dict)


def rests_on(library: Library, proof: Proof) -> list[nodes.Node]:
    """Return the lines that a theorem's proofs rest on, each once with all that its change refutes."""
    found: dict[Change, _Refuted] = {}
    for answer in proof.rests_on:
        name = answer.question.property
        for item in answer.changes:
            told = found.setdefault(item.change, _Refuted())
            told.properties[name] = None
            told.platforms |= dict.fromkeys(item.platforms)
            if item.reason != at_the_end(name):
                told.reasons[item.reason] = None
    parts: list[nodes.Node] = []
    if found:
        rows = [_row(library, proof, change, told) for change, told in found.items()]
        parts.append(paragraph("Changing any one of these lines refutes it:"))
        parts.append(table(["where", "line", "refutes", "under"], rows, classes=["gup-changes"]))
    for answer in proof.rests_on:
        if not answer.changes:
            asked: list[nodes.Node] = [
                literal(answer.question.property),
                nodes.Text(" with "),
                *with_settings(library, proof, answer.question.settings),
            ]
            parts.append(paragraph(*asked, f" rests on none of them: it holds with each of {answer.tried} changes."))
    return parts


def _row(library: Library, proof: Proof, change: Change, told: _Refuted) -> Sequence[Cell]:
    source = library.source_with(proof, change)
    place = f"{change.file.rpartition('/')[2]}:{change.line}"
    where = link(place, source_page(source), line_anchor(change.line)) if source else nodes.Text(place)
    line: list[nodes.Node] = [nodes.inline("", "", _code(change.before), classes=["gup-struck"])]
    if change.after.strip():
        line.append(nodes.inline("", "", _code(change.after), classes=["gup-instead"]))
    properties = [part for name in told.properties for part in (nodes.Text(", "), literal(name))][1:]
    because = f": {'; '.join(told.reasons)}" if told.reasons else ""
    return [[where], line, properties, [nodes.Text(models([*told.platforms]) + because)]]


def _code(line: str) -> nodes.Node:
    """Return a line of the source without the room in it."""
    return literal(" ".join(line.split()))
