"""The search for placements: proposes the lightest that nothing rules out, asks, and learns from each answer.

A placement that fails does so by an execution, and every placement that allows this execution is ruled out with it. So a
proposal is a least hitting set of what was learned, and one that turns out sufficient has no sufficient placement below it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gupproof.placing.candidates import Candidates
from gupproof.placing.oracle import Oracle, UndecidedError
from gupproof.placing.slots import Placement, Slot, up


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a search is.

    Attributes:
        bound: nothing lighter than this is sufficient.
        best: weight of the lightest placement known to be sufficient, if any.
        found: how many minimal ones are known.
        asked: questions to solvers so far.

    """

    bound: int
    best: int | None
    found: int
    asked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search came to.

    Attributes:
        placements: sufficient ones, with nothing sufficient below any of them.
        complete: whether these are all; if not, ``reason`` says why.
        bound: nothing lighter than this is sufficient, in the weights of the search.

    """

    placements: tuple[Placement, ...]
    complete: bool
    bound: int
    reason: str = ""


@dataclass(slots=True)
class Search:
    """Looks for placements that satisfy every one of some oracles.

    Attributes:
        slots: what is placed.
        oracles: what has to be satisfied. What they know already is made use of, and what is learned they know afterwards.
        deadline: on the clock of ``time.perf_counter``; None for none.
        tell: is told of progress.

    """

    slots: Sequence[Slot]
    oracles: Sequence[Oracle]
    deadline: float | None = None
    tell: Callable[[Progress], None] = field(default=lambda _: None)

    def sufficient(self, placement: Placement) -> bool:
        """Return whether a placement satisfies every oracle.

        Raises:
            UndecidedError: this was not found out.

        """
        known = [oracle.known(placement) for oracle in self.oracles]
        if False in known:
            return False
        open_ones = (oracle for oracle, answer in zip(self.oracles, known, strict=True) if answer is None)
        return all(oracle.sufficient(placement, deadline=self.deadline) for oracle in open_ones)

    def minimal(self) -> Found:
        """Return every sufficient placement that no sufficient one is below, in order of strength."""
        return self._run([slot.heights for slot in self.slots], every=True)

    def cheapest(self, weights: Sequence[Sequence[int]], known: Sequence[Placement] = ()) -> Found:
        """Return one sufficient placement of the least weight; of equal ones, one with nothing sufficient below.

        Args:
            weights: per slot and position.
            known: placements that are known to be sufficient: the best of them is the answer if time runs out.

        """
        # Steps of strength decide between equals, and never outweigh a unit.
        unit = 1 + sum(max(slot.heights) for slot in self.slots)
        fine = [
            [unit * weight + height for weight, height in zip(row, slot.heights, strict=True)]
            for row, slot in zip(weights, self.slots, strict=True)
        ]
        found = self._run(fine, every=False, known=known, unit=unit)
        return Found(placements=found.placements, complete=found.complete, bound=found.bound // unit, reason=found.reason)

    def _run(self, weights: Sequence[Sequence[int]], *, every: bool, known: Sequence[Placement] = (), unit: int = 1) -> Found:
        candidates = Candidates(self.slots, weights)
        found: list[Placement] = []
        best = min(known, key=candidates.weight, default=None)
        bound = 0
        counted = [0] * len(self.oracles)

        def outcome(reason: str = "") -> Found:
            kept = found if every or best is None or not reason else [best]
            # Which of equals is found first is chance.
            ordered = sorted(kept, key=lambda item: (candidates.weight(item), item))
            return Found(placements=tuple(ordered), complete=not reason, bound=bound, reason=reason)

        while True:
            for number, oracle in enumerate(self.oracles):
                for defeat in oracle.bad[counted[number] :]:
                    candidates.exclude(defeat.region)
                counted[number] = len(oracle.bad)
            proposed = candidates.propose()
            if proposed is None:
                return outcome()
            bound = candidates.weight(proposed)
            weighed = [candidates.weight(item) for item in (*found, *([best] if best else ()))]
            self._report(bound // unit, min(weighed) // unit if weighed else None, len(found))
            try:
                if self.deadline is not None and time.perf_counter() > self.deadline:
                    raise UndecidedError("the time is up")
                holds = self.sufficient(proposed)
            except UndecidedError as problem:
                return outcome(str(problem))
            if not holds:
                continue
            found.append(proposed)
            if not every:
                return outcome()
            candidates.exclude(up(self.slots, proposed))

    def _report(self, bound: int, best: int | None, found: int) -> None:
        self.tell(Progress(bound=bound, best=best, found=found, asked=sum(oracle.asked for oracle in self.oracles)))


def weakenings(slots: Sequence[Slot], placement: Placement) -> list[tuple[int, Placement]]:
    """Return a placement with one slot one step weaker, for each slot and step: the slot's number and what comes out."""
    return [
        (number, (*placement[:number], weaker, *placement[number + 1 :]))
        for number, (slot, position) in enumerate(zip(slots, placement, strict=True))
        for weaker in slot.one_step_weaker(position)
    ]
