"""Operands of AArch64 instructions: registers of 32 or 64 bits, numbers, shifted and extended registers, addresses."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from gupproof.litmus import words
from gupproof.litmus.condition import number
from gupproof.litmus.form import Unsupported
from gupproof.litmus.machine import Machine
from gupproof.program.expr import Op
from gupproof.program.state import Value

_OPERAND = re.compile(r"\[[^\]]*\]!?|[^,\[\]]+")
_INTEGER = re.compile(r"^#?\s*([+-]?(?:0[xX][0-9a-fA-F]+|\d+))$")
_REGISTER = re.compile(r"^([WXwx])(\d+|ZR|zr|%\w+)$")
# A register that the test names instead of numbering it, whole.
_SYMBOLIC = re.compile(r"^%\w+$")
_STACK = {"SP": 64, "WSP": 32}
_EXTENDED = re.compile(r"^([US])XT([BHWX])(?:\s*#?\s*(\w+))?$")
_SHIFTED = re.compile(r"^(LSL|LSR|ASR|ROR)\s*#?\s*(\w+)$")
_KINDS = {"LSL": "left", "LSR": "right", "ASR": "arithmetic"}
_BITS = {"B": 8, "H": 16, "W": 32, "X": 64}


def text_operands(listed: str) -> list[str]:
    """Split operands: what is in brackets is one."""
    return [part.strip() for part in _OPERAND.findall(listed) if part.strip()]


def register(name: str) -> str:
    """Return the register that a W or X name is a view of."""
    plain = name.strip()
    if found := _REGISTER.match(plain):
        return f"X{found[2].upper()}" if not found[2].startswith("%") else found[2]
    return "SP" if plain.upper() in _STACK else plain.upper() if not plain.startswith("%") else plain


def is_register(operand: str) -> bool:
    """Whether an operand is a register."""
    return bool(_REGISTER.match(operand) or _SYMBOLIC.match(operand)) or operand.upper() in _STACK


def bits_of(operand: str) -> int:
    """Return the width of a register as it is spelled.

    Raises:
        Unsupported: it is none.

    """
    if not is_register(operand):
        raise Unsupported(f"instruction: operand '{operand}'")
    return _STACK.get(operand.upper(), 64 if operand[0] in "Xx%" else 32)


def immediate(operand: str) -> int:
    """Return a number.

    Raises:
        Unsupported: it is none.

    """
    found = _INTEGER.match(operand)
    if found is None:
        raise Unsupported(f"instruction: operand '{operand}'")
    return number(found[1])


def get(machine: Machine, operand: str, bits: int = words.LONGEST) -> Value:
    """Return the value of a register, or a number of that many bits.

    Raises:
        Unsupported: it is half of an address.

    """
    if found := _INTEGER.match(operand):
        return words.literal(machine, number(found[1]), bits)
    width, name = bits_of(operand), register(operand)
    if name == "XZR":
        return machine.const(0)
    value = machine.get(name)
    if width < words.LONGEST and (place := machine.memory.placed_at(value.expr)) is not None:
        raise Unsupported(f"address: the lower half of {operand}, which is where {place} lies")
    return words.wrap(machine, value, width)


def set_register(machine: Machine, operand: str, value: Value) -> None:
    """Write a register; a write of 32 bits clears the others (C6.1.1)."""
    width, name = bits_of(operand), register(operand)
    if name != "XZR":
        machine.set(name, words.wrap(machine, value, width))


def modified(machine: Machine, value: Value, modifier: str, bits: int) -> Value:
    """Return a register shifted or extended: ``LSL #2``, ``SXTW``, ``UXTB #1``.

    Raises:
        Unsupported: that is no modifier.

    """
    text = modifier.upper()
    if found := _EXTENDED.match(text):
        extended = words.extend(machine, value, _BITS[found[2]], bits, signed=found[1] == "S")
        return words.calculate(machine, Op.SHL, extended, machine.const(int(found[3] or "0", 0)), bits)
    if found := _SHIFTED.match(text):
        amount = int(found[2], 0)
        if found[1] == "ROR":
            return words.rotate(machine, value, amount, bits)
        return words.shift(machine, _KINDS[found[1]], value, machine.const(amount), bits)
    raise Unsupported(f"instruction: operand '{modifier}'")


@dataclass(frozen=True, slots=True)
class Place:
    """An address, and what is to be done to its base register besides."""

    value: Value
    write_back: Callable[[], None]


def address(machine: Machine, operands: list[str]) -> Place:
    """Return the address that operands from ``[`` on stand for (C1.3.3).

    Raises:
        Unsupported: it is not of a known form.

    """
    inside = operands[0].rstrip("!").strip("[]")
    parts = [part.strip() for part in inside.split(",")]
    if not operands[0].startswith("[") or not is_register(parts[0]):
        raise Unsupported(f"instruction: address '{operands[0]}'")
    base = get(machine, parts[0])
    offset = machine.const(0)
    if len(parts) > 1:
        bits = words.LONGEST if _INTEGER.match(parts[1]) or len(parts) > 2 else bits_of(parts[1])
        if bits != words.LONGEST:
            raise Unsupported(f"instruction: address '{operands[0]}'")
        offset = get(machine, parts[1])
        if len(parts) > 2 and not _INTEGER.match(parts[1]):
            offset = modified(machine, offset, parts[2], words.LONGEST)
    moved = words.calculate(machine, Op.ADD, base, offset, words.LONGEST)
    if len(operands) > 1:
        after = words.calculate(machine, Op.ADD, base, get(machine, operands[1]), words.LONGEST)
        return Place(base, lambda: set_register(machine, parts[0], after))
    if operands[0].endswith("!"):
        return Place(moved, lambda: set_register(machine, parts[0], moved))
    return Place(moved, lambda: None)
