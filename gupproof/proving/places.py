"""What the interpreter calls the values of a run, as numbers of a program: the two lay memory out in different ways."""

from gupproof.meaning.outcome import Shown
from gupproof.program.events import Program

ALIGNED = 64  # what objects are aligned to in both layouts: a pointer that is off by less carries a tag


class Places:
    """The words of a program by name."""

    def __init__(self, program: Program) -> None:
        self._addresses = _addresses(program)

    def address(self, name: str) -> int | None:
        """Return the address of a word or object; None for a name that the program does not have."""
        return self._addresses.get(name)

    def value(self, shown: Shown) -> int | None:
        """Return a value as the program has it; None for what has no name: a pointer to nowhere."""
        if isinstance(shown, int):
            return shown
        if shown == "NULL":
            return 0
        name, _, added = shown.removeprefix("&").partition(" + ")
        base, distance = self._addresses.get(name), int(added or 0)
        return None if base is None or distance >= ALIGNED else base + distance


def _addresses(program: Program) -> dict[str, int]:
    """Return the address of every word, and of every object that words lie in, by name."""
    found: dict[str, int] = {}
    for location in program.locations:
        name = location.name
        for end, character in enumerate(name):
            if character in ".[":
                found.setdefault(name[:end], location.address)
        found[name] = location.address
    return found
