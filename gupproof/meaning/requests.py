"""What a thread asks of the machine it runs on, one step at a time."""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from gupproof.diagnostics import NOWHERE, Span
from gupproof.language.typed import Guard, Operation
from gupproof.language.types import IntType, Type
from gupproof.meaning.integers import convert
from gupproof.meaning.registers import Value

RCU = "rcu"  # the domain of rcu_read_lock(); that of srcu_read_lock() has the name of its structure
ADDRESSES = 1 << 64


class Section(NamedTuple):
    """A read-side section: what it belongs to, on which CPU it began, and which of that CPU's it is."""

    domain: str
    cpu: str
    name: str


class Ending(Enum):
    """How a thread ends."""

    ENDED = "comes to its end"
    WAITS = "waits"
    BOUND = "hits a bound"
    FAULT = "faults"
    HELD = "was interrupted or preempted by what does not end"


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a thread (a handler, a callback) ends other than at its end, and why."""

    thread: str
    ending: Ending
    span: Span
    reason: str


@dataclass(frozen=True, slots=True)
class Read:
    """A load of a word as ``kind``."""

    primitive: str
    address: int
    kind: Type


@dataclass(frozen=True, slots=True)
class Write:
    """A store."""

    primitive: str
    address: int
    value: int


@dataclass(frozen=True, slots=True)
class Update:
    """A read-modify-write of a word as ``kind``; the answer is the value read. ``waits``: not before the guard holds."""

    primitive: str
    address: int
    kind: Type
    operation: Operation
    operand: int
    guard: Guard
    comparand: int
    waits: bool

    def changed(self, old: int) -> int:
        """Return what the value turns into, before its type cuts it."""
        match self.operation:
            case Operation.SET:
                return self.operand
            case Operation.ADD:
                return old + self.operand
            case Operation.SUB:
                return old - self.operand
            case Operation.AND:
                return old & self.operand
            case Operation.OR:
                return old | self.operand
            case Operation.XOR:
                return old ^ self.operand
            case Operation.ANDNOT:
                return old & ~self.operand

    def new(self, old: int) -> int:
        """Return what the value turns into."""
        return as_kind(self.changed(old), self.kind)

    def writes(self, old: int) -> bool:
        """Whether the guard holds."""
        match self.guard:
            case Guard.ALWAYS:
                return True
            case Guard.EQUAL:
                return old == self.comparand
            case Guard.UNEQUAL:
                return old != self.comparand
            case Guard.NOT_BELOW:
                return old >= self.comparand
            case Guard.CLEAR:
                return old & self.comparand == 0


@dataclass(frozen=True, slots=True)
class Order:
    """A fence by its kernel name; :data:`SWITCH` is that of a change of threads on one CPU."""

    primitive: str


SWITCH = "switch"


@dataclass(frozen=True, slots=True)
class Look:
    """The value of a ghost."""

    ghost: str


@dataclass(frozen=True, slots=True)
class SetGhost:
    """An assignment to a ghost."""

    ghost: str
    value: Value


@dataclass(frozen=True, slots=True)
class Pick:
    """``choose``: which of ``count`` values. No step: nothing comes before it."""

    count: int


@dataclass(frozen=True, slots=True)
class SetCpu:
    """A change of what may interrupt or preempt, or of how deep a section is nested, which only this CPU notices."""

    primitive: str


@dataclass(frozen=True, slots=True)
class Enter:
    """A read-side section begins."""

    section: Section


@dataclass(frozen=True, slots=True)
class Leave:
    """A read-side section ends. The answer says whether there was one."""

    section: Section


@dataclass(frozen=True, slots=True)
class GraceBegin:
    """A grace period begins that the thread then waits for."""

    primitive: str
    domain: str


@dataclass(frozen=True, slots=True)
class Grace:
    """The thread waits for the end of the grace period that it began last."""

    primitive: str
    domain: str


@dataclass(frozen=True, slots=True)
class Queue:
    """``call_rcu``: who runs after the grace period; ``inside``: the sections of this CPU that it stands in."""

    callback: str
    function: str
    arguments: tuple[Value, ...]
    inside: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Halt:
    """The thread goes no further. Where it waits, what may still interrupt or preempt it does."""

    stop: Stop


@dataclass(frozen=True, slots=True)
class Halted:
    """It has gone no further, and nothing interrupts or preempts it any more."""

    stop: Stop


@dataclass(frozen=True, slots=True)
class Drop:
    """An ``assume`` does not hold."""


@dataclass(frozen=True, slots=True)
class End:
    """The last statement is behind."""


Request = (
    Read
    | Write
    | Update
    | Order
    | Look
    | SetGhost
    | Pick
    | SetCpu
    | Enter
    | Leave
    | GraceBegin
    | Grace
    | Queue
    | Halt
    | Halted
    | Drop
    | End
)


@dataclass(frozen=True, slots=True)
class Take:
    """An interrupt that comes, or a thread that preempts, before a step; ``index`` among those of the scenario."""

    name: str
    index: int
    is_guest: bool


Answer = Value | Take | None


@dataclass(frozen=True, slots=True)
class Offer:
    """The next step of a CPU, and what may come before it.

    Attributes:
        request: the step.
        thread: whose step it is: a thread, a handler or a callback.
        span, chain: where it stands, and the calls it stands in, the outermost first.
        rounds: of the loops it stands in, the outermost first, from 0.
        takes: what may interrupt or preempt here.
        waiting: where the condition stands that it is a look at, of a wait; None outside of one.
        is_head: it is the first look of a round of waiting, so that nothing has been looked at yet.

    """

    request: Request
    thread: str
    span: Span = NOWHERE
    chain: tuple[Span, ...] = ()
    rounds: tuple[int, ...] = ()
    takes: tuple[Take, ...] = ()
    waiting: Span | None = None
    is_head: bool = False


def as_kind(value: int, kind: Type) -> int:
    """Return a word's value as one of a type: an integer's lower bits, or an address."""
    return convert(value, kind) if isinstance(kind, IntType) else value % ADDRESSES
