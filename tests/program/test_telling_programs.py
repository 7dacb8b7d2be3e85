"""Programs that tell a sound lowering from one with a small fault in it: each is near to a step that is easily left out.

Most are verdicts, with the reason beside each: docs/language.md, C, or the models. Where a verdict would need a large program,
the events themselves are looked at.
"""

from dataclasses import dataclass

import pytest

from gupproof.program.events import Kind
from gupproof.proving.result import Verdict
from tests.support.lowered import Lowered, result, thread
from tests.support.verdicts import results

MACHINES = ("x86-tso", "armv8", "riscv", "power")
WEAK = ("armv8", "riscv", "power", "lkmm")
ALL = ("sc", *MACHINES, "lkmm")
TWO = "int x, y; ghost int r, q;"
SHARED = """
struct obj { int *data; };
fn copy(int *from, int *to) { *to = *from; }
fn peek(int *x, int *y, int *r, int *q) { *r = READ_ONCE(*x); *q = READ_ONCE(*y); }
fn put(int *p, int v) { WRITE_ONCE(*p, v); }
fn section(int *p) { rcu_read_lock(); WRITE_ONCE(*p, 1); rcu_read_unlock(); }
"""


@dataclass(frozen=True)
class Case:
    """A text with one property, the models asked, those of them that refute it, and the reason."""

    name: str
    text: str
    asked: tuple[str, ...]
    refuted: tuple[str, ...]
    reason: str

    def __str__(self) -> str:
        return self.name


CASES = (
    # ── what is assumed, and where ───────────────────────────────────────────────────────────────────────────────────
    Case(
        "what is assumed on one path is not assumed on the other",
        "int x, y; ghost int g; thread t { int b = READ_ONCE(y); if (READ_ONCE(x) == 1) assume(b == 1); g = b; }"
        "thread w { WRITE_ONCE(y, 1); } property p : g == 1;",
        ("sc", "lkmm"),
        ("sc", "lkmm"),
        "x is 0, and nothing is assumed there",
    ),
    Case(
        "a property that looks through NULL in the end does not hold",
        "int x; ghost int *g; thread t { WRITE_ONCE(x, 1); } property p : *g == 0;",
        ("sc",),
        ("sc",),
        "g is NULL",
    ),
    Case(
        "a property that is asserted as well has to hold in the end",
        "int x; thread t { assert(READ_ONCE(x) == 0, p); WRITE_ONCE(x, 1); } property p : x == 0;",
        ("sc", "lkmm"),
        ("sc", "lkmm"),
        "the assert holds, and x is 1 in the end",
    ),
    Case(
        "a pointer between two objects is a fault",
        "int x; ghost int r; thread t { int *p = &x; p = p + (READ_ONCE(x) + 1); r = *p; } property p : true;",
        ("sc", "armv8"),
        ("sc", "armv8"),
        "x + 1 is the end of the object: it may be pointed to, and not be looked at (C11 6.5.6)",
    ),
    # ── interrupts ───────────────────────────────────────────────────────────────────────────────────────────────────
    Case(
        "an interrupt comes between two assignments to a ghost",
        "ghost int g, h; thread t { g = 1; g = 2; } interrupt t by copy(&g, &h); property p : h != 1;",
        ("sc", "armv8"),
        ("sc", "armv8"),
        "g is 1 in between",
    ),
    Case(
        "an interrupt comes between a store and the fence behind it",
        "int x, y; ghost int a, b, c; thread t { WRITE_ONCE(x, 1); smp_mb(); } thread u { WRITE_ONCE(y, 1); smp_mb();"
        " c = READ_ONCE(x); } interrupt t by peek(&x, &y, &a, &b); property p : a == 0 || b == 1 || c == 1;",
        ("sc", "x86-tso", "armv8"),
        ("x86-tso", "armv8"),
        "store buffering: the handler sees the store by forwarding, and only then comes the barrier",
    ),
    Case(
        "two interrupts come in either order at one point",
        "int x; ghost int r; thread t { int none = 0; } interrupt t by take(&x, &r); interrupt t by put(&x, 1);"
        "property p : r == 0;",
        ("sc",),
        ("sc",),
        "the second of the text comes first; there is no other point than the end",
    ),
    Case(
        "and in the order of the text",
        "int x; ghost int r; thread t { int none = 0; } interrupt t by put(&x, 1); interrupt t by take(&x, &r);"
        "property p : r == 0;",
        ("sc",),
        ("sc",),
        "the first of the text comes first",
    ),
    Case(
        "a handler depends on no branch of what it interrupts",
        f"{TWO} thread t {{ r = READ_ONCE(x); if (r == 1) {{ q = 1; q = 2; }} }} interrupt t by put(&y, 1);"
        "thread u { if (READ_ONCE(y) == 1) WRITE_ONCE(x, 1); } property p : r == 0;",
        ("sc", "x86-tso", "armv8", "riscv"),
        ("sc", "x86-tso", "armv8", "riscv"),
        "the interrupt comes first; under every model u may answer it before t reads",
    ),
    Case(
        "a handler's store comes before the read on whose branch it interrupts, on a weak machine",
        f"{TWO} thread t {{ r = READ_ONCE(x); if (r == 1) {{ q = q + 1; q = q + 1; }} }} interrupt t by mark(&y, &q);"
        "thread u { if (READ_ONCE(y) == 2) WRITE_ONCE(x, 1); } property p : r == 0;",
        ("sc", "x86-tso", "armv8", "riscv"),
        ("armv8", "riscv"),
        "load buffering: y becomes 2 between the assignments only, the handler's value comes from a register",
    ),
    Case(
        "a branch goes on to order what follows an interrupt",
        f"{TWO} thread t {{ r = READ_ONCE(x); if (r == 1) {{ q = 1; WRITE_ONCE(y, 1); }} }} interrupt t by copy(&q, &q);"
        "thread u { if (READ_ONCE(y) == 1) WRITE_ONCE(x, 1); } thread v { WRITE_ONCE(x, 2); } property p : r != 1;",
        ("sc", "armv8"),
        (),
        "load buffering with control dependencies",
    ),
    Case(
        "an interrupt comes while a thread runs that preempts another",
        f"{TWO} thread a on cpu0 {{ int none = 0; }} thread b on cpu0 {{ r = READ_ONCE(x); q = READ_ONCE(x); }}"
        "interrupt b by put(&x, 1); property p : r == q;",
        ("sc", "armv8"),
        ("sc", "armv8"),
        "between the two loads of b",
    ),
    Case(
        "what an interrupt does while a thread waits for readers is behind a full barrier when it goes on",
        "int u, v, x, y; ghost int r, q, s, h; thread a { WRITE_ONCE(u, 1); synchronize_rcu(); r = READ_ONCE(y); }"
        "interrupt a by look_and_put(&v, &h, &x); thread b { WRITE_ONCE(y, 1); smp_mb(); q = READ_ONCE(x); }"
        "thread c { rcu_read_lock(); s = READ_ONCE(u); WRITE_ONCE(v, 1); rcu_read_unlock(); }"
        "property p : s == 1 || h == 1 || r == 1 || q == 1 || x == 0;",
        ("x86-tso", "armv8"),
        (),
        "the section came before the grace period, and the handler before the section's end was seen: so before the barrier"
        " at the end of synchronize_rcu(), and its store and a's load are those of store buffering",
    ),
    Case(
        "a handler's section is not the interrupted one's",
        "int x, y, z; ghost int r, q; thread a { rcu_read_lock(); r = READ_ONCE(x); q = READ_ONCE(y); rcu_read_unlock(); }"
        "interrupt a by section(&z); thread b { WRITE_ONCE(y, 1); synchronize_rcu(); WRITE_ONCE(x, 1); }"
        "property p : r == 0 || q == 1;",
        ("sc", "armv8", "power"),
        (),
        "the guarantee: a's section goes on when the handler has left its own",
    ),
    Case(
        "a thread does not preempt where preemption is off",
        f"{TWO} thread a on cpu0 {{ preempt_disable(); r = READ_ONCE(x); q = READ_ONCE(x); preempt_enable(); }}"
        "thread b on cpu0 { WRITE_ONCE(x, 1); } property p : r == q;",
        ("sc", "armv8"),
        (),
        "both loads are in the section",
    ),
    Case(
        "nor where it was switched off twice, and on once",
        f"{TWO} thread a on cpu0 {{ preempt_disable(); preempt_disable(); preempt_enable(); r = READ_ONCE(x);"
        " q = READ_ONCE(x); preempt_enable(); } thread b on cpu0 { WRITE_ONCE(x, 1); } property p : r == q;",
        ("sc", "armv8"),
        (),
        "preempt_disable() counts",
    ),
    Case(
        "nor where interrupts are off",
        f"{TWO} thread a on cpu0 {{ local_irq_disable(); r = READ_ONCE(x); q = READ_ONCE(x); local_irq_enable(); }}"
        "thread b on cpu0 { WRITE_ONCE(x, 1); } property p : r == q;",
        ("sc", "armv8"),
        (),
        "the timer does not tick",
    ),
    Case(
        "interrupts that one arm of a branch switched off stay off",
        "int x, y; ghost int r, q; thread a { if (READ_ONCE(y) == 1) local_irq_disable(); r = READ_ONCE(x); q = READ_ONCE(x);"
        " } interrupt a by put(&x, 1); init { y = 1; } property p : r == q;",
        ("sc",),
        (),
        "y is 1, and both loads are behind it",
    ),
    Case(
        "and on where the other was taken",
        "int x, y; ghost int r, q; thread a { if (READ_ONCE(y) == 1) local_irq_disable(); r = READ_ONCE(x); q = READ_ONCE(x);"
        " } interrupt a by put(&x, 1); property p : r == q;",
        ("sc",),
        ("sc",),
        "y is 0",
    ),
    Case(
        "a switch to another thread of the CPU is a full barrier",
        "int x, y; ghost int r, q; thread a on cpu0 { WRITE_ONCE(x, 1); } thread b on cpu0 { r = READ_ONCE(y); }"
        "thread c { WRITE_ONCE(y, 1); smp_mb(); q = READ_ONCE(x); } property p : r == 1 || q == 1 || x == 0;",
        ("x86-tso",),
        ("x86-tso",),
        "b may run before a: r and q are both 0",
    ),
    Case(
        "a thread that was preempted is behind a full barrier when it goes on",
        "int x, y; ghost int r, q, s; thread a on cpu0 { s = READ_ONCE(x); r = READ_ONCE(y); } thread b on cpu0 {"
        " WRITE_ONCE(x, 1); } thread c { WRITE_ONCE(y, 1); smp_mb(); q = READ_ONCE(x); }"
        "property p : s == 0 || r == 1 || q == 1;",
        ("sc", "x86-tso", "armv8", "power"),
        (),
        "s is 1, so b has run before both reads, and the switch back orders its store before the read of y",
    ),
    Case(
        "a thread that preempts is behind a full barrier when it begins",
        "int x, y; ghost int r, q, s; thread a on cpu0 { WRITE_ONCE(x, 1); } thread b on cpu0 { s = READ_ONCE(x);"
        " r = READ_ONCE(y); } thread c { WRITE_ONCE(y, 1); smp_mb(); q = READ_ONCE(x); }"
        "property p : s == 0 || r == 1 || q == 1;",
        ("sc", "x86-tso", "armv8", "power"),
        (),
        "s is 1, so b came behind the store, and the switch orders it before the read of y",
    ),
    # ── sections and grace periods ───────────────────────────────────────────────────────────────────────────────────
    Case(
        "an inner section does not end the outer",
        f"{TWO} thread a {{ rcu_read_lock(); rcu_read_lock(); WRITE_ONCE(y, 1); rcu_read_unlock(); WRITE_ONCE(x, 1);"
        " rcu_read_unlock(); } thread b { r = READ_ONCE(y); synchronize_rcu(); q = READ_ONCE(x); }"
        "property p : r == 0 || q == 1; cover seen : r == 1;",
        ("sc", "armv8", "riscv", "power", "lkmm"),
        (),
        "the guarantee: the outer section is over when the grace period is",
    ),
    Case(
        "a section that one path has ended is still open on the other",
        "int x, y, z; ghost int r, q, c; thread a { rcu_read_lock(); WRITE_ONCE(y, 1); c = READ_ONCE(z);"
        " if (c) rcu_read_unlock(); WRITE_ONCE(x, 1); if (!c) rcu_read_unlock(); }"
        "thread b { r = READ_ONCE(y); synchronize_rcu(); q = READ_ONCE(x); } thread d { WRITE_ONCE(z, 1); WRITE_ONCE(z, 0); }"
        "property p : r == 0 || q == 1 || c == 1; cover seen : r == 1 && q == 1 && c == 0;",
        ("sc", "armv8"),
        (),
        "where c is 0 the store is in the section",
    ),
    Case(
        "a thread whose grace period has not ended does not go on behind a branch",
        "int x, z, used; thread a { rcu_read_lock(); if (READ_ONCE(x) == 0) { WRITE_ONCE(used, 1); WRITE_ONCE(used, 0); }"
        " rcu_read_unlock(); } thread b { WRITE_ONCE(x, 1); if (READ_ONCE(z) == 0) synchronize_rcu();"
        " assert(READ_ONCE(used) == 0); }",
        ("sc", "armv8"),
        (),
        "the section is over, or sees x",
    ),
    Case(
        "an unlock without a lock is a fault on the path that did not lock",
        "int x; thread a { if (READ_ONCE(x) == 1) rcu_read_lock(); rcu_read_unlock(); } property p : true;",
        ("sc",),
        ("sc",),
        "x is 0",
    ),
    Case(
        "a thread that waits for a section of its own waits for ever",
        "struct srcu_struct ss; int x; thread a { int i = srcu_read_lock(&ss); synchronize_srcu(&ss); assert(false);"
        " srcu_read_unlock(&ss, i); } property p : true;",
        ("sc", "armv8", "lkmm"),
        (),
        "the section ends behind the grace period that waits for it",
    ),
    Case(
        "a restore without a save is a fault on the path that did not save",
        "int x; thread a { if (READ_ONCE(x) == 1) local_irq_save(); local_irq_restore(); } property p : true;",
        ("sc",),
        ("sc",),
        "x is 0",
    ),
    Case(
        "a grace period is a full barrier at its beginning",
        "int x, y; ghost int r, q; thread a { WRITE_ONCE(x, 1); synchronize_rcu(); r = READ_ONCE(y); }"
        "thread b { WRITE_ONCE(y, 1); smp_mb(); q = READ_ONCE(x); } property p : r == 1 || q == 1;",
        ALL,
        (),
        "store buffering with barriers",
    ),
    Case(
        "what a thread's own section needs is done before its grace period ends",
        "int x, y; ghost bool d; thread a { rcu_read_lock(); await (READ_ONCE(x) == 1); rcu_read_unlock(); synchronize_rcu();"
        " d = true; } thread b { WRITE_ONCE(x, 1); } property p : !d || x == 1;",
        ("sc", "lkmm"),
        (),
        "program order",
    ),
    Case(
        "a section that was never left keeps grace periods from ending, under the kernel's model too",
        "int x, y; ghost bool d; thread a { rcu_read_lock(); WRITE_ONCE(x, 1); await (READ_ONCE(y) == 1); rcu_read_unlock(); }"
        "thread b { await (READ_ONCE(x) == 1); smp_mb(); synchronize_rcu(); assert(false); } property p : true;",
        ALL,
        (),
        "the section began before the grace period and never ends, so neither does that",
    ),
    Case(
        "synchronize_rcu() does not wait for readers of SRCU",
        f"struct srcu_struct ss; {TWO} thread a {{ int i = srcu_read_lock(&ss); r = READ_ONCE(x); q = READ_ONCE(y);"
        " srcu_read_unlock(&ss, i); } thread b { WRITE_ONCE(y, 1); synchronize_rcu(); WRITE_ONCE(x, 1); }"
        "property p : r == 0 || q == 1;",
        ("armv8", "power", "lkmm"),
        ("armv8", "power", "lkmm"),
        "the loads may be reordered, and no section of RCU is there",
    ),
    Case(
        "an index given back to another domain is a fault",
        "struct srcu_struct s1, s2; thread a { int i = srcu_read_lock(&s1); srcu_read_unlock(&s2, i); }"
        " thread b { synchronize_srcu(&s1); } property p : true;",
        ("sc", "armv8", "lkmm"),
        ("sc", "armv8", "lkmm"),
        "no section of s2 has it",
    ),
    Case(
        "a division by zero on a path that is not taken is no fault",
        "int x, y; ghost int r; thread t { if (READ_ONCE(y) == 1) r = 1 / READ_ONCE(x); } property p : true;",
        ("sc", "lkmm"),
        (),
        "y is 0",
    ),
    Case(
        "the other of two sections of a domain is still open",
        "struct srcu_struct ss; int x, y; thread a { int i = srcu_read_lock(&ss); int j = srcu_read_lock(&ss);"
        " srcu_read_unlock(&ss, j); WRITE_ONCE(x, 1); await (READ_ONCE(y) == 1); srcu_read_unlock(&ss, i); }"
        "thread b { await (READ_ONCE(x) == 1); smp_mb(); synchronize_srcu(&ss); assert(false); } property p : true;",
        ("sc", "armv8", "lkmm"),
        (),
        "the cookie i was not given back",
    ),
    Case(
        "a callback does not run before it was queued",
        f"{TWO} thread a {{ r = READ_ONCE(x); smp_mb(); call_rcu(put(&x, 1)); }} property p : r == 0;",
        ("sc", "x86-tso", "armv8", "lkmm"),
        (),
        "its store cannot be seen by what comes before the call",
    ),
    Case(
        "a callback that is never queued does not run",
        "int x, y; thread a { if (READ_ONCE(y) == 1) call_rcu(put(&x, 1)); } property p : x == 0;",
        ("sc", "lkmm"),
        (),
        "y is 0",
    ),
    Case(
        "a callback is behind a full barrier",
        "int x, y, z; ghost int q; thread a { WRITE_ONCE(x, 1); call_rcu(look(&y, &z)); } thread b { WRITE_ONCE(y, 1);"
        " smp_mb(); q = READ_ONCE(x); } property p : z == 2 || q == 1;",
        ("sc", "x86-tso", "armv8", "power", "lkmm"),
        (),
        "store buffering: z is 1 where the callback read y before b wrote it, and then b sees a's store",
    ),
    Case(
        "a callback in a section of its thread waits for it",
        "int x, y; ghost int r; thread a { rcu_read_lock(); call_rcu(put(&x, 1)); r = READ_ONCE(x); rcu_read_unlock(); }"
        "thread b { rcu_read_lock(); rcu_read_unlock(); } property p : r == 0;",
        ("sc", "armv8", "lkmm"),
        (),
        "the section began before the grace period",
    ),
    # ── atomics ──────────────────────────────────────────────────────────────────────────────────────────────────────
    Case(
        "a cmpxchg that fails orders nothing",
        "int x, y, z; ghost int r, q; thread a { WRITE_ONCE(x, 1); cmpxchg(&z, 5, 6); r = READ_ONCE(y); }"
        "thread b { WRITE_ONCE(y, 1); smp_mb(); q = READ_ONCE(x); } property p : r == 1 || q == 1;",
        ("sc", "armv8", "lkmm"),
        ("armv8", "lkmm"),
        "Documentation/atomic_t.txt: a conditional operation that fails is unordered",
    ),
    Case(
        "one that succeeds is a full barrier",
        "int x, y, z; ghost int r, q; thread a { WRITE_ONCE(x, 1); cmpxchg(&z, 0, 6); r = READ_ONCE(y); }"
        "thread b { WRITE_ONCE(y, 1); smp_mb(); q = READ_ONCE(x); } property p : r == 1 || q == 1;",
        ALL,
        (),
        "Documentation/atomic_t.txt",
    ),
    Case(
        "an exchange is a full barrier",
        "int x, y, z; ghost int r, q; thread a { WRITE_ONCE(x, 1); xchg(&z, 6); r = READ_ONCE(y); }"
        "thread b { WRITE_ONCE(y, 1); xchg(&z, 7); q = READ_ONCE(x); } property p : r == 1 || q == 1;",
        ALL,
        (),
        "Documentation/atomic_t.txt",
    ),
    Case(
        "what was released is seen by who acquires",
        f"{TWO} thread a {{ WRITE_ONCE(x, 1); smp_store_release(&y, 1); }} thread b {{ r = smp_load_acquire(&y);"
        " q = READ_ONCE(x); } property p : r == 0 || q == 1;",
        ALL,
        (),
        "message passing",
    ),
    Case(
        "a shift by more than the width of its left operand is a fault, whatever the type of the other",
        "int x; ghost long r; thread t { unsigned long n = 40; r = 1 << n; } property p : true;",
        ("sc",),
        ("sc",),
        "C11 6.5.7: the type of the result is that of the promoted left operand",
    ),
)
EXTRA = """
fn take(int *from, int *to) { *to = READ_ONCE(*from); }
fn mark(int *p, int *g) { WRITE_ONCE(*p, *g + 1); }
fn look_and_put(int *from, int *seen, int *to) { *seen = READ_ONCE(*from); WRITE_ONCE(*to, 1); }
fn look(int *from, int *to) { WRITE_ONCE(*to, READ_ONCE(*from) + 1); }
"""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_program_means_what_the_reference_says(case: Case) -> None:
    found = results(f"{SHARED}{EXTRA}\nscenario s {{ {case.text} }}", *case.asked)
    by_model: dict[str, set[Verdict]] = {}
    for item in found:
        by_model.setdefault(item.obligation.model, set()).add(item.verdict)
    expected = {name: {Verdict.REFUTED if name in case.refuted else Verdict.PROVED} for name in case.asked}
    assert by_model == expected, case.reason


# ── dependencies ─────────────────────────────────────────────────────────────────────────────────────────────────────


WRITE = "WRITE_ONCE(y)"
READ = {"READ_ONCE(x)"}


@pytest.mark.parametrize(
    ("code", "machine", "language"),
    [
        ("int v = 0; if (READ_ONCE(x)) v = 1; if (v) WRITE_ONCE(y, 1);", READ, set()),
        ("WRITE_ONCE(y, READ_ONCE(x) ? 1 : 2);", READ, set()),
        ("int v = READ_ONCE(x); WRITE_ONCE(y, v ? v : 5);", READ, set()),
        ("int i = 0; while (i < 2) bound 2 { if (READ_ONCE(x)) break; i++; } WRITE_ONCE(y, i);", READ, set()),
        ("if (READ_ONCE(x)) return; WRITE_ONCE(y, 1);", READ, READ),
        ("await (READ_ONCE(x)); WRITE_ONCE(y, 1);", READ, READ),
        ("if (READ_ONCE(x)) r = 1; WRITE_ONCE(y, 1);", set(), set()),
    ],
    ids=str,
)
def test_what_was_picked_depends_on_the_branch_on_a_machine_only(code, machine, language):
    """A machine gets the value by a branch or a conditional move; a compiler may do without either."""
    assert set(thread(code).sources(WRITE, "ctrl")) == machine
    assert set(thread(code, target="lkmm").sources(WRITE, "ctrl")) == language


# Forms of an expression over v, and how often a store of it happens; a is an array whose elements are not looked at.
FORMS = (
    "v", "-v", "~v", "!v", "+v", "v + 1", "1 - v", "v == 1", "1 < v", "v && 1", "0 || v", "v ? 3 : 4", "1 ? v : 4",
    "(long)v", "(bool)v", "choose(v, v)", "v++", "++v", "same(v)", "v << 1", "&a[v] == &a[0]", "(v == 1) + 1",
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_whatever_is_computed_of_a_value_depends_on_what_that_does(form):
    """Of the read that it is, as data; of the read that it was picked by, on a machine, as after a branch."""
    read = thread(f"int v = READ_ONCE(x); WRITE_ONCE(y, {form});")
    assert read.sources(WRITE, "data") | read.sources(WRITE, "ctrl") == READ
    picked = thread(f"int v = 0; if (READ_ONCE(x)) v = 1; WRITE_ONCE(y, {form});")
    assert (picked.sources(WRITE, "data"), picked.sources(WRITE, "ctrl")) == (set(), READ)
    assert not thread(f"int v = READ_ONCE(x); v = 0; WRITE_ONCE(y, {form});").sources(WRITE, "data")


@pytest.mark.parametrize(
    "store",
    ["y = v", "WRITE_ONCE(y, v)", "smp_store_release(&y, v)", "smp_store_mb(y, v)", "xchg(&y, v)", "xchg_relaxed(&y, v)",
     "cmpxchg(&y, 0, v)", "cmpxchg_relaxed(&y, 0, v)", "atomic_set(&c, v)", "atomic_add(v, &c)", "atomic_or(v, &c)",
     "atomic_fetch_sub_release(v, &c)", "atomic_add_unless(&c, v, 7)", "set_bit(v, &w)", "clear_bit_unlock(v, &w)"],
)  # fmt: skip
@pytest.mark.parametrize("target", ["arm64-lse", "lkmm"])
def test_whatever_is_stored_depends_on_what_it_is_computed_from(store, target):
    def writes(code):
        made = thread(f"{code} {store};", target=target)
        found = [event for event in made.program.events if event.kind is Kind.WRITE and event.thread >= 0]
        assert found
        return [{made.program.events[item.source].text for kind in ("data", "ctrl") for item in getattr(event, kind)} & READ
                for event in found]  # fmt: skip

    assert all(sources == READ for sources in writes("int v = READ_ONCE(x);"))
    # What picked a value is no dependency in the model of a language.
    expected = READ if target == "arm64-lse" else set()
    assert all(sources == expected for sources in writes("int v = 0; if (READ_ONCE(x)) v = 1;"))


def test_a_value_of_one_arm_depends_on_the_read_where_that_arm_was_taken():
    """Both arms read the same word; each of them may have looked at another one."""
    code = "int a = READ_ONCE(x), b = READ_ONCE(z), v = a; if (a == 1) { if (b == 1) v = b; } else { if (b == 2) v = b; } "
    depends = thread(f"{code} WRITE_ONCE(y, v);").depends(WRITE, "data")["READ_ONCE(z)"]
    made = thread(f"{code} WRITE_ONCE(y, v);")
    depends = made.depends(WRITE, "data")["READ_ONCE(z)"]
    assert [bool(made.given(depends, x=x, z=z)) for x, z in ((1, 1), (1, 2), (0, 2), (0, 1))] == [True, False, True, False]


def test_a_thread_that_faulted_in_a_branch_does_nothing_behind_it():
    made = thread("if (READ_ONCE(x)) r = 1 / READ_ONCE(z); WRITE_ONCE(y, 1);")
    assert not made.executes(WRITE, x=1, z=0)
    assert made.executes(WRITE, x=1, z=1)
    assert made.executes(WRITE, x=0, z=0)


def own_data(made: Lowered) -> list[bool]:
    """Of each write of a read-modify-write: whether it has a data dependency on its own read."""
    return [event.rmw in {item.source for item in event.data} for event in made.program.events if event.rmw is not None]


@pytest.mark.parametrize(("target", "of_an_addition"), [("lkmm", True), ("arm64-lse", False), ("ppc64", False)])
def test_what_an_atomic_writes_depends_on_the_old_value_where_it_is_computed_from_it(target, of_an_addition):
    """Herd7 has the dependency in C (CSem.ml), of arithmetic only; between the two halves of an instruction there is rmw."""
    assert own_data(thread("atomic_add(1, &c);", target=target)) == [of_an_addition]
    assert own_data(thread("r = atomic_fetch_add(1, &c);", target=target)) == [of_an_addition]
    assert own_data(thread("r = xchg(&x, 1);", target=target)) == [False]


@pytest.mark.parametrize("bit", [0, 1])
def test_a_test_and_set_that_fails_has_the_fences_of_failure(bit):
    """The table of Power has an lwsync behind both outcomes of test_and_set_bit_lock()."""
    made = thread("r = test_and_set_bit_lock(0, &w);", target="ppc64")
    (read,) = [event for event in made.program.events if event.rmw is None and event.value is not None and event.thread >= 0]
    text = read.text
    fences = [
        event
        for event in made.events(text)
        for tag, _ in event.tags
        if tag == "LWSYNC" and made.given(event.guard, **{text.removesuffix(")"): bit})
    ]
    assert len(fences) == 1


def test_a_word_is_read_as_the_type_of_the_pointer():
    """C11 6.5 allows access by the unsigned type of an object; -1 is the greatest unsigned value there."""
    assert result("unsigned int *v = (unsigned int *)&x; WRITE_ONCE(x, -1); long l = READ_ONCE(*v); r = l == 4294967295;") == {
        1
    }


def test_a_loop_that_is_left_early_has_not_counted_on():
    assert result("int i = 0; while (i < READ_ONCE(x)) bound 3 i++; r = i;", "init { x = 1; }") == {1}
    assert result("int i = 5; do i--; while (i > READ_ONCE(x)) bound 3; r = i;", "init { x = 4; }") == {4}


@pytest.mark.parametrize(("off", "stuck"), [("", False), ("local_irq_disable();", True)])
def test_a_thread_waits_for_ever_for_an_interrupt_only_where_interrupts_are_off(off, stuck):
    """An interrupt that may still come will; where the CPU waits with interrupts off it never does."""
    text = (
        f"int x; thread t {{ {off} await (READ_ONCE(x) == 1); }} interrupt t by put(&x, 1); property p : true; cover c : true;"
    )
    found = results(f"{SHARED}\nscenario s {{ {text} }}", "sc")
    (result_of_p,) = [item for item in found if item.obligation.property == "p"]
    assert result_of_p.verdict is Verdict.PROVED
    assert ("wait for ever" in result_of_p.remark) == stuck


@pytest.mark.parametrize(("inside", "stuck"), [("", False), ("await (READ_ONCE(x) == 1);", True)])
def test_a_thread_waits_for_ever_for_readers_only_where_a_section_does_not_end(inside, stuck):
    """Whether its grace period has ended is open as long as it can."""
    text = (
        f"int x, y; thread a {{ rcu_read_lock(); if (READ_ONCE(y) == 0) {{ {inside} }} rcu_read_unlock(); }}"
        " thread b { synchronize_rcu(); } thread c { WRITE_ONCE(y, 1); } property p : true; cover c : true;"
    )
    found = results(f"{SHARED}\nscenario s {{ {text} }}", "sc")
    (result_of_p,) = [item for item in found if item.obligation.property == "p"]
    assert result_of_p.verdict is Verdict.PROVED
    assert ("wait for ever" in result_of_p.remark) == stuck


def test_what_is_not_0_is_true_as_a_bool():
    """C11 6.3.1.2; the lowest bit of 2 is 0."""
    assert result("bool b = READ_ONCE(x); r = b;", "init { x = 2; }") == {1}


def test_a_pointer_made_of_a_negative_number_is_at_the_end_of_memory():
    """As on an LP64 machine: ERR_PTR() and IS_ERR() of the kernel rest on it."""
    code = "long v = READ_ONCE(x) - 1; struct node *e = (struct node *)v; r = e == (struct node *)18446744073709551615;"
    assert result(code) == {1}


def test_a_shift_to_the_left_keeps_to_its_type():
    """With -fwrapv the bit that leaves is gone, and the highest one is the sign."""
    assert result("r = (READ_ONCE(x) << 31) < 0;", "init { x = 1; }") == {1}
    assert result("r = (READ_ONCE(x) << 31) == 0;", "init { x = 2; }") == {1}


@pytest.mark.parametrize("operator", ["&&", "||", "+"])
@pytest.mark.parametrize("target", ["arm64-lse", "lkmm"])
def test_what_is_computed_from_two_reads_depends_on_both(operator, target):
    made = thread(f"WRITE_ONCE(y, READ_ONCE(x) {operator} READ_ONCE(z));", target=target)
    assert made.sources(WRITE, "data") == {"READ_ONCE(x)", "READ_ONCE(z)"}


def test_a_count_that_stays_at_its_limit_does_not_overflow():
    """It is not added to where it is at the limit."""
    made = thread("r = atomic_add_unless(&c, 1, 2147483647);", "init { c = 2147483647; }")
    (check,) = [item for item in made.program.checks if item.property == "no_overflow"]
    (read,) = [event for event in made.program.events if event.thread >= 0 and event.rmw is None and event.value is not None]
    assert not made.given(check.violation, **{read.text.removesuffix(")"): 2147483647})


@pytest.mark.parametrize("target", ["arm64-lse", "lkmm"])
def test_what_a_failed_try_cmpxchg_found_comes_from_its_read(target):
    made = thread("int v = 5; if (!atomic_try_cmpxchg(&c, &v, 9)) WRITE_ONCE(y, v);", target=target)
    assert len(made.event(WRITE).data) == 1


def test_what_spin_is_locked_says_depends_on_what_it_reads():
    assert len(thread("WRITE_ONCE(y, spin_is_locked(&lock));", target="lkmm").event(WRITE).data) == 1


@pytest.mark.parametrize(
    ("expression", "machine", "language"),
    [
        ("atomic_fetch_add_relaxed(a, &c)", False, True),
        ("atomic_add_return_relaxed(a, &c)", True, True),
        ("atomic_try_cmpxchg_relaxed(&c, &a, 9)", True, True),
        ("atomic_xchg_relaxed(&c, a)", False, False),
    ],
)
def test_what_an_atomic_returns_depends_on_what_it_is_computed_from(expression, machine, language):
    """The old value comes from memory alone; herd7 has the operands of arithmetic among its sources in C (CSem.ml)."""
    code = f"int a = READ_ONCE(x); WRITE_ONCE(y, {expression});"
    assert ("READ_ONCE(x)" in thread(code).sources(WRITE, "data")) == machine
    assert ("READ_ONCE(x)" in thread(code, target="lkmm").sources(WRITE, "data")) == language


@pytest.mark.parametrize(
    "code",
    [
        "unsigned int n = v; r = n > 0;", "unsigned int n = 0; n = v; r = n > 0;", "r = given(v);", "r = returned(v) > 0;",
        "unsigned int n = 1; r = (v < 0 ? v : n) > 0;", "r = (unsigned int)v > 0;", "WRITE_ONCE(u, v); r = READ_ONCE(u) > 0;",
        "unsigned int n = choose(v, u); r = n >= 0;", "xchg(&u, v); r = READ_ONCE(u) > 0;", "filled(&u, v); r = u > 0;",
    ],
)  # fmt: skip
def test_a_value_is_converted_wherever_it_is_given_to_another_type(code):
    """C11 6.3.1.3: -1 becomes the greatest value of an unsigned type, though it has as many bits."""
    functions = (
        "fn given(unsigned int n) -> int { return n > 0; } fn returned(int n) -> unsigned int { return n; }"
        "fn filled(unsigned int *out, int n) { *out = n; }"
    )
    assert result(f"int v = READ_ONCE(x); {code}", "init { x = -1; u = 1; }", before=functions) == {1}


def test_a_pointer_counts_in_elements():
    """C11 6.5.2.4, 6.5.6: in elements of what it points to."""
    assert result("int *e = &a[0]; e++; int *f = &a[2]; --f; r = e == &a[1] && f == &a[1];") == {1}
    assert result("struct node *e = &n; struct node *f = e++; r = f == &n && e == f + 1;") == {1}


@pytest.mark.parametrize(("initial", "kept"), [(0, 5), (1, 3)])
def test_what_the_path_that_does_not_return_early_assigned_counts(initial, kept):
    leave = "fn leave(int *p, int *out) { *out = 3; if (READ_ONCE(*p)) return; *out = 5; }"
    assert result("leave(&x, &r);", f"init {{ x = {initial}; }}", before=leave) == {kept}


def test_an_increment_yields_what_the_type_holds():
    assert result("u8 b = 255; r = ++b;") == {0}
    assert result("u8 b = 255; int i = b++; r = i + b;") == {255}


@pytest.mark.parametrize(("mask", "kept"), [(255, 255), (256, 0), (511, 255)])
def test_a_mask_that_is_wider_than_the_type_leaves_its_lower_bits(mask, kept):
    assert result(f"u8 b = READ_ONCE(x) & {mask}; r = b;", "init { x = 511; }") == {kept}


@pytest.mark.parametrize(("initial", "counted"), [(0, 2), (1, 0)])
def test_a_round_that_goes_on_keeps_what_the_rest_of_it_assigned(initial, counted):
    code = "int v = 0; for (int i = 0; i < 2; i++) { if (READ_ONCE(x)) continue; v = v + 1; } r = v;"
    assert result(code, f"init {{ x = {initial}; }}") == {counted}


@pytest.mark.parametrize(("target", "picked"), [("arm64-lse", 1), ("lkmm", 0)])
def test_what_a_function_returns_is_picked_by_the_path_to_its_return_on_a_machine(target, picked):
    pick = "fn pick(int *p) -> int { if (READ_ONCE(*p) == 1) return 1; return 2; }"
    made = thread("WRITE_ONCE(y, pick(&x));", before=pick, target=target)
    assert len(made.event(WRITE).ctrl) == picked


@pytest.mark.parametrize(
    "call", ["cmpxchg(&x, READ_ONCE(y), READ_ONCE(z))", "atomic_add_unless(&c, READ_ONCE(y), READ_ONCE(z))"]
)
def test_operands_of_atomics_are_evaluated_in_the_order_of_the_text(call):
    assert thread(f"r = {call};").order()[:2] == ["READ_ONCE(y)", "READ_ONCE(z)"]
