"""What cat expressions are worth while a model is read: terms, functions, tuples, tags and sets of values."""

from dataclasses import dataclass
from enum import Enum
from typing import Union

from gupproof.cat.syntax import Expr, Item, Pattern
from gupproof.cat.terms import Term


@dataclass(frozen=True, slots=True)
class Nothing:
    """``0`` and ``{}``: of whichever sort its surroundings want."""


@dataclass(frozen=True, slots=True)
class Everything:
    """``_``: of either sort, as its surroundings want."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A name whose definition has an error of its own, so that its uses are not reported too."""


@dataclass(frozen=True, slots=True, eq=False)
class Closure:
    """A function with the names visible where it was written; ``parameters`` are those still to come.

    The scope of a recursive function is completed with the function itself once that is made.
    """

    name: str
    parameters: tuple[Pattern, ...]
    body: Expr
    scope: dict[str, "Value"]


@dataclass(frozen=True, slots=True, eq=False)
class ProcedureValue:
    """A procedure with the names visible where it was written."""

    name: str
    pattern: Pattern
    items: tuple[Item, ...]
    scope: dict[str, "Value"]


class Primitive(Enum):
    """A function of one operand that is not written in cat."""

    DOMAIN = "domain"
    RANGE = "range"
    TAG_TO_EVENTS = "tag2events"
    COHERENCE_ORDERS = "coherence-orders"
    CONTROL_AND_FENCE = "ctrlcfence"
    CLASSES = "classes-loc"
    # Of these the result is known in an execution only.
    LINEARISATIONS = "linearisations"
    TAG_TO_SCOPE = "tag2scope"
    TAG_TO_LEVEL = "tag2level"
    BISIMULATION = "bisimulation"
    CLASSES_OF = "classes"
    LIFT = "lift"
    DELIFT = "delift"


@dataclass(frozen=True, slots=True)
class TupleValue:
    """Several values."""

    items: tuple["Value", ...]


@dataclass(frozen=True, slots=True)
class TagValue:
    """A member of an ``enum``."""

    name: str


@dataclass(frozen=True, slots=True)
class SetValue:
    """A set whose elements are known when the model is read: tags, terms or sets of such, each once; never empty."""

    items: tuple["Value", ...]


@dataclass(frozen=True, slots=True)
class CoherenceOrders:
    """Every coherence order that holds the pairs of ``within`` between writes of one location."""

    within: Term


Value = Union[  # noqa: UP007 - quoted forward references
    Term,
    Nothing,
    Everything,
    Failed,
    Closure,
    ProcedureValue,
    Primitive,
    TupleValue,
    TagValue,
    SetValue,
    CoherenceOrders,
]


def describe(value: Value) -> str:
    """Say what kind of thing ``value`` is, as the object of a sentence."""
    match value:
        case Term():
            return f"a {value.sort.value}"
        case Nothing():
            return "empty"
        case Everything():
            return "everything"
        case Closure() | Primitive():
            return "a function"
        case ProcedureValue():
            return "a procedure"
        case TupleValue():
            return "a tuple"
        case TagValue():
            return "a tag"
        case SetValue():
            return f"a set of {'tags' if all(isinstance(item, TagValue) for item in value.items) else 'sets or relations'}"
        case CoherenceOrders():
            return "a set of coherence orders"
        case Failed():
            return "undefined"
