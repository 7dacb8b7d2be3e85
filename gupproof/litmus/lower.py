"""A litmus test in assembly, unrolled to a program."""

from collections.abc import Callable
from dataclasses import dataclass

from gupproof.diagnostics import Diagnostic, GupError, Span
from gupproof.litmus import aarch64, ppc, riscv, x86
from gupproof.litmus.form import (
    DEFAULT,
    Kind,
    Litmus,
    Register,
    Unsupported,
    Value,
    Word,
)
from gupproof.litmus.initial import ALL_THREADS
from gupproof.litmus.machine import Machine
from gupproof.litmus.memory import check_sizes, lay_out
from gupproof.litmus.outcome import (
    CONDITION,
    FAULTS,
    Lowered,
    Observed,
    meaning,
    places,
    require_introduced,
    require_thread,
    words_named,
)
from gupproof.litmus.picks import Picks
from gupproof.litmus.spelling import Spelling
from gupproof.litmus.words import mask
from gupproof.program.builder import Builder
from gupproof.program.events import Program, ThreadInfo
from gupproof.program.expr import Expr, ExprPool, Op
from gupproof.program.layout import Layout
from gupproof.program.state import Cpu, Operand, State
from gupproof.program.state import Value as Symbolic
from gupproof.program.targets import Target

__all__ = [
    "ARCHITECTURES",
    "CONDITION",
    "FAULTS",
    "Architecture",
    "architecture_named",
    "architecture_of",
    "lower_litmus",
    "lower_observed",
]


@dataclass(frozen=True, slots=True)
class Architecture:
    """How the instructions of one architecture are performed, and how its registers are spelled.

    Attributes:
        names: that tests call it by.
        execute: performs an instruction.
        register: returns a register's one name.
        shown: returns the name that herd7 prints.
        tags: of the events that instructions become.
        unordered: those of them that a model may leave out, since they order nothing themselves.
        model: that its tests are judged under.
        parts_unordered: whether herd7 has no program order between the events of one instruction, of which some have several.

    """

    names: tuple[str, ...]
    execute: Callable[[Machine, str], None]
    register: Callable[[str], str]
    shown: Callable[[str], str]
    tags: frozenset[str]
    unordered: frozenset[str]
    model: str
    parts_unordered: bool = False


ARCHITECTURES = (
    Architecture(x86.ARCHES, x86.execute, x86.register, str, x86.TAGS, x86.UNORDERED, "x86-tso", parts_unordered=True),
    Architecture(
        *(aarch64.ARCHES, aarch64.execute, aarch64.register, aarch64.register, aarch64.TAGS, aarch64.UNORDERED, "armv8"),
        parts_unordered=True,
    ),
    Architecture(riscv.ARCHES, riscv.execute, riscv.register, riscv.register, riscv.TAGS, riscv.UNORDERED, "riscv"),
    Architecture(ppc.ARCHES, ppc.execute, ppc.register, ppc.register, ppc.TAGS, ppc.UNORDERED, "power"),
)

# Where addresses have 64 bits, and a load of fewer would cut one: herd7 has no such values.
WIDE = ("AArch64", "RISCV", "X86_64")


def architecture_named(name: str, path: str) -> Architecture:
    """Return the architecture that the first word of a test names.

    Raises:
        GupError: it is not one this program reads.

    """
    for item in ARCHITECTURES:
        if name in item.names:
            return item
    known = ", ".join(name for item in ARCHITECTURES for name in item.names)
    raise GupError(
        Diagnostic(
            code="M004",
            message=f"'{name}' is no architecture of litmus tests that gupproof reads",
            span=Span(path, 1, 1, 1, len(name) + 1),
            help=f"it reads {known}",
        )
    )


def architecture_of(test: Litmus) -> Architecture:
    """Return the architecture of a test, as :func:`architecture_named` does."""
    return architecture_named(test.arch, test.path)


def lower_litmus(test: Litmus, *, unroll: int = 2) -> Program:
    """Unroll a test; its final condition (under the filter) is the cover ``condition``, its negation the property.

    Raises:
        GupError: the test names what it does not have.
        Unsupported: it has an instruction that is not handled.

    """
    return lower_observed(test, unroll=unroll).program


def lower_observed(test: Litmus, *, unroll: int = 2, picks: Picks = Picks.ORDERED) -> Lowered:
    """Unroll a test, as :func:`lower_litmus` does; ``picks``: what dependencies come of choices."""
    return _Lowering(test, unroll, picks=picks).run()


class _Lowering:
    def __init__(self, test: Litmus, unroll: int, *, picks: Picks) -> None:
        self.test, self.unroll, self.picks = test, unroll, picks
        self.architecture = architecture_of(test)
        self.pool = ExprPool()
        require_introduced(test.condition, self._introduced(), test.path)
        self.memory = lay_out(test, self._names())
        self.pool.locations = frozenset(location.address for location in self.memory.locations)
        target = Target(
            name=test.arch,
            title=test.arch,
            models=(),
            rows={},
            tags=self.architecture.tags,
            path="",
            text="",
            parts_unordered=self.architecture.parts_unordered,
        )
        self.builder = Builder(self.pool, Layout({}), target)

    def _names(self) -> list[str]:
        """Return every word the test names, in order of appearance."""
        test = self.test
        names = words_named(test.memory, test.registers.values(), (test.condition, test.filter), test.listed)
        return list(dict.fromkeys([*names, *self._in_code()]))

    def _introduced(self) -> list[str]:
        """Return the words that the initial state or the code names."""
        test = self.test
        return [*test.arrays, *test.types, *words_named(test.memory, test.registers.values(), (), ()), *self._in_code()]

    def _in_code(self) -> list[str]:
        return (
            x86.locations(line.text for thread in self.test.threads for line in thread) if self.test.arch in x86.ARCHES else []
        )

    def _constant(self, value: Value) -> Expr:
        if isinstance(value, str):
            return self.pool.const(self.memory.base(value))
        if not -(1 << 63) <= value < 1 << 64:
            raise Unsupported(f"initial state: {value} has more than 64 bits")
        return self.pool.const(value & mask(64))

    def run(self) -> Lowered:
        self._initial_writes()
        machines = [self._machine(number) for number in range(len(self.test.threads))]
        for machine, lines in zip(machines, self.test.threads, strict=True):
            machine.run(lines, self.architecture.execute, unroll=self.unroll)

        def place(which: Register | Word) -> Expr:
            return self._place(which, machines)

        def equal(which: Register | Word, value: Value) -> Expr:
            kind, wanted = self._kind(which), self._constant(value)
            return self.pool.make(Op.EQ, self._masked(place(which), kind), self._masked(wanted, kind))

        holds = meaning(self.test.condition, self.pool, place, equal)
        counts = meaning(self.test.filter, self.pool, place, equal) if self.test.filter is not None else self.pool.true
        faults = {FAULTS: self.pool.true} if self.builder.checks else {}
        program = Program(
            name=self.test.name,
            target=self.test.arch,
            pool=self.pool,
            threads=tuple(ThreadInfo(f"P{number}") for number in range(len(machines))),
            events=tuple(self.builder.events),
            locations=self.memory.locations,
            switches={},
            constraints=(),
            stops=tuple(self.builder.stops),
            checks=tuple(self.builder.checks),
            properties={CONDITION: self.pool.lor(self.pool.negation(counts), holds)} | faults,
            covers={CONDITION: self.pool.land(counts, holds)},
            ghosts={},
        )
        check_sizes(program, self.memory, wide=self.test.arch in WIDE)
        labels = {address: name for machine in machines for address, name in machine.labels().items()}
        return Lowered(program, self._observed(machines), counts, Spelling(labels, self.memory.areas))

    def _machine(self, number: int) -> Machine:
        registers: dict[tuple[int, str], Operand] = {
            (number, self.architecture.register(register.name)): Symbolic(self._constant(value))
            for register, value in self.test.registers.items()
            if register.thread in (number, ALL_THREADS)
        }
        state = State(guard=self.pool.true, cpu=Cpu.fresh(self.pool), registers=registers)
        return Machine(
            builder=self.builder, memory=self.memory, thread=number, path=self.test.path, state=state, picks=self.picks
        )

    def _initial_writes(self) -> None:
        for location in self.memory.locations:
            value = self._constant(self.memory.initial.get(location.name, 0))
            self.builder.initial_write(location, value, Span(self.test.path, 1, 1, 1, 2))

    def _observed(self, machines: list[Machine]) -> tuple[Observed, ...]:
        found: dict[Register | Word, Observed] = {}
        for place in dict.fromkeys([*places(self.test.condition), *self.test.listed]):
            for part in self._parts(place):
                kind = self._kind(part)
                shown = Register(part.thread, self.architecture.shown(part.name)) if isinstance(part, Register) else part
                found[shown] = Observed(shown, self._masked(self._place(part, machines), kind), kind)
        return tuple(found.values())

    def _parts(self, place: Register | Word) -> list[Register | Word]:
        """Return the elements of an array; anything else is its own part."""
        length = self.test.arrays.get(place.name) if isinstance(place, Word) else None
        return [place] if length is None else [Word(f"{place.name}[{index}]", whole=True) for index in range(length)]

    def _kind(self, place: Register | Word) -> Kind:
        if isinstance(place, Word):
            return self.test.types.get(place.name.partition("[")[0], DEFAULT)
        wanted = self.architecture.register(place.name)
        for register, kind in self.test.register_types.items():
            if register.thread == place.thread and self.architecture.register(register.name) == wanted:
                return kind
        return DEFAULT

    def _masked(self, expr: Expr, kind: Kind) -> Expr:
        """Return what a place of that kind shows: herd compares and prints by type, an int where none is given."""
        if kind.pointer or kind.size == 8:
            return expr
        if expr.op is Op.CONST:
            return self.pool.const(expr.value & mask(8 * kind.size))
        # Where nothing is wide or negative the values are shown as they are.
        return self.pool.make(Op.AND, expr, self.pool.const(mask(8 * kind.size)))

    def _place(self, place: Register | Word, machines: list[Machine]) -> Expr:
        if isinstance(place, Word):
            # An array compared with a number stands for its first element.
            return self.pool.final(self.pool.const(self.memory.base(place.name)))
        require_thread(place, len(machines), self.test.path)
        return machines[place.thread].get(self.architecture.register(place.name)).expr
