"""How strong primitives are beside each other: what a barrier slot may be weakened to.

Strength is a partial order: ``smp_rmb`` and ``smp_wmb`` order different things, and neither is the weaker.
"""

from collections.abc import Iterable, Sequence

from gupproof.language.actions import CondLoadAction, FenceAction, LoadAction, Order, Primitive, RmwAction, StoreAction
from gupproof.language.primitives import PRIMITIVES
from gupproof.language.typed import Guard, Result

NO_FENCE = "none"
PLAIN = "plain"

# test_and_set_bit_lock() leaves alone a bit that is set, which changes nothing; other conditions do.
_HARMLESS = frozenset({(Guard.ALWAYS, ""), (Guard.CLEAR, "1 << nr")})


def weaker(a: str, b: str) -> bool:
    """Whether ``a`` is strictly weaker than ``b``; both are primitives, ``none`` or ``plain``."""
    stronger = PRIMITIVES.get(b)
    if stronger is None:
        return False
    if a == NO_FENCE:
        return stronger.is_fence
    if a == PLAIN:
        return isinstance(stronger.action, LoadAction | StoreAction)
    primitive = PRIMITIVES.get(a)
    return primitive is not None and _is_weaker(primitive, stronger)


def _is_weaker(a: Primitive, b: Primitive) -> bool:
    if not alike(a, b) or a.order is None or b.order is None:
        return False
    if _is_void(b) and not _is_void(a):
        return False
    # What has no value reads what nothing else sees: smp_rmb() does not order it, and on Arm neither does DMB LD.
    return a.order.is_below(b.order) or (a.order is b.order and _is_void(a) and not _is_void(b))


def alike(a: Primitive, b: Primitive) -> bool:
    """Whether two primitives do the same to the same, but for order, and for a value that one of them may lack."""
    match a.action, b.action:
        case FenceAction(), FenceAction():
            return True
        case (LoadAction(bit=bit), LoadAction(bit=other)):
            return bit == other and _subject(a) == _subject(b)
        case (CondLoadAction(), CondLoadAction()) | (StoreAction(), StoreAction()):
            return _subject(a) == _subject(b)
        case (RmwAction() as first, RmwAction() as second):
            if (a.parameters, first.operation, first.operand, first.waits) != (
                b.parameters,
                second.operation,
                second.operand,
                second.waits,
            ):
                return False
            same_value = first.result is second.result or Result.NONE in (first.result, second.result)
            tests = {(item.guard, item.comparand) for item in (first, second)}
            return same_value and (len(tests) == 1 or tests <= _HARMLESS)
        case _:
            return False


def relaxed(primitive: Primitive) -> Primitive | None:
    """Return what does the same, gives the same and orders nothing; None where it is nothing else than that."""
    if primitive.is_fence or primitive.order in (None, Order.RELAXED):
        return None
    return next(
        (
            other
            for other in PRIMITIVES.values()
            if other.order is Order.RELAXED and alike(primitive, other) and _is_void(primitive) == _is_void(other)
        ),
        None,
    )


def is_void(name: str) -> bool:
    """Whether a read-modify-write has no value."""
    return name in PRIMITIVES and _is_void(PRIMITIVES[name])


def _is_void(primitive: Primitive) -> bool:
    return isinstance(primitive.action, RmwAction) and primitive.action.is_void


def _subject(primitive: Primitive) -> str:
    """Return what kind of word an access is of; an lvalue and a pointer to one are the same word."""
    return next((name for name in ("v", "l") if name in primitive.parameters), "word")


def weakest(values: Iterable[str]) -> str | None:
    """Return the value that is weaker than all others; None if there is none."""
    kept = tuple(values)
    return next((value for value in kept if all(value == other or weaker(value, other) for other in kept)), None)


def next_weaker(value: str, values: Sequence[str]) -> tuple[str, ...]:
    """Return those of ``values`` that are one step weaker than ``value``."""
    below = [other for other in values if weaker(other, value)]
    return tuple(other for other in below if not any(weaker(other, between) for between in below))


def equal(a: str, b: str) -> bool:
    """Whether two different primitives order the same: they become the same access everywhere."""
    rows = [
        (type(action), action.row)
        for action in (PRIMITIVES[name].action for name in (a, b) if name in PRIMITIVES)
        if isinstance(action, LoadAction | StoreAction | RmwAction)
    ]
    return a != b and len(rows) == 2 and rows[0] == rows[1]
