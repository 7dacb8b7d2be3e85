"""Whatever the text is, loading and formatting it either works or ends in a GupError."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gupproof.diagnostics import Diagnostic, GupError
from gupproof.language import load, load_text
from gupproof.language.format import format_text

SAMPLE = Path(__file__).with_name("sample.gup")
HERE = (SAMPLE.parent,)


def diagnostics_of(work: Callable[[], object]) -> tuple[Diagnostic, ...]:
    """Return what the work was refused for; nothing when it went well."""
    try:
        work()
    except GupError as error:
        return error.diagnostics or (Diagnostic(code="", message=""),)
    return ()


def attempt(text: str) -> None:
    for work in (lambda: load_text(text, search=HERE), lambda: format_text(text)):
        found = diagnostics_of(work)
        assert all(item.code and item.render() for item in found)


def test_every_prefix_of_a_file():
    text = SAMPLE.read_text(encoding="utf-8")
    for end in range(0, len(text), 7):
        attempt(text[:end])


@pytest.mark.parametrize("seed", range(40))
def test_a_file_with_a_few_characters_changed(seed):
    chance = random.Random(seed)
    text = list(SAMPLE.read_text(encoding="utf-8"))
    for _ in range(3):
        at = chance.randrange(len(text))
        text[at : at + chance.randrange(3)] = chance.choice(["", ";", "{", "}", "(", ")", "x", "1", '"', "/*", "\n", "*"])
    attempt("".join(text))


@pytest.mark.parametrize("seed", range(40))
def test_a_file_with_words_swapped(seed):
    chance = random.Random(seed)
    words = SAMPLE.read_text(encoding="utf-8").split(" ")
    for _ in range(4):
        a, b = chance.randrange(len(words)), chance.randrange(len(words))
        words[a], words[b] = words[b], words[a]
    attempt(" ".join(words))


@pytest.mark.parametrize("seed", range(30))
def test_random_bytes(seed, tmp_path):
    path = tmp_path / "noise.gup"
    path.write_bytes(random.Random(seed).randbytes(seed * 7))
    assert all(item.code for item in diagnostics_of(lambda: load(path)))


@pytest.mark.parametrize("seed", range(30))
def test_random_tokens(seed):
    chance = random.Random(seed)
    words = SAMPLE.read_text(encoding="utf-8").split()
    attempt(" ".join(chance.choice(words) for _ in range(60)))


def nests(deep: int) -> dict[str, str]:
    """Return texts nested ``deep`` in every way the grammar has."""
    return {
        "parentheses": "fn f() { x = " + "(" * deep + "1" + ")" * deep + "; }",
        "open parentheses": "fn f() { x = " + "(" * deep,
        "braces": "fn f() " + "{" * deep + "}" * deep,
        "open braces": "fn f() " + "{" * deep,
        "not": "fn f() { x = " + "!" * deep + "1; }",
        "minus": "fn f() { x = " + "- " * deep + "1; }",
        "stars": "fn f() { x = " + "*" * deep + "p; }",
        "casts": "fn f() { x = " + "(int)" * deep + "1; }",
        "sum": "fn f() { x = " + "1 + " * deep + "1; }",
        "ternaries": "fn f() { x = " + "1 ? 2 : " * deep + "1; }",
        "arrows": "fn f() { x = p" + "->p" * deep + "; }",
        "subscripts": "fn f() { x = p" + "[0]" * deep + "; }",
        "calls": "fn f(int i) -> int { return " + "f(" * deep + "1" + ")" * deep + "; }",
        "if": "fn f() { " + "if (x) " * deep + "x = 1; }",
        "else if": "fn f() { " + "if (x) x = 1; else " * deep + "x = 1; }",
        "loops": "fn f() { " + "while (x) " * deep + "x = 1; }",
        "arrays": "int a" + "[2]" * deep + ";",
        "constants": "".join(f"const C{n} = C{n + 1};" for n in range(deep)) + f"const C{deep} = 1;",
        "enumerators": "enum e { A" + "".join(f", B{n}" for n in range(deep)) + " };",
        "typedefs": "".join(f"typedef a{n + 1}_t a{n}_t;" for n in range(deep)) + f"typedef int a{deep}_t;",
        "structs": "".join(f"struct s{n} {{ struct s{n + 1} f; }};" for n in range(deep)) + f"struct s{deep} {{ int f; }};",
        "functions": "".join(f"fn f{n}() {{ f{n + 1}(); }}" for n in range(deep)) + f"fn f{deep}() {{ }}",
        "pointer": "int " + "*" * deep + "p;",
        "digits": "const N = " + "9" * deep + ";",
        "comments": "/* */" * deep,
        "one long comment": "/*" + " *" * deep * 10 + "*/",
        "semicolons": "fn f() { " + ";" * deep + "}",
        "dereferences": "fn f(int " + "*" * deep + "p) -> int { return " + "*" * deep + "p; }",
    }


# 95 is just below what is refused, so that everything after the parser has to follow it.
@pytest.mark.parametrize("deep", [60, 95, 1000])
@pytest.mark.parametrize("name", nests(0))
def test_depth_never_ends_in_a_traceback(name, deep):
    attempt(nests(deep)[name])


@pytest.mark.parametrize("name", ["parentheses", "open parentheses", "braces", "open braces", "not", "sum", "calls", "if"])
def test_ten_thousand_levels_are_refused(name):
    with pytest.raises(GupError):
        load_text(nests(10_000)[name])


def test_a_large_file_takes_seconds():
    function = "fn f%d(int a) -> int { int b = a + 1; if (b > 2) { b = f(a, 3); } return b; }\n"
    text = "fn f(int a, int b) -> int { return a; }\n" + "".join(function % n for n in range(250_000 // len(function)))
    start = time.monotonic()
    load_text(text)
    assert time.monotonic() - start < 60


@pytest.mark.parametrize("text", ["", "\n", "// only a comment", "/* a */ // b", " \t\r\n\f"])
def test_a_file_without_declarations_is_empty(text):
    unit = load_text(text)
    assert not unit.functions
    assert not unit.theorems
