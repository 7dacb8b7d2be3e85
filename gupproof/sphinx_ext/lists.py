"""Lists of theorems, files and memory models, with the verdicts that go with each."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from docutils import nodes

from gupproof.program.target_reader import known_targets
from gupproof.proving.result import Result, Verdict
from gupproof.sphinx_ext.addresses import CHANGES, claim_page, model_page, refutation_anchor, source_page, theorem_page
from gupproof.sphinx_ext.library import Library, Proof, Source
from gupproof.sphinx_ext.markup import Cell, link, literal, paragraph, table, words
from gupproof.sphinx_ext.theorems import comment
from gupproof.sphinx_ext.verdicts import chips, legend, theorem_link


def theorems(library: Library, proofs: Iterable[Proof], *, model: str = "") -> nodes.Node:
    """Return a row for each theorem: the claims it answers, its verdicts, or those under one model."""
    rows: list[Sequence[Cell]] = []
    for proof in proofs:
        claims: list[nodes.Node] = []
        for claim in proof.claims:
            shown = link(claim, claim_page(claim)) if library.claim(claim) else nodes.Text(claim)
            claims += [*([nodes.Text(", ")] if claims else []), shown]
        rows.append([[theorem_link(proof)], claims, chips(proof, model=model)])
    return table(["theorem", "claim", "verdicts"], rows, classes=["gup-theorems"])


def entries(library: Library, proofs: Iterable[Proof]) -> list[nodes.Node]:
    """Return theorems in short: the verdicts and the comment of each, and what its page tells."""
    made: list[nodes.Node] = []
    for proof in proofs:
        refuted = next((result for result in proof.results if result.story), None)
        more = [link("verdicts, bounds and text", theorem_page(proof))]
        if refuted:
            more.append(link("how it is refuted", theorem_page(proof), refutation_anchor(refuted)))
        if proof.rests_on:
            more.append(link("what it rests on", theorem_page(proof), CHANGES))
        parted = [part for item in more for part in (nodes.Text(" · "), item)][1:]
        top = paragraph(theorem_link(proof), " ", *chips(proof), classes=["gup-line"])
        below = paragraph(*parted, classes=["gup-more"])
        made.append(nodes.container("", top, *comment(library, proof), below, classes=["gup-entry"]))
    return [legend(), *made] if made else []


def files(library: Library, sources: Iterable[Source]) -> nodes.Node:
    """Return a row for each file: its first sentence, how many theorems are in it or rest on it."""
    known = frozenset(claim.id for claim in library.claims)
    rows: list[Sequence[Cell]] = []
    for source in sources:
        used = [proof for proof in library.proofs if any(source.path.samefile(path) for path in proof.unit.sources)]
        sentence = re.split(r"\.\s", " ".join(source.header.split()) + " ")[0]
        said = [*words(f"{sentence}.", known)] if sentence.strip() else []
        rows.append([[link(f"{source.name}.gup", source_page(source))], said, [nodes.Text(str(len(used)))]])
    return table(["file", "what is in it", "theorems"], rows, classes=["gup-files"])


def models(library: Library) -> nodes.Node:
    """Return a row for each memory model: its title, its targets, the verdicts under it."""
    rows: list[Sequence[Cell]] = []
    for name, found in library.models.items():
        targets = ", ".join(target.name for target in known_targets() if name in target.models)
        told = _counted(result for result in library.results() if result.obligation.model == name)
        row = [link(name, model_page(name))], [nodes.Text(found.title)], [nodes.Text(targets)], [nodes.Text(told)]
        rows.append(row)
    return table(["model", "what it is", "targets", "verdicts"], rows, classes=["gup-models"])


def model(library: Library, name: str) -> list[nodes.Node]:
    """Return what is proved under a memory model, and its targets."""
    results = [result for result in library.results() if result.obligation.model == name]
    targets = [target for target in known_targets() if name in target.models]
    spoken = [nodes.list_item("", paragraph(literal(target.name), f": {target.title}")) for target in targets]
    told = paragraph(f"Verdicts under it: {_counted(results)}. Its targets, which say what each primitive becomes:")
    return [told, nodes.bullet_list("", *spoken)]


def _counted(results: Iterable[Result]) -> str:
    counts = Counter(result.verdict for result in results)
    return ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict]) or "none yet"
