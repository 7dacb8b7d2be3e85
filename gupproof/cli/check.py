"""``gupproof check``."""

import click

from gupproof.cli import options

DEFAULT_MODELS = ("sc", "x86-tso", "armv8")


@click.command("check")
@click.argument("file", type=click.Path())
@options.models
@options.include
@options.bell
@options.variants
@click.option("--target", metavar="TARGET", help="Target table: a name, or a .target file.")
@click.option("--scenario", "-s", "scenarios", multiple=True, metavar="NAME", help="Verify this scenario only. Repeatable.")
@click.option("--config", "-c", "settings", multiple=True, metavar="NAME=VALUE", help="Set a switch or slot. Repeatable.")
@click.option("--syntax-only", is_flag=True, help="Check names and types only; verify nothing.")
@options.jobs
@options.timeout
@options.runs
@options.as_json
def command(
    file: str,
    models: tuple[str, ...],
    include: tuple[str, ...],
    bell: str | None,
    variants: tuple[str, ...],
    target: str | None,
    scenarios: tuple[str, ...],
    settings: tuple[str, ...],
    syntax_only: bool,
    jobs: int | None,
    timeout: float,
    runs: int,
    as_json: bool,
) -> None:
    """Check a .gup file, and verify every property of its scenarios.

    Without --model, under sc, x86-tso and armv8. Switches have their defaults unless --config says otherwise. The exit code
    is 0 when everything is proved, 1 when something is refuted or vacuous.
    """
    import json  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from gupproof.cli.running import run  # noqa: PLC0415
    from gupproof.language import load  # noqa: PLC0415
    from gupproof.proving.checks import check_obligations  # noqa: PLC0415
    from gupproof.proving.obligations import grouped  # noqa: PLC0415
    from gupproof.proving.platforms import Reading  # noqa: PLC0415

    unit = load(Path(file))
    if syntax_only or not unit.scenarios:
        counts = {
            "functions": len(unit.functions),
            "scenarios": len(unit.scenarios),
            "theorems": len(unit.theorems),
        }
        if as_json:
            click.echo(json.dumps({"schema_version": 1, "tool": "gupproof", "command": "check", "file": file, **counts}))
        else:
            click.echo(f"{file}: no errors; " + ", ".join(f"{count} {name}" for name, count in counts.items()))
        return
    obligations = check_obligations(
        unit, models=models or DEFAULT_MODELS, target=target, scenarios=scenarios, settings=settings
    )
    run(
        grouped([unit], obligations, Reading(include, bell, variants)),
        command="check",
        jobs=jobs or options.default_jobs(),
        timeout=timeout,
        runs=runs,
        as_json=as_json,
    )
