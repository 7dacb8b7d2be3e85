"""Writes the drawings of refutations to files."""

import re
from collections.abc import Sequence
from pathlib import Path

from gupproof.cli.writing import folder, write_whole
from gupproof.proving.result import Result
from gupproof.report.drawing import drawing


def drawings(results: Sequence[Result], target: Path) -> list[Path]:
    """Draw every refutation, and return the files written, each whole.

    Args:
        results: those without a story are passed over.
        target: a folder, made if need be; or a file that ends in ``.svg``, for the first.

    Raises:
        GupError: a file cannot be written.

    """
    told = [result for result in results if result.story]
    if target.suffix == ".svg":
        told = told[:1]
    elif told:
        folder(target)
    written = []
    for result in told:
        path = target if target.suffix == ".svg" else target / f"{_stem(result)}.svg"
        write_whole(path, drawing(result))
        if path not in written:
            written.append(path)
    return written


def _stem(result: Result) -> str:
    item = result.obligation
    settings = "-".join(f"{name}-{value}" for name, value in item.settings)
    words = (item.theorem or item.scenario, item.property, Path(item.model).stem, Path(item.target).stem, settings)
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", "-".join(word for word in words if word))
