"""Each clause of the models, with the small test that it decides: what it orders, and the neighbour that it does not.

A test stands beside the rule of the architecture's manual, or the section of the paper, that its verdict follows from; those
with names of the literature have the verdicts of the published tables. docs/models.md says which edition of which.
"""

import pytest

from gupproof.execution.axioms import raised_flags
from gupproof.execution.enumerator import reachable
from tests.support.models import model
from tests.support.shapes import shape

ALLOWED, FORBIDDEN = True, False

# ── Arm: DDI 0487, B2.3 ──────────────────────────────────────────────────────────────────────────────────────────────────


def reader(thread: str, barrier: str) -> str:
    """Message passing whose writer keeps order."""
    return f"Wx1 [{barrier}] Wy1 | {thread}"


def writer(thread: str, barrier: str) -> str:
    """Message passing whose reader keeps order."""
    return f"{thread} | Ry1 [{barrier}] Rx0"


def one_of(shapes: dict[str, str], name: str, thread: str) -> str:
    """A thread of its own in a shape whose other one keeps order."""
    return f"{thread} | {shapes[name]}"


def others(barrier: str) -> dict[str, str]:
    return {
        "SB": f"Wy1 [{barrier}] Rx0",
        "LB": f"Ry1 [{barrier}] Wx1",
        "R": f"Wy2 [{barrier}] Rx0 # y=2",
        "S": f"Ry1 [{barrier}] Wx1 # x=2",
        "2+2W": f"Wy2 [{barrier}] Wx1 # x=2 y=2",
    }


DMB = "DMB.ISH"
ARM = others(DMB)
ARMV8 = {
    # Dependency-ordered-before.
    "address to a read": (reader("Ry1 addr>Rx0", DMB), FORBIDDEN),
    "control to a read": (reader("Ry1 ctrl>Rx0", DMB), ALLOWED),
    "control and ISB to a read": (reader("Ry1 ctrl>[ISB] Rx0", DMB), FORBIDDEN),
    "ISB alone": (reader("Ry1 [ISB] Rx0", DMB), ALLOWED),
    "address, and a read behind it": (reader("Ry1 addr>Rz0 Rx0", DMB), ALLOWED),
    "address, ISB and a read behind it": (reader("Ry1 addr>Rz0 [ISB] Rx0", DMB), FORBIDDEN),
    "address, and a write behind it": (one_of(ARM, "LB", "Rx1 addr>Rz0 Wy1"), FORBIDDEN),
    "control to a write": (one_of(ARM, "LB", "Rx1 ctrl>Wy1"), FORBIDDEN),
    "data to a write": (one_of(ARM, "LB", "Rx1 data>Wy1"), FORBIDDEN),
    "no dependency": (one_of(ARM, "LB", "Rx1 Wy1"), ALLOWED),
    "data forwarded": (reader("Ry1 data>Wz1 Rz1 addr>Rx0", DMB), FORBIDDEN),
    "address forwarded": (reader("Ry1 addr>Wz1 Rz1 addr>Rx0", DMB), FORBIDDEN),
    "control forwarded, PPOCA": (reader("Ry1 ctrl>Wz1 Rz1 addr>Rx0", DMB), ALLOWED),
    "a store forwarded": (reader("Ry1 Wz1 Rz1 addr>Rx0", DMB), ALLOWED),
    "an own store read early": (writer("Wx1 Rx1 addr>Wy1", DMB), ALLOWED),
    # Local write successors, and what is no order of reads of one location.
    "a store before its location's next one": ("Ry1 data>Wz1 Wz2 | Rz2 [DMB.ISH] Wy1", FORBIDDEN),
    "reads of one store, RSW": (reader("Ry1 addr>Rz0 Rz0 addr>Rx0", DMB), ALLOWED),
    "reads of two stores, RDW": (reader("Ry1 addr>Rz0 Rz1 addr>Rx0", DMB) + " | Wz1", FORBIDDEN),
    # Barrier-ordered-before.
    "acquire": (reader("Ry1:A Rx0", DMB), FORBIDDEN),
    "acquire, LDAPR": (reader("Ry1:Q Rx0", DMB), FORBIDDEN),
    "acquire orders nothing before it": (reader("Ry1 Rx0:A", DMB), ALLOWED),
    "release": (writer("Wx1 Wy1:L", DMB), FORBIDDEN),
    "release after a read": (one_of(ARM, "LB", "Rx1 Wy1:L"), FORBIDDEN),
    "release orders nothing behind it": (writer("Wx1:L Wy1", DMB), ALLOWED),
    "release and acquire": (one_of(ARM, "SB", "Wx1:L Ry0:A"), FORBIDDEN),
    "release and LDAPR": (one_of(ARM, "SB", "Wx1:L Ry0:Q"), ALLOWED),
    "DMB ST": (writer("Wx1 [DMB.ISHST] Wy1", DMB), FORBIDDEN),
    "DMB ST before a load": (one_of(ARM, "SB", "Wx1 [DMB.ISHST] Ry0"), ALLOWED),
    "DMB ST after a load": (one_of(ARM, "LB", "Rx1 [DMB.ISHST] Wy1"), ALLOWED),
    "DSB ST before a load": (one_of(ARM, "SB", "Wx1 [DSB.ISHST] Ry0"), FORBIDDEN),
    "DSB ST after a load": (reader("Ry1 [DSB.ISHST] Rx0", DMB), ALLOWED),
    "DMB LD": (reader("Ry1 [DMB.ISHLD] Rx0", DMB), FORBIDDEN),
    "DMB LD before a store": (one_of(ARM, "LB", "Rx1 [DMB.ISHLD] Wy1"), FORBIDDEN),
    "DMB LD after a store": (writer("Wx1 [DMB.ISHLD] Wy1", DMB), ALLOWED),
    "DMB LD after an atomic that returns": (reader("Uy1-2 [DMB.ISHLD] Rx0", DMB), FORBIDDEN),
    "DMB LD after one that returns nothing": (reader("Uy1-2:NoRet [DMB.ISHLD] Rx0", DMB), ALLOWED),
    "an atomic that is both": (writer("Wx1 Uz0-1:A/L Wy1", DMB), FORBIDDEN),
    "a pair of exclusives that is both": (writer("Wx1 Uz0-1:X,A/X,L Wy1", DMB), ALLOWED),
    "an atomic that acquires": (writer("Wx1 Uz0-1:A Wy1", DMB), ALLOWED),
    "an atomic that releases": (writer("Wx1 Uz0-1:/L Wy1", DMB), ALLOWED),
    "what follows one that is both": (one_of(ARM, "SB", "Ux0-1:A/L Ry0"), FORBIDDEN),
    "what follows one that acquires": (one_of(ARM, "SB", "Ux0-1:A Ry0"), ALLOWED),
    # Atomic-ordered-before: an acquire that reads from an atomic waits for its read half.
    "an acquire from an own atomic": (reader("Uy1-2 Ry2:A Rx0", DMB), FORBIDDEN),
    "LDAPR from an own atomic": (reader("Uy1-2 Ry2:Q Rx0", DMB), FORBIDDEN),
    "a load from an own atomic": (reader("Uy1-2 Ry2 addr>Rx0", DMB), ALLOWED),
    "an acquire does not wait for the write half": (one_of(ARM, "SB", "Ux0-1 Rx1:A Ry0"), ALLOWED),
    # Observed-by: stores are seen by all others at once.
    "WRC": ("Wx1 | Rx1 data>Wy1 | Ry1 addr>Rx0", FORBIDDEN),
    "IRIW": ("Wx1 | Rx1 addr>Ry0 | Wy1 | Ry1 addr>Rx0", FORBIDDEN),
    "S": (one_of(ARM, "S", "Wx2 [DMB.ISH] Wy1"), FORBIDDEN),
    "R": (one_of(ARM, "R", "Wx1 [DMB.ISH] Wy1"), FORBIDDEN),
    "2+2W": (one_of(ARM, "2+2W", "Wx2 [DMB.ISH] Wy1"), FORBIDDEN),
    "2+2W without order": (one_of(ARM, "2+2W", "Wx2 Wy1"), ALLOWED),
}

# ── RISC-V: Unprivileged ISA, RVWMO, rules 1 to 13 ───────────────────────────────────────────────────────────────────────

FULL = "Fence.rw.rw"
RV = others(FULL)
THREADS = {"WR": ("SB", "Wx1 [F] Ry0"), "RW": ("LB", "Rx1 [F] Wy1"), "WW": ("2+2W", "Wx2 [F] Wy1")}
KEPT = {f"Fence.{p}.{s}": {(a, b) for a in p.upper() for b in s.upper()} for p in ("r", "w", "rw") for s in ("r", "w", "rw")}
KEPT["Fence.tso"] = {("R", "R"), ("R", "W"), ("W", "W")}
RISCV = {
    f"rule 4: {fence} and {kinds}": (
        reader(f"Ry1 [{fence}] Rx0", FULL)
        if kinds == "RR"
        else one_of(RV, THREADS[kinds][0], THREADS[kinds][1].replace("F", fence, 1)),
        tuple(kinds) not in kept,
    )
    for fence, kept in KEPT.items()
    for kinds in ("RR", "WR", "RW", "WW")
} | {
    "no fence": (reader("Ry1 Rx0", FULL), ALLOWED),
    "rule 1": ("Ry1 data>Wz1 Wz2 | Rz2 [Fence.rw.rw] Wy1", FORBIDDEN),
    "rule 2: reads of an own store": (reader("Wz1 Ry1 addr>Rz1 Rz1 addr>Rx0", FULL), ALLOWED),
    "rule 2: reads of one store": (reader("Ry1 addr>Rz0 Rz0 addr>Rx0", FULL), ALLOWED),
    "rule 2: reads of two stores": (reader("Ry1 addr>Rz0 Rz1 addr>Rx0", FULL) + " | Wz1", FORBIDDEN),
    "rule 2: a store between": (reader("Ry1 addr>Rz0 Wz1 Rz1 addr>Rx0", FULL), ALLOWED),
    "rule 3: from an amo": (writer("Ux0-1 Rx1 addr>Wy1", FULL), FORBIDDEN),
    "rule 3: from an sc": (writer("Ux0-1:X/X Rx1 addr>Wy1", FULL), FORBIDDEN),
    "rule 3: from a store": (writer("Wx1 Rx1 addr>Wy1", FULL), ALLOWED),
    "rule 5": (reader("Ry1:Acq Rx0", FULL), FORBIDDEN),
    "rule 5: a store behind it": (one_of(RV, "LB", "Rx1:Acq Wy1"), FORBIDDEN),
    "rule 5: nothing before it": (reader("Ry1 Rx0:Acq", FULL), ALLOWED),
    "rule 6": (writer("Wx1 Wy1:Rel", FULL), FORBIDDEN),
    "rule 6: a load before it": (one_of(RV, "LB", "Rx1 Wy1:Rel"), FORBIDDEN),
    "rule 6: nothing behind it": (writer("Wx1:Rel Wy1", FULL), ALLOWED),
    "rule 7: of loads and stores": (one_of(RV, "SB", "Wx1:Rel Ry0:Acq"), ALLOWED),
    "rule 7: of sc and lr": (one_of(RV, "SB", "Ux0-1:X/X,Rel Ry0:X,Acq"), FORBIDDEN),
    "rule 7: of an amo and lr": (one_of(RV, "SB", "Ux0-1:Rel/Rel Ry0:X,Acq"), FORBIDDEN),
    "rule 7: of an amo and a load": (one_of(RV, "SB", "Ux0-1:Rel/Rel Ry0:Acq"), ALLOWED),
    "rule 9": (reader("Ry1 addr>Rx0", FULL), FORBIDDEN),
    "rule 10": (one_of(RV, "LB", "Rx1 data>Wy1"), FORBIDDEN),
    "rule 11": (one_of(RV, "LB", "Rx1 ctrl>Wy1"), FORBIDDEN),
    "rule 11: not to a read": (reader("Ry1 ctrl>Rx0", FULL), ALLOWED),
    "rule 12: data": (reader("Ry1 data>Wz1 Rz1 addr>Rx0", FULL), FORBIDDEN),
    "rule 12: address": (reader("Ry1 addr>Wz1 Rz1 addr>Rx0", FULL), FORBIDDEN),
    "rule 12: not control": (reader("Ry1 ctrl>Wz1 Rz1 addr>Rx0", FULL), ALLOWED),
    "rule 13": (one_of(RV, "LB", "Rx1 addr>Rz0 Wy1"), FORBIDDEN),
    "rule 13: not to a read": (reader("Ry1 addr>Rz0 Rx0", FULL), ALLOWED),
    "an amo is one operation, what comes before": (reader("Ry1 data>Uz0-1 addr>Rx0", FULL), FORBIDDEN),
    "an amo is one operation, what comes behind": (one_of(RV, "SB", "Ux0-1 addr>Ry0"), FORBIDDEN),
    "lr and sc are two, what comes before": (reader("Ry1 data>Uz0-1:X/X addr>Rx0", FULL), ALLOWED),
    "lr and sc are two, what comes behind": (one_of(RV, "SB", "Ux0-1:X/X addr>Ry0"), ALLOWED),
    "WRC": ("Wx1 | Rx1 data>Wy1 | Ry1 addr>Rx0", FORBIDDEN),
    "IRIW": ("Wx1 | Rx1 addr>Ry0 | Wy1 | Ry1 addr>Rx0", FORBIDDEN),
    "R": (one_of(RV, "R", "Wx1 [Fence.rw.rw] Wy1"), FORBIDDEN),
}

# ── Power: Herding Cats (TOPLAS 36(2), 2014), and the tests of Sarkar et al., PLDI 2011 ──────────────────────────────────

SYNC, LW = "SYNC", "LWSYNC"
PPC = others(SYNC)
POWER = {
    "MP+lwsync+addr": (reader("Ry1 addr>Rx0", LW), FORBIDDEN),
    "MP+lwsync+po": (reader("Ry1 Rx0", LW), ALLOWED),
    "MP+po+addr": ("Wx1 Wy1 | Ry1 addr>Rx0", ALLOWED),
    "MP+eieio+addr": (reader("Ry1 addr>Rx0", "EIEIO"), FORBIDDEN),
    "MP+sync+ctrl": (reader("Ry1 ctrl>Rx0", SYNC), ALLOWED),
    "MP+sync+ctrlisync": (reader("Ry1 ctrl>[ISYNC] Rx0", SYNC), FORBIDDEN),
    "MP+sync+isync": (reader("Ry1 [ISYNC] Rx0", SYNC), ALLOWED),
    "MP+sync+lwsync": (reader("Ry1 [LWSYNC] Rx0", SYNC), FORBIDDEN),
    "MP+sync+eieio": (reader("Ry1 [EIEIO] Rx0", SYNC), ALLOWED),
    "PPOAA": (reader("Ry1 addr>Wz1 Rz1 addr>Rx0", SYNC), FORBIDDEN),
    "PPODA": (reader("Ry1 data>Wz1 Rz1 addr>Rx0", SYNC), FORBIDDEN),
    "PPOCA": (reader("Ry1 ctrl>Wz1 Rz1 addr>Rx0", SYNC), ALLOWED),
    "RSW": (reader("Ry1 addr>Rz0 Rz0 addr>Rx0", SYNC), ALLOWED),
    "RDW": (reader("Ry1 addr>Rz0 Rz1 addr>Rx0", SYNC) + " | Wz1", FORBIDDEN),
    "DETOUR": (reader("Ry1 addr>Wz1 Rz2 addr>Rx0", SYNC) + " | Wz2 # z=2", FORBIDDEN),
    "SB+syncs": (one_of(PPC, "SB", "Wx1 [SYNC] Ry0"), FORBIDDEN),
    "SB+lwsync+sync": (one_of(PPC, "SB", "Wx1 [LWSYNC] Ry0"), ALLOWED),
    "LB+addr+sync": (one_of(PPC, "LB", "Rx1 addr>Wy1"), FORBIDDEN),
    "LB+data+sync": (one_of(PPC, "LB", "Rx1 data>Wy1"), FORBIDDEN),
    "LB+ctrl+sync": (one_of(PPC, "LB", "Rx1 ctrl>Wy1"), FORBIDDEN),
    "LB+addr-po+sync": (one_of(PPC, "LB", "Rx1 addr>Rz0 Wy1"), FORBIDDEN),
    "LB+po+sync": (one_of(PPC, "LB", "Rx1 Wy1"), ALLOWED),
    "LB+eieio+sync": (one_of(PPC, "LB", "Rx1 [EIEIO] Wy1"), ALLOWED),
    "LB+data-wsi+data": ("Rx1 data>Wy2 Wy1 | Ry1 data>Wx1", FORBIDDEN),
    "S+lwsync+data": ("Wx2 [LWSYNC] Wy1 | Ry1 data>Wx1 # x=2", FORBIDDEN),
    "S+lwsync+po": ("Wx2 [LWSYNC] Wy1 | Ry1 Wx1 # x=2", ALLOWED),
    "R+syncs": (one_of(PPC, "R", "Wx1 [SYNC] Wy1"), FORBIDDEN),
    "R+lwsync+sync": (one_of(PPC, "R", "Wx1 [LWSYNC] Wy1"), ALLOWED),
    "2+2W+lwsyncs": ("Wx2 [LWSYNC] Wy1 | Wy2 [LWSYNC] Wx1 # x=2 y=2", FORBIDDEN),
    "2+2W+lwsync+po": ("Wx2 [LWSYNC] Wy1 | Wy2 Wx1 # x=2 y=2", ALLOWED),
    "WRC+lwsync+addr": ("Wx1 | Rx1 [LWSYNC] Wy1 | Ry1 addr>Rx0", FORBIDDEN),
    "WRC+data+addr": ("Wx1 | Rx1 data>Wy1 | Ry1 addr>Rx0", ALLOWED),
    "WRC+data+sync": ("Wx1 | Rx1 data>Wy1 | Ry1 [SYNC] Rx0", ALLOWED),
    "WWC+lwsync+addr": ("Wx2 | Rx2 [LWSYNC] Wy1 | Ry1 addr>Wx1 # x=2", FORBIDDEN),
    "ISA2+lwsync+data+addr": ("Wx1 [LWSYNC] Wy1 | Ry1 data>Wz1 | Rz1 addr>Rx0", FORBIDDEN),
    "RWC+syncs": ("Wx1 | Rx1 [SYNC] Ry0 | Wy1 [SYNC] Rx0", FORBIDDEN),
    "RWC+lwsync+sync": ("Wx1 | Rx1 [LWSYNC] Ry0 | Wy1 [SYNC] Rx0", ALLOWED),
    "W+RWC+sync+addr+sync": ("Wx1 [SYNC] Wy1 | Ry1 addr>Rz0 | Wz1 [SYNC] Rx0", FORBIDDEN),
    "W+RWC+lwsync+addr+sync": ("Wx1 [LWSYNC] Wy1 | Ry1 addr>Rz0 | Wz1 [SYNC] Rx0", ALLOWED),
    "W+RWC+lwsync+sync+sync": ("Wx1 [LWSYNC] Wy1 | Ry1 [SYNC] Rz0 | Wz1 [SYNC] Rx0", FORBIDDEN),
    "Z6.3+sync+lwsync+sync": ("Wx1 [SYNC] Wy1 | Wy2 [LWSYNC] Wz1 | Rz1 [SYNC] Rx0 # y=2", FORBIDDEN),
    "Z6.3+sync+lwsync+addr": ("Wx1 [SYNC] Wy1 | Wy2 [LWSYNC] Wz1 | Rz1 addr>Rx0 # y=2", ALLOWED),
    "Z6.3+lwsync+lwsync+addr": ("Wx1 [LWSYNC] Wy1 | Wy2 [LWSYNC] Wz1 | Rz1 addr>Rx0 # y=2", ALLOWED),
    "IRIW+syncs": ("Wx1 | Rx1 [SYNC] Ry0 | Wy1 | Ry1 [SYNC] Rx0", FORBIDDEN),
    "IRIW+lwsyncs": ("Wx1 | Rx1 [LWSYNC] Ry0 | Wy1 | Ry1 [LWSYNC] Rx0", ALLOWED),
    "IRIW+addrs": ("Wx1 | Rx1 addr>Ry0 | Wy1 | Ry1 addr>Rx0", ALLOWED),
}

# ── x86: Owens, Sarkar, Sewell, TPHOLs 2009; Intel SDM volume 3, 8.2 ─────────────────────────────────────────────────────

X86 = others("MFENCE")
TSO = {
    "SB": (one_of(X86, "SB", "Wx1 Ry0"), ALLOWED),
    "SB+mfences": (one_of(X86, "SB", "Wx1 [MFENCE] Ry0"), FORBIDDEN),
    "what follows a locked instruction": (one_of(X86, "SB", "Ux0-1:X/X Ry0"), FORBIDDEN),
    "what a locked instruction follows": (one_of(X86, "SB", "Wx1 Ry0:X"), FORBIDDEN),
    "an own store read early": (one_of(X86, "SB", "Wx1 Rx1 Ry0"), ALLOWED),
    "R": (one_of(X86, "R", "Wx1 Wy1"), FORBIDDEN),
    "R without a barrier": ("Wx1 Wy1 | Wy2 Rx0 # y=2", ALLOWED),
    "S": ("Wx2 Wy1 | Ry1 Wx1 # x=2", FORBIDDEN),
    "LB": ("Rx1 Wy1 | Ry1 Wx1", FORBIDDEN),
    "MP": ("Wx1 Wy1 | Ry1 Rx0", FORBIDDEN),
    "2+2W": ("Wx2 Wy1 | Wy2 Wx1 # x=2 y=2", FORBIDDEN),
    "WRC": ("Wx1 | Rx1 Wy1 | Ry1 Rx0", FORBIDDEN),
    "IRIW": ("Wx1 | Rx1 Ry0 | Wy1 | Ry1 Rx0", FORBIDDEN),
}

# ── the kernel: Linux v6.12, tools/memory-model, litmus-tests/ and Documentation/explanation.txt ─────────────────────────

LINUX = others("Mb")
LOCK, UNLOCK = "0-1:LKR/LKW", "0:UL"
LKMM = {
    "MP+poonceonces": ("Wx1 Wy1 | Ry1 Rx0", ALLOWED),
    "MP+fencewmbonceonce+fencermbonceonce": ("Wx1 [Wmb] Wy1 | Ry1 [Rmb] Rx0", FORBIDDEN),
    "MP+rmb+rmb": ("Wx1 [Rmb] Wy1 | Ry1 [Rmb] Rx0", ALLOWED),
    "MP+wmb+wmb": ("Wx1 [Wmb] Wy1 | Ry1 [Wmb] Rx0", ALLOWED),
    "MP+pooncerelease+poacquireonce": ("Wx1 Wy1:Release | Ry1:Acquire Rx0", FORBIDDEN),
    "MP+onceassign+derefonce": ("Wx1 Wy1:Release | Ry1 addr>Rx0", FORBIDDEN),
    "MP+wmb+ctrl": ("Wx1 [Wmb] Wy1 | Ry1 ctrl>Rx0", ALLOWED),
    "MP+wmb+data-rfi-addr": ("Wx1 [Wmb] Wy1 | Ry1 data>Wz1 Rz1 addr>Rx0", FORBIDDEN),
    "MP+wmb+ctrl-rfi-addr": ("Wx1 [Wmb] Wy1 | Ry1 ctrl>Wz1 Rz1 addr>Rx0", ALLOWED),
    "SB+poonceonces": ("Wx1 Ry0 | Wy1 Rx0", ALLOWED),
    "SB+fencembonceonces": (one_of(LINUX, "SB", "Wx1 [Mb] Ry0"), FORBIDDEN),
    "SB+wmb+mb": (one_of(LINUX, "SB", "Wx1 [Wmb] Ry0"), ALLOWED),
    "SB+rel-acq+mb": (one_of(LINUX, "SB", "Wx1:Release Ry0:Acquire"), ALLOWED),
    "LB+poonceonces": ("Rx1 Wy1 | Ry1 Wx1", ALLOWED),
    "LB+fencembonceonce+ctrlonceonce": (one_of(LINUX, "LB", "Rx1 ctrl>Wy1"), FORBIDDEN),
    "LB+data+mb": (one_of(LINUX, "LB", "Rx1 data>Wy1"), FORBIDDEN),
    "LB+addr+mb": (one_of(LINUX, "LB", "Rx1 addr>Wy1"), FORBIDDEN),
    "LB+poacquireonce+pooncerelease": ("Rx1 Wy1:Release | Ry1:Acquire Wx1", FORBIDDEN),
    "LB+rmb+mb": (one_of(LINUX, "LB", "Rx1 [Rmb] Wy1"), ALLOWED),
    "LB+data-wsi+mb": ("Ry1 data>Wz1 Wz2 | Rz2 [Mb] Wy1", FORBIDDEN),
    "S+fencewmbonceonce+poacquireonce": ("Wx2 [Wmb] Wy1 | Ry1:Acquire Wx1 # x=2", FORBIDDEN),
    "S+poonceonces": ("Wx2 Wy1 | Ry1 Wx1 # x=2", ALLOWED),
    "R+fencembonceonces": (one_of(LINUX, "R", "Wx1 [Mb] Wy1"), FORBIDDEN),
    "R+wmb+mb": (one_of(LINUX, "R", "Wx1 [Wmb] Wy1"), ALLOWED),
    "WRC+pooncerelease+fencermbonceonce+Once": ("Wx1 | Rx1 Wy1:Release | Ry1 [Rmb] Rx0", FORBIDDEN),
    "WRC+data+rmb": ("Wx1 | Rx1 data>Wy1 | Ry1 [Rmb] Rx0", ALLOWED),
    "WRC+data-wmb+rmb": ("Wx1 | Rx1 data>Wz1 [Wmb] Wy1 | Ry1 [Rmb] Rx0", ALLOWED),
    "ISA2+pooncerelease+poacquirerelease+poacquireonce": (
        "Wx1 Wy1:Release | Ry1:Acquire Wz1:Release | Rz1:Acquire Rx0",
        FORBIDDEN,
    ),
    "ISA2+wmb+data+rmb": ("Wx1 [Wmb] Wy1 | Ry1 data>Wz1 | Rz1 [Rmb] Rx0", ALLOWED),
    "Z6.0+pooncerelease+poacquirerelease+fencembonceonce": (
        "Wx1 Wy1:Release | Ry1:Acquire Wz1:Release | Wz2 [Mb] Rx0 # z=2",
        ALLOWED,
    ),
    "Z6.0+mb+poacquirerelease+fencembonceonce": ("Wx1 [Mb] Wy1 | Ry1:Acquire Wz1:Release | Wz2 [Mb] Rx0 # z=2", FORBIDDEN),
    "RWC+mbs": ("Wx1 | Rx1 [Mb] Ry0 | Wy1 [Mb] Rx0", FORBIDDEN),
    "RWC+rmb+mb": ("Wx1 | Rx1 [Rmb] Ry0 | Wy1 [Mb] Rx0", ALLOWED),
    "IRIW+fencembonceonces+OnceOnce": ("Wx1 | Rx1 [Mb] Ry0 | Wy1 | Ry1 [Mb] Rx0", FORBIDDEN),
    "IRIW+rmbs": ("Wx1 | Rx1 [Rmb] Ry0 | Wy1 | Ry1 [Rmb] Rx0", ALLOWED),
    "a release, and an update behind it": ("Wx1 Wy1:Release | Uy1-2 | Ry2:Acquire Rx0", FORBIDDEN),
    # Documentation/atomic_t.txt: what the barriers beside atomics order.
    "before_atomic, what follows": (one_of(LINUX, "SB", "Wx1 [Before-atomic] Uz0-1 Ry0"), FORBIDDEN),
    "before_atomic, the atomic": ("Wx1 [Before-atomic] Uy0-1 | Wy2 [Mb] Rx0 # y=2", FORBIDDEN),
    "before_atomic without one": (one_of(LINUX, "SB", "Wx1 [Before-atomic] Ry0"), ALLOWED),
    "after_atomic, what is before": (one_of(LINUX, "SB", "Wx1 Uz0-1 [After-atomic] Ry0"), FORBIDDEN),
    "after_atomic, the atomic": (one_of(LINUX, "SB", "Ux0-1 [After-atomic] Ry0"), FORBIDDEN),
    "after_atomic without one": (one_of(LINUX, "SB", "Wx1 [After-atomic] Ry0"), ALLOWED),
    "after_atomic, one that fails": (one_of(LINUX, "SB", "Wx1 Rz0:Once,Failed [After-atomic] Ry0"), FORBIDDEN),
    "an atomic alone": (one_of(LINUX, "SB", "Wx1 Uz0-1 Ry0"), ALLOWED),
    "smp_rmb() and an atomic that returns": ("Wx1 [Wmb] Wy1 | Uy1-2 [Rmb] Rx0", FORBIDDEN),
    "smp_rmb() and one that returns nothing": ("Wx1 [Wmb] Wy1 | Uy1-2:Noreturn/Once [Rmb] Rx0", ALLOWED),
    # Locks: an acquire, a release, and order from one section to the next of a CPU, whichever locks they are.
    "a lock acquires": ("Wx1 [Wmb] Wl1 | Ul1-2:LKR/LKW Rx0", FORBIDDEN),
    "an unlock releases": ("Wx1 Wl1:UL | Rl1:Acquire Rx0", FORBIDDEN),
    "unlock and lock, stores": (f"Wx1 Wl{UNLOCK} Um{LOCK} Wy1 | Ry1 [Rmb] Rx0", FORBIDDEN),
    "unlock and lock, store and load": (one_of(LINUX, "SB", f"Wx1 Wl{UNLOCK} Um{LOCK} Ry0"), ALLOWED),
    "smp_mb__after_unlock_lock()": (one_of(LINUX, "SB", f"Wx1 Wl{UNLOCK} Um{LOCK} [After-unlock-lock] Ry0"), FORBIDDEN),
    "smp_mb__after_spinlock()": (one_of(LINUX, "SB", f"Wx1 Um{LOCK} [After-spinlock] Ry0"), FORBIDDEN),
    "a lock alone": (one_of(LINUX, "SB", f"Wx1 Um{LOCK} Ry0"), ALLOWED),
    "smp_mb__after_srcu_read_unlock()": (
        one_of(LINUX, "SB", "Wx1 Ws1:Srcu-unlock [After-srcu-read-unlock] Ry0"),
        FORBIDDEN,
    ),
}
# Linux commit ddfe12944e84: before v5.17 it had to be one lock.
SAME_LOCK = {
    "unlock and lock, stores": (f"Wx1 Wl{UNLOCK} Um{LOCK} Wy1 | Ry1 [Rmb] Rx0", ALLOWED),
    "smp_mb__after_unlock_lock()": (one_of(LINUX, "SB", f"Wx1 Wl{UNLOCK} Um{LOCK} [After-unlock-lock] Ry0"), ALLOWED),
    "unlock and lock of one, stores": (f"Ul{LOCK} Wx1 Wl{UNLOCK} Ul{LOCK} Wy1 | Ry1 [Rmb] Rx0", FORBIDDEN),
}
# A fully ordered read-modify-write orders what is on either side, as accesses with a tag.
FULLY = "0-1:Once,Mb/Once,Mb"
V2 = LKMM | {
    "a full atomic": (one_of(LINUX, "SB", f"Wx1 Uz{FULLY} Ry0"), FORBIDDEN),
    "what follows a full atomic": (one_of(LINUX, "SB", f"Ux{FULLY} Ry0"), FORBIDDEN),
    "what a full atomic follows": (f"Wx1 Uy{FULLY} | Wy2 [Mb] Rx0 # y=2", FORBIDDEN),
}

# Plain accesses: which executions are marked as data races (explanation.txt, "plain accesses and data races").
RACES = {
    "marked accesses": ("Wx1 | Wx2 # x=2", False),
    "a plain store, then a marked one": ("Wx1:- | Wx2 # x=2", True),
    "a marked store, then a plain one": ("Wx1:- | Wx2 # x=1", True),
    "two plain stores": ("Wx1:- | Wx2:- # x=2", True),
    "a plain store that is read": ("Wx1:- | Rx1", True),
    "a store that is read plainly": ("Wx1 | Rx1:-", True),
    "a plain store that is not read yet": ("Wx1:- | Rx0", True),
    "one published and acquired": ("Wx1:- Wy1:Release | Ry1:Acquire Rx1:-", False),
    "one published and not acquired": ("Wx1:- Wy1:Release | Ry1 Rx1:-", True),
    "one acquired and not published": ("Wx1:- Wy1 | Ry1:Acquire Rx1:-", True),
    "one overwritten after it was published": ("Wx1:- Wy1:Release | Ry1:Acquire Wx2:- # x=2", False),
    "one overwritten after it was read": ("Rx0:- Wy1:Release | Ry1:Acquire Wx1:- # x=1", False),
    "one overwritten after it was read, unordered": ("Rx0:- Wy1 | Ry1:Acquire Wx1:- # x=1", True),
}

# One location, under every model: coherence, and nothing comes between the halves of a read-modify-write.
ONE_WORD = {
    "CoRR": "Wx1 | Rx1 Rx0",
    "CoWW": "Wx1 Wx2 # x=1",
    "CoWR": "Wx1 Rx0",
    "CoWR of another's": "Wx1 Rx2 | Wx2 # x=1",
    "CoRW": "Rx1 Wx1",
    "CoRW of another's": "Rx1 Wx2 | Wx1 # x=1",
    "two updates": "Ux0-1:X/X | Ux0-2:X/X",
    "a store between": "Ux0-1:X/X | Wx2 # x=1",
}
IN_ORDER = {"reads in order": "Wx1 | Rx0 Rx1", "an update, and a store behind it": "Ux0-1:X/X | Wx2 # x=2"}
MODELS = {
    "armv8": ARMV8, "riscv": RISCV, "power": POWER, "x86-tso": TSO, "sc": {}, "lkmm": LKMM, "lkmm-same-lock": SAME_LOCK,
    "lkmm-v2": V2,
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_a_clause_orders_what_it_says_and_no_more(name: str) -> None:
    tests = MODELS[name] | {what: (text, FORBIDDEN) for what, text in ONE_WORD.items()}
    tests |= {what: (text, ALLOWED) for what, text in IN_ORDER.items()}
    marked = "Once" if name.startswith("lkmm") else ""
    wrong = [
        what
        for what, (text, allowed) in tests.items()
        if (reachable(shape(text, marked).program(), model(name), lambda result: result.reaches("bad")) is not None)
        is not allowed
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["lkmm", "lkmm-v2"])
def test_an_execution_is_marked_as_a_race_where_nothing_orders_its_plain_accesses(name: str) -> None:
    wrong = []
    for what, (text, race) in RACES.items():
        found = reachable(shape(text, "Once").program(), model(name), lambda result: result.reaches("bad"))
        assert found is not None, what
        if any(axiom.name == "data-race" for axiom in raised_flags(model(name), found)) is not race:
            wrong.append(what)
    assert wrong == []
