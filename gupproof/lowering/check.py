"""Holds a target table against the kernel's promises, and against the instructions that it stands for.

Each small program is judged three times: in kernel words under the Linux-kernel memory model, as the events of the table's
rows, and as the instructions of those rows, the latter two under each model of the table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path

from gupproof.lowering.assembly import assembly, branches
from gupproof.lowering.instructions import Instructions, read_instructions
from gupproof.lowering.judging import Verdict, judged_assembly, judged_kernel_c
from gupproof.lowering.kernel import kernel_c
from gupproof.lowering.locks import lock_trials
from gupproof.lowering.trials import Trial, trials
from gupproof.proving.platforms import Platform
from gupproof.proving.workers import workers

KERNEL = Platform("lkmm", "lkmm")
_CHUNK = 40


class Fault(Enum):
    """What is wrong with a row, as far as one program tells."""

    ROW_TOO_WEAK = "the row allows what the kernel promises never happens"
    CODE_TOO_WEAK = "its instructions allow what the kernel promises never happens"
    ROW_WEAKER = "the row allows what its instructions do not"
    CODE_WEAKER = "its instructions allow what the row does not"
    UNKNOWN = "no answer in time"


@dataclass(frozen=True, slots=True)
class Table:
    """A table to check.

    Attributes:
        target: its name, or its path.
        models: names of the models it is for.
        instructions: the path of its instructions.

    """

    target: str
    models: tuple[str, ...]
    instructions: str

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """The models on this table."""
        return tuple(Platform(model, self.target) for model in self.models)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fault that a program shows.

    Attributes:
        fault: see there.
        primitive: what the program is about; whether it fails is part of the name.
        row: of the table.
        platform: the model and the table.
        trial: the name of the program.
        kernel, table, instructions: the three verdicts.
        words: the program in kernel C.
        code: the program in assembly.

    """

    fault: Fault
    primitive: str
    row: str
    platform: Platform
    trial: str
    kernel: Verdict
    table: Verdict
    instructions: Verdict
    words: str
    code: str


@lru_cache(maxsize=1)
def all_trials() -> tuple[Trial, ...]:
    """Return every program."""
    return (*lock_trials(), *trials())


def check(
    tables: Sequence[Table], numbers: Sequence[int] | None = None, *, jobs: int = 1, timeout: float = 60.0
) -> Iterator[tuple[int, list[Finding]]]:
    """Yield how many programs are done, and what they have shown, again and again until all are.

    Args:
        tables: what is checked.
        numbers: which of :func:`all_trials`; None for all.
        jobs: processes.
        timeout: seconds of solving for each question.

    Raises:
        GupError: a table, its instructions or a model cannot be read.
        Unsupported: there is an instruction that is not read.

    """
    chosen = range(len(all_trials())) if numbers is None else numbers
    # Striding makes the parts alike in length; and what is read here is there in each process that is forked.
    for table in tables:
        read_instructions(Path(table.instructions))
    parts = [chosen[start :: max(1, len(chosen) // _CHUNK)] for start in range(max(1, len(chosen) // _CHUNK))]
    if jobs <= 1 or len(parts) <= 1:
        for part in parts:
            yield len(part), _checked(part, tables, timeout)
        return
    with workers(min(jobs, len(parts))) as executor:
        found = executor.map(_checked, parts, [tables] * len(parts), [timeout] * len(parts))
        yield from zip(map(len, parts), found, strict=True)


def _checked(numbers: Sequence[int], tables: Sequence[Table], timeout: float) -> list[Finding]:
    return [finding for number in numbers for finding in check_one(all_trials()[number], tables, timeout)]


def check_one(trial: Trial, tables: Sequence[Table], timeout: float) -> Iterator[Finding]:
    """Yield what one program shows.

    Raises:
        GupError: see :func:`check`.
        Unsupported: likewise.

    """
    words = kernel_c(trial)
    promised = judged_kernel_c(words, KERNEL, timeout)
    if trial.large and promised is Verdict.SOMETIMES:
        # How the row and its instructions compare is what the programs of two threads show.
        return
    for table in tables:
        instructions = read_instructions(Path(table.instructions))
        code = assembly(trial, instructions)
        for platform in table.platforms:
            row = judged_kernel_c(words, platform, timeout)
            run = judged_assembly(code, platform, timeout)
            for fault in _faults(promised, row, run):
                if fault is Fault.ROW_WEAKER and _only_branches(trial, instructions, platform, timeout):
                    continue
                yield Finding(
                    fault=fault,
                    primitive=trial.use.name,
                    row=trial.use.row,
                    platform=platform,
                    trial=trial.name,
                    kernel=promised,
                    table=row,
                    instructions=run,
                    words=words,
                    code=code,
                )


def _faults(promised: Verdict, row: Verdict, run: Verdict) -> list[Fault]:
    if Verdict.UNKNOWN in (promised, row, run):
        return [Fault.UNKNOWN]
    faults = []
    if promised is Verdict.NEVER:
        if row is Verdict.SOMETIMES:
            faults.append(Fault.ROW_TOO_WEAK)
        if run is Verdict.SOMETIMES:
            faults.append(Fault.CODE_TOO_WEAK)
    if row is not run:
        faults.append(Fault.ROW_WEAKER if row is Verdict.SOMETIMES else Fault.CODE_WEAKER)
    return faults


def _only_branches(trial: Trial, instructions: Instructions, platform: Platform, timeout: float) -> bool:
    """Whether it is by their own branches that instructions order more than the row, which leaves those out."""
    if not any(branches(act, instructions) for thread in trial.threads for act in thread):
        return False
    straight = assembly(trial, instructions, straight=True)
    return judged_assembly(straight, platform, timeout) is Verdict.SOMETIMES
