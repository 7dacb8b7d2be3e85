"""Which types go together, and what an implicit change of type becomes in the typed tree."""

from collections.abc import Iterable

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.language.errors import OUT_OF_RANGE, TYPE_MISMATCH, Refused, Reporter
from gupproof.language.types import (
    ATOMIC,
    BOOL,
    INT,
    LONG,
    SPINLOCK,
    SRCU,
    UINT,
    ULONG,
    ArrayType,
    IntType,
    PointerType,
    StructType,
    Type,
    VoidType,
)

_LADDER = (INT, UINT, LONG, ULONG)


def is_special(kind: Type) -> bool:
    """Whether only primitives of its own may touch the type."""
    return kind in (ATOMIC, SPINLOCK, SRCU)


def is_scalar(kind: Type) -> bool:
    """Whether a register can hold the type."""
    return isinstance(kind, IntType | PointerType)


def value_type(kind: Type) -> Type:
    """Return the type of what is read from a place of type ``kind``."""
    if kind == ATOMIC:
        return INT
    return BOOL if kind in (SPINLOCK, SRCU) else kind


def fitting_type(value: int) -> IntType | None:
    """Return the type of a decimal constant: the first of int, long, unsigned long that holds it."""
    return first_fitting(value, (INT, LONG, ULONG))


def first_fitting(value: int, kinds: Iterable[IntType]) -> IntType | None:
    """Return the first of ``kinds`` that holds ``value``."""
    return next((kind for kind in kinds if kind.low <= value <= kind.high), None)


def wrapped(value: int, kind: IntType) -> int:
    """Return what ``kind`` keeps of ``value``: its lower bits; for ``bool``, whether it is not 0 (C11 6.3.1.2, 6.3.1.3)."""
    if (kind.low, kind.high) == (BOOL.low, BOOL.high):
        return int(value != 0)
    return (value - kind.low) % (1 << kind.bits) + kind.low


def common_type(left: IntType, right: IntType) -> IntType:
    """Return C's type of an arithmetic operation on two integers."""
    return max(promoted(left), promoted(right), key=_LADDER.index)


def promoted(kind: IntType) -> IntType:
    """Return the first of int, unsigned int, long, unsigned long that holds every value of ``kind``."""
    return next((rung for rung in _LADDER if rung.low <= kind.low and kind.high <= rung.high), ULONG)


def same_type(left: Type, right: Type) -> bool:
    """Whether two types are one type under different names: typedefs and enumerations have no identity of their own."""
    match left, right:
        case IntType(), IntType():
            if is_special(left) or is_special(right):
                return left == right
            return (left.low, left.high) == (right.low, right.high)
        case PointerType(target=None), PointerType(target=None):
            return True
        case PointerType(target=a), PointerType(target=b) if a is not None and b is not None:
            return same_type(a, b)
        case ArrayType(), ArrayType():
            return left.length == right.length and same_type(left.element, right.element)
        case (StructType(), StructType()) | (VoidType(), VoidType()):
            return left == right
        case _:
            return False


def pointers_agree(left: PointerType, right: PointerType) -> bool:
    """Whether the pointers may be assigned and compared."""
    return left.target is None or right.target is None or same_type(left, right)


def convert(value: typed.Expr, target: Type, what: str, reporter: Reporter) -> typed.Expr:
    """Return ``value`` as it is when given to something of type ``target``.

    Args:
        value: of any type.
        target: of a register, word, parameter or result.
        what: names the receiver in the message: "argument 2 of `f`".
        reporter: told when it does not convert.

    Raises:
        Refused: it does not convert.

    """
    source = value.type
    match source, target:
        case IntType(), IntType():
            return _integer(value, source, target, what, reporter)
        case PointerType(), PointerType() if pointers_agree(source, target):
            return value
        case _:
            raise mismatch(value, target, what, reporter)


def mismatch(value: typed.Expr, target: Type, what: str, reporter: Reporter) -> Refused:
    """Report that ``value`` does not convert to ``target``; the caller raises the result."""
    source = value.type
    remedy = ""
    if isinstance(source, IntType) and isinstance(target, PointerType):
        is_zero = isinstance(value, typed.Const) and value.value == 0
        remedy = "write NULL" if is_zero else f"cast it: `({target})`"
    elif isinstance(source, PointerType) and isinstance(target, IntType):
        # A pointer fits no narrower type than this; the result may then be given to one.
        remedy = "compare it: `p != NULL`" if target == BOOL else "cast it: `(unsigned long)`"
    message = f"{what} is of type `{target}`, this is of type `{source}`"
    return reporter.refuse(TYPE_MISMATCH, value.span, message, remedy)


def _integer(value: typed.Expr, source: IntType, target: IntType, what: str, reporter: Reporter) -> typed.Expr:
    fits = target.low <= source.low and source.high <= target.high
    if isinstance(value, typed.Const):
        if target.low <= value.value <= target.high:
            return typed.Const(span=value.span, value=value.value, type=target)
        if target.high > 1 and -(1 << target.bits - 1) <= value.value < 1 << target.bits:
            return typed.Const(span=value.span, value=wrapped(value.value, target), type=target)
        if target.high > 1:
            message = f"{value.value} does not fit {what}, of type `{target}` ({target.low} .. {target.high})"
            raise reporter.refuse(OUT_OF_RANGE, value.span, message)
    if fits:
        return value
    if (target.low, target.high) == (BOOL.low, BOOL.high):
        # As in C, what is not 0 becomes true: `bool tail = flags & 1` asks whether the bit is there.
        zero = typed.Const(span=value.span, value=0, type=source)
        return typed.Binary(span=value.span, operator="!=", left=value, right=zero, type=BOOL)
    return typed.Cast(span=value.span, operand=value, type=target)


def null(span: Span) -> typed.Const:
    """Return NULL."""
    return typed.Const(span=span, value=0, type=PointerType(None))
