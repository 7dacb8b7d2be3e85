"""``gupproof lowering``."""

import click

from gupproof.cli import options


@click.command("lowering")
@click.argument("tables", nargs=-1, metavar="[TARGET | FILE.target]...")
@click.option(
    "--instructions",
    type=click.Path(),
    metavar="FILE",
    help="The instructions of the one table that is given.  [default: the .instructions file of its name]",
)
@click.option("--row", "-r", "rows", multiple=True, metavar="ROW", help="Only programs about this row. Repeatable.")
@click.option("--quiet", "-q", is_flag=True, help="Print what is wrong without the programs.")
@options.jobs
@options.timeout
@options.as_json
def command(
    tables: tuple[str, ...],
    instructions: str | None,
    rows: tuple[str, ...],
    quiet: bool,
    jobs: int | None,
    timeout: float,
    as_json: bool,
) -> None:
    """Check that target tables keep what the kernel promises, and say what their instructions do.

    Thousands of small programs, MP, SB, IRIW and their kin, have one primitive in one of their threads. Each is judged in
    kernel words under lkmm, as the events of the table's rows, and as the instructions in the table's .instructions file,
    the latter two under each of its models. What lkmm says never happens must not happen on the machine, and a row must
    allow what its instructions allow, no more and no less; only the instructions' own branches are left out of rows.

    \b
    gupproof lowering                          every table that comes with gupproof, in a minute
    gupproof lowering arm64-llsc -r cmpxchg    one row of one table
    gupproof lowering my.target                a table of yours, with my.instructions beside it

    The exit code is 0, or 1 if a row is wrong, 3 if a program has no answer in time, 2 if a file is no table.
    """  # noqa: D301 - click's own mark for text that is not to be rewrapped
    from gupproof.cli.lowering_run import run  # noqa: PLC0415

    run(
        tables,
        instructions,
        rows,
        quiet=quiet,
        jobs=jobs or options.default_jobs(),
        timeout=timeout,
        as_json=as_json,
    )
