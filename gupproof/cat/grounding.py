"""Values come from somewhere: what a read reads was not computed from itself, through what other threads read and write.

In the models of machines it follows, since their order holds the dependencies by which a value is computed, and reads from.
A model of a language forgets dependencies (of plain accesses, of a branch whose arms have joined): there, and in a model that
nothing is known of, it is said. Herd finds no values for the other executions either: it solves the equations between what is
read and written, of a candidate execution whose branches are settled. So a condition is no part of where a value comes from.
"""

from dataclasses import replace

from gupproof.cat.absorption import condensed
from gupproof.cat.terms import Axiom, AxiomKind, Model, Sort, TermOp
from gupproof.diagnostics import NOWHERE

NAME = "values-come-from-somewhere"


def grounded(model: Model) -> Model:
    """Return the model with the axiom that no value depends on itself."""
    pool = model.pool
    where_from = pool.make(TermOp.UNION, *(pool.base(name, Sort.REL) for name in ("addr", "data", "rf")))
    axiom = Axiom(kind=AxiomKind.ACYCLIC, negated=False, flag=False, term=where_from, name=NAME, span=NOWHERE)
    axioms = (*model.axioms, axiom)
    return replace(model, axioms=axioms, condensed=condensed(pool, axioms))
