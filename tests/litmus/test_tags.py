"""The name of an instruction says how its accesses are ordered: a rule for each architecture, over all of its names.

Arm DDI 0487, C6 (A acquires, L releases, P is RCpc, X is exclusive; of an atomic the read half acquires and the write half
releases); RISC-V volume I, "A" extension (annotations are of both halves of an AMO); Power ISA, Book II; Intel SDM 3, 8.1.2.
"""

import itertools

import pytest

from gupproof.litmus.frame import read_assembly
from gupproof.litmus.lower import lower_litmus
from gupproof.program.events import Kind
from tests.litmus.test_instructions import arm, ppc, riscv, x86

Events = list[tuple[str, set[str]]]
LETTERS = {Kind.READ: "R", Kind.WRITE: "W", Kind.FENCE: "F"}


def events(text: str) -> Events:
    """What the first thread does."""
    program = lower_litmus(read_assembly(text, "t.litmus"))
    return [(LETTERS[event.kind], {tag for tag, _ in event.tags}) for event in program.events if event.thread == 0]


def of_arm() -> list[tuple[str, Events]]:
    made: list[tuple[str, Events]] = []
    loads = {"LDR": "", "LDUR": "", "LDAR": "A", "LDAPR": "Q", "LDAPUR": "Q", "LDXR": "X", "LDAXR": "XA"}
    for (name, tags), size in itertools.product(loads.items(), ("", "B", "H")):
        made.append((f"{name}{size} W0,[X1]", [("R", set(tags))]))
    stores = {"STR": "", "STUR": "", "STLR": "L", "STLUR": "L"}
    for (name, tags), size in itertools.product(stores.items(), ("", "B", "H")):
        made.append((f"{name}{size} W0,[X1]", [("W", set(tags))]))
    for (name, tags), size in itertools.product({"STXR": "X", "STLXR": "XL"}.items(), ("", "B", "H")):
        made.append((f"LDXR{size} W0,[X1]; {name}{size} W3,W0,[X1]", [("R", {"X"}), ("W", set(tags))]))
    orders = {"": ("", ""), "A": ("A", ""), "L": ("", "L"), "AL": ("A", "L")}
    for (order, (read, write)), size in itertools.product(orders.items(), ("", "B", "H")):
        both = [("R", set(read)), ("W", set(write))]
        for name in ("ADD", "CLR", "EOR", "SET", "SMAX", "SMIN", "UMAX", "UMIN"):
            made.append((f"LD{name}{order}{size} W0,W3,[X1]", both))
            # What returns nothing is no acquire.
            made.append((f"LD{name}{order}{size} W0,WZR,[X1]", [("R", {"NoRet"}), both[1]]))
            if "A" not in order:
                made.append((f"ST{name}{order}{size} W0,[X1]", [("R", {"NoRet"}), both[1]]))
        made.append((f"SWP{order}{size} W0,W3,[X1]", both))
        made.append((f"CAS{order}{size} W0,W3,[X1]", both))
    return [*made, ("ISB", [("F", {"ISB"})]), *((f"{of} SY", [("F", {f"{of}.SY"})]) for of in ("DMB", "DSB"))]


def of_riscv() -> list[tuple[str, Events]]:
    made: list[tuple[str, Events]] = []
    orders: dict[str, set[str]] = {"": set(), ".aq": {"Acq"}, ".rl": {"Rel"}, ".aqrl": {"Acq", "Rel"}, ".aq.rl": {"Acq", "Rel"}}
    for order, tags in orders.items():
        names = ("swap", "add", "or", "and", "xor", "max", "min", "maxu", "minu")
        made += [(f"amo{name}.w{order} x5,x7,(x6)", [("R", tags), ("W", tags)]) for name in names]
        made.append((f"lr.w x5,(x6); sc.w{order} x9,x5,(x6)", [("R", {"X"}), ("W", tags | {"X"})]))
        made.append((f"lr.w{order} x5,(x6)", [("R", tags | {"X"})]))
        made.append((f"lw{order} x5,0(x6)", [("R", tags)]))
        made.append((f"sw{order} x5,0(x6)", [("W", tags)]))
    for before, after in itertools.product(("r", "w", "rw"), repeat=2):
        made.append((f"fence {before},{after}", [("F", {f"Fence.{before}.{after}"})]))
    return [*made, ("fence.tso", [("F", {"Fence.tso"})]), ("fence", [("F", {"Fence.rw.rw"})]), ("fence.i", [])]


def of_ppc() -> list[tuple[str, Events]]:
    fences = {"sync": "SYNC", "lwsync": "LWSYNC", "eieio": "EIEIO", "isync": "ISYNC"}
    made: list[tuple[str, Events]] = [(name, [("F", {tag})]) for name, tag in fences.items()]
    made += [("lwarx r5,r0,r2; stwcx. r5,r0,r2", [("R", {"X"}), ("W", {"X"})])]
    return [*made, ("lwz r5,0(r2)", [("R", set())]), ("stw r5,0(r2)", [("W", set())])]


def of_x86() -> list[tuple[str, Events]]:
    locked, plain = [("R", {"X"}), ("W", {"X"})], [("R", set[str]()), ("W", set[str]())]
    updates = ["INC [x]", "DEC [x]", "NEG [x]", "NOT [x]", *(f"{name} [x],$1" for name in ("ADD", "SUB", "AND", "OR", "XOR"))]
    updates += ["XADD [x],EBX", "CMPXCHG [x],EBX", "BTS [x],$1", "BTR [x],$1", "BTC [x],$1"]
    made: list[tuple[str, Events]] = [(f"LOCK {text}", locked) for text in updates] + [(text, plain) for text in updates]
    return [*made, ("XCHG [x],EBX", locked), ("XCHG EBX,[x]", locked), ("MFENCE", [("F", {"MFENCE"})])]


@pytest.mark.parametrize(
    ("wrapped", "made"), [(arm, of_arm), (riscv, of_riscv), (ppc, of_ppc), (x86, of_x86)], ids=["arm", "riscv", "ppc", "x86"]
)
def test_the_tags_of_an_instruction_are_those_of_its_name(wrapped, made) -> None:
    for text, expected in made():
        assert events(wrapped(text, condition="x=0")) == expected, text
