"""``gupproof litmus``."""

import click

from gupproof.cli import options


@click.command("litmus")
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option("--model", "-m", metavar="MODEL", help="Memory model: a name or a .cat file.  [default: the architecture's own]")
@options.include
@options.bell
@options.variants
@click.option(
    "--unroll",
    type=click.IntRange(min=0, max=100),
    default=2,
    show_default=True,
    metavar="K",
    help="Follow jumps backwards K times.",
)
@click.option(
    "--expect", type=click.Path(), metavar="CSV", help="Compare with the columns 'test' and 'verdict' (Ok, No) of a table."
)
@click.option("--states", is_flag=True, help="List the final states of each test, as herd7 prints them.")
@click.option(
    "--graph",
    type=click.Path(),
    metavar="PATH",
    help="Show an execution that satisfies each condition, and draw it: a folder, or a .dot or .svg file for one test.",
)
@click.option("--quiet", "-q", is_flag=True, help="Print the counts, and what disagrees.")
@options.jobs
@options.timeout
@options.as_json
def command(
    paths: tuple[str, ...],
    model: str | None,
    include: tuple[str, ...],
    bell: str | None,
    variants: tuple[str, ...],
    unroll: int,
    expect: str | None,
    states: bool,
    graph: str | None,
    quiet: bool,
    jobs: int | None,
    timeout: float,
    as_json: bool,
) -> None:
    """Judge litmus tests in X86, AArch64, RISC-V and Power assembly, and in kernel C.

    PATHS are .litmus files or folders of them. For each test, in herd's words: the Observation of its condition (Never,
    Sometimes, Always), and Ok when the condition with its quantifier is true of the model, No when it is not. An execution is
    checked again without the solver before it counts. Tests with accesses of several sizes, and instructions that are not
    handled, are reported as unsupported, with the reason, and get no verdict. A test that says (* Result: Never *) itself, or
    Sometimes or Always, is compared with that where --expect does not name it.

    The exit code is 0, or 1 if a verdict is not the one expected, 3 if one is unknown, 2 if a file is no litmus test.
    """
    from gupproof.cli.judging import run  # noqa: PLC0415
    from gupproof.proving.observation import Request  # noqa: PLC0415
    from gupproof.proving.platforms import Reading  # noqa: PLC0415

    request = Request(model=model, unroll=unroll, timeout=timeout, reading=Reading(include, bell, variants))
    run(
        paths,
        request,
        expect=expect,
        jobs=jobs or options.default_jobs(),
        quiet=quiet,
        as_json=as_json,
        states=states,
        graph=graph,
    )
