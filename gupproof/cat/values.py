"""What cat expressions are worth while a model is read: terms, functions and tuples."""

from dataclasses import dataclass
from typing import Union

from gupproof.cat.syntax import Expr, Pattern
from gupproof.cat.terms import Term, TermOp


@dataclass(frozen=True, slots=True)
class Nothing:
    """``0``: of either sort, as its surroundings want."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A name whose definition has an error of its own, so that its uses are not reported too."""


@dataclass(frozen=True, slots=True, eq=False)
class Closure:
    """A function with the names visible where it was written; ``parameters`` are those still to come."""

    name: str
    parameters: tuple[Pattern, ...]
    body: Expr
    scope: dict[str, "Value"]


@dataclass(frozen=True, slots=True)
class Builtin:
    """A function of one operand that is an operator of the algebra."""

    name: str
    operator: TermOp


@dataclass(frozen=True, slots=True)
class TupleValue:
    """Several values."""

    items: tuple["Value", ...]


Value = Union[Term, Nothing, Failed, Closure, Builtin, TupleValue]  # noqa: UP007 - quoted forward references


def describe(value: Value) -> str:
    """Say what kind of thing ``value`` is, as the object of a sentence."""
    match value:
        case Term():
            return f"a {value.sort.value}"
        case Nothing():
            return "empty"
        case Closure() | Builtin():
            return "a function"
        case TupleValue():
            return "a tuple"
        case Failed():
            return "undefined"
