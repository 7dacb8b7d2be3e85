"""Text of a cat file → syntax tree.

The grammar is ``grammar/cat.lark``; comments are blanked out beforehand, keeping every other character in its place.
"""

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
        raise GupError(Diagnostic(code="C010", message=f"{path} is nested too deeply")) from None


@cache
def _lark() -> Lark:
    return build_parser("cat", lexer="basic")


def _without_comments(text: str, path: str) -> str:
    """Replace comments by blanks: ``(* nested *)``, ``//`` and ``#`` to the end of the line; strings are left alone."""
    out = list(text)
    openings: list[int] = []
    position = 0
    while position < len(text):
        two = text[position : position + 2]
        width = 1
        if two == "(*":
            openings.append(position)
            width = 2
        elif openings and two == "*)":
            openings.pop()
            out[position : position + 2] = "  "
            position += 2
            continue
        elif not openings and text[position] == '"':
            end = text.find('"', position + 1)
            position = len(text) if end < 0 else end + 1
            continue
        elif not openings and (two == "//" or text[position] == "#"):
            end = text.find("\n", position)
            width = (len(text) if end < 0 else end) - position
            out[position : position + width] = " " * width
        if openings:
            out[position : position + width] = [" " if char != "\n" else char for char in text[position : position + width]]
        position += width
    if openings:
        line = text.count("\n", 0, openings[0]) + 1
        column = openings[0] - (text.rfind("\n", 0, openings[0]) + 1) + 1
        problem = Diagnostic(
            code="C002",
            message="this comment has no end",
            span=Span(path, line, column, line, column + 2),
            help="comments nest: every (* needs its own *)",
        )
        raise GupError(*with_source_lines([problem], {path: text}))
    return "".join(out)
