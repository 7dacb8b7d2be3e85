"""Whatever an interpreter does, step by step, the encoding of the same text allows, under every model.

Random programs that mix everything the language has: every run that comes to its end or waits for good is found again among
the executions of the program, and the encoding has it. Sequentially consistent runs are allowed by every model, those of
x86-TSO by its own.
"""

import os
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gupproof.diagnostics import GupError
from gupproof.language import load_text
from gupproof.meaning import Ending, Walk
from gupproof.proving.platforms import platforms
from gupproof.proving.session import Session
from gupproof.solving.solver import Outcome
from tests.support.mixed_programs import mixed_text

PROGRAMS = max(1, int(os.environ.get("GUPPROOF_FUZZ", "40")) // 5)
RUNS = 6
MODELS = ("sc", "x86-tso", "armv8/arm64-llsc", "riscv", "power", "lkmm")
# What the solver's line refuses: too many events, values or threads; a wait for itself that the machine would run into.
REFUSED = ("L004", "L011", "L013", "R001")


def is_held(walk: Walk) -> bool:
    """Whether something in a run was preempted by what waits for good.

    If that was about to fault, or to hit a bound, to a program it has. Nothing is proved of such a text.
    """
    return walk.outcome is not None and any(how is Ending.HELD for _, how in walk.outcome.endings)


@pytest.mark.parametrize("model", MODELS)
@settings(max_examples=PROGRAMS, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**40))
def test_every_run_is_allowed_as_a_whole(model: str, seed: int) -> None:
    text = mixed_text(Random(seed))
    unit = load_text(text)
    switches = {name: switch.default for name, switch in unit.switches.items()}
    (platform,) = platforms(model)
    try:
        session = Session(unit, "s", platform, switches)
    except GupError as refused:
        if {item.code for item in refused.diagnostics} <= set(REFUSED):
            return
        raise

    def allows(literals: Sequence[int]) -> bool:
        return session.solver.ask(literals, ()).outcome is Outcome.SAT

    asked = (session.encoding.bounded, session.encoding.violated["asserts"])
    goes_wrong = any(allows([literal]) for literal in asked)
    walks = [walk for walk in session.injection.runs.made(switches, RUNS) if not (goes_wrong and is_held(walk))]
    injected = session.injection.injected(walks, switches, allows)
    assert (injected.whole, injected.ends, injected.problem) == (len(walks), 0, ""), text
