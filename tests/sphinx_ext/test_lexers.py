"""The lexers know every text there is, lose nothing of it, and take their words from the grammars."""

import pytest
from pygments.token import Comment, Error, Keyword, Name, String

from gupproof.grammars import build_parser
from gupproof.resources import data_root, spec_dir
from gupproof.sphinx_ext.lexers import CatLexer, GupLexer, TargetLexer, keywords

TEXTS = [
    *((GupLexer, path) for path in [*spec_dir().rglob("*.gup"), *(data_root() / "proofs").glob("*.gup")]),
    *((CatLexer, path) for path in (spec_dir() / "models").rglob("*.cat")),
    *((TargetLexer, path) for path in (spec_dir() / "targets").glob("*.target")),
]


def tokens(lexer, text):
    return list(lexer(stripnl=False, ensurenl=False).get_tokens(text))


def kinds(lexer, text):
    return {word: kind for kind, word in tokens(lexer, text)}


@pytest.mark.parametrize(("lexer", "path"), TEXTS, ids=[path.name for _, path in TEXTS])
def test_every_text_is_known_and_kept(lexer, path):
    text = path.read_text(encoding="utf-8")
    found = tokens(lexer, text)
    assert "".join(word for _, word in found) == text
    assert not [word for kind, word in found if kind is Error]


@pytest.mark.parametrize(("lexer", "name"), [(GupLexer, "gup"), (CatLexer, "cat")])
def test_every_word_of_the_grammar_is_a_keyword(lexer, name):
    words = keywords(build_parser(name))
    assert len(words) > 20
    for word in words:
        assert kinds(lexer, f"{word} ")[word] in Keyword, word


def test_a_function_is_told_from_a_primitive_and_a_type():
    found = kinds(GupLexer, "fn lookup(struct page *p, pte_t e) -> int { return READ_ONCE(p->flags) + helper(e); }")
    assert found["lookup"] is Name.Function
    assert found["helper"] is Name.Function
    assert found["READ_ONCE"] is Name.Builtin
    assert found["pte_t"] is Keyword.Type
    assert found["return"] in Keyword


def test_the_names_of_models_are_whole():
    found = kinds(GupLexer, "shows owns under sc, x86-tso, armv8/arm64-lse covering a expect proved;")
    assert found["x86-tso"] is Name.Attribute
    assert found["armv8/arm64-lse"] is Name.Attribute
    assert found["covering"] in Keyword
    assert found["proved"] is Name.Label


def test_words_of_theorems_are_names_elsewhere():
    found = tokens(GupLexer, "ghost int on, by; property p : !(by == 1 && on == 0); by = READ_ONCE(y);")
    assert {kind for kind, word in found if word in ("by", "on")} == {Name}
    found = kinds(GupLexer, "thread a on cpu {} interrupt a by run(); t places s for p under sc expect { } or { s = b };")
    for word in ("on", "by", "places", "for", "under", "expect", "or"):
        assert found[word] in Keyword, word
    assert kinds(GupLexer, "places s for p under sc expect hopeless;")["hopeless"] is Name.Label
    assert kinds(GupLexer, "shows p under sc expect proved;")["proved"] is Name.Label


def test_comments_and_texts():
    found = kinds(GupLexer, '// a\n/* b\n c */ theorem t "C7" {}')
    assert found["// a"] in Comment
    assert found["/* b\n c */"] in Comment
    assert found['"C7"'] is String
    nested = tokens(CatLexer, "(* a (* b *) c *)let x = y")
    assert "".join(word for kind, word in nested if kind in Comment) == "(* a (* b *) c *)"


def test_a_table_has_primitives_kinds_and_tags():
    found = kinds(TargetLexer, 'title "t"\nmodels sc\ncmpxchg R[A] W else R // CASA\nbarrier -\n')
    assert found["models"] in Keyword
    assert found["cmpxchg"] is Name.Builtin
    assert found["A"] is Name.Attribute
    assert found["else"] in Keyword
