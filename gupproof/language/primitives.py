"""The one table of memory primitives: kernel name, arguments in order, what it does, how much it orders.

What else there is to know of a primitive follows from this: the rows of target tables and their shapes (:mod:`rows`), what is
weaker than what (:mod:`strength`), weaker forms to try (:mod:`gupproof.proving.weaker`), how rows are used in small programs
(:mod:`gupproof.lowering.uses`), how it is spelled in litmus tests (:mod:`gupproof.report.kernel_words`). Of several that are
the same access the one comes first that is to be written.

A parameter's name says what it takes: ``lv`` a memory lvalue; ``p`` a pointer to a word, ``w`` to a word of bits, ``v`` to an
``atomic_t``, ``l`` to a ``spinlock_t``, ``ss`` to a ``struct srcu_struct``; ``nr`` the number of a bit; ``old``, ``new``,
``i``, ``a``, ``u``, ``x`` a value of the word's type; ``&old`` the address of a register; ``idx`` the index of a section;
``cond`` a condition over ``VAL``; ``any`` anything without effect.
An operand is the name of a parameter, a number, or ``1 << nr``.
"""

from gupproof.language.actions import (
    CondLoadAction,
    CpuAction,
    FenceAction,
    LoadAction,
    Order,
    Primitive,
    RcuAction,
    RmwAction,
    SrcuLockAction,
    SrcuSyncAction,
    SrcuUnlockAction,
    StoreAction,
)
from gupproof.language.typed import CpuStep, Guard, Operation, RcuStep, Result

CALL_RCU = "call_rcu"  # takes a call, so it is none of the table's


# The suffixes of read-modify-writes: Documentation/atomic_t.txt, ORDERING.
_ORDERS = {"": Order.FULL, "_relaxed": Order.RELAXED, "_acquire": Order.ACQUIRE, "_release": Order.RELEASE}
_ARITHMETIC = {"add": Operation.ADD, "sub": Operation.SUB}
_BITWISE = {"and": Operation.AND, "or": Operation.OR, "xor": Operation.XOR, "andnot": Operation.ANDNOT}
_BY_ONE = {"inc": Operation.ADD, "dec": Operation.SUB}
_BITS = {"set": Operation.OR, "clear": Operation.ANDNOT, "change": Operation.XOR}
_FENCES = {
    "smp_mb": Order.FULL,
    "smp_rmb": Order.SOME,
    "smp_wmb": Order.SOME,
    "barrier": Order.COMPILER,
    "tlbi_sync": Order.FLUSH,
}
_FENCES_BESIDE = ("smp_mb__before_atomic", "smp_mb__after_atomic", "smp_mb__after_spinlock", "smp_mb__after_unlock_lock")


def _loads() -> list[Primitive]:
    once, acquire = LoadAction("READ_ONCE"), LoadAction("smp_load_acquire")
    return [
        Primitive("READ_ONCE", ("lv",), once, Order.RELAXED),
        Primitive("rcu_dereference", ("lv",), once, Order.RELAXED),
        Primitive("smp_load_acquire", ("p",), acquire, Order.ACQUIRE),
        Primitive("atomic_read", ("v",), once, Order.RELAXED),
        Primitive("atomic_read_acquire", ("v",), acquire, Order.ACQUIRE),
        Primitive("test_bit", ("nr", "w"), LoadAction("READ_ONCE", bit=True), Order.RELAXED),
        Primitive("spin_is_locked", ("l",), LoadAction("spin_is_locked", on_machines="READ_ONCE"), Order.RELAXED),
        Primitive("smp_cond_load_relaxed", ("p", "cond"), CondLoadAction("READ_ONCE"), Order.RELAXED),
        Primitive("smp_cond_load_acquire", ("p", "cond"), CondLoadAction("smp_load_acquire"), Order.ACQUIRE),
    ]


def _stores() -> list[Primitive]:
    once, release = StoreAction("WRITE_ONCE", "x"), StoreAction("smp_store_release", "x")
    return [
        Primitive("WRITE_ONCE", ("lv", "x"), once, Order.RELAXED),
        Primitive("smp_store_release", ("p", "x"), release, Order.RELEASE),
        Primitive("rcu_assign_pointer", ("lv", "x"), release, Order.RELEASE),
        Primitive("smp_store_mb", ("lv", "x"), StoreAction("WRITE_ONCE", "x", then="smp_mb"), Order.FULL),
        Primitive("atomic_set", ("v", "i"), StoreAction("WRITE_ONCE", "i"), Order.RELAXED),
        Primitive("atomic_set_release", ("v", "i"), StoreAction("smp_store_release", "i"), Order.RELEASE),
        Primitive("spin_unlock", ("l",), StoreAction("spin_unlock", "0"), Order.RELEASE, is_paired=True),
    ]


def _rmw(
    name: str,
    parameters: str,
    row: str,
    operation: Operation,
    operand: str,
    result: Result,
    order: Order,
    guard: tuple[Guard, str] = (Guard.ALWAYS, ""),
    *,
    waits: bool = False,
) -> Primitive:
    action = RmwAction(row, operation, operand, result, guard[0], guard[1], waits)
    return Primitive(name, tuple(parameters.split()), action, order)


def _exchanges(suffix: str, order: Order) -> list[Primitive]:
    equal = (Guard.EQUAL, "old")
    put, compared = Operation.SET, f"cmpxchg{suffix}"
    success = Result.SUCCESS
    return [
        _rmw(f"xchg{suffix}", "p x", f"xchg{suffix}", put, "x", Result.OLD, order),
        _rmw(f"atomic_xchg{suffix}", "v i", f"xchg{suffix}", put, "i", Result.OLD, order),
        _rmw(f"cmpxchg{suffix}", "p old new", compared, put, "new", Result.OLD, order, equal),
        _rmw(f"atomic_cmpxchg{suffix}", "v old new", compared, put, "new", Result.OLD, order, equal),
        _rmw(f"atomic_try_cmpxchg{suffix}", "v &old new", compared, put, "new", success, order, (Guard.EQUAL, "&old")),
    ]


def _counters(suffix: str, order: Order) -> list[Primitive]:
    row = f"atomic_add_return{suffix}"
    made = []
    for name, operation in _ARITHMETIC.items():
        made.append(_rmw(f"atomic_{name}_return{suffix}", "i v", row, operation, "i", Result.NEW, order))
    for name, operation in _BY_ONE.items():
        made.append(_rmw(f"atomic_{name}_return{suffix}", "v", row, operation, "1", Result.NEW, order))
        made.append(_rmw(f"atomic_fetch_{name}{suffix}", "v", row, operation, "1", Result.OLD, order))
    for name, operation in (_ARITHMETIC | _BITWISE).items():
        made.append(_rmw(f"atomic_fetch_{name}{suffix}", "i v", row, operation, "i", Result.OLD, order))
    return made


def _plain_counters() -> list[Primitive]:
    add, sub = Operation.ADD, Operation.SUB
    row, unless, full, relaxed = "atomic_add_return", "atomic_add_unless", Order.FULL, Order.RELAXED
    made = [
        _rmw(f"atomic_{name}", "i v", "atomic_add", operation, "i", Result.NONE, relaxed)
        for name, operation in (_ARITHMETIC | _BITWISE).items()
    ]
    for name, operation in _BY_ONE.items():
        made.append(_rmw(f"atomic_{name}", "v", "atomic_add", operation, "1", Result.NONE, relaxed))
    return [
        *made,
        _rmw("atomic_inc_and_test", "v", row, add, "1", Result.NEW_IS_ZERO, full),
        _rmw("atomic_dec_and_test", "v", row, sub, "1", Result.NEW_IS_ZERO, full),
        _rmw("atomic_sub_and_test", "i v", row, sub, "i", Result.NEW_IS_ZERO, full),
        _rmw("atomic_add_negative", "i v", row, add, "i", Result.NEW_IS_NEGATIVE, full),
        _rmw("atomic_add_unless", "v a u", unless, add, "a", Result.SUCCESS, full, (Guard.UNEQUAL, "u")),
        _rmw("atomic_fetch_add_unless", "v a u", unless, add, "a", Result.OLD, full, (Guard.UNEQUAL, "u")),
        _rmw("atomic_inc_not_zero", "v", unless, add, "1", Result.SUCCESS, full, (Guard.UNEQUAL, "0")),
        _rmw("atomic_dec_if_positive", "v", unless, sub, "1", Result.NEW, full, (Guard.NOT_BELOW, "1")),
    ]


def _bits() -> list[Primitive]:
    # Documentation/atomic_bitops.txt
    mask, was_set = "1 << nr", Result.BIT_WAS_SET
    made = []
    for name, operation in _BITS.items():
        made.append(_rmw(f"{name}_bit", "nr w", "set_bit", operation, mask, Result.NONE, Order.RELAXED))
        made.append(_rmw(f"test_and_{name}_bit", "nr w", "test_and_set_bit", operation, mask, was_set, Order.FULL))
    lock, clear = "test_and_set_bit_lock", (Guard.CLEAR, mask)
    return [
        *made,
        _rmw(lock, "nr w", lock, Operation.OR, mask, was_set, Order.ACQUIRE, clear),
        _rmw("clear_bit_unlock", "nr w", "clear_bit_unlock", Operation.ANDNOT, mask, Result.NONE, Order.RELEASE),
    ]


def _fences() -> list[Primitive]:
    made = [Primitive(name, (), FenceAction(name), order) for name, order in _FENCES.items()]
    return [*made, *(Primitive(name, (), FenceAction(name, beside=True), Order.SOME) for name in _FENCES_BESIDE)]


def _sections() -> list[Primitive]:
    made = [Primitive(step.value, (), RcuAction(step), is_paired=step is not RcuStep.SYNCHRONIZE) for step in RcuStep]
    made.append(Primitive("synchronize_rcu_expedited", (), RcuAction(RcuStep.SYNCHRONIZE)))
    made.append(Primitive("srcu_read_lock", ("ss",), SrcuLockAction()))
    made.append(Primitive("srcu_read_unlock", ("ss", "idx"), SrcuUnlockAction(), is_paired=True))
    made += [Primitive(f"synchronize_srcu{how}", ("ss",), SrcuSyncAction()) for how in ("", "_expedited")]
    for change in CpuStep:
        takes = ("any",) if change in (CpuStep.LOCAL_LOCK, CpuStep.LOCAL_UNLOCK) else ()
        made.append(Primitive(change.value, takes, CpuAction(change), is_paired=True))
    return made


def _locks() -> list[Primitive]:
    free, order = (Guard.EQUAL, "0"), Order.ACQUIRE
    return [
        _rmw("spin_lock", "l", "spin_lock", Operation.SET, "1", Result.NONE, order, free, waits=True),
        _rmw("spin_trylock", "l", "spin_trylock", Operation.SET, "1", Result.SUCCESS, order, free),
    ]


def _all() -> dict[str, Primitive]:
    made = [*_loads(), *_stores(), *_plain_counters(), *_bits(), *_fences(), *_sections(), *_locks()]
    for suffix, order in _ORDERS.items():
        made += [*_exchanges(suffix, order), *_counters(suffix, order)]
    return {item.name: item for item in made}


PRIMITIVES = _all()
