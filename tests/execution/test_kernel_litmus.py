"""Fragments of kernel protocols through the target tables: which bad outcome each architecture allows.

The verdicts of the arm64 column were confirmed with another tool on LSE assembly.
"""

import pytest

from gupproof.execution.enumerator import reachable
from gupproof.program.expr import Expr, Op
from gupproof.program.target_reader import known_targets
from gupproof.program.targets import Step, StepKind, Target
from tests.support.models import model
from tests.support.programs import Build, ThreadBuild

TARGETS = {target.name: target for target in known_targets()}


class Cpu:
    """A thread that speaks in kernel primitives."""

    def __init__(self, build: Build, target: Target) -> None:
        self.thread: ThreadBuild = build.thread()
        self.build, self.target = build, target

    def _fences(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            if step.kind is StepKind.FENCE:
                self.thread.fence(*step.tags)

    def fence(self, primitive: str) -> None:
        self._fences(self.target.rows[primitive].steps)

    def load(self, where: str, primitive: str = "READ_ONCE", addr: tuple[Expr, ...] = ()) -> Expr:
        (step,) = self.target.rows[primitive].steps
        return self.thread.read(where, *step.tags, addr=addr)

    def store(self, where: str, value: int, primitive: str = "WRITE_ONCE") -> None:
        (step,) = self.target.rows[primitive].steps
        self.thread.write(where, value, *step.tags)

    def add(self, where: str, amount: int, primitive: str) -> Expr:
        read, write, *after = self.target.rows[primitive].steps
        old = self.thread.add(where, amount, read.tags, write.tags)
        self._fences(tuple(after))
        return old

    def lock(self, where: str) -> None:
        self.add(where, 1, "cmpxchg_acquire")


RELAXED, FULL, RELEASE = "atomic_add", "atomic_add_return", "atomic_add_return_release"


def split(target: Target, unfreeze=RELAXED, between=None, same_cpu=False) -> Build:
    """L-a to L-e: the head is cleared, unfrozen and mapped again; a reader grabs it and still sees the old head."""
    build = Build(head=1, refT=0, lru=0, refH=0, ptl=0, pte=0, x=0)
    cpu = Cpu(build, target)
    cpu.store("head", 0)
    if between:
        between(cpu)
    if same_cpu:
        cpu.store("refH", 1)
    else:
        cpu.store("refT", 1, "smp_store_release")
        cpu.store("lru", 1, "smp_store_release")
        cpu.add("refH", 1, unfreeze)
    cpu.lock("ptl")
    cpu.store("pte", 1)
    cpu = Cpu(build, target)
    ref = cpu.add("refH", 1, FULL)
    head, pte = cpu.load("head"), cpu.load("pte")
    build.covers["bad"] = build.all(build.eq(ref, 1), build.eq(head, 1), build.eq(pte, 1))
    return build


def unlock_then_lock(cpu: Cpu) -> None:
    cpu.store("x", 1, "spin_unlock")
    cpu.lock("lru")


def lookup(target: Target, publish=()) -> Build:
    """L-g, L-h: a page is set up and mapped under a lock that orders nothing before it."""
    build = Build(head=1, ptl=0, pte=0)
    cpu = Cpu(build, target)
    cpu.store("head", 0)
    for primitive in publish:
        cpu.fence(primitive)
    cpu.lock("ptl")
    cpu.store("pte", 1)
    cpu = Cpu(build, target)
    pte = cpu.load("pte")
    head = cpu.load("head", addr=(pte,))
    build.covers["bad"] = build.all(build.eq(pte, 1), build.eq(head, 1))
    return build


def page_cache(target: Target) -> Build:
    """L-i: the index is read without order after the slot."""
    build = Build(ref=0, idx=0, slot=0)
    cpu = Cpu(build, target)
    cpu.store("ref", 1)
    cpu.store("idx", 1)
    cpu.store("slot", 1, "smp_store_release")
    cpu = Cpu(build, target)
    ref = cpu.add("ref", 1, FULL)
    slot, idx = cpu.load("slot"), cpu.load("idx")
    build.covers["bad"] = build.all(build.eq(ref, 1), build.eq(slot, 1), build.eq(idx, 0))
    return build


def pin(target: Target, writer: str, fixed: bool, reader=(), lock=True) -> Build:
    """L-k to L-q: one side writes w and looks for a pin, the other pins and looks at w."""
    build = Build(w=0, ptl=0, ref=0)
    cpu = Cpu(build, target)
    cpu.store("w", 1)
    cpu.fence(writer)
    if lock:
        cpu.lock("ptl")
    seen = cpu.load("ref")
    cpu = Cpu(build, target)
    if fixed:
        cpu.add("ref", 1, FULL)
        cpu.add("ref", 1023, RELAXED)
    else:
        cpu.add("ref", 1024, FULL)
    for primitive in reader:
        cpu.fence(primitive)
    w = cpu.load("w")
    build.covers["bad"] = build.all(build.op(Op.LT, seen, 1024), build.eq(w, 0))
    return build


CASES = {
    "L-a": (split, True),
    "L-b": (lambda t: split(t, between=lambda cpu: cpu.add("x", 1, "cmpxchg")), False),
    "L-c release": (lambda t: split(t, RELEASE), False),
    "L-c wmb": (lambda t: split(t, between=lambda cpu: cpu.fence("smp_wmb")), False),
    "L-d": (lambda t: split(t, same_cpu=True), True),
    "L-e": (lambda t: split(t, same_cpu=True, between=unlock_then_lock), False),
    "L-g": (lookup, True),
    "L-h": (lambda t: lookup(t, ["smp_wmb"]), False),
    "L-i": (page_cache, True),
    "L-k": (lambda t: pin(t, "smp_wmb", False, ["smp_rmb"]), True),
    "L-l": (lambda t: pin(t, "smp_mb", False, ["smp_rmb"]), False),
    "L-m": (lambda t: pin(t, "smp_mb", True, ["smp_rmb"]), True),
    "L-n": (lambda t: pin(t, "smp_mb", True, ["smp_mb__after_atomic", "smp_rmb"]), False),
    "L-o": (lambda t: pin(t, "smp_mb", False, lock=False), False),
    "L-p": (lambda t: pin(t, "smp_mb", True, lock=False), True),
    "L-q": (lambda t: pin(t, "smp_mb", True, ["smp_mb__after_atomic"], lock=False), False),
}


def bad_outcome(name: str, target: str, where: str) -> bool:
    program = CASES[name][0](TARGETS[target]).program()
    return reachable(program, model(where), lambda result: result.reaches("bad")) is not None


@pytest.mark.parametrize("name", CASES)
def test_x86_forbids_them_all(name):
    assert not bad_outcome(name, "x86-64", "sc")
    assert not bad_outcome(name, "x86-64", "x86-tso")


@pytest.mark.parametrize("name", CASES)
def test_arm64_lse(name):
    assert bad_outcome(name, "arm64-lse", "armv8") is CASES[name][1]


@pytest.mark.parametrize("name", CASES)
def test_arm64_ll_sc(name):
    assert bad_outcome(name, "arm64-llsc", "armv8") is CASES[name][1]
