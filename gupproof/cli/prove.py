"""``gupproof prove``."""

import click

from gupproof.cli import options


@click.command("prove")
@click.argument("paths", nargs=-1, type=click.Path())
@options.models
@options.include
@options.bell
@options.variants
@click.option(
    "--theorem",
    "-t",
    "theorems",
    multiple=True,
    metavar="NAME",
    help="Prove this theorem only, or those that answer this claim, such as C7. Repeatable.",
)
@click.option(
    "--config",
    "-c",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="Ask again with a switch set, wherever a theorem leaves it open and it makes a difference. Repeatable.",
)
@click.option(
    "--records",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Keep a record of each result in DIR, and take from there what is still fresh instead of proving it again.",
)
@options.jobs
@options.timeout
@options.runs
@options.as_json
def command(
    paths: tuple[str, ...],
    models: tuple[str, ...],
    include: tuple[str, ...],
    bell: str | None,
    variants: tuple[str, ...],
    theorems: tuple[str, ...],
    settings: tuple[str, ...],
    records: str | None,
    jobs: int | None,
    timeout: float,
    runs: int,
    as_json: bool,
) -> None:
    """Prove or refute theorems, and print the table of theorems against models.

    PATHS are .gup files or folders of them; without any, the theorems that come with gupproof. A theorem says which verdict it
    expects; the exit code is 0 when every verdict is the expected one. With --config, theorems that leave the switch open and
    depend on it are asked again, and expected to have the same verdict: `--config ORDER=2` asks about pages of four.

    \b
    proved    in all executions of the scenario, no loop having hit its bound; every cover is reached
    refuted   by an execution that was checked again without the solver (see gupproof explain)
    vacuous   it holds, but a cover of the scenario cannot be reached
    unknown   a time limit, a loop bound or an integer overflow was hit; the reason says which
    """  # noqa: D301 - click's own mark for text that is not to be rewrapped
    from pathlib import Path  # noqa: PLC0415

    from gupproof.cli.running import files_naming, gup_files, load_all, require_theorems, run  # noqa: PLC0415
    from gupproof.diagnostics import Diagnostic, GupError  # noqa: PLC0415
    from gupproof.proving.obligations import grouped, obligations_of  # noqa: PLC0415
    from gupproof.proving.platforms import Reading  # noqa: PLC0415
    from gupproof.proving.varied import varied  # noqa: PLC0415

    units = load_all(files_naming(gup_files(paths), theorems))
    require_theorems(units, theorems)
    obligations = [item for unit in units for item in obligations_of(unit, theorems=theorems, models=models)]
    if settings:
        obligations = list(varied(units, obligations, settings))
    if settings and not obligations:
        message = f"no theorem leaves {', '.join(settings)} open and depends on it"
        raise GupError(Diagnostic(code="U008", message=message, help="gupproof prove lists what they say"))
    if not obligations:
        what = f"under {', '.join(models)}" if models else f"in {', '.join(unit.path for unit in units)}"
        message, remedy = f"there is no theorem {what}", "gupproof check verifies scenarios, under any model"
        if any(theorem.placements for unit in units for theorem in unit.theorems.values()):
            message, remedy = f"no theorem has a line with `shows` {what}", "gupproof barriers answers lines with `places`"
        raise GupError(Diagnostic(code="U008", message=message, help=remedy))
    reading = Reading(include, bell, variants)
    run(
        grouped(units, obligations, reading),
        command="prove",
        jobs=jobs or options.default_jobs(),
        timeout=timeout,
        runs=runs,
        as_json=as_json,
        records=Path(records) if records else None,
    )
