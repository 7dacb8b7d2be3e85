"""Values come from somewhere: what a read reads was not computed from itself, through what other threads read and write.

A model of a language forgets dependencies (of plain accesses, of a branch whose arms have joined), and of a model that is not
the project's own nothing is known: there it is said. Herd finds no values for the other executions either: it solves the
equations between what is read and written, of a candidate execution whose branches are settled. So a condition is no part of
where a value comes from.

On a machine it is: every instruction behind a branch waits for it before others can see what it stores. The order of the
models of SC and x86-TSO holds that by itself. Those of Arm, RISC-V and Power hold it of the instructions; of code in the
language, where control is taken to end at the join, it is said as well, so that nothing comes from nowhere by way of a
thread's own memory.

In herd's own files program order is between instructions (see :mod:`gupproof.cat.reader`). That no read reads what its own
instruction writes then has to be said, too: herd does not try that (mem.ml, map_load_possible_stores).
"""

from dataclasses import replace

from gupproof.cat.absorption import condensed
from gupproof.cat.terms import Axiom, AxiomKind, Model, Sort, TermOp
from gupproof.diagnostics import NOWHERE

NAME = "values-come-from-somewhere"


def grounded(model: Model, *, control: bool) -> Model:
    """Return the model with the axiom that no value depends on itself; ``control``: neither by the branches taken."""
    pool = model.pool
    names = ("addr", "data", "ctrl", "rf") if control else ("addr", "data", "rf")
    terms = {name: pool.base(name, Sort.REL) for name in (*names, "rmw", "feeds", "one-instruction")}
    if not control:
        # Where nothing of the read is in what is computed, as of ``r ^ r``, herd sees a number.
        terms |= {name: pool.make(TermOp.INTER, terms[name], terms["feeds"]) for name in ("addr", "data", "rmw")}
        names = (*names, "rmw")
    where_from = pool.make(TermOp.UNION, *(terms[name] for name in names))
    axiom = Axiom(kind=AxiomKind.ACYCLIC, negated=False, flag=False, term=where_from, name=NAME, span=NOWHERE)
    axioms = (*model.axioms, axiom)
    if model.is_herds:
        own = pool.make(TermOp.SEQ, terms["one-instruction"], terms["rf"])
        axioms = (*axioms, replace(axiom, kind=AxiomKind.IRREFLEXIVE, term=own))
    return replace(model, axioms=axioms, condensed=condensed(pool, axioms))


def ungrounded(model: Model) -> Model:
    """Return the model without that axiom: as its file has it."""
    return replace(model, axioms=tuple(axiom for axiom in model.axioms if axiom.name != NAME))
