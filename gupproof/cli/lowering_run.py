"""Runs ``gupproof lowering``: which tables, progress, what is wrong with each row."""

import json
import sys
import time
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import click

from gupproof.cli.exits import Exit
from gupproof.diagnostics import Diagnostic, GupError
from gupproof.litmus.form import Unsupported
from gupproof.lowering.check import Fault, Finding, Table, all_trials, check
from gupproof.lowering.uses import FULL
from gupproof.program.target_reader import known_targets, read_target
from gupproof.program.targets import Target
from gupproof.resources import targets_dir

ENDING = ".instructions"


def run(
    names: Sequence[str],
    instructions: str | None,
    rows: Sequence[str],
    *,
    quiet: bool,
    jobs: int,
    timeout: float,
    as_json: bool,
) -> None:
    """Check, print, and end the program with the exit code; Ctrl-C keeps what is finished.

    Raises:
        GupError: a table, a row or a file cannot be used.

    """
    started = time.perf_counter()
    tables = tables_of(names, instructions)
    numbers = _about(rows)
    done, findings, interrupted = 0, list[Finding](), False
    try:
        for count, found in check(tables, numbers, jobs=jobs, timeout=timeout):
            done += count
            findings += found
            if sys.stderr.isatty():
                click.echo(f"\r{done} of {len(numbers)} programs, {len(findings)} with a fault ", nl=False, err=True)
    except KeyboardInterrupt:
        interrupted = True
    except Unsupported as problem:
        raise GupError(Diagnostic(code="T014", message=f"an instruction is not read: {problem}")) from None
    finally:
        if sys.stderr.isatty():
            click.echo("\r\033[K", nl=False, err=True)
    findings.sort(key=_order)
    seconds = time.perf_counter() - started
    if as_json:
        click.echo(json.dumps(_document(tables, findings, done, interrupted=interrupted, seconds=seconds), indent=2))
    else:
        _print(findings, quiet=quiet)
        names_of = ", ".join(f"{Path(table.target).stem} under {' and '.join(table.models)}" for table in tables)
        wrong = len({(item.platform.target, item.row) for item in findings if item.fault is not Fault.UNKNOWN})
        verdict = f"{wrong} row{'s' * (wrong != 1)} wrong" if wrong else "every row keeps its promises"
        verdict = verdict if not interrupted else f"interrupted, {verdict} so far"
        click.echo(f"{done} of {len(numbers)} programs on {names_of}: {verdict}; {seconds:.1f} s")
    click.get_current_context().exit(_code(findings, interrupted=interrupted))


def tables_of(names: Sequence[str], instructions: str | None = None) -> list[Table]:
    """Return the tables that words of a command line stand for; without any, all that come with gupproof.

    Raises:
        GupError: one is no table of a machine, or has no instructions.

    """
    known = {target.name: target for target in known_targets() if not target.is_language}
    chosen = [known[name] if name in known else _read(name, known) for name in names] or [*known.values()]
    if instructions is not None and len(chosen) != 1:
        message = "--instructions is about one table"
        raise GupError(Diagnostic(code="U021", message=message, help="name the table that they are of"))
    return [
        Table(
            target=target.name if target.name in known and target.path == known[target.name].path else target.path,
            models=target.models,
            instructions=instructions or _instructions(target, known),
        )
        for target in chosen
    ]


def _read(name: str, known: dict[str, Target]) -> Target:
    if not name.endswith(".target") and not Path(name).exists():
        message = f"no table of a machine is called '{name}'"
        raise GupError(Diagnostic(code="U021", message=message, help=f"there are {', '.join(known)}, and .target files"))
    target = read_target(Path(name))
    if target.is_language:
        message = f"{name} is the table of a language, and no machine's"
        raise GupError(Diagnostic(code="U021", message=message, help="give a table of instructions"))
    return target


def _instructions(target: Target, known: dict[str, Target]) -> str:
    """Return the path of a table's instructions: beside it, or those of the table of its name, or of its only relative."""
    beside = Path(target.path).with_suffix(ENDING)
    if beside.is_file():
        return str(beside)
    related = [name for name, item in known.items() if set(item.models) & set(target.models)]
    name = target.name if target.name in known else related[0] if len(related) == 1 else None
    if name is None:
        remedy = f"give them with --instructions FILE; those of gupproof's own tables are in {targets_dir()}"
        message = f"there is no {beside}, which would say what the rows are in assembly"
        raise GupError(Diagnostic(code="T013", message=message, help=remedy))
    return str(targets_dir() / f"{name}{ENDING}")


def _about(rows: Sequence[str]) -> list[int]:
    trials = all_trials()
    known = {trial.use.row for trial in trials}
    if unknown := [row for row in rows if row not in known]:
        message = f"no program is about '{unknown[0]}'"
        raise GupError(Diagnostic(code="U021", message=message, help=f"rows are {', '.join(sorted(known))}"))
    return [number for number, trial in enumerate(trials) if not rows or trial.use.row in rows]


def _order(item: Finding) -> tuple[str, str, bool, str, int]:
    # The full barrier stands in other rows' programs as well: what is wrong with it comes first. A broken promise comes
    # before what differs.
    return item.platform.target, item.platform.model, item.row != FULL.row, item.primitive, list(Fault).index(item.fault)


def _print(findings: Sequence[Finding], *, quiet: bool) -> None:
    shown = ""
    for (platform, primitive, fault), group in groupby(findings, key=lambda item: (item.platform, item.primitive, item.fault)):
        items = list(group)
        first = min(items, key=lambda item: len(item.words))
        programs = f"{len(items)} program{'s' * (len(items) > 1)}"
        click.echo(f"{Path(platform.target).stem} under {platform.model}: {primitive}: {fault.value} ({programs})")
        verdicts = f"kernel {first.kernel.value}, row {first.table.value}, instructions {first.instructions.value}"
        click.echo(f"    {first.trial}: {verdicts}")
        if not quiet and first.code != shown:
            shown = first.code
            text = first.words.partition("\n\n")[2] + "\n" + first.code
            click.echo("".join(f"        {line}\n" if line else "\n" for line in text.splitlines()))
    if any(item.row == FULL.row and item.fault is not Fault.UNKNOWN for item in findings):
        click.echo(f"{FULL.row} stands in the programs of the other rows as well: mend it first")


def _code(findings: Sequence[Finding], *, interrupted: bool) -> Exit:
    if any(item.fault is not Fault.UNKNOWN for item in findings):
        return Exit.UNEXPECTED
    return Exit.UNKNOWN if findings or interrupted else Exit.AS_EXPECTED


def _document(
    tables: Sequence[Table], findings: Sequence[Finding], done: int, *, interrupted: bool, seconds: float
) -> dict[str, object]:
    return {
        "schema_version": 1,
        "tool": "gupproof",
        "command": "lowering",
        "tables": [
            {"target": table.target, "models": list(table.models), "instructions": table.instructions} for table in tables
        ],
        "programs": done,
        "interrupted": interrupted,
        "seconds": round(seconds, 3),
        "findings": [
            {
                "target": item.platform.target,
                "model": item.platform.model,
                "row": item.row,
                "primitive": item.primitive,
                "fault": item.fault.name.lower().replace("_", "-"),
                "program": item.trial,
                "kernel": item.kernel.value,
                "table": item.table.value,
                "instructions": item.instructions.value,
                "kernel_c": item.words,
                "assembly": item.code,
            }
            for item in findings
        ],
    }
