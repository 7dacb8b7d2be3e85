"""Every rule of the language, broken once: the code, and the text that the caret is under."""

import re
from pathlib import Path

import pytest

from gupproof.language import load_text
from gupproof.language.errors import MOST, table
from tests.language.support import PAGE, refusals

# Each: code, what the caret marks, the text. `@` stands for the declarations of PAGE.
CASES = [
    ("G001", ";", "fn f() { x + ; }"),
    ("G001", "void", "void f() { }"),
    ("G001", "=", "fn f() { if (x = 1) return; }"),
    ("G001", "out", "fn f() { goto out; }"),
    ("G001", "x_t", "int x_t;"),
    ("G001", "fred", "scenario s { fred }"),
    ("G001", "}", "theorem t { s shows a under }"),
    ("G002", "$", "fn f() { $ }"),
    ("G002", '"', 'theorem t "C7 { }'),
    ("G002", "é", "int é;"),
    ("G003", "{", "fn f() {"),
    ("G003", "(", "fn f("),
    ("G003", ";", "scenario s { int x;"),
    ("G004", "(" * 100 + "1" + ")" * 100, "fn f() { x = " + "(" * 500 + "1" + ")" * 500 + "; }"),
    ("G005", "/*", "int x; /* y"),
    ("G006", "12abc", "const N = 12abc;"),
    ("G006", "010", "const N = 010;"),
    ("G006", "0x1ffffffffffffffff", "const N = 0x1ffffffffffffffff;"),
    ("G007", "x + 1", "int x; fn f() { x + 1; }"),
    ("G007", "x", "int x; fn f() { x; }"),
    ("G008", "1", "fn f() {\n  int x = 1\n  int y;\n}"),
    ("G010", "use no.such;", "use no.such;"),
    ("G011", "y", "@fn f() { x = y; }"),
    ("G011", "nope", "@fn f() { nope(); }"),
    ("G011", "book", "@fn f(struct book *p) { }"),
    ("G011", "u_t", "u_t x;"),
    ("G011", "e", "enum e x;"),
    ("G011", "vmb", "@fn f() { slot vmb; }"),
    ("G012", "x", "@bool x;"),
    ("G012", "f", "fn f() { } fn f() { }"),
    ("G012", "a", "fn f() { int a; bool a; }"),
    ("G012", "a", "struct s { int a; int a; };"),
    ("G012", "s", "struct s { int a; }; struct s { int b; };"),
    ("G012", "s", "scenario s { } scenario s { }"),
    ("G012", "t", "scenario s { thread t { } thread t { } }"),
    ("G012", "p", "scenario s { property p : true; property p : true; }"),
    ("G012", "x", "@scenario s { int x; }"),
    ("G012", "g", "scenario s { int g; ghost int g; }"),
    ("G012", "t", "scenario s { } " + "theorem t { s shows asserts under sc expect proved; } " * 2),
    ("G061", "t", "theorem t { }"),
    ("G012", "pv", "@config OTHER : pv | no = no;"),
    ("G012", "atomic_t", "typedef int atomic_t;"),
    ("G013", "smp_mb", "fn smp_mb() { }"),
    ("G013", "xchg", "fn f(int xchg) { }"),
    ("G013", "cmpxchg", "fn f() { int cmpxchg; }"),
    ("G013", "VAL", "int VAL;"),
    ("G013", "set_bit", "scenario s { ghost int set_bit; }"),
    ("G013", "asserts", "scenario s { property asserts : true; }"),
    ("G013", "for", "fn for() { }"),
    ("G013", "if", "int if;"),
    ("G014", "pure", "@fn f() { x = pure; }"),
    ("G014", "wmb", "@fn f() { x = wmb; }"),
    ("G014", "smp_mb", "@fn f() { x = smp_mb; }"),
    ("G014", "x", "@fn f() { x(); }"),
    ("G014", "FIX", "@fn f() { slot FIX; }"),
    ("G014", "FIX", "@const M = FIX;"),
    ("G015", "VAL", "@fn f() { x = VAL; }"),
    ("G015", "x == 1", "@fn f() { x = smp_cond_load_acquire(&x, x == 1); }"),
    ("G020", "p", "@fn f(struct page *p) { x = p; }"),
    ("G020", "1", "@fn f(struct page *p) { p = 1; }"),
    ("G020", "&x", "@fn f(struct page *p) { p = &x; }"),
    ("G020", "p == 1", "@fn f(struct page *p) { if (p == 1) return; }"),
    ("G020", "p * 2", "@fn f(struct page *p) { x = (int)(p * 2); }"),
    ("G020", "1 + p", "@fn f(struct page *p) { p = 1 + p; }"),
    ("G020", "x", "@fn f() { *x = 1; }"),
    ("G020", "p", "@fn f(struct page *p) { x = -p; }"),
    ("G020", "FIX ? p : x", "@fn f(struct page *p) { p = FIX ? p : x; }"),
    ("G020", "p", "@fn f(struct page *p) { x = P.a[p]; }"),
    ("G020", "&i", "@fn f() { bool i; set(&i); }"),
    ("G021", "pure()", "@fn f() { x = pure(); }"),
    ("G021", "pure(1, 2)", "@fn f() { x = pure(1, 2); }"),
    ("G021", "smp_mb(1)", "@fn f() { smp_mb(1); }"),
    ("G021", "READ_ONCE()", "@fn f() { x = READ_ONCE(); }"),
    ("G021", "local_lock()", "@fn f() { local_lock(); }"),
    ("G022", "1", "@fn f() { 1 = x; }"),
    ("G022", "pure(1)", "@fn f() { set(&pure(1)); }"),
    ("G022", "x + 1", "@fn f() { WRITE_ONCE(x + 1, 1); }"),
    ("G023", "flag", "@fn f(struct page *p) { p->flag = 1; }"),
    ("G023", "p.flags", "@fn f(struct page *p) { p.flags = 1; }"),
    ("G023", "x.a", "@fn f() { x.a = 1; }"),
    ("G023", "P.next.flags", "@fn f() { P.next.flags = 1; }"),
    ("G024", "*p", "@fn f(struct page *p) { *p = 1; }"),
    ("G024", "P", "@fn f() { x = P; }"),
    ("G024", "P", "@fn f() { x = READ_ONCE(P); }"),
    ("G025", "i", "@fn f(int i) { x = READ_ONCE(i); }"),
    ("G025", "&i", "@fn f(int i) { smp_store_release(&i, 1); }"),
    ("G026", "refs", "@fn f() { refs = 1; }"),
    ("G026", "refs", "@fn f() { x = refs; }"),
    ("G026", "p->count", "@fn f(struct page *p) { p->count += 1; }"),
    ("G026", "refs", "@fn f() { x = READ_ONCE(refs); }"),
    ("G026", "refs", "@fn f() { x = xchg(&refs, 1); }"),
    ("G026", "x", "@fn f() { atomic_inc(&x); }"),
    ("G026", "refs", "@fn f() { spin_lock(&refs); }"),
    ("G026", "lock", "@fn f() { lock = 1; }"),
    ("G027", "&i", "@fn f(int i) { int *p = &i; }"),
    ("G027", "&i", "@fn f(int i) { if (&i == &x) return; }"),
    ("G028", "smp_mb()", "@fn f() { x = smp_mb(); }"),
    ("G028", "writes()", "@fn f() { x = writes(); }"),
    ("G028", "atomic_inc(&refs)", "@fn f() { x = atomic_inc(&refs); }"),
    ("G029", "P", "@fn f() { struct page P; }"),
    ("G029", "a", "@fn f() { atomic_t a; }"),
    ("G029", "a[2]", "@fn f() { int a[2]; }"),
    ("G029", "spinlock_t l", "fn f(spinlock_t l) { }"),
    ("G029", "x", "@fn f() { int y = smp_load_acquire(x); }"),
    ("G029", "P.dirty", "@fn f() { set_bit(0, &P.dirty); }"),
    ("G029", "1", "struct s { int a = 1; };"),
    ("G029", "struct s { struct s t; };", "struct s { struct s t; };"),
    ("G029", "1", "struct s { int a; }; struct s v = 1;"),
    ("G030", "&x", "int x; int a[&x];"),
    ("G030", "B", "const B = A; const A = B;"),
    ("G030", "f()", "const B = f(); fn f() -> int { return 1; }"),
    ("G031", "0", "int a[0];"),
    ("G031", "0", "@fn f() { while (x) bound 0 { } }"),
    ("G031", "2", "@fn f() { x = P.a[2]; }"),
    ("G031", "64", "@fn f() { set_bit(64, &word); }"),
    ("G031", "300", "@fn f() { u8 b = 300; }"),
    ("G046", "x++", "@fn f() { await (x++ == 1); }"),
    ("G031", "choose(3 .. 1)", "@fn f() { x = choose(3 .. 1); }"),
    ("G031", "0", "const A = 1 / 0;"),
    ("G031", "64", "const A = 1 << 64;"),
    ("G032", "no", "config C : a | b = no;"),
    ("G032", "smp_foo", "slot s : none | smp_foo = none;"),
    ("G032", "smp_store_mb", "slot s : plain | WRITE_ONCE | smp_store_mb = plain;"),
    ("G032", "test_bit", "slot s : plain | test_bit = plain;"),
    ("G032", "spin_lock", "slot s : spin_lock = spin_lock;"),
    ("G033", "none", "slot s : none | READ_ONCE = none;"),
    ("G033", "s", "slot s : plain = plain;"),
    ("G033", "WRITE_ONCE", "slot s : plain | READ_ONCE | WRITE_ONCE = plain;"),
    ("G033", "smp_mb", "slot s : plain | READ_ONCE | smp_mb = plain;"),
    ("G033", "plain", "slot s : plain | xchg = plain;"),
    ("G033", "atomic_read", "slot s : plain | READ_ONCE | atomic_read = plain;"),
    ("G033", "atomic_dec", "slot s : atomic_inc | atomic_dec = atomic_inc;"),
    ("G033", "cmpxchg", "slot s : xchg_relaxed | cmpxchg = cmpxchg;"),
    ("G034", "s", "slot s : smp_rmb | smp_wmb = smp_rmb;"),
    ("G034", "s", "slot s : xchg_acquire | xchg_release | xchg = xchg;"),
    ("G034", "rcu_dereference", "slot s : plain | READ_ONCE | rcu_dereference = plain;"),
    ("G035", "slot wmb(x)", "@fn f() { slot wmb(x); }"),
    ("G035", "slot look;", "@fn f() { slot look; }"),
    ("G011", "lok", "@fn f() { int r = slot lok(x); }"),
    ("G021", "slot look(x, 1)", "@fn f() { int r = slot look(x, 1); }"),
    ("G022", "x + 1", "@fn f() { int r = slot look(x + 1); }"),
    ("G026", "refs", "@fn f() { int r = slot look(refs); }"),
    ("G028", "slot publish(x, 1)", "@fn f() { int r = slot publish(x, 1); }"),
    ("G014", "look", "@fn f() { int r = look; }"),
    ("G050", "slot look(x)", "@scenario s { init { word = slot look(x); } }"),
    ("G051", "slot take(&x, 1)", "@scenario s { property p : slot take(&x, 1) == 1; }"),
    ("G053", "slot publish(x, 1)", "@scenario s { init { slot publish(x, 1); } }"),
    ("G032", "maybe", "@scenario s { } theorem t { s with FIX = maybe shows asserts under sc expect proved; }"),
    ("G040", "f()", "fn f() { f(); }"),
    ("G040", "f()", "fn f() { g(); } fn g() { f(); }"),
    ("G041", "f", "fn f() -> int { }"),
    ("G041", "f", "@fn f() -> int { if (x) return 1; }"),
    ("G041", "f", "@fn f() -> int { while (true) bound 2 { if (x) break; return 1; } }"),
    ("G042", "return 1;", "fn f() { return 1; }"),
    ("G042", "return;", "fn f() -> int { return; }"),
    ("G043", "break;", "fn f() { break; }"),
    ("G043", "continue;", "@fn f() { if (x) continue; }"),
    ("G044", "FIX", "@fn f() { FIX = false; }"),
    ("G044", "N", "@fn f() { N = 1; }"),
    ("G045", "&x", "@fn f() { if (atomic_try_cmpxchg(&refs, &x, 1)) return; }"),
    ("G050", "x", "int x; int y = x;"),
    ("G050", "reads()", "@int y = reads();"),
    ("G050", "x", "@scenario s { init { word = x; } }"),
    ("G050", "reads()", "@scenario s { init { word = reads(); } }"),
    ("G050", "READ_ONCE(x)", "@fn f() { if (test_and_set_bit_lock(READ_ONCE(x), &word)) return; }"),
    ("G051", "xchg(&x, 1)", "@scenario s { property p : xchg(&x, 1) == 1; }"),
    ("G051", "choose(1, 2)", "@scenario s { property p : x == choose(1, 2); }"),
    ("G051", "f()", "@fn f() -> int { writes(); return 1; } scenario s { cover p : f() == 1; }"),
    ("G052", "g = 2", "scenario s { ghost int g; thread a { g = 1; } thread b { g = 2; } }"),
    ("G052", "&g", "@scenario s { ghost int g; thread a { g = 1; } thread b { set(&g); } }"),
    ("G052", "&g", "@scenario s { ghost int g; thread a { g = 1; } thread b { } interrupt b by set(&g); }"),
    ("G052", "g", "@scenario s { ghost int g; thread a { g = 1; } thread b { x = g; } }"),
    ("G053", "if (x) x = 1;", "@scenario s { init { if (x) x = 1; } }"),
    ("G053", "x += 1", "@scenario s { init { x += 1; } }"),
    ("G053", "g = 1", "@scenario s { ghost int g; init { g = 1; } }"),
    ("G054", "g = 1", "scenario s { ghost int g = 1; }"),
    ("G054", "g[2]", "scenario s { ghost int g[2]; }"),
    ("G060", "prooved", "scenario s { } theorem t { s shows asserts under sc expect prooved; }"),
    ("G031", "3", "config N : 3 .. 3 = 3;"),
    ("G006", "07", "config N : 1 .. 07 = 1;"),
    ("G032", "5", "config N : 1 .. 4 = 5;"),
    (
        "G032",
        "many",
        "config N : 1 .. 4 = 1; scenario s { } theorem t { s with N = many shows asserts under sc expect proved; }",
    ),
    ("G060", "race", "scenario s { } theorem t { s shows asserts under sc expect refuted with race; }"),
    ("G012", "race", "scenario s { } theorem t { s shows asserts under sc expect proved with race, race; }"),
    ("G011", "r", "theorem t { r shows asserts under sc expect proved; }"),
    ("G011", "q", "scenario s { property p : true; } theorem t { s shows q under sc expect proved; }"),
    ("G011", "c", "scenario s { } theorem t { s shows asserts under sc covering c expect proved; }"),
    ("G011", "NO", "scenario s { } theorem t { s with NO = true shows asserts under sc expect proved; }"),
    ("G011", "b", "@scenario s { interrupt b by writes(); }"),
    ("G011", "r", "@theorem t { r places wmb for asserts under sc expect hopeless; }"),
    ("G011", "c", "@scenario s { } theorem t { s places wmb for asserts under sc covering c expect { }; }"),
    ("G012", "c", "@scenario s { cover c : true; } theorem t { s places wmb for asserts under sc covering c, c expect { }; }"),
    ("G011", "wnb", "@scenario s { } theorem t { s places wnb for asserts under sc expect { }; }"),
    ("G014", "FIX", "@scenario s { } theorem t { s places FIX for asserts under sc expect { }; }"),
    ("G012", "wmb", "@scenario s { } theorem t { s places wmb, wmb for asserts under sc expect { }; }"),
    ("G011", "q", "@scenario s { } theorem t { s places wmb for q under sc expect { }; }"),
    ("G012", "sc", "@scenario s { } theorem t { s places wmb for asserts under sc, sc expect { }; }"),
    ("G062", "wmb", "@scenario s { } theorem t { s with wmb = none places wmb for asserts under sc expect { }; }"),
    ("G011", "look", "@scenario s { } theorem t { s places wmb for asserts under sc expect { look = plain }; }"),
    ("G032", "smp_mb", "@scenario s { } theorem t { s places wmb for asserts under sc expect { wmb = smp_mb }; }"),
    ("G062", "wmb = none", "@scenario s { } theorem t { s places wmb for asserts under sc expect { wmb = none }; }"),
    ("G062", "{ }", "@scenario s { } theorem t { s places wmb for asserts under sc expect { wmb = smp_wmb } or { }; }"),
    ("G012", "{ }", "@scenario s { } theorem t { s places wmb for asserts under sc expect { } or { }; }"),
    (
        "G062",
        "{ take = xchg }",
        "@scenario s { } theorem t { s places take for asserts under sc expect { take = xchg_acquire } or { take = xchg }; }",
    ),
    (
        "G012",
        "wmb = smp_wmb",
        "@scenario s { } theorem t { s places wmb for asserts under sc expect { wmb = smp_wmb, wmb = smp_wmb }; }",
    ),
    ("G001", "hopeful", "scenario s { } theorem t { s places w for a under sc expect hopeful; }"),
]


@pytest.mark.parametrize(("code", "marked", "text"), CASES, ids=[f"{case[0]}-{case[2][:50]}" for case in CASES])
def test_a_broken_rule_is_reported_at_its_place(code, marked, text):
    found = refusals(text.replace("@", PAGE))
    assert [(item.code, item.marked) for item in found] == [(code, marked)]
    assert found[0].help
    assert found[0].rendered.count("^") >= 1


def test_every_rule_has_a_case():
    assert {case[0] for case in CASES} == {rule.code for rule in table()}


def test_codes_are_unique():
    codes = [rule.code for rule in table()]
    assert len(codes) == len(set(codes))


def test_the_documentation_lists_every_rule_as_the_code_has_it():
    text = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(G\d+)` \| (.*) \| (.*) \|$", text, re.MULTILINE)
    assert listed == [(rule.code, rule.meaning, rule.remedy) for rule in table()]


def test_several_errors_are_reported_in_one_run():
    found = refusals(f"{PAGE}\nfn f() {{ y = 1; x = z; }}\nfn g() {{ h(); }}")
    assert [item.marked for item in found] == ["y", "z", "h"]


def test_no_more_errors_than_anyone_reads_are_reported():
    assert len(refusals("fn f() { " + "a = 1; b = 2; " * 200 + "}")) == MOST


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("int count; fn f() { coumt = 1; }", "`count`"),
        ("fn try_get() { } fn f() { tri_get(); }", "`try_get`"),
        ("fn f() { smp_bm(); }", "`smp_mb`"),
        ("struct page { int x; }; struct pgae P;", "`page`"),
        ("struct page { int flags; }; struct page P; fn f() { P.flag = 1; }", "`flags`"),
        ("scenario s { } theorem t { s shows assert under sc expect proved; }", "`asserts`"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest_one(text, suggestion):
    if "shows assert " in text:
        text = text.replace("shows assert ", "shows assrts ")
    assert suggestion in refusals(text)[0].help


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("void f() { }", "has no `->`"),
        ("fn f() { goto out; }", "there is no goto"),
        ("fn f() { float c; }", "the integer types are"),
        ("static int x;", "leave `static` out"),
        ("int x_t;", "type names"),
        ("fn f() { while (x = y) { } }", "`==`"),
        ("foo() { }", "starts with `fn`"),
    ],
)
def test_habits_from_c_are_answered(text, remedy):
    assert remedy in refusals(text)[0].help


def test_a_duplicate_names_both_places():
    assert "first at <text>:1:5" in refusals("int x;\nbool x;")[0].message


def test_recursion_shows_the_circle():
    assert "f -> g -> h -> f" in refusals("fn f() { g(); } fn g() { h(); } fn h() { f(); }")[0].message


LOOK = "struct srcu_struct s; fn peek() -> int {{ {code} return 1; }} fn f() {{ await (peek() == 1); }}"


@pytest.mark.parametrize(
    "code",
    [
        "x = 1;", "WRITE_ONCE(x, 1);", "x++;", "xchg(&x, 1);", "atomic_inc(&refs);", "if (x) atomic_dec(&refs);",
        "smp_cond_load_acquire(&x, VAL == 1);", "await (x == 1);", "assert(x == 1);", "assume(x == 1);",
        "rcu_read_lock();", "synchronize_rcu();", "local_irq_disable();", "synchronize_srcu(&s);",
        "int i = srcu_read_lock(&s);",
    ],
)  # fmt: skip
def test_what_a_failing_round_of_a_wait_would_leave_behind_is_refused(code):
    (found,) = refusals(PAGE + LOOK.format(code=code))
    assert (found.code, found.marked) == ("G046", "peek()")


@pytest.mark.parametrize("code", ["smp_mb();", "slot wmb;", "int i = READ_ONCE(x) + 1;", "int i = choose(1, 2);"])
def test_a_wait_may_look_compute_and_order(code):
    load_text(PAGE + LOOK.format(code=code))


def test_memory_touched_by_a_callee_is_reported_with_its_place():
    found = refusals("int x; fn a() -> int { return b(); }\nfn b() -> int { return x; }\nint y = a();")
    assert "`b` does at <text>:2:24" in found[0].message


def test_a_cast_is_suggested_where_one_would_do():
    assert "`(unsigned long)`" in refusals("struct s { int a; }; struct s S; unsigned long w; fn f() { w = &S; }")[0].help
    assert "write NULL" in refusals("struct s { int a; }; fn f(struct s *p) { p = 0; }")[0].help
