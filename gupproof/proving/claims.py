"""What people claimed or asked: the sentences that theorems answer. Those of the mail thread are in ``proofs/claims.toml``."""

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from gupproof.diagnostics import Diagnostic, GupError, read_source

MEMORY = "memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One sentence, and our answer to it in words; the verdicts are with the theorems that name it.

    Attributes:
        id: what theorems call it, such as ``C7``.
        by, where: who said it, and in what; empty for what nobody said before us.
        quote: the words that name it, at most twelve.
        gist: what is meant.
        proposition: what was checked.
        answer: what came out.
        kind: ``memory`` if a memory model decides it, else what does (``preprocessor``, ``interface``).
        reason: what settles a claim that memory does not decide.
        sources: where in the kernel that is written.
        differs: the argument for a verdict other than the expected one.
        part: ``thread`` for what was said there, ``ours`` for what reading its sources added, ``elsewhere`` for races of the
            same shape in other code.

    """

    id: str
    gist: str
    proposition: str
    answer: str
    kind: str
    by: str = ""
    where: str = ""
    quote: str = ""
    reason: str = ""
    sources: tuple[str, ...] = ()
    differs: str = ""
    part: str = "thread"

    @property
    def of_memory(self) -> bool:
        """Whether a memory model decides it, so that theorems must."""
        return self.kind == MEMORY


def labels(claim: str) -> tuple[str, ...]:
    """Return the claims that a theorem's label names: ``"C41, C46"`` names two."""
    return tuple(part for part in re.split(r"\s*,\s*", claim.strip()) if part)


def load_claims(path: Path) -> tuple[Claim, ...]:
    """Return the claims of a file, in its order.

    Raises:
        GupError: the file cannot be read, is no TOML, or a claim lacks something.

    """
    text = read_source(path, kind="a file of claims")
    try:
        items = tomllib.loads(text).get("claim", [])
    except tomllib.TOMLDecodeError as error:
        raise _problem(path, f"is no TOML: {error}") from None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise _problem(path, "holds something else under `claim` than a list of tables")
    claims = tuple(_claim(path, item) for item in items)
    names = [claim.id for claim in claims]
    for name in names:
        if names.count(name) > 1:
            raise _problem(path, f"has two claims {name}")
    return claims


def _claim(path: Path, item: dict[str, Any]) -> Claim:
    name = item.get("id", "without an id")
    known = {field.name for field in fields(Claim)}
    for key, value in item.items():
        if key not in known:
            raise _problem(path, f"claim {name}: there is no `{key}`; a claim has {', '.join(sorted(known))}")
        strings = value if key == "sources" and isinstance(value, list) else [value]
        if not all(isinstance(part, str) and part for part in strings):
            raise _problem(path, f"claim {name}: `{key}` is no text")
    for key in ("id", "gist", "proposition", "answer", "kind"):
        if key not in item:
            raise _problem(path, f"claim {name}: `{key}` is missing")
    claim = Claim(**{**item, "sources": tuple(item.get("sources", ()))})
    if not claim.of_memory and not (claim.reason and claim.sources):
        raise _problem(path, f"claim {name}: what memory does not decide needs a `reason` and `sources`")
    return claim


def _problem(path: Path, message: str) -> GupError:
    return GupError(
        Diagnostic(
            code="U017", message=f"{path} {message}", help="each [[claim]] is a table of texts, as in proofs/claims.toml"
        )
    )
