"""The search for placements: proposes the lightest that nothing rules out, asks, and learns from each answer.

A placement that fails does so by an execution, and every placement that allows this execution is ruled out with it. So a
proposal is a least hitting set of what was learned, and one that turns out sufficient has no sufficient placement below it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from gupproof.placing.candidates import Candidates
from gupproof.placing.opened import UndecidedError
from gupproof.placing.oracle import Oracle
from gupproof.placing.slots import Placement, Slot, minimal, up
from gupproof.placing.worth import Judgement, Worth, together


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
        placements: sufficient ones, with nothing that is known to be sufficient below any of them.
        complete: whether these are all, and nothing below them is left open; if not, ``reason`` says why.
        bound: nothing lighter than this is sufficient, in the weights of the search.
        reason: why it is not complete.
        late: whether that is for lack of time.
        undecided: placements in which executions run into a limit of the program's, with what that leaves open: the weakest.
        vacuous: placements that are not sufficient though nothing goes wrong, with what never happens: the weakest.

    """

    placements: tuple[Placement, ...]
    complete: bool
    bound: int
    reason: str = ""
    late: bool = False
    undecided: tuple[tuple[Placement, str], ...] = ()
    vacuous: tuple[tuple[Placement, str], ...] = ()


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

    def judge(self, placement: Placement) -> Judgement:
        """Return what a placement is worth to all oracles together.

        Raises:
            UndecidedError: this was not found out.

        """
        known = [oracle.known(placement) for oracle in self.oracles]
        found = [answer for answer in known if answer is not None]
        for oracle, answer in zip(self.oracles, known, strict=True):
            if any(item.worth is Worth.DEFEATED for item in found):
                break
            if answer is None:
                found.append(oracle.judge(placement, deadline=self.deadline))
        return together(found)

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
        best = found.placements[0] if found.placements else None
        least = sum(row[position] for row, position in zip(weights, best, strict=True)) if best is not None else None
        bound = found.bound // unit
        # What was left open does not matter where it would not be cheaper.
        proved = found.complete or bound == least
        return replace(found, complete=proved, bound=bound, reason="" if proved else found.reason)

    def _run(self, weights: Sequence[Sequence[int]], *, every: bool, known: Sequence[Placement] = (), unit: int = 1) -> Found:
        candidates = Candidates(self.slots, weights)
        found: list[Placement] = []
        undecided: list[tuple[Placement, str]] = []
        vacuous: list[tuple[Placement, str]] = []
        best = min(known, key=candidates.weight, default=None)
        bound = 0
        counted = [0] * len(self.oracles)

        def outcome(reason: str = "", *, late: bool = False) -> Found:
            kept = found if every or best is None or not reason else [best]
            # Which of equals is found first is chance.
            ordered = sorted(kept, key=lambda item: (candidates.weight(item), item))
            left = [candidates.weight(placement) for placement, _ in undecided]
            return Found(
                placements=tuple(ordered),
                complete=not reason and not undecided,
                bound=min([bound, *left]),
                reason=reason or (undecided[0][1] if undecided else ""),
                late=late,
                undecided=_weakest(self.slots, undecided),
                vacuous=_weakest(self.slots, vacuous),
            )

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
                    raise UndecidedError("the time is up", late=True)
                judgement = self.judge(proposed)
            except UndecidedError as problem:
                return outcome(str(problem), late=problem.late)
            match judgement.worth:
                case Worth.DEFEATED:
                    continue
                case Worth.SUFFICIENT:
                    found.append(proposed)
                    if not every:
                        return outcome()
                    candidates.exclude(up(self.slots, proposed))
                    continue
                case Worth.UNKNOWN:
                    undecided.append((proposed, judgement.reason))
                case Worth.VACUOUS:
                    vacuous.append((proposed, judgement.reason))
            for oracle in self.oracles:
                for region in oracle.passed_over(proposed):
                    candidates.exclude(region)

    def _report(self, bound: int, best: int | None, found: int) -> None:
        self.tell(Progress(bound=bound, best=best, found=found, asked=sum(oracle.asked for oracle in self.oracles)))


def _weakest(slots: Sequence[Slot], told: Sequence[tuple[Placement, str]]) -> tuple[tuple[Placement, str], ...]:
    """Return those of some placements that none of the others is below, with what is told of them."""
    kept = set(minimal(slots, (placement for placement, _ in told)))
    return tuple(item for item in told if item[0] in kept)


def weakenings(slots: Sequence[Slot], placement: Placement) -> list[tuple[int, Placement]]:
    """Return a placement with one slot one step weaker, for each slot and step: the slot's number and what comes out."""
    return [
        (number, (*placement[:number], weaker, *placement[number + 1 :]))
        for number, (slot, position) in enumerate(zip(slots, placement, strict=True))
        for weaker in slot.one_step_weaker(position)
    ]
