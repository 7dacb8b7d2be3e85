"""The integers of C as the Linux kernel is compiled (``-fwrapv``, ``-funsigned-char``), on machines of 64 bits.

Rules: C11 6.3.1 (conversions), 6.5 (operators); what the standard leaves to the implementation is GCC's choice.
"""

from gupproof.language.types import INT, LONG, UINT, ULONG, IntType

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
SHIFTS = ("<<", ">>")


class TrapError(Exception):
    """An operation that C leaves undefined and that no wrapping defines; the thread faults."""


def is_bool(kind: IntType) -> bool:
    """Whether a type holds 0 and 1 only, so that whatever is not 0 becomes 1 in it."""
    return (kind.low, kind.high) == (0, 1)


def same_values(one: IntType, other: IntType) -> bool:
    """Whether two types, of whatever names, hold the same values."""
    return (one.low, one.high) == (other.low, other.high)


def promoted(kind: IntType) -> IntType:
    """Return the type in which a value of type ``kind`` is computed with (C11 6.3.1.1)."""
    for wider in (INT, UINT, LONG, ULONG):
        if wider.low <= kind.low and kind.high <= wider.high:
            return wider
    raise AssertionError(f"no type of C holds {kind.low} .. {kind.high}")


def common(left: IntType, right: IntType) -> IntType:
    """Return the type in which two operands meet: the wider of the promoted ones, of two as wide the unsigned one (6.3.1.8)."""
    one, other = promoted(left), promoted(right)
    if one.bits != other.bits:
        return one if one.bits > other.bits else other
    return other if one.signed else one


def convert(value: int, kind: IntType) -> int:
    """Return what a type keeps of a value."""
    if kind.low <= value <= kind.high:
        return value
    if is_bool(kind):
        return 1
    size = 1 << kind.bits
    assert kind.high - kind.low == size - 1, f"{value} as {kind.name}: no type of C"
    lower = value & size - 1
    return lower - size if lower > kind.high else lower


def result_type(operator: str, left: IntType, right: IntType) -> IntType:
    """Return the type of ``left operator right``."""
    if operator in COMPARISONS:
        return INT
    return promoted(left) if operator in SHIFTS else common(left, right)


def binary(operator: str, left: int, left_type: IntType, right: int, right_type: IntType) -> int:
    """Return ``left operator right``, of type :func:`result_type`.

    Raises:
        TrapError: division by 0 or of the least value by -1, or a shift by less than 0 or the width or more.

    """
    if operator in SHIFTS:
        return _shifted(operator, convert(left, promoted(left_type)), right, promoted(left_type))
    kind = common(left_type, right_type)
    one, other = convert(left, kind), convert(right, kind)
    if operator in COMPARISONS:
        return compare(operator, one, other)
    return convert(_computed(operator, one, other, kind), kind)


def unary(operator: str, value: int, kind: IntType) -> int:
    """Return ``-value`` or ``~value``, of type ``promoted(kind)``."""
    wide = promoted(kind)
    operand = convert(value, wide)
    return convert(-operand if operator == "-" else ~operand, wide)


def compare(operator: str, left: int, right: int) -> int:
    """Return 0 or 1."""
    match operator:
        case "==":
            return int(left == right)
        case "!=":
            return int(left != right)
        case "<":
            return int(left < right)
        case "<=":
            return int(left <= right)
        case ">":
            return int(left > right)
        case ">=":
            return int(left >= right)
    raise AssertionError(operator)


def _shifted(operator: str, value: int, count: int, kind: IntType) -> int:
    if not 0 <= count < kind.bits:
        raise TrapError(f"a shift of {kind.bits} bits by {count}")
    # Python's >> fills with the sign, as GCC's does.
    return convert(value << count, kind) if operator == "<<" else value >> count


def _computed(operator: str, left: int, right: int, kind: IntType) -> int:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "&":
            return left & right
        case "|":
            return left | right
        case "^":
            return left ^ right
        case "/" | "%":
            return _divided(operator, left, right, kind)
    raise AssertionError(operator)


def _divided(operator: str, left: int, right: int, kind: IntType) -> int:
    if right == 0:
        raise TrapError("division by 0")
    if kind.signed and left == kind.low and right == -1:
        raise TrapError(f"{left} divided by -1 does not fit {kind.name}")
    quotient = abs(left) // abs(right)
    if (left < 0) != (right < 0):
        quotient = -quotient
    return quotient if operator == "/" else left - quotient * right
