from random import Random

import pytest

from gupproof.cat.reader import load_model
from gupproof.cat.terms import TermOp
from gupproof.execution.axioms import raised_flags, shortest_cycle, violated_axioms
from gupproof.execution.execution import Execution
from gupproof.execution.relations import Interpretation, closure, compose, pairs_of, rows_of
from gupproof.execution.replay import replay
from tests.support.models import model
from tests.support.programs import Build

# 0 x = 0, 1 y = 0; P0: 2 writes x, 3 fence F1, 4 reads y; P1: 5 writes y, 6 reads x, 7 adds to x by reading 7, writing 8.


@pytest.fixture(scope="module")
def happened():
    build = Build(x=0, y=0)
    thread = build.thread()
    thread.write("x", 1)
    thread.fence("F1")
    thread.read("y", "T")
    thread = build.thread()
    thread.write("y", 1)
    value = thread.read("x")
    with thread.when(build.eq(value, 0), value):
        thread.add("x", 1)
    reads = {4: 0, 6: 0, 7: 1}
    return replay(
        build.program(),
        Execution(switches={}, choices={}, reads=reads, rf={4: 1, 6: 0, 7: 2}, co={64: (0, 2, 8), 128: (1, 5)}),
    )


@pytest.fixture
def meaning(happened, tmp_path):
    def meaning(text: str):
        path = tmp_path / "m.cat"
        path.write_text(f"let it = {text}")
        term = load_model(path, tags=frozenset({"T", "F1", "U"})).definitions["it"]
        value = Interpretation.of(happened).value(term)
        return {n for n in range(9) if value >> n & 1} if isinstance(value, int) else set(pairs_of(value))

    return meaning


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("R", {4, 6, 7}),
        ("W", {0, 1, 2, 5, 8}),
        ("F", {3}),
        ("M", {0, 1, 2, 4, 5, 6, 7, 8}),
        ("IW", {0, 1}),
        ("T | F1 | U", {3, 4}),
        ("~M", {3}),
        ("W & IW", {0, 1}),
        ("W \\ IW", {2, 5, 8}),
        ("domain(rf)", {0, 1, 2}),
        ("range(rmw)", {8}),
        ("rf", {(1, 4), (0, 6), (2, 7)}),
        ("co", {(0, 2), (0, 8), (2, 8), (1, 5)}),
        ("fr", {(4, 5), (6, 2), (6, 8), (7, 8)}),
        ("rmw", {(7, 8)}),
        ("data", {(7, 8)}),
        ("one-instruction", {(7, 8)}),
        ("feeds", {(7, 8)}),
        ("ctrl", {(6, 7), (6, 8)}),
        ("addr", set()),
        ("po & loc", {(6, 7), (6, 8), (7, 8)}),
        ("[F1] ; po", {(3, 4)}),
        ("fencerel(F1)", {(2, 4)}),
        ("po & (F * T)", {(3, 4)}),
        ("rfe | coi", {(1, 4), (0, 6), (2, 7)}),
        ("coe", {(0, 2), (0, 8), (2, 8), (1, 5)}),
        ("loc & id", {(n, n) for n in (0, 1, 2, 4, 5, 6, 7, 8)}),
        ("[F1]^*", {(n, n) for n in range(9)}),
        ("rmw?; [F]", {(3, 3)}),
        ("rf^-1", {(4, 1), (6, 0), (7, 2)}),
        ("(rf ; po)+", {(0, 7), (0, 8), (2, 8)}),
        ("let rec a = rf | (a ; (po | a)) in a", {(1, 4), (0, 6), (2, 7), (0, 7), (0, 8), (2, 8)}),
        ("let rec s = [IW] | (s ; rf) in range(s)", {0, 1, 4, 6}),
    ],
)
def test_terms(meaning, text, expected):
    assert meaning(text) == expected


def test_int_and_ext_share_out_all_pairs(meaning):
    everything = {(a, b) for a in range(9) for b in range(9)}
    assert meaning("int | ext") == everything
    assert meaning("int & ext") == set()
    assert meaning("~int") == meaning("ext")
    assert {(0, 1), (0, 0), (2, 3), (3, 2), (3, 3)} <= meaning("int")
    assert {(0, 2), (2, 0), (2, 5)} <= meaning("ext")


def test_po_is_of_threads(meaning):
    threads = [(2, 3, 4), (5, 6, 7, 8)]
    assert meaning("po") == {(a, b) for events in threads for a in events for b in events if a < b}


def test_closure_and_composition_by_definition():
    random = Random(5)
    for _ in range(50):
        count = random.randint(1, 7)
        left, right = (
            {(random.randrange(count), random.randrange(count)) for _ in range(random.randint(0, 12))} for _ in range(2)
        )
        joined = {(a, d) for a, b in left for c, d in right if b == c}
        assert set(pairs_of(compose(rows_of(left, count), rows_of(right, count)))) == joined
        reached = set(left)
        while True:
            more = reached | {(a, d) for a, b in reached for c, d in left if b == c}
            if more == reached:
                break
            reached = more
        assert set(pairs_of(closure(rows_of(left, count)))) == reached
        cycle = shortest_cycle(rows_of(left, count))
        assert bool(cycle) == any(a == b for a, b in reached)
        assert all((a, b) in left for a, b in zip(cycle, (*cycle[1:], *cycle[:1]), strict=True))


def test_witnesses(happened, tmp_path):
    path = tmp_path / "m.cat"
    path.write_text("""
        acyclic po | fr as cyc
        irreflexive fr ; po ; fr ; po as irr
        irreflexive po ; fr as fine
        empty rmw & (fr ; co) as none
        empty rf as some
        empty IW as set
        ~empty addr as lack
        ~empty rf as fine
        flag ~empty rf as marked
        flag ~empty addr as unmarked
        flag empty addr as lacking
    """)
    read = load_model(path, tags=frozenset())
    found = {item.axiom.name: item.witness for item in violated_axioms(read, happened)}
    assert set(found) == {"cyc", "irr", "some", "set", "lack"}
    assert found["cyc"] == (2, 4, 5, 6)
    assert found["irr"] in {(4,), (6,)}
    assert found["some"] == (0, 6)
    assert found["set"] == (0,)
    assert found["lack"] == ()
    assert [flag.name for flag in raised_flags(read, happened)] == ["marked", "lacking"]


def test_the_models_judge(happened):
    assert [item.axiom.name for item in violated_axioms(model("sc"), happened)] == ["sc"]
    assert violated_axioms(model("x86-tso"), happened) == ()


def test_relations_hold_executed_events_only_and_closures_go_all_the_way(tmp_path):
    """0 x; P0: 1 reads x, 2 writes x where that is 1 (it is not), 3, 4, 5 fences."""
    build = Build(x=0)
    thread = build.thread()
    value = thread.read("x")
    with thread.when(build.eq(value, 1), value):
        thread.write("x", 2)
    for _ in range(3):
        thread.fence()
    happened = replay(build.program(), Execution(switches={}, choices={}, reads={1: 0}, rf={1: 0}, co={64: (0,)}))
    path = tmp_path / "m.cat"
    path.write_text("let next = po \\ (po; po) let chain = next* let other = ~po")
    terms = load_model(path, tags=frozenset()).definitions
    meaning = Interpretation.of(happened)
    events = (0, 1, 3, 4, 5)
    order = {(a, b) for a in events for b in events if 0 < a < b}
    assert set(pairs_of(meaning.relation(terms["next"]))) == {(1, 3), (3, 4), (4, 5)}
    assert set(pairs_of(meaning.relation(terms["chain"]))) == order | {(a, a) for a in events}
    assert set(pairs_of(meaning.relation(terms["other"]))) == {(a, b) for a in events for b in events} - order


def test_a_recursion_that_is_not_monotone_goes_on_while_any_of_its_variables_grows(tmp_path):
    """``b`` has all it will ever have after one round; ``a`` takes one for each step of the chain."""
    build = Build(x=0)
    thread = build.thread()
    thread.read("x")
    for _ in range(4):
        thread.fence()
    happened = replay(build.program(), Execution(switches={}, choices={}, reads={1: 0}, rf={1: 0}, co={64: (0,)}))
    path = tmp_path / "m.cat"
    path.write_text("let next = po \\ (po; po) let rec a = a | next | ((a; next) \\ b) and b = b | (rf \\ a)")
    terms = load_model(path, tags=frozenset()).definitions
    assert terms["a"].op is TermOp.ITERATE
    meaning = Interpretation.of(happened)
    assert set(pairs_of(meaning.relation(terms["a"]))) == {(a, b) for a in range(1, 6) for b in range(a + 1, 6)}
    assert pairs_of(meaning.relation(terms["b"])) == [(0, 1)]
