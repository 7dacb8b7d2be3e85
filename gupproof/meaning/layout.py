"""Where the shared memory of a scenario lies: addresses of objects and words, and what an address is called.

Structures are aligned to 64, words are 8 apart (docs/language.md, "Types"). Objects lie far from each other and from small
numbers, so that neither an offset nor a count is taken for an address by chance.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gupproof.language import typed
from gupproof.language.types import ArrayType, IntType, PointerType, StructType, Type

WORD, LINE, PAGE = 8, 64, 4096
BASE = 1 << 40
NULL = "NULL"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of memory that is read and written as a whole."""

    name: str
    address: int
    type: Type


class Layout:
    """The memory of one scenario.

    Attributes:
        words: all words, by address, in order.
        index: address → position among the words.

    """

    def __init__(self, unit: typed.Unit, scenario: typed.Scenario) -> None:
        self._structs = unit.structs
        self._bases: dict[str, int] = {}
        self._parts: dict[int, list[tuple[str, Type]]] = {}  # address → what begins there, the largest first
        self._spans: list[tuple[int, int, str]] = []
        self.words: dict[int, Word] = {}
        address = BASE
        for variable in (*unit.variables.values(), *scenario.variables):
            self._bases[variable.name] = address
            self._place(variable.name, variable.type, address)
            end = address + self.size(variable.type)
            self._spans.append((address, end, variable.name))
            # A page between objects: what runs past the end of one is nowhere.
            address = (end + 2 * PAGE - 1) // PAGE * PAGE
        self.index = {word: position for position, word in enumerate(self.words)}

    def base(self, name: str) -> int:
        """Return the address of an object."""
        return self._bases[name]

    def size(self, kind: Type) -> int:
        """Return how far apart the elements of an array of ``kind`` are."""
        match kind:
            case StructType():
                return self.offsets(kind.name)[-1]
            case ArrayType():
                return kind.length * self.size(kind.element)
            case _:
                return WORD

    def offsets(self, struct: str) -> list[int]:
        """Return where the fields of a structure begin, and then its size."""
        found, end = [], 0
        for item in self._structs[struct].fields:
            step = self._alignment(item.type)
            begin = (end + step - 1) // step * step
            found.append(begin)
            end = begin + self.size(item.type)
        return [*found, max(LINE, (end + LINE - 1) // LINE * LINE)]

    def named(self, value: int, kind: Type) -> int | str:
        """Return a value as it may be compared with that of another meaning: addresses by name, everything else as it is."""
        if isinstance(kind, PointerType):
            return self.pointer_name(value, kind.target)
        if isinstance(kind, IntType) and kind.bits == 64:
            found = self._around(value % (1 << 64))
            if found is not None:
                base, name = found
                return f"&{name} + {value % (1 << 64) - base}"
        return value

    def pointer_name(self, address: int, target: Type | None) -> str:
        """Return ``NULL``, ``&place``, or an object and how far from it a stray pointer is."""
        if address == 0:
            return NULL
        parts = self._parts.get(address)
        if parts:
            return "&" + next((name for name, kind in parts if kind == target), parts[0][0])
        found = self._around(address)
        return f"&{found[1]} + {address - found[0]}" if found else f"address {address:#x}"

    def word_name(self, address: int) -> str:
        """Return the name of the word at an address."""
        return self.words[address].name

    def _around(self, address: int) -> tuple[int, str] | None:
        position = bisect_right(self._spans, (address, 1 << 65, "")) - 1
        if position < 0:
            return None
        base, end, name = self._spans[position]
        return (base, name) if address < end + PAGE else None

    def _alignment(self, kind: Type) -> int:
        while isinstance(kind, ArrayType):
            kind = kind.element
        return LINE if isinstance(kind, StructType) else WORD

    def _place(self, name: str, kind: Type, address: int) -> None:
        self._parts.setdefault(address, []).append((name, kind))
        for part, inner, offset in self._inside(name, kind):
            self._place(part, inner, address + offset)
        if not isinstance(kind, StructType | ArrayType):
            self.words[address] = Word(name, address, kind)

    def _inside(self, name: str, kind: Type) -> Iterator[tuple[str, Type, int]]:
        match kind:
            case StructType():
                fields: Mapping[str, typed.Struct] = self._structs
                for item, offset in zip(fields[kind.name].fields, self.offsets(kind.name)[:-1], strict=True):
                    yield f"{name}.{item.name}", item.type, offset
            case ArrayType():
                for number in range(kind.length):
                    yield f"{name}[{number}]", kind.element, number * self.size(kind.element)
            case _:
                return
