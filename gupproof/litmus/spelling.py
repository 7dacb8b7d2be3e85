"""How herd7 prints final values: numbers by their sign, addresses as ``x`` or ``x+4``, labels as ``label:"P0:L"``."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gupproof.litmus.form import Kind

# So far below a word an address still belongs to it.
BELOW = 64  # bytes


@dataclass(frozen=True, slots=True)
class Area:
    """A word or array of memory, with what follows it up to the next one: bytes from ``start`` to before ``end``."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class Spelling:
    """The names of a test's addresses.

    Attributes:
        names: of single addresses: labels, and words that are no part of an area.
        areas: in address order, one behind the other.

    """

    names: Mapping[int, str] = field(default_factory=dict)
    areas: Sequence[Area] = ()

    def text(self, value: int, kind: Kind) -> str:
        """Return a value as a word of its type."""
        if value in self.names:
            return self.names[value]
        if self.areas and self.areas[0].start - BELOW <= value < self.areas[-1].end:
            # What is a little below a word was computed from that one, and not from the word before.
            area = self.areas[max(0, bisect_right(self.areas, value + BELOW, key=lambda area: area.start) - 1)]
            offset = value - area.start
            return f"{area.name}{offset:+d}" if offset else area.name
        return str(_signed(value, kind))


def _signed(value: int, kind: Kind) -> int:
    bits = 8 * kind.size
    value &= (1 << bits) - 1
    return value - (1 << bits) if kind.signed and value >> (bits - 1) & 1 else value
