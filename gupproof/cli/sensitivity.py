"""``gupproof sensitivity``."""

import click

from gupproof.cli import options


@click.command("sensitivity")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option(
    "--theorem",
    "-t",
    "theorems",
    multiple=True,
    metavar="NAME",
    help="Look at this theorem only, or those that answer this claim, such as C7. Repeatable.",
)
@options.models
@click.option("--all", "every", is_flag=True, help="Try every change on every platform; else three lines a proof are enough.")
@click.option(
    "--records",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Keep what is found in DIR/sensitivity.json, and take from there what is still fresh.",
)
@options.jobs
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    show_default=True,
    metavar="S",
    help="Seconds of solving for each question about a change; past it the change refutes nothing.",
)
@options.as_json
def command(
    paths: tuple[str, ...],
    theorems: tuple[str, ...],
    models: tuple[str, ...],
    every: bool,
    records: str | None,
    jobs: int | None,
    timeout: float,
    as_json: bool,
) -> None:
    """Find the lines that each proof rests on.

    A proof that holds whatever the text says is worth nothing. For everything that theorems say is proved, one line at a time
    is changed in what the threads run, and the question asked again: a barrier is dropped, a release becomes a plain store, a
    test always has the same outcome. The changes that refute the property are listed as a diff would show them.

    \b
    drop        a statement is gone
    weaken      the same access with less order, or a plain one
    condition   a test, or a part of one, always has the same outcome
    value       an operand of a computation is left out
    slot        the default of a barrier slot is one step weaker

    PATHS are .gup files or folders of them; without any, the theorems that come with gupproof. The exit code is 1 when nothing
    in the text refutes a proof. Whether it is one is for gupproof prove to say.
    """  # noqa: D301 - click's own mark for text that is not to be rewrapped
    from pathlib import Path  # noqa: PLC0415

    from gupproof.cli.running import files_naming, gup_files, load_all, require_theorems  # noqa: PLC0415
    from gupproof.cli.trying import run  # noqa: PLC0415
    from gupproof.diagnostics import Diagnostic, GupError  # noqa: PLC0415
    from gupproof.proving.obligations import obligations_of  # noqa: PLC0415
    from gupproof.proving.sensitivity import questions_of  # noqa: PLC0415

    units = load_all(files_naming(gup_files(paths), theorems))
    require_theorems(units, theorems)
    questions = questions_of(item for unit in units for item in obligations_of(unit, theorems=theorems, models=models))
    if not questions:
        where = f"under {', '.join(models)}" if models else f"in {', '.join(unit.path for unit in units)}"
        raise GupError(Diagnostic(code="U008", message=f"no theorem says that something is proved {where}"))
    run(
        units,
        questions,
        jobs=jobs or options.default_jobs(),
        timeout=timeout,
        every=every,
        as_json=as_json,
        records=Path(records) if records else None,
    )
