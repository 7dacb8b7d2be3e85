"""What proofs rest on, as text and as a JSON document, which docs/results.schema.json describes."""

import json
import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from gupproof.proving.changes import Change, Kind
from gupproof.proving.platforms import platforms
from gupproof.proving.sensitivity import Question, Refuting, Sensitivity
from gupproof.report.table import Paint, plain

Json = dict[str, Any]

FILE = "sensitivity.json"
FORMAT = "gupproof-sensitivity"
VERSION = 1
LOUD = "NOTHING in the text refutes it"


# ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def listing(answers: Iterable[Sensitivity], paint: Paint = plain) -> str:
    """Return theorem by theorem the lines that its proofs rest on.

    Args:
        answers: those of one theorem stand together.
        paint: colours a line.

    """
    parts = []
    for (file, theorem, claim), members in groupby(answers, key=lambda item: _theorem(item.question)):
        parts += [f"{theorem}{f' [{claim}]' if claim else ''}, {file}", *(_answer(item, paint) for item in members), ""]
    return "\n".join(parts).rstrip("\n")


def _theorem(question: Question) -> tuple[str, str, str]:
    return question.file, question.theorem, question.claim


def _answer(item: Sensitivity, paint: Paint) -> str:
    question = item.question
    settings = ", ".join(f"{name}={value}" for name, value in question.settings)
    told = [f"  {question.property} of {question.scenario}{f' with {settings}' if settings else ''}"]
    told += [f"      {paint(f'is no proof under {models(item.refuted)}: refuted as it stands', 'red')}"] if item.refuted else []
    for found in item.changes:
        told += [f"    {found.change.file}:{found.change.line}", f"      - {_shown(found.change.before)}"]
        told += [f"      + {_shown(found.change.after)}"] if found.change.after else []
        told.append(f"      {paint('refuted', 'cyan')} under {models(found.platforms)}: {found.reason}")
    if item.rests_on_nothing:
        told.append(f"      {paint(LOUD, 'red')}: {item.tried} changes were tried, and it holds with each of them")
    return "\n".join(told)


def _shown(line: str) -> str:
    """Return a line without its indentation, and with little room before its comment."""
    return re.sub(r"\s+//", "    //", line.strip())


def models(names: Sequence[str]) -> str:
    """Return platforms for people: a model stands alone where all its targets are there."""
    told: dict[str, None] = {}
    for name in names:
        model = name.rpartition("/")[0]
        every = model.endswith(".cat") or {str(platform) for platform in platforms(model)} <= set(names)
        told[model if every else name] = None
    return ", ".join(told)


def closing(answers: Sequence[Sensitivity], *, planned: int, reused: int, seconds: float) -> str:
    """Return the last line of a run."""
    if not answers:
        return f"nothing was finished of {planned} proofs; {seconds:.1f} s"
    theorems = len({_theorem(item.question) for item in answers})
    nothing = sum(item.rests_on_nothing for item in answers)
    missing = f" ({planned - len(answers)} not finished)" if planned > len(answers) else ""
    again = f", {reused} of them as recorded" if reused else ""
    refuted = sum(bool(item.refuted) for item in answers)
    judged = f"{nothing} REST ON NOTHING IN THE TEXT" if nothing else "each rests on lines of the text"
    wrong = f"; {refuted} ARE NO PROOFS" if refuted else ""
    tried = sum(item.tried for item in answers)
    return f"{len(answers)} proofs{missing} of {theorems} theorems{again}, {tried} changes: {judged}{wrong}; {seconds:.1f} s"


def progress_line(item: Sensitivity) -> str:
    """Return one answer on one line."""
    question = item.question
    what = f"{len(item.changes)} changes refute it" if item.changes else LOUD
    return f"{question.theorem}: {question.property} of {question.scenario}: {what}, {item.tried} tried"


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def document(answers: Iterable[tuple[Sensitivity, str]]) -> Json:
    """Return the document of answers, each with the fingerprint of what it was found from."""
    return {"format": FORMAT, "version": VERSION, "questions": [record(item, mark) for item, mark in answers]}


def record(item: Sensitivity, fingerprint: str) -> Json:
    """Return one answer as JSON."""
    question = item.question
    return {
        "file": question.file,
        "theorem": question.theorem,
        "scenario": question.scenario,
        "settings": dict(question.settings),
        "property": question.property,
        "platforms": list(item.platforms),
        "tried": item.tried,
        "fingerprint": fingerprint,
        "changes": [
            {
                "file": found.change.file,
                "line": found.change.line,
                "kind": found.change.kind.value,
                "before": found.change.before,
                "after": found.change.after,
                "refuted": list(found.platforms),
                "reason": found.reason,
            }
            for found in item.changes
        ],
    }


def kept_in(path: Path) -> list[Json]:
    """Return the records in a file; none if there is no such file, or none that can be read."""
    try:
        made = json.loads(path.read_text(encoding="utf-8"))
        if made["format"] != FORMAT or made["version"] != VERSION:
            return []
        return [item for item in made["questions"] if names(item)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []


def recorded(kept: Json, question: Question) -> Sensitivity:
    """Return the answer to a question from its record.

    Raises:
        KeyError, TypeError, ValueError: it is no such record.

    """
    return Sensitivity(
        question=question,
        platforms=tuple(kept["platforms"]),
        tried=int(kept["tried"]),
        changes=tuple(
            Refuting(
                change=Change(
                    file=str(item["file"]),
                    line=int(item["line"]),
                    kind=Kind(item["kind"]),
                    before=str(item["before"]),
                    after=str(item["after"]),
                ),
                platforms=tuple(item["refuted"]),
                reason=str(item["reason"]),
            )
            for item in kept["changes"]
        ),
    )


def names(kept: Json) -> tuple[object, ...]:
    """Return which question a record answers, as :meth:`Question.key` does.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it is no such record.

    """
    settings = tuple((str(name), str(value)) for name, value in kept["settings"].items())
    return (kept["file"], kept["theorem"], kept["scenario"], settings, kept["property"])
