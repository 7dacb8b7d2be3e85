"""Tells tests in the C of the C11 standard from kernel C, whose first line they share.

The same words mean other things there: an access to an ``atomic_int`` is an atomic one, and one to a ``volatile int`` that no
primitive makes is what herd's tests of C11 call non-atomic. In the kernel the compiler keeps such an access as it is, and no
event of the kernel's model is like that.
"""

import re
from collections.abc import Collection, Sequence

from gupproof.language import typed
from gupproof.language.tree import walk
from gupproof.litmus.form import Unsupported
from gupproof.litmus.kernel.lexer import Words

# ISO/IEC 9899:2011, 7.17 and 7.26: types, orders and functions that the kernel has none of.
_WORDS = re.compile(
    r"_Atomic|memory_order(_\w+)?|atomic_\w+_explicit|atomic_(thread|signal)_fence|atomic_flag(_\w+)?|kill_dependency"
    r"|atomic_(bool|u?char|s?char|u?short|u?int|u?long|u?llong|u?intptr_t|size_t|ptrdiff_t|u?intmax_t|u?int(_least|_fast)?\d+_t)"
    r"|atomic_(init|load|store|exchange|compare_exchange_(strong|weak))|mtx_\w+"
)


def check_words(words: Words) -> None:
    """See to it that a part of a test has no word of C11's own.

    Raises:
        Unsupported: it has.

    """
    for word in words.texts:
        if _WORDS.fullmatch(word):
            raise Unsupported(f"C11: '{word}'")


def check_volatile(names: Collection[str], body: Sequence[typed.Stmt]) -> None:
    """See to it that a thread reaches what it calls volatile through primitives only.

    Raises:
        Unsupported: it does not.

    """
    for node in walk(*body):
        if isinstance(node, typed.Load | typed.Store) and node.primitive in ("plain_load", "plain_store"):
            place = node.place
            while isinstance(place, typed.Index | typed.Field):
                place = place.base
            if isinstance(place, typed.Object) and place.name in names:
                raise Unsupported(f"C11: a plain access to '{place.name}', which is volatile")
