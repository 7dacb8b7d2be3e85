"""The theorems of proofs/ come out as they say, and each is written as a theorem should be."""

import pytest

from gupproof.language import load
from gupproof.proving.obligations import grouped, obligations_of
from gupproof.proving.run import prove_group
from gupproof.resources import proofs_dir, spec_dir

FILES = sorted(proofs_dir().glob("*.gup"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_verdict_is_the_expected_one(path):
    unit = load(path)
    results = [result for group in grouped([unit], obligations_of(unit)) for result in prove_group(group, timeout=60)]
    surprises = [
        f"{result.obligation.theorem} {result.obligation.property} {result.obligation.model}/{result.obligation.target}: "
        f"{result.verdict.value}, expected {result.obligation.expect} {result.reason}"
        for result in results
        if not result.as_expected
    ]
    assert not surprises, "\n".join(surprises)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_theorem_says_what_and_why(path):
    unit = load(path)
    for theorem in unit.theorems.values():
        assert theorem.claim, f"{theorem.name} has no claim"
        assert len(theorem.doc) > 40, f"{theorem.name} does not say why"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_proof_has_a_cover(path):
    unit = load(path)
    for theorem in unit.theorems.values():
        for claim in theorem.claims:
            covers = claim.covering if claim.covering is not None else unit.scenarios[claim.scenario].covers
            assert covers or claim.expect != "proved", f"{theorem.name} proves something without a cover"


@pytest.mark.parametrize("path", sorted(spec_dir().rglob("*.gup")), ids=lambda path: path.stem)
def test_every_protocol_stands_on_its_own(path):
    load(path)
