"""Agreement with public litmus tests whose verdicts are known, where they are at hand.

They are no part of this repository. Without them these tests are skipped.
"""

import csv
from pathlib import Path

import pytest

from gupproof.proving.observation import Observation, Request, judge

SUITE = Path(__file__).resolve().parents[3] / "shared" / "litmus"
REQUEST = Request(model=None, unroll=2, timeout=30)


def rows(folder: str, every: int) -> list[dict[str, str]]:
    with (SUITE / "expected.csv").open() as file:
        found = [row for row in csv.DictReader(file) if row["test"].startswith(folder)]
    return found[::every]


@pytest.mark.skipif(not (SUITE / "expected.csv").is_file(), reason="the public litmus tests are not beside this checkout")
@pytest.mark.parametrize(
    ("folder", "every", "most_unsupported"),
    [("X86/", 1, 0.0), ("AARCH64/", 5, 0.35), ("RISCV/", 10, 0.0), ("PPC/", 4, 0.0), ("LKMM/", 8, 0.0)],
)
def test_verdicts_are_those_of_the_published_tables(folder: str, every: int, most_unsupported: float):
    judged = unsupported = 0
    for row in rows(folder, every):
        judgement = judge(SUITE / row["test"], REQUEST)
        if judgement.observation is Observation.UNSUPPORTED:
            unsupported += 1
            # Accesses of several sizes are kept in folders of their own.
            assert "mixed" in row["test"], judgement
            continue
        judged += 1
        assert ("Ok" if judgement.ok else "No") == row["verdict"], judgement
    assert judged > 200
    assert unsupported <= most_unsupported * (judged + unsupported)
