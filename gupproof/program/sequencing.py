"""What a thread's CPU has a say in: interrupts and preemption, read-side sections, grace periods."""

from dataclasses import dataclass, replace
from typing import Protocol, assert_never

from gupproof.language import typed
from gupproof.language.typed import CpuStep, RcuStep
from gupproof.program.expr import Op
from gupproof.program.interrupts import Interrupts, Level
from gupproof.program.path import error
from gupproof.program.sections import Sections, ended
from gupproof.program.state import Value


class Sequencing(Protocol):
    """How the steps are unrolled that are about a CPU and not about memory."""

    def interrupts(self, node: typed.Interrupts) -> None:
        """Unroll a change of what may interrupt."""

    def rcu(self, node: typed.Rcu) -> None:
        """Unroll a step of RCU."""

    def srcu_lock(self, node: typed.SrcuLock, place: Value) -> Value:
        """Unroll ``srcu_read_lock()``."""

    def srcu_unlock(self, node: typed.SrcuUnlock, place: Value, index: Value) -> None:
        """Unroll ``srcu_read_unlock()``."""

    def srcu_synchronize(self, node: typed.SrcuSync, place: Value) -> None:
        """Unroll ``synchronize_srcu()``."""

    def call_rcu(self, node: typed.CallRcu, arguments: tuple[Value, ...]) -> None:
        """Unroll ``call_rcu()``."""


@dataclass(slots=True)
class KernelCpu:
    """A CPU of a scenario."""

    windows: Interrupts
    sections: Sections

    def interrupts(self, node: typed.Interrupts) -> None:
        """Unroll a change of what may interrupt.

        Raises:
            GupError: an end without its beginning, on any path.

        """
        windows, path = self.windows, self.windows.path
        pool = windows.pool
        # Where preemption is off there are still interrupts.
        windows.window()
        depth = path.state.cpu.preemption
        match node.step:
            case CpuStep.IRQ_SAVE | CpuStep.IRQ_DISABLE | CpuStep.IRQ_ENABLE:
                windows.switch_off_or_on(node.step)
            case CpuStep.IRQ_RESTORE:
                nothing, wrong = windows.nothing_saved(), "local_irq_restore() without its beginning"
                if nothing is pool.true:
                    raise error("L008", wrong, node.span, "pair it with local_irq_save()")
                path.fault(pool.where(nothing, path.state.guard), wrong, node.span)
                windows.switch_off_or_on(node.step)
            case CpuStep.PREEMPT_DISABLE | CpuStep.LOCAL_LOCK:
                path.state.cpu = replace(path.state.cpu, preemption=pool.make(Op.ADD, depth, pool.true))
            case CpuStep.PREEMPT_ENABLE | CpuStep.LOCAL_UNLOCK:
                depth = ended(path, depth, node.step.value, node.span)
                path.state.cpu = replace(path.state.cpu, preemption=depth)
            case _:
                assert_never(node.step)
        windows.steps += 1

    def rcu(self, node: typed.Rcu) -> None:
        """Unroll a step of RCU.

        Raises:
            GupError: a handler waits for readers, or a section ends that never began.

        """
        if node.step is RcuStep.SYNCHRONIZE:
            self._must_not_sleep(node.step.value, node)
        self.sections.step(node)

    def srcu_lock(self, node: typed.SrcuLock, place: Value) -> Value:
        """Unroll ``srcu_read_lock()``."""
        return self.sections.srcu_lock(node, place)

    def srcu_unlock(self, node: typed.SrcuUnlock, place: Value, index: Value) -> None:
        """Unroll ``srcu_read_unlock()``."""
        self.sections.srcu_unlock(node, place, index)

    def srcu_synchronize(self, node: typed.SrcuSync, place: Value) -> None:
        """Unroll ``synchronize_srcu()``.

        Raises:
            GupError: a handler waits for readers.

        """
        self._must_not_sleep("synchronize_srcu", node)
        self.sections.srcu_synchronize(node, place)

    def call_rcu(self, node: typed.CallRcu, arguments: tuple[Value, ...]) -> None:
        """Unroll ``call_rcu()``."""
        self.sections.queue(node, arguments)

    def _must_not_sleep(self, primitive: str, node: typed.Node) -> None:
        if self.windows.level is Level.HANDLER:
            message = f"{primitive}() sleeps, and an interrupt handler must not"
            raise error("L014", message, node.span, "use call_rcu(), or do it in a thread")
