"""A program with open slots says of each placement what the program says in which that placement is written out.

Of the open program one encoding answers, by assumptions; the others are lowered, encoded and asked one by one.
"""

import os
from itertools import product
from random import Random

import pytest

from gupproof.execution.enumerator import outcomes
from gupproof.language import load_text
from gupproof.language.typed import Switch, Unit
from gupproof.program.scenario import lower
from gupproof.proving.platforms import Platform, model_of, target_of
from gupproof.proving.questions import Questions, encoded
from gupproof.solving.solver import Outcome, Solver
from tests.support.slotted_programs import random_slotted

PROGRAMS = int(os.environ.get("GUPPROOF_FUZZ", "20"))
PLACEMENTS = 5
PLATFORMS = [
    Platform("sc", "x86-64"),
    Platform("x86-tso", "x86-64"),
    Platform("armv8", "arm64-lse"),
    Platform("armv8", "arm64-llsc"),
    Platform("power", "ppc64"),
    Platform("riscv", "riscv"),
    Platform("lkmm", "lkmm"),
]
each_platform = pytest.mark.parametrize("platform", PLATFORMS, ids=lambda item: f"{item.model}-{item.target}")


def placements(unit: Unit, random: Random) -> list[dict[str, int]]:
    """Some of the choices for all slots of a file, the strongest and the weakest among them."""
    every = [dict(zip(unit.switches, values, strict=True)) for values in product(*map(_positions, unit.switches.values()))]
    return [every[0], every[-1], *random.sample(every, min(len(every), PLACEMENTS - 2))]


def _positions(switch: Switch) -> range:
    return range(len(switch.values))


def refuted(unit: Unit, platform: Platform, fixed: dict[str, int], asked: list[dict[str, int]]) -> list[frozenset[str]]:
    """Return the refuted properties for each of some settings of the switches that stay open."""
    model = model_of(platform)
    program = lower(unit, unit.scenarios["s"], target_of(platform), fixed=fixed)
    encoding, _ = encoded(program, model)
    questions = Questions(encoding, model, Solver(encoding.dimacs))
    found = []
    for setting in asked:
        literals = [encoding.switches[name][value] for name, value in setting.items()]
        answers = {
            name: questions.ask(*literals, violated, timeout=60, refutes=name).outcome
            for name, violated in encoding.violated.items()
        }
        assert Outcome.UNKNOWN not in answers.values()
        found.append(frozenset(name for name, outcome in answers.items() if outcome is Outcome.SAT))
    return found


@each_platform
def test_an_open_program_answers_as_each_placement_does(platform: Platform) -> None:
    differs = 0
    for seed in range(PROGRAMS):
        random = Random(f"{platform} {seed}")
        text = random_slotted(random)
        unit = load_text(text)
        chosen = placements(unit, random)
        opened = refuted(unit, platform, {}, chosen)
        for setting, found in zip(chosen, opened, strict=True):
            assert refuted(unit, platform, setting, [{}]) == [found], f"{setting}\n{text}"
        differs += len(set(opened)) > 1
    assert platform.model == "sc" or differs  # the choice makes a difference to some of the programs


@each_platform
def test_the_enumerator_finds_the_same_ends_open_and_fixed(platform: Platform) -> None:
    for seed in range(max(2, PROGRAMS // 6)):
        random = Random(f"ends {platform} {seed}")
        text = random_slotted(random)
        unit = load_text(text)
        model, target = model_of(platform), target_of(platform)
        opened = lower(unit, unit.scenarios["s"], target)
        chosen = placements(unit, random)[:3]
        answers = refuted(unit, platform, {}, chosen)
        for setting, answer in zip(chosen, answers, strict=True):
            ends = outcomes(opened, model, setting)
            assert ends == outcomes(lower(unit, unit.scenarios["s"], target, fixed=setting), model), f"{setting}\n{text}"
            failing = {name for end in ends if end.complete for name, holds in end.properties if not holds}
            assert answer == failing, f"{setting}\n{text}"
