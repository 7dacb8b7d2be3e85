"""x86 and x86-64 litmus instructions. Intel SDM volume 2; locked ones carry X.

Tests of X86 are in Intel order (``MOV [x],$1``), those of X86_64 in AT&T's (``movl $1,(x)``), as herd7 has them.
"""

import re
from collections.abc import Callable, Iterable

from gupproof.litmus import words
from gupproof.litmus.form import Unsupported
from gupproof.litmus.machine import Machine
from gupproof.litmus.x86_operands import Immediate, Operand, Place, View, operand, register, text_operands
from gupproof.program.expr import Expr, Op
from gupproof.program.state import Value

__all__ = ["ARCHES", "TAGS", "execute", "locations", "register"]

ARCHES = ("X86", "X86_64")
TAGS = frozenset({"X", "MFENCE", "SFENCE", "LFENCE"})
# Among accesses to write-back memory they add nothing to what x86-TSO keeps anyway (SDM 3, 9.2.2 and 9.2.5).
UNORDERED = frozenset({"SFENCE", "LFENCE"})
LOCKED = ("X",)

_SUFFIXES = {"B": 1, "W": 2, "L": 4, "Q": 8}
_TWO = {"ADD": Op.ADD, "SUB": Op.SUB, "AND": Op.AND, "OR": Op.OR, "XOR": Op.XOR}
_ONE = {"INC": Op.ADD, "DEC": Op.SUB}
_SHIFTS = {"SHL": "left", "SAL": "left", "SHR": "right", "SAR": "arithmetic"}
_SUFFIXED = {*_TWO, *_ONE, *_SHIFTS, "MOV", "XCHG", "CMP", "TEST", "CMPXCHG", "XADD", "NEG", "NOT", "LEA"}
_BITS = {"BT", "BTS", "BTR", "BTC"}
_SUFFIXED |= {*_BITS, "UXCH"}
_EXTENDING = re.compile(r"^MOV([SZ])(?:X|XD|([BWL])([WLQ]))$")
_LOCKABLE = {*_TWO, *_ONE, "XCHG", "CMPXCHG", "XADD", "NEG", "NOT", "BTS", "BTR", "BTC"}
_NOTHING = {"NOP", "NOPW", "NOPL", "NOPQ", "ENDBR64", "ENDBR32", "PAUSE"}
_CONDITIONS = {
    "E": "ZF", "Z": "ZF", "B": "CF", "C": "CF", "NAE": "CF", "S": "SF", "O": "OF",
    "NE": "!ZF", "NZ": "!ZF", "AE": "!CF", "NC": "!CF", "NB": "!CF", "NS": "!SF", "NO": "!OF",
}  # fmt: skip
_WEAK = {"MOVNTI", "MOVNTIL", "MOVNTIQ", "MOVNTDQA", "MOVNTDQ", "CLFLUSH", "CLFLUSHOPT", "CLWB"}


def execute(machine: Machine, text: str) -> None:
    """Perform one instruction.

    Raises:
        Unsupported: it is not known.

    """
    rest = text.strip()
    locked = bool(re.match(r"lock\b", rest, re.IGNORECASE))
    if locked:
        rest = rest[4:].lstrip(" \t;")
    name, _, listed = (part.strip() for part in re.sub(r"\s+", " ", rest).partition(" "))
    name = name.upper()
    if name in _WEAK:
        raise Unsupported(f"non-temporal: '{text}' is outside x86-TSO")
    if name in _NOTHING:
        return
    if name in ("MFENCE", "SFENCE", "LFENCE"):
        machine.fence(name)
        return
    if name == "RET":
        machine.leave()
        return
    operands = text_operands(listed)
    if name == "JMP" and len(operands) == 1:
        machine.jump(operands[0])
        return
    if name.startswith("J") and len(operands) == 1:
        machine.jump(operands[0], _flags(machine, name[1:], text))
        return
    _Instruction(machine, text, locked=locked).run(name, operands)


def _flags(machine: Machine, condition: str, text: str) -> Value:
    """Return the condition of a jump (SDM 2, Jcc): of the last result, or of the last comparison."""
    if (flag := _CONDITIONS.get(condition)) is not None:
        value = machine.get(flag.lstrip("!"))
        return machine.apply(Op.NOT, value) if flag.startswith("!") else value
    zero, carry = machine.get("ZF"), machine.get("CF")
    below = machine.apply(Op.XOR, machine.get("SF"), machine.get("OF"))
    # The exclusive or of two flags is made a boolean again.
    lower = machine.apply(Op.NOT, machine.apply(Op.EQ, below, machine.const(0)))
    named = {
        "L": lower, "NGE": lower, "LE": machine.apply(Op.LOR, lower, zero), "NG": machine.apply(Op.LOR, lower, zero),
        "BE": machine.apply(Op.LOR, carry, zero), "NA": machine.apply(Op.LOR, carry, zero), "LT": lower,
    }  # fmt: skip
    # JLT and JGT are what herd7 calls JL and JG.
    opposite = {"GE": "L", "NL": "L", "G": "LE", "GT": "LE", "NLE": "LE", "A": "BE", "NBE": "BE"}
    if condition in named:
        return named[condition]
    if condition in opposite:
        return machine.apply(Op.NOT, named[opposite[condition]])
    raise Unsupported(f"instruction: '{text}'")


class _Instruction:
    """One instruction being performed, with the size of its operands."""

    def __init__(self, machine: Machine, text: str, *, locked: bool) -> None:
        self.machine, self.text, self.locked = machine, text, locked
        self.size = 4

    def run(self, name: str, listed: list[str]) -> None:
        stem, suffix = name, None
        if name not in _SUFFIXED and name[:-1] in _SUFFIXED and name[-1] in _SUFFIXES:
            stem, suffix = name[:-1], _SUFFIXES[name[-1]]
        operands = [operand(self.machine, part, self.text) for part in listed]
        if self.converted(name, operands, listed) or self.conditional(name, operands, listed):
            return
        # AT&T's order (a suffix, or a % somewhere) has the destination last.
        if len(operands) == 2 and (self.at_and_t(listed) or suffix is not None):
            operands.reverse()
        sizes = [part.size for part in operands if isinstance(part, (View, Place)) and part.size]
        natural = 4 if any(isinstance(part, Place) for part in operands) else 8
        self.size = suffix or (sizes[0] if sizes else natural)
        if self.locked and (stem not in _LOCKABLE or not any(isinstance(part, Place) for part in operands)):
            raise Unsupported(f"instruction: '{self.text}' cannot be locked")
        match stem, operands:
            case "MOV", [target, source]:
                self.write(target, self.read(source))
            case "LEA", [View() as target, Place() as source]:
                self.write(target, source.address)
            case "XCHG", [one, other]:
                self.exchange(one, other)
            case "XADD", [target, View() as source]:
                self.add_and_exchange(target, source)
            case "UXCH", [one, other]:
                self.exchange(one, other, locked=False)
            case ("CMPXCHG", [target, View() as source]) | ("CMPXCHG", [View() as source, Place() as target]):
                # herd7's AT&T has the memory first here.
                self.compare_and_exchange(target, source)
            case "CMP", [left, right]:
                self.compare(self.read(left), self.read(right))
            case "TEST", [left, right]:
                self.logic_flags(self.machine.apply(Op.AND, self.read(left), self.read(right)))
            case (("INC" | "DEC"), [target]):
                self.update(target, _ONE[stem], self.machine.const(1), carries=False)
            case "NEG", [target]:
                self.modify(target, lambda old: words.negate(self.machine, old, self.bits))
            case "NOT", [target]:
                self.modify(target, lambda old: words.invert(self.machine, old, self.bits), flags=False)
            case _, [target, source] if stem in _BITS:
                self.look_at_bit(stem, target, source)
            case _, [target, source] if stem in _TWO:
                self.update(target, _TWO[stem], self.read(source), carries=True)
            case _, [target, source] if stem in _SHIFTS:
                amount = words.wrap(self.machine, self.read(source), 6 if self.size == 8 else 5)
                self.modify(target, lambda old: words.shift(self.machine, _SHIFTS[stem], old, amount, self.bits))
            case _:
                raise Unsupported(f"instruction: '{self.text}'")

    def converted(self, name: str, operands: list[Operand], listed: list[str]) -> bool:
        """Perform a move that extends (SDM 2, MOVZX, MOVSX); return whether it is one."""
        found = _EXTENDING.match(name)
        if found is None or len(operands) != 2:
            return False
        if found[2] or self.at_and_t(listed):
            operands.reverse()
        target, source = operands
        if not isinstance(target, View) or isinstance(source, Immediate):
            raise Unsupported(f"instruction: '{self.text}'")
        size = _SUFFIXES[found[2]] if found[2] else source.size
        if not size:
            raise Unsupported(f"instruction: '{self.text}' does not say how much it reads")
        self.size = size
        value = self.read(source)
        self.size = _SUFFIXES[found[3]] if found[3] else target.size
        self.write(target, words.extend(self.machine, value, 8 * size, self.bits, signed=found[1] == "S"))
        return True

    def conditional(self, name: str, operands: list[Operand], listed: list[str]) -> bool:
        """Perform CMOVcc or SETcc; return whether it is one."""
        if name.startswith("SET") and len(operands) == 1:
            self.size = 1
            self.write(operands[0], _flags(self.machine, name[3:], self.text))
            return True
        if not name.startswith("CMOV") or len(operands) != 2:
            return False
        if self.at_and_t(listed):
            operands.reverse()
        target, source = operands
        if isinstance(target, Place):
            # herd7's AT&T has the register first here; memory is only ever the source.
            target, source = source, target
        if not isinstance(target, View):
            raise Unsupported(f"instruction: '{self.text}'")
        self.size = target.size
        holds = _flags(self.machine, name[4:], self.text)
        # It reads its source whether it moves it or not.
        moved, kept = self.read(source), self.read(target)
        self.write(target, self.machine.apply(Op.ITE, holds, moved, kept))
        return True

    def at_and_t(self, listed: list[str]) -> bool:
        return self.machine.builder.target.name == "X86_64" and any(
            "%" in part or "(" in part or "$" in part for part in listed
        )

    @property
    def bits(self) -> int:
        return 8 * self.size

    def read(self, part: Operand) -> Value:
        machine = self.machine
        match part:
            case Immediate(value=value):
                return words.literal(machine, value, self.bits)
            case View():
                held = machine.get(part.register)
                if part.low:
                    held = machine.apply(Op.SHR, held, machine.const(part.low))
                return words.wrap(machine, held, min(self.bits, 8 * (part.size or self.size)))
            case Place():
                return machine.load(part.address, self.size)

    def write(self, part: Operand, value: Value) -> None:
        machine = self.machine
        match part:
            case Immediate():
                raise Unsupported(f"instruction: '{self.text}' writes to a number")
            case View():
                size = part.size or self.size
                result = words.wrap(machine, value, 8 * size)
                # 32-bit results clear the upper half; shorter ones keep the rest (SDM 1, 3.4.1.1).
                if size < 4:
                    kept = words.mask(64) & ~(words.mask(8 * size) << part.low)
                    old = machine.apply(Op.AND, machine.get(part.register), machine.const(kept))
                    result = machine.apply(Op.OR, old, machine.apply(Op.SHL, result, machine.const(part.low)))
                machine.set(part.register, result)
            case Place():
                machine.store(part.address, words.wrap(machine, value, self.bits), self.size)

    def modify(self, target: Operand, new: Callable[[Value], Value], *, flags: bool = True) -> None:
        machine = self.machine
        if isinstance(target, Place) and self.locked:
            result = new(machine.exchange(target.address, self.size, new, read=LOCKED, write=LOCKED))
        else:
            # Without a prefix it is a plain load and a plain store.
            result = new(self.read(target))
            self.write(target, result)
        if flags:
            self.logic_flags(result)

    def update(self, target: Operand, op: Op, amount: Value, *, carries: bool) -> None:
        machine, seen = self.machine, []

        def new(old: Value) -> Value:
            seen.append(old)
            return words.calculate(machine, op, old, amount, self.bits)

        carry = machine.get("CF")
        self.modify(target, new, flags=False)
        self.arithmetic_flags(op, seen[-1], amount, words.calculate(machine, op, seen[-1], amount, self.bits))
        if not carries:
            machine.set("CF", carry)

    def look_at_bit(self, stem: str, target: Operand, source: Operand) -> None:
        """Put a bit into the carry flag, and set, clear or turn it (SDM 2, BT and kin); the zero flag stays."""
        machine, seen = self.machine, []
        if isinstance(target, Place) and not isinstance(source, Immediate):
            raise Unsupported(f"instruction: '{self.text}' may reach beyond its word")
        place = words.wrap(machine, self.read(source), self.bits.bit_length() - 1)
        chosen = words.calculate(machine, Op.SHL, machine.const(1), place, self.bits)

        def new(old: Value) -> Value:
            seen.append(old)
            match stem:
                case "BTS":
                    return machine.apply(Op.OR, old, chosen)
                case "BTR":
                    return machine.apply(Op.AND, old, words.invert(machine, chosen, self.bits))
                case _:
                    return machine.apply(Op.XOR, old, chosen)

        if stem == "BT":
            seen.append(self.read(target))
        else:
            self.modify(target, new, flags=False)
        machine.set("CF", words.bit(machine, machine.apply(Op.SHR, seen[-1], place), 0))

    def exchange(self, one: Operand, other: Operand, *, locked: bool = True) -> None:
        machine = self.machine
        if isinstance(other, Place):
            one, other = other, one
        new = self.read(other)
        if isinstance(one, Place) and locked:
            # XCHG with memory is locked without saying so.
            self.write(other, machine.exchange(one.address, self.size, lambda _: new, read=LOCKED, write=LOCKED))
            return
        old = self.read(one)
        self.write(one, new)
        self.write(other, old)

    def add_and_exchange(self, target: Operand, source: View) -> None:
        amount, seen = self.read(source), []

        def new(old: Value) -> Value:
            seen.append(old)
            return words.calculate(self.machine, Op.ADD, old, amount, self.bits)

        self.modify(target, new, flags=False)
        self.write(source, seen[-1])
        self.arithmetic_flags(Op.ADD, seen[-1], amount, words.calculate(self.machine, Op.ADD, seen[-1], amount, self.bits))

    def compare_and_exchange(self, target: Operand, source: View) -> None:
        machine = self.machine
        if not isinstance(target, Place):
            raise Unsupported(f"instruction: '{self.text}' on a register")
        accumulator = View("AX", self.size, 0)
        wanted, new = self.read(accumulator), self.read(source)

        def success(old: Value) -> Expr:
            return machine.builder.pool.make(Op.EQ, old.expr, wanted.expr)

        if self.locked:
            old = machine.exchange(target.address, self.size, lambda _: new, read=LOCKED, write=LOCKED, success=success)
        else:
            old = machine.load(target.address, self.size)
            machine.store(target.address, new, self.size, guard=success(old))
        equal = machine.apply(Op.EQ, old, wanted)
        self.compare(wanted, old)
        self.write(accumulator, machine.apply(Op.ITE, equal, wanted, old))

    # ── flags ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def compare(self, left: Value, right: Value) -> None:
        self.arithmetic_flags(Op.SUB, left, right, words.calculate(self.machine, Op.SUB, left, right, self.bits))

    def logic_flags(self, result: Value) -> None:
        machine = self.machine
        machine.set("ZF", machine.apply(Op.EQ, result, machine.const(0)))
        machine.set("SF", words.bit(machine, result, self.bits - 1))
        machine.set("CF", machine.const(0))
        machine.set("OF", machine.const(0))

    def arithmetic_flags(self, op: Op, left: Value, right: Value, result: Value) -> None:
        machine = self.machine
        self.logic_flags(result)
        if op not in (Op.ADD, Op.SUB):
            return
        if op is Op.SUB:
            machine.set("CF", words.less(machine, left, right, self.bits, signed=False))
            machine.set("ZF", machine.apply(Op.EQ, left, right))
        else:
            machine.set("CF", words.less(machine, result, left, self.bits, signed=False))
        # Overflow: the signs say what the result's sign must be, and it is not.
        signs = machine.apply(Op.XOR, left, right)
        turned = machine.apply(Op.XOR, left, result)
        if op is Op.ADD:
            signs = words.invert(machine, signs, self.bits)
        machine.set("OF", words.bit(machine, machine.apply(Op.AND, signs, turned), self.bits - 1))


def locations(texts: Iterable[str]) -> list[str]:
    """Return the locations that instructions name directly: ``MOV [x],$1``, ``movl $1,(x)``."""
    named = [inside for text in texts for inside in re.findall(r"[\[(]\s*([A-Za-z_][\w.]*)\s*[\])]", text)]
    return [name for name in named if not View.is_name(name)]
