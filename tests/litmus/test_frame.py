"""The outer shape of litmus tests: header, initial state, columns, final condition."""

import pytest

from gupproof.diagnostics import GupError
from gupproof.litmus.form import And, Equal, Not, Or, Quantifier, Register, Word
from gupproof.litmus.frame import Unsupported, read_assembly

TEST = """AArch64 MP+dmb.sy+po
(* a comment, with { braces } *)
{ x=1; 0:X1=x; 1:X3=-1;
}
 P0          | P1          ;
 MOV W0,#1   | LDR W2,[X1] ;
 STR W0,[X1] | L0: NOP     ;
exists (1:X2=1 /\\ ~(x=2 \\/ y=0x3))
"""


def read(text: str):
    return read_assembly(text, "t.litmus")


def test_reads_name_initial_state_columns_and_condition():
    test = read(TEST)
    assert (test.arch, test.name) == ("AArch64", "MP+dmb.sy+po")
    assert test.memory == {"x": 1}
    assert test.registers == {Register(0, "X1"): "x", Register(1, "X3"): -1}
    assert [line.text for line in test.threads[0]] == ["MOV W0,#1", "STR W0,[X1]"]
    assert [line.text for line in test.threads[1]] == ["LDR W2,[X1]", "L0:", "NOP"]
    assert test.threads[0][1].line == 7
    assert test.quantifier is Quantifier.EXISTS
    assert test.condition == And((Equal(Register(1, "X2"), 1), Not(Or((Equal(Word("x"), 2), Equal(Word("y"), 3))))))


@pytest.mark.parametrize(
    ("written", "quantifier"),
    [
        ("exists", Quantifier.EXISTS),
        ("~exists", Quantifier.NOT_EXISTS),
        ("~ exists", Quantifier.NOT_EXISTS),
        ("forall", Quantifier.FORALL),
    ],
)
def test_every_quantifier_is_read(written: str, quantifier: Quantifier):
    assert read(TEST.replace("exists", written)).quantifier is quantifier


def test_registers_may_be_named_with_a_p():
    assert read(TEST.replace("1:X2=1", "P1:X2 = 1")).condition.parts[0] == Equal(Register(1, "X2"), 1)


def test_an_implication_is_a_disjunction():
    test = read(TEST.replace("(1:X2=1 /\\ ~(x=2 \\/ y=0x3))", "(x=1 => y=2)"))
    assert test.condition == Or((Not(Equal(Word("x"), 1)), Equal(Word("y"), 2)))


def test_a_filter_is_read_apart_from_the_condition():
    assert read(TEST.replace("exists", "filter (x=1)\nexists")).filter == Equal(Word("x"), 1)


def test_a_list_of_locations_is_no_instruction():
    assert len(read(TEST.replace("exists", "locations [x; 0:X0;]\nexists")).threads[0]) == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "M001"),
        ("AArch64\n", "M001"),
        ("AArch64 t\nno braces\n", "M001"),
        ("AArch64 t\n{}\nexists (x=1)\n", "M001"),
        ("AArch64 t\n{}\n NOP ;\nexists (x=1)\n", "M001"),
        (TEST.replace("exists (", "exists ("[:-1]), "M002"),
        (TEST.replace("x=1;", "x=!;"), "M003"),
        (TEST.replace(" MOV W0,#1   |", " MOV W0,#1 | NOP | NOP |"), "M001"),
    ],
)
def test_what_is_no_litmus_test_is_an_error_with_a_code(text: str, code: str):
    with pytest.raises(GupError) as error:
        read(text)
    assert error.value.diagnostics[0].code == code


def test_every_truncation_is_an_error_or_a_test():
    for length in range(len(TEST)):
        try:
            read(TEST[:length])
        except (GupError, Unsupported):
            continue


def test_arrays_are_unsupported_and_say_so():
    with pytest.raises(Unsupported, match=r"uint8_t x\[128\]"):
        read(TEST.replace("x=1;", "uint8_t x[128];"))
