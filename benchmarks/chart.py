"""A line chart as SVG: one curve a name, the vertical axis logarithmic."""

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 960, 520, 60, 40, 200, 40
COLOURS = (
    "#4e79a7",
    "#f28e2b",
    "#e15759",
    "#76b7b2",
    "#59a14f",
    "#b6992d",
    "#b07aa1",
    "#ff9da7",
    "#9c755f",
    "#79706e",
    "#499894",
)


def chart(curves: Mapping[str, Sequence[tuple[int, float]]], title: str) -> str:
    """Return the SVG text; an empty curve is left out. Readable on light and on dark ground."""
    drawn = {name: points for name, points in curves.items() if points}
    sizes = [size for points in drawn.values() for size, _ in points] or [1]
    heights = [max(value, 1e-3) for points in drawn.values() for _, value in points] or [1.0]
    low, high = math.floor(math.log10(min(heights))), math.ceil(math.log10(max(heights)) + 1e-9)
    high = max(high, low + 1)
    first, last = math.log2(min(sizes)), math.log2(max(*sizes, min(sizes) + 1))

    def x(size: int) -> float:
        return LEFT + (math.log2(size) - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (math.log10(max(value, 1e-3)) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        "<style>text{fill:#666}.grid{stroke:#8884}@media(prefers-color-scheme:dark){text{fill:#bbb}}</style>",
        f'<text x="{LEFT}" y="20" font-size="15">{escape(title)}</text>',
    ]
    for power in range(low, high + 1):
        level = y(10.0**power)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{level:.1f}" y2="{level:.1f}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{level + 4:.1f}" text-anchor="end">{10.0**power:g} s</text>')
    marked = [size for size in sorted(set(sizes)) if size & (size - 1) == 0 or len(set(sizes)) < 12]
    parts += [f'<text x="{x(size):.1f}" y="{HEIGHT - 16}" text-anchor="middle">{size}</text>' for size in marked]
    ends = sorted(drawn, key=lambda name: y(drawn[name][-1][1]))
    label = TOP
    for number, name in enumerate(ends):
        colour = COLOURS[number % len(COLOURS)]
        points = drawn[name]
        line = " ".join(f"{x(size):.1f},{y(value):.1f}" for size, value in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x(size):.1f}" cy="{y(value):.1f}" r="2.5" fill="{colour}"/>' for size, value in points]
        parts.append(f'<rect x="{WIDTH - RIGHT + 16}" y="{label - 9}" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{WIDTH - RIGHT + 32}" y="{label}">{escape(name)}</text>')
        label += 20
    return "\n".join([*parts, "</svg>"]) + "\n"
