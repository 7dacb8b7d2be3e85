"""Protocols that everybody knows, with the verdict a person works out for each: locks, sequence counts, rings, RCU, one CPU."""

from pathlib import Path

import pytest

from gupproof.language import load
from gupproof.proving.obligations import grouped, obligations_of
from gupproof.proving.run import prove
from gupproof.report.table import line

FILES = sorted(Path(__file__).parent.glob("*.gup"))
MODELS = {"sc", "x86-tso", "armv8"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_verdict_is_the_one_worked_out_by_hand(path: Path) -> None:
    unit = load(path)
    obligations = list(obligations_of(unit))
    results = [item for batch in prove(grouped([unit], obligations), jobs=1, timeout=60) for item in batch]
    surprises = [line(item) for item in results if not item.as_expected]
    assert surprises == []
    assert len(results) == len(obligations)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_has_proofs_and_refutations_under_every_model(path: Path) -> None:
    expected = {(item.model, item.expect) for item in obligations_of(load(path))}
    assert {model for model, _ in expected} == MODELS
    assert {verdict for _, verdict in expected} == {"proved", "refuted"}
