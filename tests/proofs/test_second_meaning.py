"""Every theorem that speaks of sc or x86-tso says what a machine does that runs its scenario, execution by execution."""

from functools import cache
from pathlib import Path

import pytest

from gupproof.language import load, typed
from gupproof.meaning import Findings, Machine, TooManyStatesError, explore
from gupproof.resources import proofs_dir

# Scenarios with more states are left out: there are a few.
MOST_STATES = 3_000
FILES = sorted(proofs_dir().glob("*.gup"))


@cache
def unit_of(path: Path) -> typed.Unit:
    return load(path)


@cache
def findings(path: Path, scenario: str, settings: tuple[tuple[str, int], ...], machine: Machine) -> Findings | None:
    unit = unit_of(path)
    try:
        return explore(unit, unit.scenarios[scenario], dict(settings), machine, limit=MOST_STATES)
    except TooManyStatesError:
        return None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_theorems_agree_with_the_machines(path: Path) -> None:
    unit = unit_of(path)
    for theorem in unit.theorems.values():
        for claim in theorem.claims:
            for machine in Machine:
                if machine.value in {model.split("/")[0] for model in claim.models}:
                    found = findings(path, claim.scenario, claim.settings, machine)
                    if found is not None:
                        assert complaint(unit, claim, found) == "", (theorem.name, claim.span, machine)


def complaint(unit: typed.Unit, claim: typed.Claim, found: Findings) -> str:
    """Return what is wrong with a claim; empty if nothing is."""
    refuted = {name for name in claim.properties if found.refutes(name)}
    covers = claim.covering
    if covers is None:
        covers = tuple(item.name for item in unit.scenarios[claim.scenario].covers)
    reached = {name for name in covers if found.reaches(name)}
    match claim.expect:
        case "refuted":
            return "" if refuted == set(claim.properties) else f"only {refuted} are refuted"
        case "proved" if found.bounds:
            return "a loop hits its bound"
        case "proved" if reached != set(covers):
            return f"only {reached} of its covers are reached"
        case _:
            return f"{refuted} are refuted" if refuted else ""


def test_most_scenarios_are_small_enough() -> None:
    asked = [
        findings(path, claim.scenario, claim.settings, machine)
        for path in FILES
        for theorem in unit_of(path).theorems.values()
        for claim in theorem.claims
        for machine in Machine
        if machine.value in {model.split("/")[0] for model in claim.models}
    ]
    assert sum(item is not None for item in asked) > 0.85 * len(asked)
