"""Threads of a program that may be exchanged: whatever one of them does, an execution in which another does it is as good.

Of all the executions that differ only in who is who, one is enough to look at, as long as what is asked does not tell the
threads apart. Memory models cannot: cat has no names for threads.
"""

from collections.abc import Iterable, Mapping

from gupproof.program.events import INIT_THREAD, Dependency, Event, Kind, Program
from gupproof.program.expr import Expr, Op


def exchangeable_threads(program: Program) -> tuple[tuple[int, ...], ...]:
    """Return the classes, of two or more threads, any of which may be exchanged without a change of the program.

    Events, stops, checks, properties and covers are compared; a property that looks at the registers of one thread keeps that
    thread apart from the others.
    """
    threads: dict[int, list[Event]] = {}
    for event in program.events:
        if event.thread != INIT_THREAD:
            threads.setdefault(event.thread, []).append(event)
    shapes: dict[tuple[object, ...], list[int]] = {}
    for number, events in threads.items():
        shapes.setdefault(tuple(_shape(event, events[0].id) for event in events), []).append(number)
    result = []
    for alike in shapes.values():
        if len(alike) > 1 and any(event.kind is Kind.WRITE for event in threads[alike[0]]):
            result += _classes(program, threads, alike)
    return tuple(result)


def _shape(event: Event, first: int) -> tuple[object, ...]:
    rmw, part_of = (None if other is None else other - first for other in (event.rmw, event.part_of))
    return event.kind, tuple(tag for tag, _ in event.tags), len(event.addr), len(event.data), len(event.ctrl), rmw, part_of


def _classes(program: Program, threads: Mapping[int, list[Event]], alike: list[int]) -> list[tuple[int, ...]]:
    """Part threads of one shape into classes; to be exchangeable is an equivalence."""
    classes: list[list[int]] = []
    for number in alike:
        for members in classes:
            if _Exchange(program, threads[members[0]], threads[number]).changes_nothing():
                members.append(number)
                break
        else:
            classes.append([number])
    return [tuple(members) for members in classes if len(members) > 1]


class _Exchange:
    """Two threads swapped: every expression over the reads and choices of one becomes that over the other's."""

    def __init__(self, program: Program, one: list[Event], other: list[Event]) -> None:
        self.program, self.pool = program, program.pool
        self.one, self.other = one, other
        self.events = {a.id: b.id for a, b in zip(one + other, other + one, strict=True)}
        self.known: dict[Expr, Expr] = {}
        self.possible = True
        for a, b in zip(one, other, strict=True):
            if a.kind is Kind.READ:
                assert a.value is not None
                assert b.value is not None
                self.known |= {a.value: b.value, b.value: a.value}
        first, second = self._choices(one), self._choices(other)
        if len(first) != len(second) or any(
            self.pool.options[a] != self.pool.options[b] for a, b in zip(first, second, strict=False)
        ):
            self.possible = False
        else:
            self.known |= dict(zip(first + second, second + first, strict=True))

    def _choices(self, events: list[Event]) -> list[Expr]:
        """The choices that a thread's events depend on, in order of appearance."""
        found: dict[Expr, None] = {}
        seen: set[Expr] = set()
        for event in events:
            stack = [expr for expr in (event.value, event.address, event.guard) if expr is not None]
            while stack:
                expr = stack.pop()
                if expr not in seen:
                    seen.add(expr)
                    stack.extend(expr.args)
                    if expr.op is Op.CHOICE:
                        found[expr] = None
        return list(found)

    def changes_nothing(self) -> bool:
        """Whether the program is the same after the exchange."""
        program = self.program
        return (
            self.possible
            and all(self._becomes(a, b) for a, b in zip(self.one + self.other, self.other + self.one, strict=True))
            and self._keeps((stop.reason, stop.condition) for stop in program.stops)
            and self._keeps(((check.kind, check.property), check.violation) for check in program.checks)
            and self._keeps((check.property, check.reached) for check in program.checks if check.reached is not None)
            and self._keeps((item.of, item.condition) for item in program.overruns)
            and self._keeps_order()
            and self._keeps((None, constraint) for constraint in program.constraints)
            and all(map(self._same, (*program.properties.values(), *program.covers.values())))
        )

    def _keeps_order(self) -> bool:
        before = {(item.first, item.second, item.condition) for item in self.program.gp_order}
        images = self.events
        return before == {
            (images.get(first, first), images.get(second, second), self.image(condition)) for first, second, condition in before
        }

    def _keeps(self, labelled: Iterable[tuple[object, Expr]]) -> bool:
        before = {(label, self.pool.conjuncts(expr)) for label, expr in labelled}
        return before == {(label, frozenset(map(self.image, parts))) for label, parts in before}

    def _same(self, expr: Expr) -> bool:
        """Whether an expression stays what it is, up to the order of conjuncts or disjuncts."""
        for form in (expr, self.pool.negation(expr)):
            parts = self.pool.conjuncts(form)
            if frozenset(map(self.image, parts)) == parts:
                return True
        return False

    def _becomes(self, a: Event, b: Event) -> bool:
        return (
            a.kind is b.kind
            and frozenset(map(self.image, self.pool.conjuncts(a.guard))) == self.pool.conjuncts(b.guard)
            and self._optional(a.address) is b.address
            and self._optional(a.value) is b.value
            and [(tag, self.image(condition)) for tag, condition in a.tags] == list(b.tags)
            and (None if a.rmw is None else self.events[a.rmw]) == b.rmw
            and (None if a.part_of is None else self.events[a.part_of]) == b.part_of
            and all(self._dependencies(getattr(a, name)) == set(getattr(b, name)) for name in ("addr", "data", "ctrl"))
        )

    def _optional(self, expr: Expr | None) -> Expr | None:
        return None if expr is None else self.image(expr)

    def _dependencies(self, dependencies: tuple[Dependency, ...]) -> set[Dependency]:
        return {Dependency(self.events.get(item.source, item.source), self.image(item.condition)) for item in dependencies}

    def image(self, expr: Expr) -> Expr:
        """Return what an expression becomes."""
        return self.pool.substitute(expr, self.known)
