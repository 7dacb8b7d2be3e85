"""What the primitives are on x86-TSO is what the table of x86-64 says."""

import re

from gupproof.meaning.machine import FULL_FENCES, LOOK_FIRST
from gupproof.meaning.requests import SWITCH
from gupproof.resources import targets_dir


def rows() -> dict[str, str]:
    """Each primitive with the instructions of its row, in words."""
    text = (targets_dir() / "x86-64.target").read_text(encoding="utf-8")
    lines = (line.split("//")[0].split(None, 1) for line in text.splitlines())
    return {line[0]: " ".join(line[1].split()) for line in lines if len(line) == 2 and re.fullmatch(r"[A-Za-z_]+", line[0])}


def test_full_fences_are_the_rows_with_an_mfence() -> None:
    fences = {name for name, row in rows().items() if row == "F[MFENCE]"}
    assert fences == set(FULL_FENCES) - {SWITCH}


def test_what_looks_first_is_what_fails_by_a_plain_read() -> None:
    assert {name for name, row in rows().items() if row.endswith(" else R")} == set(LOOK_FIRST)


def test_no_row_mixes_a_fence_with_an_access() -> None:
    # The machine has no such primitive; smp_store_mb() is a store and a fence in the tree.
    assert not [name for name, row in rows().items() if "MFENCE" in row and row != "F[MFENCE]" and name not in ("cost", "tags")]
