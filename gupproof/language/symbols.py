"""What the files declare at their top level: names, types, constants and signatures, each looked up by name.

:class:`Symbols` is filled by :mod:`gupproof.language.declarations` and only read afterwards.
"""

from dataclasses import dataclass, field
from enum import Enum

from gupproof.diagnostics import Span
from gupproof.language import syntax, typed
from gupproof.language.errors import BAD_TYPE, NOT_A_VALUE, UNKNOWN_NAME, Refused, Reporter, did_you_mean
from gupproof.language.primitives import PRIMITIVES
from gupproof.language.slots import AccessSlot
from gupproof.language.types import (
    ATOMIC,
    BOOL,
    CHAR,
    INT,
    LONG,
    SCHAR,
    SHORT,
    SPINLOCK,
    SRCU,
    UCHAR,
    UINT,
    ULONG,
    USHORT,
    IntType,
    PointerType,
    StructType,
    Type,
)

BUILTIN_TYPEDEFS: dict[str, Type] = {"atomic_t": ATOMIC, "spinlock_t": SPINLOCK}
_SRCU_STRUCT = "srcu_struct"
_SIZED = {"8": (SCHAR, UCHAR), "16": (SHORT, USHORT), "32": (INT, UINT), "64": (LONG, ULONG)}


def integer_type(spelling: str) -> IntType | None:
    """Return the integer type that some words name, in any order C takes them; None if they name none."""
    words = spelling.split()
    if words == ["bool"]:
        return BOOL
    if words[0][1:] in _SIZED:
        signed, unsigned = _SIZED[words[0][1:]]
        return IntType(spelling, signed.low, signed.high) if spelling[0] == "s" else IntType(spelling, 0, unsigned.high)
    signs = [word for word in words if word in ("signed", "unsigned")]
    sizes = sorted(word for word in words if word not in ("signed", "unsigned"))
    if len(signs) > 1:
        return None
    if sizes == ["char"]:
        return {"signed": SCHAR, "unsigned": UCHAR}[signs[0]] if signs else CHAR
    if "int" in sizes and len(sizes) > 1:
        sizes.remove("int")
    is_unsigned = signs == ["unsigned"]
    match sizes:
        case ["int"] | []:
            return UINT if is_unsigned else INT
        case ["short"]:
            return USHORT if is_unsigned else SHORT
        case ["long"] | ["long", "long"]:
            return ULONG if is_unsigned else LONG
        case _:
            return None


class Kind(Enum):
    """What a name of the ordinary name space stands for; the value is how messages call it."""

    SWITCH = "a config"
    SLOT = "a slot"
    CONSTANT = "a constant"
    VARIABLE = "shared memory"
    FUNCTION = "a function"
    PRIMITIVE = "a primitive"


@dataclass(frozen=True, slots=True)
class Signature:
    """What a call of a function needs to know."""

    name: str
    parameters: tuple[typed.Parameter, ...]
    returns: Type


@dataclass(slots=True)
class Symbols:
    """The top-level declarations of all files.

    Attributes:
        kinds: the ordinary name space: configs, slots, constants, variables and functions share it, as in C.
        constants: value and type of ``const`` names, enumerators and the values of enumerated switches.
        access_slots: the slots on accesses, None for slots whose declaration was refused; slots of fences are not listed.
        struct_names: every structure declared, also those whose fields could not be used.

    """

    kinds: dict[str, Kind] = field(default_factory=dict)
    places: dict[tuple[str, str], Span] = field(default_factory=dict)
    constants: dict[str, tuple[int, IntType]] = field(default_factory=dict)
    switches: dict[str, typed.Switch] = field(default_factory=dict)
    switch_types: dict[str, IntType] = field(default_factory=dict)
    access_slots: dict[str, AccessSlot | None] = field(default_factory=dict)
    enums: dict[str, IntType] = field(default_factory=dict)
    typedefs: dict[str, Type] = field(default_factory=lambda: dict(BUILTIN_TYPEDEFS))
    struct_names: set[str] = field(default_factory=set)
    structs: dict[str, typed.Struct] = field(default_factory=dict)
    variables: dict[str, typed.Variable] = field(default_factory=dict)
    signatures: dict[str, Signature] = field(default_factory=dict)

    def resolve(self, base: syntax.BaseType, stars: int, reporter: Reporter) -> Type:
        """Return the type that the source names.

        Raises:
            Refused: a part of it is declared nowhere.

        """
        kind: Type
        match base:
            case syntax.IntegerName():
                integer = integer_type(base.name)
                if integer is None:
                    raise reporter.refuse(BAD_TYPE, base.span, f"`{base.name}` is not a type of C")
                kind = integer
            case syntax.TypedefName():
                kind = self._known(base.name, self.typedefs, "type", base.span, reporter)
            case syntax.EnumName():
                kind = self._known(base.name.text, self.enums, "enum", base.name.span, reporter)
            case syntax.StructName() if base.name.text == _SRCU_STRUCT and _SRCU_STRUCT not in self.struct_names:
                kind = SRCU
            case syntax.StructName():
                if base.name.text not in self.struct_names:
                    raise self.unknown("struct", base.name.text, base.name.span, self.struct_names, reporter)
                kind = StructType(base.name.text)
        for _ in range(stars):
            kind = PointerType(kind)
        return kind

    def _known(self, name: str, known: dict[str, Type] | dict[str, IntType], what: str, span: Span, reporter: Reporter) -> Type:
        if name not in known:
            raise self.unknown(what, name, span, set(known), reporter)
        return known[name]

    def register_type(self, base: syntax.BaseType, stars: int, span: Span, what: str, reporter: Reporter) -> Type:
        """Return the type of a register: a local, a parameter, a result or a ghost.

        Raises:
            Refused: no such type, or one that only memory can have.

        """
        kind = self.resolve(base, stars, reporter)
        if isinstance(kind, StructType) or kind in (ATOMIC, SPINLOCK, SRCU):
            remedy = f"use a pointer, `{kind} *`, to memory declared outside the function"
            raise reporter.refuse(BAD_TYPE, span, f"{what} is a register and cannot be of type `{kind}`", remedy)
        return kind

    def unknown(self, what: str, name: str, span: Span, known: set[str], reporter: Reporter) -> Refused:
        """Report a name that is declared nowhere; the caller raises the result."""
        return reporter.refuse(UNKNOWN_NAME, span, f"no {what} is called `{name}`", did_you_mean(name, sorted(known)))

    def constant(self, name: str, span: Span, reporter: Reporter) -> tuple[int, IntType]:
        """Return value and type of a constant.

        Raises:
            Refused: the name is not a constant.

        """
        if name in self.constants:
            return self.constants[name]
        kind = self.kinds.get(name)
        if kind is Kind.CONSTANT:
            # It is declared, but its own value was refused: one report is enough.
            raise Refused
        if kind is not None:
            raise reporter.refuse(NOT_A_VALUE, span, f"`{name}` is {kind.value}, not a constant")
        raise self.unknown("constant", name, span, set(self.constants), reporter)

    def kind_of(self, name: str) -> Kind | None:
        """Return what a name stands for outside functions and scenarios."""
        return self.kinds.get(name) or (Kind.PRIMITIVE if name in PRIMITIVES else None)
