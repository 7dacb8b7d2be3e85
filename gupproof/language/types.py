"""The types of the gup language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IntType:
    """An integer type: every value v has ``low <= v <= high``; ``name`` is how the source spells it.

    ``bool``, enumerations, typedefs, ``atomic_t`` and ``spinlock_t`` are integer types too.
    """

    name: str
    low: int
    high: int

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

BOOL = IntType("bool", 0, 1)
INT = IntType("int", -(2**31), 2**31 - 1)
LONG = IntType("long", -(2**63), 2**63 - 1)
UINT = IntType("unsigned int", 0, 2**32 - 1)
ULONG = IntType("unsigned long", 0, 2**64 - 1)
ATOMIC = IntType("atomic_t", -(2**31), 2**31 - 1)
SPINLOCK = IntType("spinlock_t", 0, 1)
VOID = VoidType()
