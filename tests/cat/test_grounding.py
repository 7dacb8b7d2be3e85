"""Where the values of an execution come from, as an axiom."""

from collections.abc import Callable

import pytest

from gupproof.cat.grounding import grounded
from gupproof.cat.terms import AxiomKind, Model


@pytest.mark.parametrize("control", [False, True])
def test_a_value_comes_from_what_it_is_computed_from_and_where_that_was_found(
    load: Callable[..., Model], control: bool
) -> None:
    """Addresses and data lead to reads, and reads to writes; branches too where control is a part of it."""
    before = load("acyclic co")
    after = grounded(before, control=control)
    axiom = after.axioms[-1]
    assert after.axioms[:-1] == before.axioms
    assert (axiom.kind, axiom.negated, axiom.flag) == (AxiomKind.ACYCLIC, False, False)
    wanted = {"addr", "data", "ctrl", "rf"} if control else {f"&({name}, feeds)" for name in ("addr", "data", "rmw")} | {"rf"}
    assert {repr(part) for part in axiom.term.args} == wanted
    # The encoder reads the condensed ones.
    assert any(set(axiom.term.args) <= set(item.term.args) for item in after.condensed)
