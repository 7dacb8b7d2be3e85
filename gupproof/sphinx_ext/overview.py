"""Claims on pages: the table of all of them, what one says, and answers at a glance."""

import re
from collections.abc import Sequence

from docutils import nodes

from gupproof.proving.claims import Claim
from gupproof.proving.platforms import Platform
from gupproof.proving.result import Result
from gupproof.sphinx_ext.addresses import claim_page, home, theorem_anchor
from gupproof.sphinx_ext.library import Library, Proof, strength
from gupproof.sphinx_ext.markup import Cell, link, literal, paragraph, prose, table, words
from gupproof.sphinx_ext.verdicts import chips, platform_name, verdict

_ROOM = 40


def quoted(claim: Claim) -> str:
    """Return the words that name a claim: those it was made in, else its gist."""
    return f"“{claim.quote}”" if claim.quote else claim.gist


def short(claim: Claim) -> str:
    """Return a claim in the few words that a sidebar has room for."""
    words_of = claim.quote or claim.gist
    cut = words_of if len(words_of) <= _ROOM else words_of[:_ROOM].rsplit(" ", 1)[0] + " …"
    return re.sub(r"[<>`]", "", f"{claim.id}: {cut}")


def overview(library: Library, claims: Sequence[Claim]) -> nodes.Node:
    """Return a row for each claim: its words, the answer, the theorems with their verdicts."""
    known = frozenset(claim.id for claim in library.claims)
    rows: list[Sequence[Cell]] = []
    for claim in claims:
        name = link(claim.id, claim_page(claim.id), classes=["gup-id"])
        rows.append([[name], [*_words(quoted(claim))], [*words(claim.answer, known)], _theorems(library, claim)])
    return table(["", "claim", "answer", "theorems"], rows, classes=["gup-overview"])


def _words(text: str) -> list[nodes.Node]:
    return [nodes.Text(text)]


def _theorems(library: Library, claim: Claim) -> list[nodes.Node]:
    parts: list[nodes.Node] = []
    for proof in library.proofs_of(claim.id):
        name = link(literal(proof.name), home(library, proof), theorem_anchor(proof.name))
        parts.append(nodes.inline("", "", name, nodes.Text(" "), *chips(library, proof), classes=["gup-line"]))
    return parts or [nodes.inline("", "", nodes.Text(f"no question of memory: {claim.kind}"), classes=["gup-kind"])]


def claim_box(library: Library, claim: Claim) -> list[nodes.Node]:
    """Return what a claim says, the answer to it, and its theorems at a glance."""
    known = [item.id for item in library.claims]
    said_by = ", ".join(text for text in (claim.by, claim.where) if text)
    parts = [paragraph(said_by, classes=["gup-by"])] if said_by else []
    fields: list[tuple[str, str]] = [("Meaning", claim.gist), ("What was checked", claim.proposition), ("Answer", claim.answer)]
    if claim.reason:
        fields.append((f"Why there is no theorem ({claim.kind})", claim.reason))
    if claim.differs:
        fields.append(("Other than expected", claim.differs))
    listed = nodes.definition_list(classes=["gup-claim"])
    for name, text in fields:
        listed += _definition(name, prose(text, known))
    if claim.sources:
        items = [nodes.list_item("", paragraph(literal(source))) for source in claim.sources]
        listed += _definition("In the kernel", [nodes.bullet_list("", *items)])
    if library.proofs_of(claim.id):
        listed += _definition("Theorems", [paragraph(part) for part in _theorems(library, claim)])
    return [*parts, listed]


def _definition(name: str, inside: Sequence[nodes.Node]) -> nodes.Node:
    return nodes.definition_list_item("", nodes.term("", name), nodes.definition("", *inside))


def answers(library: Library, questions: Sequence[tuple[str, Sequence[Proof]]]) -> nodes.Node:
    """Return a row for each question, with the gravest verdict that its theorems have on each platform."""
    found: list[tuple[str, dict[Platform, list[tuple[Proof, Result]]]]] = []
    for question, proofs in questions:
        by_platform: dict[Platform, list[tuple[Proof, Result]]] = {}
        for proof in proofs:
            for result in proof.results:
                platform = Platform(result.obligation.model, result.obligation.target)
                by_platform.setdefault(platform, []).append((proof, result))
        found.append((question, by_platform))
    columns = sorted({platform for _, cells in found for platform in cells}, key=strength)
    rows: list[Sequence[Cell]] = []
    for question, cells in found:
        row: list[Cell] = [[*words(question)]]
        row += [[_gravest(library, cells[column])] if column in cells else [nodes.Text("not asked")] for column in columns]
        rows.append(row)
    return table(["", *(platform_name(column) for column in columns)], rows, classes=["gup-verdicts", "gup-answers"])


def _gravest(library: Library, found: Sequence[tuple[Proof, Result]]) -> nodes.Node:
    """Return the chip of the theorem that has a refutation, if one has; else of the first."""
    proof = next((proof for proof, result in found if result.story), found[0][0])
    return verdict(library, proof, [result for other, result in found if other is proof])
