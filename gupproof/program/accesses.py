"""What primitives do in memory: the rows of the target table, performed on a path."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.language.types import IntType, PointerType, Type
from gupproof.program.events import Event
from gupproof.program.expr import Expr, Op
from gupproof.program.merging import Alternative, before_read, fences, merge, read_tags
from gupproof.program.path import Path, error
from gupproof.program.state import Value, union
from gupproof.program.targets import Row, StepKind


@dataclass(slots=True)
class Accesses:
    """Performs loads, stores, fences and read-modify-writes.

    Attributes:
        path: where.
        declared: the switches of the file, slots among them.
        switches: the value of each.
        aliased: whether a word may be read through a pointer to another integer type.

    """

    path: Path
    declared: Mapping[str, typed.Switch] = field(default_factory=dict)
    switches: Mapping[str, Expr] = field(default_factory=dict)
    aliased: bool = False

    def switch(self, name: str) -> Expr:
        """Return the value of a switch, which the program then depends on."""
        self.path.builder.looked_at.add(name)
        return self.switches[name]

    def alternatives(self, primitive: str, slot: str, span: Span) -> tuple[Alternative, ...]:
        """Return the row of ``primitive``; where a slot decides, every row that it may choose, with where it does."""
        builder = self.path.builder
        if not slot:
            return (Alternative(builder.pool.true, builder.row(primitive, span)),)
        chosen = self.switch(slot)
        return tuple(
            Alternative(builder.pool.make(Op.EQ, chosen, builder.pool.const(value)), self._slot_row(row, span))
            for value, row in enumerate(self.declared[slot].rows)
        )

    def _slot_row(self, row: str, span: Span) -> Row:
        return self.path.builder.row(row, span) if row else Row(primitive="", steps=(), failure=None, note="", span=span)

    # ── fences ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def fence(self, primitive: str, span: Span, address: Value | None = None) -> None:
        """Perform a fence, about ``address`` if one is given."""
        self.fence_of(self.alternatives(primitive, "", span), span, f"{primitive}()", address)

    def fence_of(self, rows: Sequence[Alternative], span: Span, text: str, address: Value | None = None) -> None:
        """Perform the fence of one of the rows."""
        path, pool = self.path, self.path.builder.pool
        for step in merge(pool, [(item.chosen, item.row.steps) for item in rows]):
            path.interruptions.window()
            path.emit(step.kind, step.tags, span, text, guard=pool.land(path.state.guard, step.condition), address=address)

    # ── loads and stores ─────────────────────────────────────────────────────────────────────────────────────────────

    def read(self, rows: Sequence[Alternative], address: Value, kind: Type, span: Span, text: str) -> Value:
        """Perform the load of one of the rows, whose window is open, and return what was read, as of type ``kind``.

        Raises:
            GupError: a row has no read.

        """
        path, pool = self.path, self.path.builder.pool
        self.check_reads(rows, span)
        result: Event | None = None
        for number, step in enumerate(merge(pool, [(item.chosen, item.row.steps) for item in rows])):
            if number:
                path.interruptions.window()
            guard = pool.land(path.state.guard, step.condition)
            if step.kind is StepKind.READ:
                tags = read_tags(pool, rows, pool.truth(pool.read(len(path.builder.events))))
                result = path.emit(step.kind, tags, span, text, guard=guard, address=address)
            else:
                path.emit(step.kind, step.tags, span, text, guard=guard)
        assert result is not None  # every row has a read
        return Value(self.typed(pool.read(result.id), kind), {result.id: pool.true})

    def typed(self, read: Expr, kind: Type) -> Expr:
        """Return what was read as a value of type ``kind``: in memory there is nothing else, unless words are aliased."""
        pool = self.path.builder.pool
        if isinstance(kind, IntType):
            if self.aliased and kind.bits > 1:
                return pool.wrap(read, kind.bits, signed=kind.signed)
            pool.ranges[read] = kind.low, kind.high
        elif isinstance(kind, PointerType) and not self.aliased:
            pool.ranges[read] = 0, (1 << 64) - 1
        return read

    def check_reads(self, rows: Sequence[Alternative], span: Span) -> None:
        """See to it that each of the rows has a read.

        Raises:
            GupError: one has none.

        """
        for item in rows:
            if all(step.kind is not StepKind.READ for step in item.row.steps):
                path = self.path.builder.target.path
                raise error("L003", f"the row of '{item.row.primitive}' has no read", span, f"see {path}")

    def write(self, rows: Sequence[Alternative], address: Value, value: Value, span: Span, text: str) -> None:
        """Perform the store of one of the rows, whose window is open."""
        path, pool = self.path, self.path.builder.pool
        for number, step in enumerate(merge(pool, [(item.chosen, item.row.steps) for item in rows])):
            if number:
                path.interruptions.window()
            guard = pool.land(path.state.guard, step.condition)
            if step.kind is StepKind.WRITE:
                path.emit(step.kind, step.tags, span, text, guard=guard, address=address, value=value)
            else:
                path.emit(step.kind, step.tags, span, text, guard=guard)

    # ── read-modify-writes ───────────────────────────────────────────────────────────────────────────────────────────

    def early_fences(self, rows: Sequence[Alternative], span: Span, text: str) -> "EarlyFences":
        """Perform what rows put before their read, where a machine does: there it does not depend on the outcome (T005).

        In the model of a language it is part of success, of which nothing is known before the read: it is performed with the
        read, or, where something may run in between, now, and :meth:`exchange` says where.
        """
        path, pool = self.path, self.path.builder.pool
        steps = merge(pool, [(item.chosen, item.row.steps[: before_read(item.row)]) for item in rows])
        language = path.builder.target.is_language
        if language and not path.interruptions.possible:
            return EarlyFences(steps=tuple((step.tags, step.condition) for step in steps))
        performed: list[tuple[int, Expr]] = []
        for step in steps:
            event = path.emit(step.kind, step.tags, span, text, guard=pool.land(path.state.guard, step.condition))
            performed.append((event.id, step.condition))
            path.interruptions.window()
        return EarlyFences(performed=tuple(performed) if language else ())

    def exchange(
        self,
        rows: Sequence[Alternative],
        early: "EarlyFences",
        address: Value,
        new: Value,
        success: Expr,
        span: Span,
        text: str,
        *,
        uses_old: bool,
    ) -> int:
        """Perform a read-modify-write, the read first.

        Args:
            rows: of which one is performed.
            early: what stands before the read.
            address: of the word.
            new: what is written, over the read's own value.
            success: where it is written.
            span: the place.
            text: the words.
            uses_old: whether the new value is computed from the old one.

        Returns:
            the id of the read: ``len(events) + len(early)`` at the call.

        """
        path, builder, pool = self.path, self.path.builder, self.path.builder.pool
        guard = path.state.guard
        wins, fails = pool.land(guard, success), pool.land(guard, pool.negation(success))
        language = builder.target.is_language
        for tags, condition in early.steps:
            path.emit(StepKind.FENCE, tags, span, text, guard=pool.land(wins, condition))
        for number, condition in early.performed:
            builder.events[number] = replace(builder.events[number], guard=pool.land(wins, condition))
        read_id = path.emit(StepKind.READ, read_tags(pool, rows, success), span, text, guard=guard, address=address).id
        # The model of a language counts what a new value is computed from as its data, the word's own old value too (herd7,
        # CSem.ml); for that of a machine rmw stands for it.
        deps = union(pool, new.deps, {read_id: pool.true}) if language and uses_old else new.deps
        stored = Value(new.expr, deps, new.picks)
        for step in merge(pool, [(item.chosen, item.row.steps[before_read(item.row) + 1 :]) for item in rows]):
            if step.kind is StepKind.WRITE:
                where = pool.land(wins, step.condition)
                part_of = read_id if builder.target.parts_unordered else None
                path.emit(
                    step.kind, step.tags, span, text, guard=where, address=address, part_of=part_of, value=stored, rmw=read_id
                )
            else:
                self._late_fence(step.tags, pool.land(success, step.condition), span, text)
        if fails is not pool.false:
            late = [(item.chosen, fences(item.row.failure or ())[0 if language else before_read(item.row) :]) for item in rows]
            for step in merge(pool, late):
                self._late_fence(step.tags, pool.land(pool.negation(success), step.condition), span, text)
        return read_id

    def _late_fence(self, tags: tuple[tuple[str, Expr], ...], condition: Expr, span: Span, text: str) -> None:
        path = self.path
        path.interruptions.window()
        path.emit(StepKind.FENCE, tags, span, text, guard=path.builder.pool.land(path.state.guard, condition))


@dataclass(frozen=True, slots=True)
class EarlyFences:
    """What stands before the read of a read-modify-write and is still to be settled.

    Attributes:
        steps: what has not been performed yet: tags, and by which row it is chosen.
        performed: what has been, though it is part of success alone: events, and likewise.

    """

    steps: tuple[tuple[tuple[tuple[str, Expr], ...], Expr], ...] = ()
    performed: tuple[tuple[int, Expr], ...] = ()

    def __len__(self) -> int:
        return len(self.steps)
