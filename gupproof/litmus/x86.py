"""x86 and x86-64 litmus instructions, in Intel order (``MOV [x],$1``). Intel SDM volume 2; locked ones carry X."""

import re
from collections.abc import Iterable

from gupproof.litmus.condition import number
from gupproof.litmus.frame import Unsupported
from gupproof.litmus.machine import Machine
from gupproof.program.expr import Op
from gupproof.program.state import Value

ARCHES = ("X86", "X86_64")
TAGS = frozenset({"X", "MFENCE", "SFENCE", "LFENCE"})
LOCKED = ("X",)

_SIZED = re.compile(r"^(?:byte|word|dword|qword)?\s*(?:ptr\s*)?\[([^\]]+)\]$", re.IGNORECASE)
_INTEGER = re.compile(r"^\$?([+-]?(?:0[xX][0-9a-fA-F]+|\d+))$")
_FAMILY = {
    name: letter + "X"
    for letter in "ABCD"
    for name in (f"E{letter}X", f"R{letter}X", f"{letter}X", f"{letter}L")
} | {
    name: base
    for base in ("SI", "DI", "BP", "SP")
    for name in (f"E{base}", f"R{base}", base)
}  # fmt: skip
_ARITHMETIC = {"ADD": Op.ADD, "SUB": Op.SUB, "AND": Op.AND, "OR": Op.OR, "XOR": Op.XOR}
_JUMPS = {"JE": True, "JZ": True, "JNE": False, "JNZ": False}


def register(name: str) -> str:
    """Return the register that a name is a view of."""
    return _FAMILY.get(name.strip().lstrip("%").upper(), name.strip().lstrip("%").upper())


def execute(machine: Machine, text: str) -> None:
    """Perform one instruction.

    Raises:
        Unsupported: it is not known.

    """
    words = text.strip().split(None, 1)
    locked = words[0].upper() == "LOCK"
    if locked:
        words = words[1].split(None, 1)
    name = words[0].upper()
    operands = [part.strip() for part in words[1].split(",")] if len(words) > 1 else []
    match name:
        case "MFENCE" | "SFENCE" | "LFENCE":
            machine.fence(name)
        case "MOV" | "MOVL" | "MOVQ":
            _put(machine, operands[0], _value(machine, operands[1]))
        case "XCHG":
            _xchg(machine, operands)
        case "INC" | "DEC":
            _update(machine, operands[0], Op.ADD if name == "INC" else Op.SUB, machine.const(1), locked=locked)
        case "ADD" | "SUB" | "AND" | "OR" | "XOR":
            _update(machine, operands[0], _ARITHMETIC[name], _value(machine, operands[1]), locked=locked)
        case "CMP":
            machine.set("ZF", machine.apply(Op.EQ, _value(machine, operands[0]), _value(machine, operands[1])))
        case "CMPXCHG":
            _cmpxchg(machine, operands, locked=locked)
        case "JE" | "JZ" | "JNE" | "JNZ":
            flag = machine.get("ZF")
            machine.jump(operands[0], flag if _JUMPS[name] else machine.apply(Op.NOT, flag))
        case "JMP":
            machine.jump(operands[0])
        case "NOP":
            pass
        case _:
            raise Unsupported(f"instruction '{text}'")


def _address(machine: Machine, operand: str) -> Value | None:
    found = _SIZED.match(operand)
    if found is None:
        return None
    inside = found[1].strip()
    if inside.lstrip("%").upper() in _FAMILY or inside.startswith("%"):
        return machine.get(register(inside))
    if not re.match(r"^[A-Za-z_]\w*$", inside):
        raise Unsupported(f"address '{operand}'")
    return machine.const(machine.builder.layout.base(inside))


def _value(machine: Machine, operand: str) -> Value:
    if found := _INTEGER.match(operand):
        return machine.const(number(found[1]))
    address = _address(machine, operand)
    return machine.get(register(operand)) if address is None else machine.load(address)


def _put(machine: Machine, operand: str, value: Value) -> None:
    address = _address(machine, operand)
    if address is None:
        machine.set(register(operand), value)
    else:
        machine.store(address, value)


def _xchg(machine: Machine, operands: list[str]) -> None:
    first, second = _address(machine, operands[0]), _address(machine, operands[1])
    if first is None and second is None:
        one, other = (machine.get(register(operand)) for operand in operands)
        machine.set(register(operands[0]), other)
        machine.set(register(operands[1]), one)
        return
    address, other_name = (first, operands[1]) if first is not None else (second, operands[0])
    assert address is not None
    new = machine.get(register(other_name))
    # XCHG with memory is locked without saying so.
    machine.set(register(other_name), machine.exchange(address, lambda _: new, read=LOCKED, write=LOCKED))


def _update(machine: Machine, operand: str, op: Op, amount: Value, *, locked: bool) -> None:
    address = _address(machine, operand)
    if address is None:
        name = register(operand)
        result = machine.apply(op, machine.get(name), amount)
        machine.set(name, result)
    elif locked:
        old = machine.exchange(address, lambda old: machine.apply(op, old, amount), read=LOCKED, write=LOCKED)
        result = machine.apply(op, old, amount)
    else:
        result = machine.apply(op, machine.load(address), amount)
        machine.store(address, result)
    machine.set("ZF", machine.apply(Op.EQ, result, machine.const(0)))


def _cmpxchg(machine: Machine, operands: list[str], *, locked: bool) -> None:
    address = _address(machine, operands[0])
    if address is None:
        raise Unsupported("CMPXCHG of registers")
    if not locked:
        raise Unsupported("CMPXCHG without LOCK")
    pool = machine.builder.pool
    wanted, new = machine.get("AX"), machine.get(register(operands[1]))
    old = machine.exchange(
        address, lambda _: new, read=LOCKED, write=LOCKED, success=lambda old: pool.make(Op.EQ, old.expr, wanted.expr)
    )
    equal = machine.apply(Op.EQ, old, wanted)
    machine.set("ZF", equal)
    machine.set("AX", machine.apply(Op.ITE, equal, wanted, old))


def locations(texts: Iterable[str]) -> list[str]:
    """Return the locations that instructions name directly: ``MOV [x],$1``."""
    named = [inside for text in texts for inside in re.findall(r"\[([^\]]+)\]", text)]
    return [name for name in named if name.lstrip("%").upper() not in _FAMILY and re.match(r"^[A-Za-z_]\w*$", name)]
