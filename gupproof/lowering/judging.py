"""Whether the cycle of a small program can happen: in kernel words under their model, on a target, and as its instructions."""

from enum import Enum
from functools import lru_cache

from gupproof.encoding.encoding import encode
from gupproof.litmus.frame import read_assembly
from gupproof.litmus.kernel.form import KernelTest
from gupproof.litmus.kernel.lower import lower_kernel_c
from gupproof.litmus.kernel.reader import read_kernel_c
from gupproof.litmus.lower import lower_litmus
from gupproof.litmus.outcome import CONDITION
from gupproof.program.events import Program
from gupproof.proving.platforms import Platform, model_of, target_of
from gupproof.proving.questions import Questions
from gupproof.solving.solver import Outcome, Solver

_PATH = "a small program"


class Verdict(Enum):
    """In herd's words, whether the cycle happens."""

    NEVER = "Never"
    SOMETIMES = "Sometimes"
    UNKNOWN = "Unknown"


def judged(program: Program, platform: Platform, timeout: float) -> Verdict:
    """Return whether the condition of a program can hold under the platform's model.

    Raises:
        GupError: the model cannot be used.

    """
    model = model_of(platform)
    encoding = encode(program, model)
    finding = Questions(encoding, model, Solver(encoding.cnf)).ask(
        encoding.covered[CONDITION], timeout=timeout, reaches=CONDITION
    )
    match finding.outcome:
        case Outcome.SAT:
            return Verdict.SOMETIMES
        case Outcome.UNSAT:
            return Verdict.NEVER
        case Outcome.UNKNOWN:
            return Verdict.UNKNOWN


@lru_cache(maxsize=8)
def _read(text: str) -> KernelTest:
    return read_kernel_c(text, _PATH)


@lru_cache(maxsize=8)
def _lowered(text: str, target: str) -> Program:
    return lower_kernel_c(_read(text), target_of(Platform("", target)), unroll=0)


def judged_kernel_c(text: str, platform: Platform, timeout: float) -> Verdict:
    """Return the verdict of a program in kernel C, lowered by the platform's table.

    Raises:
        GupError: the model or the table cannot be used.
        Unsupported: the table has no row for what it does.

    """
    return judged(_lowered(text, platform.target), platform, timeout)


@lru_cache(maxsize=8)
def _assembled(text: str) -> Program:
    return lower_litmus(read_assembly(text, _PATH), unroll=0)


@lru_cache(maxsize=1 << 16)
def judged_assembly(text: str, platform: Platform, timeout: float) -> Verdict:
    """Return the verdict of a program in assembly; the same text is asked for often where rows are alike.

    Raises:
        GupError: the model cannot be used.
        Unsupported: it has an instruction that is not read.

    """
    return judged(_assembled(text), platform, timeout)
