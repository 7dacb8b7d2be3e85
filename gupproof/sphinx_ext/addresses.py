"""Where things stand in the documentation: pages, and anchors on them."""

import re

from gupproof.proving.result import Result
from gupproof.sphinx_ext.library import Library, Proof, Source

GENERATED = "generated"


def claim_page(claim: str) -> str:
    """Return the page of a claim."""
    return f"{GENERATED}/claims/{claim}"


def model_page(name: str) -> str:
    """Return the page of a memory model."""
    return f"{GENERATED}/models/{name}"


def home(library: Library, proof: Proof) -> str:
    """Return the page that tells a theorem: that of the first claim it answers, else that of its file."""
    answered = [name for name in proof.claims if library.claim(name)]
    return claim_page(answered[0]) if answered else f"{GENERATED}/proofs/{proof.file}"


def theorem_anchor(name: str) -> str:
    """Return the anchor of a theorem on the pages that tell it."""
    return f"theorem-{name}"


def refutation_anchor(result: Result) -> str:
    """Return the anchor of a refutation on the pages that tell its theorem."""
    item = result.obligation
    settings = "-".join(f"{name}-{value}" for name, value in item.settings)
    words = (item.theorem, item.scenario, item.property, settings, item.model, item.target)
    return re.sub(r"[^A-Za-z0-9]+", "-", "-".join(word for word in words if word))


def source_page(source: Source) -> str:
    """Return the page that shows a file."""
    return f"{GENERATED}/{source.folder}/{source.name}"
