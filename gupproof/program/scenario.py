"""A scenario of the language on one target, unrolled to a program."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from gupproof.diagnostics import Diagnostic, GupError, Span, with_source_lines
from gupproof.language import typed
from gupproof.language.effects import Effects
from gupproof.language.tree import walk
from gupproof.language.types import VOID
from gupproof.program.builder import Builder
from gupproof.program.events import INIT_THREAD, Check, Program, ThreadInfo
from gupproof.program.expr import Expr, ExprPool, Op
from gupproof.program.grace_periods import GracePeriods, RcuFlags
from gupproof.program.layout import Layout
from gupproof.program.paths import Frame
from gupproof.program.settling import settled
from gupproof.program.state import Depths, Operand, Register, State, Value
from gupproof.program.statements import Thread, Window
from gupproof.program.targets import Target

MOST_THREADS = 32


def lower(unit: typed.Unit, scenario: typed.Scenario, target: Target, *, fixed: Mapping[str, int] | None = None) -> Program:
    """Unroll ``scenario`` on ``target``.

    Args:
        unit: the file the scenario stands in.
        scenario: one of its scenarios.
        target: what primitives become.
        fixed: switches to build in with a value (position); the others stay open in the program, but for those of numbers,
            which have their default.

    Raises:
        GupError: a loop without a bound, unbalanced interrupts, a primitive the target lacks, too many events.

    """
    plan = GracePeriods()
    fixed = fixed or {}
    functions, scenario = settled(unit, scenario, fixed)
    unit = replace(unit, functions=functions)
    try:
        if _uses_rcu(unit, scenario):
            first = _Lowering(unit, scenario, target, fixed, None)
            first.run()
            plan = first.rcu.seen
        return _Lowering(unit, scenario, target, fixed, plan).run()
    except GupError as error:
        raise GupError(*with_source_lines(list(error.diagnostics), unit.sources)) from None


def _uses_rcu(unit: typed.Unit, scenario: typed.Scenario) -> bool:
    bodies = [*(thread.body for thread in scenario.threads), *(function.body for function in unit.functions.values())]
    return any(isinstance(node, typed.Rcu) for body in bodies for node in walk(*body))


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
        plan: GracePeriods | None,
    ) -> None:
        self.unit, self.scenario = unit, scenario
        pool = ExprPool()
        layout = Layout(unit.structs)
        self.builder = Builder(pool, layout, target)
        self.rcu = RcuFlags(plan=plan)
        self.fixed = fixed
        self.variables = [*unit.variables.values(), *scenario.variables]
        for variable in self.variables:
            layout.add(variable)
        if plan is not None:
            for period in range(len(plan.periods)):
                self.rcu.begun_address[period] = layout.add_hidden(f"grace period {period} began")
            for section in range(len(plan.sections)):
                self.rcu.done_address[section] = layout.add_hidden(f"read-side section {section} ended")
        pool.locations = frozenset(location.address for location in layout.locations())
        self.switches = {
            name: pool.const(fixed.get(name, switch.default))
            if name in fixed or switch.is_number
            else pool.config(name, tuple(range(len(switch.values))))
            for name, switch in unit.switches.items()
        }
        self.ghost_names = frozenset(ghost.name for ghost in scenario.ghosts)
        self.ghosts: dict[str, Operand] = {name: Value(pool.false) for name in sorted(self.ghost_names)}

    def run(self) -> Program:
        pool, builder = self.builder.pool, self.builder
        if len(self.scenario.threads) > MOST_THREADS:
            raise GupError(
                Diagnostic(
                    code="L013",
                    message=f"{len(self.scenario.threads)} threads are more than the {MOST_THREADS} of a scenario",
                    span=self.scenario.threads[MOST_THREADS].span,
                    help="most races need two",
                )
            )
        self._initial_writes()
        columns = self._columns()
        for number, column in enumerate(columns):
            self._column(number, column)
        self._thread(0, {}).finish_grace_periods()
        properties = {item.name: self._proposition(item) for item in self.scenario.properties}
        # What no path asserts on this target and setting holds all the same.
        for name in sorted({"asserts", *Effects(self.unit.functions).asserted(self.scenario)}):
            properties.setdefault(name, pool.true)
        if not properties:
            properties["asserts"] = pool.true  # with nothing else to hold, accesses still have to go to objects
        covers = {item.name: self._proposition(item) for item in self.scenario.covers}
        ghosts = {name: value.expr for name, value in self.ghosts.items() if isinstance(value, Value)}
        program = Program(
            name=self.scenario.name,
            target=builder.target.name,
            pool=pool,
            threads=tuple(ThreadInfo(_column_name(column)) for column in columns),
            events=tuple(builder.events),
            locations=builder.layout.locations(),
            switches=self.switches,
            looked_at=frozenset(builder.looked_at),
            constraints=tuple(builder.constraints),
            stops=tuple(builder.stops),
            checks=tuple(builder.checks),
            properties=properties,
            covers=covers,
            ghosts=ghosts,
        )
        return _prune(program)

    # ── the start ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _thread(self, number: int, registers: dict[Register, Operand], *, final: bool = False) -> Thread:
        pool = self.builder.pool
        return Thread(
            builder=self.builder,
            unit=self.unit,
            switches=self.switches,
            state=State(guard=pool.true, depths=Depths(pool.false, pool.false, pool.false), registers=registers),
            thread=number,
            final=final,
            frame=Frame(1, self.ghost_names),
            rcu=self.rcu,
        )

    def _initial_writes(self) -> None:
        pool, layout = self.builder.pool, self.builder.layout
        values: dict[int, tuple[Expr, Span]] = {}
        unroller = self._thread(INIT_THREAD, {})
        for variable in self.variables:
            if variable.initial is not None:
                value = unroller.convert(unroller.value(variable.initial), variable.initial.type, variable.type, variable.span)
                values[layout.base(variable.name)] = value.expr, variable.span
        for store in self.scenario.initial:
            address = unroller.address(store.place)
            value = unroller.convert(unroller.value(store.value), store.value.type, store.place.type, store.span)
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

    def _column(self, number: int, column: _Column) -> None:
        builder, pool = self.builder, self.builder.pool
        thread = self._thread(number, {(0, name): value for name, value in self.ghosts.items()})
        guests = [Window(self._guest(guest), builder.choice(()), preempts=True) for guest in column.guests]
        names = {column.owner.name, *(guest.name for guest in column.guests)}
        handlers = [item for item in self.scenario.interrupts if item.thread in names]
        thread.windows = [*guests, *(Window(_handler(item.handler), builder.choice(())) for item in handlers)]
        thread.body(column.owner.body, VOID, column.owner.span)
        thread.window()
        for window in thread.windows:
            pool.options[window.choice] = tuple(range(len(window.points) + 1))
        for window in guests:
            # A thread runs; where its CPU's owner never gets to the window chosen, the execution is not complete.
            ran = pool.lor(
                *(
                    pool.land(guard, pool.make(Op.EQ, window.choice, pool.const(place)))
                    for place, guard in enumerate(window.points, 1)
                )
            )
            builder.constraints.append(pool.lor(ran, *(stop.condition for stop in builder.stops)))
        for name in self.ghosts:
            self.ghosts[name] = thread.state.registers[0, name]

    def _guest(self, guest: typed.Thread) -> Callable[[Thread], None]:
        def run(thread: Thread) -> None:
            thread.fence("smp_mb", guest.span)
            thread.frames += 1
            thread.frame = Frame(thread.frames, self.ghost_names)
            thread.body(guest.body, VOID, guest.span)
            thread.fence("smp_mb", guest.span)

        return run

    # ── what is asked ────────────────────────────────────────────────────────────────────────────────────────────────

    def _proposition(self, item: typed.Proposition) -> Expr:
        registers: dict[Register, Operand] = {(0, name): value for name, value in self.ghosts.items()}
        unroller, pool = self._thread(INIT_THREAD, registers, final=True), self.builder.pool
        holds = unroller.truth(item.condition).expr
        return pool.land(holds, *(pool.negation(wrong) for wrong in unroller.astray))


def _handler(call: typed.Call) -> Callable[[Thread], None]:
    def run(thread: Thread) -> None:
        thread.operand(call)

    return run


def _column_name(column: _Column) -> str:
    return "+".join([column.owner.name, *(guest.name for guest in column.guests)])


def _prune(program: Program) -> Program:
    """Drop checks that cannot fail and constraints that always hold, judged by their form."""
    pool = program.pool
    checks: list[Check] = [check for check in program.checks if check.violation is not pool.false]
    constraints = [item for item in program.constraints if item is not pool.true]
    return Program(
        name=program.name,
        target=program.target,
        pool=pool,
        threads=program.threads,
        events=program.events,
        locations=program.locations,
        switches=program.switches,
        looked_at=program.looked_at,
        constraints=tuple(constraints),
        stops=program.stops,
        checks=tuple(checks),
        properties=program.properties,
        covers=program.covers,
        ghosts=program.ghosts,
    )
