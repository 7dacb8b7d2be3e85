"""The paths of one thread while it is unrolled: where it branches, joins and stops, and the events it performs on the way."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from gupproof.diagnostics import Diagnostic, GupError, Span
from gupproof.language import typed
from gupproof.language.types import BOOL, IntType, Type
from gupproof.program.builder import Builder
from gupproof.program.events import CheckKind, Event, StopReason
from gupproof.program.expr import Expr, Op
from gupproof.program.merging import Alternative, merge
from gupproof.program.state import (
    NO_DEPS,
    Deps,
    Depths,
    Exit,
    LogEntry,
    Lost,
    Operand,
    Register,
    RegisterAddress,
    State,
    Value,
    choose_depths,
    join_registers,
    select,
    union,
)
from gupproof.program.targets import Row, StepKind


@dataclass(frozen=True, slots=True)
class Frame:
    """One activation: registers are keyed by its number; ghosts live in frame 0."""

    number: int
    ghosts: frozenset[str]

    def register(self, name: str) -> Register:
        """Return the register that ``name`` means here."""
        return (0 if name in self.ghosts else self.number, name)


@dataclass(slots=True)
class Paths:
    """What unrolling needs, whatever it unrolls. Expressions are added by :class:`~gupproof.program.expressions.Unroller`.

    Attributes:
        final: properties are unrolled with this set: loads mean final values, nothing is performed.
        astray: where a property looks at no object, or divides by zero: it is not true there.
        before_event: called before an instruction, while it may still be interrupted.
        call: inlines a function.

    """

    builder: Builder
    unit: typed.Unit
    switches: dict[str, Expr]
    state: State
    thread: int
    final: bool = False
    astray: list[Expr] = field(default_factory=list)
    frame: Frame = field(default_factory=lambda: Frame(1, frozenset()))
    calls: tuple[Span, ...] = ()
    before_event: Callable[[], None] = lambda: None
    call: Callable[[typed.Call], Operand] | None = None

    def error(self, code: str, message: str, span: Span, remedy: str = "") -> GupError:
        """Return an error at ``span``."""
        return GupError(Diagnostic(code=code, message=message, span=span, help=remedy))

    def convert(self, value: Value, source: Type, target: Type, span: Span) -> Value:
        """Convert as C does, except that what does not fit is an overflow instead of being cut."""
        if target == BOOL:
            return Value(self.builder.pool.truth(value.expr), value.deps)
        if isinstance(target, IntType) and not (
            isinstance(source, IntType) and target.low <= source.low and source.high <= target.high
        ):
            self.check_range(value.expr, target, span)
        return value

    def check_range(self, expr: Expr, kind: IntType, span: Span) -> None:
        """Note that a value outside ``kind`` is an overflow."""
        pool = self.builder.pool
        if self.final or (expr.op is Op.CONST and kind.low <= expr.value <= kind.high):
            return
        outside = pool.lor(pool.make(Op.LT, expr, pool.const(kind.low)), pool.make(Op.LT, pool.const(kind.high), expr))
        self.builder.check(
            CheckKind.OVERFLOW, pool.land(self.state.guard, outside), f"the result does not fit {kind.name}", span
        )

    def _fault(self, wrong: Expr, message: str, span: Span) -> None:
        """Note that nothing good comes of this step where ``wrong`` holds."""
        where = self.builder.pool.land(self.state.guard, wrong)
        if self.final:
            self.astray.append(where)
        else:
            self.builder.check(CheckKind.FAULT, where, message, span)

    def branch(
        self, condition: Value, then: Callable[[], Operand], otherwise: Callable[[], Operand], span: Span | None
    ) -> Operand:
        """Unroll one of two continuations under ``condition`` and join their registers and results; errors are at ``span``."""
        pool, state = self.builder.pool, self.state
        if condition.expr.op is Op.CONST:
            return then() if condition.expr.value else otherwise()
        guard, ctrl, log, depths = state.guard, state.ctrl, len(state.log), state.depths
        before = state.registers
        inner = union(pool, ctrl, condition.deps)
        exits = []
        ends: list[Depths] = []
        for arm, negative in ((then, False), (otherwise, True)):
            state.guard = pool.land(guard, pool.negation(condition.expr) if negative else condition.expr)
            state.ctrl, state.registers = inner, dict(before)
            state.depths = depths
            result = arm() if state.guard is not pool.false else Value(pool.false)
            exits.append(Exit(state.guard, state.registers, result))
            ends.append(state.depths)
        # An arm that never ends has a say in nothing.
        live = [end for item, end in zip(exits, ends, strict=True) if item.guard is not pool.false] or ends[:1]
        state.depths = live[0] if len(live) == 1 else choose_depths(pool, condition.expr, live[0], live[1])
        state.registers = join_registers(pool, exits, span)
        self.rejoin(guard, ctrl, log)
        first, second = exits[0].value, exits[1].value
        assert first is not None
        assert second is not None
        # An arm that never ends has no value: the other's stands.
        if exits[0].guard is pool.false:
            return second
        if exits[1].guard is pool.false:
            return first
        if isinstance(first, RegisterAddress) or isinstance(second, RegisterAddress):
            if first == second:
                return first
            message, remedy = (
                "this may point to different local variables",
                "pass '&local' straight to the function that assigns it",
            )
            raise GupError(Diagnostic(code="L002", message=message, span=span, help=remedy))
        expr = pool.make(Op.ITE, condition.expr, first.expr, second.expr)
        deps = select(pool, condition.expr, first.deps, second.deps)
        return Value(expr, deps)

    def rejoin(self, guard: Expr, ctrl: Deps, log: int) -> None:
        """Set the state to that of the entry, less the paths lost since (those the log still holds from ``log`` on)."""
        pool, state = self.builder.pool, self.state
        state.guard, state.ctrl = guard, ctrl
        for entry in state.log[log:]:
            state.guard = pool.land(state.guard, pool.negation(pool.given(entry.condition, guard)))
            state.ctrl = union(pool, state.ctrl, entry.ctrl)

    def lose(self, kind: str, condition: Expr, deps: Deps = NO_DEPS) -> None:
        """Leave the current path where ``condition`` (which includes the guard) holds."""
        pool, state = self.builder.pool, self.state
        if condition is pool.false:
            return
        ctrl = union(pool, state.ctrl, deps)
        state.log.append(LogEntry(kind, condition, ctrl))
        state.guard = pool.false if condition is state.guard else pool.land(state.guard, pool.negation(condition))
        state.ctrl = ctrl

    def require(self, condition: Value, span: Span) -> None:
        """Stop the thread here unless ``condition`` holds (await, locks)."""
        pool = self.builder.pool
        waits = pool.land(self.state.guard, pool.negation(condition.expr))
        after = pool.land(self.state.guard, condition.expr)
        self.builder.stop(StopReason.WAITS, waits, span)
        self.lose(Lost.STOP, waits, condition.deps)
        self.state.guard = after

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
            text=text,
            calls=self.calls,
        )

    def switch(self, name: str) -> Expr:
        """Return the value of a switch, which the program then depends on."""
        self.builder.looked_at.add(name)
        return self.switches[name]

    def alternatives(self, primitive: str, slot: str, span: Span) -> tuple[Alternative, ...]:
        """Return the row of ``primitive``; where a slot decides, every row that it may choose, with where it does."""
        pool = self.builder.pool
        if not slot:
            return (Alternative(pool.true, self.builder.row(primitive, span)),)
        chosen = self.switch(slot)
        return tuple(
            Alternative(pool.make(Op.EQ, chosen, pool.const(value)), self._slot_row(row, span))
            for value, row in enumerate(self.unit.switches[slot].rows)
        )

    def _slot_row(self, row: str, span: Span) -> Row:
        return self.builder.row(row, span) if row else Row(primitive="", steps=(), failure=None, note="", span=span)

    def store_at(self, rows: Sequence[Alternative], address: Value, value: Value, span: Span, text: str) -> None:
        """Perform the store of one of the rows."""
        pool = self.builder.pool
        for step in merge(pool, [(item.chosen, item.row.steps) for item in rows]):
            guard = pool.land(self.state.guard, step.condition)
            if step.kind is StepKind.WRITE:
                self.emit(step.kind, step.tags, span, text, guard=guard, address=address, value=value)
            else:
                self.emit(step.kind, step.tags, span, text, guard=guard)

    def fence(self, primitive: str, span: Span, address: Value | None = None) -> None:
        """Perform a fence, about ``address`` if one is given."""
        self.fence_of(self.alternatives(primitive, "", span), span, f"{primitive}()", address)

    def fence_of(self, rows: Sequence[Alternative], span: Span, text: str, address: Value | None = None) -> None:
        """Perform the fence of one of the rows."""
        pool = self.builder.pool
        for step in merge(pool, [(item.chosen, item.row.steps) for item in rows]):
            self.before_event()
            guard = pool.land(self.state.guard, step.condition)
            self.emit(step.kind, step.tags, span, text, guard=guard, address=address)
