"""Unrolling the statements of one thread: branches, loops, calls, interrupts."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import assert_never

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.language.types import VOID, Type
from gupproof.program.events import CheckKind, StopReason
from gupproof.program.expr import Expr, Op
from gupproof.program.grace_periods import Sections
from gupproof.program.paths import Frame
from gupproof.program.state import Depths, Exit, Lost, Operand, RegisterAddress, Value, join_registers

MOST_ROUNDS = 64
DEEPEST_CALL = 40

OWNER, GUEST, HANDLER = range(3)


@dataclass(slots=True)
class LoopExits:
    """Paths that left the innermost loop's body early."""

    breaks: list[Exit] = field(default_factory=list)
    continues: list[Exit] = field(default_factory=list)


@dataclass(slots=True)
class Window:
    """Something that may run on this CPU between two steps of its thread: an interrupt, or a thread that preempts it.

    Attributes:
        run: unrolls it at the present state.
        choice: expression whose value is the number of the window it runs at, 0 for never.
        preempts: it is a thread: it runs inside no handler and no other thread, and not where preemption is off.
        points: the guard of each window so far.
        last: how far the thread was, and the guard, at the latest window: with nothing since, it is the same window.

    """

    run: Callable[["Thread"], None]
    choice: Expr
    preempts: bool = False
    points: list[Expr] = field(default_factory=list)
    last: tuple[int, int, Expr] | None = None


@dataclass(slots=True)
class Thread(Sections):
    """Unrolls statements.

    Attributes:
        rounds: how often a loop goes round that has no bound of its own; None: such a loop ends by itself.

    """

    rounds: int | None = None
    windows: list[Window] = field(default_factory=list)
    loops: list[LoopExits] = field(default_factory=list)
    returns: list[Exit] = field(default_factory=list)
    frames: int = 1
    # What runs on the CPU: the thread that owns it; a thread that preempts that one; a handler, which nothing interrupts.
    level: int = OWNER

    def __post_init__(self) -> None:
        self.before_event = self.window
        self.call = self.inline

    # ── interrupts ───────────────────────────────────────────────────────────────────────────────────────────────────

    def window(self) -> None:
        """Let what may interrupt this point do so, in any order."""
        if self.final or self.level == HANDLER:
            return
        pool = self.builder.pool
        offered = [(window, guard) for window in self.windows if (guard := self._open_to(window)) is not pool.false]
        if all(window.last == self._progress(guard) for window, guard in offered):
            return
        # Every order of the windows is part of this sequence of them.
        for window, guard in [*offered * (len(offered) - 1), offered[0]]:
            self._interrupted_by(window, guard)
        for window, guard in offered:
            window.last = self._progress(guard)

    def _progress(self, guard: Expr) -> tuple[int, int, Expr]:
        return len(self.builder.events), self.rcu_steps, guard

    def _open_to(self, window: Window) -> Expr:
        """Where ``window`` may run now."""
        pool, state = self.builder.pool, self.state
        enabled = pool.make(Op.EQ, state.depths.interrupts, pool.false)
        if window.preempts:
            if self.level != OWNER:
                return pool.false
            enabled = pool.land(enabled, pool.make(Op.EQ, state.depths.preemption, pool.false))
        return pool.land(state.guard, enabled)

    def _interrupted_by(self, window: Window, guard: Expr) -> None:
        state, pool = self.state, self.builder.pool
        window.points.append(guard)
        chosen = pool.land(guard, pool.make(Op.EQ, window.choice, pool.const(len(window.points))))
        frame, loops, returns, calls = self.frame, self.loops, self.returns, self.calls
        ctrl, depths, sections = state.ctrl, state.depths, self.open_sections
        level, interrupted = self.level, self.interrupted_readers
        # The handler depends on nothing that its victim computed, and its own branches and sections end with it.
        state.ctrl, self.open_sections = {}, {}
        state.depths = Depths(pool.false, pool.false, pool.false)
        self.level = GUEST if window.preempts else HANDLER
        self.interrupted_readers = depths.readers if interrupted is None else pool.make(Op.ADD, interrupted, depths.readers)
        self.branch(Value(chosen), lambda: self._run_window(window.run), lambda: Value(pool.false), None)
        state.ctrl, state.depths, self.open_sections = ctrl, depths, sections
        self.level, self.interrupted_readers = level, interrupted
        self.frame, self.loops, self.returns, self.calls = frame, loops, returns, calls

    def _run_window(self, run: Callable[["Thread"], None]) -> Operand:
        self.loops, self.returns = [], []
        run(self)
        return Value(self.builder.pool.false)

    # ── statements ───────────────────────────────────────────────────────────────────────────────────────────────────

    def block(self, statements: tuple[typed.Stmt, ...]) -> None:
        """Unroll statements in order, as far as the path goes."""
        for statement in statements:
            if self.state.guard is self.builder.pool.false:
                return
            self.statement(statement)

    def statement(self, node: typed.Stmt) -> None:
        """Unroll one statement."""
        match node:
            case typed.Assign():
                self._assign(node)
            case typed.Store():
                value = self.convert(self.value(node.value), node.value.type, node.place.type, node.span)
                self.store(node, value)
            case typed.Evaluate():
                self.operand(node.value)
            case typed.Fence():
                self._fence(node)
            case typed.Slot():
                self._slot(node)
            case typed.Interrupts():
                self._interrupts(node)
            case typed.Rcu():
                self.rcu_step(node)
            case typed.If():
                self._if(node)
            case typed.Loop():
                self._loop(node)
            case typed.Return():
                self._return(node)
            case typed.Break():
                self._leave_round(self.loops[-1].breaks, Lost.BREAK)
            case typed.Continue():
                self._leave_round(self.loops[-1].continues, Lost.CONTINUE)
            case typed.Await():
                self.require(self.truth(node.condition), node.span)
            case typed.Assert():
                self._assert(node)
            case typed.Assume():
                self._assume(node)
            case _:
                assert_never(node)

    def _assign(self, node: typed.Assign) -> None:
        value = self.operand(node.value)
        if isinstance(value, Value):
            value = self.convert(value, node.value.type, node.type, node.span)
        self.state.registers[self.frame.register(node.name)] = value

    def _fence(self, node: typed.Fence) -> None:
        address = self.access(node.place) if node.place is not None else None
        if isinstance(address, RegisterAddress):
            raise self.error("L005", f"{node.primitive}() needs memory, not a local variable", node.span)
        self.fence(node.primitive, node.span, address=address)

    def _slot(self, node: typed.Slot) -> None:
        self.fence_of(self.alternatives("", node.name, node.span), node.span, f"slot {node.name}")

    def _interrupts(self, node: typed.Interrupts) -> None:
        depths = self.state.depths
        if not node.enable:
            self.window()
        # Where interrupts are off nothing preempts; where preemption is off there are still interrupts.
        if node.primitive.startswith("local_irq_"):
            self.state.depths = replace(depths, interrupts=self.nested(depths.interrupts, node, ends=node.enable))
        else:
            self.state.depths = replace(depths, preemption=self.nested(depths.preemption, node, ends=node.enable))

    def _if(self, node: typed.If) -> None:
        def arm(statements: tuple[typed.Stmt, ...]) -> Callable[[], Operand]:
            def run() -> Operand:
                self.block(statements)
                return Value(self.builder.pool.false)

            return run

        self.branch(self.truth(node.condition), arm(node.then), arm(node.otherwise), node.span)

    def _assert(self, node: typed.Assert) -> None:
        condition = self.truth(node.condition)
        pool = self.builder.pool
        violation = pool.land(self.state.guard, pool.negation(condition.expr))
        self.builder.check(CheckKind.ASSERT, violation, "assert fails", node.span, node.property)

    def _assume(self, node: typed.Assume) -> None:
        """Drop the executions where the condition does not hold. It is no step of the code: nothing depends on it."""
        condition, pool = self.truth(node.condition), self.builder.pool
        self.builder.constraints.append(pool.lor(pool.negation(self.state.guard), condition.expr))

    # ── leaving early ────────────────────────────────────────────────────────────────────────────────────────────────

    def _leave_round(self, exits: list[Exit], kind: str) -> None:
        state = self.state
        exits.append(Exit(state.guard, dict(state.registers)))
        self.lose(kind, state.guard)

    def _return(self, node: typed.Return) -> None:
        value = self.operand(node.value) if node.value is not None else None
        state = self.state
        self.returns.append(Exit(state.guard, dict(state.registers), value))
        self.lose(Lost.RETURN, state.guard)

    def _take_back(self, log: int, *kinds: str) -> None:
        kept = [entry for entry in self.state.log[log:] if entry.kind not in kinds]
        self.state.log[log:] = kept

    def _loop(self, node: typed.Loop) -> None:
        pool, state = self.builder.pool, self.state
        self.block(node.initial)
        guard, ctrl, log = state.guard, state.ctrl, len(state.log)
        self.loops.append(LoopExits())
        exits = self.loops[-1].breaks
        bound = node.bound if node.bound is not None else self.rounds
        rounds = bound if bound is not None else MOST_ROUNDS
        test = node.test_first
        for number in range(rounds + 1):
            if state.guard is pool.false:
                break
            if test:
                condition = self.truth(node.condition)
                if bound is None and condition.expr.op is not Op.CONST and condition.deps:
                    raise self._unbounded(node, "its condition depends on what is read from memory")
                self._loop_test(condition, exits)
                if state.guard is pool.false:
                    break
            test = True
            if number == rounds:
                if bound is None:
                    raise self._unbounded(node, f"it still runs after {MOST_ROUNDS} rounds")
                self.builder.stop(StopReason.BOUND, state.guard, node.span)
                self.lose(Lost.STOP, state.guard)
                break
            self._round(node)
        self.loops.pop()
        if exits:
            state.registers = join_registers(pool, exits, node.span)
        self._take_back(log, Lost.BREAK, Lost.CONTINUE)
        self.rejoin(guard, ctrl, log)

    def _loop_test(self, condition: Value, exits: list[Exit]) -> None:
        """Leave the loop where its condition fails."""
        pool, state = self.builder.pool, self.state
        ends = pool.land(state.guard, pool.negation(condition.expr))
        if ends is not pool.false:
            exits.append(Exit(ends, dict(state.registers)))
            goes_on = pool.land(state.guard, condition.expr)
            self.lose(Lost.BREAK, ends, condition.deps)
            state.guard = goes_on

    def _unbounded(self, node: typed.Loop, why: str) -> Exception:
        return self.error("L009", f"this loop has no bound, and {why}", node.span, "write 'bound N' after its condition")

    def _round(self, node: typed.Loop) -> None:
        pool, state = self.builder.pool, self.state
        continues = self.loops[-1].continues = []
        guard, ctrl, log = state.guard, state.ctrl, len(state.log)
        self.block(node.body)
        if continues:
            ends = [*continues, Exit(state.guard, state.registers)]
            self._take_back(log, Lost.CONTINUE)
            state.registers = join_registers(pool, ends, node.span)
            self.rejoin(guard, ctrl, log)
        self.block(node.step)

    # ── calls ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def inline(self, node: typed.Call) -> Operand:
        """Unroll a call."""
        function = self.unit.functions[node.function]
        if len(self.calls) >= DEEPEST_CALL:
            raise self.error("L010", f"calls nest more than {DEEPEST_CALL} deep", node.span, "flatten some of them")
        arguments: list[Operand] = []
        for argument, parameter in zip(node.arguments, function.parameters, strict=True):
            value = self.operand(argument)
            if isinstance(value, Value):
                value = self.convert(value, argument.type, parameter.type, argument.span)
            arguments.append(value)
        outer = self.frame, self.calls, self.loops
        self.frames += 1
        number = self.frames
        self.frame = Frame(number, frozenset())
        self.calls, self.loops = (*self.calls, node.span), []
        for parameter, value in zip(function.parameters, arguments, strict=True):
            self.state.registers[self.frame.register(parameter.name)] = value
        result = self.body(function.body, function.returns, node.span)
        for register in [key for key in self.state.registers if key[0] == number]:
            del self.state.registers[register]
        self.frame, self.calls, self.loops = outer
        return result

    def body(self, statements: tuple[typed.Stmt, ...], returns: Type, span: Span) -> Operand:
        """Unroll the body of a function or thread and join the paths that return from it."""
        pool, state = self.builder.pool, self.state
        guard, ctrl, log = state.guard, state.ctrl, len(state.log)
        outer, self.returns = self.returns, []
        self.block(statements)
        exits = self.returns
        self.returns = outer
        if state.guard is not pool.false:
            exits.append(Exit(state.guard, state.registers, Value(pool.false)))
        if not exits:
            return Value(pool.false)
        state.registers = join_registers(pool, exits, span)
        self._take_back(log, Lost.RETURN)
        self.rejoin(guard, ctrl, log)
        if returns == VOID:
            return Value(pool.false)
        # The value is joined as one more register, so that both follow the same rule.
        key = (-1, "return value")
        paths = [Exit(item.guard, {key: item.value or Value(pool.false)}) for item in exits]
        result = join_registers(pool, paths, span)[key]
        if isinstance(result, RegisterAddress):
            raise self.error("L005", "a function returns the address of a local variable", span)
        return result
