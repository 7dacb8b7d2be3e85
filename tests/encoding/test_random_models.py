"""Random memory models: the encoding has exactly the executions that the enumerator finds, whatever the axioms say.

The models of the project use a small part of the algebra in one direction. Here every operator stands on either side of a
difference, below a negated axiom, and in recursions, so that bounds, polarities, closures and reductions all matter.
"""

import os
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gupproof.cat.reader import load_model
from gupproof.cat.terms import Model
from gupproof.diagnostics import GupError
from gupproof.execution.enumerator import executions
from tests.support.programs import Build
from tests.support.random_models import FOUNDATION, random_model_text
from tests.support.same_executions import difference
from tests.support.tiny_programs import FENCES, READ_TAGS, WRITE_TAGS, tiny_program

MODELS = int(os.environ.get("GUPPROOF_FUZZ", "250"))
ALL_TAGS = frozenset((*READ_TAGS, *WRITE_TAGS, *FENCES))
MOST_EXECUTIONS = 250
TRIES = 4
UNSUPPORTED = {"E001", "E002", "E003"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


def model_of(folder: Path, text: str) -> Model:
    path = folder / "random.cat"
    path.write_text(text)
    return load_model(path, tags=ALL_TAGS)


@settings(max_examples=MODELS, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**40))
def test_solver_and_enumerator_find_the_same_executions(folder: Path, seed: int) -> None:
    random = Random(seed)
    program = tiny_program(random).program()
    # Most random models forbid everything, which is soon tested enough.
    for _ in range(TRIES):
        text = random_model_text(random)
        model = model_of(folder, text)
        found = list(islice(executions(program, model), MOST_EXECUTIONS))
        if found:
            break
    if len(found) == MOST_EXECUTIONS:
        return
    try:
        problem = difference(program, model, found)
    except GupError as error:
        problem = "" if {item.code for item in error.diagnostics} <= UNSUPPORTED else str(error)
    assert problem == "", f"{problem}\n{text}"


@pytest.mark.parametrize(
    "less", ["[~domain(co)] ; po", "po ; [~domain(fr)]", "[~(M & domain(com))] ; po", "po ; [M \\ range(rf)]"]
)
def test_a_set_that_is_less_for_several_reasons(folder: Path, less: str) -> None:
    model = model_of(folder, f"{FOUNDATION}acyclic (po | com) \\ ({less})\n")
    for seed in range(40):
        program = tiny_program(Random(seed)).program()
        found = list(islice(executions(program, model), MOST_EXECUTIONS))
        assert len(found) == MOST_EXECUTIONS or difference(program, model, found) == "", seed


@pytest.mark.parametrize("axiom", ["~empty IW \\ domain(rf)", "empty (IW * IW) & ~id", "acyclic (IW * IW) \\ id"])
def test_a_location_that_no_thread_accesses_has_an_initial_write_too(folder: Path, axiom: str) -> None:
    build = Build(x=0, y=0)
    build.thread().read("x")
    model = model_of(folder, f"{axiom}\n")
    assert difference(build.program(), model, list(executions(build.program(), model))) == ""
