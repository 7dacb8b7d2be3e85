"""What a kernel-C litmus test may look like, and what is said of one that is wrong."""

import re

import pytest

from gupproof.diagnostics import GupError
from gupproof.language import typed
from gupproof.litmus.form import And, Equal, Quantifier, Register, Same, Unsupported, Word
from gupproof.litmus.kernel.reader import is_kernel_c, read_kernel_c

TEST = """C MP+wmb+rmb
Cycle=Fre PodRR Rfe PodWW

(* A comment (with parentheses). *)
{
  int x = 1; // so
  atomic_t a = ATOMIC_INIT(2);
  int *p = &x;
  q = x; int t[2] = {3, -4}; spinlock_t l; 1:r3 = x; int 0:r9 = 0x10;
}

P0(int *x, spinlock_t *l /* the lock */)
{
	WRITE_ONCE(*x, 1); // READ_ONCE(*y)
}

P1(int *x, int **p)
{
	int r1 = READ_ONCE(*x);
}

locations [x; 1:r1]
filter (x=1)
exists (1:r1=1 /\\ p=x) (* Bad outcome. *)
"""


def read(text: str):
    return read_kernel_c(text, "t.litmus")


def body(statements: str, parameters: str = "int *x, int *y", initial: str = ""):
    return read(f"C t\n{{ {initial} }}\nP0({parameters})\n{{ {statements} }}\nexists (0:r1=1)\n").threads[0]


def test_reads_the_initial_state_the_threads_and_the_condition():
    test = read(TEST)
    assert is_kernel_c(TEST)
    assert test.name == "MP+wmb+rmb"
    assert test.memory == {"x": 1, "a": 2, "p": "x", "q": "x", "t[0]": 3, "t[1]": -4, "l": 0}
    assert test.arrays == {"t": 2}
    assert test.registers == {Register(1, "r3"): "x", Register(0, "r9"): 16}
    assert [thread.parameters for thread in test.threads] == [("x", "l"), ("x", "p")]
    assert test.quantifier is Quantifier.EXISTS
    assert test.condition == And((Equal(Register(1, "r1"), 1), Equal(Word("p"), "x")))
    assert test.filter == Equal(Word("x"), 1)


def test_a_parameter_is_the_address_of_its_location():
    (store,) = body("WRITE_ONCE(*x, y);").body
    assert isinstance(store, typed.Store)
    assert isinstance(store.place, typed.Object)
    assert store.place.name == "x"
    assert isinstance(store.value, typed.AddressOf)


def test_what_has_its_address_taken_and_is_no_local_is_a_location():
    thread = body("spin_lock(&m);")
    assert thread.parameters == ("x", "y", "m")
    assert thread.locals == frozenset()


def test_a_parameter_that_is_assigned_to_is_a_register_from_the_start():
    first, _ = body("WRITE_ONCE(*x, 1); x = y;").body
    assert isinstance(first, typed.Store)
    assert isinstance(first.place, typed.Deref)


def test_casts_say_nothing():
    (store,) = body("WRITE_ONCE(*(intptr_t *)x, (int)1);").body
    assert isinstance(store, typed.Store)
    assert isinstance(store.place, typed.Object)
    assert isinstance(store.value, typed.Const)


@pytest.mark.parametrize(
    "declared",
    ["int r1 = 2;", "int r1; r1 = 2;", "int r0, r1 = 2;", "struct foo *r1 = 2;", "node_t r1 = 2;", "r1 = 2;", "foo *r1 = 2;"],
)
def test_locals_are_declared_in_any_way_or_not_at_all(declared: str):
    (assign,) = body(declared).body
    assert isinstance(assign, typed.Assign)
    assert assign.name == "r1"


def test_operators_bind_as_in_c():
    (assign,) = body("r1 = 1 + 2 == 3 && 4 | 5;").body
    assert isinstance(assign, typed.Assign)
    both = assign.value
    assert isinstance(both, typed.Logical)
    assert isinstance(both.left, typed.Binary)
    assert (both.left.operator, both.right.operator) == ("==", "|")


def test_other_names_of_a_primitive_are_its_own():
    first, second = body("raw_spin_lock(x); synchronize_rcu_expedited();").body
    assert isinstance(first, typed.Evaluate)
    assert isinstance(first.value, typed.Rmw)
    assert first.value.primitive == "spin_lock"
    assert isinstance(second, typed.Rcu)
    assert second.step is typed.RcuStep.SYNCHRONIZE


@pytest.mark.parametrize(
    ("other", "own"),
    [
        ("raw_spin_lock(x);", "spin_lock(x);"),
        ("raw_spin_unlock(x);", "spin_unlock(x);"),
        ("r1 = raw_spin_trylock(x);", "r1 = spin_trylock(x);"),
        ("r1 = raw_spin_is_locked(x);", "r1 = spin_is_locked(x);"),
        ("r1 = rcu_dereference_bh(*x);", "r1 = rcu_dereference(*x);"),
        ("r1 = rcu_access_pointer(*x);", "r1 = READ_ONCE(*x);"),
        ("synchronize_srcu_expedited(x);", "synchronize_srcu(x);"),
        ("r1 = srcu_down_read(x); srcu_up_read(x, r1);", "r1 = srcu_read_lock(x); srcu_read_unlock(x, r1);"),
        ("r1 = atomic_long_fetch_add_release(1, x);", "r1 = atomic_fetch_add_release(1, x);"),
        ("r1 = atomic64_cmpxchg_acquire(x, 0, 1);", "r1 = atomic_cmpxchg_acquire(x, 0, 1);"),
    ],
)
def test_a_primitive_of_another_name_does_the_same(other: str, own: str):
    """Up to where it stands in the text."""
    plain = [re.sub(r"span=Span\([^)]*\)", "", repr(body(text).body)) for text in (other, own)]
    assert plain[0] == plain[1]


def test_two_places_may_be_compared():
    assert read(TEST.replace("p=x", "1:r1=0:r1")).condition.parts[1] == Same(Register(1, "r1"), Register(0, "r1"))


def test_what_is_to_be_listed_may_be_elements():
    test = read(TEST.replace("[x; 1:r1]", "[t[1]; 1:r1;\n x]"))
    assert test.listed == (Word("t[1]"), Register(1, "r1"), Word("x"))
    assert test.final == "exists (1:r1=1 /\\ p=x)"


def test_an_initial_value_may_be_an_address_in_several_spellings():
    initial = "int *a = &x; b = (int *)x; int c[2] = {*(&x), x}; d = (3); struct srcu_struct s = {};"
    memory = read(TEST.replace("q = x;", initial)).memory
    assert [memory[name] for name in ("a", "b", "c[0]", "c[1]", "d", "s")] == ["x", "x", "x", "x", 3, 0]


def test_words_of_explanation_may_stand_before_the_initial_state():
    text = TEST.replace("Cycle=", "Its locks aren't needed: see\n(* { } *)\n-> elsewhere; or not.\nCycle=")
    assert read(text).memory == read(TEST).memory


def test_comments_may_hold_comments_and_stand_in_the_condition():
    text = TEST.replace("(* A comment", "(* One (* in another *) here. *) (* A comment").replace(
        "exists (", "exists /* C's (* */ ("
    )
    assert read(text).condition == read(TEST).condition


def test_a_pointer_in_a_comment_opens_none():
    text = TEST.replace("(* A comment (with parentheses). *)", "(* READ_ONCE(*x) is (*p) here. *)")
    assert read(text).memory == read(TEST).memory


def test_comments_that_do_not_end_take_no_time():
    with pytest.raises(GupError, match="belongs to no thread"):
        read("C t\n{}\nP0(int *x) {}\n" + "(*" * 90_000)


def test_an_implication_binds_more_closely_than_a_conjunction():
    # herd7's grammar of conditions: lib/stateParser.mly, its lines of precedence.
    condition = read(TEST.replace("(1:r1=1 /\\ p=x)", "(1:r1=1 /\\ p=x => x=2)")).condition
    assert isinstance(condition, And)
    assert condition.parts[0] == Equal(Register(1, "r1"), 1)


def test_a_test_without_a_condition_is_one():
    assert read("C t\n{}\nP0(int *x) { *x = 1; }\n").quantifier is Quantifier.FORALL


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("kfree(x);", "kfree()"),
        ("r1 = x->next;", "next"),
        ("goto out;", "goto"),
        ("int r[2];", "r"),
        ("local_irq_disable();", "local_irq_disable()"),
        ("r1 = y[1];", "y"),
        ("__store{once}(*x, 1);", "__store"),
        ("r1 = __load{once}(*x);", "__load"),
    ],
)
def test_what_is_not_handled_is_named(statement: str, names: str):
    with pytest.raises(Unsupported, match=names.replace("(", r"\(").replace(")", r"\)")):
        body(statement)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("WRITE_ONCE(*x, 1)", "';' is missing"),
        ("r1 = ;", "an expression is missing before ';'"),
        ("WRITE_ONCE(*x);", "takes 2 arguments, not 1"),
        ("READ_ONCE(x);", "needs something in memory"),
        ("r1 = smp_mb();", "has no value"),
        ("break;", "outside of a loop"),
        ("r1 = 0xz;", "no integer"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(statement: str, says: str):
    with pytest.raises(GupError, match=says) as caught:
        body(statement)
    (problem,) = caught.value.diagnostics
    assert problem.span is not None
    assert (problem.code, problem.span.line) == ("M006", 4)
    assert statement in problem.line_text


@pytest.mark.parametrize(
    "text",
    [
        "C",
        "C t\n",
        "C t\n{",
        "C t\n{}",
        "C t\n{}\nP0(int *x)",
        "C t\n{}\nP1() {}",
        "C t\n{}\nP0() {",
        "C t\n{}\nP0() {} nonsense",
    ],
)
def test_what_is_no_test_is_said_to_be_none(text: str):
    with pytest.raises(GupError, match="M001"):
        read(text)


@pytest.mark.parametrize("deep", ["(" * 3000, "~" * 3000, "(int)" * 3000, "if (1) " * 3000, "{" * 3000])
def test_what_nests_too_deeply_is_an_error(deep: str):
    with pytest.raises(GupError):
        body(f"r1 = {deep}1;" if deep[0] in "(~" else deep)


# ── C11 ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("statements", "parameters", "word"),
    [
        ("int r1 = *x;", "atomic_int* x", "'atomic_int'"),
        ("int r1 = *x;", "_Atomic int* x", "'_Atomic'"),
        ("int r1 = atomic_load_explicit(x, memory_order_relaxed);", "int* x", "'atomic_load_explicit'"),
        ("atomic_thread_fence(memory_order_seq_cst);", "int* x", "'atomic_thread_fence'"),
        ("int r1 = READ_ONCE(*x); atomic_store(x, 1);", "int* x", "'atomic_store'"),
    ],
)
def test_a_test_with_words_of_c11_is_none_in_kernel_c(statements, parameters, word):
    with pytest.raises(Unsupported, match="C11: ") as caught:
        body(statements, parameters)
    assert word in str(caught.value)


def test_words_of_c11_in_the_initial_state():
    with pytest.raises(Unsupported, match="C11: 'atomic_int'"):
        body("int r1 = READ_ONCE(*x);", "int *x", "atomic_int x = 1;")


@pytest.mark.parametrize("statement", ["int r1 = *x;", "*x = 1;", "if (*x) WRITE_ONCE(*y, 1);", "WRITE_ONCE(*y, *x);"])
def test_what_is_volatile_is_reached_through_primitives_only(statement):
    """Tests of C11 call such an access non-atomic; in the kernel it is one that the compiler keeps, and no plain one."""
    with pytest.raises(Unsupported, match="C11: a plain access to 'x', which is volatile"):
        body(statement, "volatile int* x, int *y")
    assert body(statement, "int* x, volatile int *unused, int *y").body


def test_volatile_is_no_hindrance_to_primitives():
    assert len(body("WRITE_ONCE(*x, 1); int r1 = READ_ONCE(*x);", "volatile int* x").body) == 2


def test_primitives_whose_names_c11_has_too_are_the_kernels():
    assert body("int r1 = atomic_fetch_add(1, x); atomic_long_set(x, 2);", "atomic_t *x").body
