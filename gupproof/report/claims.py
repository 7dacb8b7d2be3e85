"""Claims with the theorems that answer them, as text and as a JSON document."""

import textwrap
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gupproof.proving.claims import Claim

INDENT = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A claim, and where it is answered: names of theorems, each with its file and line."""

    claim: Claim
    theorems: tuple[tuple[str, str], ...]


def overview(claims: Sequence[Answered], width: int) -> str:
    """Return the claims with their answers, a few lines each."""
    parts = []
    for item in claims:
        claim = item.claim
        told = [_wrapped(claim.id, quoted(claim), width), _wrapped("", f"→ {claim.answer}", width)]
        if not claim.of_memory:
            told.append(_wrapped("", f"no question of memory: {claim.kind}", width))
        parts.append("\n".join(told))
    return "\n\n".join(parts)


def whole(item: Answered, width: int) -> str:
    """Return all that is known of one claim."""
    claim = item.claim
    rows = [
        ("said by", ", ".join(part for part in (claim.by, claim.where) if part)),
        ("meaning", claim.gist),
        ("checked", claim.proposition),
        ("answer", claim.answer),
        ("differs", claim.differs),
        ("because", claim.reason),
        *(("source", source) for source in claim.sources),
        *(("theorem", f"{name}, {place}") for name, place in item.theorems),
        ("again", f"gupproof prove -t {claim.id}" if item.theorems else ""),
    ]
    told = [_wrapped(name, text, width) for name, text in rows if text]
    return "\n".join([f"{claim.id}  {quoted(claim)}", *told])


def claims_document(claims: Sequence[Answered]) -> dict[str, Any]:
    """Return the claims as a JSON document."""
    return {
        "schema_version": 1,
        "tool": "gupproof",
        "command": "claims",
        "claims": [
            asdict(item.claim) | {"theorems": [{"name": name, "place": place} for name, place in item.theorems]}
            for item in claims
        ],
    }


def quoted(claim: Claim) -> str:
    """Return the words that name a claim: those it was made in, else its gist."""
    return f"“{claim.quote}”" if claim.quote else claim.gist


def _wrapped(name: str, text: str, width: int) -> str:
    lines = textwrap.wrap(text, max(width - INDENT, 30), break_long_words=False, break_on_hyphens=False)
    return textwrap.indent("\n".join(lines), " " * INDENT).replace(" " * INDENT, f"  {name:{INDENT - 2}}", 1)
