"""What is found in tables that are wrong, the historical ones among them, and that nothing is found in today's."""

import pytest

from gupproof.lowering.check import Fault, all_trials, check
from tests.lowering.support import about, changed, findings, own, rows_with

TABLES = [
    own("arm64-llsc", "armv8"),
    own("arm64-lse", "armv8"),
    own("ppc64", "power"),
    own("riscv", "riscv"),
    own("x86-64", "x86-tso", "sc"),
]
FULL = ("atomic_add_return", "xchg", "cmpxchg", "atomic_add_unless", "test_and_set_bit")
RELAXED = ("atomic_add_return_relaxed", "cmpxchg_relaxed")


def test_todays_tables_are_right_in_a_sample_of_the_programs() -> None:
    # The whole is `make lowering`.
    sample = range(7, len(all_trials()), 41)
    assert [finding for _, found in check(TABLES, sample) for finding in found] == []


def test_todays_tables_are_right_in_the_programs_with_locks() -> None:
    rows = ("spin_lock", "spin_trylock", "spin_unlock", "smp_mb__after_spinlock", "smp_mb__after_unlock_lock")
    assert [finding for _, found in check(TABLES, about(*rows)) for finding in found] == []


# ── what was wrong in Linux once ─────────────────────────────────────────────────────────────────────────────────────────


def test_acquire_and_release_exclusives_are_no_full_barrier_on_arm64(tmp_path) -> None:
    """Linux 8e86f0b409a4: LDAXR .. STLXR lets what is before and what is after meet inside of it."""
    update, code = "R[X,A] W[X,L]", "again: LDAXR {r},[{p}]; ADD {s},{r},{v}; STLXR {t},{s},[{p}]; CBNZ {t},again"
    rows = {"atomic_add_return": update, "xchg": update, "test_and_set_bit": update}
    rows |= {"cmpxchg": f"{update} else R[X,A]", "atomic_add_unless": f"{update} else R"}
    found = findings(changed("arm64-llsc", tmp_path, rows, {"atomic_add_return": code}), about(*FULL, *RELAXED, large=False))
    assert rows_with(found, Fault.ROW_TOO_WEAK) == set(FULL)
    assert {item.primitive for item in found if item.fault is Fault.ROW_TOO_WEAK} == set(FULL)
    assert {"SB, between"} <= {item.trial for item in found if item.row == "xchg"}
    # Where the instructions are what they were as well, it is they that break the promise.
    assert rows_with(found, Fault.CODE_TOO_WEAK) == {"atomic_add_return"}
    # Of all others today's have a DMB that the row does not say.
    assert rows_with(found, Fault.ROW_WEAKER) == set(FULL) - {"atomic_add_return"}


@pytest.mark.parametrize(
    "steps",
    [
        "R[X,Acq] W[X,Rel] else R[X,Acq]",  # an acquire and a release: as on arm64
        "R[X] W[X,Rel] else R[X]",  # the fence behind is missing
    ],
)
def test_acquire_and_release_exclusives_are_no_full_barrier_on_riscv(tmp_path, steps: str) -> None:
    """Linux 5ce6c1f3535f, which gave cmpxchg() and atomic_add_unless() a fence behind the loop."""
    table = changed("riscv", tmp_path, {"cmpxchg": steps, "atomic_add_unless": steps})
    found = findings(table, about("cmpxchg", "atomic_add_unless", *RELAXED, large=False))
    weak = [item for item in found if item.fault is Fault.ROW_TOO_WEAK]
    assert {item.primitive for item in weak} == {"cmpxchg", "atomic_add_unless"}
    # The commit's own example has the primitive between the accesses of both threads of SB; one is enough.
    assert "SB, between" in {item.trial for item in weak if item.row == "cmpxchg"}


def test_exclusives_with_both_annotations_on_each_are_a_full_barrier_on_riscv(tmp_path) -> None:
    # herd7 says Never of SB with lr.w.aq.rl and sc.w.aq.rl between; the draft of the model that Linux was mended for did not.
    table = changed("riscv", tmp_path, {"cmpxchg": "R[X,Acq,Rel] W[X,Acq,Rel] else R[X,Acq,Rel]"})
    assert rows_with(findings(table, about("cmpxchg")), Fault.ROW_TOO_WEAK) == set()


# ── what else may be wrong ───────────────────────────────────────────────────────────────────────────────────────────────


WEAKENED = [
    ("arm64-lse", "smp_load_acquire", "R", "LDR {r},[{p}]"),
    ("arm64-lse", "smp_store_release", "W", "STR {v},[{p}]"),
    ("arm64-lse", "smp_wmb", "F[DMB.ISHLD]", "DMB ISHLD"),
    ("arm64-lse", "test_and_set_bit_lock", "R W else R", "LDSET {v},{r},[{p}]; AND {r},{r},#1"),
    ("arm64-lse", "clear_bit_unlock", "R W", "LDCLR {v},{s},[{p}]"),
    ("arm64-llsc", "smp_mb__after_atomic", "-", "-"),
    ("x86-64", "smp_mb", "-", "-"),
    ("riscv", "smp_store_release", "F[Fence.w.w] W", "fence w,w; sw {v},0({p})"),
    ("riscv", "spin_unlock", "W", "sw {v},0({p})"),
    ("riscv", "spin_lock", "R W else R", "again: amoswap.w {t},{v},({p}); bne {t},x0,again"),
    ("riscv", "smp_mb__after_spinlock", "-", "-"),
    ("ppc64", "smp_mb__after_unlock_lock", "-", "-"),
    ("ppc64", "smp_mb__before_atomic", "F[LWSYNC]", "lwsync"),
    ("ppc64", "xchg_acquire", "R[X] W[X]", "again: lwarx {r},r0,{p}; stwcx. {v},r0,{p}; bne again"),
]


@pytest.mark.parametrize(("name", "row", "steps", "code"), WEAKENED)
def test_a_row_without_its_order_breaks_a_promise_and_so_do_its_instructions(tmp_path, name, row, steps, code) -> None:
    numbers = about(row, "spin_lock", large=False) if row == "spin_unlock" else about(row, large=False)
    found = findings(changed(name, tmp_path, {row: steps}, {row: code}), numbers)
    assert row in rows_with(found, Fault.ROW_TOO_WEAK)
    assert row in rows_with(found, Fault.CODE_TOO_WEAK)
    # Both do the same.
    assert not rows_with(found, Fault.ROW_WEAKER) | rows_with(found, Fault.CODE_WEAKER)


def test_a_row_that_says_more_than_its_instructions_do_is_found(tmp_path) -> None:
    # LDADD orders nothing; a table that calls it an acquire and a release promises too much, whatever the kernel asks for.
    found = findings(
        changed("arm64-lse", tmp_path, {"atomic_add_return_relaxed": "R[A] W[L]"}),
        about("atomic_add_return_relaxed", large=False),
    )
    assert {item.fault for item in found} == {Fault.CODE_WEAKER}


def test_a_row_that_says_less_than_its_instructions_do_is_found_though_it_keeps_every_promise(tmp_path) -> None:
    found = findings(
        changed("arm64-lse", tmp_path, {}, {"atomic_add_return_relaxed": "LDADDAL {v},{r},[{p}]"}),
        about("atomic_add_return_relaxed", large=False),
    )
    assert {item.fault for item in found} == {Fault.ROW_WEAKER}


def test_what_a_row_leaves_out_is_only_the_branches_of_its_instructions(tmp_path) -> None:
    """A relaxed cmpxchg() with an acquiring load is excused by no branch."""
    code = "again: LDAXR {r},[{p}]; EOR {s},{r},{o}; CBNZ {s},out; STXR {t},{v},[{p}]; CBNZ {t},again; out:"
    numbers = about("cmpxchg_relaxed", large=False)
    assert findings(own("arm64-llsc", "armv8"), numbers) == []
    found = findings(changed("arm64-llsc", tmp_path, {}, {"cmpxchg_relaxed": code}), numbers)
    assert {item.fault for item in found} == {Fault.ROW_WEAKER}
