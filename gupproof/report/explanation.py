"""Results told at length: the theorem, the verdict, and the refutation step by step."""

import textwrap
from collections.abc import Sequence

from gupproof.execution.story import render
from gupproof.proving.result import Result, Verdict

WIDTH = 100


def explanation(results: Sequence[Result]) -> str:
    """Return the story of each result, under a heading for each theorem."""
    parts: list[str] = []
    heading = ""
    for result in results:
        title = _title(result)
        if title != heading:
            parts.append(title)
            heading = title
        parts.append(_one(result))
    return "\n\n".join(parts)


def _title(result: Result) -> str:
    item = result.obligation
    name = item.theorem or item.scenario
    head = f"{name} [{item.claim}]" if item.claim else name
    doc = "\n".join(textwrap.wrap(" ".join(item.doc.split()), WIDTH))
    return f"{head}\n{'═' * len(head)}" + (f"\n{doc}" if doc else "")


def _one(result: Result) -> str:
    item = result.obligation
    settings = ", ".join(f"{name} = {value}" for name, value in item.settings) or "default switches"
    head = f"{item.property} of {item.scenario} under {item.model} on {item.target}, {settings}: {result.verdict.value}"
    if result.as_expected is False:
        head += f", though the theorem expects {item.expect}"
    lines = [*textwrap.wrap(head, WIDTH)]
    if result.reason:
        lines.append(f"  {result.reason}")
    if result.verdict is Verdict.REFUTED:
        lines += ["", textwrap.indent(render(result.story), "  ")]
    elif result.reached:
        covers = [f"{name} {_reach(reached)}" for name, reached in result.reached]
        lines.append(f"  covers: {', '.join(covers)}")
    return "\n".join(lines)


def _reach(reached: bool | None) -> str:
    return {True: "is reached", False: "cannot be reached", None: "was not decided"}[reached]
