"""Runs obligations, on several processes, and hands out each result as soon as it is known."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, as_completed
from concurrent.futures.process import BrokenProcessPool

from gupproof.diagnostics import GupError
from gupproof.proving.obligations import Group
from gupproof.proving.platforms import Platform
from gupproof.proving.result import Result, Verdict
from gupproof.proving.session import Session
from gupproof.proving.workers import on, workers


def prove_group(group: Group, *, timeout: float, runs: int = 0) -> tuple[Result, ...]:
    """Return the results of one group, in its order; what its input makes impossible is an ``error`` result."""
    return tuple(prove_each(group, timeout=timeout, runs=runs))


def prove_each(group: Group, *, timeout: float, runs: int = 0) -> Iterator[Result]:
    """Yield the results of one group as they are found."""
    try:
        session = Session(group.unit, group.scenario, Platform(group.model, group.target), dict(group.fixed), group.reading)
    except GupError as error:
        for obligation in group.obligations:
            yield Result(obligation=obligation, verdict=Verdict.ERROR, reason=str(error))
        return
    for obligation in group.obligations:
        yield session.judge(obligation, timeout=timeout, runs=runs)


def prove(groups: Sequence[Group], *, jobs: int, timeout: float, runs: int = 0) -> Iterator[tuple[Result, ...]]:
    """Yield the results of each group as it finishes.

    Args:
        groups: what to prove.
        jobs: processes; 1 stays in this one.
        timeout: seconds of solving for each obligation.
        runs: of the text itself that each proof has to allow.

    """
    if jobs <= 1 or len(groups) <= 1:
        for group in groups:
            for result in prove_each(group, timeout=timeout, runs=runs):
                yield (result,)
        return
    with workers(min(jobs, len(groups)), groups) as executor:
        waiting: dict[Future[tuple[Result, ...]], Group] = {
            executor.submit(on, number, prove_group, timeout=timeout, runs=runs): group for number, group in enumerate(groups)
        }
        for future in as_completed(waiting):
            try:
                yield future.result()
            except BrokenProcessPool:
                yield _lost(waiting[future], "the process that worked on it died (out of memory?)")


def _lost(group: Group, reason: str) -> tuple[Result, ...]:
    return tuple(Result(obligation=item, verdict=Verdict.UNKNOWN, reason=reason) for item in group.obligations)
