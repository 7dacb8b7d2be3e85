"""The symbolic state of one thread while it is unrolled: path condition, control dependencies, registers.

Paths that leave a construct early (return, break, an await that never holds) are kept in a log of lost conditions; where a
construct takes its own back in, it cuts the log. What follows is then guarded by the entry's guard minus what is still lost,
so that code after a full join has exactly the entry's guard and the entry's control dependencies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gupproof.diagnostics import Diagnostic, GupError, Span
from gupproof.program.events import Dependency
from gupproof.program.expr import Expr, ExprPool, Op

Deps = Mapping[int, Expr]
NO_DEPS: Deps = {}

Register = tuple[int, str]  # frame number and name


@dataclass(frozen=True, slots=True)
class Value:
    """What an expression is worth, and the reads it syntactically depends on (read id → condition)."""

    expr: Expr
    deps: Deps = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RegisterAddress:
    """``&local``: known while unrolling, never a number."""

    register: Register


Operand = Value | RegisterAddress


class Lost:
    """Why a path does not reach the end of its construct."""

    RETURN = "return"
    BREAK = "break"
    CONTINUE = "continue"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A path that left: where ``condition`` holds; ``ctrl`` is what that decision depended on."""

    kind: str
    condition: Expr
    ctrl: Deps


@dataclass(frozen=True, slots=True)
class Exit:
    """A path waiting to be joined in: its guard, its registers, and the value it returns."""

    guard: Expr
    registers: dict[Register, Operand]
    value: Operand | None = None


@dataclass(frozen=True, slots=True)
class Depths:
    """How many sections of each kind are open: expressions, since a switch or a value read may decide.

    Attributes:
        interrupts: that keep interrupts off.
        preemption: that keep other threads off this CPU, and let interrupts in.
        readers: RCU read-side sections.

    """

    interrupts: Expr
    preemption: Expr
    readers: Expr


@dataclass(slots=True)
class State:
    """Mutable while a thread is unrolled."""

    guard: Expr
    depths: Depths
    ctrl: Deps = field(default_factory=dict)
    registers: dict[Register, Operand] = field(default_factory=dict)
    log: list[LogEntry] = field(default_factory=list)


def union(pool: ExprPool, *several: Deps) -> Deps:
    """Return dependencies present where any of the given ones is."""
    present = [deps for deps in several if deps]
    if len(present) <= 1:
        return present[0] if present else NO_DEPS
    result: dict[int, Expr] = {}
    for deps in present:
        for source, condition in deps.items():
            result[source] = pool.lor(result[source], condition) if source in result else condition
    return result


def select(pool: ExprPool, condition: Expr, then: Deps, otherwise: Deps) -> Deps:
    """Return ``then``'s dependencies where ``condition`` holds and ``otherwise``'s where it does not."""
    if then is otherwise or then == otherwise:
        return then
    negated = pool.negation(condition)
    result: dict[int, Expr] = {}
    for source in sorted({*then, *otherwise}):
        chosen = pool.lor(
            pool.land(condition, then.get(source, pool.false)), pool.land(negated, otherwise.get(source, pool.false))
        )
        if then.get(source) is otherwise.get(source):
            chosen = then[source]
        if chosen is not pool.false:
            result[source] = chosen
    return result


def choose_value(pool: ExprPool, condition: Expr, then: Operand, otherwise: Operand) -> Operand | None:
    """Return the operand that is ``then`` under ``condition``, else ``otherwise``; None if it cannot be expressed."""
    if then == otherwise:
        return then
    if isinstance(then, RegisterAddress) or isinstance(otherwise, RegisterAddress):
        return None
    expr = pool.make(Op.ITE, condition, then.expr, otherwise.expr)
    return Value(expr, select(pool, condition, then.deps, otherwise.deps))


def join_registers(pool: ExprPool, exits: Sequence[Exit], where: Span | None = None) -> dict[Register, Operand]:
    """Return the registers after the paths of ``exits``, whose guards exclude each other, have joined.

    Raises:
        GupError: a register holds the addresses of different locals; the error is at ``where``.

    """
    live = [item for item in exits if item.guard is not pool.false] or list(exits[-1:])
    result = dict(live[-1].registers)
    for item in reversed(live[:-1]):
        for register, value in item.registers.items():
            if register not in result:
                result[register] = value
            elif result[register] is not value:
                merged = choose_value(pool, item.guard, value, result[register])
                if merged is None:
                    raise GupError(
                        Diagnostic(
                            code="L002",
                            message=f"'{register[1].split('.')[0]}' may point to different local variables after this",
                            span=where,
                            help="pass '&local' straight to the function that assigns it",
                        )
                    )
                result[register] = merged
    return result


def choose_count(pool: ExprPool, condition: Expr, then: Expr, otherwise: Expr) -> Expr:
    """Return the count that is ``then`` under ``condition``, else ``otherwise``."""
    return pool.make(Op.ITE, condition, pool.where(then, condition), pool.where(otherwise, pool.negation(condition)))


def choose_depths(pool: ExprPool, condition: Expr, then: Depths, otherwise: Depths) -> Depths:
    """Return the depths that are ``then`` under ``condition``, else ``otherwise``."""
    return Depths(
        choose_count(pool, condition, then.interrupts, otherwise.interrupts),
        choose_count(pool, condition, then.preemption, otherwise.preemption),
        choose_count(pool, condition, then.readers, otherwise.readers),
    )


def dependencies(deps: Deps) -> tuple[Dependency, ...]:
    """Return ``deps`` in the form events carry."""
    return tuple(Dependency(source, deps[source]) for source in sorted(deps))
