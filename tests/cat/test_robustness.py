"""Whatever a model's text is, reading it works or ends in a GupError that says where and fits on a screen."""

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from gupproof.cat import files
from gupproof.cat.reader import load_model
from gupproof.diagnostics import Diagnostic, GupError
from gupproof.program.target_reader import known_targets
from gupproof.resources import models_dir

TAGS = frozenset().union(*(target.tags for target in known_targets()))
MODELS = [*files.known_models().values(), models_dir() / "herd" / "lock.cat", models_dir() / "herd" / "names.cat"]
TOKEN = re.compile(r'\(\*|\*\)|"[^"\n]*"|[A-Za-z_][\w.-]*|\s+|.')
WORDS = [
    "let",
    "rec",
    "and",
    "in",
    "if",
    "else",
    "end",
    "procedure",
    "call",
    "match",
    "with",
    "try",
    "forall",
    "do",
    "enum",
    "flag",
    "acyclic",
    "as",
    "when",
    "fun",
    "~",
    "^-1",
    "*",
    "+",
    "|",
    "++",
    "\\",
    "&",
    ";",
    "0",
    "{}",
    "_",
    "->",
    "=",
    "||",
    "'a",
    "(*",
    "*)",
    "/*",
    "//",
    '"',
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\x00",
    "\ufeff",
    "include",
]


def problems_of(path: Path, content: bytes) -> tuple[Diagnostic, ...]:
    path.write_bytes(content)
    try:
        load_model(path, tags=TAGS)
    except GupError as error:
        return error.diagnostics or (Diagnostic(code="", message="no reason"),)
    return ()


def check(found: tuple[Diagnostic, ...]) -> None:
    for item in found:
        assert item.code
        assert item.span is not None, item.message
        assert item.span.line >= 1
        assert item.span.column >= 1
        assert len(item.render()) < 3000


def changed(text: str, chance: Random) -> str:
    """Return the text with one token gone, moved, doubled, replaced, or another before it; or without its end."""
    tokens = TOKEN.findall(text)
    full = [number for number, token in enumerate(tokens) if token.strip()]
    here, there = chance.choice(full), chance.choice(full)
    match chance.randrange(6):
        case 0:
            del tokens[here]
        case 1:
            tokens[here], tokens[there] = tokens[there], tokens[here]
        case 2:
            tokens.insert(here, tokens[there])
        case 3:
            tokens[here] = tokens[there]
        case 4:
            tokens.insert(here, chance.choice(WORDS))
        case _:
            del tokens[here:]
    return "".join(tokens)


@pytest.mark.parametrize("seed", range(80))
def test_a_model_with_a_few_tokens_changed(seed: int, tmp_path: Path):
    chance = Random(seed)
    text = chance.choice(MODELS).read_text(encoding="utf-8")
    for _ in range(chance.choice((1, 1, 2, 3))):
        text = changed(text, chance)
    check(problems_of(tmp_path / "m.cat", text.encode("utf-8")))


@pytest.mark.parametrize("seed", range(20))
def test_a_model_with_a_few_bytes_changed(seed: int, tmp_path: Path):
    chance = Random(seed)
    content = bytearray(chance.choice(MODELS).read_bytes())
    for _ in range(3):
        content[chance.randrange(len(content))] = chance.randrange(256)
    check(problems_of(tmp_path / "m.cat", bytes(content)))


@pytest.mark.parametrize("turned", [lambda text: text.replace(b"\n", b"\r\n"), lambda text: b"\xef\xbb\xbf" + text])
def test_line_ends_of_windows_and_a_byte_order_mark_change_nothing(tmp_path: Path, turned: Callable[[bytes], bytes]):
    for model in files.known_models().values():
        assert problems_of(tmp_path / model.name, turned(model.read_bytes())) == ()


@pytest.mark.parametrize("deep", [60, 600, 6000])
@pytest.mark.parametrize("around", ["()", "[]", "{}", "~", "let x = | in x", "fun x -> ", "(*|*)", "| po ; rf"])
def test_depth_never_ends_in_a_traceback(tmp_path: Path, around: str, deep: int):
    before, _, behind = around.partition("|") if len(around) > 2 else (around[0], "", around[1:])
    if around.startswith("|"):
        before, behind = "", " | po ; rf"
    check(problems_of(tmp_path / "m.cat", f"acyclic {before * deep}po{behind * deep}\n".encode()))


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        (b"acyclic po\nlet a = \0po", "U005", (2, 9)),
        (b"acyclic po\n\nacyclic \xff po", "U005", (3, 9)),
        (b"let a = po\nacyclic a |\n" + b"(" * 6000 + b"po" + b")" * 6000, "C010", (3, 6000)),
        (b"acyclic po & " + b"x" * 9000 + b" & po", "C003", (1, 14)),
        (b"acyclic po" + b" & po" * 900 + b" & nothing", "C003", (1, 4514)),
        (b"acyclic po" + b" & po" * 900 + b" ] po", "C001", (1, 4512)),
    ],
)
def test_the_place_is_said_and_a_long_line_is_shown_around_it(
    tmp_path: Path, content: bytes, code: str, place: tuple[int, int]
):
    (found, *_) = problems_of(tmp_path / "m.cat", content)
    assert found.span is not None
    assert (found.code, found.span.line, found.span.column) == (code, *place)
    assert found.help
    shown = found.render().split("\n")
    assert all(len(line) < 900 for line in shown)
    if code in ("C001", "C003"):
        source, carets = shown[1:3]
        under = content.split(b"\n")[place[0] - 1].decode()[place[1] - 1]
        assert source[carets.index("^")] == under
