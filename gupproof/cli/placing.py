"""Answers questions about placements: finding theorems, progress, Ctrl-C, output."""

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from gupproof.cli.drawing import drawings
from gupproof.cli.exits import Exit
from gupproof.cli.running import files_naming, gup_files, load_all, require_theorems
from gupproof.diagnostics import Diagnostic, GupError
from gupproof.language import typed
from gupproof.placing.answer import Answer, Cheapest
from gupproof.placing.asking import answers_to, placement_questions, proposal, question_of
from gupproof.placing.goals import Question
from gupproof.placing.run import answer, cheapest, trial
from gupproof.placing.search import Progress
from gupproof.program.costs import read_costs, repriced
from gupproof.program.target_reader import known_targets
from gupproof.program.targets import Target
from gupproof.proving.platforms import Platform, target_of
from gupproof.proving.result import SCHEMA_VERSION, Result
from gupproof.report.placements import (
    answer_json,
    answer_text,
    cheapest_json,
    cheapest_text,
    heading,
    question_json,
    trial_json,
    trial_text,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the user wants to know, and how: the options of the command."""

    models: tuple[str, ...]
    slots: tuple[str, ...]
    settings: tuple[str, ...]
    proposed: str | None
    only_cheapest: bool
    stories: bool
    as_json: bool
    timeout: float
    jobs: int
    costs: Path | None
    draw: Path | None
    records: Path | None


def run(words: Sequence[str], wanted: Wanted) -> None:
    """Answer the questions of theorems, and print the answers. Ends the program with the exit code.

    Raises:
        GupError: a theorem, slot, model or file cannot be used.

    """
    paths = [word for word in words if word.endswith(".gup") or Path(word).exists()]
    names = [word for word in words if word not in paths]
    units = load_all(files_naming(gup_files(paths), names))
    require_theorems(units, names)
    questions = _questions(units, names, wanted)
    targets = _targets(questions, wanted.costs)
    if wanted.proposed is not None:
        _try(questions, targets, wanted)
    elif wanted.only_cheapest:
        _cheapest(questions, targets, wanted)
    else:
        _answer(questions, targets, wanted)


def _questions(units: Sequence[typed.Unit], names: Sequence[str], wanted: Wanted) -> list[Question]:
    """The questions that theorems ask themselves; else the one that they ask together."""
    theorems = [
        (unit, theorem)
        for unit in units
        for theorem in unit.theorems.values()
        if not names or any(answers_to(theorem, name) for name in names)
    ]
    asked = [item for unit, theorem in theorems for item in placement_questions(unit, theorem, wanted.models)]
    if asked and not wanted.slots and not wanted.settings:
        return asked
    if not names:
        raise GupError(
            Diagnostic(
                code="U019",
                message="no theorem there asks where barriers have to be",
                help="name a theorem, or give one a line `places SLOT for PROPERTY under MODEL expect { SLOT = value };`",
            )
        )
    chosen: dict[str, str] = {}
    for setting in wanted.settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise click.BadParameter(f"'{setting}' is no NAME=VALUE", param_hint="--config")
        chosen[name.strip()] = value.strip()
    return [question_of(theorems, models=wanted.models, settings=chosen, only=wanted.slots)]


def _targets(questions: Sequence[Question], costs: Path | None) -> dict[Platform, Target]:
    """The targets of all platforms; with the costs of a file, if one is given."""
    targets = {platform: target_of(platform) for question in questions for platform in question.platforms}
    if costs is None:
        return targets
    known = {target.name: target for target in (*known_targets(), *targets.values())}
    read = read_costs(costs, list(known.values()))
    return {platform: repriced(target, read) for platform, target in targets.items()}


# ── the three ways to ask ────────────────────────────────────────────────────────────────────────────────────────────


def _answer(questions: Sequence[Question], targets: Mapping[Platform, Target], wanted: Wanted) -> None:
    found: list[Answer] = []
    interrupted = False
    progress = _progress(quiet=wanted.as_json)
    try:
        for question in questions:
            item = answer(question, targets, limit=wanted.timeout, tell=progress)
            found.append(item)
            if not wanted.as_json:
                progress("", None)
                click.echo(answer_text(item, stories=wanted.stories))
                click.echo()
    except KeyboardInterrupt:
        interrupted = True
    progress("", None)
    for path in drawings([result for item in found for result in _executions(item)], wanted.draw) if wanted.draw else ():
        click.echo(f"drawn: {path}", err=wanted.as_json)
    if wanted.as_json:
        _print({"interrupted": interrupted, "questions": [answer_json(item) for item in found]})
    else:
        if interrupted:
            click.echo("interrupted: these were finished")
        click.echo(_closing(found, len(questions)))
    _leave(_code(found, complete=len(found) == len(questions)))


def _cheapest(questions: Sequence[Question], targets: Mapping[Platform, Target], wanted: Wanted) -> None:
    documents, incomplete = [], False
    progress = _progress(quiet=wanted.as_json)
    for question in questions:
        found = cheapest(question, targets, limit=wanted.timeout, tell=progress)
        progress("", None)
        incomplete = incomplete or not all(item.proved for item in found)
        documents.append({**question_json(question), "cheapest": [cheapest_json(question, item) for item in found]})
        if not wanted.as_json:
            click.echo(_cheapest_text(question, found))
            click.echo()
    if wanted.as_json:
        _print({"interrupted": False, "questions": documents})
    _leave(Exit.UNKNOWN if incomplete else Exit.AS_EXPECTED)


def _cheapest_text(question: Question, found: Sequence[Cheapest]) -> str:
    lines = [f"  {cheapest_text(question, item)}" for item in found]
    return "\n".join([heading(question), "", "the cheapest that suffices everywhere", *lines])


def _try(questions: Sequence[Question], targets: Mapping[Platform, Target], wanted: Wanted) -> None:
    documents = []
    worths: list[bool | None] = []
    for question in questions:
        placement = proposal(question.slots, wanted.proposed or "")
        found = trial(question, targets, placement, limit=wanted.timeout)
        worths += [worth for _, worth, _ in found]
        documents.append(trial_json(question, placement, found))
        if not wanted.as_json:
            click.echo(trial_text(question, placement, found))
            click.echo()
        for path in drawings([result for _, _, result in found if result], wanted.draw) if wanted.draw else ():
            click.echo(f"drawn: {path}", err=wanted.as_json)
    if wanted.as_json:
        _print({"interrupted": False, "questions": documents})
    _leave(Exit.UNEXPECTED if False in worths else Exit.UNKNOWN if None in worths else Exit.AS_EXPECTED)


def _executions(found: Answer) -> list[Result]:
    """Every execution that an answer tells of."""
    views = [view.defeat for view in (*found.alone, found.together)]
    reasons = [reason.result for reasons in found.reasons.values() for reason in reasons]
    return [result for result in (*views, *reasons) if result is not None]


def _closing(found: Sequence[Answer], planned: int) -> str:
    judged = [item.as_expected for item in found if item.as_expected is not None]
    wrong = sum(not item for item in judged)
    verdict = (f"; {wrong} NOT AS EXPECTED" if wrong else "; all as expected") if judged else ""
    open_ones = sum(not item.together.found.complete for item in found)
    more = f"; {open_ones} not all found out in time" if open_ones else ""
    asked = sum(item.asked for item in found)
    noun = "question" if planned == 1 else "questions"
    seconds = sum(item.seconds for item in found)
    return f"{len(found)} of {planned} {noun}{verdict}{more}; {asked} solver calls; {seconds:.1f} s"


def _code(found: Sequence[Answer], *, complete: bool) -> Exit:
    if any(item.as_expected is False for item in found):
        return Exit.UNEXPECTED
    if not complete or any(not view.found.complete for item in found for view in (*item.alone, item.together)):
        return Exit.UNKNOWN
    return Exit.AS_EXPECTED


def _print(document: Mapping[str, object]) -> None:
    head = {"schema_version": SCHEMA_VERSION, "tool": "gupproof", "command": "barriers"}
    click.echo(json.dumps({**head, **document}, indent=2))


def _leave(code: Exit) -> None:
    click.get_current_context().exit(code)


def _progress(*, quiet: bool) -> Callable[[str, Progress | None], None]:
    """Return what is told of searches: one changing line on a terminal, one every few seconds elsewhere."""
    live = sys.stderr.isatty()
    started = last = time.perf_counter()

    def report(what: str, progress: Progress | None) -> None:
        nonlocal last
        now = time.perf_counter()
        if progress is None:
            click.echo("\r\033[K" if live else "", nl=False, err=True)
            return
        if quiet or now - last < (0.1 if live else 5.0):
            return
        last = now
        best = "none yet" if progress.best is None else str(progress.best)
        known = f"{progress.found} found, {progress.asked} solver calls, weight at least {progress.bound}, best {best}"
        text = f"{what}: {known}, {now - started:.0f} s"
        click.echo(f"\r\033[K{text}" if live else text, nl=not live, err=True)

    return report
