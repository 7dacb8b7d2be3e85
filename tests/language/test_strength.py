"""Which primitives are weaker than which."""

import itertools

import pytest

from gupproof.language.primitives import PRIMITIVES
from gupproof.language.strength import equal, next_weaker, weaker, weakest

NAMES = ("none", "plain", *PRIMITIVES)


@pytest.mark.parametrize(
    "rising",
    [
        "none barrier smp_wmb smp_mb",
        "none barrier smp_rmb smp_mb",
        "barrier smp_mb__after_atomic smp_mb",
        "none barrier tlbi_sync",
        "plain READ_ONCE smp_load_acquire",
        "plain rcu_dereference smp_load_acquire",
        "atomic_read atomic_read_acquire",
        "plain WRITE_ONCE rcu_assign_pointer",
        "atomic_set atomic_set_release",
        "xchg_relaxed xchg_acquire xchg",
        "atomic_fetch_add_relaxed atomic_fetch_add_release atomic_fetch_add",
        "set_bit test_and_set_bit_lock test_and_set_bit",
        "clear_bit clear_bit_unlock test_and_clear_bit",
        "change_bit test_and_change_bit",
        "WRITE_ONCE smp_store_mb",
        "atomic_dec atomic_dec_and_test",
        "atomic_add atomic_add_return_relaxed atomic_add_return_release atomic_add_return",
        "atomic_dec atomic_fetch_dec_relaxed atomic_fetch_dec",
    ],
)
def test_a_primitive_is_weaker_than_those_that_order_more(rising):
    for a, b in itertools.combinations(rising.split(), 2):
        assert weaker(a, b)
        assert not weaker(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("smp_rmb", "smp_wmb"),
        ("tlbi_sync", "smp_mb"),
        ("smp_wmb", "tlbi_sync"),
        ("xchg_acquire", "xchg_release"),
        ("READ_ONCE", "rcu_dereference"),
        ("READ_ONCE", "smp_store_release"),
        ("plain", "xchg"),
        ("none", "READ_ONCE"),
        ("xchg_relaxed", "cmpxchg"),
        ("atomic_add", "atomic_sub_return"),
        ("atomic_add", "atomic_inc"),
        ("set_bit", "test_and_clear_bit"),
        ("spin_lock", "spin_trylock"),
        ("test_bit", "smp_load_acquire"),
        ("atomic_read", "smp_load_acquire"),
        ("atomic_add_return_relaxed", "atomic_fetch_add"),
    ],
)
def test_neither_of_two_is_weaker(a, b):
    assert not weaker(a, b)
    assert not weaker(b, a)


def test_strength_is_a_strict_partial_order():
    below = {a: {b for b in NAMES if weaker(b, a)} for a in NAMES}
    for a, lower in below.items():
        assert a not in lower
        assert all(below[b] <= lower for b in lower)


def test_the_weakest_is_weaker_than_all_others():
    assert weakest(["smp_mb", "none", "smp_wmb"]) == "none"
    assert weakest(["smp_wmb", "smp_rmb"]) is None
    assert weakest(["smp_mb"]) == "smp_mb"


def test_the_next_weaker_are_those_with_nothing_between():
    values = ["xchg_relaxed", "xchg_acquire", "xchg_release", "xchg"]
    assert next_weaker("xchg", values) == ("xchg_acquire", "xchg_release")
    assert next_weaker("xchg_acquire", values) == ("xchg_relaxed",)
    assert next_weaker("xchg_relaxed", values) == ()


def test_what_becomes_the_same_access_is_equally_strong():
    assert equal("READ_ONCE", "rcu_dereference")
    assert equal("smp_store_release", "rcu_assign_pointer")
    assert not equal("READ_ONCE", "READ_ONCE")
    assert not equal("smp_wmb", "smp_rmb")
