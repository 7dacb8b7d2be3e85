"""The tokens and comments of a text in order, each with the part it plays where its spelling leaves that open.

What the formatter works on: ``*`` may multiply, dereference or make a pointer type, ``)`` may end a cast or an ``if``.
"""

import re
from dataclasses import dataclass, replace
from enum import Enum

from gupproof.language.parser import gup_parser

COMMENT = "COMMENT"
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_INTEGER_WORDS = frozenset({"BOOL", "INT", "LONG", "SHORT", "CHAR", "SIGNED", "UNSIGNED", "SIZED"})
_TYPE_WORDS = _INTEGER_WORDS | {"TYPE_NAME", "_STRUCT", "_ENUM"}
_TYPE_ENDS = _INTEGER_WORDS | {"TYPE_NAME"}
_OPERANDS = frozenset({"IDENT", "NUMBER", "TRUE", "FALSE", "NULL", "_RBRACKET"})
_CONTROL = frozenset({"_IF", "_WHILE", "_FOR", "_AWAIT"})
_EITHER = frozenset({"STAR", "AMPERSAND", "PLUS", "MINUS", "INCREMENT", "DECREMENT"})


class Part(Enum):
    """The part that a token plays."""

    PLAIN = "as spelled"
    PREFIX = "an operator before its operand"
    POSTFIX = "an operator after its operand"
    POINTER = "the * of a type"
    CALL = "the ( of a call or parameter list"
    CAST_END = "the ) of a cast"
    HEADER_END = "the end of what stands before the body of if, while, for"
    MEMBER = "the -> before a field"
    SET = "the { or } of a choice of slots in a theorem"


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A token or comment.

    Attributes:
        kind: the name of its terminal, or :data:`COMMENT`.
        text: as written.
        newlines: line ends between it and what is before.
        blanks: blanks between it and what is before on its line.
        column: of its first character, from 0.

    """

    kind: str
    text: str
    newlines: int
    blanks: int
    column: int
    part: Part = Part.PLAIN

    @property
    def is_line_comment(self) -> bool:
        """Whether nothing can follow it on its line."""
        return self.kind == COMMENT and self.text.startswith("//")


def lexemes(text: str) -> list[Lexeme]:
    """Return the tokens and comments of a text that parses."""
    found: list[Lexeme] = []
    end = 0
    for token in gup_parser().parse_interactive(text).iter_parse():
        start = token.start_pos or 0
        end = _add_comments(text, end, start, found)
        found.append(_lexeme(token.type, str(token), text, end, start))
        end = token.end_pos or start
    _add_comments(text, end, len(text), found)
    return _with_parts(found)


def _add_comments(text: str, end: int, limit: int, found: list[Lexeme]) -> int:
    """Append the comments between two offsets; return where the last one ends."""
    for match in _COMMENT.finditer(text, end, limit):
        found.append(_lexeme(COMMENT, match[0].rstrip(), text, end, match.start()))
        end = match.end()
    return end


def _lexeme(kind: str, spelled: str, text: str, end: int, start: int) -> Lexeme:
    line = text.rfind("\n", 0, start) + 1
    return Lexeme(kind, spelled, text.count("\n", end, start), start - max(end, line), start - line)


def _with_parts(found: list[Lexeme]) -> list[Lexeme]:
    tokens = [index for index, lexeme in enumerate(found) if lexeme.kind != COMMENT]
    result = list(found)
    parentheses: list[Part] = []
    for position, index in enumerate(tokens):
        before = [result[earlier] for earlier in tokens[max(0, position - 2) : position]]
        after = found[tokens[position + 1]].kind if position + 1 < len(tokens) else ""
        part = _part(found[index].kind, before, after, parentheses)
        if part is not Part.PLAIN:
            result[index] = replace(found[index], part=part)
    return result


def _part(kind: str, before: list[Lexeme], after: str, parentheses: list[Part]) -> Part:
    """Return the part of a token; ``parentheses`` holds the parts of the ``)`` still to come."""
    last = before[-1] if before else Lexeme("", "", 0, 0, 0)
    bound = len(before) > 1 and before[-2].kind == "_BOUND"
    if kind == "_LPAR":
        is_call = last.kind in ("IDENT", "_ASSERT", "_ASSUME", "_CHOOSE") and not bound
        if last.kind in _CONTROL:
            parentheses.append(Part.HEADER_END)
        else:
            parentheses.append(Part.CAST_END if after in _TYPE_WORDS and not is_call else Part.PLAIN)
        return Part.CALL if is_call else Part.PLAIN
    if kind == "_RPAR" and parentheses:
        return parentheses.pop()
    if kind in ("IDENT", "NUMBER") and last.kind == "_BOUND":
        return Part.HEADER_END
    if kind == "_LBRACE" and last.kind in ("_EXPECT", "_OR_ELSE"):
        parentheses.append(Part.SET)
        return Part.SET
    if kind == "_RBRACE" and parentheses:
        return parentheses.pop()
    if kind == "_ARROW" and after not in _TYPE_WORDS:
        return Part.MEMBER
    if kind == "STAR" and (_ends_type(before) or last.part is Part.POINTER):
        return Part.POINTER
    if kind in _EITHER:
        return _operator(kind, last)
    return Part.PREFIX if kind in ("NOT", "TILDE") else Part.PLAIN


def _ends_type(before: list[Lexeme]) -> bool:
    if before and before[-1].kind in _TYPE_ENDS:
        return True
    return len(before) > 1 and before[-1].kind == "IDENT" and before[-2].kind in ("_STRUCT", "_ENUM")


def _operator(kind: str, last: Lexeme) -> Part:
    is_operand = (last.kind in _OPERANDS or last.kind == "_RPAR") and last.part is Part.PLAIN
    if last.part is Part.POSTFIX:
        is_operand = True
    if kind in ("INCREMENT", "DECREMENT"):
        return Part.POSTFIX if is_operand else Part.PREFIX
    return Part.PLAIN if is_operand else Part.PREFIX
