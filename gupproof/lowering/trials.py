"""The small programs: critical cycles of two to four threads with a primitive in one of them.

A critical cycle (Shasha, Snir 1988; Alglave, Maranget: diy) goes from thread to thread along rf, fr and co, and through each
thread along program order. It is forbidden as soon as every thread keeps its two accesses in order and the stores reach
all threads at once. In the first thread one primitive stands, as its first access, its second, or between; the others have what
is strong enough. So whether the cycle can happen depends on that primitive.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gupproof.lowering.uses import (
    ACCESSES,
    ACQUIRE,
    AFTER,
    BEFORE,
    FENCES,
    FULL,
    READ,
    RELEASE,
    WRITE,
    Change,
    Gives,
    Kind,
    Use,
    named,
)

NEVER = 64
"""A value that no word ever has."""
ADDED = 16
"""What is added; other values that are stored are smaller, so that sums differ from them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One statement.

    Attributes:
        use: of a primitive.
        place: the word; empty for a fence.
        value: what is stored, added or set.
        compared: what it compares with.
        register: its number in the thread; None where nothing comes back.
        expected: what comes back where the cycle happens.

    """

    use: Use
    place: str = ""
    value: int = 0
    compared: int = 0
    register: int | None = None
    expected: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A program, and how it ends if the cycle happens.

    Attributes:
        name: the shape, and where the primitive stands.
        use: the primitive that it is about.
        threads: the statements of each.
        initial, final: values of words; a word without an initial one is 0, one without a final one may have any.
        large: whether it has more than two threads.

    """

    name: str
    use: Use
    threads: tuple[tuple[Act, ...], ...]
    initial: tuple[tuple[str, int], ...] = ()
    final: tuple[tuple[str, int], ...] = ()

    @property
    def large(self) -> bool:
        """Whether it has more than two threads."""
        return len(self.threads) > 2

    @property
    def places(self) -> tuple[str, ...]:
        """The words, in order."""
        return tuple(sorted({act.place for thread in self.threads for act in thread if act.place}))


@dataclass(frozen=True, slots=True)
class Shape:
    """The threads of a cycle by the kinds of their accesses, that of the primitive first: ``WR RW``."""

    name: str
    threads: tuple[str, ...]


def _shape(name: str, threads: str) -> Shape:
    return Shape(name, tuple(threads.split()))


SMALL = (
    _shape("MP (writer)", "WW RR"),
    _shape("MP (reader)", "RR WW"),
    _shape("SB", "WR WR"),
    _shape("LB", "RW RW"),
    _shape("S (writer)", "WW RW"),
    _shape("S (reader)", "RW WW"),
    _shape("R (writer)", "WW WR"),
    _shape("R (reader)", "WR WW"),
    _shape("2+2W", "WW WW"),
)
"""All cycles of two threads, from each of them."""
LARGE = (
    _shape("WRC (middle)", "RW RR W"),
    _shape("WRC (reader)", "RR W RW"),
    _shape("RWC (writer)", "WR W RR"),
    _shape("WWC (middle)", "RW RW W"),
    _shape("ISA2 (writer)", "WW RW RR"),
    _shape("ISA2 (middle)", "RW RR WW"),
    _shape("ISA2 (reader)", "RR WW RW"),
    _shape("W+RWC (writer)", "WW RR WR"),
    _shape("W+RWC (reader)", "WR WW RR"),
    _shape("IRIW", "RR W RR W"),
)
"""Those of more, up to six accesses, that ask whether what a thread has seen is ordered as well as what it did."""


@dataclass(frozen=True, slots=True)
class Fill:
    """What stands in the other threads."""

    name: str
    first: Use
    second: Use
    write: Use
    between: Use | None


STRONG = Fill("smp_mb", READ, READ, WRITE, FULL)
PAIRED = Fill("acquire and release", ACQUIRE, READ, RELEASE, None)


@dataclass(frozen=True, slots=True)
class _Standing:
    """A thread with the primitive: the uses of its accesses, and what is between, on a word of its own if it accesses one."""

    where: str
    first: Use
    between: tuple[Use, ...]
    second: Use


def trials() -> Iterator[Trial]:
    """Yield every program but those of locks."""
    for use in (*ACCESSES, *FENCES, BEFORE, AFTER):
        for shape in (*SMALL, *LARGE):
            for standing in _standings(use, shape.threads[0]):
                yield _Cycle(shape, standing, STRONG).trial(use)
                if not any("WR" in thread or thread == "WW" for thread in shape.threads[1:]) and len(shape.threads) == 3:
                    yield _Cycle(shape, standing, PAIRED).trial(use)


def _standings(use: Use, kinds: str) -> Iterator[_Standing]:
    first, second = (READ if kind == "R" else WRITE for kind in kinds)
    if use in (BEFORE, AFTER):
        for name in ("atomic_add", "cmpxchg_relaxed", "test_and_set_bit_lock"):
            atomic = named(name)
            around = (use, atomic) if use is BEFORE else (atomic, use)
            yield _Standing(f"with {name} between", first, around, second)
            if use is BEFORE:
                yield _Standing(f"before {name}", first, (use,), atomic)
            else:
                yield _Standing(f"after {name}", atomic, (use,), second)
        return
    if use.kind is Kind.FENCE:
        yield _Standing("between", first, (use,), second)
        return
    if _is(use, kinds[0]):
        yield _Standing("first", use, (), second)
    if _is(use, kinds[1]):
        yield _Standing("second", first, (), use)
    if use.kind in (Kind.UPDATE, Kind.FAILED):
        yield _Standing("between", first, (use,), second)


def _is(use: Use, kind: str) -> bool:
    return use.reads if kind == "R" else use.writes


class _Cycle:
    """Places the accesses of a cycle, and works out the values that go with it."""

    def __init__(self, shape: Shape, standing: _Standing, fill: Fill) -> None:
        self.shape, self.standing, self.fill = shape, standing, fill
        self.threads: list[list[Act]] = []
        self.initial: dict[str, int] = {}
        self.final: dict[str, int] = {}

    def trial(self, use: Use) -> Trial:
        self._place()
        for place in dict.fromkeys(act.place for thread in self.threads for act in thread if act.place):
            self._values(place)
        other = "" if self.fill is STRONG else f", others with {self.fill.name}"
        return Trial(
            name=f"{self.shape.name}, {self.standing.where}{other}",
            use=use,
            threads=tuple(map(tuple, self.threads)),
            initial=tuple(self.initial.items()),
            final=tuple(self.final.items()),
        )

    def _place(self) -> None:
        count = sum(len(thread) == 2 for thread in self.shape.threads)
        # The word between the last thread and the first one.
        number = count - 1
        for index, kinds in enumerate(self.shape.threads):
            here, number = number, (number + 1) % count if len(kinds) == 2 else number
            places = (f"m{here}", f"m{number}")
            if index == 0:
                first, between, second = self.standing.first, self.standing.between, self.standing.second
            else:
                fill = self.fill
                first = fill.write if kinds[0] == "W" else fill.first
                second = fill.write if kinds[-1] == "W" else fill.second
                between = () if fill.between is None else (fill.between,)
            acts = [Act(use=first, place=places[0])]
            if len(kinds) == 2:
                acts += [Act(use=item, place="" if item.kind is Kind.FENCE else "n") for item in between]
                acts.append(Act(use=second, place=places[1]))
            registers = 0
            for at, act in enumerate(acts):
                if act.use.gives is not Gives.NOTHING:
                    acts[at] = replace(act, register=registers)
                    registers += 1
            self.threads.append(acts)

    def _order(self, place: str) -> list[tuple[int, int]]:
        """Return the accesses of a word in the order of the cycle: from a thread's second access to another's first one."""
        found = [(thread, at) for thread, acts in enumerate(self.threads) for at, act in enumerate(acts) if act.place == place]
        # The thread that leaves by this word comes first; those after it follow around the cycle.
        start = next((thread for thread, at in found if at > 0), 0)
        return sorted(found, key=lambda item: (item[0] - start) % len(self.threads))

    def _values(self, place: str) -> None:
        order = self._order(place)
        uses = [self.threads[thread][at].use for thread, at in order]
        value = self.initial[place] = _low(uses, 0)
        writers = 0
        for number, (thread, at) in enumerate(order):
            act = self.threads[thread][at]
            use, register, expected = act.use, act.register, 0
            compared = value if use.compares is (use.kind is Kind.UPDATE) else NEVER
            match use.gives:
                case Gives.OLD:
                    expected = value
                case Gives.BIT:
                    expected = value & 1
                case Gives.NOTHING | Gives.SUCCESS:
                    pass
            operand = {Change.ADD: ADDED, Change.OR: 1, Change.CLEAR: 1}.get(use.change, 4 * (number + 1))
            if use.change is Change.SET:
                # Where a bit is cleared and nothing comes back, the last value tells which was first.
                operand += 1 if any(item.change is Change.CLEAR for item in uses) else _low(uses, number + 1)
            if use.gives is Gives.BIT:
                operand = 1
            if use.writes:
                writers += 1
                value = changed(use.change, value, operand)
            self.threads[thread][at] = replace(act, value=operand, compared=compared, register=register, expected=expected)
        if writers > 1 or any(use.kind is Kind.UPDATE for use in uses):
            self.final[place] = value


def _low(uses: list[Use], number: int) -> int:
    """Return what the lowest bit has to be for the next use that looks at it."""
    for use in uses[number:]:
        if use.low is not None:
            return use.low
        if use.writes:
            break
    return 0


def changed(change: Change, value: int, operand: int) -> int:
    """Return what a word holds after a change."""
    match change:
        case Change.NOTHING:
            return value
        case Change.SET:
            return operand
        case Change.ADD:
            return value + operand
        case Change.OR:
            return value | operand
        case Change.CLEAR:
            return value & ~operand
