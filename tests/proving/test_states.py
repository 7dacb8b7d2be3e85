"""Final states of litmus tests, and executions that satisfy their conditions. The lists are worked out by hand."""

from pathlib import Path

from gupproof.proving.observation import Request
from gupproof.proving.states import find_witness, list_states
from gupproof.report.dot import dot, edges

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


def test_every_state_is_listed_once(tmp_path: Path) -> None:
    states = list_states(written(tmp_path, STORE_BUFFERING), REQUEST)
    assert states.found == tuple(f"0:EAX={one}; 1:EAX={other};" for one in (0, 1) for other in (0, 1))
    assert states.complete


def test_states_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    text = "AArch64 t\n{ 0:X1=x; }\nP0 | P1 ;\n LDR W10,[X1] | MOV W0,#{} ;\n MOV W2,#0 | STR W0,[X1] ;\n"
    text = text.replace("{ 0:X1=x; }", "{ 0:X1=x; 1:X1=x; x=10; }") + "locations [0:X10; 0:X2;]\nexists (x=0)\n"
    for value, order in ((9, (9, 10)), (-1, (-1, 10)), (11, (10, 11))):
        found = list_states(written(tmp_path, text.replace("{}", str(value))), REQUEST).found
        assert found == tuple(f"0:X2=0; 0:X10={read}; [x]={value};" for read in order)


def test_a_fence_takes_a_state_away(tmp_path: Path) -> None:
    fenced = STORE_BUFFERING.replace(" MOV EAX,[y]", " MFENCE | MFENCE ;\n MOV EAX,[y]")
    assert "0:EAX=0; 1:EAX=0;" not in list_states(written(tmp_path, fenced), REQUEST).found


def test_the_locations_clause_is_observed_and_arrays_are_shown_as_they_are_looked_at(tmp_path: Path) -> None:
    text = "AArch64 t\n{ int a[2]={1,-1}; int *p=&a[1]; 0:X1=a; uint8_t 0:X2=255; }\nP0 ;\n LDR W0,[X1,#4] ;\n"
    states = list_states(written(tmp_path, text + "locations [a; p; 0:X2;]\nexists (0:X0=-1)\n"), REQUEST)
    assert states.found == ("0:X0=-1; 0:X2=255; a={1,-1}; [p]=a[1];",)
    states = list_states(written(tmp_path, text + "locations [a[1]; 0:X1;]\nexists (a={1,-1} /\\ a[0]=1)\n"), REQUEST)
    assert states.found == ("0:X1=a; a={1,-1}; a[0]=1; a[1]=-1;",)


def test_a_filter_leaves_states_out(tmp_path: Path) -> None:
    text = STORE_BUFFERING.replace("exists", "filter (0:EAX=1)\nexists")
    assert list_states(written(tmp_path, text), REQUEST).found == ("0:EAX=1; 1:EAX=0;", "0:EAX=1; 1:EAX=1;")


def test_a_limit_is_said(tmp_path: Path) -> None:
    states = list_states(written(tmp_path, STORE_BUFFERING), REQUEST, most=2)
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
    states = list_states(written(tmp_path, KERNEL), REQUEST)
    assert states.complete
    assert states.found == (
        "1:r1=x; 1:r2=1; [p]=x; t[0]=-1;",
        "1:r1=y; 1:r2=0; [p]=x; t[0]=-1;",
    )
    assert (states.model, states.test.final) == ("lkmm", "exists (1:r2=1)")


def test_a_filter_leaves_states_of_kernel_c_out(tmp_path: Path) -> None:
    states = list_states(written(tmp_path, KERNEL.replace("exists", "filter (1:r1=y) exists")), REQUEST)
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
