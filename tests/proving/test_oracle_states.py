"""All final states and flags of random tests, as herd7 listed them, where those lists are at hand.

They are no part of this repository. Without them these tests are skipped.
"""

import re
from pathlib import Path

import pytest

from gupproof.proving.observation import Observation, Request, judge
from gupproof.proving.states import MOST_STATES

ORACLE = Path(__file__).resolve().parents[3] / "shared" / "oracle"
REQUEST = Request(model=None, unroll=2, timeout=60, most_states=MOST_STATES)


def state(line: str) -> frozenset[str]:
    return frozenset(part.strip() for part in line.split(";") if part.strip())


def listed(text: str) -> tuple[set[frozenset[str]], set[str]]:
    """What herd7 printed: the states stand behind their count, each flag on a line of its own."""
    lines = text.split("\n")
    first = next(place for place, line in enumerate(lines) if line.startswith("States "))
    count = int(lines[first].split()[1])
    return set(map(state, lines[first + 1 : first + 1 + count])), set(re.findall(r"^Flag (\S+)", text, re.MULTILINE))


@pytest.mark.skipif(not ORACLE.is_dir(), reason="the lists of final states are not beside this checkout")
@pytest.mark.parametrize(("folder", "every", "least"), [("lkmm", 8, 45), ("mixed", 3, 5)])
def test_final_states_are_those_of_herd(folder: str, every: int, least: int) -> None:
    answered = 0
    for path in sorted((ORACLE / folder).glob("*.litmus"))[::every]:
        found = judge(path, REQUEST)
        if found.observation is Observation.UNSUPPORTED:
            assert found.reason.startswith("mixed-size: "), found
            continue
        answered += 1
        states, flags = listed(path.with_suffix(".expected").read_text())
        assert found.states is not None
        assert found.states.complete
        assert set(map(state, found.states.found)) == states, path
        assert set(found.flags) == flags, path
    assert answered >= least
