"""A scenario of the language on one target, unrolled to a program."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from gupproof.diagnostics import Diagnostic, GupError, Span, with_source_lines
from gupproof.language import typed
from gupproof.language.effects import BUILT_IN_PROPERTIES, Effects, reached
from gupproof.language.tree import walk
from gupproof.language.types import VOID, PointerType, StructType
from gupproof.program.accesses import Accesses
from gupproof.program.builder import Builder
from gupproof.program.events import INIT_THREAD, Overrun, Program, Stop, ThreadInfo
from gupproof.program.expr import Expr, ExprPool, Op
from gupproof.program.expressions import Expressions
from gupproof.program.grace_periods import Callback, GracePeriods
from gupproof.program.interrupts import Interrupts, Level, Window
from gupproof.program.layout import Layout
from gupproof.program.path import Frame, Path
from gupproof.program.sections import Sections
from gupproof.program.sequencing import KernelCpu
from gupproof.program.settling import settled
from gupproof.program.state import Cpu, Operand, Register, State, Value
from gupproof.program.statements import Thread, never_here
from gupproof.program.targets import Target

MAX_THREADS = 32


def lower(unit: typed.Unit, scenario: typed.Scenario, target: Target, *, fixed: Mapping[str, int] | None = None) -> Program:
    """Unroll ``scenario`` on ``target``.

    Args:
        unit: the file the scenario stands in.
        scenario: one of its scenarios.
        target: what primitives become.
        fixed: switches to build in with a value (position); the others stay open in the program, but for those of numbers,
            which have their default.

    Raises:
        GupError: a loop without a bound, a section that ends without having begun, a primitive the target lacks, a local that
            has no value, too many events.

    """
    fixed = fixed or {}
    functions, scenario = settled(unit, scenario, fixed)
    unit = replace(unit, functions=functions)
    try:
        # At first words for as many callbacks as the text has: a loop may queue more.
        for callbacks in (None, MAX_THREADS):
            with suppress(_MoreCallbacksError):
                return _Lowering(unit, scenario, target, fixed, callbacks=callbacks).run()
        raise _too_many(scenario.span, MAX_THREADS + 1)
    except GupError as error:
        raise GupError(*with_source_lines(list(error.diagnostics), unit.sources)) from None


def _waits_for_readers(node: typed.Node) -> bool:
    match node:
        case typed.Rcu(step=typed.RcuStep.SYNCHRONIZE) | typed.CallRcu() | typed.SrcuSync():
            return True
        case _:
            return False


def _aliases(node: typed.Node) -> bool:
    """Whether a cast may lead to a word by a pointer of another type than its own."""
    if not isinstance(node, typed.Cast) or not isinstance(node.type, PointerType):
        return False
    return isinstance(node.operand.type, PointerType) or not isinstance(node.type.target, StructType)


@dataclass(slots=True)
class _Column:
    """One CPU: the thread that owns it, and those that preempt it."""

    owner: typed.Thread
    guests: list[typed.Thread]


class _Lowering:
    def __init__(
        self,
        unit: typed.Unit,
        scenario: typed.Scenario,
        target: Target,
        fixed: Mapping[str, int],
        *,
        callbacks: int | None = None,
    ) -> None:
        self.unit, self.scenario = unit, scenario
        pool = ExprPool()
        self.layout = layout = Layout(unit.structs)
        self.builder = Builder(pool, layout, target)
        self.fixed = fixed
        self.variables = [*unit.variables.values(), *scenario.variables]
        for variable in self.variables:
            layout.add(variable)
        code = self._code()
        self.asserted = frozenset(node.property for node in code if isinstance(node, typed.Assert) and not never_here(node))
        if callbacks is None:
            callbacks = sum(isinstance(node, typed.CallRcu) for node in code)
        spare = [layout.add_hidden(f"call_rcu {number}") for number in range(callbacks if target.is_language else 0)]
        pool.locations = frozenset(location.address for location in layout.locations())
        self.periods = GracePeriods(self.builder, wanted=any(map(_waits_for_readers, code)), flags=lambda: _spare(spare))
        self.aliased = any(map(_aliases, code)) or len(_made_of_numbers(code)) > 1
        self.switches = {
            name: pool.const(fixed.get(name, switch.default))
            if name in fixed or switch.is_number
            else pool.config(name, tuple(range(len(switch.values))))
            for name, switch in unit.switches.items()
        }
        self.ghost_names = frozenset(ghost.name for ghost in scenario.ghosts)
        self.ghosts: dict[str, Operand] = {name: Value(pool.false) for name in sorted(self.ghost_names)}
        self.threads: list[ThreadInfo] = []
        self.overruns: list[Overrun] = []
        self.settled: list[Expr] = []  # of each CPU, where no interrupt will come any more

    def _code(self) -> list[typed.Node]:
        """Return every node of the code that the scenario may run."""
        bodies: list[typed.Node] = [node for thread in self.scenario.threads for node in thread.body]
        bodies += [item.handler for item in self.scenario.interrupts]
        return list(walk(*bodies, *reached(self.unit.functions, bodies)))

    def run(self) -> Program:
        pool, builder = self.builder.pool, self.builder
        if len(self.scenario.threads) > MAX_THREADS:
            raise _too_many(self.scenario.threads[MAX_THREADS].span, len(self.scenario.threads))
        self._initial_writes()
        for column in self._columns():
            self._column(column)
        for callback in self.periods.queue:  # which grows: a callback may queue another
            self._callback(callback)
        gp_order = self.periods.orderings()
        properties = {item.name: pool.lor(*self._proposition(item)) for item in self.scenario.properties}
        # What no path asserts on this target and setting holds all the same.
        for name in sorted({*BUILT_IN_PROPERTIES, *Effects(self.unit.functions).asserted(self.scenario)}):
            properties.setdefault(name, pool.true)
        covers: dict[str, Expr] = {}
        for item in self.scenario.covers:
            holds, *unknown = self._proposition(item)
            covers[item.name] = pool.land(holds, *map(pool.negation, unknown))
        ghosts = {name: value.expr for name, value in self.ghosts.items() if isinstance(value, Value)}
        return Program(
            name=self.scenario.name,
            target=builder.target.name,
            pool=pool,
            threads=tuple(self.threads),
            events=tuple(builder.events),
            locations=builder.layout.locations(),
            switches=self.switches,
            looked_at=frozenset(builder.looked_at),
            constraints=tuple(item for item in builder.constraints if item is not pool.true),
            stops=tuple(map(self._settled, builder.stops)),
            checks=tuple(builder.checks),
            properties=properties,
            covers=covers,
            overruns=tuple(self.overruns),
            ghosts=ghosts,
            asserted=self.asserted,
            gp_order=gp_order,
            gp_ended=tuple(self.periods.choices),
            is_language=builder.target.is_language,
        )

    def _settled(self, stop: Stop) -> Stop:
        """Return a stop that is for good only where no interrupt will do what is waited for."""
        return stop if stop.for_good is None else replace(stop, for_good=self.builder.pool.land(stop.for_good, *self.settled))

    # ── the start ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _path(self, number: int, registers: dict[Register, Operand], *, final: bool = False) -> Path:
        pool = self.builder.pool
        state = State(guard=pool.true, cpu=Cpu.fresh(pool), registers=registers)
        return Path(self.builder, state, number, final=final, frame=Frame(1, self.ghost_names))

    def _thread(self, path: Path) -> tuple[Thread, Interrupts]:
        accesses = Accesses(path, self.unit.switches, self.switches, self.aliased)
        sections = Sections(path, accesses, self.periods)
        interrupts = Interrupts(path, sections)
        expressions = Expressions(path, accesses)
        thread = Thread(path, expressions, KernelCpu(interrupts, sections), self.unit.functions)
        expressions.callee = thread
        path.interruptions = interrupts
        return thread, interrupts

    def _initial_writes(self) -> None:
        pool, layout = self.builder.pool, self.builder.layout
        values: dict[int, tuple[Expr, Span]] = {}
        thread, _ = self._thread(self._path(INIT_THREAD, {}))
        expressions = thread.expressions
        for variable in self.variables:
            if variable.initial is not None:
                value = expressions.convert(expressions.value(variable.initial), variable.initial.type, variable.type)
                values[layout.base(variable.name)] = value.expr, variable.span
        for store in self.scenario.initial:
            address = expressions.address(store.place)
            value = expressions.convert(expressions.value(store.value), store.value.type, store.place.type)
            if not isinstance(address, Value) or address.expr.op is not Op.CONST:
                raise GupError(
                    Diagnostic(
                        code="L012",
                        message="the place of an initial value must be known",
                        span=store.span,
                        help="name the object, not a pointer whose value is chosen",
                    )
                )
            if address.expr.value not in pool.locations:
                raise GupError(Diagnostic(code="L012", message="the place of an initial value is no object", span=store.span))
            values[address.expr.value] = value.expr, store.span
        for location in layout.locations():
            expr, span = values.get(location.address, (pool.false, self.scenario.span))
            self.builder.initial_write(location, expr, span)

    # ── threads ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _columns(self) -> list[_Column]:
        columns: list[_Column] = []
        pinned: dict[str, _Column] = {}
        for thread in self.scenario.threads:
            if thread.cpu is not None and thread.cpu in pinned:
                pinned[thread.cpu].guests.append(thread)
                continue
            columns.append(_Column(thread, []))
            if thread.cpu is not None:
                pinned[thread.cpu] = columns[-1]
        return columns

    def _column(self, column: _Column) -> None:
        builder = self.builder
        path = self._path(len(self.threads), {(0, name): value for name, value in self.ghosts.items()})
        self.threads.append(ThreadInfo(_column_name(column)))
        thread, interrupts = self._thread(path)
        names = {column.owner.name, *(guest.name for guest in column.guests)}
        handlers = [item for item in self.scenario.interrupts if item.thread in names]
        for guest in column.guests:
            ghosts = self._ghosts_of(guest.body)
            interrupts.windows.append(Window(self._guest(thread, guest), guest.span, builder.choice(()), Level.GUEST, ghosts))
        for item in handlers:
            run = self._handler(thread, item.handler)
            ghosts = self._ghosts_of((item.handler,))
            interrupts.windows.append(Window(run, item.span, builder.choice(()), Level.HANDLER, ghosts))
        thread.body(column.owner.body, VOID, column.owner.span)
        interrupts.window()
        self.settled.append(interrupts.finish())
        for name in self.ghosts:
            self.ghosts[name] = path.state.registers[0, name]

    def _ghosts_of(self, body: Iterable[typed.Node]) -> frozenset[str]:
        """Return the ghosts that some code of the scenario names: functions get them as arguments only."""
        kinds = (typed.Local, typed.LocalAddress, typed.Assign)
        return frozenset(node.name for node in walk(*body) if isinstance(node, kinds)) & self.ghost_names

    def _guest(self, thread: Thread, guest: typed.Thread) -> Callable[[], None]:
        def body() -> None:
            fence = thread.expressions.accesses.fence
            fence("smp_mb", guest.span)
            thread.frames += 1
            thread.path.frame = Frame(thread.frames, self.ghost_names)
            thread.body(guest.body, VOID, guest.span)
            fence("smp_mb", guest.span)

        return lambda: thread.alone(body)

    def _handler(self, thread: Thread, call: typed.Call) -> Callable[[], None]:
        def body() -> None:
            # Its arguments are the scenario's, whatever function it interrupts.
            thread.path.frame = Frame(1, self.ghost_names)
            thread.expressions.operand(call)

        return lambda: thread.alone(body)

    def _callback(self, callback: Callback) -> None:
        if len(self.threads) >= MAX_THREADS:
            raise _too_many(callback.call.span, len(self.threads) + 1)
        path = self._path(len(self.threads), {})
        self.threads.append(ThreadInfo(f"{callback.call.function}()", callback.begin))
        thread, _ = self._thread(path)
        path.state.guard = callback.ended
        sections = thread.cpu
        assert isinstance(sections, KernelCpu)
        sections.sections.begin_callback(callback)
        thread.call(callback.call, list(callback.arguments))

    # ── what is asked ────────────────────────────────────────────────────────────────────────────────────────────────

    def _proposition(self, item: typed.Proposition) -> list[Expr]:
        """Return where a property or cover holds, and then where that is not known: a loop of it hits its bound."""
        pool = self.builder.pool
        path = self._path(INIT_THREAD, {(0, name): value for name, value in self.ghosts.items()}, final=True)
        thread, _ = self._thread(path)
        holds = thread.expressions.truth(item.condition).expr
        self.overruns += [Overrun(item.name, where, span) for where, span in path.overruns]
        return [pool.land(holds, *map(pool.negation, path.astray)), *(where for where, _ in path.overruns)]


def _column_name(column: _Column) -> str:
    return "+".join([column.owner.name, *(guest.name for guest in column.guests)])


class _MoreCallbacksError(Exception):
    """More callbacks are queued than words were laid out for."""


def _spare(spare: list[int]) -> int:
    if not spare:
        raise _MoreCallbacksError
    return spare.pop(0)


def _too_many(span: Span, count: int) -> GupError:
    message = f"{count} threads are more than the {MAX_THREADS} of a scenario, callbacks included"
    return GupError(Diagnostic(code="L013", message=message, span=span, help="most races need two"))


def _made_of_numbers(code: Iterable[typed.Node]) -> set[str]:
    """Return the structures that pointers made of integers are said to lead to."""
    return {
        node.type.target.name
        for node in code
        if isinstance(node, typed.Cast) and isinstance(node.type, PointerType) and isinstance(node.type.target, StructType)
    }
