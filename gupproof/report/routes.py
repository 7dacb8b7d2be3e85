"""Which way the arcs of a drawing go: through which gap between columns, in which lane of it, and where they end."""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gupproof.execution.story import StoryLine

PORT = 5  # pixels between the ends of arcs on one side of a box, at most
SIDE = 28  # pixels of a side that arcs may end on


@dataclass(frozen=True, slots=True)
class Arc:
    """An edge between two steps, each with its row and column."""

    name: str
    source: int
    target: int
    source_row: int
    target_row: int
    source_column: int
    target_column: int


@dataclass(frozen=True, slots=True)
class Route:
    """An arc's way.

    Attributes:
        arc: the arc.
        gap: number of the gap it goes up or down in: ``c`` is left of column c.
        lane: in that gap, from the left.
        from_right, to_right: whether it leaves, and comes to, the right side of a box.
        leaves, arrives: pixels above (negative) or below the middle of the box.

    """

    arc: Arc
    gap: int
    lane: int
    from_right: bool
    to_right: bool
    leaves: float
    arrives: float


def routed(arcs: Sequence[Arc], columns: int) -> tuple[Route, ...]:
    """Return a way for each arc; those of one gap that overlap in height have lanes of their own.

    Args:
        arcs: the arcs.
        columns: how many columns there are.

    """
    taken: dict[int, list[list[tuple[int, int]]]] = {gap: [] for gap in range(columns + 1)}
    ends = Counter(end for arc in arcs for end in _ends(arc))
    used: Counter[tuple[int, bool]] = Counter()

    def port(end: tuple[int, bool]) -> float:
        count, place = ends[end], used[end]
        used[end] += 1
        return (place - (count - 1) / 2) * min(PORT, SIDE / max(1, count - 1))

    result = []
    for arc in sorted(arcs, key=lambda item: (abs(item.source_row - item.target_row), item.source_row, item.name)):
        forward = arc.source_column < arc.target_column
        inside = arc.source_column == arc.target_column
        gap = arc.target_column if forward or inside else arc.target_column + 1
        span = min(arc.source_row, arc.target_row), max(arc.source_row, arc.target_row)
        lanes = taken[gap]
        lane = next((n for n, spans in enumerate(lanes) if all(span[1] < a or b < span[0] for a, b in spans)), len(lanes))
        if lane == len(lanes):
            lanes.append([])
        lanes[lane].append(span)
        leaving, arriving = _ends(arc)
        result.append(Route(arc, gap, lane, leaving[1], arriving[1], port(leaving), port(arriving)))
    return tuple(result)


def _ends(arc: Arc) -> tuple[tuple[int, bool], tuple[int, bool]]:
    """The steps an arc joins, each with whether it meets the right side of its box."""
    forward = arc.source_column < arc.target_column
    return (arc.source, forward), (arc.target, arc.source_column > arc.target_column)


def cycle(story: Sequence[StoryLine]) -> frozenset[tuple[int, int]]:
    """Return the edges of a shortest cycle of program order and communication; nothing: the steps can be interleaved."""
    after: dict[int, list[int]] = {line.step: [edge.step for edge in line.edges] for line in story}
    for thread in dict.fromkeys(line.thread for line in story):
        own = sorted((line for line in story if line.thread == thread), key=lambda line: line.events)
        for number, line in enumerate(own):
            after[line.step] += [later.step for later in own[number + 1 :]]
    best: list[int] = []
    for start in after:
        found = _back_to(start, after)
        if found and (not best or len(found) < len(best)):
            best = found
    return frozenset(pairwise(best))


def _back_to(start: int, after: dict[int, list[int]]) -> list[int]:
    """Return a shortest way from a step back to it."""
    came_from: dict[int, int] = {}
    queue = deque([start])
    while queue and start not in came_from:
        here = queue.popleft()
        for following in after[here]:
            if following not in came_from:
                came_from[following] = here
                queue.append(following)
    if start not in came_from:
        return []
    path = [start]
    while len(path) == 1 or path[-1] != start:
        path.append(came_from[path[-1]])
    return path[::-1]
