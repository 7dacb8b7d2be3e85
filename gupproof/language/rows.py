"""The rows of target tables: which there are, and of what shape, as the table of primitives has them."""

from enum import Enum
from typing import assert_never

from gupproof.language.actions import (
    Action,
    CondLoadAction,
    CpuAction,
    FenceAction,
    LoadAction,
    RcuAction,
    RmwAction,
    SrcuLockAction,
    SrcuSyncAction,
    SrcuUnlockAction,
    StoreAction,
)
from gupproof.language.primitives import PRIMITIVES
from gupproof.language.typed import Guard


class Shape(Enum):
    """What kind of primitive a row is for, and so what its steps may be."""

    LOAD = "a load: one R, and fences"
    STORE = "a store: one W, and fences"
    FENCE = "a fence: any number of F, or -"
    RMW = "a read-modify-write: R then W, and fences"
    QUERY = "a load with two outcomes: one R, then `else` and one R"
    CONDITIONAL = (
        "a conditional read-modify-write: R then W, and fences, then `else` and one R, and fences, the same before both R"
    )


def _everywhere(action: Action) -> dict[str, Shape]:
    """Return the row that an action needs in every table."""
    match action:
        case LoadAction():
            return {action.on_machines or action.row: Shape.LOAD}
        case CondLoadAction():
            return {action.row: Shape.LOAD}
        case StoreAction():
            return {action.row: Shape.STORE}
        case FenceAction():
            return {action.row: Shape.FENCE}
        case RmwAction():
            return {action.row: Shape.RMW if action.guard is Guard.ALWAYS else Shape.CONDITIONAL}
        case RcuAction() | SrcuLockAction() | SrcuUnlockAction() | SrcuSyncAction() | CpuAction():
            return {}
        case _:
            assert_never(action)


def _in_models(action: Action) -> dict[str, Shape]:
    """Return the row that an action needs besides where a model knows of locks and read-side sections itself."""
    match action:
        case LoadAction() if action.on_machines:
            return {action.row: Shape.QUERY}
        case RcuAction() | SrcuSyncAction():
            return {action.row: Shape.FENCE}
        case SrcuLockAction():
            return {action.row: Shape.LOAD}
        case SrcuUnlockAction():
            return {action.row: Shape.STORE}
        case _:
            return {}


_ACTIONS = tuple(primitive.action for primitive in PRIMITIVES.values())

SHAPES: dict[str, Shape] = {"plain_load": Shape.LOAD, "plain_store": Shape.STORE}
"""Every row a table must have."""

LANGUAGE_SHAPES: dict[str, Shape] = {}
"""Further rows of a table of ``kind language``."""

ON_MACHINES: dict[str, str] = {}
"""Rows of such tables alone, and what stands for them on machines."""

for _action in _ACTIONS:
    SHAPES |= _everywhere(_action)
    LANGUAGE_SHAPES |= _in_models(_action)
    if isinstance(_action, LoadAction) and _action.on_machines:
        ON_MACHINES[_action.row] = _action.on_machines
LANGUAGE_SHAPES["smp_mb__after_srcu_read_unlock"] = Shape.FENCE  # in litmus tests alone: on machines it is nothing
