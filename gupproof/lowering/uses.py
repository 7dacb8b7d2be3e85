"""How each row of a target table is used in a small program: the words of kernel C, and what the use does to its word.

An operand is a number that the program chooses: ``{x}`` is the word, ``{v}`` what is stored, added or set, ``{o}`` what is
compared with, ``{r}`` the register.
"""

from dataclasses import dataclass
from enum import Enum


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


ORDERS = ("", "_relaxed", "_acquire", "_release")


def _conditional(row: str, words: str, **parts: object) -> list[Use]:
    return [Use(row=row, kind=kind, words=words, **parts) for kind in (Kind.UPDATE, Kind.FAILED)]  # type: ignore[arg-type]


def _updates() -> list[Use]:
    made = [
        Use(row="atomic_add", kind=Kind.UPDATE, words="atomic_add({v}, {x});", change=Change.ADD),
        Use(row="set_bit", kind=Kind.UPDATE, words="set_bit(0, {x});", change=Change.OR),
        Use(row="clear_bit_unlock", kind=Kind.UPDATE, words="clear_bit_unlock(0, {x});", change=Change.CLEAR, low=1),
        Use(
            row="test_and_set_bit",
            kind=Kind.UPDATE,
            words="{r} = test_and_set_bit(0, {x});",
            change=Change.OR,
            gives=Gives.BIT,
            low=0,
        ),
    ]
    for order in ORDERS:
        add, swap = f"{{r}} = atomic_fetch_add{order}({{v}}, {{x}});", f"{{r}} = xchg{order}({{x}}, {{v}});"
        row = f"atomic_add_return{order}"
        made.append(Use(row=row, kind=Kind.UPDATE, words=add, change=Change.ADD, gives=Gives.OLD))
        made.append(Use(row=f"xchg{order}", kind=Kind.UPDATE, words=swap, change=Change.SET, gives=Gives.OLD))
        compare = f"{{r}} = cmpxchg{order}({{x}}, {{o}}, {{v}});"
        made += _conditional(f"cmpxchg{order}", compare, change=Change.SET, gives=Gives.OLD, compares=True)
    unless = "{r} = atomic_fetch_add_unless({x}, {v}, {o});"
    made += _conditional("atomic_add_unless", unless, change=Change.ADD, gives=Gives.OLD, compares=False)
    lock, words = "test_and_set_bit_lock", "{r} = test_and_set_bit_lock(0, {x});"
    made.append(Use(row=lock, kind=Kind.UPDATE, words=words, change=Change.OR, gives=Gives.BIT, low=0))
    made.append(Use(row=lock, kind=Kind.FAILED, words=words, gives=Gives.BIT, low=1))
    return made


def _store(row: str, words: str) -> Use:
    return Use(row=row, kind=Kind.STORE, words=words, change=Change.SET)


def _load(row: str, words: str) -> Use:
    return Use(row=row, kind=Kind.LOAD, words=words, gives=Gives.OLD)


READ = _load("READ_ONCE", "{r} = READ_ONCE(*{x});")
WRITE = _store("WRITE_ONCE", "WRITE_ONCE(*{x}, {v});")
ACQUIRE = _load("smp_load_acquire", "{r} = smp_load_acquire({x});")
RELEASE = _store("smp_store_release", "smp_store_release({x}, {v});")

ACCESSES = (
    _load("plain_load", "{r} = *{x};"),
    _store("plain_store", "*{x} = {v};"),
    READ,
    WRITE,
    ACQUIRE,
    RELEASE,
    *_updates(),
)
"""Every use of a row that accesses a word of the program; locks are apart."""


def fence(row: str) -> Use:
    """Return the use of a fence."""
    return Use(row=row, kind=Kind.FENCE, words=f"{row}();")


FULL = fence("smp_mb")
BEFORE, AFTER = fence("smp_mb__before_atomic"), fence("smp_mb__after_atomic")
FENCES = tuple(map(fence, ("smp_mb", "smp_rmb", "smp_wmb", "barrier", "tlbi_sync")))
"""Those that stand between any two accesses."""

AFTER_LOCK, AFTER_UNLOCK_LOCK = fence("smp_mb__after_spinlock"), fence("smp_mb__after_unlock_lock")
LOCK = Use(row="spin_lock", kind=Kind.UPDATE, words="spin_lock({x});", change=Change.SET)
UNLOCK = Use(row="spin_unlock", kind=Kind.STORE, words="spin_unlock({x});", change=Change.SET)
TRYLOCK = Use(row="spin_trylock", kind=Kind.UPDATE, words="{r} = spin_trylock({x});", change=Change.SET, gives=Gives.SUCCESS)
NO_LOCK = Use(row="spin_trylock", kind=Kind.FAILED, words="{r} = spin_trylock({x});", gives=Gives.SUCCESS)


def named(row: str) -> Use:
    """Return the use of a row in which it succeeds."""
    return next(use for use in ACCESSES if use.row == row)
