"""A kernel-C litmus test, unrolled to a program on a target."""

from dataclasses import dataclass

from gupproof.diagnostics import NOWHERE, Diagnostic, GupError, Span
from gupproof.language import typed
from gupproof.language.types import LONG, VOID, ArrayType
from gupproof.litmus.form import Kind, Register, Unsupported, Value, Word
from gupproof.litmus.kernel.form import KernelTest, KernelThread
from gupproof.litmus.outcome import CONDITION, FAULTS, Lowered, Observed, meaning, places, require_thread, words_named
from gupproof.program.accesses import Accesses
from gupproof.program.builder import Builder
from gupproof.program.events import Program, ThreadInfo
from gupproof.program.expr import Expr, ExprPool, Op
from gupproof.program.expressions import Expressions
from gupproof.program.layout import Layout
from gupproof.program.path import Path
from gupproof.program.state import Cpu, Operand, State
from gupproof.program.state import Register as Key
from gupproof.program.state import Value as Symbolic
from gupproof.program.statements import Thread
from gupproof.program.targets import Target

_FRAME = 1
_WORD = Kind(8, signed=True)  # values have 64 bits, whatever the types say


def lower_kernel_c(test: KernelTest, target: Target, *, unroll: int = 2) -> Program:
    """Unroll a test; its final condition (under the filter) is the cover ``condition``, its negation the property.

    Args:
        test: the test.
        target: says what each primitive is.
        unroll: how often a loop goes round.

    Raises:
        GupError: the test names what it does not have.
        Unsupported: it has a primitive that the target has no row for.

    """
    return lower_observed_kernel_c(test, target, unroll=unroll).program


def lower_observed_kernel_c(test: KernelTest, target: Target, *, unroll: int = 2) -> Lowered:
    """Unroll a test, as :func:`lower_kernel_c` does."""
    try:
        return _Lowering(test, target, unroll).run()
    except GupError as error:
        # A table without a row: a machine has no grace periods of SRCU, say.
        if error.diagnostics[0].code == "L003":
            raise Unsupported(f"call: {error.diagnostics[0].message}") from None
        raise
    except RecursionError:
        raise GupError(Diagnostic(code="M006", message=f"the expressions of {test.path} are nested too deeply")) from None


@dataclass(frozen=True, slots=True)
class _Cpu:
    """The CPU of a thread of a litmus test: nothing interrupts it, and the sections of RCU are the model's affair."""

    accesses: Accesses

    def interrupts(self, node: typed.Interrupts) -> None:
        """Refuse: herd has no such call.

        Raises:
            Unsupported: always.

        """
        raise Unsupported(f"call: {node.step.value}()")

    def rcu(self, node: typed.Rcu) -> None:
        """Unroll a step of RCU.

        Raises:
            Unsupported: on a machine.

        """
        target = self.accesses.path.builder.target
        if not target.is_language:
            raise Unsupported(f"call: {node.step.value}() on target {target.name}, whose model knows of no RCU")
        self.accesses.fence(node.step.value, node.span)

    def srcu_lock(self, node: typed.SrcuLock, place: Symbolic) -> Symbolic:
        """Refuse: the reader makes loads and stores of SRCU.

        Raises:
            Unsupported: always.

        """
        raise Unsupported("call: srcu_read_lock()")

    def srcu_unlock(self, node: typed.SrcuUnlock, place: Symbolic, index: Symbolic) -> None:
        """Refuse, likewise.

        Raises:
            Unsupported: always.

        """
        raise Unsupported("call: srcu_read_unlock()")

    def srcu_synchronize(self, node: typed.SrcuSync, place: Symbolic) -> None:
        """Refuse, likewise.

        Raises:
            Unsupported: always.

        """
        raise Unsupported("call: synchronize_srcu()")

    def call_rcu(self, node: typed.CallRcu, arguments: tuple[Symbolic, ...]) -> None:
        """Refuse: herd has no such call.

        Raises:
            Unsupported: always.

        """
        raise Unsupported("call: call_rcu()")


class _Lowering:
    def __init__(self, test: KernelTest, target: Target, unroll: int) -> None:
        self.test, self.unroll = test, unroll
        self.pool = ExprPool()
        layout = Layout({})
        for name in self._locations():
            length = test.arrays.get(name)
            layout.add(
                typed.Variable(span=NOWHERE, name=name, type=LONG if length is None else ArrayType(LONG, length), initial=None)
            )
        locations = layout.locations()
        self.addresses = {location.name: location.address for location in locations}
        self.addresses |= {name: layout.base(name) for name in test.arrays}
        self.pool.locations = frozenset(location.address for location in locations)
        self.builder = Builder(self.pool, layout, target)

    def _locations(self) -> list[str]:
        """Return every location the test names, in order of appearance."""
        test = self.test
        parameters = [name for thread in test.threads for name in thread.parameters]
        names = words_named(
            test.memory, test.registers.values(), (test.condition, test.filter), test.listed, parameters=parameters
        )
        # Elements belong to their arrays.
        return list(dict.fromkeys([*(name for name in names if "[" not in name), *test.arrays]))

    def _constant(self, value: Value) -> Expr:
        return self.pool.const(self._address(value) if isinstance(value, str) else value)

    def _address(self, name: str) -> int:
        if name not in self.addresses:
            raise GupError(Diagnostic(code="M005", message=f"{self.test.path}: the test has no location '{name}'"))
        return self.addresses[name]

    def run(self) -> Lowered:
        pool, test = self.pool, self.test
        for location in self.builder.layout.locations():
            value = self._constant(test.memory.get(location.name, 0))
            self.builder.initial_write(location, value, Span(test.path, 1, 1, 1, 2))
        threads = [self._thread(number, thread) for number, thread in enumerate(test.threads)]

        def place(which: Register | Word) -> Expr:
            if isinstance(which, Word):
                return pool.final(pool.const(self._address(which.name)))
            return self._register(which, threads)

        def equal(which: Register | Word, value: Value) -> Expr:
            return pool.make(Op.EQ, place(which), self._constant(value))

        holds = meaning(test.condition, pool, place, equal)
        counts = meaning(test.filter, pool, place, equal) if test.filter is not None else pool.true
        # Where an access may go outside of every location, herd has no verdict.
        faults = {FAULTS: pool.true} if self.builder.checks else {}
        program = Program(
            name=test.name,
            target=self.builder.target.name,
            pool=pool,
            threads=tuple(ThreadInfo(f"P{number}") for number in range(len(threads))),
            events=tuple(self.builder.events),
            locations=self.builder.layout.locations(),
            switches={},
            constraints=tuple(item for item in self.builder.constraints if item is not pool.true),
            stops=tuple(self.builder.stops),
            checks=tuple(self.builder.checks),
            properties={CONDITION: pool.lor(pool.negation(counts), holds)} | faults,
            covers={CONDITION: pool.land(counts, holds)},
            ghosts={},
            is_language=self.builder.target.is_language,
        )
        shown = dict.fromkeys(part for item in (*places(test.condition), *test.listed) for part in self._parts(item))
        return Lowered(program, tuple(Observed(part, place(part), _WORD) for part in shown), counts)

    def _parts(self, place: Register | Word) -> list[Register | Word]:
        """Return the elements of an array; anything else is its own part."""
        length = self.test.arrays.get(place.name) if isinstance(place, Word) else None
        return [place] if length is None else [Word(f"{place.name}[{index}]") for index in range(length)]

    def _thread(self, number: int, thread: KernelThread) -> dict[Key, Operand]:
        """Unroll a thread and return what its registers end with."""
        pool = self.pool
        # Registers are 0 at first, also on the paths that do not assign to them.
        registers: dict[Key, Operand] = {(_FRAME, name): Symbolic(pool.false) for name in thread.locals}
        registers |= {(_FRAME, name): Symbolic(self._constant(name)) for name in thread.parameters}
        for register, value in self.test.registers.items():
            if register.thread == number:
                registers[_FRAME, register.name] = Symbolic(self._constant(value))
        state = State(guard=pool.true, cpu=Cpu.fresh(pool), registers=registers)
        path = Path(self.builder, state, number)
        accesses = Accesses(path)
        unrolled = Thread(path, Expressions(path, accesses, gets_locks=True), _Cpu(accesses), rounds=self.unroll)
        unrolled.body(thread.body, VOID, NOWHERE)
        return state.registers

    def _register(self, register: Register, threads: list[dict[Key, Operand]]) -> Expr:
        require_thread(register, len(threads), self.test.path)
        value = threads[register.thread].get((_FRAME, register.name))
        return value.expr if isinstance(value, Symbolic) else self.pool.false
