"""A second meaning of the gup language: an interpreter of the typed tree that runs scenarios on operational machines.

It is written from docs/language.md and shares nothing with the line that turns a scenario into clauses, so that each can be
held against the other. ``explore`` finds everything that a small scenario can do; a ``Walker`` takes
single executions of a large one.

How what is found here relates to what the solver is asked:

* a complete outcome (:attr:`~gupproof.meaning.outcome.Outcome.complete`) is the final state of a complete execution;
* properties and covers hold, or do not, in complete outcomes only;
* asserts that fail and faults are collected over all executions, those that never become complete included;
* executions in which an ``assume`` does not hold are not there at all.

An execution ends here when nothing can go on any more: a thread is left waiting only where it would wait for good. What fails
in the beginning of some execution, whatever becomes of it, is told apart: ``Findings.possible``.
"""

from gupproof.meaning.explore import TooManyStatesError, explore
from gupproof.meaning.machine import Machine
from gupproof.meaning.outcome import Failure, Findings, Outcome
from gupproof.meaning.registers import UninitialisedError
from gupproof.meaning.requests import Ending, Stop
from gupproof.meaning.trace import Trace
from gupproof.meaning.walk import Walk, Walker

__all__ = [
    "Ending",
    "Failure",
    "Findings",
    "Machine",
    "Outcome",
    "Stop",
    "TooManyStatesError",
    "Trace",
    "UninitialisedError",
    "Walk",
    "Walker",
    "explore",
]
