"""One CNF, asked again and again."""

import itertools
import time
from random import Random

import pytest

from gupproof.encoding.cnf import FALSE, TRUE, Cnf
from gupproof.solving.solver import Answer, Assignment, Outcome, Solver
from tests.support.sat import satisfies


@pytest.fixture
def either():
    """Variables 2 and 3, one of which is true."""
    cnf = Cnf()
    cnf.add(cnf.variable(), cnf.variable())
    return Solver(cnf.dimacs())


def pigeons(holes: int) -> Cnf:
    """One pigeon more than there are holes: unsatisfiable, and out of reach of resolution."""
    cnf = Cnf()
    place = {(pigeon, hole): cnf.variable() for pigeon in range(holes + 1) for hole in range(holes)}
    for pigeon in range(holes + 1):
        cnf.add(*(place[pigeon, hole] for hole in range(holes)))
    for hole in range(holes):
        for one, other in itertools.combinations(range(holes + 1), 2):
            cnf.add(-place[one, hole], -place[other, hole])
    return cnf


def test_assumptions_hold_for_one_question_only(either):
    assert either.ask([-2], (2, 3)).outcome is Outcome.SAT
    assert either.ask([-2, -3], ()).outcome is Outcome.UNSAT
    assert either.ask([-3], ()).outcome is Outcome.SAT
    assert either.ask([], ()).outcome is Outcome.SAT


def test_an_assignment_satisfies_assumptions_and_clauses(either):
    assignment = either.ask([-2], (2, 3)).assignment
    assert assignment is not None
    assert assignment.holds(3)
    assert assignment.holds(-2)
    assert not assignment.holds(2)


def test_variables_that_no_clause_has_may_be_asked_for():
    cnf = Cnf()
    free, forced = cnf.variable(), cnf.variable()
    cnf.add(forced)
    assignment = Solver(cnf.dimacs()).ask([], (free, forced)).assignment
    assert assignment is not None
    assert assignment.holds(forced)
    assert assignment.holds(free) != assignment.holds(-free)


def test_true_and_false_may_be_assumed(either):
    assert either.ask([TRUE], ()).outcome is Outcome.SAT
    assert either.ask([2, FALSE], ()).outcome is Outcome.UNSAT
    answer = either.ask([], (TRUE, 2))
    assert answer.assignment is not None
    assert answer.assignment.holds(TRUE)
    assert not answer.assignment.holds(FALSE)


def test_contradicting_assumptions_are_unsatisfiable(either):
    assert either.ask([2, -2], ()).outcome is Outcome.UNSAT


@pytest.mark.parametrize("seed", range(30))
def test_random_formulas_are_decided_right(seed):
    random = Random(seed)
    cnf = Cnf()
    variables = [cnf.variable() for _ in range(7)]
    for _ in range(30):
        cnf.add(*(random.choice((1, -1)) * variable for variable in random.sample(variables, 3)))
    assumed = [random.choice((1, -1)) * variable for variable in random.sample(variables, 2)]
    subsets = itertools.chain.from_iterable(itertools.combinations(variables, size) for size in range(8))
    solutions = [true for subset in subsets if satisfies([*cnf.clauses, *((item,) for item in assumed)], true := {1, *subset})]
    answer = Solver(cnf.dimacs()).ask(assumed, variables)
    assert answer.outcome is (Outcome.SAT if solutions else Outcome.UNSAT)
    if answer.assignment is not None:
        assert set(answer.assignment.true) in solutions


def test_past_its_limit_the_answer_is_unknown_with_a_reason():
    solver = Solver(pigeons(12).dimacs())
    started = time.perf_counter()
    answer = solver.ask([], (), timeout=0.2)
    assert time.perf_counter() - started < 10
    assert answer.outcome is Outcome.UNKNOWN
    assert answer.assignment is None
    assert answer.reason
    assert answer.seconds >= 0.1


def test_a_limit_binds_its_own_question_only():
    cnf = pigeons(12)
    free = cnf.variable()
    relaxed = Cnf()
    relaxed.variables = cnf.variables
    relaxed.clauses = [(TRUE,), *((*clause, free) for clause in cnf.clauses[1:])]
    solver = Solver(relaxed.dimacs())
    assert solver.ask([-free], (), timeout=0.2).outcome is Outcome.UNKNOWN
    assert solver.ask([free], ()).outcome is Outcome.SAT
    assert solver.ask([free], (), timeout=5).outcome is Outcome.SAT


def test_a_variable_that_no_clause_mentions_can_be_either():
    cnf = Cnf()
    loose = cnf.variable()
    solver = Solver(cnf.dimacs())
    for literal in (loose, -loose):
        answer = solver.ask([literal], [loose])
        assert answer.assignment is not None
        assert answer.assignment.holds(literal)


def test_solvers_do_not_disturb_each_other():
    one, other = Cnf(), Cnf()
    one.add(one.variable())
    other.add(-other.variable())
    first, second = Solver(one.dimacs()), Solver(other.dimacs())
    assert first.ask([2], ()).outcome is Outcome.SAT
    assert second.ask([2], ()).outcome is Outcome.UNSAT
    assert first.ask([-2], ()).outcome is Outcome.UNSAT


def test_an_answer_without_an_assignment_holds_nothing():
    answer = Answer(outcome=Outcome.UNSAT, assignment=None, reason="", seconds=0.0)
    assert answer.assignment is None
    assert not Assignment(frozenset()).holds(5)
    assert Assignment(frozenset()).holds(-5)


def test_the_solver_names_itself():
    assert Solver.version().split(".")[0].isdigit()


def test_a_limit_that_is_over_before_it_has_begun_is_no_question():
    answer = Solver(pigeons(4).dimacs()).ask([], (), timeout=0.001)
    assert (answer.outcome, answer.reason) == (Outcome.UNKNOWN, "timeout")


def test_a_core_is_unsatisfiable_with_the_formula_and_names_assumptions_only():
    cnf = Cnf()
    a, b, c = cnf.variable(), cnf.variable(), cnf.variable()
    cnf.add(-a, -b)
    for solver in (Solver(cnf), Solver(cnf.dimacs())):
        answer = solver.ask([a, b, c], ())
        assert {a, b} <= answer.core <= {a, b, c}
        assert not solver.ask([a, c], ()).core
