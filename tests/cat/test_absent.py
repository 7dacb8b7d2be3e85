"""What executions here do not have though it happens: a check that needs it is refused, and only that."""

import pytest

from gupproof.cat import absent
from gupproof.cat.terms import TermPool
from gupproof.diagnostics import GupError


@pytest.mark.parametrize("name", absent.names(TermPool()))
def test_a_check_that_needs_it_is_refused(load, name):
    """Empty, it would be weaker than the model says: dependencies that a file works out itself would be none at all."""
    relation = "name" if absent.names(TermPool())[name].sort.value == "relation" else "[name]"
    with pytest.raises(GupError) as caught:
        load(f"let dependency = po; {relation.replace('name', name)}; po acyclic rf | dependency as mine")
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.span.line) == ("C007", 1)
    assert f"needs `{name}`" in problem.message
    assert absent.why(name) in problem.message


def test_flags_are_no_exception(load):
    with pytest.raises(GupError, match="iico_data"):
        load("acyclic po flag ~empty iico_data as parts")


def test_where_nothing_can_come_of_it_the_model_is_read(load):
    """Nothing here is tagged T or an implicit access, so that what starts there is empty whatever else it passes."""
    model = load("let tob = [R & T]; iico_data; [B]; iico_ctrl; [W \\ T] acyclic po | tob as mine")
    assert [repr(axiom.term) for axiom in model.axioms] == ["po"]


def test_a_definition_that_no_check_needs_is_left_out(load):
    model = load("let mine = rf-reg | po let other = po acyclic other")
    assert "mine" not in model.definitions
    assert "other" in model.definitions


def test_a_models_own_definition_comes_first(load):
    assert repr(load("let rf-reg = po let it = rf-reg acyclic it").definitions["it"]) == "po"


@pytest.mark.parametrize("call", ["bisimulation(po, rf)", "classes(po)", "lift(po, rf)", "linearisations(W, po)"])
def test_functions_of_an_execution_are_refused_even_in_a_try(load, call):
    with pytest.raises(GupError) as caught:
        load(f"acyclic po | (try {call} with 0)")
    assert [problem.code for problem in caught.value.diagnostics] == ["C007"]


@pytest.mark.parametrize("order", ["RLX", "ACQ", "REL", "SC", "CON", "NA"])
def test_the_memory_orders_of_c11_are_refused_by_name(load, order):
    with pytest.raises(GupError) as caught:
        load(f"acyclic po; [{order}]; po")
    (problem,) = caught.value.diagnostics
    assert problem.code == "C003"
    assert "a memory order of C11" in problem.message
    # A file that allows for there being none is read.
    assert repr(load(f"acyclic po | [try {order} with 0]").axioms[0].term) == "po"
