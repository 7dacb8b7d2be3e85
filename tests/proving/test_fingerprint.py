"""A fingerprint changes when anything changes that a verdict rests on, and with nothing else."""

import os
import shutil
from pathlib import Path

import pytest

from gupproof.language import load
from gupproof.proving import fingerprint as module
from gupproof.proving import platforms
from gupproof.proving.fingerprint import fingerprint, joint_fingerprint, program_digest
from gupproof.proving.platforms import Platform, Reading
from gupproof.resources import models_dir, targets_dir
from gupproof.solving.solver import Solver
from tests.support.proofs import BUFFERING, made_result

SC = Platform("sc", "x86-64")
USED = "const ONE = 1;\n"
MAIN = f"use used;\n{BUFFERING}"


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """Files change under the same path here, which they do not while a program runs."""
    platforms.model_of.cache_clear()
    platforms.target_of.cache_clear()
    program_digest.cache_clear()
    yield
    program_digest.cache_clear()


def written(folder: Path, main: str = MAIN, used: str = USED) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "used.gup").write_text(used, encoding="utf-8")
    (folder / "main.gup").write_text(main, encoding="utf-8")
    return folder / "main.gup"


def of(path: Path, platform: Platform = SC, reading: Reading = platforms.AS_IT_STANDS) -> str:
    platforms.model_of.cache_clear()
    platforms.target_of.cache_clear()
    return fingerprint(load(path), platform, reading)


def test_it_is_the_same_again_and_from_another_folder(tmp_path, monkeypatch):
    here, there = written(tmp_path / "here"), written(tmp_path / "there")
    first = of(here)
    assert len(first) == 64
    assert of(here) == of(there) == first
    monkeypatch.chdir(tmp_path / "here")
    assert of(Path("main.gup")) == first


def test_the_file_and_what_it_uses_count_and_so_do_their_names(tmp_path):
    first = of(written(tmp_path / "a"))
    others = [
        of(written(tmp_path / "b", main=MAIN.replace("r0 < 2", "r0 < 3"))),
        of(written(tmp_path / "c", used="const ONE = 2;\n")),
        of(written(tmp_path / "a").rename(tmp_path / "a" / "renamed.gup")),
    ]
    assert len({first, *others}) == 4


def test_the_model_counts_with_what_it_includes_and_its_tags(tmp_path):
    path = written(tmp_path / "proofs")
    cat, part, bell = tmp_path / "m.cat", tmp_path / "part.cat", tmp_path / "m.bell"
    cat.write_text('"m"\ninclude "part.cat"\nacyclic mine as order\n', encoding="utf-8")
    part.write_text("let mine = po | rf\n", encoding="utf-8")
    platform = Platform(str(cat), "x86-64")
    found = [of(path, platform)]
    part.write_text("let mine = po | rf | co\n", encoding="utf-8")
    found.append(of(path, platform))
    cat.write_text('"m"\ninclude "part.cat"\nacyclic mine | fr as order\n', encoding="utf-8")
    found.append(of(path, platform))
    bell.write_text("(* nothing *)\n", encoding="utf-8")
    found.append(of(path, platform))
    other = tmp_path / "other.bell"
    other.write_text("(* nothing else *)\n", encoding="utf-8")
    found.append(of(path, platform, Reading(bell=str(other))))
    assert len(set(found)) == len(found)


def test_the_folder_an_include_is_found_in_does_not_count(tmp_path):
    path = written(tmp_path / "proofs")
    cat = tmp_path / "m.cat"
    cat.write_text('"m"\ninclude "part.cat"\nacyclic mine as order\n', encoding="utf-8")
    found = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "part.cat").write_text("let mine = po | rf\n", encoding="utf-8")
        found.append(of(path, Platform(str(cat), "x86-64"), Reading(include=(str(tmp_path / name),))))
    assert found[0] == found[1]


def test_model_and_target_count(tmp_path):
    path = written(tmp_path / "proofs")
    table = tmp_path / "mine.target"
    shutil.copy(targets_dir() / "x86-64.target", table)
    found = [of(path), of(path, Platform("x86-tso", "x86-64")), of(path, Platform("sc", str(table)))]
    table.write_text(table.read_text(encoding="utf-8") + "\n// a remark\n", encoding="utf-8")
    found.append(of(path, Platform("sc", str(table))))
    assert len(set(found)) == len(found)
    assert (models_dir() / "sc.cat").is_file()


def test_the_solver_counts(tmp_path, monkeypatch):
    path = written(tmp_path / "proofs")
    first = of(path)
    monkeypatch.setattr(Solver, "version", staticmethod(lambda: "0.0"))
    assert of(path) != first


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A package of a few files that the digest is taken of."""
    package = tmp_path / "package"
    for name in ("__init__.py", "proving/session.py", "cli/prove.py", "report/table.py", "sphinx_ext/site.py", "data/a.py"):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "grammar").mkdir()
    (tmp_path / "grammar" / "gup.lark").write_text("start: A\n", encoding="utf-8")
    monkeypatch.setattr(module.gupproof, "__file__", str(package / "__init__.py"))
    monkeypatch.setattr(module, "data_root", lambda: tmp_path)

    def digest() -> str:
        program_digest.cache_clear()
        return program_digest()

    return package, digest


@pytest.mark.parametrize("name", ["__init__.py", "proving/session.py", "proving/more.py", "../grammar/gup.lark"])
def test_the_program_and_its_grammars_count(copied, name):
    package, digest = copied
    first = digest()
    (package / name).write_text("x = 2\n", encoding="utf-8")
    assert digest() != first


@pytest.mark.parametrize("name", ["cli/prove.py", "report/table.py", "sphinx_ext/site.py", "data/a.py", "proving/a.txt"])
def test_what_shows_verdicts_does_not_count(copied, name):
    package, digest = copied
    first = digest()
    os.utime(package / "__init__.py", (0, 0))
    (package / name).write_text("x = 2\n", encoding="utf-8")
    assert digest() == first


def test_an_answer_to_several_questions_depends_on_each_of_them_and_on_its_manner(tmp_path):
    unit = load(written(tmp_path / "proofs"))
    one, other = made_result().obligation, made_result(model="x86-tso").obligation
    found = [
        joint_fingerprint(unit, [one]),
        joint_fingerprint(unit, [other]),
        joint_fingerprint(unit, [one, other]),
        joint_fingerprint(unit, [one, other], manner=True),
    ]
    assert len(set(found)) == len(found)
    assert joint_fingerprint(unit, [one]) == found[0]
