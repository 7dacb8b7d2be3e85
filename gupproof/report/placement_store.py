"""A folder of answers about placements: for each question the one last found, and whether it still says how things are."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gupproof.placing.answer import Answer
from gupproof.placing.goals import Question
from gupproof.program.targets import Target
from gupproof.proving.fingerprint import fingerprint
from gupproof.proving.platforms import Platform
from gupproof.proving.result import SCHEMA_VERSION, Result
from gupproof.report.drawing import drawing
from gupproof.report.placements import Json, answer_json, question_json
from gupproof.report.store import Absence, found_in

FOLDER = "barriers"
_PARTS = frozenset({"theorems", "slots", "goals", "as_expected", "alone", "together", "cheapest", "reasons", "asked"})
_PARTS_OF_A_VIEW = frozenset({"today", "worth", "minimal", "complete", "reason", "late", "vacuous", "hopeless"})
_PARTS_OF_THE_CHEAPEST = frozenset({"target", "placement", "cost", "proved"})


def mark(question: Question, targets: Mapping[Platform, Target]) -> str:
    """Return a hash of all that the answer to a question depends on: texts, models, costs, the solver and the program.

    Raises:
        GupError: a model or a table cannot be read.

    """
    goals = [[fingerprint(goal.unit, platform) for platform in goal.platforms] for goal in question.goals]
    costs = [
        [platform.target, [[str(step) for step in line.steps] + [str(line.units)] for line in targets[platform].costs]]
        for platform in question.platforms
    ]
    return hashlib.sha256(json.dumps([goals, costs, _asked(question)]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PlacementStore:
    """A folder of answers: ``barriers/FILE/THEOREM-....json``, one for each question, with its drawings beside it."""

    folder: Path

    def path(self, question: Question) -> Path:
        """Return the file of a question's answer."""
        tail = hashlib.sha256(json.dumps(_asked(question)).encode()).hexdigest()[:10]
        name = re.sub(r"[^A-Za-z0-9_.-]+", "-", "-".join(question.names))
        return self.folder / FOLDER / Path(question.goals[0].unit.path).stem / f"{name}-{tail}.json"

    def find(self, question: Question, wanted: str) -> Json | Absence:
        """Return what is recorded of a question, if it was found from what ``wanted`` stands for."""
        return found_in(self.path(question), wanted, _whole)

    def files(self, answer: Answer, found_from: str) -> dict[Path, str]:
        """Return the files that keep an answer, the drawings first: where the record is, they are there too."""
        path = self.path(answer.question)
        drawn: dict[int, Path] = {}
        files: dict[Path, str] = {}
        for number, result in enumerate(executions(answer)):
            file = path.with_name(f"{path.stem}-{number}.svg")
            files[file] = drawing(result)
            drawn[id(result)] = file
        made = answer_json(answer, drawings={key: file.name for key, file in drawn.items()})
        item = {"schema_version": SCHEMA_VERSION, "fingerprint": found_from, "answer": made}
        files[path] = json.dumps(item, indent=1, ensure_ascii=False) + "\n"
        return files


def _whole(made: Json) -> Json:
    """Return the answer of a record.

    Raises:
        ValueError: it lacks something.

    """
    answer: Json = made["answer"]
    views, least = [*answer["alone"], answer["together"]], answer["cheapest"]
    whole = (
        set(answer) >= _PARTS
        and all(set(view) >= _PARTS_OF_A_VIEW for view in views)
        and all(set(item) >= _PARTS_OF_THE_CHEAPEST for item in least)
    )
    if not whole:
        raise ValueError("the record of an answer lacks something")
    return answer


def _asked(question: Question) -> Json:
    """What a question is, wherever its file lies."""
    asked = question_json(question)
    for goal in asked["goals"]:
        goal["file"] = Path(goal["file"]).name
    return asked


def executions(answer: Answer) -> list[Result]:
    """Return every execution that an answer tells of, each once."""
    views = [view.defeat for view in (*answer.alone, answer.together)]
    explained = (answer.reasons, *answer.own_reasons.values())
    reasons = [reason.result for told in explained for reasons in told.values() for reason in reasons]
    return list({id(result): result for result in (*views, *reasons) if result is not None}.values())
