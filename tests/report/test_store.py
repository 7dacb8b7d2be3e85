"""A store gives back what was kept while it is fresh, and says why it does not."""

import json

import pytest

from gupproof.proving.result import Verdict
from gupproof.report.records import record, result_of
from gupproof.report.store import Absence, Store, kept
from tests.support.proofs import BUFFERING, judged, made_result

PRINT, OTHER = "a" * 64, "b" * 64
THEOREMS = """
theorem one "C1" { buffering shows seen under sc expect proved; buffering shows seen under x86-tso expect refuted; }
"""


@pytest.fixture(scope="module")
def results():
    return judged(BUFFERING + THEOREMS)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


def keep(store, result, text=None):
    path = store.path(result.obligation)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(kept(result, PRINT) if text is None else text, encoding="utf-8")
    return path


def test_what_was_kept_comes_back_as_it_was(store, results):
    assert [result.verdict for result in results] == [Verdict.PROVED, Verdict.REFUTED]
    for result in results:
        keep(store, result)
        found = store.find(result.obligation, PRINT)
        assert found.story == result.story
        assert record(found) == record(result)


def test_flags_come_back(store):
    result = made_result(flags=("data-race",))
    keep(store, result)
    assert store.find(result.obligation, PRINT) == result


def test_the_way_to_the_file_does_not_matter(store, results):
    item = record(results[1]) | {"file": "elsewhere/a.gup"}
    assert result_of(item, results[1].obligation).story == results[1].story


def test_nothing_was_kept(store, results):
    assert store.find(results[0].obligation, PRINT) is Absence.MISSING


def test_another_fingerprint_or_format_is_stale(store, results):
    path = keep(store, results[0])
    assert store.find(results[0].obligation, OTHER) is Absence.STALE
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema_version": 0}))
    assert store.find(results[0].obligation, PRINT) is Absence.STALE


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"schema_version": 1}', "\udce4", "[" * 100_000])
def test_what_is_no_record_is_broken(store, results, text):
    path = keep(store, results[0], "")
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert store.find(results[0].obligation, PRINT) is Absence.BROKEN


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("verdict", "maybe"),
        ("verdict", "refuted"),
        ("seconds", "long"),
        ("covers", None),
        ("story", [{"step": 1}]),
        ("property", "another"),
        ("more", 1),
        ("final", [1]),
    ],
)
def test_a_field_that_is_not_as_written_is_broken(store, name, value):
    result = made_result(verdict=Verdict.PROVED, expect="proved")
    path = keep(store, result)
    assert store.find(result.obligation, PRINT) is not Absence.BROKEN
    item = json.loads(path.read_text())
    item["result"][name] = value
    path.write_text(json.dumps(item))
    assert store.find(result.obligation, PRINT) is Absence.BROKEN


def test_a_folder_in_place_of_a_record_is_broken(store, results):
    store.path(results[0].obligation).mkdir(parents=True)
    assert store.find(results[0].obligation, PRINT) is Absence.BROKEN


def test_every_obligation_of_a_theorem_has_a_file_of_its_own(store):
    variants = [
        {},
        {"property": "q"},
        {"model": "x86-tso"},
        {"model": "folder/sc.cat"},
        {"target": "other"},
        {"scenario": "t"},
        {"settings": (("FIX", "true"),)},
        {"covering": ("c",)},
        {"theorem": "other"},
        {"file": "b.gup"},
    ]
    paths = [store.path(made_result(**variant).obligation) for variant in variants]
    assert len(set(paths)) == len(paths)
    assert all(store.folder in path.parents for path in paths)
