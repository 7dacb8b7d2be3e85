"""Expressions and places of the typed tree, evaluated from left to right on the registers of a CPU."""

from abc import abstractmethod
from typing import assert_never

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.language.types import ATOMIC, BOOL, INT, SPINLOCK, SRCU, ArrayType, IntType, PointerType, StructType, Type
from gupproof.meaning import integers
from gupproof.meaning.cpu import Cpu, FaultError, Run
from gupproof.meaning.registers import Frame, GhostAddress, RegisterAddress, UninitialisedError, Value, number, truth
from gupproof.meaning.requests import ADDRESSES, Enter, Look, Read, Section, SetGhost, Update, Write, as_kind

# A place in memory: an address, and whether an array's end was passed on the way; or a register.
Spot = tuple[int, bool] | RegisterAddress | GhostAddress


class Expressions(Cpu):
    """Evaluates expressions."""

    @abstractmethod
    def called(self, node: typed.Call, arguments: tuple[Value, ...]) -> Run[Value]:
        """Run a function and return its result, 0 if it has none."""

    def value(self, node: typed.Expr) -> Run[Value]:
        """Return the value of an expression, as one of its type.

        Raises:
            FaultError: it faults.
            UninitialisedError: it reads a local that has no value.

        """
        match node:
            case typed.Const():
                return as_kind(node.value, node.type)
            case typed.Local():
                return (yield from self.register(self.resolved(node.name), node.span))
            case typed.LocalAddress():
                return self.resolved(node.name)
            case typed.Config():
                return self.source.switches[node.name]
            case typed.NoOverflow():
                raise AssertionError("`no_overflow` is a question about a final state")
            case typed.Load():
                spot = yield from self.place(node.place)
                return (yield from self.read(spot, self.row(node.slot, node.primitive), node.type, node.span))
            case typed.AddressOf():
                return address_of((yield from self.place(node.place)))
            case typed.Unary():
                return self._unary(node, (yield from self.value(node.operand)))
            case typed.Binary():
                left = yield from self.value(node.left)
                right = yield from self.value(node.right)
                return self.binary(node, left, right)
            case typed.Logical():
                left = yield from self.value(node.left)
                if truth(left) == (node.operator == "||"):
                    return int(truth(left))
                return int(truth((yield from self.value(node.right))))
            case typed.Conditional():
                condition = yield from self.value(node.condition)
                return (yield from self.converted(node.then if truth(condition) else node.otherwise, node.type))
            case typed.Cast():
                return (yield from self.converted(node.operand, node.type))
            case typed.Increment():
                return (yield from self._increment(node))
            case typed.Choose():
                values = []
                for option in node.options:
                    values.append((yield from self.converted(option, node.type)))  # noqa: PERF401 - a comprehension cannot yield
                return values[(yield from self.pick(len(values), node.span))]
            case typed.Rmw():
                return (yield from self._update(node))
            case typed.CondLoad():
                return (yield from self._awaited_load(node))
            case typed.SrcuLock():
                return (yield from self._srcu_lock(node))
            case typed.Call():
                return (yield from self._call(node))
            case _:
                assert_never(node)

    def converted(self, node: typed.Expr, kind: Type) -> Run[Value]:
        """Return the value of an expression as if assigned to something of type ``kind``."""
        value = yield from self.value(node)
        return value if isinstance(value, RegisterAddress | GhostAddress) else as_kind(value, kind)

    # ── registers ────────────────────────────────────────────────────────────────────────────────────────────────────

    def resolved(self, name: str) -> RegisterAddress | GhostAddress:
        """Return which register a name stands for."""
        frame = self.frame
        if name not in frame.registers and frame.sees_ghosts and self._is_ghost(name):
            return GhostAddress(name)
        return RegisterAddress(len(self.frames) - 1, name)

    def register(self, which: RegisterAddress | GhostAddress, span: Span) -> Run[Value]:
        """Return the value of a register; that of a ghost is looked at in a step.

        Raises:
            UninitialisedError: it has none.

        """
        if isinstance(which, GhostAddress):
            seen = yield from self.step(Look(which.name), span)
            assert isinstance(seen, int | RegisterAddress | GhostAddress)
            return seen
        value = self.frames[which.frame].registers.get(which.name)
        if value is None:
            raise UninitialisedError(which.name, span)
        self.trail.append(value)
        return value

    def assign(self, which: RegisterAddress | GhostAddress, value: Value, span: Span) -> Run[None]:
        """Give a register a value of its type; a ghost, in a step."""
        if isinstance(which, GhostAddress):
            yield from self.step(SetGhost(which.name, value), span)
        else:
            self.frames[which.frame].registers[which.name] = value

    def _is_ghost(self, name: str) -> bool:
        return any(ghost.name == name for ghost in self.source.scenario.ghosts)

    # ── memory ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def place(self, node: typed.Place) -> Run[Spot]:
        """Return where a place is. That nothing is there is not found out before it is accessed.

        Raises:
            FaultError: working out where it is faults.

        """
        layout = self.source.layout
        match node:
            case typed.Object():
                return layout.base(node.name), False
            case typed.Deref():
                pointer = yield from self.value(node.pointer)
                return (pointer, False) if isinstance(pointer, int) else pointer
            case typed.Field():
                base, astray = in_memory((yield from self.place(node.base)))
                kind = node.base.type
                assert isinstance(kind, StructType)
                return (base + layout.offsets(kind.name)[node.index]) % ADDRESSES, astray
            case typed.Index():
                base, astray = in_memory((yield from self.place(node.base)))
                index = number((yield from self.value(node.index)))
                array = node.base.type
                assert isinstance(array, ArrayType)
                outside = not 0 <= index < array.length
                return (base + index * layout.size(node.type)) % ADDRESSES, astray or outside
            case _:
                assert_never(node)

    def read(self, spot: Spot, primitive: str, kind: Type, span: Span) -> Run[Value]:
        """Load from a place."""
        if not isinstance(spot, tuple):
            return (yield from self.register(spot, span))
        answer = yield from self.step(Read(primitive, self.sound(spot, span), kind), span)
        assert isinstance(answer, int)
        return answer

    def write(self, spot: Spot, primitive: str, value: Value, span: Span) -> Run[None]:
        """Store to a place."""
        if isinstance(spot, tuple):
            yield from self.step(Write(primitive, self.sound(spot, span), number(value)), span)
        else:
            yield from self.assign(spot, value, span)

    def sound(self, spot: Spot, span: Span) -> int:
        """Return the address of a place that is about to be accessed.

        Raises:
            FaultError: nothing is there.

        """
        address, astray = in_memory(spot)
        if astray or address not in self.source.layout.index:
            reason = "an access past the end of an array" if astray else "an access to what is no object"
            raise FaultError("an access through NULL" if address < ADDRESSES // 2**32 else reason, span)
        return address

    def row(self, slot: str, primitive: str) -> str:
        """Return the primitive that an access is performed by: the slot's choice, if there is a slot."""
        return self.source.unit.switches[slot].rows[self.source.switches[slot]] if slot else primitive

    # ── operators ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _unary(self, node: typed.Unary, value: Value) -> int:
        if node.operator == "!":
            return int(not truth(value))
        kind = node.operand.type
        assert isinstance(kind, IntType)
        assert isinstance(node.type, IntType)
        assert integers.same_values(integers.promoted(kind), node.type), f"{node.span}: not C's type"
        return integers.unary(node.operator, number(value), kind)

    def binary(self, node: typed.Binary, left: Value, right: Value) -> int:
        """Return the result of an operator on two values.

        Raises:
            FaultError: C leaves it undefined.

        """
        one, other = node.left.type, node.right.type
        match one, other:
            case IntType(), IntType():
                try:
                    result = integers.binary(node.operator, number(left), one, number(right), other)
                except integers.TrapError as trap:
                    raise FaultError(str(trap), node.span) from None
                kind = integers.result_type(node.operator, one, other)
                agrees = node.operator in integers.COMPARISONS or (
                    isinstance(node.type, IntType) and integers.same_values(kind, node.type)
                )
                assert agrees, f"{node.span}: {one} {node.operator} {other} is {kind} in C, not {node.type}"
                return result
            case PointerType(), IntType():
                assert one.target is not None
                step = number(right) * self.source.layout.size(one.target)
                return (number(left) + (step if node.operator == "+" else -step)) % ADDRESSES
            case _ if node.operator in ("==", "!="):
                # Either may be the address of a register, which equals nothing but itself.
                return integers.compare(node.operator, left == right, True)
            case _:
                return integers.compare(node.operator, number(left), number(right))

    def _increment(self, node: typed.Increment) -> Run[Value]:
        target = node.target
        if isinstance(target, typed.Local):
            spot: Spot = self.resolved(target.name)
        else:
            spot = yield from self.place(target)
        old = yield from self.read(spot, "plain_load", node.type, node.span)
        amount = node.amount
        if isinstance(node.type, PointerType):
            assert node.type.target is not None
            amount *= self.source.layout.size(node.type.target)
        new = as_kind(number(old) + amount, node.type)
        yield from self.write(spot, "plain_store", new, node.span)
        return new if node.is_prefix else old

    # ── read-modify-writes, waiting loads ────────────────────────────────────────────────────────────────────────────

    def _update(self, node: typed.Rmw) -> Run[Value]:
        kind = word_type(node.place.type)
        # Arguments from left to right: an exchange has the expected value first, what adds has the amount first.
        comparand, operand = 0, 0
        compares_first = node.operation is typed.Operation.SET
        if node.comparand is not None and compares_first:
            comparand = number((yield from self.converted(node.comparand, kind)))
        operand = number((yield from self.converted(node.operand, kind)))
        if node.comparand is not None and not compares_first:
            comparand = number((yield from self.converted(node.comparand, kind)))
        target = None if node.store_old is None else (yield from self.value(node.store_old))
        address = self.sound((yield from self.place(node.place)), node.span)
        guard = node.guards[self.source.switches[node.slot]] if node.guards else node.guard
        primitive = self.row(node.slot, node.primitive)
        update = Update(primitive, address, kind, node.operation, operand, guard, comparand, node.waits)
        answer = yield from self.step(update, node.span)
        assert isinstance(answer, int)
        wrote = update.writes(answer)
        counts = node.operation in (typed.Operation.ADD, typed.Operation.SUB) and node.place.type == ATOMIC
        if wrote and counts and not ATOMIC.low <= update.changed(answer) <= ATOMIC.high:
            self.overflowed(node.span)
        if target is not None and not wrote:
            assert isinstance(target, RegisterAddress | GhostAddress)
            yield from self.assign(target, answer, node.span)
        return _result(node.result, update, answer)

    def _awaited_load(self, node: typed.CondLoad) -> Run[Value]:
        # The kernel's macro works out the address once; what is repeated is the load.
        spot = yield from self.place(node.place)
        mark = len(self.trail)
        registers = self.frame.registers
        while True:
            self.begin_round(node.span)
            seen = yield from self.read(spot, node.primitive, node.type, node.span)
            before = registers.get("VAL")
            registers["VAL"] = seen
            holds = truth((yield from self.value(node.condition)))
            self.end_round()
            if before is None:
                registers.pop("VAL", None)
            else:
                registers["VAL"] = before
            del self.trail[mark:]
            if holds:
                self.trail.append(seen)
                return seen

    def _srcu_lock(self, node: typed.SrcuLock) -> Run[Value]:
        address = self.sound((yield from self.place(node.place)), node.span)
        # An index is good for one section: which CPU it began on, and how many it had begun.
        self.section_count += 1
        index = self.section_index(self.section_count)
        self.trail.append(index)
        yield from self.step(Enter(self.srcu_section(address, index)), node.span)
        return index

    def srcu_section(self, address: int, index: int) -> Section:
        """Return the section of ``struct srcu_struct`` that an index stands for."""
        return Section(self.source.layout.word_name(address), "", str(index))

    @abstractmethod
    def section_index(self, count: int) -> int:
        """Return the index of the ``count``-th SRCU section that this CPU begins; no other CPU has it."""

    def _call(self, node: typed.Call) -> Run[Value]:
        mark = len(self.trail)
        arguments = yield from self.arguments(node)
        result = yield from self.called(node, arguments)
        del self.trail[mark:]
        self.trail.append(result)
        return result

    def arguments(self, node: typed.Call) -> Run[tuple[Value, ...]]:
        """Return the arguments of a call, as the parameters take them."""
        values: list[Value] = []
        parameters = self.source.unit.functions[node.function].parameters
        for parameter, argument in zip(parameters, node.arguments, strict=True):
            values.append((yield from self.converted(argument, parameter.type)))
        return tuple(values)


def entered(function: typed.Function, chain: tuple[Span, ...], arguments: tuple[Value, ...]) -> Frame:
    """Return the registers that a call begins with."""
    names = (parameter.name for parameter in function.parameters)
    return Frame(chain, registers=dict(zip(names, arguments, strict=True)))


def word_type(kind: Type) -> Type:
    """Return the type of the value in a word of type ``kind``."""
    if kind == ATOMIC:
        return INT
    return BOOL if kind in (SPINLOCK, SRCU) else kind


def in_memory(spot: Spot) -> tuple[int, bool]:
    """Return a place that is no register's."""
    assert isinstance(spot, tuple), "a register has no parts, and only plain accesses reach it"
    return spot


def address_of(spot: Spot) -> Value:
    """Return ``&place``."""
    return spot[0] if isinstance(spot, tuple) else spot


def _result(result: typed.Result, update: Update, old: int) -> int:
    match result:
        case typed.Result.NONE:
            return 0
        case typed.Result.OLD:
            return old
        case typed.Result.NEW:
            return update.new(old)
        case typed.Result.SUCCESS:
            return int(update.writes(old))
        case typed.Result.NEW_IS_ZERO:
            return int(update.new(old) == 0)
        case typed.Result.NEW_IS_NEGATIVE:
            return int(update.new(old) < 0)
        case typed.Result.BIT_WAS_SET:
            return int(old & update.operand != 0)
