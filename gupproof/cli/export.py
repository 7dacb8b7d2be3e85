"""``gupproof export``."""

import click

from gupproof.cli import options


@click.command("export")
@click.argument("subject")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--to", "form", type=click.Choice(["litmus"]), default="litmus", show_default=True, help="What is written.")
@options.models
@options.include
@options.bell
@click.option("--property", "-p", "properties", multiple=True, metavar="NAME", help="Refutations of this property. Repeatable.")
@click.option("--output", "-o", type=click.Path(), metavar="FILE", help="Write there.  [default: standard output]")
@options.timeout
def command(
    subject: str,
    paths: tuple[str, ...],
    form: str,
    models: tuple[str, ...],
    include: tuple[str, ...],
    bell: str | None,
    properties: tuple[str, ...],
    output: str | None,
    timeout: float,
) -> None:
    """Write the execution that refutes SUBJECT as a litmus test.

    SUBJECT is a theorem, looked for in PATHS (without any, among those that come with gupproof), or a .gup file with theorems.
    The first refutation is written: in the assembly of its target, or in kernel C under the Linux-kernel model, with the
    steps that happen in it, their dependencies, and a final condition that picks the execution out. The test is judged
    before it is written: the model allows that execution of it too.
    """
    from gupproof.cli.exporting import export  # noqa: PLC0415
    from gupproof.proving.platforms import Reading  # noqa: PLC0415

    assert form == "litmus"
    export(subject, paths, Reading(include, bell), models=models, properties=properties, output=output, timeout=timeout)
