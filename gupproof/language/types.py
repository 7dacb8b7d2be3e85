"""The types of the gup language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IntType:
    """An integer type: every value v has ``low <= v <= high``; ``name`` is how the source spells it.

    ``bool``, enumerations, typedefs, ``atomic_t``, ``spinlock_t`` and ``struct srcu_struct`` are integer types too.
    """

    name: str
    low: int
    high: int

    @property
    def bits(self) -> int:
        """The width: of ``bool`` 1."""
        return (self.high - self.low).bit_length()

    @property
    def signed(self) -> bool:
        """Whether it has negative values."""
        return self.low < 0

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class PointerType:
    """A pointer; ``target`` is None for NULL, which converts to every pointer type."""

    target: "Type | None"

    def __str__(self) -> str:
        return "NULL" if self.target is None else f"{self.target} *"


@dataclass(frozen=True, slots=True)
class StructType:
    """A structure by name; its fields are in the :class:`~gupproof.language.typed.Unit`."""

    name: str

    def __str__(self) -> str:
        return f"struct {self.name}"


@dataclass(frozen=True, slots=True)
class ArrayType:
    """``length`` elements of ``element``."""

    element: "Type"
    length: int

    def __str__(self) -> str:
        return f"{self.element}[{self.length}]"


@dataclass(frozen=True, slots=True)
class VoidType:
    """What a function without ``->`` returns."""

    def __str__(self) -> str:
        return "void"


Type = IntType | PointerType | StructType | ArrayType | VoidType


def _integer(name: str, bits: int, *, signed: bool) -> IntType:
    return IntType(name, -(1 << bits - 1) if signed else 0, (1 << bits - signed) - 1)


BOOL = IntType("bool", 0, 1)
INT = _integer("int", 32, signed=True)
LONG = _integer("long", 64, signed=True)
UINT = _integer("unsigned int", 32, signed=False)
ULONG = _integer("unsigned long", 64, signed=False)
CHAR = _integer("char", 8, signed=False)  # the kernel is built with -funsigned-char
SCHAR = _integer("signed char", 8, signed=True)
UCHAR = _integer("unsigned char", 8, signed=False)
SHORT = _integer("short", 16, signed=True)
USHORT = _integer("unsigned short", 16, signed=False)
ATOMIC = IntType("atomic_t", -(2**31), 2**31 - 1)
SPINLOCK = IntType("spinlock_t", 0, 1)
SRCU = IntType("struct srcu_struct", 0, 1)
VOID = VoidType()
