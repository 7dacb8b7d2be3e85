"""Registers: locals and parameters of a call, and the addresses of registers that are passed as arguments."""

from dataclasses import dataclass, field

from gupproof.diagnostics import Span


@dataclass(frozen=True, slots=True)
class RegisterAddress:
    """``&local``: the call whose register it is, counted from the bottom of the stack, and its name."""

    frame: int
    name: str


@dataclass(frozen=True, slots=True)
class GhostAddress:
    """``&ghost``."""

    name: str


Value = int | RegisterAddress | GhostAddress


class UninitialisedError(Exception):
    """A local without a value was read."""

    def __init__(self, name: str, span: Span) -> None:
        super().__init__(f"{span}: `{name}` has no value yet")
        self.name = name
        self.span = span


@dataclass(slots=True)
class Frame:
    """The registers of one call, by name; None for one that has no value.

    ``sees_ghosts``: its code stands in the scenario, where ghosts have names.
    """

    chain: tuple[Span, ...]
    sees_ghosts: bool = False
    registers: dict[str, Value | None] = field(default_factory=dict)


def number(value: Value) -> int:
    """Return a value as a number, where it cannot be a register's address.

    Raises:
        AssertionError: it is one, which the checker keeps from being computed with.

    """
    assert isinstance(value, int), "the address of a register is an argument and nothing else"
    return value


def truth(value: Value) -> bool:
    """Whether a value is not 0 or NULL."""
    return value != 0
