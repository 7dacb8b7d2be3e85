"""Recursive definitions: bounds of groups and of recursions inside others, and what is not in their least solution."""

from pathlib import Path

import pytest

from gupproof.cat.reader import load_model
from gupproof.diagnostics import GupError
from gupproof.encoding.encoding import encode
from gupproof.execution.enumerator import executions
from gupproof.relations.analysis import Analysis, bits
from gupproof.relations.bounds import Bounds
from tests.support.programs import Build
from tests.support.same_executions import difference


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


@pytest.mark.parametrize(
    ("definition", "count"),
    [
        # Nothing is in it but by itself: sequential consistency.
        ("let rec less = (fr & ~fr) | (po? ; less)", 3),
        ("let rec less = (fr & ~fr) | more and more = less | (po? ; more ; po?)", 3),
        # From-read, by way of itself: only program order and coherence are left.
        ("let rec less = fr | (less ; less) | less^-1", 4),
        ("let rec less = (com \\ (com \\ less)) | (fr ; id)", 4),
    ],
)
def test_what_only_justifies_itself_is_not_in_a_recursive_definition(tmp_path: Path, definition: str, count: int) -> None:
    path = tmp_path / "m.cat"
    path.write_text(f"{definition} acyclic (po | rf | co | fr) \\ less")
    model = load_model(path, tags=frozenset())
    build = Build(x=0, y=0)
    for mine, other in (("x", "y"), ("y", "x")):
        thread = build.thread()
        thread.write(mine, 1)
        thread.read(other)
    found = list(executions(build.program(), model))
    assert len(found) == count
    assert difference(build.program(), model, found) == ""


def test_what_is_computed_from_a_growing_definition_is_so_after_its_last_round_too(tmp_path: Path) -> None:
    """The one pair that is left for it is gone once the growing definition has it."""
    path = tmp_path / "m.cat"
    path.write_text("acyclic po | rf | co | fr let rec left = rf \\ grown and grown = grown | left empty left")
    model = load_model(path, tags=frozenset())
    build = Build(x=0, y=0)
    thread = build.thread()
    with thread.when(build.pool.choice(0, (0, 1))):
        thread.read("x")
    found = list(executions(build.program(), model))
    assert [len(result.execution.reads) for result in found] == [0, 1]
    assert difference(build.program(), model, found) == ""


def test_the_absence_of_a_recursive_definition_that_is_too_large_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "m.cat"
    path.write_text("let rec path = com | (path ; com ; path) | (path ; com) acyclic po \\ path empty com \\ path")
    model = load_model(path, tags=frozenset())
    build = Build(x=0)
    for _ in range(3):
        thread = build.thread()
        for _ in range(4):
            thread.write("x", thread.read("x"))
    with pytest.raises(GupError, match="too large"):
        encode(build.program(), model)
