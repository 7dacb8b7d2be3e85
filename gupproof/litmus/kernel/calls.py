"""Calls of kernel primitives: the table that .gup files use, and what the kernel's memory model has besides."""

import re
from functools import lru_cache

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.language.actions import (
    CondLoadAction,
    CpuAction,
    FenceAction,
    LoadAction,
    Primitive,
    RcuAction,
    RmwAction,
    SrcuLockAction,
    SrcuSyncAction,
    SrcuUnlockAction,
    StoreAction,
)
from gupproof.language.primitives import PRIMITIVES
from gupproof.litmus.form import Unsupported
from gupproof.litmus.kernel.expressions import WORD, Expressions

# Other names for the same thing: Linux v6.12, tools/memory-model/linux-kernel.def, include/linux/{rcupdate,spinlock,srcu}.h.
_ALIASES = {
    "ACCESS_ONCE": "READ_ONCE",
    "lockless_dereference": "rcu_dereference",
    "rcu_dereference_bh": "rcu_dereference",
    "rcu_dereference_sched": "rcu_dereference",
    "rcu_dereference_raw": "rcu_dereference",
    "rcu_access_pointer": "rcu_dereference",
    "raw_spin_lock": "spin_lock",
    "raw_spin_unlock": "spin_unlock",
    "raw_spin_trylock": "spin_trylock",
    "raw_spin_is_locked": "spin_is_locked",
    "synchronize_rcu_expedited": "synchronize_rcu",
    "srcu_down_read": "srcu_read_lock",
    "srcu_up_read": "srcu_read_unlock",
    "synchronize_srcu_expedited": "synchronize_srcu",
    "smp_read_barrier_depends": "barrier",  # READ_ONCE() has it in it
}
_WIDE = re.compile(r"atomic(?:64|_long)_")
_TRY = re.compile(r"try_cmpxchg(_relaxed|_acquire|_release)?\Z")

# In kernel C alone, or with rows of their own there: parameters as in :mod:`gupproof.language.primitives`.
_OWN = {
    primitive.name: primitive
    for primitive in (
        Primitive("srcu_read_lock", ("p",), LoadAction("srcu_read_lock")),
        Primitive("srcu_read_unlock", ("p", "x"), StoreAction("srcu_read_unlock", "x")),
        Primitive("synchronize_srcu", ("p",), FenceAction("synchronize_srcu")),
        Primitive("smp_mb__after_srcu_read_unlock", (), FenceAction("smp_mb__after_srcu_read_unlock")),
        Primitive("rcu_dereference_check", ("lv", "any"), LoadAction("READ_ONCE")),
        Primitive("rcu_dereference_protected", ("lv", "any"), LoadAction("READ_ONCE")),
        Primitive("srcu_dereference", ("lv", "any"), LoadAction("READ_ONCE")),
    )
}


@lru_cache(maxsize=512)
def primitive_called(name: str) -> Primitive | None:
    """Return the primitive that a function's name means, if it is one."""
    name = _ALIASES.get(name, name)
    if _TRY.match(name):
        name = f"atomic_{name}"
    name = _WIDE.sub("atomic_", name)
    found = _OWN.get(name) or PRIMITIVES.get(name)
    return None if found is not None and isinstance(found.action, CpuAction) else found


def value_of(reader: Expressions, name: str, span: Span) -> typed.Expr:
    """Read the arguments of a call that stands for a value, and return that.

    Raises:
        GupError: the arguments do not fit.
        Unsupported: it is no primitive.

    """
    called = called_with(reader, name, span)
    if isinstance(called, list):
        raise reader.words.source.error(
            "M006", f"{name}() has no value", reader.words.offsets[reader.words.at - 1], "call it as a statement"
        )
    return called


def called_with(reader: Expressions, name: str, span: Span) -> typed.Expr | list[typed.Stmt]:
    """Read the arguments of a call and return its value, or the statements it stands for if it has none.

    Raises:
        GupError: the arguments do not fit.
        Unsupported: it is no primitive.

    """
    primitive = primitive_called(name)
    if primitive is None:
        raise Unsupported(f"call: {name}()")
    given = dict(zip(primitive.parameters, _arguments(reader, name, primitive.parameters), strict=True))
    place = _place(reader, primitive, given, span)
    match primitive.action:
        case LoadAction(row=row, bit=bit):
            assert place is not None
            load = typed.Load(span=span, primitive=row, place=place, type=WORD)
            return _bit(load, given["nr"], span) if bit else load
        case CondLoadAction(row=row):
            assert place is not None
            return typed.CondLoad(span=span, primitive=row, place=place, condition=given["cond"], type=WORD)
        case StoreAction(row=row, value=value, then=then):
            assert place is not None
            store = typed.Store(span=span, primitive=row, place=place, value=_operand(value, given, span))
            return [store, typed.Fence(span=span, primitive=then)] if then else [store]
        case FenceAction(row=row):
            return [typed.Fence(span=span, primitive=row, place=place)]
        case RcuAction(step=step):
            return [typed.Rcu(span=span, step=step)]
        case RmwAction() as action:
            assert place is not None
            return _rmw(action, place, given, span)
        case CpuAction() | SrcuLockAction() | SrcuUnlockAction() | SrcuSyncAction():
            raise Unsupported(f"call: {name}()")


def _arguments(reader: Expressions, name: str, parameters: tuple[str, ...]) -> list[typed.Expr]:
    words = reader.words
    at = words.at
    words.expect("(")
    arguments: list[typed.Expr] = []
    while words.next != ")":
        if arguments:
            words.expect(",")
        arguments.append(reader.expression())
    words.take()
    if len(arguments) != len(parameters):
        takes = f"{len(parameters)} argument{'' if len(parameters) == 1 else 's'}"
        raise words.source.error("M006", f"{name}() takes {takes}, not {len(arguments)}", words.offsets[at])
    return arguments


def _place(reader: Expressions, primitive: Primitive, given: dict[str, typed.Expr], span: Span) -> typed.Place | None:
    for parameter in primitive.parameters:
        if parameter == "lv":
            return reader.lvalue(given["lv"], f"{primitive.name}()")
        if parameter in ("p", "w", "v", "l"):
            return reader.place_at(given[parameter], span)
    return None


def _operand(name: str, given: dict[str, typed.Expr], span: Span) -> typed.Expr:
    if name in given:
        return given[name]
    one = typed.Const(span=span, value=int(name) if name.isdigit() else 1, type=WORD)
    if name.isdigit():
        return one
    assert name == "1 << nr", name
    return typed.Binary(span=span, operator="<<", left=one, right=given["nr"], type=WORD)


def _bit(load: typed.Load, number: typed.Expr, span: Span) -> typed.Expr:
    shifted = typed.Binary(span=span, operator=">>", left=load, right=number, type=WORD)
    return typed.Binary(span=span, operator="&", left=shifted, right=typed.Const(span=span, value=1, type=WORD), type=WORD)


def _rmw(action: RmwAction, place: typed.Place, given: dict[str, typed.Expr], span: Span) -> typed.Expr | list[typed.Stmt]:
    by_pointer = action.comparand == "&old"
    comparand: typed.Expr | None = None
    if by_pointer:
        pointer = given["&old"]
        if not isinstance(pointer, typed.LocalAddress):
            raise Unsupported("call: try_cmpxchg() whose old value is not in a local variable")
        comparand = typed.Local(span=span, name=pointer.name, type=WORD)
    elif action.comparand:
        comparand = _operand(action.comparand, given, span)
    made = typed.Rmw(
        span=span,
        primitive=action.row,
        place=place,
        operation=action.operation,
        operand=_operand(action.operand, given, span),
        guard=action.guard,
        comparand=comparand,
        result=action.result,
        type=WORD,
        waits=action.waits,
        store_old=given["&old"] if by_pointer else None,
    )
    return [typed.Evaluate(span=span, value=made)] if action.result is typed.Result.NONE else made
