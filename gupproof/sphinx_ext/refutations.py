"""Refutations on a page: the drawing, and the story step by step."""

from collections.abc import Sequence
from pathlib import Path

from docutils import nodes

from gupproof.execution.story import happening
from gupproof.proving.platforms import Platform
from gupproof.proving.result import Result, Verdict
from gupproof.report.drawing import drawing
from gupproof.sphinx_ext.addresses import home, refutation_anchor, source_page
from gupproof.sphinx_ext.library import Library, Proof, strength
from gupproof.sphinx_ext.markup import Cell, folded, link, paragraph, table
from gupproof.sphinx_ext.verdicts import platform_name, with_settings

_HOW_TO_READ = (
    "In a drawing each CPU has a column, its steps stand in program order, and arcs are the edges of the memory model; a thick "
    "cycle is what no interleaving of the CPUs explains. In a story (rf 3) names the step a value was read from, (fr 7) the "
    "step of another CPU that then overwrites it, (co 7) the step of another CPU that overwrites what was written. A step "
    "marked ! is out of program order: it takes effect before the steps named behind it, which stand before it on its own CPU."
)


def refutations(library: Library, proof: Proof) -> list[nodes.Node]:
    """Return the refutations of a theorem.

    For each property and setting the one under the strongest model is shown, since it has the least to do with weak memory;
    those under weaker ones are folded away behind it, the weakest last.
    """
    questions: dict[tuple[str, tuple[tuple[str, str], ...], str], list[Result]] = {}
    for result in proof.results:
        if result.verdict is Verdict.REFUTED:
            item = result.obligation
            questions.setdefault((item.scenario, item.settings, item.property), []).append(result)
    made: list[nodes.Node] = []
    for results in questions.values():
        first, *others = sorted(results, key=lambda result: strength(_platform(result)))
        made += [_headline(first), *_told(library, proof, first, opened=True)]
        told = {first.story: first}
        for other in others:
            same = told.setdefault(other.story, other)
            summary = f"the same under {platform_name(_platform(other))}: {other.reason}"
            inside = _told(library, proof, other, opened=False) if same is other else [_told_before(library, proof, same)]
            # Inside of what is folded, so that a browser that comes here opens it.
            made.append(folded(summary, _anchored(other, *inside)))
    return [folded("How to read this", paragraph(_HOW_TO_READ)), *made] if made else []


def _headline(result: Result) -> nodes.Node:
    item = result.obligation
    name = platform_name(_platform(result))
    said = paragraph(
        nodes.strong("", item.property),
        " fails under ",
        nodes.strong("", name),
        " with ",
        *with_settings(item.settings),
        f": {result.reason}.",
        classes=["gup-headline"],
    )
    return _anchored(result, said)


def _told_before(library: Library, proof: Proof, same: Result) -> nodes.Node:
    there = link(platform_name(_platform(same)), home(library, proof), refutation_anchor(same))
    return paragraph("Step by step as under ", there, ".")


def _anchored(result: Result, *inside: nodes.Node) -> nodes.Node:
    return nodes.container("", *inside, ids=[refutation_anchor(result)], classes=["gup-refutation"])


def _told(library: Library, proof: Proof, result: Result, *, opened: bool) -> list[nodes.Node]:
    """Return the drawing, and the story behind it."""
    svg = nodes.raw("", f'<div class="gup-drawing">{drawing(result)}</div>', format="html")
    return [svg, folded("The same, step by step", _story(library, proof, result), _ending(result), opened=opened)]


def _story(library: Library, proof: Proof, result: Result) -> nodes.Node:
    rows: list[Sequence[Cell]] = []
    for line in result.story:
        mark = [nodes.strong("", " !")] if line.overtakes else []
        page = _page_of(library, proof, line.place)
        number = line.place.rpartition(":")[2]
        place = link(line.place, page, f"line-{number}") if page else nodes.Text(line.place)
        cells: list[Cell] = [
            [nodes.Text(str(line.step)), *mark],
            [nodes.Text(line.thread)],
            [nodes.literal(line.text, line.text)],
            [nodes.Text(", ".join(happening(line)))],
            [place],
        ]
        rows.append(cells)
    return table(["", "CPU", "step", "what happens", "where"], rows, classes=["gup-story"])


def _ending(result: Result) -> nodes.Node:
    values = ", ".join(f"{item.name} = {item.value}" for item in result.final)
    said = f"Finally: {values}: {result.obligation.property} fails." if values else f"And so: {result.reason}."
    return paragraph(said, classes=["gup-ending"])


def _page_of(library: Library, proof: Proof, place: str) -> str:
    """Return the page of a file that a story names without its folder; empty if two that the theorem uses have the name."""
    name = place.rpartition(":")[0]
    paths = [path for path in proof.unit.sources if Path(path).name == name]
    source = library.source(paths[0]) if len(paths) == 1 else None
    return source_page(source) if source else ""


def _platform(result: Result) -> Platform:
    return Platform(result.obligation.model, result.obligation.target)
