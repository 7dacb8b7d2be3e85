"""How each row of a target table is used in a small program: the words of kernel C, and what the use does to its word.

An operand is a number that the program chooses: ``{x}`` is the word, ``{v}`` what is stored, added or set, ``{o}`` what is
compared with, ``{r}`` the register.
"""

from dataclasses import dataclass
from enum import Enum

from gupproof.language.actions import FenceAction, LoadAction, Primitive, RmwAction, StoreAction
from gupproof.language.primitives import PRIMITIVES
from gupproof.language.rows import SHAPES
from gupproof.language.typed import Guard, Operation, Result


class Kind(Enum):
    """What a use does to memory."""

    LOAD = "load"
    STORE = "store"
    UPDATE = "update"  # a read-modify-write that succeeds
    FAILED = "failed"  # one that does not: a read
    FENCE = "fence"


class Change(Enum):
    """What is written."""

    NOTHING = "nothing"
    SET = "set"
    ADD = "add"
    OR = "or"
    CLEAR = "clear"


class Gives(Enum):
    """What comes back."""

    NOTHING = "nothing"
    OLD = "old"
    BIT = "bit"  # the lowest bit of what was read
    SUCCESS = "success"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One way to use a row.

    Attributes:
        row: of the table.
        kind: see there.
        words: the statement in kernel C.
        change: what it writes.
        gives: what it returns.
        low: what the lowest bit of the word has to be before; None where it does not matter.
        compares: whether it compares with ``{o}``, and whether it is equal that it wants: None where it does not compare.

    """

    row: str
    kind: Kind
    words: str
    change: Change = Change.NOTHING
    gives: Gives = Gives.NOTHING
    low: int | None = None
    compares: bool | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.row} that fails" if self.kind is Kind.FAILED else self.row

    @property
    def reads(self) -> bool:
        """Whether it reads."""
        return self.kind in (Kind.LOAD, Kind.UPDATE, Kind.FAILED)

    @property
    def writes(self) -> bool:
        """Whether it writes."""
        return self.kind in (Kind.STORE, Kind.UPDATE)


_WORDS = {"lv": "*{x}", "p": "{x}", "w": "{x}", "v": "{x}", "l": "{x}", "nr": "0"} | {
    "x": "{v}", "i": "{v}", "a": "{v}", "new": "{v}", "old": "{o}", "u": "{o}"
}  # fmt: skip
_CHANGES = {Operation.SET: Change.SET, Operation.ADD: Change.ADD, Operation.OR: Change.OR, Operation.ANDNOT: Change.CLEAR}
_GIVES = {
    Result.NONE: Gives.NOTHING,
    Result.OLD: Gives.OLD,
    Result.BIT_WAS_SET: Gives.BIT,
    Result.SUCCESS: Gives.SUCCESS,
}
_COMPARES = {Guard.EQUAL: True, Guard.UNEQUAL: False}


def _uses(row: str) -> tuple[Use, ...]:
    """Return the uses of a row, by the primitive that tells most of it: one that takes an operand and returns what was read."""
    primitives = [item for item in PRIMITIVES.values() if getattr(item.action, "row", "") == row]
    primitive = max(primitives, key=_telling)
    words = f"{primitive.name}({', '.join(_WORDS[name] for name in primitive.parameters)});"
    match primitive.action:
        case LoadAction():
            return (Use(row=row, kind=Kind.LOAD, words=f"{{r}} = {words}", gives=Gives.OLD),)
        case StoreAction():
            return (Use(row=row, kind=Kind.STORE, words=words, change=Change.SET),)
        case FenceAction():
            return (Use(row=row, kind=Kind.FENCE, words=words),)
        case RmwAction() as action:
            return tuple(_update(row, action, words, kind) for kind in _kinds(action))
        case _:
            raise AssertionError(row)


def _telling(primitive: Primitive) -> tuple[bool, bool]:
    match primitive.action:
        case RmwAction(result=result, operand=operand):
            return result is Result.OLD, operand in primitive.parameters
        case _:
            return False, False


def _kinds(action: RmwAction) -> tuple[Kind, ...]:
    return (Kind.UPDATE,) if action.guard is Guard.ALWAYS else (Kind.UPDATE, Kind.FAILED)


def _update(row: str, action: RmwAction, words: str, kind: Kind) -> Use:
    gives, change = _GIVES[action.result], _CHANGES[action.operation]
    low: int | None = None
    if gives is Gives.BIT:
        low = int(kind is Kind.FAILED)
    elif change is Change.CLEAR:
        low = 1
    return Use(
        row=row,
        kind=kind,
        words=words if gives is Gives.NOTHING else f"{{r}} = {words}",
        change=change,
        gives=gives,
        low=low,
        compares=None if action.comparand.isdigit() else _COMPARES.get(action.guard),
    )


_OF_ROWS = {row: _uses(row) for row in SHAPES if not row.startswith("plain")} | {
    "plain_load": (Use(row="plain_load", kind=Kind.LOAD, words="{r} = *{x};", gives=Gives.OLD),),
    "plain_store": (Use(row="plain_store", kind=Kind.STORE, words="*{x} = {v};", change=Change.SET),),
}
_LOCKS = frozenset(item.action.row for item in PRIMITIVES.values() if "l" in item.parameters and hasattr(item.action, "row"))
_BESIDE = frozenset(item.name for item in PRIMITIVES.values() if isinstance(item.action, FenceAction) and item.action.beside)

ACCESSES = tuple(use for row, uses in _OF_ROWS.items() if row not in _LOCKS for use in uses if use.kind is not Kind.FENCE)
"""Every use of a row that accesses a word of the program; locks are apart."""


def named(row: str) -> Use:
    """Return the use of a row; of one that can fail, where it succeeds."""
    return _OF_ROWS[row][0]


READ, WRITE = named("READ_ONCE"), named("WRITE_ONCE")
ACQUIRE, RELEASE = named("smp_load_acquire"), named("smp_store_release")
FULL = named("smp_mb")
BEFORE, AFTER = named("smp_mb__before_atomic"), named("smp_mb__after_atomic")
FENCES = tuple(use for row, uses in _OF_ROWS.items() if row not in _BESIDE for use in uses if use.kind is Kind.FENCE)
"""Those that stand between any two accesses."""

AFTER_LOCK, AFTER_UNLOCK_LOCK = named("smp_mb__after_spinlock"), named("smp_mb__after_unlock_lock")
LOCK, UNLOCK = named("spin_lock"), named("spin_unlock")
TRYLOCK, NO_LOCK = _OF_ROWS["spin_trylock"]
