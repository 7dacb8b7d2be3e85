"""docs/claims.md names theorems that exist, and leaves none out."""

import re
from pathlib import Path

from gupproof.language import load
from gupproof.resources import proofs_dir

PAGE = (Path(__file__).resolve().parent.parent.parent / "docs" / "claims.md").read_text(encoding="utf-8")
THEOREMS = {theorem.name: theorem.claim for path in proofs_dir().glob("*.gup") for theorem in load(path).theorems.values()}


def rows():
    """Yield the claims and the theorems of each row."""
    for claims, theorems in re.findall(r"^\| ([CX][\d, CX]+) \|.*\|([^|]*)\|$", PAGE, re.MULTILINE):
        yield claims.split(", "), re.findall(r"`(\w+)`", theorems)


def test_it_names_theorems_that_exist():
    for _, theorems in rows():
        assert set(theorems) <= THEOREMS.keys()


def test_every_theorem_about_a_claim_is_in_the_row_of_that_claim():
    listed = {(claim, theorem) for claims, theorems in rows() for claim in claims for theorem in theorems}
    for theorem, claims in THEOREMS.items():
        for claim in claims.split(", "):
            assert claim.startswith("L-") or (claim, theorem) in listed


def test_it_answers_every_claim():
    answered = {claim for claims, _ in rows() for claim in claims}
    assert {f"C{number}" for number in range(1, 53)} <= answered
