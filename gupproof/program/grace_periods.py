"""Read-side sections and grace periods of a scenario: who has to come before whom, and who waits.

The grace-period guarantee is the fundamental law of RCU (J. Alglave, L. Maranget, P. McKenney, A. Parri, A. Stern: Frightening
Small Children and Disconcerting Grown-ups, ASPLOS 2018): for each section and each grace period that ends, one of the two came
first, and what precedes its end (or its beginning) comes before what follows the other's, as if by a full barrier. Which one
did is a free choice; ``gp-order`` holds the pairs of fences that it orders, and models make a strong fence of them. The model
of a language knows finished sections itself; it is told of those that have begun and never end.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.program.builder import Builder
from gupproof.program.events import Ordering, StopReason
from gupproof.program.expr import Expr, Op
from gupproof.program.state import Value


@dataclass(slots=True)
class Section:
    """An outermost read-side section.

    Attributes:
        thread: the number of its thread.
        lock: the event that begins it.
        started: where it begins.
        domain: the address of its ``srcu_struct``; None for RCU.
        ends: the events that end it, each with where it does.

    """

    thread: int
    lock: int
    started: Expr
    domain: Expr | None = None
    ends: list[tuple[int, Expr]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SrcuEnd:
    """An ``srcu_read_unlock()``: its event, its domain, its index, where it executes, and its place."""

    event: int
    domain: Expr
    index: Value
    guard: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class GracePeriod:
    """A grace period.

    Attributes:
        thread: the number of the thread that it begins in.
        begin, end: events; one and the same in the model of a language.
        begun: where it begins.
        ended: where it has ended.
        domain: as of a section.
        span: the place.
        in_model: whether the model's own axioms say what it orders, and ``gp-order`` need not.

    """

    thread: int
    begin: int
    end: int
    begun: Expr
    ended: Expr
    domain: Expr | None
    span: Span
    in_model: bool


@dataclass(frozen=True, slots=True)
class Callback:
    """What ``call_rcu()`` has queued.

    Attributes:
        call: the callback.
        arguments: their values, as numbers.
        begin: the event that queued it.
        thread: the number of the thread that did.
        guard: where it was queued.
        ended: where its grace period has ended.
        flag: address of the word that tells of it, in the model of a language.

    """

    call: typed.Call
    arguments: tuple[Value, ...]
    begin: int
    thread: int
    guard: Expr
    ended: Expr
    flag: int | None


@dataclass(slots=True)
class GracePeriods:
    """All sections and grace periods of a scenario, collected while its threads are unrolled.

    Attributes:
        builder: of the program.
        sections, srcu_ends, periods: met so far.
        choices: those of :meth:`has_ended`.
        queue: callbacks that are still to be unrolled.
        wanted: whether the scenario has any grace period.
        flags: gives the address of a word for :attr:`Callback.flag`, another one each time.

    """

    builder: Builder
    wanted: bool = True
    sections: list[Section] = field(default_factory=list)
    srcu_ends: list[SrcuEnd] = field(default_factory=list)
    periods: list[GracePeriod] = field(default_factory=list)
    choices: list[Expr] = field(default_factory=list)
    queue: list[Callback] = field(default_factory=list)
    flags: Callable[[], int] | None = None

    def has_ended(self, begun: Expr) -> Expr:
        """Return where a grace period that begins at ``begun`` has ended: a free choice, which :meth:`orderings` restricts."""
        self.choices.append(self.builder.choice((0, 1)))
        return self.builder.pool.land(begun, self.choices[-1])

    def token(self, number: int) -> Expr:
        """Return the index that the ``srcu_read_lock()`` of a section hands out on a machine."""
        return self.builder.pool.const(number)

    def orderings(self) -> tuple[Ordering, ...]:
        """Return the pairs of ``gp-order``, and note which grace periods cannot have ended and who waits for them.

        Called once, when every thread is unrolled.
        """
        self._end_srcu_sections()
        found: list[Ordering] = []
        for period in self.periods:
            waits_for_ever = self._waits_for_ever(period)
            self.builder.stop(
                StopReason.WAITS,
                self.builder.pool.land(period.begun, self.builder.pool.negation(period.ended)),
                period.span,
                waits_for_ever,
            )
            if self.builder.events[period.begin].thread != self.builder.events[period.end].thread:
                # A callback comes after what its thread did before it queued it.
                found.append(Ordering(period.begin, period.end, period.ended))
            for section in self.sections:
                found += self._pair(section, period)
        return tuple(found)

    def _end_srcu_sections(self) -> None:
        """Find which sections each ``srcu_read_unlock()`` ends."""
        pool = self.builder.pool
        for end in self.srcu_ends:
            matched = pool.false
            for number, section in enumerate(self.sections):
                if section.domain is None:
                    continue
                if self.builder.target.is_language:
                    ours = end.index.deps.get(section.lock, pool.false)
                else:
                    ours = pool.make(Op.EQ, end.index.expr, self.token(number))
                where = pool.land(end.guard, section.started, ours, pool.make(Op.EQ, end.domain, section.domain))
                if where is not pool.false:
                    section.ends.append((end.event, where))
                    matched = pool.lor(matched, where)
            stray = pool.land(end.guard, pool.negation(pool.given(matched, end.guard)))
            self.builder.fault(stray, "srcu_read_unlock() of an index that no section has", end.span)

    def _same_domain(self, section: Section, period: GracePeriod) -> Expr:
        pool = self.builder.pool
        if section.domain is None or period.domain is None:
            return pool.true if section.domain is period.domain else pool.false
        return pool.make(Op.EQ, section.domain, period.domain)

    def _in_time(self, section: Section, period: GracePeriod) -> list[tuple[int, Expr]]:
        """Return the ends of a section that a grace period can wait for: not those behind it on its own CPU."""
        events = self.builder.events
        return [
            (event, where)
            for event, where in section.ends
            if events[event].thread != events[period.end].thread or event < period.end
        ]

    def _waits_for_ever(self, period: GracePeriod) -> Expr:
        pool = self.builder.pool
        return pool.lor(
            *(
                pool.land(
                    section.started,
                    self._same_domain(section, period),
                    pool.negation(pool.lor(*(where for _, where in section.ends))),
                )
                for section in self.sections
            )
        )

    def _pair(self, section: Section, period: GracePeriod) -> list[Ordering]:
        builder, pool = self.builder, self.builder.pool
        matters = pool.land(period.ended, section.started, self._same_domain(section, period))
        if matters is pool.false:
            return []
        in_time = self._in_time(section, period)
        finished = pool.lor(*(where for _, where in in_time))
        if section.thread == period.thread == builder.events[period.end].thread:
            # Program order says which came first, and the barriers of the grace period see to the rest.
            if section.lock < period.begin:
                builder.constraints.append(pool.lor(pool.negation(matters), finished))
            return []
        if period.in_model:
            unfinished = pool.land(matters, pool.negation(finished))
            return [] if unfinished is pool.false else [Ordering(period.begin, section.lock, unfinished)]
        # A section that a thread is in, or has left, when it queues a callback did not begin after that.
        behind = section.thread == period.thread and section.lock < period.begin
        first = pool.true if behind else pool.make(Op.EQ, builder.choice((0, 1)), pool.true)
        builder.constraints.append(pool.lor(pool.negation(matters), pool.negation(first), finished))
        came_first = [Ordering(event, period.end, pool.land(matters, first, where)) for event, where in in_time]
        return [*came_first, Ordering(period.begin, section.lock, pool.land(matters, pool.negation(first)))]


def stripped(value: Value) -> Value:
    """Return a value as another thread gets it: a full barrier stands between, and dependencies do not reach so far."""
    return Value(value.expr)
