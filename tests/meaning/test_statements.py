"""Expressions and statements do what docs/language.md says of them, and C where it says nothing."""

import pytest

from gupproof.language import load_text
from gupproof.meaning import Machine, UninitialisedError, explore
from tests.meaning.support import fault, found, result, scenario, thread

INT_MIN = -(2**31)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("r = 7 / -2;", -3),
        ("r = -1 < n32;", 0),
        ("u8 b = x + 300; r = b;", 44),
        ("u8 b = 255; b++; r = b;", 0),
        ("int i = 2147483647; i = i + 1; r = i;", INT_MIN),
        ("bool b = 2; r = b;", 1),
        ("unsigned int u = -1; r = u == 4294967295;", 1),
        ("r = (s8)200;", -56),
        ("long l = n32 - 1; r = l == 4294967295;", 1),  # computed as unsigned int
        ("r = 1 ? -1 : n32; ", -1),
        ("r = (0 ? n32 : -1) > 0;", 1),  # both arms are of type unsigned int
        ("r = !5;", 0),
        ("r = ~0;", -1),
        ("r = 6 & 3 | 8 ^ 1;", 11),
    ],
)
def test_expressions_are_cs(code: str, value: int) -> None:
    assert result(code) == {value}


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("int i = 5; r = i++ * 10 + i;", 56),
        ("int i = 5; r = ++i * 10 + i;", 66),
        ("int i = 5; r = i-- - --i;", 2),
        ("x = 3; r = x++; r = r * 10 + x;", 34),
        ("n8 = 255; r = ++n8;", 0),
        ("n8 = 0; r = n8--; r = n8;", 255),
        ("a[1] = 4; int *i = a; i++; r = *i;", 4),
        ("t = true; t++; r = t;", 1),
    ],
)
def test_increments_yield_the_value_before_or_after(code: str, value: int) -> None:
    assert result(code) == {value}


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("a[2] = 9; r = *(a + 2);", 9),
        ("p = &n; p->f = 4; r = n.f;", 4),
        ("n.next = &m; m.f = 6; r = n.next->f;", 6),
        ("w = (unsigned long)&n + 1; n.f = 8; r = ((struct node *)(w & ~1))->f;", 8),
        ("w = (unsigned long)&n; r = (w & 63) == 0;", 1),
        ("r = p == NULL && !p;", 1),
        ("r = &n == &m;", 0),
        ("r = p || &n != NULL;", 1),
        ("int *i = &n.f; n.f = 2; r = *i;", 2),
        ("unsigned int *i = (unsigned int *)&x; x = -1; r = *i > 5;", 1),
    ],
)
def test_pointers_lead_where_they_lead_in_c(code: str, value: int) -> None:
    assert result(code) == {value}


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("if (x == 1 && xchg(&x, 7) == 0) r = 5; r = x;", 0),
        ("if (x == 0 || xchg(&x, 7) == 0) r = x;", 0),
        ("r = x ? xchg(&x, 7) : 3; r = r * 10 + x;", 30),
        ("int v = 1; put(&v, 8); r = v;", 8),
        ("put(&r, 8);", 8),
        ("int i = 0; while (true) bound 9 { if (i == 3) break; i++; } r = i;", 3),
        ("for (int i = 0; i < 4; i++) { if (i == 1) continue; r += i; }", 5),
        ("int i = 0; do { i++; if (i == 1) continue; r = i; } while (i < 3) bound 5;", 3),
        ("for (int i = 0; i < 2; i++) for (int j = 0; j < 2; j++) { if (j == 1) break; r += 10; }", 20),
        ("int i = 1; { int i = 2; r = i; } r = r * 10 + i;", 21),
        ("r = early(0) * 10 + early(1);", 12),
        ("x = 1; p = &n; a[x] += 5; r = a[1];", 5),
    ],
)
def test_control_is_cs(code: str, value: int) -> None:
    early = "fn early(int i) -> int { for (int j = 0; j < 3; j++) { if (i == 1) return 2; } return 1; }"
    assert result(code, before=early) == {value}


def test_a_value_is_worked_out_before_the_place_it_goes_to() -> None:
    # The call moves the index that the target then uses.
    assert result("x = 1; a[x] = bump(&x); r = a[2];", before="fn bump(int *p) -> int { *p = 2; return 7; }") == {7}


def test_arguments_of_an_exchange_come_from_left_to_right_and_before_its_address() -> None:
    code = "int i = 0; xchg(&a[next(&i)], next(&i)); r = a[2] * 10 + i;"
    before = "fn next(int *i) -> int { *i = *i + 1; return *i; }"
    assert result(code, before=before) == {12}
    # Expects 1, and puts 2.
    assert result("int i = 0; x = 1; cmpxchg(&x, next(&i), next(&i)); r = x;", before=before) == {2}
    # Adds 1, unless it is 2.
    assert result(
        "int i = 0; atomic_set(&c, 2); atomic_add_unless(&c, next(&i), next(&i)); r = atomic_read(&c);", before=before
    ) == {2}


def test_a_choice_takes_every_value_and_choices_are_independent() -> None:
    assert result("r = choose(1, 2) * 10 + choose(3 .. 5);") == {13, 14, 15, 23, 24, 25}
    assert result("r = x;", "init { x = choose(4, 9); }") == {4, 9}
    assert result("r = x * 10 + y;", "init { x = choose(1, 2); y = choose(3, 4, 5); }") == {13, 14, 15, 23, 24, 25}


def test_switches_and_slots_do_what_they_are_set_to() -> None:
    assert result("r = MODE == blue;", MODE="blue") == {1}
    assert result("r = MODE == blue;", MODE="green") == {0}
    buffering = scenario(
        "thread t0 { WRITE_ONCE(x, 1); slot gap; r = READ_ONCE(y); }",
        "thread t1 { WRITE_ONCE(y, 1); slot gap; q = READ_ONCE(x); }",
    )
    assert (0, 0) in found(buffering, Machine.TSO, gap="smp_wmb").finals("r", "q")
    assert (0, 0) not in found(buffering, Machine.TSO, gap="smp_mb").finals("r", "q")


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("r = atomic_add_return(5, &c);", 5),
        ("r = atomic_fetch_sub(2, &c) * 10 + atomic_read(&c);", -2),
        ("atomic_set(&c, 12); r = atomic_fetch_andnot(4, &c) * 100 + atomic_read(&c);", 1208),
        ("atomic_set(&c, 12); atomic_xor(5, &c); r = atomic_read(&c);", 9),
        ("r = atomic_cmpxchg(&c, 0, 3) * 10 + atomic_read(&c);", 3),
        ("r = atomic_cmpxchg(&c, 1, 3) * 10 + atomic_read(&c);", 0),
        ("int o = 1; r = atomic_try_cmpxchg(&c, &o, 3); r = r * 10 + o;", 0),
        ("int o = 0; r = atomic_try_cmpxchg(&c, &o, 3); r = r * 10 + atomic_read(&c);", 13),
        ("r = atomic_add_unless(&c, 3, 0) * 10 + atomic_read(&c);", 0),
        ("r = atomic_add_unless(&c, 3, 1) * 10 + atomic_read(&c);", 13),
        ("atomic_set(&c, 4); r = atomic_fetch_add_unless(&c, 3, 1);", 4),
        ("r = atomic_dec_if_positive(&c) * 10 + atomic_read(&c);", -10),
        ("atomic_set(&c, 2); r = atomic_dec_if_positive(&c) * 10 + atomic_read(&c);", 11),
        ("atomic_set(&c, 1); r = atomic_dec_if_positive(&c) * 10 + atomic_read(&c);", 0),
        ("atomic_set(&c, 1); r = atomic_dec_and_test(&c);", 1),
        ("r = atomic_add_negative(-1, &c);", 1),
        ("r = atomic_inc_not_zero(&c);", 0),
        ("x = 5; r = xchg(&x, 6) * 10 + x;", 56),
        ("x = 2; r = test_and_set_bit(1, &x) * 10 + test_bit(0, &x);", 10),
        ("r = test_and_set_bit_lock(0, &x); r = r * 10 + test_and_set_bit_lock(0, &x);", 1),
        ("set_bit(31, &x); r = x;", INT_MIN),
        ("x = 3; clear_bit_unlock(0, &x); change_bit(2, &x); r = x;", 6),
        ("r = spin_trylock(&lock) * 10 + spin_trylock(&lock);", 10),
        ("spin_lock(&lock); r = spin_is_locked(&lock); spin_unlock(&lock); r = r * 10 + spin_is_locked(&lock);", 10),
        ("x = 4; r = smp_cond_load_acquire(&x, VAL > 3) + 1;", 5),
    ],
)
def test_primitives_do_what_the_kernels_do(code: str, value: int) -> None:
    assert result(code) == {value}


@pytest.mark.parametrize(
    "code",
    [
        "r = p->f;",
        "p->f = 1;",
        "p = NULL; struct node *i = p->next;",
        "int i = 3; r = a[i];",
        "int i = -1; a[i] = 1;",
        "int *i = &a[0] + 3; r = *i;",
        "r = ((struct node *)5)->f;",
        "r = 1 / x;",
        "r = 1 % x;",
        "x = -2147483647 - 1; y = -1; r = x / y;",
        "x = 32; r = 1 << x;",
        "x = -1; r = 1 >> x;",
        "x = 3; xchg(&a[x], 1);",
        "int i = srcu_read_lock(&ss); srcu_read_unlock(&ss, i); srcu_read_unlock(&ss, i);",
    ],
)
def test_what_the_reference_calls_a_fault_stops_the_thread(code: str) -> None:
    findings = found(thread(f"{code} z = 1;"))
    assert findings.faults
    assert not findings.complete
    assert all(outcome.value("z") == 0 for outcome in findings.outcomes)


def test_the_end_of_an_array_is_its_end_though_something_follows() -> None:
    before = "struct pair { int first[2]; int second; };"
    assert fault("int i = 2; r = s.first[i];", "struct pair s;", before=before) == {"an access past the end of an array"}
    assert result("int i = 1; s.first[i] = 4; r = s.second * 10 + s.first[1];", "struct pair s;", before=before) == {4}


def test_working_out_an_address_is_no_access() -> None:
    assert result("int *i = &p->f; struct node **j = &p->next; int k = 7; i = &a[k]; r = 1;") == {1}
    assert fault("int *i = &p->f; r = *i;") == {"an access through NULL"}


def test_a_long_holds_what_an_int_does_not() -> None:
    assert result("w = 1; w = w << 40; r = w >> 38;") == {4}
    assert fault("int i = 1; x = 40; r = i << x;") == {"a shift of 32 bits by 40"}


def test_a_local_without_a_value_is_an_error_of_its_own() -> None:
    unit = load_text(thread("int i; if (x == 1) i = 2; r = i;"))
    with pytest.raises(UninitialisedError, match="`i` has no value yet"):
        explore(unit, unit.scenarios["s"], {}, Machine.SC)


def test_a_declaration_in_a_loop_has_no_value_in_each_round() -> None:
    unit = load_text(thread("for (int j = 0; j < 2; j++) { int i; if (j == 0) i = 1; r = i; }"))
    with pytest.raises(UninitialisedError):
        explore(unit, unit.scenarios["s"], {}, Machine.SC)


def test_final_values_of_pointers_are_names() -> None:
    text = thread("p = &n; n.next = &m; w = (unsigned long)&m + 1;")
    (outcome,) = found(text).complete
    assert (outcome.value("p"), outcome.value("n.next"), outcome.value("m.next")) == ("&n", "&m", "NULL")
    assert outcome.value("w") == "&m + 1"
