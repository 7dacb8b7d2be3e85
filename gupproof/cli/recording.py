"""Keeps results as records while they are found, and takes those that are still fresh instead of proving them again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gupproof.cli.writing import folder, write_whole
from gupproof.proving.fingerprint import fingerprint
from gupproof.proving.obligations import Group
from gupproof.proving.platforms import Platform
from gupproof.proving.result import Obligation, Result, Verdict
from gupproof.report.drawing import drawing
from gupproof.report.store import Store, kept

_DECIDED = frozenset({Verdict.PROVED, Verdict.REFUTED, Verdict.VACUOUS})


@dataclass(frozen=True, slots=True)
class Recording:
    """What a run starts from.

    Attributes:
        store: where records are kept.
        fingerprints: what each obligation rests on.
        known: results that need not be found again.
        groups: what is left to prove.

    """

    store: Store
    fingerprints: dict[Obligation, str]
    known: tuple[Result, ...]
    groups: tuple[Group, ...]

    def keep(self, results: Iterable[Result]) -> None:
        """Write the records of results, each whole, and the drawings of those that are refuted.

        Raises:
            GupError: a file cannot be written.

        """
        for result in results:
            path = self.store.path(result.obligation)
            folder(path.parent)
            # The record comes last: where there is one, its drawing is there too.
            _draw(result, path.with_suffix(".svg"))
            write_whole(path, kept(result, self.fingerprints[result.obligation]))


def recording(target: Path, groups: Sequence[Group]) -> Recording:
    """Return what the records in a folder leave to be proved.

    A record that is stale, cannot be read or decides nothing counts as missing. A drawing that has gone is drawn again.

    Raises:
        GupError: the folder cannot be made, or a memory model not be read.

    """
    store = Store(folder(target))
    fingerprints: dict[Obligation, str] = {}
    known, left = [], []
    for group in groups:
        print_of_group = fingerprint(group.unit, Platform(group.model, group.target), group.reading)
        fingerprints |= dict.fromkeys(group.obligations, print_of_group)
        found = [result for item in group.obligations if (result := _decided(store, item, print_of_group)) is not None]
        answered = {result.obligation for result in found}
        remaining = tuple(item for item in group.obligations if item not in answered)
        known += found
        left += [replace(group, obligations=remaining)] if remaining else []
    for result in known:
        path = store.path(result.obligation).with_suffix(".svg")
        if result.story and not path.is_file():
            _draw(result, path)
    return Recording(store, fingerprints, tuple(known), tuple(left))


def _decided(store: Store, item: Obligation, print_of_group: str) -> Result | None:
    found = store.find(item, print_of_group)
    return found if isinstance(found, Result) and found.verdict in _DECIDED else None


def _draw(result: Result, path: Path) -> None:
    """Write the drawing of a refutation; of another verdict there is none, nor may an old one stay."""
    if result.story:
        write_whole(path, drawing(result))
    else:
        path.unlink(missing_ok=True)
