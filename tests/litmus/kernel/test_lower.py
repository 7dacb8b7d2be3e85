"""Kernel-C litmus tests judged. Each verdict is one that the kernel's documentation gives (Linux v6.12, tools/memory-model)."""

from pathlib import Path

import pytest

from gupproof.litmus.kernel.lower import lower_kernel_c
from gupproof.litmus.kernel.reader import read_kernel_c
from gupproof.program.events import Kind, StopReason
from gupproof.proving.observation import Judgement, Observation, Request, judge
from gupproof.proving.platforms import Platform, target_of

NEVER, SOMETIMES, ALWAYS = Observation.NEVER, Observation.SOMETIMES, Observation.ALWAYS
PARAMETERS = "int *x, int *y, int *z, spinlock_t *l, struct srcu_struct *s, int **p"


def text(*threads: str, condition: str, initial: str = "") -> str:
    bodies = "".join(f"P{number}({PARAMETERS})\n{{ {thread} }}\n" for number, thread in enumerate(threads))
    return f"C t\n{{ {initial} }}\n{bodies}{condition}\n"


def judged(tmp_path: Path, source: str, model: str | None = None, unroll: int = 2) -> Judgement:
    path = tmp_path / "t.litmus"
    path.write_text(source)
    return judge(path, Request(model=model, unroll=unroll, timeout=30))


def observe(tmp_path: Path, *threads: str, condition: str, initial: str = "") -> Observation:
    return judged(tmp_path, text(*threads, condition=condition, initial=initial)).observation


def lowered(*threads: str, condition: str = "exists (x=1)", initial: str = ""):
    target = target_of(Platform("lkmm", "lkmm"))
    return lower_kernel_c(read_kernel_c(text(*threads, condition=condition, initial=initial), "t.litmus"), target)


MP = ("WRITE_ONCE(*x, 1); {} WRITE_ONCE(*y, 1);", "r1 = READ_ONCE(*y); {} r2 = READ_ONCE(*x);")
LB = ("r1 = READ_ONCE(*x); {}", "r1 = READ_ONCE(*y); smp_mb(); WRITE_ONCE(*x, 1);")


@pytest.mark.parametrize(
    ("writer", "reader", "wanted"),
    [
        ("smp_wmb();", "smp_rmb();", NEVER),  # recipes.txt, "message passing"
        ("", "smp_rmb();", SOMETIMES),
        ("smp_wmb();", "", SOMETIMES),
        ("smp_mb();", "smp_mb();", NEVER),
        ("barrier();", "barrier();", SOMETIMES),  # orders nothing between CPUs
        ("spin_lock(l); spin_unlock(l);", "smp_mb();", SOMETIMES),  # locking.txt: roach motel
    ],
)
def test_message_passing_needs_a_barrier_on_either_side(tmp_path: Path, writer: str, reader: str, wanted: Observation):
    threads = MP[0].format(writer), MP[1].format(reader)
    assert observe(tmp_path, *threads, condition="exists (1:r1=1 /\\ 1:r2=0)") is wanted


@pytest.mark.parametrize(
    ("second", "wanted"),
    [
        ("WRITE_ONCE(*y, 1);", SOMETIMES),
        ("WRITE_ONCE(*y, r1);", NEVER),  # data
        ("if (r1) WRITE_ONCE(*y, 1);", NEVER),  # ctrl: control-dependencies.txt
        ("if (r1) { r2 = 1; } WRITE_ONCE(*y, 1);", SOMETIMES),  # what follows the if does not depend on it
        ("if (!r1) return; WRITE_ONCE(*y, 1);", NEVER),  # what a return cuts off does
        ("r2 = r1 && READ_ONCE(*z); WRITE_ONCE(*y, 1);", SOMETIMES),
        ("r2 = y + (r1 & 0); WRITE_ONCE(*r2, 1);", NEVER),  # addr
        ("while (!r1) r1 = READ_ONCE(*x); WRITE_ONCE(*y, 1);", NEVER),
        ("do r2 = 0; while (!r1); WRITE_ONCE(*y, 1);", NEVER),
    ],
)
def test_load_buffering_is_prevented_by_dependencies(tmp_path: Path, second: str, wanted: Observation):
    assert observe(tmp_path, LB[0].format(second), LB[1], condition="exists (0:r1=1 /\\ 1:r1=1)") is wanted


@pytest.mark.parametrize(
    ("between", "wanted"),
    [
        ("", SOMETIMES),
        ("smp_mb();", NEVER),
        ("r9 = atomic_add_return(1, z);", NEVER),  # fully ordered: atomic_t.txt
        ("atomic_inc(z);", SOMETIMES),  # no value, no order
        ("atomic_inc(z); smp_mb__after_atomic();", NEVER),
        ("smp_mb__before_atomic(); atomic_andnot(1, z);", NEVER),
        ("r9 = xchg_relaxed(z, 1);", SOMETIMES),
        ("r9 = cmpxchg(z, 5, 1);", SOMETIMES),  # fails: unordered
        ("r9 = cmpxchg(z, 5, 1); smp_mb__after_atomic();", NEVER),  # litmus-tests/cmpxchg-fail-ordered-1
        ("r9 = cmpxchg(z, 0, 1);", SOMETIMES),  # one of the two may fail
        ("r9 = atomic_fetch_add_unless(z, 1, 7);", NEVER),
        ("synchronize_rcu();", NEVER),
        ("synchronize_srcu(s);", NEVER),
    ],
)
def test_store_buffering_needs_a_full_barrier(tmp_path: Path, between: str, wanted: Observation):
    threads = f"WRITE_ONCE(*x, 1); {between} r1 = READ_ONCE(*y);", f"WRITE_ONCE(*y, 1); {between} r1 = READ_ONCE(*x);"
    assert observe(tmp_path, *threads, condition="exists (0:r1=0 /\\ 1:r1=0)") is wanted


def test_a_store_with_a_barrier_is_a_store_and_a_barrier(tmp_path: Path):
    threads = "smp_store_mb(*x, 1); r1 = READ_ONCE(*y);", "smp_store_mb(*y, 1); r1 = READ_ONCE(*x);"
    assert observe(tmp_path, *threads, condition="exists (0:r1=0 /\\ 1:r1=0)") is NEVER


@pytest.mark.parametrize(
    ("read", "wanted"), [("rcu_dereference(*p)", NEVER), ("READ_ONCE(*p)", NEVER), ("smp_load_acquire(p)", NEVER)]
)
def test_a_pointer_that_was_published_leads_to_what_was_written_before(tmp_path: Path, read: str, wanted: Observation):
    # litmus-tests/MP+onceassign+derefonce
    threads = "WRITE_ONCE(*x, 1); rcu_assign_pointer(*p, x);", f"r1 = {read}; r2 = READ_ONCE(*r1);"
    assert observe(tmp_path, *threads, condition="exists (1:r1=x /\\ 1:r2=0)", initial="p = z;") is wanted


def test_a_grace_period_waits_for_readers(tmp_path: Path):
    # explanation.txt, "RCU relations"
    threads = (
        "rcu_read_lock(); r1 = READ_ONCE(*x); r2 = READ_ONCE(*y); rcu_read_unlock();",
        "WRITE_ONCE(*y, 1); synchronize_rcu(); WRITE_ONCE(*x, 1);",
    )
    assert observe(tmp_path, *threads, condition="exists (0:r1=1 /\\ 0:r2=0)") is NEVER


@pytest.mark.parametrize(("domain", "wanted"), [("s", NEVER), ("z", SOMETIMES)])
def test_a_grace_period_of_srcu_waits_for_readers_of_its_domain(tmp_path: Path, domain: str, wanted: Observation):
    threads = (
        "int i = srcu_read_lock(s); r1 = READ_ONCE(*x); r2 = READ_ONCE(*y); srcu_read_unlock(s, i);",
        f"WRITE_ONCE(*y, 1); synchronize_srcu({domain}); WRITE_ONCE(*x, 1);",
    )
    assert observe(tmp_path, *threads, condition="exists (0:r1=1 /\\ 0:r2=0)") is wanted


def test_a_lock_keeps_others_out(tmp_path: Path):
    increment = "spin_lock(l); r1 = READ_ONCE(*x); WRITE_ONCE(*x, r1 + 1); spin_unlock(l);"
    assert observe(tmp_path, increment, increment, condition="exists (x=2)") is ALWAYS


def test_a_trylock_may_fail_and_says_so(tmp_path: Path):
    attempt = "r1 = spin_trylock(l); r2 = spin_is_locked(l); if (r1) { WRITE_ONCE(*x, 1); }"
    assert observe(tmp_path, attempt, attempt, condition="exists (0:r1=1 /\\ 1:r1=1)") is NEVER
    assert observe(tmp_path, attempt, attempt, condition="forall (0:r2=1 /\\ 1:r2=1)") is ALWAYS
    assert observe(tmp_path, attempt, attempt, condition="exists (0:r1=1 /\\ 1:r1=0)") is SOMETIMES


def test_registers_are_zero_where_nothing_was_assigned(tmp_path: Path):
    thread = "if (READ_ONCE(*x)) r1 = 5;"
    assert observe(tmp_path, thread, condition="forall (0:r1=0 /\\ 0:r7=0)") is ALWAYS


def test_values_are_those_of_c(tmp_path: Path):
    thread = (
        "r1 = 7 / 2 - -7 % 4 + (1 << 3 ^ 2) + (~0 == -1) + (3 > 2 ? 20 : 30);"
        "r2 = x == x; r3 = t[1]; r4 = atomic_inc_and_test(x);"
    )
    source = text(
        thread,
        condition="forall (0:r1=37 /\\ 0:r2=1 /\\ 0:r3=9 /\\ 0:r4=1 /\\ x=0 /\\ t[1]=9)",
        initial="int t[2]={8, 9}; x=-1;",
    )
    assert judged(tmp_path, source).observation is ALWAYS


def test_a_product_keeps_to_64_bits(tmp_path: Path):
    assert observe(tmp_path, "r1 = 1 << 33; r1 *= r1; r2 = 1 << 63;", condition="forall (0:r1=0 /\\ 0:r2<>1)") is ALWAYS


def test_try_cmpxchg_hands_back_what_it_found(tmp_path: Path):
    thread = "r1 = 1; r2 = try_cmpxchg(x, &r1, 5); r3 = try_cmpxchg(x, &r1, 6);"
    assert observe(tmp_path, thread, condition="forall (0:r2=0 /\\ 0:r1=0 /\\ 0:r3=1 /\\ x=6)") is ALWAYS


def test_a_loop_goes_round_as_often_as_it_is_unrolled(tmp_path: Path):
    source = text("for (int i = 0; i < 3; i++) { r1 += i; }", condition="exists (0:r1=3)")
    assert judged(tmp_path, source, unroll=2).loop
    enough = judged(tmp_path, source, unroll=3)
    assert (enough.loop, enough.observation) == (False, ALWAYS)
    spins = lowered("while (READ_ONCE(*x) == 0) ;")
    assert {stop.reason for stop in spins.stops} == {StopReason.BOUND}


def test_an_access_that_may_go_nowhere_is_no_verdict(tmp_path: Path):
    result = judged(tmp_path, text("r1 = READ_ONCE(*p); WRITE_ONCE(*r1, 1);", condition="exists (x=1)"))
    assert result.observation is Observation.UNSUPPORTED
    assert result.reason.startswith("address:")


def test_only_a_test_of_machines_is_without_rcu(tmp_path: Path):
    source = text("rcu_read_lock(); rcu_read_unlock();", condition="exists (x=1)")
    result = judged(tmp_path, source, model="armv8/arm64-lse")
    assert result.observation is Observation.UNSUPPORTED
    assert "rcu_read_lock()" in result.reason


@pytest.mark.parametrize(("model", "wanted"), [("x86-tso", NEVER), ("armv8/arm64-lse", SOMETIMES), ("sc", NEVER)])
def test_a_test_in_c_is_judged_on_machines_too(tmp_path: Path, model: str, wanted: Observation):
    source = text(MP[0].format(""), MP[1].format(""), condition="exists (1:r1=1 /\\ 1:r2=0)")
    assert judged(tmp_path, source, model=model).observation is wanted


def test_the_old_value_of_an_atomic_addition_is_its_data_and_that_of_an_exchange_is_not():
    # herd7, CSem.ml: arithmetic has a dependency inside, an exchange has none
    for call, own in (("atomic_fetch_add_relaxed(1, x)", True), ("xchg_relaxed(x, 1)", False)):
        events = lowered(f"r1 = {call};").events
        write = next(event for event in events if event.rmw is not None)
        assert [item.source for item in write.data] == ([write.rmw] if own else [])


def test_a_grace_period_of_srcu_is_a_fence_about_its_domain():
    fence = next(event for event in lowered("synchronize_srcu(s);").events if event.kind is Kind.FENCE)
    assert fence.address is not None


def test_a_fault_leaves_no_control_dependency():
    *_, last = lowered("r1 = READ_ONCE(*p); if (r1) { WRITE_ONCE(*r1, 1); } WRITE_ONCE(*y, 1);").events
    assert last.ctrl == ()


def test_executions_that_a_filter_leaves_out_raise_no_flag(tmp_path: Path):
    # The plain read races only where the acquire did not see the release.
    threads = ("*x = 1; smp_store_release(y, 1);", "r1 = smp_load_acquire(y); r2 = *x;")
    free = text(*threads, condition="exists (1:r2=0)")
    assert "data-race" in judged(tmp_path, free).flags
    assert judged(tmp_path, free.replace("exists", "filter (1:r1=1) exists")).flags == ()


@pytest.mark.parametrize(
    ("thread", "flags"),
    [
        ("spin_lock(l); spin_unlock(l); spin_lock(l); spin_unlock(l);", ()),
        ("r1 = spin_trylock(l); if (r1) spin_unlock(l);", ()),
        ("r1 = spin_trylock(l); spin_unlock(l);", ("unmatched-unlock",)),  # it may have failed
        ("spin_lock(l); spin_unlock(l); spin_unlock(l);", ("unmatched-unlock",)),
        ("spin_lock(l); r1 = atomic_read(l); spin_unlock(l);", ("mixed-lock-accesses",)),
        ("r1 = srcu_read_lock(s); srcu_read_unlock(s, r1); synchronize_srcu(s);", ()),
        ("synchronize_srcu(s); WRITE_ONCE(*s, 1);", ("mixed-lock-accesses",)),
    ],
)
def test_locks_that_are_misused_are_flagged(tmp_path: Path, thread: str, flags: tuple[str, ...]):
    # Linux v6.12, tools/memory-model/lock.cat.
    other = "spin_lock(l); spin_unlock(l);"
    assert judged(tmp_path, text(thread, other, condition="exists (x=0)")).flags == flags
