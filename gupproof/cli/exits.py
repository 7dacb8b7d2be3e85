"""Exit codes."""

from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gupproof.proving.result import Result


class Exit(IntEnum):
    """What the shell is told."""

    AS_EXPECTED = 0
    UNEXPECTED = 1
    BAD_INPUT = 2
    UNKNOWN = 3
    INTERNAL = 4


def exit_code(results: Sequence["Result"], *, complete: bool) -> Exit:
    """Return the code for a run.

    An unexpected verdict weighs more than an unknown one; bad input and contradictions more than both. For results without
    an expectation, a refutation counts as unexpected, and so does what a memory model flags.
    """
    from gupproof.proving.result import Verdict  # noqa: PLC0415 - imported by commands that have it already

    verdicts = {result.verdict for result in results}
    if any(result.internal for result in results):
        return Exit.INTERNAL
    if Verdict.ERROR in verdicts:
        return Exit.BAD_INPUT
    decided = [result for result in results if result.verdict is not Verdict.UNKNOWN]
    if any(result.as_expected is False for result in decided):
        return Exit.UNEXPECTED
    if any(result.as_expected is None and (result.verdict is not Verdict.PROVED or result.flags) for result in decided):
        return Exit.UNEXPECTED
    if Verdict.UNKNOWN in verdicts or not complete:
        return Exit.UNKNOWN
    return Exit.AS_EXPECTED
