"""The memory primitives: kernel name and argument order on the left, what they do on the right.

A parameter's name says what it takes: ``lv`` a memory lvalue; ``p`` a pointer to a word, ``w`` to a word of bits, ``v`` to an
``atomic_t``, ``l`` to a ``spinlock_t``, ``ss`` to a ``struct srcu_struct``; ``nr`` the number of a bit; ``old``, ``new``,
``i``, ``a``, ``u``, ``x`` a value of the word's type; ``&old`` the address of a register; ``idx`` the index of a section;
``cond`` a condition over ``VAL``; ``any`` anything without effect.
An operand is the name of a parameter, a number, or ``1 << nr``.
"""

from dataclasses import dataclass

from gupproof.language.typed import Guard, Operation, Result


@dataclass(frozen=True, slots=True)
class LoadAction:
    """A load by the target row ``row``; ``bit`` keeps bit ``nr`` alone."""

    row: str
    bit: bool = False


@dataclass(frozen=True, slots=True)
class CondLoadAction:
    """A load that waits for ``cond``."""

    row: str


@dataclass(frozen=True, slots=True)
class StoreAction:
    """A store of ``value``, then the fence ``then`` if there is one."""

    row: str
    value: str
    then: str = ""


@dataclass(frozen=True, slots=True)
class FenceAction:
    """A fence; its row has the primitive's name."""


@dataclass(frozen=True, slots=True)
class RcuAction:
    """An RCU primitive: the one called ``of``."""

    of: str


@dataclass(frozen=True, slots=True)
class SrcuLockAction:
    """``srcu_read_lock``."""


@dataclass(frozen=True, slots=True)
class SrcuUnlockAction:
    """``srcu_read_unlock``."""


@dataclass(frozen=True, slots=True)
class SrcuSyncAction:
    """``synchronize_srcu``."""


@dataclass(frozen=True, slots=True)
class InterruptsAction:
    """Start (or end, ``enable``) a section that interrupts stay out of."""

    enable: bool


@dataclass(frozen=True, slots=True)
class RmwAction:
    """A read-modify-write, as in :class:`gupproof.language.typed.Rmw`."""

    row: str
    operation: Operation
    operand: str
    result: Result
    guard: Guard = Guard.ALWAYS
    comparand: str = ""
    waits: bool = False


Action = (
    LoadAction
    | CondLoadAction
    | StoreAction
    | FenceAction
    | RcuAction
    | SrcuLockAction
    | SrcuUnlockAction
    | SrcuSyncAction
    | InterruptsAction
    | RmwAction
)

CALL_RCU = "call_rcu"  # takes a call, so it is none of the table's


@dataclass(frozen=True, slots=True)
class Primitive:
    """A primitive: its parameters in order, and what it does."""

    name: str
    parameters: tuple[str, ...]
    action: Action

    @property
    def is_fence(self) -> bool:
        """Whether a barrier slot may stand for it."""
        return isinstance(self.action, FenceAction)


_ORDERS = ("", "_relaxed", "_acquire", "_release")
_ARITHMETIC = {"add": Operation.ADD, "sub": Operation.SUB}
_BITWISE = {"and": Operation.AND, "or": Operation.OR, "xor": Operation.XOR, "andnot": Operation.ANDNOT}
_BY_ONE = {"inc": Operation.ADD, "dec": Operation.SUB}
_BITS = {"set": Operation.OR, "clear": Operation.ANDNOT, "change": Operation.XOR}
_FENCES = (
    "smp_mb smp_rmb smp_wmb smp_mb__before_atomic smp_mb__after_atomic smp_mb__after_spinlock smp_mb__after_unlock_lock "
    "barrier tlbi_sync"
)


def _loads() -> list[Primitive]:
    return [
        Primitive("READ_ONCE", ("lv",), LoadAction("READ_ONCE")),
        Primitive("rcu_dereference", ("lv",), LoadAction("READ_ONCE")),
        Primitive("smp_load_acquire", ("p",), LoadAction("smp_load_acquire")),
        Primitive("atomic_read", ("v",), LoadAction("READ_ONCE")),
        Primitive("atomic_read_acquire", ("v",), LoadAction("smp_load_acquire")),
        Primitive("test_bit", ("nr", "w"), LoadAction("READ_ONCE", bit=True)),
        Primitive("spin_is_locked", ("l",), LoadAction("spin_is_locked")),
        Primitive("smp_cond_load_relaxed", ("p", "cond"), CondLoadAction("READ_ONCE")),
        Primitive("smp_cond_load_acquire", ("p", "cond"), CondLoadAction("smp_load_acquire")),
    ]


def _stores() -> list[Primitive]:
    return [
        Primitive("WRITE_ONCE", ("lv", "x"), StoreAction("WRITE_ONCE", "x")),
        Primitive("rcu_assign_pointer", ("lv", "x"), StoreAction("smp_store_release", "x")),
        Primitive("smp_store_release", ("p", "x"), StoreAction("smp_store_release", "x")),
        Primitive("smp_store_mb", ("lv", "x"), StoreAction("WRITE_ONCE", "x", then="smp_mb")),
        Primitive("atomic_set", ("v", "i"), StoreAction("WRITE_ONCE", "i")),
        Primitive("atomic_set_release", ("v", "i"), StoreAction("smp_store_release", "i")),
        Primitive("spin_unlock", ("l",), StoreAction("spin_unlock", "0")),
    ]


def _rmw(
    name: str,
    parameters: str,
    row: str,
    operation: Operation,
    operand: str,
    result: Result,
    guard: tuple[Guard, str] = (Guard.ALWAYS, ""),
    *,
    waits: bool = False,
) -> Primitive:
    action = RmwAction(row, operation, operand, result, guard[0], guard[1], waits)
    return Primitive(name, tuple(parameters.split()), action)


def _exchanges(order: str) -> list[Primitive]:
    equal = (Guard.EQUAL, "old")
    put = Operation.SET
    return [
        _rmw(f"xchg{order}", "p x", f"xchg{order}", put, "x", Result.OLD),
        _rmw(f"atomic_xchg{order}", "v i", f"xchg{order}", put, "i", Result.OLD),
        _rmw(f"cmpxchg{order}", "p old new", f"cmpxchg{order}", put, "new", Result.OLD, equal),
        _rmw(f"atomic_cmpxchg{order}", "v old new", f"cmpxchg{order}", put, "new", Result.OLD, equal),
        _rmw(f"atomic_try_cmpxchg{order}", "v &old new", f"cmpxchg{order}", put, "new", Result.SUCCESS, (Guard.EQUAL, "&old")),
    ]


def _counters(order: str) -> list[Primitive]:
    row = f"atomic_add_return{order}"
    made = []
    for name, operation in _ARITHMETIC.items():
        made.append(_rmw(f"atomic_{name}_return{order}", "i v", row, operation, "i", Result.NEW))
    for name, operation in _BY_ONE.items():
        made.append(_rmw(f"atomic_{name}_return{order}", "v", row, operation, "1", Result.NEW))
        made.append(_rmw(f"atomic_fetch_{name}{order}", "v", row, operation, "1", Result.OLD))
    for name, operation in (_ARITHMETIC | _BITWISE).items():
        made.append(_rmw(f"atomic_fetch_{name}{order}", "i v", row, operation, "i", Result.OLD))
    return made


def _plain_counters() -> list[Primitive]:
    add, sub = Operation.ADD, Operation.SUB
    full, unless = "atomic_add_return", "atomic_add_unless"
    made = [
        _rmw(f"atomic_{name}", "i v", "atomic_add", operation, "i", Result.NONE)
        for name, operation in (_ARITHMETIC | _BITWISE).items()
    ]
    made += [_rmw(f"atomic_{name}", "v", "atomic_add", operation, "1", Result.NONE) for name, operation in _BY_ONE.items()]
    return [
        *made,
        _rmw("atomic_inc_and_test", "v", full, add, "1", Result.NEW_IS_ZERO),
        _rmw("atomic_dec_and_test", "v", full, sub, "1", Result.NEW_IS_ZERO),
        _rmw("atomic_sub_and_test", "i v", full, sub, "i", Result.NEW_IS_ZERO),
        _rmw("atomic_add_negative", "i v", full, add, "i", Result.NEW_IS_NEGATIVE),
        _rmw("atomic_add_unless", "v a u", unless, add, "a", Result.SUCCESS, (Guard.UNEQUAL, "u")),
        _rmw("atomic_fetch_add_unless", "v a u", unless, add, "a", Result.OLD, (Guard.UNEQUAL, "u")),
        _rmw("atomic_inc_not_zero", "v", unless, add, "1", Result.SUCCESS, (Guard.UNEQUAL, "0")),
        _rmw("atomic_dec_if_positive", "v", unless, sub, "1", Result.NEW, (Guard.NOT_BELOW, "1")),
    ]


def _bits() -> list[Primitive]:
    mask = "1 << nr"
    made = []
    for name, operation in _BITS.items():
        made.append(_rmw(f"{name}_bit", "nr w", "set_bit", operation, mask, Result.NONE))
        made.append(_rmw(f"test_and_{name}_bit", "nr w", "test_and_set_bit", operation, mask, Result.BIT_WAS_SET))
    lock = "test_and_set_bit_lock"
    return [
        *made,
        _rmw(lock, "nr w", lock, Operation.OR, mask, Result.BIT_WAS_SET, (Guard.CLEAR, mask)),
        _rmw("clear_bit_unlock", "nr w", "clear_bit_unlock", Operation.ANDNOT, mask, Result.NONE),
    ]


def _sections() -> list[Primitive]:
    free = (Guard.EQUAL, "0")
    made = [Primitive(name, (), FenceAction()) for name in _FENCES.split()]
    made += [Primitive(name, (), RcuAction(name)) for name in ("rcu_read_lock", "rcu_read_unlock", "synchronize_rcu")]
    made.append(Primitive("synchronize_rcu_expedited", (), RcuAction("synchronize_rcu")))
    made.append(Primitive("srcu_read_lock", ("ss",), SrcuLockAction()))
    made.append(Primitive("srcu_read_unlock", ("ss", "idx"), SrcuUnlockAction()))
    made += [Primitive(f"synchronize_srcu{how}", ("ss",), SrcuSyncAction()) for how in ("", "_expedited")]
    for start, end in (
        ("local_irq_save", "local_irq_restore"),
        ("local_irq_disable", "local_irq_enable"),
        ("preempt_disable", "preempt_enable"),
        ("local_lock", "local_unlock"),
    ):
        takes = ("any",) if start == "local_lock" else ()
        made.append(Primitive(start, takes, InterruptsAction(enable=False)))
        made.append(Primitive(end, takes, InterruptsAction(enable=True)))
    return [
        *made,
        _rmw("spin_lock", "l", "spin_lock", Operation.SET, "1", Result.NONE, free, waits=True),
        _rmw("spin_trylock", "l", "spin_trylock", Operation.SET, "1", Result.SUCCESS, free),
    ]


def _all() -> dict[str, Primitive]:
    made = [*_loads(), *_stores(), *_plain_counters(), *_bits(), *_sections()]
    for order in _ORDERS:
        made += [*_exchanges(order), *_counters(order)]
    return {item.name: item for item in made}


PRIMITIVES = _all()
