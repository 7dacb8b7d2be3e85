"""What several models need together, against a rival that tries every placement under each, on random programs."""

import os
from math import prod
from random import Random

import pytest

from gupproof.language import load_text, typed
from tests.support.placements import minimal_placements
from tests.support.searched import searched
from tests.support.slotted_programs import random_slotted

PROGRAMS = int(os.environ.get("GUPPROOF_FUZZ", "10"))
MODELS = ("x86-tso", "armv8/arm64-lse", "armv8/arm64-llsc", "riscv", "power", "lkmm")
MOST = 60


def some_program(random: Random) -> typed.Unit:
    """A random program whose placements can all be tried."""
    while True:
        unit = load_text(random_slotted(random))
        if 1 < prod(len(switch.values) for switch in unit.switches.values()) <= MOST and unit.scenarios["s"].properties:
            return unit


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_the_search_finds_what_suffices_under_each_of_several_models(seed):
    random = Random(f"placements {seed}")
    unit = some_program(random)
    properties = [item.name for item in unit.scenarios["s"].properties]
    wanted = random.sample(properties, random.randint(1, min(2, len(properties))))
    models = random.sample(MODELS, random.randint(2, 3))
    slots = list(unit.switches)
    tried = minimal_placements(unit, "s", slots, wanted, models, may_be_vacuous=True)
    assert searched(unit, "s", slots, wanted, models) == tried
