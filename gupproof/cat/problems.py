"""Errors of cat files."""

from gupproof.diagnostics import Diagnostic, GupError, Span


class AlreadyReported(Exception):  # noqa: N818 - no error of its own
    """The expression uses a name whose definition was in error."""


def error(code: str, message: str, span: Span, remedy: str = "") -> GupError:
    """Return the error at one place; source lines are added where the files are known."""
    return GupError(Diagnostic(code=code, message=message, span=span, help=remedy))


def unsupported(construct: str, span: Span, reason: str = "", remedy: str = "") -> GupError:
    """Return the error for a construct that the reader gives no meaning to, here or at all."""
    return error("C007", f"`{construct}` is not supported{': ' if reason else ''}{reason}", span, remedy)
