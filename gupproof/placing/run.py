"""Answers questions about placements from end to end."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, as_completed

from gupproof.placing.answer import Answer, Answering, Cheapest, Reason, View, front
from gupproof.placing.goals import Question
from gupproof.placing.search import Progress
from gupproof.placing.slots import Placement, Slot, ordered_by, today
from gupproof.placing.worth import Judgement, Worth
from gupproof.program.targets import Target
from gupproof.proving.platforms import Platform
from gupproof.proving.result import Result
from gupproof.proving.workers import on, workers

MOST_EXPLAINED = 8


def answer(
    question: Question,
    targets: Mapping[Platform, Target],
    *,
    limit: float | None = None,
    tell: Callable[[str, Progress], None] = lambda _what, _progress: None,
) -> Answer:
    """Answer a question.

    Args:
        question: what is asked.
        targets: of its platforms, with the costs that count.
        limit: seconds; past them the answer is what is known by then, marked as such.
        tell: is told how far the searches are.

    Raises:
        GupError: a scenario cannot be unrolled or encoded.
        RuntimeError: an execution did not stand up to its re-check.

    """
    started = time.perf_counter()
    at_work = Answering(question, targets, None if limit is None else started + limit, tell)
    platforms = question.platforms
    alone = tuple(at_work.view([platform]) for platform in platforms)
    together = alone[0] if len(platforms) == 1 else at_work.view(platforms)
    minimal = together.found.placements
    known = [*minimal, *([today(question.slots)] if together.today else [])]
    cheapest = tuple(at_work.cheapest(platform, known) for platform in _one_for_each_target(platforms))
    costs = {platform.target: at_work.weights(targets[platform]) for platform in platforms}
    best = _front(at_work, costs, (*minimal, *(item.placement for item in cheapest if item.placement is not None)))
    explained = minimal if len(minimal) <= MOST_EXPLAINED else best
    oracles = at_work.search(platforms).oracles
    reasons: dict[Placement, tuple[Reason, ...]] = {item: at_work.reasons(oracles, item) for item in explained}
    own = {view.platforms[0]: _own_reasons(at_work, view, costs) for view in alone if together.hopeless and len(alone) > 1}
    return Answer(
        question=question,
        alone=alone,
        together=together,
        costs=costs,
        cheapest=cheapest,
        front=best,
        reasons=reasons,
        asked=at_work.asked,
        seconds=time.perf_counter() - started,
        own_reasons={platform: told for platform, told in own.items() if told},
    )


def answers(
    questions: Sequence[Question],
    targets: Mapping[Platform, Target],
    *,
    jobs: int,
    limit: float | None = None,
    tell: Callable[[str, Progress], None] = lambda _what, _progress: None,
) -> Iterator[tuple[int, Answer]]:
    """Yield each question's number with its answer as it is found, on several processes; otherwise as :func:`answer`.

    With more than one process nobody is told how far the searches are.
    """
    if jobs <= 1 or len(questions) <= 1:
        for number, question in enumerate(questions):
            yield number, answer(question, targets, limit=limit, tell=tell)
        return
    with workers(min(jobs, len(questions)), questions) as executor:
        waiting: dict[Future[Answer], int] = {
            executor.submit(on, number, answer, targets={item: targets[item] for item in asked.platforms}, limit=limit): number
            for number, asked in enumerate(questions)
        }
        for future in as_completed(waiting):
            yield waiting[future], future.result()


def cheapest(
    question: Question,
    targets: Mapping[Platform, Target],
    *,
    limit: float | None = None,
    tell: Callable[[str, Progress], None] = lambda _what, _progress: None,
) -> tuple[Cheapest, ...]:
    """Return what is sufficient on every platform and costs least on each target, and nothing else; as :func:`answer`."""
    started = time.perf_counter()
    at_work = Answering(question, targets, None if limit is None else started + limit, tell)
    known = [placement for placement in (today(question.slots),) if at_work.worth(placement).sufficient]
    return tuple(at_work.cheapest(platform, known) for platform in _one_for_each_target(question.platforms))


def trial(
    question: Question, targets: Mapping[Platform, Target], placement: Placement, *, limit: float | None = None
) -> tuple[tuple[Platform, Judgement, Result | None], ...]:
    """Return for each platform what a placement is worth there, and where an execution defeats it, that."""
    at_work = Answering(question, targets, None if limit is None else time.perf_counter() + limit)
    found = []
    for platform in question.platforms:
        search = at_work.search([platform])
        worth = at_work.worth(placement, search)
        defeated = worth.worth is Worth.DEFEATED
        found.append((platform, worth, at_work.defeat(search.oracles, placement) if defeated else None))
    return tuple(found)


def _own_reasons(
    at_work: Answering, view: View, costs: Mapping[str, tuple[tuple[int, ...], ...]]
) -> dict[Placement, tuple[Reason, ...]]:
    """Return why each barrier is kept of what one platform needs: of many minimal placements, of the cheapest ones."""
    (platform,) = view.platforms
    placed = view.found.placements
    if len(placed) > MOST_EXPLAINED:
        prices = {
            item: sum(row[position] for row, position in zip(costs[platform.target], item, strict=True)) for item in placed
        }
        placed = tuple(item for item in placed if prices[item] == min(prices.values()))[:MOST_EXPLAINED]
    oracles = at_work.search([platform]).oracles
    return {item: at_work.reasons(oracles, item) for item in placed}


def _one_for_each_target(platforms: tuple[Platform, ...]) -> list[Platform]:
    return list({platform.target: platform for platform in reversed(platforms)}.values())[::-1]


def _front(
    at_work: Answering, costs: Mapping[str, tuple[tuple[int, ...], ...]], known: tuple[Placement, ...]
) -> tuple[Placement, ...]:
    """Return the sufficient placements that none beats on every target; ``known`` are the minimal and the cheapest ones."""
    slots = at_work.question.slots
    every = tuple(dict.fromkeys(known))
    if not all(_grows(slot, row[number]) for row in costs.values() for number, slot in enumerate(slots)):
        # Where something stronger costs less, what no other beats need not be minimal in strength.
        priced = [ordered_by(slot, [row[number] for row in costs.values()]) for number, slot in enumerate(slots)]
        every = tuple(dict.fromkeys((*every, *at_work.search(at_work.question.platforms, priced).minimal().placements)))
    prices = {
        item: tuple(sum(row[position] for row, position in zip(rows, item, strict=True)) for rows in costs.values())
        for item in every
    }
    return front(every, prices)


def _grows(slot: Slot, row: Sequence[int]) -> bool:
    """Whether what is stronger never costs less."""
    return all(row[a] <= row[b] for a in slot.all for b in slot.above[a])
