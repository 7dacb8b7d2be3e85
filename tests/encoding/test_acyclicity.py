"""Acyclicity of graphs, against looking for a cycle."""

import itertools
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gupproof.encoding.acyclicity import require_acyclic
from gupproof.encoding.cnf import FALSE, TRUE, Cnf
from gupproof.solving.solver import Outcome, Solver
from tests.support.sat import allowed

Edge = tuple[int, int]


def has_cycle(edges: set[Edge]) -> bool:
    """Whether some walk along the edges comes back: vertices nobody leads to are taken away until none is left."""
    vertices = {vertex for edge in edges for vertex in edge}
    while vertices:
        sources = {vertex for vertex in vertices if not any(a in vertices and b == vertex for a, b in edges)}
        if not sources:
            return True
        vertices -= sources
    return False


def always(a: int, b: int) -> bool:
    del a, b
    return True


def random_edges(random: Random, vertices: int, count: int) -> list[Edge]:
    possible = list(itertools.product(range(vertices), repeat=2))
    return random.sample(possible, min(count, len(possible)))


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.integers(0, 2**40))
def test_exactly_the_choices_of_edges_without_a_cycle_are_allowed(seed):
    random = Random(seed)
    edges = random_edges(random, random.randint(1, 6), random.randint(1, 8))
    cnf = Cnf()
    literals = {edge: cnf.variable() for edge in edges}
    require_acyclic(cnf, literals, always)
    choices = itertools.product((False, True), repeat=len(edges))
    expected = {
        chosen for chosen in choices if not has_cycle({edge for edge, taken in zip(edges, chosen, strict=True) if taken})
    }
    assert allowed(cnf, list(literals.values())) == expected


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.integers(0, 2**40))
def test_edges_may_be_certain_impossible_negated_or_share_a_literal(seed):
    random = Random(seed)
    edges = random_edges(random, random.randint(2, 5), random.randint(2, 10))
    cnf = Cnf()
    variables = [cnf.variable() for _ in range(4)]
    pool = [TRUE, FALSE, *variables, *(-variable for variable in variables)]
    literals = {edge: random.choice(pool) for edge in edges}
    require_acyclic(cnf, literals, always)
    expected = set()
    for values in itertools.product((False, True), repeat=len(variables)):
        true = {TRUE, *(variable for variable, value in zip(variables, values, strict=True) if value)}
        taken = {edge for edge, literal in literals.items() if (abs(literal) in true) == (literal > 0)}
        if not has_cycle(taken):
            expected.add(values)
    assert allowed(cnf, variables) == expected


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.integers(0, 2**40))
def test_cycles_through_vertices_that_are_never_together_need_not_be_forbidden_and_nothing_else_is(seed):
    """Vertices of different colours exclude each other; edges run inside a colour or through vertices of none."""
    random = Random(seed)
    colour = [random.choice((0, 1, None)) for _ in range(6)]

    def together(a: int, b: int) -> bool:
        return None in (colour[a], colour[b]) or colour[a] == colour[b]

    edges = [edge for edge in random_edges(random, 6, 12) if together(*edge)][:8]
    cnf = Cnf()
    literals = {edge: cnf.variable() for edge in edges}
    require_acyclic(cnf, literals, together)
    found = allowed(cnf, list(literals.values()))
    for chosen in itertools.product((False, True), repeat=len(edges)):
        taken = {edge for edge, is_taken in zip(edges, chosen, strict=True) if is_taken}
        colours = {colour[vertex] for edge in taken for vertex in edge} - {None}
        if len(colours) <= 1:
            assert (chosen in found) == (not has_cycle(taken))


def test_an_edge_from_a_vertex_to_itself_is_a_cycle():
    cnf = Cnf()
    loop = cnf.variable()
    require_acyclic(cnf, {(3, 3): loop}, always)
    assert allowed(cnf, [loop]) == {(False,)}


def test_a_graph_that_cannot_have_a_cycle_costs_nothing():
    cnf = Cnf()
    edges = {(a, b): cnf.variable() for a in range(5) for b in range(a + 1, 5)}
    before = cnf.variables, len(cnf.clauses)
    require_acyclic(cnf, edges, always)
    assert (cnf.variables, len(cnf.clauses)) == before


@pytest.mark.parametrize("length", [2, 3, 5, 8])
def test_of_a_ring_one_edge_is_missing(length):
    cnf = Cnf()
    literals = {(place, (place + 1) % length): cnf.variable() for place in range(length)}
    require_acyclic(cnf, literals, always)
    assert allowed(cnf, list(literals.values())) == set(itertools.product((False, True), repeat=length)) - {(True,) * length}


@pytest.mark.parametrize("certain", [0, 1, 2])
def test_a_path_with_one_certain_step_holds_where_its_other_step_does(certain):
    """A ring of three, one step of which is certain: the other two may hold one by one, and not together."""
    cnf = Cnf()
    ring = [(1, 0), (0, 2), (2, 1)]
    literals = [TRUE if place == certain else cnf.variable() for place in range(3)]
    require_acyclic(cnf, dict(zip(ring, literals, strict=True)), always)
    one, other = (literal for literal in literals if literal != TRUE)
    solver = Solver(cnf.dimacs())
    answers = [solver.ask([a * one, b * other], ()).outcome is Outcome.SAT for a in (1, -1) for b in (1, -1)]
    assert answers == [False, True, True, True]
