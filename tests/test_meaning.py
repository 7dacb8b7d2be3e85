"""What small programs mean: each verdict follows from docs/language.md, C, or the models, for the reason beside it.

The programs lie where a text is easily taken to mean something else: sections and grace periods, the ways in which a thread
ends, where interrupts come, what a wait leaves behind, values that come from nowhere, integers.
"""

from dataclasses import dataclass

import pytest

from gupproof.proving.result import Verdict
from tests.support.verdicts import results

MACHINES = ("x86-tso", "armv8", "riscv", "power")
WEAK = ("armv8", "riscv", "power", "lkmm")
ALL = ("sc", *MACHINES, "lkmm")
PROVED, REFUTED, VACUOUS = Verdict.PROVED, Verdict.REFUTED, Verdict.VACUOUS


@dataclass(frozen=True)
class Case:
    """A text with one property, the models that refute it (None: it is vacuous under all), and the reason."""

    name: str
    text: str
    refuted: tuple[str, ...] | None
    reason: str

    def __str__(self) -> str:
        return self.name


TWO = "int x, y; ghost int r, q;"
UNLOCK = "rcu_read_lock(); WRITE_ONCE(x, 1); rcu_read_unlock();"
CASES = (
    # ── sections are no barriers ─────────────────────────────────────────────────────────────────────────────────────
    Case(
        "an unlock does not order stores",
        f"{TWO} thread a {{ {UNLOCK} WRITE_ONCE(y, 1); }} thread b {{ r = READ_ONCE(y); smp_rmb(); q = READ_ONCE(x); }}"
        "thread c { synchronize_rcu(); } property p : r == 0 || q == 1;",
        WEAK,
        "MP without order between the stores",
    ),
    Case(
        "a lock does not order stores",
        f"{TWO} thread a {{ WRITE_ONCE(x, 1); rcu_read_lock(); WRITE_ONCE(y, 1); rcu_read_unlock(); }}"
        "thread b { r = READ_ONCE(y); smp_rmb(); q = READ_ONCE(x); }"
        "thread c { synchronize_rcu(); } property p : r == 0 || q == 1;",
        WEAK,
        "MP without order between the stores",
    ),
    Case(
        "a section is no full barrier",
        f"{TWO} thread a {{ {UNLOCK} r = smp_load_acquire(&y); }} thread b {{ WRITE_ONCE(y, 1); smp_mb(); q = READ_ONCE(x); }}"
        "thread c { synchronize_rcu(); } property p : r == 1 || q == 1;",
        (*MACHINES, "lkmm"),
        "SB with one barrier",
    ),
    Case(
        "an srcu section is no barrier",
        f"struct srcu_struct ss; {TWO} thread a {{ int i = srcu_read_lock(&ss); WRITE_ONCE(x, 1); srcu_read_unlock(&ss, i);"
        " WRITE_ONCE(y, 1); } thread b { r = READ_ONCE(y); smp_rmb(); q = READ_ONCE(x); }"
        "thread c { synchronize_srcu(&ss); } property p : r == 0 || q == 1;",
        WEAK,
        "MP without order between the stores",
    ),
    # ── grace periods order ──────────────────────────────────────────────────────────────────────────────────────────
    Case(
        "a section sees all or nothing of a grace period",
        f"{TWO} thread a {{ rcu_read_lock(); r = READ_ONCE(x); q = READ_ONCE(y); rcu_read_unlock(); }}"
        "thread b { WRITE_ONCE(y, 1); synchronize_rcu(); WRITE_ONCE(x, 1); } property p : r == 0 || q == 1;",
        (),
        "the guarantee (Documentation/RCU/Design/Requirements)",
    ),
    Case(
        "and the other way round",
        f"{TWO} thread a {{ rcu_read_lock(); r = READ_ONCE(x); WRITE_ONCE(y, 1); rcu_read_unlock(); }}"
        "thread b { q = READ_ONCE(y); synchronize_rcu(); WRITE_ONCE(x, 1); } property p : r == 0 || q == 0;",
        (),
        "the guarantee",
    ),
    Case(
        "one grace period does not do for two sections in a row",
        "int x, y, z; ghost int r, q, s; thread a { rcu_read_lock(); r = READ_ONCE(x); WRITE_ONCE(y, 1); rcu_read_unlock(); }"
        "thread b { rcu_read_lock(); q = READ_ONCE(y); WRITE_ONCE(z, 1); rcu_read_unlock(); }"
        "thread c { s = READ_ONCE(z); synchronize_rcu(); WRITE_ONCE(x, 1); } property p : r == 0 || q == 0 || s == 0;",
        WEAK,
        "as many sections as grace periods are needed to forbid a cycle: RCU+2 sections, 1 grace period (ASPLOS 2018)",
    ),
    Case(
        "two grace periods do",
        "int x, y, z, w; ghost int r, q, s, t; thread a { rcu_read_lock(); r = READ_ONCE(x); WRITE_ONCE(y, 1);"
        " rcu_read_unlock(); }"
        "thread b { rcu_read_lock(); q = READ_ONCE(y); WRITE_ONCE(z, 1); rcu_read_unlock(); }"
        "thread c { s = READ_ONCE(z); synchronize_rcu(); WRITE_ONCE(w, 1); }"
        "thread d { t = READ_ONCE(w); synchronize_rcu(); WRITE_ONCE(x, 1); } property p : r == 0 || q == 0 || s == 0"
        " || t == 0;",
        (),
        "as many grace periods as sections",
    ),
    Case(
        "a grace period of one domain does not wait for another's readers",
        f"struct srcu_struct s1, s2; {TWO}"
        "thread a { int i = srcu_read_lock(&s1); r = READ_ONCE(x); q = READ_ONCE(y); srcu_read_unlock(&s1, i); }"
        "thread b { WRITE_ONCE(y, 1); synchronize_srcu(&s2); WRITE_ONCE(x, 1); } property p : r == 0 || q == 1;",
        WEAK,
        "the domains have nothing to do with each other; the loads may be reordered",
    ),
    Case(
        "a grace period waits for the readers of its domain",
        f"struct srcu_struct ss; {TWO}"
        "thread a { int i = srcu_read_lock(&ss); r = READ_ONCE(x); q = READ_ONCE(y); srcu_read_unlock(&ss, i); }"
        "thread b { WRITE_ONCE(y, 1); synchronize_srcu(&ss); WRITE_ONCE(x, 1); } property p : r == 0 || q == 1;",
        (),
        "the guarantee",
    ),
    Case(
        "a callback comes after a grace period",
        f"{TWO} thread a {{ rcu_read_lock(); r = READ_ONCE(x); q = READ_ONCE(y); rcu_read_unlock(); }}"
        "thread b { WRITE_ONCE(y, 1); call_rcu(set(&x)); } property p : r == 0 || q == 1;",
        (),
        "the guarantee",
    ),
    Case(
        "a callback does not hold up the thread that queues it",
        f"{TWO} thread a {{ rcu_read_lock(); r = READ_ONCE(x); q = READ_ONCE(y); rcu_read_unlock(); }}"
        "thread b { WRITE_ONCE(y, 1); call_rcu(set(&y)); smp_wmb(); WRITE_ONCE(x, 1); } property p : r == 0 || q == 1;",
        WEAK,
        "MP without order between the loads; no grace period stands between the stores",
    ),
    Case(
        "a callback comes after what was done before it was queued",
        f"{TWO} thread a {{ WRITE_ONCE(x, 1); call_rcu(copy(&x, &y)); }} property p : y == 1;",
        (),
        "as if by a full barrier (include/linux/rcupdate.h, call_rcu(): memory ordering guarantees)",
    ),
    Case(
        "a callback queued in a section waits for it",
        "int x, y; ghost int r; thread a { rcu_read_lock(); call_rcu(set(&x)); r = READ_ONCE(x); rcu_read_unlock(); }"
        "property p : r == 0;",
        (),
        "the section began before the grace period",
    ),
    # ── grace periods that have not ended ────────────────────────────────────────────────────────────────────────────
    Case(
        "an assert behind a grace period does not fire before it has ended",
        "int x, used; thread a { rcu_read_lock(); if (READ_ONCE(x) == 0) { WRITE_ONCE(used, 1); WRITE_ONCE(used, 0); }"
        " rcu_read_unlock(); } thread b { WRITE_ONCE(x, 1); synchronize_rcu(); assert(READ_ONCE(used) == 0); }",
        (),
        "the section is over, or sees x",
    ),
    Case(
        "what is poisoned after a grace period is not met in a section",
        "struct obj o; struct obj *gp; int word; ghost int v; init { gp = &o; o.data = &word; }"
        "thread a { rcu_read_lock(); struct obj *p = rcu_dereference(gp); if (p) { v = READ_ONCE(*READ_ONCE(p->data)); }"
        " rcu_read_unlock(); } thread b { rcu_assign_pointer(gp, NULL); synchronize_rcu(); WRITE_ONCE(o.data, NULL); }"
        "property p : true;",
        (),
        "a section that faults has not ended, and the grace period has not either",
    ),
    Case(
        "what is poisoned without a grace period is",
        "struct obj o; struct obj *gp; int word; ghost int v; init { gp = &o; o.data = &word; }"
        "thread a { rcu_read_lock(); struct obj *p = rcu_dereference(gp); if (p) { v = READ_ONCE(*READ_ONCE(p->data)); }"
        " rcu_read_unlock(); } thread b { rcu_assign_pointer(gp, NULL); WRITE_ONCE(o.data, NULL); } property p : true;",
        ALL,
        "nothing keeps the updater from being faster",
    ),
    Case(
        "a section that waits for ever keeps grace periods from ending",
        "int x, y; ghost bool d; thread a { rcu_read_lock(); await (READ_ONCE(y) == 1); rcu_read_unlock(); }"
        "thread b { await (READ_ONCE(x) == 1); synchronize_rcu(); d = true; assert(false); }"
        "thread c { WRITE_ONCE(x, 1); } property p : true;",
        ALL,
        "the section may as well begin after the grace period: the assert is reached",
    ),
    # ── ends ─────────────────────────────────────────────────────────────────────────────────────────────────────────
    Case(
        "a fault counts though the thread that would prevent it has not run",
        "struct obj o; struct obj *gp; ghost int v;"
        "thread a on cpu0 { preempt_disable(); v = READ_ONCE(*READ_ONCE(gp->data)); preempt_enable(); }"
        "thread b on cpu0 { WRITE_ONCE(gp, &o); } property p : true;",
        ALL,
        "a runs first",
    ),
    Case(
        "a division by zero ends its thread",
        "int x; ghost int r; thread a { r = 1 / READ_ONCE(x); assert(false, never); } property p : true;",
        ALL,
        "a fault refutes every property",
    ),
    Case(
        "nothing follows an index that is out of range",
        "int x, y; int a[2]; ghost int r; thread t { if (READ_ONCE(y) == 1) { r = READ_ONCE(a[READ_ONCE(x) + 2]); r = 7; } }"
        "property p : r != 7;",
        (),
        "y is never 1",
    ),
    Case(
        "an assert counts in an execution that never ends",
        "int x; thread a { WRITE_ONCE(x, 1); await (READ_ONCE(x) == 2); } thread b { assert(READ_ONCE(x) == 0); }",
        ALL,
        "b looks after a has written",
    ),
    Case(
        "an assert behind a wait for nothing",
        "int x; thread a { await (READ_ONCE(x) == 1); assert(READ_ONCE(x) == 7); }",
        None,
        "none",
    ),
    Case(
        "an assert behind what is assumed",
        "int x; thread a { assume(READ_ONCE(x) == 1); assert(READ_ONCE(x) == 7); }",
        None,
        "none",
    ),
    Case(
        "an assert behind its own lock",
        "spinlock_t l; int x; thread a { spin_lock(&l); spin_lock(&l); assert(x == 7); }",
        None,
        "none",
    ),
    Case(
        "an assert in an execution that is dropped later",
        "int x; thread a { assert(READ_ONCE(x) == 7); assume(false); }",
        None,
        "none",
    ),
    Case(
        "a property where what is assumed never holds",
        "int x; ghost int r; thread a { assume(READ_ONCE(x) == 1); r = 3; } property p : r == 5;",
        None,
        "none",
    ),
    Case(
        "a property where nothing ends",
        "int x; ghost int r; thread a { await (READ_ONCE(x) == 1); } property p : r == 5;",
        None,
        "none",
    ),
    # ── interrupts ───────────────────────────────────────────────────────────────────────────────────────────────────
    Case(
        "an interrupt comes between two looks at a ghost",
        "ghost bool a, b, c; thread t { a = c; b = c; } interrupt t by mark(&c); property p : a == b;",
        ALL,
        "a = false, the interrupt, b = true",
    ),
    Case(
        "an interrupt comes before the first look",
        "ghost bool a, c; thread t { a = c; } interrupt t by mark(&c); property p : !a;",
        ALL,
        "the interrupt is first",
    ),
    Case(
        "an interrupt comes after the last statement",
        "ghost bool a, c; thread t { a = c; } interrupt t by mark(&c); property p : a == c;",
        ALL,
        "the interrupt is last",
    ),
    Case(
        "no interrupt comes where they are off",
        "ghost bool a, b, c; thread t { local_irq_disable(); a = c; b = c; local_irq_enable(); } interrupt t by mark(&c);"
        "property p : a == b;",
        (),
        "both looks are in the section",
    ),
    Case(
        "enabling enables, however often interrupts were disabled",
        "ghost bool a, b, c; thread t { local_irq_disable(); local_irq_disable(); local_irq_enable(); a = c; b = c; }"
        "interrupt t by mark(&c); property p : a == b;",
        ALL,
        "include/linux/irqflags.h: nothing is counted",
    ),
    Case(
        "what was saved comes back",
        "ghost bool a, b, c; thread t { local_irq_save(); local_irq_save(); local_irq_restore(); a = c; b = c;"
        " local_irq_restore(); }"
        "interrupt t by mark(&c); property p : a == b;",
        (),
        "the inner restore brings back interrupts off",
    ),
    Case(
        "restoring what was enabled enables",
        "ghost bool a, b, c; thread t { local_irq_save(); local_irq_disable(); local_irq_restore(); a = c; b = c; }"
        "interrupt t by mark(&c); property p : a == b;",
        ALL,
        "interrupts were on when saved",
    ),
    Case(
        "a handler's branch ends with it",
        "int x; ghost int r; ghost bool c; thread t { r = 1; if (c) r = 2; } interrupt t by mark(&c); property p : r != 2;",
        ALL,
        "the interrupt comes before the look",
    ),
    Case(
        "callbacks of callbacks come after what precedes the first",
        f"{TWO} thread a {{ WRITE_ONCE(x, 1); call_rcu(again(&y)); }}"
        "thread b { rcu_read_lock(); r = READ_ONCE(y); q = READ_ONCE(x); rcu_read_unlock(); } property p : r == 0 || q == 1;",
        (),
        "what precedes call_rcu() comes before the callback, which does nothing but queue another; the section began before"
        " neither grace period",
    ),
    Case(
        "what interrupts a grace period is neither before it nor behind it",
        "int x, y, w, u; ghost int a, p, q, h; thread g { WRITE_ONCE(x, 1); synchronize_rcu(); WRITE_ONCE(y, 1); }"
        "interrupt g by look(&u, &h, &w);"
        "thread c { rcu_read_lock(); a = READ_ONCE(x); WRITE_ONCE(u, 1); rcu_read_unlock(); }"
        "thread d { rcu_read_lock(); p = READ_ONCE(w); q = READ_ONCE(y); rcu_read_unlock(); }"
        "property p : !(a == 0 && h == 1 && p == 0 && q == 1);",
        ALL,
        "one section ends after the interrupt and before the grace period does, another begins after that did and before"
        " the interrupt",
    ),
    Case(
        "an interrupt comes between an atomic and its barriers, where they are apart",
        "int x, y, w; atomic_t k; ghost int h, r, q; thread t { WRITE_ONCE(x, 1); atomic_inc_return(&k); WRITE_ONCE(y, 1); }"
        "interrupt t by count(&k, &h, &w);"
        "thread o { r = atomic_read(&k); smp_rmb(); q = READ_ONCE(w); } property p : !(h == 1 && r == 1 && q == 0);",
        ("power", "lkmm"),
        "sync; interrupt; lwarx, stwcx.: nothing orders the interrupt's store before the atomic's; elsewhere the atomic is one"
        " instruction, or its store a release",
    ),
    Case(
        "a failed exchange is no barrier, whatever may come in between",
        f"{TWO} int z, m; ghost int h; thread a {{ WRITE_ONCE(x, 1); cmpxchg(&z, 5, 6); r = READ_ONCE(y); }}"
        "interrupt a by look(&m, &h, &m); thread b { WRITE_ONCE(y, 1); smp_mb(); q = READ_ONCE(x); }"
        "property p : r == 1 || q == 1;",
        ("armv8", "riscv", "lkmm"),
        "SB with one barrier; LOCK CMPXCHG is one whatever it finds, and Power's sync comes first",
    ),
    # ── what is no object ────────────────────────────────────────────────────────────────────────────────────────────
    Case(
        "a field far behind NULL is no object",
        "int x; ghost int r; thread a { struct big *p = NULL; r = p->far; } property p : true;",
        ALL,
        "an access through NULL",
    ),
    Case(
        "an element behind NULL is no object",
        "int x; struct node *p; thread a { p = NULL; (p + 1)->f = 1; } property p : true;",
        ALL,
        "arithmetic on NULL leads to no object",
    ),
    Case(
        "what lies behind an object is another one for nobody",
        "struct node n, m; thread a { struct node *p = &n; (p + 1)->f = 1; } property p : m.f == 1 || m.f == 0;",
        ALL,
        "n is no array",
    ),
    Case(
        "a pointer may go past the end of an array and come back",
        "struct node n[2]; thread a { struct node *p = &n[0]; p = p + 2; p = p - 1; p->f = 1; } property p : n[1].f == 1;",
        (),
        "one past the end is a pointer like others, if it is not followed",
    ),
    # ── out of thin air ──────────────────────────────────────────────────────────────────────────────────────────────
    Case(
        "a value chosen by a branch comes from the branch, on a machine",
        f"int go; {TWO} thread a {{ int v = 0; r = READ_ONCE(x); if (r == 1) v = 1; WRITE_ONCE(y, v); }}"
        "thread b { int w = 0; q = READ_ONCE(y); if (q == 1) w = 1; WRITE_ONCE(x, w); }"
        "thread c { if (READ_ONCE(go) == 1) WRITE_ONCE(x, 1); } property p : r == 0 || q == 0;",
        ("lkmm",),
        "a conditional move or a branch: a dependency either way; under lkmm control does not reach past the join"
        " (herd7: Sometimes)",
    ),
    Case(
        "with or without a thread that does nothing",
        f"{TWO} thread a {{ int v = 0; r = READ_ONCE(x); if (r == 1) v = 1; WRITE_ONCE(y, v); }}"
        "thread b { int w = 0; q = READ_ONCE(y); if (q == 1) w = 1; WRITE_ONCE(x, w); } property p : r == 0 || q == 0;",
        ("lkmm",),
        "the same",
    ),
    Case(
        "a value returned on a path comes from the path, on a machine",
        f"int go; {TWO} thread a {{ r = found(&x); WRITE_ONCE(y, r); }} thread b {{ q = found(&y); WRITE_ONCE(x, q); }}"
        "thread c { if (READ_ONCE(go) == 1) WRITE_ONCE(x, 1); } property p : r == 0 || q == 0;",
        ("lkmm",),
        "the same",
    ),
    Case(
        "nor does it come from nowhere by way of the thread's own memory",
        f"int go, s, t; {TWO} thread a {{ int v = 0; if (READ_ONCE(x) == 1) v = 1; WRITE_ONCE(s, v); r = READ_ONCE(s);"
        " WRITE_ONCE(y, r); } thread b { WRITE_ONCE(t, 0); if (READ_ONCE(y) == 1) WRITE_ONCE(t, 1); q = READ_ONCE(t);"
        " WRITE_ONCE(x, q); } thread c { if (READ_ONCE(go) == 1) WRITE_ONCE(x, 1); } property p : r == 0 || q == 0;",
        ("lkmm",),
        "no store behind a branch is seen before the branch is settled, forwarded values or not",
    ),
    Case(
        "a value that is copied in a circle comes from nowhere",
        f"int go; {TWO} thread a {{ r = x; y = r; }} thread b {{ q = y; x = q; }}"
        "thread c { if (READ_ONCE(go) == 1) WRITE_ONCE(x, 1); } property p : r == 0 || q == 0;",
        (),
        "herd7 finds no value for it under the kernel's model either",
    ),
    Case(
        "a branch on one side and a copy on the other",
        f"{TWO} thread a {{ int v = 1; if (READ_ONCE(x) == 0) v = 0; WRITE_ONCE(y, v); r = v; }}"
        "thread b { WRITE_ONCE(x, READ_ONCE(y)); } property p : r == 0;",
        ("lkmm",),
        "A. Stern, LKML, October 2020 (crypto-control-data): allowed by the kernel's model, impossible on machines",
    ),
    # ── integers ─────────────────────────────────────────────────────────────────────────────────────────────────────
    Case(
        "a sequence count goes round",
        "unsigned int seq; ghost unsigned int a; init { seq = 0xffffffff; } thread t { a = READ_ONCE(seq) + 1; }"
        "property p : a == 0 && (int)(a - 0xffffffff) > 0;",
        (),
        "C11 6.2.5, 6.3.1.3 with -fwrapv: time_after()",
    ),
    Case(
        "tickets go round",
        "u8 next, owner; ghost u8 mine; ghost bool free; init { next = 255; owner = 255; }"
        "thread t { mine = next++; owner++; free = next == owner; } property p : mine == 255 && free && next == 0;",
        (),
        "the count is of 8 bits",
    ),
    Case(
        "signed and unsigned are compared as unsigned",
        "int x; unsigned int u; ghost bool less; init { x = -1; } thread t { less = READ_ONCE(x) < READ_ONCE(u); }"
        " property p : !less;",
        (),
        "C11 6.3.1.8",
    ),
    Case(
        "a mask of unsigned int clears the upper half",
        "unsigned long w; ghost unsigned long g; init { w = 0xffffffff00000041; }"
        "thread t { unsigned int m = 63; g = w & ~m; } property p : g == 64;",
        (),
        "~m is of 32 bits, and is widened with zeroes",
    ),
    Case(
        "a mask of int keeps it",
        "unsigned long w; ghost unsigned long g; init { w = 0xffffffff00000041; } thread t { g = w & ~63; }"
        "property p : g == 0xffffffff00000040;",
        (),
        "~63 is -64, and is widened with ones",
    ),
    Case(
        "a count of int wraps",
        "atomic_t c; ghost bool n; init { c = 2147483647; } thread t { n = atomic_add_negative(1, &c); } property p : n;",
        (),
        "include/linux/atomic: atomics wrap",
    ),
    Case(
        "what an increment yields",
        "int x; ghost int a, b, c; thread t { a = x++; b = ++x; c = x--; } property p : a == 0 && b == 2 && c == 2 && x == 1;",
        (),
        "C11 6.5.2.4, 6.5.3.1",
    ),
    Case(
        "a store through a pointer keeps the type of the word",
        "u8 b; ghost int r; thread t { u8 *p = &b; int v = 257; *p = v; r = *p; } property p : r == 1;",
        (),
        "the lower eight bits",
    ),
)
SHARED = """
struct obj { int *data; };
struct node { int f; struct node *next; };
struct big { int a[9]; int far; };
fn set(int *p) { WRITE_ONCE(*p, 1); }
fn copy(int *from, int *to) { WRITE_ONCE(*to, READ_ONCE(*from)); }
fn mark(bool *c) { *c = true; }
fn again(int *p) { call_rcu(set(p)); }
fn look(int *from, int *seen, int *to) { *seen = 1 + READ_ONCE(*from); WRITE_ONCE(*to, 1); }
fn count(atomic_t *from, int *seen, int *to) { *seen = 1 + atomic_read(from); WRITE_ONCE(*to, 1); }
fn found(int *p) -> int { if (READ_ONCE(*p) == 1) return 1; return 0; }
"""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_program_means_what_the_reference_says(case: Case) -> None:
    found = results(f"{SHARED}\nscenario s {{ {case.text} }}", *ALL)
    verdicts = {
        (item.obligation.model, item.obligation.target): item.verdict for item in found if item.obligation.property != "never"
    }
    expected = {
        place: VACUOUS if case.refuted is None else REFUTED if place[0] in case.refuted else PROVED for place in verdicts
    }
    assert len(verdicts) == 7
    assert verdicts == expected, case.reason
