"""What a model warns of: flags found, re-checked, and reported beside the observation.

Expected: a plain access races with another of the same word by another CPU unless something orders them (Linux,
tools/memory-model/Documentation/explanation.txt, "Plain accesses and data races").
"""

from pathlib import Path

import pytest

from gupproof.proving.observation import Judgement, Observation, Request, judge


def judged(tmp_path: Path, first: str, second: str, condition: str, model: str | None = None) -> Judgement:
    test = tmp_path / "t.litmus"
    test.write_text(f"C t\n{{}}\nP0(int *x, int *y) {{ {first} }}\nP1(int *x, int *y) {{ {second} }}\nexists ({condition})\n")
    return judge(test, Request(model=model, unroll=2, timeout=10))


def test_plain_accesses_that_nothing_orders_race(tmp_path):
    found = judged(tmp_path, "*x = 1;", "int r0; r0 = *x;", "1:r0=1")
    assert found.flags == ("data-race",)
    assert found.observation is Observation.SOMETIMES


def test_marked_accesses_do_not_race(tmp_path):
    assert judged(tmp_path, "WRITE_ONCE(*x, 1);", "int r0; r0 = READ_ONCE(*x);", "1:r0=1").flags == ()


def test_a_plain_write_handed_over_by_release_and_acquire_does_not_race(tmp_path):
    first = "*x = 1; smp_store_release(y, 1);"
    second = "int r0; int r1; r0 = smp_load_acquire(y); if (r0 == 1) { r1 = *x; }"
    found = judged(tmp_path, first, second, "1:r0=1 /\\ 1:r1=0")
    assert found.flags == ()
    assert found.observation is Observation.NEVER


def test_a_plain_write_handed_over_to_a_reader_without_order_races(tmp_path):
    first = "*x = 1; smp_store_release(y, 1);"
    second = "int r0; int r1; r0 = READ_ONCE(*y); if (r0 == 1) { r1 = *x; }"
    assert judged(tmp_path, first, second, "1:r0=1 /\\ 1:r1=0").flags == ("data-race",)


@pytest.mark.parametrize("condition", ["1:r0=1", "1:r0=0"])
def test_under_a_filter_a_race_counts_in_what_meets_the_condition_and_in_what_does_not(tmp_path, condition):
    """Only where 1:r0 is 0 is x looked at before it is handed over."""
    first = "*x = 1; smp_store_release(y, 1);"
    second = "int r0; int r1; r0 = smp_load_acquire(y); if (r0 == 0) { r1 = *x; }"
    judged(tmp_path, first, second, condition)
    test = tmp_path / "t.litmus"
    test.write_text(test.read_text().replace("exists", "filter (x=1)\nexists"))
    found = judge(test, Request(model=None, unroll=2, timeout=10))
    assert (found.flags, found.observation) == (("data-race",), Observation.SOMETIMES)


@pytest.mark.parametrize(("quantifier", "ok"), [("exists", False), ("~exists", True), ("forall", True)])
def test_where_a_filter_leaves_no_execution_all_of_them_are_anything_and_none_is(tmp_path, quantifier, ok):
    test = tmp_path / "t.litmus"
    test.write_text(f"C t\n{{}}\nP0(int *x) {{ WRITE_ONCE(*x, 1); }}\nfilter (x=2)\n{quantifier} (x=1)\n")
    found = judge(test, Request(model=None, unroll=2, timeout=10))
    assert (found.ok, found.stuck, found.loop) == (ok, True, False)


def test_a_section_left_open_is_flagged(tmp_path):
    assert judged(tmp_path, "rcu_read_lock(); WRITE_ONCE(*x, 1);", "", "x=1").flags == ("unbalanced-rcu-lock",)
    assert judged(tmp_path, "rcu_read_lock(); rcu_read_lock(); rcu_read_unlock(); rcu_read_unlock();", "", "x=0").flags == ()


@pytest.mark.parametrize("check", ["~empty [W \\ IW]; rf", "empty [W \\ IW]; rf"])
def test_a_flag_is_raised_if_its_check_holds_of_one_execution(tmp_path, check):
    """The read may see the write, or come before it."""
    assert judged_under(tmp_path, check).flags == ("mine",)


def test_a_flag_whose_check_holds_of_no_execution_is_not_raised(tmp_path):
    assert judged_under(tmp_path, "~irreflexive po").flags == ()


def test_a_flag_without_an_encoding_does_not_cost_the_verdict(tmp_path):
    found = judged_under(tmp_path, "~acyclic po | rf")
    assert found.flags == ("mine?",)
    assert found.observation is Observation.SOMETIMES


def judged_under(tmp_path: Path, check: str) -> Judgement:
    model = tmp_path / "m.cat"
    model.write_text(f'"m" acyclic po-loc | com as c\nflag {check} as mine')
    return judged(tmp_path, "WRITE_ONCE(*x, 1);", "int r0; r0 = READ_ONCE(*x);", "1:r0=1", str(model))


# A read-modify-write beside a plain write: since the kernel's fully ordered ones have no barriers of their own, nothing keeps
# the compiler from merging the two (herd7 with Linux' files of August 2026 flags both; v6.12 had barriers around the second).
@pytest.mark.parametrize(("model", "flags"), [("lkmm", ("data-race",)), ("lkmm-v2", ("mixed-accesses", "data-race"))])
def test_a_plain_write_beside_a_full_read_modify_write(tmp_path, model, flags):
    found = judged(tmp_path, "int r0; *x = 2; r0 = xchg(x, 1);", "int r1; r1 = READ_ONCE(*x);", "1:r1=2", model)
    assert found.observation is Observation.SOMETIMES
    assert found.flags == flags


@pytest.mark.parametrize("model", ["lkmm", "lkmm-v2"])
def test_a_full_read_modify_write_orders_what_is_on_either_side(tmp_path, model):
    """herd7: Never with xchg(), Sometimes with xchg_relaxed()."""
    for name, expected in (("xchg", Observation.NEVER), ("xchg_relaxed", Observation.SOMETIMES)):
        first = f"int r0; int r1; WRITE_ONCE(*x, 1); r0 = {name}(&z, 1); r1 = READ_ONCE(*y);"
        second = "int r1; WRITE_ONCE(*y, 1); smp_mb(); r1 = READ_ONCE(*x);"
        assert judged(tmp_path, first, second, "0:r1=0 /\\ 1:r1=0", model).observation is expected


@pytest.mark.parametrize("model", ["lkmm", "lkmm-v2"])
def test_the_barrier_after_an_srcu_unlock_orders_the_unlock_itself(tmp_path, model):
    """herd7 with Linux' files: Never, and flags since the cookie is no lock's."""
    first = "int r0; srcu_read_unlock(x, 1); smp_mb__after_srcu_read_unlock(); r0 = READ_ONCE(*y);"
    found = judged(tmp_path, first, "int r1; WRITE_ONCE(*y, 1); smp_mb(); r1 = srcu_read_lock(x);", "0:r0=0 /\\ 1:r1=0", model)
    assert found.observation is Observation.NEVER
    assert "unbalanced-srcu-lock" in found.flags
