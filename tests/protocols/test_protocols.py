"""Protocols that everybody knows, with the verdict that a person works out for each: locks, sequence counts, rings, RCU, one CPU."""

from pathlib import Path

import pytest

from gupproof.language import load
from gupproof.proving.obligations import grouped, obligations_of
from gupproof.proving.run import prove

FILES = sorted(Path(__file__).parent.glob("*.gup"))
MODELS = {"sc", "x86-tso", "armv8"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_verdict_is_the_one_worked_out_by_hand(path: Path) -> None:
    unit = load(path)
    obligations = list(obligations_of(unit))
    results = [item for batch in prove(grouped([unit], obligations), jobs=1, timeout=60) for item in batch]
    surprises = [
        f"{item.obligation.theorem} {item.obligation.scenario} {dict(item.obligation.settings)} {item.obligation.property} "
        f"{item.obligation.model}/{item.obligation.target}: {item.verdict.value}, expected {item.obligation.expect} {item.reason}"
        for item in results
        if not item.as_expected
    ]
    assert surprises == []
    assert len(results) == len(obligations)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_has_proofs_and_refutations_under_every_model(path: Path) -> None:
    expected = {(item.model, item.expect) for item in obligations_of(load(path))}
    assert {model for model, _ in expected} == MODELS
    assert {verdict for _, verdict in expected} == {"proved", "refuted"}
