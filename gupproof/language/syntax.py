"""The surface tree: a file as it is written, before any name is looked up.

Made by :mod:`gupproof.language.parser`, read by the checker only. Parentheses are gone, everything else is as in the text.
"""

from dataclasses import dataclass

from gupproof.diagnostics import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Anything with a place in the source."""

    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Word(Node):
    """A name where it is declared or mentioned outside an expression."""

    text: str


# ── types ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegerName(Node):
    """``bool``, ``int``, ``long``, ``unsigned int``, ``unsigned long``."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedefName(Node):
    """A name that ends in ``_t``."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StructName(Node):
    """``struct name``."""

    name: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumName(Node):
    """``enum name``."""

    name: Word


BaseType = IntegerName | TypedefName | StructName | EnumName


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeExpr(Node):
    """A base type and a number of ``*``."""

    base: BaseType
    stars: int


# ── expressions ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Node):
    """A name as a value or an lvalue."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Node):
    """An integer literal; ``text`` keeps its base and suffix."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Boolean(Node):
    """``true`` or ``false``."""

    value: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Null(Node):
    """``NULL``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Node):
    """``base.name``, or ``base->name`` when ``arrow``."""

    base: "Expr"
    name: Word
    arrow: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscript(Node):
    """``base[index]``."""

    base: "Expr"
    index: "Expr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Node):
    """``function(arguments)``: a function of the language or a primitive."""

    function: Word
    arguments: tuple["Expr", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotCall(Node):
    """``slot name(arguments)``: the access chosen for a slot."""

    slot: Word
    arguments: tuple["Expr", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefix(Node):
    """``*`` ``&`` ``+`` ``-`` ``~`` ``!`` before an operand."""

    operator: str
    operand: "Expr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Increment(Node):
    """``++`` or ``--`` (the first character is ``operator``) before its operand or behind it."""

    operator: str
    operand: "Expr"
    is_prefix: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Infix(Node):
    """An operator between two operands, ``&&`` and ``||`` included."""

    operator: str
    left: "Expr"
    right: "Expr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ternary(Node):
    """``condition ? then : otherwise``."""

    condition: "Expr"
    then: "Expr"
    otherwise: "Expr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast(Node):
    """``(type)operand``."""

    type: TypeExpr
    operand: "Expr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose(Node):
    """``choose(a, b)``."""

    options: tuple["Expr", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseRange(Node):
    """``choose(low .. high)``."""

    low: "Expr"
    high: "Expr"


Expr = (
    Name
    | Number
    | Boolean
    | Null
    | Member
    | Subscript
    | Call
    | SlotCall
    | Prefix
    | Increment
    | Infix
    | Ternary
    | Cast
    | Choose
    | ChooseRange
)


# ── statements ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Declarator(Node):
    """One name of a declaration; ``lengths`` are the array lengths, outermost first."""

    name: Word
    stars: int
    lengths: tuple[Expr, ...]
    initial: Expr | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration(Node):
    """``type a, *b = 1;``: of locals, shared memory, fields or ghosts."""

    base: BaseType
    declarators: tuple[Declarator, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment(Node):
    """``target = value``, or ``target op= value``: ``operator`` is the op, empty for ``=``; ``x++`` is ``x += 1``."""

    target: Expr
    operator: str
    value: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluate(Node):
    """An expression as a statement."""

    value: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Block(Node):
    """``{ ... }``; ``;`` alone is an empty one."""

    body: tuple["Stmt", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class If(Node):
    """``if (condition) then else otherwise``."""

    condition: Expr
    then: "Stmt"
    otherwise: "Stmt | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class While(Node):
    """``while (condition) bound N body``, or ``do body while (condition) bound N;`` when not ``test_first``."""

    condition: Expr
    bound: Expr | None
    body: "Stmt"
    test_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class For(Node):
    """``for (initial; condition; step) bound N body``."""

    initial: "Declaration | Assignment | Evaluate | None"
    condition: Expr | None
    step: "Assignment | Evaluate | None"
    bound: Expr | None
    body: "Stmt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break(Node):
    """``break;``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Continue(Node):
    """``continue;``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(Node):
    """``return value;``."""

    value: Expr | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Await(Node):
    """``await (condition);``."""

    condition: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Assert(Node):
    """``assert(condition, name);``."""

    condition: Expr
    name: Word | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assume(Node):
    """``assume(condition);``."""

    condition: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot(Node):
    """``slot name;``."""

    name: Word


Stmt = (
    Declaration | Assignment | Evaluate | Block | If | While | For | Break | Continue | Return | Await | Assert | Assume | Slot
)


# ── items ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Use(Node):
    """``use a.b;``."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config(Node):
    """``config name : a | b = a;`` or ``config name : 1 .. 3 = 1;``; ``values`` and ``numbers`` are empty for ``bool``."""

    name: Word
    values: tuple[Word, ...]
    numbers: tuple[Number, ...]
    default: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotItem(Node):
    """``slot name : none | smp_wmb = smp_wmb;``: fences, or accesses."""

    name: Word
    values: tuple[Word, ...]
    default: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant(Node):
    """``const name = value;``."""

    name: Word
    value: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Enumerator(Node):
    """One constant of an enumeration."""

    name: Word
    value: Expr | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enum(Node):
    """``enum name { A, B = 4 };``."""

    name: Word
    enumerators: tuple[Enumerator, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typedef(Node):
    """``typedef type name;``."""

    name: Word
    type: TypeExpr


@dataclass(frozen=True, slots=True, kw_only=True)
class Struct(Node):
    """``struct name { fields };``."""

    name: Word
    fields: tuple[Declaration, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(Node):
    """A parameter of a function."""

    name: Word
    type: TypeExpr


@dataclass(frozen=True, slots=True, kw_only=True)
class Function(Node):
    """``fn name(parameters) -> returns { body }``."""

    name: Word
    parameters: tuple[Parameter, ...]
    returns: TypeExpr | None
    body: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Ghost(Node):
    """``ghost type name;``."""

    declaration: Declaration


@dataclass(frozen=True, slots=True, kw_only=True)
class Init(Node):
    """``init { ... }``."""

    body: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread(Node):
    """``thread name on cpu { ... }``."""

    name: Word
    cpu: Word | None
    body: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupt(Node):
    """``interrupt thread by handler(...);``."""

    thread: Word
    handler: Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposition(Node):
    """``property name : condition;``, or ``cover`` when ``is_cover``."""

    name: Word
    condition: Expr
    is_cover: bool


ScenarioItem = Declaration | Ghost | Init | Thread | Interrupt | Proposition


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario(Node):
    """``scenario name { items }``."""

    name: Word
    items: tuple[ScenarioItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Node):
    """``switch = value`` in a theorem."""

    name: Word
    value: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Shows(Node):
    """``shows properties under models covering covers expect verdict with flags;``; ``covering`` is None when left out."""

    properties: tuple[Word, ...]
    models: tuple[Word, ...]
    covering: tuple[Word, ...] | None
    expect: Word
    flags: tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement(Node):
    """``{ slot = value, slot = value }``: one choice for the slots of a ``places`` line."""

    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Places(Node):
    """``places slots for properties under models covering covers expect placements;``.

    ``minimal`` is None for ``hopeless``, ``covering`` where it is left out.
    """

    slots: tuple[Word, ...]
    properties: tuple[Word, ...]
    models: tuple[Word, ...]
    covering: tuple[Word, ...] | None
    minimal: tuple[Placement, ...] | None
    flags: tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(Node):
    """A scenario of a theorem with its settings, its ``shows`` lines and its ``places`` lines."""

    scenario: Word
    settings: tuple[Setting, ...]
    shows: tuple[Shows, ...]
    places: tuple[Places, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theorem(Node):
    """``theorem name "claim" { runs }``; ``doc`` is the comment before it."""

    name: Word
    claim: str
    doc: str
    runs: tuple[Run, ...]


Item = Use | Config | SlotItem | Constant | Enum | Typedef | Struct | Declaration | Function | Scenario | Theorem


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file: its path, its text and its items in order."""

    path: str
    text: str
    items: tuple[Item, ...]
