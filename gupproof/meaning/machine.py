"""Two machines, and what the primitives of the kernel are on them.

Sequential consistency does one step after the other, in memory. x86-TSO (Sewell, Sarkar, Owens, Zappa Nardelli, Myreen, 2010)
has a buffer of stores for each CPU, first in, first out: loads look there first; fences and locked instructions wait until it
is empty. What is a fence, and what fails without a locked instruction, is as in spec/targets/x86-64.target.
"""

from enum import Enum
from typing import NamedTuple

from gupproof.meaning.requests import SWITCH, Section


class Machine(Enum):
    """A machine, by the name of the model it stands for."""

    SC = "sc"
    TSO = "x86-tso"


# What is MFENCE (or a LOCKed instruction) by itself, and the change from one thread to another.
FULL_FENCES = ("smp_mb", "tlbi_sync", SWITCH)
# These look with a MOV first, and that is all where it finds that nothing is to be done.
LOOK_FIRST = ("atomic_add_unless", "spin_trylock")


class BufferedStore(NamedTuple):
    """A store that is on its way to a word, by the word's position."""

    word: int
    value: int


class BufferedLeave(NamedTuple):
    """The end of a read-side section, behind the stores before it."""

    section: Section


class BufferedQueue(NamedTuple):
    """The beginning of a callback's grace period; ``inside``: the sections it was queued in."""

    callback: str
    inside: tuple[Section, ...]


Buffered = BufferedStore | BufferedLeave | BufferedQueue
Buffer = tuple[Buffered, ...]


def forwarded(buffer: Buffer, word: int) -> int | None:
    """Return what a CPU's own buffer holds for a word, the newest; None if nothing."""
    for item in reversed(buffer):
        if isinstance(item, BufferedStore) and item.word == word:
            return item.value
    return None
