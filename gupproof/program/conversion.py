"""C's conversions of integers, on symbolic values (C11 6.3.1, with the kernel's -fwrapv)."""

from gupproof.language.types import BOOL, IntType, PointerType, Type
from gupproof.program.expr import Expr, ExprPool

POINTER_BITS = 64


def converted(pool: ExprPool, expr: Expr, source: Type, target: Type) -> Expr:
    """Return a value of type ``source`` as one of type ``target``: what does not fit keeps its lower bits."""
    if target == BOOL or (isinstance(target, IntType) and target.bits == 1):
        return pool.truth(expr)
    if isinstance(target, PointerType):
        return pool.wrap(expr, POINTER_BITS, signed=False) if isinstance(source, IntType) else expr
    if not isinstance(target, IntType) or (
        isinstance(source, IntType) and target.low <= source.low and source.high <= target.high
    ):
        return expr
    return pool.wrap(expr, target.bits, signed=target.signed)
