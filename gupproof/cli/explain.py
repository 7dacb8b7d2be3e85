"""``gupproof explain``."""

import click

from gupproof.cli import options


@click.command("explain")
@click.argument("theorem")
@click.argument("paths", nargs=-1, type=click.Path())
@options.models
@options.include
@options.bell
@options.variants
@click.option("--property", "-p", "properties", multiple=True, metavar="NAME", help="Explain this property only. Repeatable.")
@click.option(
    "--draw",
    type=click.Path(),
    metavar="PATH",
    help="Draw each refutation as SVG: a folder, or a .svg file, which gets the first.",
)
@options.timeout
@options.as_json
def command(
    theorem: str,
    paths: tuple[str, ...],
    models: tuple[str, ...],
    include: tuple[str, ...],
    bell: str | None,
    variants: tuple[str, ...],
    properties: tuple[str, ...],
    draw: str | None,
    timeout: float,
    as_json: bool,
) -> None:
    """Tell the refutation of THEOREM as a story. THEOREM may also be a claim, such as X1: every theorem that answers it.

    One line a step, in an order that the memory model vouches for: the CPU, the place in the source, the step in kernel words,
    the value, the step it was read from, and which steps of its own CPU it overtakes. PATHS are where to look for the theorem;
    without any, the theorems that come with gupproof.
    """
    import json  # noqa: PLC0415
    import time  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from gupproof.cli.drawing import drawings  # noqa: PLC0415
    from gupproof.cli.exits import exit_code  # noqa: PLC0415
    from gupproof.cli.running import files_naming, gup_files, load_all, require_theorems  # noqa: PLC0415
    from gupproof.proving.obligations import grouped, obligations_of  # noqa: PLC0415
    from gupproof.proving.platforms import Reading  # noqa: PLC0415
    from gupproof.proving.run import prove  # noqa: PLC0415
    from gupproof.report.explanation import explanation  # noqa: PLC0415
    from gupproof.report.records import document  # noqa: PLC0415

    started = time.perf_counter()
    units = load_all(files_naming(gup_files(paths), [theorem]))
    require_theorems(units, [theorem])
    obligations = [
        item
        for unit in units
        for item in obligations_of(unit, theorems=[theorem], models=models)
        if not properties or item.property in properties
    ]
    if not obligations:
        raise click.UsageError(f"theorem {theorem} has nothing to say under that model or of that property")
    groups = grouped(units, obligations, Reading(include, bell, variants))
    results = [result for finished in prove(groups, jobs=1, timeout=timeout) for result in finished]
    if as_json:
        seconds = time.perf_counter() - started
        click.echo(json.dumps(document("explain", results, interrupted=False, seconds=seconds), indent=2))
    else:
        click.echo(explanation(results))
    for path in drawings(results, Path(draw)) if draw else ():
        click.echo(f"drawn: {path}", err=as_json)
    click.get_current_context().exit(exit_code(results, complete=True))
