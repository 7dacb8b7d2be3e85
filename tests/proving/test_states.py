"""Final states of litmus tests, and executions that satisfy their conditions. The lists are worked out by hand."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gupproof.proving.observation import Judgement, Observation, Request, judge
from gupproof.proving.questions import Finding
from gupproof.proving.states import COUNTED, MOST_STATES, States, states_of
from gupproof.proving.witnesses import find_witness
from gupproof.report.dot import dot, edges
from gupproof.solving.solver import Outcome

REQUEST = Request(model=None, unroll=2, timeout=30)
STORE_BUFFERING = """X86 SB
{ }
 P0          | P1          ;
 MOV [x],$1  | MOV [y],$1  ;
 MOV EAX,[y] | MOV EAX,[x] ;
exists (0:EAX=0 /\\ 1:EAX=0)
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "t.litmus"
    path.write_text(text)
    return path


def judged(path: Path, most: int = MOST_STATES) -> Judgement:
    return judge(path, replace(REQUEST, most_states=most))


def list_states(path: Path, most: int = MOST_STATES) -> States:
    states = judged(path, most).states
    assert states is not None
    return states


def test_every_state_is_listed_once(tmp_path: Path) -> None:
    states = list_states(written(tmp_path, STORE_BUFFERING))
    assert states.found == tuple(f"0:EAX={one}; 1:EAX={other};" for one in (0, 1) for other in (0, 1))
    assert states.complete


def test_states_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    text = "AArch64 t\n{ 0:X1=x; }\nP0 | P1 ;\n LDR W10,[X1] | MOV W0,#{} ;\n MOV W2,#0 | STR W0,[X1] ;\n"
    text = text.replace("{ 0:X1=x; }", "{ 0:X1=x; 1:X1=x; x=10; }") + "locations [0:X10; 0:X2;]\nexists (x=0)\n"
    for value, order in ((9, (9, 10)), (-1, (-1, 10)), (11, (10, 11))):
        found = list_states(written(tmp_path, text.replace("{}", str(value)))).found
        assert found == tuple(f"0:X2=0; 0:X10={read}; [x]={value};" for read in order)


def test_a_fence_takes_a_state_away(tmp_path: Path) -> None:
    fenced = STORE_BUFFERING.replace(" MOV EAX,[y]", " MFENCE | MFENCE ;\n MOV EAX,[y]")
    assert "0:EAX=0; 1:EAX=0;" not in list_states(written(tmp_path, fenced)).found


def test_the_locations_clause_is_observed_and_arrays_are_shown_as_they_are_looked_at(tmp_path: Path) -> None:
    text = "AArch64 t\n{ int a[2]={1,-1}; int *p=&a[1]; 0:X1=a; uint8_t 0:X2=255; }\nP0 ;\n LDR W0,[X1,#4] ;\n"
    states = list_states(written(tmp_path, text + "locations [a; p; 0:X2;]\nexists (0:X0=-1)\n"))
    assert states.found == ("0:X0=-1; 0:X2=255; a={1,-1}; [p]=a+4;",)
    states = list_states(written(tmp_path, text + "locations [a[1]; 0:X1;]\nexists (a={1,-1} /\\ a[0]=1)\n"))
    assert states.found == ("0:X1=a; a={1,-1}; a[0]=1; a[1]=-1;",)


def test_a_filter_leaves_states_out(tmp_path: Path) -> None:
    text = STORE_BUFFERING.replace("exists", "filter (0:EAX=1)\nexists")
    assert list_states(written(tmp_path, text)).found == ("0:EAX=1; 1:EAX=0;", "0:EAX=1; 1:EAX=1;")


def test_a_limit_is_said(tmp_path: Path) -> None:
    states = list_states(written(tmp_path, STORE_BUFFERING), most=2)
    assert len(states.found) == 2
    assert not states.complete


def test_a_witness_satisfies_the_condition_and_its_edges_are_drawn(tmp_path: Path) -> None:
    witness = find_witness(written(tmp_path, STORE_BUFFERING), REQUEST)
    assert witness is not None
    # Both loads read initial values that the other thread's store then overwrites.
    assert sorted(name for name, _, _ in edges(witness.replay)) == ["co", "co", "fr", "fr", "rf", "rf"]
    drawn = dot(witness.replay, 'a "name"')
    assert drawn.startswith(r'digraph "a \"name\"" {')
    assert drawn.count("[label=po]") == 2
    assert drawn.count("label=fr") == 2
    assert 'label="P1"' in drawn


def test_what_cannot_happen_has_no_witness(tmp_path: Path) -> None:
    assert find_witness(written(tmp_path, STORE_BUFFERING.replace("0:EAX=0 /\\", "0:EAX=2 /\\")), REQUEST) is None


KERNEL = """C t
{ int *p = &y; int t[2] = {-1, 0}; }
P0(int *x, int **p) { WRITE_ONCE(*x, 1); smp_wmb(); WRITE_ONCE(*p, x); }
P1(int **p) { int *r1 = READ_ONCE(*p); int r2 = READ_ONCE(*r1); }
locations [1:r1; p; t[0]]
exists (1:r2=1)
"""


def test_states_of_kernel_c_name_locations_and_have_signs(tmp_path: Path) -> None:
    states = list_states(written(tmp_path, KERNEL))
    assert states.complete
    assert states.found == (
        "1:r1=x; 1:r2=1; [p]=x; t[0]=-1;",
        "1:r1=y; 1:r2=0; [p]=x; t[0]=-1;",
    )
    found = judged(written(tmp_path, KERNEL))
    assert (found.model, found.condition) == ("lkmm", "exists (1:r2=1)")


def test_a_filter_leaves_states_of_kernel_c_out(tmp_path: Path) -> None:
    states = list_states(written(tmp_path, KERNEL.replace("exists", "filter (1:r1=y) exists")))
    assert states.found == ("1:r1=y; 1:r2=0; [p]=x; t[0]=-1;",)


def test_a_witness_in_kernel_c_is_told_with_its_grace_periods(tmp_path: Path) -> None:
    # A grace period of SRCU is about a domain, and has no value to tell.
    text = (
        "C t\n{}\nP0(int *x, int *y, struct srcu_struct *s) "
        "{ WRITE_ONCE(*x, 1); synchronize_srcu(s); WRITE_ONCE(*y, 1); }\nexists (y=1)\n"
    )
    witness = find_witness(written(tmp_path, text), REQUEST)
    assert witness is not None
    assert [line.text.partition("(")[0] for line in witness.story] == ["WRITE_ONCE", "synchronize_srcu", "WRITE_ONCE"]


def test_what_equal_threads_do_is_listed_for_each_of_them(tmp_path: Path) -> None:
    """A verdict needs one of several equal threads only; a list has the states of all."""
    text = "X86 t\n{ }\nP0 | P1 ;\n MOV EAX,$1 | MOV EAX,$1 ;\n XCHG [x],EAX | XCHG [x],EAX ;\nexists (0:EAX=0 /\\ 1:EAX=0)\n"
    assert list_states(written(tmp_path, text)).found == ("0:EAX=0; 1:EAX=1;", "0:EAX=1; 1:EAX=0;")


def test_states_are_not_looked_for_unless_they_are_wanted(tmp_path: Path) -> None:
    assert judge(written(tmp_path, STORE_BUFFERING), REQUEST).states is None
    unsupported = judged(written(tmp_path, STORE_BUFFERING.replace("MOV EAX,[y]", "CPUID")))
    assert (unsupported.observation, unsupported.states) == (Observation.UNSUPPORTED, None)


def test_what_is_observed_of_nothing_is_one_state(tmp_path: Path) -> None:
    assert list_states(written(tmp_path, STORE_BUFFERING.split("exists", maxsplit=1)[0])) == States(("",), complete=True)


# ── as herd7 prints them: what is expected is what it prints ────────────────────────────────────────────────────────────────

ARM = "AArch64 t\n{ 0:X0=x; int a[4]; 0:X5=a; int64_t 0:X9; }\nP0 ;\n %s\nlocations [0:X1; 0:X9;]\nexists (0:X0=x)\n"


@pytest.mark.parametrize(
    ("code", "register"),
    [
        ("ADD X1,X0,#4", "0:X1=x+4;"),
        ("SUB X1,X0,#4", "0:X1=x-4;"),
        ("ADD X1,X5,#8", "0:X1=a+8;"),
        ("ADD X1,X5,#7", "0:X1=a+7;"),
        ("MOV X1,X5", "0:X1=a;"),
        ("MOV W1,#-1", "0:X1=-1;"),
        ("ADR X1,L", '0:X1=label:"P0:L";'),
    ],
)
def test_addresses_are_named_with_their_offsets(tmp_path: Path, code: str, register: str) -> None:
    (state,) = list_states(written(tmp_path, ARM % f"{code} ;\nL: ;\n NOP ;")).found
    assert state == f"0:X0=x; {register} 0:X9=0;"


def test_where_a_call_returns_to_is_a_label_if_there_is_one(tmp_path: Path) -> None:
    text = ARM.replace("0:X1; 0:X9", "0:X30") % "BL F ;\nN: ;\n NOP ;\nF: ;\n NOP ;"
    assert list_states(written(tmp_path, text)).found == ('0:X0=x; 0:X30=label:"P0:N";',)


def test_the_code_of_two_threads_lies_in_two_places(tmp_path: Path) -> None:
    """A label that one thread left in memory is no place in the code of another."""
    text = (
        "AArch64 t\n{ 0:X1=x; 1:X1=x; int64_t x; int64_t 1:X0; 1:X4=0; }\nP0 | P1 ;\n ADR X0,L | LDR X0,[X1] ;\n"
        "L: | M: ;\n STR X0,[X1] | ADR X3,M ;\n | CMP X0,X3 ;\n | CSET W4,EQ ;\nexists (1:X4=1)\nlocations [1:X0;]\n"
    )
    found = judged(written(tmp_path, text))
    assert found.observation is Observation.NEVER
    assert found.states == States(("1:X0=0; 1:X4=0;", '1:X0=label:"P0:L"; 1:X4=0;'), complete=True)


@pytest.mark.parametrize(
    ("text", "state", "condition"),
    [
        (
            "RISCV t\n{ 0:a0=x; }\nP0 ;\n addi a1,a0,4 ;\n li t2,-1 ;\n"
            "locations [0:a1; 0:t2; 0:x11; 0:fp;]\nexists (0:a0=x /\\ 0:s0=0)\n",
            "0:x7=-1; 0:x8=0; 0:x10=x; 0:x11=x+4;",
            "exists (0:x10=x /\\ 0:x8=0)",
        ),
        (
            "PPC t\n{ 0:R1=x; }\nP0 ;\n li r3,2 ;\nlocations [0:R3;]\nexists (P0:R1=x)\n",
            "0:r1=x; 0:r3=2;",
            "exists (0:r1=x)",
        ),
        ("X86_64 t\n{ }\nP0 ;\n movq $3,%rax ;\nforall (0:rax=3)\n", "0:rax=3;", "forall (0:rax=3)"),
    ],
)
def test_registers_have_the_names_that_herd_gives_them(tmp_path: Path, text: str, state: str, condition: str) -> None:
    found = judged(written(tmp_path, text))
    assert found.states == States((state,), complete=True)
    assert found.condition == condition


def test_a_list_that_a_time_limit_ended_is_not_complete() -> None:
    """The solver has no answer to the first question."""
    gave_up = Finding(Outcome.UNKNOWN, None, None, "timeout")
    silent: Any = SimpleNamespace(encoding=SimpleNamespace(covered={COUNTED: 1}), ask=lambda *_, **__: gave_up)
    nothing: Any = SimpleNamespace(spelling=None, program=SimpleNamespace(locations=()))
    assert states_of(nothing, silent, timeout=1) == States((), complete=False)
