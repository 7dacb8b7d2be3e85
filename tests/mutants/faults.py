"""The list of deliberate faults, in ``faults.toml``: one line of the engine each, and the tests that have to see it."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).parent / "faults.toml"


@dataclass(frozen=True)
class Fault:
    """A fault.

    Attributes:
        file: that it is put into, from the top of the checkout.
        old: what stands there, once.
        new: what is put in its place.
        says: what it would do.
        tests: what has to fail, the first first.

    """

    file: str
    old: str
    new: str
    says: str
    tests: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.file}: {self.says}"

    def applied(self, text: str) -> str:
        """Return the text of the file with the fault in it.

        Raises:
            ValueError: the fragment is not there, or more than once.

        """
        found = text.count(self.old)
        if found != 1:
            raise ValueError(f"{self.file} has this {found} times: {self.old}")
        return text.replace(self.old, self.new)


def faults() -> Iterator[Fault]:
    """Yield the faults of the list, in its order."""
    for part in tomllib.loads(LIST.read_text(encoding="utf-8"))["part"]:
        for item in part["fault"]:
            tests = tuple(item.get("tests", part["tests"]))
            yield Fault(file=part["file"], old=item["old"], new=item["new"], says=item["says"], tests=tests)
