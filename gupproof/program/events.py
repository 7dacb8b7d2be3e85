"""A program: the guarded events that a scenario unrolls to, and what is asked of them.

This is the meeting point of everything: lowering makes it, the encoder and the explicit enumerator read it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from gupproof.diagnostics import Span
from gupproof.program.expr import Expr, ExprPool, Op

INIT_THREAD = -1


class Kind(Enum):
    """What an event does."""

    READ = "R"
    WRITE = "W"
    FENCE = "F"


@dataclass(frozen=True, slots=True)
class Dependency:
    """A syntactic dependency on the event ``source``, present where ``condition`` (a boolean) holds.

    The source is a read; or, for the status of a RISC-V store-conditional, the write.
    """

    source: int
    condition: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One memory access or fence, executed when ``guard`` holds.

    Attributes:
        id: position in :attr:`Program.events`; events of one thread are in program order.
        thread: index into :attr:`Program.threads`, or ``INIT_THREAD`` for the initial writes.
        kind: read, write or fence.
        guard: boolean expression over earlier reads of its thread, and of the thread that queued it where it is a callback;
            includes the validity of the address. That of a fence may look at later ones too: the barrier before a conditional
            read-modify-write is there only if it succeeds, in the LKMM.
        tags: cat set name and the condition under which the event is in it (``A`` on success of an exchange, say).
        address: of the location accessed; None for a fence, but for one about a location (``synchronize_srcu``). Only its value
            among the valid addresses matters.
        value: what a write writes; for a read, its own READ expression; None for a fence.
        addr, data, ctrl: syntactic dependencies; the source reads stand earlier in the same thread.
        rmw: for the write half of a read-modify-write, the id of its read half.
        part_of: the id of the first event of its instruction, where that is another one, and herd7 has no program order between
            the two.
        text: what the step is in kernel words, for stories.
        span: the primitive's place in the source.
        calls: places of the calls that led here, outermost first.

    """

    id: int
    thread: int
    kind: Kind
    guard: Expr
    tags: tuple[tuple[str, Expr], ...] = ()
    address: Expr | None = None
    value: Expr | None = None
    addr: tuple[Dependency, ...] = ()
    data: tuple[Dependency, ...] = ()
    ctrl: tuple[Dependency, ...] = ()
    rmw: int | None = None
    part_of: int | None = None
    text: str = ""
    span: Span
    calls: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class ThreadInfo:
    """A column of the drawing: a CPU with what runs on it.

    Attributes:
        name: of its threads, or of the callback.
        queued: of a callback, the event that queued it.

    """

    name: str
    queued: int | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """A word of memory, ``name`` as in the source (``H._refcount``); ``type_name`` helps printing its values."""

    address: int
    name: str
    type_name: str


class StopReason(Enum):
    """Why a thread does not come to its end."""

    WAITS = "waits"  # for a value, a lock, a grace period; a thread or callback that has not run
    BOUND = "bound"  # a loop wants more rounds than its bound
    FAULT = "fault"  # an access to what is no location, a division by zero


@dataclass(frozen=True, slots=True)
class Stop:
    """Where ``condition`` (a boolean that includes the guard) holds, the thread stopped here.

    Attributes:
        reason: why.
        condition: where.
        span: the place.
        for_good: a boolean over the final state too: no other thread will do what is waited for any more.

    """

    reason: StopReason
    condition: Expr
    span: Span
    for_good: Expr | None = None


@dataclass(frozen=True, slots=True)
class Overrun:
    """A loop of a property or cover that wants more rounds than its bound where ``condition`` holds.

    Nothing is known of the property or cover there: it is not violated, and not reached. Others are judged all the same.

    Attributes:
        of: the name of the property or cover.
        condition: a boolean over the final state.
        span: the place of the loop.

    """

    of: str
    condition: Expr
    span: Span


class CheckKind(Enum):
    """What a check looks for."""

    ASSERT = "assert"  # the user's assert
    FAULT = "fault"  # an access to what is no location, division by zero


@dataclass(frozen=True, slots=True)
class Check:
    """Something that is wrong where ``violation`` (a boolean that includes the guard) holds.

    Attributes:
        kind, violation, message, span: what, where, in words, and the place.
        property: that an ASSERT belongs to; empty for a fault.
        reached: where an ASSERT is looked at; None for what need not be: ``assert(false)``, a fault.

    """

    kind: CheckKind
    violation: Expr
    message: str
    span: Span
    property: str = ""
    reached: Expr | None = None


@dataclass(frozen=True, slots=True)
class Ordering:
    """A pair of ``gp-order``: ``first`` came before ``second`` where both execute and ``condition`` (a boolean) holds.

    One of them begins or ends a read-side section of RCU, the other a grace period.
    """

    first: int
    second: int
    condition: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A scenario on one target, unrolled.

    Attributes:
        name: of the scenario.
        target: name of the target table.
        pool: makes further expressions over these.
        threads: the columns.
        events: initial writes first (one per location), then thread by thread in program order.
        locations: in address order.
        switches: name → its expression: of CONFIG, or of a constant where it is built in.
        looked_at: those that some path looks at.
        constraints: booleans that hold in every execution considered.
        stops, checks: see there. An execution is complete when no stop's condition holds.
        properties: name → boolean over final values and ghosts, judged in complete executions. Names that only asserts
            carry map to true; ``asserts`` and ``no_overflow`` are always there.
        asserted: the properties whose asserts have to be reached.
        gp_order: which sections and grace periods came first.
        gp_ended: the choices that say which grace periods have ended.
        is_language: whether the target's rows are events of a language's model and not instructions.
        covers: name → boolean, judged likewise.
        overruns: where loops of properties and covers run longer than they may.
        ghosts: name → the register's final value.

    """

    name: str
    target: str
    pool: ExprPool
    threads: tuple[ThreadInfo, ...]
    events: tuple[Event, ...]
    locations: tuple[Location, ...]
    switches: dict[str, Expr]
    constraints: tuple[Expr, ...]
    stops: tuple[Stop, ...]
    checks: tuple[Check, ...]
    properties: dict[str, Expr]
    covers: dict[str, Expr]
    ghosts: dict[str, Expr]
    looked_at: frozenset[str] = frozenset()
    asserted: frozenset[str] = frozenset()
    gp_order: tuple[Ordering, ...] = ()
    gp_ended: tuple[Expr, ...] = ()
    overruns: tuple[Overrun, ...] = ()
    is_language: bool = False


def of_one_instruction(events: Iterable[Event]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of events, in their order, that belong to one instruction (see ``Event.part_of``)."""
    instructions: dict[int, list[int]] = {}
    for event in events:
        if event.part_of is not None:
            yield event.part_of, event.id
            others = instructions.setdefault(event.part_of, [])
            yield from ((other, event.id) for other in others)
            others.append(event.id)


def feeds(events: Iterable[Event]) -> Iterator[tuple[int, int]]:
    """Yield each read with the accesses whose value or address is computed from what it read: with ``r ^ r`` nothing is."""
    for event in events:
        if event.kind is not Kind.READ:
            yield from ((read, event.id) for read in _reads(event.address, event.value))
        else:
            yield from ((read, event.id) for read in _reads(event.address))


def _reads(*exprs: Expr | None) -> set[int]:
    """Return the reads that occur in expressions."""
    found, seen, waiting = set(), set(), [expr for expr in exprs if expr is not None]
    while waiting:
        expr = waiting.pop()
        if expr not in seen:
            seen.add(expr)
            waiting += expr.args
            if expr.op is Op.READ:
                found.add(expr.value)
    return found
