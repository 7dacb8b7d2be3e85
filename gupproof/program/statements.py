"""Unrolling the statements of one thread: branches, loops, calls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.language.types import VOID, Type
from gupproof.program.expr import Op
from gupproof.program.expressions import Expressions
from gupproof.program.path import Frame, Path, error
from gupproof.program.sequencing import Sequencing
from gupproof.program.state import (
    EarlyExit,
    Exit,
    Operand,
    Register,
    RegisterAddress,
    Value,
    join_registers,
    union,
)

MAX_ROUNDS = 64  # of a loop without a bound
MAX_CALL_DEPTH = 40


def never_here(node: typed.Assert) -> bool:
    """Whether an assert says that no execution gets to it."""
    return isinstance(node.condition, typed.Const) and node.condition.value == 0


@dataclass(slots=True)
class LoopExits:
    """Paths that left the innermost loop's body early."""

    breaks: list[Exit] = field(default_factory=list)
    continues: list[Exit] = field(default_factory=list)


@dataclass(slots=True)
class Thread:
    """Unrolls statements.

    Attributes:
        path: where the thread is.
        expressions: unrolls what it computes.
        cpu: what sections, interrupts and preemption make of it.
        functions: that can be called.
        rounds: how often a loop goes round that has no bound of its own; None: such a loop ends by itself.
        loops, returns: early exits of the innermost loops and of the function.
        frames: the number of the latest activation.

    """

    path: Path
    expressions: Expressions
    cpu: Sequencing
    functions: Mapping[str, typed.Function] = field(default_factory=dict)
    rounds: int | None = None
    loops: list[LoopExits] = field(default_factory=list)
    returns: list[Exit] = field(default_factory=list)
    frames: int = 1

    # ── statements ───────────────────────────────────────────────────────────────────────────────────────────────────

    def block(self, statements: tuple[typed.Stmt, ...]) -> None:
        """Unroll statements in order, as far as the path goes."""
        for statement in statements:
            if self.path.state.guard is self.path.builder.pool.false:
                return
            self.statement(statement)

    def statement(self, node: typed.Stmt) -> None:
        """Unroll one statement."""
        expressions, path = self.expressions, self.path
        match node:
            case typed.Assign():
                self._assign(node)
            case typed.Declare():
                false = path.builder.pool.false
                path.state.registers[path.frame.register(node.name)] = Value(false, missing=path.builder.pool.true)
            case typed.Store():
                value = expressions.value(node.value)
                expressions.store(node, expressions.convert(value, node.value.type, node.place.type))
            case typed.Evaluate():
                expressions.operand(node.value)
            case typed.Fence():
                self._fence(node)
            case typed.Slot():
                rows = expressions.accesses.alternatives("", node.name, node.span)
                expressions.accesses.fence_of(rows, node.span, f"slot {node.name}")
            case typed.Interrupts():
                self.cpu.interrupts(node)
            case typed.Rcu():
                self.cpu.rcu(node)
            case typed.SrcuUnlock():
                index = expressions.value(node.index)
                self.cpu.srcu_unlock(node, expressions.word(node.place), index)
            case typed.SrcuSync():
                self.cpu.srcu_synchronize(node, expressions.word(node.place))
            case typed.CallRcu():
                self.cpu.call_rcu(node, tuple(map(self._number, self._arguments(node.callback))))
            case typed.If():
                self._if(node)
            case typed.Loop():
                self._loop(node)
            case typed.Return():
                self._return(node)
            case typed.Break():
                self._leave_round(self.loops[-1].breaks, EarlyExit.BREAK)
            case typed.Continue():
                self._leave_round(self.loops[-1].continues, EarlyExit.CONTINUE)
            case typed.Await():
                in_the_end = expressions.in_the_end(node.condition)
                path.require(expressions.truth(node.condition), node.span, in_the_end)
            case typed.Assert():
                self._assert(node)
            case typed.Assume():
                self._assume(node)
            case _:
                assert_never(node)

    def _assign(self, node: typed.Assign) -> None:
        value = self.expressions.operand(node.value)
        if isinstance(value, Value):
            value = self.expressions.convert(value, node.value.type, node.type)
        self.path.put(self.path.frame.register(node.name), value)

    def _number(self, operand: Operand) -> Value:
        assert isinstance(operand, Value)  # the checker lets no address of a local through
        return operand

    def _fence(self, node: typed.Fence) -> None:
        address = self.expressions.word(node.place) if node.place is not None else None
        self.expressions.accesses.fence(node.primitive, node.span, address=address)

    def _if(self, node: typed.If) -> None:
        def arm(statements: tuple[typed.Stmt, ...]) -> Callable[[], Operand]:
            def run() -> Operand:
                self.block(statements)
                return Value(self.path.builder.pool.false)

            return run

        self.path.branch(self.expressions.truth(node.condition), arm(node.then), arm(node.otherwise), node.span)

    def _assert(self, node: typed.Assert) -> None:
        condition = self.expressions.truth(node.condition)
        path, pool = self.path, self.path.builder.pool
        violation = pool.land(path.state.guard, pool.negation(condition.expr))
        reached = None if never_here(node) else path.state.guard
        path.builder.asserted(violation, "assert fails", node.span, node.property, reached)

    def _assume(self, node: typed.Assume) -> None:
        """Drop the executions where the condition does not hold. It is no step of the code: nothing depends on it."""
        condition, pool = self.expressions.truth(node.condition), self.path.builder.pool
        self.path.builder.constraints.append(pool.lor(pool.negation(self.path.state.guard), condition.expr))

    # ── leaving early ────────────────────────────────────────────────────────────────────────────────────────────────

    def _leave_round(self, exits: list[Exit], kind: EarlyExit) -> None:
        state = self.path.state
        exits.append(Exit(state.guard, dict(state.registers), ctrl=state.ctrl))
        self.path.leave(kind, state.guard)

    def _return(self, node: typed.Return) -> None:
        value = self.expressions.operand(node.value) if node.value is not None else None
        state = self.path.state
        self.returns.append(Exit(state.guard, dict(state.registers), value, state.ctrl))
        self.path.leave(EarlyExit.RETURN, state.guard)

    def _loop(self, node: typed.Loop) -> None:
        path, pool, state = self.path, self.path.builder.pool, self.path.state
        self.block(node.initial)
        guard, ctrl, log = state.guard, state.ctrl, len(state.log)
        entry = path.entry_of_picks
        self.loops.append(LoopExits())
        exits = self.loops[-1].breaks
        bound = node.bound if node.bound is not None else self.rounds
        rounds = bound if bound is not None else MAX_ROUNDS
        test = node.test_first
        for number in range(rounds + 1):
            if state.guard is pool.false:
                break
            if test:
                condition = self.expressions.truth(node.condition)
                if bound is None and condition.expr.op is not Op.CONST and condition.deps:
                    raise self._unbounded(node, "its condition depends on what is read from memory")
                self._loop_test(condition, exits)
                if state.guard is pool.false:
                    break
            test = True
            if number == rounds:
                if bound is None:
                    raise self._unbounded(node, f"it still runs after {MAX_ROUNDS} rounds")
                path.bound(node.span)
                break
            self._round(node)
        self.loops.pop()
        if exits:
            state.registers = join_registers(pool, exits, node.span, entry=entry)
        path.take_back(log, EarlyExit.BREAK, EarlyExit.CONTINUE)
        path.rejoin(guard, ctrl, log)

    def _loop_test(self, condition: Value, exits: list[Exit]) -> None:
        """Leave the loop where its condition fails."""
        pool, state = self.path.builder.pool, self.path.state
        ends = pool.land(state.guard, pool.negation(condition.expr))
        if ends is not pool.false:
            decided = union(pool, state.ctrl, condition.deps, condition.picks)
            exits.append(Exit(ends, dict(state.registers), ctrl=decided))
            goes_on = pool.land(state.guard, condition.expr)
            self.path.leave(EarlyExit.BREAK, ends, condition.deps, condition.picks)
            state.guard = goes_on

    def _unbounded(self, node: typed.Loop, why: str) -> Exception:
        return error("L009", f"this loop has no bound, and {why}", node.span, "write 'bound N' after its condition")

    def _round(self, node: typed.Loop) -> None:
        path, pool, state = self.path, self.path.builder.pool, self.path.state
        continues = self.loops[-1].continues = []
        guard, ctrl, log = state.guard, state.ctrl, len(state.log)
        entry = path.entry_of_picks
        self.block(node.body)
        if continues:
            ends = [*continues, Exit(state.guard, state.registers, ctrl=state.ctrl)]
            path.take_back(log, EarlyExit.CONTINUE)
            state.registers = join_registers(pool, ends, node.span, entry=entry)
            path.rejoin(guard, ctrl, log)
        self.block(node.step)

    # ── calls ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def srcu_lock(self, node: typed.SrcuLock, place: Value) -> Value:
        """Unroll ``srcu_read_lock()``."""
        return self.cpu.srcu_lock(node, place)

    def inline(self, node: typed.Call) -> Operand:
        """Unroll a call."""
        return self.call(node, self._arguments(node))

    def _arguments(self, node: typed.Call) -> list[Operand]:
        arguments: list[Operand] = []
        for argument, parameter in zip(node.arguments, self.functions[node.function].parameters, strict=True):
            value = self.expressions.operand(argument)
            if isinstance(value, Value):
                value = self.expressions.convert(value, argument.type, parameter.type)
            arguments.append(value)
        return arguments

    def call(self, node: typed.Call, arguments: list[Operand]) -> Operand:
        """Unroll a call whose arguments have been evaluated."""
        path, function = self.path, self.functions[node.function]
        if len(path.calls) >= MAX_CALL_DEPTH:
            raise error("L010", f"calls nest more than {MAX_CALL_DEPTH} deep", node.span, "flatten some of them")
        outer = path.frame, path.calls, self.loops
        self.frames += 1
        number = self.frames
        path.frame = Frame(number, frozenset())
        path.calls, self.loops = (*path.calls, node.span), []
        for parameter, value in zip(function.parameters, arguments, strict=True):
            path.state.registers[path.frame.register(parameter.name)] = value
        result = self.body(function.body, function.returns, node.span)
        for register in [key for key in path.state.registers if key[0] == number]:
            del path.state.registers[register]
        path.frame, path.calls, self.loops = outer
        return result

    def alone(self, run: Callable[[], None]) -> None:
        """Unroll something that interrupts the code here and comes back to it."""
        path = self.path
        outer = path.frame, path.calls, self.loops, self.returns
        self.loops, self.returns = [], []
        run()
        path.frame, path.calls, self.loops, self.returns = outer

    def body(self, statements: tuple[typed.Stmt, ...], returns: Type, span: Span) -> Operand:
        """Unroll the body of a function or thread and join the paths that return from it."""
        path, pool, state = self.path, self.path.builder.pool, self.path.state
        guard, ctrl, log = state.guard, state.ctrl, len(state.log)
        entry = path.entry_of_picks
        outer, self.returns = self.returns, []
        self.block(statements)
        exits = self.returns
        self.returns = outer
        if state.guard is not pool.false:
            exits.append(Exit(state.guard, state.registers, Value(pool.false), state.ctrl))
        if not exits:
            return Value(pool.false)
        state.registers = join_registers(pool, exits, span, entry=entry)
        path.take_back(log, EarlyExit.RETURN)
        path.rejoin(guard, ctrl, log)
        if returns == VOID:
            return Value(pool.false)
        # The value is joined as one more register, so that both follow the same rule.
        key: Register = (-1, "return value")
        paths = [Exit(item.guard, {key: item.value or Value(pool.false)}, ctrl=item.ctrl) for item in exits]
        result = join_registers(pool, paths, span, entry=entry)[key]
        if isinstance(result, RegisterAddress):
            raise error("L005", "a function returns the address of a local variable", span)
        return result
