"""The syntax tree of a cat file.

Constructs that the reader gives no meaning to are one node, :class:`Unsupported`, that keeps their name.
"""

from dataclasses import dataclass
from enum import Enum

from gupproof.cat.terms import AxiomKind
from gupproof.diagnostics import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Anything with a place in the file."""

    span: Span


class Operator(Enum):
    """The operators on relations and sets."""

    UNION = "|"
    INTER = "&"
    DIFF = "\\"
    SEQ = ";"
    CARTESIAN = "*"
    COMPLEMENT = "~"
    STAR = "^*"
    PLUS = "^+"
    OPTIONAL = "^?"
    INVERSE = "^-1"
    IDENTITY_ON = "[]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Node):
    """The use of a name."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty(Node):
    """``0`` or ``{}``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Universe(Node):
    """``_``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Node):
    """An operator with its operands."""

    operator: Operator
    operands: tuple["Expr", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuple(Node):
    """``(a, b)``."""

    items: tuple["Expr", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Apply(Node):
    """``f x`` or ``f(x, y)``."""

    function: "Expr"
    argument: "Expr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern(Node):
    """A parameter: one name, or several in parentheses. The name ``_`` binds nothing."""

    names: tuple[str, ...]
    is_tuple: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Function(Node):
    """``fun x -> body``; several parameters when curried."""

    parameters: tuple[Pattern, ...]
    body: "Expr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding(Node):
    """``pattern = value``."""

    pattern: Pattern
    value: "Expr"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetIn(Node):
    """``let [rec] ... in body``."""

    recursive: bool
    bindings: tuple[Binding, ...]
    body: "Expr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported(Node):
    """A construct of the language that the reader gives no meaning to, as an expression or an item."""

    construct: str


Expr = Name | Empty | Universe | Operation | Tuple | Apply | Function | LetIn | Unsupported


@dataclass(frozen=True, slots=True, kw_only=True)
class Let(Node):
    """``let [rec] ...`` at the top."""

    recursive: bool
    bindings: tuple[Binding, ...]


class Modifier(Enum):
    """What a check is for."""

    CONSTRAINT = ""
    FLAG = "flag"
    ASSERT = "assert"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Node):
    """``acyclic r as name``."""

    modifier: Modifier
    negated: bool
    kind: AxiomKind
    operand: Expr
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Include(Node):
    """``include "file.cat"``."""

    file: str


Item = Let | Check | Include | Unsupported


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file: the title at its head (may be empty) and its items, without those that only show things."""

    title: str
    items: tuple[Item, ...]
