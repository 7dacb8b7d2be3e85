"""The execution of a result on a page, of a refutation or of anything else: the drawing, and the story step by step."""

from collections.abc import Sequence
from pathlib import Path

from docutils import nodes

from gupproof.execution.story import happening
from gupproof.language import typed
from gupproof.proving.result import Result
from gupproof.report.drawing import drawing
from gupproof.sphinx_ext.addresses import line_anchor, source_page
from gupproof.sphinx_ext.library import Library
from gupproof.sphinx_ext.markup import Cell, folded, link, paragraph, table

_HOW_TO_READ = (
    "In a drawing each CPU has a column, its steps stand in program order, and arcs are the edges of the memory model; a thick "
    "cycle is what no interleaving of the CPUs explains. In a story (rf 3) names the step a value was read from, (fr 7) the "
    "step of another CPU that then overwrites it, (co 7) the step of another CPU that overwrites what was written. A step "
    "marked ! is out of program order: it takes effect before the steps named behind it, which stand before it on its own CPU."
)


def how_to_read() -> nodes.Node:
    """Return what drawings and stories mean, folded away."""
    return folded("How to read this", paragraph(_HOW_TO_READ))


def execution(library: Library, unit: typed.Unit, result: Result, *, opened: bool) -> list[nodes.Node]:
    """Return the execution of a result: the drawing, and the story behind it, which is folded away unless ``opened``."""
    svg = nodes.raw("", f'<div class="gup-drawing">{drawing(result)}</div>', format="html")
    return [svg, folded("The same, step by step", _story(library, unit, result), _ending(result), opened=opened)]


def _story(library: Library, unit: typed.Unit, result: Result) -> nodes.Node:
    rows: list[Sequence[Cell]] = []
    for line in result.story:
        mark = [nodes.strong("", " !")] if line.overtakes else []
        page = _page_of(library, unit, line.place)
        number = line.place.rpartition(":")[2]
        place = link(line.place, page, line_anchor(int(number))) if page else nodes.Text(line.place)
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


def _page_of(library: Library, unit: typed.Unit, place: str) -> str:
    """Return the page of a file that a story names without its folder; empty if two that are used have the name."""
    name = place.rpartition(":")[0]
    paths = [path for path in unit.sources if Path(path).name == name]
    source = library.source(paths[0]) if len(paths) == 1 else None
    return source_page(source) if source else ""
