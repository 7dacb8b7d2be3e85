"""Read-side sections and grace periods of one thread: under hardware models, as accesses to hidden words of memory."""

from dataclasses import dataclass, field, replace

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.program.events import CheckKind, StopReason
from gupproof.program.expr import Expr, Op
from gupproof.program.expressions import Unroller
from gupproof.program.state import Value
from gupproof.program.targets import StepKind


@dataclass(slots=True)
class GracePeriods:
    """The read-side sections and grace periods of a scenario, known from a first pass over its threads.

    Attributes:
        periods: thread of each ``synchronize_rcu``, in lowering order.
        sections: thread of each outermost read-side section, in lowering order.

    """

    periods: list[int] = field(default_factory=list)
    sections: list[int] = field(default_factory=list)


@dataclass(slots=True)
class RcuFlags:
    """Grace periods under hardware models: who tells whom, through hidden words of memory.

    Each section reads, at its start, whether each grace period of another thread has begun; at its end it says so. A grace
    period ends only when every section has either ended or began after it.

    Attributes:
        plan: sections and periods counted in a first pass; None during that pass.
        begun_address, done_address: address of each period's and each section's flag.
        seen: sections and periods met so far in this pass.
        saw: (section, period) → what the section read of the period's flag.
        started: section → where it began.
        waiting: each period's number, with its end.

    """

    seen: GracePeriods = field(default_factory=GracePeriods)
    plan: GracePeriods | None = None
    begun_address: dict[int, int] = field(default_factory=dict)
    done_address: dict[int, int] = field(default_factory=dict)
    saw: dict[tuple[int, int], Expr] = field(default_factory=dict)
    started: dict[int, Expr] = field(default_factory=dict)
    waiting: list[tuple[int, "PeriodEnd"]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PeriodEnd:
    """Where a grace period ends: its thread's guard there, what it read of each section's flag, and the place."""

    guard: Expr
    done: dict[int, Expr]
    span: Span


@dataclass(slots=True)
class Sections(Unroller):
    """Unrolls the steps of RCU, and counts sections of any kind.

    Attributes:
        rcu: what the threads of the scenario tell each other.
        open_sections: where each read-side section is open.
        interrupted_readers: how many are open in what the present handler or guest interrupted.
        rcu_steps: how many steps of RCU there were.

    """

    rcu: RcuFlags = field(default_factory=RcuFlags)
    open_sections: dict[int, Expr] = field(default_factory=dict)
    interrupted_readers: Expr | None = None
    rcu_steps: int = 0

    def nested(self, depth: Expr, node: typed.Interrupts | typed.Rcu, *, ends: bool) -> Expr:
        """Return ``depth`` after a section begins or ends."""
        pool = self.builder.pool
        if ends:
            wrong = f"{node.primitive} without its beginning"
            if depth is pool.false:
                raise self.error("L008", wrong, node.span, "pair it with the call that begins")
            guard = self.state.guard
            unbegun = pool.where(pool.make(Op.EQ, depth, pool.false), guard)
            self.builder.check(CheckKind.FAULT, pool.land(guard, unbegun), wrong, node.span)
        return pool.make(Op.SUB if ends else Op.ADD, depth, pool.true)

    def rcu_step(self, node: typed.Rcu) -> None:
        """Unroll a step of RCU."""
        pool, state = self.builder.pool, self.state
        self.rcu_steps += 1
        if self.builder.target.is_language:
            self.fence(node.primitive, node.span)  # The model knows of sections and grace periods itself.
            return
        depth = state.depths.readers
        match node.primitive:
            case "rcu_read_lock":
                self.before_event()
                self._section_begins(node, pool.land(state.guard, pool.make(Op.EQ, depth, pool.false)))
                state.depths = replace(state.depths, readers=self.nested(depth, node, ends=False))
            case "rcu_read_unlock":
                state.depths = replace(state.depths, readers=self.nested(depth, node, ends=True))
                self._sections_end(node, pool.land(state.guard, pool.make(Op.EQ, depth, pool.true)))
            case _:
                if depth.op is Op.CONST and depth.value:
                    raise self.error("L011", "synchronize_rcu inside a read-side section waits for itself", node.span)
                for open_here in (depth, self.interrupted_readers):
                    if open_here is not None:
                        self.require(Value(pool.make(Op.EQ, open_here, pool.false)), node.span)
                self._grace_period(node)

    def _section_begins(self, node: typed.Rcu, where: Expr) -> None:
        flags, pool = self.rcu, self.builder.pool
        if where is pool.false:
            return
        section = len(flags.seen.sections)
        flags.seen.sections.append(self.thread)
        self.open_sections[section] = flags.started[section] = where
        if flags.plan is None:
            return
        ordered = [tag for step in self.builder.row("smp_load_acquire", node.span).steps for tag in step.tags]
        for period, thread in enumerate(flags.plan.periods):
            if thread == self.thread:
                continue
            read = pool.read(len(self.builder.events))
            # Only a section that begins after the grace period did is ordered after it.
            tags = [(tag, read) for tag in ordered]
            address = Value(pool.const(flags.begun_address[period]))
            self.emit(StepKind.READ, tags, node.span, "rcu_read_lock()", guard=where, address=address)
            flags.saw[section, period] = read

    def _sections_end(self, node: typed.Rcu, where: Expr) -> None:
        """End, where ``where`` holds, whichever section is open there."""
        flags, pool = self.rcu, self.builder.pool
        guard = self.state.guard
        for section, begun in list(self.open_sections.items()):
            ends = pool.land(where, begun)
            if ends is pool.false:
                continue
            still = pool.land(begun, pool.negation(where))
            if still is pool.false:
                del self.open_sections[section]
            else:
                self.open_sections[section] = still
            if flags.plan is None or all(thread == self.thread for thread in flags.plan.periods):
                continue
            address = Value(pool.const(flags.done_address[section]))
            self.state.guard = ends
            rows = self.alternatives("smp_store_release", "", node.span)
            self.store_at(rows, address, Value(pool.true), node.span, "rcu_read_unlock()")
        self.state.guard = guard

    def _grace_period(self, node: typed.Rcu) -> None:
        flags, pool = self.rcu, self.builder.pool
        period = len(flags.seen.periods)
        flags.seen.periods.append(self.thread)
        self.fence("smp_mb", node.span)
        if flags.plan is not None:
            address = Value(pool.const(flags.begun_address[period]))
            rows = self.alternatives("WRITE_ONCE", "", node.span)
            self.store_at(rows, address, Value(pool.true), node.span, "synchronize_rcu() begins")
            ordered = [tag for step in self.builder.row("smp_load_acquire", node.span).steps for tag in step.tags]
            done: dict[int, Expr] = {}
            for section, thread in enumerate(flags.plan.sections):
                if thread == self.thread:
                    continue
                read = pool.read(len(self.builder.events))
                tags = [(tag, read) for tag in ordered]
                where = Value(pool.const(flags.done_address[section]))
                self.emit(StepKind.READ, tags, node.span, "synchronize_rcu() waits", address=where)
                done[section] = read
            flags.waiting.append((period, PeriodEnd(self.state.guard, done, node.span)))
        self.fence("smp_mb", node.span)

    def finish_grace_periods(self) -> None:
        """Once every thread is unrolled: a grace period that a section still holds up never ends."""
        flags, pool = self.rcu, self.builder.pool
        for period, end in flags.waiting:
            for section, done in end.done.items():
                held_up = pool.land(
                    end.guard,
                    flags.started.get(section, pool.false),
                    pool.negation(pool.truth(done)),
                    pool.negation(pool.truth(flags.saw.get((section, period), pool.false))),
                )
                self.builder.stop(StopReason.WAITS, held_up, end.span)
