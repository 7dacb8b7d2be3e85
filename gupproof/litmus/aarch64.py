"""AArch64 litmus instructions: accesses to memory, barriers and branches.

Arm Architecture Reference Manual (DDI 0487), C6; tags as in spec/targets/arm64-*.target.
"""

import re

from gupproof.litmus import words
from gupproof.litmus.aarch64_atomics import atomic
from gupproof.litmus.aarch64_data import compute, condition
from gupproof.litmus.aarch64_operands import address, bits_of, get, immediate, register, set_register, text_operands
from gupproof.litmus.form import Unsupported
from gupproof.litmus.machine import Machine
from gupproof.litmus.picks import picks_of
from gupproof.program.expr import Op

__all__ = ["ARCHES", "BARRIERS", "TAGS", "execute", "register"]

ARCHES = ("AArch64",)
# What a barrier waits for and whom it speaks to: all accesses, those after loads, stores.
BARRIERS = ("SY", "ISH", "OSH", "NSH", "LD", "ISHLD", "OSHLD", "NSHLD", "ST", "ISHST", "OSHST", "NSHST")
TAGS = frozenset({"A", "L", "Q", "X", "NoRet", "ISB"}) | {f"{kind}.{option}" for kind in ("DMB", "DSB") for option in BARRIERS}
# Which accesses are exclusives, and which reads order less than others.
UNORDERED = frozenset({"X", "NoRet"})

_LOAD = re.compile(r"^(LDR|LDUR|LDAR|LDAPR|LDAPUR|LDXR|LDAXR)(B|H|SB|SH|SW)?$")
_STORE = re.compile(r"^(STR|STUR|STLR|STLUR)(B|H)?$")
_EXCLUSIVE = re.compile(r"^(STXR|STLXR)(B|H)?$")
_PAIR = re.compile(r"^(LDP|STP|LDNP|STNP|LDIAPP|STILP)(SW)?$")
_PAIR_TAGS = {"LDIAPP": ("Q",), "STILP": ("L",)}
_LOAD_TAGS: dict[str, tuple[str, ...]] = {
    "LDR": (), "LDUR": (), "LDAR": ("A",), "LDAPR": ("Q",), "LDAPUR": ("Q",), "LDXR": ("X",), "LDAXR": ("X", "A"),
}  # fmt: skip
_STORE_TAGS: dict[str, tuple[str, ...]] = {
    "STR": (), "STUR": (), "STLR": ("L",), "STLUR": ("L",), "STXR": ("X",), "STLXR": ("X", "L"),
}  # fmt: skip
_PARTS = {"B": 1, "H": 2, "W": 4}
_NOTHING = {"NOP", "YIELD", "HINT", "BTI", "SEV", "SEVL"}
# What belongs to extensions that are not judged, by how the name begins.
_EXTENSIONS = (
    ("vector", r"LD[1-4]|ST[1-4]|LDAP1$|STL1$|SMST|PTRUE|WHILE|MOVA|INDEX|ADDV|DUP|UMOV|SMOV|MOVI$|CNT|INC[BHWD]"),
    ("vector", r"F(MOV|ADD|SUB|N?MUL|DIV|N?MADD|N?MSUB|C?CMP|CVT|ABS|NEG|SQRT|MAX|MIN|CSEL|RINT|MLA|MLS)"),
    ("memory tags", r"LDG|STG|ST[Z2]G|IRG|ADDG|SUBG|GMI|STZ2G"),
    ("page tables", r"TLBI|AT$"),
    ("shadow stacks", r"GCS|CHKFEAT"),
    ("self-modifying code", r"IC$|DC$|ADR"),
    ("exceptions", r"SVC|ERET|UDF|HVC|SMC|BRK|MSR|MRS|WF[EI]"),
    ("mixed-size", r"CASP|LDXP|LDAXP|STXP|STLXP|LDCLRP|LDSETP|SWPP|SWP.*P$"),
    ("pointer signing", r"PAC|AUT|XPAC|BRAA|RETA"),
    ("copies", r"CPY|SET[GPME]"),
)  # fmt: skip


def execute(machine: Machine, text: str) -> None:
    """Perform one instruction.

    Raises:
        Unsupported: it is not known.

    """
    name, _, listed = (part.strip() for part in re.sub(r"\s+", " ", text.strip()).partition(" "))
    name = name.upper()
    operands = text_operands(listed)
    if re.search(r"(?<![\w%])[VQDSHBZ]\d+(?:\.|\b)|\{", listed) and name not in ("B", "BL"):
        raise Unsupported(f"vector: '{text}'")
    try:
        known = (
            _load(machine, name, operands)
            or _store(machine, name, operands)
            or _pair(machine, name, operands)
            or _barrier(machine, name, operands)
            or _branch(machine, name, operands)
            or compute(machine, name, operands)
            or atomic(machine, name, operands)
        )
    except (IndexError, ValueError):
        raise Unsupported(f"instruction: '{text}' lacks an operand, or has one of another kind") from None
    if not known:
        category = next((word for word, pattern in _EXTENSIONS if re.match(pattern, name)), "instruction")
        raise Unsupported(f"{category}: '{text}'")


def _load(machine: Machine, name: str, operands: list[str]) -> bool:
    found = _LOAD.match(name)
    if found is None:
        return False
    if not operands[1].startswith("["):
        raise Unsupported(f"instruction: {name} of '{operands[1]}', no place in memory")
    bits, part = bits_of(operands[0]), found[2] or ""
    size = _PARTS[part[-1]] if part else bits // 8
    place = address(machine, operands[1:])
    tags = _LOAD_TAGS[found[1]]
    # The address is written back beside the load: what uses it later depends on what the address did, not on what was read.
    place.write_back()
    load = machine.load_exclusive if "X" in tags else machine.load
    value = load(place.value, size, *tags)
    signed = part.startswith("S")
    set_register(machine, operands[0], words.extend(machine, value, 8 * size, bits, signed=signed))
    return True


def _store(machine: Machine, name: str, operands: list[str]) -> bool:
    if found := _STORE.match(name):
        size = _PARTS[found[2]] if found[2] else bits_of(operands[0]) // 8
        place = address(machine, operands[1:])
        value = words.wrap(machine, get(machine, operands[0]), 8 * size)
        place.write_back()
        machine.store(place.value, value, size, *_STORE_TAGS[found[1]])
        return True
    if found := _EXCLUSIVE.match(name):
        size = _PARTS[found[2]] if found[2] else bits_of(operands[1]) // 8
        value = words.wrap(machine, get(machine, operands[1]), 8 * size)
        place = address(machine, operands[2:])
        tags = _STORE_TAGS[found[1]]
        status = machine.store_exclusive(place.value, value, size, *tags)
        set_register(machine, operands[0], status)
        return True
    return False


def _pair(machine: Machine, name: str, operands: list[str]) -> bool:
    """Perform two accesses to neighbouring words (C3.2.10): each is single-copy atomic.

    Neither is before the other, but of LDIAPP and STILP (C6): as their tags order them, that of the first register comes
    first, and that of the second where STILP writes its address back.
    """
    found = _PAIR.match(name)
    if found is None:
        return False
    bits = bits_of(operands[0])
    size = 4 if found[2] else bits // 8
    place = address(machine, operands[2:])
    second = machine.apply(Op.ADD, place.value, machine.const(size))
    tags = _PAIR_TAGS.get(found[1], ())
    if found[1].startswith("ST"):
        values = [get(machine, operand) for operand in operands[:2]]
        place.write_back()
        stores = list(zip((place.value, second), values, strict=True))
        for where, value in reversed(stores) if tags and operands[2].endswith("!") else stores:
            machine.store(where, value, size, *tags)
        return True
    if found[1] == "LDNP" and (place.value.deps or picks_of(place.value)):
        # Its address dependencies order nothing (C3.2.9), and no relation here says so.
        raise Unsupported(f"non-temporal: LDNP at '{operands[2]}', an address that depends on a load")
    place.write_back()
    for where, operand in zip((place.value, second), operands[:2], strict=True):
        value = machine.load(where, size, *tags)
        set_register(machine, operand, words.extend(machine, value, 8 * size, bits, signed=bool(found[2])))
    return True


def _barrier(machine: Machine, name: str, operands: list[str]) -> bool:
    kind = operands[0].upper() if operands else "SY"
    if name in ("DMB", "DSB") and kind in BARRIERS:
        machine.fence(f"{name}.{kind}")
        if kind.endswith("LD"):
            machine.wait_for_reads()
    elif name == "ISB":
        machine.fence("ISB")
    elif name not in _NOTHING:
        return False
    return True


def _branch(machine: Machine, name: str, operands: list[str]) -> bool:
    if name == "B":
        machine.jump(_label(machine, operands[0]))
    elif name.startswith("B.") or (
        len(name) == 3 and name.startswith("B") and name not in ("BIC", "BFI", "BFC", "BLR", "BTI", "BRK")
    ):
        machine.jump(_label(machine, operands[0]), condition(machine, name[1:].lstrip(".")))
    elif name in ("CBZ", "CBNZ"):
        zero = words.equal(machine, get(machine, operands[0]), machine.const(0))
        machine.jump(_label(machine, operands[1]), zero if name == "CBZ" else machine.apply(Op.NOT, zero))
    elif name in ("TBZ", "TBNZ"):
        chosen = words.bit(machine, get(machine, operands[0]), immediate(operands[1]))
        machine.jump(_label(machine, operands[2]), chosen if name == "TBNZ" else machine.apply(Op.NOT, chosen))
    elif name == "BL":
        machine.set("X30", machine.following())
        machine.jump(_label(machine, operands[0]))
    elif name in ("BR", "BLR"):
        target = get(machine, operands[0])
        if name == "BLR":
            machine.set("X30", machine.following())
        machine.jump_to(target)
    elif name == "RET":
        machine.jump_to(get(machine, operands[0] if operands else "X30"), leaves=True)
    else:
        return False
    return True


def _label(machine: Machine, operand: str) -> str:
    if found := re.match(r"^\.\s*([+-])\s*(\d+)$", operand):
        return machine.away(int(found[1] + found[2]))
    return operand
