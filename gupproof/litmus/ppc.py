"""Power litmus instructions. Power ISA, Book I and II; tags as in spec/targets/ppc64.target."""

import re

from gupproof.litmus.condition import number
from gupproof.litmus.frame import Unsupported
from gupproof.litmus.machine import Machine
from gupproof.program.expr import Op
from gupproof.program.state import Value

ARCHES = ("PPC",)
FENCES = {"sync": "SYNC", "hwsync": "SYNC", "lwsync": "LWSYNC", "eieio": "EIEIO", "isync": "ISYNC"}
TAGS = frozenset({"X", *FENCES.values()})

_ADDRESS = re.compile(r"^([+-]?(?:0[xX][0-9a-fA-F]+|\d+))\s*\(\s*(\w+)\s*\)$")
_INTEGER = re.compile(r"^[+-]?(0[xX][0-9a-fA-F]+|\d+)$")
_ARITHMETIC = {
    "add": Op.ADD,
    "xor": Op.XOR,
    "or": Op.OR,
    "and": Op.AND,
    "addi": Op.ADD,
    "xori": Op.XOR,
    "ori": Op.OR,
    "andi.": Op.AND,
}
_SIZES = {"w": 4, "d": 8}
_ACCESS = re.compile(r"^(l|st)(w|d)(z?)(x?)$")
_EXCLUSIVE = re.compile(r"^(l|st)(w|d)(arx|cx\.)$")
_BRANCHES = {"beq": ("EQ", True), "bne": ("EQ", False), "blt": ("LT", True), "bge": ("LT", False)}


def register(name: str) -> str:
    """Return a register's name."""
    return name.strip().lower()


def execute(machine: Machine, text: str) -> None:
    """Perform one instruction.

    Raises:
        Unsupported: it is not known.

    """
    words = text.strip().split(None, 1)
    name = words[0].lower()
    operands = [part.strip() for part in words[1].split(",")] if len(words) > 1 else []
    if name in FENCES:
        machine.fence(FENCES[name])
    elif found := _ACCESS.match(name):
        _access(machine, found, operands)
    elif found := _EXCLUSIVE.match(name):
        _exclusive(machine, found, operands)
    elif not (_compute(machine, name, operands) or _branch(machine, name, operands)):
        raise Unsupported(f"instruction '{text}'")


def _get(machine: Machine, operand: str) -> Value:
    return machine.const(number(operand)) if _INTEGER.match(operand) else machine.get(register(operand))


def _indexed(machine: Machine, base: str, index: str) -> Value:
    """Return the sum of two registers; r0 as the first one stands for 0."""
    first = machine.const(0) if register(base) in ("r0", "0") else machine.get(register(base))
    return machine.apply(Op.ADD, first, machine.get(register(index)))


def _access(machine: Machine, found: re.Match[str], operands: list[str]) -> None:
    machine.sized(_SIZES[found[2]])
    if found[4]:
        address = _indexed(machine, operands[1], operands[2])
    else:
        place = _ADDRESS.match(operands[1])
        if place is None:
            raise Unsupported(f"address '{operands[1]}'")
        if number(place[1]):
            raise Unsupported(f"address '{operands[1]}' inside a location")
        address = machine.get(register(place[2]))
    if found[1] == "l":
        machine.set(register(operands[0]), machine.load(address))
    else:
        machine.store(address, machine.get(register(operands[0])))


def _exclusive(machine: Machine, found: re.Match[str], operands: list[str]) -> None:
    machine.sized(_SIZES[found[2]])
    address = _indexed(machine, operands[1], operands[2])
    if found[1] == "l":
        machine.set(register(operands[0]), machine.load_exclusive(address, "X"))
    else:
        status = machine.store_exclusive(address, machine.get(register(operands[0])), "X")
        machine.set("flag EQ", machine.apply(Op.EQ, status, machine.const(0)))


def _compute(machine: Machine, name: str, operands: list[str]) -> bool:
    if name in ("li", "mr"):
        machine.set(register(operands[0]), _get(machine, operands[1]))
    elif name in ("cmpw", "cmpwi", "cmpd", "cmpdi"):
        left, right = (_get(machine, operand) for operand in operands[-2:])
        machine.set("flag EQ", machine.apply(Op.EQ, left, right))
        machine.set("flag LT", machine.apply(Op.LT, left, right))
    elif name in _ARITHMETIC:
        result = machine.apply(_ARITHMETIC[name], _get(machine, operands[1]), _get(machine, operands[2]))
        machine.set(register(operands[0]), result)
    elif name != "nop":
        return False
    return True


def _branch(machine: Machine, name: str, operands: list[str]) -> bool:
    if name == "b":
        machine.jump(operands[0])
    elif name in _BRANCHES:
        flag, wanted = _BRANCHES[name]
        value = machine.get(f"flag {flag}")
        machine.jump(operands[-1], value if wanted else machine.apply(Op.NOT, value))
    else:
        return False
    return True
