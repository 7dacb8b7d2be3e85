"""Unrolling read-modify-writes: when they write, what, and what they are worth."""

from collections.abc import Sequence
from typing import Protocol

from gupproof.language import typed
from gupproof.language.effects import NO_OVERFLOW
from gupproof.language.types import ATOMIC, IntType, Type
from gupproof.program.accesses import Accesses
from gupproof.program.expr import Expr, Op
from gupproof.program.merging import Alternative
from gupproof.program.path import Path, error
from gupproof.program.state import Deps, Operand, RegisterAddress, Value, select, union
from gupproof.program.wording import place_text, rmw_text

_OPERATIONS = {
    typed.Operation.ADD: Op.ADD, typed.Operation.SUB: Op.SUB, typed.Operation.AND: Op.AND, typed.Operation.OR: Op.OR,
    typed.Operation.XOR: Op.XOR,
}  # fmt: skip


class Values(Protocol):
    """What unrolls the expressions in a read-modify-write."""

    path: Path
    accesses: Accesses
    gets_locks: bool

    def value(self, expr: typed.Expr) -> Value:
        """Unroll an expression."""

    def operand(self, expr: typed.Expr) -> Operand:
        """Unroll an expression, ``&local`` included."""

    def word(self, place: typed.Place) -> Value:
        """Unroll the address of a word."""

    def final_value(self, address: Expr, kind: Type) -> Expr:
        """Return the final value of a word."""


def exchange(values: Values, expr: typed.Rmw) -> Value:
    """Unroll a read-modify-write."""
    pool, path, accesses = values.path.builder.pool, values.path, values.accesses
    builder = path.builder
    rows = accesses.alternatives(expr.primitive, expr.slot, expr.span)
    accesses.check_reads(rows, expr.span)
    # C leaves the order of operands open; they come before the access, in the order of the text.
    operand, comparand = _operands(values, expr)
    old_target = values.operand(expr.store_old) if expr.store_old is not None else None
    address = values.word(expr.place)
    text = rmw_text(expr)
    early = accesses.early_fences(rows, expr.span, text)
    read = pool.read(len(builder.events) + len(early))
    old = accesses.typed(read, expr.place.type)
    success = _success(values, expr, rows, old, comparand.expr)
    exact = _new_value(values, expr, old, operand.expr)
    kind, new = expr.place.type, exact
    if isinstance(kind, IntType) and kind.bits > 1:
        new = pool.wrap(exact, kind.bits, signed=kind.signed)
    if kind == ATOMIC and new is not exact:
        over = pool.land(path.state.guard, success, pool.negation(pool.make(Op.EQ, new, exact)))
        builder.asserted(over, f"'{place_text(expr.place)}' overflows", expr.span, NO_OVERFLOW)
    read_id = accesses.exchange(
        rows,
        early,
        address,
        Value(new, operand.deps, operand.picks),
        success,
        expr.span,
        text,
        uses_old=expr.operation is not typed.Operation.SET,
    )
    only_read = {read_id: pool.true}
    if expr.waits:
        still = _passes(values, expr.guard, values.final_value(address.expr, kind), comparand.expr)
        path.require(Value(success, only_read), expr.span, pool.negation(still))
    if isinstance(old_target, RegisterAddress):
        before = path.state.registers.get(old_target.register, Value(pool.false))
        assert isinstance(before, Value)
        kept = select(pool, success, before.deps, only_read)
        path.put(old_target.register, Value(pool.make(Op.ITE, success, before.expr, old), kept))
    deps = union(pool, only_read, operand.deps, comparand.deps)
    picks = union(pool, operand.picks, comparand.picks)
    return _result(values, expr, old, new, success, operand.expr, only_read, (deps, picks))


def _operands(values: Values, expr: typed.Rmw) -> tuple[Value, Value]:
    """Unroll the operand and the comparand of a read-modify-write, from left to right."""
    if expr.comparand is None:
        return values.value(expr.operand), Value(values.path.builder.pool.false)
    places = [(item.span.line, item.span.column) for item in (expr.operand, expr.comparand)]
    if places[1] < places[0]:
        comparand = values.value(expr.comparand)
        return values.value(expr.operand), comparand
    return values.value(expr.operand), values.value(expr.comparand)


def _success(values: Values, expr: typed.Rmw, rows: Sequence[Alternative], read: Expr, comparand: Expr) -> Expr:
    """Return where a read-modify-write writes."""
    pool, builder = values.path.builder.pool, values.path.builder
    guards = expr.guards or (expr.guard,) * len(rows)
    found = [(item, _passes(values, guard, read, comparand)) for item, guard in zip(rows, guards, strict=True)]
    if expr.waits and values.gets_locks:
        found = [(item, _assumed(values, success)) for item, success in found]
    for item, success in found:
        if item.row.failure is None and success is not pool.true:
            path = builder.target.path
            raise error("L003", f"the row of '{item.row.primitive}' lacks its 'else'", expr.span, f"see {path}")
    if len({success for _, success in found}) == 1:
        return found[0][1]
    return pool.lor(*(pool.land(item.chosen, success) for item, success in found))


def _assumed(values: Values, success: Expr) -> Expr:
    pool = values.path.builder.pool
    values.path.builder.constraints.append(pool.lor(pool.negation(values.path.state.guard), success))
    return pool.true


def _passes(values: Values, guard: typed.Guard, read: Expr, comparand: Expr) -> Expr:
    pool = values.path.builder.pool
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


def _new_value(values: Values, expr: typed.Rmw, read: Expr, operand: Expr) -> Expr:
    """Return the new value as an integer of any size."""
    pool = values.path.builder.pool
    if expr.operation is typed.Operation.SET:
        return operand
    if expr.operation is typed.Operation.ANDNOT:
        return pool.make(Op.AND, read, pool.make(Op.INVERT, operand))
    return pool.make(_OPERATIONS[expr.operation], read, operand)


def _result(
    values: Values,
    expr: typed.Rmw,
    old: Expr,
    new: Expr,
    success: Expr,
    operand: Expr,
    only_read: Deps,
    all_of_it: tuple[Deps, Deps],
) -> Value:
    """Return what a read-modify-write is worth, with what that is computed from."""
    pool = values.path.builder.pool
    match expr.result:
        case typed.Result.NONE:
            return Value(pool.false)
        case typed.Result.OLD:
            # Herd7 has the operands of arithmetic among what the old value comes from (CSem.ml, build_atomic_op).
            arithmetic = expr.operation is not typed.Operation.SET and expr.guard is typed.Guard.ALWAYS
            return Value(old, all_of_it[0] if values.path.builder.target.is_language and arithmetic else only_read)
        case typed.Result.NEW:
            return Value(new, *all_of_it)
        case typed.Result.SUCCESS:
            return Value(success, *all_of_it)
        case typed.Result.NEW_IS_ZERO:
            return Value(pool.make(Op.EQ, new, pool.false), *all_of_it)
        case typed.Result.NEW_IS_NEGATIVE:
            return Value(pool.make(Op.LT, new, pool.false), *all_of_it)
        case typed.Result.BIT_WAS_SET:
            return Value(pool.truth(pool.make(Op.AND, old, operand)), *all_of_it)
