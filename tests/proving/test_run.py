"""Running many obligations: in this process and on several."""

import multiprocessing
import os
import time

import pytest

from gupproof.proving import run as run_module
from gupproof.proving.result import Verdict
from gupproof.proving.run import prove, prove_each, prove_group
from tests.support.proofs import BUFFERING, groups_of

THEOREM = "theorem t { buffering shows seen, small under sc, x86-tso, armv8 covering none expect proved; }"


@pytest.fixture(scope="module")
def groups():
    return groups_of(BUFFERING + THEOREM)


def flat(stream):
    return {(item.obligation.property, item.obligation.target, item.obligation.model): item for part in stream for item in part}


def test_several_processes_find_what_one_finds(groups):
    alone, together = flat(prove(groups, jobs=1, timeout=30)), flat(prove(groups, jobs=2, timeout=30))
    assert {key: item.verdict for key, item in alone.items()} == {key: item.verdict for key, item in together.items()}
    assert len(alone) == sum(len(group.obligations) for group in groups) == 8
    assert {item.verdict for item in alone.values()} == {Verdict.PROVED, Verdict.REFUTED}


def test_results_come_as_they_are_found(groups, monkeypatch):
    asked = []
    real = run_module.Session

    def watched(*arguments):
        asked.append(arguments[2])
        return real(*arguments)

    monkeypatch.setattr(run_module, "Session", watched)
    stream = prove(groups, jobs=1, timeout=30)
    next(stream)
    assert len(asked) == 1, "nothing of the second group before the first is told"
    rest = list(stream)
    assert len(rest) == 7
    assert len(asked) == len(groups)


def test_results_of_a_group_are_in_its_order(groups):
    results = prove_group(groups[0], timeout=30)
    assert [result.obligation for result in results] == list(groups[0].obligations)


def test_input_that_cannot_be_used_is_an_error_for_each_obligation_and_stops_no_other_group():
    text = """
    scenario endless { int x; thread t { while (READ_ONCE(x)) { } } property p : true; property q : true; }
    theorem t { endless shows p, q under sc expect proved; buffering shows small under sc expect proved; }
    """
    results = [result for part in prove(groups_of(BUFFERING + text), jobs=2, timeout=30) for result in part]
    by_scenario = {(result.obligation.scenario, result.obligation.property): result for result in results}
    assert len(results) == 3
    for name in ("p", "q"):
        result = by_scenario["endless", name]
        assert result.verdict is Verdict.ERROR
        assert "this loop has no bound" in result.reason
        assert "while (READ_ONCE(x))" in result.reason, "the line is shown"
    assert by_scenario["buffering", "small"].verdict is Verdict.PROVED


def test_nothing_to_prove_is_no_result():
    assert list(prove([], jobs=4, timeout=1)) == []


def test_whoever_stops_listening_leaves_no_process_behind(groups, monkeypatch):
    """Closing the stream (Ctrl-C) ends workers that would work for another minute."""

    monkeypatch.setattr(run_module, "prove_group", _Slow(groups[0].model))
    started = time.perf_counter()
    stream = prove(groups, jobs=2, timeout=30)
    first = next(stream)
    assert first
    workers = multiprocessing.active_children()
    assert workers
    stream.close()
    assert time.perf_counter() - started < 30
    for worker in workers:
        worker.join(timeout=10)
        assert not worker.is_alive()


class _Slow:
    """Proves the groups of one model, and sleeps on the others; found by name in a worker, hence no local function."""

    def __init__(self, model: str) -> None:
        self.model = model

    def __call__(self, group, *, timeout, runs):
        del runs
        if group.model == self.model:
            return tuple(prove_each(group, timeout=timeout))
        time.sleep(60)
        return ()


class _Dies:
    def __call__(self, group, *, timeout, runs):
        del group, timeout, runs
        os._exit(1)


def test_a_worker_that_dies_makes_its_obligations_unknown(groups, monkeypatch):
    monkeypatch.setattr(run_module, "prove_group", _Dies())
    results = [result for part in prove(groups, jobs=2, timeout=30) for result in part]
    assert len(results) == 8
    assert {result.verdict for result in results} == {Verdict.UNKNOWN}
    assert {result.reason for result in results} == {"the process that worked on it died (out of memory?)"}
