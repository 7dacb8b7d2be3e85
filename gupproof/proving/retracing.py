"""A run of the text, found again among the executions of a program.

The steps that a CPU makes in memory and the events that a thread of the program executes there are the same, in the same order.
What a read reads is known from the run, and with it, one event after the other, whether it executes, where, and with what.
Which way the program's free choices go is not: where an interrupt came, what ``choose`` took. They are decided as late as
possible, and taken back where what follows does not fit.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gupproof.meaning import Ending, Outcome, Trace
from gupproof.meaning.outcome import Shown
from gupproof.meaning.trace import Step, StepKind
from gupproof.program.events import INIT_THREAD, Event, Kind, Program
from gupproof.program.expr import Expr, Op, fold
from gupproof.proving.places import Places

MOST_TRIES = 20_000  # events looked at for one run


class UntraceableError(Exception):
    """A run cannot be followed, for what it does or for how long it takes to follow it; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A run as an execution of the program, as far as it is known.

    Attributes:
        executed: reads and writes that execute, initial ones left out; no others do.
        reads: read → the value that it reads. Those are left out here and below that the text knows nothing of.
        rf: read → the write that it reads from.
        co: the writes of each word, the initial one first.
        choices: the number of a choice → its value, where it matters.

    """

    executed: frozenset[int]
    reads: Mapping[int, int]
    rf: Mapping[int, int]
    co: tuple[tuple[int, ...], ...]
    choices: Mapping[int, int]

    def renamed(self, images: Mapping[int, int]) -> "Course":
        """Return the same with other events in the place of some. Whose choices are whose is then not known."""

        def image(event: int) -> int:
            return images.get(event, event)

        return Course(
            executed=frozenset(map(image, self.executed)),
            reads={image(read): value for read, value in self.reads.items()},
            rf={image(read): image(write) for read, write in self.rf.items()},
            co=tuple(tuple(map(image, order)) for order in self.co),
            choices={},
        )


@dataclass(frozen=True, slots=True)
class _Access:
    """What a step does in memory.

    Attributes:
        does: a read, a write, or (None) the queueing of a callback.
        step: its number; None for the last look of what waits for good.
        name: of the word.
        value: read or written.
        source: of a read, as of a step.

    """

    does: Kind | None
    step: int | None
    name: str
    value: Shown | None
    source: int | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """How far a run was followed: in which column, past how many of its events, and of its accesses."""

    column: int = 0
    event: int = 0
    access: int = 0


_Domains = Mapping[Expr, frozenset[int]]


@dataclass(frozen=True, slots=True)
class _Branch:
    """Where a choice was decided: how far the run was followed, how much was known, and what else is possible."""

    place: _Place
    known: int
    matched: int
    domains: _Domains


class _UndecidedError(Exception):
    """What comes next hangs on a choice: ``first`` is to be tried, and then the rest of its values."""

    def __init__(self, choice: Expr, first: frozenset[int]) -> None:
        super().__init__()
        self.choice, self.first = choice, first


class Retracing:
    """Finds runs again in one program.

    Args:
        program: the program.
        words: the names of those that the text reads and writes; the program may have words of its own.

    """

    def __init__(self, program: Program, words: frozenset[str]) -> None:
        self.program, self.places = program, Places(program)
        self.locations = frozenset(item.address for item in program.locations)
        self.silent = frozenset(item.address for item in program.locations if item.name not in words)
        self.names = {item.address: item.name for item in program.locations}
        self.queued = frozenset(item.queued for item in program.threads if item.queued is not None)
        columns: list[list[Event]] = [[] for _ in program.threads]
        self.initial: dict[int, Event] = {}
        for event in program.events:
            if event.thread == INIT_THREAD:
                assert event.address is not None
                self.initial[event.address.value] = event
            elif event.kind is not Kind.FENCE or event.id in self.queued:
                columns[event.thread].append(event)
        self.columns = tuple(map(tuple, columns))

    def courses(self, trace: Trace, outcome: Outcome, cpus: Sequence[str], switches: Mapping[str, int]) -> Iterator[Course]:
        """Yield every way in which the program can make a run.

        Args:
            trace: the run, one that is complete or waits for good.
            outcome: how it ends.
            cpus: the name of each CPU that is not a callback's, in order.
            switches: the position of each.

        Raises:
            UntraceableError: the run cannot be followed.

        """
        return _Search(self, trace, outcome, cpus, switches).courses()


class _Search:
    """Depth first, one column of the program after the other."""

    def __init__(
        self, source: Retracing, trace: Trace, outcome: Outcome, cpus: Sequence[str], switches: Mapping[str, int]
    ) -> None:
        self._source, self._trace, self._outcome, self._switches = source, trace, outcome, switches
        self._accesses: dict[str, list[_Access]] = {}
        for step in trace.steps:
            self._accesses.setdefault(step.cpu, []).extend(_accesses(step))
        self._cpus = tuple(cpus)
        self._callbacks = {number: name for name, number in trace.callbacks}
        self._waiting = frozenset(name for name, how in outcome.endings if how is not Ending.ENDED)
        self._last = {name: order[-1] for name, order in trace.order}
        self._memory = dict(outcome.memory)
        self._place = _Place()
        self._known: dict[Expr, int] = {}
        self._matched: list[tuple[Event, _Access | None]] = []
        # Of a run that is complete every grace period has ended.
        self._domains: _Domains = dict.fromkeys(source.program.gp_ended, frozenset((1,))) if outcome.complete else {}
        self._branches: list[_Branch] = []
        self._tries = 0

    def courses(self) -> Iterator[Course]:
        """Yield every way in which the program can make the run."""
        while True:
            try:
                if self._follows() and self._ends_alike():
                    yield self._course()
            except _UndecidedError as undecided:
                self._decide(undecided)
                continue
            if not self._branches:
                return
            self._take_back()

    # ── choices ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _decide(self, undecided: _UndecidedError) -> None:
        choice, first = undecided.choice, undecided.first
        rest = {**self._domains, choice: self._domain(choice) - first}
        self._branches.append(_Branch(self._place, len(self._known), len(self._matched), rest))
        self._domains = {**self._domains, choice: first}

    def _take_back(self) -> None:
        """Go back to the latest choice, and decide it in another way."""
        branch = self._branches.pop()
        self._place, self._domains = branch.place, branch.domains
        while len(self._known) > branch.known:
            self._known.popitem()
        del self._matched[branch.matched :]

    def _domain(self, choice: Expr) -> frozenset[int]:
        return self._domains.get(choice) or frozenset(self._source.program.pool.options[choice])

    # ── one event after the other ────────────────────────────────────────────────────────────────────────────────────

    def _follows(self) -> bool:
        """Follow the run from where it was left; whether it can be followed to its end."""
        columns = self._source.columns
        while self._place.column < len(columns):
            at, events = self._place, columns[self._place.column]
            cpu = self._cpu_of(at.column)
            accesses = self._accesses.get(cpu, ())
            if at.event == len(events):
                if at.access < len(accesses):
                    return False
                self._place = _Place(at.column + 1)
                continue
            self._tries += 1
            if self._tries > MOST_TRIES:
                raise UntraceableError("there are too many ways in which it may have been made")
            event = events[at.event]
            taken = 0
            if self._value(event.guard):
                access = accesses[at.access] if at.access < len(accesses) else None
                if access is None and cpu in self._waiting:
                    access = self._look(event)
                if not self._fits(event, access):
                    return False
                taken = int(self._matched[-1][1] is not None)
            self._place = _Place(at.column, at.event + 1, at.access + taken)
        return True

    def _cpu_of(self, column: int) -> str:
        """Return the name that the run has for a column; none for a callback that it does not queue."""
        if column < len(self._cpus):
            return self._cpus[column]
        queued = self._source.program.threads[column].queued
        steps = (access.step for event, access in self._matched if event.id == queued and access is not None)
        return next((self._callbacks[step] for step in steps if step is not None), "")

    def _look(self, event: Event) -> _Access | None:
        """Return what an event looks at that waits for good: what there is in the end."""
        if event.kind is not Kind.READ:
            return None
        assert event.address is not None
        name = self._source.names.get(self._value(event.address), "")
        return _Access(Kind.READ, None, name, self._memory[name], self._last.get(name)) if name in self._memory else None

    def _fits(self, event: Event, access: _Access | None) -> bool:
        """Whether an event that executes is the next access of its CPU, or none of those that the text knows of."""
        if event.id not in self._source.queued:
            assert event.address is not None
            address = self._value(event.address)
            if address in self._source.silent:
                self._matched.append((event, None))
                return True
            if access is None or access.does is not event.kind or address != self._address(access.name):
                return False
            if event.kind is Kind.WRITE and self._written(event) != self._number(access.value):
                return False
            if event.kind is Kind.READ and not self._reads(event, address, access):
                return False
        elif access is None or access.does is not None:
            return False
        self._matched.append((event, access))
        return True

    def _reads(self, event: Event, address: int, access: _Access) -> bool:
        """Note what a read reads; whether that is there to be read."""
        assert event.value is not None
        number = self._number(access.value)
        if access.source is None and self._written(self._source.initial[address]) != number:
            return False
        self._known[event.value] = number
        return True

    def _written(self, event: Event) -> int:
        assert event.value is not None
        return self._value(event.value)

    def _ends_alike(self) -> bool:
        """Whether what was followed ends as the run does."""
        initial = all(
            self._written(self._source.initial[self._address(name)]) == self._number(shown)
            for name, shown in self._memory.items()
            if name not in self._last
        )
        # What was assigned on a path that stopped is not told.
        ghosts, told = self._source.program.ghosts, self._outcome.ghosts if self._outcome.complete else ()
        return initial and all(self._value(ghosts[name]) == self._number(shown) for name, shown in told)

    def _course(self) -> Course:
        accesses = [(event, access) for event, access in self._matched if access is not None]
        reads = [(event.id, access) for event, access in accesses if event.kind is Kind.READ]
        writes = {access.step: event.id for event, access in accesses if access.does is Kind.WRITE}
        initial = self._source.initial
        choices = {choice: values for choice, values in self._domains.items() if choice not in self._source.program.gp_ended}
        return Course(
            executed=frozenset(event.id for event, _ in self._matched if event.kind is not Kind.FENCE),
            reads={read: self._number(access.value) for read, access in reads},
            rf={
                read: initial[self._address(access.name)].id if access.source is None else writes[access.source]
                for read, access in reads
            },
            co=tuple(
                (initial[self._address(name)].id, *(writes[number] for number in order)) for name, order in self._trace.order
            ),
            choices={choice.value: value for choice, values in choices.items() if len(values) == 1 for value in values},
        )

    # ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _number(self, shown: Shown | None) -> int:
        found = None if shown is None else self._source.places.value(shown)
        if found is None:
            raise UntraceableError(f"{shown} has no name in the program")
        return found

    def _address(self, name: str) -> int:
        found = self._source.places.address(name)
        if found is None:
            raise UntraceableError(f"{name} has no place in the program")
        return found

    def _value(self, expr: Expr) -> int:
        """Return the value of an expression, by as little of it as settles that."""
        known = self._known
        stack = [expr]
        while stack:
            node = stack[-1]
            if node in known:
                stack.pop()
                continue
            wanted = self._wanted(node)
            if wanted is None:
                known[node] = self._evaluated(node)
            else:
                stack.append(wanted)
        return known[expr]

    def _wanted(self, node: Expr) -> Expr | None:
        """Return the operand that has to be known next."""
        known, args = self._known, node.args
        match node.op:
            case Op.LAND | Op.LOR:
                if args[0] in known and bool(known[args[0]]) is (node.op is Op.LOR):
                    return None
            case Op.ITE if args[0] in known:
                chosen = args[1] if known[args[0]] else args[2]
                return None if chosen in known else chosen
            case Op.EQ if args[0].op is Op.CHOICE and args[1].op is Op.CONST:
                return None
            case _:
                pass
        return next((arg for arg in args if arg not in known), None)

    def _evaluated(self, node: Expr) -> int:
        known, args = self._known, node.args
        match node.op:
            case Op.CONST:
                return node.value
            case Op.CONFIG:
                return self._switches[node.name]
            case Op.CHOICE:
                return self._decided(node)
            case Op.EQ if args[0].op is Op.CHOICE and args[1].op is Op.CONST:
                return self._is(args[0], args[1].value)
            case Op.LAND | Op.LOR:
                first = bool(known[args[0]])
                return int(first if first is (node.op is Op.LOR) else bool(known[args[1]]))
            case Op.ITE:
                return known[args[1] if known[args[0]] else args[2]]
            case Op.VALID:
                return int(known[args[0]] in self._source.locations)
            case Op.READ | Op.FINAL:
                raise UntraceableError("it goes by what the text knows nothing of")
            case _:
                return fold(node.op, tuple(known[arg] for arg in args))

    def _decided(self, choice: Expr) -> int:
        """Return the value of a choice, which is decided at the latest here."""
        first, *others = sorted(self._domain(choice))
        if others:
            raise _UndecidedError(choice, frozenset((first,)))
        return first

    def _is(self, choice: Expr, value: int) -> bool:
        """Whether a choice has a value; where it can have that and another one, it has the other one at first."""
        domain = self._domain(choice)
        if value in domain and len(domain) > 1:
            raise _UndecidedError(choice, domain - {value})
        return value in domain


def _accesses(step: Step) -> list[_Access]:
    """Return what a step does in memory, in order."""
    match step.kind:
        case StepKind.QUEUE:
            return [_Access(None, step.number, "", None)]
        case StepKind.READ | StepKind.WRITE | StepKind.UPDATE:
            found = []
            if step.read is not None:
                found.append(_Access(Kind.READ, step.number, step.name, step.read, step.source))
            if step.written is not None:
                found.append(_Access(Kind.WRITE, step.number, step.name, step.written))
            return found
        case _:
            return []
