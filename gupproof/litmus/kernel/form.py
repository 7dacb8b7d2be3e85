"""A kernel-C litmus test as data: what surrounds the typed statements of its threads."""

from dataclasses import dataclass

from gupproof.language import typed
from gupproof.litmus.form import Formula, Quantifier, Register, Value, Word


@dataclass(frozen=True, slots=True)
class KernelThread:
    """One thread.

    Attributes:
        parameters: the locations it is given.
        locals: the registers it names, its parameters among them where it assigns to them.
        body: its statements.

    """

    parameters: tuple[str, ...]
    locals: frozenset[str]
    body: tuple[typed.Stmt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelTest:
    """A kernel-C litmus test.

    Attributes:
        name: the second word of the file.
        path, text: the file.
        arrays: name → number of elements.
        memory: initial values of memory, where given; elements are ``a[1]``.
        registers: initial values of registers, where given.
        threads: see there.
        quantifier, condition: the final condition.
        filter: what executions must satisfy to count; None where there is none.
        listed: what the ``locations`` clause wants to see.
        final: the final condition as written, on one line.

    """

    name: str
    path: str
    text: str
    arrays: dict[str, int]
    memory: dict[str, Value]
    registers: dict[Register, Value]
    threads: tuple[KernelThread, ...]
    quantifier: Quantifier
    condition: Formula
    filter: Formula | None = None
    listed: tuple[Register | Word, ...] = ()
    final: str = ""
