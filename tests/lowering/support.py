"""Tables and instructions with some rows changed, as files."""

import re
from pathlib import Path

from gupproof.lowering.check import Fault, Finding, Table, all_trials, check
from gupproof.resources import targets_dir


def changed(name: str, folder: Path, rows: dict[str, str], code: dict[str, str] | None = None) -> Table:
    """Today's table with other steps in some rows, and with other instructions for some."""
    for ending, lines in (("target", rows), ("instructions", code or {})):
        text = (targets_dir() / f"{name}.{ending}").read_text(encoding="utf-8")
        for row, new in lines.items():
            text, count = re.subn(rf"(?m)^{row} .*(\n +\S.*)*$", f"{row} {new}".replace("\\", r"\\"), text)
            assert count == 1, row
        # A step that no row has any more may not have a cost.
        text = re.sub(r"(?m)^cost .*\n", "", text)
        (folder / f"{name}.{ending}").write_text(text, encoding="utf-8")
    models = re.search(r"(?m)^models +(.*)$", (folder / f"{name}.target").read_text(encoding="utf-8"))
    assert models is not None
    return Table(str(folder / f"{name}.target"), tuple(models[1].split()), str(folder / f"{name}.instructions"))


def own(name: str, *models: str) -> Table:
    return Table(name, models, str(targets_dir() / f"{name}.instructions"))


def about(*rows: str, large: bool = True) -> list[int]:
    """The programs about some rows."""
    return [number for number, trial in enumerate(all_trials()) if trial.use.row in rows and (large or not trial.large)]


def findings(table: Table, numbers: list[int]) -> list[Finding]:
    return [finding for _, found in check([table], numbers) for finding in found]


def rows_with(found: list[Finding], fault: Fault) -> set[str]:
    return {item.row for item in found if item.fault is fault}
