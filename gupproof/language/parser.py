"""Reads the text of a ``.gup`` file into the surface tree.

After a syntax error it goes on at the next item that starts a line, so that one run reports every item that is wrong.
"""

import re
from functools import cache, lru_cache

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from gupproof.diagnostics import GupError, with_source_lines
from gupproof.grammars import build_parser
from gupproof.language import syntax
from gupproof.language.errors import Refused, Reporter
from gupproof.language.surface import build_items
from gupproof.language.syntax_errors import find_open_comment, report_syntax_error

MOST_SYNTAX_ERRORS = 20

_COMMENT = re.compile(r'"[^"\n]*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
# Where an item starts a line: words that start nothing else, or the ones that then read as a declaration of a type or slot.
_ITEM = re.compile(
    r"^(?:(?:use|config|const|typedef|fn|scenario|theorem)\s+\w|(?:struct|enum)\s+\w+\s*\{|slot\s+\w+\s*:)", re.MULTILINE
)


@cache
def gup_parser() -> Lark:
    """Return the parser of the grammar, built once."""
    return build_parser("gup")


@lru_cache(maxsize=256)
def parse(text: str, path: str) -> syntax.File:
    """Return the surface tree of a file; the files that many others use are parsed once.

    Args:
        text: its content.
        path: its name, for spans.

    Raises:
        GupError: with every syntax error found.

    """
    reporter = Reporter()
    blanked = blank_comments(text)
    items: list[syntax.Item] = []
    try:
        find_open_comment(blanked, path, reporter)
        items = build_items(_tree(text, blanked, path, reporter), path, lambda end: _doc_before(text, end), reporter)
    except Refused:
        pass
    if reporter.found:
        raise GupError(*with_source_lines(reporter.found, {path: text}))
    return syntax.File(path=path, text=text, items=tuple(items))


def blank_comments(text: str) -> str:
    """Return ``text`` with every comment overwritten by blanks, so that offsets and lines stay."""
    return _COMMENT.sub(lambda match: match[0] if match[0][0] == '"' else _blank(match[0]), text)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _tree(text: str, blanked: str, path: str, reporter: Reporter) -> "Tree[Token]":
    first: Tree[Token] | None = None
    start = 0
    for _ in range(MOST_SYNTAX_ERRORS):
        try:
            tree = gup_parser().parse(_blank(text[:start]) + text[start:])
        except UnexpectedInput as error:
            at = report_syntax_error(error, blanked, path, reporter)
            item = _ITEM.search(blanked, at + 1)
            if item is None:
                raise Refused from error
            start = item.start()
        else:
            first = tree
            break
    if first is None or reporter.found:
        raise Refused
    return first


def _doc_before(text: str, end: int) -> str:
    """Return the comment on the lines right above an offset, without its markers."""
    lines = text[:end].split("\n")[:-1]
    kept: list[str] = []
    if lines and lines[-1].rstrip().endswith("*/"):
        while lines:
            kept.append(lines.pop().strip())
            if "/*" in kept[-1]:
                break
        block = "\n".join(reversed(kept))
        return "\n".join(line.strip().lstrip("*").strip() for line in block.strip("/*\n ").split("\n")).strip()
    while lines and lines[-1].lstrip().startswith("//"):
        kept.append(lines.pop().strip().lstrip("/").strip())
    return "\n".join(reversed(kept)).strip()
