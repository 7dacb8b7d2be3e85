"""Document nodes that several parts of a page are made of."""

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from docutils import nodes
from sphinx import addnodes
from sphinx.writers.html5 import HTML5Translator

from gupproof.sphinx_ext.addresses import claim_page

_WORD = re.compile(
    r"`([^`\n]+)`"
    r"|((?:\w+/)*\w+\.(?:c|h|S|gup|cat)\b|\b[A-Za-z_]\w*\(\)|(?:\b\w+/)*\b\w*_\w+\b(?:\((?:\w+(?:, \w+)*)?\))?)"
    r"|\b([A-Z]\d+[a-z]?)\b"
)
"""What stands out in a comment: something quoted, a file or name of the code, a claim or a step."""

Cell = Sequence[nodes.Node]
Steps = Mapping[str, tuple[str, str, str]]
"""The name of a step, such as S11 → its page, the anchor there, and what the step does."""
NO_STEPS: Steps = MappingProxyType({})


class details(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes so
    """A part of a page that is folded away until somebody opens it; ``summary`` says what it holds."""


def visit_details(translator: HTML5Translator, node: nodes.Element) -> None:
    """Begin a folded part."""
    opened = " open" if node.get("opened") else ""
    translator.body.append(f'<details class="gup-details"{opened}><summary>{translator.encode(node["summary"])}</summary>\n')


def depart_details(translator: HTML5Translator, node: nodes.Element) -> None:
    """End a folded part."""
    del node
    translator.body.append("</details>\n")


def folded(summary: str, *inside: nodes.Node, opened: bool = False) -> details:
    """Return a part that is folded away."""
    return details("", *inside, summary=summary, opened=opened)


def literal(text: str) -> nodes.literal:
    """Return code inside a line."""
    return nodes.literal(text, text)


def paragraph(*inside: nodes.Node | str, classes: Iterable[str] = ()) -> nodes.paragraph:
    """Return a paragraph; texts are plain."""
    return nodes.paragraph(
        "", "", *(nodes.Text(item) if isinstance(item, str) else item for item in inside), classes=[*classes]
    )


def link(content: nodes.Node | str, page: str, anchor: str = "", *, title: str = "", classes: Iterable[str] = ()) -> nodes.Node:
    """Return a link to a place of a page of ours; Sphinx checks that the page exists."""
    inner = nodes.inline("", "", nodes.Text(content) if isinstance(content, str) else content, classes=[*classes])
    target = f"{page}#{anchor}" if anchor else page
    return addnodes.pending_xref("", inner, refdomain="gup", reftype="place", reftarget=target, refexplicit=True, title=title)


def prose(text: str, claims: Iterable[str] = (), steps: Steps = NO_STEPS) -> list[nodes.Node]:
    """Return a comment as paragraphs: names of functions and variables as code, claims and steps as links.

    Args:
        text: paragraphs parted by blank lines.
        claims: the ids that have pages.
        steps: the steps that can be linked to.

    """
    known = frozenset(claims)
    parts = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip())]
    return [paragraph(*words(part, known, steps)) for part in parts if part]


def words(text: str, claims: frozenset[str] = frozenset(), steps: Steps = NO_STEPS) -> Iterable[nodes.Node]:
    """Yield the parts of a line: plain text, code, links to claims and steps."""
    end = 0
    for found in _WORD.finditer(text):
        quoted, code, name = found.groups()
        if name and name not in claims and name not in steps:
            continue
        yield nodes.Text(text[end : found.start()])
        if name in claims:
            yield link(name, claim_page(name))
        elif name in steps:
            page, anchor, does = steps[name]
            yield link(name, page, anchor, title=does)
        else:
            yield literal(quoted or code)
        end = found.end()
    yield nodes.Text(text[end:])


def table(
    head: Sequence[str | Cell], rows: Iterable[Sequence[Cell | nodes.entry]], *, classes: Iterable[str] = ()
) -> nodes.container:
    """Return a table that scrolls sideways where it is too wide; an entry may span several columns."""
    group = nodes.tgroup("", cols=len(head))
    group += [nodes.colspec(colwidth=1) for _ in head]
    top = nodes.row("", *(nodes.entry("", paragraph(*([cell] if isinstance(cell, str) else cell))) for cell in head))
    body = [nodes.row("", *(_entry(cell) for cell in cells)) for cells in rows]
    group += [nodes.thead("", top), nodes.tbody("", *body)]
    made = nodes.table("", group, classes=["gup-table", "colwidths-auto", *classes])
    return nodes.container("", made, classes=["gup-wide"])


def _entry(cell: Cell | nodes.entry) -> nodes.entry:
    return cell if isinstance(cell, nodes.entry) else nodes.entry("", nodes.paragraph("", "", *cell))


def listing(text: str, language: str, *, first_line: int = 0, anchors: bool = False) -> nodes.literal_block:
    """Return highlighted code.

    Args:
        text: the code.
        language: the lexer's name.
        first_line: the number of its first line; without numbers when 0.
        anchors: whether each line can be linked to, as ``#line-12``.

    """
    block = nodes.literal_block(text, text, language=language, linenos=first_line > 0)
    block["highlight_args"] = {"linenostart": first_line or 1} | ({"lineanchors": "line"} if anchors else {})
    return block
