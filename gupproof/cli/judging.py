"""Runs ``gupproof litmus``: progress, comparison with a table of expected verdicts, output."""

import csv
import io
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from gupproof.cli.exits import Exit
from gupproof.cli.files import files_of
from gupproof.cli.witnessing import Shower
from gupproof.diagnostics import Diagnostic, GupError, read_source
from gupproof.litmus.frame import Stated, stated_result
from gupproof.proving.observation import LARGEST, Judgement, Observation, Request, judge_all
from gupproof.proving.states import MOST_STATES

LARGEST_TABLE = 20_000_000  # bytes
VERDICTS = {True: "Ok", False: "No"}
RACE = "data-race"  # the flag of the Linux-kernel model


@dataclass(slots=True)
class Tally:
    """What came out so far."""

    judgements: list[Judgement] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    agree: int = 0
    disagree: list[str] = field(default_factory=list)
    compared: bool = False

    def count(self, observation: Observation) -> int:
        """Return how many tests were observed so."""
        return sum(item.observation is observation for item in self.judgements)

    def code(self) -> Exit:
        """Return the exit code."""
        if self.problems:
            return Exit.BAD_INPUT
        if self.disagree:
            return Exit.UNEXPECTED
        return Exit.UNKNOWN if self.count(Observation.UNKNOWN) else Exit.AS_EXPECTED


def run(
    paths: Sequence[str],
    request: Request,
    *,
    expect: str | None,
    jobs: int,
    quiet: bool,
    as_json: bool,
    states: bool = False,
    graph: str | None = None,
) -> None:
    """Judge, print, and end the program with the exit code; Ctrl-C keeps what is finished."""
    started = time.perf_counter()
    expected = _expected(Path(expect)) if expect else {}
    files = files_of(paths, ".litmus")
    request = replace(request, most_states=MOST_STATES if states else 0)
    shower = Shower(request, Path(graph) if graph else None, several=len(files) > 1)
    tally = Tally()
    interrupted = False
    stream = judge_all(files, request, jobs=jobs)
    if as_json:
        click.echo(_HEAD, nl=False)
    try:
        for item in stream:
            _take(item, tally, expected, expect)
            if isinstance(item, Judgement):
                if as_json:
                    click.echo(_row(item, first=len(tally.judgements) == 1), nl=False)
                elif not quiet:
                    _show(item, shower, tally)
            if sys.stderr.isatty() and (as_json or quiet):
                click.echo(f"\r\033[K{len(tally.judgements)}/{len(files)}", nl=False, err=True)
    except KeyboardInterrupt:
        interrupted = True
        stream.close()  # type: ignore[attr-defined]
    finally:
        if sys.stderr.isatty() and (as_json or quiet):
            click.echo("\r\033[K", nl=False, err=True)
    seconds = time.perf_counter() - started
    for problem in tally.problems:
        click.echo(problem.render(), err=True)
    if as_json:
        click.echo(_tail(tally, expected=bool(expect), interrupted=interrupted, seconds=seconds))
    else:
        shower.explain()
        for text in tally.disagree:
            click.echo(f"disagrees: {text}")
        click.echo(_closing(tally, len(files), compared=bool(expect) or tally.compared, seconds=seconds))
    code = tally.code()
    click.get_current_context().exit(Exit.UNKNOWN if interrupted and code is Exit.AS_EXPECTED else code)


def _expected(path: Path) -> dict[str, str]:
    rows = csv.DictReader(io.StringIO(read_source(path, kind="a table of expected verdicts", limit=LARGEST_TABLE)))
    if not rows.fieldnames or not {"test", "verdict"} <= set(rows.fieldnames):
        raise GupError(
            Diagnostic(
                code="U012", message=f"{path} has no columns 'test' and 'verdict'", help="test,verdict in its first line"
            )
        )
    return {str((path.parent / row["test"]).resolve()): row["verdict"] for row in rows}


def _show(item: Judgement, shower: Shower, tally: Tally) -> None:
    try:
        shower.show(item, _line(item))
    except GupError as error:
        tally.problems += error.diagnostics


def _take(item: Judgement | GupError, tally: Tally, expected: dict[str, str], table: str | None) -> None:
    if isinstance(item, GupError):
        tally.problems += [problem for problem in item.diagnostics if problem not in tally.problems]
        return
    tally.judgements.append(item)
    wanted = expected.get(str(Path(item.path).resolve()))
    if item.ok is None:
        return
    if table is None or wanted is None:
        _compare_with_comment(item, tally)
        return
    tally.compared = True
    if VERDICTS[item.ok] == wanted:
        tally.agree += 1
    else:
        tally.disagree.append(f"{item.path}: {VERDICTS[item.ok]} under {item.model}, expected {wanted}")


def _compare_with_comment(item: Judgement, tally: Tally) -> None:
    """Compare a judgement with what a comment in the test says: ``(* Result: Sometimes DATARACE *)``."""
    stated = stated_result(read_source(Path(item.path), kind="a litmus test", limit=LARGEST))
    if not stated.word:
        return
    tally.compared = True
    if wrong := _differs(item, stated):
        tally.disagree.append(f"{item.path}: {wrong}")
    else:
        tally.agree += 1


def _differs(item: Judgement, stated: Stated) -> str:
    """Return how a judgement differs from what is stated, by the rules of the kernel's own script; empty if it does not."""
    decided = RACE in item.watched and f"{RACE}?" not in item.flags
    races = RACE in item.flags
    if decided and races is not stated.races:
        return f"{'a' if races else 'no'} data race under {item.model}, its comment says {'one' if stated.races else 'none'}"
    found = "Deadlock" if item.stuck else item.observation.value
    # With a data race the model promises nothing, and what is stated may be what compilers or machines do.
    if stated.word == found or races:
        return ""
    return f"{found} under {item.model}, its comment says {stated.word}"


def _line(item: Judgement) -> str:
    if item.ok is None:
        return f"{item.observation.value} {item.name}: {item.reason}"
    loop = ", loop unrolled" if item.loop else ""
    flags = f", flags {' '.join(item.flags)}" if item.flags else ""
    verdict = f"{VERDICTS[item.ok]} under {item.model}{loop}{flags}"
    return f"Observation {item.name} {item.observation.value}: {verdict} [{item.seconds:.3f} s]"


def _closing(tally: Tally, planned: int, *, compared: bool, seconds: float) -> str:
    parts = [f"{len(tally.judgements)} of {planned} tests"]
    if compared:
        parts.append(f"{tally.agree} agree, {len(tally.disagree)} disagree")
    parts += [f"{tally.count(Observation.UNSUPPORTED)} unsupported", f"{tally.count(Observation.UNKNOWN)} unknown"]
    if tally.problems:
        parts.append(f"{len(tally.problems)} problems")
    return f"{parts[0]}: {', '.join(parts[1:])}; {seconds:.1f} s"


# One document, written as it comes: each result is a line of its own as soon as it is found, so that none is lost.
_HEAD = """{
  "schema_version": 1,
  "tool": "gupproof",
  "command": "litmus",
  "results": ["""


def _row(item: Judgement, *, first: bool) -> str:
    """Return a result as a line of the document, with what separates it from the one before."""
    result = {
        "path": item.path,
        "name": item.name,
        "model": item.model or None,
        "observation": item.observation.value,
        "verdict": VERDICTS.get(item.ok) if item.ok is not None else None,
        "loop": item.loop,
        "flags": list(item.flags),
        **({"states": list(item.states.found), "complete": item.states.complete} if item.states else {}),
        "reason": item.reason,
        "seconds": round(item.seconds, 4),
    }
    return f"{'' if first else ','}\n    {json.dumps(result)}"


def _tail(tally: Tally, *, expected: bool, interrupted: bool, seconds: float) -> str:
    """Return the end of the document: what is known when all is done."""
    compared = expected or tally.compared
    summary = {
        "tests": len(tally.judgements),
        "agree": tally.agree if compared else None,
        "disagree": len(tally.disagree) if compared else None,
        "unsupported": tally.count(Observation.UNSUPPORTED),
        "unknown": tally.count(Observation.UNKNOWN),
    }
    return (
        f'\n  ],\n  "interrupted": {json.dumps(interrupted)},\n  "seconds": {round(seconds, 3)},'
        f'\n  "summary": {json.dumps(summary)}\n}}'
    )
