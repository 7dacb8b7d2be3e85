"""Evaluates the expressions of a cat file to terms, checking sorts on the way.

Errors are :class:`GupError`; the use of a name whose own definition failed raises :class:`AlreadyReported` instead.
"""

import difflib
from collections.abc import Callable, Collection, Sequence
from typing import assert_never

from gupproof.cat import recursion, statics, syntax
from gupproof.cat.problems import AlreadyReported, error, unsupported
from gupproof.cat.recursion import Scope
from gupproof.cat.syntax import Operator
from gupproof.cat.terms import Sort, Term, TermOp, TermPool
from gupproof.cat.values import (
    Closure,
    CoherenceOrders,
    Everything,
    Failed,
    Nothing,
    Primitive,
    SetValue,
    TagValue,
    TupleValue,
    Value,
    describe,
)
from gupproof.diagnostics import GupError, Span

RELATIONS = (
    *("po", "rf", "co", "loc", "int", "ext", "addr", "data", "ctrl", "rmw"),
    *("gp-order", "same-values", "one-instruction", "feeds"),
)
SETS = ("R", "W", "F", "M", "IW")

_MOST_STEPS = 200_000

_ORDERS_OF_C11 = frozenset({"ACQ", "REL", "ACQ_REL", "RLX", "SC", "CON", "NA", "NAL", "ATO"})
"""What the models of C11, and of what was made after it, call the sets of accesses and fences of each order."""

_ON_RELATIONS = {
    Operator.STAR: TermOp.STAR,
    Operator.PLUS: TermOp.PLUS,
    Operator.OPTIONAL: TermOp.OPTIONAL,
    Operator.INVERSE: TermOp.INVERSE,
}
_ON_EITHER = {Operator.UNION: TermOp.UNION, Operator.INTER: TermOp.INTER, Operator.DIFF: TermOp.DIFF}


class Evaluator:
    """Evaluates expressions for one model.

    Args:
        pool: makes the terms.
        tags: the sets of the target, besides those every execution has.
        variants: what ``if "name"`` asks for.
        elsewhere: gives names that are looked up last, when they are asked for.

    Attributes:
        base: what every execution has, by name.
        asked: the names of these that were looked up.

    """

    def __init__(self, pool: TermPool, tags: frozenset[str], variants: frozenset[str], elsewhere: Callable[[], Scope]) -> None:
        self._pool = pool
        self._variants = variants
        self._elsewhere = elsewhere
        self._steps = 0
        self._tags: set[str] = set()
        self.asked: set[str] = set()
        self.base: Scope = {name: pool.base(name, Sort.REL) for name in RELATIONS}
        self.base |= {name: pool.base(name, Sort.SET) for name in (*SETS, *sorted(tags))}
        self.base |= {"id": pool.identity()} | {primitive.value: primitive for primitive in Primitive}

    # ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def evaluate(self, expr: syntax.Expr, scope: Scope) -> Value:
        """Return the value of ``expr``."""
        self.step(expr.span)
        match expr:
            case syntax.Name():
                return self._name(expr, scope)
            case syntax.Empty():
                return Nothing()
            case syntax.Universe():
                return Everything()
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
            case syntax.Tag():
                if expr.name not in self._tags:
                    raise error("C003", f"no enum has a tag '{expr.name}", expr.span, _near(expr.name, self._tags))
                return TagValue(expr.name)
            case syntax.SetOf():
                return statics.set_of(self._element(item, scope) for item in expr.items)
            case syntax.Insert():
                rest = statics.elements(self.evaluate(expr.rest, scope), expr.rest.span, "++")
                return statics.set_of((self._element(expr.item, scope), *rest))
            case syntax.Try():
                return self._try(expr, scope)
            case syntax.If():
                return self.evaluate(expr.holds if self.condition(expr.condition, scope) else expr.fails, scope)
            case syntax.Match():
                return self._match(expr, scope)
            case syntax.Unsupported():
                raise unsupported(expr.construct, expr.span)
        assert_never(expr)

    def _element(self, expr: syntax.Expr, scope: Scope) -> Value:
        value = self.evaluate(expr, scope)
        if isinstance(value, Term | Nothing | TagValue | SetValue):
            return value
        raise error("C004", f"a set holds tags, sets and relations, but this is {describe(value)}", expr.span)

    def _try(self, expr: syntax.Try, scope: Scope) -> Value:
        try:
            return self.evaluate(expr.attempt, scope)
        except GupError as problem:
            # What the language has and this reader has not is no reason for the other meaning.
            if problem.diagnostics[0].code in ("C007", "C010"):
                raise
            return self.evaluate(expr.otherwise, scope)

    def condition(self, condition: syntax.Condition, scope: Scope) -> bool:
        """Whether the condition of an ``if`` holds.

        Raises:
            GupError: that depends on the execution.

        """
        match condition:
            case syntax.VariantTest():
                return any(
                    all((variant in self._variants) is wanted for variant, wanted in literals)
                    for literals in condition.alternatives
                )
            case syntax.Compare():
                left, right = self.evaluate(condition.left, scope), self.evaluate(condition.right, scope)
                return statics.holds(condition.comparison, left, right, condition.span)
        assert_never(condition)

    def _match(self, expr: syntax.Match, scope: Scope) -> Value:
        subject = self.evaluate(expr.subject, scope)
        items = statics.elements(subject, expr.subject.span, "match")
        for clause in expr.clauses:
            match clause:
                case syntax.TagClause() if isinstance(subject, TagValue) and clause.name in ("", subject.name):
                    return self.evaluate(clause.body, scope)
                case syntax.EmptyClause() if not items:
                    return self.evaluate(clause.body, scope)
                case syntax.ElementClause() if items and not isinstance(subject, TagValue):
                    first, *rest = items
                    inner = scope | {clause.element: first} | {clause.rest: statics.set_of(rest)}
                    return self.evaluate(clause.body, inner)
        raise error("C011", f"no clause matches {describe(subject)}", expr.subject.span)

    # ── enums ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def declare(self, enum: syntax.TagEnum, scope: Scope) -> Scope:
        """Return the names an enum gives: its own for the set of its tags, and one set of events for each tag.

        Events of ours carry tags with one capital; in whichever way a file writes a tag, it is the same one.
        """
        self._tags |= set(enum.tags)
        named: Scope = {enum.name: statics.set_of(map(TagValue, enum.tags))}
        for tag in enum.tags:
            name = events_of(tag)
            if name not in scope and name not in self.base:
                named[name] = self.base.get(tag.capitalize(), self._pool.empty(Sort.SET))
        return named

    def check_tags(self, item: syntax.Instructions, scope: Scope) -> None:
        """Check that the tags given for a kind of instruction are tags."""
        for expr in item.tags:
            value = self.evaluate(expr, scope)
            if not all(isinstance(tag, TagValue) for tag in statics.elements(value, expr.span, "instructions")):
                raise error("C004", f"tags are wanted here, but this is {describe(value)}", expr.span)

    # ── sorts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def step(self, span: Span) -> None:
        """Count one step of reading.

        Raises:
            GupError: there were too many; a recursion may have no end.

        """
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise error("C010", "this model is too large to read, or a recursion in it has no end", span)

    def relation(self, value: Value, span: Span, user: str) -> Term:
        """Return ``value`` as a relation, which ``user`` (the subject of a sentence) wants."""
        return self._of_sort(value, Sort.REL, span, user)

    def _of_sort(self, value: Value, sort: Sort, span: Span, user: str) -> Term:
        match value:
            case Term() if value.sort is sort:
                return value
            case Nothing():
                return self._pool.empty(sort)
            case Everything():
                universe = self._pool.universe()
                return universe if sort is Sort.SET else self._pool.make(TermOp.CROSS, universe, universe)
            case Failed():
                raise AlreadyReported
            case _:
                raise error("C004", f"{user} wants a {sort.value}, but this is {describe(value)}", span, _cure(value, sort))

    def _name(self, expr: syntax.Name, scope: Scope) -> Value:
        value = self.lookup(expr.name, scope)
        if isinstance(value, Failed):
            raise AlreadyReported
        if value is None:
            if expr.name in _ORDERS_OF_C11:
                reason = "it is a memory order of C11, and no instruction or primitive here has one"
                raise error("C003", f"nothing is called {expr.name}: {reason}", expr.span)
            known = [*scope, *self.base]
            sets = sorted(name for name, value in self.base.items() if isinstance(value, Term) and value.sort is Sort.SET)
            remedy = _near(expr.name, known) or f"the sets of the target and of every model: {', '.join(sets)}"
            raise error("C003", f"nothing is called {expr.name}", expr.span, remedy)
        return value

    def lookup(self, name: str, scope: Scope) -> Value | None:
        """Return what a name stands for; None if for nothing."""
        if name in scope:
            return scope[name]
        if name in self.base:
            self.asked.add(name)
            return self.base[name]
        return self._elsewhere().get(name)

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
                    return Everything()
                if isinstance(values[0], Everything):
                    return Nothing()
                sort = values[0].sort if isinstance(values[0], Term) else Sort.REL
                return self._fold(TermOp.COMPLEMENT, self._all(values, sort, operands, user))
            case Operator.IDENTITY_ON:
                return self._fold(TermOp.IDENTITY_ON, self._all(values, Sort.SET, operands, user))
            case Operator.STAR | Operator.PLUS | Operator.OPTIONAL | Operator.INVERSE:
                return self._fold(_ON_RELATIONS[operator], self._all(values, Sort.REL, operands, user))
        assert_never(operator)

    def _either(self, operator: Operator, values: Sequence[Value], operands: Sequence[syntax.Expr]) -> Value:
        """An operator on sets or on relations, all of one sort."""
        if any(isinstance(value, SetValue | TagValue) for value in values):
            return statics.combine(operator, list(values), [operand.span for operand in operands])
        first = next((value for value in values if not isinstance(value, Nothing | Everything)), None)
        if first is None:
            return _constant(operator, values)
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
            case Primitive():
                return self._primitive(function, argument, expr, scope)
            case Closure():
                pattern, *rest = function.parameters
                inner = function.scope | self.matched(pattern, argument, expr.argument.span, function.name)
                if rest:
                    return Closure(function.name, tuple(rest), function.body, inner)
                return self.evaluate(function.body, inner)
            case Failed():
                raise AlreadyReported
            case _:
                text = f"this is {describe(function)}, not a function"
                raise error("C008", text, expr.function.span, "put an operator (| & \\ ;) before what follows")

    def _primitive(self, function: Primitive, argument: Value, expr: syntax.Apply, scope: Scope) -> Value:
        span = expr.argument.span
        match function:
            case Primitive.DOMAIN | Primitive.RANGE:
                op = TermOp.DOMAIN if function is Primitive.DOMAIN else TermOp.RANGE
                return self._pool.make(op, self._of_sort(argument, Sort.REL, span, f"{function.value}()"))
            case Primitive.COHERENCE_ORDERS:
                return CoherenceOrders(self._of_sort(argument, Sort.REL, span, f"{function.value}()"))
            case Primitive.TAG_TO_EVENTS:
                if not isinstance(argument, TagValue):
                    raise error("C004", f"{function.value}() wants a tag, but this is {describe(argument)}", span)
                return self._name(syntax.Name(span=span, name=events_of(argument.name)), scope)
            case Primitive.CLASSES if statics.is_empty(argument):
                return Nothing()
            case Primitive.CONTROL_AND_FENCE:
                return self._control_and_fence(argument, span)
            case (
                Primitive.CLASSES
                | Primitive.LINEARISATIONS
                | Primitive.TAG_TO_SCOPE
                | Primitive.TAG_TO_LEVEL
                | Primitive.BISIMULATION
                | Primitive.CLASSES_OF
                | Primitive.LIFT
                | Primitive.DELIFT
            ):
                raise unsupported(f"{function.value}()", expr.span, "its result is known in an execution only")
        assert_never(function)

    def _control_and_fence(self, argument: Value, span: Span) -> Value:
        """``ctrlcfence(ctrl, S)``: what follows a control dependency and then a fence of S; older files give the S alone."""
        user = f"{Primitive.CONTROL_AND_FENCE.value}()"
        match argument:
            case TupleValue(items=(dependency, fences)):
                control = self._of_sort(dependency, Sort.REL, span, user)
            case TupleValue():
                raise error("C008", f"{user} wants a relation and a set in parentheses", span)
            case _:
                control, fences = self._pool.base("ctrl", Sort.REL), argument
        to_fence = self._fold(TermOp.IDENTITY_ON, [self._of_sort(fences, Sort.SET, span, user)])
        return self._fold(TermOp.SEQ, [control, to_fence, self._of_sort(self.base["po"], Sort.REL, span, user)])

    def matched(self, pattern: syntax.Pattern, value: Value, span: Span, user: str) -> Scope:
        """Return the names that ``pattern`` gives to the parts of ``value``, an argument of ``user``."""
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
            return recursion.functions(bindings, scope) or self._recursion(bindings, scope)
        result: Scope = {}
        for binding in bindings:
            value = self.evaluate(binding.value, scope)
            if isinstance(value, Closure) and not binding.pattern.is_tuple:
                value = Closure(binding.pattern.names[0], value.parameters, value.body, value.scope)
            result |= self.matched(binding.pattern, value, binding.span, "this pattern")
        return result

    def _recursion(self, bindings: Sequence[syntax.Binding], scope: Scope) -> Scope:
        def evaluate(variables: Scope, sorts: Sequence[Sort]) -> list[Term]:
            inner = scope | variables
            return [
                self._of_sort(
                    self.evaluate(binding.value, inner),
                    sort,
                    binding.value.span,
                    f"the recursive {binding.pattern.names[0]}",
                )
                for binding, sort in zip(bindings, sorts, strict=True)
            ]

        return recursion.relations(self._pool, bindings, evaluate)


def events_of(tag: str) -> str:
    """Return the name of the set of events that carry a tag."""
    return tag[:1].upper() + tag[1:]


def _near(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1) or [other for other in known if other.lower() == name.lower()]
    return f"did you mean {near[0]}?" if near else ""


def _constant(operator: Operator, values: Sequence[Value]) -> Value:
    """An operator on nothing and everything alone."""
    empty = [isinstance(value, Nothing) for value in values]
    match operator:
        case Operator.UNION:
            return Nothing() if all(empty) else Everything()
        case Operator.INTER:
            return Nothing() if any(empty) else Everything()
        case _:
            return Nothing() if empty[0] or not all(empty[1:]) else Everything()


def _cure(value: Value, sort: Sort) -> str:
    if not isinstance(value, Term):
        return "apply it to its arguments" if isinstance(value, Closure | Primitive) else ""
    if sort is Sort.REL:
        return "for a set S write [S] for each of its events with itself, or S * S for all pairs"
    return "for a relation r write domain(r) or range(r)"
