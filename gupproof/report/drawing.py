"""An execution as a drawing: SVG with a column for each CPU, its steps from top to bottom, and an arc for each edge.

Every step has a row of its own. An arc leaves its step sideways, goes up or down in the gap beside a column, and comes to its
other step sideways again: in the rows of those two nothing else is written, in the gaps nothing at all. No arc crosses text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from gupproof.execution.ending import FinalValue
from gupproof.execution.story import StoryLine, happening
from gupproof.program.events import Kind
from gupproof.proving.result import Result
from gupproof.report.routes import Arc, Route, cycle, routed

ROW, BOX, TOP, LANE = 46, 36, 58, 9
CHARACTER, TITLE = 6.7, 8.6  # widths of a letter
NARROWEST, WIDEST = 24, 52  # characters in a box
_LEGEND = {
    "rf": "rf: to the read that takes the value",
    "co": "co: to the write that overwrites it",
    "fr": "fr: to the write that overwrites what was read",
    "dep": "address, data or control dependency",
}
_NOTES = (
    "program order from top to bottom; a read without an rf arc reads its own CPU's value or the initial one",
    "thick: a cycle that no interleaving of the CPUs explains",
    "framed: happens before steps that stand above it",
)

_LIGHT = """--ink: #1f2328; --soft: #6b7280; --box: #f6f8fa; --line: #d0d7de; --rf: #1a7f37; --co: #8250df; --fr: #bc4c00;
    --dep: #57606a; --bad: #cf222e; --warm: #fff1e5; background: transparent;"""
_DARK = """--ink: #e6edf3; --soft: #9198a1; --box: #161b22; --line: #3d444d; --rf: #3fb950; --co: #ab7df8; --fr: #f0883e;
    --dep: #9198a1; --bad: #ff7b72; --warm: #3b2314;"""
# Where a drawing stands in a page, its rules are for it alone, and the page may say which theme it has.
_STYLE = f"""
  .execution, [data-theme="light"] .execution {{ {_LIGHT} }}
  @media (prefers-color-scheme: dark) {{ .execution {{ {_DARK} }} }}
  [data-theme="dark"] .execution {{ {_DARK} }}
"""
_STYLE += """  .execution text { font: 11px ui-monospace, Menlo, Consolas, monospace; fill: var(--ink); }
  .execution .soft { fill: var(--soft); } .execution .title { font-size: 14px; font-weight: 600; }
  .execution .cpu { font-size: 13px; font-weight: 600; } .execution .bad { fill: var(--bad); font-weight: 600; }
  .execution .box { fill: var(--box); stroke: var(--line); }
  .execution .early { fill: var(--warm); stroke: var(--fr); }
  .execution .po { stroke: var(--line); stroke-width: 1.5; } .execution .arc { fill: none; stroke-width: 1.3; }
  .execution .rf { stroke: var(--rf); } .execution .co { stroke: var(--co); stroke-dasharray: 7 3; }
  .execution .fr { stroke: var(--fr); stroke-dasharray: 2 3; }
  .execution .dep { stroke: var(--dep); stroke-width: 0.9; stroke-dasharray: 1 2; }
  .execution .hot { stroke-width: 3; } .execution .po.hot { stroke: var(--soft); stroke-width: 4; }
  .execution .head-rf { fill: var(--rf); } .execution .head-co { fill: var(--co); }
  .execution .head-fr { fill: var(--fr); } .execution .head-dep { fill: var(--dep); }
"""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things are: the left edges of the columns' boxes, the width of a box, and the routes of the arcs."""

    lefts: tuple[float, ...]
    gaps: tuple[float, ...]
    box: float
    width: float
    routes: tuple[Route, ...]


def drawing(result: Result) -> str:
    """Return the drawing of a refutation, with the question that it answers for a title."""
    item = result.obligation
    title = f"{item.theorem or item.scenario}: {item.property} of {item.scenario} under {item.model} on {item.target}"
    # What went astray on the way has no final state.
    fails = item.property if result.final else ""
    return draw(result.story, title=title, fails=fails, final=result.final)


def draw(story: Sequence[StoryLine], *, title: str, fails: str = "", final: Sequence[FinalValue] = ()) -> str:
    """Return an execution as SVG text; no file and no font is needed beside it.

    Args:
        story: its steps.
        title: what it shows.
        fails: the property that fails at the end; empty for none.
        final: what that property looked at.

    """
    threads = list(dict.fromkeys(line.thread for line in sorted(story, key=lambda line: line.events)))
    rows = in_program_order(story)
    row_of = {line.step: number for number, line in enumerate(rows)}
    column_of = {line.step: threads.index(line.thread) for line in rows}
    arcs = _arcs(rows, row_of, column_of)
    hot = cycle(rows)
    routes = routed(arcs, len(threads))
    layout = _layout(rows, threads, routes)
    foot = TOP + ROW * len(rows) + 26
    said = max([TITLE * len(title), *(CHARACTER * len(text) for text in (*_NOTES, _ending(fails, final)))])
    width = max(layout.width, said + 24)
    height = foot + 20 * (len(final) > 0) + 18 * (len(_LEGEND) + 3) + 8
    early = {line.step for line in rows if line.overtakes}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="execution" viewBox="0 0 {width:.0f} {height}" role="img">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
        f'<text class="title" x="12" y="20">{escape(title)}</text>',
    ]
    parts += [f'<text class="cpu" x="{layout.lefts[c]:.0f}" y="44">{escape(name)}</text>' for c, name in enumerate(threads)]
    parts += _program_order(rows, column_of, layout)
    between = [(row_of[a], row_of[b], column_of[a]) for a, b in sorted(hot) if column_of[a] == column_of[b]]
    parts += [_down(layout, column, first, last, "po hot") for first, last, column in between]
    parts += [_arc(route, layout, hot=(route.arc.source, route.arc.target) in hot) for route in layout.routes]
    parts += [_box(line, row_of[line.step], layout, column_of[line.step], early=line.step in early) for line in rows]
    parts += _footer(fails, final, foot, marked=bool(hot), early=bool(early))
    return "\n".join([*parts, "</svg>"]) + "\n"


def in_program_order(story: Sequence[StoryLine]) -> list[StoryLine]:
    """Return the steps so that each CPU's stand in program order, and take turns as in the story otherwise."""
    waiting = {
        line.thread: sorted((other for other in story if other.thread == line.thread), key=lambda o: o.events) for line in story
    }
    return [waiting[line.thread].pop(0) for line in story]


def _arcs(rows: Iterable[StoryLine], row_of: dict[int, int], column_of: dict[int, int]) -> list[Arc]:
    found = []
    for line in rows:
        edges = [(edge.name, edge.step) for edge in line.edges] + [("dep", edge.step) for edge in line.needed_by]
        for name, target in edges:
            ends = (row_of[line.step], row_of[target], column_of[line.step], column_of[target])
            found.append(Arc(name, line.step, target, *ends))
    return found


def _layout(rows: Sequence[StoryLine], threads: Sequence[str], routes: tuple[Route, ...]) -> _Layout:
    texts = [_lines(line) for line in rows]
    longest = max((max(len(step), len(values) + 2 + len(place)) for step, values, place in texts), default=0)
    box = (min(max(longest, NARROWEST), WIDEST) + 2) * CHARACTER
    lanes = [1 + max((route.lane for route in routes if route.gap == gap), default=-1) for gap in range(len(threads) + 1)]
    lefts, gaps, x = [], [], 12.0
    for column in range(len(threads)):
        gaps.append(x)
        x += 14 + LANE * lanes[column]
        lefts.append(x)
        x += box
    gaps.append(x)
    return _Layout(tuple(lefts), tuple(gaps), box, x + 26 + LANE * lanes[-1], routes)


def _lines(line: StoryLine) -> tuple[str, str, str]:
    """What stands in a step's box: the step, the values it moves, its place in the source."""
    match line.kind:
        case Kind.FENCE:
            said = "".join(happening(line))
        case Kind.WRITE:
            said = f"{line.location} := {line.value}"
        case Kind.READ:
            said = f"{line.location} = {line.value}" + (f", := {line.writes}" if line.writes else "")
    return f"{line.step} {line.text}", said, line.place.rsplit("/", 1)[-1]


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1] + "…"


def _middle(row: int) -> float:
    return TOP + ROW * row + BOX / 2


def _box(line: StoryLine, row: int, layout: _Layout, column: int, *, early: bool) -> str:
    x, y = layout.lefts[column], TOP + ROW * row
    step, values, place = _lines(line)
    right = x + layout.box - 7
    style = "box early" if early else "box"
    return (
        f"<g><title>{escape(f'{line.thread}: {line.text} ({line.place})')}</title>"
        f'<rect class="{style}" x="{x:.1f}" y="{y}" width="{layout.box:.1f}" height="{BOX}" rx="4"/>'
        f'<text x="{x + 7:.1f}" y="{y + 15}">{escape(_cut(step, WIDEST))}</text>'
        f'<text x="{x + 7:.1f}" y="{y + 29}">{escape(_cut(values, WIDEST - 2 - len(place)))}</text>'
        f'<text class="soft" x="{right:.1f}" y="{y + 29}" text-anchor="end">{escape(place)}</text></g>'
    )


def _program_order(rows: Sequence[StoryLine], column_of: dict[int, int], layout: _Layout) -> list[str]:
    """A line down each column, from its first step to its last."""
    parts = []
    for column in range(len(layout.lefts)):
        own = [row for row, line in enumerate(rows) if column_of[line.step] == column]
        if len(own) > 1:
            parts.append(_down(layout, column, own[0], own[-1], "po"))
    return parts


def _down(layout: _Layout, column: int, first: int, last: int, style: str) -> str:
    x = layout.lefts[column] + 14
    return f'<line class="{style}" x1="{x:.1f}" x2="{x:.1f}" y1="{_middle(first):.1f}" y2="{_middle(last):.1f}"/>'


def _arc(route: Route, layout: _Layout, *, hot: bool) -> str:
    arc = route.arc
    lane = layout.gaps[route.gap] + 9 + LANE * route.lane
    start_y, end_y = _middle(arc.source_row) + route.leaves, _middle(arc.target_row) + route.arrives
    start_x = layout.lefts[arc.source_column] + (layout.box if route.from_right else 0)
    end_x = layout.lefts[arc.target_column] + (layout.box if route.to_right else 0)
    back = -1 if route.to_right else 1
    tip = end_x - back * 7
    head = f"{end_x:.1f},{end_y:.1f} {tip:.1f},{end_y - 3.5:.1f} {tip:.1f},{end_y + 3.5:.1f}"
    shown = f"{start_x:.1f},{start_y:.1f} {lane:.1f},{start_y:.1f} {lane:.1f},{end_y:.1f} {tip:.1f},{end_y:.1f}"
    style = f"arc {arc.name} hot" if hot else f"arc {arc.name}"
    said = f"{arc.source} to {arc.target}: {_LEGEND[arc.name]}"
    line = f'<polyline class="{style}" points="{shown}"/><polygon class="head-{arc.name}" points="{head}"/>'
    return f"<g><title>{said}</title>{line}</g>"


def _footer(fails: str, final: Sequence[FinalValue], y: int, *, marked: bool, early: bool) -> list[str]:
    """The final values, and what the lines mean."""
    parts = []
    if final:
        parts.append(f'<text class="bad" x="12" y="{y}">{escape(_ending(fails, final))}</text>')
        y += 20
    for name, text in _LEGEND.items():
        line = f'<line class="arc {name}" x1="14" x2="54" y1="{y - 4}" y2="{y - 4}"/>'
        parts.append(f'{line}<text class="soft" x="64" y="{y}">{text}</text>')
        y += 18
    order, thick, framed = _NOTES
    notes = [order, *([thick] if marked else []), *([framed] if early else [])]
    parts += [f'<text class="soft" x="12" y="{y + 18 * number}">{note}</text>' for number, note in enumerate(notes)]
    return parts


def _ending(fails: str, final: Sequence[FinalValue]) -> str:
    values = ", ".join(f"{item.name} = {item.value}" for item in final)
    return f"finally: {values}: {fails} fails" if fails else f"finally: {values}"
