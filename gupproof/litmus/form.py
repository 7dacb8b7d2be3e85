"""A litmus test as data: what the outer shape of every architecture's tests holds."""

from dataclasses import dataclass, field
from enum import Enum


class Unsupported(Exception):  # noqa: N818 - it is no error: the test is outside what this program judges
    """A test that is not judged; the message says why, its category before a colon: ``instruction: ...``, ``vector: ...``."""


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

    def __str__(self) -> str:
        return f"{self.thread}:{self.name}"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of memory, by name; array elements are ``a[1]``, and ``whole`` where the array is looked at as one."""

    name: str
    whole: bool = False

    def __str__(self) -> str:
        return self.name if "[" in self.name else f"[{self.name}]"


Value = int | str  # a number, or the name of a location for its address


@dataclass(frozen=True, slots=True)
class Kind:
    """What a word or register is declared as.

    Attributes:
        size: in bytes.
        signed: how its values are printed.
        pointer: whether addresses are its values; numbers then compare in full.

    """

    size: int
    signed: bool
    pointer: bool = False


DEFAULT = Kind(4, signed=True)  # as herd has it: what is not declared is an int


@dataclass(frozen=True, slots=True)
class Same:
    """``place = place``: two words or registers that end equal."""

    left: "Register | Word"
    right: "Register | Word"


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


Formula = Equal | Same | Not | And | Or


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
        types, register_types: what words (arrays by their elements) and registers are declared as, where they are.
        arrays: length of each.
        listed: what the ``locations`` clause wants to see.
        result: what a comment in the test says comes out: ``Never``, ``Sometimes``, ``Always``; empty if none does.
        final: the final condition as written, on one line.

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
    types: dict[str, Kind] = field(default_factory=dict)
    register_types: dict[Register, Kind] = field(default_factory=dict)
    arrays: dict[str, int] = field(default_factory=dict)
    listed: tuple[Register | Word, ...] = ()
    result: str = ""
    final: str = ""
