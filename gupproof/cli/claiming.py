"""Which theorems answer which claims, as far as their texts tell."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from gupproof.diagnostics import Diagnostic, GupError
from gupproof.proving.claims import labels, load_claims
from gupproof.report.claims import Answered
from gupproof.resources import proofs_dir

_THEOREM = re.compile(r'\btheorem\s+(\w+)(?:\s+"([^"\n]*)")?')


def theorems_in(text: str) -> list[tuple[str, tuple[str, ...], int]]:
    """Return the theorems that a text declares: name, claims, line."""
    return [(found[1], labels(found[2] or ""), text.count("\n", 0, found.start()) + 1) for found in _THEOREM.finditer(text)]


def not_of_memory() -> set[str]:
    """Return the claims of the thread that memory does not decide, so that no theorem answers them."""
    return {claim.id for claim in load_claims(_claims_of_the_thread()) if not claim.of_memory}


def answered(path: Path | None, names: Sequence[str]) -> list[Answered]:
    """Return the claims of a file, or those of some names, with the theorems beside it that answer them.

    Args:
        path: the file; the claims of the thread if None.
        names: of claims; all when empty.

    Raises:
        GupError: the file cannot be used, or lacks a claim.

    """
    path = path or _claims_of_the_thread()
    claims = load_claims(path)
    known = {claim.id: claim for claim in claims}
    problems = []
    for name in names:
        if name not in known:
            close = get_close_matches(name.upper(), known, 3)
            remedy = f"did you mean {' or '.join(close)}?" if close else "gupproof claims lists them"
            problems.append(Diagnostic(code="U020", message=f"there is no claim called '{name}' in {path}", help=remedy))
    if problems:
        raise GupError(*problems)
    theorems: dict[str, list[tuple[str, str]]] = {}
    for file in sorted(path.parent.glob("*.gup")):
        for theorem, its_claims, line in theorems_in(file.read_text(encoding="utf-8", errors="replace")):
            for claim in its_claims:
                theorems.setdefault(claim, []).append((theorem, f"{file}:{line}"))
    wanted = [known[name] for name in dict.fromkeys(names)] or claims
    return [Answered(claim=claim, theorems=tuple(theorems.get(claim.id, ()))) for claim in wanted]


def _claims_of_the_thread() -> Path:
    return proofs_dir() / "claims.toml"
