"""Dependencies of Arm that go through memory: what was stored and loaded again still depends on what it was made of.

Arm ARM (DDI 0487), B2.3.3, "dependency through registers and memory" and its pick dependencies: a comparison picks what a CAS
or a conditional selection stores; what is ordered after the load of that is, if it is a store, ordered after what was compared.
herd7 with the model of issue M.c gives each of these verdicts.
"""

from pathlib import Path

import pytest

from tests.litmus.test_instructions import Observation, arm, observe

NEVER, SOMETIMES = Observation.NEVER, Observation.SOMETIMES
BRANCH = "CBNZ W3,L; L: NOP; "
PICK = "LDR W0,[X2]; CMP W0,#1; CSET W4,EQ; "
AGAIN = "STR W4,[X8]; LDR W3,[X8]; "
STORE = "STR W10,[X1]"
FALSE_ADDRESS = "EOR W5,W3,W3; "


def with_places(text: str) -> str:
    return text.replace("1:X1=x;", "1:X1=x; 1:X8=z; 1:X10=1; 1:X11=2;")


def load_buffering(thread: str) -> str:
    """Can the thread's read of y, whatever reads it, see what was stored after its last store was seen?"""
    return with_places(arm("LDR W0,[X1]; MOV W3,#1; STLR W3,[X2]", thread, condition="0:X0=1 /\\ 1:X0=1"))


def message_passing(thread: str) -> str:
    return with_places(arm("MOV W0,#1; STR W0,[X1]; STLR W0,[X2]", thread, condition="1:X0=1 /\\ 1:X6=0"))


@pytest.mark.parametrize(
    ("thread", "expected"),
    [
        # A CAS stores because of its own comparison ...
        (f"MOV W0,#1; CAS W0,W11,[X2]; LDR W3,[X2]; {BRANCH}{STORE}", NEVER),
        (f"MOV W0,#1; CAS W0,W11,[X2]; LDR W3,[X2]; {FALSE_ADDRESS}STR W10,[X1,W5,SXTW]", NEVER),
        # ... and waits for what it compared with,
        (f"LDR W0,[X2]; EOR W4,W0,W0; CAS W4,W10,[X8]; LDR W3,[X8]; {FALSE_ADDRESS}STR W10,[X1,W5,SXTW]", NEVER),
        # an addition computes with what it read, and a swap does neither.
        (f"LDADD W10,W0,[X2]; LDR W3,[X2]; {BRANCH}{STORE}", NEVER),
        (f"SWP W10,W0,[X2]; LDR W3,[X2]; {BRANCH}{STORE}", SOMETIMES),
        # What a selection gave, stored and loaded again, waits for the flags.
        (f"{PICK}{AGAIN}{BRANCH}{STORE}", NEVER),
        (f"{PICK}{AGAIN}{FALSE_ADDRESS}ADD W5,W5,#1; STR W5,[X1]", NEVER),
        (f"{PICK}{AGAIN}{FALSE_ADDRESS}LDR W6,[X8,W5,SXTW]; {STORE}", NEVER),
        (f"{PICK}{AGAIN}{STORE}", SOMETIMES),
        # It is the latest store that a load sees, and only of its own location.
        (f"{PICK}STR W4,[X8]; STR W11,[X8]; LDR W3,[X8]; {BRANCH}{STORE}", SOMETIMES),
        (f"{PICK}STR W11,[X8]; STR W4,[X8]; LDR W3,[X8]; {BRANCH}{STORE}", NEVER),
        (f"{PICK}STR W4,[X2]; LDR W3,[X8]; {BRANCH}{STORE}", SOMETIMES),
        # An acquire holds back stores, and so does the other half of an atomic.
        (f"{PICK}STR W4,[X8]; LDAR W3,[X8]; {STORE}", NEVER),
        (f"{PICK}STR W4,[X8]; LDAPR W3,[X8]; {STORE}", NEVER),
        (f"{PICK}STR W4,[X8]; SWP W10,W3,[X8]; LDAR W6,[X8]; {STORE}", NEVER),
        (f"{PICK}STR W4,[X8]; SWP W10,W3,[X8]; LDR W3,[X8]; {BRANCH}{STORE}", SOMETIMES),
        # Twice through memory.
        (f"{PICK}{AGAIN}ADD W3,W3,#1; STR W3,[X2]; LDR W3,[X2]; {BRANCH}{STORE}", NEVER),
    ],
)  # fmt: skip
def test_a_store_waits_for_what_was_picked_through_memory(tmp_path: Path, thread: str, expected: Observation):
    assert observe(tmp_path, load_buffering(thread)) is expected


@pytest.mark.parametrize(
    ("thread", "expected"),
    [
        # A load waits at an ISB behind a branch, as it would for the flags themselves,
        (f"{PICK}{AGAIN}{BRANCH}ISB; LDR W6,[X1]", NEVER),
        (f"MOV W0,#1; CAS W0,W11,[X2]; LDR W3,[X2]; {BRANCH}ISB; LDR W6,[X1]", NEVER),
        # and else not for a choice, but for a value that was computed with.
        (f"{PICK}{AGAIN}{FALSE_ADDRESS}LDR W6,[X1,W5,SXTW]", SOMETIMES),
        (f"{PICK}STR W4,[X8]; LDAR W3,[X8]; LDR W6,[X1]", SOMETIMES),
        (f"{PICK}STR W4,[X8]; LDAR W3,[X8]; ISB; LDR W6,[X1]", SOMETIMES),
        (f"LDADD W10,W0,[X2]; LDR W3,[X2]; {FALSE_ADDRESS}LDR W6,[X1,W5,SXTW]", NEVER),
        (f"MOV W0,#1; CAS W0,W11,[X2]; LDR W3,[X2]; {FALSE_ADDRESS}LDR W6,[X1,W5,SXTW]", SOMETIMES),
        (f"SWP W10,W0,[X2]; LDR W3,[X2]; {FALSE_ADDRESS}LDR W6,[X1,W5,SXTW]", SOMETIMES),
    ],
)  # fmt: skip
def test_a_load_waits_for_values_and_not_for_choices(tmp_path: Path, thread: str, expected: Observation):
    assert observe(tmp_path, message_passing(thread)) is expected


def test_a_barrier_of_loads_waits_for_the_read_of_an_addition_that_came_back(tmp_path: Path):
    """That of STADD is none it waits for; the load behind it is, and depends on it."""
    other = "LDR W0,[X1]; DMB SY; MOV W3,#1; STR W3,[X2]"
    for between, expected in (("LDR W3,[X2]; DMB LD", NEVER), ("LDR W3,[X8]; DMB LD", SOMETIMES), ("DMB LD", SOMETIMES)):
        text = with_places(arm(other, f"STADD W11,[X2]; {between}; {STORE}", condition="0:X0=1 /\\ y=3"))
        assert observe(tmp_path, text) is expected


@pytest.mark.parametrize("barrier", ["DMB LD", "DMB ISHLD", "DMB OSHLD", "DMB NSHLD", "DSB LD", "DSB ISHLD", "DMB SY"])
def test_every_barrier_of_loads_waits_for_what_picked_the_load_before_it(tmp_path: Path, barrier: str):
    other = "LDR W0,[X1]; DMB SY; MOV W3,#1; STR W3,[X2]"
    text = with_places(arm(other, f"STADD W11,[X2]; LDR W3,[X2]; {barrier}; {STORE}", condition="0:X0=1 /\\ y=3"))
    assert observe(tmp_path, text) is NEVER


def test_where_the_store_may_be_elsewhere_the_load_waits_only_if_it_is_not(tmp_path: Path):
    """The address is read: the store goes to z or to w, and only in z does the load behind it find it."""
    thread = f"{PICK}LDR X9,[X7]; STR W4,[X9]; LDR W3,[X8]; {BRANCH}{STORE}"
    for target, expected in (("z", NEVER), ("w", SOMETIMES)):
        # All of 64 bits, as the pointer is.
        text = load_buffering(thread).replace("W", "X").replace("1:X1=x;", f"1:X1=x; p={target}; 1:X7=p; w=0;")
        assert observe(tmp_path, text) is expected
