"""Which changes of a line there are: what is dropped, weakened, decided beforehand, and what is left alone."""

import pytest

from gupproof.language import load, load_text
from gupproof.proving.changes import Kind, changes_of
from gupproof.proving.weaker import Loss, weaker_forms
from gupproof.resources import proofs_dir

TEXT = """const FLAG = 1;
config FIX : bool = true;
slot between : none | smp_wmb | smp_mb = smp_mb;
int x, y;
atomic_t n;
spinlock_t l;

fn seen() -> int { return x; }
fn check(int *p) -> bool {
    if (FIX && *p == 1) return true;
    return false;
}
fn act() {
CODE
}

scenario s {
    ghost int got;
    init { x = 0; }
    thread a { act(); }
    thread b { got = y; }
    property p : seen() == 0 || got == 1;
    cover c : got == 0;
}
"""


def changes(code: str, text: str = TEXT) -> dict[tuple[Kind, str], set[str]]:
    """The changed lines of a function, by kind and line as it was, without indentation."""
    found: dict[tuple[Kind, str], set[str]] = {}
    for item in changes_of(load_text(text.replace("CODE", code)), "s"):
        found.setdefault((item.change.kind, item.change.before.strip()), set()).add(item.change.after.strip())
    return found


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("smp_wmb();", ""),
        ("slot between;    // why", ""),
        ("synchronize_rcu();", ""),
        ("x = 1;", ""),
        ("WRITE_ONCE(x, 1);", ""),
        ("atomic_inc(&n);", ""),
        ("await (READ_ONCE(x) == 1);", ""),
        ("smp_wmb(); x = 1;", "x = 1;"),
        ("if (x == 1) smp_wmb();", "if (x == 1) ;"),
        ("spin_lock(&l); x = 1; spin_unlock(&l);", "x = 1; spin_unlock(&l);"),
    ],
)
def test_a_statement_is_dropped(code: str, after: str) -> None:
    assert after in changes(code)[Kind.DROP, code]


@pytest.mark.parametrize(
    "code",
    [
        "spin_unlock(&l);",
        "rcu_read_lock();",
        "rcu_read_unlock();",
        "local_irq_save();",
        "local_irq_restore();",
        "int r = x;",
        "assert(x == 0);",
        "atomic_set(&n,\n    1);",
    ],
)
def test_halves_of_pairs_declarations_asserts_and_several_lines_are_not_dropped(code: str) -> None:
    assert not [before for kind, before in changes(code) if kind is Kind.DROP and before == code]


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("smp_store_release(&x, 1);", "WRITE_ONCE(x, 1);"),
        ("int r = smp_load_acquire(&x);", "int r = READ_ONCE(x);"),
        ("int r = xchg(&x, 1);", "int r = xchg_relaxed(&x, 1);"),
        ("int r = xchg_acquire(&x, 1);", "int r = xchg_relaxed(&x, 1);"),
        ("bool r = atomic_dec_and_test(&n);", "bool r = atomic_dec_return_relaxed(&n) == 0;"),
        ("bool r = !atomic_dec_and_test(&n);", "bool r = !(atomic_dec_return_relaxed(&n) == 0);"),
        ("atomic_dec_and_test(&n);", "atomic_dec_return_relaxed(&n);"),
        ("smp_mb();", "smp_wmb();"),
        ("smp_mb();", "smp_rmb();"),
        ("int r = READ_ONCE(x);", "int r = x;"),
        ("WRITE_ONCE(x, 1);", "x = 1;"),
    ],
)
def test_an_access_is_weakened(code: str, after: str) -> None:
    assert after in changes(code)[Kind.WEAKEN, code]


def test_a_pointer_stays_one() -> None:
    text = TEXT.replace("fn act() {", "fn act() { store(&x); }\nfn store(int *p) {")
    code = "smp_store_release(p, 1);"
    assert changes(code, text)[Kind.WEAKEN, code] == {"WRITE_ONCE(*p, 1);"}


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("if (x == 1) y = 1;", {"if (true) y = 1;", "if (false) y = 1;"}),
        (
            "if (x == 1 && y == 1) y = 2;",
            {"if (true) y = 2;", "if (false) y = 2;", "if (true && y == 1) y = 2;", "if (x == 1 && true) y = 2;"},
        ),
        ("if (FIX && x == 1) y = 1;", {"if (FIX && true) y = 1;", "if (FIX && false) y = 1;"}),
        ("bool r = x == FLAG;", {"bool r = true;", "bool r = false;"}),
        ("while (x == 1) bound 2 y = 1;", {"while (false) bound 2 y = 1;"}),
        ("bool r = atomic_inc_not_zero(&n);", {"bool r = true;", "bool r = false;", "bool r = atomic_inc_return(&n) > 0;"}),
    ],
)
def test_a_test_always_has_the_same_outcome_and_switches_keep_their_part(code: str, after: set[str]) -> None:
    assert changes(code)[Kind.CONDITION, code] == after


def test_an_operand_is_left_out() -> None:
    assert changes("x = y + 1;")[Kind.VALUE, "x = y + 1;"] == {"x = y;"}


def test_a_switch_alone_is_no_test() -> None:
    assert not [kind for kind, _ in changes("if (FIX) y = 1;") if kind is Kind.CONDITION]


def test_the_default_of_a_slot_that_is_used_is_one_step_weaker() -> None:
    line = "slot between : none | smp_wmb | smp_mb = smp_mb;"
    assert changes("slot between;")[Kind.SLOT, line] == {line.replace("= smp_mb", "= smp_wmb")}
    assert (Kind.SLOT, line) not in changes("smp_mb();")


@pytest.mark.parametrize(
    ("declared", "default", "use", "weaker"),
    [
        ("plain | WRITE_ONCE | smp_store_release", "smp_store_release", "slot s(x, 1);", {"WRITE_ONCE"}),
        ("plain | READ_ONCE | smp_load_acquire", "READ_ONCE", "int r = slot s(x);", {"plain"}),
        (
            "xchg_relaxed | xchg_acquire | xchg_release | xchg",
            "xchg",
            "slot s(&x, 1);",
            {"xchg_acquire", "xchg_release"},
        ),
    ],
)
def test_the_default_of_a_slot_on_an_access_is_the_next_weaker(declared: str, default: str, use: str, weaker: set[str]) -> None:
    line = f"slot s : {declared} = {default};"
    found = changes(use, f"{line}\n{TEXT}")[Kind.SLOT, line]
    assert found == {f"slot s : {declared} = {value};" for value in weaker}


def test_what_a_slot_loads_for_the_question_is_left_alone() -> None:
    line = "slot s : plain | READ_ONCE = READ_ONCE;"
    text = f"{line}\n" + TEXT.replace("thread b { got = y; }", "thread b {\n got = slot s(y);\n }")
    assert not [before for _, before in changes("x = 1;", text) if before == "got = slot s(y);"]


def test_what_asks_the_question_is_left_alone() -> None:
    lines = {before for _, before in changes("x = seen();")}
    assert lines == {"x = seen();", "thread a { act(); }"}


def test_functions_come_before_threads_and_barriers_before_the_rest() -> None:
    found = changes_of(load_text(TEXT.replace("CODE", "x = 1;\nsmp_wmb();")), "s")
    assert [item.change.before.strip() for item in found] == ["smp_wmb();", "x = 1;", "thread a { act(); }"]


def test_no_primitive_is_made_weaker_than_it_can_be() -> None:
    assert not list(weaker_forms("xchg_relaxed", ["&x", "1"]))
    assert not list(weaker_forms("no_primitive", []))


@pytest.mark.parametrize("name", ["fget", "page_tail", "fork"])
def test_every_change_of_the_proofs_is_one_line_and_a_program_again(name: str) -> None:
    path = proofs_dir() / f"{name}.gup"
    unit = load(path)
    seen = set()
    for scenario in unit.scenarios:
        for change in (item.change for item in changes_of(unit, scenario)):
            if change in seen:
                continue
            seen.add(change)
            text = unit.sources[change.file]
            changed = change.applied(text)
            pairs = list(zip(text.split("\n"), changed.split("\n"), strict=True))
            assert [number for number, (old, new) in enumerate(pairs, 1) if old != new] == [change.line]
            assert pairs[change.line - 1] == (change.before, change.after)
            load(path, texts={**unit.sources, change.file: changed})
    assert seen


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("atomic_dec_and_test", ["&n"], ("atomic_dec_return_relaxed(&n)", " == 0")),
        # C's atomic_add_negative() is true where the new value is below 0, and false of 0.
        ("atomic_add_negative", ["2", "&n"], ("atomic_add_return_relaxed(2, &n)", " < 0")),
    ],
)
def test_a_test_of_the_new_value_without_order_is_a_comparison_of_what_is_returned(name, given, expected) -> None:
    assert expected in [(form.text, form.compared) for form in weaker_forms(name, given) if form.loss is Loss.ORDER]
