"""Text to surface tree: spans, recovery after an error, words in messages."""

import pytest

from gupproof.diagnostics import GupError
from gupproof.language import syntax
from gupproof.language.parser import blank_comments, parse


def refused(text: str) -> list[str]:
    with pytest.raises(GupError) as caught:
        parse(text, "f.gup")
    return [f"{item.span.line}:{item.span.column} {item.message}" for item in caught.value.diagnostics if item.span]


def test_spans_cover_the_text_of_their_node():
    (item,) = parse("\n  int x = 1;\n", "f.gup").items
    assert (item.span.line, item.span.column, item.span.end_line, item.span.end_column) == (2, 3, 2, 13)
    assert item.span.path == "f.gup"


def test_comments_do_not_move_spans():
    (item,) = parse("/* a\n b */ int /* c */ x; // d", "f.gup").items
    assert isinstance(item, syntax.Declaration)
    assert (item.declarators[0].name.span.line, item.declarators[0].name.span.column) == (2, 19)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a + b * c", "(a + (b * c))"),
        ("a - b - c", "((a - b) - c)"),
        ("a == b & c", "((a == b) & c)"),
        ("a & b ^ c | d", "(((a & b) ^ c) | d)"),
        ("a || b && c", "(a || (b && c))"),
        ("a << b + c < d", "((a << (b + c)) < d)"),
        ("!a && -b", "(!a && -b)"),
        ("*a * *b", "(*a * *b)"),
        ("&a & &b", "(&a & &b)"),
        ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
        ("a ? b ? c : d : e", "(a ? (b ? c : d) : e)"),
        ("(int)a + b", "((int)a + b)"),
        ("(pte_t)*a->b[c].d", "(pte_t)*a->b[c].d"),
        ("-a->b", "-a->b"),
        ("((a))", "a"),
    ],
)
def test_operators_bind_as_in_c(text, tree):
    (item,) = parse(f"const X = {text};", "f.gup").items
    assert isinstance(item, syntax.Constant)
    assert shown(item.value) == tree


def shown(expr: syntax.Expr) -> str:
    match expr:
        case syntax.Name():
            return expr.text
        case syntax.Infix():
            return f"({shown(expr.left)} {expr.operator} {shown(expr.right)})"
        case syntax.Prefix():
            return f"{expr.operator}{shown(expr.operand)}"
        case syntax.Ternary():
            return f"({shown(expr.condition)} ? {shown(expr.then)} : {shown(expr.otherwise)})"
        case syntax.Cast():
            assert isinstance(expr.type.base, syntax.IntegerName | syntax.TypedefName)
            return f"({expr.type.base.name}){shown(expr.operand)}"
        case syntax.Member():
            return f"{shown(expr.base)}{'->' if expr.arrow else '.'}{expr.name.text}"
        case syntax.Subscript():
            return f"{shown(expr.base)}[{shown(expr.index)}]"
        case _:
            raise AssertionError(expr)


def test_an_else_belongs_to_the_nearest_if():
    (item,) = parse("fn f() { if (a) if (b) c(); else d(); }", "f.gup").items
    assert isinstance(item, syntax.Function)
    (outer,) = item.body.body
    assert isinstance(outer, syntax.If)
    assert outer.otherwise is None
    assert isinstance(outer.then, syntax.If)
    assert outer.then.otherwise is not None


def test_words_of_scenarios_and_theorems_are_names_elsewhere():
    assert parse("fn thread(int on, int property) { int with = on; shows = under + init; by(); }", "f.gup").items


def test_names_ending_in_t_are_types_everywhere():
    (item,) = parse("fn f() { my_t *p; }", "f.gup").items
    assert isinstance(item, syntax.Function)
    assert isinstance(item.body.body[0], syntax.Declaration)


def test_after_an_error_reading_goes_on_at_the_next_item():
    found = refused("fn a() { x = ; }\nfn b() { }\nfn c() { y = ; }\nint ok;\nscenario s { thread }\n")
    assert [item.split()[0] for item in found] == ["1:14", "3:14", "5:21"]


def test_an_item_inside_a_comment_is_no_place_to_go_on():
    assert len(refused("fn a() { x = ; }\n/*\nfn b( {\n*/\n// fn c( {\nint ok;\n")) == 1


def test_only_so_many_syntax_errors_are_reported():
    assert len(refused("fn a( {\n" * 100)) == 20


def test_a_missing_semicolon_is_reported_where_it_is_missing():
    assert refused("fn f() {\n    x = 1   // why\n    y = 2;\n}") == ["2:9 expected `;` after this"]


def test_what_was_expected_is_said_in_words():
    assert refused("fn f() { x = ; }") == ["1:14 expected an expression, found `;`"]
    assert refused("int 1;")[0].startswith("1:5 expected a name, `*` or another word of the type")
    assert "expected the name of a model" in refused("theorem t { s shows p under ; }")[0]
    assert refused("struct s { x; };")[0] == "1:12 expected `}` or a type, found `x`"
    assert "_SEMICOLON" not in " ".join(refused("int x int y;"))


def test_the_bracket_left_open_is_named():
    assert "the `{` of line 2 is not closed" in refused("int x;\nfn f() {\n  x = 1;\n")[0]


def test_blanking_comments_keeps_every_offset():
    text = 'a /* b\nc */ d // e\ntheorem t "// f"'
    blanked = blank_comments(text)
    assert len(blanked) == len(text)
    assert blanked.split() == ["a", "d", "theorem", "t", '"//', 'f"']
