"""Text of a cat file → syntax tree.

The grammar is ``grammar/cat.lark``; comments are blanked out beforehand, keeping every other character in its place.
"""

import re
from functools import cache

from lark import Lark
from lark.exceptions import UnexpectedInput

from gupproof.cat import syntax
from gupproof.cat.building import Builder
from gupproof.diagnostics import Diagnostic, GupError, Span, with_source_lines
from gupproof.grammars import build_parser
from gupproof.syntax_errors import syntax_error

_TERMINALS = {
    "NAME": "a name",
    "STRING": "a string",
    "LET": "let",
    "AND": "and",
    "IN": "in",
    "AS": "as",
    "EQUAL": "=",
    "RPAR": ")",
    "RSQB": "]",
    "RBRACE": "}",
    "TAG": "a tag",
    "END": "end",
    "THEN": "then",
    "ELSE": "else",
    "WITH": "with",
    "FROM": "from",
    "ACYCLIC": "acyclic",
    "IRREFLEXIVE": "irreflexive",
    "EMPTY_TEST": "empty",
}


_COMMENT_OR_STRING = re.compile(r'"[^"]*(?:"|\Z)|\(\*|/\*|//[^\n]*|#[^\n]*')
_OPENING = re.compile(r"\(\*|\*\)")
_OPENING_WITH_SPACE = re.compile(r"\(\*(?=[\s*])|\*\)")


def parse(text: str, path: str) -> syntax.File:
    """Parse ``text``.

    Raises:
        GupError: it is no cat.

    """
    plain = _without_comments(text, path)
    try:
        tree = _lark().parse(plain)
    except UnexpectedInput as error:
        raise syntax_error(error, code="C001", path=path, text=text, names=_TERMINALS) from None
    try:
        return Builder(path).file(tree)
    except RecursionError:
        problem = Diagnostic(
            code="C010",
            message=f"{path} is nested too deeply",
            span=_deepest(plain, path),
            help="give names to its parts, with let",
        )
        raise GupError(*with_source_lines([problem], {path: text})) from None


def _deepest(plain: str, path: str) -> Span:
    """Return where the most brackets are open; without any, where the longest line begins."""
    most = depth = at = 0
    for position, char in enumerate(plain):
        depth += (char in "([{") - (char in ")]}")
        if depth > most:
            most, at = depth, position
    if not most:
        at = plain.index(max(plain.split("\n"), key=len))
    line, column = plain.count("\n", 0, at) + 1, at - (plain.rfind("\n", 0, at) + 1) + 1
    return Span(path, line, column, line, column + 1)


@cache
def _lark() -> Lark:
    return build_parser("cat", lexer="basic")


def _without_comments(text: str, path: str) -> str:
    """Replace comments by blanks: ``(* nested *)``, ``/* flat */``, ``//`` and ``#`` to the end of the line; not in strings.

    A comment in whose words ``(*x)`` stands has no end where that opens another. Such a file is Dartagnan's, and means that
    nothing but ``(* `` opens one inside of another.

    Raises:
        GupError: a comment has no end either way.

    """
    plain, opening = _blanked(text, _OPENING)
    if opening is not None:
        plain, still_open = _blanked(text, _OPENING_WITH_SPACE)
        if still_open is None:
            return plain
        line = text.count("\n", 0, opening) + 1
        column = opening - (text.rfind("\n", 0, opening) + 1) + 1
        problem = Diagnostic(
            code="C002",
            message="this comment has no end",
            span=Span(path, line, column, line, column + 2),
            help="comments nest: every (* needs its own *)",
        )
        raise GupError(*with_source_lines([problem], {path: text}))
    return plain


def _blanked(text: str, nested: re.Pattern[str]) -> tuple[str, int | None]:
    """Return the text with comments blanked, and where one opens that has no end; ``nested`` opens one inside of another."""
    parts: list[str] = []
    position = 0
    while found := _COMMENT_OR_STRING.search(text, position):
        parts.append(text[position : found.start()])
        start, position = found.span()
        if found[0] == "(*":
            depth = 1
            while depth:
                inner = nested.search(text, position)
                if inner is None:
                    return text, start
                depth += 1 if inner[0] == "(*" else -1
                position = inner.end()
        elif found[0] == "/*":
            end = text.find("*/", position)
            if end < 0:
                return text, start
            position = end + 2
        written = text[start:position]
        parts.append(written if written[0] == '"' else re.sub(r"[^\n]", " ", written))
    return "".join(parts) + text[position:], None
