"""Corners in which a proof would be wrong: accesses through NULL, in code and in properties; loops in properties."""

from gupproof.proving.result import Verdict
from tests.support.verdicts import verdicts

PROVED, REFUTED, UNKNOWN, VACUOUS = Verdict.PROVED, Verdict.REFUTED, Verdict.UNKNOWN, Verdict.VACUOUS
NODE = "struct node { int f; struct node *next; };"


def test_a_pointer_that_is_always_null_refutes_whatever_is_claimed_of_what_it_leads_to() -> None:
    text = f"""{NODE}
    scenario s {{
        struct node *p; int x; ghost int g;
        thread t {{ struct node *q = READ_ONCE(p); g = READ_ONCE(q->f); }}
        thread u {{ WRITE_ONCE(x, 1); }}
        property yes : g == 0;
        property no : g != 0;
        property other : x == 2;
    }}"""
    assert set(verdicts(text, "sc", "x86-tso", "armv8").values()) == {REFUTED}


def test_a_store_of_what_a_null_pointer_leads_to_refutes() -> None:
    text = f"""{NODE}
    scenario s {{
        struct node *p; int x, y; ghost int g;
        thread t {{ int v = READ_ONCE(READ_ONCE(p)->f) + READ_ONCE(y); WRITE_ONCE(x, v + 1); }}
        thread u {{ g = READ_ONCE(x); WRITE_ONCE(y, g); }}
        property ok : g == 0;
    }}"""
    assert verdicts(text) == {"ok": REFUTED}


def test_a_property_that_looks_through_null_does_not_hold() -> None:
    text = f"""{NODE}
    scenario s {{
        struct node *p; struct node n; ghost int g;
        thread t {{ WRITE_ONCE(p, &n); g = 1; }}
        property there : p->f == 0;
        property further : p->next->f == 0;
        property negated : !(p->next->f == 1);
        property guarded : p->next == NULL || p->next->f == 7;
    }}"""
    assert verdicts(text) == {"there": PROVED, "further": REFUTED, "negated": REFUTED, "guarded": PROVED}


def test_a_cover_that_looks_through_null_is_not_reached() -> None:
    text = f"""{NODE}
    scenario s {{
        struct node *p; ghost int g;
        thread t {{ g = 1; }}
        property ok : g == 1;
        cover never : p->f == 0;
    }}"""
    assert verdicts(text) == {"ok": VACUOUS}


def test_a_property_that_leaves_its_array_or_divides_by_zero_does_not_hold() -> None:
    text = """
    scenario s {
        int a[2], b[9]; ghost int g;
        thread t { g = 1; WRITE_ONCE(b[0], 7); }
        property inside : a[g] == 0;
        property outside : a[g + 1] == 0;
        property before : a[g - 2] == 0;
        property quotient : 1 / (g - 1) == 0;
        property remainder : 1 % (g - 1) == 1;
    }"""
    found = verdicts(text)
    assert found.pop("inside") == PROVED
    assert set(found.values()) == {REFUTED}


def test_a_property_whose_loop_is_cut_short_proves_nothing() -> None:
    text = f"""{NODE}
    fn count(struct node *p) -> int {{ int n = 0; while (p != NULL) bound 2 {{ p = p->next; n = n + 1; }} return n; }}
    scenario s {{
        struct node a, b, c; struct node *head;
        init {{ head = &a; a.next = &b; }}
        thread t {{ if (choose(0, 1)) WRITE_ONCE(%s, &c); }}
        property few : count(head) <= 2;
    }}"""
    assert verdicts(text % "b.next") == {"few": UNKNOWN}
    assert verdicts(text % "c.next") == {"few": PROVED}


def test_an_assert_that_no_path_reaches_is_vacuous() -> None:
    text = """
    config K : bool = false;
    scenario s {
        int x;
        thread t { if (K) { int r = READ_ONCE(x); assert(r == 1, never); } }
        thread u { assert(true, always); }
    }"""
    assert verdicts(text) == {"always": PROVED, "never": VACUOUS}
    assert verdicts(text, settings=("K=true",)) == {"always": PROVED, "never": REFUTED}


def test_what_follows_a_path_that_no_execution_takes_is_not_lost() -> None:
    text = f"""{NODE}
    fn look(struct node *q) -> int {{
        if (q == NULL) return 0;
        if (READ_ONCE(q->f) < 2) q = READ_ONCE(q->next);
        return READ_ONCE(q->f);
    }}
    scenario s {{
        struct node *p; int x;
        thread t {{ look(READ_ONCE(p)); WRITE_ONCE(x, 1); }}
        property done : x == 1;
        property lost : x == 0;
    }}"""
    assert verdicts(text) == {"done": PROVED, "lost": REFUTED}
