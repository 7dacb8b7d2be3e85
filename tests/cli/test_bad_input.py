"""Whatever is given as a file, a model or an option: a clear error, exit code 2, no traceback and no verdict."""

import os
from pathlib import Path

import pytest

from gupproof.cli.exits import Exit
from tests.cli.support import GOOD, RACE, gupproof

VERDICTS = ("proved", "refuted", "vacuous")


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


# name → (text, what the error says)
FILES: dict[str, tuple[str | bytes, str]] = {
    "cut in the middle": (GOOD[:50], "the file ends"),
    "a wrong type": (changed("x = 1;", "x = &x;"), "type"),
    "an unknown name": (changed("x = 1;", "y = 1;"), "nothing here is called `y`"),
    "an unknown property": (GOOD + "theorem t { s shows q under sc expect proved; }", "no property is called `q`"),
    "an unknown scenario": ("theorem t { s shows q under sc expect proved; }", "no scenario is called `s`"),
    "an unknown switch": (GOOD + "theorem t { s with Z = true shows p under sc expect proved; }", "no switch is called `Z`"),
    "a file that is not there": ("use nope.nada;\n" + GOOD, "`nope.nada` is no file"),
    "recursion": ("fn f() { f(); }\n" + changed("x = 1;", "f();"), "`f` calls itself"),
    "a loop over memory without bound": (changed("x = 1;", "while (x == 0) { }"), "this loop has no bound"),
    "a loop that never ends": (changed("x = 1;", "int i = 0; while (i == 0) { x = 1; }"), "this loop has no bound"),
    "binary data": (bytes(range(256)) * 20, "is not UTF-8 text"),
    "zeros": (b"\0" * 100, "holds binary data"),
    "Latin-1": (GOOD.encode() + b"// \xe9\n", "is not UTF-8 text"),
    "a control character": (changed("x = 1;", "x = \a1;"), "does not belong here"),
    "deep parentheses": (changed("x = 1;", f"x = {'(' * 5000}1{')' * 5000};"), "nested more than"),
    "deep blocks": (changed("x = 1;", f"{'{' * 3000}x = 1;{'}' * 3000}"), "nested more than"),
    "thousands of events": (changed("x = 1;", "x = 1; " * 5000), "more than 2000 events"),
    "thousands of events in a loop": (
        changed("x = 1;", f"int i; for (i = 0; i < 60; i++) {{ {'x = 1; ' * 60} }}"),
        "more than 2000 events",
    ),
    "hundreds of threads": (
        changed("thread a { x = 1; }", " ".join(f"thread t{n} {{ x = 1; }}" for n in range(300))),
        "threads",
    ),
    "a constant of thirty digits": (changed("x = 1;", f"x = {'9' * 30};"), "too large for any type"),
    "a constant of five thousand digits": (changed("x = 1;", f"x = {'9' * 5000};"), "too large for any type"),
    "a hexadecimal of five thousand digits": (changed("x = 1;", f"x = 0x{'f' * 5000};"), "too large for any type"),
    "choose over a huge range": (changed("x = 1;", "x = choose(0 .. 1000000000);"), "is not a range of"),
    "choose over an empty range": (changed("x = 1;", "x = choose(5 .. 1);"), "is not a range of"),
    "a huge array": (changed("int x;", "int x; int a[100000000];"), "an array has"),
    "an array of none": (changed("int x;", "int x; int a[0];"), "an array has"),
    "an index out of bounds": (changed("int x;", "int x; int a[2];").replace("x = 1;", "a[2] = 1;"), "has elements 0 to 1"),
    "a name declared twice": (GOOD + GOOD, "declared twice"),
    "a ghost of two threads": (
        "scenario s { ghost int g; thread a { g = 1; } thread b { g = 2; } property p : g == 1; }",
        "is assigned by `a`",
    ),
    "a megabyte": (GOOD + "// filler\n" * 110_000, "is larger than the 524,288 bytes"),
    "a megabyte of nonsense": ("scenario { \n" * 90_000, "is larger than the 524,288 bytes"),
    "half a megabyte of nonsense": ("scenario { \n" * 40_000, "expected"),
}


def assert_refused(code: int, out: str, err: str) -> None:
    assert code == Exit.BAD_INPUT
    assert "Traceback" not in out + err
    assert not any(word in out for word in VERDICTS)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_used(tmp_path: Path, name: str) -> None:
    content, said = FILES[name]
    path = tmp_path / "bad.gup"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = gupproof("check", "-j", "1", "-m", "sc", "bad.gup", cwd=tmp_path, timeout=20)
    assert_refused(done.code, done.out, done.err)
    assert said in done.err
    assert "bad.gup" in done.err


ACCEPTED = {
    "CRLF": GOOD.replace("\n", "\r\n").encode(),
    "tabs": GOOD.replace("    ", "\t").encode(),
    "a byte order mark": b"\xef\xbb\xbf" + GOOD.encode(),
    "no line end": GOOD.strip().encode(),
    "half a megabyte": (GOOD + "// filler\n" * 50_000).encode(),
    "a scenario without threads": b"scenario s { int x; property p : x == 0; }",
    "a scenario without properties": b"scenario s { int x; thread a { x = 1; } }",
    "a property without ghosts": GOOD.encode(),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_file_that_looks_odd_and_is_not(tmp_path: Path, name: str) -> None:
    (tmp_path / "odd.gup").write_bytes(ACCEPTED[name])
    done = gupproof("check", "-j", "1", "-m", "sc", "odd.gup", cwd=tmp_path, timeout=20)
    assert (done.code, "1 obligations: 1 proved" in done.out) == (Exit.AS_EXPECTED, True), done.err


@pytest.mark.parametrize("name", ["with space.gup", "ünïcode.gup", "new\nline.gup", "-dash.gup", "a'quote\".gup"])
def test_a_path_with_odd_characters(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(GOOD, encoding="utf-8")
    assert gupproof("check", "-j", "1", "-m", "sc", path).code == Exit.AS_EXPECTED
    path.write_text(changed("x = 1;", "y = 1;"), encoding="utf-8")
    done = gupproof("check", "-j", "1", "-m", "sc", path)
    assert_refused(done.code, done.out, done.err)


@pytest.mark.parametrize("command", ["check", "prove", "fmt"])
def test_a_path_that_is_not_there(tmp_path: Path, command: str) -> None:
    done = gupproof(command, "nope.gup", cwd=tmp_path)
    assert_refused(done.code, done.out, done.err)
    assert "nope.gup does not exist" in done.err


def test_a_folder_where_a_file_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "folder.gup").mkdir()
    done = gupproof("check", "folder.gup", cwd=tmp_path)
    assert_refused(done.code, done.out, done.err)
    assert "is a folder" in done.err


@pytest.mark.parametrize("command", ["prove", "fmt"])
def test_a_folder_without_gup_files(tmp_path: Path, command: str) -> None:
    done = gupproof(command, tmp_path)
    assert_refused(done.code, done.out, done.err)
    assert "holds no .gup file" in done.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(folder: Path) -> None:
    (folder / "good.gup").chmod(0)
    done = gupproof("check", "good.gup", cwd=folder)
    assert_refused(done.code, done.out, done.err)
    assert "cannot be read" in done.err


def test_a_device_without_end() -> None:
    done = gupproof("check", "/dev/zero", timeout=20)
    assert_refused(done.code, done.out, done.err)
    assert "is larger than" in done.err


def test_all_files_with_errors_are_told_at_once(tmp_path: Path) -> None:
    for name, missing in (("first.gup", "y"), ("second.gup", "z")):
        (tmp_path / name).write_text(changed("x = 1;", f"{missing} = 1;"), encoding="utf-8")
    done = gupproof("prove", tmp_path)
    assert_refused(done.code, done.out, done.err)
    assert "`y`" in done.err
    assert "`z`" in done.err


MODELS = {
    "no model": ("vax", "there is no memory model called 'vax'"),
    "nearly a model": ("x86tso", "did you mean x86-tso?"),
    "no target": ("armv8/vax", "has no target called 'vax'"),
    "another model's target": ("armv8/x86-64", "has no target called 'x86-64'"),
    "nothing": ("", "there is no memory model called ''"),
    "a file that is not there": ("nope.cat", "there is no model file nope.cat"),
    "a syntax error": ("syntax.cat", "syntax.cat:2:13: error[C001]"),
    "an unknown relation": ("unknown.cat", "nothing is called nope"),
    "an empty file": ("empty.cat", "checks nothing"),
    "a title alone": ("title.cat", "checks nothing"),
    "flags alone": ("flags.cat", "checks nothing"),
    "binary data": ("binary.cat", "is not UTF-8 text"),
    "a folder": ("folder.cat", "there is no model file folder.cat"),
    "a megabyte": ("large.cat", "is larger than"),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_that_cannot_be_used(folder: Path, name: str) -> None:
    (folder / "folder.cat").mkdir()
    contents = {
        "syntax": b'"m"\nacyclic po |\n',
        "unknown": b'"m"\nacyclic nope\n',
        "empty": b"",
        "title": b'"m"\n',
        "flags": b'"m"\nflag ~acyclic po as loop\n',
        "binary": b"\xff\xfe" * 100,
        "large": b'"m"\n' + b"let x = po\n" * 100_000,
    }
    for stem, content in contents.items():
        (folder / f"{stem}.cat").write_bytes(content)
    model, said = MODELS[name]
    done = gupproof("check", "-m", model, "good.gup", cwd=folder, timeout=20)
    assert_refused(done.code, done.out, done.err)
    assert said in done.err


OPTIONS = [
    (("frob",), "No such command 'frob'"),
    (("check",), "Missing argument 'FILE'"),
    (("explain",), "Missing argument 'THEOREM'"),
    (("fmt",), "Missing argument 'FILES...'"),
    (("check", "--frob", "good.gup"), "No such option"),
    (("prove", "-j", "0", "race.gup"), "'-j' / '--jobs'"),
    (("prove", "-j", "many", "race.gup"), "'-j' / '--jobs'"),
    (("prove", "--timeout", "0", "race.gup"), "'--timeout'"),
    (("prove", "--timeout", "soon", "race.gup"), "'--timeout'"),
    (("prove", "-t", "bufered", "race.gup"), "did you mean buffered"),
    (("prove", "-t", "qqqq", "race.gup"), "there is no theorem called 'qqqq'"),
    (("prove", "good.gup"), "there is no theorem in good.gup"),
    (("prove", "-m", "sc/arm64-lse", "race.gup"), "has no target called 'arm64-lse'"),
    (("explain", "bufered", "race.gup"), "did you mean buffered"),
    (("explain", "-p", "nope", "buffered", "race.gup"), "nothing to say"),
    (("check", "-s", "nope", "good.gup"), "there is no scenario called 'nope'"),
    (("check", "-c", "fence=smp_rmb", "race.gup"), "there is no value of fence called 'smp_rmb'"),
    (("check", "-c", "fenc=smp_mb", "race.gup"), "did you mean fence?"),
    (("check", "-c", "fence", "race.gup"), "write NAME=VALUE"),
    (("check", "--target", "vax", "good.gup"), "has no target called 'vax'"),
]


@pytest.mark.parametrize(("arguments", "said"), OPTIONS, ids=[" ".join(arguments) for arguments, _ in OPTIONS])
def test_an_option_that_cannot_be_used(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    done = gupproof(*arguments, cwd=folder)
    assert_refused(done.code, done.out, done.err)
    assert said in done.err


@pytest.mark.parametrize(("under", "said"), [("vax", "there is no memory model"), ("armv8/x86-64", "has no target")])
def test_a_theorem_under_a_model_that_does_not_exist(tmp_path: Path, under: str, said: str) -> None:
    path = tmp_path / "theorem.gup"
    path.write_text(RACE + f"theorem t {{ race shows seen under {under} expect proved; }}", encoding="utf-8")
    done = gupproof("prove", path)
    assert_refused(done.code, done.out, done.err)
    assert said in done.err
    assert "theorem.gup:27" in done.err


def test_what_is_wrong_goes_to_standard_error_even_with_json(tmp_path: Path) -> None:
    (tmp_path / "bad.gup").write_text(changed("x = 1;", "y = 1;"), encoding="utf-8")
    done = gupproof("check", "--json", "bad.gup", cwd=tmp_path)
    assert (done.code, done.out) == (Exit.BAD_INPUT, "")
    assert "`y`" in done.err
