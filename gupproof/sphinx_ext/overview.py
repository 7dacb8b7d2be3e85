"""Claims on pages: the table of all of them, what one says, and answers at a glance."""

import re
from collections.abc import Sequence

from docutils import nodes

from gupproof.proving.claims import Claim
from gupproof.proving.platforms import Platform
from gupproof.proving.result import Result
from gupproof.report.claims import quoted
from gupproof.sphinx_ext.addresses import claim_page
from gupproof.sphinx_ext.library import Library, Proof, strength
from gupproof.sphinx_ext.markup import Cell, link, literal, paragraph, prose, table, words
from gupproof.sphinx_ext.verdicts import chips, legend, platform_head, platform_name, theorem_link, verdict

_ROOM = 40
_Row = dict[Platform, list[tuple[Proof, Result]]]
"""What was found on each platform."""


def short(claim: Claim) -> str:
    """Return a claim in the few words that a sidebar has room for."""
    words_of = claim.quote or claim.gist
    cut = words_of if len(words_of) <= _ROOM else words_of[:_ROOM].rsplit(" ", 1)[0] + " …"
    return re.sub(r"[<>`]", "", f"{claim.id}: {cut}")


def overview(library: Library, claims: Sequence[Claim]) -> list[nodes.Node]:
    """Return a row for each claim: its words, the answer, the theorems with their verdicts."""
    known = frozenset(claim.id for claim in library.claims)
    rows: list[Sequence[Cell]] = []
    for claim in claims:
        name = link(claim.id, claim_page(claim.id), classes=["gup-id"])
        # The words lead there, too: a number is a small thing to click on.
        said = link(quoted(claim), claim_page(claim.id), classes=["gup-said"])
        rows.append([[name], [said], [*words(claim.answer, known)], _theorems(library, claim)])
    return [legend(), table(["", "claim", "answer", "theorems"], rows, classes=["gup-overview"])]


def _theorems(library: Library, claim: Claim) -> list[nodes.Node]:
    parts: list[nodes.Node] = [
        nodes.inline("", "", theorem_link(proof), nodes.Text(" "), *chips(proof), classes=["gup-line"])
        for proof in library.proofs_of(claim.id)
    ]
    return parts or [nodes.inline("", "", nodes.Text(f"no question of memory: {claim.kind}"), classes=["gup-kind"])]


def claim_box(library: Library, claim: Claim) -> list[nodes.Node]:
    """Return what a claim says, and the answer to it."""
    known = [item.id for item in library.claims]
    said_by = ", ".join(text for text in (claim.by, claim.where) if text)
    parts = [paragraph(said_by, classes=["gup-by"])] if said_by else []
    # Without a quote the gist is the title of the page.
    fields = [("Meaning", claim.gist)] if claim.quote else []
    fields += [("What was checked", claim.proposition), ("Answer", claim.answer)]
    if claim.reason:
        fields.append((f"Why there is no theorem ({claim.kind})", claim.reason))
    if claim.differs:
        fields.append(("Other than expected", claim.differs))
    listed = nodes.definition_list(classes=["gup-claim"])
    for name, text in fields:
        listed += _definition(name, prose(text, known), classes=["gup-answer"] if name == "Answer" else [])
    if claim.sources:
        items = [nodes.list_item("", paragraph(literal(source))) for source in claim.sources]
        listed += _definition("In the kernel", [nodes.bullet_list("", *items)])
    return [*parts, listed]


def _definition(name: str, inside: Sequence[nodes.Node], *, classes: Sequence[str] = ()) -> nodes.Node:
    return nodes.definition_list_item("", nodes.term("", name), nodes.definition("", *inside, classes=[*classes]))


def answers(library: Library, questions: Sequence[tuple[str, Sequence[Proof]]]) -> nodes.Node:
    """Return a row for each question, with the gravest verdict that its theorems have on each platform.

    The targets of a model share a column where they have the same verdicts.
    """
    found: list[_Row] = []
    for _, proofs in questions:
        by_platform: _Row = {}
        for proof in proofs:
            for result in proof.results:
                platform = Platform(result.obligation.model, result.obligation.target)
                by_platform.setdefault(platform, []).append((proof, result))
        found.append(by_platform)
    columns = _columns(found)
    rows: list[Sequence[Cell]] = []
    for (question, _), row in zip(questions, found, strict=True):
        cells: list[Cell] = [[*words(question)]]
        for column in columns:
            told = [item for platform in column for item in row.get(platform, ())]
            name = column[0].model if len(column) > 1 else platform_name(column[0])
            # Where there is no room for columns their heads are not shown.
            named = nodes.inline("", f"{name} ", classes=["gup-narrow"])
            cells.append([named, _gravest(told) if told else nodes.inline("", "not asked", classes=["gup-open"])])
        rows.append(cells)
    heads: list[str | Cell] = [platform_head(library, column[0], alone=len(column) > 1) for column in columns]
    return table(["", *heads], rows, classes=["gup-verdicts", "gup-answers"])


def _columns(rows: Sequence[_Row]) -> list[list[Platform]]:
    """Return the platforms of each column, the strongest model first."""
    by_model: dict[str, list[Platform]] = {}
    for platform in sorted({platform for row in rows for platform in row}, key=strength):
        by_model.setdefault(platform.model, []).append(platform)
    columns: list[list[Platform]] = []
    for platforms in by_model.values():
        told = [[[result.answer for _, result in row.get(platform, ())] for row in rows] for platform in platforms]
        columns += [platforms] if all(item == told[0] for item in told) else [[platform] for platform in platforms]
    return columns


def _gravest(found: Sequence[tuple[Proof, Result]]) -> nodes.Node:
    """Return the chip of the theorem that has a refutation, if one has; else of the first."""
    proof = next((proof for proof, result in found if result.story), found[0][0])
    return verdict(proof, [result for other, result in found if other is proof])
