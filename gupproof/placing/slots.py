"""Slots and what can stand in them: alternatives ordered by strength, placements, and regions of placements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from gupproof.language import typed
from gupproof.language.strength import next_weaker, weaker

Placement = tuple[int, ...]
"""The position of each slot's alternative, in the order of a question's slots."""

Region = tuple[frozenset[int], ...]
"""Placements: for each slot the positions it may have, independently of the others."""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A place in the text where one of several primitives stands.

    Attributes:
        name: as declared.
        values: the alternatives, by name, in the order they are declared.
        rows: the row of a target table that each performs; empty for none.
        today: position of the one that is the default.
        order: per position, those that count as it or more, where that is not strength but something else.

    """

    name: str
    values: tuple[str, ...]
    rows: tuple[str, ...]
    today: int
    order: tuple[frozenset[int], ...] = ()

    @cached_property
    def all(self) -> frozenset[int]:
        """Every position."""
        return frozenset(range(len(self.values)))

    @cached_property
    def above(self) -> tuple[frozenset[int], ...]:
        """Per position, those that are as strong or stronger: itself included."""
        return self.order or tuple(
            frozenset(b for b in self.all if a == b or weaker(self.values[a], self.values[b])) for a in range(len(self.values))
        )

    @cached_property
    def heights(self) -> tuple[int, ...]:
        """Per position, the most steps that lead down from it: whatever is weaker has a smaller one."""

        def height(position: int) -> int:
            return max(
                (1 + height(other) for other in self.all if other != position and position in self.above[other]), default=0
            )

        return tuple(map(height, range(len(self.values))))

    @property
    def weakest(self) -> int:
        """The position that every other one is stronger than."""
        return self.heights.index(0)

    def one_step_weaker(self, position: int) -> tuple[int, ...]:
        """Return the strongest of the alternatives that are weaker than the one at ``position``."""
        return tuple(map(self.values.index, next_weaker(self.values[position], self.values)))


def ordered_by(slot: Slot, prices: Sequence[Sequence[int]]) -> Slot:
    """Return a slot in which more is what costs as much or more everywhere; of equals, what is as strong or declared later.

    Args:
        slot: with its strengths.
        prices: on each of some targets, what each alternative costs.

    """

    def key(position: int) -> tuple[int, int]:
        return slot.heights[position], position

    def more(a: int, b: int) -> bool:
        dearer = [row[b] - row[a] for row in prices]
        return min(dearer) >= 0 and (max(dearer) > 0 or key(a) <= key(b))

    return replace(slot, order=tuple(frozenset(b for b in slot.all if more(a, b)) for a in sorted(slot.all)))


def slot_of(switch: typed.Switch) -> Slot:
    """Return the slot that a switch declares."""
    return Slot(name=switch.name, values=switch.values, rows=switch.rows, today=switch.default)


def up(slots: Sequence[Slot], placement: Placement) -> Region:
    """Return the placements that are as strong as ``placement`` or stronger, slot by slot."""
    return tuple(slot.above[position] for slot, position in zip(slots, placement, strict=True))


def exactly(placement: Placement) -> Region:
    """Return the region that holds one placement."""
    return tuple(frozenset((position,)) for position in placement)


def within(placement: Placement, region: Region) -> bool:
    """Whether a region holds a placement."""
    return all(position in part for position, part in zip(placement, region, strict=True))


def common(*regions: Region) -> Region:
    """Return the placements that are in all of some regions."""
    return tuple(frozenset.intersection(*parts) for parts in zip(*regions, strict=True))


def minimal(slots: Sequence[Slot], placements: Iterable[Placement]) -> tuple[Placement, ...]:
    """Return those of ``placements`` that are stronger than none of the others, in order."""
    every = sorted(set(placements))
    return tuple(p for p in every if not any(q != p and within(p, up(slots, q)) for q in every))


def weakest(slots: Sequence[Slot]) -> Placement:
    """Return the placement that has the weakest alternative everywhere."""
    return tuple(slot.weakest for slot in slots)


def today(slots: Sequence[Slot]) -> Placement:
    """Return the placement that the text has."""
    return tuple(slot.today for slot in slots)


def spelled(slots: Sequence[Slot], placement: Placement, *, beside: Placement | None = None) -> str:
    """Return a placement in words: ``wmb = smp_wmb``; what is as in ``beside``, or without one at its weakest, is left out."""
    chosen = [
        f"{slot.name} = {slot.values[position]}"
        for slot, position, other in zip(slots, placement, beside or weakest(slots), strict=True)
        if position != other
    ]
    return ", ".join(chosen) or "nothing"
