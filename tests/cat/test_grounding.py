"""Where the values of an execution come from, as an axiom."""

from collections.abc import Callable

from gupproof.cat.grounding import grounded
from gupproof.cat.terms import Axiom, AxiomKind, Model


def added(load: Callable[..., Model]) -> tuple[Model, Axiom]:
    before = load("acyclic co")
    after = grounded(before)
    assert after.axioms[:-1] == before.axioms
    return after, after.axioms[-1]


def test_a_value_comes_from_what_it_is_computed_from_and_where_that_was_found(load: Callable[..., Model]) -> None:
    """Addresses and data lead to reads, and reads to writes; what a branch looked at decides whether, and not what."""
    _, axiom = added(load)
    assert (axiom.kind, axiom.negated, axiom.flag) == (AxiomKind.ACYCLIC, False, False)
    assert {part.name for part in axiom.term.args} == {"addr", "data", "rf"}


def test_the_encoder_gets_the_axiom_as_well(load: Callable[..., Model]) -> None:
    model, axiom = added(load)
    assert any(set(axiom.term.args) <= set(item.term.args) for item in model.condensed)
