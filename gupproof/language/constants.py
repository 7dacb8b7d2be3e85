"""Evaluates constant expressions: array lengths, loop bounds, enumerators, ``const``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from gupproof.diagnostics import Span
from gupproof.language import syntax
from gupproof.language.errors import BAD_NUMBER, NOT_CONSTANT, OUT_OF_RANGE, Reporter
from gupproof.language.types import LONG, ULONG

_ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
    "==": lambda a, b: int(a == b),
    "!=": lambda a, b: int(a != b),
    "<": lambda a, b: int(a < b),
    "<=": lambda a, b: int(a <= b),
    ">": lambda a, b: int(a > b),
    ">=": lambda a, b: int(a >= b),
    "&&": lambda a, b: int(bool(a) and bool(b)),
    "||": lambda a, b: int(bool(a) or bool(b)),
}


def number_value(number: syntax.Number, reporter: Reporter) -> int:
    """Return the value of a literal.

    Raises:
        Refused: it is octal, or larger than any type.

    """
    text = number.text.rstrip("uUlL")
    if len(text) > 1 and text[0] == "0" and text[1] not in "xX":
        raise reporter.refuse(
            BAD_NUMBER, number.span, f"`{number.text}` starts with 0: is it octal?", "leave the 0 out, or write 0x..."
        )
    # Python refuses to read decimals of thousands of digits; nothing longer than this fits any type anyway.
    value = int(text, 0) if len(text) < 30 else ULONG.high + 1
    if value > ULONG.high:
        shown = number.text if len(number.text) < 30 else number.text[:20] + "..."
        raise reporter.refuse(BAD_NUMBER, number.span, f"{shown} is too large for any type")
    return value


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Evaluates constant expressions; ``constant`` gives the value of a name, or refuses it."""

    constant: Callable[[str, Span], int]
    reporter: Reporter

    def value(self, expr: syntax.Expr) -> int:
        """Return the value of a constant expression.

        Raises:
            Refused: it is not constant, divides by zero, or leaves the range of every type.

        """
        result = self._value(expr)
        if not LONG.low <= result <= ULONG.high:
            raise self.reporter.refuse(OUT_OF_RANGE, expr.span, "this constant is too large for any type")
        return result

    def _value(self, expr: syntax.Expr) -> int:
        match expr:
            case syntax.Number():
                return number_value(expr, self.reporter)
            case syntax.Boolean():
                return int(expr.value)
            case syntax.Name():
                return self.constant(expr.text, expr.span)
            case syntax.Prefix(operator="+" | "-" | "~" | "!"):
                return self._prefix(expr)
            case syntax.Infix():
                return self._infix(expr)
            case syntax.Ternary():
                return self.value(expr.then if self.value(expr.condition) else expr.otherwise)
            case (
                syntax.Null()
                | syntax.Prefix()
                | syntax.Member()
                | syntax.Subscript()
                | syntax.Call()
                | syntax.SlotCall()
                | syntax.Cast()
                | syntax.Increment()
                | syntax.Choose()
                | syntax.ChooseRange()
            ):
                raise self.reporter.refuse(NOT_CONSTANT, expr.span, "this is not a constant")
            case _:
                assert_never(expr)

    def _prefix(self, expr: syntax.Prefix) -> int:
        operand = self.value(expr.operand)
        match expr.operator:
            case "-":
                return -operand
            case "~":
                return ~operand
            case "!":
                return int(not operand)
            case _:
                return operand

    def _infix(self, expr: syntax.Infix) -> int:
        left, right = self.value(expr.left), self.value(expr.right)
        if expr.operator in _ARITHMETIC:
            return _ARITHMETIC[expr.operator](left, right)
        if expr.operator in ("<<", ">>"):
            if not 0 <= right < 64:
                raise self.reporter.refuse(OUT_OF_RANGE, expr.right.span, f"cannot shift by {right}")
            return left << right if expr.operator == "<<" else left >> right
        if right == 0:
            raise self.reporter.refuse(OUT_OF_RANGE, expr.right.span, "division by zero")
        # C rounds towards zero, Python down.
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return quotient if expr.operator == "/" else left - quotient * right
