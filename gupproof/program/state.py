"""The symbolic state of one thread while it is unrolled: path condition, control dependencies, registers, its CPU.

Paths that leave a construct early (return, break, a wait that never ends, a fault) are kept in a log of lost conditions; where
a construct takes its own back in, it cuts the log. What follows is then guarded by the entry's guard minus what is still lost,
so that code after a full join has exactly the entry's guard and the entry's control dependencies.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from gupproof.diagnostics import Diagnostic, GupError, Span
from gupproof.program.events import Dependency
from gupproof.program.expr import Expr, ExprPool, Op

Deps = Mapping[int, Expr]
NO_DEPS: Deps = {}

Register = tuple[int, str]  # frame number and name


@dataclass(frozen=True, slots=True)
class Value:
    """What an expression is worth, and the reads that it depends on (read id → condition).

    Attributes:
        expr: its value.
        deps: reads that it is computed from, syntactically.
        picks: reads that decide which of several values it is, where paths joined: a machine got it by a branch or by a
            conditional move. Empty for the model of a language, which promises nothing of the kind.
        missing: where a register has no value, since it was not assigned; None: nowhere.

    """

    expr: Expr
    deps: Deps = field(default_factory=dict)
    picks: Deps = field(default_factory=dict)
    missing: Expr | None = None


@dataclass(frozen=True, slots=True)
class RegisterAddress:
    """``&local``: known while unrolling, never a number."""

    register: Register


Operand = Value | RegisterAddress


class EarlyExit(Enum):
    """Why a path does not reach the end of its construct."""

    RETURN = "return"
    BREAK = "break"
    CONTINUE = "continue"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A path that left: where ``condition`` holds; ``ctrl`` is what that decision depended on."""

    kind: EarlyExit
    condition: Expr
    ctrl: Deps


@dataclass(frozen=True, slots=True)
class Exit:
    """A path waiting to be joined in: its guard, its registers, the value it returns, and its control dependencies."""

    guard: Expr
    registers: dict[Register, Operand]
    value: Operand | None = None
    ctrl: Deps = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cpu:
    """What the code has switched off: expressions, since a switch or a value read may decide.

    Attributes:
        interrupts: a number whose lowest bit says that interrupts are off, the next ones what each open ``local_irq_save()``
            found, the innermost first; the highest bit that is set only marks the end.
        preemption: how many sections keep other threads off this CPU, and let interrupts in.
        readers: how many RCU read-side sections are open.

    """

    interrupts: Expr
    preemption: Expr
    readers: Expr

    @staticmethod
    def fresh(pool: ExprPool) -> "Cpu":
        """Return the state of a CPU on which everything is enabled."""
        return Cpu(pool.const(ALL_ENABLED), pool.false, pool.false)


ALL_ENABLED = 0b10


@dataclass(slots=True)
class State:
    """Mutable while a thread is unrolled."""

    guard: Expr
    cpu: Cpu
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


def without(deps: Deps, known: Deps) -> Deps:
    """Return the dependencies that ``known`` does not have already."""
    if not deps or not known:
        return deps
    return {source: condition for source, condition in deps.items() if known.get(source) is not condition}


def choose_value(pool: ExprPool, condition: Expr, then: Operand, otherwise: Operand, picks: Deps = NO_DEPS) -> Operand | None:
    """Return the operand that is ``then`` under ``condition``, else ``otherwise``; None if it cannot be expressed.

    ``picks``: the reads that decided, for a value that differs.
    """
    if then == otherwise:
        return then
    if isinstance(then, RegisterAddress) or isinstance(otherwise, RegisterAddress):
        return None
    expr = pool.make(Op.ITE, condition, then.expr, otherwise.expr)
    deps = select(pool, condition, then.deps, otherwise.deps)
    decided = picks if then.expr is not otherwise.expr else NO_DEPS
    chosen = without(union(pool, select(pool, condition, then.picks, otherwise.picks), decided), deps)
    return Value(expr, deps, chosen, _missing(pool, condition, then, otherwise))


def _missing(pool: ExprPool, condition: Expr, then: Value, otherwise: Value) -> Expr | None:
    """Return where the chosen one of two values is none."""
    if then.missing is None and otherwise.missing is None:
        return None
    here = pool.land(condition, then.missing) if then.missing is not None else pool.false
    there = pool.land(pool.negation(condition), otherwise.missing) if otherwise.missing is not None else pool.false
    either = pool.lor(here, there)
    return None if either is pool.false else either


def join_registers(
    pool: ExprPool, exits: Sequence[Exit], where: Span | None = None, *, entry: Deps | None = None
) -> dict[Register, Operand]:
    """Return the registers after the paths of ``exits``, whose guards exclude each other, have joined.

    Args:
        pool: for the expressions.
        exits: the paths.
        where: the construct.
        entry: the control dependencies before the paths parted; None where which path was taken is no pick.

    Raises:
        GupError: a register holds the addresses of different locals; the error is at ``where``.

    """
    live = [item for item in exits if item.guard is not pool.false] or list(exits[-1:])
    result = dict(live[-1].registers)
    picks = NO_DEPS if entry is None or len(live) == 1 else union(pool, *(without(item.ctrl, entry) for item in live))
    for item in reversed(live[:-1]):
        for register, value in item.registers.items():
            if register not in result:
                result[register] = value
            elif result[register] is not value:
                merged = choose_value(pool, item.guard, value, result[register], picks)
                if merged is None:
                    raise different_locals(f"'{register[1].split('.')[0]}'", where)
                result[register] = merged
    return result


def different_locals(what: str, where: Span | None) -> GupError:
    """Return the error that ``what`` may be the address of one local or of another."""
    return GupError(
        Diagnostic(
            code="L002",
            message=f"{what} may point to different local variables after this",
            span=where,
            help="pass '&local' straight to the function that assigns it",
        )
    )


def choose_number(pool: ExprPool, condition: Expr, then: Expr, otherwise: Expr) -> Expr:
    """Return the number that is ``then`` under ``condition``, else ``otherwise``."""
    return pool.make(Op.ITE, condition, pool.where(then, condition), pool.where(otherwise, pool.negation(condition)))


def choose_cpu(pool: ExprPool, condition: Expr, then: Cpu, otherwise: Cpu) -> Cpu:
    """Return the state of a CPU that is ``then`` under ``condition``, else ``otherwise``."""
    return Cpu(
        choose_number(pool, condition, then.interrupts, otherwise.interrupts),
        choose_number(pool, condition, then.preemption, otherwise.preemption),
        choose_number(pool, condition, then.readers, otherwise.readers),
    )


def dependencies(deps: Deps) -> tuple[Dependency, ...]:
    """Return ``deps`` in the form events carry."""
    return tuple(Dependency(source, deps[source]) for source in sorted(deps))


def on_leaves(pool: ExprPool, number: Expr, operation: Callable[[Expr], Expr]) -> Expr:
    """Return ``operation`` of a number, made of each alternative of it: what is chosen among constants stays so."""
    if number.op is Op.ITE:
        condition, then, otherwise = number.args
        return pool.make(Op.ITE, condition, on_leaves(pool, then, operation), on_leaves(pool, otherwise, operation))
    return operation(number)


def assigned(value: Value) -> Value:
    """Return a value that was read with success: as of a register that has one."""
    return value if value.missing is None else replace(value, missing=None)
