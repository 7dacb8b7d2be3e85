"""RISC-V litmus instructions. The RISC-V Instruction Set Manual, Volume I; tags as in spec/targets/riscv.target."""

import re

from gupproof.litmus.condition import number
from gupproof.litmus.frame import Unsupported
from gupproof.litmus.machine import Machine
from gupproof.program.expr import Op
from gupproof.program.state import Value

ARCHES = ("RISCV",)
_SETS = ("rw", "r", "w")
TAGS = frozenset({"Acq", "Rel", "X", "Fence.tso"}) | {f"Fence.{before}.{after}" for before in _SETS for after in _SETS}

_ABI = ["zero", "ra", "sp", "gp", "tp", *(f"t{n}" for n in range(3)), "s0", "s1", *(f"a{n}" for n in range(8))]
_ABI += [*(f"s{n}" for n in range(2, 12)), *(f"t{n}" for n in range(3, 7))]
_NUMBERS = {name: f"x{position}" for position, name in enumerate(_ABI)} | {"fp": "x8"}

_ADDRESS = re.compile(r"^([+-]?(?:0[xX][0-9a-fA-F]+|\d+))?\s*\(\s*(\w+)\s*\)$")
_INTEGER = re.compile(r"^[+-]?(0[xX][0-9a-fA-F]+|\d+)$")
_ARITHMETIC = {"add": Op.ADD, "sub": Op.SUB, "xor": Op.XOR, "or": Op.OR, "and": Op.AND}
_IMMEDIATE = {"addi": Op.ADD, "xori": Op.XOR, "ori": Op.OR, "andi": Op.AND, "addiw": Op.ADD}
_SIZES = {"w": 4, "d": 8}
_AMO = re.compile(r"^amo(swap|add|or|and|xor)\.([wd])((?:\.aq|\.rl|\.aqrl)*)$")
_EXCLUSIVE = re.compile(r"^(lr|sc)\.([wd])((?:\.aq|\.rl|\.aqrl)*)$")
_ACCESS = re.compile(r"^(l|s)([wd])((?:\.aq|\.rl|\.aqrl)*)$")


def register(name: str) -> str:
    """Return the number form of a register's name."""
    name = name.strip().lower()
    return _NUMBERS.get(name, name)


def execute(machine: Machine, text: str) -> None:
    """Perform one instruction.

    Raises:
        Unsupported: it is not known.

    """
    words = text.strip().split(None, 1)
    name = words[0].lower()
    operands = [part.strip() for part in words[1].split(",")] if len(words) > 1 else []
    if found := _ACCESS.match(name):
        _access(machine, found, operands)
    elif found := _EXCLUSIVE.match(name):
        _exclusive(machine, found, operands)
    elif found := _AMO.match(name):
        _amo(machine, found, operands)
    elif name in ("fence", "fence.tso", "fence.i"):
        _fence(machine, name, operands)
    elif not (_compute(machine, name, operands) or _branch(machine, name, operands)):
        raise Unsupported(f"instruction '{text}'")


def _tags(suffix: str) -> tuple[str, ...]:
    return (*(("Acq",) if "aq" in suffix else ()), *(("Rel",) if "rl" in suffix else ()))


def _get(machine: Machine, operand: str) -> Value:
    if _INTEGER.match(operand):
        return machine.const(number(operand))
    name = register(operand)
    return machine.const(0) if name == "x0" else machine.get(name)


def _set(machine: Machine, operand: str, value: Value) -> None:
    if register(operand) != "x0":
        machine.set(register(operand), value)


def _address(machine: Machine, operand: str, size: str) -> Value:
    found = _ADDRESS.match(operand)
    if found is None:
        raise Unsupported(f"address '{operand}'")
    if found[1] is not None and number(found[1]):
        raise Unsupported(f"address '{operand}' inside a location")
    machine.sized(_SIZES[size])
    return _get(machine, found[2])


def _access(machine: Machine, found: re.Match[str], operands: list[str]) -> None:
    address = _address(machine, operands[1], found[2])
    if found[1] == "l":
        _set(machine, operands[0], machine.load(address, *_tags(found[3])))
    else:
        machine.store(address, _get(machine, operands[0]), *_tags(found[3]))


def _exclusive(machine: Machine, found: re.Match[str], operands: list[str]) -> None:
    address = _address(machine, operands[-1], found[2])
    if found[1] == "lr":
        _set(machine, operands[0], machine.load_exclusive(address, "X", *_tags(found[3])))
    else:
        value = _get(machine, operands[1])
        status = machine.store_exclusive(address, value, "X", *_tags(found[3]), status_depends=True)
        _set(machine, operands[0], status)


def _amo(machine: Machine, found: re.Match[str], operands: list[str]) -> None:
    address, operand, tags = _address(machine, operands[2], found[2]), _get(machine, operands[1]), _tags(found[3])

    def new(old: Value) -> Value:
        return operand if found[1] == "swap" else machine.apply(_ARITHMETIC[found[1]], old, operand)

    _set(machine, operands[0], machine.exchange(address, new, read=tags, write=tags))


def _fence(machine: Machine, name: str, operands: list[str]) -> None:
    if name == "fence.tso":
        machine.fence("Fence.tso")
    elif name == "fence":
        before, after = ("".join(c for c in part if c in "rw") for part in operands or ["rw", "rw"])
        if not before or not after:
            raise Unsupported(f"fence {','.join(operands)}")
        machine.fence(f"Fence.{before}.{after}")
    # fence.i orders instruction fetches, not data.


def _compute(machine: Machine, name: str, operands: list[str]) -> bool:
    if name in ("li", "mv"):
        _set(machine, operands[0], _get(machine, operands[1]))
    elif name in _ARITHMETIC or name in _IMMEDIATE:
        op = _ARITHMETIC.get(name) or _IMMEDIATE[name]
        _set(machine, operands[0], machine.apply(op, _get(machine, operands[1]), _get(machine, operands[2])))
    elif name != "nop":
        return False
    return True


def _branch(machine: Machine, name: str, operands: list[str]) -> bool:
    if name == "j":
        machine.jump(operands[0])
    elif name in ("beq", "bne", "beqz", "bnez"):
        right = machine.const(0) if name.endswith("z") else _get(machine, operands[1])
        equal = machine.apply(Op.EQ, _get(machine, operands[0]), right)
        machine.jump(operands[-1], equal if name.startswith("beq") else machine.apply(Op.NOT, equal))
    else:
        return False
    return True
