"""The canonical layout: what it changes, what it keeps, and that it never changes the meaning."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gupproof.diagnostics import GupError
from gupproof.language.format import format_text
from gupproof.language.lexemes import COMMENT, lexemes
from gupproof.resources import proofs_dir, spec_dir

SAMPLE = Path(__file__).with_name("sample.gup").read_text(encoding="utf-8")
SHIPPED = sorted([*spec_dir().rglob("*.gup"), *proofs_dir().rglob("*.gup")])


def tokens(text: str) -> list[tuple[str, str]]:
    return [(item.kind, item.text) for item in lexemes(text) if item.kind != COMMENT]


def comments(text: str) -> list[str]:
    return [" ".join(item.text.split()) for item in lexemes(text) if item.kind == COMMENT]


def check(text: str) -> str:
    """Format a text, and check that nothing but its layout changed, once and for all."""
    made = format_text(text)
    assert tokens(made) == tokens(text)
    assert comments(made) == comments(text)
    assert format_text(made) == made
    assert not any(line != line.rstrip() for line in made.split("\n"))
    return made


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_formatting_keeps_the_meaning_of_what_is_shipped(path):
    check(path.read_text(encoding="utf-8"))


def test_the_sample_is_laid_out_already():
    assert check(SAMPLE) == SAMPLE


LAYOUTS = [
    ("int  x ;", "int x;\n"),
    ("int x=1,*p;", "int x = 1, *p;\n"),
    ("int x; int y;", "int x;\nint y;\n"),
    ("\n\nint x;\n\n\n\nint y;\n\n", "int x;\n\nint y;\n"),
    ("fn f ( ) { }", "fn f() { }\n"),
    ("fn f()\n{\n}", "fn f() { }\n"),
    ("fn f(struct page*p,int * *q)->struct page*{ return p; }",
     "fn f(struct page *p, int **q) -> struct page * { return p; }\n"),
    ("fn f()\n{\nx=1;\n}", "fn f() {\n    x = 1;\n}\n"),
    ("fn f() {\nif(a){x=1;}else{x=2;}\n}", "fn f() {\n    if (a) { x = 1; } else { x = 2; }\n}\n"),
    ("fn f() {\nif (a)\n{\nx=1;\n}\nelse if (b)\n{\nx=2;\n}\nelse\nx=3;\n}",
     "fn f() {\n    if (a) {\n        x = 1;\n    } else if (b) {\n        x = 2;\n    } else\n        x = 3;\n}\n"),
    ("fn f() {\nif (a)\nif (b)\nx=1;\ny=2;\n}",
     "fn f() {\n    if (a)\n        if (b)\n            x = 1;\n    y = 2;\n}\n"),
    ("fn f() {\nif (a)\nif (b)\nx=1;\nelse\nx=2;\nelse\nx=3;\n}",
     "fn f() {\n    if (a)\n        if (b)\n            x = 1;\n        else\n            x = 2;\n"
     "    else\n        x = 3;\n}\n"),
    ("fn f() {\nif (a)\nif (b) { x=1; }\nelse x=2;\ny=3;\n}",
     "fn f() {\n    if (a)\n        if (b) { x = 1; }\n        else x = 2;\n    y = 3;\n}\n"),
    ("fn f() {\nif (a)\nfor (;;) {\nx=1;\n}\ny=2;\n}",
     "fn f() {\n    if (a)\n        for (;;) {\n            x = 1;\n        }\n    y = 2;\n}\n"),
    ("fn f() {\ndo {\nx++;\n}\nwhile(x) bound 3;\n}", "fn f() {\n    do {\n        x++;\n    } while (x) bound 3;\n}\n"),
    ("fn f() {\nwhile(x)bound 3 *p=1;\n}", "fn f() {\n    while (x) bound 3 *p = 1;\n}\n"),
    ("fn f() { x=- -y; x=-y*-1; x=&a&&b; x=! * p; x=a- -b; }",
     "fn f() { x = - -y; x = -y * -1; x = &a && b; x = !*p; x = a - -b; }\n"),
    ("fn f() { x=( pte_t )y+( unsigned  long )&z; }", "fn f() { x = (pte_t)y + (unsigned long)&z; }\n"),
    ("fn f() { x=a [ 1 ] . b -> c ( ) ; }", None),
    ("fn f() { x=a[ 1 ] . b -> c; y = g( 1 ,2 ); }", "fn f() { x = a[1].b->c; y = g(1, 2); }\n"),
    ("fn f() { x=a?b:c; x=choose(1 ..2); assert ( x ,n ); await( x ); }",
     "fn f() { x = a ? b : c; x = choose(1 .. 2); assert(x, n); await (x); }\n"),
    ("use  a . b;", "use a.b;\n"),
    ("config A:b|c=b;", "config A : b | c = b;\n"),
    ("enum e{A,B=1};", "enum e { A, B = 1 };\n"),
    ("enum e {\nA,\n  B, C\n};", "enum e {\n    A,\n    B, C\n};\n"),
    ("struct s{int a;\n};", "struct s {\n    int a;\n};\n"),
    ("scenario s {\nproperty a  : x;\ncover bcd:y;\nthread t   { }\n}",
     "scenario s {\n    property a  : x;\n    cover bcd : y;\n    thread t   { }\n}\n"),
    ("config N:1..4=2;", "config N : 1 .. 4 = 2;\n"),
    ("theorem t {s shows p under lkmm expect proved with data-race,x;}",
     "theorem t { s shows p under lkmm expect proved with data-race, x; }\n"),
    ('theorem t "c"{\ns with A=b,C=d shows p under sc,x86-tso,armv8/arm64-lse expect proved;}',
     'theorem t "c" {\n    s with A = b, C = d\n    shows p under sc, x86-tso, armv8/arm64-lse expect proved;\n}\n'),
    ("int x; // a", "int x; // a\n"),
    ("int x;      // a\nint yyyyy;  // b", "int x;      // a\nint yyyyy;  // b\n"),
    ("fn f() {\n// a\nx = 1;\n\n\n// b\n}", "fn f() {\n    // a\n    x = 1;\n\n    // b\n}\n"),
    ("fn f() {\n/* a\n * b\n */\nx = 1;\n}", "fn f() {\n    /* a\n     * b\n     */\n    x = 1;\n}\n"),
    ("fn f() { // a\nx = 1; }", "fn f() { // a\n    x = 1;\n}\n"),
    ("fn f(int a /* b */, int c) { }", "fn f(int a /* b */, int c) { }\n"),
    ("fn f() {\nx = a\n+ b;\n}", "fn f() {\n    x = a\n        + b;\n}\n"),
    ("fn f() {\n    x = g(a,\n          b);\n}", "fn f() {\n    x = g(a,\n          b);\n}\n"),
    ("fn f() {\n  x = g(a,\n        b);\n}", "fn f() {\n    x = g(a,\n          b);\n}\n"),
    ("fn f() { " + "x = 12345678; " * 10 + "}", "fn f() {\n" + "    x = 12345678;\n" * 10 + "}\n"),
    ("", ""),
    ("// a", "// a\n"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), LAYOUTS, ids=[text[:40] for text, _ in LAYOUTS])
def test_layout(text, expected):
    if expected is None:
        with pytest.raises(GupError):
            format_text(text)
    else:
        assert check(text) == expected


BLANKS = ["", "", "", "\n", "\n\n", "\n\n\n\n", "  ", "\t", " \n   "]
COMMENTS = ["// c\n", "/* c */", "/* c */ ", "/* c\n * d */ ", "/* c\n d */\n", "\n// own\n", "\n/* own */\n", "\n\n// own\n\n"]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.03, 0.2]), st.sampled_from([0.02, 0.1, 0.5]))
def test_any_layout_of_the_sample_is_formatted_without_changing_it(seed, comment_rate, break_rate):
    check(scatter(SAMPLE, random.Random(seed), comment_rate, break_rate))


def scatter(text: str, chance: random.Random, comment_rate: float, break_rate: float) -> str:
    made = ""
    for _, spelled in tokens(text):
        made += " " + (chance.choice(BLANKS) if chance.random() < break_rate else "")
        made += chance.choice(COMMENTS) if chance.random() < comment_rate else ""
        made += spelled
    return made


def test_a_text_that_does_not_parse_is_refused():
    with pytest.raises(GupError, match="G001"):
        format_text("fn f() { x = ; }", "f.gup")
