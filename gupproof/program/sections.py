"""The steps of RCU in one thread: read-side sections, grace periods, callbacks."""

from dataclasses import dataclass, field, replace
from typing import assert_never

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.language.typed import RcuStep
from gupproof.language.types import VOID
from gupproof.program.accesses import Accesses
from gupproof.program.events import Event
from gupproof.program.expr import Expr, Op
from gupproof.program.grace_periods import Callback, GracePeriod, GracePeriods, Section, SrcuEnd, stripped
from gupproof.program.path import Path, error
from gupproof.program.state import EarlyExit, Value
from gupproof.program.targets import StepKind
from gupproof.program.wording import place_text


@dataclass(slots=True)
class Sections:
    """Unrolls the steps of RCU.

    Attributes:
        path, accesses: where, and how memory is accessed.
        shared: what all threads have.
        open: where each section of the running code is open, by the section's number.

    """

    path: Path
    accesses: Accesses
    shared: GracePeriods
    open: dict[int, Expr] = field(default_factory=dict)

    def step(self, node: typed.Rcu) -> None:
        """Unroll ``rcu_read_lock()``, ``rcu_read_unlock()`` or ``synchronize_rcu()``."""
        pool, state = self.path.builder.pool, self.path.state
        depth = state.cpu.readers
        match node.step:
            case RcuStep.LOCK:
                self.path.interruptions.window()
                where = pool.land(state.guard, pool.make(Op.EQ, depth, pool.false))
                event = self._mark(node, where)
                if event is not None and where is not pool.false:
                    self.open[len(self.shared.sections)] = where
                    self.shared.sections.append(Section(self.path.thread, event.id, where))
                state.cpu = replace(state.cpu, readers=pool.make(Op.ADD, depth, pool.true))
            case RcuStep.UNLOCK:
                self.path.interruptions.window()
                depth = ended(self.path, depth, node.step.value, node.span)
                state.cpu = replace(state.cpu, readers=depth)
                where = pool.land(state.guard, pool.make(Op.EQ, depth, pool.false))
                event = self._mark(node, where)
                if event is not None:
                    self._end(event, where)
            case RcuStep.SYNCHRONIZE:
                if depth.op is Op.CONST and depth.value:
                    raise error("L011", "synchronize_rcu inside a read-side section waits for itself", node.span)
                self._synchronize(node.step.value, node.span, None)
            case _:
                assert_never(node.step)

    def _mark(self, node: typed.Rcu, where: Expr) -> Event | None:
        """Append the event that begins or ends a section where ``where`` holds; None where nothing waits for sections.

        On a machine it is a fence that orders nothing by itself; in the model of a language inner sections have one, too.
        """
        path, name = self.path, node.step.value
        if path.builder.target.is_language:
            return path.emit(StepKind.FENCE, self._tags(name, node.span), node.span, f"{name}()")
        if not self.shared.wanted or where is path.builder.pool.false:
            return None
        return path.emit(StepKind.FENCE, [], node.span, f"{name}()", guard=where)

    def _tags(self, primitive: str, span: Span) -> list[tuple[str, Expr]]:
        builder = self.path.builder
        if not builder.target.is_language:
            return []
        return [(tag, builder.pool.true) for step in builder.row(primitive, span).steps for tag in step.tags]

    def _end(self, event: Event, where: Expr) -> None:
        """End, where ``where`` holds, whichever section is open there."""
        pool = self.path.builder.pool
        for number, begun in list(self.open.items()):
            ends = pool.land(where, begun)
            if ends is pool.false:
                continue
            still = pool.land(begun, pool.negation(where))
            if still is pool.false:
                del self.open[number]
            else:
                self.open[number] = still
            self.shared.sections[number].ends.append((event.id, ends))

    # ── grace periods ────────────────────────────────────────────────────────────────────────────────────────────────

    def _synchronize(self, primitive: str, span: Span, domain: Value | None) -> None:
        """Unroll a wait for readers: the thread goes on where the grace period has ended.

        The model of a language has one event for it. What runs on the CPU meanwhile is neither before the grace period nor
        behind it; where something may, begin and end are two events, as on machines.
        """
        path, pool = self.path, self.path.builder.pool
        whole = path.builder.target.is_language and not path.interruptions.possible
        if not whole:
            self.accesses.fence("smp_mb", span)
        path.interruptions.window()
        text = f"{primitive}()"
        tags = self._tags(primitive, span) if whole else []
        begin = path.emit(StepKind.FENCE, tags, span, text, address=domain if whole else None).id
        # While the thread sleeps, interrupts come and others run.
        path.interruptions.window()
        begun = path.state.guard
        over = self.shared.has_ended(begun)
        where = None if domain is None else domain.expr
        path.leave(EarlyExit.STOP, pool.land(begun, pool.negation(over)))
        path.state.guard = over
        end = begin if whole else path.emit(StepKind.FENCE, [], span, f"{text} ends").id
        self.shared.periods.append(GracePeriod(path.thread, begin, end, begun, over, where, span, in_model=whole))
        if not whole:
            self.accesses.fence("smp_mb", span)

    def queue(self, node: typed.CallRcu, arguments: tuple[Value, ...]) -> None:
        """Unroll ``call_rcu()``, whose arguments have been evaluated."""
        path = self.path
        pool, shared = path.builder.pool, self.shared
        path.interruptions.window()
        flag: int | None = None
        text = f"call_rcu({node.callback.function})"
        if path.builder.target.is_language:
            assert shared.flags is not None
            flag = shared.flags()
            rows = self.accesses.alternatives("smp_store_release", "", node.span)
            self.accesses.write(rows, Value(pool.const(flag)), Value(pool.true), node.span, text)
            begin = len(path.builder.events) - 1
        else:
            begin = path.emit(StepKind.FENCE, [], node.span, text).id
        guard = path.state.guard
        values = tuple(stripped(value) for value in arguments)
        shared.queue.append(Callback(node.callback, values, begin, path.thread, guard, shared.has_ended(guard), flag))

    def begin_callback(self, callback: Callback) -> None:
        """Unroll what comes before a callback on the CPU that runs it: its grace period has ended."""
        path, pool, span = self.path, self.path.builder.pool, callback.call.span
        path.state.guard = callback.ended
        text = "call_rcu() calls back"
        begin = callback.begin
        if callback.flag is not None:
            rows = self.accesses.alternatives("smp_load_acquire", "", span)
            told = self.accesses.read(rows, Value(pool.const(callback.flag)), VOID, span, text)
            path.builder.constraints.append(pool.lor(pool.negation(callback.ended), pool.truth(told.expr)))
            event = path.emit(StepKind.FENCE, self._tags("synchronize_rcu", span), span, text)
            begin = event.id
        else:
            event = path.emit(StepKind.FENCE, [], span, text)
            self.accesses.fence("smp_mb", span)
        thread = path.thread if callback.flag is not None else callback.thread
        in_model = callback.flag is not None
        period = GracePeriod(thread, begin, event.id, callback.guard, callback.ended, None, span, in_model=in_model)
        self.shared.periods.append(period)

    # ── SRCU ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def srcu_lock(self, node: typed.SrcuLock, place: Value) -> Value:
        """Unroll ``srcu_read_lock()``, whose window is open, and return the index."""
        path, shared = self.path, self.shared
        guard = path.state.guard
        if path.builder.target.is_language:
            rows = self.accesses.alternatives("srcu_read_lock", "", node.span)
            text = f"srcu_read_lock(&{place_text(node.place)})"
            index = self.accesses.read(rows, place, VOID, node.span, text)
            shared.sections.append(Section(path.thread, len(path.builder.events) - 1, guard, place.expr))
            return index
        event = path.emit(StepKind.FENCE, [], node.span, f"srcu_read_lock(&{place_text(node.place)})")
        number = len(shared.sections)
        shared.sections.append(Section(path.thread, event.id, guard, place.expr))
        return Value(shared.token(number))

    def srcu_unlock(self, node: typed.SrcuUnlock, place: Value, index: Value) -> None:
        """Unroll ``srcu_read_unlock()``, whose window is open."""
        path = self.path
        text = f"srcu_read_unlock(&{place_text(node.place)})"
        if path.builder.target.is_language:
            rows = self.accesses.alternatives("srcu_read_unlock", "", node.span)
            self.accesses.write(rows, place, index, node.span, text)
            event = len(path.builder.events) - 1
        else:
            event = path.emit(StepKind.FENCE, [], node.span, text).id
        self.shared.srcu_ends.append(SrcuEnd(event, place.expr, index, path.state.guard, node.span))

    def srcu_synchronize(self, node: typed.SrcuSync, place: Value) -> None:
        """Unroll ``synchronize_srcu()``."""
        self._synchronize("synchronize_srcu", node.span, place)


def ended(path: Path, depth: Expr, primitive: str, span: Span) -> Expr:
    """Return a depth after the end of a section; the thread faults where none is open.

    Raises:
        GupError: none is, on any path.

    """
    pool = path.builder.pool
    wrong = f"{primitive}() without its beginning"
    if depth is pool.false:
        raise error("L008", wrong, span, "pair it with the call that begins")
    path.fault(pool.where(pool.make(Op.EQ, depth, pool.false), path.state.guard), wrong, span)
    return pool.make(Op.SUB, depth, pool.true)
