"""Axioms with less in them that allow the same executions: closures take in by themselves what their parts repeat.

``(hb | pb)+`` with ``pb = prop; strong-fence; hb*`` is the closure of ``hb | prop; strong-fence``, and where ``hb`` and ``pb``
both have no cycle, nor has that union. What is left out is what costs most to encode, a closure inside of a closure.
"""

from collections.abc import Sequence
from dataclasses import replace

from gupproof.cat.terms import Axiom, AxiomKind, Sort, Term, TermOp, TermPool


def condensed(pool: TermPool, axioms: Sequence[Axiom]) -> tuple[Axiom, ...]:
    """Return axioms that together allow and mark the same executions as ``axioms``, over the terms of ``pool``."""
    absorption = _Absorption(pool)
    return tuple(absorption.joined([replace(axiom, term=absorption.checked(axiom)) for axiom in axioms]))


class _Absorption:
    def __init__(self, pool: TermPool) -> None:
        self.pool = pool
        self._done: dict[Term, Term] = {}

    def checked(self, axiom: Axiom) -> Term:
        """Return the term of an axiom, of which acyclicity feels the closure only."""
        term = self.term(axiom.term)
        return self._closed(term) if axiom.kind is AxiomKind.ACYCLIC and axiom.term.sort is Sort.REL else term

    def term(self, term: Term) -> Term:
        """Return a term with the same meaning; recursions stay as they are."""
        if term not in self._done:
            if not term.args or term.op in (TermOp.REC, TermOp.ITERATE):
                self._done[term] = term
            else:
                args = [self.term(arg) for arg in term.args]
                if term.op in (TermOp.PLUS, TermOp.STAR):
                    args = [self._closed(args[0])]
                self._done[term] = self.pool.make(term.op, *args)
        return self._done[term]

    def _closed(self, term: Term) -> Term:
        """Return a term with the same transitive closure.

        A part ``x; y*`` beside a part ``y`` becomes ``x``: the closure holds ``x; y; y`` and so on, since it holds ``x`` and
        ``y``. It still holds ``y`` if that is shortened in turn, being a smaller term.
        """
        parts = _parts(term)
        return self.pool.make(TermOp.UNION, *(self._shortened(part, parts) for part in parts))

    def _shortened(self, part: Term, others: Sequence[Term]) -> Term:
        while True:
            found = self._cut(part)
            if found is None or not set(_parts(found[1])) <= set(others):
                return part
            part = found[0]

    def _cut(self, part: Term) -> tuple[Term, Term] | None:
        """Return x and y where ``part`` is ``x; y*``, or ``x; y*; [s]`` with each y from s to s: then ``x; [s]`` and y."""
        if part.op is not TermOp.SEQ:
            return None
        left, right = part.args
        if right.op is TermOp.STAR:
            return left, right.args[0]
        if right.op is not TermOp.IDENTITY_ON or left.op is not TermOp.SEQ or left.args[1].op is not TermOp.STAR:
            return None
        repeated = left.args[1].args[0]
        if any(_end(step, 0) is not right or _end(step, -1) is not right for step in _parts(repeated)):
            return None
        return self.pool.make(TermOp.SEQ, left.args[0], right), repeated

    def joined(self, axioms: Sequence[Axiom]) -> list[Axiom]:
        """Return axioms among which ``acyclic y`` and ``acyclic x; y*`` have become ``acyclic y | x``.

        A cycle of the union has only steps of y, or its steps fall into one of x each, followed by some of y. Of two axioms
        with the same y the second stays: nothing is said of cycles in which their steps take turns.
        """
        result = list(axioms)
        for axiom in axioms:
            if axiom not in result or not _is_order(axiom):
                continue
            cuts = [self._cut(part) for part in _parts(axiom.term)]
            steps = {cut[1] if cut else None for cut in cuts}
            for place, other in enumerate(result):
                if _is_order(other) and steps == {other.term}:
                    shorter = [cut[0] for cut in cuts if cut]
                    result[place] = replace(other, term=self.pool.make(TermOp.UNION, other.term, *shorter))
                    result.remove(axiom)
                    break
        return result


def _is_order(axiom: Axiom) -> bool:
    return axiom.kind is AxiomKind.ACYCLIC and not (axiom.negated or axiom.flag)


def _parts(term: Term) -> tuple[Term, ...]:
    return term.args if term.op is TermOp.UNION else (term,)


def _end(term: Term, which: int) -> Term:
    """Return the first or last factor of a composition."""
    while term.op is TermOp.SEQ:
        term = term.args[which]
    return term
