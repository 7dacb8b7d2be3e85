"""Unrolling the expressions of one thread: values, dependencies, and the events they perform."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.language.types import IntType, PointerType
from gupproof.program.events import Event
from gupproof.program.expr import Expr, Op
from gupproof.program.merging import Alternative, before_read, fences, merge, read_tags
from gupproof.program.paths import Paths
from gupproof.program.state import (
    NO_DEPS,
    Deps,
    LogEntry,
    Lost,
    Operand,
    RegisterAddress,
    Value,
    select,
    union,
)
from gupproof.program.targets import StepKind
from gupproof.program.wording import expr_text, place_text, rmw_text, store_text

_ARITHMETIC = {
    "+": Op.ADD, "-": Op.SUB, "*": Op.MUL, "/": Op.DIV, "%": Op.MOD, "&": Op.AND, "|": Op.OR, "^": Op.XOR, "<<": Op.SHL,
    ">>": Op.SHR,
}  # fmt: skip

_OPERATIONS = {
    typed.Operation.ADD: Op.ADD, typed.Operation.SUB: Op.SUB, typed.Operation.AND: Op.AND, typed.Operation.OR: Op.OR,
    typed.Operation.XOR: Op.XOR,
}  # fmt: skip


@dataclass(slots=True)
class Unroller(Paths):
    """Unrolls expressions. Statements are added by :class:`~gupproof.program.statements.Thread`.

    Attributes:
        gets_locks: executions where a lock is never had are left out altogether, and what follows it is sure to be reached.

    """

    gets_locks: bool = False

    # ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def value(self, expr: typed.Expr) -> Value:
        """Unroll ``expr``, which is no ``&local``."""
        operand = self.operand(expr)
        if isinstance(operand, RegisterAddress):
            raise self.error(
                "L005", "the address of a local variable is used as a value", expr.span, "pass it to a function only"
            )
        return operand

    def operand(self, expr: typed.Expr) -> Operand:
        """Unroll ``expr``."""
        pool = self.builder.pool
        match expr:
            case typed.Const():
                return Value(pool.const(expr.value))
            case typed.Local():
                return self.state.registers.get(self.frame.register(expr.name), Value(pool.false))
            case typed.LocalAddress():
                return RegisterAddress(self.frame.register(expr.name))
            case typed.Config():
                return Value(self.switch(expr.name))
            case typed.Load():
                return self.load(expr)
            case typed.AddressOf():
                return self.address(expr.place)
            case typed.Unary():
                return self._unary(expr)
            case typed.Binary():
                return self._binary(expr)
            case typed.Logical():
                return self._logical(expr)
            case typed.Conditional():
                condition = self.truth(expr.condition)
                return self.branch(condition, lambda: self.operand(expr.then), lambda: self.operand(expr.otherwise), expr.span)
            case typed.Cast():
                return self.convert(self.value(expr.operand), expr.operand.type, expr.type, expr.span)
            case typed.Choose():
                return self._choose(expr)
            case typed.Rmw():
                return self._rmw(expr)
            case typed.CondLoad():
                return self._cond_load(expr)
            case typed.Call():
                if self.call is None:
                    raise self.error("L006", "a function is called where none can be", expr.span)
                return self.call(expr)
            case _:
                assert_never(expr)

    def truth(self, expr: typed.Expr) -> Value:
        """Unroll a condition to a boolean."""
        value = self.value(expr)
        return Value(self.builder.pool.truth(value.expr), value.deps)

    def _unary(self, expr: typed.Unary) -> Value:
        pool = self.builder.pool
        if expr.operator == "!":
            value = self.truth(expr.operand)
            return Value(pool.negation(value.expr), value.deps)
        value = self.value(expr.operand)
        if expr.operator == "~":
            # On an unsigned type the complement stays inside it; exact integers need to be told.
            if isinstance(expr.type, IntType) and expr.type.low >= 0:
                return Value(pool.make(Op.SUB, pool.const(expr.type.high), value.expr), value.deps)
            return Value(pool.make(Op.INVERT, value.expr), value.deps)
        result = pool.make(Op.SUB, pool.false, value.expr)
        if isinstance(expr.type, IntType):
            self.check_range(result, expr.type, expr.span)
        return Value(result, value.deps)

    def _binary(self, expr: typed.Binary) -> Value:
        pool = self.builder.pool
        left, right = self.value(expr.left), self.value(expr.right)
        deps = union(pool, left.deps, right.deps)
        a, b = left.expr, right.expr
        match expr.operator:
            case "==":
                return Value(pool.make(Op.EQ, a, b), deps)
            case "!=":
                return Value(pool.negation(pool.make(Op.EQ, a, b)), deps)
            case "<":
                return Value(pool.make(Op.LT, a, b), deps)
            case ">":
                return Value(pool.make(Op.LT, b, a), deps)
            case "<=":
                return Value(pool.negation(pool.make(Op.LT, b, a)), deps)
            case ">=":
                return Value(pool.negation(pool.make(Op.LT, a, b)), deps)
            case operator:
                op = _ARITHMETIC[operator]
        if isinstance(expr.left.type, PointerType) and expr.left.type.target is not None:
            stride = pool.const(self.builder.layout.stride(expr.left.type.target))
            return Value(pool.make(op, a, pool.make(Op.MUL, b, stride)), deps)
        if op in (Op.DIV, Op.MOD, Op.SHL, Op.SHR):
            if op in (Op.DIV, Op.MOD):
                wrong, message = pool.make(Op.EQ, b, pool.false), "division by zero"
            else:
                wrong = pool.lor(pool.make(Op.LT, b, pool.false), pool.make(Op.LT, pool.const(63), b))
                message = "shift by less than 0 or more than 63"
            self._fault(wrong, message, expr.span)
        result = pool.make(op, a, b)
        if isinstance(expr.type, IntType) and op in (Op.ADD, Op.SUB, Op.MUL, Op.SHL, Op.DIV):
            self.check_range(result, expr.type, expr.span)
        return Value(result, deps)

    def _logical(self, expr: typed.Logical) -> Value:
        pool = self.builder.pool
        left = self.truth(expr.left)
        if expr.operator == "&&":
            result = self.branch(left, lambda: self.truth(expr.right), lambda: Value(pool.false), expr.span)
        else:
            result = self.branch(left, lambda: Value(pool.true), lambda: self.truth(expr.right), expr.span)
        assert isinstance(result, Value)
        return Value(result.expr, union(pool, left.deps, result.deps))

    def _choose(self, expr: typed.Choose) -> Value:
        values = [self.value(option) for option in expr.options]
        choice = self.builder.choice(tuple(range(len(values))))
        result = values[-1]
        pool = self.builder.pool
        for number, value in enumerate(values[:-1]):
            here = pool.make(Op.EQ, choice, pool.const(number))
            result = Value(pool.make(Op.ITE, here, value.expr, result.expr), select(pool, here, value.deps, result.deps))
        return result

    # ── memory ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def address(self, place: typed.Place) -> Operand:
        """Unroll the address of ``place``."""
        pool, layout = self.builder.pool, self.builder.layout
        match place:
            case typed.Object():
                return Value(pool.const(layout.base(place.name)))
            case typed.Deref():
                return self.operand(place.pointer)
            case typed.Field():
                base = self._plain_address(place.base)
                struct = place.base.type
                offset = layout.offset(struct, place.index)  # type: ignore[arg-type]
                return Value(pool.make(Op.ADD, base.expr, pool.const(offset)), base.deps)
            case typed.Index():
                base, index = self._plain_address(place.base), self.value(place.index)
                step = pool.make(Op.MUL, index.expr, pool.const(layout.stride(place.type)))
                self._check_index(place, index.expr)
                return Value(pool.make(Op.ADD, base.expr, step), union(pool, base.deps, index.deps))
            case _:
                assert_never(place)

    def _check_index(self, place: typed.Index, index: Expr) -> None:
        pool = self.builder.pool
        length = getattr(place.base.type, "length", 0)
        wrong = pool.lor(pool.make(Op.LT, index, pool.false), pool.negation(pool.make(Op.LT, index, pool.const(length))))
        self._fault(wrong, f"index outside the array's {length} elements", place.span)

    def _plain_address(self, place: typed.Place) -> Value:
        base = self.address(place)
        if isinstance(base, RegisterAddress):
            raise self.error("L005", "a local variable is not a structure in memory", place.span, "declare it in the scenario")
        return base

    def access(self, place: typed.Place) -> Value | RegisterAddress:
        """Unroll the address of ``place`` for an access: where it is no location, the thread faults and goes no further."""
        address = self.address(place)
        if isinstance(address, RegisterAddress):
            return address
        pool = self.builder.pool
        valid = pool.valid(address.expr)
        if not self.final:
            self.before_event()
        fault = pool.land(self.state.guard, pool.negation(valid))
        self._fault(pool.negation(valid), f"'{place_text(place)}' is accessed through a pointer to no object", place.span)
        if self.final:
            return address
        if valid is not pool.true:
            # A faulting access is no branch: nothing later depends on it.
            self.state.log.append(LogEntry(Lost.STOP, fault, NO_DEPS))
            self.state.guard = pool.land(self.state.guard, valid)
        return address

    def load(self, expr: typed.Load) -> Operand:
        """Unroll a load."""
        pool = self.builder.pool
        address = self.access(expr.place)
        if isinstance(address, RegisterAddress):
            return self.state.registers.get(address.register, Value(pool.false))
        if self.final:
            return Value(pool.final(address.expr), NO_DEPS)
        rows = self.alternatives(expr.primitive, expr.slot, expr.span)
        event = self._read(rows, address, expr.span, expr_text(expr))
        value = pool.read(event.id)
        # Of a load with two outcomes (spin_is_locked) only the outcome is known.
        outcome = pool.truth(value) if rows[0].row.failure is not None else value
        return Value(outcome, {event.id: pool.true})

    def _read(self, rows: Sequence[Alternative], address: Value, span: Span, text: str) -> Event:
        pool = self.builder.pool
        self._check_reads(rows, span)
        result: Event | None = None
        for step in merge(pool, [(item.chosen, item.row.steps) for item in rows]):
            guard = pool.land(self.state.guard, step.condition)
            if step.kind is StepKind.READ:
                tags = read_tags(pool, rows, pool.truth(pool.read(len(self.builder.events))))
                result = self.emit(step.kind, tags, span, text, guard=guard, address=address)
            else:
                self.emit(step.kind, step.tags, span, text, guard=guard)
        assert result is not None  # every row has a read
        return result

    def _check_reads(self, rows: Sequence[Alternative], span: Span) -> None:
        for item in rows:
            if all(step.kind is not StepKind.READ for step in item.row.steps):
                raise self.error(
                    "L003", f"the row of '{item.row.primitive}' has no read", span, f"see {self.builder.target.path}"
                )

    def store(self, node: typed.Store, value: Value) -> None:
        """Perform a store of ``value``; through ``&local`` it assigns the register."""
        address = self.access(node.place)
        if isinstance(address, RegisterAddress):
            self.state.registers[address.register] = value
            return
        self.store_at(self.alternatives(node.primitive, node.slot, node.span), address, value, node.span, store_text(node))

    def _cond_load(self, expr: typed.CondLoad) -> Value:
        address = self.access(expr.place)
        pool = self.builder.pool
        if isinstance(address, RegisterAddress):
            raise self.error("L005", "a local variable cannot be waited for", expr.span)
        rows = self.alternatives(expr.primitive, "", expr.span)
        event = self._read(rows, address, expr.span, f"smp_cond_load({place_text(expr.place)})")
        value = Value(pool.read(event.id), {event.id: pool.true})
        self.state.registers[self.frame.register("VAL")] = value
        self.require(self.truth(expr.condition), expr.span)
        return value

    def _rmw(self, expr: typed.Rmw) -> Value:
        pool, builder = self.builder.pool, self.builder
        rows = self.alternatives(expr.primitive, expr.slot, expr.span)
        self._check_reads(rows, expr.span)
        # C leaves the order of operands open; like the kernel's inline assembly, the operands come before the access.
        operand = self.value(expr.operand)
        comparand = self.value(expr.comparand) if expr.comparand is not None else Value(pool.false)
        old_target = self.operand(expr.store_old) if expr.store_old is not None else None
        address = self.access(expr.place)
        if isinstance(address, RegisterAddress):
            raise self.error("L005", "an atomic operation needs memory, not a local variable", expr.span)
        # The read's own event comes after the fences that its row puts before it.
        early = merge(pool, [(item.chosen, item.row.steps[: before_read(item.row)]) for item in rows])
        read = pool.read(len(builder.events) + len(early))
        success = self._success(expr, rows, read, comparand.expr)
        new = self._new_value(expr, read, operand.expr)
        guard = self.state.guard
        wins, fails = pool.land(guard, success), pool.land(guard, pool.negation(success))
        text = rmw_text(expr)
        # The model of a language counts what a new value is computed from as its data, the word's own old value too (herd7,
        # CSem.ml); for that of a machine rmw stands for it.
        own = builder.target.is_language and expr.operation is not typed.Operation.SET
        language = builder.target.is_language
        for step in early:
            # What a machine does before the read comes before the outcome too, and is the same for both (T005).
            where = pool.land(wins if language else guard, step.condition)
            self.emit(step.kind, step.tags, expr.span, text, guard=where)
        read_id = self.emit(StepKind.READ, read_tags(pool, rows, success), expr.span, text, guard=guard, address=address).id
        for step in merge(pool, [(item.chosen, item.row.steps[before_read(item.row) + 1 :]) for item in rows]):
            where = pool.land(wins, step.condition)
            if step.kind is StepKind.WRITE:
                deps = union(pool, operand.deps, {read_id: pool.true}) if own else operand.deps
                stored = Value(new, deps)
                self.emit(step.kind, step.tags, expr.span, text, guard=where, address=address, value=stored, rmw=read_id)
            else:
                self.emit(step.kind, step.tags, expr.span, text, guard=where)
        if fails is not pool.false:
            late = [(item.chosen, fences(item.row.failure or ())[0 if language else before_read(item.row) :]) for item in rows]
            for step in merge(pool, late):
                self.emit(step.kind, step.tags, expr.span, text, guard=pool.land(fails, step.condition))
        kind = expr.place.type
        if isinstance(kind, IntType) and expr.operation is not typed.Operation.SET:
            outside = self.state.guard
            self.state.guard = wins
            self.check_range(new, kind, expr.span)
            self.state.guard = outside
        deps = union(pool, {read_id: pool.true}, operand.deps, comparand.deps)
        if expr.waits:
            self.require(Value(success, {read_id: pool.true}), expr.span)
        if isinstance(old_target, RegisterAddress):
            before = self.state.registers.get(old_target.register, Value(pool.false))
            assert isinstance(before, Value)
            kept = select(pool, success, before.deps, {read_id: pool.true})
            self.state.registers[old_target.register] = Value(pool.make(Op.ITE, success, before.expr, read), kept)
        return self._result(expr, read, read_id, new, success, operand, deps)

    def _assumed(self, success: Expr) -> Expr:
        pool = self.builder.pool
        self.builder.constraints.append(pool.lor(pool.negation(self.state.guard), success))
        return pool.true

    def _success(self, expr: typed.Rmw, rows: Sequence[Alternative], read: Expr, comparand: Expr) -> Expr:
        """Return where a read-modify-write writes."""
        pool = self.builder.pool
        guards = expr.guards or (expr.guard,) * len(rows)
        found = [(item, self._passes(guard, read, comparand)) for item, guard in zip(rows, guards, strict=True)]
        if expr.waits and self.gets_locks:
            found = [(item, self._assumed(success)) for item, success in found]
        for item, success in found:
            if item.row.failure is None and success is not pool.true:
                path = self.builder.target.path
                raise self.error("L003", f"the row of '{item.row.primitive}' lacks its 'else'", expr.span, f"see {path}")
        if len({success for _, success in found}) == 1:
            return found[0][1]
        return pool.lor(*(pool.land(item.chosen, success) for item, success in found))

    def _passes(self, guard: typed.Guard, read: Expr, comparand: Expr) -> Expr:
        pool = self.builder.pool
        match guard:
            case typed.Guard.ALWAYS:
                return pool.true
            case typed.Guard.EQUAL:
                return pool.make(Op.EQ, read, comparand)
            case typed.Guard.UNEQUAL:
                return pool.negation(pool.make(Op.EQ, read, comparand))
            case typed.Guard.NOT_BELOW:
                return pool.negation(pool.make(Op.LT, read, comparand))
            case typed.Guard.CLEAR:
                return pool.make(Op.EQ, pool.make(Op.AND, read, comparand), pool.false)

    def _new_value(self, expr: typed.Rmw, read: Expr, operand: Expr) -> Expr:
        pool = self.builder.pool
        if expr.operation is typed.Operation.SET:
            return operand
        if expr.operation is typed.Operation.ANDNOT:
            return pool.make(Op.AND, read, pool.make(Op.INVERT, operand))
        return pool.make(_OPERATIONS[expr.operation], read, operand)

    def _result(self, expr: typed.Rmw, read: Expr, read_id: int, new: Expr, success: Expr, operand: Value, deps: Deps) -> Value:
        pool = self.builder.pool
        only_read = {read_id: pool.true}
        match expr.result:
            case typed.Result.NONE:
                return Value(pool.false)
            case typed.Result.OLD:
                # Herd7 has the operands of arithmetic among what the old value comes from (CSem.ml, build_atomic_op).
                arithmetic = expr.operation is not typed.Operation.SET and expr.guard is typed.Guard.ALWAYS
                return Value(read, deps if self.builder.target.is_language and arithmetic else only_read)
            case typed.Result.NEW:
                return Value(new, deps)
            case typed.Result.SUCCESS:
                return Value(success, deps)
            case typed.Result.NEW_IS_ZERO:
                return Value(pool.make(Op.EQ, new, pool.false), deps)
            case typed.Result.NEW_IS_NEGATIVE:
                return Value(pool.make(Op.LT, new, pool.false), deps)
            case typed.Result.BIT_WAS_SET:
                return Value(pool.truth(pool.make(Op.AND, read, operand.expr)), deps)
