"""The small theorems, decided a second time: by enumerating every execution instead of solving."""

import pytest

from gupproof.execution.enumerator import reachable
from gupproof.language.loader import load
from gupproof.program.scenario import lower
from gupproof.proving.obligations import obligations_of
from gupproof.proving.platforms import Platform, model_of, target_of
from gupproof.resources import proofs_dir


@pytest.mark.parametrize("name", ["litmus"])
def test_same_verdicts(name):
    unit = load(proofs_dir() / f"{name}.gup")
    obligations = obligations_of(unit)
    assert obligations
    for item in obligations:
        platform = Platform(item.model, item.target)
        program = lower(unit, unit.scenarios[item.scenario], target_of(platform), fixed=dict(item.values))
        found = reachable(program, model_of(platform), lambda result, item=item: result.refutes(item.property))
        assert (found is not None) == (item.expect == "refuted"), (item.theorem, item.property, item.model, item.target)
