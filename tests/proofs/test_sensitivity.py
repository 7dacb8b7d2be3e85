"""What is said of the proofs' own lines is so: each change that is listed is made by hand in a copy, and proved again."""

import shutil
from pathlib import Path

import pytest

from gupproof.language import load
from gupproof.proving.obligations import grouped, obligations_of
from gupproof.proving.result import Verdict
from gupproof.proving.run import prove_group
from gupproof.proving.sensitivity import questions_of, sensitivities, tasks_of
from gupproof.resources import proofs_dir, spec_dir


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the protocols and the theorems, to work in."""
    for folder in ("mm", "fs"):
        shutil.copytree(spec_dir() / folder, tmp_path / folder)
    shutil.copytree(proofs_dir(), tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["page_tail", "unlock_lock"])
def test_what_is_listed_refutes_the_theorems_when_it_is_done_by_hand(copies: Path, name: str) -> None:
    unit = load(Path(f"{name}.gup"))
    tasks = tasks_of([unit], questions_of(obligations_of(unit)))
    answers = [item for done in sensitivities(tasks, jobs=1, timeout=10, every=False) for item in done]
    assert answers
    for answer in answers:
        assert answer.changes, f"{answer.question.theorem} rests on nothing in the text"
        found = answer.changes[0]
        path = copies / found.change.file
        text = path.read_text(encoding="utf-8")
        lines = text.split("\n")
        assert lines[found.change.line - 1] == found.change.before
        lines[found.change.line - 1] = found.change.after
        path.write_text("\n".join(lines), encoding="utf-8")
        changed = load(Path(f"{name}.gup"))
        path.write_text(text, encoding="utf-8")
        again = [item for item in obligations_of(changed, theorems=[answer.question.theorem]) if item.expect == "proved"]
        refuted = {
            f"{result.obligation.model}/{result.obligation.target}"
            for group in grouped([changed], again)
            for result in prove_group(group, timeout=30)
            if result.verdict is Verdict.REFUTED and result.obligation.settings == answer.question.settings
        }
        assert set(found.platforms) <= refuted
