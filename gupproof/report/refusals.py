"""What a scenario has that no litmus test in kernel C can say."""

from gupproof.diagnostics import Diagnostic, GupError, Span

_REMEDY = "write less of it, or export an execution that refutes a theorem: gupproof export THEOREM"


class SurplusError(Exception):
    """A text depends on more than it should: other texts for the same value may not.

    Args:
        span: the place of the step.

    """

    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span


def refuse_scenario(what: str, span: Span | None, remedy: str = _REMEDY) -> GupError:
    """Return the error that a scenario cannot be written as a litmus test.

    Args:
        what: the reason.
        span: the place of it.
        remedy: what to do instead.

    """
    message = f"this scenario cannot be written as a litmus test: {what}"
    return GupError(Diagnostic(code="U015", message=message, span=span, help=remedy))
