"""Walks a typed tree without recursion."""

from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import Any

from gupproof.language.typed import Node


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind) if item.name not in ("span", "type", "name"))


def walk(*roots: Node) -> Iterator[Node]:
    """Yield every node of the trees, each before what it holds, in the order of the text."""
    pending = list(reversed(roots))
    while pending:
        node = pending.pop()
        yield node
        inside: list[Node] = []
        for name in _names(type(node)):
            value = getattr(node, name)
            if isinstance(value, Node):
                inside.append(value)
            elif isinstance(value, tuple):
                inside.extend(item for item in value if isinstance(item, Node))
        pending.extend(reversed(inside))
