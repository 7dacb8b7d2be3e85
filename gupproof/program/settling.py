"""Slots that are fixed, taken out of the typed tree: each use becomes the primitive chosen, as if the source said so."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar, cast

from gupproof.language import typed

_Node = TypeVar("_Node", bound=typed.Node)
_Rows = Mapping[str, tuple[int, str]]


def settled(
    unit: typed.Unit, scenario: typed.Scenario, fixed: Mapping[str, int]
) -> tuple[dict[str, typed.Function], typed.Scenario]:
    """Return a file's functions and a scenario with the slots in ``fixed`` settled.

    Args:
        unit: the file.
        scenario: one of its scenarios.
        fixed: switch → position of its value.

    """
    rows = {
        name: (fixed[name], switch.rows[fixed[name]])
        for name, switch in unit.switches.items()
        if switch.is_slot and name in fixed
    }
    if not rows:
        return unit.functions, scenario
    functions = {name: _settled(function, rows) for name, function in unit.functions.items()}
    return functions, _settled(scenario, rows)


def _settled(node: _Node, rows: _Rows) -> _Node:
    """Return a node with its slots settled, all the way down; a node without any is returned as it is."""
    changed: dict[str, object] = {}
    # A slotted dataclass lists its own fields there; `span`, which every node inherits, holds no node.
    for name in type(node).__slots__:
        old = getattr(node, name)
        new: object = old
        if isinstance(old, typed.Node):
            new = _settled(old, rows)
        elif isinstance(old, tuple) and any(isinstance(item, typed.Node) for item in old):
            items = tuple(made for item in old for made in _settled_item(item, rows))
            same = len(items) == len(old) and all(a is b for a, b in zip(items, old, strict=True))
            new = old if same else items
        if new is not old:
            changed[name] = new
    made: _Node = replace(node, **changed) if changed else node  # type: ignore[arg-type]
    if isinstance(made, typed.Load | typed.Store | typed.Rmw) and made.slot in rows:
        return cast("_Node", _chosen(made, rows))
    return made


def _settled_item(item: object, rows: _Rows) -> tuple[object, ...]:
    if isinstance(item, typed.Slot) and item.name in rows:
        row = rows[item.name][1]
        return (typed.Fence(span=item.span, primitive=row),) if row else ()
    return (_settled(item, rows) if isinstance(item, typed.Node) else item,)


def _chosen(node: typed.Load | typed.Store | typed.Rmw, rows: _Rows) -> typed.Load | typed.Store | typed.Rmw:
    value, row = rows[node.slot]
    if not isinstance(node, typed.Rmw) or not node.guards:
        return replace(node, primitive=row, slot="")
    guard = node.guards[value]
    comparand = None if guard is typed.Guard.ALWAYS else node.comparand
    return replace(node, primitive=row, slot="", guard=guard, guards=(), comparand=comparand)
