"""Items of a file other than definitions and checks: enums, procedures, choices, what a bell file says."""

import pytest

from gupproof.cat.reader import load_model
from gupproof.cat.terms import AxiomKind
from gupproof.diagnostics import GupError
from tests.cat.conftest import TAGS


@pytest.mark.parametrize(
    ("enum", "name", "expected"),
    [
        ("'rcu-lock", "Rcu-lock", "Rcu-lock"),
        ("'once", "Once", "Once"),
        ("'ONCE", "ONCE", "Once"),  # in capitals: another name for the set that events carry
        ("'MFENCE", "MFENCE", "MFENCE"),
        ("'nobody-does", "Nobody-does", "0"),  # a set without events is no error
        ("'NOBODY", "NOBODY", "0"),
    ],
)
def test_a_tag_names_the_events_that_carry_it(term, enum, name, expected):
    assert term(name, f"enum Kind = {enum}") == expected


def test_an_enum_leaves_what_is_defined(term):
    assert term("Once", "let Once = R enum Kind = 'once") == "R"


def test_instructions_name_tags(load):
    load("enum Kind = 'a || 'b instructions R[{'a,'b}] instructions F[Kind, 'a] default W['a]")
    with pytest.raises(GupError, match="C003"):
        load("enum Kind = 'a instructions R['c]")
    with pytest.raises(GupError, match="C004"):
        load("enum Kind = 'a instructions R[{po}]")


def test_a_procedure_checks_what_it_is_called_with(load):
    model = load("let x = co procedure within(a, b) = let x = a \\ b empty x as inside end call within(po, rf) let y = x")
    assert [(axiom.kind, repr(axiom.term), axiom.name) for axiom in model.axioms] == [(AxiomKind.EMPTY, "\\(po, rf)", "inside")]
    assert repr(model.definitions["y"]) == "co", "what a procedure defines stays inside"


def test_a_procedure_sees_what_was_there_when_it_was_written(load):
    model = load("let x = po procedure p() = acyclic x end let x = rf call p()")
    assert [repr(axiom.term) for axiom in model.axioms] == ["po"]


def test_a_procedure_calls_another_and_itself(load):
    text = """
    procedure one(r) = acyclic r end
    procedure rec all(S) = forall r in S do call one(r) end end
    call all({po, rf})
    """
    assert [repr(axiom.term) for axiom in load(text).axioms] == ["po", "rf"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("procedure rec p(x) = call p(x) end call p(po)", "C010"),
        ("call nothing(po)", "C003"),
        ("let f x = x call f(po)", "C008"),
        ("procedure p(a, b) = empty a \\ b end call p(po)", "C008"),
        ("procedure p(a) = empty a let b = p", "C001"),
        ("procedure p(a) = empty a end let b = p ; po", "C004"),
        ("forall x in R do empty x end", "C007"),
        ("let rec a = po | a ; a when ~acyclic a", "C007"),
        ("let rec a = po \\ b and b = b | a when acyclic b", "C007"),
        ("with r from {po, rf}", "C007"),
        ("with r from linearisations(W, po)", "C007"),
        ("with r from po", "C007"),
        ("assert ~empty 0", "C011"),
        ("assert ~acyclic po & (R * 0)", "C011"),
    ],
)
def test_errors(load, text, code):
    with pytest.raises(GupError) as caught:
        load(text)
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == [code]


def test_forall(load):
    model = load("enum Kind = 'once || 'rcu-lock forall t in Kind do empty tag2events t as nobody end")
    assert [repr(axiom.term) for axiom in model.axioms] == ["Once", "Rcu-lock"]


@pytest.mark.parametrize(
    "text",
    [
        "forall r in {po} do acyclic r irreflexive rf let s = co empty s end",
        "procedure p(r) = acyclic r irreflexive rf let s = co empty s end call p(po)",
        'if "v" empty 0 else acyclic po irreflexive rf let s = co empty s end',
        'if not "v" acyclic po irreflexive rf let s = co empty s else empty 0 end',
    ],
)
def test_a_body_is_read_to_its_end(load, text):
    kinds = [(axiom.kind.value, repr(axiom.term)) for axiom in load(text).axioms]
    assert kinds == [("acyclic", "po"), ("irreflexive", "rf"), ("empty", "co")]


def test_a_part_of_a_file_for_a_variant(load, tmp_path):
    text = 'if "v" include "one.cat" let a = po else let a = rf acyclic a end'
    assert [repr(axiom.term) for axiom in load(text).axioms] == ["rf"]
    (tmp_path / "one.cat").write_text("irreflexive co")
    model = load_model(tmp_path / "my-model.cat", tags=TAGS, variants=frozenset({"v"}))
    assert [axiom.kind for axiom in model.axioms] == [AxiomKind.IRREFLEXIVE]
    assert repr(model.definitions["a"]) == "po"


def test_the_only_choice(load):
    assert repr(load("with r from {po ; rf}").definitions["r"]) == ";(po, rf)"
    assert repr(load('include "cross.cat" with r from cross({})').definitions.get("r")) == "None", "nothing: of either sort"
    assert repr(load('include "cross.cat" with r from cross({{po}, {rf}})').definitions["r"]) == "|(rf, po)"


def test_coherence_is_chosen_already(load):
    model = load('include "cross.cat" with co from generate_cos(po) acyclic co as mine')
    assert [(axiom.kind, repr(axiom.term)) for axiom in model.axioms] == [
        (AxiomKind.ACYCLIC, "|(co, &(&(loc, \\(po, one-instruction)), *,*(W, W)))"),
        (AxiomKind.ACYCLIC, "co"),
    ]


def test_a_check_that_makes_executions_undefined_is_a_flag(load):
    (axiom,) = load("undefined_unless empty po & rf as sound").axioms
    assert (axiom.kind, axiom.negated, axiom.flag, axiom.name) == (AxiomKind.EMPTY, True, True, "sound")


def test_cycles_need_no_closures(load):
    axioms = load("let rec ob = po | rf | ob ; ob irreflexive ob acyclic co | ob+ flag ~acyclic ob").axioms
    assert [(axiom.kind, repr(axiom.term)) for axiom in axioms] == [
        (AxiomKind.ACYCLIC, "|(po, rf)"),
        (AxiomKind.ACYCLIC, "|(co, po, rf)"),
        (AxiomKind.ACYCLIC, "+(|(po, rf))"),
    ]


def test_a_closure_that_something_follows_or_limits_stays(load):
    """A cycle through several steps of the closure and one of rf is none of one step and one of rf."""
    axioms = load("acyclic po+ ; rf acyclic co | (rf ; co+)+ acyclic po+ & rf irreflexive po+ ; rf acyclic (po*)^-1").axioms
    assert [(axiom.kind, repr(axiom.term)) for axiom in axioms] == [
        (AxiomKind.ACYCLIC, ";(+(po), rf)"),
        (AxiomKind.ACYCLIC, "|(co, ;(rf, +(co)))"),
        (AxiomKind.ACYCLIC, "&(+(po), rf)"),
        (AxiomKind.IRREFLEXIVE, ";(+(po), rf)"),
        (AxiomKind.ACYCLIC, "^-1(*(po))"),
    ]


def test_heads(load):
    assert load('RISCV "Order of it"').title == "RISCV Order of it"
    assert load('"Orders" withoutco').title == "Orders"
    assert load("catdep let a = po").title == "my-model"


class TestBellFiles:
    def test_the_one_of_the_models_name(self, load, tmp_path):
        (tmp_path / "my-model.bell").write_text("enum Kind = 'strong let strong = po ; [Strong] ; po")
        assert repr(load("let a = strong").definitions["a"]) == "0"

    def test_the_one_its_settings_name(self, load, tmp_path):
        (tmp_path / "my-model.bell").write_text("let which = rf")
        (tmp_path / "my-model.cfg").write_text("macros some.def\nbell tags.bell\nmodel my-model.cat\n")
        (tmp_path / "tags.bell").write_text("let which = co")
        assert repr(load("let a = which").definitions["a"]) == "co"

    def test_another(self, load, tmp_path):
        load("let a = po")
        (tmp_path / "my-model.bell").write_text("let which = rf")
        (tmp_path / "other.bell").write_text("let which = co acyclic po as of-the-bell")
        model = load_model(tmp_path / "my-model.cat", tags=TAGS, bell=tmp_path / "other.bell")
        assert repr(model.definitions["which"]) == "co"
        assert [axiom.name for axiom in model.axioms] == ["of-the-bell"]

    def test_one_that_is_missing(self, load, tmp_path):
        (tmp_path / "my-model.cfg").write_text("bell none.bell\n")
        with pytest.raises(GupError, match=r"none\.bell"):
            load("let a = po")
