"""``let rec``: least solutions, closures, and recursions that are not monotone."""

from pathlib import Path

import pytest

from gupproof.cat.reader import load_model
from gupproof.cat.recursion import layers
from gupproof.cat.terms import TermOp
from gupproof.diagnostics import GupError
from gupproof.encoding.encoding import encode
from gupproof.execution.enumerator import executions
from gupproof.execution.relations import Interpretation, bits, pairs_of
from gupproof.relations.analysis import Analysis
from gupproof.relations.bounds import Bounds
from tests.support.programs import Build
from tests.support.same_executions import difference

# Sections that nest: each end belongs to the last begin before it that has none yet.
NESTING = """
let pairs = let rec
    open = Begin \\ domain(found)
    and closed = End \\ range(found)
    and free = open | closed
    and passing = [free] ; po ; [free]
    and near = [open] ; po ; [closed]
    and found = found | (near \\ (passing ; passing))
  in found
acyclic po | rf | co
"""
TAGS = frozenset({"Begin", "End"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("let rec it = po | it ; it", "+(po)"),
        ("let rec it = po | rf | (it ; it) | co", "+(|(po, rf, co))"),
        ("let rec it = (it ; it) | po", "+(po)"),
    ],
)
def test_a_closure_is_recognised(load, text, expected):
    assert repr(load(text).definitions["it"]) == expected


@pytest.mark.parametrize(
    "text", ["let rec it = po | it ; rf", "let rec it = po | (it ; it) | it^-1", "let rec it = po | it ; it ; it"]
)
def test_other_recursions_are_kept(load, text):
    assert load(text).definitions["it"].op is TermOp.REC


@pytest.mark.parametrize(
    "text",
    [
        "let rec a = po \\ a",
        "let rec a = a | (po \\ b) and b = c and c = b ; a",  # b and c are computed from each other
        "let rec a = R \\ b and b = W \\ a",
        "let rec a = b \\ a and b = b | po",  # a from itself
        "let rec a = po | (let rec b = b | (po \\ a) in b)",  # what an inner one settles at depends on the outer one
    ],
)
def test_what_may_never_settle_is_refused(load, text):
    with pytest.raises(GupError, match="C009"):
        load(text)


def test_each_round_takes_the_definitions_in_turn(load):
    model = load("let rec open = R \\ domain(m) and m = m | (po & ([open] ; po))")
    term = model.definitions["m"]
    assert term.op is TermOp.ITERATE
    rounds = layers(model.pool, term)
    assert [repr(part) for part in next(rounds)] == ["0", "0"]
    assert [repr(part) for part in next(rounds)] == ["R", "&(po, ;([](R), po))"]
    assert repr(next(rounds)[0]) == "\\(R, domain(&(po, ;([](R), po))))"


def test_a_recursion_inside_has_its_own_variables_in_each_round(load):
    model = load("let rec open = R \\ range(m) and m = m | (let rec r = [open] | (r ; po ; r) in r)")
    rounds = layers(model.pool, model.definitions["m"])
    next(rounds)
    first, second = next(rounds)[1], next(rounds)[1]
    assert first.op is TermOp.REC
    bound = {part.bound for part in second.args if part.op is TermOp.REC}
    assert len(bound) == 2


def test_what_has_nothing_to_grow_by_stays_empty(load):
    model = load("let rec open = R \\ domain(m) and m = m | ([open] ; 0) acyclic po | rf | co empty [open] ; po ; [R]")
    build = Build(x=0)
    thread = build.thread()
    thread.read("x")
    thread.write("x", 1)
    found = list(executions(build.program(), model))
    assert len(found) == 1
    assert difference(build.program(), model, found) == ""


@pytest.fixture
def model(tmp_path: Path):
    path = tmp_path / "m.cat"
    path.write_text(NESTING)
    return load_model(path, tags=TAGS)


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ("BE", {(0, 1)}),
        ("BBEE", {(0, 3), (1, 2)}),
        ("BEBE", {(0, 1), (2, 3)}),
        ("BBEBEE", {(0, 5), (1, 2), (3, 4)}),
        ("BBBEEE", {(0, 5), (1, 4), (2, 3)}),
        ("EBBE", {(2, 3)}),
        ("EEBB", set()),
    ],
)
def test_sections_are_matched_from_the_inside_outwards(model, sections, expected):
    build = Build(x=0)
    thread = build.thread()
    for letter in sections:
        thread.fence({"B": "Begin", "E": "End"}[letter])
    program = build.program()
    (found,) = executions(program, model)
    rows = Interpretation.of(found).relation(model.definitions["pairs"])
    assert {(a - 1, b - 1) for a, b in pairs_of(rows)} == expected
    bounds = Bounds(Analysis(program, model)).rel(model.definitions["pairs"])
    assert bounds.may == bounds.must == rows, "without branches everything is known before solving"


def test_sections_behind_branches_are_matched_in_every_execution(tmp_path):
    path = tmp_path / "m.cat"
    path.write_text(
        f"{NESTING} empty [W] ; po ; [Begin \\ domain(pairs)] irreflexive fr ; po ; pairs ; po ; fr ; po ; pairs ; po"
    )
    model = load_model(path, tags=TAGS)
    build = Build(x=0, y=0)
    for mine, other in (("x", "y"), ("y", "x")):
        thread = build.thread()
        thread.write(mine, 1)
        got = thread.read(other)
        with thread.when(build.eq(got, 1), got):
            thread.fence("Begin")
        thread.fence("Begin")
        thread.fence("End")
        thread.read(other)
    program = build.program()
    found = list(executions(program, model))
    assert found
    assert difference(program, model, found) == ""


def test_too_many_rounds_are_an_error(tmp_path):
    path = tmp_path / "m.cat"
    path.write_text(f"{NESTING} empty pairs & ext")
    model = load_model(path, tags=TAGS)
    build = Build(x=0)
    build.thread().write("x", 1)
    thread = build.thread()
    got = thread.read("x")
    for number in range(20):
        with thread.when(build.eq(got, 1), got):
            thread.fence("Begin" if number % 2 else "End")
        thread.fence("Begin" if number % 3 else "End")
    with pytest.raises(GupError, match="E003"):
        encode(build.program(), model)


def test_values_that_differ(tmp_path):
    path = tmp_path / "m.cat"
    path.write_text("acyclic po | rf | co let other = different-values(rf ; po) let same = same-values empty other & ext")
    model = load_model(path, tags=TAGS)
    build = Build(x=0, y=0)
    thread = build.thread()
    thread.write("x", 1)
    thread.write("y", 1)
    thread = build.thread()
    thread.read("x")
    thread.write("y", 2)
    program = build.program()
    found = list(executions(program, model))
    for replay in found:
        meaning, value = Interpretation.of(replay), replay.events.value
        assert all(value[a] == value[b] for a, b in pairs_of(meaning.relation(model.definitions["same"])))
        assert all(value[a] != value[b] for a, b in pairs_of(meaning.relation(model.definitions["other"])))
        everyone = meaning.relation(model.definitions["same"])
        assert all(b in set(bits(everyone[a])) for a in value for b in value if value[a] == value[b])
    assert difference(program, model, found) == ""


def test_a_guard_is_a_check_of_what_the_recursion_comes_to(load):
    """As in herd's models that generate no coherence order: let rec U = ... when acyclic U as sc-per-location."""
    model = load("let rec u = po | rf | (u; [M]; u) when acyclic u as mine let w = u acyclic w")
    assert [axiom.name for axiom in model.axioms] == ["mine", "acyclic w"]
    assert model.axioms[0].term is model.axioms[1].term
