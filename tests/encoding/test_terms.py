"""Literals of terms, pair by pair, against what the terms mean in each execution."""

import pytest

from gupproof.cat.terms import Sort, Term
from gupproof.encoding.acyclicity import require_acyclic
from gupproof.encoding.base import BaseRelations
from gupproof.encoding.cnf import Cnf
from gupproof.encoding.terms import Side, Terms
from gupproof.execution.enumerator import executions
from gupproof.execution.relations import Interpretation
from gupproof.relations.analysis import Analysis
from gupproof.relations.bounds import Bounds
from gupproof.solving.solver import Outcome, Solver
from tests.support.programs import Build


def sample() -> Build:
    """A branch, a pointer, a tag that depends on what is read, and an addition."""
    build = Build(x=0, p=64)
    thread = build.thread()
    thread.write("x", 1, "L")
    thread.fence("L")
    thread.write("p", 128)
    thread = build.thread()
    pointer = thread.read("p", "A")
    value = thread.read(pointer, addr=[pointer])
    with thread.when(build.eq(value, 1), value):
        thread.write("x", value, data=[value])
    return build


def assumptions(base: BaseRelations, result) -> list[int]:
    """Literals that describe one execution."""
    chosen = [literal if result.execution.rf.get(read) == write else -literal for (write, read), literal in base.rf.items()]
    order = {(a, b) for writes in result.co.values() for place, a in enumerate(writes) for b in writes[place + 1 :]}
    return chosen + [literal if pair in order else -literal for pair, literal in base.co_edges().items()]


def chain() -> Build:
    """Four stores of one thread, each of which may be left out: what comes next is never certain."""
    build = Build(x=0)
    thread = build.thread()
    for number in range(4):
        with thread.when(build.pool.choice(number, (0, 1))):
            thread.fence(*("A" * (number % 2)))
    return build


NEXT = "po \\ (po; po)"


@pytest.mark.parametrize(
    "text",
    [
        f"({NEXT})+",
        f"~(({NEXT})+)",
        f"po \\ ({NEXT})*",
        f"({NEXT}); ({NEXT})",
        f"~(({NEXT}); ({NEXT}))",
        "let rec r = [A]; po | r; po",
        "[domain(po)]; po?",
        "(po; [A]; po)^-1",
        f"~((({NEXT}) | (po; [A]; po))+)",
    ],
)
def test_each_side_guarantees_its_direction_where_events_are_left_out(read, text):
    model = read(text.replace("rec r", "rec it").replace("r;", "it;") if text.startswith("let") else f"let it = {text}")
    term = model.definitions["it"]
    program, anything = chain().program(), read('"anything goes"')
    analysis = Analysis(program, anything)
    base = BaseRelations(Cnf(), analysis, Bounds(analysis))
    terms = Terms(base)
    numbers = range(1, analysis.count)
    literals = {(a, b, side): terms.pair(term, a, b, side) for a in numbers for b in numbers for side in Side}
    terms.define_recursions()
    solver = Solver(base.cnf.dimacs())
    seen = 0
    for result in executions(program, anything):
        rows = Interpretation.of(result).relation(term)
        given = [base.executes(event) if event in result.events.executed else -base.executes(event) for event in numbers]
        for a in numbers:
            for b in numbers:
                inside = bool(rows[a] >> b & 1)
                may_fail = solver.ask([*given, -literals[a, b, Side.IF]], ()).outcome is Outcome.SAT
                may_hold = solver.ask([*given, literals[a, b, Side.ONLY_IF]], ()).outcome is Outcome.SAT
                assert (may_fail, may_hold) == (not inside, inside), f"{(a, b)} of {text}"
        seen += 1
    assert seen == 16


@pytest.mark.parametrize(
    "text",
    [
        "rf",
        "co",
        "loc",
        "addr | data | ctrl",
        "po; rf",
        "po & loc",
        "po \\ loc",
        "~(rf | po)",
        "rf^-1; co",
        "(po | rf)+",
        "(co | rf)*",
        "rf?",
        "[R]; po; [W]",
        "A * L",
        "[domain(rf)]; po; [range(co)]",
        "[~range(rf)]; po",
        "(rf; po) \\ (co; po)",
        "(po | rf | co)+ & loc",
        "~((po & loc) | ~rf)",
    ],
)
def test_each_side_guarantees_its_direction_and_no_more(read, text):
    model = read(f"let it = {text}")
    term: Term = model.definitions["it"]
    assert term.sort is Sort.REL
    program = sample().program()
    anything = read('"anything goes"')
    analysis = Analysis(program, anything)
    base = BaseRelations(Cnf(), analysis, Bounds(analysis))
    terms = Terms(base)
    require_acyclic(base.cnf, base.co_edges(), lambda a, b: True)
    pairs = [(a, b) for a in range(analysis.count) for b in range(analysis.count)]
    literals = {(pair, side): terms.pair(term, *pair, side) for pair in pairs for side in Side}
    solver = Solver(base.cnf.dimacs())
    seen = 0
    for result in executions(program, anything):
        rows = Interpretation.of(result).relation(term)
        given = assumptions(base, result)
        assert solver.ask(given, ()).outcome is Outcome.SAT
        seen += 1
        for pair in pairs:
            inside = bool(rows[pair[0]] >> pair[1] & 1)
            may_fail = solver.ask([*given, -literals[pair, Side.IF]], ()).outcome is Outcome.SAT
            may_hold = solver.ask([*given, literals[pair, Side.ONLY_IF]], ()).outcome is Outcome.SAT
            assert (may_fail, may_hold) == (not inside, inside), f"{pair} of {text}"
    assert seen > 3


@pytest.mark.parametrize(
    "text",
    [
        "A",
        "A | L",
        "M & ~A",
        "R \\ A",
        "domain(rf)",
        "range(co) & L",
        "~M",
        "W \\ domain(rf)",
        "~domain(rf)",
        "~(range(co; rf) | F)",
    ],
)
def test_membership_likewise(read, text):
    term = read(f"let it = {text}").definitions["it"]
    program = sample().program()
    anything = read('"anything goes"')
    analysis = Analysis(program, anything)
    base = BaseRelations(Cnf(), analysis, Bounds(analysis))
    terms = Terms(base)
    literals = {(event, side): terms.member(term, event, side) for event in range(analysis.count) for side in Side}
    require_acyclic(base.cnf, base.co_edges(), lambda a, b: True)
    solver = Solver(base.cnf.dimacs())
    for result in executions(program, anything):
        inside = Interpretation.of(result).set(term)
        given = assumptions(base, result)
        for event in range(analysis.count):
            may_fail = solver.ask([*given, -literals[event, Side.IF]], ()).outcome is Outcome.SAT
            may_hold = solver.ask([*given, literals[event, Side.ONLY_IF]], ()).outcome is Outcome.SAT
            assert (may_fail, may_hold) == (not inside >> event & 1, bool(inside >> event & 1)), f"{event} of {text}"
