"""Bounds of terms, held against what the terms mean in every execution."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gupproof.cat.reader import load_model
from gupproof.cat.terms import Model, Sort, Term, TermOp, TermPool
from gupproof.execution.enumerator import executions
from gupproof.execution.relations import Interpretation
from gupproof.program.expr import Op
from gupproof.relations.analysis import Analysis, bits
from gupproof.relations.bounds import Bounds
from tests.support.models import model
from tests.support.programs import Build
from tests.support.randomly import random_program

ALGEBRA = """
let chain = (po; rf)+ | (co; po)*
let rec grow = po | (grow; rf)
let sides = [R]; po; [W] \\ loc
let around = ~(po | rf) & (ext | int)
let ends = [domain(rf)]; po?; [range(co)] | (R * W)^-1
let odd = po \\ (po & ~loc)
let members = (R | F) \\ (A | L) & ~IW
"""


@pytest.fixture
def read(tmp_path):
    def read(text: str, tags=frozenset({"A", "L", "X", "MFENCE"})) -> Model:
        path = tmp_path / "m.cat"
        path.write_text(text)
        return load_model(path, tags=tags)

    return read


def below(term: Term) -> list[Term]:
    """The term and all its parts that stand on their own (no recursion variable is free in them)."""
    found = [term]
    for part in found:
        if part.op is not TermOp.REC:
            found += [arg for arg in part.args if arg not in found]
    return found


def check(bounds: Bounds, meaning: Interpretation, executed: int, live: int, term: Term) -> None:
    if term.sort is Sort.SET:
        limits, inside = bounds.set(term), meaning.set(term) & live
        assert inside & ~limits.may == 0, term
        assert limits.must & executed & ~inside == 0, term
        return
    limits, rows = bounds.rel(term), meaning.relation(term)
    for a in bits(executed):
        assert rows[a] & live & ~limits.may[a] == 0, term
        assert limits.must[a] & executed & ~rows[a] == 0, term


@pytest.mark.parametrize("name", ["sc", "x86-tso", "armv8"])
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**40))
def test_every_part_of_a_model_stays_within_its_bounds_before_and_after_tightening(name, seed):
    program = random_program(Random(seed), name).program()
    by = model(name)
    loose, tight = Bounds(Analysis(program, by)), Bounds(Analysis(program, by))
    tight.tighten(by.condensed)
    terms = [part for axiom in by.axioms for part in below(axiom.term)]
    for number, result in enumerate(executions(program, by)):
        if number > 30:
            break
        for bounds in (loose, tight):
            live = bounds.analysis.live
            executed = sum(1 << event for event in result.events.executed) & live
            for term in terms:
                check(bounds, Interpretation.of(result), executed, live, term)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**40))
def test_the_whole_algebra_likewise(read, seed):
    program = random_program(Random(seed), "sc").program()
    terms = [part for term in read(ALGEBRA).definitions.values() for part in below(term)]
    bounds = Bounds(Analysis(program, model("sc")))
    live = bounds.analysis.live
    for number, result in enumerate(executions(program, model("sc"))):
        if number > 20:
            break
        executed = sum(1 << event for event in result.events.executed) & live
        meaning = Interpretation.of(result)
        for term in terms:
            check(bounds, meaning, executed, live, term)


def straight() -> Build:
    """0 x, 1 y; P0: 2 writes x, 3 writes x, 4 reads x; P1: 5 writes x."""
    build = Build(x=0, y=0)
    thread = build.thread()
    thread.write("x", 1)
    thread.write("x", 2)
    thread.read("x")
    build.thread().write("x", 3)
    return build


def bounded(build: Build, by: Model) -> Bounds:
    bounds = Bounds(Analysis(build.program(), by))
    bounds.tighten(by.condensed)
    return bounds


def base(bounds: Bounds, name: str):
    return bounds.rel(TermPool().base(name, Sort.REL))


def test_coherence_of_one_threads_writes_is_certain_once_the_model_says_so(read):
    loose = Bounds(Analysis(straight().program(), model("sc")))
    assert base(loose, "co").may[3] >> 2 & 1
    tight = bounded(straight(), model("sc"))
    assert not base(tight, "co").may[3] >> 2 & 1
    assert base(tight, "co").must[2] >> 3 & 1
    silent = bounded(straight(), read("acyclic rf as nothing"))
    assert base(silent, "co").may[3] >> 2 & 1


def test_a_thread_does_not_read_from_its_own_future():
    build = Build(x=0)
    thread = build.thread()
    thread.read("x")
    thread.write("x", 1)
    assert bits(base(bounded(build, model("sc")), "rf").may[2]) == ()


def test_tightening_takes_no_pair_that_an_execution_has():
    tight = bounded(straight(), model("sc"))
    program = tight.analysis.program
    for result in executions(program, model("sc")):
        for read_event, write in result.execution.rf.items():
            assert base(tight, "rf").may[write] >> read_event & 1


def test_a_pair_is_certain_through_a_middle_that_always_executes(read):
    build = Build(x=0)
    thread = build.thread()
    choice = build.pool.choice(0, (0, 1))
    thread.write("x", 1)
    with thread.when(choice):
        thread.fence()
    thread.write("x", 2)
    by = read("let through = po; [F]; po let along = po; [W]; po let straight = po")
    bounds = bounded(build, by)
    assert not bounds.rel(by.definitions["through"]).must[1] >> 3 & 1
    assert bounds.rel(by.definitions["through"]).may[1] >> 3 & 1
    assert not bounds.rel(by.definitions["along"]).may[1] >> 3 & 1
    assert bounds.rel(by.definitions["straight"]).must[1] >> 3 & 1


def test_recursion_grows_from_nothing(read):
    by = read("let rec endless = endless; po let rec step = po | (step; po)")
    bounds = bounded(straight(), by)
    assert not any(bounds.rel(by.definitions["endless"]).may)
    step, po = bounds.rel(by.definitions["step"]), base(bounds, "po")
    assert step.may == po.may
    assert step.must == po.must


def test_an_axiom_over_all_of_one_location_lets_nothing_through(tmp_path):
    """loc has every access with itself and both ways: nothing can satisfy it, and that is found without trouble."""
    path = tmp_path / "m.cat"
    path.write_text('"m" acyclic loc | rf | co as none')
    build = Build(x=0)
    thread = build.thread()
    thread.write("x", 1)
    thread.read("x")
    bounds = Bounds(Analysis(build.program(), model("sc")))
    bounds.tighten(load_model(path, tags=frozenset()).condensed)
    assert not any(bounds.rel(TermPool().base("co", Sort.REL)).may)


# ── a program in which little is certain ─────────────────────────────────────────────────────────────────────────────


def uncertain() -> Build:
    """A pointer with two targets, a fence and a store on branches, and tags that hang on a choice."""
    build = Build(x=0, y=0)
    pool = build.pool
    choice = pool.choice(0, (0, 1))
    one = build.thread()
    target = build.op(Op.ITE, choice, build.address["x"], build.address["y"])
    pointed = one.write(target, 1)
    with one.when(choice):
        one.fence("A")
    one.write("x", 2, "L")
    two = build.thread()
    value = two.read("x")
    with two.when(build.eq(value, 1), value):
        two.write("y", value, data=[value])
    last = two.read("y").value
    build.events[pointed] = replace(build.events[pointed], tags=(("A", choice),))
    build.events[last] = replace(build.events[last], tags=(("L", pool.negation(choice)), ("A", pool.true)))
    return build


RELATIONS = (
    "po & loc", "po & (rf | co)", "rf & po", "po \\ loc", "po \\ (po & loc)", "(po & loc) \\ rf", "~loc", "~po", "~(po | rf)",
    "po; po", "po; [F]; po", "po; [W]; po", "[A]; po", "po; [L]", "[A]; po; [L]", "A * L", "W * A", "loc; po", "rf; po; co",
    "po?", "(po & loc)?", "rf^-1; co", "po^-1", "(po; [W])+", "(po | rf)+", "(po; [F])*", "[domain(rf)]; po",
    "[domain(po; [F])]", "[range([F]; po)]", "[range(rf)]; po", "[~A]", "[A \\ L]; po", "[M \\ A]", "[~(A | F)]; po", "[A & L]",
    "(R * W) & po",
)  # fmt: skip


@pytest.mark.parametrize("text", RELATIONS)
def test_bounds_hold_in_every_execution_of_a_program_in_which_little_is_certain(read, text):
    by = read(f"let it = {text}")
    program, anything = uncertain().program(), read('"anything goes"')
    bounds = Bounds(Analysis(program, anything))
    live, seen = bounds.analysis.live, 0
    for result in executions(program, anything):
        executed = sum(1 << event for event in result.events.executed) & live
        check(bounds, Interpretation.of(result), executed, live, by.definitions["it"])
        seen += 1
    assert seen > 10


@pytest.mark.parametrize(
    "axiom", ["acyclic po | rf | co", "acyclic (po & loc) | rf | co | fr", "acyclic co | po", "acyclic po; rf | co"]
)
def test_what_axioms_forbid_on_sight_no_execution_under_them_has(read, axiom):
    by = read(f"{axiom} as it let reads = rf let writes = co let places = po & loc let chain = (rf | co)+")
    program = uncertain().program()
    bounds = Bounds(Analysis(program, by))
    bounds.tighten(by.condensed)
    live, seen = bounds.analysis.live, 0
    for result in executions(program, by):
        executed = sum(1 << event for event in result.events.executed) & live
        for name in ("reads", "writes", "places", "chain"):
            check(bounds, Interpretation.of(result), executed, live, by.definitions[name])
        seen += 1
    assert seen > 3


def test_what_a_flag_marks_is_not_forbidden(read):
    marked = bounded(straight(), read("flag acyclic (po & loc) | co as marked"))
    assert base(marked, "co").may[3] >> 2 & 1


def test_what_an_axiom_says_of_some_pairs_it_does_not_say_of_others(read):
    """No pair of program order is an address dependency here."""
    partial = bounded(straight(), read("acyclic (po & addr) | co as part"))
    assert base(partial, "co").may[3] >> 2 & 1
    whole = bounded(straight(), read("acyclic (po & loc) | co as coherent"))
    assert not base(whole, "co").may[3] >> 2 & 1
