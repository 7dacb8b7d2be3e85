"""Evaluates the expressions of a cat file to terms, checking sorts on the way.

Errors are :class:`GupError`; the use of a name whose own definition failed raises :class:`AlreadyReported` instead.
"""

import difflib
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import assert_never

from gupproof.cat import syntax
from gupproof.cat.syntax import Operator
from gupproof.cat.terms import Sort, Term, TermOp, TermPool
from gupproof.cat.values import Builtin, Closure, Failed, Nothing, TupleValue, Value, describe
from gupproof.diagnostics import Diagnostic, GupError, Span

RELATIONS = ("po", "rf", "co", "loc", "int", "ext", "addr", "data", "ctrl", "rmw")
SETS = ("R", "W", "F", "M", "IW")
_BUILTINS = {"domain": TermOp.DOMAIN, "range": TermOp.RANGE}

_MOST_STEPS = 200_000
_MOST_GUESSED = 4

_ON_RELATIONS = {
    Operator.STAR: TermOp.STAR,
    Operator.PLUS: TermOp.PLUS,
    Operator.OPTIONAL: TermOp.OPTIONAL,
    Operator.INVERSE: TermOp.INVERSE,
}
_ON_EITHER = {Operator.UNION: TermOp.UNION, Operator.INTER: TermOp.INTER, Operator.DIFF: TermOp.DIFF}

Scope = dict[str, Value]


class AlreadyReported(Exception):  # noqa: N818 - no error of its own
    """The expression uses a name whose definition was in error."""


def error(code: str, message: str, span: Span, remedy: str = "") -> GupError:
    """Return the error at one place; source lines are added where the files are known."""
    return GupError(Diagnostic(code=code, message=message, span=span, help=remedy))


class Evaluator:
    """Evaluates expressions for one model.

    Args:
        pool: makes the terms.
        tags: the sets of the target, besides those every execution has.

    """

    def __init__(self, pool: TermPool, tags: frozenset[str]) -> None:
        self._pool = pool
        self._steps = 0
        self.base: Scope = {name: pool.base(name, Sort.REL) for name in RELATIONS}
        self.base |= {name: pool.base(name, Sort.SET) for name in (*SETS, *sorted(tags))}
        self.base |= {"id": pool.identity()} | {name: Builtin(name, op) for name, op in _BUILTINS.items()}

    # ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def evaluate(self, expr: syntax.Expr, scope: Scope) -> Value:
        """Return the value of ``expr``."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise error("C010", "this model is too large to read", expr.span)
        match expr:
            case syntax.Name():
                return self._name(expr, scope)
            case syntax.Empty():
                return Nothing()
            case syntax.Universe():
                return self._pool.universe()
            case syntax.Operation():
                return self._operation(expr, scope)
            case syntax.Tuple():
                return TupleValue(tuple(self.evaluate(item, scope) for item in expr.items))
            case syntax.Function():
                return Closure("this function", expr.parameters, expr.body, scope)
            case syntax.Apply():
                return self._apply(expr, scope)
            case syntax.LetIn():
                return self.evaluate(expr.body, scope | self.bind(expr.bindings, scope, recursive=expr.recursive))
            case syntax.Unsupported():
                raise unsupported(expr)
        assert_never(expr)

    def relation(self, value: Value, span: Span, user: str) -> Term:
        """Return ``value`` as a relation, which ``user`` (the subject of a sentence) wants."""
        return self._of_sort(value, Sort.REL, span, user)

    def _of_sort(self, value: Value, sort: Sort, span: Span, user: str) -> Term:
        match value:
            case Term() if value.sort is sort:
                return value
            case Nothing():
                return self._pool.empty(sort)
            case Failed():
                raise AlreadyReported
            case Term() | Closure() | Builtin() | TupleValue():
                raise error("C004", f"{user} wants a {sort.value}, but this is {describe(value)}", span, _cure(value, sort))
        assert_never(value)

    def _name(self, expr: syntax.Name, scope: Scope) -> Value:
        value = scope.get(expr.name, self.base.get(expr.name))
        if isinstance(value, Failed):
            raise AlreadyReported
        if value is None:
            known = [*scope, *self.base]
            near = difflib.get_close_matches(expr.name, known, n=1) or [n for n in known if n.lower() == expr.name.lower()]
            sets = sorted(name for name, value in self.base.items() if isinstance(value, Term) and value.sort is Sort.SET)
            remedy = f"did you mean {near[0]}?" if near else f"the sets of the target and of every model: {', '.join(sets)}"
            raise error("C003", f"nothing is called {expr.name}", expr.span, remedy)
        return value

    def _operation(self, expr: syntax.Operation, scope: Scope) -> Value:
        operator, operands = expr.operator, expr.operands
        values = [self.evaluate(operand, scope) for operand in operands]
        user = f"`{operator.value}`"
        match operator:
            case Operator.UNION | Operator.INTER | Operator.DIFF:
                return self._either(operator, values, operands)
            case Operator.SEQ:
                return self._fold(TermOp.SEQ, self._all(values, Sort.REL, operands, user))
            case Operator.CARTESIAN:
                return self._fold(TermOp.CROSS, self._all(values, Sort.SET, operands, "`*` between two operands"))
            case Operator.COMPLEMENT:
                if isinstance(values[0], Nothing):
                    raise error("C004", "`~0` may be a set or a relation", expr.span, "write `_` or `_ * _`")
                sort = values[0].sort if isinstance(values[0], Term) else Sort.REL
                return self._fold(TermOp.COMPLEMENT, self._all(values, sort, operands, user))
            case Operator.IDENTITY_ON:
                return self._fold(TermOp.IDENTITY_ON, self._all(values, Sort.SET, operands, user))
            case Operator.STAR | Operator.PLUS | Operator.OPTIONAL | Operator.INVERSE:
                return self._fold(_ON_RELATIONS[operator], self._all(values, Sort.REL, operands, user))
        assert_never(operator)

    def _either(self, operator: Operator, values: Sequence[Value], operands: Sequence[syntax.Expr]) -> Value:
        """An operator on sets or on relations, all of one sort."""
        if all(isinstance(value, Nothing) for value in values):
            return Nothing()
        first = next((value for value in values if not isinstance(value, Nothing)), None)
        sort = first.sort if isinstance(first, Term) else Sort.REL
        terms = self._all(values, sort, operands, f"`{operator.value}` with a {sort.value} before it")
        return self._fold(_ON_EITHER[operator], terms)

    def _all(self, values: Sequence[Value], sort: Sort, operands: Sequence[syntax.Expr], user: str) -> list[Term]:
        pairs = zip(values, operands, strict=True)
        return [self._of_sort(value, sort, operand.span, user) for value, operand in pairs]

    def _fold(self, op: TermOp, terms: Sequence[Term]) -> Term:
        if op is TermOp.UNION:
            return self._pool.make(op, *terms)
        result, *rest = terms
        if not rest:
            return self._pool.make(op, result)
        for term in rest:
            result = self._pool.make(op, result, term)
        return result

    def _apply(self, expr: syntax.Apply, scope: Scope) -> Value:
        function = self.evaluate(expr.function, scope)
        argument = self.evaluate(expr.argument, scope)
        match function:
            case Builtin():
                operand = self._of_sort(argument, Sort.REL, expr.argument.span, f"{function.name}()")
                return self._pool.make(function.operator, operand)
            case Closure():
                pattern, *rest = function.parameters
                inner = function.scope | self._match(pattern, argument, expr.argument.span, function.name)
                if rest:
                    return Closure(function.name, tuple(rest), function.body, inner)
                return self.evaluate(function.body, inner)
            case Failed():
                raise AlreadyReported
            case Term() | Nothing() | TupleValue():
                text = f"this is {describe(function)}, not a function"
                raise error("C008", text, expr.function.span, "put an operator (| & \\ ;) before what follows")
        assert_never(function)

    def _match(self, pattern: syntax.Pattern, value: Value, span: Span, user: str) -> Scope:
        if not pattern.is_tuple:
            values: tuple[Value, ...] = (value,)
        elif isinstance(value, TupleValue):
            values = value.items
        else:
            values = (value,)
        if len(values) != len(pattern.names):
            wanted, given = len(pattern.names), len(values)
            raise error("C008", f"{user} wants {wanted} value{'s' * (wanted != 1)} in parentheses, but gets {given}", span)
        return {name: item for name, item in zip(pattern.names, values, strict=True) if name != "_"}

    # ── bindings ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def bind(self, bindings: Sequence[syntax.Binding], scope: Scope, *, recursive: bool) -> Scope:
        """Return the names that ``bindings`` define."""
        if recursive:
            return self._recursion(bindings, scope)
        result: Scope = {}
        for binding in bindings:
            value = self.evaluate(binding.value, scope)
            if isinstance(value, Closure) and not binding.pattern.is_tuple:
                value = Closure(binding.pattern.names[0], value.parameters, value.body, value.scope)
            result |= self._match(binding.pattern, value, binding.span, "this pattern")
        return result

    def _recursion(self, bindings: Sequence[syntax.Binding], scope: Scope) -> Scope:
        for binding in bindings:
            if binding.pattern.is_tuple or isinstance(binding.value, syntax.Function):
                raise error("C007", "only relations and sets may be recursive here", binding.span)
        # Whether the names stand for relations or sets shows only in their definitions; relations are tried first.
        failure: GupError | None = None
        for sorts in _guesses(len(bindings)):
            try:
                return self._fixpoint(bindings, scope, sorts)
            except GupError as problem:
                failure = failure or problem
        assert failure is not None
        raise failure

    def _fixpoint(self, bindings: Sequence[syntax.Binding], scope: Scope, sorts: Sequence[Sort]) -> Scope:
        names = [binding.pattern.names[0] for binding in bindings]
        variables = [self._pool.variable(sort) for sort in sorts]
        inner: Scope = scope | dict(zip(names, variables, strict=True))
        bodies = []
        for binding, sort in zip(bindings, sorts, strict=True):
            value = self.evaluate(binding.value, inner)
            bodies.append(self._of_sort(value, sort, binding.value.span, f"the recursive {binding.pattern.names[0]}"))
        numbers = frozenset(variable.value for variable in variables)
        for binding, body in zip(bindings, bodies, strict=True):
            if _occurs(body, numbers, lambda positive: not positive):
                text = f"{binding.pattern.names[0]} has no least solution: the recursion passes ~ or the right side of \\"
                raise error("C009", text, binding.span)
        if not any(_occurs(body, numbers, lambda _: True) for body in bodies):
            return dict(zip(names, bodies, strict=True))
        return dict(zip(names, self._pool.recursion(tuple(variables), tuple(bodies)), strict=True))


def unsupported(node: syntax.Unsupported) -> GupError:
    """Return the error for a construct the reader gives no meaning to."""
    return error("C007", f"`{node.construct}` is not supported", node.span)


def _cure(value: Value, sort: Sort) -> str:
    if not isinstance(value, Term):
        return "apply it to its arguments" if isinstance(value, Closure | Builtin) else ""
    if sort is Sort.REL:
        return "for a set S write [S] for each of its events with itself, or S * S for all pairs"
    return "for a relation r write domain(r) or range(r)"


def _guesses(count: int) -> Iterable[tuple[Sort, ...]]:
    if count <= _MOST_GUESSED:
        return itertools.product((Sort.REL, Sort.SET), repeat=count)
    return ((Sort.REL,) * count, (Sort.SET,) * count)


def _occurs(body: Term, numbers: frozenset[int], wanted: Callable[[bool], bool]) -> bool:
    """Whether a variable of ``numbers`` occurs in ``body`` with a polarity that is ``wanted``."""
    seen = set()
    stack = [(body, True)]
    while stack:
        term, positive = stack.pop()
        if (term, positive) in seen:
            continue
        seen.add((term, positive))
        if term.op is TermOp.REC_VAR and term.value in numbers and wanted(positive):
            return True
        for position, arg in enumerate(term.args):
            flips = term.op is TermOp.COMPLEMENT or (term.op is TermOp.DIFF and position == 1)
            stack.append((arg, positive != flips))
    return False
