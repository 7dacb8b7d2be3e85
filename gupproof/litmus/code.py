"""The code of a thread as a program sees it: the addresses of its labels and of what follows its calls."""

from dataclasses import dataclass, field

from gupproof.litmus.form import Line, Unsupported

# Far below the data; every line, be it a label's, has the four bytes of an instruction.
FIRST_ADDRESS = 0x1000_0000
BYTES = 4


def place(index: int) -> str:
    """Return what the place before a line is called among the labels; no label of a test looks like that."""
    return f"@{index}"


@dataclass(slots=True)
class Code:
    """The lines of a thread.

    Attributes:
        lines: labels, which end in a colon, and instructions.
        taken: the lines whose addresses the thread may have.

    """

    lines: tuple[Line, ...] = ()
    taken: set[int] = field(default_factory=set)

    def take(self, index: int) -> int:
        """Return the address of a line, which can be jumped to from now on."""
        self.taken.add(index)
        return FIRST_ADDRESS + BYTES * index

    def label(self, name: str) -> int | None:
        """Return the address of a label; None if the thread has none of that name."""
        named = [index for index, line in enumerate(self.lines) if line.text == f"{name}:"]
        return self.take(named[0]) if named else None

    def away(self, start: int, distance: int) -> str:
        """Return the place of the instruction that many bytes away from another one: labels have none of them.

        Raises:
            Unsupported: there is no such instruction.

        """
        instructions = [index for index, line in enumerate(self.lines) if not line.text.endswith(":")]
        wanted = instructions.index(start) + distance // BYTES
        if distance % BYTES or not 0 <= wanted <= len(instructions):
            raise Unsupported(f"instruction: a jump by {distance} bytes, out of the thread")
        return place((*instructions, len(self.lines))[wanted])
