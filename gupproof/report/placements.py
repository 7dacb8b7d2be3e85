"""Answers about placements as text and as JSON."""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gupproof.execution.story import LEGEND, render
from gupproof.placing.answer import INTERLEAVING, Answer, Cheapest, Reason, View
from gupproof.placing.goals import Question
from gupproof.placing.slots import Placement, spelled, today
from gupproof.proving.platforms import Platform
from gupproof.proving.result import Result
from gupproof.report.records import record

Json = dict[str, Any]

WIDTH = 100
NARROW = 34
_NOTHING = "nothing: every slot at its weakest"


def answer_text(answer: Answer, *, stories: bool = False) -> str:
    """Return an answer in words; with the story of each execution if ``stories`` are wanted."""
    question = answer.question
    parts = [heading(question), _worth(answer), _minimal(answer)]
    if answer.together.found.placements or any(item.placement for item in answer.cheapest):
        parts.append(_costs(answer))
    if answer.together.found.placements:
        parts.append(_reasons(answer, stories=stories))
    elif answer.together.hopeless and answer.together.defeat is not None:
        parts.append(_hopeless(answer, stories=stories))
    return "\n\n".join(part for part in parts if part)


def heading(question: Question) -> str:
    """Return what is asked: the slots with what may stand in them, and what is to hold."""
    title = textwrap.wrap(", ".join(question.names), WIDTH)
    lines = [*title, "═" * max(map(len, title))]
    for goal in question.goals:
        settings = ", ".join(f"{name} = {value}" for name, value in goal.settings)
        where = f" with {settings}" if settings else ""
        lines += textwrap.wrap(
            f"to hold: {', '.join(goal.properties)} of {goal.scenario}{where}", WIDTH, subsequent_indent="  "
        )
    width = max(len(slot.name) for slot in question.slots)
    lines.append("")
    for slot in question.slots:
        words = [f"[{value}]" if position == slot.today else value for position, value in enumerate(slot.values)]
        lines.append(f"  {slot.name:<{width}}  {'  '.join(words)}")
    return "\n".join([*lines, "  (in brackets: what the text has today)"])


def _worth(answer: Answer) -> str:
    rows = []
    for view in _views(answer):
        worth = {True: "sufficient", False: "NOT sufficient", None: "not found out"}[view.today]
        note = ""
        if view.today:
            slots = answer.question.slots
            spare = [f"{slots[n].name} could be {slots[n].values[placement[n]]}" for n, placement in view.spare]
            note = f"not minimal: {'; '.join(spare)}" if spare else "minimal"
        elif view.defeat is not None and not view.hopeless:
            note = view.defeat.reason
        rows.append((_name(view), worth, note))
    return _table("what stands there today", rows)


def _minimal(answer: Answer) -> str:
    # Models that need the same are named together.
    names: dict[tuple[str, ...], list[str]] = {}
    for view in _views(answer):
        names.setdefault(_placements(answer.question, view), []).append(_name(view))
    rows: list[tuple[str, str]] = []
    for texts, views in names.items():
        left = textwrap.wrap(", ".join(views), NARROW)
        height = max(len(left), len(texts))
        rows += zip([*left, *[""] * (height - len(left))], [*texts, *[""] * (height - len(texts))], strict=True)
    return _table("minimal sufficient placements (all else at its weakest)", rows)


def _placements(question: Question, view: View) -> tuple[str, ...]:
    found = view.found
    texts = [spelled(question.slots, item) for item in found.placements]
    texts = [_NOTHING if text == "nothing" else text for text in texts]
    texts = [
        f"{text}  (vacuous: nothing comes to its end)" if placement in view.empty else text
        for text, placement in zip(texts, found.placements, strict=True)
    ]
    if not found.complete:
        texts.append(f"... and perhaps others: {found.reason}")
    return tuple(texts) or ("none: no choice of these slots helps",)


def _hopeless(answer: Answer, *, stories: bool) -> str:
    defeat = answer.together.defeat
    assert defeat is not None
    if Platform(defeat.obligation.model, defeat.obligation.target) == INTERLEAVING:
        text = "This is not about ordering: plain interleaving is enough, whatever stands in the slots."
    else:
        text = "These slots are not where the order is missing: with the strongest alternative in each there is this execution."
    return "\n".join([*textwrap.wrap(text, WIDTH), "", _execution(defeat, stories=stories)])


def _costs(answer: Answer) -> str:
    targets = list(answer.costs)
    slots = answer.question.slots
    least = {item.target: item.cost for item in answer.cheapest if item.proved}
    now = today(slots)
    shown = dict.fromkeys((*([now] if answer.together.today else []), *answer.front, *answer.reasons))
    rows = [("", *targets)]
    for placement in shown:
        text = spelled(slots, placement)
        prices = {target: answer.price(target, placement) for target in targets}
        marks = [f"{price}{' *' if least.get(target) == price else ''}" for target, price in prices.items()]
        rows.append((f"{text} (today's)" if placement == now else text, *marks))
    lines = [_table("what they cost (relative units; * the least)", rows)]
    lines += [f"  {cheapest_text(answer.question, item)}" for item in answer.cheapest if not item.proved]
    return "\n".join(lines)


def cheapest_text(question: Question, item: Cheapest) -> str:
    """Return in a line what costs least on a target."""
    if item.placement is None:
        known = "no choice is sufficient" if item.proved else f"none is known yet; none costs less than {item.bound}"
        return f"{item.target}: {known}"
    text = f"{item.target}: {spelled(question.slots, item.placement)}, at {item.cost}"
    return text if item.proved else f"{text}: the best known; none costs less than {item.bound}"


def _reasons(answer: Answer, *, stories: bool) -> str:
    slots = answer.question.slots
    if not any(answer.reasons.values()):
        return ""
    lines = ["why each is needed"]
    told: dict[str, str] = {}
    for placement, reasons in answer.reasons.items():
        lines.append(f"  {spelled(slots, placement)}:")
        for reason in reasons:
            what = f"{_step(answer.question, placement, reason)}:"
            if reason.result is None:
                lines.append(f"    {what} not found out")
                continue
            lines.append(f"    {what} {_where(reason.result)}: {reason.result.reason}")
            if stories:
                text = _execution(reason.result, stories=True)
                lines.append(textwrap.indent(f"as {told[text]}" if text in told else text, "      "))
                told.setdefault(text, what.removesuffix(":"))
    if stories:
        lines[1:1] = ["", *textwrap.wrap(LEGEND, WIDTH), ""]
    return "\n".join(lines)


def _step(question: Question, placement: Placement, reason: Reason) -> str:
    slot = question.slots[reason.slot]
    return f"{slot.name} = {slot.values[reason.weakened[reason.slot]]} instead of {slot.values[placement[reason.slot]]}"


def _execution(result: Result, *, stories: bool) -> str:
    head = f"{_where(result)}: {result.reason}"
    if not stories:
        return f"  {head}"
    values = ", ".join(f"{item.name} = {item.value}" for item in result.final)
    ending = [f"finally: {values}"] if values else []
    return "\n".join([head, render(result.story, width=WIDTH + 30), *ending])


def trial_text(question: Question, placement: Placement, found: Sequence[tuple[Platform, bool | None, Result | None]]) -> str:
    """Return what a proposal is worth, with the story of the first execution that defeats it."""
    rows = []
    for platform, worth, result in found:
        words = {True: "sufficient", False: "NOT sufficient", None: "not found out"}[worth]
        rows.append((str(platform), words, result.reason if result is not None else ""))
    now = today(question.slots)
    kept = sum(one == other for one, other in zip(placement, now, strict=True))
    said = "what stands there today" if placement == now else spelled(question.slots, placement, beside=now)
    left = " (all else as it stands)" if 0 < kept < len(now) else ""
    parts = [heading(question), _table(f"proposed: {said}{left}", rows)]
    defeats = [result for _, _, result in found if result is not None]
    if defeats:
        parts += ["\n".join(textwrap.wrap(LEGEND, WIDTH)), _execution(defeats[0], stories=True)]
    return "\n\n".join(parts)


def _views(answer: Answer) -> list[View]:
    return [*answer.alone, *([answer.together] if len(answer.alone) > 1 else [])]


def _name(view: View) -> str:
    return str(view.platforms[0]) if len(view.platforms) == 1 else "all together"


def _where(result: Result) -> str:
    return f"under {result.obligation.model}/{result.obligation.target}"


def _table(title: str, rows: Sequence[tuple[str, ...]]) -> str:
    return "\n".join([title, *(f"  {line}" for line in _rows(rows))])


def _rows(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[place]) for row in rows if place < len(row)) for place in range(max(map(len, rows)))]
    return ["  ".join(f"{word:<{width}}" for word, width in zip(row, widths, strict=False)).rstrip() for row in rows]


def summary(answers: Sequence[Json]) -> str:
    """Return a line for each answer, given as JSON: where, and each minimal placement of all together."""
    rows: list[tuple[str, ...]] = [("theorem", "under", "", "minimal sufficient placements")]
    for item in answers:
        where = ", ".join(dict.fromkeys(platform.split("/")[0] for goal in item["goals"] for platform in goal["platforms"]))
        view = item["together"]
        texts = [_short(item, placement) for placement in view["minimal"]]
        if view["hopeless"]:
            texts = ["no choice helps"]
        if not view["complete"]:
            texts.append(f"not all found out: {view['reason']}")
        judged = {True: "as expected", False: "NOT AS EXPECTED", None: ""}[item["as_expected"]]
        rows.append((", ".join(item["theorems"]), where, judged, texts[0]))
        rows += [("", "", "", f"or {text}") for text in texts[1:]]
    return "\n".join(_rows(rows))


def _short(item: Json, placement: dict[str, str]) -> str:
    weakest = {slot["name"]: slot["weakest"] for slot in item["slots"]}
    chosen = [f"{name} = {value}" for name, value in placement.items() if value != weakest[name]]
    return f"{{ {', '.join(chosen)} }}" if chosen else "{ }"


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def question_json(question: Question) -> Json:
    """Return what is asked as JSON."""
    return {
        "theorems": list(question.names),
        "slots": [
            {
                "name": slot.name,
                "alternatives": list(slot.values),
                "today": slot.values[slot.today],
                "weakest": slot.values[slot.weakest],
            }
            for slot in question.slots
        ],
        "goals": [
            {
                "file": goal.unit.path,
                "scenario": goal.scenario,
                "settings": dict(goal.settings),
                "properties": list(goal.properties),
                "flags": list(goal.flags),
                "platforms": [str(platform) for platform in goal.platforms],
            }
            for goal in question.goals
        ],
    }


def answer_json(answer: Answer, *, drawings: Mapping[int, str] | None = None) -> Json:
    """Return an answer as JSON.

    Args:
        answer: what was found out.
        drawings: ``id`` of a result → the file it is drawn in.

    """
    question = answer.question

    def told(result: Result | None) -> Json | None:
        if result is None:
            return None
        return {**record(result), **({"drawing": drawings[id(result)]} if drawings and id(result) in drawings else {})}

    expected = question.expected
    return {
        **question_json(question),
        "expected": None if expected is None else [_placement(question, item) for item in expected],
        "as_expected": answer.as_expected,
        "alone": [_view(question, view, told) for view in answer.alone],
        "together": _view(question, answer.together, told),
        "costs": {
            target: {
                slot.name: dict(zip(slot.values, row, strict=True)) for slot, row in zip(question.slots, rows, strict=True)
            }
            for target, rows in answer.costs.items()
        },
        "cheapest": [cheapest_json(question, item) for item in answer.cheapest],
        "front": [
            {"placement": _placement(question, item), "costs": {target: answer.price(target, item) for target in answer.costs}}
            for item in answer.front
        ],
        "reasons": [
            {
                "placement": _placement(question, placement),
                "slot": question.slots[reason.slot].name,
                "weakened": question.slots[reason.slot].values[reason.weakened[reason.slot]],
                "execution": told(reason.result),
            }
            for placement, reasons in answer.reasons.items()
            for reason in reasons
        ],
        "asked": answer.asked,
        "seconds": round(answer.seconds, 3),
    }


def cheapest_json(question: Question, item: Cheapest) -> Json:
    """Return what costs least on a target as JSON."""
    return {
        "target": item.target,
        "placement": _placement(question, item.placement) if item.placement is not None else None,
        "cost": item.cost if item.placement is not None else None,
        "bound": item.bound,
        "proved": item.proved,
    }


def trial_json(question: Question, placement: Placement, found: Sequence[tuple[Platform, bool | None, Result | None]]) -> Json:
    """Return what a proposal is worth as JSON."""
    return {
        **question_json(question),
        "placement": _placement(question, placement),
        "platforms": [
            {"platform": str(platform), "sufficient": worth, "execution": record(result) if result is not None else None}
            for platform, worth, result in found
        ],
    }


def _view(question: Question, view: View, told: Callable[[Result | None], Json | None]) -> Json:
    slots = question.slots
    return {
        "platforms": [str(platform) for platform in view.platforms],
        "today": view.today,
        "spare": [{"slot": slots[number].name, "to": slots[number].values[item[number]]} for number, item in view.spare],
        "minimal": [_placement(question, item) for item in view.found.placements],
        "vacuous": [_placement(question, item) for item in view.empty],
        "complete": view.found.complete,
        "reason": view.found.reason,
        "hopeless": view.hopeless,
        "defeat": told(view.defeat),
    }


def _placement(question: Question, placement: Placement) -> dict[str, str]:
    return {slot.name: slot.values[position] for slot, position in zip(question.slots, placement, strict=True)}
