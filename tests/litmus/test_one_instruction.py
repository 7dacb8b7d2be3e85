"""The events of one instruction, under models that are herd's: program order is between instructions there.

A model is herd's if it says where its coherence order comes from, by ``include "cos.cat"`` or a definition; in others, the
project's and Dartagnan's, program order holds the halves of an instruction (ProgramOrder in Dartagnan's
NativeRelationAnalysis). The verdicts of herd's models are those of herd7 of August 2026 under its own ``uni.cat`` and
``sc.cat``, which say what the texts here say.
"""

from pathlib import Path

import pytest

from gupproof.execution.enumerator import outcomes
from gupproof.litmus.frame import read_assembly
from gupproof.litmus.lower import lower_litmus
from gupproof.program.events import of_one_instruction
from gupproof.proving.observation import Observation, Request, judge
from gupproof.proving.platforms import model_of, platforms
from tests.litmus.test_instructions import arm, assembly, riscv, x86
from tests.support.programs import Build

COHERENCE = "acyclic po-loc | fr | rf | co as uniproc\n"
HERDS = '"uni"\ninclude "cos.cat"\n' + COHERENCE
OTHERS = '"uni"\n' + COHERENCE
SC = '"sc"\ninclude "cos.cat"\nempty rmw & (fre; coe) as atom\nacyclic po | fr | rf | co as sc\n'


def observe(folder: Path, text: str, model: str) -> Observation:
    path, cat = folder / "t.litmus", folder / f"mine{len(list(folder.iterdir()))}.cat"
    path.write_text(text)
    cat.write_text(model)
    return judge(path, Request(model=str(cat), unroll=2, timeout=30)).observation


SWAP = x86("MOV EAX,$1; XCHG [x],EAX", "MOV [x],$2", condition="0:EAX=2 /\\ x=2")


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (HERDS, Observation.SOMETIMES),
        (OTHERS, Observation.NEVER),
        (HERDS + "let mine = rmw acyclic (po-loc | mine) | com", Observation.NEVER),
        (HERDS + "acyclic (po-loc | amo) | com", Observation.NEVER),
        ('"uni" let co = co & loc ' + COHERENCE, Observation.SOMETIMES),
        ('"uni" include "cross.cat" with co from generate_cos(0) ' + COHERENCE, Observation.SOMETIMES),
        ('"uni" include "cross.cat" with order from generate_cos(0) ' + COHERENCE, Observation.SOMETIMES),
    ],
)
def test_a_swap_may_write_before_what_it_reads_where_nothing_orders_its_halves(
    tmp_path: Path, model: str, expected: Observation
):
    """The published tests ``2+2W+po+po-rmw`` and ``MP+po-rmw+rmw-mfence`` hang on it under herd's ``tso.cat``."""
    assert observe(tmp_path, SWAP, model) is expected


@pytest.mark.parametrize("model", [HERDS, OTHERS])
@pytest.mark.parametrize("operation", ["XCHG [x],EAX", "UXCH [x],EAX", "LOCK XADD [x],EAX"])
def test_no_instruction_reads_what_it_writes_itself(tmp_path: Path, model: str, operation: str):
    assert observe(tmp_path, x86(f"MOV EAX,$1; {operation}", condition="~0:EAX=0"), model) is Observation.NEVER


def test_swaps_may_get_what_each_other_puts(tmp_path: Path):
    """Nothing in what they write is of what they read, and herd's ``sc.cat`` does not order the halves either."""
    text = x86("MOV EAX,$1; XCHG [x],EAX", "MOV EAX,$2; XCHG [x],EAX", condition="0:EAX=2 /\\ 1:EAX=1")
    for model, expected in ((HERDS, Observation.SOMETIMES), (SC, Observation.SOMETIMES), (OTHERS, Observation.NEVER)):
        assert observe(tmp_path, text, model) is expected


def test_all_pairs_of_an_instruction_are_in_their_order():
    build = Build(x=0, y=0)
    thread = build.thread()
    old = thread.read("x")
    thread.write("x", 1, part_of=old)
    thread.write("y", 1, part_of=old)
    thread.read("x")
    assert set(of_one_instruction(build.program().events)) == {(2, 3), (2, 4), (3, 4)}


@pytest.mark.parametrize("model", [HERDS, OTHERS])
def test_a_sum_is_no_reason_for_itself(tmp_path: Path, model: str):
    """Each reads what the other has computed of its own: herd7 finds no value for it."""
    text = x86("LOCK OR [x],$1", "MOV EAX,[x]; MOV [x],EAX", condition="1:EAX=4")
    assert observe(tmp_path, text, model) is Observation.NEVER


@pytest.mark.parametrize(
    ("computed", "expected"),
    [("EOR W4,W3,W3; ADD W4,W4,#1; STR W4", Observation.SOMETIMES), ("NOP; NOP; STR W3", Observation.NEVER)],
)
def test_a_value_comes_of_what_is_in_it_and_not_of_all_that_it_depends_on(tmp_path: Path, computed: str, expected: Observation):
    """LB+datas under coherence alone: 1 is written whatever is read, while a copy has nothing to be a copy of."""
    columns = [f"LDR W3,[{mine}]; {computed},[{other}]" for mine, other in (("X1", "X2"), ("X2", "X1"))]
    assert observe(tmp_path, arm(*columns, condition="0:X3=1 /\\ 1:X3=1"), HERDS) is expected


@pytest.mark.parametrize(
    ("writer", "reader"),
    [
        ("MOV W0,#1; STP W0,W0,[X1]", "LDR W3,[X1,#4]; LDR W4,[X1]"),
        ("MOV W0,#1; STR W0,[X1,#4]; STR W0,[X1]", "LDP W4,W3,[X1]"),
        ("MOV W0,#1; STR W0,[X1]; STR W0,[X1,#4]", "LDP W4,W3,[X1]"),
    ],
)
def test_the_accesses_of_a_pair_have_no_order_under_herds_sc(tmp_path: Path, writer: str, reader: str):
    """Which of both comes first is open: so one sees the second written and not the first (L082 of herd7's tests)."""
    text = assembly("AArch64", "int32_t x[2]; 0:X1=x; 1:X1=x;", (writer, reader), "1:X3=1 /\\ 1:X4=0")
    assert observe(tmp_path, text, SC) is Observation.SOMETIMES


def test_an_ordered_pair_is_ordered_by_what_herd_calls_so(tmp_path: Path):
    """LDIAPP reads its first register first (Arm ARM, C6): herd7 says so by iico_order, which the manual's files name."""
    columns = ("MOV X0,#1; STR X0,[X1,#8]; STR X0,[X1]", "LDIAPP X3,X4,[X1]")
    text = assembly("AArch64", "int64_t x[2]; int64_t 1:X3; int64_t 1:X4; 0:X1=x; 1:X1=x;", columns, "1:X3=1 /\\ 1:X4=0")
    order = "empty Q & F\nacyclic ([W]; po; [W]) | rfe | fre | {} as order\n"
    assert observe(tmp_path, text, HERDS + order.format("0")) is Observation.SOMETIMES
    assert observe(tmp_path, text, HERDS + order.format("[R & Q]; iico_order; [R & Q]")) is Observation.NEVER


def test_an_amo_of_riscv_is_one_event_in_herd_and_refused_where_a_model_is_not_told(tmp_path: Path):
    """Two additions to one word: as one event each, neither is between the read and the write of the other (herd7: Never)."""
    add = "ori x7,x0,1; amoadd.w x9,x7,(x6)"
    text = riscv(add, add, condition="0:x9=0 /\\ 1:x9=0")
    assert observe(tmp_path, text, HERDS) is Observation.UNSUPPORTED
    assert observe(tmp_path, riscv("lw x7,0(x6)", condition="0:x7=0"), HERDS) is Observation.ALWAYS
    words = "empty (Acq | Rel) & F\n"
    assert observe(tmp_path, text, OTHERS + words + "empty rmw & (fre; coe)") is Observation.NEVER


def test_marks_on_executions_are_no_word_for_an_instruction(tmp_path: Path):
    """Herd's ``sc.cat`` marks deprecated barriers of Arm and orders everything: so it judges tests of other machines."""
    text = x86("MOV [x],$1; MFENCE; MOV EAX,[y]", "MOV [y],$1; MFENCE; MOV EAX,[x]", condition="0:EAX=0 /\\ 1:EAX=0")
    assert observe(tmp_path, text, SC + "flag ~empty DMB.ISH as deprecated\n") is Observation.NEVER
    assert observe(tmp_path, text, SC + "acyclic po | (po; [DMB.ISH]; po) as fences\n") is Observation.UNSUPPORTED


@pytest.mark.parametrize(("model", "reached"), [(HERDS, True), (OTHERS, False)])
def test_trying_all_executions_finds_the_same(tmp_path: Path, model: str, reached: bool):
    (tmp_path / "mine.cat").write_text(model)
    (platform, *_) = platforms(str(tmp_path / "mine.cat"))
    found = outcomes(lower_litmus(read_assembly(SWAP, "t.litmus")), model_of(platform))
    assert {holds for end in found for _, holds in end.properties} == ({False, True} if reached else {False})
