"""Puts faults into the engine, one at a time, and runs the tests that have to see them: ``make mutants``.

Faults go into copies of the checkout in a temporary folder, never into the checkout itself. A test that saw a fault is run once
more without any, at the end: one that fails anyway sees nothing.
"""

import argparse
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tests.mutants.failures import PLACE
from tests.mutants.faults import ROOT, Fault, faults

COPIED = ("gupproof", "tests", "spec", "proofs", "grammar", "docs")
FILES = ("pyproject.toml", "Makefile", "README.md")
LATER = 10  # seconds
PASSED, FAILED = 0, 1  # how pytest leaves; other codes are troubles of its own


class Fate(Enum):
    """What became of a fault."""

    KILLED = "killed"
    STUCK = "killed (too slow)"
    SURVIVED = "SURVIVED"
    NOT_FOUND = "NOT FOUND"
    BROKEN = "BROKEN"  # pytest did not get to run the tests


@dataclass(frozen=True)
class Tried:
    """A fault that was tried: its fate, and the tests that saw it."""

    fault: Fault
    fate: Fate
    seen_by: tuple[str, ...] = ()


def copies_of(count: int, folder: Path) -> list[Path]:
    """Return copies of the checkout with all that Python compiles: to compile takes longer than most tests."""
    first = folder / "0"
    for name in COPIED:
        shutil.copytree(ROOT / name, first / name, ignore=shutil.ignore_patterns("__pycache__", "generated"))
    for name in FILES:
        shutil.copy(ROOT / name, first / name)
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests"]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, cwd=first, env=environment | {"PYTHONPATH": str(first)}, stdout=subprocess.DEVNULL, check=True)
    return [first, *(Path(shutil.copytree(first, folder / str(number))) for number in range(1, count))]


def tried(fault: Fault, copy: Path, seconds: float) -> Tried:
    """Return what became of a fault; the copy is afterwards as it was."""
    place = copy / fault.file
    text, times = place.read_text(encoding="utf-8"), place.stat()
    try:
        changed = fault.applied(text)
    except ValueError:
        return Tried(fault, Fate.NOT_FOUND)
    place.write_text(changed, encoding="utf-8")
    # Python tells by these whether what it compiled is of this text.
    os.utime(place, (times.st_atime, times.st_mtime + LATER))
    try:
        code, failures = tested(copy, fault.tests, seconds)
    except subprocess.TimeoutExpired:
        return Tried(fault, Fate.STUCK)
    finally:
        place.write_text(text, encoding="utf-8")
        os.utime(place, ns=(times.st_atime_ns, times.st_mtime_ns))
    fate = {PASSED: Fate.SURVIVED, FAILED: Fate.KILLED}.get(code, Fate.BROKEN)
    return Tried(fault, fate, failures)


def tested(copy: Path, tests: Sequence[str], seconds: float) -> tuple[int, tuple[str, ...]]:
    """Run tests of a copy up to the first that fails; return pytest's exit code and what failed.

    Raises:
        subprocess.TimeoutExpired: they take too long.

    """
    names = copy / "failures.txt"
    names.write_text("", encoding="utf-8")
    plugins = ["-p", "no:cacheprovider", "-p", "tests.mutants.failures"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", *plugins, *tests],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", PLACE: str(names)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=seconds,
        check=False,
    )
    return done.returncode, tuple(names.read_text(encoding="utf-8").splitlines())


def tried_all(chosen: Sequence[Fault], copies: Sequence[Path], seconds: float) -> list[Tried]:
    """Try faults, one at a time in each copy, and say what becomes of each."""
    free: queue.SimpleQueue[Path] = queue.SimpleQueue()
    for copy in copies:
        free.put(copy)

    def one(fault: Fault) -> Tried:
        copy = free.get()
        begun = time.perf_counter()
        try:
            result = tried(fault, copy, seconds)
        finally:
            free.put(copy)
        print(f"{result.fate.value:9} {time.perf_counter() - begun:5.1f} s  {fault}  {' '.join(result.seen_by)}", flush=True)
        return result

    with ThreadPoolExecutor(len(copies)) as pool:
        return list(pool.map(one, chosen))


def main() -> int:
    """Try the faults whose file or description has one of the words; return 1 unless all are found out."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("words", nargs="*", help="only faults with one of these in their file or description")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--timeout", type=float, default=180, help="seconds for the tests of one fault; to run on is to fail")
    options = parser.parse_args()
    chosen = [fault for fault in faults() if not options.words or any(word in str(fault) for word in options.words)]
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="gupproof-mutants-") as folder:
        copies = copies_of(options.jobs, Path(folder))
        results = tried_all(chosen, copies, options.timeout)
        seeing = sorted({name for result in results for name in result.seen_by})
        blind = tested(copies[0], seeing, 600)[1] if seeing else ()
    for name in blind:
        print(f"fails without any fault: {name}")
    counts = Counter(result.fate for result in results)
    summary = ", ".join(f"{counts[fate]} {fate.value}" for fate in Fate if counts[fate])
    print(f"{len(chosen)} faults in {time.perf_counter() - started:.0f} s: {summary or 'none'}")
    return 0 if set(counts) <= {Fate.KILLED, Fate.STUCK} and not blind else 1


if __name__ == "__main__":
    sys.exit(main())
