"""Results as JSON: what the schema promises."""

import json

import jsonschema
import pytest

from gupproof import __version__
from gupproof.proving.result import Verdict
from gupproof.report.records import document, record, summary
from gupproof.resources import data_root
from tests.support.proofs import BUFFERING, judged, made_result


@pytest.fixture(scope="module")
def results():
    text = """theorem t "C1" {
        buffering with FENCED = true shows small under sc expect proved;
        buffering shows seen under x86-tso expect refuted;
        buffering shows seen under sc expect refuted;
    }"""
    return judged(BUFFERING + text)


def test_a_document_is_what_the_schema_describes(results):
    schema = json.loads((data_root() / "docs" / "results.schema.json").read_text(encoding="utf-8"))
    made = document("prove", results, interrupted=False, seconds=1.23456)
    jsonschema.Draft202012Validator(schema).validate(json.loads(json.dumps(made)))
    assert (made["version"], made["command"], made["interrupted"], made["seconds"]) == (__version__, "prove", False, 1.235)


def test_the_summary_counts_verdicts_and_surprises(results):
    counted = summary([*results, made_result(verdict=Verdict.UNKNOWN, expect=None)])
    assert counted == {
        "obligations": 4,
        "unexpected": 1,
        "proved": 2,
        "refuted": 1,
        "vacuous": 0,
        "unknown": 1,
        "error": 0,
    }


def test_a_record_tells_question_and_answer(results):
    proved, refuted = (record(result) for result in (results[0], next(r for r in results if r.verdict is Verdict.REFUTED)))
    assert (proved["theorem"], proved["claim"], proved["scenario"], proved["property"]) == ("t", "C1", "buffering", "small")
    assert proved["settings"] == {"FENCED": "true"}
    assert proved["covers"] == {"both": True}
    assert (proved["verdict"], proved["expected"], proved["as_expected"], proved["story"]) == ("proved", "proved", True, [])
    assert (refuted["verdict"], refuted["model"], refuted["target"]) == ("refuted", "x86-tso", "x86-64")
    assert refuted["reason"]


def test_a_story_has_a_record_for_each_step(results):
    refuted = next(result for result in results if result.verdict is Verdict.REFUTED)
    steps = record(refuted)["story"]
    assert [step["step"] for step in steps] == list(range(1, len(refuted.story) + 1))
    assert {step["kind"] for step in steps} == {"read", "write"}
    by_text = {(step["thread"], step["text"]): step for step in steps}
    read = by_text["a", "READ_ONCE(y)"]
    assert (read["location"], read["value"], read["reads_from"]) == ("y", "0", 0)
    assert (
        by_text["a", "WRITE_ONCE(x)"]["step"] in read["overtakes"]
        or by_text["b", "WRITE_ONCE(y)"]["step"] in (by_text["b", "READ_ONCE(x)"]["overtakes"])
    )


def test_what_there_is_none_of_is_null():
    made = record(made_result(theorem="", claim="", expect=None))
    assert (made["theorem"], made["claim"], made["expected"], made["as_expected"]) == (None, None, None, None)
