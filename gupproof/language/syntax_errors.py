"""Says in a reader's words what the grammar refused: the place, what was expected there, and how to mend it."""

import re
from typing import cast

from lark import Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput
from lark.lexer import PatternStr

from gupproof.diagnostics import Span
from gupproof.language.errors import (
    BAD_CHARACTER,
    BAD_NUMBER,
    MISSING_SEMICOLON,
    OPEN_COMMENT,
    UNEXPECTED,
    UNFINISHED,
    Reporter,
)


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_VALUES = _set("IDENT NUMBER TRUE FALSE NULL _LPAR _CHOOSE STAR AMPERSAND PLUS MINUS TILDE NOT INCREMENT DECREMENT _SLOT")
_INTEGER_WORDS = _set("INT LONG SHORT CHAR SIGNED UNSIGNED")
_TYPES = _INTEGER_WORDS | _set("BOOL SIZED TYPE_NAME _STRUCT _ENUM")
_STATEMENTS = _set("_IF _WHILE _DO _FOR _BREAK _CONTINUE _RETURN _AWAIT _ASSERT _ASSUME _LBRACE _SEMICOLON") | _VALUES | _TYPES
_ITEMS = _set("_USE _CONFIG _SLOT _CONST _TYPEDEF _FN _SCENARIO _THEOREM") | _TYPES
_SCENARIO_ITEMS = _set("_GHOST _INIT _THREAD _INTERRUPT _PROPERTY _COVER") | _TYPES
_OPERATORS = _set(
    "_QUESTION OR AND _PIPE CARET AMPERSAND EQUALITY COMPARISON SHIFT PLUS MINUS STAR SLASH PERCENT _DOT _ARROW "
    "_LBRACKET INCREMENT DECREMENT COMPOUND"
)
# Tried in this order: the terminals that show the group is acceptable, all that it stands for, its words.
_GROUPS = (
    (frozenset({"_FN"}), _ITEMS, "a declaration"),
    (frozenset({"_GHOST"}), _SCENARIO_ITEMS, "an item of a scenario"),
    (frozenset({"_IF"}), _STATEMENTS, "a statement"),
    (frozenset({"NUMBER", "NOT"}), _VALUES, "an expression"),
    (frozenset({"INT", "_STRUCT"}), _TYPES, "a type"),
    (frozenset({"INT", "SIGNED"}), _INTEGER_WORDS, "another word of the type"),
    (frozenset({"PLUS", "COMPARISON"}), _OPERATORS, "an operator"),
)
_WORDS = {
    "IDENT": "a name",
    "TYPE_NAME": "a type name (it ends in `_t`)",
    "NUMBER": "a number",
    "STRING": "a string",
    "MODEL": "the name of a model",
    "FLAG": "a flag of the model",
    "EQUALITY": "`==`",
    "COMPARISON": "`<`",
    "SHIFT": "`<<`",
    "COMPOUND": "`+=`",
}
_NOT_IN_THE_LANGUAGE = {
    "void": "a function that returns nothing has no `->`; `fn f() { }` takes nothing",
    "goto": "there is no goto: use `if`, early `return`, or a loop",
    "switch": "there is no switch statement: use `if` and `else if`",
    "case": "there is no switch statement: use `if` and `else if`",
    "static": "leave `static` out: a function starts with `fn`",
    "inline": "leave `inline` out: every function is inlined",
    "float": "the integer types are bool, char, short, int, long, also unsigned, and u8 to u64, s8 to s64",
    "double": "the integer types are bool, char, short, int, long, also unsigned, and u8 to u64, s8 to s64",
    "sizeof": "there is no sizeof",
    "volatile": "use READ_ONCE and WRITE_ONCE instead of volatile",
    "union": "there is no union",
    "shared": "leave `shared` out: a declaration outside functions is shared memory",
    "include": "write `use a.b;`",
    "define": "write `const NAME = value;`",
}
_BRACKETS = {")": "(", "]": "[", "}": "{"}


def find_open_comment(blanked: str, path: str, reporter: Reporter) -> None:
    """Report a ``/*`` that nothing closes.

    Args:
        blanked: the text without its (closed) comments.
        path: for the span.
        reporter: told of it.

    Raises:
        Refused: there is one; nothing after it can be read.

    """
    at = re.sub(r'"[^"\n]*"', lambda match: " " * len(match[0]), blanked).find("/*")
    if at >= 0:
        raise reporter.refuse(OPEN_COMMENT, _span(blanked, path, at, 2), "this comment is never closed")


def report_syntax_error(error: UnexpectedInput, blanked: str, path: str, reporter: Reporter) -> int:
    """Report what lark refused.

    Args:
        error: as raised by the parser.
        blanked: the text with its comments blanked.
        path: for the span.
        reporter: told of it.

    Returns:
        The offset of the trouble: the next item is looked for after it.

    """
    parser = error.interactive_parser
    accepted: set[str] = set(parser.accepts())  # type: ignore[no-untyped-call]
    if isinstance(error, UnexpectedCharacters):
        at = error.pos_in_stream or 0
        _report_character(blanked, path, at, reporter)
        return at
    token = cast("Token", error.token)  # type: ignore[attr-defined]
    if token.type == "$END":
        _report_end(accepted, error, blanked, path, reporter)
        return len(blanked)
    at = token.start_pos or 0
    before = blanked[:at].rstrip()
    newline_between = "\n" in blanked[len(before) : at]
    if "_SEMICOLON" in accepted and "_IF" not in accepted and before and newline_between:
        reporter.report(MISSING_SEMICOLON, _span(blanked, path, len(before) - 1, 1), "expected `;` after this")
        return at
    if token[0].isdigit() and token.type == "MODEL":
        # Where a number is refused, the lexer falls back to the one terminal that takes such a word.
        reporter.report(BAD_NUMBER, _span(blanked, path, at, len(token)), f"`{token}` is neither a number nor a name")
        return at
    expected = _expected(accepted, error)
    message = f"expected {expected}, found `{token}`" if expected else f"`{token}` does not fit here"
    reporter.report(UNEXPECTED, _span(blanked, path, at, len(token)), message, _remedy(token, accepted, before))
    return at


def _report_character(text: str, path: str, at: int, reporter: Reporter) -> None:
    span = _span(text, path, at, 1)
    if text[at] == '"':
        reporter.report(BAD_CHARACTER, span, "a string does not belong here, or is not closed on its line")
    elif number := re.compile(r"[0-9]\w+").match(text, at):
        span = _span(text, path, at, len(number[0]))
        reporter.report(BAD_NUMBER, span, f"`{number[0]}` is neither a number nor a name")
    else:
        reporter.report(BAD_CHARACTER, span, f"{text[at]!r} does not belong here")


def _report_end(accepted: set[str], error: UnexpectedInput, blanked: str, path: str, reporter: Reporter) -> None:
    end = len(blanked.rstrip())
    span = _span(blanked, path, max(0, end - 1), 1)
    opened = _unclosed(blanked)
    where = ""
    if opened is not None:
        start = _span(blanked, path, opened, 1)
        where = f"; the `{blanked[opened]}` of line {start.line} is not closed"
    reporter.report(UNFINISHED, span, f"the file ends where {_expected(accepted, error)} is expected{where}")


def _unclosed(blanked: str) -> int | None:
    """Return the offset of the innermost bracket that is still open at the end."""
    stack: list[int] = []
    for match in re.finditer(r'"[^"\n]*"|[(){}\[\]]', blanked):
        if match[0] in ("(", "[", "{"):
            stack.append(match.start())
        elif match[0] in _BRACKETS and stack and blanked[stack[-1]] == _BRACKETS[match[0]]:
            stack.pop()
    return stack[-1] if stack else None


def _expected(accepted: set[str], error: UnexpectedInput) -> str:
    left = set(accepted)
    words: list[str] = []
    for sign, members, text in _GROUPS:
        if sign <= left:
            words.append(text)
            left -= members
    if "$END" in left and "a declaration" in words:
        left.discard("$END")
    terminals = error.interactive_parser.lexer_thread.lexer.root_lexer.terminals if error.interactive_parser else []  # type: ignore[attr-defined]
    spelled = {item.name: f"`{item.pattern.value}`" for item in terminals if isinstance(item.pattern, PatternStr)}
    words = [_WORDS.get(name) or spelled.get(name, name) for name in sorted(left - {"$END"})] + words
    return " or ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _remedy(token: Token, accepted: set[str], before: str) -> str:
    word = re.search(r"\w*$", before)
    for text in (str(token), word[0] if word else ""):
        if text in _NOT_IN_THE_LANGUAGE:
            return _NOT_IN_THE_LANGUAGE[text]
    if token.type in ("_EQUAL", "COMPOUND", "INCREMENT", "DECREMENT") and accepted & {"EQUALITY", "_RPAR", "_COMMA"}:
        return "an assignment is a statement, not a value; compare with `==`"
    if token.type == "TYPE_NAME" and "IDENT" in accepted:
        return "names that end in `_t` are type names; choose another name"
    if "IDENT" in accepted and token.type in ("_" + str(token).upper(), str(token).upper()) and str(token).isalpha():
        return f"`{token}` is a word of the language; choose another name"
    if token.type == "IDENT" and "MODEL" not in accepted and "_FN" in accepted:
        return "a function starts with `fn`, shared memory with its type"
    if "_SEMICOLON" in accepted and "_IF" not in accepted:
        return "a statement or declaration ends with `;`"
    return ""


def _span(text: str, path: str, at: int, length: int) -> Span:
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    return Span(path, line, column, line, column + length)
