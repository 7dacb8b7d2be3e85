"""AArch64 single-instruction atomics (FEAT_LSE). Arm ARM (DDI 0487), C6: LDADD and kin, SWP, CAS."""

import re

from gupproof.litmus import words
from gupproof.litmus.aarch64_operands import address, bits_of, get, register, set_register
from gupproof.litmus.machine import Machine, Own
from gupproof.litmus.picks import Picked, picks_of
from gupproof.program.expr import Expr, Op
from gupproof.program.state import Value, select, union

_FETCH = re.compile(r"^(LD|ST)(ADD|CLR|SET|EOR|SMAX|SMIN|UMAX|UMIN)(A?L?)(B|H)?$")
_SWAP = re.compile(r"^(SWP|CAS)(A?L?)(B|H)?$")
_OPS = {"ADD": Op.ADD, "SET": Op.OR, "EOR": Op.XOR}
_SIZES = {"B": 1, "H": 2}


def atomic(machine: Machine, name: str, operands: list[str]) -> bool:
    """Perform an atomic instruction; return whether it is one.

    Raises:
        Unsupported: its operands are not known.

    """
    if found := _SWAP.match(name):
        size = _SIZES[found[3]] if found[3] else bits_of(operands[0]) // 8
        perform = _swap if found[1] == "SWP" else _compare_and_swap
        perform(machine, operands, size, found[2])
        return True
    found = _FETCH.match(name)
    if found is None:
        return False
    _fetch(machine, found, operands)
    return True


def _orders(suffix: str, returned_to: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the tags of both halves: the read of one that returns nothing is no acquire (B2.3.2, and LDADD in C6)."""
    read = ("A",) if "A" in suffix else ()
    return (("NoRet",) if register(returned_to) == "XZR" else read), (("L",) if "L" in suffix else ())


def _fetch(machine: Machine, found: re.Match[str], operands: list[str]) -> None:
    size = _SIZES[found[4]] if found[4] else bits_of(operands[0]) // 8
    amount = words.wrap(machine, get(machine, operands[0]), 8 * size)
    target = operands[1] if found[1] == "LD" else "XZR"
    read, write = _orders(found[3], target)
    place = address(machine, operands[2:] if found[1] == "LD" else operands[1:])

    def new(old: Value) -> Value:
        match found[2]:
            case "CLR":
                return machine.apply(Op.AND, old, words.invert(machine, amount, 8 * size))
            case "ADD" | "SET" | "EOR":
                return words.calculate(machine, _OPS[found[2]], old, amount, 8 * size)
            case kind:
                signed, largest = kind.startswith("S"), kind.endswith("MAX")
                return words.extreme(machine, old, amount, 8 * size, signed=signed, largest=largest)

    old = machine.exchange(place.value, size, new, read=read, write=write, own=Own.VALUE)
    set_register(machine, target, old)


def _swap(machine: Machine, operands: list[str], size: int, suffix: str) -> None:
    read, write = _orders(suffix, operands[1])
    new = words.wrap(machine, get(machine, operands[0]), 8 * size)
    place = address(machine, operands[2:])
    set_register(machine, operands[1], machine.exchange(place.value, size, lambda _: new, read=read, write=write))


def _compare_and_swap(machine: Machine, operands: list[str], size: int, suffix: str) -> None:
    """Perform a CAS: it may give back the register it compared with, or what it read, where they are equal.

    The write waits for what was compared with, as after a branch; so does what uses the result, for what was read.
    """
    pool = machine.builder.pool
    read, write = _orders(suffix, operands[0])
    wanted = words.wrap(machine, get(machine, operands[0]), 8 * size)
    new = words.wrap(machine, get(machine, operands[1]), 8 * size)
    place = address(machine, operands[2:])

    def success(old: Value) -> Expr:
        return pool.make(Op.EQ, old.expr, wanted.expr)

    decided = union(pool, wanted.deps, picks_of(wanted))
    old = machine.exchange(
        place.value, size, lambda _: new, read=read, write=write, success=success, ctrl=decided, own=Own.CHOICE
    )
    kept = pool.land(success(old), machine.choose())
    deps = select(pool, kept, wanted.deps, old.deps)
    set_register(machine, operands[0], Picked(old.expr, deps, union(pool, old.deps, picks_of(wanted))))
