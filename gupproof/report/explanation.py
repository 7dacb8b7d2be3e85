"""Results told at length: the theorem, the verdict, and the refutation step by step."""

import textwrap
from collections.abc import Sequence

from gupproof.execution.story import LEGEND, render
from gupproof.proving.result import Result, Verdict

WIDTH = 100
STORY_WIDTH = 138


def explanation(results: Sequence[Result]) -> str:
    """Return the story of each result, under a heading for each theorem. A story that was told already is not told again."""
    parts: list[str] = []
    heading = ""
    told: dict[str, str] = {}
    for result in results:
        title = _title(result)
        if title != heading:
            parts.append(title)
            heading = title
        if result.verdict is Verdict.REFUTED and not told:
            parts.append(textwrap.fill(LEGEND, WIDTH))
        parts.append(_one(result, told))
    return "\n\n".join(parts)


def _title(result: Result) -> str:
    item = result.obligation
    name = item.theorem or item.scenario
    head = f"{name} [{item.claim}]" if item.claim else name
    doc = textwrap.fill(" ".join(item.doc.split()), WIDTH)
    return f"{head}\n{'═' * len(head)}" + (f"\n{doc}" if doc else "")


def _one(result: Result, told: dict[str, str]) -> str:
    item = result.obligation
    settings = ", ".join(f"{name} = {value}" for name, value in item.settings) or "default switches"
    question = f"{item.property} of {item.scenario} under {item.model} on {item.target}, {settings}"
    head = f"{question}: {result.answer}"
    if result.as_expected is False:
        head += f", though the theorem expects {result.expectation}"
    lines = [*textwrap.wrap(head, WIDTH)]
    if result.verdict is Verdict.REFUTED:
        ending = _ending(result)
        story = render(result.story, width=STORY_WIDTH - 2)
        lines.append(f"  {result.reason}")
        if story in told:
            lines += textwrap.wrap(f"step by step as {told[story]}", WIDTH, initial_indent="  ", subsequent_indent="  ")
            return "\n".join(lines)
        told[story] = question
        lines += ["", textwrap.indent(story, "  "), *([""] if story else []), ending]
    elif result.reason:
        lines.append(f"  {result.reason}")
    if result.verdict is not Verdict.REFUTED and result.reached:
        covers = [f"{name} {_reach(reached)}" for name, reached in result.reached]
        lines.append(f"  covers: {', '.join(covers)}")
    return "\n".join(lines)


def _ending(result: Result) -> str:
    """Say what the property found at the end, or what went wrong on the way."""
    values = ", ".join(f"{item.name} = {item.value}" for item in result.final)
    said = f"finally: {values}: {result.obligation.property} fails" if values else f"and so: {result.reason}"
    return textwrap.fill(said, STORY_WIDTH, initial_indent="  ", subsequent_indent="    ")


def _reach(reached: bool | None) -> str:
    return {True: "is reached", False: "cannot be reached", None: "was not decided"}[reached]
