"""Where the grammars, specifications and proofs lie: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_root() -> Path:
    """Return the folder that holds ``grammar/``, ``spec/`` and ``proofs/``.

    Raises:
        FileNotFoundError: the installation lacks its data files.

    """
    for root in (_PACKAGE / "data", _PACKAGE.parent):
        if (root / "grammar" / "gup.lark").is_file():
            return root
    raise FileNotFoundError(f"gupproof's grammar, spec and proofs folders are missing beside {_PACKAGE}; reinstall it")


def grammar_text(name: str) -> str:
    """Return the text of ``grammar/<name>.lark``."""
    return (data_root() / "grammar" / f"{name}.lark").read_text(encoding="utf-8")


def models_dir() -> Path:
    """Return the folder of the project's own cat models."""
    return data_root() / "spec" / "models"


def targets_dir() -> Path:
    """Return the folder of the tables from kernel primitives to instructions."""
    return data_root() / "spec" / "targets"


def proofs_dir() -> Path:
    """Return the folder of the theorems."""
    return data_root() / "proofs"


def spec_dir() -> Path:
    """Return the folder that ``use a.b;`` is resolved in, as ``a/b.gup``, after the user's own folder."""
    return data_root() / "spec"
