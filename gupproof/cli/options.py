"""Options that several commands share."""

import os

import click

models = click.option(
    "--model",
    "-m",
    "models",
    multiple=True,
    metavar="MODEL",
    help="Memory model: a name (armv8), a model on one target (armv8/arm64-lse), or a .cat file. Repeatable.",
)
include = click.option(
    "-I",
    "--include",
    multiple=True,
    type=click.Path(exists=True, file_okay=False),
    metavar="DIR",
    help="Look here for what the .cat file of --model includes, after its own folder. Repeatable.",
)
bell = click.option(
    "--bell",
    type=click.Path(),
    metavar="FILE",
    help="Read this before the .cat file of --model.  [default: the .bell that goes with it, if there is one]",
)
variants = click.option(
    "--variant",
    "variants",
    multiple=True,
    metavar="NAME",
    help="What 'if \"NAME\"' in the .cat file of --model finds set, besides what the .cfg beside it sets. Repeatable.",
)
jobs = click.option(
    "-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Processes to use.  [default: one for each processor]"
)
runs = click.option(
    "--runs",
    type=click.IntRange(0, 1000),
    default=1,
    show_default=True,
    metavar="N",
    help="Runs of the text itself, step by step, that each proof has to allow; one that it does not is an internal error.",
)

timeout = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="S",
    help="Seconds of solving for each obligation; past it the verdict is unknown.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")


def default_jobs() -> int:
    """Return how many processes to use: one for each processor this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
