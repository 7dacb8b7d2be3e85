"""How strong primitives are beside each other: what a barrier slot may be weakened to.

Strength is a partial order: ``smp_rmb`` and ``smp_wmb`` order different things, and neither is the weaker. Sources:
Documentation/memory-barriers.txt (fences, READ_ONCE, acquire and release), Documentation/atomic_t.txt (the suffixes of
read-modify-writes) and Documentation/atomic_bitops.txt of Linux v5.14.
"""

from collections.abc import Iterable, Sequence

from gupproof.language.primitives import PRIMITIVES, FenceAction, LoadAction, RmwAction, StoreAction
from gupproof.language.typed import Result

NO_FENCE = "none"
PLAIN = "plain"

# Fences by how much they order; a flush orders what no document compares with the others.
_FENCES = {NO_FENCE: 0, "barrier": 1, "smp_mb": 3}
_SOME_FENCE = 2
_INCOMPARABLE = "tlbi_sync"

_SUFFIXES = {"_relaxed": 0, "_acquire": 1, "_release": 1}
_FULL = 2
# Weaker and stronger forms that their names do not tell.
_PAIRS = frozenset(
    {
        ("test_and_set_bit_lock", "test_and_set_bit"),
        ("set_bit", "test_and_set_bit_lock"),
        ("set_bit", "test_and_set_bit"),
        ("clear_bit", "clear_bit_unlock"),
        ("clear_bit", "test_and_clear_bit"),
        ("clear_bit_unlock", "test_and_clear_bit"),
        ("change_bit", "test_and_change_bit"),
    }
)
_ATOMIC = "atomic_"


def weaker(a: str, b: str) -> bool:
    """Whether ``a`` is strictly weaker than ``b``; both are primitives, ``none`` or ``plain``."""
    if (a, b) in _PAIRS:
        return True
    if _is_fence(a) and _is_fence(b):
        return a != _INCOMPARABLE and _fence(a) < _fence(b)
    if a == PLAIN:
        return _kind(b) in (LoadAction, StoreAction)
    if _kind(a) is not _kind(b):
        return False
    if _kind(a) in (LoadAction, StoreAction):
        return _marked(a) and not _marked(b)
    (base, order), (other, other_order) = _suffix(a), _suffix(b)
    if is_void(a):
        # It is relaxed, and its read is none: smp_rmb() does not order it, and on Arm neither does DMB LD.
        return a.startswith(_ATOMIC) and other in (f"{a}_return", a.replace(_ATOMIC, f"{_ATOMIC}fetch_", 1))
    return _kind(a) is RmwAction and base == other and order < other_order


def is_void(name: str) -> bool:
    """Whether a read-modify-write has no value."""
    primitive = PRIMITIVES.get(name)
    return primitive is not None and isinstance(primitive.action, RmwAction) and primitive.action.result is Result.NONE


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


def _kind(name: str) -> type | None:
    primitive = PRIMITIVES.get(name)
    return type(primitive.action) if primitive is not None else None


def _is_fence(name: str) -> bool:
    return name == NO_FENCE or _kind(name) is FenceAction


def _fence(name: str) -> int:
    return _FENCES.get(name, _SOME_FENCE)


def _marked(name: str) -> bool:
    """Whether a load or store orders nothing: a compiler has to leave it alone, and no more."""
    action = PRIMITIVES[name].action
    return isinstance(action, LoadAction | StoreAction) and action.row in ("READ_ONCE", "WRITE_ONCE")


def _suffix(name: str) -> tuple[str, int]:
    for suffix, order in _SUFFIXES.items():
        if name.endswith(suffix):
            return name.removesuffix(suffix), order
    return name, _FULL
