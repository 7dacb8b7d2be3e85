"""The outer shape of litmus tests: header, initial state, columns, final condition."""

import pytest

from gupproof.diagnostics import GupError
from gupproof.litmus.form import And, Equal, Kind, Not, Or, Quantifier, Register, Same, Word
from gupproof.litmus.frame import Stated, Unsupported, read_assembly, stated_result

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


def test_initial_words_have_types_arrays_and_addresses():
    written = "int a[2] = {1,-1}; uint64_t y; int16_t h=7; int *p = &a[1]; uint64_t 0:X3=0xff; 0: X1 = a; 1:X4=x; [z]=2"
    test = read(TEST.replace("x=1; 0:X1=x; 1:X3=-1;\n", written))
    assert test.arrays == {"a": 2}
    assert test.memory == {"a[0]": 1, "a[1]": -1, "y": 0, "h": 7, "p": "a[1]", "z": 2}
    assert test.registers == {Register(0, "X3"): 255, Register(0, "X1"): "a", Register(1, "X4"): "x"}
    assert test.types["a"] == Kind(4, signed=True)
    assert test.types["y"] == Kind(8, signed=False)
    assert test.types["h"] == Kind(2, signed=True)
    assert test.types["p"].pointer
    assert test.register_types == {Register(0, "X3"): Kind(8, signed=False)}


def test_an_array_has_as_many_values_as_elements():
    with pytest.raises(GupError) as error:
        read(TEST.replace("x=1;", "int x[2] = {1};"))
    assert error.value.diagnostics[0].code == "M003"


@pytest.mark.parametrize(
    ("written", "category"),
    [
        ("x[2]=1;", "initial state"),
        ("quux x=1;", "initial state"),
        ("int x[999999999];", "initial state"),
        ("ins_t x=1;", "self-modifying code"),
        ('0:X4=instr:"NOP";', "self-modifying code"),
        ("[PTE(x)]=(oa:PA(y));", "page tables"),
        ("0:X4=PTE(x);", "page tables"),
        ("0:V1={1,2};", "vector"),
    ],
)
def test_initial_states_of_other_kinds_are_unsupported_by_category(written: str, category: str):
    with pytest.raises(Unsupported, match=f"^{category}: "):
        read(TEST.replace("x=1;", written))


@pytest.mark.parametrize(
    ("head", "category"),
    [("Variant=kvm", "page tables"), ("variant = mixed, memtag", "memory tags"), ("Variant=self", "self-modifying code")],
)
def test_variants_of_herd_that_change_the_meaning_are_unsupported(head: str, category: str):
    with pytest.raises(Unsupported, match=f"^{category}: "):
        read(TEST.replace("(* a comment", f"{head}\n(* a comment"))


def test_a_variant_that_changes_nothing_here_is_skipped():
    assert read(TEST.replace("(* a comment", "Variant=mixed\n(* a comment")).name == "MP+dmb.sy+po"


def test_faults_in_the_condition_are_unsupported():
    with pytest.raises(Unsupported, match="exceptions: "):
        read(TEST.replace("1:X2=1", "fault(P1,x)"))


def test_threads_with_handlers_are_unsupported():
    with pytest.raises(Unsupported, match="exceptions: "):
        read(TEST.replace(" P1          ;", " P1.F        ;"))


def test_rows_end_with_a_semicolon_and_may_share_a_line():
    test = read("AArch64 t\n{}\nP0; MOV W0,#1;\n L0: L1:\n  NOP;\nforall 0:X0=1")
    assert [line.text for line in test.threads[0]] == ["MOV W0,#1", "L0:", "L1:", "NOP"]


def test_threads_may_say_where_they_run():
    assert len(read(TEST.replace(" P1          ;", " P1 @ here    ;")).threads) == 2


def test_comments_of_both_kinds_are_skipped():
    assert read(TEST.replace(" L0: NOP     ;", " L0: NOP     ; // why")).threads[1][-1].text == "NOP"


def test_what_the_locations_clause_lists_is_kept():
    test = read(TEST.replace("exists", "locations [x; y[1]; 0:X0; [z];]\nexists"))
    assert test.listed == (Word("x"), Word("y[1]"), Register(0, "X0"), Word("z"))


@pytest.mark.parametrize("result", ["Never", "Sometimes", "Always"])
def test_the_result_that_a_comment_states_is_kept(result: str):
    assert read(TEST.replace("(* a comment", f"(* Result: {result} *)\n(* a comment")).result == result


def test_two_places_may_be_compared():
    assert read(TEST.replace("1:X2=1", "1:X2=0:X3")).condition.parts[0] == Same(Register(1, "X2"), Register(0, "X3"))


def test_a_list_of_values_is_that_of_the_elements():
    test = read(TEST.replace("(1:X2=1 /\\ ~(x=2 \\/ y=0x3))", "(x={1,2})"))
    assert test.condition == And((Equal(Word("x[0]", whole=True), 1), Equal(Word("x[1]", whole=True), 2)))


def test_the_condition_is_kept_as_written():
    assert read(TEST).final == "exists (1:X2=1 /\\ ~(x=2 \\/ y=0x3))"


@pytest.mark.parametrize(
    ("comment", "stated"),
    [
        ("(*\n * Result: Sometimes DATARACE\n *\n * Because.\n *)", Stated("Sometimes", races=True)),
        ("(*\n * Result: DEADLOCK\n *)", Stated("Deadlock")),
        ("(* Result: Never DATARACE *)", Stated("Never", races=True)),
        ("(* Result: Never, as (1) comes first *)", Stated("Never")),
        ("(*\n * Result: Maybe\n *)", Stated("")),
        ("(* Expected result: Never *)", Stated("")),
    ],
)
def test_a_comment_may_state_a_result_in_several_ways(comment: str, stated: Stated):
    assert stated_result(f"C t\n{comment}\n{{}}") == stated
