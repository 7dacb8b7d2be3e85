"""Instructions of X86 and AArch64: what they do, alone and to memory order. Verdicts are those of the literature."""

from pathlib import Path

import pytest

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


def test_a_backward_jump_is_followed_as_often_as_allowed(tmp_path: Path):
    text = arm("L: NOP; LDR W0,[X1]; CBZ W0,L", "MOV W0,#1; STR W0,[X1]", condition="0:X0=1")
    assert observe(tmp_path, text) is Observation.ALWAYS
    judgement = judge(tmp_path / "t.litmus", Request(model=None, unroll=1, timeout=30))
    assert judgement.loop


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (arm("STRB W0,[X1]", condition="x=0"), "STRB"),
        (arm("STR X0,[X1]; STR W0,[X1]", condition="x=0"), "several sizes"),
        (arm("STR W0,[X1,#4]", condition="x=0"), "inside a location"),
        (arm("LDP W0,W3,[X1]", condition="x=0"), "LDP"),
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
