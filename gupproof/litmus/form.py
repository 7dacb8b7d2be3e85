"""A litmus test as data: what the outer shape of every architecture's tests holds."""

from dataclasses import dataclass
from enum import Enum


class Quantifier(Enum):
    """What the final condition says."""

    EXISTS = "exists"
    NOT_EXISTS = "~exists"
    FORALL = "forall"


@dataclass(frozen=True, slots=True)
class Register:
    """``1:EAX``: a register of a thread."""

    thread: int
    name: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word of memory, by name; array elements are ``a[1]``."""

    name: str


Value = int | str  # a number, or the name of a location for its address


@dataclass(frozen=True, slots=True)
class Equal:
    """``place = value``."""

    place: Register | Word
    value: Value


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    inner: "Formula"


@dataclass(frozen=True, slots=True)
class And:
    """Conjunction; empty: true."""

    parts: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Disjunction; empty: false."""

    parts: tuple["Formula", ...]


Formula = Equal | Not | And | Or


@dataclass(frozen=True, slots=True)
class Line:
    """One instruction or label of one thread, with its line in the file."""

    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Litmus:
    """A litmus test in assembly.

    Attributes:
        arch: as the first word of the file spells it (``AArch64``, ``X86``).
        name: its second word.
        path, text: the file.
        memory: initial values of memory, where given.
        registers: initial values of registers, where given.
        threads: the instructions of each.
        quantifier, condition: the final condition.
        filter: what executions must satisfy to count; None where there is none.

    """

    arch: str
    name: str
    path: str
    text: str
    memory: dict[str, Value]
    registers: dict[Register, Value]
    threads: tuple[tuple[Line, ...], ...]
    quantifier: Quantifier
    condition: Formula
    filter: Formula | None = None
