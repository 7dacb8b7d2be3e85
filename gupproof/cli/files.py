"""Which files the paths on a command line stand for."""

from collections.abc import Sequence
from pathlib import Path

from gupproof.diagnostics import Diagnostic, GupError


def files_of(paths: Sequence[str], ending: str) -> list[Path]:
    """Return the files that paths stand for: files as they are, folders searched for names with that ending.

    Raises:
        GupError: a path does not exist, or a folder holds no such file.

    """
    found: list[Path] = []
    problems = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(path.rglob(f"*{ending}"))
            if not inside:
                problems.append(Diagnostic(code="U006", message=f"{path} holds no {ending} file"))
            found += inside
        elif path.exists():
            found.append(path)
        else:
            remedy = f"give the path of a {ending} file or a folder of them"
            problems.append(Diagnostic(code="U001", message=f"{path} does not exist", help=remedy))
    if problems:
        raise GupError(*problems)
    return list(dict.fromkeys(found))
