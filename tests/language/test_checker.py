"""What the checker makes of a correct text: names, types, desugaring."""

from pathlib import Path

import pytest

from gupproof.language import load, load_text
from gupproof.language import typed as t
from gupproof.language.tree import walk
from gupproof.language.types import BOOL, INT, LONG, UINT, ULONG, ArrayType, IntType, PointerType, StructType
from tests.language.support import PAGE, body, value

SAMPLE = Path(__file__).with_name("sample.gup")


def test_the_sample_with_every_construct_loads():
    unit = load(SAMPLE)
    assert list(unit.functions) == ["put", "count", "all"]
    assert list(unit.scenarios) == ["race"]
    assert set(unit.sources) == {unit.path, str(SAMPLE.with_name("page.gup"))} or len(unit.sources) == 2


def test_switches_hold_their_values_in_order():
    unit = load_text(PAGE)
    assert unit.switches["FIX"].values == ("false", "true")
    assert unit.switches["FIX"].default == 1
    assert unit.switches["FLUSH"].values == ("ipi", "pv")
    assert unit.switches["wmb"].is_slot
    assert unit.switches["wmb"].values == ("none", "smp_wmb")
    assert unit.switches["wmb"].default == 1


def test_the_values_of_a_switch_are_constants_of_its_type():
    test = value("FLUSH == pv", "bool")
    assert isinstance(test, t.Binary)
    assert isinstance(test.left, t.Config)
    assert isinstance(test.right, t.Const)
    assert test.right.value == 1
    assert test.left.type == test.right.type


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("N", 3), ("0x10", 16), ("-1", -1), ("~0", -1), ("~0u", 2**32 - 1), ("7UL", 7), ("true", 1), ("+5", 5),
    ],
)  # fmt: skip
def test_constants_are_evaluated(text, expected):
    made = value(text, "long")
    assert isinstance(made, t.Const)
    assert made.value == expected


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("1 << 4 | 1", 17), ("7 & ~2", 5), ("-7 / 2", -3), ("-7 % 2", -1),
        ("1 < 2 && 3 != 4", 1), ("0 ? 5 : 6", 6), ("!3", 0), ("6 ^ 3", 5), ("A + 1", 5), ("B >= A || 0", 1), ("0xf >> 1", 7),
    ],
)  # fmt: skip
def test_constant_expressions_follow_c(expr, expected):
    unit = load_text(f"enum e {{ Z, A = 4, B }}; const C = {expr}; int x[16]; fn f() -> int {{ return C; }}")
    (returned,) = unit.functions["f"].body
    assert isinstance(returned, t.Return)
    assert isinstance(returned.value, t.Const)
    assert returned.value.value == expected


def test_enumerators_count_on_from_the_last_value():
    unit = load_text("enum e { A, B = N, C }; const N = 7; int x = A; int y = B; int z = C;")
    assert [constant(unit.variables[name].initial) for name in "xyz"] == [0, 7, 8]


def constant(expr: t.Expr | None) -> int:
    assert isinstance(expr, t.Const)
    return expr.value


def test_types_are_resolved():
    unit = load_text(
        "typedef unsigned long pte_t; struct s { pte_t a[2][3]; struct s *next; enum e x; }; enum e { A };"
        "typedef struct s *s_t; s_t top;"
    )
    first, following, last = unit.structs["s"].fields
    element = ArrayType(IntType("pte_t", ULONG.low, ULONG.high), 3)
    assert first.type == ArrayType(element, 2)
    assert following.type == PointerType(StructType("s"))
    assert isinstance(last.type, IntType)
    assert last.type.name == "enum e"
    assert unit.variables["top"].type == PointerType(StructType("s"))


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("bool", "bool", INT), ("int", "int", INT), ("int", "unsigned int", UINT), ("unsigned int", "long", LONG),
        ("int", "long", LONG), ("long", "unsigned long", ULONG), ("int", "unsigned long", ULONG), ("pte_t", "int", ULONG),
    ],
)  # fmt: skip
def test_arithmetic_has_the_type_that_c_gives_it(left, right, expected):
    unit = load_text(f"typedef unsigned long pte_t; fn f({left} a, {right} b) -> bool {{ return a + b; }}")
    (returned,) = unit.functions["f"].body
    sums = [node for node in walk(returned) if isinstance(node, t.Binary) and node.operator == "+"]
    assert sums[0].type == expected


@pytest.mark.parametrize(
    ("literal", "expected"),
    [
        ("2147483647", INT), ("2147483648", LONG), ("4294967295", LONG), ("9223372036854775808", ULONG), ("1u", UINT),
        ("0x7fffffff", INT), ("0x80000000", UINT), ("0xffffffff", UINT), ("0x100000000", LONG), ("0x8000000000000000", ULONG),
        ("1l", LONG), ("0x80000000l", LONG), ("4294967296u", ULONG), ("1ul", ULONG),
    ],
)  # fmt: skip
def test_a_literal_has_the_first_type_that_holds_it(literal, expected):
    """Of int, long for decimal ones; unsigned ones count as well for hexadecimal ones (C11 6.4.4.1)."""
    unit = load_text(f"fn f() -> bool {{ return {literal} != 0; }}")
    (returned,) = unit.functions["f"].body
    (test,) = [node for node in walk(returned) if isinstance(node, t.Binary)]
    assert test.left.type == expected


@pytest.mark.parametrize("operator", ["<<", ">>"])
@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [("int", "unsigned long", INT), ("unsigned long", "int", ULONG), ("bool", "long", INT), ("unsigned int", "long", UINT)],
)
def test_a_shift_has_the_type_of_what_is_shifted(operator, left, right, expected):
    """After promotion (C11 6.5.7)."""
    unit = load_text(f"fn f({left} a, {right} b) -> bool {{ return a {operator} b; }}")
    (returned,) = unit.functions["f"].body
    (shift,) = [node for node in walk(returned) if isinstance(node, t.Binary) and node.operator == operator]
    assert shift.type == expected


@pytest.mark.parametrize("operator", ["==", "!=", "<", "<=", ">", ">="])
def test_comparisons_are_boolean(operator):
    assert value(f"i {operator} 2", "bool").type == BOOL


def test_an_arrow_is_a_field_of_a_dereference():
    load = value("p->flags", "unsigned long")
    assert isinstance(load, t.Load)
    assert isinstance(load.place, t.Field)
    assert (load.place.name, load.place.index) == ("flags", 0)
    assert isinstance(load.place.base, t.Deref)
    assert isinstance(load.place.base.pointer, t.Local)


def test_a_chain_of_arrows_loads_each_pointer():
    loads = [node for node in walk(value("p->next->next->flags", "unsigned long")) if isinstance(node, t.Load)]
    assert len(loads) == 3


def test_indexing_an_array_is_an_element_and_a_pointer_an_offset():
    element = value("P.a[i]")
    assert isinstance(element, t.Load)
    assert isinstance(element.place, t.Index)
    offset = value("p[i].flags", "unsigned long")
    assert isinstance(offset, t.Load)
    assert isinstance(offset.place, t.Field)
    assert isinstance(offset.place.base, t.Deref)
    assert isinstance(offset.place.base.pointer, t.Binary)
    assert offset.place.base.pointer.operator == "+"


def test_an_array_is_the_address_of_its_first_element():
    made = value("P.a", "int *")
    assert isinstance(made, t.AddressOf)
    assert made.type == PointerType(INT)
    assert isinstance(made.place, t.Index)
    assert constant(made.place.index) == 0


def test_the_address_of_memory_is_a_pointer_to_it():
    made = value("&P", "struct page *")
    assert isinstance(made, t.AddressOf)
    assert made.type == PointerType(StructType("page"))


def test_null_is_a_pointer_of_every_type():
    made = value("NULL", "struct page *")
    assert isinstance(made, t.Const)
    assert (made.value, made.type) == (0, PointerType(None))


@pytest.mark.parametrize("expr", ["p != NULL", "!p", "p && i", "p ? true : false"])
def test_pointers_have_a_truth(expr):
    assert value(expr, "bool").type == BOOL


def test_what_is_given_to_a_boolean_is_compared_with_zero():
    made = value("p->flags & 4", "bool")
    assert isinstance(made, t.Binary)
    assert made.operator == "!="


def test_what_may_not_fit_is_cast():
    made = value("word", "int")
    assert isinstance(made, t.Cast)
    assert made.type == INT
    assert not isinstance(value("i", "long"), t.Cast)


def test_casts_between_pointers_and_integers_are_explicit():
    assert isinstance(value("(unsigned long)p + 1", "unsigned long"), t.Binary)
    assert isinstance(value("(struct page *)(word - 1)", "struct page *"), t.Cast)


def test_choose_lists_its_options():
    made = value("choose(1, i, N)")
    assert isinstance(made, t.Choose)
    assert len(made.options) == 3
    ranged = value("choose(-1 .. N)")
    assert isinstance(ranged, t.Choose)
    assert [constant(option) for option in ranged.options] == [-1, 0, 1, 2, 3]


@pytest.mark.parametrize("operator", ["+", "-", "|", "&", "^"])
def test_compound_assignment_to_memory_is_a_load_and_a_store(operator):
    (store,) = body(f"x {operator}= i;")
    assert isinstance(store, t.Store)
    assert isinstance(store.value, t.Binary)
    assert store.value.operator == operator
    assert isinstance(store.value.left, t.Load)


@pytest.mark.parametrize(("text", "operator"), [("i++;", "+"), ("--i;", "-"), ("i -= 1;", "-")])
def test_steps_of_a_register_are_assignments(text, operator):
    (assign,) = body(text)
    assert isinstance(assign, t.Assign)
    assert assign.name == "i"
    assert isinstance(assign.value, t.Binary)
    assert assign.value.operator == operator


def test_a_declaration_is_the_assignment_of_its_initial_value_or_none():
    first, second = body("int a, *b = &x;")
    assert isinstance(first, t.Declare)
    assert first.name == "a"
    assert isinstance(second, t.Assign)
    assert second.type == PointerType(INT)


def test_inner_names_are_told_apart_from_outer_ones():
    made = body("int a = 1; { int a = 2; a = 3; } a = 4; { int a = a; }")
    names = [item.name for item in made if isinstance(item, t.Assign)]
    assert names == ["a", "a.2", "a.2", "a", "a.3"]
    last = made[-1]
    assert isinstance(last, t.Assign)
    assert isinstance(last.value, t.Local)
    assert last.value.name == "a"


def test_the_variable_of_a_for_loop_lives_in_the_loop():
    (loop, after) = body("for (int k = 0; k < 3; k++) bound 4 { continue; } int k = 7;")
    assert isinstance(loop, t.Loop)
    assert (loop.test_first, loop.bound, len(loop.initial), len(loop.step)) == (True, 4, 1, 1)
    assert isinstance(after, t.Assign)
    assert after.name == "k.2"


def test_loops_keep_where_they_test():
    first, second, third = body("while (x) { break; } do { } while (x) bound N; for (;;) bound 2 { }")
    assert isinstance(first, t.Loop)
    assert (first.test_first, first.bound) == (True, None)
    assert isinstance(second, t.Loop)
    assert (second.test_first, second.bound) == (False, 3)
    assert isinstance(third, t.Loop)
    assert constant(third.condition) == 1


def test_statements_of_the_language_itself():
    made = body("await (x == 1); assert(i); assert(i, named); assume(i); slot wmb; if (i) x = 1; else x = 2; return;")
    assert [type(item) for item in made] == [t.Await, t.Assert, t.Assert, t.Assume, t.Slot, t.If, t.Return]
    assert [item.property for item in made if isinstance(item, t.Assert)] == ["asserts", "named"]


def test_the_address_of_a_local_is_an_argument():
    _, call = body("int out; set(&out);")
    assert isinstance(call, t.Evaluate)
    assert isinstance(call.value, t.Call)
    (argument,) = call.value.arguments
    assert isinstance(argument, t.LocalAddress)
    assert (argument.name, argument.type) == ("out", PointerType(INT))


@pytest.mark.parametrize(
    "code",
    [
        "if (x) return 1; else return 2;",
        "while (true) bound 2 { if (x) return 1; }",
        "for (;;) bound 2 { return 1; }",
        "do { return 1; } while (x) bound 2;",
        "{ { return 1; } }",
    ],
)
def test_a_function_that_always_returns_needs_nothing_at_its_end(code):
    assert load_text(f"int x; fn f() -> int {{ {code} }}").functions["f"].body


def test_functions_may_be_used_before_they_are_declared():
    assert load_text("fn f() -> int { return g(); } fn g() -> int { return 1; }")


# ── scenarios ────────────────────────────────────────────────────────────────────────────────────────────────────────


def scenario(text: str) -> t.Scenario:
    return load_text(f"{PAGE}\nscenario s {{ {text} }}").scenarios["s"]


def test_a_ghost_is_a_register_of_its_thread():
    made = scenario("ghost int g; thread a { g = 1; set(&g); int g = 2; g += 1; } property p : g == 2;")
    first, second, third, fourth = made.threads[0].body
    assert isinstance(first, t.Assign)
    assert first.name == "g"
    assert isinstance(second, t.Evaluate)
    assert isinstance(third, t.Assign)
    assert isinstance(fourth, t.Assign)
    assert (third.name, fourth.name) == ("g.2", "g.2")
    condition = made.properties[0].condition
    assert isinstance(condition, t.Binary)
    assert isinstance(condition.left, t.Local)
    assert condition.left.name == "g"


def test_a_handler_may_assign_the_ghosts_of_the_thread_it_interrupts():
    made = scenario("ghost int g; thread a { g = 1; } interrupt a by set(&g);")
    assert made.interrupts[0].thread == "a"


def test_init_and_properties_see_atomics_directly():
    made = scenario("init { refs = 2; lock = true; P.count = pure(1); x = choose(1, 2); } property p : refs == 2 && !lock;")
    assert [store.primitive for store in made.initial] == ["plain_store"] * 4
    assert made.properties


def test_properties_may_call_functions_that_load():
    assert scenario("property p : reads() == 1; cover c : atomic_read(&refs) == 0;").covers


def test_threads_may_share_a_cpu():
    made = scenario("thread a on cpu0 { } thread b on cpu0 { } thread c { }")
    assert [thread.cpu for thread in made.threads] == ["cpu0", "cpu0", None]


def test_variables_keep_their_initial_values():
    made = scenario("int a = N, *q = &a; spinlock_t l = true;")
    assert constant(made.variables[0].initial) == 3
    assert isinstance(made.variables[1].initial, t.AddressOf)
    assert constant(made.variables[2].initial) == 1


CLAIM = "theorem t { s shows asserts under sc expect proved; }"


# ── theorems ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_theorem_is_its_claims():
    theorem = load(SAMPLE).theorems["fix_is_enough"]
    assert (theorem.claim, theorem.doc) == ("C7", "It suffices,\non every model.")
    first, second, third = theorem.claims
    assert first.settings == (("FIX", 1), ("wmb", 2), ("FLUSH", 2))
    assert (first.properties, first.models) == (("owns", "asserts", "fine"), ("sc", "x86-tso"))
    assert (first.covering, first.expect) == (("raced",), "proved")
    assert (second.models, second.covering, second.expect) == (("armv8/arm64-lse", "armv8"), (), "refuted")
    assert (third.settings, third.covering, third.expect) == ((), None, "vacuous")


def test_a_switch_of_numbers_has_their_values():
    made = load_text("config N : 2 .. 4 = 3; scenario s { } theorem t { s with N = 4 shows asserts under sc expect proved; }")
    switch = made.switches["N"]
    assert (switch.values, switch.values[switch.default], switch.is_number) == (("2", "3", "4"), "3", True)
    assert made.theorems["t"].claims[0].settings == (("N", 2),)


def test_a_theorem_says_what_the_model_flags():
    made = load_text("scenario s { } theorem t { s shows asserts under lkmm expect proved with data-race, odd-one; }")
    assert made.theorems["t"].claims[0].flags == ("data-race", "odd-one")


@pytest.mark.parametrize(
    ("before", "doc"),
    [
        ("// one\n", "one"),
        ("// one\n//   two\n", "one\ntwo"),
        ("// apart\n\n", ""),
        ("int x; // not mine\n", ""),
        ("/* block */\n", "block"),
        ("/*\n * two\n * lines\n */\n", "two\nlines"),
        ("", ""),
    ],
)
def test_the_comment_before_a_theorem_is_its_documentation(before, doc):
    assert load_text("scenario s { }\n" + before + CLAIM).theorems["t"].doc == doc


def test_assertions_named_in_functions_are_properties_of_the_scenario():
    text = "fn g() { assert(true, deep); } fn f() { g(); } scenario s { thread a { f(); } }"
    assert load_text(f"{text} theorem t {{ s shows deep under sc expect proved; }}").theorems


@pytest.mark.parametrize(
    "items",
    [
        "thread a { look(); }",
        "thread a { through(); }",
        "thread a { } interrupt a by look();",
        "thread a { } interrupt a by through();",
    ],
)
def test_a_theorem_may_ask_for_what_an_assert_names_wherever_that_stands(items):
    text = "int x; fn look() { assert(READ_ONCE(x) == 0, quiet); } fn through() { look(); }"
    unit = load_text(f"{text} scenario s {{ {items} }} theorem t {{ s shows quiet under sc expect proved; }}")
    assert unit.theorems["t"].claims[0].properties == ("quiet",)
