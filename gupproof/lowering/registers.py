"""The registers of each assembly language that small programs are written in, and its conditional branches."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Registers:
    """Of one language.

    Attributes:
        arch: as a litmus test spells it.
        full: their names where they hold an address.
        word: their names where they hold an int.
        byte: their names where they hold a byte; only x86 has such.
        branches: matches a conditional branch.
        orders_by_branches: whether a model of it has stores wait for a branch.
        proves_success: what, at the end of the thread, makes ``{t}`` 0 if the latest store-conditional stored; ``{l}`` is a
            label. Only where none of its instructions leaves that in a register.

    """

    arch: str
    full: tuple[str, ...]
    word: tuple[str, ...]
    byte: tuple[str, ...]
    branches: re.Pattern[str]
    orders_by_branches: bool = True
    proves_success: tuple[str, ...] = ()


def _numbered(letter: str, first: int, last: int) -> tuple[str, ...]:
    return tuple(f"{letter}{number}" for number in range(first, last + 1))


def _registers(arch: str, names: tuple[str, ...], branches: str, success: tuple[str, ...] = ()) -> Registers:
    return Registers(arch, names, names, names, re.compile(branches), proves_success=success)


_ARM = Registers(
    "AArch64",
    _numbered("X", 0, 30),
    _numbered("W", 0, 30),
    _numbered("W", 0, 30),
    re.compile(r"(?:B\.\w+|CBN?Z|TBN?Z)\b", re.IGNORECASE),
)
_X86 = Registers(
    "X86_64",
    ("%rbx", "%rcx", "%rdx", "%rsi", "%rdi", *_numbered("%r", 8, 15)),
    ("%ebx", "%ecx", "%edx", "%esi", "%edi", *(f"{name}d" for name in _numbered("%r", 8, 15))),
    ("%bl", "%cl", "%dl", "%sil", "%dil", *(f"{name}b" for name in _numbered("%r", 8, 15))),
    re.compile(r"j(?!mp)\w+\b", re.IGNORECASE),
    orders_by_branches=False,
)
_RISCV = _registers("RISCV", _numbered("x", 5, 31), r"(?:b(?:eq|ne|lt|ge|gt|le)u?z?)\b")
_POWER = _registers("PPC", _numbered("r", 1, 31), r"b(?:eq|ne|lt|ge|gt|le)[+-]?\s", ("bne {l}", "li {t},0", "{l}:"))

REGISTERS = {item.arch: item for item in (_ARM, _X86, _RISCV, _POWER)}
"""By the name of the language."""
