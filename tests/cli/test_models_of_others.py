"""Models in files of their own: where what they include is looked for, and the bell files that go with them."""

import json
from pathlib import Path

import pytest

from gupproof.cli.exits import Exit
from tests.cli.support import RACE, gupproof

BUFFERED = """X86 buffered
{ x=0; y=0; }
 P0          | P1          ;
 MOV [x],$1  | MOV [y],$1  ;
 FENCE       | FENCE       ;
 MOV EAX,[y] | MOV EAX,[x] ;
exists (0:EAX=0 /\\ 1:EAX=0)
"""

# Total store order, in the way that published files are written: parts in other files, functions, names that are only sometimes
# there.
TOTAL = """Total "store order"
include "parts.cat"
include "cos.cat"

let com = rf | fr | co
acyclic po-loc | com

let ghb = mfence | implied | WW(po) | RM(po) | rfe | fr | co
show implied
acyclic ghb as order
"""
PARTS = """parts
let mfence = try fencerel(MFENCE) with 0
let A = (try X with {}) | (try NoSuchTag with {})
let WW(r) = r & (W * W)
and RM(r) = r & (R * M)
and out-of(S, r) = r & (S * _)
let implied = out-of(A, po) | out-of(A, po^-1)^-1
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "parts.cat").write_text(PARTS)
    (tmp_path / "total.cat").write_text(TOTAL)
    (tmp_path / "free.litmus").write_text(BUFFERED.replace("FENCE", "     "))
    (tmp_path / "fenced.litmus").write_text(BUFFERED.replace("FENCE ", "MFENCE"))
    (tmp_path / "race.gup").write_text(RACE)
    return tmp_path


def test_included_files_are_looked_for_where_one_says(place):
    tests = [str(place / name) for name in ("free.litmus", "fenced.litmus")]
    model = str(place / "total.cat")
    lost = gupproof("litmus", *tests, "--model", model)
    assert lost.code == Exit.BAD_INPUT
    assert "C005" in lost.err
    for option in ("-I", "--include"):
        found = gupproof("litmus", *tests, "--model", model, option, str(place / "lib"), "--json")
        assert found.code == Exit.AS_EXPECTED, found.err
        assert [item["observation"] for item in json.loads(found.out)["results"]] == ["Sometimes", "Never"]


def test_workers_look_there_too(place):
    folder = place / "many"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.litmus").write_text((place / "fenced.litmus").read_text())
    run = gupproof("litmus", str(folder), "--model", str(place / "total.cat"), "-I", str(place / "lib"), "-j", "2", "-q")
    assert run.code == Exit.AS_EXPECTED, run.err
    assert "4 of 4 tests" in run.out


def test_scenarios_are_checked_under_them(place):
    run = gupproof("check", str(place / "race.gup"), "--model", str(place / "total.cat"), "-I", str(place / "lib"))
    assert run.code == Exit.UNEXPECTED, run.err
    assert "refuted" in run.out
    run = gupproof(
        "check", str(place / "race.gup"), "-m", str(place / "total.cat"), "-I", str(place / "lib"), "-c", "fence=smp_mb"
    )
    assert run.code == Exit.AS_EXPECTED, run.out + run.err


def test_a_folder_that_is_not_there(place):
    run = gupproof("litmus", str(place / "free.litmus"), "-m", str(place / "total.cat"), "-I", str(place / "nowhere"))
    assert run.code == Exit.BAD_INPUT
    assert "nowhere" in run.err


def test_bell_files(place):
    (place / "total.cat").write_text('include "cos.cat" acyclic po-loc | rf | fr | co acyclic forbidden as of-the-bell')
    test = str(place / "free.litmus")
    (place / "weak.bell").write_text("let forbidden = 0")
    (place / "total.bell").write_text("let forbidden = po | fr | rfe | co")
    own = gupproof("litmus", test, "-m", str(place / "total.cat"))
    assert "Never" in own.out, own.err
    other = gupproof("litmus", test, "-m", str(place / "total.cat"), "--bell", str(place / "weak.bell"))
    assert "Sometimes" in other.out, other.err
    missing = gupproof("litmus", test, "-m", str(place / "total.cat"), "--bell", str(place / "none.bell"))
    assert missing.code == Exit.BAD_INPUT


def test_the_files_that_stand_in_for_published_ones_are_listed():
    assert "lock.cat" in gupproof("models").out
    document = json.loads(gupproof("models", "--json").out)
    assert {"cos.cat", "lock.cat"} <= {Path(path).name for path in document["standins"]}


def test_variants_are_set_on_the_command_line_or_beside_the_model(place):
    (place / "total.cat").write_text('acyclic po-loc | rf | fr | co if "strict" acyclic po | fr | rfe | co as all-of-it end')
    test, model = str(place / "free.litmus"), str(place / "total.cat")
    assert "Sometimes" in gupproof("litmus", test, "-m", model).out
    assert "Sometimes" in gupproof("litmus", test, "-m", model, "--variant", "other").out
    assert "Never" in gupproof("litmus", test, "-m", model, "--variant", "other", "--variant", "strict").out
    run = gupproof("check", str(place / "race.gup"), "-m", model, "--variant", "strict", "-c", "fence=none")
    assert run.code in (Exit.AS_EXPECTED, Exit.UNEXPECTED), run.err
    (place / "total.cfg").write_text("model total.cat\nvariant strict\n")
    assert "Never" in gupproof("litmus", test, "-m", model).out
