"""The encoding and the explicit enumerator agree on random programs, under every model.

The two share the events of a program and the terms of a model, and nothing else.
"""

import os
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gupproof.cat.reader import load_model
from gupproof.execution.enumerator import executions
from gupproof.execution.replay import Replay
from gupproof.program.events import Kind
from gupproof.program.expr import Expr
from gupproof.program.target_reader import known_targets
from gupproof.resources import models_dir
from tests.support.exactly import disagreement
from tests.support.programs import Build
from tests.support.randomly import TAGS, random_program

PROGRAMS = int(os.environ.get("GUPPROOF_FUZZ", "200"))
ALL_TAGS = frozenset().union(*(target.tags for target in known_targets()), *(sum(kinds, ()) for kinds in TAGS.values()))


def end_of(build: Build, replay: Replay) -> Expr:
    """What every read reads and every location finally holds, as a condition."""
    parts = []
    for event in build.events:
        if event.kind is Kind.READ:
            executed = event.id in replay.events.address
            parts.append(event.guard if executed else build.pool.negation(event.guard))
            if executed:
                parts.append(build.eq(event.value, replay.events.value[event.id]))
    parts += [build.eq(build.final(name), replay.memory[address]) for name, address in build.address.items()]
    return build.all(*parts)


@pytest.mark.parametrize("model_name", list(TAGS))
@settings(max_examples=PROGRAMS, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**40))
def test_solver_and_enumerator_find_the_same_ends(model_name: str, seed: int) -> None:
    model = load_model(models_dir() / f"{model_name}.cat", tags=ALL_TAGS)
    build = random_program(Random(seed), model_name)
    ends = list(dict.fromkeys(end_of(build, replay) for replay in executions(build.program(), model)))
    build.covers.update({f"end {number}": end for number, end in enumerate(ends)})
    build.properties["only"] = build.pool.lor(*ends)
    assert disagreement(build.program(), model) == ""
