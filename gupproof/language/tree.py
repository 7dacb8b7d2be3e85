"""Walks a typed tree without recursion."""

from collections.abc import Iterator

from gupproof.language.typed import Node


def walk(*roots: Node) -> Iterator[Node]:
    """Yield every node of the trees, each before what it holds, in the order of the text."""
    pending = list(reversed(roots))
    while pending:
        node = pending.pop()
        yield node
        inside: list[Node] = []
        # A slotted dataclass lists its own fields there; `span`, which every node inherits, holds no node.
        for name in type(node).__slots__:
            value = getattr(node, name)
            if isinstance(value, Node):
                inside.append(value)
            elif isinstance(value, tuple):
                inside.extend(item for item in value if isinstance(item, Node))
        pending.extend(reversed(inside))
