"""Sets whose elements are known when a model is read: unions, insertions, comparisons.

Two terms that differ may yet mean the same in every execution, so what depends on whether they do is refused.
"""

from collections.abc import Iterable

from gupproof.cat.problems import error, unsupported
from gupproof.cat.syntax import Comparison, Operator
from gupproof.cat.terms import Term, TermOp
from gupproof.cat.values import CoherenceOrders, Everything, Nothing, SetValue, TagValue, Value, describe
from gupproof.diagnostics import Span


def is_empty(value: Value) -> bool:
    """Whether ``value`` holds nothing in any execution, by its form."""
    return isinstance(value, Nothing) or (isinstance(value, Term) and value.op is TermOp.EMPTY)


def set_of(items: Iterable[Value]) -> Value:
    """Return the set of ``items``, tags by name and others in their order."""
    kept: list[Value] = []
    for item in items:
        if not any(_same(item, other) for other in kept):
            kept.append(item)
    if not kept:
        return Nothing()
    if all(isinstance(item, TagValue) for item in kept):
        kept.sort(key=str)
    return SetValue(tuple(kept))


def elements(value: Value, span: Span, user: str) -> tuple[Value, ...]:
    """Return the elements of a set, which ``user`` (the subject of a sentence) wants.

    Raises:
        GupError: it is no set, or one whose elements are only known in an execution.

    """
    if is_empty(value):
        return ()
    match value:
        case SetValue():
            return value.items
        case TagValue():
            return (value,)
        case Term() | CoherenceOrders():
            raise unsupported(user, span, f"the elements of {describe(value)} are known in an execution only")
        case _:
            raise error("C004", f"`{user}` wants a set, but this is {describe(value)}", span)


def combine(operator: Operator, values: list[Value], spans: list[Span]) -> Value:
    """Return the union, intersection or difference of sets known when the model is read."""
    parts = [elements(value, span, operator.value) for value, span in zip(values, spans, strict=True)]
    if operator is Operator.UNION:
        return set_of(item for part in parts for item in part)
    for part, span in zip(parts, spans, strict=True):
        if not all(isinstance(item, TagValue) for item in part):
            raise unsupported(operator.value, span, "whether two relations are one is known in an execution only")
    first, *others = parts
    for other in others:
        first = tuple(item for item in first if (item in other) is (operator is Operator.INTER))
    return set_of(first)


def holds(comparison: Comparison, left: Value, right: Value, span: Span) -> bool:
    """Whether a comparison is true of two values.

    Raises:
        GupError: it depends on the execution.

    """
    match comparison:
        case Comparison.EQUAL if _same(left, right):
            return True
        case Comparison.EQUAL if _decided(left) and _decided(right):
            return False
        case Comparison.SUBSET if is_empty(left) or isinstance(right, Everything) or _same(left, right):
            return True
        case Comparison.SUBSET if _decided(left) and _decided(right):
            others = elements(right, span, "subset")
            return all(any(_same(item, other) for other in others) for item in elements(left, span, "subset"))
        case Comparison.MEMBER if _decided(left) or isinstance(right, SetValue | Nothing):
            others = elements(right, span, "in")
            found = any(_same(left, other) for other in others)
            if found or all(_decided(other) for other in others):
                return found
    raise unsupported(f"if ... {comparison.value} ...", span, "this is known in an execution only")


def _same(left: Value, right: Value) -> bool:
    if isinstance(left, SetValue) and isinstance(right, SetValue):
        return len(left.items) == len(right.items) and all(any(_same(a, b) for b in right.items) for a in left.items)
    return left == right or (is_empty(left) and is_empty(right))


def _decided(value: Value) -> bool:
    """Whether ``value`` is made of tags alone, so that it equals another only if that looks the same."""
    if isinstance(value, SetValue):
        return all(map(_decided, value.items))
    return isinstance(value, TagValue | Nothing)
