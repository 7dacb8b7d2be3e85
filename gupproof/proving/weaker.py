"""Weaker forms of a primitive, as somebody might write it by mistake: the same access with less order, or without its test."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from gupproof.language.primitives import PRIMITIVES, RmwAction


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


# name → its form with less order; {0}, {1} are the arguments, {*0} what the first one points to
_LESS_ORDER = {
    "smp_store_release": "WRITE_ONCE({*0}, {1})",
    "rcu_assign_pointer": "WRITE_ONCE({0}, {1})",
    "smp_store_mb": "WRITE_ONCE({0}, {1})",
    "atomic_set_release": "atomic_set({0}, {1})",
    "smp_load_acquire": "READ_ONCE({*0})",
    "atomic_read_acquire": "atomic_read({0})",
    "smp_cond_load_acquire": "smp_cond_load_relaxed({0}, {1})",
    "clear_bit_unlock": "clear_bit({0}, {1})",
}
_LESS_FENCE = {"smp_mb": ("smp_wmb()", "smp_rmb()")}
_RELAXED_TESTS = {
    "atomic_dec_and_test": ("atomic_dec_return_relaxed({0})", " == 0"),
    "atomic_inc_and_test": ("atomic_inc_return_relaxed({0})", " == 0"),
    "atomic_sub_and_test": ("atomic_sub_return_relaxed({0}, {1})", " == 0"),
    "atomic_add_negative": ("atomic_add_return_relaxed({0}, {1})", " < 0"),
}
_WITHOUT_TEST = {
    "atomic_inc_not_zero": ("atomic_inc_return({0})", " > 0"),
    "atomic_add_unless": ("atomic_add_return({1}, {0})", " > 0"),
}
_PLAIN_LOADS = ("READ_ONCE", "rcu_dereference")
_ORDERS = ("_acquire", "_release")


def weaker_forms(name: str, arguments: Sequence[str]) -> Iterator[Form]:
    """Yield the weaker forms of a call, by the text of its arguments; none of what is no primitive or has none."""
    if name in _LESS_ORDER:
        yield Form(_filled(_LESS_ORDER[name], arguments))
    for text in _LESS_FENCE.get(name, ()):
        yield Form(text, loss=Loss.HALF)
    if name in _RELAXED_TESTS:
        pattern, compared = _RELAXED_TESTS[name]
        yield Form(_filled(pattern, arguments), compared)
    if name in _WITHOUT_TEST:
        pattern, compared = _WITHOUT_TEST[name]
        yield Form(_filled(pattern, arguments), compared, loss=Loss.TEST)
    if name in _PLAIN_LOADS:
        yield Form(arguments[0], loss=Loss.MARK)
    if name == "WRITE_ONCE":
        yield Form(f"{arguments[0]} = {arguments[1]}", loss=Loss.MARK)
    relaxed = _relaxed(name)
    if relaxed:
        yield Form(f"{relaxed}({', '.join(arguments)})")


def _relaxed(name: str) -> str:
    """Return the name of a read-modify-write's relaxed form; empty if it has none, or is relaxed itself."""
    primitive = PRIMITIVES.get(name)
    if primitive is None or not isinstance(primitive.action, RmwAction):
        return ""
    for order in _ORDERS:
        name = name.removesuffix(order)
    return f"{name}_relaxed" if f"{name}_relaxed" in PRIMITIVES else ""


def _filled(pattern: str, arguments: Sequence[str]) -> str:
    text = pattern.replace("{*0}", _pointed_to(arguments[0]))
    for number, argument in enumerate(arguments):
        text = text.replace(f"{{{number}}}", argument)
    return text


def _pointed_to(pointer: str) -> str:
    if pointer.startswith("&"):
        return pointer[1:].lstrip()
    simple = pointer.replace("->", "").replace(".", "").replace("_", "").isalnum()
    return f"*{pointer}" if simple else f"*({pointer})"
