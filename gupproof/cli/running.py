"""What the commands that prove things share: finding files, progress, Ctrl-C, output."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path

import click

from gupproof.cli.claiming import not_of_memory, theorems_in
from gupproof.cli.exits import Exit, exit_code
from gupproof.cli.files import files_of
from gupproof.cli.recording import recording
from gupproof.diagnostics import Diagnostic, GupError
from gupproof.language import load, typed
from gupproof.proving.claims import labels
from gupproof.proving.obligations import Group
from gupproof.proving.platforms import Platform, model_of
from gupproof.proving.result import Result
from gupproof.proving.run import prove
from gupproof.report.records import document
from gupproof.report.table import closing, line, table
from gupproof.resources import proofs_dir


def gup_files(paths: Sequence[str]) -> list[Path]:
    """Return the .gup files that paths stand for; the project's proofs when there are none.

    Raises:
        GupError: a path does not exist, or a folder holds no .gup file.

    """
    return files_of(paths or (str(proofs_dir()),), ".gup")


def paths_and_names(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return which of some words are paths, and which are names of theorems or claims.

    A bare word that is a file or folder here, and a theorem as well, is the theorem: what lies in the working folder by chance
    does not take its place. ``./word`` is always a path.
    """
    sure = [word for word in words if word.endswith(".gup") or Path(word).name != word]
    both = [word for word in words if word not in sure and Path(word).exists()]
    known: set[str] = set()
    if both:
        for path in gup_files(sure):
            text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
            known |= {word for name, claims, _ in theorems_in(text) for word in (name, *claims)}
    paths = [word for word in words if word in sure or (word in both and word not in known)]
    return paths, [word for word in words if word not in paths]


def load_all(paths: Sequence[Path]) -> list[typed.Unit]:
    """Load files; the problems of all of them come in one error.

    Raises:
        GupError: with the diagnostics of every file that cannot be used.

    """
    units, problems = [], []
    for path in paths:
        try:
            units.append(load(path))
        except GupError as error:
            problems += [item for item in error.diagnostics if item not in problems]
    if problems:
        raise GupError(*problems)
    return units


def files_naming(paths: Sequence[Path], theorems: Sequence[str]) -> list[Path]:
    """Return the files whose text declares one of the theorems, or one that answers the claim of that name.

    All of them if a name is found in none. Only these need to be loaded to prove the theorems; the rest is read for what a
    misspelt name might have meant.
    """
    named: dict[Path, set[str]] = {}
    for path in paths:
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        named[path] = {word for name, claims, _ in theorems_in(text) for word in (name, *claims)}
    if not set(theorems) <= set().union(*named.values()):
        return list(paths)
    return [path for path in paths if named[path] & set(theorems)] or list(paths)


def require_theorems(units: Sequence[typed.Unit], names: Sequence[str]) -> None:
    """Check that theorems exist, or theorems for the claims that are named instead.

    Raises:
        GupError: one does not; with the nearest name.

    """
    known = [theorem for unit in units for theorem in unit.theorems]
    claims = {claim for unit in units for theorem in unit.theorems.values() for claim in labels(theorem.claim)}
    problems = []
    for name in names:
        if name not in known and name not in claims:
            close = get_close_matches(name, known, 3)
            remedy = f"did you mean {' or '.join(close)}?" if close else "gupproof prove lists the theorems"
            if name in not_of_memory():
                remedy = f"no theorem answers that claim; gupproof claims {name} tells what does"
            problems.append(Diagnostic(code="U007", message=f"there is no theorem called '{name}'", help=remedy))
    if problems:
        raise GupError(*problems)


def run(
    groups: Sequence[Group], *, command: str, jobs: int, timeout: float, runs: int, as_json: bool, records: Path | None = None
) -> list[Result]:
    """Prove, show progress, and print the outcome; Ctrl-C keeps what is finished. Ends the program with the exit code.

    Args:
        groups: what to prove.
        command: what the user called.
        jobs: processes.
        timeout: seconds of solving for each obligation.
        runs: of the text itself that each proof has to allow.
        as_json: whether to print a document, not a table.
        records: a folder to keep results in, and to take fresh ones from.

    Raises:
        GupError: a memory model cannot be used, or a record not be written.

    """
    started = time.perf_counter()
    for platform, reading in dict.fromkeys((Platform(group.model, group.target), group.reading) for group in groups):
        model_of(platform, reading)
    planned = sum(len(group.obligations) for group in groups)
    order = {item: number for number, group in enumerate(groups) for item in group.obligations}
    recorded = recording(records, groups) if records else None
    results = [*recorded.known] if recorded else []
    interrupted = False
    report = _progress(planned, done=len(results), quiet=as_json)
    stream = prove(recorded.groups if recorded else groups, jobs=jobs, timeout=timeout, runs=runs)
    try:
        for finished in stream:
            if recorded:
                recorded.keep(finished)
            results += finished
            report(finished)
    except KeyboardInterrupt:
        interrupted = True
        stream.close()  # type: ignore[attr-defined]
    finally:
        report(())
    results.sort(key=lambda result: order[result.obligation])
    seconds = time.perf_counter() - started
    if as_json:
        click.echo(json.dumps(document(command, results, interrupted=interrupted, seconds=seconds), indent=2))
    else:
        if interrupted:
            click.echo("interrupted: these were finished")
        if results:
            click.echo(table(results, paint=paint if sys.stdout.isatty() else lambda text, _: text))
            click.echo()
        for result in results:
            if result.as_expected is False or ((result.reason or result.remark) and result.as_expected is None):
                click.echo(line(result))
        click.echo(closing(results, planned=planned, seconds=seconds, reused=len(recorded.known) if recorded else 0))
    code = exit_code(results, complete=len(results) == planned)
    click.get_current_context().exit(Exit.UNKNOWN if interrupted and code is Exit.AS_EXPECTED else code)


def paint(text: str, colour: str) -> str:
    """Colour text for a terminal."""
    return click.style(text, fg=colour)


def _progress(planned: int, *, done: int, quiet: bool) -> Callable[[Sequence[Result]], None]:
    """Return what is told of finished results: one changing line on a terminal, a line each elsewhere."""
    live = sys.stderr.isatty()

    def report(finished: Sequence[Result]) -> None:
        nonlocal done
        done += len(finished)
        if live:
            latest = finished[-1].obligation if finished else None
            name = f" {latest.theorem or latest.scenario} under {latest.model}" if latest else ""
            text = f"{done}/{planned}{name}"
            # Clear the line; the last call leaves it empty for the table.
            click.echo(f"\r\033[K{text if finished else ''}", nl=False, err=True)
        elif not quiet:
            for result in finished:
                click.echo(line(result), err=True)

    return report
