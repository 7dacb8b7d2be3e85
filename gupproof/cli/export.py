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
@options.variants
@click.option("--property", "-p", "properties", multiple=True, metavar="NAME", help="Refutations of this property. Repeatable.")
@click.option("--scenario", "-s", metavar="NAME", help="Write this scenario of the .gup file SUBJECT, not an execution.")
@click.option("--cover", metavar="NAME", help="With --scenario: the final condition is this cover's.")
@click.option(
    "--config", "-c", "settings", multiple=True, metavar="NAME=VALUE", help="With --scenario: set a switch. Repeatable."
)
@click.option("--output", "-o", type=click.Path(), metavar="FILE", help="Write there.  [default: standard output]")
@options.timeout
def command(
    subject: str,
    paths: tuple[str, ...],
    form: str,
    models: tuple[str, ...],
    include: tuple[str, ...],
    bell: str | None,
    variants: tuple[str, ...],
    properties: tuple[str, ...],
    scenario: str | None,
    cover: str | None,
    settings: tuple[str, ...],
    output: str | None,
    timeout: float,
) -> None:
    """Write the execution that refutes SUBJECT as a litmus test.

    SUBJECT is a theorem, looked for in PATHS (without any, among those that come with gupproof), or a .gup file with theorems.
    The first refutation is written: in the assembly of its target, or in kernel C under the Linux-kernel model, with the
    steps that happen in it, their dependencies, and a final condition that picks the execution out. The test is judged
    before it is written: the model allows that execution of it too.

    With --scenario the whole scenario is written, with its branches, in kernel C; the final condition is that its property is
    refuted, or that a cover is reached. The test has to have the scenario's verdict under the model, lkmm without --model.
    """
    from gupproof.cli.exporting import export  # noqa: PLC0415
    from gupproof.proving.platforms import Reading  # noqa: PLC0415

    assert form == "litmus"
    reading = Reading(include, bell, variants)
    if scenario is not None:
        from gupproof.cli.exporting_scenario import Wish, export_scenario  # noqa: PLC0415

        if paths or not subject.endswith(".gup"):
            raise click.UsageError("--scenario takes one .gup file")
        wish = Wish(
            file=subject,
            scenario=scenario,
            settings=settings,
            models=models,
            properties=properties,
            cover=cover,
            reading=reading,
            timeout=timeout,
        )
        export_scenario(wish, output)
        return
    if cover is not None or settings:
        raise click.UsageError("--cover and --config go with --scenario")
    export(subject, paths, reading, models=models, properties=properties, output=output, timeout=timeout)
