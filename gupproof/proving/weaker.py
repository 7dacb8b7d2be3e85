"""Weaker forms of a primitive, as somebody might write it by mistake: the same access with less order, or without its test.

They follow from the table of primitives: :mod:`gupproof.language.primitives`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from gupproof.language.actions import LoadAction, Order, Primitive, RmwAction, StoreAction
from gupproof.language.primitives import PRIMITIVES
from gupproof.language.strength import relaxed
from gupproof.language.typed import Guard, Result


class Loss(Enum):
    """What a weaker form lacks."""

    ORDER = "its order, or some of it"
    HALF = "what a fence orders beyond stores, or beyond loads"
    TEST = "the test whether to write"
    MARK = "the mark that keeps a compiler from doing what it wants with it"


@dataclass(frozen=True, slots=True)
class Form:
    """What may stand instead of a call.

    Attributes:
        text: the expression.
        compared: with what it is compared (`` == 0``); left out where nobody looks at the outcome.
        loss: what it lacks.

    """

    text: str
    compared: str = ""
    loss: Loss = Loss.ORDER


_WHOLE, _HALVES = "smp_mb", ("smp_wmb", "smp_rmb")
# The kernel has no relaxed form of a test of the new value: one that returns it, and a comparison.
_TESTS = {Result.NEW_IS_ZERO: " == 0", Result.NEW_IS_NEGATIVE: " < 0"}


def weaker_forms(name: str, arguments: Sequence[str]) -> Iterator[Form]:
    """Yield the weaker forms of a call, by the text of its arguments; none of what is no primitive or has none."""
    primitive = PRIMITIVES.get(name)
    if primitive is None:
        return
    given = dict(zip(primitive.parameters, arguments, strict=True))
    if name == _WHOLE:
        yield from (Form(f"{half}()", loss=Loss.HALF) for half in _HALVES)
    other = relaxed(primitive)
    if other is not None:
        yield Form(_call(other, given))
    if isinstance(primitive.action, RmwAction):
        yield from _of_updates(primitive, primitive.action, given)
    if primitive.order is Order.RELAXED and "lv" in given:
        match primitive.action:
            case LoadAction():
                yield Form(given["lv"], loss=Loss.MARK)
            case StoreAction(value=value):
                yield Form(f"{given['lv']} = {given[value]}", loss=Loss.MARK)


def _of_updates(primitive: Primitive, action: RmwAction, given: Mapping[str, str]) -> Iterator[Form]:
    if action.result in _TESTS:
        other = _returning(action, Order.RELAXED)
        if other is not None:
            yield Form(_call(other, given), _TESTS[action.result])
    if action.guard is Guard.UNEQUAL and action.result is Result.SUCCESS and primitive.order is not None:
        other = _returning(action, primitive.order)
        if other is not None:
            amount = {"i": given[action.operand]} if action.operand in given else {}
            yield Form(_call(other, {**given, **amount}), " > 0", loss=Loss.TEST)


def _returning(action: RmwAction, order: Order) -> Primitive | None:
    """Return what computes the same without a test and returns the new value, with a given order."""
    for other in PRIMITIVES.values():
        found = other.action
        if (
            isinstance(found, RmwAction)
            and (found.operation, found.guard, found.result) == (action.operation, Guard.ALWAYS, Result.NEW)
            and _same_operand(found, action)
            and other.order is order
        ):
            return other
    return None


def _same_operand(a: RmwAction, b: RmwAction) -> bool:
    return a.operand == b.operand or not (a.operand.isdigit() or b.operand.isdigit())


def _call(primitive: Primitive, given: Mapping[str, str]) -> str:
    """Return a call of a primitive with the arguments of one that does the same."""
    words = [given[name] if name in given else _pointed_to(given["p"]) for name in primitive.parameters]
    return f"{primitive.name}({', '.join(words)})"


def _pointed_to(pointer: str) -> str:
    if pointer.startswith("&"):
        return pointer[1:].lstrip()
    simple = pointer.replace("->", "").replace(".", "").replace("_", "").isalnum()
    return f"*{pointer}" if simple else f"*({pointer})"
