"""``gupproof barriers``."""

import click

from gupproof.cli import options


@click.command("barriers")
@click.argument("words", nargs=-1, metavar="[THEOREM | PATH]...", type=click.Path())
@options.models
@click.option(
    "--try",
    "proposed",
    metavar="SLOTS",
    help='Check one proposal, such as "wmb = smp_wmb, unfreeze = release"; other slots stay as they are.',
)
@click.option("--slot", "-s", "slots", multiple=True, metavar="NAME", help="Place this slot only. Repeatable.")
@click.option(
    "--set", "fixed", multiple=True, metavar="SLOT=VALUE", help="Let this stand in a slot, and place the others. Repeatable."
)
@click.option(
    "--config", "-c", "settings", multiple=True, metavar="NAME=VALUE", help="Ask about what theorems say of this setting only."
)
@click.option(
    "--cheapest", "only_cheapest", is_flag=True, help="Look for the cheapest placements alone: faster for many slots."
)
@click.option("--cost", "costs", type=click.Path(), metavar="FILE", help="What steps cost, in place of the target tables' own.")
@click.option("--why", "stories", is_flag=True, help="Tell each execution step by step.")
@click.option("--draw", type=click.Path(file_okay=False), metavar="DIR", help="Draw each execution as SVG in this folder.")
@click.option(
    "--records",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Keep answers in DIR/barriers, and take from there what is fresh.",
)
@options.jobs
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=600.0,
    show_default=True,
    metavar="S",
    help="Seconds for each question; past them the answer is what is known by then, and says so.",
)
@options.as_json
def command(
    words: tuple[str, ...],
    models: tuple[str, ...],
    proposed: str | None,
    slots: tuple[str, ...],
    fixed: tuple[str, ...],
    settings: tuple[str, ...],
    only_cheapest: bool,
    costs: str | None,
    stories: bool,
    draw: str | None,
    records: str | None,
    jobs: int | None,
    timeout: float,
    as_json: bool,
) -> None:
    """Find out which barriers a theorem needs: today's, the minimal ones, the cheapest, and why.

    Slots are places in the text where one of several primitives may stand: `slot wmb : none | smp_wmb | smp_mb = smp_wmb;`.
    With every other switch as the theorem has it, all placements are found of which no part can be weakened, for each memory
    model alone and for all of them together; the cheapest on each target; and for each barrier that is kept, the execution that
    appears when it is one step weaker.

    \b
    gupproof barriers                          what theorems with `places` lines say, checked
    gupproof barriers fork_placement --why     one of them, with the executions
    gupproof barriers fix_is_enough -m armv8   any theorem: which of its slots make it hold
    gupproof barriers T --try "wmb = smp_wmb"  one proposal

    Several theorems at once must all hold. Exit codes: 0 as expected or sufficient, 1 not, 3 not all found out: for lack of
    time, or because a loop may need more rounds than its bound.
    """  # noqa: D301 - click's own mark for text that is not to be rewrapped
    from pathlib import Path  # noqa: PLC0415

    from gupproof.cli.placing import Wanted, run  # noqa: PLC0415

    run(
        words,
        Wanted(
            models=models,
            slots=slots,
            fixed=fixed,
            settings=settings,
            proposed=proposed,
            only_cheapest=only_cheapest,
            stories=stories,
            as_json=as_json,
            timeout=timeout,
            jobs=jobs or options.default_jobs(),
            costs=Path(costs) if costs else None,
            draw=Path(draw) if draw else None,
            records=Path(records) if records else None,
        ),
    )
