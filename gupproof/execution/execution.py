"""One execution of a program, as a solver or the enumerator claims it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """What is free in a program, chosen. Everything else follows; :func:`gupproof.execution.replay.replay` works it out.

    Attributes:
        switches: name → value, for every open switch of the program.
        choices: number of a CHOICE → value.
        reads: id of each executed read → the value it reads.
        rf: id of each executed read → id of the write it reads from.
        co: address → ids of its executed writes in coherence order, the initial one first. Where the initial write is the only
            one, the address may be left out.

    """

    switches: Mapping[str, int]
    choices: Mapping[int, int]
    reads: Mapping[int, int]
    rf: Mapping[int, int]
    co: Mapping[int, tuple[int, ...]]
