"""Answers about placements, back from JSON."""

from typing import Any

from gupproof.placing.answer import Answer, Cheapest, Reason, View
from gupproof.placing.goals import Question
from gupproof.placing.search import Found
from gupproof.placing.slots import Placement
from gupproof.placing.worth import Judgement, Worth
from gupproof.proving.platforms import Platform
from gupproof.proving.result import Obligation, Result
from gupproof.report.records import result_of

Json = dict[str, Any]


def answer_of(item: Json, question: Question) -> Answer:
    """Return the answer that :func:`gupproof.report.placements.answer_json` made ``item`` of; executions as their stories.

    Args:
        item: the record.
        question: what it answers.

    Raises:
        ValueError: it is no record, or one of another question.

    """
    try:
        return _read(item, question)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"no record: {error}") from error


def _read(item: Json, question: Question) -> Answer:
    alone = tuple(_view(question, view) for view in item["alone"])
    together = alone[0] if len(question.platforms) == 1 == len(alone) else _view(question, item["together"])
    every = tuple(platform for view in alone for platform in view.platforms)
    if not every == together.platforms == question.platforms or item["theorems"] != [*question.names]:
        raise ValueError("no record of this question")
    explained: dict[Platform | None, dict[Placement, tuple[Reason, ...]]] = {None: {}}
    names = [slot.name for slot in question.slots]
    for told in item["reasons"]:
        placement = _placement(question, told["placement"])
        number = names.index(told["slot"])
        weakened = _placement(question, {**told["placement"], told["slot"]: told["weakened"]})
        reason = Reason(slot=number, weakened=weakened, result=_result(question, told["execution"]), said=told["otherwise"])
        platform = None if told["platform"] is None else _platform(told["platform"])
        reasons = explained.setdefault(platform, {})
        reasons[placement] = (*reasons.get(placement, ()), reason)
    return Answer(
        question=question,
        alone=alone,
        together=together,
        costs={
            target: tuple(tuple(row[slot.name][value] for value in slot.values) for slot in question.slots)
            for target, row in item["costs"].items()
        },
        cheapest=tuple(_cheapest(question, told) for told in item["cheapest"]),
        front=tuple(_placement(question, told["placement"]) for told in item["front"]),
        reasons=explained[None],
        asked=item["asked"],
        seconds=item["seconds"],
        own_reasons={platform: reasons for platform, reasons in explained.items() if platform is not None},
    )


def _view(question: Question, item: Json) -> View:
    minimal = tuple(_placement(question, told) for told in item["minimal"])
    today = {slot.name: slot.values[slot.today] for slot in question.slots}
    names = [slot.name for slot in question.slots]
    return View(
        platforms=tuple(map(_platform, item["platforms"])),
        found=Found(
            placements=minimal,
            complete=item["complete"],
            bound=0,
            reason=item["reason"],
            late=item["late"],
            undecided=tuple((_placement(question, told["placement"]), told["reason"]) for told in item["undecided"]),
            vacuous=tuple((_placement(question, told["placement"]), told["reason"]) for told in item["vacuous"]),
        ),
        judged=Judgement(Worth(item["worth"]), item["why"]),
        minimal=item["today_minimal"],
        spare=tuple(
            (names.index(told["slot"]), _placement(question, {**today, told["slot"]: told["to"]})) for told in item["spare"]
        ),
        unsure=tuple(
            (names.index(told["slot"]), _placement(question, {**today, told["slot"]: told["to"]}), told["reason"])
            for told in item["unsure"]
        ),
        defeat=_result(question, item["defeat"]),
    )


def _platform(name: str) -> Platform:
    return Platform(*name.split("/", 1))


def _cheapest(question: Question, item: Json) -> Cheapest:
    placement = _placement(question, item["placement"]) if item["placement"] is not None else None
    return Cheapest(
        target=item["target"],
        placement=placement,
        cost=item["cost"] or 0,
        bound=item["bound"],
        proved=item["proved"],
        reason=item["reason"],
    )


def _placement(question: Question, item: dict[str, str]) -> Placement:
    return tuple(slot.values.index(item[slot.name]) for slot in question.slots)


def _result(question: Question, item: Json | None) -> Result | None:
    if item is None:
        return None
    told = {name: value for name, value in item.items() if name != "drawing"}
    obligation = Obligation(
        file=question.goals[0].unit.path,
        theorem=told["theorem"] or "",
        claim="",
        doc="",
        scenario=told["scenario"],
        settings=tuple(told["settings"].items()),
        values=(),
        property=told["property"],
        model=told["model"],
        target=told["target"],
        covering=(),
        expect=None,
    )
    return result_of(told, obligation)
