"""What comes back to a thread through memory: a load that reads where the thread itself stored last.

A dependency of Arm goes through registers and memory (DDI 0487, B2.3.3): what a store depended on, the thread's next load from
its location depends on. The model's own ``data; rfi`` says so of data; what a store was only picked by, and what an atomic
instruction made of its own read, is kept here.
"""

from dataclasses import dataclass, field

from gupproof.program.expr import Expr, ExprPool, Op
from gupproof.program.state import NO_DEPS, Deps, union


@dataclass(frozen=True, slots=True)
class Forwarded:
    """The reads that a store passes on to a load, each with the condition that it does.

    Attributes:
        deps: whose value it computed with, where the model does not know it.
        picks: that chose what it stored, or whether it did.
        halves: what picked the read that it is the other half of.

    """

    deps: Deps = field(default_factory=dict)
    picks: Deps = field(default_factory=dict)
    halves: Deps = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.deps or self.picks or self.halves)


NOTHING = Forwarded()


@dataclass(slots=True)
class Stores:
    """The stores of one thread, in program order."""

    pool: ExprPool
    _made: list[tuple[Expr, Expr, Forwarded]] = field(default_factory=list)
    _any: bool = False

    def add(self, address: Expr, guard: Expr, passes: Forwarded) -> None:
        """Note a store: it happens where ``guard`` holds."""
        self._made.append((address, guard, passes))
        self._any |= bool(passes)

    def seen_by(self, address: Expr) -> Forwarded:
        """Return what the latest store passes on to a load."""
        pool = self.pool
        if not self._any:
            return NOTHING
        seen, latest = NOTHING, pool.true
        for place, guard, passes in reversed(self._made):
            here = pool.land(guard, pool.make(Op.EQ, place, address))
            condition = pool.land(latest, here)
            if condition is not pool.false:
                seen = Forwarded(
                    union(pool, seen.deps, where(pool, condition, passes.deps)),
                    union(pool, seen.picks, where(pool, condition, passes.picks)),
                    union(pool, seen.halves, where(pool, condition, passes.halves)),
                )
            latest = pool.land(latest, pool.negation(here))
            if latest is pool.false:
                break
        return seen


def where(pool: ExprPool, condition: Expr, deps: Deps) -> Deps:
    """Return dependencies as far as a condition holds."""
    limited = {source: pool.land(condition, present) for source, present in deps.items()}
    return {source: present for source, present in limited.items() if present is not pool.false} or NO_DEPS
