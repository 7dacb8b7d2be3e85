"""AArch64 litmus instructions. Arm Architecture Reference Manual (DDI 0487), C6; tags as in spec/targets/arm64-*.target."""

import re

from gupproof.litmus.condition import number
from gupproof.litmus.frame import Unsupported
from gupproof.litmus.machine import Machine
from gupproof.program.expr import Op
from gupproof.program.state import Value

ARCHES = ("AArch64",)
BARRIERS = {
    "SY": "ISH", "ISH": "ISH", "OSH": "ISH", "NSH": "ISH",
    "LD": "ISHLD", "ISHLD": "ISHLD", "OSHLD": "ISHLD", "NSHLD": "ISHLD",
    "ST": "ISHST", "ISHST": "ISHST", "OSHST": "ISHST", "NSHST": "ISHST",
}  # fmt: skip
TAGS = frozenset({"A", "L", "Q", "X", "NoRet", "ISB"}) | {
    f"{kind}.{what}" for kind in ("DMB", "DSB") for what in BARRIERS.values()
}

_OPERAND = re.compile(r"\[[^\]]*\]!?|[^,\[\]]+")
_INTEGER = re.compile(r"^#?([+-]?(?:0[xX][0-9a-fA-F]+|\d+))$")
_REGISTER = re.compile(r"^([WXwx])(\d+|ZR|zr)$")
_ARITHMETIC = {
    "ADD": Op.ADD,
    "SUB": Op.SUB,
    "AND": Op.AND,
    "ORR": Op.OR,
    "EOR": Op.XOR,
    "ADDS": Op.ADD,
    "SUBS": Op.SUB,
    "ANDS": Op.AND,
}
_LOADS: dict[str, tuple[str, ...]] = {"LDR": (), "LDUR": (), "LDAR": ("A",), "LDAPR": ("Q",), "LDAPUR": ("Q",)}
_STORES: dict[str, tuple[str, ...]] = {"STR": (), "STUR": (), "STLR": ("L",), "STLUR": ("L",)}
_ATOMIC = re.compile(r"^(LD|ST)(ADD|CLR|SET|EOR)(A?L?)$")
_SWAP = re.compile(r"^(SWP|CAS)(A?L?)$")
_FETCH = {"ADD": Op.ADD, "SET": Op.OR, "EOR": Op.XOR}


def register(name: str) -> str:
    """Return the register that a W or X name is a view of."""
    found = _REGISTER.match(name.strip())
    return f"X{found[2].upper()}" if found else name.strip().upper()


def execute(machine: Machine, text: str) -> None:
    """Perform one instruction.

    Raises:
        Unsupported: it is not known.

    """
    words = text.strip().split(None, 1)
    name = words[0].upper()
    operands = [part.strip() for part in _OPERAND.findall(words[1])] if len(words) > 1 else []
    operands = [part for part in operands if part]
    _note_size(machine, name, operands)
    if name in _LOADS and operands[1].startswith("["):
        _set(machine, operands[0], machine.load(_address(machine, operands[1:]), *_LOADS[name]))
    elif name in _STORES:
        machine.store(_address(machine, operands[1:]), _get(machine, operands[0]), *_STORES[name])
    elif name in ("LDXR", "LDAXR"):
        tags = ("X", "A") if name == "LDAXR" else ("X",)
        _set(machine, operands[0], machine.load_exclusive(_address(machine, operands[1:]), *tags))
    elif name in ("STXR", "STLXR"):
        tags = ("X", "L") if name == "STLXR" else ("X",)
        status = machine.store_exclusive(_address(machine, operands[2:]), _get(machine, operands[1]), *tags)
        _set(machine, operands[0], status)
    elif name in ("DMB", "DSB") and operands[0].upper() in BARRIERS:
        machine.fence(f"{name}.{BARRIERS[operands[0].upper()]}")
    elif name == "ISB":
        machine.fence("ISB")
    elif not (_compute(machine, name, operands) or _branch(machine, name, operands) or _atomic(machine, name, operands)):
        raise Unsupported(f"instruction '{text}'")


def _note_size(machine: Machine, name: str, operands: list[str]) -> None:
    """Note how many bytes an instruction accesses: what it moves is its first register, but for a store-exclusive's status."""
    if any(operand.startswith("[") for operand in operands):
        moved = operands[1] if name in ("STXR", "STLXR") else operands[0]
        machine.sized(8 if moved.upper().startswith("X") else 4)


def _get(machine: Machine, operand: str) -> Value:
    if found := _INTEGER.match(operand):
        return machine.const(number(found[1]))
    if not _REGISTER.match(operand):
        raise Unsupported(f"operand '{operand}'")
    name = register(operand)
    return machine.const(0) if name == "XZR" else machine.get(name)


def _set(machine: Machine, operand: str, value: Value) -> None:
    name = register(operand)
    if not _REGISTER.match(operand):
        raise Unsupported(f"operand '{operand}'")
    if name != "XZR":
        machine.set(name, value)


def _shifted(machine: Machine, value: Value, extension: str) -> Value:
    """Apply ``SXTW``, ``UXTW #2``, ``LSL #3``: extensions keep the small values that tests use."""
    words = extension.upper().split()
    amount = int(words[1].lstrip("#"), 0) if len(words) > 1 else 0
    if words[0] not in ("SXTW", "UXTW", "LSL", "SXTX", "UXTX"):
        raise Unsupported(f"operand '{extension}'")
    return machine.apply(Op.SHL, value, machine.const(amount)) if amount else value


def _address(machine: Machine, operands: list[str]) -> Value:
    if len(operands) > 1 or operands[0].endswith("!"):
        raise Unsupported("an address that is written back")
    parts = [part.strip() for part in operands[0].strip("[]").split(",")]
    base = _get(machine, parts[0])
    if len(parts) == 1 or parts[1] in ("#0", "0"):
        return base
    if _INTEGER.match(parts[1]):
        raise Unsupported(f"address '{operands[0]}' inside a location")
    offset = _get(machine, parts[1])
    if len(parts) > 2:
        offset = _shifted(machine, offset, parts[2])
    return machine.apply(Op.ADD, base, offset)


def _compute(machine: Machine, name: str, operands: list[str]) -> bool:
    match name:
        case "MOV" | "MOVZ":
            _set(machine, operands[0], _get(machine, operands[1]))
        case "MVN":
            _set(machine, operands[0], machine.apply(Op.INVERT, _get(machine, operands[1])))
        case "NOP":
            pass
        case "CMP":
            _compare(machine, _get(machine, operands[0]), _get(machine, operands[1]))
        case "CSEL":
            chosen = [_get(machine, operand) for operand in operands[1:3]]
            _set(machine, operands[0], machine.apply(Op.ITE, _condition(machine, operands[3]), *chosen))
        case "CSET":
            _set(machine, operands[0], _condition(machine, operands[1]))
        case _ if name in _ARITHMETIC:
            right = _get(machine, operands[2])
            if len(operands) > 3:
                right = _shifted(machine, right, operands[3])
            result = machine.apply(_ARITHMETIC[name], _get(machine, operands[1]), right)
            _set(machine, operands[0], result)
            if name.endswith("S"):
                _compare(machine, result, machine.const(0))
        case _:
            return False
    return True


def _compare(machine: Machine, left: Value, right: Value) -> None:
    machine.set("flag EQ", machine.apply(Op.EQ, left, right))
    machine.set("flag LT", machine.apply(Op.LT, left, right))


def _condition(machine: Machine, name: str) -> Value:
    equal, less = machine.get("flag EQ"), machine.get("flag LT")
    match name.upper():
        case "EQ":
            return equal
        case "NE":
            return machine.apply(Op.NOT, equal)
        case "LT":
            return less
        case "GE":
            return machine.apply(Op.NOT, less)
        case "LE":
            return machine.apply(Op.LOR, less, equal)
        case "GT":
            return machine.apply(Op.NOT, machine.apply(Op.LOR, less, equal))
        case _:
            raise Unsupported(f"condition '{name}'")


def _branch(machine: Machine, name: str, operands: list[str]) -> bool:
    if name == "B":
        machine.jump(operands[0])
    elif name.startswith("B.") or name in ("BEQ", "BNE"):
        machine.jump(operands[0], _condition(machine, name.removeprefix("B.") if "." in name else name[1:]))
    elif name in ("CBZ", "CBNZ"):
        zero = machine.apply(Op.EQ, _get(machine, operands[0]), machine.const(0))
        machine.jump(operands[1], zero if name == "CBZ" else machine.apply(Op.NOT, zero))
    else:
        return False
    return True


def _atomic(machine: Machine, name: str, operands: list[str]) -> bool:
    if found := _SWAP.match(name):
        read, write = _orders(found[2])
        address = _address(machine, operands[2:])
        if found[1] == "SWP":
            new = _get(machine, operands[0])
            # A load into XZR is dropped: it is no acquire.
            tags = ("NoRet",) if register(operands[1]) == "XZR" else read
            _set(machine, operands[1], machine.exchange(address, lambda _: new, read=tags, write=write))
            return True
        wanted, new = _get(machine, operands[0]), _get(machine, operands[1])
        pool = machine.builder.pool
        old = machine.exchange(
            address, lambda _: new, read=read, write=write, success=lambda old: pool.make(Op.EQ, old.expr, wanted.expr)
        )
        _set(machine, operands[0], old)
        return True
    found = _ATOMIC.match(name)
    if found is None:
        return False
    read, write = _orders(found[3])
    amount = _get(machine, operands[0])
    returns = found[1] == "LD" and register(operands[1]) != "XZR"
    address = _address(machine, operands[2:] if found[1] == "LD" else operands[1:])

    def new_value(old: Value) -> Value:
        if found[2] == "CLR":
            return machine.apply(Op.AND, old, machine.apply(Op.INVERT, amount))
        return machine.apply(_FETCH[found[2]], old, amount)

    old = machine.exchange(address, new_value, read=read if returns else ("NoRet",), write=write)
    if returns:
        _set(machine, operands[1], old)
    return True


def _orders(suffix: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (("A",) if "A" in suffix else ()), (("L",) if "L" in suffix else ())
