"""Runs ``gupproof export``: finds a refutation, writes it as a litmus test, and judges what was written."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from gupproof.cli.running import files_naming, gup_files, load_all, require_theorems
from gupproof.cli.writing import write_whole
from gupproof.diagnostics import Diagnostic, GupError
from gupproof.execution.replay import Replay, replay
from gupproof.proving.obligations import Group, grouped, obligations_of
from gupproof.proving.observation import Judgement, Observation, Request, judge
from gupproof.proving.platforms import Platform, Reading
from gupproof.proving.result import Obligation, Verdict
from gupproof.proving.session import Session
from gupproof.report.assembly import write_assembly
from gupproof.report.dialects import DIALECTS, refuse
from gupproof.report.kernel_c import write_kernel_c
from gupproof.report.straight import straighten

KERNEL_TARGET = "lkmm"
_ALLOWED = (Observation.SOMETIMES, Observation.ALWAYS)


def export(
    subject: str,
    paths: Sequence[str],
    reading: Reading,
    *,
    models: Sequence[str],
    properties: Sequence[str],
    output: str | None,
    timeout: float,
) -> None:
    """Write the first refutation as a litmus test.

    Raises:
        GupError: there is none, or it cannot be written.

    """
    groups = _groups(subject, paths, reading, models=models, properties=properties)
    for obligation, found in _refutations(groups, timeout):
        text = litmus_test(obligation, found)
        _check(text, obligation, reading, timeout)
        if output is None:
            click.echo(text, nl=False)
        else:
            write_whole(Path(output), text)
        return
    raise GupError(
        Diagnostic(
            code="U016",
            message=f"nothing of {subject} is refuted: there is no execution to write",
            help="gupproof prove shows the verdicts; without a fence or an order that a theorem needs it may be refuted",
        )
    )


def _groups(
    subject: str, paths: Sequence[str], reading: Reading, *, models: Sequence[str], properties: Sequence[str]
) -> tuple[Group, ...]:
    if subject.endswith(".gup"):
        units, theorems = load_all(gup_files([subject, *paths])), []
    else:
        units, theorems = load_all(files_naming(gup_files(paths), [subject])), [subject]
        require_theorems(units, theorems)
    obligations = [
        item
        for unit in units
        for item in obligations_of(unit, theorems=theorems, models=models)
        if not properties or item.property in properties
    ]
    if not obligations:
        raise click.UsageError(f"{subject} has no theorem that says anything under that model or of that property")
    return grouped(units, obligations, reading)


def _refutations(groups: Sequence[Group], timeout: float) -> Iterator[tuple[Obligation, Replay]]:
    for group in groups:
        session = Session(group.unit, group.scenario, Platform(group.model, group.target), dict(group.fixed), group.reading)
        for obligation in group.obligations:
            result = session.judge(obligation, timeout=timeout)
            if result.verdict is Verdict.REFUTED and result.execution is not None:
                yield obligation, replay(session.program, result.execution)


def litmus_test(obligation: Obligation, found: Replay) -> str:
    """Return the execution that refutes an obligation as a litmus test.

    Raises:
        GupError: it cannot be written.

    """
    name = re.sub(r"\W+", "-", f"{obligation.scenario}-{obligation.property}-{obligation.model}")
    comment = f"An execution of {obligation.scenario} that refutes {obligation.property} under {obligation.model}"
    if settings := ", ".join(f"{switch} = {value}" for switch, value in obligation.settings):
        comment += f" with {settings}"
    straight = straighten(found)
    if obligation.target == KERNEL_TARGET:
        return write_kernel_c(straight, name, comment)
    dialect = DIALECTS.get(obligation.target)
    if dialect is None:
        raise refuse(f"no assembly is known for target {obligation.target}")
    return write_assembly(straight, dialect, name, comment)


def _check(text: str, obligation: Obligation, reading: Reading, timeout: float) -> None:
    """Judge the test that was written: its condition is that execution's, so the model must allow it."""
    judgement = judged(text, Request(model=obligation.model, unroll=0, timeout=timeout, reading=reading))
    if judgement.observation in _ALLOWED:
        return
    if judgement.observation is Observation.NEVER:
        raise refuse("a control dependency in it ends before its thread does, and a litmus test has no way to end one")
    raise refuse(judgement.reason)


def judged(text: str, request: Request) -> Judgement:
    """Judge a test that was written, before anybody sees it.

    Raises:
        GupError: it cannot be read, or is too large.

    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "written.litmus"
        path.write_text(text, encoding="utf-8")
        return judge(path, request)
