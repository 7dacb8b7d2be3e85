"""Writes the pages that follow from the library: one for each claim, theorem, protocol, model and file of theorems."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from gupproof.proving.claims import Claim
from gupproof.report.claims import quoted
from gupproof.sphinx_ext.addresses import theorem_page
from gupproof.sphinx_ext.answers import groups
from gupproof.sphinx_ext.library import Library, Proof, Source
from gupproof.sphinx_ext.placements import title


def write_pages(library: Library, folder: Path, digest: str) -> None:
    """Make ``folder`` hold the pages, and no others. A page that stays as it was is left alone, so that it is not read again.

    Args:
        library: what they tell of.
        folder: where they go; made if need be.
        digest: goes into a file of that name, which pages with directives depend on.

    """
    wanted = {f"{name}.md": text for name, text in _pages(library)} | {"digest": f"{digest}\n"}
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(folder).as_posix() not in wanted:
            path.unlink()
    for name, text in wanted.items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def _pages(library: Library) -> Iterator[tuple[str, str]]:
    for claim in library.claims:
        yield f"claims/{claim.id}", _claim(library, claim)
    for proof in library.proofs:
        yield f"theorems/{proof.file}/{proof.name}", _theorem(proof)
    for source in library.protocols:
        yield f"protocols/{source.name}", _protocol(library, source)
    for source in library.proof_files:
        yield f"proofs/{source.name}", _proof_file(library, source)
    for source in library.model_files:
        yield f"models/{source.name}", _model(library, source)


def _claim(library: Library, claim: Claim) -> str:
    proofs = library.proofs_of(claim.id)
    parts = [f"# {claim.id}: {escaped(quoted(claim))}", _directive("claim", claim.id)]
    if proofs:
        parts += ["## Theorems", _directive("theorems", " ".join(map(_name, proofs)), ":comments:")]
    return _joined(parts)


def _theorem(proof: Proof) -> str:
    """Return the page of a theorem, which tells all there is to it."""
    parts = [f"# Theorem `{proof.name}`", _directive("theorem", _name(proof))]
    asked = groups(proof)
    if asked:
        parts.append("## Where barriers have to be")
    for group in asked:
        parts += [f"### {title(group, asked)}"] if len(asked) > 1 else []
        parts.append(_directive("placement", f"{_name(proof)} {group.number}"))
    if any(result.story for result in proof.results):
        parts += ["## How it is refuted", _directive("refutations", _name(proof))]
    if proof.rests_on:
        parts += ["## What it rests on", _directive("changes", _name(proof))]
    for scenario in proof.scenarios:
        parts += [f"## Scenario `{scenario.name}`", _directive("scenario", f"{_name(proof)} {scenario.name}")]
    return _joined(parts)


def _protocol(library: Library, source: Source) -> str:
    """Return the page of a protocol; the theorems are those of the files that use it."""
    used = [proof for proof in library.proofs if any(source.path.samefile(path) for path in proof.unit.sources)]
    parts = [f"# {source.name}.gup", *_header(source), "## The text", _directive("source", f"{source.folder}/{source.name}")]
    if used:
        parts += ["## Theorems that rest on it", _directive("theorems", " ".join(map(_name, used)))]
    return _joined(parts)


def _proof_file(library: Library, source: Source) -> str:
    """Return the page of a file of theorems; the pages of these stand under it in the sidebar."""
    own = [proof for proof in library.proofs if source.path.samefile(proof.unit.path)]
    parts = [f"# {source.name}.gup", *_header(source)]
    if own:
        parts += ["## Its theorems", _directive("theorems", " ".join(map(_name, own)))]
        listed = "\n".join(f"{proof.name} </{theorem_page(proof)}>" for proof in own)
        parts.append(f"```{{toctree}}\n:hidden:\n\n{listed}\n```")
    return _joined([*parts, "## The text", _directive("source", f"{source.folder}/{source.name}")])


def _model(library: Library, source: Source) -> str:
    name = source.name
    about = [proof for proof in library.proofs if any(platform.model == name for platform in proof.platforms)]
    parts = [f"# {name}: {escaped(library.models[name].title)}", *_header(source), _directive("model", name)]
    parts += ["## The text", _directive("source", f"{source.folder}/{name}")]
    if about:
        listed = " ".join(map(_name, about))
        parts += ["## What the theorems say under it", _directive("theorems", listed, f":model: {name}")]
    return _joined(parts)


def _header(source: Source) -> list[str]:
    return [_directive("header", f"{source.folder}/{source.name}")] if source.header else []


def _name(proof: Proof) -> str:
    return f"{proof.file}.{proof.name}"


def escaped(text: str) -> str:
    """Return plain text as Markdown that shows it."""
    return re.sub(r"([\\`*_\[\]<>#|$~])", r"\\\1", text)


def _directive(name: str, argument: str, content: str = "") -> str:
    inside = f"{content}\n" if content else ""
    return f"```{{gup:{name}}} {argument}".rstrip() + f"\n{inside}```"


def _joined(parts: Sequence[str]) -> str:
    return "\n\n".join(parts) + "\n"
