"""The small search: right where it answers, whatever it was asked before."""

import os
from random import Random

import pytest

from gupproof.encoding.cnf import Cnf
from gupproof.solving.solver import SMALL, Outcome, Solver
from gupproof.solving.tiny import Tiny

PROGRAMS = int(os.environ.get("GUPPROOF_FUZZ", "700"))


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
