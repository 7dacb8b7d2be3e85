"""Evaluates the terms of a memory model on one execution: the trusted judge of what a solver claims.

Written for plainness, not for speed. A set is an integer with bit i for event i; a relation is a tuple of such integers, row i
holding the events that event i is related to.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from gupproof.cat.terms import Sort, Term, TermOp
from gupproof.execution.replay import Replay
from gupproof.execution.valuation import Valuation
from gupproof.program.events import INIT_THREAD, Kind

Rows = tuple[int, ...]


@lru_cache(maxsize=1 << 16)
def bits(mask: int) -> tuple[int, ...]:
    """Return the positions of the ones of ``mask``, ascending."""
    return tuple(position for position, digit in enumerate(reversed(bin(mask)[2:])) if digit == "1")


def rows_of(pairs: Iterable[tuple[int, int]], count: int) -> Rows:
    """Return the relation that holds ``pairs``."""
    rows = [0] * count
    for left, right in pairs:
        rows[left] |= 1 << right
    return tuple(rows)


def pairs_of(rows: Rows) -> list[tuple[int, int]]:
    """Return the pairs of a relation, sorted."""
    return [(left, right) for left, row in enumerate(rows) for right in bits(row)]


def base_sets(events: Valuation) -> dict[str, int]:
    """Return the sets that the execution supplies, by name; a tag without events is missing."""
    sets = dict.fromkeys(("R", "W", "F", "M", "IW"), 0)
    for number in events.executed:
        event, bit = events.program.events[number], 1 << number
        sets[event.kind.value] |= bit
        if event.kind is not Kind.FENCE:
            sets["M"] |= bit
        if event.thread == INIT_THREAD:
            sets["IW"] |= bit
        for tag in events.tags[number]:
            sets[tag] = sets.get(tag, 0) | bit
    return sets


def fixed_relations(events: Valuation) -> dict[str, Rows]:
    """Return the relations that do not depend on who reads from whom: all but ``rf`` and ``co``."""
    count = len(events.program.events)
    executed = sum(1 << number for number in events.executed)
    thread = {number: events.program.events[number].thread for number in events.executed}
    # Initial writes count as one thread of their own, so that int and ext share out all pairs between them.
    internal = _alike(thread, count)
    return {
        "po": tuple(row & (-2 << a) if thread.get(a) != INIT_THREAD else 0 for a, row in enumerate(internal)),
        "loc": _alike({a: events.address[a] for a in events.executed if a in events.address}, count),
        "int": internal,
        "ext": tuple(executed & ~row if a in thread else 0 for a, row in enumerate(internal)),
        "addr": rows_of(events.addr, count),
        "data": rows_of(events.data, count),
        "ctrl": rows_of(events.ctrl, count),
        "rmw": rows_of(events.rmw, count),
        "one-instruction": rows_of(events.one_instruction, count),
        "feeds": rows_of(events.feeds, count),
        "gp-order": rows_of(events.gp_order, count),
        "same-values": _alike({a: events.value[a] for a in events.executed if a in events.value}, count),
    }


def _alike(of: Mapping[int, int], count: int) -> Rows:
    """Return the relation of events that have the same number."""
    having: dict[int, int] = {}
    for event, number in of.items():
        having[number] = having.get(number, 0) | 1 << event
    return tuple(having[of[event]] if event in of else 0 for event in range(count))


def memory_relations(rf: Mapping[int, int], co: Iterable[tuple[int, ...]], count: int) -> dict[str, Rows]:
    """Return ``rf`` and ``co``."""
    ordered = ((order[i], order[j]) for order in co for j in range(len(order)) for i in range(j))
    return {"rf": rows_of(((write, read) for read, write in rf.items()), count), "co": rows_of(ordered, count)}


class Interpretation:
    """The meaning of terms in one execution.

    Args:
        universe: the executed events.
        count: how many events the program has.
        sets, relations: the base ones, by name.
        known: meanings worked out before under the same bases.

    """

    def __init__(
        self,
        universe: int,
        count: int,
        sets: Mapping[str, int],
        relations: Mapping[str, Rows],
        known: Mapping[Term, int | Rows] | None = None,
    ) -> None:
        self._universe = universe
        self._count = count
        self._base_sets = sets
        self._base_relations = relations
        self._known: dict[Term, int | Rows] = dict(known or {})
        self._variables: dict[int, int | Rows] = {}

    @classmethod
    def of(cls, replay: Replay) -> "Interpretation":
        """Return the meaning of terms in ``replay``."""
        events, count = replay.events, len(replay.program.events)
        relations = fixed_relations(events) | memory_relations(replay.execution.rf, replay.co.values(), count)
        return cls(sum(1 << number for number in events.executed), count, base_sets(events), relations)

    def set(self, term: Term) -> int:
        """Return the set that ``term`` means."""
        value = self.value(term)
        assert isinstance(value, int), f"{term} is a relation"
        return value

    def relation(self, term: Term) -> Rows:
        """Return the relation that ``term`` means."""
        value = self.value(term)
        assert isinstance(value, tuple), f"{term} is a set"
        return value

    def value(self, term: Term) -> int | Rows:
        """Return what ``term`` means: a set or a relation."""
        if term in self._known:
            return self._known[term]
        value = self._set(term) if term.sort is Sort.SET else self._relation(term)
        if not term.free:
            self._known[term] = value
        return value

    def _set(self, term: Term) -> int:
        match term.op:
            case TermOp.BASE:
                return self._base_sets.get(term.name, 0)
            case TermOp.UNIVERSE:
                return self._universe
            case TermOp.EMPTY:
                return 0
            case TermOp.UNION:
                value = 0
                for arg in term.args:
                    value |= self.set(arg)
                return value
            case TermOp.INTER:
                return self.set(term.args[0]) & self.set(term.args[1])
            case TermOp.DIFF:
                return self.set(term.args[0]) & ~self.set(term.args[1])
            case TermOp.COMPLEMENT:
                return self._universe & ~self.set(term.args[0])
            case TermOp.DOMAIN:
                return sum(1 << event for event, row in enumerate(self.relation(term.args[0])) if row)
            case TermOp.RANGE:
                value = 0
                for row in self.relation(term.args[0]):
                    value |= row
                return value
            case TermOp.REC_VAR | TermOp.REC | TermOp.ITERATE:
                least = self._recursion(term)
                assert isinstance(least, int)
                return least
            case _:
                raise AssertionError(f"{term.op} makes no set")

    def _relation(self, term: Term) -> Rows:
        match term.op:
            case TermOp.BASE:
                return self._base_relations[term.name]
            case TermOp.EMPTY:
                return (0,) * self._count
            case TermOp.ID:
                return self._identity(self._universe)
            case TermOp.IDENTITY_ON:
                return self._identity(self.set(term.args[0]))
            case TermOp.CROSS:
                left, right = self.set(term.args[0]), self.set(term.args[1])
                return tuple(right if left >> event & 1 else 0 for event in range(self._count))
            case TermOp.UNION:
                rows = self.relation(term.args[0])
                for arg in term.args[1:]:
                    rows = tuple(a | b for a, b in zip(rows, self.relation(arg), strict=True))
                return rows
            case TermOp.INTER:
                return tuple(a & b for a, b in self._both(term))
            case TermOp.DIFF:
                return tuple(a & ~b for a, b in self._both(term))
            case TermOp.COMPLEMENT:
                rows = self.relation(term.args[0])
                return tuple(self._universe & ~row if self._universe >> e & 1 else 0 for e, row in enumerate(rows))
            case TermOp.SEQ:
                first = self.relation(term.args[0])
                return compose(first, self.relation(term.args[1])) if any(first) else first
            case TermOp.INVERSE:
                return rows_of(((right, left) for left, right in pairs_of(self.relation(term.args[0]))), self._count)
            case TermOp.PLUS:
                return closure(self.relation(term.args[0]))
            case TermOp.STAR:
                return self._reflexive(closure(self.relation(term.args[0])))
            case TermOp.OPTIONAL:
                return self._reflexive(self.relation(term.args[0]))
            case TermOp.REC_VAR | TermOp.REC | TermOp.ITERATE:
                least = self._recursion(term)
                assert isinstance(least, tuple)
                return least
            case _:
                raise AssertionError(f"{term.op} makes no relation")

    def _both(self, term: Term) -> Iterator[tuple[int, int]]:
        return zip(self.relation(term.args[0]), self.relation(term.args[1]), strict=True)

    def _identity(self, members: int) -> Rows:
        return tuple(members & 1 << event for event in range(self._count))

    def _reflexive(self, rows: Rows) -> Rows:
        return tuple(row | self._universe & 1 << event for event, row in enumerate(rows))

    def _recursion(self, term: Term) -> int | Rows:
        """A variable's current value; or what iteration from nothing comes to: the least fixpoint, where there is one."""
        if term.op is TermOp.REC_VAR:
            return self._variables[term.value]
        empty: Rows = (0,) * self._count
        current: list[int | Rows] = [0 if body.sort is Sort.SET else empty for body in term.args]
        if term.op is TermOp.ITERATE:
            return self._iteration(term, current)
        while True:
            self._variables.update(zip(term.bound, current, strict=True))
            following = [self.value(body) for body in term.args]
            if following == current:
                return current[term.value]
            current = following

    def _iteration(self, term: Term, start: list[int | Rows]) -> int | Rows:
        """Give each variable in turn its body's value, again and again, until none changes."""
        self._variables.update(zip(term.bound, start, strict=True))
        changes = True
        while changes:
            changes = False
            for number, body in zip(term.bound, term.args, strict=True):
                value = self.value(body)
                changes = changes or value != self._variables[number]
                self._variables[number] = value
        return self._variables[term.bound[term.value]]


def compose(left: Rows, right: Rows) -> Rows:
    """Return ``left ; right``."""
    rows = []
    for row in left:
        value = 0
        for middle in bits(row):
            value |= right[middle]
        rows.append(value)
    return tuple(rows)


def closure(rows: Rows) -> Rows:
    """Return the transitive closure."""
    result = list(rows)
    for middle in range(len(result)):
        if not result[middle]:
            continue
        for event in range(len(result)):
            if result[event] >> middle & 1:
                result[event] |= result[middle]
    return tuple(result)
