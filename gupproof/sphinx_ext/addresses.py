"""Where things stand in the documentation: pages, and anchors on them."""

import re

from gupproof.proving.result import Result
from gupproof.sphinx_ext.library import Proof, Source

GENERATED = "generated"
CHANGES = "what-it-rests-on"
"""The anchor, on the page of a theorem, of the lines that its proofs rest on."""


def claim_page(claim: str) -> str:
    """Return the page of a claim."""
    return f"{GENERATED}/claims/{claim}"


def model_page(name: str) -> str:
    """Return the page of a memory model."""
    return f"{GENERATED}/models/{name}"


def theorem_page(proof: Proof) -> str:
    """Return the page of a theorem."""
    return f"{GENERATED}/theorems/{proof.file}/{proof.name}"


def refutation_anchor(result: Result) -> str:
    """Return the anchor of a refutation on the page of its theorem."""
    item = result.obligation
    settings = "-".join(f"{name}-{value}" for name, value in item.settings)
    words = (item.theorem, item.scenario, item.property, settings, item.model, item.target)
    return re.sub(r"[^A-Za-z0-9]+", "-", "-".join(word for word in words if word))


def placement_anchor(group: int, line: int | None = None) -> str:
    """Return the anchor of a group of questions about placements; of what defeats the placements of one of its lines."""
    return f"placement-{group}" if line is None else f"placement-{group}-defeat-{line}"


def line_anchor(line: int) -> str:
    """Return the anchor of a line on the page that shows its file."""
    return f"line-{line}"


def source_page(source: Source) -> str:
    """Return the page that shows a file."""
    return f"{GENERATED}/{source.folder}/{source.name}"
