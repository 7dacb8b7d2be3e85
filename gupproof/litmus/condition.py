"""Reads the final condition of a litmus test."""

from functools import cache
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, VisitError

from gupproof.diagnostics import Diagnostic, GupError, Span
from gupproof.grammars import build_parser
from gupproof.litmus.form import And, Equal, Formula, Not, Or, Quantifier, Register, Word


def read_condition(text: str, path: str, line: int) -> tuple[Quantifier, Formula]:
    """Return the quantifier and the formula.

    Args:
        text: from ``exists``, ``~exists`` or ``forall`` to the end of the condition.
        path: the file, for errors.
        line: where the condition begins in it.

    Raises:
        GupError: it is no condition.

    """
    try:
        result = _Builder().transform(_parser().parse(text))
    except UnexpectedInput as error:
        row = line + max(0, getattr(error, "line", 1) - 1)
        column = max(1, getattr(error, "column", 1))
        excerpt = text.split("\n")[max(0, row - line)] if row - line < len(text.split("\n")) else ""
        raise GupError(
            Diagnostic(
                code="M002",
                message="this is no final condition",
                span=Span(path, row, column, row, column + 1),
                help="write exists (0:r1=1 /\\ x=2), ~exists (...) or forall (...)",
                line_text=excerpt,
            )
        ) from None
    except (VisitError, RecursionError):
        raise GupError(Diagnostic(code="M002", message=f"the final condition of {path} is nested too deeply")) from None
    assert isinstance(result, tuple)
    return result


@cache
def _parser() -> Lark:
    return build_parser("condition")


def number(text: str) -> int:
    """Return an integer as litmus tests write it."""
    return int(text, 0) if "x" in text.lower() else int(text)


class _Builder(Transformer[Token, Any]):
    def start(self, items: list[Any]) -> tuple[Quantifier, Formula]:
        return items[0], items[1]

    def per_model(self, _: list[Any]) -> None:
        return None

    def exists(self, _: list[Any]) -> Quantifier:
        return Quantifier.EXISTS

    def not_exists(self, _: list[Any]) -> Quantifier:
        return Quantifier.NOT_EXISTS

    def forall(self, _: list[Any]) -> Quantifier:
        return Quantifier.FORALL

    def implication(self, items: list[Any]) -> Formula:
        return Or((Not(items[0]), items[-1]))

    def disjunction(self, items: list[Any]) -> Formula:
        return Or(tuple(item for item in items if not isinstance(item, Token)))

    def conjunction(self, items: list[Any]) -> Formula:
        return And(tuple(item for item in items if not isinstance(item, Token)))

    def negated(self, items: list[Any]) -> Formula:
        return Not(items[-1])

    def always(self, _: list[Any]) -> Formula:
        return And(())

    def never(self, _: list[Any]) -> Formula:
        return Or(())

    def equal(self, items: list[Any]) -> Formula:
        return Equal(items[0], items[-1])

    def unequal(self, items: list[Any]) -> Formula:
        return Not(Equal(items[0], items[-1]))

    def register(self, items: list[Token]) -> Register:
        thread, _, name = str(items[0]).partition(":")
        return Register(int(thread.lstrip("P")), name.lstrip("%"))

    def location(self, items: list[Token]) -> Word:
        return Word(str(items[0]))

    def element(self, items: list[Token]) -> Word:
        return Word(f"{items[0]}[{number(str(items[1]))}]")

    def number(self, items: list[Token]) -> int:
        return number(str(items[0]))

    def address(self, items: list[Token]) -> str:
        return str(items[0])
