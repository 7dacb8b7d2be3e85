"""An execution on a page: the drawing, and the story step by step. Whatever has them may show them so, refutation or not."""

from collections.abc import Sequence
from pathlib import Path

from docutils import nodes

from gupproof.execution.story import StoryLine, happening
from gupproof.language import typed
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


def drawn(svg: str) -> nodes.Node:
    """Return a drawing; where the page is too narrow for it, it scrolls."""
    return nodes.raw("", f'<div class="gup-drawing">{svg}</div>', format="html")


def story(library: Library, unit: typed.Unit, lines: Sequence[StoryLine]) -> nodes.Node:
    """Return an execution step by step; places are links into the files of ``unit``."""
    rows: list[Sequence[Cell]] = []
    for line in lines:
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


def _page_of(library: Library, unit: typed.Unit, place: str) -> str:
    """Return the page of a file that a story names without its folder; empty if two that are used have the name."""
    name = place.rpartition(":")[0]
    paths = [path for path in unit.sources if Path(path).name == name]
    source = library.source(paths[0]) if len(paths) == 1 else None
    return source_page(source) if source else ""
