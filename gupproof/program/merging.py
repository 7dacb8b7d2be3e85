"""Several primitives performed as one: the rows of which a slot chooses one, as events whose guards and tags carry the choice.

The rows are aligned by their accesses: the fences before the first access, the access, the fences between, the second access,
the fences after it. Fences at the same position of a stretch share an event. A row alone becomes its own steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gupproof.program.expr import Expr, ExprPool
from gupproof.program.targets import Row, Step, StepKind


@dataclass(frozen=True, slots=True)
class Alternative:
    """A row, and where it is the one performed."""

    chosen: Expr
    row: Row


@dataclass(frozen=True, slots=True)
class Merged:
    """A step of several rows.

    Attributes:
        kind: what it is.
        tags: each with where the step has it.
        condition: where the step is performed at all.

    """

    kind: StepKind
    tags: tuple[tuple[str, Expr], ...]
    condition: Expr


def merge(pool: ExprPool, alternatives: Sequence[tuple[Expr, tuple[Step, ...]]]) -> tuple[Merged, ...]:
    """Return the steps that stand for all the alternatives, of which one is performed: where its condition holds."""
    merged: list[Merged] = []
    cut = [(condition, _stretches(steps)) for condition, steps in alternatives]
    for number, kind in enumerate(_STRETCHES):
        stretches = [(condition, stretches[number]) for condition, stretches in cut]
        for position in range(max((len(stretch) for _, stretch in stretches), default=0)):
            steps = [(condition, stretch[position]) for condition, stretch in stretches if position < len(stretch)]
            tags = _tags(pool, [(condition, pool.true, step.tags) for condition, step in steps])
            everywhere = len(steps) == len(alternatives)
            condition = pool.true if everywhere else pool.lor(*(condition for condition, _ in steps))
            merged.append(Merged(kind, tags, condition))
    return tuple(merged)


def read_tags(pool: ExprPool, alternatives: Sequence[Alternative], success: Expr) -> tuple[tuple[str, Expr], ...]:
    """Return the tags of the read of rows that may fail: those of both outcomes always, the others under theirs."""
    found: list[tuple[Expr, Expr, tuple[str, ...]]] = []
    for item in alternatives:
        wins = _of_read(item.row.steps)
        if item.row.failure is None:
            found.append((item.chosen, pool.true, wins))
            continue
        fails = _of_read(item.row.failure)
        found.append((item.chosen, pool.true, tuple(tag for tag in wins if tag in fails)))
        found.append((item.chosen, success, tuple(tag for tag in wins if tag not in fails)))
        found.append((item.chosen, pool.negation(success), tuple(tag for tag in fails if tag not in wins)))
    return _tags(pool, found)


_STRETCHES = (StepKind.FENCE, StepKind.READ, StepKind.FENCE, StepKind.WRITE, StepKind.FENCE)


def _stretches(steps: tuple[Step, ...]) -> tuple[tuple[Step, ...], ...]:
    """Return steps by stretch; the fences of a row that only writes stand before its write."""
    found: list[list[Step]] = [[] for _ in _STRETCHES]
    reads = any(step.kind is StepKind.READ for step in steps)
    place = 0 if reads else 2
    for step in steps:
        if step.kind is not StepKind.FENCE:
            place = _STRETCHES.index(step.kind)
        found[place].append(step)
        place += step.kind is not StepKind.FENCE
    return tuple(map(tuple, found))


def _of_read(steps: tuple[Step, ...]) -> tuple[str, ...]:
    return next((step.tags for step in steps if step.kind is StepKind.READ), ())


def _tags(pool: ExprPool, carriers: Sequence[tuple[Expr, Expr, tuple[str, ...]]]) -> tuple[tuple[str, Expr], ...]:
    """Return every tag with where it is carried.

    Args:
        pool: for the conditions.
        carriers: which alternative, where beside that, which tags. Every alternative is among them, if only with no tags.

    """
    chosen = {condition for condition, _, _ in carriers}
    return tuple(
        (tag, _anywhere(pool, chosen, [(condition, where) for condition, where, tags in carriers if tag in tags]))
        for tag in dict.fromkeys(tag for _, _, tags in carriers for tag in tags)
    )


def _anywhere(pool: ExprPool, chosen: set[Expr], carried: Sequence[tuple[Expr, Expr]]) -> Expr:
    """Return where one of ``carried`` holds: what all the alternatives ask for alike does not depend on the choice."""
    common = {where for _, where in carried}
    if len(common) == 1 and {condition for condition, _ in carried} == chosen:
        return next(iter(common))
    return pool.lor(*(pool.land(condition, where) for condition, where in carried))


def fences(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the fences among steps."""
    return tuple(step for step in steps if step.kind is StepKind.FENCE)


def before_read(row: Row) -> int:
    """Return how many fences a row has before its read."""
    return next((place for place, step in enumerate(row.steps) if step.kind is StepKind.READ), 0)
