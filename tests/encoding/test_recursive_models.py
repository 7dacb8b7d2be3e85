"""Recursive definitions: bounds of groups that are asked for one by one, and of recursions inside recursions."""

from pathlib import Path

import pytest

from gupproof.cat.reader import load_model
from gupproof.relations.analysis import Analysis, bits
from gupproof.relations.bounds import Bounds
from tests.support.programs import Build


@pytest.fixture
def bounds_of(tmp_path: Path):
    def bounds_of(text: str) -> dict[str, set[tuple[int, int]]]:
        path = tmp_path / "m.cat"
        path.write_text(text)
        model = load_model(path, tags=frozenset())
        build = Build(x=0, y=0)
        thread = build.thread()
        for _ in range(4):
            thread.write("x", 1)
        thread = build.thread()
        thread.read("x")
        thread.read("y")
        bounds = Bounds(Analysis(build.program(), model))
        result = {}
        for name, term in model.definitions.items():
            rows = bounds.rel(term).may if term.sort.name == "REL" else ()
            result[name] = {(a, b) for a, row in enumerate(rows) for b in bits(row)}
        return result

    return bounds_of


def test_every_member_of_a_group_has_its_whole_bounds(bounds_of) -> None:
    found = bounds_of("let rec first = po | (second ; po) and second = rf | (first ; po) let third = first let fourth = second")
    assert found["first"] == found["third"]
    assert (2, 5) in found["second"]
    assert (2, 5) in found["first"]
    assert (0, 7) in found["first"], "x = 0 is read by the read before the last"


def test_a_recursion_inside_another_grows_with_it(bounds_of) -> None:
    found = bounds_of("let rec outer = rf | (let rec inner = outer | (inner ; po) in inner)")
    assert {(0, 6), (1, 7), (0, 7), (2, 7)} <= found["outer"]


def test_a_recursion_used_by_another_keeps_its_solution(bounds_of) -> None:
    found = bounds_of("let step = po \\ (po ; po) let rec a = step | (a ; step) let rec b = (a ; step) | (b ; a) | rf")
    assert (2, 5) in found["a"]
    assert (2, 5) in found["b"]
