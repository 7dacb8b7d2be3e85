"""Every claim of the thread is answered: by theorems where memory decides it, by a reason and the kernel's source where not."""

from gupproof.language import load
from gupproof.proving.claims import labels, load_claims
from gupproof.resources import proofs_dir

CLAIMS = {claim.id: claim for claim in load_claims(proofs_dir() / "claims.toml")}
LABELS = {
    label for path in proofs_dir().glob("*.gup") for theorem in load(path).theorems.values() for label in labels(theorem.claim)
}


def test_every_claim_of_the_thread_is_there():
    assert {f"C{number}" for number in range(1, 53)} | {f"X{number}" for number in range(1, 8)} <= CLAIMS.keys()


def test_theorems_name_claims_that_are_there():
    assert {label for label in LABELS if not label.startswith("L-")} <= CLAIMS.keys()


def test_no_quote_is_longer_than_twelve_words():
    assert [claim.id for claim in CLAIMS.values() if len(claim.quote.split()) > 12] == []


def test_only_what_memory_decides_has_theorems():
    assert [label for label in LABELS if label in CLAIMS and not CLAIMS[label].of_memory] == []


def test_what_memory_decides_has_a_theorem():
    assert [claim.id for claim in CLAIMS.values() if claim.of_memory and claim.id not in LABELS] == []
