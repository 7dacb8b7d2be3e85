"""Unrolling the expressions of one thread: values, dependencies, and the events they perform."""

from dataclasses import dataclass, replace
from typing import Protocol, assert_never

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.language.conversion import common_type, promoted
from gupproof.language.effects import NO_OVERFLOW
from gupproof.language.types import ArrayType, IntType, PointerType, StructType, Type
from gupproof.program.accesses import Accesses
from gupproof.program.conversion import converted
from gupproof.program.exchanges import exchange
from gupproof.program.expr import Expr, ExprPool, Op
from gupproof.program.path import Path, error
from gupproof.program.state import NO_DEPS, Operand, RegisterAddress, Value, select, union, without
from gupproof.program.wording import expr_text, place_text, store_text

_ARITHMETIC = {
    "+": Op.ADD, "-": Op.SUB, "*": Op.MUL, "/": Op.DIV, "%": Op.MOD, "&": Op.AND, "|": Op.OR, "^": Op.XOR, "<<": Op.SHL,
    ">>": Op.SHR,
}  # fmt: skip
_MAY_LEAVE = frozenset({Op.ADD, Op.SUB, Op.MUL, Op.SHL})
_SHIFTS = frozenset({Op.SHL, Op.SHR})
_DIVISIONS = frozenset({Op.DIV, Op.MOD})


class Callee(Protocol):
    """What expressions leave to the thread they stand in."""

    def inline(self, node: typed.Call) -> Operand:
        """Unroll a call."""

    def srcu_lock(self, node: typed.SrcuLock, place: Value) -> Value:
        """Unroll ``srcu_read_lock()``."""


@dataclass(slots=True)
class Expressions:
    """Unrolls expressions.

    Attributes:
        path, accesses: where, and how memory is accessed.
        callee: the thread; None where nothing can be called.
        gets_locks: executions where a lock is never had are left out altogether, and what follows it is sure to be reached.

    """

    path: Path
    accesses: Accesses
    callee: Callee | None = None
    gets_locks: bool = False

    @property
    def pool(self) -> ExprPool:
        """Makes expressions."""
        return self.path.builder.pool

    # ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def value(self, expr: typed.Expr) -> Value:
        """Unroll ``expr``, which is no ``&local``."""
        operand = self.operand(expr)
        if isinstance(operand, RegisterAddress):
            raise error("L005", "the address of a local variable is used as a value", expr.span, "pass it to a function only")
        return operand

    def operand(self, expr: typed.Expr) -> Operand:
        """Unroll ``expr``."""
        pool, path = self.pool, self.path
        match expr:
            case typed.Const():
                return Value(pool.const(expr.value))
            case typed.Local():
                return path.get(path.frame.register(expr.name), expr.span)
            case typed.LocalAddress():
                return RegisterAddress(path.frame.register(expr.name))
            case typed.Config():
                return Value(self.accesses.switch(expr.name))
            case typed.NoOverflow():
                over = [item.violation for item in path.builder.checks if item.property == NO_OVERFLOW]
                return Value(pool.negation(pool.lor(*over)))
            case typed.Load():
                return self.load(expr)
            case typed.AddressOf(place=typed.Index() as element):
                return self._element(element)  # what is behind the end may be pointed to, as long as it is not accessed
            case typed.AddressOf():
                return self.address(expr.place)
            case typed.Unary():
                return self._unary(expr)
            case typed.Binary():
                return self._binary(expr)
            case typed.Increment():
                return self._increment(expr)
            case typed.Logical():
                return self._logical(expr)
            case typed.Conditional():
                condition = self.truth(expr.condition)
                return path.branch(condition, lambda: self.operand(expr.then), lambda: self.operand(expr.otherwise), expr.span)
            case typed.Cast():
                return self.convert(self.value(expr.operand), expr.operand.type, expr.type)
            case typed.Choose():
                return self._choose(expr)
            case typed.Rmw():
                return exchange(self, expr)
            case typed.CondLoad():
                return self._cond_load(expr)
            case typed.SrcuLock():
                assert self.callee is not None
                return self.callee.srcu_lock(expr, self.word(expr.place))
            case typed.Call():
                if self.callee is None:
                    raise error("L006", "a function is called where none can be", expr.span)
                return self.callee.inline(expr)
            case _:
                assert_never(expr)

    def truth(self, expr: typed.Expr) -> Value:
        """Unroll a condition to a boolean."""
        value = self.value(expr)
        return Value(self.pool.truth(value.expr), value.deps, value.picks)

    def convert(self, value: Value, source: Type, target: Type) -> Value:
        """Convert as C does."""
        return Value(converted(self.pool, value.expr, source, target), value.deps, value.picks)

    def _with(self, expr: Expr, *operands: Value) -> Value:
        """Return what is computed from operands."""
        pool = self.pool
        deps = union(pool, *(item.deps for item in operands))
        return Value(expr, deps, without(union(pool, *(item.picks for item in operands)), deps))

    def _unary(self, expr: typed.Unary) -> Value:
        pool = self.pool
        if expr.operator == "!":
            value = self.truth(expr.operand)
            return self._with(pool.negation(value.expr), value)
        value = self.convert(self.value(expr.operand), expr.operand.type, expr.type)
        result = pool.make(Op.INVERT, value.expr) if expr.operator == "~" else pool.make(Op.SUB, pool.false, value.expr)
        if isinstance(expr.type, IntType):
            result = pool.wrap(result, expr.type.bits, signed=expr.type.signed)
        return self._with(result, value)

    def _binary(self, expr: typed.Binary) -> Value:
        pool = self.pool
        left, right = self.value(expr.left), self.value(expr.right)
        kinds = expr.left.type, expr.right.type
        op = _ARITHMETIC.get(expr.operator)
        match kinds:
            case PointerType(target=target), IntType() if op is not None and target is not None:
                stride = pool.const(self.path.builder.layout.stride(target))
                return self._with(pool.make(op, left.expr, pool.make(Op.MUL, right.expr, stride)), left, right)
            case IntType() as one, IntType() as other if op is None:
                kind = common_type(one, other)
                a, b = (converted(pool, item.expr, of, kind) for item, of in ((left, one), (right, other)))
                return self._with(self._compare(expr.operator, a, b), left, right)
            case IntType() as one, IntType() as other if op is not None:
                return self._with(self._arithmetic(op, (left.expr, right.expr), (one, other), expr.span), left, right)
        if op is None:
            return self._with(self._compare(expr.operator, left.expr, right.expr), left, right)
        if op in _DIVISIONS:
            self.path.fault(pool.make(Op.EQ, right.expr, pool.false), "division by zero", expr.span)
        elif op in _SHIFTS:
            self._check_shift(right.expr, 64, expr.span)
        return self._with(pool.make(op, left.expr, right.expr), left, right)

    def _compare(self, operator: str, a: Expr, b: Expr) -> Expr:
        pool = self.pool
        match operator:
            case "==":
                return pool.make(Op.EQ, a, b)
            case "!=":
                return pool.negation(pool.make(Op.EQ, a, b))
            case "<":
                return pool.make(Op.LT, a, b)
            case ">":
                return pool.make(Op.LT, b, a)
            case "<=":
                return pool.negation(pool.make(Op.LT, b, a))
            case _:
                return pool.negation(pool.make(Op.LT, a, b))

    def _arithmetic(self, op: Op, operands: tuple[Expr, Expr], kinds: tuple[IntType, IntType], span: Span) -> Expr:
        """Return what an arithmetic operator of C yields on integers of two types."""
        pool = self.pool
        kind = promoted(kinds[0]) if op in _SHIFTS else common_type(*kinds)
        a = converted(pool, operands[0], kinds[0], kind)
        b = operands[1] if op in _SHIFTS else converted(pool, operands[1], kinds[1], kind)
        if op in _SHIFTS:
            self._check_shift(b, kind.bits, span)
        elif op in _DIVISIONS:
            self.path.fault(pool.make(Op.EQ, b, pool.false), "division by zero", span)
            if kind.signed:
                least = pool.make(Op.EQ, a, pool.const(kind.low))
                by_minus_one = pool.make(Op.EQ, b, pool.const(-1))
                self.path.fault(pool.land(least, by_minus_one), f"division of the least {kind.name} by -1", span)
        result = pool.make(op, a, b)
        return pool.wrap(result, kind.bits, signed=kind.signed) if op in _MAY_LEAVE else result

    def _check_shift(self, amount: Expr, bits: int, span: Span) -> None:
        pool = self.pool
        wrong = pool.lor(pool.make(Op.LT, amount, pool.false), pool.make(Op.LT, pool.const(bits - 1), amount))
        self.path.fault(wrong, f"shift by less than 0 or more than {bits - 1}", span)

    def _logical(self, expr: typed.Logical) -> Value:
        pool = self.pool
        left = self.truth(expr.left)
        if expr.operator == "&&":
            result = self.path.branch(left, lambda: self.truth(expr.right), lambda: Value(pool.false), expr.span)
        else:
            result = self.path.branch(left, lambda: Value(pool.true), lambda: self.truth(expr.right), expr.span)
        assert isinstance(result, Value)
        return self._with(result.expr, left, result)

    def _choose(self, expr: typed.Choose) -> Value:
        values = [self.value(option) for option in expr.options]
        choice = self.path.builder.choice(tuple(range(len(values))))
        result = values[-1]
        pool = self.pool
        for number, value in enumerate(values[:-1]):
            here = pool.make(Op.EQ, choice, pool.const(number))
            made = pool.make(Op.ITE, here, value.expr, result.expr)
            deps = select(pool, here, value.deps, result.deps)
            result = Value(made, deps, select(pool, here, value.picks, result.picks))
        return result

    def _increment(self, expr: typed.Increment) -> Operand:
        path, target = self.path, expr.target
        if isinstance(target, typed.Local):
            register = path.frame.register(target.name)
            before = self.value(target)
            after = self._counted(before, expr)
            path.put(register, after)
            return after if expr.is_prefix else before
        address = self.access(target)
        if isinstance(address, RegisterAddress):
            held = path.get(address.register, expr.span)
            if isinstance(held, RegisterAddress):
                raise error("L005", "the address of a local variable does not count", expr.span)
            after = self._counted(held, expr)
            path.put(address.register, after)
            return after if expr.is_prefix else held
        text = place_text(target)
        before = self.accesses.read(
            self.accesses.alternatives("plain_load", "", expr.span), address, expr.type, expr.span, text
        )
        after = self._counted(before, expr)
        path.interruptions.window()
        rows = self.accesses.alternatives("plain_store", "", expr.span)
        self.accesses.write(rows, address, after, expr.span, f"{text} = ...")
        return after if expr.is_prefix else before

    def _counted(self, value: Value, expr: typed.Increment) -> Value:
        pool, kind = self.pool, expr.type
        if isinstance(kind, PointerType):
            stride = self.path.builder.layout.stride(kind.target) if kind.target is not None else 1
            return self._with(pool.make(Op.ADD, value.expr, pool.const(expr.amount * stride)), value)
        if not isinstance(kind, IntType):
            return self._with(pool.make(Op.ADD, value.expr, pool.const(expr.amount)), value)
        wide = promoted(kind)
        summed = pool.wrap(pool.make(Op.ADD, value.expr, pool.const(expr.amount)), wide.bits, signed=wide.signed)
        return self._with(converted(pool, summed, wide, kind), value)

    # ── places ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def address(self, place: typed.Place) -> Operand:
        """Unroll the address of ``place``."""
        pool, layout = self.pool, self.path.builder.layout
        match place:
            case typed.Object():
                return Value(pool.const(layout.base(place.name)))
            case typed.Deref():
                return self.operand(place.pointer)
            case typed.Field():
                base, struct = self._plain_address(place.base), place.base.type
                assert isinstance(struct, StructType)
                return self._with(pool.make(Op.ADD, base.expr, pool.const(layout.offset(struct, place.index))), base)
            case typed.Index():
                return self._element(place, accessed=True)
            case _:
                assert_never(place)

    def _element(self, place: typed.Index, *, accessed: bool = False) -> Value:
        pool = self.pool
        base, index = self._plain_address(place.base), self.value(place.index)
        if accessed:
            self._check_index(place, index.expr)
        step = pool.make(Op.MUL, index.expr, pool.const(self.path.builder.layout.stride(place.type)))
        return self._with(pool.make(Op.ADD, base.expr, step), base, index)

    def _check_index(self, place: typed.Index, index: Expr) -> None:
        pool, array = self.pool, place.base.type
        assert isinstance(array, ArrayType)
        inside = pool.make(Op.LT, index, pool.const(array.length))
        wrong = pool.lor(pool.make(Op.LT, index, pool.false), pool.negation(inside))
        self.path.fault(wrong, f"index outside the array's {array.length} elements", place.span)

    def _plain_address(self, place: typed.Place) -> Value:
        base = self.address(place)
        if isinstance(base, RegisterAddress):
            raise error("L005", "a local variable is not a structure in memory", place.span, "declare it in the scenario")
        return base

    def access(self, place: typed.Place) -> Value | RegisterAddress:
        """Unroll the address of ``place`` for an access: where it is no location, the thread faults and goes no further."""
        address = self.address(place)
        path = self.path
        if isinstance(address, RegisterAddress):
            return address
        if not path.final:
            path.interruptions.window()
        pool = self.pool
        stray = pool.negation(pool.valid(address.expr))
        path.fault(stray, f"'{place_text(place)}' is accessed through a pointer to no object", place.span)
        if self.accesses.aliased and isinstance(place, typed.Deref | typed.Field):
            path.fault(self._in_parts(address.expr, place.type), f"'{place_text(place)}' accesses part of a word", place.span)
        return address

    def _in_parts(self, address: Expr, kind: Type) -> Expr:
        """Where a word of another size lies: accesses of several sizes are not modelled."""
        pool = self.pool
        others = [
            pool.make(Op.EQ, address, pool.const(location))
            for location, size in self.path.builder.layout.sizes().items()
            if size != self.path.builder.layout.bits(kind)
        ]
        return pool.lor(*others)

    def word(self, place: typed.Place) -> Value:
        """Unroll the address of a word for what only memory can have.

        Raises:
            GupError: it is a local variable.

        """
        address = self.access(place)
        if isinstance(address, RegisterAddress):
            raise error("L005", "this needs memory, not a local variable", place.span)
        return address

    # ── memory ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def load(self, expr: typed.Load) -> Operand:
        """Unroll a load."""
        pool, path = self.pool, self.path
        address = self.access(expr.place)
        if isinstance(address, RegisterAddress):
            return path.get(address.register, expr.span)
        if path.final:
            return Value(self.final_value(address.expr, expr.type), NO_DEPS)
        rows = self.accesses.alternatives(expr.primitive, expr.slot, expr.span)
        value = self.accesses.read(rows, address, expr.type, expr.span, expr_text(expr))
        # Of a load with two outcomes (spin_is_locked) only the outcome is known.
        return value if rows[0].row.failure is None else Value(pool.truth(value.expr), value.deps)

    def final_value(self, address: Expr, kind: Type) -> Expr:
        """Return the final value of a word, as of type ``kind``."""
        pool = self.pool
        value = pool.final(address)
        if self.accesses.aliased and isinstance(kind, IntType) and kind.bits > 1:
            return pool.wrap(value, kind.bits, signed=kind.signed)
        return value

    def store(self, node: typed.Store, value: Value) -> None:
        """Perform a store of ``value``; through ``&local`` it assigns the register."""
        address = self.access(node.place)
        if isinstance(address, RegisterAddress):
            self.path.put(address.register, value)
            return
        rows = self.accesses.alternatives(node.primitive, node.slot, node.span)
        self.accesses.write(rows, address, value, node.span, store_text(node))

    def _cond_load(self, expr: typed.CondLoad) -> Value:
        path = self.path
        address = self.word(expr.place)
        rows = self.accesses.alternatives(expr.primitive, "", expr.span)
        value = self.accesses.read(rows, address, expr.type, expr.span, f"smp_cond_load({place_text(expr.place)})")
        register = path.frame.register("VAL")
        path.state.registers[register] = Value(self.final_value(address.expr, expr.type))
        in_the_end = self.in_the_end(expr.condition)
        path.state.registers[register] = value
        path.require(self.truth(expr.condition), expr.span, in_the_end)
        return value

    def in_the_end(self, condition: typed.Expr) -> Expr:
        """Return where a condition would not hold if it were looked at in the final state, registers as they are."""
        path, pool = self.path, self.pool
        kept, astray, overruns, state = path.final, path.astray, path.overruns, path.state
        path.final, path.astray, path.overruns = True, [], []
        path.state = replace(state, registers=dict(state.registers), log=[])
        holds = pool.land(self.truth(condition).expr, *(pool.negation(wrong) for wrong in path.astray))
        # Loops of functions in it: where they would run on, nothing is known.
        known = [pool.negation(where) for where, _ in path.overruns]
        path.final, path.astray, path.overruns, path.state = kept, astray, overruns, state
        return pool.land(pool.negation(holds), *known)
