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
class Tag(Node):
    """``'name``; ``name`` is without the quote."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOf(Node):
    """``{a, b}``, with one item at least: a set of tags, or of sets and relations."""

    items: tuple["Expr", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Insert(Node):
    """``item ++ rest``: the set ``rest`` with one more element."""

    item: "Expr"
    rest: "Expr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Try(Node):
    """``try attempt with otherwise``."""

    attempt: "Expr"
    otherwise: "Expr"


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantTest:
    """``"one" && not "two" || ...``: an alternative holds when all its literals do; True asks for a variant to be set."""

    alternatives: tuple[tuple[tuple[str, bool], ...], ...]


class Comparison(Enum):
    """What a condition asks of two values."""

    EQUAL = "="
    SUBSET = "subset"
    MEMBER = "in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare(Node):
    """``left = right``, ``left subset right``, ``left in right``."""

    comparison: Comparison
    left: "Expr"
    right: "Expr"


Condition = VariantTest | Compare


@dataclass(frozen=True, slots=True, kw_only=True)
class If(Node):
    """``if condition then holds else fails``."""

    condition: Condition
    holds: "Expr"
    fails: "Expr"


@dataclass(frozen=True, slots=True, kw_only=True)
class TagClause(Node):
    """``'name -> body``; an empty name is ``_``, which every tag matches."""

    name: str
    body: "Expr"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyClause(Node):
    """``{} -> body``."""

    body: "Expr"


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementClause(Node):
    """``element ++ rest -> body``: matches a set that is not empty."""

    element: str
    rest: str
    body: "Expr"


Clause = TagClause | EmptyClause | ElementClause


@dataclass(frozen=True, slots=True, kw_only=True)
class Match(Node):
    """``match subject with clauses end``."""

    subject: "Expr"
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported(Node):
    """A construct of the language that the reader gives no meaning to, as an expression or an item."""

    construct: str


Expr = (
    Name
    | Empty
    | Universe
    | Operation
    | Tuple
    | Apply
    | Function
    | LetIn
    | Tag
    | SetOf
    | Insert
    | Try
    | If
    | Match
    | Unsupported
)


class Modifier(Enum):
    """What a check is for."""

    CONSTRAINT = ""
    FLAG = "flag"
    ASSERT = "assert"
    UNDEFINED_UNLESS = "undefined_unless"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Node):
    """``acyclic r as name``."""

    modifier: Modifier
    negated: bool
    kind: AxiomKind
    operand: Expr
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Let(Node):
    """``let [rec] ... [when check]`` at the top; the guard of a recursion is to hold all the way to its solution."""

    recursive: bool
    bindings: tuple[Binding, ...]
    guard: Check | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Include(Node):
    """``include "file.cat"``."""

    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TagEnum(Node):
    """``enum name = 'a || 'b``."""

    name: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instructions(Node):
    """``instructions kind[tags, ...]`` or ``default kind[tags, ...]``: which tags instructions of a kind may carry."""

    kind: str
    tags: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure(Node):
    """``procedure [rec] name(parameters) = items end``."""

    recursive: bool
    name: str
    pattern: Pattern
    items: tuple["Item", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Node):
    """``call procedure(argument) as name``."""

    procedure: str
    argument: Expr
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForAll(Node):
    """``forall name in domain do items end``."""

    name: str
    domain: Expr
    items: tuple["Item", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WithFrom(Node):
    """``with name from choices``: an execution for each element of a set."""

    name: str
    choices: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Node):
    """``if condition items else items end``, at the top."""

    condition: Condition
    holds: tuple["Item", ...]
    fails: tuple["Item", ...]


Item = Let | Check | Include | TagEnum | Instructions | Procedure | Call | ForAll | WithFrom | Choice | Unsupported


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file: the title at its head (may be empty) and its items, without those that only show things."""

    title: str
    items: tuple[Item, ...]
