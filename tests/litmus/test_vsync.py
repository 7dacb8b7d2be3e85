"""Kernel C under models of C11's atomics that are VSync's: which tags primitives have, and what is refused.

The model here says in its own words what the VSync memory model says of barriers and of the order of stores (vmm.cat 0.9.3 of
libvsync). Verdicts of the locks are those of Dartagnan's VMMLocksTest: ``spinlock`` and ``ticketlock`` pass, and each fails
where its acquire or its release is made relaxed.
"""

from pathlib import Path

import pytest

from gupproof.diagnostics import GupError
from gupproof.proving.observation import Judgement, Observation, Request, judge
from gupproof.proving.platforms import names_known_to, platforms, target_of
from tests.litmus.test_instructions import riscv, x86

VSYNC = """"VSync"
let Some = RLX | ACQ | REL | SC
let Acquires = (ACQ | SC) & (R | F) and Releases = (REL | SC) & (W | F)
let barriers = [Acquires]; po | po; [Releases] | [SC]; po; [SC] | po; [F & SC] | [R]; po; [F & Acquires]
  | po; [F & Releases]; po; [W & Some]
let order = barriers | [Some]; (addr | data | ctrl | coi | fri); [W & Some]
acyclic po-loc | com as coherence
empty rmw & (fre; coe) as atomic
acyclic order | rfe | fre | coe as causality
"""


def judged(folder: Path, text: str, model: str = VSYNC) -> Judgement:
    path, cat = folder / "t.litmus", folder / f"m{len(list(folder.iterdir()))}.cat"
    path.write_text(text)
    cat.write_text(model)
    return judge(path, Request(model=str(cat), unroll=2, timeout=30))


def counting(take: str, held: str, give: str) -> str:
    """Two threads that add to a plain sum where they hold a lock: one does not see the other."""
    body = f"int r0; int r1; int r2; int r3 = 0; {take} if ({held}) {{ r1 = *sum; *sum = r1 + 1; r3 = 1; {give} }}"
    threads = "\n".join(f"P{number}(int *lock, atomic_t *next, int *sum) {{ {body} }}" for number in (0, 1))
    return f"C lock\n{{ }}\n{threads}\nfilter (0:r3=1 /\\ 1:r3=1)\nexists (sum=1)\n"


def spinlock(take: str, give: str) -> str:
    return counting(f"r0 = {take}(lock, 0, 1);", "r0 == 0", give)


def ticketlock(look: str, give: str) -> str:
    return counting(f"r0 = atomic_fetch_add_relaxed(1, next); r2 = {look};", "r2 == r0", give)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (spinlock("cmpxchg_acquire", "smp_store_release(lock, 0);"), Observation.NEVER),
        (spinlock("cmpxchg_relaxed", "smp_store_release(lock, 0);"), Observation.SOMETIMES),
        (spinlock("cmpxchg_acquire", "WRITE_ONCE(*lock, 0);"), Observation.SOMETIMES),
        (ticketlock("smp_load_acquire(lock)", "smp_store_release(lock, r2 + 1);"), Observation.NEVER),
        (ticketlock("READ_ONCE(*lock)", "smp_store_release(lock, r2 + 1);"), Observation.SOMETIMES),
        (ticketlock("smp_load_acquire(lock)", "WRITE_ONCE(*lock, r2 + 1);"), Observation.SOMETIMES),
    ],
)
def test_locks_are_as_good_as_dartagnan_says(tmp_path: Path, text: str, expected: Observation):
    assert judged(tmp_path, text).observation is expected


@pytest.mark.parametrize(
    ("between", "expected"),
    [("smp_mb();", Observation.NEVER), ("smp_wmb();", Observation.SOMETIMES), ("", Observation.SOMETIMES)],
)
def test_a_full_barrier_is_a_fence_that_is_sequentially_consistent(tmp_path: Path, between: str, expected: Observation):
    text = "C sb\n{ }\n" + "".join(
        f"P{n}(int *x, int *y) {{ WRITE_ONCE(*{mine}, 1); {between} int r0 = READ_ONCE(*{other}); }}\n"
        for n, mine, other in ((0, "x", "y"), (1, "y", "x"))
    )
    assert judged(tmp_path, text + "exists (0:r0=0 /\\ 1:r0=0)\n").observation is expected


def test_its_words_are_known_under_its_table_alone(tmp_path: Path):
    """What else speaks of C11's orders, as rc11.cat does of ACQ_REL, means programs that are not read."""
    (tmp_path / "vmm.cat").write_text(VSYNC)
    (platform,) = platforms(str(tmp_path / "vmm.cat"))
    assert platform.target == "vmm"
    assert {"RLX", "ACQ", "REL", "SC"} == target_of(platform).tags <= names_known_to(platform)
    (arm, *_) = platforms("armv8")
    assert not target_of(platform).tags & names_known_to(arm)
    with pytest.raises(GupError, match="ACQ_REL: it is a memory order of C11"):
        judged(tmp_path, spinlock("cmpxchg", ""), VSYNC + "acyclic po & (ACQ_REL * W)\n")


@pytest.mark.parametrize("text", [x86("MOV [x],$1; MFENCE", condition="x=1"), riscv("lw x7,0(x6)", condition="0:x7=0")])
@pytest.mark.parametrize("model", [VSYNC, None])
def test_assembly_has_none_of_the_events_that_models_of_languages_speak_of(tmp_path: Path, text: str, model: str | None):
    if model is None:
        (tmp_path / "t.litmus").write_text(text)
        found = judge(tmp_path / "t.litmus", Request(model="lkmm", unroll=2, timeout=30))
    else:
        found = judged(tmp_path, text, model)
    assert found.observation is Observation.UNSUPPORTED
    assert "which no instruction is" in found.reason


def test_tests_in_the_c_of_c11_stay_unsupported(tmp_path: Path):
    text = "C t\n{ }\nP0(atomic_int *x) { atomic_store_explicit(x, 1, memory_order_relaxed); }\nexists (x=1)\n"
    assert judged(tmp_path, text).observation is Observation.UNSUPPORTED
