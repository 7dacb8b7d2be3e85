"""docs/barriers.schema.json agrees with the program, and with docs/results.schema.json."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gupproof.proving.result import SCHEMA_VERSION
from tests.cli.support import gupproof
from tests.docs.test_command_line import PAGE, objects
from tests.docs.test_command_line import SCHEMA as RESULTS
from tests.support.asking import PASSING

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "barriers.schema.json").read_text(encoding="utf-8"))
HOLDS = "theorem holds { passing shows passed under x86-tso, armv8/arm64-lse expect proved; }\n"


def test_it_is_a_schema_and_the_page_names_it() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == RESULTS["$schema"]
    assert "[barriers.schema.json](barriers.schema.json)" in PAGE


def test_every_field_is_described_and_only_a_drawing_is_optional() -> None:
    found = objects(SCHEMA["$defs"])
    assert len(found) >= 14
    optional = set()
    for item in found:
        assert item["additionalProperties"] is False
        optional |= set(item["properties"]) - set(item["required"])
        for name, field in item["properties"].items():
            described = field if "$ref" not in field else SCHEMA["$defs"][field["$ref"].rpartition("/")[2]]
            assert described.get("description"), name
    assert optional == {"drawing"}


def test_it_knows_the_version() -> None:
    for name in ("run", "record"):
        assert SCHEMA["$defs"][name]["properties"]["schema_version"]["const"] == SCHEMA_VERSION


def test_executions_are_described_as_results_are() -> None:
    for name in ("verdict", "step", "edge", "dependency", "value"):
        assert SCHEMA["$defs"][name] == RESULTS["$defs"][name]
    execution = copy.deepcopy(SCHEMA["$defs"]["execution"])
    del execution["properties"]["drawing"]
    assert execution | {"description": ""} == RESULTS["$defs"]["result"] | {"description": ""}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    path = tmp_path_factory.mktemp("documents") / "file.gup"
    path.write_text(PASSING + HOLDS, encoding="utf-8")
    ways = {"answer": [], "cheapest": ["--cheapest"], "trial": ["--try", "wmb = none"]}
    return {name: json.loads(gupproof("barriers", "holds", "--json", *way, path).out) for name, way in ways.items()}


@pytest.mark.parametrize("name", ["answer", "cheapest", "trial"])
def test_each_way_to_ask_prints_what_is_described_under_its_name(printed: dict[str, dict[str, Any]], name: str) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(printed[name])
    (question,) = printed[name]["questions"]
    assert set(question) == set(SCHEMA["$defs"][name]["properties"])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda document, _: document.pop("interrupted"),
        lambda document, _: document.update(more=1),
        lambda _, question: question.pop("together"),
        lambda _, question: question["together"].update(today="perhaps"),
        lambda _, question: question["together"].update(minimal=[1]),
        lambda _, question: question["reasons"][0].pop("execution"),
        lambda _, question: question["reasons"][0]["execution"].update(verdict="maybe"),
        lambda _, question: question["cheapest"][0].update(bound=-1),
        lambda _, question: question["costs"].update(arm64=3),
    ],
)
def test_it_refuses_what_is_not_so(printed: dict[str, dict[str, Any]], spoil: Any) -> None:
    document = copy.deepcopy(printed["answer"])
    spoil(document, document["questions"][0])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(document)
