"""Instructions of X86 and AArch64: what they do, alone and to memory order. Verdicts are those of the literature."""

from pathlib import Path

import pytest

from gupproof.diagnostics import GupError
from gupproof.execution.enumerator import outcomes
from gupproof.litmus.frame import Unsupported, read_assembly
from gupproof.litmus.lower import lower_litmus
from gupproof.proving.observation import Observation, Request, judge
from tests.support.models import model


def observe(tmp_path: Path, text: str, unroll: int = 2) -> Observation:
    path = tmp_path / "t.litmus"
    path.write_text(text)
    return judge(path, Request(model=None, unroll=unroll, timeout=30)).observation


def x86(*columns: str, condition: str) -> str:
    return assembly("X86", "x=0; y=0;", columns, condition)


def arm(*columns: str, condition: str) -> str:
    places = " ".join(f"{number}:X1=x; {number}:X2=y;" for number in range(len(columns)))
    return assembly("AArch64", places, columns, condition)


def riscv(*columns: str, condition: str) -> str:
    places = " ".join(f"{number}:x6=x; {number}:x8=y;" for number in range(len(columns)))
    return assembly("RISCV", places, columns, condition)


def ppc(*columns: str, condition: str) -> str:
    places = " ".join(f"{number}:r2=x; {number}:r4=y;" for number in range(len(columns)))
    return assembly("PPC", places, columns, condition)


def assembly(arch: str, initial: str, columns: tuple[str, ...], condition: str) -> str:
    threads = [column.split("; ") for column in columns]
    rows = [" | ".join(f"P{number}" for number in range(len(threads))) + " ;"]
    for row in range(max(map(len, threads))):
        cells = [thread[row] if row < len(thread) else "" for thread in threads]
        rows += [" | ".join(cells) + " ;"]
    return f"{arch} t\n{{ {initial} }}\n" + "\n".join(rows) + f"\nexists ({condition})\n"


@pytest.mark.parametrize(
    ("between", "expected"),
    [
        ("MFENCE", Observation.NEVER),
        ("NOP", Observation.SOMETIMES),
        ("XCHG [z],ECX", Observation.NEVER),
        ("LOCK INC [z]", Observation.NEVER),
        ("INC [z]", Observation.SOMETIMES),
    ],
)
def test_x86_store_buffering_needs_something_locked_or_a_fence(tmp_path: Path, between: str, expected: Observation):
    columns = (f"MOV [x],$1; {between}; MOV EAX,[y]", f"MOV [y],$1; {between}; MOV EAX,[x]")
    assert observe(tmp_path, x86(*columns, condition="0:EAX=0 /\\ 1:EAX=0")) is expected


def test_x86_unlocked_increments_may_be_lost_and_locked_ones_not(tmp_path: Path):
    assert observe(tmp_path, x86("INC [x]", "INC [x]", condition="x=1")) is Observation.SOMETIMES
    assert observe(tmp_path, x86("LOCK INC [x]", "LOCK INC [x]", condition="x=1")) is Observation.NEVER


def test_x86_compare_and_exchange_succeeds_once(tmp_path: Path):
    column = "MOV EAX,$0; MOV EBX,$1; LOCK CMPXCHG [x],EBX"
    assert observe(tmp_path, x86(column, column, condition="0:EAX=0 /\\ 1:EAX=0")) is Observation.NEVER
    assert observe(tmp_path, x86(column, column, condition="0:EAX=0 /\\ 1:EAX=1")) is Observation.SOMETIMES


def test_x86_jumps_follow_the_comparison(tmp_path: Path):
    text = x86(
        "MOV EAX,[x]; CMP EAX,$1; JNE Out; MOV EBX,$7; Out: NOP",
        "MOV [x],$1",
        condition="0:EAX=1 /\\ 0:EBX=0 \\/ 0:EAX=0 /\\ 0:EBX=7",
    )
    assert observe(tmp_path, text) is Observation.NEVER


@pytest.mark.parametrize("branch", ["CBZ W3,M", "CBZ W3,L"])
def test_arm_what_follows_two_branches_depends_on_both(tmp_path: Path, branch: str):
    """A label that the first of them jumps to ends neither dependency (B2.3.3): on the way through both looks were taken."""
    thread = f"LDR W5,[X4]; CBNZ W5,L; LDR W3,[X1]; {branch}; L: MOV W0,#1; STR W0,[X2]; M: NOP"
    text = arm(thread, "LDR W3,[X2]; DMB SY; MOV W0,#1; STR W0,[X1]", condition="0:X3=1 /\\ 1:X3=1")
    assert observe(tmp_path, text.replace("0:X1=x;", "0:X4=z; 0:X1=x;")) is Observation.NEVER


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("exists (0:EAX=0)", Observation.NEVER),
        ("exists (1:EAX=0)", Observation.SOMETIMES),
        ("forall (0:EAX=1)", Observation.ALWAYS),
        ("~exists (0:EAX=1 /\\ 1:EAX=1)", Observation.SOMETIMES),
    ],
)
def test_what_a_filter_leaves_out_counts_neither_for_a_condition_nor_against_it(tmp_path: Path, end, expected):
    """Herd7 drops the executions that do not meet it."""
    text = x86("MOV [x],$1; MOV EAX,[y]", "MOV [y],$1; MOV EAX,[x]", condition="true")
    assert observe(tmp_path, text.replace("exists (true)", f"filter (0:EAX=1)\n{end}")) is expected


WRITER = "MOV W0,#1; STR W0,[X1]; {}; MOV W3,#1; STR W3,[X2]"


@pytest.mark.parametrize(
    ("fence", "reader", "expected"),
    [
        ("DMB SY", "LDR W0,[X2]; DMB LD; LDR W3,[X1]", Observation.NEVER),
        ("DMB ST", "LDR W0,[X2]; EOR W4,W0,W0; LDR W3,[X1,W4,SXTW]", Observation.NEVER),
        ("DMB ST", "LDAR W0,[X2]; LDR W3,[X1]", Observation.NEVER),
        ("DMB ST", "LDAPR W0,[X2]; LDR W3,[X1]", Observation.NEVER),
        ("DMB LD", "LDAR W0,[X2]; LDR W3,[X1]", Observation.SOMETIMES),
        ("DMB SY", "LDR W0,[X2]; LDR W3,[X1]", Observation.SOMETIMES),
        ("DMB SY", "LDR W0,[X2]; CBNZ W0,L; L: NOP; LDR W3,[X1]", Observation.SOMETIMES),
        ("DMB SY", "LDR W0,[X2]; CBNZ W0,L; L: NOP; ISB; LDR W3,[X1]", Observation.NEVER),
        ("DMB SY", "LDR W0,[X2]; CMP W0,#1; CSEL W4,W0,W0,EQ; EOR W5,W4,W4; LDR W3,[X1,W5,SXTW]", Observation.NEVER),
    ],
)  # fmt: skip
def test_arm_message_passing(tmp_path: Path, fence: str, reader: str, expected: Observation):
    text = arm(WRITER.format(fence), reader, condition="1:X0=1 /\\ 1:X3=0")
    assert observe(tmp_path, text) is expected


# A conditional selection: its result depends on the register it takes, and what is stored or addressed by it waits for the
# flags as after a branch (Arm ARM B2.3.3, pick dependencies).
@pytest.mark.parametrize(
    ("select", "expected"),
    [
        ("CMP W0,#1; CSEL W3,W5,W6,EQ; STR W3,[X1]", Observation.NEVER),  # the value is picked
        ("CMP W0,#1; CSEL X7,X8,X9,EQ; STR W5,[X7]; MOV W3,#1; STR W3,[X1]", Observation.NEVER),  # an address is picked
        ("CMP W0,#1; CSEL W3,W5,W6,EQ; MOV W3,#1; STR W3,[X1]", Observation.SOMETIMES),  # the result is not used
        ("CMP W5,#0; CSEL W7,W6,W0,EQ; STR W7,[X1]", Observation.SOMETIMES),  # the other register is taken
        ("CMP W5,#0; CSEL W7,W0,W6,EQ; EOR W7,W7,W7; ADD W3,W7,#1; STR W3,[X1]", Observation.NEVER),  # this one is
        ("CMP W0,#1; CSET W7,EQ; CBNZ W7,L; L: NOP; MOV W3,#1; STR W3,[X1]", Observation.NEVER),  # a branch on a pick
    ],
)  # fmt: skip
def test_arm_conditional_selection_in_load_buffering(tmp_path: Path, select: str, expected: Observation):
    # The other thread's store-release cannot overtake its load.
    writer = "LDR W0,[X1]; MOV W3,#1; STLR W3,[X2]"
    text = arm(writer, f"LDR W0,[X2]; {select}", condition="0:X0=1 /\\ 1:X0=1")
    text = text.replace("1:X1=x;", "1:X1=x; 1:X5=1; 1:X6=1; 1:X8=z; 1:X9=w;").replace(
        "1:X5=1", "1:X5=0" if "CMP W5" in select else "1:X5=1"
    )
    assert observe(tmp_path, text) is expected


def test_arm_a_picked_address_does_not_order_a_load(tmp_path: Path):
    reader = "LDR W0,[X2]; CMP W0,#1; CSEL W4,WZR,WZR,EQ; LDR W3,[X1,W4,SXTW]"
    text = arm(WRITER.format("DMB ST"), reader, condition="1:X0=1 /\\ 1:X3=0")
    assert observe(tmp_path, text) is Observation.SOMETIMES


@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        # A CAS that fails returns what it read; its address and its comparison order its write, if it has one.
        ("LDR W0,[X2]; AND W5,W0,#2; MOV W6,#1; CAS W5,W6,[X1]", Observation.NEVER),
        ("LDR W0,[X2]; MOV W5,#0; ORR W6,W0,#1; CAS W5,W6,[X1]", Observation.NEVER),
        ("LDR W0,[X2]; MOV W5,W0; CAS W5,WZR,[X8]; MOV W6,#1; STR W6,[X1]", Observation.SOMETIMES),
    ],
)
def test_arm_what_a_compare_and_swap_waits_for(tmp_path: Path, reader: str, expected: Observation):
    text = arm("LDR W0,[X1]; MOV W3,#1; STLR W3,[X2]", reader, condition="0:X0=1 /\\ 1:X0=1")
    assert observe(tmp_path, text.replace("1:X1=x;", "1:X1=x; 1:X8=z;")) is expected


def test_arm_a_compare_and_swap_that_returns_nothing_is_no_acquire(tmp_path: Path):
    writer = "MOV W0,#1; STR W0,[X1]; MOV W3,#0; STLR W3,[X2]"
    for register, expected in (("WZR", Observation.SOMETIMES), ("W5", Observation.NEVER)):
        text = arm(writer, f"MOV W4,#1; CASA {register},W4,[X2]; LDR W0,[X1]", condition="y=1 /\\ 1:X0=0")
        assert observe(tmp_path, text.replace("0:X1=x;", "y=2; 0:X1=x;")) is expected


def test_arm_control_dependency_reaches_stores_after_the_join(tmp_path: Path):
    column = "LDR W0,[X{}]; CBNZ W0,L; L: NOP; MOV W3,#1; STR W3,[X{}]"
    text = arm(column.format(1, 2), column.format(2, 1), condition="0:X0=1 /\\ 1:X0=1")
    assert observe(tmp_path, text) is Observation.NEVER


@pytest.mark.parametrize(
    ("swap", "expected"), [("SWPAL", Observation.NEVER), ("SWPA", Observation.SOMETIMES), ("SWP", Observation.SOMETIMES)]
)
def test_arm_store_buffering_through_an_atomic(tmp_path: Path, swap: str, expected: Observation):
    columns = (f"MOV W0,#1; {swap} W0,W4,[X1]; LDR W3,[X2]", f"MOV W0,#1; {swap} W0,W4,[X2]; LDR W3,[X1]")
    assert observe(tmp_path, arm(*columns, condition="0:X3=0 /\\ 1:X3=0")) is expected


@pytest.mark.parametrize("increment", ["LDADD W0,W3,[X1]", "STADD W0,[X1]"])
def test_arm_atomic_additions_are_never_lost(tmp_path: Path, increment: str):
    column = f"MOV W0,#1; {increment}"
    assert observe(tmp_path, arm(column, column, condition="x=1")) is Observation.NEVER


@pytest.mark.parametrize(
    ("store", "load", "expected"),
    [
        ("STP W5,W6,[X1]", "LDAR W7,[X2]; LDR W8,[X1]", Observation.SOMETIMES),
        ("STILP W5,W6,[X1]", "LDAR W7,[X2]; LDR W8,[X1]", Observation.NEVER),
        # Written the other way round.
        ("ADD X1,X1,#8; STILP W5,W6,[X1,#-8]!", "LDAR W7,[X2]; LDR W8,[X1]", Observation.SOMETIMES),
        ("ADD X1,X1,#8; STILP W6,W5,[X1,#-8]!", "LDIAPP W8,W7,[X1]", Observation.SOMETIMES),
        ("ADD X1,X1,#8; STILP W5,W6,[X1,#-8]!", "LDIAPP W7,W8,[X1]", Observation.NEVER),
        ("ADD X1,X1,#8; STILP W5,W6,[X1,#-8]!", "LDP W7,W8,[X1]", Observation.SOMETIMES),
    ],
)
def test_arm_ordered_pairs(tmp_path: Path, store: str, load: str, expected: Observation):
    text = assembly(
        "AArch64", "int a[2]; 0:X1=a; 1:X1=a; 1:X2=a[1];", (f"MOV W5,#1; MOV W6,#1; {store}", load), "1:X7=1 /\\ 1:X8=0"
    )
    assert observe(tmp_path, text) is expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        # The store half waits for the branch, and is forwarded to the acquire, which does not wait for it.
        ("LDR W0,[X2]; CBZ W0,L; L: NOP; MOV W6,#1; SWP W6,W5,[X4]", Observation.SOMETIMES),
        # The read half is what read the flag: a release sequence, as C++ needs it.
        ("MOV W6,#2; SWP W6,W0,[X2]; MOV X4,X2", Observation.NEVER),
        ("LDXR W0,[X2]; MOV W6,#2; STXR W7,W6,[X2]; CBNZ W7,M; MOV X4,X2", Observation.NEVER),
    ],
)
def test_arm_an_acquire_waits_for_the_read_half_of_an_atomic_it_reads_from(tmp_path: Path, before: str, expected: Observation):
    reader = f"{before}; LDAR W8,[X4]; LDR W3,[X1]; M: NOP"
    text = arm(WRITER.format("DMB ST"), reader, condition="1:X0=1 /\\ 1:X8<>0 /\\ 1:X3=0")
    assert observe(tmp_path, text.replace("1:X1=x;", "1:X1=x; 1:X4=z;")) is expected


def test_arm_exclusives_fail_or_are_atomic(tmp_path: Path):
    column = "LDXR W0,[X1]; ADD W3,W0,#1; STXR W4,W3,[X1]"
    both = "0:X4=0 /\\ 1:X4=0"
    assert observe(tmp_path, arm(column, column, condition=f"{both} /\\ x=1")) is Observation.NEVER
    assert observe(tmp_path, arm(column, column, condition=f"{both} /\\ x=2")) is Observation.SOMETIMES
    assert observe(tmp_path, arm(column, column, condition="0:X4=1 /\\ x=1")) is Observation.SOMETIMES


def test_arm_compare_and_swap_takes_the_old_value_and_writes_on_equality(tmp_path: Path):
    column = "MOV W0,#0; MOV W3,#{}; CAS W0,W3,[X1]"
    text = arm(column.format(1), column.format(2), condition="0:X0=0 /\\ 1:X0=0")
    assert observe(tmp_path, text) is Observation.NEVER


@pytest.mark.parametrize(
    ("writer", "reader", "expected"),
    [
        ("fence rw,rw", "lw x5,0(x8); fence r,r; lw x7,0(x6)", Observation.NEVER),
        ("fence w,w", "lw x5,0(x8); xor x9,x5,x5; add x10,x6,x9; lw x7,0(x10)", Observation.NEVER),
        ("fence.tso", "lw.aq x5,0(x8); lw x7,0(x6)", Observation.NEVER),
        ("fence r,r", "lw.aq x5,0(x8); lw x7,0(x6)", Observation.SOMETIMES),
        ("fence w,w", "lw x5,0(x8); bne x5,x0,L; L: nop; fence.i; lw x7,0(x6)", Observation.SOMETIMES),
        ("fence w,w", "lw x5,0(x8); fence w,w; lw x7,0(x6)", Observation.SOMETIMES),
    ],
)  # fmt: skip
def test_riscv_message_passing(tmp_path: Path, writer: str, reader: str, expected: Observation):
    text = riscv(f"li x5,1; sw x5,0(x6); {writer}; sw x5,0(x8)", reader, condition="1:x5=1 /\\ 1:x7=0")
    assert observe(tmp_path, text) is expected


@pytest.mark.parametrize(
    ("store", "load", "expected"),
    [
        ("sw.rl x5,0({0})", "lw.aq x7,0({1})", Observation.SOMETIMES),  # RCpc
        ("amoswap.w.rl x9,x5,({0})", "lr.w.aq x7,0({1})", Observation.NEVER),  # RCsc
        ("amoswap.w.aq.rl x0,x5,({0})", "lw x7,0({1})", Observation.NEVER),
        ("amoswap.w x0,x5,({0})", "lw x7,0({1})", Observation.SOMETIMES),
    ],
)
def test_riscv_store_buffering_tells_rcsc_from_rcpc(tmp_path: Path, store: str, load: str, expected: Observation):
    columns = [f"li x5,1; {store.format(a, b)}; {load.format(a, b)}" for a, b in (("x6", "x8"), ("x8", "x6"))]
    assert observe(tmp_path, riscv(*columns, condition="0:x7=0 /\\ 1:x7=0")) is expected


def test_riscv_what_uses_the_status_of_a_store_conditional_follows_it(tmp_path: Path):
    column = "li x5,3; lr.w x7,0({0}); sc.w x9,x5,0({0}); ori x10,x9,1; sw x10,0({1})"
    text = riscv(column.format("x6", "x8"), column.format("x8", "x6"), condition="0:x7=1 /\\ 1:x7=1 /\\ x=3 /\\ y=3")
    assert observe(tmp_path, text) is Observation.NEVER


def test_riscv_both_halves_of_an_amo_come_after_what_its_operand_depends_on(tmp_path: Path):
    reader = "lw x5,0(x8); xor x9,x5,x5; amoswap.w x10,x9,(x11); xor x12,x10,x10; add x13,x6,x12; lw x7,0(x13)"
    text = riscv("li x5,1; sw x5,0(x6); fence rw,rw; sw x5,0(x8)", reader, condition="1:x5=1 /\\ 1:x7=0")
    assert observe(tmp_path, text.replace("1:x6=x;", "1:x6=x; 1:x11=z;")) is Observation.NEVER


@pytest.mark.parametrize(
    ("writer", "reader", "expected"),
    [
        ("sync", "lwz r5,0(r4); sync; lwz r7,0(r2)", Observation.NEVER),
        ("lwsync", "lwz r5,0(r4); lwsync; lwz r7,0(r2)", Observation.NEVER),
        ("eieio", "lwz r5,0(r4); xor r8,r5,r5; lwzx r7,r8,r2", Observation.NEVER),
        ("lwsync", "lwz r5,0(r4); cmpw r5,r5; beq L; L: nop; lwz r7,0(r2)", Observation.SOMETIMES),
        ("lwsync", "lwz r5,0(r4); cmpw r5,r5; beq L; L: nop; isync; lwz r7,0(r2)", Observation.NEVER),
        ("nop", "lwz r5,0(r4); sync; lwz r7,0(r2)", Observation.SOMETIMES),
    ],
)  # fmt: skip
def test_power_message_passing(tmp_path: Path, writer: str, reader: str, expected: Observation):
    text = ppc(f"li r1,1; stw r1,0(r2); {writer}; stw r1,0(r4)", reader, condition="1:r5=1 /\\ 1:r7=0")
    assert observe(tmp_path, text) is expected


@pytest.mark.parametrize(("fence", "expected"), [("sync", Observation.NEVER), ("lwsync", Observation.SOMETIMES)])
def test_power_store_buffering_needs_a_full_fence(tmp_path: Path, fence: str, expected: Observation):
    columns = [f"li r1,1; stw r1,0({a}); {fence}; lwz r7,0({b})" for a, b in (("r2", "r4"), ("r4", "r2"))]
    assert observe(tmp_path, ppc(*columns, condition="0:r7=0 /\\ 1:r7=0")) is expected


@pytest.mark.parametrize(("fence", "expected"), [("sync", Observation.NEVER), ("lwsync", Observation.SOMETIMES)])
def test_power_readers_may_disagree_on_the_order_of_independent_writes(tmp_path: Path, fence: str, expected: Observation):
    readers = [f"lwz r5,0({a}); {fence}; lwz r7,0({b})" for a, b in (("r2", "r4"), ("r4", "r2"))]
    text = ppc("li r1,1; stw r1,0(r2)", "li r1,1; stw r1,0(r4)", *readers, condition="2:r5=1 /\\ 2:r7=0 /\\ 3:r5=1 /\\ 3:r7=0")
    assert observe(tmp_path, text) is expected


@pytest.mark.parametrize(("stored", "expected"), [("r7", Observation.NEVER), ("r5", Observation.SOMETIMES)])
def test_on_power_a_branch_on_a_store_conditional_waits_for_what_that_stores(
    tmp_path: Path, stored: str, expected: Observation
):
    # herd7 says so of both: what was computed from the load, and what was there before it.
    again = f"L0:; lwarx r1,r0,r2; or r7,r1,r5; stwcx. {stored},r0,r2; bne L0; stw r5,0(r4)"
    columns = (f"li r5,1; {again}", "li r5,2; stw r5,0(r4); sync; stw r5,0(r2)")
    assert observe(tmp_path, ppc(*columns, condition="0:r1=2 /\\ y=2"), unroll=0) is expected


def test_power_reservations_are_atomic(tmp_path: Path):
    column = "lwarx r5,r0,r2; addi r6,r5,1; stwcx. r6,r0,r2; bne L; li r9,1; L: nop"
    text = ppc(column, column, condition="0:r9=1 /\\ 1:r9=1 /\\ x=1")
    assert observe(tmp_path, text) is Observation.NEVER


def test_a_backward_jump_is_followed_as_often_as_allowed(tmp_path: Path):
    text = arm("L: NOP; LDR W0,[X1]; CBZ W0,L", "MOV W0,#1; STR W0,[X1]", condition="0:X0=1")
    assert observe(tmp_path, text) is Observation.ALWAYS
    judgement = judge(tmp_path / "t.litmus", Request(model=None, unroll=1, timeout=30))
    assert judgement.loop


def test_a_known_number_of_rounds_does_not_count(tmp_path: Path):
    text = arm("MOV W0,#9; L: NOP; ADD W3,W3,#1; SUB W0,W0,#1; {}", condition="0:X3=9")
    assert observe(tmp_path, text.replace("{}", "CBNZ W0,L")) is Observation.ALWAYS
    # Where the jump backwards has no condition, it does.
    assert observe(tmp_path, text.replace("{}", "CBZ W0,M ;\n B L ;\nM:")) is Observation.NEVER


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (arm("STR X0,[X1]; STR W0,[X1]", condition="x=0"), "mixed-size: x is accessed with 4, 8 bytes"),
        (arm("STRB W0,[X1]; LDR W3,[X1]", condition="x=0"), "mixed-size: x is accessed with 1, 4 bytes"),
        (arm("STRH W0,[X1,#2]", condition="x=0"), "mixed-size: an access inside x"),
        (arm("STR W0,[X1,#4]", condition="x=0"), "address: "),
        (arm("LDP W0,W3,[X1]", condition="x=0"), "address: "),
        (arm("LDR X0,[X2]; LDNP W0,W3,[X0]", condition="x=0"), "non-temporal: "),
        (arm("LD1 {V0.4S},[X1]", condition="x=0"), "vector: "),
        (arm("FADD S0,S1,S2", condition="x=0"), "vector: "),
        (arm("TLBI VAAE1IS,X0", condition="x=0"), "page tables: "),
        (arm("IC IVAU,X0", condition="x=0"), "self-modifying code: "),
        (arm("SVC #0", condition="x=0"), "exceptions: "),
        (arm("CASP W0,W1,W2,W3,[X1]", condition="x=0"), "mixed-size: "),
        (arm("LDXR W0,[X1]; STXR W3,W0,[X2]", condition="x=0"), "unpredictable: "),
        (arm("LDR W0", condition="x=0"), "instruction: "),
        (arm("ADD W0,W0,W0,LSL #y", condition="x=0"), "instruction: "),
        (arm("LDR W0,[X1,#4", condition="x=0"), "instruction: "),
        (arm("B.XX L", condition="x=0"), "instruction: "),
        (arm("CBZ W0,.+8", condition="x=0"), "instruction: "),
        (arm("MOV W0", condition="x=0"), "instruction: "),
        (riscv("lui x5,%hi", condition="x=0"), "instruction: "),
        (riscv("amoadd.w x5", condition="x=0"), "instruction: "),
        (ppc("clrldi r1,r2,r3", condition="x=0"), "instruction: "),
        (ppc("lwz r1,r2", condition="x=0"), "instruction: "),
        (x86("MOV EAX", condition="x=0"), "instruction: "),
        (x86("MOV [x+4],EAX", condition="x=0"), "instruction: "),
        (x86("MOVAPS XMM0,XMM1", condition="x=0"), "vector: "),
        (arm("ADD W0,W1,Q2", condition="x=0"), "vector: "),
        (riscv("vadd.vv v0,v1,v2", condition="x=0"), "vector: "),
        (riscv("lr.w x5,0(x6); sc.w x7,x5,0(x8)", condition="x=0"), "unpredictable: "),
        (ppc("lvx v0,r0,r2", condition="x=0"), "instruction: "),
        (x86("MOVNTI [x],EAX", condition="x=0"), "non-temporal: "),
        (x86("LOCK MOV [x],$1", condition="x=0"), "instruction: "),
        (arm("CBZ W0,Nowhere", condition="x=0"), "Nowhere"),
        (x86("CPUID", condition="x=0"), "CPUID"),
    ],
)
def test_what_is_not_handled_is_unsupported_with_the_reason(tmp_path: Path, text: str, reason: str):
    path = tmp_path / "t.litmus"
    path.write_text(text)
    judgement = judge(path, Request(model=None, unroll=2, timeout=30))
    assert judgement.observation is Observation.UNSUPPORTED
    assert judgement.ok is None
    assert reason in judgement.reason


def test_the_enumerator_agrees_on_assembly():
    text = arm(WRITER.format("DMB ST"), "LDR W0,[X2]; EOR W4,W0,W0; LDR W3,[X1,W4,SXTW]", condition="1:X0=1 /\\ 1:X3=0")
    program = lower_litmus(read_assembly(text, "t.litmus"))
    ends = outcomes(program, model("armv8"))
    assert all(dict(end.properties)["condition"] is False for end in ends)


def test_an_unknown_instruction_raises_before_anything_is_solved():
    with pytest.raises(Unsupported):
        lower_litmus(read_assembly(x86("HLT", condition="x=0"), "t.litmus"))


@pytest.mark.parametrize(("content", "code"), [('"nothing"\nlet a = po\n', "P003"), ("acyclic po |\n", "C001")])
def test_a_model_that_cannot_be_used_gives_no_verdict(tmp_path: Path, content: str, code: str):
    cat = tmp_path / "mine.cat"
    cat.write_text(content)
    path = tmp_path / "t.litmus"
    path.write_text(x86("MOV [x],$1", condition="x=1"))
    with pytest.raises(GupError) as error:
        judge(path, Request(model=str(cat), unroll=2, timeout=30))
    assert error.value.diagnostics[0].code == code
