"""The part of an assembly thread that all architectures share: registers, branches, labels, loads and stores.

A thread is run symbolically, instruction by instruction. A branch keeps what it jumps with until its label comes; a jump
backwards is taken up in the next copy of the code, as often as the bound allows. A control dependency reaches everything after
the branch, whichever way it went.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum

from gupproof.diagnostics import Span
from gupproof.litmus.code import Code, place
from gupproof.litmus.form import Line, Unsupported
from gupproof.litmus.forwarding import Forwarded, Stores, where
from gupproof.litmus.memory import Memory
from gupproof.litmus.picks import Picked, Picks, picks_of
from gupproof.program.builder import Builder
from gupproof.program.events import Event, StopReason
from gupproof.program.expr import Expr, Op
from gupproof.program.state import NO_DEPS, Deps, Exit, Operand, Register, State, Value, join_registers, select, union
from gupproof.program.targets import StepKind

# However much is known, this often code is copied at most.
_MOST_COPIES = 1000
# What the registers of picks are called.
_PICKS = " picks"
# Tags of Arm's loads that stores behind them wait for.
ACQUIRES = frozenset({"A", "Q"})


class Own(Enum):
    """What the write of a read-modify-write takes from its own read, as the manual's pseudocode has it."""

    NOTHING = "nothing"  # a swap
    VALUE = "value"  # it computes with it
    CHOICE = "choice"  # it compares it


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
        memory: the words that may be accessed, and the sizes they are accessed with.
        thread: its number.
        path: of the file, for places.
        state: path condition, control dependencies, registers.
        picks: what dependencies come of choices.
        line: the instruction being run.
        exclusive: the latest load-exclusive on this path.

    """

    builder: Builder
    memory: Memory
    thread: int
    path: str
    state: State
    picks: Picks = Picks.ORDERED
    line: Line = field(default_factory=lambda: Line("", 0))
    exclusive: Exclusive | None = None
    _stores: Stores = field(init=False)
    # What came back through memory picked which reads, and what of that all further stores wait for.
    _behind_reads: dict[int, Deps] = field(default_factory=dict)
    _held: Deps = field(default_factory=dict)
    _guessed: bool = False
    _jumps: dict[str, list[tuple[Exit, Deps]]] = field(default_factory=dict)
    _again: dict[str, list[tuple[Exit, Deps]]] = field(default_factory=dict)
    _ends: list[Exit] = field(default_factory=list)
    _behind: set[str] = field(default_factory=set)
    _at: int = 0
    _first: int = 0  # event of the instruction being run
    _code: Code = field(default_factory=Code)

    def __post_init__(self) -> None:
        self._stores = Stores(self.builder.pool)

    # ── control ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def run(self, lines: tuple[Line, ...], execute: Callable[["Machine", str], None], *, unroll: int) -> None:
        """Run the thread; ``execute`` performs one instruction, raising Unsupported for one it does not know.

        As in herd7 a conditional jump backwards that is known to be taken does not count towards ``unroll``.
        """
        pool, rounds = self.builder.pool, 0
        self._code = Code(self.thread, lines)
        for _ in range(_MOST_COPIES):
            self._behind = set()
            for self._at, line in enumerate(lines):
                self.line = line
                self._label(place(self._at))
                if line.text.endswith(":"):
                    self._label(line.text[:-1])
                elif self.state.guard is not pool.false:
                    self._first = len(self.builder.events)
                    execute(self, line.text)
            self._label(place(len(lines)))
            if missing := [label for label in self._jumps if label not in self._behind]:
                raise Unsupported(f"instruction: a jump to '{missing[0]}', which is no label")
            self._ends.append(Exit(self.state.guard, self.state.registers))
            self._jumps, self._again = self._again, {}
            self.state.guard = pool.false
            if not self._jumps:
                break
            rounds, self._guessed = rounds + self._guessed, False
            if rounds > unroll:
                break
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
            state.ctrl = union(pool, state.ctrl, condition.deps, self._picks_of(condition))
        leaving = pool.land(state.guard, taken)
        if leaving is not pool.false:
            waiting = self._again if label in self._behind else self._jumps
            self._guessed |= label in self._behind and (condition is None or leaving is not pool.true)
            waiting.setdefault(label, []).append((Exit(leaving, dict(state.registers)), state.ctrl))
        state.guard = pool.land(state.guard, pool.negation(taken))

    def following(self) -> Value:
        """Return the address of the next instruction: where a call returns to."""
        return self.const(self._code.take(self._at + 1))

    def label(self, name: str) -> Value | None:
        """Return the address of a label of this thread; None if there is none."""
        address = self._code.label(name)
        return None if address is None else self.const(address)

    def labels(self) -> dict[int, str]:
        """Return the names of the code's addresses that the thread may have."""
        return self._code.names()

    def away(self, distance: int) -> str:
        """Return what to jump to for the instruction that many bytes away."""
        return self._code.away(self._at, distance)

    def jump_to(self, target: Value, *, leaves: bool = False) -> None:
        """Jump to an address that was taken; to another one it is a return to the caller, where that is meant.

        Raises:
            Unsupported: it may lead elsewhere.

        """
        pool = self.builder.pool
        for index in sorted(self._code.taken):
            here = self.apply(Op.EQ, target, self.const(self._code.take(index)))
            if here.expr is not pool.false:
                self.jump(place(index), here)
        if self.state.guard is not pool.false and not leaves:
            raise Unsupported(f"instruction: '{self.line.text}' may jump to what is no label of its thread")
        self.leave()

    def leave(self) -> None:
        """End the thread here: a return to what called it."""
        self._ends.append(Exit(self.state.guard, dict(self.state.registers)))
        self.state.guard = self.builder.pool.false

    # ── registers ────────────────────────────────────────────────────────────────────────────────────────────────────

    def get(self, register: str) -> Value:
        """Return what a register holds; 0 before anything was written."""
        value = self._read(register)
        picks = self._read(register + _PICKS).deps
        return Picked(value.expr, value.deps, picks) if picks else value

    def _read(self, register: str) -> Value:
        value = self.state.registers.get((self.thread, register), Value(self.builder.pool.false))
        assert isinstance(value, Value)
        return value

    def set(self, register: str, value: Value) -> None:
        """Write a register."""
        picks, shadow = self._picks_of(value), (self.thread, register + _PICKS)
        self.state.registers[self.thread, register] = Value(value.expr, value.deps)
        # A register beside it, so that paths join the picks as they join the dependencies.
        if picks or shadow in self.state.registers:
            self.state.registers[shadow] = Value(self.builder.pool.false, picks)

    def _chosen_by(self, *reads: Deps) -> Deps:
        return union(self.builder.pool, *reads) if self.picks is Picks.ORDERED else NO_DEPS

    def _picks_of(self, value: Value) -> Deps:
        return self._chosen_by(picks_of(value))

    def const(self, value: int) -> Value:
        """Return a constant."""
        return Value(self.builder.pool.const(value))

    def apply(self, op: Op, *operands: Value) -> Value:
        """Return ``op`` applied to values; it depends syntactically on all of them."""
        pool = self.builder.pool
        expr = self._known(op, *(operand.expr for operand in operands))
        deps = union(pool, *(operand.deps for operand in operands))
        picks = union(pool, *map(picks_of, operands))
        return Picked(expr, deps, picks) if picks else Value(expr, deps)

    def _known(self, op: Op, *args: Expr) -> Expr:
        """Make an expression; what a false dependency computes, ``r ^ r`` or ``r & 0``, is known."""
        pool = self.builder.pool
        first, last = args[0], args[-1]
        if (op is Op.XOR and first is last) or (op in (Op.AND, Op.MUL) and pool.false in (first, last)):
            return pool.false
        if op in (Op.XOR, Op.OR) and pool.false in (first, last):
            return last if first is pool.false else first
        if op in (Op.SHL, Op.SHR) and last is pool.false:
            return first
        if op in (Op.AND, Op.OR) and first is last:
            return first
        return pool.make(op, *args)

    def pick(self, condition: Value, then: Value, otherwise: Value) -> Value:
        """Return ``then`` where ``condition`` holds, else ``otherwise``: it depends on the one chosen, and is picked."""
        pool = self.builder.pool
        picks = select(pool, condition.expr, picks_of(then), picks_of(otherwise))
        return Picked(
            pool.make(Op.ITE, condition.expr, then.expr, otherwise.expr),
            select(pool, condition.expr, then.deps, otherwise.deps),
            union(pool, picks, condition.deps, picks_of(condition)),
        )

    def choose(self) -> Expr:
        """Return a free boolean."""
        pool = self.builder.pool
        return pool.make(Op.EQ, self.builder.choice((0, 1)), pool.true)

    # ── memory ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def span(self) -> Span:
        """Where the instruction stands."""
        return Span(self.path, self.line.line, 1, self.line.line, 2)

    def _check_address(self, address: Value) -> Expr:
        """Return the guard of an access; outside every location it is a fault."""
        pool = self.builder.pool
        valid = pool.valid(address.expr)
        fault = pool.land(self.state.guard, pool.negation(valid))
        self.builder.fault(fault, "an access to what is no location", self.span)
        return pool.land(self.state.guard, valid)

    def _emit(self, kind: StepKind, tags: Iterable[str], guard: Expr, **parts: object) -> Event:
        always = self.builder.pool.true
        listed = [(tag, always) for tag in tags]
        later = len(self.builder.events) > self._first and self.builder.target.parts_unordered
        return self.builder.emit(
            kind,
            listed,
            self.state,
            self.thread,
            self.span,
            guard=guard,
            text=self.line.text,
            part_of=self._first if later else None,
            **parts,  # type: ignore[arg-type]
        )

    def load(self, address: Value, size: int, *tags: str) -> Value:
        """Perform a load of ``size`` bytes and return its value, which has no more."""
        pool = self.builder.pool
        self.state.ctrl = union(pool, self.state.ctrl, self._picks_of(address))
        guard = self._check_address(address)
        event = self._emit(StepKind.READ, tags, guard, address=address)
        self.memory.note(event.id, size)
        back = self._stores.seen_by(address.expr)
        value = self._loaded(event.id, back)
        if back and self.picks is Picks.ORDERED:
            self._behind_reads[event.id] = where(pool, guard, union(pool, back.deps, back.picks))
            if not ACQUIRES.isdisjoint(tags):
                self._hold_stores(self._behind_reads[event.id], where(pool, guard, back.halves))
        if self.memory.largest > 8 * size:
            self.memory.widths[event.id] = self.memory.largest
            value = self.apply(Op.AND, value, self.const((1 << 8 * size) - 1))
        return value

    def _loaded(self, event: int, back: Forwarded) -> Value:
        """Return what a read gives; it comes first among what that depends on."""
        pool = self.builder.pool
        deps = {event: pool.true, **back.deps}
        return Picked(pool.read(event), deps, back.picks) if back.picks else Value(pool.read(event), deps)

    def wait_for_reads(self) -> None:
        """Have later stores wait for what the reads so far were picked by: a barrier stands here that waits for reads."""
        pool = self.builder.pool
        self._hold_stores(*(where(pool, self.state.guard, picks) for picks in self._behind_reads.values()))

    def _hold_stores(self, *picks: Deps) -> None:
        """Have later stores wait for what picked a read, where its value came back through memory.

        What is ordered after such a read is so after its picks, too, if it is a store (B2.3.3, pick-locally-ordered-before).
        Dependencies on the read carry them along; acquires and barriers do it by this.
        """
        self._held = union(self.builder.pool, self._held, *picks)

    def store(
        self,
        address: Value,
        value: Value,
        size: int,
        *tags: str,
        guard: Expr | None = None,
        rmw: int | None = None,
        ctrl: Deps = NO_DEPS,
        own: Own = Own.NOTHING,
    ) -> int:
        """Perform a store of ``size`` bytes and return its event.

        Args:
            address: of the store.
            value: stored; it must fit.
            size: in bytes.
            tags: of the event.
            guard: where it happens, besides the path condition.
            rmw: the read it is the other half of.
            ctrl: what it depends on as after a branch, besides what the thread does.
            own: what it takes from that read.

        """
        pool, state = self.builder.pool, self.state
        state.ctrl = union(pool, state.ctrl, self._picks_of(address))
        allowed = self._check_address(address)
        happens = allowed if guard is None else pool.land(allowed, guard)
        before = state.ctrl
        picks = ctrl if self.picks is Picks.COMPARED else self._chosen_by(picks_of(value), ctrl)
        # What picked the one half of a pair is before the other half.
        halves = NO_DEPS if rmw is None else self._behind_reads.get(rmw, NO_DEPS)
        state.ctrl = union(pool, before, picks, halves, self._held)
        event = self._emit(StepKind.WRITE, tags, happens, address=address, value=value, rmw=rmw).id
        state.ctrl = before
        self.memory.note(event, size)
        taken: Deps = NO_DEPS if rmw is None else {rmw: pool.true}
        match own:
            case Own.NOTHING:
                passes = Forwarded(picks=self._chosen_by(picks), halves=halves)
            case Own.VALUE:
                passes = Forwarded(taken, self._chosen_by(picks, halves), halves)
            case Own.CHOICE:
                passes = Forwarded(picks=self._chosen_by(picks, taken, halves), halves=halves)
        self._stores.add(address.expr, happens, passes)
        return event

    def fence(self, *tags: str) -> None:
        """Perform a fence."""
        self._emit(StepKind.FENCE, tags, self.state.guard)

    def exchange(
        self,
        address: Value,
        size: int,
        new: Callable[[Value], Value],
        *,
        read: tuple[str, ...] = (),
        write: tuple[str, ...] = (),
        success: Callable[[Value], Expr] | None = None,
        ctrl: Deps = NO_DEPS,
        own: Own = Own.NOTHING,
    ) -> Value:
        """Perform a single-instruction read-modify-write and return the old value.

        Args:
            address: of both halves.
            size: in bytes.
            new: what is written, from what was read; it must fit.
            read: tags of the read.
            write: tags of the write.
            success: whether it writes, from what was read.
            ctrl: what that decision depends on, besides what was read.
            own: what the write takes from what was read, where its architecture orders by that.

        """
        pool = self.builder.pool
        old = self.load(address, size, *read)
        guard = success(old) if success is not None else pool.true
        number = next(iter(old.deps))
        # What the instruction computes of its own read is no dependency between instructions: rmw stands for it.
        value = new(old)
        deps = {source: condition for source, condition in value.deps.items() if source != number}
        written = Picked(value.expr, deps, picks_of(value)) if picks_of(value) else Value(value.expr, deps)
        self.store(address, written, size, *write, guard=guard, rmw=number, ctrl=ctrl, own=own)
        return old

    def load_exclusive(self, address: Value, size: int, *tags: str) -> Value:
        """Perform a load-exclusive: it arms the monitor."""
        value = self.load(address, size, *tags)
        self.exclusive = Exclusive(next(iter(value.deps)), address, self.state.guard)
        return value

    def store_exclusive(
        self, address: Value, value: Value, size: int, *tags: str, status_depends: bool = False, fails_elsewhere: bool = False
    ) -> Value:
        """Perform a store-exclusive and return its status: 0 if it stored. It may always fail, and it disarms the monitor.

        Args:
            address: of the store.
            value: stored.
            size: in bytes.
            tags: of the store.
            status_depends: whether what uses the status depends on the store (RISC-V), or on nothing (Arm).
            fails_elsewhere: whether it fails at another address than that of the load (Power). Arm leaves that open
                (DDI 0487, B2.12.5), and so does RISC-V (volume I, "Zalrsc": a reservation may cover more than was loaded).

        Raises:
            Unsupported: whether it fails is open.

        """
        pool, armed = self.builder.pool, self.exclusive
        self.exclusive = None
        if armed is None:
            return self.const(1)
        if not pool.conjuncts(armed.guard) <= pool.conjuncts(self.state.guard):
            raise Unsupported("instruction: a store-exclusive whose load-exclusive is on another path")
        same, chosen = pool.make(Op.EQ, armed.address.expr, address.expr), self.choose()
        if same is not pool.true and not fails_elsewhere:
            raise Unsupported("unpredictable: a store-exclusive at another address than the load-exclusive's")
        success = pool.land(chosen, same)
        event = self.store(address, value, size, *tags, guard=success, rmw=armed.read)
        deps = {event: pool.true} if status_depends else {}
        return Value(pool.make(Op.ITE, success, pool.false, pool.true), deps)
