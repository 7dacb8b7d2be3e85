"""Answers about placements as text and as JSON."""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gupproof.execution.story import LEGEND, render
from gupproof.placing.answer import INTERLEAVING, Answer, Cheapest, Reason, View
from gupproof.placing.goals import Question
from gupproof.placing.slots import Placement, spelled, today
from gupproof.placing.worth import Judgement, Worth
from gupproof.proving.platforms import Platform
from gupproof.proving.result import Result
from gupproof.report.records import record

Json = dict[str, Any]

WIDTH = 100
NARROW = 34
_NOTHING = "nothing: every slot at its weakest"
_WORTH = {
    Worth.SUFFICIENT: "sufficient",
    Worth.DEFEATED: "NOT sufficient",
    Worth.VACUOUS: "NOT sufficient: vacuous",
    Worth.UNKNOWN: "not found out",
}


def answer_text(answer: Answer, *, stories: bool = False) -> str:
    """Return an answer in words; with the story of each execution if ``stories`` are wanted."""
    question = answer.question
    parts = [heading(question), _worth(answer), _minimal(answer)]
    if answer.together.found.placements or any(item.placement for item in answer.cheapest):
        parts.append(_costs(answer))
    if answer.together.found.placements:
        parts.append(_reasons(answer, stories=stories))
    elif answer.together.hopeless:
        parts.append(_hopeless(answer, stories=stories))
        parts += [_own_reasons(answer, platform, stories=stories) for platform in answer.own_reasons]
    return "\n\n".join(part for part in parts if part)


def heading(question: Question) -> str:
    """Return what is asked: the slots with what may stand in them, and what is to hold."""
    title = textwrap.wrap(", ".join(question.names), WIDTH)
    lines = [*title, "═" * max(map(len, title))]
    for goal in question.goals:
        settings = ", ".join(f"{name} = {value}" for name, value in goal.settings)
        where = f" with {settings}" if settings else ""
        lines += _wrapped(f"to hold: {', '.join(goal.properties)} of {goal.scenario}{where}")
    width = max(len(slot.name) for slot in question.slots)
    lines.append("")
    for slot in question.slots:
        words = [f"[{value}]" if position == slot.today else value for position, value in enumerate(slot.values)]
        indent = " " * (width + 4)
        lines += textwrap.wrap(
            f"  {slot.name:<{width}}  {'  '.join(words)}", WIDTH, subsequent_indent=indent, break_on_hyphens=False
        )
    lines.append("  (in brackets: what the text has today)")
    if question.idle:
        scenarios = " or ".join(dict.fromkeys(goal.scenario for goal in question.goals))
        stand = "stands" if len(question.idle) == 1 else "stand"
        lines += _wrapped(f"  makes no difference: {', '.join(question.idle)} {stand} nowhere in {scenarios}", "    ")
    if question.kept:
        lines += _wrapped(f"  not placed: {', '.join(f'{name} = {value}' for name, value in question.kept)}", "    ")
    return "\n".join(lines)


def _wrapped(text: str, indent: str = "  ") -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_on_hyphens=False, drop_whitespace=True)


def _worth(answer: Answer) -> str:
    rows = []
    for view in _views(answer):
        note = view.judged.reason
        if view.today:
            note = _could_be_less(answer.question, view)
        elif view.defeat is not None and not view.hopeless:
            note = view.defeat.reason
        rows.append((_name(view), _WORTH[view.judged.worth], note))
    return _table("what stands there today", _noted(rows))


def _noted(rows: Sequence[tuple[str, str, str]]) -> list[tuple[str, ...]]:
    """Return rows whose last words take as many lines as they have to."""
    width = max(len(name) for name, _, _ in rows) + 2 + max(len(worth) for _, worth, _ in rows)
    made: list[tuple[str, ...]] = []
    for name, worth, note in rows:
        first, *others = _beside(note, width)
        made += [(name, worth, first), *(("", "", other) for other in others)]
    return made


def _could_be_less(question: Question, view: View) -> str:
    """Return whether today's placement, which is sufficient, is minimal; what is not known is said to be so."""

    def told(number: int, placement: Placement) -> str:
        return f"{question.slots[number].name} could be {question.slots[number].values[placement[number]]}"

    left = f"; not found out whether {', or '.join(told(n, p) for n, p, _ in view.unsure)}" if view.unsure else ""
    if view.spare:
        return f"not minimal: {'; '.join(told(*step) for step in view.spare)}{left}"
    match view.minimal:
        case True:
            return "minimal"
        case False:
            return f"not minimal: several slots could be weaker{left}"
        case None:
            return f"perhaps not minimal: {left.removeprefix('; ') or 'not all that is weaker was decided'}"


def _minimal(answer: Answer) -> str:
    # Models that need the same are named together.
    names: dict[tuple[str, ...], list[str]] = {}
    for view in _views(answer):
        names.setdefault(_placements(answer.question, view), []).append(_name(view))
    rows: list[tuple[str, str]] = []
    wide = max(len(line) for views in names.values() for line in textwrap.wrap(", ".join(views), NARROW))
    for told, views in names.items():
        left = textwrap.wrap(", ".join(views), NARROW)
        texts = [line for text in told for line in _beside(text, wide)]
        height = max(len(left), len(texts))
        rows += zip([*left, *[""] * (height - len(left))], [*texts, *[""] * (height - len(texts))], strict=True)
    kept = answer.question.kept
    of_these = "of the slots above, what is not named at its weakest" if kept else "all else at its weakest"
    return _table(f"minimal sufficient placements ({of_these})", rows)


def _beside(text: str, width: int) -> list[str]:
    """Return a text in lines that fit beside a column of a width."""
    space = max(NARROW, WIDTH - 4 - width)
    return textwrap.wrap(text, space, subsequent_indent="  ", break_on_hyphens=False) or [""]


def _placements(question: Question, view: View) -> tuple[str, ...]:
    found = view.found
    texts = [spelled(question.slots, item) for item in found.placements]
    texts = [_NOTHING if text == "nothing" else text for text in texts]
    if found.complete and not texts:
        texts.append("none" if found.vacuous else "none: no choice of these slots helps")
    texts += [f"vacuous: {_all_of(question, placement)}: {reason}" for placement, reason in found.vacuous]
    texts += [f"undecided: {_all_of(question, placement)}: {reason}" for placement, reason in found.undecided]
    if found.undecided:
        texts.append("... and perhaps others or weaker ones, as long as that is open")
    if not found.complete and not found.undecided:
        texts.append(f"... and perhaps others: {found.reason}")
    elif found.undecided and found.reason != found.undecided[0][1]:
        texts.append(f"... {found.reason}")
    return tuple(texts)


def _all_of(question: Question, placement: Placement) -> str:
    text = spelled(question.slots, placement)
    return "every slot at its weakest" if text == "nothing" else text


def _hopeless(answer: Answer, *, stories: bool) -> str:
    defeat = answer.together.defeat
    served = [view for view in answer.alone if not view.hopeless]
    if defeat is None:
        text = "With the strongest alternative in each slot nothing goes wrong, but not all happens that is asked for."
        return "\n".join(textwrap.wrap(text, WIDTH))
    if served:
        text = "No placement serves all of them together: with the strongest alternative in each slot there is this execution."
    elif Platform(defeat.obligation.model, defeat.obligation.target) == INTERLEAVING:
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
    # Beside the prices, a placement takes as many lines as it has to.
    space = max(NARROW, WIDTH - 2 - sum(2 + max(len(target), 6) for target in targets))
    for placement in shown:
        text = spelled(slots, placement) + (" (today's)" if placement == now else "")
        prices = {target: answer.price(target, placement) for target in targets}
        marks = [f"{price}{' *' if least.get(target) == price else ''}" for target, price in prices.items()]
        first, *others = textwrap.wrap(text, space, subsequent_indent="  ", break_on_hyphens=False)
        rows += [(first, *marks), *((other,) for other in others)]
    lines = [_table("what they cost (relative units; * the least)", rows)]
    lines += [cheapest_text(answer.question, item, indent="  ") for item in answer.cheapest if not item.proved]
    return "\n".join(lines)


def cheapest_text(question: Question, item: Cheapest, *, indent: str = "") -> str:
    """Return in a line, or as many as it takes, what costs least on a target."""
    if item.placement is None:
        known = "no choice is sufficient" if item.proved else f"none is known yet; none costs less than {item.bound}"
        text = f"{item.target}: {known}"
    else:
        text = f"{item.target}: {spelled(question.slots, item.placement)}, at {item.cost}"
        text += "" if item.proved else f": the best known; none costs less than {item.bound}"
    text += f" ({item.reason})" if item.reason else ""
    return "\n".join(_wrapped(indent + text, indent + "  "))


def _reasons(answer: Answer, *, stories: bool) -> str:
    if not any(answer.reasons.values()):
        return ""
    minimal = answer.together.found.placements
    few = len(minimal) > len(set(answer.reasons) & {*minimal})
    title = f"why each is needed (of {len(minimal)} minimal placements, those that none beats in costs)" if few else ""
    return _told(answer, answer.reasons, title or "why each is needed", stories=stories)


def _own_reasons(answer: Answer, platform: Platform, *, stories: bool) -> str:
    """Return why each barrier is kept that one platform needs."""
    reasons = answer.own_reasons[platform]
    (view,) = (view for view in answer.alone if view.platforms == (platform,))
    if not any(reasons.values()):
        return ""
    minimal = view.found.placements
    few = f", of {len(minimal)} minimal placements some of the cheapest" if len(minimal) > len(reasons) else ""
    return _told(answer, reasons, f"why each is needed under {platform} alone{few}", stories=stories)


def _told(answer: Answer, explained: Mapping[Placement, tuple[Reason, ...]], title: str, *, stories: bool) -> str:
    slots = answer.question.slots
    lines = [title]
    told: dict[str, str] = {}
    for placement, reasons in explained.items():
        lines += _wrapped(f"  {spelled(slots, placement)}:", "    ")
        for reason in reasons:
            what = f"{_step(answer.question, placement, reason)}:"
            if reason.result is None:
                lines += _wrapped(f"    {what} {reason.said or 'not found out'}", "      ")
                continue
            lines += _wrapped(f"    {what} {_where(reason.result)}: {reason.result.reason}", "      ")
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


Tried = Sequence[tuple[Platform, Judgement, Result | None]]
"""What a proposal is worth on each platform, and an execution that defeats it there."""


def trial_text(question: Question, placement: Placement, found: Tried) -> str:
    """Return what a proposal is worth, with the story of the first execution that defeats it."""
    rows = []
    for platform, judged, result in found:
        rows.append((str(platform), _WORTH[judged.worth], result.reason if result is not None else judged.reason))
    now = today(question.slots)
    kept = sum(one == other for one, other in zip(placement, now, strict=True))
    said = "what stands there today" if placement == now else spelled(question.slots, placement, beside=now)
    left = " (all else as it stands)" if 0 < kept < len(now) else ""
    title = "\n".join(_wrapped(f"proposed: {said}{left}"))
    parts = [heading(question), _table(title, _noted(rows))]
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
        texts += [f"vacuous: {_short(item, told['placement'])}" for told in view["vacuous"]]
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
        "kept": dict(question.kept),
        "idle": list(question.idle),
        "goals": [
            {
                "file": goal.unit.path,
                "scenario": goal.scenario,
                "settings": dict(goal.settings),
                "properties": list(goal.properties),
                "covering": list(goal.covering),
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
                "platform": platform,
                "slot": question.slots[reason.slot].name,
                "weakened": question.slots[reason.slot].values[reason.weakened[reason.slot]],
                "execution": told(reason.result),
                "otherwise": reason.said,
            }
            for platform, explained in _explained(answer)
            for placement, reasons in explained.items()
            for reason in reasons
        ],
        "asked": answer.asked,
        "seconds": round(answer.seconds, 3),
    }


def _explained(answer: Answer) -> list[tuple[str | None, Mapping[Placement, tuple[Reason, ...]]]]:
    """Return the reasons for all platforms together, then for each alone that has some of its own."""
    return [(None, answer.reasons), *((str(platform), told) for platform, told in answer.own_reasons.items())]


def cheapest_json(question: Question, item: Cheapest) -> Json:
    """Return what costs least on a target as JSON."""
    return {
        "target": item.target,
        "placement": _placement(question, item.placement) if item.placement is not None else None,
        "cost": item.cost if item.placement is not None else None,
        "bound": item.bound,
        "proved": item.proved,
        "reason": item.reason,
    }


def trial_json(question: Question, placement: Placement, found: Tried) -> Json:
    """Return what a proposal is worth as JSON."""
    return {
        **question_json(question),
        "placement": _placement(question, placement),
        "platforms": [
            {
                "platform": str(platform),
                "sufficient": judged.sufficient,
                "worth": judged.worth.value,
                "reason": judged.reason,
                "execution": record(result) if result is not None else None,
            }
            for platform, judged, result in found
        ],
    }


def _view(question: Question, view: View, told: Callable[[Result | None], Json | None]) -> Json:
    slots = question.slots
    return {
        "platforms": [str(platform) for platform in view.platforms],
        "today": view.today,
        "worth": view.judged.worth.value,
        "why": view.judged.reason,
        "today_minimal": view.minimal,
        "spare": [{"slot": slots[number].name, "to": slots[number].values[item[number]]} for number, item in view.spare],
        "unsure": [
            {"slot": slots[number].name, "to": slots[number].values[item[number]], "reason": reason}
            for number, item, reason in view.unsure
        ],
        "minimal": [_placement(question, item) for item in view.found.placements],
        "vacuous": [{"placement": _placement(question, item), "reason": reason} for item, reason in view.found.vacuous],
        "undecided": [{"placement": _placement(question, item), "reason": reason} for item, reason in view.found.undecided],
        "complete": view.found.complete,
        "reason": view.found.reason,
        "late": view.found.late,
        "hopeless": view.hopeless,
        "defeat": told(view.defeat),
    }


def _placement(question: Question, placement: Placement) -> dict[str, str]:
    return {slot.name: slot.values[position] for slot, position in zip(question.slots, placement, strict=True)}
