"""The part of an assembly thread that all architectures share: registers, branches, labels, loads and stores.

A thread is run symbolically, instruction by instruction. A branch keeps what it jumps with until its label comes; a jump
backwards is taken up in the next copy of the code, as often as the bound allows. A control dependency reaches everything after
the branch, whichever way it went.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from gupproof.diagnostics import Span
from gupproof.litmus.form import Line
from gupproof.litmus.frame import Unsupported
from gupproof.program.builder import Builder
from gupproof.program.events import CheckKind, Event, StopReason
from gupproof.program.expr import Expr, Op
from gupproof.program.state import Deps, Exit, Operand, Register, State, Value, join_registers, union
from gupproof.program.targets import StepKind


@dataclass(frozen=True, slots=True)
class Exclusive:
    """The monitor after a load-exclusive: which read, of which address, under which guard."""

    read: int
    address: Value
    guard: Expr


@dataclass(slots=True)
class Machine:
    """One thread of assembly.

    Attributes:
        builder: receives the events.
        thread: its number.
        path: of the file, for places.
        state: path condition, control dependencies, registers.
        line: the instruction being run.
        exclusive: the latest load-exclusive on this path.
        sizes: of the accesses so far, in bytes, where the architecture tells them apart.

    """

    builder: Builder
    thread: int
    path: str
    state: State
    line: Line = field(default_factory=lambda: Line("", 0))
    exclusive: Exclusive | None = None
    sizes: set[int] = field(default_factory=set)
    _jumps: dict[str, list[tuple[Exit, Deps]]] = field(default_factory=dict)
    _again: dict[str, list[tuple[Exit, Deps]]] = field(default_factory=dict)
    _ends: list[Exit] = field(default_factory=list)
    _behind: set[str] = field(default_factory=set)

    # ── control ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def run(self, lines: tuple[Line, ...], execute: Callable[["Machine", str], None], *, unroll: int) -> None:
        """Run the thread; ``execute`` performs one instruction, raising Unsupported for one it does not know."""
        pool = self.builder.pool
        for copy in range(unroll + 1):
            self._behind = set()
            for line in lines:
                self.line = line
                if line.text.endswith(":"):
                    self._label(line.text[:-1])
                elif self.state.guard is not pool.false:
                    execute(self, line.text)
            if missing := [label for label in self._jumps if label not in self._behind]:
                raise Unsupported(f"a jump to '{missing[0]}', which is no label")
            self._ends.append(Exit(self.state.guard, self.state.registers))
            self._jumps, self._again = self._again, {}
            self.state.guard = pool.false
            if not self._jumps:
                break
            if copy == unroll:
                for jumps in self._jumps.values():
                    for leaving, _ in jumps:
                        self.builder.stop(StopReason.BOUND, leaving.guard, self.span)
        self.state.registers = self._joined([end for end in self._ends if end.guard is not pool.false] or self._ends)

    def _joined(self, exits: list[Exit]) -> dict[Register, Operand]:
        """Join registers; one that a path has not written is 0 on it."""
        zero = Value(self.builder.pool.false)
        names = dict.fromkeys(name for item in exits for name in item.registers)
        filled = [Exit(item.guard, {name: item.registers.get(name, zero) for name in names}) for item in exits]
        return join_registers(self.builder.pool, filled)

    def _label(self, label: str) -> None:
        pool, state = self.builder.pool, self.state
        self._behind.add(label)
        arriving = self._jumps.pop(label, [])
        if not arriving:
            return
        exits = [item for item, _ in arriving]
        if state.guard is not pool.false:
            exits.append(Exit(state.guard, state.registers))
        state.registers = self._joined(exits)
        state.guard = pool.lor(*(item.guard for item in exits))
        state.ctrl = union(pool, state.ctrl, *(ctrl for _, ctrl in arriving))

    def jump(self, label: str, condition: Value | None = None) -> None:
        """Jump, where ``condition`` (a boolean) holds if one is given."""
        pool, state = self.builder.pool, self.state
        taken = pool.true if condition is None else condition.expr
        if condition is not None:
            state.ctrl = union(pool, state.ctrl, condition.deps)
        leaving = pool.land(state.guard, taken)
        if leaving is not pool.false:
            waiting = self._again if label in self._behind else self._jumps
            waiting.setdefault(label, []).append((Exit(leaving, dict(state.registers)), state.ctrl))
        state.guard = pool.land(state.guard, pool.negation(taken))

    # ── registers ────────────────────────────────────────────────────────────────────────────────────────────────────

    def get(self, register: str) -> Value:
        """Return what a register holds; 0 before anything was written."""
        value = self.state.registers.get((self.thread, register), Value(self.builder.pool.false))
        assert isinstance(value, Value)
        return value

    def set(self, register: str, value: Value) -> None:
        """Write a register."""
        self.state.registers[self.thread, register] = value

    def const(self, value: int) -> Value:
        """Return a constant."""
        return Value(self.builder.pool.const(value))

    def apply(self, op: Op, *operands: Value) -> Value:
        """Return ``op`` applied to values; it depends syntactically on all of them."""
        pool = self.builder.pool
        expr = pool.make(op, *(operand.expr for operand in operands))
        return Value(expr, union(pool, *(operand.deps for operand in operands)))

    def choose(self) -> Expr:
        """Return a free boolean."""
        pool = self.builder.pool
        return pool.make(Op.EQ, self.builder.choice((0, 1)), pool.true)

    # ── memory ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def span(self) -> Span:
        """Where the instruction stands."""
        return Span(self.path, self.line.line, 1, self.line.line, 2)

    def sized(self, size: int) -> None:
        """Note the size of an access."""
        self.sizes.add(size)

    def _check_address(self, address: Value) -> Expr:
        """Return the guard of an access; outside every location it is a fault."""
        pool = self.builder.pool
        valid = pool.valid(address.expr)
        fault = pool.land(self.state.guard, pool.negation(valid))
        self.builder.check(CheckKind.FAULT, fault, "an access to what is no location", self.span)
        return pool.land(self.state.guard, valid)

    def _emit(self, kind: StepKind, tags: Iterable[str], guard: Expr, **parts: object) -> Event:
        always = self.builder.pool.true
        listed = [(tag, always) for tag in tags]
        return self.builder.emit(
            kind,
            listed,
            self.state,
            self.thread,
            self.span,
            guard=guard,
            text=self.line.text,
            **parts,  # type: ignore[arg-type]
        )

    def load(self, address: Value, *tags: str) -> Value:
        """Perform a load and return its value."""
        event = self._emit(StepKind.READ, tags, self._check_address(address), address=address)
        return Value(self.builder.pool.read(event.id), {event.id: self.builder.pool.true})

    def store(self, address: Value, value: Value, *tags: str, guard: Expr | None = None, rmw: int | None = None) -> int:
        """Perform a store and return its event."""
        allowed = self._check_address(address)
        where = allowed if guard is None else self.builder.pool.land(allowed, guard)
        return self._emit(StepKind.WRITE, tags, where, address=address, value=value, rmw=rmw).id

    def fence(self, *tags: str) -> None:
        """Perform a fence."""
        self._emit(StepKind.FENCE, tags, self.state.guard)

    def exchange(
        self,
        address: Value,
        new: Callable[[Value], Value],
        *,
        read: tuple[str, ...] = (),
        write: tuple[str, ...] = (),
        success: Callable[[Value], Expr] | None = None,
    ) -> Value:
        """Perform a single-instruction read-modify-write and return the old value."""
        pool = self.builder.pool
        old = self.load(address, *read)
        guard = success(old) if success is not None else pool.true
        # What the instruction computes of its own read is no dependency between instructions: rmw stands for it.
        value = new(old)
        number = old.expr.value
        deps = {source: condition for source, condition in value.deps.items() if source != number}
        self.store(address, Value(value.expr, deps), *write, guard=guard, rmw=number)
        return old

    def load_exclusive(self, address: Value, *tags: str) -> Value:
        """Perform a load-exclusive: it arms the monitor."""
        value = self.load(address, *tags)
        self.exclusive = Exclusive(value.expr.value, address, self.state.guard)
        return value

    def store_exclusive(self, address: Value, value: Value, *tags: str, status_depends: bool = False) -> Value:
        """Perform a store-exclusive and return its status: 0 if it stored. It may always fail, and it disarms the monitor.

        Args:
            address: of the store.
            value: stored.
            tags: of the store.
            status_depends: whether what uses the status depends on the store (RISC-V), or on nothing (Arm).

        """
        pool, armed = self.builder.pool, self.exclusive
        self.exclusive = None
        if armed is None:
            return self.const(1)
        if not pool.conjuncts(armed.guard) <= pool.conjuncts(self.state.guard):
            raise Unsupported("a store-exclusive whose load-exclusive is on another path")
        same = pool.make(Op.EQ, armed.address.expr, address.expr)
        success = pool.land(self.choose(), same)
        event = self.store(address, value, *tags, guard=success, rmw=armed.read)
        deps = {event: pool.true} if status_depends else {}
        return Value(pool.make(Op.ITE, success, pool.false, pool.true), deps)
