"""A memory model as terms of relational algebra.

Terms are made by a :class:`TermPool`, each once: identity is equality. Functions, shadowing and includes of cat are
resolved away when a model is read; what stays is the algebra that the encoder and the evaluator both interpret.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from gupproof.diagnostics import Span


class Sort(Enum):
    """Sets of events, or relations between them."""

    SET = "set"
    REL = "relation"


class TermOp(Enum):
    """What a term is; the comment gives the sorts of its operands and of itself."""

    BASE = "base"  # name: po, rf, co, loc, int, ext, addr, data, ctrl, rmw, ... | R, W, F, M, IW, or a tag
    UNIVERSE = "_"  # every event (SET)
    EMPTY = "0"  # no event, no pair: of either sort
    ID = "id"  # REL: every event with itself
    UNION = "|"  # same sort twice or more
    INTER = "&"  # same sort twice
    DIFF = "\\"  # same sort twice
    COMPLEMENT = "~"  # same sort
    SEQ = ";"  # REL REL → REL
    INVERSE = "^-1"  # REL → REL
    PLUS = "+"  # REL → REL, transitive closure
    STAR = "*"  # REL → REL, reflexive-transitive closure
    OPTIONAL = "?"  # REL → REL, with the identity
    IDENTITY_ON = "[]"  # SET → REL
    CROSS = "*,*"  # SET SET → REL, every pair
    DOMAIN = "domain"  # REL → SET
    RANGE = "range"  # REL → SET
    REC_VAR = "var"  # a variable of an enclosing recursion: value = its number, unique in the pool
    REC = "rec"  # args: the bodies of the group; bound: the variables' numbers; value: which of them this is
    ITERATE = "iterate"  # the same, but no least solution: what evaluating the bodies in turn, from nothing, comes to rest at


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """A node; compare with ``is``.

    Attributes:
        bound: the variables (numbers) of a REC or ITERATE, in the order of args.
        free: the variables that no recursion inside binds.
        is_dynamic: whether rf or co occurs in it; else its meaning is fixed by which events there are.

    """

    index: int
    op: TermOp
    sort: Sort
    args: tuple["Term", ...] = ()
    name: str = ""
    value: int = 0
    bound: tuple[int, ...] = ()
    free: frozenset[int] = frozenset()
    is_dynamic: bool = False

    def __repr__(self) -> str:
        match self.op:
            case TermOp.BASE:
                return self.name
            case TermOp.UNIVERSE | TermOp.EMPTY | TermOp.ID:
                return str(self.op.value)
            case TermOp.REC_VAR:
                return f"rec{self.value}"
            case _:
                return f"{self.op.value}({', '.join(map(repr, self.args))})"


class TermPool:
    """Makes terms, each once, with the evident simplifications."""

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], Term] = {}
        self._variables = 0

    def _intern(
        self,
        op: TermOp,
        sort: Sort,
        args: tuple[Term, ...] = (),
        *,
        name: str = "",
        value: int = 0,
        bound: tuple[int, ...] = (),
    ) -> Term:
        key = (op, sort, tuple(arg.index for arg in args), name, value, bound)
        term = self._made.get(key)
        if term is None:
            own = frozenset((value,)) if op is TermOp.REC_VAR else frozenset()
            free = own.union(*(arg.free for arg in args)) - frozenset(bound)
            dynamic = any(arg.is_dynamic for arg in args) or (op is TermOp.BASE and name in ("rf", "co"))
            term = self._made[key] = Term(len(self._made), op, sort, args, name, value, bound, free, dynamic)
        return term

    def base(self, name: str, sort: Sort) -> Term:
        """Return a relation or set that the execution supplies."""
        return self._intern(TermOp.BASE, sort, name=name)

    def universe(self) -> Term:
        """Return the set of every event."""
        return self._intern(TermOp.UNIVERSE, Sort.SET)

    def empty(self, sort: Sort) -> Term:
        """Return what holds nothing."""
        return self._intern(TermOp.EMPTY, sort)

    def identity(self) -> Term:
        """Return the relation of every event with itself."""
        return self._intern(TermOp.ID, Sort.REL)

    def variable(self, sort: Sort) -> Term:
        """Return a fresh recursion variable."""
        self._variables += 1
        return self._intern(TermOp.REC_VAR, sort, value=self._variables)

    def recursion(self, variables: tuple[Term, ...], bodies: tuple[Term, ...]) -> tuple[Term, ...]:
        """Return the least solution of ``variables[i] = bodies[i]``, one term for each variable."""
        return self._group(TermOp.REC, variables, bodies)

    def iteration(self, variables: tuple[Term, ...], bodies: tuple[Term, ...]) -> tuple[Term, ...]:
        """Return what the variables come to when, from nothing, each in turn is given its body's value, until all stay."""
        return self._group(TermOp.ITERATE, variables, bodies)

    def _group(self, op: TermOp, variables: tuple[Term, ...], bodies: tuple[Term, ...]) -> tuple[Term, ...]:
        bound = tuple(variable.value for variable in variables)
        return tuple(
            self._intern(op, variable.sort, bodies, value=position, bound=bound) for position, variable in enumerate(variables)
        )

    def substitute(self, term: Term, meanings: Mapping[int, Term]) -> Term:
        """Return ``term`` with terms that have no free variables in place of free variables, by number."""
        return self._substitute(term, meanings, {})

    def _substitute(self, term: Term, meanings: Mapping[int, Term], done: dict[Term, Term]) -> Term:
        if term.free.isdisjoint(meanings):
            return term
        if term in done:
            return done[term]
        if term.op is TermOp.REC_VAR:
            result = meanings[term.value]
        elif term.op in (TermOp.REC, TermOp.ITERATE):
            # The numbers of variables are unique in the pool, so a recursion with other bodies has other variables.
            fresh = tuple(self.variable(body.sort) for body in term.args)
            inner = {**meanings, **dict(zip(term.bound, fresh, strict=True))}
            group = self._group(term.op, fresh, tuple(self._substitute(body, inner, {}) for body in term.args))
            result = group[term.value]
        else:
            result = self.make(term.op, *(self._substitute(arg, meanings, done) for arg in term.args))
        done[term] = result
        return result

    def make(self, op: TermOp, *args: Term) -> Term:
        """``op`` applied to ``args``, which have the sorts that ``op`` wants (the reader has checked)."""
        sort = _result_sort(op, args)
        empty = [arg.op is TermOp.EMPTY for arg in args]
        match op:
            case TermOp.UNION:
                flat: list[Term] = []
                for arg in args:
                    for part in arg.args if arg.op is TermOp.UNION else (arg,):
                        if part.op is not TermOp.EMPTY and part not in flat:
                            flat.append(part)
                if len(flat) < 2:
                    return flat[0] if flat else self.empty(sort)
                return self._intern(op, sort, tuple(flat))
            case TermOp.INTER | TermOp.SEQ | TermOp.CROSS if any(empty):
                return self.empty(sort)
            case TermOp.INTER if args[0] is args[1]:
                return args[0]
            case TermOp.DIFF if empty[0] or args[0] is args[1]:
                return self.empty(sort)
            case TermOp.DIFF if empty[1]:
                return args[0]
            case TermOp.PLUS | TermOp.INVERSE | TermOp.IDENTITY_ON | TermOp.DOMAIN | TermOp.RANGE if empty[0]:
                return self.empty(sort)
            case TermOp.STAR | TermOp.OPTIONAL if empty[0]:
                return self.identity()
            case TermOp.IDENTITY_ON if args[0].op is TermOp.UNIVERSE:
                return self.identity()
            case TermOp.SEQ if args[0].op is TermOp.ID:
                return args[1]
            case TermOp.SEQ if args[1].op is TermOp.ID:
                return args[0]
            case TermOp.INVERSE if args[0].op is TermOp.INVERSE:
                return args[0].args[0]
            case _:
                return self._intern(op, sort, args)


def _result_sort(op: TermOp, args: tuple[Term, ...]) -> Sort:
    match op:
        case TermOp.DOMAIN | TermOp.RANGE:
            return Sort.SET
        case TermOp.SEQ | TermOp.INVERSE | TermOp.PLUS | TermOp.STAR | TermOp.OPTIONAL | TermOp.IDENTITY_ON | TermOp.CROSS:
            return Sort.REL
        case _:
            return args[0].sort


class AxiomKind(Enum):
    """What an axiom says of its term."""

    ACYCLIC = "acyclic"
    IRREFLEXIVE = "irreflexive"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class Axiom:
    """One check of a model: a constraint on executions, or (``flag``) a mark on those that break it."""

    kind: AxiomKind
    negated: bool
    flag: bool
    term: Term
    name: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A memory model.

    Attributes:
        name: file name without ``.cat``; what users call it.
        title: the string at the head of the file, or the name.
        path: the file.
        axioms: in file order.
        condensed: axioms that together allow and mark the same executions, in a form that is cheaper to encode.
        definitions: the last meaning of each top-level name with a relation or set as its value, for naming edges.
        sources: path → text of every file read.
        is_herds: whether its executions are herd's, in which nothing of po is between the events of one instruction.
        standins: names of included files that one of the project's own was read for.
        pool: makes further terms over these.

    """

    name: str
    title: str
    path: str
    axioms: tuple[Axiom, ...]
    condensed: tuple[Axiom, ...]
    definitions: dict[str, Term]
    sources: dict[str, str]
    standins: tuple[str, ...]
    is_herds: bool
    pool: TermPool

    def named(self, *, flags: bool = True) -> frozenset[str]:
        """Return the sets and relations of an execution that the axioms speak of; ``flags``: those that only mark, too."""
        found: set[str] = set()
        seen: set[Term] = set()
        waiting = [axiom.term for axiom in self.axioms if flags or not axiom.flag]
        while waiting:
            term = waiting.pop()
            if term not in seen:
                seen.add(term)
                waiting += term.args
                found |= {term.name} if term.op is TermOp.BASE else set()
        return frozenset(found)
