"""Integers are C's: by the standard's rules, and by what GCC makes of random expressions."""

import shutil
import subprocess
from pathlib import Path
from random import Random

import pytest

from gupproof.language.types import BOOL, CHAR, INT, LONG, SCHAR, SHORT, UINT, ULONG, USHORT, IntType
from gupproof.meaning.integers import TrapError, binary, common, convert, promoted, result_type, unary

U8 = IntType("u8", 0, 255)
ENUM = IntType("config MODE", 0, 2)
INT_MAX, INT_MIN = 2**31 - 1, -(2**31)


@pytest.mark.parametrize("kind", [BOOL, CHAR, SCHAR, U8, SHORT, USHORT, INT, ENUM])
def test_what_an_int_holds_is_promoted_to_int(kind: IntType) -> None:
    assert promoted(kind) == INT


@pytest.mark.parametrize("kind", [UINT, LONG, ULONG])
def test_what_is_as_wide_as_an_int_or_wider_stays_as_it_is(kind: IntType) -> None:
    assert promoted(kind) == kind


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        (U8, U8, INT),
        (INT, UINT, UINT),
        (UINT, LONG, LONG),  # a long holds every unsigned int
        (LONG, ULONG, ULONG),
        (ULONG, SHORT, ULONG),
        (INT, LONG, LONG),
    ],
)
def test_two_operands_meet_in_the_wider_type_or_the_unsigned_one(left: IntType, right: IntType, kind: IntType) -> None:
    assert common(left, right) == common(right, left) == kind


@pytest.mark.parametrize(
    ("value", "kind", "kept"),
    [
        (300, U8, 44),
        (-1, UINT, 4294967295),
        (4294967295, INT, -1),
        (200, SCHAR, -56),
        (2**64, ULONG, 0),
        (256, BOOL, 1),
        (-1, BOOL, 1),
        (0, BOOL, 0),
    ],
)
def test_a_conversion_keeps_the_lower_bits_but_bool_asks_for_zero(value: int, kind: IntType, kept: int) -> None:
    assert convert(value, kind) == kept


@pytest.mark.parametrize(
    ("operator", "left", "left_type", "right", "right_type", "expected"),
    [
        ("+", INT_MAX, INT, 1, INT, INT_MIN),
        ("-", 0, UINT, 1, INT, 4294967295),
        ("*", 2**31, LONG, 2, INT, 2**32),
        ("<", -1, INT, 0, UINT, 0),
        ("<", -1, INT, 0, LONG, 1),
        ("/", -7, INT, 2, INT, -3),
        ("%", -7, INT, 2, INT, -1),
        ("%", 7, INT, -2, INT, 1),
        ("%", -7, INT, 2, UINT, (2**32 - 7) % 2),
        ("^", 5, UINT, -1, INT, 4294967290),
        ("|", 1, ULONG, -2, INT, 2**64 - 1),
        (">>", -8, INT, 1, INT, -4),
        (">>", 2**32 - 8, UINT, 1, INT, 2**31 - 4),
        ("<<", 1, INT, 31, INT, INT_MIN),
        ("<<", 255, U8, 4, INT, 4080),
        ("<<", 1, INT, 2, ULONG, 4),
    ],
)
def test_operators_compute_as_c_does(
    operator: str, left: int, left_type: IntType, right: int, right_type: IntType, expected: int
) -> None:
    assert binary(operator, left, left_type, right, right_type) == expected


def test_the_type_of_a_shift_is_that_of_its_left_operand() -> None:
    assert result_type("<<", U8, ULONG) == INT
    assert result_type(">>", ULONG, INT) == ULONG


def test_minus_and_complement_compute_in_the_promoted_type() -> None:
    assert unary("~", 0, U8) == -1
    assert unary("~", 0, UINT) == 4294967295
    assert unary("-", INT_MIN, INT) == INT_MIN


@pytest.mark.parametrize(
    ("operator", "left", "right"),
    [("/", 1, 0), ("%", 1, 0), ("/", INT_MIN, -1), ("%", INT_MIN, -1), ("<<", 1, 32), (">>", 1, -1)],
)
def test_what_traps_or_has_no_meaning_is_an_error(operator: str, left: int, right: int) -> None:
    with pytest.raises(TrapError):
        binary(operator, left, INT, right, INT)


# ── GCC ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

GCC = shutil.which("gcc")
C_NAMES = {
    "_Bool": BOOL,
    "unsigned char": CHAR,
    "signed char": SCHAR,
    "short": SHORT,
    "unsigned short": USHORT,
    "int": INT,
    "unsigned int": UINT,
    "long": LONG,
    "unsigned long": ULONG,
}
OPERATORS = ("+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "==", "!=", "<", "<=", ">", ">=")
EXPRESSIONS = 400


class _Writer:
    """Writes random expressions in C, with the value that they should have."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def expression(self, depth: int) -> tuple[str, int, IntType]:
        """Return an expression, its value and its type.

        Raises:
            TrapError: it has no value.
        """
        choice = self.random.random()
        if depth == 0 or choice < 0.15:
            name, kind = self.random.choice(list(C_NAMES.items()))
            ends = (kind.low, kind.high, 0, 1, 5, kind.high // 3, self.random.randint(kind.low, kind.high))
            value = convert(self.random.choice(ends), kind)
            return f"(({name}){_constant(value)})", value, kind
        if choice < 0.3:
            operator = self.random.choice("-~")
            text, value, kind = self.expression(depth - 1)
            return f"({operator}{text})", unary(operator, value, kind), promoted(kind)
        if choice < 0.45:
            name, kind = self.random.choice(list(C_NAMES.items()))
            text, value, _ = self.expression(depth - 1)
            return f"(({name}){text})", convert(value, kind), kind
        operator = self.random.choice(OPERATORS)
        left, one, left_type = self.expression(depth - 1)
        right, other, right_type = self.expression(depth - 1)
        if operator in ("<<", ">>"):
            right, other, right_type = f"((int)({right} & 31))", convert(other & 31, INT), INT
        value = binary(operator, one, left_type, other, right_type)
        return f"({left} {operator} {right})", value, result_type(operator, left_type, right_type)


def _constant(value: int) -> str:
    return f"{value}ULL" if value >= 0 else f"(-{-value - 1}LL - 1)"


@pytest.mark.skipif(GCC is None, reason="gcc is not on this machine")
def test_gcc_computes_the_same(tmp_path: Path) -> None:
    random = Random(5)
    made: list[tuple[str, int, IntType]] = []
    while len(made) < EXPRESSIONS:
        try:
            made.append(_Writer(random).expression(3))
        except TrapError:
            continue
    # Of each: whether it is negative, its 64 bits, and whether its type is unsigned and how wide.
    lines = [
        f'printf("%d %llu %d %zu\\n", ({text}) < 0, (unsigned long long)({text}), (__typeof__({text}))-1 > 0, sizeof({text}));'
        for text, _, _ in made
    ]
    source = tmp_path / "expressions.c"
    source.write_text("#include <stdio.h>\nint main(void) {\n" + "\n".join(lines) + "\nreturn 0; }\n", encoding="utf-8")
    program = tmp_path / "expressions"
    subprocess.run([GCC, "-w", "-fwrapv", "-funsigned-char", "-o", program, source], check=True)
    printed = subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines()
    for line, (text, value, kind) in zip(printed, made, strict=True):
        bits = 8 if kind == BOOL else kind.bits
        assert line == f"{value < 0:d} {value % 2**64} {not kind.signed:d} {bits // 8}", text
