"""RISC-V litmus instructions. The RISC-V Instruction Set Manual, Volume I; tags as in spec/targets/riscv.target."""

import re

from gupproof.litmus import words
from gupproof.litmus.condition import number
from gupproof.litmus.form import Unsupported
from gupproof.litmus.machine import Machine
from gupproof.program.expr import Op
from gupproof.program.state import Value

ARCHES = ("RISCV",)
_SETS = ("rw", "r", "w")
TAGS = frozenset({"Acq", "Rel", "X", "Fence.tso"}) | {f"Fence.{before}.{after}" for before in _SETS for after in _SETS}
# Which accesses are lr and sc; what they order, Acq and Rel say.
UNORDERED = frozenset({"X"})
XLEN = 64

_ABI = ["zero", "ra", "sp", "gp", "tp", *(f"t{n}" for n in range(3)), "s0", "s1", *(f"a{n}" for n in range(8))]
_ABI += [*(f"s{n}" for n in range(2, 12)), *(f"t{n}" for n in range(3, 7))]
_NUMBERS = {name: f"x{position}" for position, name in enumerate(_ABI)} | {"fp": "x8"}

_ADDRESS = re.compile(r"^([+-]?(?:0[xX][0-9a-fA-F]+|\d+))?\s*\(\s*(%?\w+)\s*\)$")
_INTEGER = re.compile(r"^[+-]?(0[xX][0-9a-fA-F]+|\d+)$")
_OPERAND = re.compile(r"^%?[A-Za-z]\w*$")
# The suffix w of an operation means 32 bits, the result extended by its sign.
_ARITHMETIC = re.compile(r"^(add|sub|xor|or|and|mul|sll|srl|sra|slt|sltu)(i)?(w)?$")
_OPS = {"add": Op.ADD, "sub": Op.SUB, "xor": Op.XOR, "or": Op.OR, "and": Op.AND, "mul": Op.MUL}
_SHIFTS = {"sll": "left", "srl": "right", "sra": "arithmetic"}
_SIZES = {"b": 1, "h": 2, "w": 4, "d": 8}
_ORDER = r"((?:\.aqrl|\.aq|\.rl)*)$"
_AMO = re.compile(r"^amo(swap|add|or|and|xor|max|min|maxu|minu)\.([wd])" + _ORDER)
_EXCLUSIVE = re.compile(r"^(lr|sc)\.([wd])" + _ORDER)
_ACCESS = re.compile(r"^(l|s)([bhwd])(u?)" + _ORDER)
_BRANCHES = {"beq": "eq", "bne": "!eq", "blt": "lt", "bge": "!lt", "bltu": "ltu", "bgeu": "!ltu"}
_SWAPPED = {"bgt": "blt", "ble": "bge", "bgtu": "bltu", "bleu": "bgeu"}
_WITH_ZERO = {"beqz": "beq", "bnez": "bne", "bltz": "blt", "bgez": "bge", "bgtz": "bgt", "blez": "ble"}


def register(name: str) -> str:
    """Return the number form of a register's name."""
    name = name.strip()
    return name if name.startswith("%") else _NUMBERS.get(name.lower(), name.lower())


def execute(machine: Machine, text: str) -> None:
    """Perform one instruction.

    Raises:
        Unsupported: it is not known.

    """
    parts = text.strip().split(None, 1)
    name = parts[0].lower()
    operands = [part.strip() for part in parts[1].split(",")] if len(parts) > 1 else []
    try:
        if not (_memory(machine, name, operands) or _compute(machine, name, operands) or _branch(machine, name, operands)):
            category = "vector" if re.match(r"^v[a-z]", name) else "instruction"
            raise Unsupported(f"{category}: '{text}'")
    except (IndexError, ValueError):
        raise Unsupported(f"instruction: '{text}' lacks an operand, or has one of another kind") from None


def _memory(machine: Machine, name: str, operands: list[str]) -> bool:
    if found := _ACCESS.match(name):
        _access(machine, found, operands)
    elif found := _EXCLUSIVE.match(name):
        _exclusive(machine, found, operands)
    elif found := _AMO.match(name):
        _amo(machine, found, operands)
    elif name in ("fence", "fence.tso", "fence.i"):
        _fence(machine, name, operands)
    else:
        return False
    return True


def _tags(suffix: str) -> tuple[str, ...]:
    return (*(("Acq",) if "aq" in suffix else ()), *(("Rel",) if "rl" in suffix else ()))


def _get(machine: Machine, operand: str) -> Value:
    if _INTEGER.match(operand):
        return words.literal(machine, number(operand), XLEN)
    if not _OPERAND.match(operand):
        raise Unsupported(f"instruction: operand '{operand}'")
    name = register(operand)
    return machine.const(0) if name == "x0" else machine.get(name)


def _set(machine: Machine, operand: str, value: Value) -> None:
    if not _OPERAND.match(operand):
        raise Unsupported(f"instruction: operand '{operand}'")
    if register(operand) != "x0":
        machine.set(register(operand), value)


def _address(machine: Machine, operand: str) -> Value:
    found = _ADDRESS.match(operand)
    if found is None:
        raise Unsupported(f"instruction: address '{operand}'")
    offset = words.literal(machine, number(found[1] or "0"), XLEN)
    return words.calculate(machine, Op.ADD, _get(machine, found[2]), offset, XLEN)


def _access(machine: Machine, found: re.Match[str], operands: list[str]) -> None:
    size = _SIZES[found[2]]
    address = _address(machine, operands[1])
    if found[1] == "l":
        value = machine.load(address, size, *_tags(found[4]))
        _set(machine, operands[0], words.extend(machine, value, 8 * size, XLEN, signed=not found[3]))
    else:
        machine.store(address, words.wrap(machine, _get(machine, operands[0]), 8 * size), size, *_tags(found[4]))


def _exclusive(machine: Machine, found: re.Match[str], operands: list[str]) -> None:
    size, tags = _SIZES[found[2]], ("X", *_tags(found[3]))
    address = _address(machine, operands[-1])
    if found[1] == "lr":
        value = machine.load_exclusive(address, size, *tags)
        _set(machine, operands[0], words.extend(machine, value, 8 * size, XLEN, signed=True))
    else:
        value = words.wrap(machine, _get(machine, operands[1]), 8 * size)
        status = machine.store_exclusive(address, value, size, *tags, status_depends=True)
        _set(machine, operands[0], status)


def _amo(machine: Machine, found: re.Match[str], operands: list[str]) -> None:
    size, tags, kind = _SIZES[found[2]], _tags(found[3]), found[1]
    address = _address(machine, operands[2])
    operand = words.wrap(machine, _get(machine, operands[1]), 8 * size)

    def new(old: Value) -> Value:
        if kind == "swap":
            return operand
        if kind in _OPS:
            return words.calculate(machine, _OPS[kind], old, operand, 8 * size)
        return words.extreme(machine, old, operand, 8 * size, signed=not kind.endswith("u"), largest="max" in kind)

    old = machine.exchange(address, size, new, read=tags, write=tags)
    _set(machine, operands[0], words.extend(machine, old, 8 * size, XLEN, signed=True))


def _fence(machine: Machine, name: str, operands: list[str]) -> None:
    if name == "fence.tso":
        machine.fence("Fence.tso")
    elif name == "fence":
        before, after = ("".join(c for c in "rw" if c in part.lower()) for part in operands or ["rw", "rw"])
        # What orders only devices, i and o, orders nothing here.
        if before and after:
            machine.fence(f"Fence.{before}.{after}")
    # fence.i orders instruction fetches, not data.


def _compute(machine: Machine, name: str, operands: list[str]) -> bool:
    match name:
        case "nop":
            return True
        case "li" | "mv":
            result = _get(machine, operands[1])
        case "la":
            result = machine.const(machine.memory.base(operands[1]))
        case "lui":
            result = words.extend(machine, words.literal(machine, number(operands[1]) << 12, 32), 32, XLEN, signed=True)
        case "not":
            result = words.invert(machine, _get(machine, operands[1]), XLEN)
        case "neg":
            result = words.negate(machine, _get(machine, operands[1]), XLEN)
        case "sext.w":
            result = words.extend(machine, _get(machine, operands[1]), 32, XLEN, signed=True)
        case "seqz" | "snez":
            zero = words.equal(machine, _get(machine, operands[1]), machine.const(0))
            result = zero if name == "seqz" else machine.apply(Op.NOT, zero)
        case _:
            found = _ARITHMETIC.match("sltu" if name == "sltu" else "sltui" if name == "sltiu" else name)
            if found is None:
                return False
            result = _calculated(machine, found, _get(machine, operands[1]), _get(machine, operands[2]))
    _set(machine, operands[0], result)
    return True


def _calculated(machine: Machine, found: re.Match[str], left: Value, right: Value) -> Value:
    name, bits = found[1], 32 if found[3] else XLEN
    left, right = words.wrap(machine, left, bits), words.wrap(machine, right, bits)
    if name.startswith("slt"):
        return words.less(machine, left, right, bits, signed=name == "slt")
    if name in _SHIFTS:
        amount = words.wrap(machine, right, 6 if bits == 64 else 5)
        result = words.shift(machine, _SHIFTS[name], left, amount, bits)
    else:
        result = words.calculate(machine, _OPS[name], left, right, bits)
    return words.extend(machine, result, bits, XLEN, signed=True)


def _branch(machine: Machine, name: str, operands: list[str]) -> bool:
    if name == "j":
        machine.jump(operands[0])
        return True
    if name == "ret":
        machine.leave()
        return True
    if name in _WITH_ZERO:
        name, operands = _WITH_ZERO[name], [operands[0], "x0", operands[1]]
    left, right = operands[:2] if len(operands) > 2 else ("", "")
    if name in _SWAPPED:
        name, left, right = _SWAPPED[name], right, left
    if name not in _BRANCHES:
        return False
    kind = _BRANCHES[name]
    one, other = _get(machine, left), _get(machine, right)
    if kind.endswith("eq"):
        holds = words.equal(machine, one, other)
    else:
        holds = words.less(machine, one, other, XLEN, signed=not kind.endswith("u"))
    machine.jump(operands[-1], machine.apply(Op.NOT, holds) if kind.startswith("!") else holds)
    return True
