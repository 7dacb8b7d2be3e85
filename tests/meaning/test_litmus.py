"""The classic tests end as the literature says: SC, and x86-TSO (Owens, Sarkar, Sewell 2009; Intel SDM vol. 3, 8.2.3)."""

import pytest

from gupproof.meaning import Machine
from tests.meaning.support import found

SC, TSO = Machine.SC, Machine.TSO

# A test: its threads, and the end that is asked about.
STORE_BUFFERING = (("WRITE_ONCE(x, 1); {0} a = READ_ONCE(y);", "WRITE_ONCE(y, 1); {0} b = READ_ONCE(x);"), {"a": 0, "b": 0})
MESSAGE_PASSING = (("WRITE_ONCE(x, 1); {0} WRITE_ONCE(y, 1);", "a = READ_ONCE(y); {0} b = READ_ONCE(x);"), {"a": 1, "b": 0})
LOAD_BUFFERING = (("a = READ_ONCE(x); {0} WRITE_ONCE(y, 1);", "b = READ_ONCE(y); {0} WRITE_ONCE(x, 1);"), {"a": 1, "b": 1})
TWO_PLUS_TWO = (("WRITE_ONCE(x, 1); {0} WRITE_ONCE(y, 2);", "WRITE_ONCE(y, 1); {0} WRITE_ONCE(x, 2);"), {"x": 1, "y": 1})
R = (("WRITE_ONCE(x, 1); {0} WRITE_ONCE(y, 1);", "WRITE_ONCE(y, 2); {0} b = READ_ONCE(x);"), {"y": 2, "b": 0})
S = (("WRITE_ONCE(x, 2); {0} WRITE_ONCE(y, 1);", "a = READ_ONCE(y); {0} WRITE_ONCE(x, 1);"), {"a": 1, "x": 2})
INDEPENDENT_READS = (
    (
        "WRITE_ONCE(x, 1);",
        "WRITE_ONCE(y, 1);",
        "a = READ_ONCE(x); {0} b = READ_ONCE(y);",
        "c = READ_ONCE(y); {0} d = READ_ONCE(x);",
    ),
    {"a": 1, "b": 0, "c": 1, "d": 0},
)
# Each thread sees its own store before it is in memory: test 8.2.3.5 of Intel's manual, "intra-processor forwarding".
FORWARDING = (
    ("WRITE_ONCE(x, 1); a = READ_ONCE(x); {0} b = READ_ONCE(y);", "WRITE_ONCE(y, 1); c = READ_ONCE(y); {0} d = READ_ONCE(x);"),
    {"a": 1, "b": 0, "c": 1, "d": 0},
)
EVERY = (STORE_BUFFERING, MESSAGE_PASSING, LOAD_BUFFERING, TWO_PLUS_TWO, R, S, INDEPENDENT_READS, FORWARDING)

Litmus = tuple[tuple[str, ...], dict[str, int]]


def ends(test: Litmus, machine: Machine, between: str = "") -> bool:
    threads, asked = test
    ghosts = "".join(f"ghost int {name}; " for name in "abcd")
    bodies = " ".join(f"thread t{number} {{ {body.format(between)} }}" for number, body in enumerate(threads))
    text = f"scenario s {{ int x, y; atomic_t other; spinlock_t lock; {ghosts} {bodies} }}"
    return tuple(asked.values()) in found(text, machine).finals(*asked)


@pytest.mark.parametrize("test", EVERY)
def test_nothing_relaxed_happens_under_sc(test: Litmus) -> None:
    assert not ends(test, SC)


@pytest.mark.parametrize("test", [STORE_BUFFERING, R, FORWARDING])
def test_a_load_may_pass_an_earlier_store_on_tso(test: Litmus) -> None:
    assert ends(test, TSO)


@pytest.mark.parametrize("test", [MESSAGE_PASSING, LOAD_BUFFERING, TWO_PLUS_TWO, S, INDEPENDENT_READS])
def test_nothing_else_is_reordered_on_tso(test: Litmus) -> None:
    assert not ends(test, TSO)


@pytest.mark.parametrize("fence", ["smp_mb();", "tlbi_sync();", "atomic_inc(&other);", "synchronize_rcu();"])
@pytest.mark.parametrize("test", EVERY)
def test_full_fences_and_locked_instructions_restore_order(test: Litmus, fence: str) -> None:
    assert not ends(test, TSO, fence)


@pytest.mark.parametrize(
    "fence",
    [
        "smp_wmb();",
        "smp_rmb();",
        "barrier();",
        "smp_mb__before_atomic();",
        "rcu_read_lock(); rcu_read_unlock();",
        "local_irq_save(); local_irq_restore();",
        "spin_unlock(&lock);",
    ],
)
def test_what_is_no_instruction_orders_nothing(fence: str) -> None:
    assert ends(STORE_BUFFERING, TSO, fence)


def test_a_failing_compare_and_exchange_is_locked_but_a_failing_add_unless_is_a_load() -> None:
    # spec/targets/x86-64.target: cmpxchg R[X] W[X] else R[X]; atomic_add_unless R[X] W[X] else R.
    assert not ends(STORE_BUFFERING, TSO, "atomic_cmpxchg(&other, 5, 6);")
    assert ends(STORE_BUFFERING, TSO, "atomic_add_unless(&other, 1, 0);")
    assert not ends(STORE_BUFFERING, TSO, "atomic_add_unless(&other, 1, 1);")


def test_a_trylock_that_finds_the_lock_taken_is_a_load() -> None:
    taken = "scenario s {{ int x, y; spinlock_t lock; ghost int a, b; init {{ lock = {0}; }} {1} }}"
    threads = "".join(
        f"thread t{number} {{ WRITE_ONCE({mine}, 1); spin_trylock(&lock); {ghost} = READ_ONCE({other}); }} "
        for number, (mine, other, ghost) in enumerate((("x", "y", "a"), ("y", "x", "b")))
    )
    assert (0, 0) in found(taken.format(1, threads), TSO).finals("a", "b")
    # Of two that try, one at least takes it, by a locked instruction; the other may fail and look early.
    assert (0, 0) not in found(taken.format(0, threads), TSO).finals("a", "b")


def test_stores_of_one_thread_to_one_word_stay_in_order() -> None:
    text = "scenario s { int x; ghost int a, b; thread w { x = 1; x = 2; } thread r { a = x; b = x; } }"
    for machine in Machine:
        assert found(text, machine).finals("a", "b") == {(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)}
