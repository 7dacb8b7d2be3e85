"""What may run on a CPU between two steps of its thread: interrupts, and threads that preempt it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from gupproof.diagnostics import Span
from gupproof.language.typed import CpuStep
from gupproof.program.events import StopReason
from gupproof.program.expr import Expr, ExprPool, Op
from gupproof.program.path import Path
from gupproof.program.sections import Sections
from gupproof.program.state import ALL_ENABLED, Cpu, Operand, Register, Value, on_leaves


class Level(IntEnum):
    """What runs on the CPU."""

    OWNER = 0  # the thread that the CPU belongs to
    GUEST = 1  # a thread that preempts it
    HANDLER = 2  # an interrupt, which nothing interrupts


@dataclass(slots=True)
class Window:
    """Something that may run on this CPU, once: an interrupt, or a thread that preempts.

    Attributes:
        run: unrolls it at the present state.
        span: its place.
        choice: expression whose value is the number of the point it runs at, 0 for never.
        level: of what runs.
        ghosts: the ghosts that it looks at or assigns.
        points: the guard of each point so far.
        last: how far the thread was, and the guard, at the latest point: with nothing since, it is the same point.

    """

    run: Callable[[], None]
    span: Span
    choice: Expr
    level: Level
    ghosts: frozenset[str] = frozenset()
    points: list[Expr] = field(default_factory=list)
    last: tuple[int, int, Expr] | None = None


@dataclass(slots=True)
class Interrupts:
    """The windows of one CPU.

    Attributes:
        path, sections: of the code that runs on it.
        windows: what may run in between.
        level: what runs now.
        steps: how many steps there were that make no event: looks at ghosts, changes of what is enabled.

    """

    path: Path
    sections: Sections
    windows: list[Window] = field(default_factory=list)
    level: Level = Level.OWNER
    steps: int = 0

    @property
    def pool(self) -> ExprPool:
        """Makes expressions."""
        return self.path.builder.pool

    @property
    def possible(self) -> bool:
        """Whether anything may interrupt the code that runs now."""
        return self.level is not Level.HANDLER and bool(self.windows)

    def window(self) -> None:
        """Let what may interrupt this point do so, in any order."""
        if self.path.final or not self.possible:
            return
        false = self.pool.false
        offered = [(window, guard) for window in self.windows if (guard := self._open_to(window)) is not false]
        if all(window.last == self._progress(guard) for window, guard in offered):
            return
        # Every order of the windows is part of this sequence of them.
        for window, guard in [*offered * (len(offered) - 1), offered[0]]:
            self._interrupted_by(window, guard)
        for window, guard in offered:
            window.last = self._progress(guard)

    def look(self, register: Register) -> None:
        """Open a window before a ghost is looked at or assigned that something else on this CPU uses as well."""
        frame, name = register
        if frame == 0 and any(name in window.ghosts for window in self.windows):
            self.window()
            self.steps += 1

    def _progress(self, guard: Expr) -> tuple[int, int, Expr]:
        return len(self.path.builder.events), self.steps, guard

    def _open_to(self, window: Window) -> Expr:
        """Return where ``window`` may run now."""
        pool, state = self.pool, self.path.state
        enabled = enabled_in(pool, state.cpu)
        if window.level is Level.GUEST:
            if self.level is not Level.OWNER:
                return pool.false
            enabled = self._preemptible(state.cpu)
        return pool.land(state.guard, enabled)

    def _interrupted_by(self, window: Window, guard: Expr) -> None:
        path, pool, sections = self.path, self.pool, self.sections
        state = path.state
        window.points.append(guard)
        chosen = pool.land(guard, pool.make(Op.EQ, window.choice, pool.const(len(window.points))))
        ctrl, cpu, opened, level = state.ctrl, state.cpu, sections.open, self.level
        # It depends on nothing that its victim computed, and its own branches and sections end with it.
        state.ctrl, state.cpu = {}, Cpu.fresh(pool)
        sections.open, self.level = {}, window.level
        path.branch(Value(chosen), lambda: self._run(window), lambda: Value(pool.false), None)
        state.ctrl, state.cpu = ctrl, cpu
        sections.open, self.level = opened, level

    def _run(self, window: Window) -> Operand:
        window.run()
        return Value(self.pool.false)

    # ── what the code switches off ───────────────────────────────────────────────────────────────────────────────────

    def switch_off_or_on(self, step: CpuStep) -> None:
        """Unroll ``local_irq_save()`` and its kin, all but the counted ones, whose window is open."""
        pool, state = self.pool, self.path.state
        number = state.cpu.interrupts
        match step:
            case CpuStep.IRQ_DISABLE:
                changed = on_leaves(pool, number, self._off)
            case CpuStep.IRQ_ENABLE:
                changed = on_leaves(pool, number, lambda leaf: pool.make(Op.SUB, self._off(leaf), pool.true))
            case CpuStep.IRQ_SAVE:
                changed = on_leaves(pool, number, self._pushed)
            case _:
                changed = on_leaves(pool, number, lambda leaf: pool.make(Op.SHR, leaf, pool.true))
        state.cpu = Cpu(changed, state.cpu.preemption, state.cpu.readers)

    def _off(self, number: Expr) -> Expr:
        return self.pool.make(Op.OR, number, self.pool.true)

    def _pushed(self, number: Expr) -> Expr:
        pool = self.pool
        return pool.make(Op.ADD, pool.make(Op.MUL, number, pool.const(2)), pool.true)

    def nothing_saved(self) -> Expr:
        """Return where no ``local_irq_save()`` is open."""
        pool = self.pool
        return on_leaves(pool, self.path.state.cpu.interrupts, lambda leaf: pool.make(Op.LT, leaf, pool.const(2 * ALL_ENABLED)))

    # ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def finish(self) -> Expr:
        """Once the owner is unrolled: say what each choice is among, and that a thread that has not run is waited for.

        Returns:
            where no interrupt will come any more: each has, or the CPU waits with interrupts off.

        """
        pool, builder = self.pool, self.path.builder
        waits = self.path.waits
        masked = pool.lor(*(pool.land(where, pool.negation(enabled_in(pool, cpu))) for where, cpu in waits))
        shut = pool.lor(*(pool.land(where, pool.negation(self._preemptible(cpu))) for where, cpu in waits))
        settled = pool.true
        for window in self.windows:
            pool.options[window.choice] = tuple(range(len(window.points) + 1))
            places = enumerate(window.points, 1)
            ran = pool.lor(*(pool.land(guard, pool.make(Op.EQ, window.choice, pool.const(place))) for place, guard in places))
            if window.level is Level.GUEST:
                builder.stop(StopReason.WAITS, pool.negation(ran), window.span, shut)
            else:
                settled = pool.land(settled, pool.lor(ran, masked))
        return settled

    def _preemptible(self, cpu: Cpu) -> Expr:
        pool = self.pool
        return pool.land(enabled_in(pool, cpu), pool.make(Op.EQ, cpu.preemption, pool.false))


def enabled_in(pool: ExprPool, cpu: Cpu) -> Expr:
    """Return where interrupts are enabled."""
    return on_leaves(pool, cpu.interrupts, lambda leaf: pool.make(Op.EQ, pool.make(Op.AND, leaf, pool.true), pool.false))
