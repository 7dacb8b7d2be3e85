"""What a placement is worth: the verdict that ``prove`` would have on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from gupproof.placing.slots import Region


class Worth(Enum):
    """Whether a placement is sufficient."""

    SUFFICIENT = "sufficient"  # everything is proved, and the model flags nothing that it may not
    DEFEATED = "defeated"  # some execution refutes a property, or is flagged
    VACUOUS = "vacuous"  # nothing goes wrong, but something that is asked for never happens
    UNKNOWN = "unknown"  # it was not found out; or nothing goes wrong, but an execution runs into a limit of the program's


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a placement is worth, and why; of one that is defeated an execution says that better."""

    worth: Worth
    reason: str = ""

    @property
    def sufficient(self) -> bool | None:
        """Whether the placement is sufficient; None if that was not found out."""
        return None if self.worth is Worth.UNKNOWN else self.worth is Worth.SUFFICIENT


@dataclass(frozen=True, slots=True)
class Ruling:
    """A judgement that holds for every placement of a region."""

    region: Region
    judgement: Judgement


_GRAVEST = (Worth.DEFEATED, Worth.UNKNOWN, Worth.VACUOUS, Worth.SUFFICIENT)


def together(judgements: Iterable[Judgement]) -> Judgement:
    """Return what a placement is worth that several have judged: as little as the least of what they say.

    What one has defeated is defeated; what one left open is open, unless another defeats it.
    """
    return min(judgements, key=lambda item: _GRAVEST.index(item.worth), default=Judgement(Worth.SUFFICIENT))
