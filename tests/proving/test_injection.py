"""Runs of the text beside a proof: they have to be allowed, and what the proof says of them is true."""

import pytest

from gupproof.meaning import Outcome
from gupproof.proving.injection import Runs
from gupproof.proving.obligations import grouped, obligations_of
from gupproof.proving.platforms import Platform
from gupproof.proving.result import Result, Verdict
from gupproof.proving.session import Session
from tests.support.proofs import unit_of

BUFFERING = (
    "scenario s { int x, y; ghost int r, q; thread a { WRITE_ONCE(x, 1); r = READ_ONCE(y); }"
    " thread b { WRITE_ONCE(y, 1); q = READ_ONCE(x); } property seen : r == 1 || q == 1; property written : x == 1; }"
)


def judged(name: str, model: str, runs: int = 12) -> Result:
    unit = unit_of(f"{BUFFERING} theorem t {{ s shows {name} under {model} expect proved; }}")
    (group,) = grouped([unit], obligations_of(unit))
    session = Session(unit, group.scenario, Platform(group.model, group.target), dict(group.fixed))
    return session.judge(group.obligations[0], timeout=30, runs=runs)


@pytest.mark.parametrize("model", ["sc", "x86-tso", "armv8/arm64-lse", "lkmm"])
def test_a_proof_allows_runs_of_the_text(model: str) -> None:
    found = judged("written", model)
    assert (found.verdict, found.runs) == (Verdict.PROVED, 12)
    assert judged("written", model, runs=0).runs == 0


def test_runs_under_sc_are_interleavings() -> None:
    """One with store buffers would refute it."""
    assert (judged("seen", "sc", 40).verdict, judged("seen", "x86-tso").verdict) == (Verdict.PROVED, Verdict.REFUTED)


def test_a_run_that_the_encoding_does_not_allow_is_an_internal_error(monkeypatch) -> None:
    state = Runs.state
    monkeypatch.setattr(Runs, "state", lambda self, outcome: [(expr, 1 - value) for expr, value in state(self, outcome) or ()])
    found = judged("written", "sc")
    assert (found.verdict, found.internal) == (Verdict.ERROR, True)
    assert found.reason.startswith("the encoding does not allow a run of the text")


def test_a_run_that_refutes_what_was_proved_is_an_internal_error(monkeypatch) -> None:
    monkeypatch.setattr(Outcome, "refutes", lambda self, name: name == "written")
    found = judged("written", "sc")
    assert (found.verdict, found.internal) == (Verdict.ERROR, True)
    assert found.reason.startswith("a run of the text refutes what was proved")
