"""Tests that speak of what is not judged, and tests that mean nothing: said to be so, with the reason, and never judged.

The notation of page tables, memory tags and shadow stacks is herd7's; what it refuses (a condition about what the test does
not have, half of an address) is refused here.
"""

from pathlib import Path

import pytest

from gupproof.diagnostics import GupError
from gupproof.litmus.frame import Unsupported, read_assembly
from gupproof.litmus.kernel.reader import read_kernel_c
from gupproof.litmus.lower import lower_litmus
from tests.litmus.test_instructions import Observation, observe


def written(
    initial: str = "0:X1=x;", code: str = "LDR X0,[X1]", condition: str = "exists (0:X0=1)", arch: str = "AArch64"
) -> str:
    return f"{arch} t\n{{ {initial} }}\nP0 ;\n {code} ;\n{condition}\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        # A name that begins with pte_ is an entry of a page table, wherever it stands.
        (written("0:X1=pte_x;"), "page tables: 'pte_x'"),
        (written(condition="exists (pte_x=1)"), "page tables: 'pte_x'"),
        (written(condition="exists (0:X0=(oa:phy_x, af:0))"), "page tables: '(oa:phy_x, af:0)'"),
        (written(condition="exists ([PTE(x)]=1)"), "page tables: 'PTE(x)'"),
        (written("[TTD(x)]=(valid:0); 0:X1=x;"), "page tables: 'TTD(x)'"),
        (written("0:X1=PA(x);"), "page tables: 'PA(x)'"),
        (written(condition="locations [pte_x;]\nexists (0:X0=1)"), "page tables: 'pte_x'"),
        (written("0:X1=x:green;"), "memory tags: 'x:green'"),
        (written(condition="exists (0:X0=1 /\\ 0:X2=y:red)"), "memory tags: 'y:red'"),
        (written(condition="exists ([tag(x)]=:blue)"), "memory tags: 'tag(x)'"),
        (written("SS(x,2); 0:X1=x;"), "shadow stacks: 'SS(x,2)'"),
        (written(condition="exists (0:X0=SSCap(x,1))"), "shadow stacks: 'SSCap(x,1)'"),
        (written("0:GCSPR_EL1=x;"), "shadow stacks: 'GCSPR_EL1'"),
        (written(code="GCSPUSHM X0"), "shadow stacks: 'GCSPUSHM'"),
        (written(condition="exists (0:V0.S={0,1})"), "vector: 'V0.S' in the condition"),
        (written(condition="exists (0:X0=NOP)"), "self-modifying code: '=NOP' in the condition"),
        # An address has 64 bits: half of it is no value.
        (written("int *p=&x; 0:X1=p;", "LDR W0,[X1]"), "address: 4 bytes of p, which holds the address of x"),
        (written("0:X1=x;", "EOR W0,W1,W1"), "address: the lower half of W1, which is where x lies"),
        (written("0:X1=x;", "STR W1,[X1]", "exists (x=1)"), "address: the lower half of W1, which is where x lies"),
        (written("int *p=&x; 0:x6=p;", "lw x5,0(x6)", "exists (0:x5=0)", "RISCV"), "address: 4 bytes of p"),
        # Data lies out of reach of the instruction that computes addresses.
        (written(code="ADR X1,x"), "instruction: ADR of 'x', which is no label of its thread"),
    ],
)
def test_it_is_unsupported_and_says_why(text: str, reason: str):
    with pytest.raises(Unsupported) as caught:
        lower_litmus(read_assembly(text, "t.litmus"))
    assert str(caught.value).startswith(reason)


def test_a_variant_of_shadow_stacks_is_unsupported():
    with pytest.raises(Unsupported, match=r"^shadow stacks: herd's variant shadowstack"):
        read_assembly(written().replace("{", "variant=shadowstack\n{", 1), "t.litmus")


def test_what_only_looks_like_it_is_judged(tmp_path: Path):
    """Labels have colons, and words of memory many names."""
    text = written("0:X1=apte_x; apte_x=1; green=2;", "L:LDR W0,[X1]; B red; red: NOP", "exists (0:X0=1 /\\ green=2)")
    assert observe(tmp_path, text) is Observation.ALWAYS
    # An x86 word has room for an address of its own, and Power's tests load them so.
    assert observe(tmp_path, "X86 t\n{ int *p=&x; }\nP0 ;\n MOV EAX,[p] ;\nexists (0:EAX=x)\n") is Observation.ALWAYS
    power = "PPC t\n{ int *p=&x; 0:r1=p; }\nP0 ;\n lwz r2,0(r1) ;\nexists (0:r2=x)\n"
    assert observe(tmp_path, power) is Observation.ALWAYS


# ── bad input ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("condition", "name"),
    [("exists (z=3)", "z"), ("exists (0:X0=z)", "z"), ("forall (x=1 \\/ ~(z[1]=0))", "z[1]"), ("exists ([x]=[z])", "z")],
)
def test_a_condition_about_what_is_nowhere_in_the_test_is_an_error(condition: str, name: str):
    with pytest.raises(GupError) as caught:
        lower_litmus(read_assembly(written(condition=condition), "t.litmus"))
    (item,) = caught.value.diagnostics
    assert (item.code, item.message) == ("M005", f"t.litmus: the condition names '{name}', which is nowhere else in the test")
    assert item.help == "its locations are x"


def test_what_the_code_or_a_declaration_names_is_in_the_test(tmp_path: Path):
    assert observe(tmp_path, "X86 t\n{ }\nP0 ;\n MOV [x],$1 ;\nexists (x=1)\n") is Observation.ALWAYS
    text = written("0:X1=x; int a[2]; int z;", condition="exists (a[1]=0 /\\ z=0 /\\ a={0,0})")
    assert observe(tmp_path, text) is Observation.ALWAYS


def test_other_architectures_are_told_before_anything_else_is_read():
    with pytest.raises(GupError) as caught:
        read_assembly("ASL t\n{ }\nfunc main() => integer\nexists ($2=1)\n", "t.litmus")
    assert caught.value.diagnostics[0].code == "M004"


# ── kernel C ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_kernel_c_conditions_name_what_is_in_the_test():
    text = "C t\n{ int *p = &a; }\nP0(int *x) { WRITE_ONCE(*x, 1); }\nexists (%s=1)\n"
    for name in ("x", "p", "a"):
        read_kernel_c(text % name, "t.litmus")
    for name in ("z", "0:r0=1 /\\ z"):
        with pytest.raises(GupError) as caught:
            read_kernel_c(text % name, "t.litmus")
        assert caught.value.diagnostics[0].code == "M005"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("C t\n{}\nP0(int128_t *x) { WRITE_ONCE(*x, 1); }\nexists (x=1)\n", "mixed-size: type 'int128_t'"),
        ("C t\n{}\nP0(int *x) { __int128 r0 = READ_ONCE(*x); }\nexists (x=1)\n", "mixed-size: type '__int128'"),
        ("C t\n{}\nP0(int *x) { WRITE_ONCE(*x, 1); }\nregions: x:PROP\nexists (x=1)\n", "regions: "),
    ],
)
def test_kernel_c_that_is_not_handled_is_unsupported(text: str, reason: str):
    with pytest.raises(Unsupported) as caught:
        read_kernel_c(text, "t.litmus")
    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize(
    "statement",
    ["int r2 = READ_ONCE(*(int **)r1);", "WRITE_ONCE(*(int **)r1, 3);", "smp_store_release(*(int **)r1, 3);",
     "int r2 = xchg(*(int **)r1, 3);", "spin_lock(*(spinlock_t **)r1);", "int r2 = 0; if (*(int **)r1 == 2) r2 = 1;"],
)  # fmt: skip
def test_a_cast_pointer_may_be_what_a_primitive_is_given(tmp_path: Path, statement: str):
    text = f"C t\n{{ int *p = &y; int *q = &p; }}\nP0(int **q) {{ int **r1 = READ_ONCE(*q); {statement} }}\nexists (0:r1=p)\n"
    assert observe(tmp_path, text) is Observation.ALWAYS
