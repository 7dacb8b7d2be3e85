"""The final condition of a litmus test as an expression over what its threads end with."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from gupproof.diagnostics import Diagnostic, GupError
from gupproof.litmus.form import And, Equal, Formula, Kind, Not, Or, Register, Same, Value, Word
from gupproof.litmus.spelling import Spelling
from gupproof.program.events import Program
from gupproof.program.expr import Expr, ExprPool, Op

CONDITION = "condition"
"""The name of the property and cover that a test's condition becomes."""

FAULTS = "faults"
"""The property that fails where an access goes outside of every location: herd has no verdict for such a test."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What the condition or the locations clause looks at, as it ends.

    Attributes:
        place: the register or word.
        expr: its final value, cut to its type.
        kind: how that is printed.

    """

    place: Register | Word
    expr: Expr
    kind: Kind


@dataclass(frozen=True, slots=True)
class Lowered:
    """A test, unrolled.

    Attributes:
        program: the executions.
        observed: what its condition and its locations clause look at.
        counts: its filter.
        spelling: how addresses are printed; None for the names of the program's locations.

    """

    program: Program
    observed: tuple[Observed, ...]
    counts: Expr
    spelling: Spelling | None = None


def meaning(
    formula: Formula,
    pool: ExprPool,
    place: Callable[[Register | Word], Expr],
    equal: Callable[[Register | Word, Value], Expr],
) -> Expr:
    """Return a condition as an expression.

    Args:
        formula: the condition.
        pool: makes the expression.
        place: returns what a register or word of memory ends with.
        equal: returns whether it is a number, or the address of a location.

    """
    match formula:
        case Equal(place=left, value=value):
            return equal(left, value)
        case Same(left=left, right=right):
            return pool.make(Op.EQ, place(left), place(right))
        case Not(inner=inner):
            return pool.negation(meaning(inner, pool, place, equal))
        case And(parts=parts):
            return pool.land(*(meaning(part, pool, place, equal) for part in parts))
        case Or(parts=parts):
            return pool.lor(*(meaning(part, pool, place, equal) for part in parts))


def require_thread(register: Register, count: int, path: str) -> None:
    """See to it that a condition's register belongs to one of ``count`` threads.

    Raises:
        GupError: it does not.

    """
    if register.thread >= count:
        message = f"{path}: the condition names thread {register.thread}; there are {count}"
        raise GupError(Diagnostic(code="M005", message=message))


def require_introduced(condition: Formula, introduced: Iterable[str], path: str) -> None:
    """See to it that a condition names no location that the rest of the test does not: it can only be a slip.

    Args:
        condition: the final condition.
        introduced: what the initial state and the threads name; elements of arrays count by their array.
        path: of the file.

    Raises:
        GupError: it does.

    """
    known = {name.partition("[")[0] for name in introduced}
    for name in named(condition):
        if name.partition("[")[0] not in known:
            raise GupError(
                Diagnostic(
                    code="M005",
                    message=f"{path}: the condition names '{name}', which is nowhere else in the test",
                    help=f"its locations are {', '.join(sorted(known)) or 'none'}",
                )
            )


def words_named(
    memory: Mapping[str, Value],
    registers: Iterable[Value],
    conditions: Iterable[Formula | None],
    listed: Iterable[Register | Word],
    *,
    parameters: Iterable[str] = (),
) -> list[str]:
    """Return every word a test names outside of its code, in order of appearance.

    Args:
        memory: initial values.
        registers: initial values of registers.
        conditions: the final condition and the filter.
        listed: what the locations clause names.
        parameters: of the threads, where they have any.

    """
    names: dict[str, None] = {}
    for name, value in memory.items():
        names[name] = None
        if isinstance(value, str):
            names[value] = None
    names |= dict.fromkeys(parameters)
    names |= dict.fromkeys(value for value in registers if isinstance(value, str))
    for formula in conditions:
        names |= dict.fromkeys(named(formula)) if formula is not None else {}
    names |= dict.fromkeys(place.name for place in listed if isinstance(place, Word))
    return list(names)


def named(formula: Formula) -> list[str]:
    """Return the locations that a condition names, in order."""
    match formula:
        case Equal(place=place, value=value):
            names = [place.name] if isinstance(place, Word) else []
            return [*names, value] if isinstance(value, str) else names
        case Same(left=left, right=right):
            return [place.name for place in (left, right) if isinstance(place, Word)]
        case Not(inner=inner):
            return named(inner)
        case And(parts=parts) | Or(parts=parts):
            return [name for part in parts for name in named(part)]


def places(formula: Formula) -> list[Register | Word]:
    """Return the registers and words that a condition looks at, in order."""
    match formula:
        case Equal(place=place):
            return [place]
        case Same(left=left, right=right):
            return [left, right]
        case Not(inner=inner):
            return places(inner)
        case And(parts=parts) | Or(parts=parts):
            return [place for part in parts for place in places(part)]
