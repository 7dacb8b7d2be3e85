"""What the README shows of verdicts, executions and placements is what the program prints."""

import json
import re
from pathlib import Path

from tests.cli.support import gupproof

TEXT = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def squeezed(text: str) -> str:
    return re.sub(r" +", " ", text)


def test_its_commands_exist() -> None:
    listed = gupproof("--help").out
    for command in set(re.findall(r"`gupproof ([a-z]+)", TEXT)):
        assert f"  {command} " in listed, command


def test_its_verdicts_are_those_of_the_theorems() -> None:
    done = json.loads(gupproof("prove", "--json", "-t", "C10", "-t", "C12").out)
    rows = [line for line in TEXT.splitlines() if re.match(r" {4}C1[02] ", line)]
    assert len(rows) == 2
    for row in rows:
        _, theorem, name, settings, *verdicts = re.split(r" {2,}", row.strip())
        found = {
            item["model"]: item["verdict"] + (f" with {item['flags'][0]}" if item["flags"] else "")
            for item in done["results"]
            if (item["theorem"], item["property"]) == (theorem, name)
            and " ".join(f"{key}={value}" for key, value in item["settings"].items()) == settings
        }
        assert [found[model] for model in ("sc", "x86-tso", "armv8", "lkmm")] == verdicts


def test_its_steps_stand_where_it_says() -> None:
    told = squeezed(gupproof("explain", "fix_rests_on_the_unfreeze", "-m", "armv8/arm64-lse").out)
    steps = re.findall(r"^ {4} ?\d+ [ !] (\w+ +\w+\.gup:\d+ +\S.*?) {2,}", TEXT, flags=re.MULTILINE)
    assert len(steps) == 7
    for step in steps:
        assert squeezed(step) in told, step


def test_its_placements_are_the_minimal_ones() -> None:
    def placements(block: str) -> set[str]:
        return set(re.findall(r"\w+ = \w+|nothing: every slot at its weakest", block))

    told = gupproof("barriers", "where_the_order_may_come_from", "-m", "x86-tso", "-m", "armv8").out
    blocks = re.findall(r"^minimal sufficient placements.*?\n\n", told, flags=re.MULTILINE | re.DOTALL)
    shown = TEXT[TEXT.index("minimal sufficient placements") : TEXT.index("why each is needed")]
    assert set().union(*map(placements, blocks)) == placements(shown)
