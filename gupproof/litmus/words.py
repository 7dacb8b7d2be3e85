"""Arithmetic on registers of a fixed width.

A register holds an unsigned number below 2 to the power of its width, as the hardware's own pseudocode has it (Arm ARM
DDI 0487, shared pseudocode; RISC-V manual 2.4; Power ISA 1.3.2; Intel SDM 3.4.1). What is surely in range is not masked again,
so that the small values of most tests stay as they are.
"""

from gupproof.litmus.machine import Machine
from gupproof.program.expr import Expr, Op
from gupproof.program.state import Value

LONGEST = 64


def literal(machine: Machine, value: int, bits: int = LONGEST) -> Value:
    """Return a constant; a negative one is its two's complement."""
    return machine.const(value & mask(bits))


def mask(bits: int) -> int:
    """Return the largest number of that many bits."""
    return (1 << bits) - 1


def wrap(machine: Machine, value: Value, bits: int) -> Value:
    """Return the lowest ``bits`` bits."""
    if _width(machine, value.expr) <= bits:
        return value
    return machine.apply(Op.AND, value, machine.const(mask(bits)))


def _width(machine: Machine, expr: Expr) -> int:
    """Return a number of bits that every value of ``expr`` fits in; what may be negative has more than any register."""
    match expr.op:
        case Op.CONST:
            return expr.value.bit_length() if expr.value >= 0 else LONGEST + 1
        case Op.READ:
            return machine.memory.widths.get(expr.value, LONGEST)
        case Op.XOR | Op.OR:
            return max(_width(machine, expr.args[0]), _width(machine, expr.args[1]))
        case Op.AND:
            return min(_width(machine, expr.args[0]), _width(machine, expr.args[1]))
        case Op.ITE:
            return max(_width(machine, expr.args[1]), _width(machine, expr.args[2]))
        case Op.SHR:
            return _width(machine, expr.args[0])
        case _:
            return 1 if machine.builder.pool.is_boolean(expr) else LONGEST + 1


def calculate(machine: Machine, op: Op, left: Value, right: Value, bits: int) -> Value:
    """Return the result of an operation on two registers of that width."""
    return wrap(machine, machine.apply(op, left, right), bits)


def invert(machine: Machine, value: Value, bits: int) -> Value:
    """Return the bits turned over."""
    return machine.apply(Op.XOR, value, machine.const(mask(bits)))


def negate(machine: Machine, value: Value, bits: int) -> Value:
    """Return the two's complement."""
    return calculate(machine, Op.SUB, machine.const(0), value, bits)


def extend(machine: Machine, value: Value, source: int, bits: int, *, signed: bool) -> Value:
    """Return the lowest ``source`` bits extended to ``bits``, by their sign or by zeros."""
    low = wrap(machine, value, source)
    if not signed or source >= bits:
        return wrap(machine, low, bits)
    sign = machine.const(1 << (source - 1))
    # (x ^ s) - s carries the sign upwards.
    return calculate(machine, Op.SUB, machine.apply(Op.XOR, low, sign), sign, bits)


def equal(machine: Machine, left: Value, right: Value) -> Value:
    """Return whether two registers are equal."""
    return machine.apply(Op.EQ, left, right)


def less(machine: Machine, left: Value, right: Value, bits: int, *, signed: bool) -> Value:
    """Return whether one register is less than another."""
    if signed:
        sign = machine.const(1 << (bits - 1))
        left, right = (machine.apply(Op.XOR, side, sign) for side in (left, right))
    return machine.apply(Op.LT, left, right)


def bit(machine: Machine, value: Value, place: int) -> Value:
    """Return one bit as a boolean."""
    chosen = machine.apply(Op.AND, value, machine.const(1 << place))
    return machine.apply(Op.NOT, machine.apply(Op.EQ, chosen, machine.const(0)))


def shift(machine: Machine, kind: str, value: Value, amount: Value, bits: int) -> Value:
    """Return a register shifted: ``left``, ``right`` (zeros come in) or ``arithmetic`` (the sign comes in)."""
    if kind == "left":
        return calculate(machine, Op.SHL, value, amount, bits)
    if kind == "right":
        return machine.apply(Op.SHR, value, amount)
    negative = bit(machine, value, bits - 1)
    # Of a negative number the complement is shifted, so that ones come in.
    turned = machine.apply(Op.SHR, invert(machine, value, bits), amount)
    return machine.apply(Op.ITE, negative, invert(machine, turned, bits), machine.apply(Op.SHR, value, amount))


def rotate(machine: Machine, value: Value, amount: int, bits: int) -> Value:
    """Return a register rotated to the right."""
    amount %= bits
    if not amount:
        return value
    high = calculate(machine, Op.SHL, value, machine.const(bits - amount), bits)
    return machine.apply(Op.OR, machine.apply(Op.SHR, value, machine.const(amount)), high)


def extreme(machine: Machine, left: Value, right: Value, bits: int, *, signed: bool, largest: bool) -> Value:
    """Return the larger or the smaller of two registers."""
    below = less(machine, left, right, bits, signed=signed)
    return machine.apply(Op.ITE, below, *((right, left) if largest else (left, right)))
