"""Operands of x86 instructions: registers and their parts, numbers, places in memory."""

import re
from dataclasses import dataclass

from gupproof.litmus.condition import number
from gupproof.litmus.form import Unsupported
from gupproof.litmus.machine import Machine
from gupproof.program.expr import Op
from gupproof.program.state import Value

_INTEGER = re.compile(r"^\$?\s*([+-]?(?:0[xX][0-9a-fA-F]+|\d+))$")
_BRACKETS = re.compile(r"^(byte|word|dword|qword)?\s*(?:ptr\s*)?\[\s*%?([A-Za-z_][\w.]*)\s*\]$", re.IGNORECASE)
# displacement(base), displacement(base,index,scale): AT&T
_ROUND = re.compile(
    r"^(?:%\w+:)?\s*([+-]?(?:0[xX][0-9a-fA-F]+|\d+))?\s*"
    r"\(\s*(%?[A-Za-z_][\w.]*)\s*(?:,\s*(%?[A-Za-z_]\w*)\s*(?:,\s*(\d+))?)?\s*\)$"
)
_SIZES = {"byte": 1, "word": 2, "dword": 4, "qword": 8}

# Names of registers: which register, how many bytes, and where they begin.
_VIEWS: dict[str, tuple[str, int, int]] = {}
for _letter in "ABCD":
    _VIEWS |= {
        f"R{_letter}X": (f"{_letter}X", 8, 0), f"E{_letter}X": (f"{_letter}X", 4, 0), f"{_letter}X": (f"{_letter}X", 2, 0),
        f"{_letter}L": (f"{_letter}X", 1, 0), f"{_letter}H": (f"{_letter}X", 1, 8),
    }  # fmt: skip
for _name in ("SI", "DI", "BP", "SP"):
    _VIEWS |= {f"R{_name}": (_name, 8, 0), f"E{_name}": (_name, 4, 0), _name: (_name, 2, 0), f"{_name}L": (_name, 1, 0)}
for _count in range(8, 16):
    _VIEWS |= {f"R{_count}{_end}": (f"R{_count}", _bytes, 0) for _end, _bytes in {"": 8, "D": 4, "W": 2, "B": 1}.items()}
_VIEWS["RIP"] = ("IP", 8, 0)


@dataclass(frozen=True, slots=True)
class Immediate:
    """A number."""

    value: int


@dataclass(frozen=True, slots=True)
class View:
    """A register, or a part of it: ``size`` bytes from bit ``low``."""

    register: str
    size: int
    low: int

    @staticmethod
    def is_name(name: str) -> bool:
        """Whether a word is a register's name."""
        return name.lstrip("%").upper() in _VIEWS


@dataclass(frozen=True, slots=True)
class Place:
    """A word of memory; ``size`` is 0 where only the instruction tells it."""

    address: Value
    size: int


Operand = Immediate | View | Place


def register(name: str) -> str:
    """Return the register that a name is a view of."""
    plain = name.strip().lstrip("%").upper()
    return _VIEWS[plain][0] if plain in _VIEWS else plain


def text_operands(listed: str) -> list[str]:
    """Split operands at the commas outside brackets."""
    return [part.strip() for part in re.split(r",(?![^(\[]*[)\]])", listed) if part.strip()]


def operand(machine: Machine, text: str, whole: str) -> Operand:
    """Read one operand.

    Raises:
        Unsupported: it is not known.

    """
    if found := _INTEGER.match(text):
        return Immediate(number(found[1]))
    if found := _BRACKETS.match(text):
        return Place(_named(machine, found[2]), _SIZES.get((found[1] or "").lower(), 0))
    if found := _ROUND.match(text):
        address = _named(machine, found[2])
        if found[3]:
            scaled = machine.apply(Op.MUL, _named(machine, found[3]), machine.const(int(found[4] or "1")))
            address = machine.apply(Op.ADD, address, scaled)
        return Place(machine.apply(Op.ADD, address, machine.const(number(found[1] or "0"))), 0)
    plain = text.lstrip("%").upper()
    if plain in _VIEWS:
        return View(*_VIEWS[plain])
    if re.match(r"^%[A-Za-z_]\w*$", text) or re.match(r"^(?:XMM|YMM|MM)\d+$", plain):
        if re.match(r"^(?:XMM|YMM|ZMM|MM)\d+$", plain):
            raise Unsupported(f"vector: '{whole}'")
        return View(plain, 8, 0)
    raise Unsupported(f"instruction: operand '{text}' of '{whole}'")


def _named(machine: Machine, name: str) -> Value:
    """Return the address that a name in brackets stands for: what a register holds, or where a word lies."""
    plain = name.lstrip("%").upper()
    if plain in _VIEWS:
        return machine.get(_VIEWS[plain][0])
    if name.startswith("%"):
        return machine.get(plain)
    return machine.const(machine.memory.base(name))
