"""The whole line, from text to verdict, agrees with machines that run the text itself.

Random .gup programs with branches, loops, early exits, calls, pointers, atomics, fences and switches are interpreted statement
by statement, over every interleaving (SC) and every delay of buffered stores (x86-TSO). The final states found are then put to
the solver: they can all be reached, and there are no others. Unrolling, dependencies, encoding and axioms have to be right for
that; the machines share none of them.
"""

import os
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gupproof.language import load_text
from gupproof.program.scenario import lower
from gupproof.proving.platforms import Platform, model_of, target_of
from tests.support import machine
from tests.support.exactly import disagreement
from tests.support.gup_programs import random_text

PROGRAMS = int(os.environ.get("GUPPROOF_FUZZ", "100"))
MOST_ENDS = 60


def end_text(end: machine.Outcome) -> str:
    """One final state as a condition of the language."""
    parts = []
    for name, value in end:
        place = name.removeprefix("&")
        if isinstance(value, machine.Pointer):
            parts.append(f"{place} == &{value.target}")
        elif place == "p" or place.endswith("next"):
            parts.append(f"{place} == NULL")
        else:
            parts.append(f"{place} == {value}")
    return " && ".join(parts)


@pytest.mark.parametrize(("model_name", "buffered"), [("sc", False), ("x86-tso", True)])
@settings(max_examples=PROGRAMS, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**40))
def test_solver_and_machine_find_the_same_final_states(model_name: str, buffered: bool, seed: int) -> None:
    text = random_text(Random(seed))
    unit = load_text(text + "\n}\n")
    switches = {name: switch.default for name, switch in unit.switches.items()}
    ends = [end_text(end) for end in machine.outcomes(unit, unit.scenarios["s"], switches, buffered=buffered)]
    if len(ends) > MOST_ENDS:
        return
    asked = [f"property only : {' || '.join(f'({end})' for end in ends) or 'false'};"]
    asked += [f"cover end{number} : {end};" for number, end in enumerate(ends)]
    unit = load_text("\n".join([text, *asked, "}"]))
    platform = Platform(model_name, "x86-64")
    program = lower(unit, unit.scenarios["s"], target_of(platform))
    assert disagreement(program, model_of(platform), switches) == "", text
