"""Slots on accesses: what their alternatives perform, and what their uses become."""

import pytest

from gupproof.language import load_text, typed
from gupproof.language.format import format_text
from gupproof.language.typed import Guard
from tests.language.support import body, refusals, value


def switch(alternatives: str, default: str) -> typed.Switch:
    return load_text(f"slot s : {alternatives} = {default};").switches["s"]


@pytest.mark.parametrize(
    ("alternatives", "rows"),
    [
        ("none | barrier | smp_mb", ("", "barrier", "smp_mb")),
        ("plain | READ_ONCE | smp_load_acquire", ("plain_load", "READ_ONCE", "smp_load_acquire")),
        ("smp_load_acquire | rcu_dereference", ("smp_load_acquire", "READ_ONCE")),
        ("plain | atomic_read | atomic_read_acquire", ("plain_load", "READ_ONCE", "smp_load_acquire")),
        ("plain | WRITE_ONCE | rcu_assign_pointer", ("plain_store", "WRITE_ONCE", "smp_store_release")),
        ("atomic_set | atomic_set_release", ("WRITE_ONCE", "smp_store_release")),
        ("atomic_inc_return_relaxed | atomic_inc_return", ("atomic_add_return_relaxed", "atomic_add_return")),
        ("test_and_set_bit_lock | test_and_set_bit", ("test_and_set_bit_lock", "test_and_set_bit")),
        ("clear_bit | clear_bit_unlock", ("set_bit", "clear_bit_unlock")),
        ("atomic_add_unless", ("atomic_add_unless",)),
        ("atomic_add | atomic_add_return_release", ("atomic_add", "atomic_add_return_release")),
        (
            "atomic_inc | atomic_fetch_inc_relaxed | atomic_inc_return",
            ("atomic_add", "atomic_add_return_relaxed", "atomic_add_return"),
        ),
        ("set_bit | test_and_set_bit", ("set_bit", "test_and_set_bit")),
    ],
)
def test_a_slot_lists_the_row_of_each_alternative(alternatives, rows):
    made = switch(alternatives, alternatives.split(" | ")[0])
    assert made.is_slot
    assert made.rows == rows


def test_a_load_takes_an_lvalue_and_has_the_row_of_the_default():
    made = value("slot look(p->flags)")
    assert isinstance(made, typed.Cast | typed.Load)
    load = made.operand if isinstance(made, typed.Cast) else made
    assert isinstance(load, typed.Load)
    assert (load.primitive, load.slot) == ("READ_ONCE", "look")


def test_a_store_takes_an_lvalue():
    (store,) = body("slot publish(p->next, p);")
    assert isinstance(store, typed.Store)
    assert (store.primitive, store.slot) == ("WRITE_ONCE", "publish")


def test_a_read_modify_write_is_a_value_or_a_statement():
    made = value("slot take(&x, 1)")
    assert isinstance(made, typed.Rmw)
    assert (made.primitive, made.slot, made.guards) == ("xchg", "take", ())
    (statement,) = body("slot take(&x, 1);")
    assert isinstance(statement, typed.Evaluate)
    assert isinstance(statement.value, typed.Rmw)


VOID = "slot bump : atomic_inc_return | atomic_inc | atomic_inc_return_relaxed = atomic_inc_return; atomic_t c;"


def test_a_slot_one_of_whose_alternatives_has_no_value_has_none():
    (statement,) = load_text(f"{VOID} fn f() {{ slot bump(&c); }}").functions["f"].body
    assert isinstance(statement, typed.Evaluate)
    made = statement.value
    assert isinstance(made, typed.Rmw)
    assert (made.primitive, made.result) == ("atomic_add_return", typed.Result.NONE)
    assert refusals(f"{VOID} fn f() -> int {{ return slot bump(&c); }}") != []


@pytest.mark.parametrize("default", ["test_and_set_bit", "test_and_set_bit_lock"])
def test_each_alternative_keeps_its_own_test(default):
    text = f"slot lk : test_and_set_bit_lock | test_and_set_bit = {default}; unsigned long w; fn f() {{ slot lk(0, &w); }}"
    (statement,) = load_text(text).functions["f"].body
    assert isinstance(statement, typed.Evaluate)
    made = statement.value
    assert isinstance(made, typed.Rmw)
    assert made.guards == (Guard.CLEAR, Guard.ALWAYS)
    assert made.primitive == default
    assert isinstance(made.comparand, typed.Const)


def test_a_slot_of_atomics_takes_the_pointer():
    text = "slot s : atomic_read | atomic_read_acquire = atomic_read; atomic_t c; fn f() -> int { return slot s(&c); }"
    (statement,) = load_text(text).functions["f"].body
    assert isinstance(statement, typed.Return)
    assert isinstance(statement.value, typed.Load)


def test_a_slot_that_was_refused_is_not_refused_again_where_it_is_used():
    found = refusals("slot s : plain = plain; int x; fn f() { int r = slot s(x); slot s; }")
    assert [item.code for item in found] == ["G033"]


def test_the_remedy_for_a_store_with_a_fence_is_a_slot_behind_it():
    (found,) = refusals("slot s : plain | WRITE_ONCE | smp_store_mb = plain;")
    assert "slot NAME : none | smp_mb" in found.help


@pytest.mark.parametrize(
    "line",
    [
        "int r = slot look(p->next->flags);",
        "struct page *q = slot look(p->next)->next;",
        "slot publish(*&x, -1);",
        "if (!slot take(&x, 1) || -slot look(x) < 0) slot publish(x, 2);",
        "while (slot look(x) == 0) bound 2 { }",
        "WRITE_ONCE(P.a[slot look(x)], slot take(&x, 1));",
    ],
)
def test_a_slot_stands_wherever_its_access_may_and_its_layout_is_kept(line):
    assert body(line)
    text = f"fn f() {{\n    {line}\n}}\n"
    assert format_text(text) == text
