"""The small search: right where it answers, whatever it was asked before."""

import itertools
import os
from random import Random

import pytest

from gupproof.encoding.cnf import FALSE, TRUE, Cnf
from gupproof.solving.solver import SMALL, Outcome, Solver
from gupproof.solving.tiny import Tiny

PROGRAMS = int(os.environ.get("GUPPROOF_FUZZ", "400"))


def random_cnf(random: Random) -> Cnf:
    """Between easy and hard: up to 4.6 clauses a variable."""
    cnf = Cnf()
    variables = [cnf.variable() for _ in range(random.randint(2, 24))]
    for _ in range(random.randint(2, int(len(variables) * 4.6))):
        chosen = random.sample(variables, min(len(variables), random.choice((1, 2, 2, 3, 3, 3, 4))))
        cnf.add(*(random.choice((variable, -variable)) for variable in chosen))
    return cnf


@pytest.mark.parametrize("seed", range(PROGRAMS // 5))
def test_it_agrees_with_z3_under_any_assumptions(seed):
    random = Random(seed)
    cnf = random_cnf(random)
    tiny, z3 = Tiny(cnf.variables, cnf.clauses), Solver(cnf.dimacs())
    every = range(1, cnf.variables + 1)
    for _ in range(4):
        assumed = [random.choice((v, -v)) for v in random.sample(every, random.randint(0, 2)) if v > 1]
        answer = tiny.solve(assumed, conflicts=1000)
        assert answer is (z3.ask(assumed, ()).outcome is Outcome.SAT)
        if answer:
            true = tiny.true(every)
            assert all(any((abs(literal) in true) == (literal > 0) for literal in clause) for clause in cnf.clauses)
            assert all((abs(literal) in true) == (literal > 0) for literal in assumed)


def pigeons(count: int) -> Cnf:
    """``count`` pigeons, one hole too few."""
    cnf = Cnf()
    places = [[cnf.variable() for _ in range(count - 1)] for _ in range(count)]
    for place in places:
        cnf.add(*place)
    for hole in zip(*places, strict=True):
        cnf.at_most_one(hole)
    return cnf


def test_it_gives_up_after_the_conflicts_it_was_given():
    cnf = pigeons(7)
    assert Tiny(cnf.variables, cnf.clauses).solve([], conflicts=20) is None


def test_what_it_gives_up_on_is_answered_all_the_same():
    cnf = pigeons(7)
    assert len(cnf.clauses) <= SMALL
    assert Solver(cnf).ask([], ()).outcome is Outcome.UNSAT


def test_a_formula_that_fails_by_propagation_alone_needs_no_conflict():
    cnf = Cnf()
    a, b = cnf.variable(), cnf.variable()
    cnf.add(a)
    cnf.add(-a, b)
    cnf.add(-a, -b)
    assert Tiny(cnf.variables, cnf.clauses).solve([], conflicts=0) is False


def test_what_an_earlier_question_assumed_is_forgotten():
    cnf = Cnf()
    a, b = cnf.variable(), cnf.variable()
    cnf.add(a, b)
    tiny = Tiny(cnf.variables, cnf.clauses)
    assert tiny.solve([-a, -b], conflicts=9) is False
    assert tiny.solve([-a], conflicts=9) is True
    assert tiny.true([a, b]) == {1, b}
    assert tiny.solve([-b], conflicts=9) is True
    assert tiny.true([a, b]) == {1, a}


@pytest.mark.parametrize("seed", range(PROGRAMS // 20))
def test_ruling_out_each_solution_lists_all_of_them(seed):
    """Clauses that are added hold from then on, whichever search answers; what is listed is what trying everything finds."""
    random = Random(seed)
    cnf = Cnf()
    variables = [cnf.variable() for _ in range(random.randint(1, 7))]
    for _ in range(random.randint(0, 12)):
        chosen = random.sample(variables, min(len(variables), random.choice((1, 2, 2, 3))))
        cnf.add(*(random.choice((variable, -variable)) for variable in chosen))
    expected = {
        values
        for values in itertools.product((1, -1), repeat=len(variables))
        if all(
            any(literal == TRUE or values[variables.index(abs(literal))] * literal > 0 for literal in clause)
            for clause in cnf.clauses
        )
    }
    for solver in (Solver(cnf), Solver(cnf.dimacs())):
        found = []
        while (answer := solver.ask([], variables)).assignment is not None:
            found.append(tuple(1 if answer.assignment.holds(variable) else -1 for variable in variables))
            solver.add(*(-variable * value for variable, value in zip(variables, found[-1], strict=True)))
        assert len(found) == len(expected)
        assert set(found) == expected


def test_a_clause_of_nothing_rules_out_everything():
    for make in (Solver, lambda cnf: Solver(cnf.dimacs())):
        solver = make(Cnf())
        solver.add(FALSE, TRUE)
        assert solver.ask([], ()).outcome is Outcome.SAT
        solver.add(FALSE)
        assert solver.ask([], ()).outcome is Outcome.UNSAT
