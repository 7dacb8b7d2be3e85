"""What is known of a program's events before solving: who can execute with whom, and bounds of the base relations.

A relation is bounded by two sets of pairs: ``may`` holds every pair that some execution has; a pair is in ``must`` when every
execution in which both events execute has it. Sets of events likewise. Rows and sets are Python integers, bit i for event i.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_
from typing import Protocol

from gupproof.cat.terms import AxiomKind, Model, Term, TermOp, TermPool
from gupproof.program.events import INIT_THREAD, Dependency, Event, Kind, Program, feeds, of_one_instruction
from gupproof.program.expr import Expr, Op
from gupproof.relations.domains import Domains

Rows = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RelBounds:
    """Bounds of a relation: ``may[a]`` has bit b when (a, b) is possible."""

    may: Rows
    must: Rows


@dataclass(frozen=True, slots=True)
class SetBounds:
    """Bounds of a set of events."""

    may: int
    must: int


@lru_cache(maxsize=1 << 16)
def bits(row: int) -> tuple[int, ...]:
    """Return the positions of the bits of ``row``, ascending."""
    result = []
    while row:
        low = row & -row
        result.append(low.bit_length() - 1)
        row ^= low
    return tuple(result)


def transpose(rows: Rows) -> Rows:
    """Return the rows of the inverse relation."""
    result = [0] * len(rows)
    for a, row in enumerate(rows):
        for b in bits(row):
            result[b] |= 1 << a
    return tuple(result)


class Facts(Protocol):
    """What bounds of terms are worked out from.

    Attributes:
        count: of events.
        pool: makes terms.
        live: events that can execute, as bits.
        together: per event, the events that can execute in the same execution.
        implied: per event a, the events that execute whenever a does.

    """

    count: int
    pool: TermPool
    live: int
    together: Rows
    implied: Rows

    def base_set(self, name: str) -> SetBounds:
        """Return the bounds of a base set or tag; an unknown tag is empty."""
        ...

    def base_relation(self, name: str) -> RelBounds:
        """Return the bounds of a base relation."""
        ...


class Analysis:
    """Execution facts and base bounds of one program.

    Args:
        program: the program.
        model: what executions have to satisfy; read only for whether a thread may read from its own future.

    Attributes:
        pool: makes further terms over the model's.
        live: events that can execute, as bits.
        together: per event, the events that can execute in the same execution.
        implied: per event a, the events that execute whenever a does.

    """

    def __init__(self, program: Program, model: Model) -> None:
        self.program = program
        self.pool = model.pool
        # The order against which no thread reads.
        self._no_future = next((order for order in ("po", _BETWEEN) if _forbids_reading_the_future(model, order)), None)
        self.count = len(program.events)
        self._conjuncts = {event.id: program.pool.conjuncts(event.guard) for event in program.events}
        guards = list(dict.fromkeys(self._conjuncts.values()))
        self._guards = {guard: number for number, guard in enumerate(guards)}
        self._compatible = self._compatible_guards(guards)
        self.domains = Domains(program, self._feeds)
        self.live = 0
        for event in program.events:
            if 1 in self.domains.of(event.guard) and (event.address is None or self.domains.addresses(event)):
                self.live |= 1 << event.id
        self.together, self.implied = self._execution_facts()
        self._relations: dict[str, RelBounds] = {}
        self._sets: dict[str, SetBounds] = {}

    # ── execution ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _feeds(self, write: Event, read: Event) -> bool:
        """Whether a read can read from a write, as far as paths and the thread's own order tell."""
        if self._no_future and write.thread == read.thread and write.id > read.id:
            return self._no_future == _BETWEEN and write.part_of is not None and write.part_of in (read.id, read.part_of)
        one, other = self._conjuncts[write.id], self._conjuncts[read.id]
        return bool(self._compatible[self._guards[one]] >> self._guards[other] & 1)

    def _compatible_guards(self, guards: Sequence[frozenset[Expr]]) -> tuple[int, ...]:
        """Return for each guard those that can hold at the same time, as far as that is seen from their parts."""
        negations = [frozenset(self.program.pool.negation(part) for part in guard) for guard in guards]
        fixed = [
            {part.args[0]: part.args[1] for part in guard if part.op is Op.EQ and part.args[1].op is Op.CONST}
            for guard in guards
        ]

        def exclude(one: int, other: int) -> bool:
            if not negations[one].isdisjoint(guards[other]):
                return True
            return any(fixed[one].get(expr, value) is not value for expr, value in fixed[other].items())

        numbers = range(len(guards))
        return tuple(sum(1 << other for other in numbers if not exclude(one, other)) for one in numbers)

    def _execution_facts(self) -> tuple[Rows, Rows]:
        groups = dict.fromkeys(self._guards, 0)
        for event in self.program.events:
            if self.live >> event.id & 1:
                groups[self._conjuncts[event.id]] |= 1 << event.id
        together, implied = [0] * self.count, [0] * self.count
        for one, members in groups.items():
            compatible = self._compatible[self._guards[one]]
            with_one = sum(others for number, others in enumerate(groups.values()) if compatible >> number & 1)
            implied_by_one = sum(others for other, others in groups.items() if other <= one)
            for member in bits(members):
                together[member] = with_one
                implied[member] = implied_by_one
        return tuple(together), tuple(implied)

    # ── base sets ────────────────────────────────────────────────────────────────────────────────────────────────────

    def base_set(self, name: str) -> SetBounds:
        """Return the bounds of a base set or tag; an unknown tag is empty."""
        if name not in self._sets:
            self._sets[name] = self._make_set(name)
        return self._sets[name]

    def _make_set(self, name: str) -> SetBounds:
        exact = 0
        kinds = {"R": (Kind.READ,), "W": (Kind.WRITE,), "F": (Kind.FENCE,), "M": (Kind.READ, Kind.WRITE)}
        if name in kinds or name == "IW":
            for event in self.program.events:
                inside = event.thread == INIT_THREAD if name == "IW" else event.kind in kinds[name]
                exact |= inside << event.id
            return SetBounds(exact & self.live, exact & self.live)
        may, must = 0, 0
        for event in self.program.events:
            for tag, condition in event.tags:
                if tag == name:
                    domain = self.domains.of(condition)
                    may |= (1 in domain) << event.id
                    must |= (domain == frozenset((1,))) << event.id
        return SetBounds(may & self.live, must & self.live)

    def tag_condition(self, name: str, event: int) -> Expr | None:
        """Return the condition under which an event carries a tag; None for a base set of kinds."""
        for tag, condition in self.program.events[event].tags:
            if tag == name:
                return condition
        return None

    # ── base relations ───────────────────────────────────────────────────────────────────────────────────────────────

    def base_relation(self, name: str) -> RelBounds:
        """Return the bounds of a base relation other than rf and co, which the model may tighten."""
        if name not in self._relations:
            self._relations[name] = self._make_relation(name)
        return self._relations[name]

    def _make_relation(self, name: str) -> RelBounds:
        match name:
            case "po":
                return self._exact(lambda a, own: own & (-2 << a.id) if a.thread != INIT_THREAD else 0)
            case "int":
                # Each event with itself; the initial writes count as one thread.
                return self._exact(lambda _, own: own)
            case "ext":
                return self._exact(lambda _, own: self.live & ~own)
            case "loc":
                return self._loc()
            case "same-values":
                return self._same_values()
            case "rmw":
                return self._given((event.rmw, event.id) for event in self.program.events if event.rmw is not None)
            case "one-instruction":
                return self._given(of_one_instruction(self.program.events))
            case "feeds":
                return self._given(feeds(self.program.events))
            case "gp-order":
                return self._gp_order()
            case "addr":
                return self._dependencies({event.id: event.addr for event in self.program.events})
            case "data":
                return self._dependencies({event.id: event.data for event in self.program.events})
            case "ctrl":
                return self._dependencies({event.id: event.ctrl for event in self.program.events})
            case "rf":
                return self._rf()
            case "co":
                return self._co()
            case _:
                raise KeyError(name)

    def _given(self, pairs: Iterable[tuple[int, int]]) -> RelBounds:
        """Return the relation of these pairs, where both execute."""
        rows: dict[int, int] = {}
        for first, second in pairs:
            rows[first] = rows.get(first, 0) | 1 << second
        return self._exact(lambda a, _: rows.get(a.id, 0))

    def _exact(self, row_of: Callable[[Event, int], int]) -> RelBounds:
        """Return a relation that does not depend on the execution: ``row_of`` an event and all events of its thread."""
        threads: dict[int, int] = {}
        for event in self.program.events:
            threads[event.thread] = threads.get(event.thread, 0) | 1 << event.id
        rows = tuple(
            row_of(event, threads[event.thread]) & self.together[event.id] if self.live >> event.id & 1 else 0
            for event in self.program.events
        )
        return RelBounds(rows, rows)

    def _loc(self) -> RelBounds:
        may, must = [0] * self.count, [0] * self.count
        accesses = [event for event in self.program.events if event.address is not None and self.live >> event.id & 1]
        possible: dict[int, int] = {}  # address → events that may go there
        certain: dict[Expr | int, int] = {}  # address, certain or as it is computed → events that go there
        for event in accesses:
            for address in self.domains.addresses(event):
                possible[address] = possible.get(address, 0) | 1 << event.id
            for key in self._certain_addresses(event):
                certain[key] = certain.get(key, 0) | 1 << event.id
        for event in accesses:
            together = self.together[event.id]
            may[event.id] = together & reduce(or_, (possible[address] for address in self.domains.addresses(event)))
            must[event.id] = together & reduce(or_, (certain[key] for key in self._certain_addresses(event)))
        return RelBounds(tuple(may), tuple(must))

    def _certain_addresses(self, event: Event) -> tuple[Expr | int, ...]:
        assert event.address is not None
        found = self.domains.addresses(event)
        return (event.address, *found) if len(found) == 1 else (event.address,)

    def _same_values(self) -> RelBounds:
        may, must = [0] * self.count, [0] * self.count
        accesses = [event for event in self.program.events if event.value is not None and self.live >> event.id & 1]
        for a in accesses:
            for b in accesses:
                assert a.value is not None
                assert b.value is not None
                one, other = self.domains.of(a.value), self.domains.of(b.value)
                if self.together[a.id] >> b.id & 1 and one & other:
                    may[a.id] |= 1 << b.id
                    if a.value is b.value or (one == other and len(one) == 1):
                        must[a.id] |= 1 << b.id
        return RelBounds(tuple(may), tuple(must))

    def _dependencies(self, of: dict[int, tuple[Dependency, ...]]) -> RelBounds:
        may, must = [0] * self.count, [0] * self.count
        for target, dependencies in of.items():
            for item in dependencies:
                domain = self.domains.of(item.condition)
                if 1 in domain and self.together[item.source] >> target & 1:
                    may[item.source] |= 1 << target
                    if domain == frozenset((1,)) or self._implied_by_guard(target, item.condition):
                        must[item.source] |= 1 << target
        return RelBounds(tuple(may), tuple(must))

    def _gp_order(self) -> RelBounds:
        may = [0] * self.count
        for item in self.program.gp_order:
            if 1 in self.domains.of(item.condition) and self.together[item.first] >> item.second & 1:
                may[item.first] |= 1 << item.second
        return RelBounds(tuple(may), (0,) * self.count)

    def _implied_by_guard(self, event: int, condition: Expr) -> bool:
        return self.program.pool.conjuncts(condition) <= self._conjuncts[event]

    def _rf(self) -> RelBounds:
        loc = self.base_relation("loc").may
        reads = self.base_set("R").may
        writes = self.base_set("W").may
        may = [loc[a] & reads if writes >> a & 1 else 0 for a in range(self.count)]
        if self._no_future:
            po = transpose(self.base_relation("po").may)
            if self._no_future == _BETWEEN:
                within = transpose(self.base_relation("one-instruction").may)
                po = tuple(row & ~own for row, own in zip(po, within, strict=True))
            may = [row & ~po[a] for a, row in enumerate(may)]
        return RelBounds(tuple(may), (0,) * self.count)

    def _co(self) -> RelBounds:
        loc = self.base_relation("loc")
        writes, initial = self.base_set("W").may, self.base_set("IW").may
        later = writes & ~initial
        may = [loc.may[a] & later & ~(1 << a) if writes >> a & 1 else 0 for a in range(self.count)]
        must = [loc.must[a] & later if initial >> a & 1 else 0 for a in range(self.count)]
        return RelBounds(tuple(may), tuple(must))


_BETWEEN = "po between instructions"


def _forbids_reading_the_future(model: Model, order: str) -> bool:
    """Whether an axiom has a cycle in every rf from a write to a read of its own thread that is earlier in an order.

    Such a pair is of one location: (read, write) in the order & loc, and (write, read) in rf, both inside one acyclic term.
    """
    return any(
        axiom.kind is AxiomKind.ACYCLIC
        and not axiom.negated
        and not axiom.flag
        and _holds_all(axiom.term, frozenset({"rf", "loc", "int"}))
        and _holds_all(axiom.term, frozenset({order, "loc", "int"}))
        for axiom in model.axioms
    )


def _holds_all(term: Term, bases: frozenset[str]) -> bool:
    """Whether a term holds every pair that all the base relations ``bases`` hold, judged by its form."""
    match term.op:
        case TermOp.BASE:
            return term.name in bases
        case TermOp.UNION:
            return any(_holds_all(arg, bases) for arg in term.args)
        case TermOp.INTER:
            return all(_holds_all(arg, bases) for arg in term.args)
        case TermOp.DIFF:
            return _BETWEEN in bases and tuple(arg.name for arg in term.args) == ("po", "one-instruction")
        case TermOp.SEQ:
            # These are relations between accesses, all of them in M.
            return any(
                memory.op is TermOp.IDENTITY_ON and memory.args[0].name == "M" and _holds_all(rest, bases)
                for memory, rest in (term.args, term.args[::-1])
            )
        case _:
            return False
