"""``gupproof claims``."""

import click

from gupproof.cli import options


@click.command("claims")
@click.argument("names", nargs=-1, metavar="[CLAIM]...")
@click.option(
    "--file",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Read this file of claims; theorems are looked for beside it.  [default: the claims of the thread]",
)
@options.as_json
def command(names: tuple[str, ...], file: str | None, as_json: bool) -> None:
    """List what was claimed, and the answers; with names, such as C7, all there is to each.

    Most claims are answered by theorems, which `gupproof prove -t C7` proves again. What memory does not decide is settled by a
    reason, and by the kernel's source.
    """
    import json  # noqa: PLC0415
    import shutil  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from gupproof.cli.claiming import answered  # noqa: PLC0415
    from gupproof.report.claims import claims_document, overview, whole  # noqa: PLC0415

    found = answered(Path(file) if file else None, names)
    width = min(shutil.get_terminal_size((100, 24)).columns, 120)
    if as_json:
        click.echo(json.dumps(claims_document(found), indent=2))
    elif names:
        click.echo("\n\n".join(whole(item, width) for item in found))
    else:
        click.echo(overview(found, width))
