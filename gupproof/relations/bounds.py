"""Lower and upper bounds of every term of a model over the events of a program.

Union and intersection are pointwise; a composition must hold when both halves must and the middle event executes whenever one
of the ends does; a difference crosses the bounds.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from gupproof.cat.terms import Axiom, AxiomKind, Sort, Term, TermOp
from gupproof.relations.analysis import Facts, RelBounds, Rows, SetBounds, bits, transpose
from gupproof.relations.rounds import rounds


class Bounds:
    """Bounds of terms, computed on demand and kept.

    ``rf`` and ``co`` start from what addresses and paths allow; :meth:`tighten` removes the pairs that an acyclicity axiom
    forbids on sight (reading from the future, overwriting the past).
    """

    def __init__(self, analysis: Facts) -> None:
        self.analysis = analysis
        self.count = analysis.count
        self._relations: dict[Term, RelBounds] = {}
        self._sets: dict[Term, SetBounds] = {}
        self._base = {name: analysis.base_relation(name) for name in ("rf", "co")}
        self._variables: dict[int, RelBounds | SetBounds] = {}
        self._settled: frozenset[int] = frozenset()
        self._unrolled: dict[tuple[Term, ...], tuple[tuple[Term, ...], ...]] = {}
        self._zero: Rows = (0,) * self.count

    # ── sets ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def set(self, term: Term) -> SetBounds:
        """Return the bounds of a set term."""
        found = self._sets.get(term)
        if found is None:
            found = self._make_set(term)
            if self._closed(term):
                self._sets[term] = found
        return found

    def _make_set(self, term: Term) -> SetBounds:
        live = self.analysis.live
        match term.op:
            case TermOp.BASE:
                return self.analysis.base_set(term.name)
            case TermOp.UNIVERSE:
                return SetBounds(live, live)
            case TermOp.EMPTY:
                return SetBounds(0, 0)
            case TermOp.UNION:
                parts = [self.set(arg) for arg in term.args]
                return SetBounds(_union(part.may for part in parts), _union(part.must for part in parts))
            case TermOp.INTER:
                left, right = (self.set(arg) for arg in term.args)
                return SetBounds(left.may & right.may, left.must & right.must)
            case TermOp.DIFF:
                left, right = (self.set(arg) for arg in term.args)
                return SetBounds(left.may & ~right.must, left.must & ~right.may)
            case TermOp.COMPLEMENT:
                inner = self.set(term.args[0])
                return SetBounds(live & ~inner.must, live & ~inner.may)
            case TermOp.DOMAIN | TermOp.RANGE:
                rows = self.rel(term.args[0])
                may, must = rows.may, rows.must
                if term.op is TermOp.RANGE:
                    may, must = transpose(may), transpose(must)
                implied = self.analysis.implied
                sure = [a for a in range(self.count) if must[a] & implied[a]]
                return SetBounds(_as_bits(a for a in range(self.count) if may[a]), _as_bits(sure))
            case TermOp.REC_VAR:
                bound = self._variables[term.value]
                assert isinstance(bound, SetBounds)
                return bound
            case TermOp.REC:
                bound = self._recursion(term)
                assert isinstance(bound, SetBounds)
                return bound
            case TermOp.ITERATE:
                return self.set(self.unrolled(term))
            case _:
                raise ValueError(f"{term.op} is no set")

    # ── relations ────────────────────────────────────────────────────────────────────────────────────────────────────

    def rel(self, term: Term) -> RelBounds:
        """Return the bounds of a relation term."""
        found = self._relations.get(term)
        if found is None:
            found = self._make_rel(term)
            if self._closed(term):
                self._relations[term] = found
        return found

    def _make_rel(self, term: Term) -> RelBounds:
        together, live = self.analysis.together, self.analysis.live
        match term.op:
            case TermOp.BASE:
                return self._base.get(term.name) or self.analysis.base_relation(term.name)
            case TermOp.EMPTY:
                return RelBounds(self._zero, self._zero)
            case TermOp.ID:
                return self._identity(live, live)
            case TermOp.UNION:
                parts = [self.rel(arg) for arg in term.args]
                may, must = list(parts[0].may), list(parts[0].must)
                for part in parts[1:]:
                    may = [a | b for a, b in zip(may, part.may, strict=True)]
                    must = [a | b for a, b in zip(must, part.must, strict=True)]
                return RelBounds(tuple(may), tuple(must))
            case TermOp.INTER:
                left = self.rel(term.args[0])
                if not any(left.may):
                    return left
                right = self.rel(term.args[1])
                return RelBounds(_and(left.may, right.may), _and(left.must, right.must))
            case TermOp.DIFF:
                left = self.rel(term.args[0])
                if not any(left.may):
                    return left
                right = self.rel(term.args[1])
                return RelBounds(_minus(left.may, right.must), _minus(left.must, right.may))
            case TermOp.COMPLEMENT:
                inner = self.rel(term.args[0])
                return RelBounds(_minus(together, inner.must), _minus(together, inner.may))
            case TermOp.SEQ:
                first, second = term.args
                if first.op is TermOp.IDENTITY_ON:
                    inside, rows = self.set(first.args[0]), self.rel(second)
                    return RelBounds(_from(inside.may, rows.may), _from(inside.must, rows.must))
                if second.op is TermOp.IDENTITY_ON:
                    inside, rows = self.set(second.args[0]), self.rel(first)
                    return RelBounds(_to(inside.may, rows.may), _to(inside.must, rows.must))
                before = self.rel(first)
                return self._sequence(before, self.rel(second)) if any(before.may) else before
            case TermOp.INVERSE:
                inner = self.rel(term.args[0])
                return RelBounds(transpose(inner.may), transpose(inner.must))
            case TermOp.PLUS:
                return self._closure(self.rel(term.args[0]))
            case TermOp.STAR:
                return _or_identity(self._closure(self.rel(term.args[0])), self._identity(live, live))
            case TermOp.OPTIONAL:
                return _or_identity(self.rel(term.args[0]), self._identity(live, live))
            case TermOp.IDENTITY_ON:
                inside = self.set(term.args[0])
                return self._identity(inside.may, inside.must)
            case TermOp.CROSS:
                return self._cross(self.set(term.args[0]), self.set(term.args[1]))
            case TermOp.REC_VAR:
                bound = self._variables[term.value]
                assert isinstance(bound, RelBounds)
                return bound
            case TermOp.REC:
                bound = self._recursion(term)
                assert isinstance(bound, RelBounds)
                return bound
            case TermOp.ITERATE:
                return self.rel(self.unrolled(term))
            case _:
                raise ValueError(f"{term.op} is no relation")

    def _identity(self, may: int, must: int) -> RelBounds:
        return RelBounds(
            tuple(1 << a if may >> a & 1 else 0 for a in range(self.count)),
            tuple(1 << a if must >> a & 1 else 0 for a in range(self.count)),
        )

    def _cross(self, left: SetBounds, right: SetBounds) -> RelBounds:
        together = self.analysis.together
        return RelBounds(
            tuple(right.may & together[a] if left.may >> a & 1 else 0 for a in range(self.count)),
            tuple(right.must & together[a] if left.must >> a & 1 else 0 for a in range(self.count)),
        )

    def _sequence(self, left: RelBounds, right: RelBounds) -> RelBounds:
        together, implied = self.analysis.together, self.analysis.implied
        may, must = [], []
        # A pair is certain through a middle that executes whenever one of the ends does.
        for a in range(self.count):
            row = sure = 0
            if not left.may[a]:
                may.append(0)
                must.append(0)
                continue
            for b in bits(left.may[a]):
                row |= right.may[b]
            for b in bits(left.must[a]):
                if implied[a] >> b & 1:
                    sure |= right.must[b]
                else:
                    sure |= sum(1 << c for c in bits(right.must[b]) if implied[c] >> b & 1)
            may.append(row & together[a])
            must.append(sure & together[a])
        return RelBounds(tuple(may), tuple(must))

    def _closure(self, inner: RelBounds) -> RelBounds:
        may = list(inner.may)
        # Warshall, on rows of bits; pairs that exclude each other are cut at the end: a path may pass through neither.
        for middle in range(self.count):
            row = may[middle]
            if row:
                for a in range(self.count):
                    if may[a] >> middle & 1:
                        may[a] |= row
        together = self.analysis.together
        result = RelBounds(tuple(row & together[a] for a, row in enumerate(may)), inner.must)
        while True:
            longer = self._sequence(RelBounds(self._zero, result.must), RelBounds(self._zero, inner.must)).must
            grown = tuple(a | b for a, b in zip(result.must, longer, strict=True))
            if grown == result.must:
                return result
            result = RelBounds(result.may, grown)

    def unrolled(self, term: Term) -> Term:
        """Return a term without iteration that means what the ITERATE ``term`` does, in this program."""
        return self.rounds(term)[-1][term.value]

    def rounds(self, term: Term) -> tuple[tuple[Term, ...], ...]:
        """Return terms for the variables of an ITERATE after each round, up to where they are sure to stay.

        Raises:
            GupError: there would be too many.

        """
        found = self._unrolled.get(term.args)
        if found is None:
            found = self._unrolled[term.args] = rounds(self, self.analysis.pool, term)
        return found

    def of(self, term: Term) -> RelBounds | SetBounds:
        """Return the bounds of a term of either sort."""
        return self.rel(term) if term.sort is Sort.REL else self.set(term)

    def anything(self, sort: Sort) -> RelBounds | SetBounds:
        """Return bounds that say nothing."""
        return RelBounds(self.analysis.together, self._zero) if sort is Sort.REL else SetBounds(self.analysis.live, 0)

    def may_of(self, parts: Sequence[Term], sort: Sort) -> RelBounds | SetBounds:
        """Return bounds of what any of ``parts`` may hold, which say nothing of what they must."""
        if sort is Sort.SET:
            return SetBounds(_union(self.set(part).may for part in parts), 0)
        rows = [self._zero, *(self.rel(part).may for part in parts)]
        return RelBounds(tuple(map(_union, zip(*rows, strict=True))), self._zero)

    def assume(self, numbers: Sequence[int], bounds: Sequence[RelBounds | SetBounds]) -> None:
        """Give variables of a recursion bounds."""
        self._variables.update(zip(numbers, bounds, strict=True))

    def _recursion(self, term: Term) -> RelBounds | SetBounds:
        """Return the bounds of a least fixpoint, both by iteration upwards from nothing: the reader lets only such through."""
        if not frozenset(term.bound) <= self._settled:
            self._solve(term)
        return self._variables[term.bound[term.value]]

    def _solve(self, term: Term) -> None:
        """Give the variables of a recursion their solution: for good, unless a recursion around it is still being solved."""

        def start(sort: Sort) -> RelBounds | SetBounds:
            return RelBounds(self._zero, self._zero) if sort is Sort.REL else SetBounds(0, 0)

        current = [start(body.sort) for body in term.args]
        while True:
            self._variables.update(zip(term.bound, current, strict=True))
            grown = [self.rel(body) if body.sort is Sort.REL else self.set(body) for body in term.args]
            joined = [_join(before, after) for before, after in zip(current, grown, strict=True)]
            if joined == current:
                break
            current = joined
        # The variables keep their solution, so that parts of the bodies can be asked about as well.
        self._variables.update(zip(term.bound, current, strict=True))
        if self._closed(term):
            self._settled |= frozenset(term.bound)

    def _closed(self, term: Term) -> bool:
        """Whether every recursion variable free in ``term`` has its solution."""
        return not term.free or term.free <= self._settled

    # ── what the axioms forbid on sight ──────────────────────────────────────────────────────────────────────────────

    def tighten(self, axioms: Iterable[Axiom]) -> None:
        """Remove from rf and co the pairs that an acyclicity axiom forbids because their reverse is certain."""
        for axiom in axioms:
            if axiom.kind is not AxiomKind.ACYCLIC or axiom.negated or axiom.flag:
                continue
            for name in ("rf", "co"):
                self._forbid(name, axiom.term)

    def _forbid(self, name: str, term: Term) -> None:
        bounds = self._base[name]
        one_location = self.analysis.base_relation("loc").must
        there = self._certain(term, name, bounds.may)
        back = transpose(self._certain(term, name, self._zero))
        may, must = list(bounds.may), list(bounds.must)
        for a, row in enumerate(bounds.may):
            if forbidden := row & there[a] & back[a]:
                may[a] &= ~forbidden
                # Of two writes to one certain location that both execute, one comes first.
                for b in bits(forbidden & one_location[a] if name == "co" else 0):
                    must[b] |= 1 << a
        if may != list(bounds.may):
            self._base[name] = RelBounds(tuple(may), tuple(must))
            self._relations = {term: found for term, found in self._relations.items() if not term.is_dynamic}
            self._sets = {term: found for term, found in self._sets.items() if not term.is_dynamic}
            self._unrolled.clear()
            self._settled = frozenset()

    def _certain(self, term: Term, name: str, given: Rows) -> Rows:
        """Return pairs that are in ``term`` whenever they, or their reverse, are in the base relation ``name``.

        Such a pair is of one location; ``given`` are those of ``name`` itself.
        """
        match term.op:
            case TermOp.UNION:
                rows = self._certain(term.args[0], name, given)
                for arg in term.args[1:]:
                    rows = tuple(a | b for a, b in zip(rows, self._certain(arg, name, given), strict=True))
                return rows
            case TermOp.INTER:
                left, right = (self._certain(arg, name, given) for arg in term.args)
                return _and(left, right)
            case TermOp.BASE if term.name == "loc":
                return ((1 << self.count) - 1,) * self.count
            case TermOp.BASE if term.name == name:
                return tuple(a | b for a, b in zip(self.rel(term).must, given, strict=True))
            case _:
                return self.rel(term).must


def _as_bits(positions: Iterable[int]) -> int:
    return _union(1 << position for position in positions)


def _union(rows: Iterable[int]) -> int:
    return reduce(or_, rows, 0)


def _and(left: Rows, right: Rows) -> Rows:
    return tuple(a & b for a, b in zip(left, right, strict=True))


def _minus(left: Rows, right: Rows) -> Rows:
    return tuple(a & ~b for a, b in zip(left, right, strict=True))


def _from(inside: int, rows: Rows) -> Rows:
    """The pairs whose first event is in a set."""
    return tuple(row if row and inside >> a & 1 else 0 for a, row in enumerate(rows))


def _to(inside: int, rows: Rows) -> Rows:
    """The pairs whose second event is in a set."""
    return tuple(row & inside for row in rows)


def _or_identity(inner: RelBounds, identity: RelBounds) -> RelBounds:
    return RelBounds(
        tuple(a | b for a, b in zip(inner.may, identity.may, strict=True)),
        tuple(a | b for a, b in zip(inner.must, identity.must, strict=True)),
    )


def _join(before: RelBounds | SetBounds, after: RelBounds | SetBounds) -> RelBounds | SetBounds:
    if isinstance(before, SetBounds) and isinstance(after, SetBounds):
        return SetBounds(before.may | after.may, before.must | after.must)
    assert isinstance(before, RelBounds)
    assert isinstance(after, RelBounds)
    return RelBounds(
        tuple(a | b for a, b in zip(before.may, after.may, strict=True)),
        tuple(a | b for a, b in zip(before.must, after.must, strict=True)),
    )
