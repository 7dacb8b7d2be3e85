"""Where shared variables lie: an address for every word of memory.

Every scalar takes :data:`WORD` addresses and every object starts on a multiple of at least :data:`ALIGNMENT`, so that the low
bits of a pointer are free for tags, as the kernel's own pointers leave them. Address 0 is NULL and belongs to nobody. Objects
lie far from it and from each other: what is reached from NULL, or past the end of an object, is no object, and a fault.
"""

from collections.abc import Mapping

from gupproof.diagnostics import Diagnostic, GupError
from gupproof.language import typed
from gupproof.language.types import ArrayType, IntType, StructType, Type
from gupproof.program.events import Location

WORD = 8
ALIGNMENT = 64
LARGEST = 4096
FIRST = 1 << 24  # 32 bits hold an address, as they have to in litmus tests for 32-bit words
GAP = 1 << 20


class Layout:
    """Addresses of the variables of one scenario."""

    def __init__(self, structs: Mapping[str, typed.Struct]) -> None:
        self._structs = structs
        self._bases: dict[str, int] = {}
        self._words: dict[int, Location] = {}
        self._sizes: dict[int, int] = {}
        self._next = FIRST

    def add(self, variable: typed.Variable) -> None:
        """Give ``variable`` the next free place.

        Raises:
            GupError: it is too large.

        """
        size = self.size(variable.type)
        if size > LARGEST * WORD:
            raise GupError(
                Diagnostic(
                    code="L001",
                    message=f"'{variable.name}' has {size // WORD} words; a variable has at most {LARGEST}",
                    span=variable.span,
                    help="model only the words that the protocol touches",
                )
            )
        align = self.alignment(variable.type)
        base = -(-self._next // align) * align
        self._bases[variable.name] = base
        self._next = -(-(base + size + GAP) // ALIGNMENT) * ALIGNMENT
        self._add_words(base, variable.name, variable.type)

    def add_hidden(self, name: str) -> int:
        """Give a word of the project's own (grace periods) a place and return its address."""
        base = self._next
        self._next += GAP
        self._words[base] = Location(base, name, "int")
        self._sizes[base] = 32
        return base

    def _add_words(self, base: int, name: str, kind: Type) -> None:
        match kind:
            case StructType():
                for index, field in enumerate(self._structs[kind.name].fields):
                    self._add_words(base + self.offset(kind, index), f"{name}.{field.name}", field.type)
            case ArrayType():
                for index in range(kind.length):
                    self._add_words(base + index * self.stride(kind.element), f"{name}[{index}]", kind.element)
            case _:
                self._words[base] = Location(base, name, str(kind))
                self._sizes[base] = self.bits(kind)

    def base(self, name: str) -> int:
        """Return the address of the variable called ``name``."""
        return self._bases[name]

    def size(self, kind: Type) -> int:
        """Return how many addresses a value of that type takes."""
        match kind:
            case StructType():
                return sum(self.stride(field.type) for field in self._structs[kind.name].fields)
            case ArrayType():
                return kind.length * self.stride(kind.element)
            case _:
                return WORD

    def alignment(self, kind: Type) -> int:
        """Return what addresses of that type are multiples of: a power of two that covers a structure."""
        match kind:
            case StructType():
                align = ALIGNMENT
                while align < self.size(kind):
                    align *= 2
                return align
            case ArrayType():
                return max(ALIGNMENT, self.alignment(kind.element))
            case _:
                return WORD

    def stride(self, kind: Type) -> int:
        """Return the distance between neighbouring array elements of that type."""
        align = self.alignment(kind)
        return -(-self.size(kind) // align) * align

    def offset(self, kind: StructType, index: int) -> int:
        """Return the distance of field ``index`` from the start of the structure."""
        offset = 0
        for position, field in enumerate(self._structs[kind.name].fields):
            align = self.alignment(field.type)
            offset = -(-offset // align) * align
            if position == index:
                return offset
            offset += self.stride(field.type)
        raise IndexError(index)

    def bits(self, kind: Type) -> int:
        """Return the width of a word of that type."""
        return kind.bits if isinstance(kind, IntType) else 8 * WORD

    def sizes(self) -> Mapping[int, int]:
        """Return address → width of every word."""
        return self._sizes

    def locations(self) -> tuple[Location, ...]:
        """Return every word, in address order."""
        return tuple(self._words[address] for address in sorted(self._words))
