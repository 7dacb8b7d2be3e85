"""What a verdict rests on, as one number: when it changes, the verdict has to be found again."""

import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import gupproof
from gupproof.language import typed
from gupproof.proving.platforms import AS_IT_STANDS, Platform, Reading, model_of, names_known_to, target_of
from gupproof.proving.result import Obligation
from gupproof.resources import data_root
from gupproof.solving.solver import Solver

NO_PART = ("cli", "report", "sphinx_ext", "data")
"""Folders of the package that show verdicts and do not make them."""


def fingerprint(unit: typed.Unit, platform: Platform, reading: Reading = AS_IT_STANDS) -> str:
    """Return a hash of all that the verdicts on a file's theorems on one platform depend on.

    That is the text of the file and of those it uses, of the model with what it includes, of the target table, the version of
    the solver, and the program itself. Where the files lie is no part of it, their names are: stories tell them.

    Args:
        unit: the file.
        platform: model and target.
        reading: how the model's files are read.

    Raises:
        GupError: the model or the table cannot be read.

    """
    model, target = model_of(platform, reading), target_of(platform)
    parts = [
        ["program", program_digest()],
        ["solver", Solver.version()],
        ["file", _texts(unit.sources)],
        ["model", model.name, _texts(model.sources), sorted(names_known_to(platform)), sorted(reading.variants)],
        ["target", target.name, target.text],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def joint_fingerprint(unit: typed.Unit, obligations: Iterable[Obligation], *, manner: bool | str = "") -> str:
    """Return a hash of all that one answer to several obligations depends on.

    Args:
        unit: their file.
        obligations: which platforms are asked, in order.
        manner: what else the answer depends on.

    Raises:
        GupError: a model or a table cannot be read.

    """
    parts = [manner, *(fingerprint(unit, Platform(item.model, item.target)) for item in obligations)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@lru_cache(maxsize=1)
def program_digest() -> str:
    """Return a hash of the modules and grammars that verdicts come from."""
    package = Path(gupproof.__file__).parent
    modules = {path.relative_to(package): path for path in package.rglob("*.py")}
    deciding = [(str(name), path) for name, path in sorted(modules.items()) if name.parts[0] not in NO_PART]
    grammars = [(path.name, path) for path in sorted((data_root() / "grammar").glob("*.lark"))]
    digest = hashlib.sha256()
    for name, path in (*deciding, *grammars):
        digest.update(json.dumps([name, hashlib.sha256(path.read_bytes()).hexdigest()]).encode())
    return digest.hexdigest()


def _texts(sources: dict[str, str]) -> list[tuple[str, str]]:
    """Return the texts with the names of their files, in the order they were read."""
    return [(Path(path).name, text) for path, text in sources.items()]
