"""The whole line, from text to verdict, agrees with machines that run the text itself.

Random .gup programs are interpreted statement by statement (`gupproof.meaning`), over every interleaving (SC) and every delay
of buffered stores (x86-TSO). The final states found are then put to the solver: they can all be reached, and there are no
others. Of programs that mix everything so are asserts, faults and bounds. Unrolling, dependencies, encoding and axioms have to
be right for that; the machines share none of them.
"""

import os
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gupproof.diagnostics import GupError
from gupproof.language import load_text
from gupproof.meaning import Machine, TooManyStatesError, explore
from gupproof.program.scenario import lower
from gupproof.proving.platforms import Platform, model_of, target_of
from tests.support.compared import differences, end_text
from tests.support.exactly import disagreement
from tests.support.gup_programs import random_text
from tests.support.mixed_programs import PROPOSITIONS, mixed_head

PROGRAMS = int(os.environ.get("GUPPROOF_FUZZ", "40"))
MOST_ENDS = 60
MOST_STATES = 10_000
# What the solver's line refuses: too many events, values or threads; a wait for itself that the machine would run into.
REFUSED = ("L004", "L011", "L013", "R001")


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


@pytest.mark.parametrize("machine", Machine)
@settings(max_examples=max(1, PROGRAMS // 2), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**40))
def test_solver_and_machine_agree_on_programs_that_mix_everything(machine: Machine, seed: int) -> None:
    head = mixed_head(Random(seed))
    try:
        found = differences(head, PROPOSITIONS, machine, limit=MOST_STATES)
    except TooManyStatesError:
        return
    except GupError as refused:
        if {item.code for item in refused.diagnostics} <= set(REFUSED):
            return
        raise
    assert found == [], head
