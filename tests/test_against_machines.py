"""The whole line, from text to verdict, agrees with machines that run the text itself.

Random .gup programs are interpreted statement by statement (`gupproof.meaning`), over every interleaving (SC), every delay
of buffered stores (x86-TSO). The final states found are then put to the solver: all can be reached, and there are no others.
Unrolling, dependencies, encoding and axioms have to be right for that; the machines share none of them.
"""

import os
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gupproof.language import load_text
from gupproof.meaning import Machine, Outcome, explore
from gupproof.program.scenario import lower
from gupproof.proving.platforms import Platform, model_of, target_of
from tests.support.exactly import disagreement
from tests.support.gup_programs import random_text

PROGRAMS = int(os.environ.get("GUPPROOF_FUZZ", "100"))
MOST_ENDS = 60


def end_text(end: Outcome) -> str:
    """One final state as a condition of the language: numbers are written as they are, addresses as names."""
    return " && ".join(f"{name} == {value}" for name, value in (*end.ghosts, *end.memory))


@pytest.mark.parametrize("machine", Machine)
@settings(max_examples=PROGRAMS, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**40))
def test_solver_and_machine_find_the_same_final_states(machine: Machine, seed: int) -> None:
    text = random_text(Random(seed))
    unit = load_text(text + "\n}\n")
    switches = {name: switch.default for name, switch in unit.switches.items()}
    ends = sorted({end_text(end) for end in explore(unit, unit.scenarios["s"], switches, machine).complete})
    if len(ends) > MOST_ENDS:
        return
    asked = [f"property only : {' || '.join(f'({end})' for end in ends) or 'false'};"]
    asked += [f"cover end{number} : {end};" for number, end in enumerate(ends)]
    unit = load_text("\n".join([text, *asked, "}"]))
    platform = Platform(machine.value, "x86-64")
    program = lower(unit, unit.scenarios["s"], target_of(platform))
    assert disagreement(program, model_of(platform), switches) == "", text
