"""Which other placements allow an execution, too: one execution rules out all of them.

Slots decide which fences execute and which sets an access is in, and nothing else. With who reads from whom held fixed, bounds
of the model's terms over a whole region of placements tell whether the model allows the execution everywhere in it; no
assumption is made on which alternative orders more.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import product

from gupproof.cat.terms import Axiom, AxiomKind, Model, Sort, TermPool
from gupproof.execution.relations import closure, rows_of
from gupproof.execution.replay import Replay
from gupproof.placing.slots import Placement, Region, Slot
from gupproof.program.events import INIT_THREAD, Kind, Program, feeds, of_one_instruction
from gupproof.program.expr import Expr, Op, fold
from gupproof.relations.analysis import RelBounds, Rows, SetBounds
from gupproof.relations.bounds import Bounds

_KINDS = {"R": (Kind.READ,), "W": (Kind.WRITE,), "F": (Kind.FENCE,), "M": (Kind.READ, Kind.WRITE)}


class Freedom:
    """The placements that share executions of one program under one model.

    Args:
        program: with the slots open.
        model: judges.
        slots: those of the question, of which the program may have some.

    """

    def __init__(self, program: Program, model: Model, slots: Sequence[Slot]) -> None:
        self.program, self.model, self.slots = program, model, tuple(slots)
        self._number = {slot.name: number for number, slot in enumerate(slots)}
        self._support: dict[Expr, frozenset[int]] = {}

    def region(
        self, replay: Replay, *, raises: frozenset[str] = frozenset(), wanted: Placement | None = None, backwards: bool = False
    ) -> Region:
        """Return a largest region around the execution's own placement whose placements all allow it.

        Args:
            replay: an execution that the model allows.
            raises: flags of the model, one of which it has to raise everywhere in the region.
            wanted: a placement to put into the region first, if that can be.
            backwards: free the last slots first. Where the slots get into each other's way, another region comes out.

        """
        region = [self._own(replay, slot) for slot in self.slots]
        free = [number for number, slot in enumerate(self.slots) if region[number] != slot.all and number not in self._bound]
        wider = [part | {wanted[n]} if wanted and n in free else part for n, part in enumerate(region)]
        if wider != region and self._allows(replay, wider, raises):
            region = wider
        for number in reversed(free) if backwards else free:
            slot = self.slots[number]
            # All at once, or else one by one from the strongest.
            left = sorted(slot.all - region[number], key=lambda position: -slot.heights[position])
            for added in (left, *([position] for position in left if len(left) > 1)):
                tried = [*region[:number], region[number].union(added), *region[number + 1 :]]
                if tried[number] != region[number] and self._allows(replay, tried, raises):
                    region = tried
                if region[number] == slot.all:
                    break
        return tuple(region)

    def _own(self, replay: Replay, slot: Slot) -> frozenset[int]:
        """The alternative that the execution has; all of them where its program lacks the slot."""
        position = replay.execution.switches.get(slot.name)
        return slot.all if position is None else frozenset((position,))

    @cached_property
    def _bound(self) -> frozenset[int]:
        """Slots that something besides fences and sets looks at: never freed."""
        program = self.program
        looked_at: list[Expr | None] = [*program.constraints, *program.ghosts.values()]
        looked_at += [*program.properties.values(), *program.covers.values()]
        looked_at += [stop.condition for stop in program.stops]
        looked_at += [expr for check in program.checks for expr in (check.violation, check.reached)]
        looked_at += [item.condition for item in program.gp_order]
        for event in program.events:
            looked_at += [event.address, event.value]
            looked_at += [item.condition for item in (*event.addr, *event.data, *event.ctrl)]
            if event.kind is not Kind.FENCE:
                looked_at.append(event.guard)
        return frozenset().union(*(self.support(expr) for expr in looked_at if expr is not None))

    def support(self, expr: Expr) -> frozenset[int]:
        """Return the numbers of the slots below an expression."""
        stack = [expr]
        while stack:
            top = stack[-1]
            missing = [arg for arg in top.args if arg not in self._support]
            if missing:
                stack += missing
                continue
            own = {self._number[top.name]} if top.op is Op.CONFIG and top.name in self._number else ()
            self._support[top] = frozenset(own).union(*(self._support[arg] for arg in top.args))
            stack.pop()
        return self._support[expr]

    def _allows(self, replay: Replay, region: Sequence[frozenset[int]], raises: frozenset[str]) -> bool:
        """Whether the model is sure to allow the execution in every placement of a region, and to raise one of the flags."""
        bounds = Bounds(_Region(self, replay, region))
        sure = bounds.analysis.implied[0]
        flagged = any(_holds(axiom, bounds, sure) for axiom in self.model.axioms if axiom.flag and axiom.name in raises)
        if raises and not flagged:
            return False
        return all(_holds(axiom, bounds, sure) for axiom in self.model.axioms if not axiom.flag)


def _holds(axiom: Axiom, bounds: Bounds, sure: int) -> bool:
    """Whether an axiom is sure to hold; ``sure`` are the events that execute in any case."""
    if axiom.term.sort is Sort.SET:
        members = bounds.set(axiom.term)
        return bool(members.must & sure) if axiom.negated else not members.may
    found = bounds.rel(axiom.term)
    rows = tuple(row & sure if sure >> a & 1 else 0 for a, row in enumerate(found.must)) if axiom.negated else found.may
    match axiom.kind:
        case AxiomKind.EMPTY:
            some = any(rows)
        case AxiomKind.IRREFLEXIVE:
            some = any(row >> a & 1 for a, row in enumerate(rows))
        case AxiomKind.ACYCLIC:
            some = any(row >> a & 1 for a, row in enumerate(closure(rows)))
    return some if axiom.negated else not some


class _Region:
    """What is certain and what is possible of one execution while its placement ranges over a region.

    Events that never execute are left out, and the others numbered anew; number 0 is an initial write, which always executes.
    """

    def __init__(self, freedom: Freedom, replay: Replay, region: Sequence[frozenset[int]]) -> None:
        self._freedom, self._replay, self._region = freedom, replay, region
        program = freedom.program
        self._varying: dict[Expr, frozenset[int]] = {}
        guards = {event.id: self._possible(event.guard) for event in program.events}
        self._events = [event for event in program.events if 1 in guards[event.id]]
        self._new = {event.id: number for number, event in enumerate(self._events)}
        self.count = len(self._events)
        self.pool: TermPool = freedom.model.pool
        self.live = (1 << self.count) - 1
        self.together: Rows = (self.live,) * self.count
        sure = sum(1 << number for number, event in enumerate(self._events) if guards[event.id] == {1})
        self.implied: Rows = tuple(sure | 1 << number for number in range(self.count))

    def _possible(self, expr: Expr) -> frozenset[int]:
        """The values that a condition takes in the region, as truth values."""
        support = self._freedom.support(expr)
        if not support:
            return frozenset((int(bool(self._replay.events.values[expr])),))
        if expr not in self._varying:
            slots = self._freedom.slots
            numbers = sorted(support)
            self._varying[expr] = frozenset(
                int(bool(self._at(expr, {slots[n].name: position for n, position in zip(numbers, chosen, strict=True)})))
                for chosen in product(*(sorted(self._region[n]) for n in numbers))
            )
        return self._varying[expr]

    def _at(self, expr: Expr, chosen: dict[str, int]) -> int:
        if not self._freedom.support(expr):
            return self._replay.events.values[expr]
        if expr.op is Op.CONFIG:
            return chosen[expr.name]
        return fold(expr.op, tuple(self._at(arg, chosen) for arg in expr.args))

    # ── what bounds are worked out from ──────────────────────────────────────────────────────────────────────────────

    def base_set(self, name: str) -> SetBounds:
        """Return the bounds of a set: the kind of an event is certain, a tag may hang on a slot."""
        if name in _KINDS or name == "IW":
            inside = [e.thread == INIT_THREAD if name == "IW" else e.kind in _KINDS[name] for e in self._events]
            exact = sum(1 << number for number, member in enumerate(inside) if member)
            return SetBounds(exact, exact)
        may = must = 0
        for number, event in enumerate(self._events):
            for tag, condition in event.tags:
                if tag == name:
                    possible = self._possible(condition)
                    may |= (1 in possible) << number
                    must |= (possible == {1}) << number
        return SetBounds(may, must)

    def base_relation(self, name: str) -> RelBounds:
        """Return the bounds of a relation, which the execution settles."""
        rows = rows_of(self._pairs(name), self.count)
        return RelBounds(rows, rows)

    def _pairs(self, name: str) -> Iterable[tuple[int, int]]:
        replay, new = self._replay, self._new
        events = list(enumerate(self._events))
        match name:
            case "po":
                return ((a, b) for a, x in events for b, y in events if a < b and x.thread == y.thread != INIT_THREAD)
            case "int":
                return ((a, b) for a, x in events for b, y in events if x.thread == y.thread)
            case "ext":
                return ((a, b) for a, x in events for b, y in events if x.thread != y.thread)
            case "rf":
                return ((new[write], new[read]) for read, write in replay.execution.rf.items())
            case "co":
                orders = ([new[write] for write in order] for order in replay.co.values())
                return ((order[i], order[j]) for order in orders for j in range(len(order)) for i in range(j))
            case "loc":
                return self._equal(replay.events.address)
            case "same-values":
                return self._equal(replay.events.value)
            case "rmw":
                return ((new[e.rmw], number) for number, e in events if e.rmw in new)
            case "one-instruction":
                return ((new[a], new[b]) for a, b in of_one_instruction(self._replay.program.events) if a in new and b in new)
            case "feeds":
                return ((new[a], new[b]) for a, b in feeds(self._replay.program.events) if a in new and b in new)
            case "gp-order":
                return ((new[first], new[second]) for first, second in replay.events.gp_order)
            case "addr" | "data" | "ctrl":
                return self._dependencies(name)
            case _:
                raise KeyError(name)

    def _equal(self, of: dict[int, int]) -> Iterable[tuple[int, int]]:
        held = [(self._new[event], value) for event, value in of.items()]
        return ((a, b) for a, x in held for b, y in held if x == y)

    def _dependencies(self, name: str) -> Iterable[tuple[int, int]]:
        for number, event in enumerate(self._events):
            for item in getattr(event, name):
                if item.source in self._new and self._replay.events.values[item.condition]:
                    yield self._new[item.source], number
