"""The typed tree: what the checker hands to the rest of the program, names resolved and every expression typed.

Surface sugar is gone: ``p->f`` is a field of a dereference, ``x += 1`` an assignment, a memory primitive one node with the
name of its row in the target tables. Every node keeps the span of the text it came from.
"""

from dataclasses import dataclass
from enum import Enum

from gupproof.diagnostics import Span
from gupproof.language.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Anything with a place in the source."""

    span: Span


# ── places: lvalues in memory ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Object(Node):
    """A shared variable; ``name`` is unique in the scenario and its file."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Deref(Node):
    """``*pointer``. The pointer may hold ``&local`` at run time; then this is the caller's register."""

    pointer: "Expr"
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Node):
    """``base.name``; ``index`` counts the fields of the structure from 0."""

    base: "Place"
    name: str
    index: int
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Index(Node):
    """``base[index]`` with ``base`` an array place; indexing a pointer is a Deref of a Binary "+"."""

    base: "Place"
    index: "Expr"
    type: Type


Place = Object | Deref | Field | Index


# ── expressions ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Const(Node):
    """An integer, boolean (0, 1), enumerator, or NULL (0)."""

    value: int
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Local(Node):
    """The value of a register: local, parameter or ghost. ``name`` is unique in its function or thread body."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Config(Node):
    """The value of a switch."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class NoOverflow(Node):
    """``no_overflow`` in a property or cover: whether no ``atomic_t`` went past the ends of its type."""

    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Load(Node):
    """A load of a scalar place by ``primitive``: a row of the target table, or ``plain_load``.

    In a property or cover the load stands for the final value, whatever its primitive. ``slot`` names the slot that decides
    the row, if one does; ``primitive`` is that of its default then.
    """

    primitive: str
    place: Place
    type: Type
    slot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressOf(Node):
    """``&place``."""

    place: Place
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalAddress(Node):
    """``&local``, as an argument of a call only."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Unary(Node):
    """``-`` ``~`` ``!``; the operand of ``!`` is any scalar."""

    operator: str
    operand: "Expr"
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary(Node):
    """``+ - * / % & | ^ << >> == != < <= > >=``. Pointer plus integer: the integer counts elements, as in C.

    The operands keep types of their own; C's usual arithmetic conversions are part of the operation, ``type`` is the result's.
    """

    operator: str
    left: "Expr"
    right: "Expr"
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Logical(Node):
    """``&&`` ``||``, short-circuit."""

    operator: str
    left: "Expr"
    right: "Expr"
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditional(Node):
    """``condition ? then : otherwise``."""

    condition: "Expr"
    then: "Expr"
    otherwise: "Expr"
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast(Node):
    """A conversion, written or implied: what does not fit keeps its lower bits; to ``bool``, what is not 0 becomes 1."""

    operand: "Expr"
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Increment(Node):
    """``x++``, ``--x`` as a value: adds ``amount``, 1 or -1 (elements, of a pointer), to a register or to memory.

    In memory it is a plain load and a plain store. ``is_prefix``: the value is that after it, else that before it.
    """

    target: "Local | Place"
    amount: int
    is_prefix: bool
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose(Node):
    """Any of the values."""

    options: tuple["Expr", ...]
    type: Type


class Operation(Enum):
    """What a read-modify-write does to the value v it read, with operand x (and comparand c)."""

    SET = "x"
    ADD = "v + x"
    SUB = "v - x"
    AND = "v & x"
    OR = "v | x"
    XOR = "v ^ x"
    ANDNOT = "v & ~x"


class Guard(Enum):
    """When a read-modify-write writes at all."""

    ALWAYS = "always"
    EQUAL = "v == c"
    UNEQUAL = "v != c"
    NOT_BELOW = "v >= c"
    CLEAR = "(v & c) == 0"


class Result(Enum):
    """What a read-modify-write yields as a value."""

    NONE = "nothing"
    OLD = "the value read"
    NEW = "the value v turns into, whether or not it is written"
    SUCCESS = "whether it wrote"
    NEW_IS_ZERO = "whether the new value is 0"
    NEW_IS_NEGATIVE = "whether the new value is below 0"
    BIT_WAS_SET = "whether v & x was not 0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rmw(Node):
    """A read-modify-write.

    Attributes:
        primitive: row of the target table: ``atomic_add`` (no value), ``atomic_add_return`` (with ``_relaxed`` ...),
            ``xchg...``, ``cmpxchg...``, ``atomic_add_unless``, ``set_bit``, ``test_and_set_bit``,
            ``test_and_set_bit_lock``, ``clear_bit_unlock``, ``spin_trylock``, ``spin_lock``.
        place: the word.
        operation, operand: the new value.
        guard, comparand: when it writes; ``comparand`` is None for ``Guard.ALWAYS``.
        result: what the expression is worth.
        waits: a write that the guard forbids blocks the thread instead of failing (``spin_lock``).
        store_old: the ``&old`` of ``atomic_try_cmpxchg``: receives the value read when the exchange fails.
        slot: the slot that decides the row, if one does; ``primitive`` is that of its default then.
        guards: of the alternatives of the slot, where they differ (``test_and_set_bit | test_and_set_bit_lock``).

    """

    primitive: str
    place: Place
    operation: Operation
    operand: "Expr"
    guard: Guard
    comparand: "Expr | None"
    result: Result
    type: Type
    waits: bool = False
    store_old: "Expr | None" = None
    slot: str = ""
    guards: tuple[Guard, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CondLoad(Node):
    """``smp_cond_load_*(p, cond)``: waits for a value that satisfies ``condition``, where it is the register ``VAL``."""

    primitive: str
    place: Place
    condition: "Expr"
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class SrcuLock(Node):
    """``srcu_read_lock(ss)``; its value is the index of the section, for ``srcu_read_unlock``."""

    place: Place
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Node):
    """A call of a gup function, which is inlined."""

    function: str
    arguments: tuple["Expr", ...]
    type: Type


Expr = (
    Const
    | Local
    | Config
    | NoOverflow
    | Load
    | AddressOf
    | LocalAddress
    | Unary
    | Binary
    | Logical
    | Conditional
    | Cast
    | Increment
    | Choose
    | Rmw
    | CondLoad
    | SrcuLock
    | Call
)


# ── statements ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Node):
    """``register = value``; a declaration with a value is its first assignment."""

    name: str
    type: Type
    value: "Expr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declare(Node):
    """A declaration without a value: from here on the register has none, until it is assigned."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Store(Node):
    """A store to a scalar place by ``primitive``: a row of the target table, or ``plain_store``; ``slot`` as of a load."""

    primitive: str
    place: Place
    value: "Expr"
    slot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluate(Node):
    """An expression for its effects."""

    value: "Expr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence(Node):
    """A fence primitive by name (``smp_mb`` ...), or ``barrier``; ``place`` for one about a place (``synchronize_srcu``)."""

    primitive: str
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot(Node):
    """``slot name;``."""

    name: str


class CpuStep(Enum):
    """A change of what may interrupt a thread."""

    IRQ_SAVE = "local_irq_save"
    IRQ_RESTORE = "local_irq_restore"
    IRQ_DISABLE = "local_irq_disable"
    IRQ_ENABLE = "local_irq_enable"
    PREEMPT_DISABLE = "preempt_disable"
    PREEMPT_ENABLE = "preempt_enable"
    LOCAL_LOCK = "local_lock"
    LOCAL_UNLOCK = "local_unlock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupts(Node):
    """``local_irq_save``, ``preempt_disable`` and their kin."""

    step: CpuStep


class RcuStep(Enum):
    """A step of RCU."""

    LOCK = "rcu_read_lock"
    UNLOCK = "rcu_read_unlock"
    SYNCHRONIZE = "synchronize_rcu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rcu(Node):
    """``rcu_read_lock``, ``rcu_read_unlock`` or ``synchronize_rcu``."""

    step: RcuStep


@dataclass(frozen=True, slots=True, kw_only=True)
class SrcuUnlock(Node):
    """``srcu_read_unlock(ss, index)``."""

    place: Place
    index: "Expr"


@dataclass(frozen=True, slots=True, kw_only=True)
class SrcuSync(Node):
    """``synchronize_srcu(ss)``."""

    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRcu(Node):
    """``call_rcu(f(args))``: the arguments are evaluated here, the rest after a grace period."""

    callback: Call


@dataclass(frozen=True, slots=True, kw_only=True)
class If(Node):
    """``if``/``else``."""

    condition: "Expr"
    then: tuple["Stmt", ...]
    otherwise: tuple["Stmt", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop(Node):
    """Every loop: ``initial`` once; then, ``bound`` times at most, condition, body, step (``do``: condition last).

    ``bound`` is None when the source gives none: the condition must then become constant while unrolling.
    """

    initial: tuple["Stmt", ...]
    condition: "Expr"
    body: tuple["Stmt", ...]
    step: tuple["Stmt", ...]
    test_first: bool
    bound: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(Node):
    """``return value;``."""

    value: "Expr | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break(Node):
    """``break;``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Continue(Node):
    """``continue;``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Await(Node):
    """``await (condition);``."""

    condition: "Expr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assert(Node):
    """``assert(condition, property);``; ``property`` is ``asserts`` when the source names none."""

    condition: "Expr"
    property: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assume(Node):
    """``assume(condition);``."""

    condition: "Expr"


Stmt = (
    Assign
    | Declare
    | Store
    | Evaluate
    | Fence
    | Slot
    | Interrupts
    | Rcu
    | SrcuUnlock
    | SrcuSync
    | CallRcu
    | If
    | Loop
    | Return
    | Break
    | Continue
    | Await
    | Assert
    | Assume
)


# ── declarations ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(Node):
    """A parameter of a function."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Function(Node):
    """A function; its locals have names unique in it."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: Type
    body: tuple[Stmt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Struct(Node):
    """A structure: its fields in order."""

    name: str
    fields: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch(Node):
    """A ``config`` or a ``slot``.

    Attributes:
        values: the value names in order; the value of a name is its position (``false``, ``true`` for a boolean).
        is_number: its values are numbers in a row. What depends on it is unrolled for one of them.
        default: position of the default.
        is_slot: its values are ``none`` and fence primitives, or ``plain`` and primitives of one kind of access.
        rows: for a slot, the row of the target table that each value performs; empty for ``none``.

    """

    name: str
    values: tuple[str, ...]
    default: int
    is_slot: bool
    is_number: bool = False
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable(Node):
    """A shared variable, with its initialiser (a register-only expression) when the declaration has one."""

    name: str
    type: Type
    initial: Expr | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ghost(Node):
    """A ghost register."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread(Node):
    """A thread; ``cpu`` is None when it has a CPU of its own."""

    name: str
    cpu: str | None
    body: tuple[Stmt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupt(Node):
    """``interrupt thread by handler``."""

    thread: str
    handler: Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposition(Node):
    """A property or a cover."""

    name: str
    condition: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario(Node):
    """A scenario. ``initial`` holds plain stores with register-only values."""

    name: str
    variables: tuple[Variable, ...]
    ghosts: tuple[Ghost, ...]
    initial: tuple[Store, ...]
    threads: tuple[Thread, ...]
    interrupts: tuple[Interrupt, ...]
    properties: tuple[Proposition, ...]
    covers: tuple[Proposition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Node):
    """One ``shows`` line of a theorem, for one scenario.

    Attributes:
        scenario: its name.
        settings: switch name → position of the chosen value; the others keep their defaults.
        properties: names; ``asserts`` and names given to asserts are properties too.
        models: as written: ``sc``, ``armv8``, ``armv8/arm64-lse``.
        covering: names of covers, or None for all of them.
        expect: ``proved``, ``refuted`` or ``vacuous``.
        flags: what the model is expected to flag: ``data-race``, say.

    """

    scenario: str
    settings: tuple[tuple[str, int], ...]
    properties: tuple[str, ...]
    models: tuple[str, ...]
    covering: tuple[str, ...] | None
    expect: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement(Node):
    """One ``places`` line of a theorem: the minimal choices for some slots that suffice under all its models together.

    Attributes:
        scenario, settings, properties, models, covering: as of a :class:`Claim`; no setting is of one of ``slots``.
        slots: their names.
        minimal: the choices, none weaker than another: every slot in the order of ``slots``, with the position of its value.
            None if no choice suffices.
        flags: what the models may flag all the same: ``data-race``, say.

    """

    scenario: str
    settings: tuple[tuple[str, int], ...]
    slots: tuple[str, ...]
    properties: tuple[str, ...]
    models: tuple[str, ...]
    covering: tuple[str, ...] | None
    minimal: tuple[tuple[tuple[str, int], ...], ...] | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theorem(Node):
    """A theorem; ``claim`` is the string after its name (may be empty), ``doc`` the comment before it."""

    name: str
    claim: str
    doc: str
    claims: tuple[Claim, ...]
    placements: tuple[Placement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One file with everything it uses, checked. The mappings keep declaration order.

    Attributes:
        path: the file that was asked for.
        theorems: those of that file alone, not of the files it uses.
        sources: path → text of every file read.

    """

    path: str
    structs: dict[str, Struct]
    switches: dict[str, Switch]
    variables: dict[str, Variable]
    functions: dict[str, Function]
    scenarios: dict[str, Scenario]
    theorems: dict[str, Theorem]
    sources: dict[str, str]
