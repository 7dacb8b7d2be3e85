"""How long litmus tests take, and how that grows where enumerators blow up: `make bench-litmus`.

For each folder of tests: the processor time of a whole run of the program, one process, start included, and the distribution
over tests; beside it that of herd7, measured with --herd, else as `herd7_cpu_ms` in the table of expected verdicts has it.
Then the families of benchmarks/families.py, each test a process of its own. The report is a folder with report.md and a chart.
"""

import argparse
import csv
import os
import random
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import click
from chart import chart
from families import FAMILIES, Family

from gupproof.proving.observation import Request, judge

PROGRAM = [sys.executable, "-m", "gupproof", "litmus"]


@dataclass(frozen=True, slots=True)
class Run:
    """One process: seconds of processor and of wall-clock time, MiB at its largest, whether it ended in time."""

    processor: float
    wall: float
    memory: float
    ended: bool


def run(command: list[str], limit: float) -> Run:
    """Run a command and return what it took; its output is thrown away."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        ended = True
        while True:
            number, _, used = os.wait4(process.pid, os.WNOHANG)
            if number:
                break
            if time.perf_counter() - started > limit:
                process.kill()
                _, _, used = os.wait4(process.pid, 0)
                ended = False
                break
            time.sleep(0.002)
        process.returncode = 0
    return Run(used.ru_utime + used.ru_stime, time.perf_counter() - started, used.ru_maxrss / 1024, ended)


def percentile(values: list[float], share: float) -> float:
    """Return the value that ``share`` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def distribution(values: list[float]) -> str:
    """Return table cells: median, 90th and 99th percentile, largest; milliseconds."""
    if not values:
        return "| | | | "
    shown = (statistics.median(values), percentile(values, 0.9), percentile(values, 0.99), max(values))
    return " | ".join(f"{value:.1f}" for value in shown)


def herd_of(folder: Path, tests: list[Path], table: dict[str, float], herd: str | None) -> dict[Path, float]:
    """Return milliseconds of herd7 by test, measured or from the table."""
    if herd is None:
        return {test: table[key] for test in tests if (key := str(test.relative_to(folder.parent))) in table}
    return {test: run([herd, str(test)], 120).processor * 1000 for test in tests}


def published(folder: Path) -> dict[str, float]:
    """Return herd7's milliseconds by test, as the table beside the folders of tests has them."""
    path = folder.parent / "expected.csv"
    if not path.is_file():
        return {}
    with path.open(newline="") as file:
        return {row["test"]: float(row["herd7_cpu_ms"]) for row in csv.DictReader(file) if row["herd7_cpu_ms"]}


def measure_folder(folder: Path, sample: int, herd: str | None) -> str:
    """Return the lines of the report for one folder of tests."""
    tests = sorted(folder.rglob("*.litmus"))
    whole = run([*PROGRAM, "-q", "-j", "1", str(folder)], 3600)
    chosen = random.Random(0).sample(tests, min(sample, len(tests)))
    request = Request(model=None, unroll=2, timeout=30)
    judge(chosen[0], request)
    ours = {}
    for test in chosen:
        before = time.process_time()
        judge(test, request)
        ours[test] = (time.process_time() - before) * 1000
    table = published(folder)
    theirs = herd_of(folder, chosen, table, herd)
    known = [table[key] for test in tests if (key := str(test.relative_to(folder.parent))) in table]
    total = f"{sum(known) / 1000:.1f} s over {len(known)} tests" if known else "not known"
    lines = [
        f"| {folder.name} | gupproof | {len(tests)} | {whole.processor:.1f} s | {distribution(list(ours.values()))} |",
        f"| | herd7 | {len(theirs)} of {len(chosen)} | {total} | {distribution(list(theirs.values()))} |",
    ]
    both = [test for test in chosen if test in theirs]
    if both:
        ratio = sum(ours[test] for test in both) / max(1e-9, sum(theirs[test] for test in both))
        lines.append(f"| | ratio over {len(both)} | | {ratio:.2f} | | | | |")
    return "\n".join(lines)


def measure_family(
    family: Family, folder: Path, limit: float, herd: str | None
) -> tuple[list[str], dict[str, list[tuple[int, float]]]]:
    """Return lines of the report, and processor seconds by size, for this program and for herd7; a family ends at the limit."""
    lines = []
    curves: dict[str, list[tuple[int, float]]] = {family.name: []}
    theirs_goes_on = herd is not None
    for size in family.sizes:
        path = folder / f"{family.name}-{size}.litmus"
        path.write_text(family.write(size))
        ours = run([*PROGRAM, "-q", "--unroll", str(family.unroll), "--timeout", str(limit), str(path)], 2 * limit)
        curves[family.name].append((size, ours.processor))
        cell = ""
        if theirs_goes_on and herd is not None:
            theirs = run([herd, "-unroll", str(family.unroll), str(path)], limit)
            cell = f"{theirs.processor:.2f} s" if theirs.ended else f"> {limit:.0f} s"
            curves.setdefault(f"herd7, {family.name}", []).append((size, theirs.processor))
            theirs_goes_on = theirs.ended
        lines.append(
            f"| {family.name} | {size} | {ours.processor:.2f} s | {ours.wall:.2f} s | {ours.memory:.0f} MiB | {cell} |"
        )
        if not ours.ended:
            break
    return lines, curves


def main() -> None:
    """Measure, print as it goes, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="folders of tests (default: those of ../shared/litmus)")
    parser.add_argument("--herd", metavar="PATH", help="herd7, to be measured beside")
    parser.add_argument("--sample", type=int, default=200, help="tests of each folder for the distribution (default 200)")
    parser.add_argument("--limit", type=float, default=120, help="seconds for a test of a family (default 120)")
    parser.add_argument(
        "--report", type=Path, default=Path("build/bench-litmus"), help="folder to write (default build/bench-litmus)"
    )
    options = parser.parse_args()
    options.report.mkdir(parents=True, exist_ok=True)
    shared = Path("../shared/litmus")
    folders = options.folders or (sorted(path for path in shared.iterdir() if path.is_dir()) if shared.is_dir() else [])
    lines = ["# Families that grow", "", "| family | size | processor | wall | memory | herd7 |", "|---|---|---|---|---|---|"]
    curves: dict[str, list[tuple[int, float]]] = {}
    # Families first: on Linux a process counts the memory of the one that started it as its own.
    for family in FAMILIES:
        found, more = measure_family(family, options.report, options.limit, options.herd)
        click.echo("\n".join(found))
        lines += found
        curves |= more
    (options.report / "growth.svg").write_text(chart(curves, "processor seconds by size"))
    lines += ["", "![growth](growth.svg)", "", "# Suites", "", "Processor time; milliseconds in the last four columns.", ""]
    lines += ["| folder | | tests | in all | median | 90 % | 99 % | most |", "|---|---|---|---|---|---|---|---|"]
    for folder in folders:
        lines.append(measure_folder(folder, options.sample, options.herd))
        click.echo(lines[-1])
    (options.report / "report.md").write_text("\n".join(lines) + "\n")
    click.echo(f"written: {options.report / 'report.md'}")


if __name__ == "__main__":
    main()
