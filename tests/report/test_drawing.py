"""Drawings of executions: every step is there once, arcs keep off the text, and a cycle is marked where there is one."""

import re
from functools import cache
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from gupproof.execution.story import StoryLine
from gupproof.language import load, load_text
from gupproof.proving.obligations import grouped, obligations_of
from gupproof.proving.result import Result
from gupproof.proving.run import prove_group
from gupproof.report.drawing import draw, in_program_order
from gupproof.report.routes import cycle
from gupproof.resources import proofs_dir

SVG = "{http://www.w3.org/2000/svg}"
WIDE = 6.1  # pixels a character of the font takes at least


@cache
def refutations() -> tuple[Result, ...]:
    """One refutation of each theorem that has any, of three files; the largest scenario among them."""
    found: dict[str, Result] = {}
    for name, theorems in {"gup_vs_split": (), "sizes": ("no_fix_at_any_size",), "fork": (), "pin": ()}.items():
        unit = load(proofs_dir() / f"{name}.gup")
        for group in grouped([unit], obligations_of(unit, theorems=theorems, models=["armv8/arm64-lse", "x86-tso"])):
            for result in prove_group(group, timeout=60):
                if result.story:
                    found.setdefault(result.obligation.theorem, result)
    return tuple(found.values())


def drawn(result: Result) -> ElementTree.Element:
    return ElementTree.fromstring(draw(result.story, title="t", fails="p & q", final=result.final))


def points(element: ElementTree.Element) -> list[tuple[float, float]]:
    return [tuple(map(float, pair.split(","))) for pair in element.attrib["points"].split()]


def test_there_is_something_to_draw():
    assert len(refutations()) >= 5
    assert max(len(result.story) for result in refutations()) > 30


def test_every_step_has_a_box_with_its_number_its_place_and_room_for_its_text():
    for result in refutations():
        picture = drawn(result)
        boxes = [group for group in picture.iter(f"{SVG}g") if group.find(f"{SVG}rect") is not None]
        assert len(boxes) == len(result.story)
        numbers = []
        for group in boxes:
            rect = group.find(f"{SVG}rect")
            step, values, place = group.findall(f"{SVG}text")
            numbers.append(int(step.text.split()[0]))
            assert place.text in {line.place.rsplit("/", 1)[-1] for line in result.story}
            assert WIDE * max(len(step.text), len(values.text or "") + 2 + len(place.text)) < float(rect.attrib["width"])
        assert sorted(numbers) == [line.step for line in result.story]


def test_the_picture_is_as_wide_as_its_longest_line():
    for result in refutations():
        picture = drawn(result)
        width = float(picture.attrib["viewBox"].split()[2])
        assert all(float(text.attrib["x"]) + WIDE * len(text.text or "") < width for text in picture.findall(f"{SVG}text"))


def test_no_arc_crosses_a_box():
    for result in refutations():
        picture = drawn(result)
        boxes = [
            tuple(float(rect.attrib[name]) for name in ("x", "y", "width", "height")) for rect in picture.iter(f"{SVG}rect")
        ]
        for arc in picture.iter(f"{SVG}polyline"):
            line = points(arc)
            for (x1, y1), (x2, y2) in pairwise(line):
                for x, y, width, height in boxes:
                    inside = (
                        min(x1, x2) < x + width - 1 and max(x1, x2) > x + 1 and min(y1, y2) < y + height and max(y1, y2) > y
                    )
                    assert not inside, arc.attrib


def test_arcs_begin_and_end_at_the_side_of_a_box():
    for result in refutations():
        picture = drawn(result)
        sides = []
        for rect in picture.iter(f"{SVG}rect"):
            x, y, width, height = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
            sides += [(x, y, y + height), (x + width, y, y + height)]
        for arc in picture.iter(f"{SVG}polyline"):
            (start_x, start_y), *_, (end_x, end_y) = points(arc)
            assert any(abs(start_x - x) < 0.2 and top < start_y < bottom for x, top, bottom in sides)
            # The last few pixels are the head's.
            assert any(abs(end_x - x) < 7.2 and top < end_y < bottom for x, top, bottom in sides)


def test_arcs_of_one_gap_do_not_lie_upon_each_other():
    for result in refutations():
        seen = []
        for arc in drawn(result).iter(f"{SVG}polyline"):
            (_, _), (x, top), (_, bottom), _ = points(arc)
            span = x, min(top, bottom), max(top, bottom)
            assert not any(x == other and span[1] < low and high < span[2] for other, high, low in seen), arc.attrib
            seen.append(span)


def test_there_is_an_arc_for_each_edge_between_cpus():
    for result in refutations():
        arcs = [arc.attrib["class"].split()[1] for arc in drawn(result).iter(f"{SVG}polyline")]
        for name in ("rf", "co", "fr"):
            assert arcs.count(name) == sum(edge.name == name for line in result.story for edge in line.edges)


def test_steps_of_a_cpu_stand_in_program_order():
    for result in refutations():
        rows = in_program_order(result.story)
        for thread in {line.thread for line in rows}:
            own = [line.events for line in rows if line.thread == thread]
            assert own == sorted(own)
        assert [line.thread for line in rows] == [line.thread for line in result.story]


STORE_BUFFERING = """
scenario s {
    int x, y; ghost int r, q;
    thread one { WRITE_ONCE(x, 1); r = READ_ONCE(y); }
    thread two { WRITE_ONCE(y, 1); q = READ_ONCE(x); }
    property seen : r == 1 || q == 1;
}
theorem t "" { s shows seen under MODEL expect refuted; }
"""


def story_of(text: str) -> tuple[StoryLine, ...]:
    unit = load_text(text)
    (group,) = grouped([unit], obligations_of(unit))
    (result,) = prove_group(group, timeout=60)
    return result.story


def test_the_cycle_of_store_buffering_is_marked():
    story = story_of(STORE_BUFFERING.replace("MODEL", "x86-tso"))
    assert len(cycle(story)) == 4
    assert "arc fr hot" in draw(story, title="SB")


@pytest.mark.parametrize("body", ["WRITE_ONCE(x, 2);", "r = READ_ONCE(x);"])
def test_an_execution_that_is_an_interleaving_has_no_cycle(body):
    text = STORE_BUFFERING.replace("r = READ_ONCE(y);", body).replace("r == 1 || q == 1", "q == 7")
    story = story_of(text.replace("MODEL", "sc"))
    assert cycle(story) == frozenset()
    assert " hot" not in re.sub(r"<style>.*?</style>", "", draw(story, title="t"), flags=re.DOTALL)


def test_text_of_the_user_is_escaped():
    story = story_of(STORE_BUFFERING.replace("MODEL", "x86-tso"))
    picture = draw(story, title='a < b & "c"')
    assert ElementTree.fromstring(picture).find(f"{SVG}title").text == 'a < b & "c"'
