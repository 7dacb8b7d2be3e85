"""One execution as straight-line threads: what a litmus test can say of it, whatever its architecture.

Only what happened is kept, with its values; what an access depended on is kept as a list of earlier accesses. Values other
than small numbers (pointers, tagged pointers) get numbers of their own, which changes nothing: no instruction computes.
"""

from dataclasses import dataclass

from gupproof.execution.printing import Printer
from gupproof.execution.replay import Replay
from gupproof.program.events import INIT_THREAD, Kind
from gupproof.report.dialects import NEVER
from gupproof.report.names import legal_name

_LARGEST = 1 << 15
_FIRST_RENAMED = NEVER + 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One access or fence.

    Attributes:
        event: its id in the program.
        kind: read, write or fence.
        tags: the sets of the memory model it is in.
        place: the word accessed; empty for a fence.
        value: what is read or written.
        addr, data, ctrl: the steps it depends on, by event; later steps depend on ``ctrl`` too.
        rmw: for the write half of a read-modify-write, the read half's event.
        text: in the words of its source.

    """

    event: int
    kind: Kind
    tags: frozenset[str]
    place: str
    value: int
    addr: tuple[int, ...]
    data: tuple[int, ...]
    ctrl: tuple[int, ...]
    rmw: int | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Straight:
    """An execution.

    Attributes:
        threads: the steps of each.
        initial: value of every word accessed.
        final: value of every word that was written.
        renamed: what stands for a number that was made up, in the words of the source.
        names: of the threads in the source.

    """

    threads: tuple[tuple[Step, ...], ...]
    initial: dict[str, int]
    final: dict[str, int]
    renamed: dict[int, str]
    names: tuple[str, ...]


def straighten(replay: Replay) -> Straight:
    """Return an execution as straight-line threads."""
    return _Straightening(replay).run()


class _Straightening:
    def __init__(self, replay: Replay) -> None:
        self.replay, self.program = replay, replay.program
        self.printer = Printer(self.program)
        self.numbers: dict[int, int] = {}
        self.renamed: dict[int, str] = {}
        self.words: dict[int, str] = {}

    def run(self) -> Straight:
        events = self.replay.events
        threads: list[list[Step]] = [[] for _ in self.program.threads]
        for number in events.executed:
            event = self.program.events[number]
            if event.thread != INIT_THREAD:
                threads[event.thread].append(self.step(number))
        written = {address for address, order in self.replay.co.items() if len(order) > 1 and address in self.words}
        initial = {
            self.words[address]: self.number(address, events.value[order[0]])
            for address, order in self.replay.co.items()
            if address in self.words
        }
        return Straight(
            threads=tuple(map(tuple, threads)),
            initial=initial,
            final={self.words[address]: self.number(address, self.replay.memory[address]) for address in sorted(written)},
            renamed=self.renamed,
            names=tuple(thread.name for thread in self.program.threads),
        )

    def step(self, number: int) -> Step:
        events, event = self.replay.events, self.program.events[number]
        address = events.address.get(number)

        def sources(pairs: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
            return tuple(sorted({source for source, target in pairs if target == number}))

        return Step(
            event=number,
            kind=event.kind,
            tags=events.tags[number],
            place="" if address is None else self.word(address),
            value=0 if address is None else self.number(address, events.value[number]),
            addr=sources(events.addr),
            data=sources(events.data),
            ctrl=sources(events.ctrl),
            rmw=event.rmw,
            text=" ".join(event.text.split()),
        )

    def word(self, address: int) -> str:
        """Return the name of a word as litmus tests can spell it."""
        if address not in self.words:
            self.words[address] = legal_name(self.printer.location(address), self.words.values())
        return self.words[address]

    def number(self, address: int, value: int) -> int:
        """Return the number that stands for a value."""
        printed = self.printer.value_at(address, value)
        if value == 0 or (printed == str(value) and -_LARGEST < value < NEVER):
            return value
        if value not in self.numbers:
            self.numbers[value] = _FIRST_RENAMED + len(self.numbers)
            self.renamed[self.numbers[value]] = printed
        return self.numbers[value]
