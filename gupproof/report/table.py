"""The table of theorems against models, as text."""

from collections.abc import Callable, Sequence

from gupproof.proving.platforms import has_one_target
from gupproof.proving.result import Result, Verdict

Paint = Callable[[str, str], str]

COLOURS = {
    Verdict.PROVED: "green",
    Verdict.REFUTED: "cyan",
    Verdict.VACUOUS: "yellow",
    Verdict.UNKNOWN: "yellow",
    Verdict.ERROR: "red",
}


def plain(text: str, colour: str) -> str:
    """Paint nothing."""
    del colour
    return text


def cell(result: Result) -> str:
    """Return the words for one verdict."""
    if result.as_expected is False:
        return f"{result.answer.upper()}, not {result.expectation}"
    return result.answer


def line(result: Result) -> str:
    """Return one result on one line."""
    item = result.obligation
    settings = ", ".join(f"{name}={value}" for name, value in item.settings)
    name = item.theorem or item.scenario
    where = f"{name}{f' [{item.claim}]' if item.claim else ''}: {item.property} under {item.model}/{item.target}"
    detail = f" ({settings})" if settings else ""
    reason = f": {result.reason}" if result.reason and result.verdict is not Verdict.REFUTED else ""
    remark = f"; {result.remark}" if result.remark else ""
    return f"{where}{detail}: {cell(result)}{reason}{remark} [{result.seconds:.2f} s]"


def table(results: Sequence[Result], paint: Paint = plain) -> str:
    """Return theorems (one row per property and setting) against platforms.

    Args:
        results: in the order their rows should have.
        paint: colours a cell's text.

    """
    columns = list(dict.fromkeys(_platform(result) for result in results))
    rows: dict[tuple[str, str, tuple[str, ...]], dict[str, Result]] = {}
    for result in results:
        item = result.obligation
        settings = " ".join(f"{name}={value}" for name, value in item.settings)
        shown: tuple[str, ...] = (item.claim, item.theorem or item.scenario, item.property, settings)
        rows.setdefault((item.file, item.scenario, shown), {})[_platform(result)] = result
    head = ["claim", "theorem", "property", "with", *columns, "time"]
    lines: list[list[tuple[str, str]]] = [[(text, "") for text in head]]
    for (_, _, shown), cells in rows.items():
        words: list[tuple[str, str]] = [(text, "") for text in shown]
        for column in columns:
            found = cells.get(column)
            words.append((cell(found), _colour(found)) if found else ("", ""))
        words.append((f"{sum(result.seconds for result in cells.values()):.2f} s", ""))
        lines.append(words)
    widths = [max(len(words[place][0]) for words in lines) for place in range(len(head))]
    text = []
    for number, words in enumerate(lines):
        padded = [
            (paint(part, colour) if colour else part) + " " * (width - len(part))
            for (part, colour), width in zip(words, widths, strict=True)
        ]
        text.append("  ".join(padded).rstrip())
        if number == 0:
            text.append("  ".join("─" * width for width in widths))
    return "\n".join(text)


def _platform(result: Result) -> str:
    """Name a column: by the model alone where it goes with one target only."""
    item = result.obligation
    return item.model if has_one_target(item.model) else f"{item.model}/{item.target}"


def _colour(result: Result) -> str:
    return "red" if result.as_expected is False else COLOURS[result.verdict]


def closing(results: Sequence[Result], *, planned: int, seconds: float, reused: int = 0) -> str:
    """Return the last line of a run, ``reused`` of whose results were recorded before."""
    counts = [(verdict.value, sum(result.verdict is verdict for result in results)) for verdict in Verdict]
    parts = ", ".join(f"{count} {name}" for name, count in counts if count)
    expected = [result for result in results if result.as_expected is not None]
    surprises = sum(result.as_expected is False for result in expected)
    verdict = f"{surprises} NOT AS EXPECTED" if surprises else "all as expected"
    judged = f"; {verdict}" if expected else ""
    missing = f" ({planned - len(results)} not finished)" if planned > len(results) else ""
    recorded = f"; {reused} from records" if reused else ""
    return f"{len(results)} obligations{missing}: {parts or 'none'}{judged}{recorded}; {seconds:.1f} s"
