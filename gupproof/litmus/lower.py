"""A litmus test in assembly, unrolled to a program."""

from collections.abc import Callable
from dataclasses import dataclass

from gupproof.diagnostics import NOWHERE, Diagnostic, GupError, Span
from gupproof.language import typed
from gupproof.language.types import LONG
from gupproof.litmus import aarch64, ppc, riscv, x86
from gupproof.litmus.form import And, Equal, Formula, Litmus, Not, Or, Register, Value, Word
from gupproof.litmus.frame import Unsupported
from gupproof.litmus.machine import Machine
from gupproof.program.builder import Builder
from gupproof.program.events import Program, ThreadInfo
from gupproof.program.expr import Expr, ExprPool, Op
from gupproof.program.layout import Layout
from gupproof.program.state import Depths, State
from gupproof.program.state import Value as Symbolic
from gupproof.program.targets import Target

CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class Architecture:
    """How the instructions of one architecture are performed, and how its registers are spelled."""

    names: tuple[str, ...]
    execute: Callable[[Machine, str], None]
    register: Callable[[str], str]
    tags: frozenset[str]
    model: str


ARCHITECTURES = (
    Architecture(x86.ARCHES, x86.execute, x86.register, x86.TAGS, "x86-tso"),
    Architecture(aarch64.ARCHES, aarch64.execute, aarch64.register, aarch64.TAGS, "armv8"),
    Architecture(riscv.ARCHES, riscv.execute, riscv.register, riscv.TAGS, "riscv"),
    Architecture(ppc.ARCHES, ppc.execute, ppc.register, ppc.TAGS, "power"),
)


def architecture_of(test: Litmus) -> Architecture:
    """Return the architecture of a test.

    Raises:
        GupError: it is not one this program reads.

    """
    for item in ARCHITECTURES:
        if test.arch in item.names:
            return item
    known = ", ".join(name for item in ARCHITECTURES for name in item.names)
    raise GupError(
        Diagnostic(
            code="M004",
            message=f"'{test.arch}' is no architecture of litmus tests that gupproof reads",
            span=Span(test.path, 1, 1, 1, len(test.arch) + 1),
            help=f"it reads {known}",
        )
    )


def lower_litmus(test: Litmus, *, unroll: int = 2) -> Program:
    """Unroll a test; its final condition (under the filter) is the cover ``condition``, its negation the property.

    Raises:
        GupError: the test names what it does not have.
        Unsupported: it has an instruction that is not handled.

    """
    return _Lowering(test, unroll).run()


class _Lowering:
    def __init__(self, test: Litmus, unroll: int) -> None:
        self.test, self.unroll = test, unroll
        self.architecture = architecture_of(test)
        self.pool = ExprPool()
        layout = Layout({})
        for name in self._locations():
            layout.add(typed.Variable(span=NOWHERE, name=name, type=LONG, initial=None))
        self.pool.locations = frozenset(location.address for location in layout.locations())
        target = Target(name=test.arch, title=test.arch, models=(), rows={}, tags=self.architecture.tags, path="", text="")
        self.builder = Builder(self.pool, layout, target)

    def _locations(self) -> list[str]:
        """Return every location the test names, in order of appearance."""
        names: dict[str, None] = {}
        for name, value in self.test.memory.items():
            names[name] = None
            if isinstance(value, str):
                names[value] = None
        names |= dict.fromkeys(value for value in self.test.registers.values() if isinstance(value, str))
        for formula in (self.test.condition, self.test.filter):
            names |= dict.fromkeys(_named(formula)) if formula is not None else {}
        if self.test.arch in x86.ARCHES:
            names |= dict.fromkeys(x86.locations(line.text for thread in self.test.threads for line in thread))
        return list(names)

    def _constant(self, value: Value) -> Expr:
        return self.pool.const(self.builder.layout.base(value) if isinstance(value, str) else value)

    def run(self) -> Program:
        self._initial_writes()
        machines = [self._machine(number) for number in range(len(self.test.threads))]
        for machine, lines in zip(machines, self.test.threads, strict=True):
            machine.run(lines, self.architecture.execute, unroll=self.unroll)
        if len(sizes := set().union(*(machine.sizes for machine in machines))) > 1:
            raise Unsupported(f"accesses of several sizes ({', '.join(map(str, sorted(sizes)))} bytes)")
        holds = self._formula(self.test.condition, machines)
        counts = self._formula(self.test.filter, machines) if self.test.filter is not None else self.pool.true
        return Program(
            name=self.test.name,
            target=self.test.arch,
            pool=self.pool,
            threads=tuple(ThreadInfo(f"P{number}") for number in range(len(machines))),
            events=tuple(self.builder.events),
            locations=self.builder.layout.locations(),
            switches={},
            constraints=(),
            stops=tuple(self.builder.stops),
            checks=tuple(self.builder.checks),
            properties={CONDITION: self.pool.lor(self.pool.negation(counts), holds)},
            covers={CONDITION: self.pool.land(counts, holds)},
            ghosts={},
        )

    def _machine(self, number: int) -> Machine:
        registers = {
            (number, self.architecture.register(register.name)): Symbolic(self._constant(value))
            for register, value in self.test.registers.items()
            if register.thread == number
        }
        state = State(
            guard=self.pool.true, depths=Depths(self.pool.false, self.pool.false, self.pool.false), registers=dict(registers)
        )
        return Machine(builder=self.builder, thread=number, path=self.test.path, state=state)

    def _initial_writes(self) -> None:
        for location in self.builder.layout.locations():
            value = self._constant(self.test.memory.get(location.name, 0))
            self.builder.initial_write(location, value, Span(self.test.path, 1, 1, 1, 2))

    def _formula(self, formula: Formula, machines: list[Machine]) -> Expr:
        pool = self.pool
        match formula:
            case Equal(place=place, value=value):
                return pool.make(Op.EQ, self._place(place, machines), self._constant(value))
            case Not(inner=inner):
                return pool.negation(self._formula(inner, machines))
            case And(parts=parts):
                return pool.land(*(self._formula(part, machines) for part in parts))
            case Or(parts=parts):
                return pool.lor(*(self._formula(part, machines) for part in parts))

    def _place(self, place: Register | Word, machines: list[Machine]) -> Expr:
        if isinstance(place, Word):
            return self.pool.final(self.pool.const(self.builder.layout.base(place.name)))
        if place.thread >= len(machines):
            raise GupError(
                Diagnostic(
                    code="M005",
                    message=f"{self.test.path}: the condition names thread {place.thread}; there are {len(machines)}",
                )
            )
        return machines[place.thread].get(self.architecture.register(place.name)).expr


def _named(formula: Formula) -> list[str]:
    match formula:
        case Equal(place=place, value=value):
            names = [place.name] if isinstance(place, Word) else []
            return [*names, value] if isinstance(value, str) else names
        case Not(inner=inner):
            return _named(inner)
        case And(parts=parts) | Or(parts=parts):
            return [name for part in parts for name in _named(part)]
