"""A store gives back the answer about placements that was kept while it is fresh, and says why it does not."""

import json
from dataclasses import replace

import jsonschema
import pytest

from gupproof.language import load_text
from gupproof.placing.run import answer
from gupproof.program.costs import read_costs
from gupproof.program.target_reader import known_targets
from gupproof.report.placement_store import PlacementStore, executions, mark
from gupproof.report.placements import answer_json
from gupproof.report.store import Absence
from gupproof.resources import data_root
from tests.support.asking import PASSING, goal, question, targets

MODELS = ("x86-tso", "armv8/arm64-lse")


@pytest.fixture(scope="module")
def found():
    asked = question(PASSING, *MODELS)
    return answer(asked, targets(asked))


@pytest.fixture
def store(tmp_path):
    return PlacementStore(tmp_path)


def keep(store, found, fingerprint):
    for path, text in store.files(found, fingerprint).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return store.path(found.question)


def fresh(found):
    return mark(found.question, targets(found.question))


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_kept_comes_back_as_it_was(store, found):
    keep(store, found, fresh(found))
    kept = store.find(found.question, fresh(found))
    for reason in kept["reasons"]:
        reason["execution"].pop("drawing")
    assert kept == json.loads(json.dumps(answer_json(found)))


def test_a_record_is_what_the_schema_describes(store, found):
    schema = json.loads((data_root() / "docs" / "barriers.schema.json").read_text(encoding="utf-8"))
    path = keep(store, found, fresh(found))
    jsonschema.Draft202012Validator(schema).validate(json.loads(path.read_text(encoding="utf-8")))


def test_every_execution_is_drawn_once_beside_its_record(store, found):
    path = keep(store, found, fresh(found))
    names = [reason["execution"]["drawing"] for reason in store.find(found.question, fresh(found))["reasons"]]
    assert len(set(names)) == len(executions(found)) == 2
    for name in names:
        assert (path.parent / name).read_text(encoding="utf-8").startswith("<svg")


def test_the_record_is_written_after_its_drawings_so_that_where_it_is_they_are(store, found):
    *drawings, last = store.files(found, fresh(found))
    assert last == store.path(found.question)
    assert {path.suffix for path in drawings} == {".svg"}


def test_it_lies_under_the_name_of_its_file_and_is_called_as_its_theorems_are(store, found):
    asked = replace(found.question, goals=(goal(load_text(PASSING, "a/file.gup"), "passing", found.question.platforms),))
    path = store.path(replace(asked, names=("one", "another")))
    assert path.parent == store.folder / "barriers" / "file"
    assert path.name.startswith("one-another-")
    assert path.suffix == ".json"


def test_questions_of_one_theorem_have_files_of_their_own(store, found):
    other = question(PASSING, "riscv")
    fewer = replace(found.question, slots=found.question.slots[:1])
    paths = {store.path(item) for item in (found.question, other, fewer)}
    assert len(paths) == 3


def test_the_way_to_the_text_does_not_matter(store, found):
    elsewhere = load_text(PASSING, "elsewhere/file.gup")
    here = load_text(PASSING, "file.gup")
    one, other = (
        replace(found.question, goals=(goal(unit, "passing", found.question.platforms),)) for unit in (elsewhere, here)
    )
    assert store.path(one) == store.path(other)
    assert mark(one, targets(one)) == mark(other, targets(other))


# ── what is not fresh ────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_was_kept(store, found):
    assert store.find(found.question, fresh(found)) is Absence.MISSING


def test_another_mark_or_format_is_stale(store, found):
    path = keep(store, found, fresh(found))
    assert store.find(found.question, "0" * 64) is Absence.STALE
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"schema_version": 0}), encoding="utf-8")
    assert store.find(found.question, fresh(found)) is Absence.STALE


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"schema_version": 1}', "\udce4", "[" * 100_000])
def test_what_is_no_record_is_broken(store, found, text):
    keep(store, found, fresh(found)).write_bytes(text.encode("utf-8", "surrogateescape"))
    assert store.find(found.question, fresh(found)) is Absence.BROKEN


@pytest.mark.parametrize(
    "spoil",
    [
        lambda answer: answer.pop("together"),
        lambda answer: answer.pop("as_expected"),
        lambda answer: answer["together"].pop("complete"),
        lambda answer: answer["alone"][1].pop("hopeless"),
        lambda answer: answer.update(alone=3),
        lambda answer: answer.update(together=None),
        lambda answer: answer.update(cheapest=[{}]),
    ],
)
def test_a_record_of_which_parts_are_missing_is_broken(store, found, spoil):
    path = keep(store, found, fresh(found))
    made = json.loads(path.read_text(encoding="utf-8"))
    spoil(made["answer"])
    path.write_text(json.dumps(made), encoding="utf-8")
    assert store.find(found.question, fresh(found)) is Absence.BROKEN


@pytest.mark.parametrize("answer", [3, None, [], "text"])
def test_a_record_of_something_else_is_broken(store, found, answer):
    path = keep(store, found, fresh(found))
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"answer": answer}), encoding="utf-8")
    assert store.find(found.question, fresh(found)) is Absence.BROKEN


# ── what a mark depends on ───────────────────────────────────────────────────────────────────────────────────────────


def marked(text, *models, costs=None, **parts):
    asked = question(text, *models, **parts)
    return mark(asked, targets(asked, costs))


def test_a_mark_depends_on_the_text_the_models_and_the_question():
    marks = [
        marked(PASSING, *MODELS),
        marked(f"// Another text.\n{PASSING}", *MODELS),
        marked(PASSING, "x86-tso"),
        marked(PASSING, *MODELS, flags=["data-race"]),
    ]
    assert len(set(marks)) == len(marks)
    assert marked(PASSING, *MODELS) == marks[0]


def test_a_mark_depends_on_costs(tmp_path):
    path = tmp_path / "own.costs"
    marks = {marked(PASSING, *MODELS)}
    for units in (1, 2):
        path.write_text(f"target arm64-lse\ncost F[DMB.ISH] {units}\n", encoding="utf-8")
        marks.add(marked(PASSING, *MODELS, costs=read_costs(path, known_targets())))
    assert len(marks) == 3
