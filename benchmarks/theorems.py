"""How long each encoding of proofs/ takes, on one processor: `make bench`."""

import time
from collections.abc import Iterator

import click

from gupproof.language import load
from gupproof.proving.obligations import Group, grouped, obligations_of
from gupproof.proving.run import prove_group
from gupproof.resources import proofs_dir


def groups() -> Iterator[Group]:
    """Yield the encodings of every file, file by file."""
    for path in sorted(proofs_dir().glob("*.gup")):
        unit = load(path)
        yield from grouped([unit], obligations_of(unit))


def main() -> None:
    """Print a line for each encoding, the slowest first, and the sum."""
    lines = []
    started = time.perf_counter()
    for group in groups():
        results = prove_group(group, timeout=60)
        build = results[0].build_seconds
        solve = sum(result.seconds for result in results)
        size = f"{results[0].events:4} events {results[0].clauses:7} clauses"
        name = f"{group.scenario} under {group.model}/{group.target}"
        lines.append((build + solve, f"{build:6.2f} + {solve:5.2f} s  {len(results):3} obligations {size}  {name}"))
    click.echo(" build   solve")
    for _, line in sorted(lines, reverse=True):
        click.echo(line)
    click.echo(f"{time.perf_counter() - started:.1f} s in all")


if __name__ == "__main__":
    main()
