"""Steps of a story in kernel words."""

import pytest

from gupproof.language import load_text, typed
from gupproof.program.wording import expr_text, place_text, rmw_text
from tests.support.lowered import SHARED, thread


def written(expression: str, kind: str = "int") -> str:
    """An expression, read and written back."""
    unit = load_text(
        f"{SHARED} int x; int a[3]; atomic_t c; struct node n; struct node *p; const N = 3;"
        f"fn f(struct node *q, int v) {{ {kind} result = {expression}; }} scenario s {{ thread t {{ f(&n, 1); }} }}"
    )
    statement = unit.functions["f"].body[-1]
    assert isinstance(statement, typed.Assign)
    return expr_text(statement.value)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "v",
        "READ_ONCE(x)",
        "smp_load_acquire(x)",
        "q->f",
        "READ_ONCE(q->next->f)",
        "n.f",
        "a[v]",
        "-v",
        "!v",
        "v + 1",
        "(v + 1) & x",
        "v ? x : 1",
        "K",
        "same(v)",
    ],
)
def test_expressions_read_as_they_were_written(text):
    assert written(text.replace("smp_load_acquire(x)", "smp_load_acquire(&x)")) == text


def test_operands_that_are_operations_have_parentheses():
    assert written("v < 2 && x") == "(v < 2) && x"
    assert written("v + v * x") == "v + (v * x)"
    assert written("(q + 1)->f + q[v].f") == "(q + 1)->f + (q + v)->f"
    assert written("*(&a[0] + v)") == "*(&a[0] + v)"
    assert written("((struct node *)((unsigned long)q - 1))->f") == "(q - 1)->f"


@pytest.mark.parametrize(("text", "shown"), [("NULL", "NULL"), ("&n", "&n"), ("&q->next[1]", "q->next + 1"), ("p", "p")])
def test_pointers_read_as_they_were_written(text, shown):
    assert written(text, "struct node *") == shown


def test_casts_are_left_out_and_constants_are_numbers():
    assert written("(unsigned long)q", "unsigned long") == "q"
    assert written("N + v") == "3 + v"


def test_a_choice_does_not_list_its_options():
    assert written("choose(1, 2, 3)") == "choose(...)"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("atomic_inc(&c);", "atomic_add(c += 1)"),
        ("r = atomic_xchg(&c, 4);", "xchg(c := 4)"),
        ("set_bit(1, &w);", "set_bit(w |= 2)"),
        ("clear_bit(1, &w);", "set_bit(w &= ~2)"),
        ("r = atomic_fetch_and(3, &c);", "atomic_add_return(c &= 3)"),
        ("atomic_sub(2, &c);", "atomic_add(c -= 2)"),
        ("atomic_xor(2, &c);", "atomic_add(c ^= 2)"),
    ],
)
def test_a_read_modify_write_says_what_it_does_to_what(code, text):
    assert set(thread(code).order()) == {text}


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("x = 1;", "x = ..."),
        ("WRITE_ONCE(n.f, 1);", "WRITE_ONCE(n.f)"),
        ("r = p->f;", "p->f"),
        ("smp_mb();", "smp_mb()"),
        ("r = smp_cond_load_relaxed(&x, VAL);", "smp_cond_load(x)"),
    ],
)
def test_every_step_has_words(code, text):
    assert text in thread(code).order()


def test_registers_lose_the_number_that_tells_them_apart():
    assert thread("{ int v = 1; } { struct node *v = &n; WRITE_ONCE(v->f, 1); }").order() == ["WRITE_ONCE(v->f)"]


def test_places_and_the_rest_are_one_language():
    unit = load_text("int x; atomic_t c; fn f() { atomic_inc(&c); }")
    statement = unit.functions["f"].body[0]
    assert isinstance(statement, typed.Evaluate)
    assert isinstance(statement.value, typed.Rmw)
    assert place_text(statement.value.place) == "c"
    assert rmw_text(statement.value) == "atomic_add(c += 1)"
    assert expr_text(statement.value) == "atomic_add(&c)"
