"""The code of a thread as a program sees it: the addresses of its labels and of what follows its calls."""

from dataclasses import dataclass, field

from gupproof.litmus.form import Line, Unsupported

# Far below the data; every line, be it a label's, has the four bytes of an instruction. Each thread has code of its own.
FIRST_ADDRESS = 0x1000_0000
SPACING = 0x10_0000
BYTES = 4


def place(index: int) -> str:
    """Return what the place before a line is called among the labels; no label of a test looks like that."""
    return f"@{index}"


@dataclass(slots=True)
class Code:
    """The lines of a thread.

    Attributes:
        thread: its number.
        lines: labels, which end in a colon, and instructions.
        taken: the lines whose addresses the thread may have.

    """

    thread: int = 0
    lines: tuple[Line, ...] = ()
    taken: set[int] = field(default_factory=set)

    def take(self, index: int) -> int:
        """Return the address of a line, which can be jumped to from now on."""
        self.taken.add(index)
        return FIRST_ADDRESS + SPACING * self.thread + BYTES * index

    def names(self) -> dict[int, str]:
        """Return how herd7 prints the addresses that were taken: those of instructions without a label have no name."""
        found: dict[int, str] = {}
        for index in sorted(self.taken):
            label = self.lines[index].text if index < len(self.lines) else ""
            if label.endswith(":"):
                found[self.take(index)] = f'label:"P{self.thread}:{label[:-1]}"'
        return found

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
