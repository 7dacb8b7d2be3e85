"""What a program supplies by itself, as literals: execution, addresses, reads-from, coherence, final values."""

import pytest

from gupproof.cat.reader import load_model
from gupproof.encoding.base import BaseRelations
from gupproof.encoding.cnf import FALSE, TRUE, Cnf
from gupproof.encoding.encoding import encode
from gupproof.execution.enumerator import executions
from gupproof.program.expr import Op
from gupproof.relations.analysis import Analysis
from gupproof.relations.bounds import Bounds
from gupproof.solving.solver import Outcome, Solver
from tests.support.programs import Build
from tests.support.sat import allowed

X, Y = 64, 128


@pytest.fixture
def anything(tmp_path):
    """A model that allows everything."""
    path = tmp_path / "anything.cat"
    path.write_text('"anything goes"')
    return load_model(path, tags=frozenset())


@pytest.fixture
def based(anything):
    def based(build: Build) -> BaseRelations:
        analysis = Analysis(build.program(), anything)
        return BaseRelations(Cnf(), analysis, Bounds(analysis))

    return based


def branching() -> Build:
    """0 x, 1 y; P0: 2 reads x, and where that is 0: 3 writes y, 4 writes x, else 5 writes y."""
    build = Build(x=0, y=0)
    thread = build.thread()
    value = thread.read("x")
    zero = build.eq(value, 0)
    with thread.when(zero, value):
        thread.write("y", 1)
        thread.write("x", 1)
    with thread.when(build.pool.negation(zero), value):
        thread.write("y", 2)
    build.thread().write("x", 5)
    return build


def chasing() -> Build:
    """0 p, 1 x, 2 y; P0: 3 writes p; P1: 4 reads p, 5 writes where it points, 6 reads x."""
    build = Build(p=128, x=0, y=0)
    build.thread().write("p", 192)
    thread = build.thread()
    pointer = thread.read("p")
    thread.write(pointer, 7, addr=[pointer])
    thread.read("x")
    return build


def test_events_execute_where_their_guards_hold(based):
    base = based(branching())
    assert base.executes(2) == TRUE
    assert base.executes(3) == base.executes(4)
    assert base.executes(5) == -base.executes(3)


def test_two_events_execute_together_where_both_do(based):
    base = based(branching())
    assert base.both(2, 3) == base.executes(3)
    assert base.both(3, 4) == base.executes(3)
    assert base.both(3, 5) == FALSE


def test_an_event_that_can_never_execute_has_no_literal(based):
    build = Build(x=0)
    thread = build.thread()
    with thread.when(build.pool.false):
        thread.write("x", 1)
    thread.read("x")
    base = based(build)
    assert base.executes(1) == FALSE
    assert base.rf.keys() == {(0, 2)}


def test_addresses_meet_where_the_pointer_leads(based):
    base = based(chasing())
    assert base.same_address(1, 6) == TRUE
    literals = [base.accesses(5, 128), base.accesses(5, 192), base.same_address(1, 5), base.same_address(2, 5)]
    assert allowed(base.cnf, literals) == {(True, False, True, False), (False, True, False, True)}
    assert base.accesses(5, X) == FALSE


def executed_pairs(result) -> tuple[frozenset, frozenset]:
    order = [(a, b) for writes in result.co.values() for place, a in enumerate(writes) for b in writes[place + 1 :]]
    return frozenset((write, read) for read, write in result.execution.rf.items()), frozenset(order)


@pytest.mark.parametrize("make", [branching, chasing])
def test_reads_from_and_coherence_are_exactly_what_executions_have(make, anything):
    program = make().program()
    encoding = encode(program, anything)
    pairs = [("rf", pair) for pair in encoding.rf] + [("co", pair) for pair in encoding.co]
    literals = [getattr(encoding, name)[pair] for name, pair in pairs]
    cnf = Cnf()
    cnf.variables = encoding.variables
    cnf.clauses = [tuple(map(int, line.split()[:-1])) for line in encoding.dimacs.splitlines()[1:]]
    found = set()
    for values in allowed(cnf, literals):
        chosen = [pair for pair, value in zip(pairs, values, strict=True) if value]
        found.add((frozenset(p for name, p in chosen if name == "rf"), frozenset(p for name, p in chosen if name == "co")))
    expected = {executed_pairs(result) for result in executions(program, anything)}
    assert found == expected
    assert len(expected) == 3


def test_the_initial_write_comes_first(based):
    base = based(branching())
    assert base.co(0, 4) == base.executes(4)
    assert base.co(4, 0) == FALSE
    assert base.co(4, 6) != FALSE


def test_one_write_is_last_and_gives_the_final_value(based):
    build = Build(x=0)
    build.thread().write("x", 1)
    build.thread().write("x", 2)
    base = based(build)
    last = base.last(X)
    final = base.final_values(X)
    assert last[0] == FALSE
    assert allowed(base.cnf, [last[1], last[2]]) == {(True, False), (False, True)}
    assert {value for value, literal in final.items() if literal != FALSE} == {1, 2}
    assert allowed(base.cnf, [last[1], final[1], final[2]]) == {(True, True, False), (False, False, True)}


def test_a_place_nobody_touches_keeps_its_initial_value(based):
    build = Build(x=0, y=9)
    build.thread().write("x", 1)
    assert based(build).final_values(Y) == {9: TRUE}


def test_what_a_read_that_does_not_execute_would_read_is_fixed(based):
    build = Build(x=0)
    build.thread().write("x", 1)
    thread = build.thread()
    choice = build.pool.choice(0, (0, 1))
    with thread.when(choice):
        value = thread.read("x")
    base = based(build)
    literals = base.values.of(value)
    solver = Solver(base.cnf.dimacs())
    off = base.values.equals(choice, 0)
    assert [solver.ask([off, literals[number]], ()).outcome for number in (0, 1)] == [Outcome.SAT, Outcome.UNSAT]


def test_a_value_reaches_the_read_that_reads_from_its_write(based):
    build = Build(x=0)
    choice = build.pool.choice(0, (3, 4))
    build.thread().write("x", build.op(Op.ADD, choice, 1))
    value = build.thread().read("x")
    base = based(build)
    literals = [base.rf[1, 2], *(base.values.equals(value, number) for number in (0, 4, 5)), base.values.equals(choice, 3)]
    assert allowed(base.cnf, literals) == {
        (True, False, True, False, True),
        (True, False, False, True, False),
        (False, True, False, False, True),
        (False, True, False, False, False),
    }


def test_a_read_reads_from_one_write_even_where_two_write_the_same(based):
    build = Build(x=1)
    build.thread().write("x", 1)
    value = build.thread().read("x")
    base = based(build)
    solver = Solver(base.cnf.dimacs())
    first, second = base.rf[0, value.value], base.rf[1, value.value]
    assert solver.ask([first, second], ()).outcome is Outcome.UNSAT
    assert solver.ask([-first, -second], ()).outcome is Outcome.UNSAT
    assert solver.ask([first], ()).outcome is solver.ask([second], ()).outcome is Outcome.SAT


def test_a_write_that_goes_elsewhere_is_not_the_last_of_a_location(based):
    build = Build(x=0, y=0)
    build.thread().write(build.pool.choice(0, (X, Y)), 1)
    base = based(build)
    last = base.last(X)
    solver = Solver(base.cnf.dimacs())
    assert solver.ask([base.accesses(2, Y), last[2]], ()).outcome is Outcome.UNSAT
    assert solver.ask([base.accesses(2, Y), last[0]], ()).outcome is Outcome.SAT
    assert solver.ask([base.accesses(2, X), last[2]], ()).outcome is Outcome.SAT
