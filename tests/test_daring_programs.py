"""Random programs that take risks get the same answers from the solver and from enumeration, whichever way switches are set.

Pointers that may be NULL or stray, arrays, asserts, waits, locks, interrupts, loops that are cut short, overflow, choices:
whether a property can be refuted, a cover reached, a bound hit or a type left. One encoding with every switch open answers
as one whose switches were fixed before anything was unrolled.
"""

import os
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gupproof.language import load_text
from gupproof.program.scenario import lower
from gupproof.proving.platforms import Platform, model_of, target_of
from tests.support.answers import Asked, enumerated
from tests.support.daring_programs import daring_text

PROGRAMS = int(os.environ.get("GUPPROOF_FUZZ", "120"))
PLATFORMS = (
    Platform("sc", "x86-64"),
    Platform("x86-tso", "x86-64"),
    Platform("armv8", "arm64-lse"),
    Platform("armv8", "arm64-llsc"),
)
SETTINGS = 2
MOST_EVENTS = 24
MOST_EXECUTIONS = 1500


@settings(max_examples=PROGRAMS, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**40))
def test_solver_and_enumerator_give_the_same_answers(seed: int) -> None:
    random = Random(seed)
    platform = random.choice(PLATFORMS)
    text = daring_text(random)
    unit = load_text(text)
    scenario, target, model = unit.scenarios["s"], target_of(platform), model_of(platform)
    program = lower(unit, scenario, target)
    if len(program.events) > MOST_EVENTS:
        return
    asked = Asked(program, model)
    for _ in range(SETTINGS):
        setting = {name: random.randrange(len(switch.values)) for name, switch in unit.switches.items()}
        fixed = lower(unit, scenario, target, fixed=setting)
        answers = asked.answers(setting)
        assert Asked(fixed, model).answers(setting) == answers, (platform, setting, text)
        expected = enumerated(fixed, model, setting, most=MOST_EXECUTIONS)
        assert expected is None or expected == answers, (platform, setting, text)
