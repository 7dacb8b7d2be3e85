"""Questions to a solver: what it finds is held against what it was asked for."""

import pytest

from gupproof.cat.reader import load_model
from gupproof.encoding.encoding import encode
from gupproof.proving.questions import Questions
from gupproof.solving.solver import Outcome, Solver
from tests.support.programs import Build


@pytest.mark.parametrize(
    ("claim", "problem"),
    [
        ({"refutes": "holds"}, "it does not refute holds"),
        ({"reaches": "never"}, "it does not reach never"),
        ({"raises": "raced"}, "it does not raise raced"),
        ({}, ""),
    ],
)
def test_an_execution_that_does_not_do_what_it_was_asked_for_is_not_believed(tmp_path, claim, problem):
    """One thread reads the initial 0: nothing fails, nothing is reached, nothing is flagged; the question leaves that out."""
    build = Build(x=0)
    value = build.thread().read("x")
    build.properties["holds"] = build.eq(value, 0)
    build.covers["never"] = build.eq(value, 1)
    path = tmp_path / "m.cat"
    path.write_text("acyclic po | rf | co as order flag ~empty co as raced")
    model = load_model(path, tags=frozenset())
    encoding = encode(build.program(), model, flags=True)
    questions = Questions(encoding, model, Solver(encoding.dimacs))
    finding = questions.find([], None, **claim)
    assert (finding.outcome, finding.problem) == (Outcome.SAT, problem)
    assert (finding.replay is None) == bool(problem)
    if problem:
        with pytest.raises(RuntimeError, match=problem):
            questions.ask(timeout=None, **claim)
