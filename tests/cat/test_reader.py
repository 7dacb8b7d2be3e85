import contextlib
from pathlib import Path

import pytest

from gupproof.cat.reader import known_models, load_model
from gupproof.cat.terms import Axiom, AxiomKind, Sort, TermOp
from gupproof.diagnostics import GupError
from gupproof.program.target_reader import known_targets
from tests.cat.conftest import TAGS


def test_the_projects_models():
    assert list(known_models()) == ["armv8", "lkmm", "lkmm-same-lock", "lkmm-v2", "power", "riscv", "sc", "x86-tso"]
    for target in known_targets():
        for name in target.models:
            model = load_model(known_models()[name], tags=target.tags)
            assert model.name == name
            assert model.title
            assert all(not axiom.flag and not axiom.negated for axiom in model.axioms) or name.startswith("lkmm")
            assert {"fr", "po-loc", "rfe"} <= set(model.definitions)
            assert {"prelude.cat", f"{name}.cat"} <= {Path(path).name for path in model.sources}


def test_title(load):
    assert load('"A title"').title == "A title"
    assert load("Word").title == "Word"
    assert load("let a = po").title == "my-model"
    assert load("let a = po").name == "my-model"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Binding strength: postfix, product, ~, &, \, ;, |.
        ("po | rf ; co", "|(po, ;(rf, co))"),
        ("po ; rf \\ co", ";(po, \\(rf, co))"),
        ("po \\ rf & co", "\\(po, &(rf, co))"),
        ("po \\ rf \\ co", "\\(\\(po, rf), co)"),
        ("po & ~rf", "&(po, ~(rf))"),
        ("R * W & po", "&(*,*(R, W), po)"),
        ("~R * W", "~(*,*(R, W))"),
        ("po | rf | co", "|(po, rf, co)"),
        ("po ; rf ; co", ";(;(po, rf), co)"),
        ("po* | rf+ | co? | ext^-1", "|(*(po), +(rf), ?(co), ^-1(ext))"),
        ("po^* | rf^+ | co^?", "|(*(po), +(rf), ?(co))"),
        ("po+^-1", "^-1(+(po))"),
        ("po\\rf^-1", "\\(po, ^-1(rf))"),
        ("[R];po;[W]", ";(;([](R), po), [](W))"),
        ("[R & X | W]", "[](|(&(R, X), W))"),
        ("_ * _", "*,*(_, _)"),
        ("[_]", "id"),
        ("0 | po", "po"),
        ("po ; 0", "0"),
        ("domain(rf)", "domain(rf)"),
        ("range rf", "range(rf)"),
        ("(po)", "po"),
        ("begin po end", "po"),
        ("let x = po in x ; x", ";(po, po)"),
        ("{} | R", "R"),
        ("DMB.ISH | R", "|(DMB.ISH, R)"),
    ],
)
def test_operators(term, text, expected):
    assert term(text) == expected


@pytest.mark.parametrize(
    ("before", "text", "expected"),
    [
        ("let f(a, b) = a ; b", "f(po, rf)", ";(po, rf)"),
        ("let f a b = a ; b", "f po rf", ";(po, rf)"),
        ("let f (a, b) c = a ; b ; c", "f (po, rf) co", ";(;(po, rf), co)"),
        ("let f x = [x]", "f R", "[](R)"),
        ("let f = fun x -> x | rf", "f po", "|(po, rf)"),
        ("let g = po let f x = g ; x let g = rf", "f co", ";(po, co)"),
        ("let twice f x = f (f x)", "twice (fun y -> y+) po", "+(+(po))"),
        ("let (a, b) = (po, rf)", "a ; b", ";(po, rf)"),
        ("let a = po and b = rf", "a | b", "|(po, rf)"),
        ("let po = rf let po = po | co", "po", "|(rf, co)"),
        ("let f _ = rf", "f po", "rf"),
        ("", "fencerel(DMB.ISH)", ";(;(po, [](DMB.ISH)), po)"),
    ],
)
def test_functions_and_names(term, before, text, expected):
    assert term(text, before) == expected


def test_names_may_hold_minus_and_dot(term):
    assert term("a-1.b | a", "let a-1.b = po let a = rf") == "|(po, rf)"
    assert term("a^-1", "let a = po") == "^-1(po)"


def test_recursion(load):
    model = load("let rec a = po | (b ; a) and b = rf | (a ; b)\nacyclic a")
    axiom = model.axioms[0]
    assert axiom.term.op is TermOp.REC
    assert repr(axiom.term) == "rec(|(po, ;(rec2, rec1)), |(rf, ;(rec1, rec2)))"
    assert axiom.term.bound == (1, 2)
    assert model.definitions["b"].value == 1


def test_a_recursive_set(load):
    model = load("let rec s = R | range([s];po)")
    assert model.definitions["s"].sort is Sort.SET
    assert model.definitions["s"].op is TermOp.REC


def test_recursion_without_use_is_none(term):
    assert term("a", "let rec a = po") == "po"


def test_checks(load):
    text = """
    acyclic po | rf as one
    flag ~empty rf & co as two
    irreflexive po
    ~irreflexive rf ; co
    empty R
    assert empty po as checked-elsewhere
    show po, rf* as all
    unshow rf
    """
    axioms = load(text).axioms

    def shown(axiom: Axiom) -> tuple[AxiomKind, bool, bool, str]:
        return axiom.kind, axiom.negated, axiom.flag, axiom.name

    assert list(map(shown, axioms)) == [
        (AxiomKind.ACYCLIC, False, False, "one"),
        (AxiomKind.EMPTY, True, True, "two"),
        (AxiomKind.IRREFLEXIVE, False, False, "irreflexive po"),
        (AxiomKind.IRREFLEXIVE, True, False, "irreflexive in line 5"),
        (AxiomKind.EMPTY, False, False, "empty R"),
    ]
    assert axioms[0].span.line == 2


def test_negated_check_after_a_closure(load):
    assert len(load("let a = rf*\n~empty po").axioms) == 1


def test_comments(term):
    assert term("po (* (* nested *) // not ; this *) | rf // rest\n# all of it\n | co") == "|(po, rf, co)"


def test_comments_of_other_tools(term):
    assert term("po /* (* flat // */ | rf /**/ | co") == "|(po, rf, co)"
    # Words like these open no comment inside of one, where else the outer one had no end.
    assert term("po (* r2 = (*y) + (*(z)) *) | rf (* nested (* as ever *) *)") == "|(po, rf)"


def test_include(load):
    model = load('include "other.cat"\nlet b = a ; a', other="let a = rf")
    assert repr(model.definitions["b"]) == ";(rf, rf)"
    assert {Path(path).name for path in model.sources} == {"prelude.cat", "my-model.cat", "other.cat"}


def test_include_folders(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "there.cat").write_text("let a = rf")
    path = tmp_path / "m.cat"
    path.write_text('include "there.cat"')
    with pytest.raises(GupError, match="C005"):
        load_model(path, tags=TAGS)
    assert "a" in load_model(path, tags=TAGS, include=[tmp_path / "lib"]).definitions


@pytest.mark.parametrize(
    ("text", "code", "place", "words"),
    [
        ("let a = po |", "C001", "1:13", "ends too early"),
        ("let a = po )", "C001", "1:12", '")"'),
        ("let a = po $", "C001", "1:12", "'$'"),
        ("let = po", "C001", "1:5", "a name"),
        ("let a = po (* x", "C002", "1:12", "no end"),
        ("let a = po (* (* x *)", "C002", "1:12", "no end"),
        ("let a = po /* x *)", "C002", "1:12", "no end"),
        ("let a = pos", "C003", "1:9", "did you mean po?"),
        ("let a = rw", "C003", "1:9", "did you mean"),
        ("let a = [DMB.IHS]", "C003", "1:10", "did you mean DMB.ISH?"),
        ("let a = [NoSuchTagAtAll]", "C003", "1:10", "DMB.ISH"),
        ("let a = po ; R", "C004", "1:14", "write [S]"),
        ("let a = po | R", "C004", "1:14", "wants a relation"),
        ("let a = R | po", "C004", "1:13", "domain(r)"),
        ("let a = [po]", "C004", "1:10", "wants a set"),
        ("let a = po * rf", "C004", "1:9", "`*` between two operands"),
        ("let a = R+", "C004", "1:9", "relation"),
        ("acyclic R", "C004", "1:9", "`acyclic` wants a relation"),
        ("let f x = x let a = f | po", "C004", "1:21", "a function"),
        ("let a = domain(R)", "C004", "1:16", "domain()"),
        ("let rec a = po | (R * R) and b = a ; c", "C003", "1:38", "c"),
        ('include "nowhere.cat"', "C005", "1:9", "looked in"),
        ('include "my-model.cat"', "C006", "1:9", "my-model.cat includes my-model.cat"),
        ("let a = po [R]", "C008", "1:9", "not a function"),
        ("let f(x, y) = x let a = f po", "C008", "1:27", "2 values"),
        ("let rec a = po \\ a", "C009", "1:9", "least solution"),
        ("let rec a = po | ~(rf \\ ~a)", "C009", "1:9", "least solution"),
        ("let a = " + "(" * 2000 + "po" + ")" * 2000, "C010", "", "nested"),
    ],
)
def test_errors(load, text, code, place, words):
    with pytest.raises(GupError) as caught:
        load(text)
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == [code]
    assert place in str(caught.value)
    assert words in str(caught.value)


def test_double_negation_is_monotone(load):
    assert load("let rec a = po | ~(~a)").definitions["a"].op is TermOp.REC


def test_every_item_is_judged_and_blame_is_given_once(load):
    with pytest.raises(GupError) as caught:
        load("let a = nope\nlet b = a | po\nacyclic b\nacyclic R\n")
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["C003", "C004"]
    assert "acyclic R\n" in str(caught.value)


def test_an_explosion_is_stopped(load):
    lines = ["let f0 x = x | po"] + [f"let f{n} x = f{n - 1} (f{n - 1} x)" for n in range(1, 40)] + ["let a = f39 rf"]
    with pytest.raises(GupError, match="C010"):
        load("\n".join(lines))


def test_errors_in_an_included_file_point_there(load):
    with pytest.raises(GupError, match=r"other\.cat:2:9"):
        load('include "other.cat"', other="\nlet a = pos")


@pytest.mark.parametrize("name", ["sc", "x86-tso", "armv8"])
def test_any_prefix_is_a_model_or_an_error(tmp_path, name):
    text = known_models()[name].read_text()
    path = tmp_path / "cut.cat"
    for end in range(0, len(text), 11):
        path.write_text(text[:end])
        with contextlib.suppress(GupError):
            load_model(path, tags=TAGS)
