"""Reads the final condition of a litmus test, and the list of what it wants to see."""

import re
from functools import cache
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, VisitError

from gupproof.diagnostics import Diagnostic, GupError, Span
from gupproof.grammars import build_parser
from gupproof.litmus.form import And, Equal, Formula, Not, Or, Quantifier, Register, Same, Unsupported, Word

_FOREIGN = {
    "exceptions": re.compile(r"\b[Ff]ault\s*\([^)]*\)?"),
    "vector": re.compile(r"\b[VZP]\d+\.\d*[BHSDQ]\b"),
    "self-modifying code": re.compile(r"\binstr\s*:|=\s*P?\d+:L\w*|\blabel\s*:|=\s*NOP\b"),
}


def read_condition(text: str, path: str, line: int) -> tuple[Quantifier, Formula]:
    """Return the quantifier and the formula.

    Args:
        text: from ``exists``, ``~exists`` or ``forall`` to the end of the condition.
        path: the file, for errors.
        line: where the condition begins in it.

    Raises:
        GupError: it is no condition.
        Unsupported: it asks about faults, vectors or instructions.

    """
    for category, pattern in _FOREIGN.items():
        if found := pattern.search(text):
            raise Unsupported(f"{category}: '{found[0].strip()}' in the condition")
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


_OBSERVABLE = re.compile(r"^(?:P?(\d+)\s*:\s*[%&]?([A-Za-z_][\w.%]*)|\[?\s*\*?([A-Za-z_][\w.]*)\s*(?:\[\s*(\d+)\s*\])?\s*\]?)$")


def read_locations(text: str) -> tuple[Register | Word, ...]:
    """Return what a ``locations [x; 0:X1;]`` clause lists.

    Args:
        text: what stands between its brackets.

    Raises:
        Unsupported: it lists what is neither a word nor a register.

    """
    listed: list[Register | Word] = []
    for item in filter(None, (part.strip() for part in text.split(";"))):
        # A type may stand before or behind it.
        plain = re.sub(r"^(?:[A-Za-z_]\w*\s*\*?\s+)+(?=[\w\[])|\s+[A-Za-z_]\w*\s*\*?$", "", item)
        found = _OBSERVABLE.match(plain)
        if found is None:
            raise Unsupported(f"condition: '{item}' in locations")
        listed.append(Register(int(found[1]), found[2]) if found[1] else Word(found[3] + (f"[{found[4]}]" if found[4] else "")))
    return tuple(listed)


@cache
def _parser() -> Lark:
    return build_parser("condition")


def number(text: str) -> int:
    """Return an integer as litmus tests write it."""
    return int(text, 16) if "x" in text.lower() else int(text)


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

    def same(self, items: list[Any]) -> Formula:
        return Same(items[0], items[-1])

    def elements(self, items: list[Any]) -> Formula:
        name = items[0].name
        values = [item for item in items[2:] if not isinstance(item, Token)]
        return And(tuple(Equal(Word(f"{name}[{index}]", whole=True), value) for index, value in enumerate(values)))

    def element_address(self, items: list[Token]) -> str:
        return f"{items[0]}[{number(str(items[1]))}]"

    def unequal(self, items: list[Any]) -> Formula:
        return Not(Equal(items[0], items[-1]))

    def register(self, items: list[Token]) -> Register:
        thread, _, name = "".join(str(items[0]).split()).partition(":")
        return Register(int(thread.lstrip("P")), name)

    def location(self, items: list[Token]) -> Word:
        return Word(str(items[0]))

    def element(self, items: list[Token]) -> Word:
        return Word(f"{items[0]}[{number(str(items[1]))}]")

    def number(self, items: list[Token]) -> int:
        return number(str(items[0]))

    def address(self, items: list[Token]) -> str:
        return str(items[0])
