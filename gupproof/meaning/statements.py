"""Statements of the typed tree, run on a CPU."""

from typing import assert_never

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.language.typed import CpuStep, RcuStep
from gupproof.meaning.cpu import MOST_ROUNDS, FaultError, Run
from gupproof.meaning.expressions import Expressions, entered, word_type
from gupproof.meaning.registers import Frame, Value, number, truth
from gupproof.meaning.requests import RCU, Ending, Enter, Grace, GraceBegin, Leave, Order, Queue, SetCpu


class _Return(Exception):  # noqa: N818 - a jump, no error
    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


class _Break(Exception):  # noqa: N818 - a jump, no error
    pass


class _Continue(Exception):  # noqa: N818 - a jump, no error
    pass


class Statements(Expressions):
    """Runs statements."""

    def body(self, body: tuple[typed.Stmt, ...], frame: Frame) -> Run[Value]:
        """Run the statements of a thread or function with registers of its own; return what it returns, or 0."""
        self.frames.append(frame)
        loops, mark = len(self.rounds), len(self.trail)
        result: Value = 0
        try:
            yield from self.block(body)
        except _Return as left:
            result = left.value
        self.frames.pop()
        del self.rounds[loops:], self.trail[mark:]
        return result

    def called(self, node: typed.Call, arguments: tuple[Value, ...]) -> Run[Value]:
        """Run a function on arguments; return its result."""
        function = self.source.unit.functions[node.function]
        return (yield from self.body(function.body, entered(function, (*self.frame.chain, node.span), arguments)))

    def block(self, body: tuple[typed.Stmt, ...]) -> Run[None]:
        """Run statements one after the other."""
        mark = len(self.trail)
        for position, statement in enumerate(body):
            # What a statement has gathered is of no more use when it is done: registers hold what is left.
            del self.trail[mark:]
            self.trail.append(position)
            try:
                yield from self.statement(statement)
            except FaultError as stopped:
                yield from self.halt(Ending.FAULT, stopped.span, stopped.reason)
        del self.trail[mark:]

    def statement(self, node: typed.Stmt) -> Run[None]:
        """Run one statement.

        Raises:
            FaultError: it faults.

        """
        match node:
            case typed.Assign():
                value = yield from self.converted(node.value, node.type)
                yield from self.assign(self.resolved(node.name), value, node.span)
            case typed.Declare():
                self.frame.registers[node.name] = None
            case typed.Store():
                value = yield from self.converted(node.value, word_type(node.place.type))
                spot = yield from self.place(node.place)
                yield from self.write(spot, self.row(node.slot, node.primitive), value, node.span)
            case typed.Evaluate():
                yield from self.value(node.value)
            case typed.Fence():
                yield from self.step(Order(node.primitive), node.span)
            case typed.Slot():
                row = self.row(node.name, "")
                if row:
                    yield from self.step(Order(row), node.span)
            case typed.Interrupts():
                yield from self._interrupts(node)
            case typed.Rcu():
                yield from self._rcu(node)
            case typed.SrcuUnlock() | typed.SrcuSync():
                yield from self._srcu(node)
            case typed.CallRcu():
                yield from self._call_rcu(node)
            case typed.If():
                yield from self._if(node)
            case typed.Loop():
                yield from self._loop(node)
            case typed.Return():
                raise _Return((yield from self._returned(node)))
            case typed.Break():
                raise _Break
            case typed.Continue():
                raise _Continue
            case typed.Await():
                yield from self._await(node)
            case typed.Assert():
                holds = truth((yield from self.value(node.condition)))
                self.asserted(node.property, node.span, holds=holds)
            case typed.Assume():
                if not truth((yield from self.value(node.condition))):
                    yield from self.drop(node.span)
            case _:
                assert_never(node)

    # ── control ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _if(self, node: typed.If) -> Run[None]:
        mark = len(self.trail)
        holds = truth((yield from self.value(node.condition)))
        del self.trail[mark:]
        self.trail.append(holds)
        yield from self.block(node.then if holds else node.otherwise)

    def _loop(self, node: typed.Loop) -> Run[None]:
        mark = len(self.trail)
        yield from self.block(node.initial)
        self.rounds.append(0)
        depth = len(self.rounds)
        count, test = 0, node.test_first
        while True:
            # The condition of a `do` belongs to the round that it ends.
            self.rounds[depth - 1] = count if node.test_first else max(0, count - 1)
            self._at(mark, count, "test")
            if test and not truth((yield from self.value(node.condition))):
                break
            test = True
            if count == (MOST_ROUNDS if node.bound is None else node.bound):
                yield from self.halt(Ending.BOUND, node.span, f"more than {count} rounds")
            self.rounds[depth - 1] = count
            try:
                self._at(mark, count, "body")
                yield from self.block(node.body)
            except _Break:
                break
            except _Continue:
                pass
            self._at(mark, count, "step")
            yield from self.block(node.step)
            count += 1
        del self.rounds[depth - 1 :]

    def _at(self, mark: int, count: int, part: str) -> None:
        del self.trail[mark:]
        self.trail += (count, part)

    def _returned(self, node: typed.Return) -> Run[Value]:
        return 0 if node.value is None else (yield from self.value(node.value))

    def _await(self, node: typed.Await) -> Run[None]:
        mark = len(self.trail)
        while True:
            self.begin_round(node.span)
            holds = truth((yield from self.value(node.condition)))
            has_looked = self.end_round()
            del self.trail[mark:]
            if holds:
                return
            if not has_looked:
                yield from self.wait_for_good(node.span, "waits for what never changes")

    # ── the CPU's state, RCU ─────────────────────────────────────────────────────────────────────────────────────────

    def _interrupts(self, node: typed.Interrupts) -> Run[None]:
        level = self.level
        yield from self.step(SetCpu(node.step.value), node.span)
        match node.step:
            case CpuStep.IRQ_DISABLE:
                level.interrupts_on = False
            case CpuStep.IRQ_ENABLE:
                level.interrupts_on = True
            case CpuStep.IRQ_SAVE:
                level.saved.append(level.interrupts_on)
                level.interrupts_on = False
            case CpuStep.IRQ_RESTORE:
                if not level.saved:
                    raise FaultError("`local_irq_restore()` without its `local_irq_save()`", node.span)
                level.interrupts_on = level.saved.pop()
            case CpuStep.PREEMPT_DISABLE | CpuStep.LOCAL_LOCK:
                level.preemption_off += 1
            case CpuStep.PREEMPT_ENABLE | CpuStep.LOCAL_UNLOCK:
                if level.preemption_off == 0:
                    raise FaultError(f"`{node.step.value}()` without its beginning", node.span)
                level.preemption_off -= 1
            case _:
                assert_never(node.step)

    def _rcu(self, node: typed.Rcu) -> Run[None]:
        level = self.level
        section = self.section_of(level)
        match node.step:
            case RcuStep.LOCK:
                outermost = level.sections == 0
                yield from self.step(Enter(section) if outermost else SetCpu(node.step.value), node.span)
                level.sections += 1
            case RcuStep.UNLOCK:
                if level.sections == 0:
                    raise FaultError("`rcu_read_unlock()` without its `rcu_read_lock()`", node.span)
                outermost = level.sections == 1
                yield from self.step(Leave(section) if outermost else SetCpu(node.step.value), node.span)
                level.sections -= 1
            case _:
                yield from self._wait_for_readers(node.step.value, RCU, node.span)

    def _srcu(self, node: typed.SrcuUnlock | typed.SrcuSync) -> Run[None]:
        if isinstance(node, typed.SrcuUnlock):
            index = number((yield from self.value(node.index)))
            address = self.sound((yield from self.place(node.place)), node.span)
            was_open = yield from self.step(Leave(self.srcu_section(address, index)), node.span)
            if not was_open:
                raise FaultError("`srcu_read_unlock()` of no section that is open", node.span)
        else:
            address = self.sound((yield from self.place(node.place)), node.span)
            yield from self._wait_for_readers("synchronize_srcu", self.source.layout.word_name(address), node.span)

    def _wait_for_readers(self, primitive: str, domain: str, span: Span) -> Run[None]:
        yield from self.step(GraceBegin(primitive, domain), span)
        yield from self.step(Grace(primitive, domain), span)

    def _call_rcu(self, node: typed.CallRcu) -> Run[None]:
        arguments = yield from self.arguments(node.callback)
        level = self.level
        count = self.queued[level.name] = self.queued.get(level.name, 0) + 1
        inside = tuple(self.section_of(item) for item in self.levels if item.sections)
        name = f"{level.name}:{node.callback.function}.{count}"
        yield from self.step(Queue(name, node.callback.function, arguments, inside), node.span)
