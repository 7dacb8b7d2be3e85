"""Clauses and gates, against truth tables."""

import itertools
from random import Random

import pytest

from gupproof.encoding.cnf import FALSE, PAIRWISE_LIMIT, TRUE, Cnf
from tests.support.sat import allowed, models


def value(literal: int, true: set[int]) -> bool:
    return (abs(literal) in true) == (literal > 0)


def test_variable_one_is_true():
    assert models(Cnf()) == [{TRUE}]
    assert FALSE == -TRUE


def test_a_clause_asks_for_one_of_its_literals():
    cnf = Cnf()
    a, b = cnf.variable(), cnf.variable()
    cnf.add(a, -b)
    assert allowed(cnf, [a, b]) == {(False, False), (True, False), (True, True)}


def test_a_clause_that_holds_by_form_is_not_kept():
    cnf = Cnf()
    a, b = cnf.variable(), cnf.variable()
    before = len(cnf.clauses)
    cnf.add(a, TRUE)
    cnf.add(a, b, -a)
    assert len(cnf.clauses) == before
    cnf.add(a, FALSE, a)
    assert cnf.clauses[before:] == [(a,)]


@pytest.mark.parametrize("literals", [(), (FALSE,), (FALSE, FALSE)])
def test_a_clause_without_a_literal_that_can_hold_is_a_contradiction(literals):
    cnf = Cnf()
    cnf.variable()
    cnf.add(*literals)
    assert models(cnf) == []


@pytest.mark.parametrize("size", range(4))
@pytest.mark.parametrize("gate", ["conjunction", "disjunction"])
def test_a_gate_is_equivalent_to_what_it_stands_for(gate, size):
    """Over every choice of negations, repeated literals and constants."""
    meaning = all if gate == "conjunction" else any
    for signs in itertools.product((2, -2, 3, -3, TRUE, FALSE), repeat=size):
        cnf = Cnf()
        for _ in range(2):
            cnf.variable()
        literal = getattr(cnf, gate)(signs)
        found = models(cnf)
        assert len(found) == 4, "a gate constrains nothing but itself"
        for true in found:
            assert value(literal, true) == meaning(value(sign, true) for sign in signs)


def test_one_gate_serves_all_who_ask_for_it():
    cnf = Cnf()
    a, b = cnf.variable(), cnf.variable()
    gate = cnf.conjunction([a, b])
    size = cnf.variables, len(cnf.clauses)
    assert cnf.conjunction([b, a, TRUE]) == gate
    assert cnf.disjunction([-a, -b]) == -gate
    assert (cnf.variables, len(cnf.clauses)) == size


@pytest.mark.parametrize("count", [0, 1, 2, 3, PAIRWISE_LIMIT, PAIRWISE_LIMIT + 1, PAIRWISE_LIMIT + 3])
@pytest.mark.parametrize("exactly", [False, True])
def test_at_most_one_and_exactly_one(count, exactly):
    cnf = Cnf()
    literals = [cnf.variable() for _ in range(count)]
    (cnf.exactly_one if exactly else cnf.at_most_one)(literals)
    fewest = 1 if exactly else 0
    expected = {values for values in itertools.product((False, True), repeat=count) if fewest <= sum(values) <= 1}
    assert allowed(cnf, literals) == expected


def test_at_most_one_of_literals_with_signs_and_constants():
    cnf = Cnf()
    a, b = cnf.variable(), cnf.variable()
    cnf.at_most_one([a, -b, FALSE, TRUE])
    assert allowed(cnf, [a, b]) == {(False, True)}


def test_a_literal_may_not_hold_twice_under_a_ladder_either():
    cnf = Cnf()
    first, *rest = (cnf.variable() for _ in range(PAIRWISE_LIMIT + 1))
    cnf.at_most_one([first, *rest, first])
    assert all(not values[0] for values in allowed(cnf, [first, rest[0]]))


def test_dimacs_holds_the_same_clauses():
    random = Random(0)
    cnf = Cnf()
    variables = [cnf.variable() for _ in range(5)]
    for _ in range(8):
        cnf.add(*(random.choice((1, -1)) * variable for variable in random.sample(variables, 3)))
    head, *lines = cnf.dimacs().splitlines()
    assert head == f"p cnf {cnf.variables} {len(lines)}"
    assert [tuple(map(int, line.split()[:-1])) for line in lines] == cnf.clauses
    assert {line.split()[-1] for line in lines} == {"0"}
