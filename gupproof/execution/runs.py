"""Every way through each thread of a small program, and which of them fit together.

Part of :mod:`gupproof.execution.enumerator`, which says how.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

from gupproof.program.events import INIT_THREAD, Event, Kind, Program
from gupproof.program.expr import Expr, Op, evaluate

Cell = tuple[int, int]
"""An address and a value."""


@dataclass(frozen=True, slots=True)
class _Run:
    """One way through a thread: what its reads read, and the cells it needs and provides, as bits."""

    reads: dict[int, int]
    needs: int = 0
    provides: int = 0


class Runs:
    """The ways through every thread, for one setting of switches and choices."""

    def __init__(self, program: Program, switches: Mapping[str, int], choices: Mapping[int, int]) -> None:
        self._locations = frozenset(location.address for location in program.locations)
        options = program.pool.options
        self._leaves = {expr: switches[expr.name] for expr in program.switches.values() if expr.op is Op.CONFIG}
        self._leaves |= {expr: choices[expr.value] for expr in options if expr.op is Op.CHOICE and expr.value in choices}
        self._threads: dict[int, list[Event]] = {INIT_THREAD: []}
        for event in program.events:
            if event.kind is not Kind.FENCE:
                self._threads.setdefault(event.thread, []).append(event)
        self._rounds = 1 + sum(event.kind is Kind.READ for event in program.events)
        self._values: dict[int, set[int]] = {address: set() for address in self._locations}
        self._bits: dict[Cell, int] = {}

    def combined(self) -> Iterator[dict[int, int]]:
        """Yield what all reads read, for every combination of runs in which each value read is written by somebody."""
        self._saturate()
        runs = [list(self._of_thread(thread)) for thread in sorted(self._threads)]
        # What the threads from each position on may still provide.
        later = [0]
        for of_thread in reversed(runs):
            later.insert(0, reduce(or_, (run.provides for run in of_thread), later[0]))
        yield from _join(runs, later, _Run({}))

    def _saturate(self) -> None:
        """Collect the values that memory may hold; one round carries a value through one read."""
        for _ in range(self._rounds):
            before = sum(map(len, self._values.values()))
            for thread in sorted(self._threads):
                for run in list(self._of_thread(thread)):
                    for (address, value), bit in self._bits.items():
                        if run.provides & bit:
                            self._values[address].add(value)
            if sum(map(len, self._values.values())) == before:
                return

    def _bit(self, cell: Cell) -> int:
        return self._bits.setdefault(cell, 1 << len(self._bits))

    def _of_thread(self, thread: int) -> Iterator[_Run]:
        yield from self._continue(self._threads[thread], 0, self._leaves, _Run({}))

    def _continue(self, events: list[Event], position: int, leaves: dict[Expr, int], run: _Run) -> Iterator[_Run]:
        if position == len(events):
            yield run
            return
        event = events[position]
        assert event.address is not None
        assert event.value is not None
        if not evaluate(event.guard, leaves, self._locations):
            # What a read that does not execute would read matters to nobody: one value is enough.
            inner = leaves | {event.value: 0} if event.kind is Kind.READ else leaves
            yield from self._continue(events, position + 1, inner, run)
            return
        address = evaluate(event.address, leaves, self._locations)
        if event.kind is Kind.WRITE:
            cell = address, evaluate(event.value, leaves, self._locations)
            yield from self._continue(events, position + 1, leaves, _Run(run.reads, run.needs, run.provides | self._bit(cell)))
            return
        for value in sorted(self._values.get(address, ())):
            longer = _Run(run.reads | {event.id: value}, run.needs | self._bit((address, value)), run.provides)
            yield from self._continue(events, position + 1, leaves | {event.value: value}, longer)


def _join(runs: list[list[_Run]], later: list[int], so_far: _Run) -> Iterator[dict[int, int]]:
    """Yield the reads of every choice of a run per thread in which what is needed is provided."""
    if not runs:
        yield so_far.reads
        return
    of_thread, *others = runs
    missing = so_far.needs & ~so_far.provides
    for run in of_thread:
        # Only what this thread and those after it provide can still help.
        provides = so_far.provides | run.provides
        if not (missing | run.needs) & ~(provides | later[1]):
            yield from _join(others, later[1:], _Run(so_far.reads | run.reads, missing | run.needs, provides))
