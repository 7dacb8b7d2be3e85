from dataclasses import replace

import pytest

from gupproof.execution.enumerator import reachable
from gupproof.execution.printing import Printer
from gupproof.execution.story import Edge, happening, render, tell
from gupproof.program.events import Kind
from tests.execution.test_litmus import load_buffering, message_passing, split_and_grab, store_buffering
from tests.support.models import model
from tests.support.programs import Build


def told(build, where):
    program = build.program()
    found = reachable(program, model(where), lambda result: result.reaches("bad"))
    assert found is not None
    return tell(program, model(where), found)


def test_store_buffering():
    lines = told(store_buffering(), "x86-tso")
    assert [(line.thread, line.text) for line in lines] == [
        ("P0", "READ y"),
        ("P1", "WRITE y = 1"),
        ("P1", "READ x"),
        ("P0", "WRITE x = 1"),
    ]
    assert [line.step for line in lines] == [1, 2, 3, 4]
    assert lines[0].overtakes == (4,)
    assert lines[0].reads_from == 0
    assert lines[0].edges == (Edge("fr", 2),)
    assert lines[2].edges == (Edge("fr", 4),)
    assert lines[2].place == "test.gup:6"
    assert (lines[1].location, lines[1].value, lines[1].reads_from) == ("y", "1", None)


def test_what_is_read_was_written_before():
    lines = told(load_buffering(), "armv8")
    for line in lines:
        assert line.reads_from is None or line.reads_from < line.step
    assert [line.overtakes for line in lines] == [(4,), (), (), ()]
    assert lines[0].edges == (Edge("rf", 2),)


def test_fences_keep_their_place():
    lines = told(message_passing(writer=["DMB.ISH"], ctrl=True), "armv8")
    assert [line.text for line in lines] == ["READ data", "WRITE data = 1", "fence", "WRITE flag = 1", "READ flag"]
    fence = lines[2]
    assert (fence.kind, fence.location, fence.value, fence.reads_from, fence.edges) == (Kind.FENCE, "", "", None, ())


def test_a_fence_that_a_primitive_begins_with_is_told_from_the_primitive():
    fence = next(line for line in told(message_passing(writer=["DMB.ISH"], ctrl=True), "armv8") if line.kind is Kind.FENCE)
    assert happening(replace(fence, text="smp_mb()")) == []
    assert happening(replace(fence, text="atomic_add_return(page->_refcount += 1)")) == ["its fence"]


def test_the_text():
    text = render(told(split_and_grab(), "armv8"))
    first, second, *_ = text.splitlines()
    assert first == "1 ! split  test.gup:5   WRITE ref = 1   ref := 1, (co 2), before 4"
    assert second == "2   grab   test.gup:8   READ ref        reads ref = 1 (rf 1), writes 2"
    assert "reads head = 1 (rf initial), (fr 4)" in text
    assert render(()) == ""


def test_long_lines_go_on_under_themselves():
    first = told(split_and_grab(), "armv8")[0]
    line, rest = render([replace(first, location="a_structure.with_a_long_field_name")], width=60).splitlines()
    assert line == "1 ! split  test.gup:5  WRITE ref = 1  a_structure.with_a_long_field_name := 1,"
    assert rest == " " * line.index("a_structure") + "(co 2), before 4"


@pytest.mark.parametrize(("steps", "text"), [((4,), "4"), ((4, 5), "4, 5"), ((4, 5, 6), "4-6"), ((2, 4, 5, 6, 9), "2, 4-6, 9")])
def test_runs_of_overtaken_steps_are_shortened(steps, text):
    line = told(store_buffering(), "x86-tso")[0]
    assert render([replace(line, overtakes=steps)]).endswith(f", before {text}")


def test_a_primitive_is_one_step():
    build = Build(x=0)
    thread = build.thread()
    thread.add("x", 1)
    span = build.events[-1].span
    build.event(Kind.FENCE, 0, text=build.events[-1].text, span=span)
    thread.fence()
    value = build.thread().read("x")
    build.covers["bad"] = build.eq(value, 1)
    first, fence, last = told(build, "sc")
    assert (first.events, first.kind, first.value, first.writes, first.reads_from) == ((1, 2, 3), Kind.READ, "0", "1", 0)
    assert first.edges == (Edge("rf", 3),)
    assert fence.events == (4,)
    assert (last.reads_from, last.writes) == (1, "")


@pytest.fixture
def printer() -> Printer:
    build = Build(x=0, y=0, z=0, p=0)
    build.address = {"H.flags": 64, "H.ref": 72, "a[0].f": 128, "a[0].g": 136, "n": 192}
    types = {"H.flags": "unsigned long", "H.ref": "atomic_t", "n": "struct page *", "a[0].f": "int *", "a[0].g": "bool"}
    return Printer(build.program(types=types))


@pytest.mark.parametrize(
    ("value", "type_name", "text"),
    [
        (64, "struct page *", "&H"),
        (65, "unsigned long", "&H|1"),
        (64, "int *", "&H.flags"),
        (72, "atomic_t *", "&H.ref"),
        (128, "pte_t", "&a[0]"),
        (0, "struct page *", "NULL"),
        (0, "unsigned long", "0"),
        (3, "unsigned long", "3"),
        (7, "struct page *", "0x7"),
        (192, "struct page **", "&n"),
        (64, "atomic_t", "64"),
        (64, "enum state", "64"),
        (-1, "long", "-1"),
    ],
)
def test_values(printer, value, type_name, text):
    assert printer.value(value, type_name) == text


def test_values_by_place(printer):
    assert printer.location(72) == "H.ref"
    assert printer.location(5) == "address 5"
    assert printer.value_at(192, 64) == "&H"
    assert printer.value_at(72, 64) == "64"
    assert printer.value_at(5, 64) == "64"
