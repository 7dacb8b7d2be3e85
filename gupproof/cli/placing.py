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
from gupproof.cli.running import files_naming, gup_files, load_all, paths_and_names, require_theorems
from gupproof.cli.writing import folder, write_whole
from gupproof.diagnostics import Diagnostic, GupError
from gupproof.language import typed
from gupproof.placing.answer import Answer, Cheapest
from gupproof.placing.asking import answers_to, placement_questions, proposal, question_of
from gupproof.placing.goals import Question
from gupproof.placing.run import answers, cheapest, trial
from gupproof.placing.search import Progress
from gupproof.program.costs import read_costs, repriced
from gupproof.program.target_reader import known_targets
from gupproof.program.targets import Target
from gupproof.proving.platforms import Platform, target_of
from gupproof.proving.result import SCHEMA_VERSION, Result
from gupproof.report.placement_store import PlacementStore, executions, mark
from gupproof.report.placements import (
    Json,
    answer_json,
    answer_text,
    cheapest_json,
    cheapest_text,
    heading,
    question_json,
    summary,
    trial_json,
    trial_text,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the user wants to know, and how: the options of the command."""

    models: tuple[str, ...]
    slots: tuple[str, ...]
    fixed: tuple[str, ...]
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
    if wanted.proposed is not None and wanted.only_cheapest:
        raise click.UsageError("--try judges one proposal, --cheapest looks for others: give one of the two")
    paths, names = paths_and_names(words)
    units = load_all(files_naming(gup_files(paths), names))
    require_theorems(units, names)
    questions = _questions(units, names, wanted)
    targets = _targets(questions, wanted.costs)
    if wanted.proposed is not None:
        _try(questions, targets, wanted)
    elif wanted.only_cheapest:
        _cheapest(questions, targets, wanted)
    else:
        _answer(questions, targets, wanted, at_length=bool(names) and wanted.records is None)


def _questions(units: Sequence[typed.Unit], names: Sequence[str], wanted: Wanted) -> list[Question]:
    """The questions that theorems ask themselves; else the one that they ask together."""
    theorems = [
        (unit, theorem)
        for unit in units
        for theorem in unit.theorems.values()
        if not names or any(answers_to(theorem, name) for name in names)
    ]
    asked = [item for unit, theorem in theorems for item in placement_questions(unit, theorem, wanted.models)]
    if asked and not wanted.slots and not wanted.settings and not wanted.fixed:
        # What is asked for by its own name is not passed over because another theorem asks a question itself.
        others = [(unit, theorem) for unit, theorem in theorems if theorem.name in names and not theorem.placements]
        return [*asked, question_of(others, models=wanted.models)] if others else asked
    if not names:
        raise GupError(
            Diagnostic(
                code="U019",
                message="no theorem there asks where barriers have to be",
                help="name a theorem, or give one a line `places SLOT for PROPERTY under MODEL expect { SLOT = value };`",
            )
        )
    chosen = _named_values(wanted.settings, "--config")
    fixed = _named_values(wanted.fixed, "--set")
    return [question_of(theorems, models=wanted.models, settings=chosen, only=wanted.slots, fixed=fixed)]


def _named_values(settings: Sequence[str], option: str) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for setting in settings:
        name, equals, value = (word.strip() for word in setting.partition("="))
        if not equals:
            raise click.BadParameter(f"'{setting}' is no NAME=VALUE", param_hint=option)
        if chosen.get(name, value) != value:
            raise click.BadParameter(f"{name} cannot be {chosen[name]} and {value}", param_hint=option)
        chosen[name] = value
    return chosen


def _targets(questions: Sequence[Question], costs: Path | None) -> dict[Platform, Target]:
    """The targets of all platforms; with the costs of a file, if one is given."""
    targets = {platform: target_of(platform) for question in questions for platform in question.platforms}
    if costs is None:
        return targets
    known = {target.name: target for target in (*known_targets(), *targets.values())}
    read = read_costs(costs, list(known.values()))
    return {platform: repriced(target, read) for platform, target in targets.items()}


# ── the three ways to ask ────────────────────────────────────────────────────────────────────────────────────────────


def _answer(questions: Sequence[Question], targets: Mapping[Platform, Target], wanted: Wanted, *, at_length: bool) -> None:
    """Answer questions, with all that was found out where they are few, else in a line each."""
    started = time.perf_counter()
    store = PlacementStore(folder(wanted.records)) if wanted.records else None
    marks = [mark(question, targets) for question in questions] if store else []
    documents: dict[int, Json] = {}
    for number, question in enumerate(questions if store else ()):
        kept = store.find(question, marks[number]) if store else None
        # What the time was not enough for is tried again.
        if isinstance(kept, dict) and _is_complete(kept):
            documents[number] = kept
    reused = len(documents)
    left = [number for number in range(len(questions)) if number not in documents]
    progress = _progress(quiet=wanted.as_json)
    counter = _counter(len(questions), quiet=wanted.as_json)
    stream = answers([questions[n] for n in left], targets, jobs=wanted.jobs, limit=wanted.timeout, tell=progress)
    told: dict[int, Answer] = {}
    interrupted = False
    try:
        for position, found in stream:
            number = left[position]
            told[number] = found
            documents[number] = answer_json(found)
            if store:
                _keep(store, found, marks[number])
            counter(len(documents))
    except KeyboardInterrupt:
        interrupted = True
        stream.close()  # type: ignore[attr-defined]
    finally:
        counter(0)
    results = [result for number in sorted(told) for result in executions(told[number])]
    for path in drawings(results, wanted.draw) if wanted.draw else ():
        click.echo(f"drawn: {path}", err=wanted.as_json)
    found_out = [documents[number] for number in sorted(documents)]
    if wanted.as_json:
        _print({"interrupted": interrupted, "questions": found_out})
    else:
        if interrupted:
            click.echo("interrupted: these were finished")
        if at_length:
            for number in sorted(told):
                click.echo(answer_text(told[number], stories=wanted.stories) + "\n")
        elif found_out:
            click.echo(summary(found_out) + "\n")
        click.echo(_closing(found_out, len(questions), reused, time.perf_counter() - started))
    _leave(_code(found_out, complete=len(found_out) == len(questions)))


def _keep(store: PlacementStore, found: Answer, found_from: str) -> None:
    """Write an answer's record and drawings; those that an earlier answer left behind go."""
    files = store.files(found, found_from)
    record = store.path(found.question)
    folder(record.parent)
    for path, text in files.items():
        write_whole(path, text)
    for old in set(record.parent.glob(f"{record.stem}-*.svg")) - set(files):
        old.unlink(missing_ok=True)


def _cheapest(questions: Sequence[Question], targets: Mapping[Platform, Target], wanted: Wanted) -> None:
    documents: list[Json] = []
    complete, interrupted = True, False
    progress = _progress(quiet=wanted.as_json)
    try:
        for question in questions:
            found = cheapest(question, targets, limit=wanted.timeout, tell=progress)
            progress("", None)
            complete = complete and all(item.proved for item in found)
            documents.append({**question_json(question), "cheapest": [cheapest_json(question, item) for item in found]})
            if not wanted.as_json:
                click.echo(_cheapest_text(question, found) + "\n")
    except KeyboardInterrupt:
        interrupted = True
    _print_finished(documents, interrupted=interrupted, as_json=wanted.as_json)
    _leave(Exit.AS_EXPECTED if complete and not interrupted else Exit.UNKNOWN)


def _cheapest_text(question: Question, found: Sequence[Cheapest]) -> str:
    lines = [cheapest_text(question, item, indent="  ") for item in found]
    return "\n".join([heading(question), "", "the cheapest that suffices everywhere", *lines])


def _try(questions: Sequence[Question], targets: Mapping[Platform, Target], wanted: Wanted) -> None:
    proposed = [proposal(question, wanted.proposed or "") for question in questions]
    documents: list[Json] = []
    worths: list[bool | None] = []
    defeats: list[Result] = []
    interrupted = False
    try:
        for question, placement in proposed:
            found = trial(question, targets, placement, limit=wanted.timeout)
            worths += [judged.sufficient for _, judged, _ in found]
            defeats += [result for _, _, result in found if result]
            documents.append(trial_json(question, placement, found))
            if not wanted.as_json:
                click.echo(trial_text(question, placement, found) + "\n")
    except KeyboardInterrupt:
        interrupted = True
    for path in drawings(defeats, wanted.draw) if wanted.draw else ():
        click.echo(f"drawn: {path}", err=wanted.as_json)
    _print_finished(documents, interrupted=interrupted, as_json=wanted.as_json)
    if False in worths:
        _leave(Exit.UNEXPECTED)
    _leave(Exit.UNKNOWN if None in worths or interrupted else Exit.AS_EXPECTED)


def _print_finished(documents: Sequence[Json], *, interrupted: bool, as_json: bool) -> None:
    """Print the document of what was finished; where all was printed as it came, say if that was the end too soon."""
    if as_json:
        _print({"interrupted": interrupted, "questions": documents})
    elif interrupted:
        click.echo("interrupted: these were finished")


def _closing(found: Sequence[Json], planned: int, reused: int, seconds: float) -> str:
    judged = [item["as_expected"] for item in found if item["as_expected"] is not None]
    wrong = sum(not item for item in judged)
    verdict = (f"; {wrong} NOT AS EXPECTED" if wrong else "; all as expected") if judged else ""
    unfinished = [item for item in found if not _is_complete(item)]
    late = sum(map(_is_late, unfinished))
    more = f"; {late} not all found out in time" if late else ""
    more += f"; {len(unfinished) - late} not all decided" if len(unfinished) > late else ""
    records = f"; {reused} from records" if reused else ""
    asked = sum(item["asked"] for item in found)
    count = f"{planned} question{'s' if planned > 1 else ''}"
    answered = count if len(found) == planned else f"{len(found)} of {count}"
    return f"{answered}{verdict}{more}{records}; {asked} solver calls; {seconds:.1f} s"


def _is_complete(item: Json) -> bool:
    views = [*item["alone"], item["together"]]
    return all(view["complete"] and view["today"] is not None for view in views) and all(
        found["proved"] for found in item["cheapest"]
    )


def _is_late(item: Json) -> bool:
    """Whether it is for lack of time that an answer is not complete."""
    return any(view["late"] for view in [*item["alone"], item["together"]])


def _code(found: Sequence[Json], *, complete: bool) -> Exit:
    if any(item["as_expected"] is False for item in found):
        return Exit.UNEXPECTED
    return Exit.AS_EXPECTED if complete and all(map(_is_complete, found)) else Exit.UNKNOWN


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


def _counter(planned: int, *, quiet: bool) -> Callable[[int], None]:
    """Return what is told how many questions are answered: one changing line on a terminal; 0 clears it."""
    live = sys.stderr.isatty()

    def report(done: int) -> None:
        if live:
            click.echo(f"\r\033[K{f'{done}/{planned}' if done else ''}", nl=False, err=True)
        elif done and not quiet and planned > 1:
            click.echo(f"{done}/{planned}", err=True)

    return report
