"""The search for minimal placements against trying every placement, on random programs with slots on all kinds of accesses."""

import os
from itertools import product
from pathlib import Path
from random import Random

import pytest

from gupproof.language import load, typed
from gupproof.placing.goals import Goal
from gupproof.placing.oracle import Oracle
from gupproof.placing.search import Search
from gupproof.placing.slots import Placement, minimal, slot_of, within
from gupproof.program.scenario import lower
from gupproof.proving.obligations import switch_values
from gupproof.proving.platforms import Platform, model_of, platforms, target_of
from gupproof.proving.questions import Questions, encoded
from gupproof.solving.solver import Outcome, Solver
from tests.support.slotted_programs import random_slotted

PROGRAMS = int(os.environ.get("GUPPROOF_FUZZ", "700")) // 175
MODELS = ("sc", "x86-tso", "armv8", "power", "riscv", "lkmm")
MOST = 300  # placements to try one by one


def sufficient(unit: typed.Unit, platform: Platform, fixed: dict[str, int], properties: tuple[str, ...]) -> bool:
    """Whether all properties hold, and nothing is flagged, in the program with its slots built in."""
    program = lower(unit, unit.scenarios["s"], target_of(platform), fixed=fixed)
    model = model_of(platform)
    encoding, undecided = encoded(program, model)
    assert not undecided
    questions = Questions(encoding, model, Solver(encoding.dimacs))
    wrong = [*(encoding.violated[name] for name in properties), *encoding.flagged.values()]
    return all(questions.ask(literal, timeout=60).outcome is Outcome.UNSAT for literal in wrong)


# Where stronger alternatives order less: an acquire loses what is behind it, a release what is before it.
PERVERSE = """perverse
let fr = rf^-1; co
let kept = (po \\ ([A]; po)) \\ (po; [L])
acyclic (po & loc) | rf | co | fr as coherence
acyclic kept | rf | co | fr as order
empty rmw & (fr; co) as atomic
"""


@pytest.mark.parametrize("model", MODELS)
def test_minimal_placements_are_those_of_the_whole_product(model: str, tmp_path: Path) -> None:
    compare(platforms(model)[0], Random(f"placements {model}"), tmp_path)


def test_nothing_rests_on_stronger_alternatives_ordering_more(tmp_path: Path) -> None:
    (tmp_path / "perverse.cat").write_text(PERVERSE)
    compare(Platform(str(tmp_path / "perverse.cat"), "arm64-lse"), Random("perverse"), tmp_path, saving=False)


def compare(platform: Platform, random: Random, tmp_path: Path, *, saving: bool = True) -> None:
    compared = calls = tried = 0
    while compared < PROGRAMS:
        path = tmp_path / "random.gup"
        text = random_slotted(random)
        path.write_text(text)
        unit = load(path)
        slots = tuple(slot_of(switch) for switch in unit.switches.values())
        every: list[Placement] = list(product(*(sorted(slot.all) for slot in slots)))
        if not slots or len(every) > MOST:
            continue
        names = tuple(item.name for item in unit.scenarios["s"].properties)
        properties = tuple(random.sample(names, random.randint(1, 2)))
        goal = Goal(
            unit=unit,
            scenario="s",
            values=switch_values(unit, {}),
            settings=(),
            properties=properties,
            covering=(),
            flags=(),
            platforms=(platform,),
        )
        oracle = Oracle(goal, platform, slots)
        found = Search(slots, [oracle]).minimal()
        assert found.complete
        plain = [
            placement
            for placement in every
            if sufficient(unit, platform, {slot.name: p for slot, p in zip(slots, placement, strict=True)}, properties)
        ]
        assert set(found.placements) == set(minimal(slots, plain)), text
        # What was learned on the way is true of every placement.
        for region in oracle.good:
            assert all(placement in plain for placement in every if within(placement, region)), text
        for defeat in oracle.bad:
            assert not any(placement in plain for placement in every if within(placement, defeat.region)), text
        compared += 1
        calls += oracle.asked
        tried += len(every)
    assert not saving or calls < tried / 2
