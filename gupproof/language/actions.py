"""What a memory primitive does: the parts of which the table in :mod:`gupproof.language.primitives` is made."""

from dataclasses import dataclass
from enum import Enum

from gupproof.language.typed import CpuStep, Guard, Operation, RcuStep, Result


class Order(Enum):
    """How much a primitive orders.

    Of fences: what a compiler does (``barrier``), some accesses (``smp_wmb``), all (``smp_mb``); a flush orders what no
    document compares with the others. Of accesses: nothing, what follows, what precedes, both. Sources:
    Documentation/memory-barriers.txt and Documentation/atomic_t.txt of Linux v5.14.
    """

    COMPILER = "compiler"
    SOME = "some"
    FLUSH = "flush"
    RELAXED = "relaxed"
    ACQUIRE = "acquire"
    RELEASE = "release"
    FULL = "full"

    def is_below(self, other: "Order") -> bool:
        """Whether this orders less than ``other``: a strict partial order."""
        return other in _ABOVE[self]


_ABOVE: dict[Order, frozenset[Order]] = {
    Order.COMPILER: frozenset({Order.SOME, Order.FLUSH, Order.FULL}),
    Order.SOME: frozenset({Order.FULL}),
    Order.FLUSH: frozenset(),
    Order.RELAXED: frozenset({Order.ACQUIRE, Order.RELEASE, Order.FULL}),
    Order.ACQUIRE: frozenset({Order.FULL}),
    Order.RELEASE: frozenset({Order.FULL}),
    Order.FULL: frozenset(),
}


@dataclass(frozen=True, slots=True)
class LoadAction:
    """A load by the target row ``row``.

    Attributes:
        row: of the table.
        bit: whether it keeps bit ``nr`` alone.
        on_machines: the row on targets that are machines, where it differs: a model of a language may ask what was seen.

    """

    row: str
    bit: bool = False
    on_machines: str = ""


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
    """A fence; ``beside``: one that only has a meaning next to an atomic or a lock."""

    row: str
    beside: bool = False


@dataclass(frozen=True, slots=True)
class RcuAction:
    """A step of RCU."""

    step: RcuStep

    @property
    def row(self) -> str:
        """The row in the model of a language, which has the step's name."""
        return self.step.value


@dataclass(frozen=True, slots=True)
class SrcuLockAction:
    """``srcu_read_lock``."""

    row: str = "srcu_read_lock"


@dataclass(frozen=True, slots=True)
class SrcuUnlockAction:
    """``srcu_read_unlock``."""

    row: str = "srcu_read_unlock"


@dataclass(frozen=True, slots=True)
class SrcuSyncAction:
    """``synchronize_srcu``."""

    row: str = "synchronize_srcu"


@dataclass(frozen=True, slots=True)
class CpuAction:
    """A change of what may interrupt; no row, for it is nothing that a memory model sees."""

    step: CpuStep


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

    @property
    def is_void(self) -> bool:
        """Whether it has no value."""
        return self.result is Result.NONE


Action = (
    LoadAction
    | CondLoadAction
    | StoreAction
    | FenceAction
    | RcuAction
    | SrcuLockAction
    | SrcuUnlockAction
    | SrcuSyncAction
    | CpuAction
    | RmwAction
)


@dataclass(frozen=True, slots=True)
class Primitive:
    """A primitive.

    Attributes:
        name: as the kernel spells it.
        parameters: in order; what each takes is told in :mod:`gupproof.language.primitives`.
        action: what it does.
        order: how much it orders; None where that is not asked (steps of RCU and of the CPU).
        is_paired: whether it begins or ends what another ends or began, and is nothing without it.

    """

    name: str
    parameters: tuple[str, ...]
    action: Action
    order: Order | None = None
    is_paired: bool = False

    @property
    def is_fence(self) -> bool:
        """Whether a barrier slot may stand for it."""
        return isinstance(self.action, FenceAction)
