"""A folder of records: for each obligation the result last found, and whether it still says how things are."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TypeVar

from gupproof.proving.result import SCHEMA_VERSION, Obligation, Result
from gupproof.report.records import Json, record, result_of

Found = TypeVar("Found")


class Absence(Enum):
    """Why a store has no result to give."""

    MISSING = "there is no record of it"
    STALE = "its record is stale: a text, the model or the program has changed since"
    BROKEN = "its record cannot be read"


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of records: ``FILE/THEOREM/PROPERTY-MODEL-TARGET-....json``, one for each obligation."""

    folder: Path

    def path(self, obligation: Obligation) -> Path:
        """Return the file of an obligation's record. A drawing lies beside it, with the ending ``.svg``."""
        item = obligation
        words = (item.property, Path(item.model).stem, Path(item.target).stem, _distinction(item))
        name = re.sub(r"[^A-Za-z0-9_.-]+", "-", "-".join(words))
        return self.folder / Path(item.file).stem / (item.theorem or item.scenario) / f"{name}.json"

    def find(self, obligation: Obligation, fingerprint: str) -> Result | Absence:
        """Return what is recorded of an obligation, if it was found from what ``fingerprint`` stands for."""
        return found_in(self.path(obligation), fingerprint, lambda made: result_of(made["result"], obligation))


def found_in(path: Path, fingerprint: str, read: Callable[[Json], Found]) -> Found | Absence:
    """Return what ``read`` makes of the record in a file, if it was found from what ``fingerprint`` stands for.

    What ``read`` raises for a record that is none (ValueError, KeyError, TypeError) says that it is broken.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Absence.MISSING
    except (OSError, UnicodeDecodeError):
        return Absence.BROKEN
    try:
        made = json.loads(text)
        # Another version of the format is no damage, but age.
        if made["schema_version"] != SCHEMA_VERSION or made["fingerprint"] != fingerprint:
            return Absence.STALE
        return read(made)
    except (ValueError, KeyError, TypeError, RecursionError):
        return Absence.BROKEN


def kept(result: Result, fingerprint: str) -> str:
    """Return the text of a record."""
    item = {"schema_version": SCHEMA_VERSION, "fingerprint": fingerprint, "result": record(result)}
    return json.dumps(item, indent=1, ensure_ascii=False) + "\n"


def _distinction(item: Obligation) -> str:
    """Return what tells an obligation from the others of its theorem, with switches and paths that are too long for a name."""
    told = (item.scenario, item.settings, item.property, item.model, item.target, item.covering)
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:10]
