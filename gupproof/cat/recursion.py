"""The terms of ``let rec``."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence

from gupproof.cat import syntax
from gupproof.cat.problems import error, unsupported
from gupproof.cat.terms import Sort, Term, TermOp, TermPool
from gupproof.cat.values import Closure, Value
from gupproof.diagnostics import GupError

Scope = dict[str, Value]
Bodies = Callable[[Scope, Sequence[Sort]], list[Term]]
"""Evaluates the bodies of a group, as terms of the given sorts, under names for the variables."""

_MOST_GUESSED = 8


def functions(bindings: Sequence[syntax.Binding], scope: Scope) -> Scope | None:
    """Return the functions that ``bindings`` define, each visible in all; None if they define no functions.

    Raises:
        GupError: some are functions and some are not.

    """
    if not any(isinstance(binding.value, syntax.Function) for binding in bindings):
        return None
    inner: Scope = dict(scope)
    made: Scope = {}
    for binding in bindings:
        if not isinstance(binding.value, syntax.Function) or binding.pattern.is_tuple:
            raise unsupported("let rec", binding.span, "functions and relations in one recursion")
        name = binding.pattern.names[0]
        made[name] = Closure(name, binding.value.parameters, binding.value.body, inner)
    inner |= made
    return made


def relations(pool: TermPool, bindings: Sequence[syntax.Binding], evaluate: Bodies) -> Scope:
    """Return the relations and sets that ``bindings`` define.

    Raises:
        GupError: they are of no consistent sorts, or what they define is not sure to exist.

    """
    for binding in bindings:
        if binding.pattern.is_tuple:
            raise unsupported("let rec", binding.span, "only relations and sets may be recursive, one name each")
    # Whether the names stand for relations or sets shows only in their definitions; relations are tried first.
    failure: GupError | None = None
    for sorts in _guesses(len(bindings)):
        try:
            return _solution(pool, bindings, sorts, evaluate)
        except GupError as problem:
            if problem.diagnostics[0].code == "C009":
                raise
            failure = failure or problem
    assert failure is not None
    raise failure


def _solution(pool: TermPool, bindings: Sequence[syntax.Binding], sorts: Sequence[Sort], evaluate: Bodies) -> Scope:
    names = [binding.pattern.names[0] for binding in bindings]
    variables = tuple(pool.variable(sort) for sort in sorts)
    bodies = tuple(evaluate(dict(zip(names, variables, strict=True)), sorts))
    numbers = [variable.value for variable in variables]
    if not any(body.free & frozenset(numbers) for body in bodies):
        return dict(zip(names, bodies, strict=True))
    closed = _closure(pool, variables, bodies)
    if closed is not None:
        return {names[0]: closed}
    against = [binding for binding, body in zip(bindings, bodies, strict=True) if _occurs_negatively(body, frozenset(numbers))]
    if not against:
        return dict(zip(names, pool.recursion(variables, bodies), strict=True))
    if not _settles(pool, numbers, bodies):
        text = f"{against[0].pattern.names[0]} has no least solution: the recursion passes ~ or the right side of \\"
        remedy = "supported where the names that only grow (x = x | ...) are what all others are computed from, in order"
        raise error("C009", text, against[0].span, remedy)
    return dict(zip(names, pool.iteration(variables, bodies), strict=True))


def accumulators(bound: Sequence[int], bodies: Sequence[Term]) -> list[int]:
    """Return the positions of the variables that only grow: ``x = x | ...``, or ``x = x`` where there is no more to it."""
    return [
        position
        for position, (number, body) in enumerate(zip(bound, bodies, strict=True))
        if any(part.op is TermOp.REC_VAR and part.value == number for part in (body, *body.args * (body.op is TermOp.UNION)))
    ]


def layers(pool: TermPool, term: Term) -> Iterator[tuple[Term, ...]]:
    """Yield the terms for an ITERATE's variables after each round, the state before the first one included."""
    current = tuple(pool.empty(body.sort) for body in term.args)
    while True:
        yield current
        meanings = dict(zip(term.bound, current, strict=True))
        for number, body in zip(term.bound, term.args, strict=True):
            meanings[number] = pool.substitute(body, meanings)
        current = tuple(meanings[number] for number in term.bound)


def _settles(pool: TermPool, numbers: Sequence[int], bodies: Sequence[Term]) -> bool:
    """Whether evaluating the bodies in turn, again and again, is sure to come to rest, whatever the program.

    So it is when a round depends on nothing but the growing variables: they are finite, and once they all stay, so does the
    rest.
    """
    growing = {numbers[position] for position in accumulators(numbers, bodies)}
    known = set(growing)
    for number, body in zip(numbers, bodies, strict=True):
        if not body.free <= known:
            return False
        known.add(number)
    return True


def _closure(pool: TermPool, variables: tuple[Term, ...], bodies: tuple[Term, ...]) -> Term | None:
    """Return r+ for the recursion ``x = r | x;x``."""
    if len(variables) != 1 or bodies[0].op is not TermOp.UNION:
        return None
    (variable,), (body,) = variables, bodies
    twice = pool.make(TermOp.SEQ, variable, variable) if variable.sort is Sort.REL else None
    rest = [arg for arg in body.args if arg is not twice]
    if len(rest) == len(body.args) or any(variable.value in arg.free for arg in rest):
        return None
    return pool.make(TermOp.PLUS, pool.make(TermOp.UNION, *rest))


def _guesses(count: int) -> Iterable[tuple[Sort, ...]]:
    if count <= _MOST_GUESSED:
        return itertools.product((Sort.REL, Sort.SET), repeat=count)
    return ((Sort.REL,) * count, (Sort.SET,) * count)


def _occurs_negatively(body: Term, numbers: frozenset[int]) -> bool:
    """Whether more of a variable of ``numbers`` can mean less of ``body``."""
    seen = set()
    stack = [(body, True)]
    while stack:
        term, positive = stack.pop()
        if (term, positive) in seen:
            continue
        seen.add((term, positive))
        if term.op is TermOp.REC_VAR and term.value in numbers and not positive:
            return True
        for position, arg in enumerate(term.args):
            flips = term.op is TermOp.COMPLEMENT or (term.op is TermOp.DIFF and position == 1)
            stack.append((arg, positive != flips))
            if term.op is TermOp.ITERATE:
                stack.append((arg, positive == flips))
    return False
