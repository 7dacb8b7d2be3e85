"""Tries changes to the text of theorems: progress, Ctrl-C, records, output."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from gupproof.cli.exits import Exit
from gupproof.cli.running import paint
from gupproof.cli.writing import folder, write_whole
from gupproof.language import typed
from gupproof.proving.fingerprint import joint_fingerprint
from gupproof.proving.sensitivity import Question, Sensitivity, sensitivities, tasks_of
from gupproof.report.sensitivity import FILE, closing, document, kept_in, listing, names, progress_line, recorded


def run(
    units: Sequence[typed.Unit],
    questions: Sequence[Question],
    *,
    jobs: int,
    timeout: float,
    every: bool,
    as_json: bool,
    records: Path | None,
) -> None:
    """Try changes, show progress, and print the outcome; Ctrl-C keeps what is finished. Ends the program with the exit code.

    Raises:
        GupError: a memory model cannot be used, or the records not be written.

    """
    started = time.perf_counter()
    marks = _fingerprints(units, questions, every=every)
    kept = kept_in(folder(records) / FILE) if records else []
    answers = _still_fresh(kept, questions, marks)
    reused = len(answers)
    interrupted = False
    report = _progress(len(questions), reused, quiet=as_json)
    tasks = tasks_of(units, [question for question in questions if question.key() not in answers])
    stream = sensitivities(tasks, jobs=jobs, timeout=timeout, every=every)
    try:
        for finished in stream:
            answers |= {item.question.key(): item for item in finished}
            report(finished)
    except KeyboardInterrupt:
        interrupted = True
        stream.close()  # type: ignore[attr-defined]
    finally:
        report(())
    found = [answers[question.key()] for question in questions if question.key() in answers]
    made = document((item, marks[item.question.key()]) for item in found)
    if records:
        write_whole(records / FILE, _text(_merged(made, kept, questions)))
    if as_json:
        click.echo(_text(made), nl=False)
    else:
        if interrupted:
            click.echo("interrupted: these were finished")
        if found:
            click.echo(listing(found, paint=paint if sys.stdout.isatty() else lambda text, _: text))
            click.echo()
        click.echo(closing(found, planned=len(questions), reused=reused, seconds=time.perf_counter() - started))
    if any(item.rests_on_nothing or item.refuted for item in found):
        click.get_current_context().exit(Exit.UNEXPECTED)
    click.get_current_context().exit(Exit.UNKNOWN if interrupted else Exit.AS_EXPECTED)


# ── records ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _fingerprints(units: Sequence[typed.Unit], questions: Sequence[Question], *, every: bool) -> dict[tuple[object, ...], str]:
    """Return for each question a hash of all that its answer depends on."""
    by_path = {unit.path: unit for unit in units}
    return {
        question.key(): joint_fingerprint(by_path[question.file], question.obligations, manner=every) for question in questions
    }


def _still_fresh(
    kept: Sequence[dict[str, Any]], questions: Sequence[Question], marks: dict[tuple[object, ...], str]
) -> dict[tuple[object, ...], Sensitivity]:
    by_name = {names(item): item for item in kept}
    answers = {}
    for question in questions:
        item = by_name.get(question.key())
        if item is not None and item.get("fingerprint") == marks[question.key()]:
            try:
                answers[question.key()] = recorded(item, question)
            except (KeyError, TypeError, ValueError):
                continue
    return answers


def _merged(made: dict[str, Any], kept: Sequence[dict[str, Any]], questions: Sequence[Question]) -> dict[str, Any]:
    """Return the document with the records of theorems that were not asked about."""
    asked = {(question.file, question.theorem) for question in questions}
    others = [item for item in kept if (item["file"], item["theorem"]) not in asked]
    return {**made, "questions": [*others, *made["questions"]]}


def _text(made: dict[str, Any]) -> str:
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


# ── progress ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _progress(planned: int, done: int, *, quiet: bool) -> Callable[[Sequence[Sensitivity]], None]:
    """Return what is told of finished answers: one changing line on a terminal, a line each elsewhere."""
    live = sys.stderr.isatty()

    def report(finished: Sequence[Sensitivity]) -> None:
        nonlocal done
        done += len(finished)
        if live:
            text = f"{done}/{planned} {finished[-1].question.theorem}" if finished else ""
            click.echo(f"\r\033[K{text}", nl=False, err=True)
        elif not quiet:
            for item in finished:
                click.echo(progress_line(item), err=True)

    return report
