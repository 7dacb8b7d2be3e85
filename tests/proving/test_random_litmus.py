"""Random litmus tests, from text to verdict: the solver against the enumerator, under every model of the project.

Both answers are about whole texts, so that readers, lowering, the choice of equal threads, bounds and encoding all have a say.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gupproof.cat.reader import known_models
from gupproof.execution.axioms import raised_flags
from gupproof.execution.enumerator import executions
from gupproof.litmus.frame import read_assembly
from gupproof.litmus.kernel.lower import lower_kernel_c
from gupproof.litmus.kernel.reader import read_kernel_c
from gupproof.litmus.lower import CONDITION, lower_litmus
from gupproof.program.events import Program
from gupproof.proving.observation import Observation, Request, judge
from gupproof.proving.platforms import model_of, platforms, target_of
from tests.support.litmus_texts import DIALECTS, assembly, kernel_c

TESTS = int(os.environ.get("GUPPROOF_FUZZ", "420")) // 7
LIMITS = settings(max_examples=TESTS, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
ASSEMBLY = [(dialect.head, model) for dialect in DIALECTS.values() for model in dialect.models]
KERNEL_C = ("lkmm", "lkmm-same-lock", "lkmm-v2")


def enumerated(program: Program, model_name: str) -> tuple[Observation, set[str]]:
    """What the explicit enumerator says of the condition, and the flags it sees raised."""
    model = model_of(platforms(model_name)[0])
    seen, flags = set(), set()
    for replay in executions(program, model):
        if replay.events.complete:
            seen.add(replay.reaches(CONDITION))
            flags |= {axiom.name for axiom in raised_flags(model, replay)}
    if seen == {True}:
        return Observation.ALWAYS, flags
    return (Observation.SOMETIMES if True in seen else Observation.NEVER), flags


def judged(text: str, folder: Path, model: str) -> tuple[Observation, set[str]]:
    path = folder / "t.litmus"
    path.write_text(text)
    found = judge(path, Request(model=model, unroll=2, timeout=60))
    return found.observation, set(found.flags)


def test_every_model_of_the_project_is_tried():
    assert {model for _, model in ASSEMBLY} | set(KERNEL_C) == set(known_models())


@pytest.mark.parametrize(("head", "model"), ASSEMBLY)
def test_assembly(head: str, model: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("litmus")

    @LIMITS
    @given(data=st.data())
    def agree(data: st.DataObject) -> None:
        text = data.draw(assembly(DIALECTS[head]))
        program = lower_litmus(read_assembly(text, "t.litmus"), unroll=2)
        assert judged(text, folder, model) == enumerated(program, model), text

    agree()


@pytest.mark.parametrize("model", KERNEL_C)
def test_kernel_c(model: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("litmus")
    target = target_of(platforms(model)[0])

    @settings(LIMITS, max_examples=TESTS // 2)
    @given(text=kernel_c())
    def agree(text: str) -> None:
        program = lower_kernel_c(read_kernel_c(text, "t.litmus"), target, unroll=2)
        assert judged(text, folder, model) == enumerated(program, model), text

    agree()
