"""AArch64 instructions that only compute. Arm ARM (DDI 0487), C6; the condition flags: C1.2.4 and ConditionHolds()."""

import re

from gupproof.litmus import words
from gupproof.litmus.aarch64_operands import bits_of, get, immediate, is_register, modified, set_register
from gupproof.litmus.form import Unsupported
from gupproof.litmus.machine import Machine
from gupproof.program.expr import Op
from gupproof.program.state import Value

_ARITHMETIC = re.compile(r"^(ADD|SUB|AND|ORR|EOR|BIC|ORN|EON|MUL|MNEG|UDIV)(S)?$")
_OPS = {"ADD": Op.ADD, "SUB": Op.SUB, "AND": Op.AND, "ORR": Op.OR, "EOR": Op.XOR, "BIC": Op.AND, "ORN": Op.OR, "EON": Op.XOR,
        "MUL": Op.MUL, "UDIV": Op.DIV}  # fmt: skip
_COMPLEMENTED = ("BIC", "ORN", "EON")
_SHIFTS = {"LSL": "left", "LSR": "right", "ASR": "arithmetic", "LSLV": "left", "LSRV": "right", "ASRV": "arithmetic"}
_EXTENSIONS = {"SXTB": (8, True), "SXTH": (16, True), "SXTW": (32, True), "UXTB": (8, False), "UXTH": (16, False),
               "UXTW": (32, False)}  # fmt: skip
_FIELDS = {"UBFM", "SBFM", "UBFX", "SBFX", "EXTR"}
_COMPARISONS = {"CMP": "SUBS", "CMN": "ADDS", "TST": "ANDS"}
_SELECTIONS = {"CSEL", "CSINC", "CSINV", "CSNEG"}
_SET = {"CSET": "CSINC", "CSETM": "CSINV", "CINC": "CSINC", "CINV": "CSINV", "CNEG": "CSNEG"}
_OPPOSITE = {"EQ": "NE", "CS": "CC", "MI": "PL", "VS": "VC", "HI": "LS", "GE": "LT", "GT": "LE", "HS": "LO"}
_OPPOSITE |= {value: key for key, value in _OPPOSITE.items()}


def compute(machine: Machine, name: str, operands: list[str]) -> bool:
    """Perform an instruction that only computes; return whether it is one.

    Raises:
        Unsupported: its operands are not known.

    """
    if name in _COMPARISONS:
        name, operands = _COMPARISONS[name], ["WZR" if bits_of(operands[0]) == 32 else "XZR", *operands]
    if name in ("NEG", "NEGS"):
        name, operands = (
            name.replace("NEG", "SUB"),
            [operands[0], "WZR" if bits_of(operands[0]) == 32 else "XZR", *operands[1:]],
        )
    if _moved(machine, name, operands) or _selected(machine, name, operands) or _shifted(machine, name, operands):
        return True
    if found := _ARITHMETIC.match(name):
        _calculated(machine, found[1], operands, flags=found[2] is not None)
        return True
    if name in _FIELDS:
        _field(machine, name, operands)
        return True
    if name == "ADR":
        # Data lies out of its reach, as herd7 has it: registers get addresses from the initial state.
        if (place := machine.label(operands[1])) is None:
            raise Unsupported(f"instruction: ADR of '{operands[1]}', which is no label of its thread")
        set_register(machine, operands[0], place)
        return True
    if name in ("CCMP", "CCMN"):
        _compared(machine, name, operands)
        return True
    if name in ("MADD", "MSUB"):
        bits = bits_of(operands[0])
        product = words.calculate(machine, Op.MUL, get(machine, operands[1]), get(machine, operands[2]), bits)
        op = Op.ADD if name == "MADD" else Op.SUB
        set_register(machine, operands[0], words.calculate(machine, op, get(machine, operands[3]), product, bits))
        return True
    return False


def _moved(machine: Machine, name: str, operands: list[str]) -> bool:
    if name in _EXTENSIONS:
        source, signed = _EXTENSIONS[name]
        bits = bits_of(operands[0])
        set_register(machine, operands[0], words.extend(machine, get(machine, operands[1]), source, bits, signed=signed))
        return True
    if name not in ("MOV", "MOVZ", "MOVN", "MOVK", "MVN"):
        return False
    bits = bits_of(operands[0])
    value = get(machine, operands[1], bits)
    if len(operands) > 2:
        value = modified(machine, value, operands[2], bits)
    if name == "MOVK":
        place = immediate(operands[2].upper().removeprefix("LSL").strip()) if len(operands) > 2 else 0
        kept = machine.const(words.mask(bits) & ~(0xFFFF << place))
        value = machine.apply(Op.OR, machine.apply(Op.AND, get(machine, operands[0]), kept), value)
    elif name in ("MOVN", "MVN"):
        value = words.invert(machine, value, bits)
    set_register(machine, operands[0], value)
    return True


def _shifted(machine: Machine, name: str, operands: list[str]) -> bool:
    if name == "ROR":
        bits = bits_of(operands[0])
        set_register(machine, operands[0], words.rotate(machine, get(machine, operands[1]), immediate(operands[2]), bits))
        return True
    if name not in _SHIFTS:
        return False
    bits = bits_of(operands[0])
    amount = words.wrap(machine, get(machine, operands[2]), 6 if bits == 64 else 5)
    set_register(machine, operands[0], words.shift(machine, _SHIFTS[name], get(machine, operands[1]), amount, bits))
    return True


def _field(machine: Machine, name: str, operands: list[str]) -> None:
    """Perform a move of a bit field (C6: UBFM and its aliases, EXTR)."""
    bits = bits_of(operands[0])
    source = get(machine, operands[1])
    if name == "EXTR":
        low, place = get(machine, operands[2]), immediate(operands[3]) % bits
        high = words.calculate(machine, Op.SHL, source, machine.const(bits - place), bits) if place else machine.const(0)
        result = machine.apply(Op.OR, high, machine.apply(Op.SHR, low, machine.const(place)))
        set_register(machine, operands[0], result)
        return
    first, second = immediate(operands[2]), immediate(operands[3])
    if not (0 <= first < bits and 0 <= second <= bits):
        raise Unsupported(f"instruction: {name} of bits {first} and {second}")
    if name in ("UBFX", "SBFX"):
        second += first - 1
    # From bit first to bit second, moved down; or, if second is below first, the bits up to it, moved up.
    width, up = (second - first + 1, 0) if second >= first else (second + 1, bits - first)
    moved = machine.apply(Op.SHR, source, machine.const(0 if up else first))
    field = words.extend(machine, moved, width, bits, signed=name.startswith("S"))
    set_register(machine, operands[0], words.calculate(machine, Op.SHL, field, machine.const(up), bits))


def _calculated(machine: Machine, name: str, operands: list[str], *, flags: bool) -> None:
    if len(operands) < 3:
        raise Unsupported(f"instruction: {name} of {len(operands)} operands")
    bits = bits_of(operands[0])
    left, right = get(machine, operands[1]), get(machine, operands[2], bits)
    if is_register(operands[1]) and bits_of(operands[1]) != bits:
        raise Unsupported(f"instruction: {name} of registers of different widths")
    if len(operands) > 3:
        right = modified(machine, right, operands[3], bits)
    if name in _COMPLEMENTED:
        right = words.invert(machine, right, bits)
    if name == "MNEG":
        result = words.negate(machine, words.calculate(machine, Op.MUL, left, right, bits), bits)
    else:
        result = words.calculate(machine, _OPS[name], left, right, bits)
    if flags:
        _set_flags(machine, name, left, right, result, bits)
    set_register(machine, operands[0], result)


def _set_flags(machine: Machine, name: str, left: Value, right: Value, result: Value, bits: int) -> None:
    machine.set("flag N", words.bit(machine, result, bits - 1))
    machine.set("flag Z", words.equal(machine, result, machine.const(0)))
    if name not in ("ADD", "SUB"):
        machine.set("flag C", machine.const(0))
        machine.set("flag V", machine.const(0))
        return
    signs, turned = machine.apply(Op.XOR, left, right), machine.apply(Op.XOR, left, result)
    if name == "SUB":
        # Z says more directly what a solver has to know.
        machine.set("flag Z", words.equal(machine, left, right))
        machine.set("flag C", machine.apply(Op.NOT, words.less(machine, left, right, bits, signed=False)))
    else:
        machine.set("flag C", words.less(machine, result, left, bits, signed=False))
        signs = words.invert(machine, signs, bits)
    machine.set("flag V", words.bit(machine, machine.apply(Op.AND, signs, turned), bits - 1))


def condition(machine: Machine, name: str) -> Value:
    """Return whether a condition holds of the flags.

    Raises:
        Unsupported: there is no such condition.

    """
    name = name.upper()

    def flag(letter: str) -> Value:
        return machine.get(f"flag {letter}")

    def differ() -> Value:
        return machine.apply(Op.NOT, machine.apply(Op.EQ, flag("N"), flag("V")))

    match name:
        case "EQ":
            return flag("Z")
        case "CS" | "HS":
            return flag("C")
        case "MI":
            return flag("N")
        case "VS":
            return flag("V")
        case "LS":
            return machine.apply(Op.LOR, machine.apply(Op.NOT, flag("C")), flag("Z"))
        case "LT":
            return differ()
        case "LE":
            return machine.apply(Op.LOR, differ(), flag("Z"))
        case "AL" | "NV":
            return machine.const(1)
        case "NE" | "CC" | "LO" | "PL" | "VC" | "HI" | "GE" | "GT":
            return machine.apply(Op.NOT, condition(machine, _OPPOSITE[name]))
        case _:
            raise Unsupported(f"instruction: condition '{name}'")


def _selected(machine: Machine, name: str, operands: list[str]) -> bool:
    """Perform a conditional selection: its result depends on the register it takes, and is picked by the flags (B2.3.3)."""
    if name in _SET:
        zero = "WZR" if bits_of(operands[0]) == 32 else "XZR"
        source = [operands[1], operands[1]] if len(operands) > 2 else [zero, zero]
        opposite = _OPPOSITE.get(operands[-1].upper())
        if opposite is None:
            raise Unsupported(f"instruction: condition '{operands[-1]}'")
        name, operands = _SET[name], [operands[0], *source, opposite]
    if name not in _SELECTIONS:
        return False
    bits = bits_of(operands[0])
    then, otherwise = get(machine, operands[1]), get(machine, operands[2])
    if name == "CSINC":
        otherwise = words.calculate(machine, Op.ADD, otherwise, machine.const(1), bits)
    elif name == "CSINV":
        otherwise = words.invert(machine, otherwise, bits)
    elif name == "CSNEG":
        otherwise = words.negate(machine, otherwise, bits)
    set_register(machine, operands[0], machine.pick(condition(machine, operands[3]), then, otherwise))
    return True


def _compared(machine: Machine, name: str, operands: list[str]) -> None:
    """Perform a conditional comparison: the flags are those of the comparison, or the number given."""
    holds = condition(machine, operands[3])
    given = immediate(operands[2])
    bits = bits_of(operands[0])
    left, right = get(machine, operands[0]), get(machine, operands[1], bits)
    plain = "SUB" if name == "CCMP" else "ADD"
    result = words.calculate(machine, Op.SUB if plain == "SUB" else Op.ADD, left, right, bits)
    _set_flags(machine, plain, left, right, result, bits)
    for place, letter in enumerate("VCZN"):
        fixed = machine.const(given >> place & 1)
        machine.set(f"flag {letter}", machine.pick(holds, machine.get(f"flag {letter}"), fixed))
