"""Collects the events, stops and checks of a program while its threads are unrolled."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from gupproof.diagnostics import Diagnostic, GupError, Span
from gupproof.language.rows import ON_MACHINES
from gupproof.program.events import INIT_THREAD, Check, CheckKind, Event, Kind, Location, Stop, StopReason
from gupproof.program.expr import Expr, ExprPool
from gupproof.program.layout import Layout
from gupproof.program.state import State, Value, dependencies, union
from gupproof.program.targets import Row, StepKind, Target

MOST_EVENTS = 2000

_KINDS = {StepKind.READ: Kind.READ, StepKind.WRITE: Kind.WRITE, StepKind.FENCE: Kind.FENCE}


@dataclass(slots=True)
class Builder:
    """What all threads of one scenario share while being lowered."""

    pool: ExprPool
    layout: Layout
    target: Target
    events: list[Event] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    constraints: list[Expr] = field(default_factory=list)
    choices: int = 0
    looked_at: set[str] = field(default_factory=set)  # switches

    def row(self, primitive: str, span: Span) -> Row:
        """Return the target's row for ``primitive``.

        Raises:
            GupError: the table has none.

        """
        rows = self.target.rows
        row = rows.get(primitive) or rows.get(ON_MACHINES.get(primitive, ""))
        if row is None:
            raise GupError(
                Diagnostic(
                    code="L003",
                    message=f"target {self.target.name} does not say what '{primitive}' becomes",
                    span=span,
                    help=f"add a row for it to {self.target.path}",
                )
            )
        return row

    def choice(self, options: tuple[int, ...]) -> Expr:
        """Return a new free choice among ``options``."""
        self.choices += 1
        return self.pool.choice(self.choices - 1, options)

    def stop(self, reason: StopReason, condition: Expr, span: Span, for_good: Expr | None = None) -> None:
        """Note that a thread goes no further where ``condition`` holds."""
        if condition is not self.pool.false:
            self.stops.append(Stop(reason, condition, span, for_good))

    def fault(self, violation: Expr, message: str, span: Span) -> None:
        """Note that a thread faults, and goes no further, where ``violation`` holds."""
        if violation is not self.pool.false:
            self.checks.append(Check(CheckKind.FAULT, violation, message, span))
            self.stops.append(Stop(StopReason.FAULT, violation, span))

    def asserted(self, violation: Expr, message: str, span: Span, prop: str, reached: Expr | None = None) -> None:
        """Note that ``violation`` refutes a property; ``reached``: where that is looked at, if it has to be somewhere."""
        if violation is not self.pool.false or (reached is not None and reached is not self.pool.false):
            self.checks.append(Check(CheckKind.ASSERT, violation, message, span, prop, reached))

    def initial_write(self, location: Location, value: Expr, span: Span) -> None:
        """Append the write that gives ``location`` its initial value."""
        self.events.append(
            Event(
                id=len(self.events),
                thread=INIT_THREAD,
                kind=Kind.WRITE,
                guard=self.pool.true,
                tags=(("IW", self.pool.true),),
                address=self.pool.const(location.address),
                value=value,
                text="initially",
                span=span,
            )
        )

    def emit(
        self,
        step: StepKind,
        tags: Iterable[tuple[str, Expr]],
        state: State,
        thread: int,
        span: Span,
        *,
        guard: Expr | None = None,
        address: Value | None = None,
        value: Callable[[Expr], Value] | Value | None = None,
        rmw: int | None = None,
        part_of: int | None = None,
        text: str = "",
        calls: tuple[Span, ...] = (),
    ) -> Event:
        """Append one event and return it; a read's value is its own READ expression.

        Raises:
            GupError: the program is too large.

        """
        if len(self.events) >= MOST_EVENTS:
            raise GupError(
                Diagnostic(
                    code="L004",
                    message=f"the scenario unrolls to more than {MOST_EVENTS} events",
                    span=span,
                    help="lower the bounds of its loops, or model fewer steps",
                )
            )
        number = len(self.events)
        written = value if isinstance(value, Value) else None
        guard = state.guard if guard is None else guard
        event = Event(
            id=number,
            thread=thread,
            kind=_KINDS[step],
            guard=guard,
            tags=tuple((tag, condition) for tag, condition in tags if condition is not self.pool.false),
            # What only other paths compute is left out: it would widen what can be known before solving.
            address=self.pool.where(address.expr, guard) if address else None,
            value=self.pool.read(number)
            if step is StepKind.READ
            else self.pool.where(written.expr, guard)
            if written
            else None,
            addr=dependencies(address.deps) if address else (),
            data=dependencies(written.deps) if written else (),
            ctrl=dependencies(union(self.pool, state.ctrl, *(item.picks for item in (address, written) if item))),
            rmw=rmw,
            part_of=part_of,
            text=text,
            span=span,
            calls=calls,
        )
        self.events.append(event)
        return event
