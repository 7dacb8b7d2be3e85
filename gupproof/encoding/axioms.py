"""The axioms of a model as constraints, and its flags as literals."""

from collections.abc import Sequence

from gupproof.cat.terms import Axiom, AxiomKind, Sort, Term, TermOp
from gupproof.diagnostics import Diagnostic, GupError
from gupproof.encoding.acyclicity import require_acyclic
from gupproof.encoding.terms import Side, Terms, reachability, reduced
from gupproof.relations.analysis import bits


class Axioms:
    """What a model requires of executions, over the literals of its terms."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.base, self.cnf, self.bounds = terms.base, terms.cnf, terms.bounds

    def require(self, axioms: Sequence[Axiom]) -> None:
        """Constrain executions to those that all axioms of a model allow.

        Raises:
            GupError: an axiom of a kind that has no encoding.

        """
        covered = False
        for axiom in axioms:
            if axiom.flag:
                continue
            self._axiom(axiom)
            covered = covered or (axiom.kind is AxiomKind.ACYCLIC and not axiom.negated and _contains_co(axiom.term))
        self.terms.define_recursions()
        if not covered:
            # Coherence is an order by definition, whatever the model says of it.
            require_acyclic(self.cnf, self.base.co_edges(), self._together)

    def _axiom(self, axiom: Axiom) -> None:
        if axiom.negated:
            if axiom.kind is AxiomKind.ACYCLIC:
                raise GupError(Diagnostic(code="E001", message="'~acyclic' as a constraint is not supported", span=axiom.span))
            self.cnf.add(*self._violations(axiom, Side.ONLY_IF))
        elif axiom.kind is AxiomKind.ACYCLIC:
            require_acyclic(self.cnf, self._edges(axiom.term), self._together)
        else:
            for literal in self._violations(axiom, Side.IF):
                self.cnf.add(-literal)

    def raised(self, axioms: Sequence[Axiom]) -> dict[str, int]:
        """Return, for each flag among axioms, a literal that implies that some check of that name marks the execution.

        Raises:
            GupError: a flag of a kind that has no encoding.

        """
        found: dict[str, list[int]] = {}
        for axiom in axioms:
            if axiom.flag:
                found.setdefault(axiom.name, []).append(self._raises(axiom))
        self.terms.define_recursions()
        return {name: self.cnf.disjunction(literals) for name, literals in found.items()}

    def _raises(self, axiom: Axiom) -> int:
        if axiom.negated and axiom.kind is not AxiomKind.ACYCLIC:
            return self.terms.either(self._violations(axiom, Side.ONLY_IF), Side.ONLY_IF)
        if axiom.kind is AxiomKind.ACYCLIC:
            message = f"'flag {'~' * axiom.negated}acyclic' is not supported"
            raise GupError(Diagnostic(code="E001", message=message, span=axiom.span))
        return self.cnf.conjunction([-literal for literal in self._violations(axiom, Side.IF)])

    def _violations(self, axiom: Axiom, side: Side) -> list[int]:
        term = axiom.term
        if term.sort is Sort.SET:
            return [self.terms.member(term, event, side) for event in bits(self.bounds.set(term).may)]
        may = self.bounds.rel(term).may
        if axiom.kind is AxiomKind.IRREFLEXIVE:
            return [self.terms.pair(term, a, a, side) for a, row in enumerate(may) if row >> a & 1]
        return [self.terms.pair(term, a, b, side) for a, row in enumerate(may) for b in bits(row)]

    def _together(self, a: int, b: int) -> bool:
        return bool(self.base.analysis.together[a] >> b & 1)

    def _edges(self, term: Term) -> dict[tuple[int, int], int]:
        """Return the edges of ``term`` that can be on a cycle and that no chain of certain edges stands for."""
        bounds = self.bounds.rel(term)
        reach = reachability(bounds.may)
        rows = reduced(bounds, self.base.analysis.implied)
        return {
            (a, b): self.terms.pair(term, a, b, Side.IF) for a, row in enumerate(rows) for b in bits(row) if reach[b] >> a & 1
        }


def _contains_co(term: Term) -> bool:
    """Whether a term holds all of co, judged by its form."""
    if term.op is TermOp.UNION:
        return any(map(_contains_co, term.args))
    return term.op is TermOp.BASE and term.name == "co"
