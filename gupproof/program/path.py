"""The path of one thread while it is unrolled: where it branches, joins, waits and faults, and the events on the way."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from gupproof.diagnostics import Diagnostic, GupError, Span
from gupproof.program.builder import Builder
from gupproof.program.events import Event, StopReason
from gupproof.program.expr import Expr, Op
from gupproof.program.state import (
    NO_DEPS,
    Cpu,
    Deps,
    EarlyExit,
    Exit,
    LogEntry,
    Operand,
    Register,
    RegisterAddress,
    State,
    Value,
    choose_cpu,
    different_locals,
    join_registers,
    select,
    union,
    without,
)
from gupproof.program.targets import StepKind


class Interruptions(Protocol):
    """What may run on a CPU between two steps of its thread."""

    @property
    def possible(self) -> bool:
        """Whether anything may run here, if it is let."""

    def window(self) -> None:
        """Let it run here, where it may."""

    def look(self, register: Register) -> None:
        """Let it run before the code looks at a register or assigns it, if it could be told."""


class NoInterruptions:
    """Nothing interrupts."""

    possible = False

    def window(self) -> None:
        """Do nothing."""

    def look(self, register: Register) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One activation: registers are keyed by its number; ghosts live in frame 0."""

    number: int
    ghosts: frozenset[str]

    def register(self, name: str) -> Register:
        """Return the register that ``name`` means here."""
        return (0 if name in self.ghosts else self.number, name)


@dataclass(slots=True)
class Path:
    """Where a thread is.

    Attributes:
        builder: collects what all threads do.
        state: guard, dependencies, registers.
        thread: its number.
        final: conditions are about the final state while this is set: loads mean final values, nothing is performed.
        astray: where such a condition looks at no object, or divides by zero: it is not true there.
        overruns: where a loop of such a condition wants more rounds than it has, and the loop: nothing is known there.
        frame, calls: the activation, and the places of the calls that led to it, outermost first.
        interruptions: what may run in between.
        waits: where the thread waits, and what its CPU has switched off there.

    """

    builder: Builder
    state: State
    thread: int
    final: bool = False
    astray: list[Expr] = field(default_factory=list)
    overruns: list[tuple[Expr, Span]] = field(default_factory=list)
    frame: Frame = field(default_factory=lambda: Frame(1, frozenset()))
    calls: tuple[Span, ...] = ()
    interruptions: Interruptions = field(default_factory=NoInterruptions)
    waits: list[tuple[Expr, Cpu]] = field(default_factory=list)

    # ── registers ────────────────────────────────────────────────────────────────────────────────────────────────────

    def get(self, register: Register, span: Span) -> Operand:
        """Return what a register holds.

        Raises:
            GupError: on some path it was not assigned.

        """
        if not self.final:
            self.interruptions.look(register)
        pool = self.builder.pool
        value = self.state.registers.get(register)
        if value is None:
            return Value(pool.false)
        if isinstance(value, Value) and value.missing is not None:
            if pool.where(pool.land(self.state.guard, value.missing), self.state.guard) is not pool.false:
                name = register[1].split(".")[0]
                raise error(
                    "L015",
                    f"'{name}' is read here, and on some path it has no value yet",
                    span,
                    "give it one where it is declared",
                )
            return Value(value.expr, value.deps, value.picks)
        return value

    def put(self, register: Register, value: Operand) -> None:
        """Assign a register."""
        if not self.final:
            self.interruptions.look(register)
        self.state.registers[register] = value

    # ── branches ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def entry_of_picks(self) -> Deps | None:
        """What :func:`~gupproof.program.state.join_registers` takes as the entry of a construct that begins here."""
        return None if self.builder.target.is_language else self.state.ctrl

    def branch(
        self, condition: Value, then: Callable[[], Operand], otherwise: Callable[[], Operand], span: Span | None
    ) -> Operand:
        """Unroll one of two continuations under ``condition`` and join their registers and results; errors are at ``span``."""
        pool, state = self.builder.pool, self.state
        if condition.expr.op is Op.CONST:
            return then() if condition.expr.value else otherwise()
        guard, ctrl, log, cpu = state.guard, state.ctrl, len(state.log), state.cpu
        entry = self.entry_of_picks
        before = state.registers
        inner = union(pool, ctrl, condition.deps, condition.picks)
        exits = []
        ends: list[Cpu] = []
        for arm, negative in ((then, False), (otherwise, True)):
            state.guard = pool.land(guard, pool.negation(condition.expr) if negative else condition.expr)
            state.ctrl, state.registers = inner, dict(before)
            state.cpu = cpu
            result = arm() if state.guard is not pool.false else Value(pool.false)
            exits.append(Exit(state.guard, state.registers, result, state.ctrl))
            ends.append(state.cpu)
        # An arm that never ends contributes nothing.
        live = [end for item, end in zip(exits, ends, strict=True) if item.guard is not pool.false] or ends[:1]
        state.cpu = live[0] if len(live) == 1 else choose_cpu(pool, condition.expr, live[0], live[1])
        state.registers = join_registers(pool, exits, span, entry=entry)
        self.rejoin(guard, ctrl, log)
        first, second = exits[0].value, exits[1].value
        assert first is not None
        assert second is not None
        if exits[0].guard is pool.false:
            return second
        if exits[1].guard is pool.false:
            return first
        if isinstance(first, RegisterAddress) or isinstance(second, RegisterAddress):
            if first == second:
                return first
            raise different_locals("this", span)
        expr = pool.make(Op.ITE, condition.expr, first.expr, second.expr)
        deps = select(pool, condition.expr, first.deps, second.deps)
        differ = entry is not None and first.expr is not second.expr
        decided = (condition.deps, condition.picks) if differ else ()
        picks = without(union(pool, select(pool, condition.expr, first.picks, second.picks), *decided), deps)
        return Value(expr, deps, picks)

    def rejoin(self, guard: Expr, ctrl: Deps, log: int) -> None:
        """Set the state to that of the entry, less the paths lost since (those the log still holds from ``log`` on)."""
        pool, state = self.builder.pool, self.state
        state.guard, state.ctrl = guard, ctrl
        for entry in state.log[log:]:
            state.guard = pool.land(state.guard, pool.negation(pool.given(entry.condition, guard)))
            state.ctrl = union(pool, state.ctrl, entry.ctrl)

    def leave(self, kind: EarlyExit, condition: Expr, *deps: Deps) -> None:
        """Leave the current path where ``condition`` (which includes the guard) holds; ``deps`` are what that depends on."""
        pool, state = self.builder.pool, self.state
        if condition is pool.false:
            return
        ctrl = union(pool, state.ctrl, *deps)
        state.log.append(LogEntry(kind, condition, ctrl))
        state.guard = pool.false if condition is state.guard else pool.land(state.guard, pool.negation(condition))
        state.ctrl = ctrl

    def take_back(self, log: int, *kinds: EarlyExit) -> None:
        """Forget what left by one of ``kinds`` since the log had ``log`` entries: the construct ends here for them, too."""
        self.state.log[log:] = [entry for entry in self.state.log[log:] if entry.kind not in kinds]

    # ── ways to end ──────────────────────────────────────────────────────────────────────────────────────────────────

    def require(self, condition: Value, span: Span, for_good: Expr | None = None) -> None:
        """Wait here unless ``condition`` holds; ``for_good``: where it will not hold any more, by the final state."""
        pool = self.builder.pool
        waits = pool.land(self.state.guard, pool.negation(condition.expr))
        after = pool.land(self.state.guard, condition.expr)
        self.builder.stop(StopReason.WAITS, waits, span, for_good)
        self.waits.append((waits, self.state.cpu))
        self.leave(EarlyExit.STOP, waits, condition.deps, condition.picks)
        self.state.guard = after

    def bound(self, span: Span) -> None:
        """Stop here: a loop wants more rounds than it has."""
        if self.final:
            self.overruns.append((self.state.guard, span))
        else:
            self.builder.stop(StopReason.BOUND, self.state.guard, span)
        self.leave(EarlyExit.STOP, self.state.guard)

    def fault(self, wrong: Expr, message: str, span: Span) -> None:
        """Fault where ``wrong`` holds: the thread goes no further there."""
        pool, state = self.builder.pool, self.state
        where = pool.land(state.guard, wrong)
        if self.final:
            self.astray.append(where)
            return
        if where is pool.false:
            return
        self.builder.fault(where, message, span)
        # A fault is no branch: nothing later depends on it.
        state.log.append(LogEntry(EarlyExit.STOP, where, NO_DEPS))
        state.guard = pool.land(state.guard, pool.negation(wrong))

    # ── events ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def emit(
        self,
        step: StepKind,
        tags: Iterable[tuple[str, Expr]],
        span: Span,
        text: str,
        *,
        guard: Expr | None = None,
        address: Value | None = None,
        value: Value | None = None,
        rmw: int | None = None,
        part_of: int | None = None,
    ) -> Event:
        """Append an event of this thread."""
        return self.builder.emit(
            step,
            tags,
            self.state,
            self.thread,
            span,
            guard=guard,
            address=address,
            value=value,
            rmw=rmw,
            part_of=part_of,
            text=text,
            calls=self.calls,
        )


def error(code: str, message: str, span: Span, remedy: str = "") -> GupError:
    """Return an error at ``span``."""
    return GupError(Diagnostic(code=code, message=message, span=span, help=remedy))
