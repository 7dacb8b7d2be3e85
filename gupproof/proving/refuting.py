"""Whether something is refuted, and how: asked by a search among many programs, which does not care what a proof is worth."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from gupproof.diagnostics import GupError
from gupproof.encoding.encoding import encode
from gupproof.execution.replay import Replay
from gupproof.program.events import CheckKind, Program
from gupproof.program.scenario import lower
from gupproof.program.shape import Shape, shape
from gupproof.proving.obligations import Group
from gupproof.proving.platforms import Platform, model_of, target_of
from gupproof.proving.questions import Questions
from gupproof.proving.result import Obligation
from gupproof.proving.session import why
from gupproof.solving.solver import Solver


class Ending(IntEnum):
    """How an execution refutes a property, the best first."""

    FINAL_STATE = 0  # the property itself is false
    ASSERT = 1
    FAULT = 2  # a NULL pointer or the like: true of many changes that say nothing about the property


@dataclass(frozen=True, slots=True)
class Refuted:
    """An obligation, how an execution refutes it, and the reason in a line."""

    obligation: Obligation
    ending: Ending
    reason: str


def lowered(group: Group) -> Program:
    """Return what a group's questions are about.

    Raises:
        GupError: the scenario cannot be unrolled.

    """
    target = target_of(Platform(group.model, group.target))
    return lower(group.unit, group.unit.scenarios[group.scenario], target, fixed=dict(group.fixed))


def refuted(group: Group, *, timeout: float, unless: Shape | None = None) -> Iterator[Refuted]:
    """Yield those obligations of a group that an execution refutes; each was checked again without the solver.

    Nothing comes of a program that cannot be unrolled or encoded, of a question that takes too long, and of a program that is
    the same as another.

    Args:
        group: the questions.
        timeout: seconds of solving for each.
        unless: the other program.

    """
    try:
        program = lowered(group)
        if unless is not None and shape(program) == unless:
            return
        model = model_of(Platform(group.model, group.target), group.reading)
        encoding = encode(program, model, representatives=True)
    except GupError:
        return
    questions = Questions(encoding, model, Solver(encoding.dimacs))
    for obligation in group.obligations:
        setting = [encoding.switches[name][value] for name, value in obligation.values if name in encoding.switches]
        asked = [*setting, encoding.violated[obligation.property]]
        finding = questions.find(asked, timeout, refutes=obligation.property)
        if finding.replay is not None:
            yield Refuted(obligation, _ending(finding.replay), why(finding.replay, obligation.property))


def _ending(found: Replay) -> Ending:
    kinds = {check.kind for check in found.events.violations}
    if CheckKind.FAULT in kinds:
        return Ending.FAULT
    return Ending.ASSERT if CheckKind.ASSERT in kinds else Ending.FINAL_STATE
