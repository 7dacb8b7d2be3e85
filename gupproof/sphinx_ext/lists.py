"""Lists of theorems, files and memory models, with the verdicts that go with each."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from docutils import nodes

from gupproof.program.target_reader import known_targets
from gupproof.proving.result import Result, Verdict
from gupproof.sphinx_ext.addresses import claim_page, home, model_page, source_page, theorem_anchor
from gupproof.sphinx_ext.library import Library, Proof, Source
from gupproof.sphinx_ext.markup import Cell, link, listing, literal, paragraph, table, words
from gupproof.sphinx_ext.verdicts import chips


def theorems(library: Library, proofs: Iterable[Proof]) -> nodes.Node:
    """Return a row for each theorem: the claims it answers, its verdicts."""
    rows: list[Sequence[Cell]] = []
    for proof in proofs:
        name = link(literal(proof.name), home(library, proof), theorem_anchor(proof.name))
        claims: list[nodes.Node] = []
        for claim in proof.claims:
            shown = link(claim, claim_page(claim)) if library.claim(claim) else nodes.Text(claim)
            claims += [*([nodes.Text(", ")] if claims else []), shown]
        rows.append([[name], claims, chips(library, proof)])
    return table(["theorem", "claim", "verdicts"], rows, classes=["gup-theorems"])


def files(library: Library, sources: Iterable[Source]) -> nodes.Node:
    """Return a row for each file: its first sentence, how many theorems are in it or rest on it."""
    known = frozenset(claim.id for claim in library.claims)
    rows: list[Sequence[Cell]] = []
    for source in sources:
        used = [proof for proof in library.proofs if any(source.path.samefile(path) for path in proof.unit.sources)]
        sentence = re.sub(r"(?m)^// ?", "", source.text.partition("\n\n")[0]).split(". ")[0]
        said = " ".join(sentence.split()).rstrip(".:") + "."
        name = link(f"{source.name}.gup", source_page(source))
        rows.append([[name], [*words(said, known)] if source.text.startswith("//") else [], [nodes.Text(str(len(used)))]])
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
    """Return a memory model: its targets, how much is proved under it, its text, and the theorems that speak of it."""
    found = library.models[name]
    results = [result for result in library.results() if result.obligation.model == name]
    targets = [target for target in known_targets() if name in target.models]
    spoken = [nodes.list_item("", paragraph(literal(target.name), f": {target.title}")) for target in targets]
    about = [proof for proof in library.proofs if any(platform.model == name for platform in proof.platforms)]
    text = Path(found.path).read_text(encoding="utf-8").rstrip("\n")
    parts: list[nodes.Node] = [paragraph(f"Verdicts under {name}: {_counted(results)}.")]
    parts += [paragraph("Its targets, which say what instructions each primitive becomes:"), nodes.bullet_list("", *spoken)]
    return [*parts, listing(text, "cat", first_line=1, anchors=True), *([theorems(library, about)] if about else [])]


def _counted(results: Iterable[Result]) -> str:
    counts = Counter(result.verdict for result in results)
    return ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict]) or "none yet"
