"""Acyclicity of a graph whose edges are literals, by vertex elimination.

Vertices are removed one by one; a path through a removed vertex becomes an edge between its neighbours, and a path that
returns to where it started is forbidden (Rankooh and Rintanen 2022). The order is by least in-degree times out-degree.
"""

from collections.abc import Callable, Mapping

from gupproof.encoding.cnf import FALSE, TRUE, Cnf
from gupproof.relations.domains import strongly_connected


def require_acyclic(cnf: Cnf, edges: Mapping[tuple[int, int], int], together: Callable[[int, int], bool]) -> None:
    """Add clauses that make every cycle of edges whose literals all hold impossible.

    Args:
        cnf: receives the clauses.
        edges: (from, to) → literal.
        together: whether two vertices can be part of one execution at all; a path between others needs no edge.

    """
    successors: dict[int, dict[int, int]] = {}
    for (a, b), literal in edges.items():
        if literal == FALSE:
            continue
        if a == b:
            cnf.add(-literal)
            continue
        successors.setdefault(a, {})[b] = literal
        successors.setdefault(b, {})
    for part in strongly_connected(sorted(successors), lambda node: sorted(successors[node])):
        if len(part) > 1:
            members = set(part)
            _eliminate(cnf, {a: {b: lit for b, lit in successors[a].items() if b in members} for a in sorted(part)}, together)


def _eliminate(cnf: Cnf, out: dict[int, dict[int, int]], together: Callable[[int, int], bool]) -> None:
    into: dict[int, dict[int, int]] = {a: {} for a in out}
    for a, row in out.items():
        for b, literal in row.items():
            into[b][a] = literal
    made: set[tuple[int, int]] = set()
    while out:
        vertex = min(out, key=lambda node: (len(out[node]) * len(into[node]), node))
        leaving, arriving = out.pop(vertex), into.pop(vertex)
        for b in leaving:
            del into[b][vertex]
        for a in arriving:
            del out[a][vertex]
        for a, first in arriving.items():
            for b, second in leaving.items():
                if a == b:
                    cnf.add(-first, -second)
                elif together(a, b):
                    _shortcut(cnf, out, into, made, (a, b), first, second)


def _shortcut(
    cnf: Cnf,
    out: dict[int, dict[int, int]],
    into: dict[int, dict[int, int]],
    made: set[tuple[int, int]],
    edge: tuple[int, int],
    first: int,
    second: int,
) -> None:
    """Make ``edge`` hold where both halves of the path do."""
    a, b = edge
    present = out[a].get(b)
    if present == TRUE:
        return
    if present is None and TRUE in (first, second):
        # A path with one certain half is the other half; nothing is ever made to imply a literal that is not our own.
        literal = second if first == TRUE else first
    else:
        literal = present if present is not None and edge in made else cnf.variable()
        if present is not None and present != literal:
            cnf.add(-present, literal)
        cnf.add(-first, -second, literal)
        made.add(edge)
    out[a][b] = literal
    into[b][a] = literal
