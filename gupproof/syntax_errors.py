"""What a Lark parser complains of, as a diagnostic that people can act on."""

from collections.abc import Mapping

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from gupproof.diagnostics import Diagnostic, GupError, Span, with_source_lines

_MOST_LISTED = 8


def syntax_error(error: UnexpectedInput, *, code: str, path: str, text: str, names: Mapping[str, str]) -> GupError:
    """Return the user's error for Lark's.

    Args:
        error: what Lark raised.
        code: the diagnostic's code.
        path: the file.
        text: what it holds.
        names: what people call each terminal; one that is missing is left out of what was expected.

    """
    if isinstance(error, UnexpectedToken):
        token = error.token
        expected = error.accepts or error.expected
        at_end = token.type == "$END"
        message = "the file ends too early" if at_end else f"{_shown(str(token))} does not fit here"
        line, column, width = token.line or 1, token.column or 1, len(str(token).split("\n", maxsplit=1)[0])
    elif isinstance(error, UnexpectedCharacters):
        expected = error.allowed
        at_end = False
        message = f"the character {error.char!r} does not fit here"
        line, column, width = error.line, error.column, 1
    else:
        expected, at_end, message, line, column, width = set(), True, "the file ends too early", 1, 1, 1
    if at_end:
        line, column, width = *_end(text), 1
    wanted = sorted({names[name] for name in expected or () if names.get(name)})
    remedy = ""
    if 0 < len(wanted) <= _MOST_LISTED:
        remedy = "expected " + (f"{', '.join(wanted[:-1])} or {wanted[-1]}" if len(wanted) > 1 else wanted[0])
    span = Span(path, line, column, line, column + max(1, width))
    return GupError(*with_source_lines([Diagnostic(code=code, message=message, span=span, help=remedy)], {path: text}))


def _shown(token: str) -> str:
    return "the end of the line" if token.startswith("\n") else f'"{token}"'


def _end(text: str) -> tuple[int, int]:
    """Line and column just after the last character that is no white space."""
    lines = text.rstrip().split("\n")
    return len(lines), len(lines[-1]) + 1
