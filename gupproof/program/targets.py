"""A target: what each kernel primitive becomes on one architecture.

This module holds the data; :mod:`gupproof.program.target_reader` reads it from ``spec/targets/*.target``.
"""

from dataclasses import dataclass
from enum import Enum

from gupproof.diagnostics import Span


class StepKind(Enum):
    """One step of a primitive."""

    READ = "R"
    WRITE = "W"
    FENCE = "F"


@dataclass(frozen=True, slots=True)
class Step:
    """A read, write or fence with the cat sets it belongs to."""

    kind: StepKind
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One primitive.

    Attributes:
        primitive: name as in the kernel (``READ_ONCE``, ``cmpxchg_relaxed``, ``atomic_add``).
        steps: what a load, store or fence does, or a read-modify-write that succeeds: in order, at most one read and one write.
        failure: what a conditional read-modify-write does when it fails: fences and one read; None where it cannot fail.
        note: the instructions, as a person writes them (``LDADDAL``).

    """

    primitive: str
    steps: tuple[Step, ...]
    failure: tuple[Step, ...] | None
    note: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one step costs, or several of one row together: see :mod:`gupproof.program.costs`.

    Attributes:
        steps: the steps, of which those of a row may have further tags.
        units: how much, in units of the table's own.
        note: where the figure is from, as a person writes it.

    """

    steps: tuple[Step, ...]
    units: int
    note: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A table.

    Attributes:
        name: file name without ``.target``.
        title: one line for people.
        models: names of the cat models it goes with.
        rows: primitive → row.
        tags: every tag its rows use: the sets its models may name.
        is_language: whether the rows are events of a language's model and not instructions: what stands before ``else`` then
            happens on success only, the fences before the read included.
        parts_unordered: whether each read-modify-write is one instruction of two events, without program order between them in
            herd7; elsewhere there are two instructions, or one event.
        costs: what its steps cost; what no line speaks of costs nothing.
        path, text: the file.

    """

    name: str
    title: str
    models: tuple[str, ...]
    rows: dict[str, Row]
    tags: frozenset[str]
    path: str
    text: str
    is_language: bool = False
    parts_unordered: bool = False
    costs: tuple[Cost, ...] = ()
