"""Writes one thread of an unrolled scenario as kernel C.

Events stand in program order, each read with a register of its own. What an event's guard says is the conditions of the ``if``
it stands in; neighbours share those they have in common. A condition that does not depend on all that the event's control
dependencies name gets a false dependency.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from gupproof.program.events import Event, Kind, Program, Stop
from gupproof.program.expr import Expr, Op
from gupproof.program.state import Deps, union
from gupproof.report import kernel_words
from gupproof.report.c_values import Text, Values
from gupproof.report.c_words import Words, below
from gupproof.report.refusals import refuse_scenario

_COUNTS = {Op.ADD: "add", Op.SUB: "sub", Op.AND: "and", Op.OR: "or", Op.XOR: "xor"}
_LOCK = "spinlock_t"
_COUNTER = "atomic_t"


@dataclass(frozen=True, slots=True)
class Update:
    """A read-modify-write: its events, whose row of the target table the text of each names."""

    read: Event
    write: Event
    members: frozenset[int]

    @property
    def row(self) -> str:
        """The name of the row."""
        return self.read.text.partition("(")[0]


@dataclass(slots=True)
class ThreadWriter:
    """Writes a thread.

    Attributes:
        program, words: what it is of.
        number: of the thread.
        values: its lines and registers.
        stops: where executions end that are not asked for.
        used: words it names.

    """

    program: Program
    words: Words
    number: int
    values: Values
    stops: Sequence[Stop]
    used: dict[str, None] = field(default_factory=dict)
    _open: list[tuple[object, Deps]] = field(default_factory=list)

    def write(self, chosen: dict[Expr, str]) -> None:
        """Write the steps.

        Args:
            chosen: what is chosen freely in this thread → the word to read it from.

        Raises:
            GupError: one has no primitive.
            SurplusError: what one depends on cannot be said.

        """
        for node, word in chosen.items():
            register = self.values.register()
            self.values.say(f"{register} = READ_ONCE(*{word});")
            self.values.results[node] = Text(register)
            self.used[word] = None
        events = [event for event in self.program.events if event.thread == self.number]
        updates = {member: update for update in _updates(events) for member in update.members}
        done: set[int] = set()
        for event in events:
            if event.id in done or self.values.settled(event.guard) is self.program.pool.false:
                continue
            self.values.span = event.span
            update = updates.get(event.id)
            if update is not None:
                done |= update.members
                self._under(update.read)
                self._update(update)
            else:
                self._under(event)
                self._step(event)
        self.finish()

    def finish(self) -> None:
        """Close what is open: what follows happens in any case."""
        while self._open:
            self._open.pop()
            self.values.closes()

    def text(self) -> str:
        """Return the function."""
        named = {name: address for address, name in self.words.names.items()}
        body = "\n".join(self.values.lines)
        used = [name for name in (*named, *(name for name in self.used if name not in named)) if _names(body, name)]
        parameters = ", ".join(declared_as(self.type_of(named.get(name)), f"*{name}") for name in used)
        # Herd7's grammar has no empty thread.
        declared = [f"  {line}" for line in self.values.declared or (() if self.values.lines else ("int r0;",))]
        return "\n".join([f"P{self.number}({parameters})", "{", *declared, *self.values.lines, "}", ""])

    def type_of(self, address: int | None) -> str:
        """Return the C type of a word."""
        if address is None:
            return "int"
        kind = self.words.locations[address].type_name
        return kind if kind in (_LOCK, _COUNTER) else "int *" if self.words.holds_pointer(address) else "int"

    # ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _under(self, event: Event) -> None:
        """Open and close blocks so that the next line stands under the guard of an event."""
        values, pool = self.values, self.program.pool
        conditions = pool.conjuncts(values.settled(event.guard))
        wanted = sorted((part for part in conditions if not self._skips(part, event)), key=lambda part: part.index)
        kept = 0
        while kept < len(self._open) and (self._open[kept][0] in wanted or self._still(self._open[kept][0], event)):
            kept += 1
        while len(self._open) > kept:
            self._open.pop()
            values.closes()
        there = {key for key, _ in self._open}
        for part in wanted:
            if part not in there:
                self._enter(part, values.value(part))
        if self._depends(event):
            deps = union(pool, *(deps for _, deps in self._open))
            for zero in values.missing(deps, event.ctrl, event.guard):
                self._enter(frozenset(zero.deps), Text(f"{zero.operand} == 0", zero.deps))

    def _skips(self, part: Expr, event: Event) -> bool:
        """Whether a condition only says that the thread has not stopped, and the event does not depend on it.

        So it is after a handler that waits: its victim goes on without knowing why it was late.
        """
        pool = self.program.pool
        if not self._depends(event) or part.op is not Op.NOT:
            return False
        if {node.value for node in below(part) if node.op is Op.READ} <= {item.source for item in event.ctrl}:
            return False
        stopped, there = pool.conjuncts(part.args[0]), pool.conjuncts(self.values.settled(event.guard))
        return any(
            stopped <= (condition := pool.conjuncts(self.values.settled(stop.condition))) and condition - stopped <= there
            for stop in self.stops
        )

    def _enter(self, key: object, condition: Text) -> None:
        self.values.opens(f"if ({condition.text})")
        self._open.append((key, condition.deps))

    def _still(self, key: object, event: Event) -> bool:
        """Whether a condition that is there for its dependency is still wanted."""
        return isinstance(key, frozenset) and key <= {item.source for item in event.ctrl}

    def _depends(self, event: Event) -> bool:
        """Whether what controls an event matters: no model of the kernel has a control dependency to a read."""
        return event.kind is Kind.WRITE or any(other.rmw == event.id for other in self.program.events)

    # ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _step(self, event: Event) -> None:
        match event.kind:
            case Kind.FENCE:
                tags = frozenset(tag for tag, _ in event.tags)
                call = kernel_words.fence(tags)
                if call is None:
                    raise refuse_scenario(f"no primitive is a fence in the sets {', '.join(sorted(tags))}", event.span)
                self.values.say(f"{call};")
            case Kind.READ:
                self._read(event)
            case Kind.WRITE:
                self._write(event)

    def _place(self, event: Event) -> tuple[str, str, str]:
        """Return the pointer to where an event goes, the place itself, and the type of what is there."""
        assert event.address is not None
        address = self.values.settled(event.address)
        text = self.values.depending(self.values.address(address), event.addr, event.guard)
        kinds = {self.type_of(word) for word in self.words.domains.addresses(event)}
        kind = _LOCK if _LOCK in kinds else kinds.pop() if len(kinds) == 1 else "int"
        return text.text, f"*{text.operand}", kind

    def _assign(self, event: Event, text: str, deps: Deps | None = None) -> None:
        pool = self.program.pool
        node = pool.read(event.id)
        register = self.values.register(pointer=self.words.is_pointer(node))
        self.values.say(f"{register} = {text};")
        result = Text(register, {event.id: pool.true, **(deps or {})})
        self.values.results[node] = self.values.returned[event.id] = result

    def _read(self, event: Event) -> None:
        pointer, place, kind = self._place(event)
        tags = frozenset(tag for tag, _ in event.tags)
        if tags == {"RL", "RU"}:
            call: str | None = f"spin_is_locked({pointer})"
        else:
            call = kernel_words.load(tags, pointer, place, counter=kind == _COUNTER)
        if call is None:
            raise refuse_scenario(f"no primitive reads in the sets {', '.join(sorted(tags))}", event.span)
        self._assign(event, call)

    def _write(self, event: Event) -> None:
        pointer, place, kind = self._place(event)
        tags = frozenset(tag for tag, _ in event.tags)
        if tags == {"UL"}:
            self.values.say(f"spin_unlock({pointer});")
            return
        if kind == _LOCK:
            raise refuse_scenario("a lock is written to as if it were a number", event.span)
        call = kernel_words.store(tags, pointer, place, self._stored(event).text, counter=kind == _COUNTER)
        if call is None:
            raise refuse_scenario(f"no primitive writes in the sets {', '.join(sorted(tags))}", event.span)
        self.values.say(f"{call};")

    def _stored(self, event: Event, operand: Expr | None = None) -> Text:
        """Return what an event writes, or the operand it computes that from, with what the value depends on."""
        assert event.value is not None
        value = self.values.settled(event.value) if operand is None else operand
        pointer = any(self.words.holds_pointer(word) for word in self.words.domains.addresses(event))
        wanted = [item for item in event.data if item.source != event.rmw]
        return self.values.depending(self.values.value(value, pointer=pointer), wanted, event.guard)

    # ── read-modify-writes ───────────────────────────────────────────────────────────────────────────────────────────

    def _update(self, update: Update) -> None:
        row, read = update.row, update.read
        pointer, _, kind = self._place(read)
        name, order = row, ""
        for ending in ("_relaxed", "_acquire", "_release"):
            if row.endswith(ending):
                name, order = row.removesuffix(ending), ending
        prefix = "atomic_" * (kind == _COUNTER)
        success = self._success(update)
        match name:
            case "xchg":
                self._assign(read, f"{prefix}{row}({pointer}, {self._stored(update.write).text})")
            case "cmpxchg":
                compared = self._compared(success, read)
                new = self._stored(update.write).text
                self._assign(read, f"{prefix}{row}({pointer}, {compared.text}, {new})")
            case "atomic_add" | "set_bit":
                self._counted(update, pointer, "")
            case "atomic_add_return" | "test_and_set_bit":
                self._counted(update, pointer, order, fetches=True)
            case "clear_bit_unlock":
                self._counted(update, pointer, "_release", fetches=True)
            case "atomic_add_unless":
                self._unless(update, pointer, success)
            case "spin_lock" | "spin_trylock":
                self._lock(update, pointer, row, success)
            case _:
                raise refuse_scenario(f"herd7 has no '{row}'", read.span)

    def _success(self, update: Update) -> Expr:
        """The condition under which the word is written."""
        pool = self.program.pool
        return pool.land(*sorted(pool.conjuncts(update.write.guard) - pool.conjuncts(update.read.guard), key=lambda e: e.index))

    def _compared(self, success: Expr, read: Event) -> Text:
        """Return what a word is compared with."""
        node = self.program.pool.read(read.id)
        if success.op is not Op.EQ or node not in success.args:
            raise refuse_scenario("a comparison that is settled beforehand, or computes with what it reads", read.span)
        other = success.args[1] if success.args[0] is node else success.args[0]
        return self.values.value(self.values.settled(other), pointer=self.words.is_pointer(node))

    def _operand(self, update: Update) -> tuple[str, Text]:
        """Return the operation of an arithmetic read-modify-write and its operand."""
        write, pool = update.write, self.program.pool
        assert write.value is not None
        value, node = self.values.settled(write.value), pool.read(update.read.id)
        if value is node:
            # Nothing is added.
            return "add", self._stored(write, pool.false)
        if value.op not in _COUNTS or value.args[0] is not node:
            raise refuse_scenario("arithmetic that is no operation of the kernel's atomics", write.span)
        operation, operand = _COUNTS[value.op], value.args[1]
        if value.op is Op.AND and operand.op is Op.CONST and operand.value < 0:
            operation, operand = "andnot", pool.const(~operand.value)
        elif value.op is Op.AND and operand.op is Op.INVERT:
            operation, operand = "andnot", operand.args[0]
        elif value.op is Op.ADD and operand.op is Op.CONST and operand.value < 0:
            operation, operand = "sub", pool.const(-operand.value)
        return operation, self._stored(write, operand)

    def _counted(self, update: Update, pointer: str, order: str, *, fetches: bool = False) -> None:
        operation, operand = self._operand(update)
        if fetches:
            self._assign(update.read, f"atomic_fetch_{operation}{order}({operand.text}, {pointer})", operand.deps)
        else:
            self.values.say(f"atomic_{operation}({operand.text}, {pointer});")

    def _unless(self, update: Update, pointer: str, success: Expr) -> None:
        pool, read = self.program.pool, update.read
        operation, operand = self._operand(update)
        inner = success.args[0] if success.op is Op.NOT else success
        if inner.op is Op.LT:
            raise refuse_scenario("herd7 has no atomic_dec_if_positive()", read.span)
        compared = self._compared(inner, read)
        amount = operand.text if operation == "add" else f"0 - {operand.operand}"
        register = self.values.register()
        self.values.say(f"{register} = atomic_add_unless({pointer}, {amount}, {compared.text});")
        deps = union(pool, {read.id: pool.true}, operand.deps, compared.deps)
        # Only whether it was done is returned, and not the old value.
        self.values.results[success] = self.values.returned[read.id] = Text(register, deps)
        self.values.results[inner] = Text(f"{register} == 0", deps)

    def _lock(self, update: Update, pointer: str, row: str, success: Expr) -> None:
        pool, read = self.program.pool, update.read
        if row == "spin_lock":
            self.values.say(f"spin_lock({pointer});")
            return
        register = self.values.register()
        self.values.say(f"{register} = spin_trylock({pointer});")
        deps = {read.id: pool.true}
        self.values.results[success] = self.values.returned[read.id] = Text(register, deps)
        self.values.results[pool.negation(success)] = Text(f"{register} == 0", deps)
        self.values.results[pool.read(read.id)] = Text(f"{register} == 0", deps)


def _updates(events: list[Event]) -> list[Update]:
    """Return the read-modify-writes of a thread, with the fences that belong to them."""
    found = []
    by_id = {event.id: event for event in events}
    for write in events:
        if write.rmw is None:
            continue
        read = by_id[write.rmw]
        members = {read.id, write.id}
        for step in (-1, 1):
            near = (read.id if step < 0 else write.id) + step
            while (
                (event := by_id.get(near)) is not None
                and event.kind is Kind.FENCE
                and (event.text, event.span, event.calls) == (read.text, read.span, read.calls)
            ):
                members.add(near)
                near += step
        found.append(Update(read, write, frozenset(members)))
    return found


def locks_had(program: Program) -> dict[Expr, Expr]:
    """Return what holds where no thread waits for ever for a lock: that it is free when it is taken."""
    pool = program.pool
    known: dict[Expr, Expr] = {}
    for write in program.events:
        if write.rmw is not None:
            read = program.events[write.rmw]
            if read.text.partition("(")[0] == "spin_lock":
                known[pool.read(read.id)] = pool.false
    return known


def declared_as(kind: str, name: str) -> str:
    """Return a declaration."""
    return f"{kind}{name}" if kind.endswith("*") else f"{kind} {name}"


def _names(body: str, name: str) -> bool:
    return re.search(rf"\b{name}\b", body) is not None
