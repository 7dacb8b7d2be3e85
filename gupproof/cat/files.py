"""Where cat files are looked for."""

import re
from collections.abc import Sequence
from pathlib import Path

from gupproof import resources
from gupproof.cat import syntax
from gupproof.cat.problems import error
from gupproof.diagnostics import read_source

# By including one of these a file shows that it is herd's: elsewhere executions have a coherence order from the start.
MAKE_CO = frozenset({"cos.cat", "cos-opt.cat", "cos-no-opt.cat", "cos-ok-opt.cat"})

_PRELUDE = "prelude.cat"
_NAMES = "names.cat"
_BELL = re.compile(r"^\s*bell\s+(\S+)\s*$", re.MULTILINE)
_VARIANT = re.compile(r"^\s*variant\s+(\S+)\s*$", re.MULTILINE)


def prelude() -> Path:
    """Return the file that is read before every model."""
    return resources.models_dir() / _PRELUDE


def names_of_herd() -> Path:
    """Return the file of the names that published models take for granted."""
    return resources.models_dir() / "herd" / _NAMES


def known_models() -> dict[str, Path]:
    """Return the project's own models: name → file, in order of name."""
    found = {path.stem: path for path in resources.models_dir().glob("*.cat") if path.name != _PRELUDE}
    return dict(sorted(found.items()))


def standins() -> dict[str, Path]:
    """Return the files that are read in place of published ones of the same name, in order of name."""
    found = sorted(names_of_herd().parent.glob("*.cat"))
    return {path.name: path for path in found if path.name != _NAMES}


def preface(name: str) -> Path | None:
    """Return the file that is read before an included one called ``name``, to give names the meaning they have there."""
    path = names_of_herd().parent / "before" / name
    return path if path.is_file() else None


def published(name: str, beside: Path, include: Sequence[Path]) -> Path | None:
    """Return the file called ``name`` in the folder of the file that includes it, or in the first that has it."""
    for folder in (beside.parent, *include):
        if (folder / name).is_file():
            return folder / name
    return None


def included(item: syntax.Include, beside: Path, include: Sequence[Path]) -> Path:
    """Return the file that an item includes, stand-ins aside.

    Raises:
        GupError: there is none.

    """
    models = resources.models_dir()
    found = published(item.file, beside, (*include, models))
    if found is None:
        listed = ", ".join(dict.fromkeys(str(folder) for folder in (beside.parent, *include, models)))
        raise error("C005", f"{item.file} is not found", item.span, f"looked in {listed}")
    return found


def bell_of(model: Path) -> Path | None:
    """Return the file of tags that goes with a model: the one its .cfg names, or the .bell of its name."""
    named = _BELL.search(_settings_of(model))
    if named:
        return model.parent / named[1]
    bell = model.with_suffix(".bell")
    return bell if bell.is_file() else None


def variants_of(model: Path) -> frozenset[str]:
    """Return the variants that a model is made for, as its .cfg says."""
    return frozenset(name for line in _VARIANT.findall(_settings_of(model)) for name in line.split(",") if name)


def settings_of(model: Path) -> Path:
    """Return the file that says how a model is meant to be read, which need not be there."""
    return model.with_suffix(".cfg")


def _settings_of(model: Path) -> str:
    settings = settings_of(model)
    return read_source(settings, kind="a .cfg file") if settings.is_file() else ""
