"""The cache of parser tables: it makes building faster and is never needed."""

import pytest

from gupproof.grammars import build_parser
from gupproof.resources import grammar_text


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "gupproof"


def test_the_tables_are_kept_and_read_back(folder):
    first = build_parser("gup")
    (kept,) = folder.iterdir()
    before = kept.read_bytes()
    second = build_parser("gup")
    assert first.parse("int x;") == second.parse("int x;")
    assert kept.read_bytes() == before


@pytest.mark.parametrize("damage", [b"", b"not a pickle", b"\x80\x04N.", None])
def test_a_damaged_cache_is_replaced(folder, damage):
    build_parser("gup")
    (kept,) = folder.iterdir()
    kept.write_bytes(kept.read_bytes()[:5000] if damage is None else damage)
    assert build_parser("gup").parse("int x;")
    assert len(kept.read_bytes()) > 5000


def test_a_cache_that_cannot_be_written_does_no_harm(folder):
    folder.write_text("a file where the folder should be")
    assert build_parser("gup").parse("int x;")


def test_without_a_home_nothing_is_kept(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setattr("pathlib.Path.home", lambda: (_ for _ in ()).throw(RuntimeError))
    assert build_parser("gup").parse("int x;")


@pytest.mark.parametrize(("name", "text"), [("gup", "int x;"), ("cat", "acyclic po"), ("target", 'title "t"\n')])
def test_every_grammar_reads_with_and_without_a_cache(folder, name, text):
    built, read_back = build_parser(name), build_parser(name)
    assert [path.name.split("-")[0] for path in folder.iterdir()] == [name]
    assert built.parse(text) == read_back.parse(text)


def test_tables_of_another_lexer_are_kept_apart(folder):
    build_parser("gup")
    build_parser("gup", lexer="basic")
    assert len(list(folder.iterdir())) == 2


def test_a_grammar_that_does_not_exist_is_an_error(folder):
    with pytest.raises(FileNotFoundError):
        build_parser("none")


def test_every_terminal_is_named():
    parser = build_parser("gup")
    assert not [terminal.name for terminal in parser.terminals if terminal.name.startswith("__ANON")]
    assert "{" not in [line.split(":")[0] for line in grammar_text("gup").split("\n")]
