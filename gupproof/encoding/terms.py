r"""Terms of a model as literals, pair by pair, on demand.

An axiom feels a relation in one direction only: under ``acyclic`` it is enough that the literal of a pair is forced when the
pair is in the relation (``Side.IF``); behind a ``\\`` the other direction is wanted (``Side.ONLY_IF``). Each is encoded where
it is asked for, and no further.
"""

from enum import Enum

from gupproof.cat.terms import Sort, Term, TermOp
from gupproof.diagnostics import Diagnostic, GupError
from gupproof.encoding.acyclicity import require_acyclic
from gupproof.encoding.base import BaseRelations
from gupproof.encoding.cnf import FALSE, TRUE
from gupproof.relations.analysis import RelBounds, Rows, bits, transpose


class Side(Enum):
    """Which implication a literal guarantees."""

    IF = "in the relation implies the literal"
    ONLY_IF = "the literal implies in the relation"

    @property
    def other(self) -> "Side":
        """The opposite direction."""
        return Side.ONLY_IF if self is Side.IF else Side.IF


MOST_DERIVED = 200

_Place = tuple[int, int, int]
"""A recursion variable's number, and a pair of events (twice the same for a member of a set)."""

_Pairs = dict[tuple[int, int], int]
"""Pair of events → literal."""


class Terms:
    """Literals of terms over one program."""

    def __init__(self, base: BaseRelations) -> None:
        self.base = base
        self.cnf = base.cnf
        self.bounds = base.bounds
        self._members: dict[tuple[Term, int, bool, _Place | None], int] = {}
        self._pairs: dict[tuple[Term, bool, _Place | None], _Pairs] = {}
        self._columns: dict[Term, tuple[int, ...]] = {}
        self._stepped: dict[Term, tuple[int, ...]] = {}
        self._recursions: dict[int, Term] = {}
        self._recursive_memo: dict[tuple[_Place, Side], int] = {}
        self._undefined: list[tuple[_Place, Side]] = []
        self._supports: dict[tuple[_Place, _Place], int] = {}
        self._deriving: _Place | None = None
        self._has_recursion: dict[Term, bool] = {}
        self._rounds_done: set[tuple[tuple[Term, ...], ...]] = set()
        self._reach: dict[Term, tuple[tuple[int, ...], tuple[int, ...], int]] = {}
        self._rows: dict[tuple[Term, int, _Place | None], dict[int, int]] = {}
        self._powers: dict[tuple[Term, int, int, int, bool, _Place | None], int] = {}

    # ── sets ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def member(self, term: Term, event: int, side: Side) -> int:
        """Return the literal of "the event executes and is in the set"."""
        bounds = self.bounds.set(term)
        if not bounds.may >> event & 1:
            return FALSE
        if bounds.must >> event & 1:
            return self.base.executes(event)
        key = (term, event, side is Side.IF, self._context(term))
        if key not in self._members:
            self._members[key] = self._make_member(term, event, side)
        return self._members[key]

    def _make_member(self, term: Term, event: int, side: Side) -> int:
        cnf = self.cnf
        match term.op:
            case TermOp.BASE:
                condition = self.base.analysis.tag_condition(term.name, event)
                assert condition is not None
                return cnf.conjunction([self.base.executes(event), self.base.values.truth(condition)])
            case TermOp.UNION:
                return self.either([self.member(arg, event, side) for arg in term.args], side)
            case TermOp.INTER:
                return cnf.conjunction([self.member(arg, event, side) for arg in term.args])
            case TermOp.DIFF:
                inside, outside = term.args
                return cnf.conjunction([self.member(inside, event, side), -self.member(outside, event, side.other)])
            case TermOp.COMPLEMENT:
                return cnf.conjunction([self.base.executes(event), -self.member(term.args[0], event, side.other)])
            case TermOp.DOMAIN:
                row = self.bounds.rel(term.args[0]).may[event]
                return self.either([self.pair(term.args[0], event, other, side) for other in bits(row)], side)
            case TermOp.RANGE:
                row = self._column(term.args[0])[event]
                return self.either([self.pair(term.args[0], other, event, side) for other in bits(row)], side)
            case TermOp.REC_VAR | TermOp.REC:
                return self._recursive(term, event, event, side)
            case TermOp.ITERATE:
                return self.member(self._iterated(term), event, side)
            case _:
                raise ValueError(f"{term.op} is no set")

    # ── relations ────────────────────────────────────────────────────────────────────────────────────────────────────

    def pair(self, term: Term, a: int, b: int, side: Side) -> int:
        """Return the literal of "(a, b) is in the relation"."""
        pairs = self._known(term, side)
        literal = pairs.get((a, b))
        if literal is None:
            literal = pairs[a, b] = self._new_pair(term, a, b, side)
        return literal

    def _known(self, term: Term, side: Side) -> _Pairs:
        """Return the literals of a relation so far."""
        key = (term, side is Side.IF, self._context(term))
        pairs = self._pairs.get(key)
        if pairs is None:
            pairs = self._pairs[key] = {}
        return pairs

    def _new_pair(self, term: Term, a: int, b: int, side: Side) -> int:
        bounds = self.bounds.rel(term)
        if not bounds.may[a] >> b & 1:
            return FALSE
        return self.base.both(a, b) if bounds.must[a] >> b & 1 else self._make_pair(term, a, b, side)

    def _make_pair(self, term: Term, a: int, b: int, side: Side) -> int:
        cnf = self.cnf
        match term.op:
            case TermOp.BASE:
                return self._base_pair(term.name, a, b)
            case TermOp.ID:
                return self.base.executes(a)
            case TermOp.UNION:
                return self.either([self.pair(arg, a, b, side) for arg in term.args], side)
            case TermOp.INTER:
                return cnf.conjunction([self.pair(arg, a, b, side) for arg in term.args])
            case TermOp.DIFF:
                inside, outside = term.args
                return cnf.conjunction([self.pair(inside, a, b, side), -self.pair(outside, a, b, side.other)])
            case TermOp.COMPLEMENT:
                return cnf.conjunction([self.base.both(a, b), -self.pair(term.args[0], a, b, side.other)])
            case TermOp.SEQ:
                return self._either_path(self._paths(term, a, b, side), side)
            case TermOp.INVERSE:
                return self.pair(term.args[0], b, a, side)
            case TermOp.OPTIONAL:
                return self.base.executes(a) if a == b else self.pair(term.args[0], a, b, side)
            case TermOp.STAR:
                return self.base.executes(a) if a == b else self._closure(term.args[0], a, b, side)
            case TermOp.PLUS:
                return self._closure(term.args[0], a, b, side)
            case TermOp.IDENTITY_ON:
                return self.member(term.args[0], a, side)
            case TermOp.CROSS:
                return cnf.conjunction([self.member(term.args[0], a, side), self.member(term.args[1], b, side)])
            case TermOp.REC_VAR | TermOp.REC:
                return self._recursive(term, a, b, side)
            case TermOp.ITERATE:
                return self.pair(self._iterated(term), a, b, side)
            case _:
                raise ValueError(f"{term.op} is no relation")

    def _paths(self, term: Term, a: int, b: int, side: Side) -> list[tuple[int, int]]:
        """Return the literals of both halves of every path of a composition."""
        # This is where most of the time goes: what is known already is looked up in place.
        left, right = term.args
        lefts, rights = self._known(left, side), self._known(right, side)
        paths = []
        for middle in bits(self.bounds.rel(left).may[a] & self._column(right)[b]):
            first = lefts.get((a, middle)) or self.pair(left, a, middle, side)
            if first != FALSE:
                second = rights.get((middle, b)) or self.pair(right, middle, b, side)
                if second != FALSE:
                    paths.append((first, second))
        return paths

    def _base_pair(self, name: str, a: int, b: int) -> int:
        base, events = self.base, self.base.program.events
        match name:
            case "rf":
                return base.rf.get((a, b), FALSE)
            case "co":
                return base.co(a, b)
            case "loc":
                return base.location(a, b)
            case "same-values":
                return base.same_value(a, b)
            case "gp-order":
                conditions = [item.condition for item in base.program.gp_order if (item.first, item.second) == (a, b)]
                holds = self.cnf.disjunction([base.values.truth(condition) for condition in conditions])
                return self.cnf.conjunction([base.both(a, b), holds])
            case "addr" | "data" | "ctrl":
                dependencies = getattr(events[b], name)
                conditions = [item.condition for item in dependencies if item.source == a]
                holds = self.cnf.disjunction([base.values.truth(condition) for condition in conditions])
                return self.cnf.conjunction([base.both(a, b), holds])
            case _:
                return base.both(a, b)

    def either(self, literals: list[int], side: Side) -> int:
        """Return a literal for the disjunction, in one direction."""
        kept = sorted({literal for literal in literals if literal != FALSE})
        if TRUE in kept:
            return TRUE
        if len(kept) <= 1:
            return kept[0] if kept else FALSE
        result = self.cnf.variable()
        if side is Side.IF:
            for literal in kept:
                self.cnf.add(-literal, result)
        else:
            self.cnf.add(-result, *kept)
        return result

    def _either_path(self, paths: list[tuple[int, int]], side: Side) -> int:
        """Return a literal for "both literals of some path hold", in one direction."""
        if side is Side.ONLY_IF:
            return self.either([self.cnf.conjunction(path) for path in paths], side)
        kept = sorted(set(paths))
        if (TRUE, TRUE) in kept:
            return TRUE
        if len(kept) <= 1:
            return self.cnf.conjunction(kept[0]) if kept else FALSE
        result = self.cnf.variable()
        for first, second in kept:
            self.cnf.add(-first, -second, result)
        return result

    def _column(self, term: Term) -> tuple[int, ...]:
        if term not in self._columns:
            self._columns[term] = transpose(self.bounds.rel(term).may)
        return self._columns[term]

    # ── closures and recursion ───────────────────────────────────────────────────────────────────────────────────────

    def _closure(self, inner: Term, a: int, b: int, side: Side) -> int:
        """Return the literal of the transitive closure: by squaring, which is exact in both directions.

        A pair whose closure is only ever forced from below could do with fewer clauses; the layers are few, since bounds
        leave short chains.
        """
        if inner not in self._reach:
            forward = reachability(self.bounds.rel(inner).may)
            longest = sum(1 for row in forward if row)
            self._reach[inner] = forward, transpose(forward), max(longest - 1, 0).bit_length()
        forward, _, steps = self._reach[inner]
        if not forward[a] >> b & 1:
            return FALSE
        if side is Side.IF:
            return self._reached(inner, a, b)
        return self._power(inner, steps, a, b, side)

    def _reached(self, inner: Term, a: int, b: int) -> int:
        """Return a literal that is forced where ``b`` is reached from ``a``: by a step, or by a step from what is reached."""
        context = self._context(inner)
        literals = self._rows.setdefault((inner, a, context), {})
        if b in literals:
            return literals[b]
        column, forward = self._steps(inner), self._reach[inner][0][a]
        steps = self._known(inner, Side.IF)
        literals[b] = self.cnf.variable()
        waiting = [b]
        while waiting:
            here = waiting.pop()
            # Steps on the way from a to here; what returns to a on the way may as well begin there.
            for middle in bits(column[here] & (forward | 1 << a)):
                step = steps.get((middle, here)) or self.pair(inner, middle, here, Side.IF)
                if middle == a:
                    self.cnf.add(-step, literals[here])
                elif middle != here:
                    if middle not in literals:
                        literals[middle] = self.cnf.variable()
                        waiting.append(middle)
                    self.cnf.add(-literals[middle], -step, literals[here])
        return literals[b]

    def _steps(self, inner: Term) -> tuple[int, ...]:
        """Return, per event, from where single steps lead to it; those that other steps stand for are left out."""
        if inner not in self._stepped:
            self._stepped[inner] = transpose(reduced(self.bounds.rel(inner), self.base.analysis.implied))
        return self._stepped[inner]

    def _power(self, inner: Term, step: int, a: int, b: int, side: Side) -> int:
        """Return the literal of "b is reached from a in at most 2^step edges"."""
        if step == 0:
            return self.pair(inner, a, b, side)
        key = (inner, step, a, b, side is Side.IF, self._context(inner))
        if key not in self._powers:
            forward, backward, _ = self._reach[inner]
            middles = [m for m in bits(forward[a] & backward[b]) if m not in (a, b)]
            halves = [
                self.cnf.conjunction([self._power(inner, step - 1, a, m, side), self._power(inner, step - 1, m, b, side)])
                for m in middles
            ]
            self._powers[key] = self.either([self._power(inner, step - 1, a, b, side), *halves], side)
        return self._powers[key]

    def _iterated(self, term: Term) -> Term:
        """Return the last round of an ITERATE, with the rounds before it encoded: one by one, so that none nests deeply."""
        rounds = self.bounds.rounds(term)
        if rounds not in self._rounds_done:
            self._rounds_done.add(rounds)
            for part in (part for layer in rounds for part in layer):
                for side in Side:
                    if part.sort is Sort.SET:
                        for event in bits(self.bounds.set(part).may):
                            self.member(part, event, side)
                    else:
                        for a, row in enumerate(self.bounds.rel(part).may):
                            for b in bits(row):
                                self.pair(part, a, b, side)
        return rounds[-1][term.value]

    def _recursive(self, term: Term, a: int, b: int, side: Side) -> int:
        """Return the literal of a recursive definition.

        In one direction it is forced by its body, so that the least solution is allowed. In the other it needs its body, where
        what it uses of the recursion does not need it in turn: the uses ("supports") are edges, and have no cycle.
        """
        if term.op is TermOp.REC:
            self._recursions.update(zip(term.bound, term.args, strict=True))
            number = term.bound[term.value]
        else:
            number = term.value
        place = (number, a, b)
        literal = self._recursive_memo.get((place, side))
        if literal is None:
            literal = self._recursive_memo[place, side] = self.cnf.variable()
            self._undefined.append((place, side))
        if side is Side.IF or self._deriving is None:
            return literal
        edge = (self._deriving, place)
        if edge not in self._supports:
            self._supports[edge] = self.cnf.variable()
            self.cnf.add(-self._supports[edge], literal)
        return self._supports[edge]

    def _context(self, term: Term) -> _Place | None:
        """What is being derived, where it matters: each derivation supports what it uses of a recursion itself."""
        return self._deriving if self._deriving is not None and self._recurs(term) else None

    def _recurs(self, term: Term) -> bool:
        if term not in self._has_recursion:
            recursive = term.op in (TermOp.REC, TermOp.REC_VAR)
            self._has_recursion[term] = recursive or any(self._recurs(arg) for arg in term.args)
        return self._has_recursion[term]

    def define_recursions(self) -> None:
        """Give the literals of recursive definitions their meaning, and those that this asks for."""
        while self._undefined:
            place, side = self._undefined.pop()
            number, a, b = place
            body, literal = self._recursions[number], self._recursive_memo[place, side]
            self._deriving = place if side is Side.ONLY_IF else None
            derived = self.pair(body, a, b, side) if body.sort is Sort.REL else self.member(body, a, side)
            self._deriving = None
            self.cnf.add(*((-derived, literal) if side is Side.IF else (-literal, derived)))
        places = sorted({place for edge in self._supports for place in edge})
        if len(places) > MOST_DERIVED:
            raise GupError(
                Diagnostic(
                    code="E002",
                    message="a recursive definition of the model is used where its absence matters, and is too large for that",
                    help=f"it may hold {len(places)} pairs of events, over {MOST_DERIVED}",
                )
            )
        vertex = {place: number for number, place in enumerate(places)}
        edges = {(vertex[one], vertex[other]): literal for (one, other), literal in self._supports.items()}
        require_acyclic(self.cnf, edges, lambda _, __: True)


def reachability(may: Rows) -> Rows:
    """Return, per event, what can be reached from it in one or more steps."""
    reach = list(may)
    for middle in range(len(may)):
        if reach[middle]:
            for a, row_a in enumerate(reach):
                if row_a >> middle & 1:
                    reach[a] = row_a | reach[middle]
    return tuple(reach)


def reduced(bounds: RelBounds, implied: Rows) -> Rows:
    """Return the possible pairs less those that a chain of certain ones stands for: the closure is the same.

    Args:
        bounds: of the relation.
        implied: per event, the events that execute whenever it does.

    """
    if any(row >> a & 1 for a, row in enumerate(reachability(bounds.must))):
        return bounds.may
    before = transpose(bounds.must)
    return tuple(
        row & ~sum(1 << b for b in bits(row) if bounds.must[a] & before[b] & (implied[a] | implied[b]))
        for a, row in enumerate(bounds.may)
    )
