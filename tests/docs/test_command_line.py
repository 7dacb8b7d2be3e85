"""docs/command-line.md and docs/results.schema.json agree with the program."""

import json
import re
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest

from gupproof.cli.exits import Exit
from gupproof.cli.main import COMMANDS, cli
from gupproof.proving.result import SCHEMA_VERSION, Verdict
from tests.cli.support import GOOD, RACE, SLOW, gupproof

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "command-line.md").read_text(encoding="utf-8")
SCHEMA = json.loads((DOCS / "results.schema.json").read_text(encoding="utf-8"))


SECTIONS = {
    part.partition("\n")[0].strip(): part.partition("\n")[2] for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
}


def test_it_has_a_section_for_every_command() -> None:
    assert [title for title in SECTIONS if title != "JSON"] == [*COMMANDS]


@pytest.mark.parametrize("command", COMMANDS)
def test_it_names_every_option_of_a_command_and_no_other(command: str) -> None:
    found = cli.get_command(click.Context(cli), command)
    assert found is not None
    options = {name for item in found.params if isinstance(item, click.Option) for name in item.opts if name.startswith("--")}
    text = SECTIONS[command]
    assert options <= set(re.findall(r"--[a-z-]+", text))
    rows = "".join(line for line in text.splitlines() if line.startswith("| `-"))
    assert set(re.findall(r"--[a-z-]+", rows)) <= options


def test_it_lists_every_exit_code() -> None:
    assert [int(code) for code in re.findall(r"^\| (\d) \|", PAGE, flags=re.MULTILINE)] == [int(code) for code in Exit]


# ── the schema ───────────────────────────────────────────────────────────────────────────────────────────────────────


def objects(node: Any) -> list[dict[str, Any]]:
    """Every description of an object in a schema."""
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    found = [item for child in children for item in objects(child)]
    return [node, *found] if isinstance(node, dict) and node.get("type") == "object" and "properties" in node else found


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"].endswith("2020-12/schema")


def test_every_field_is_described_and_none_is_optional() -> None:
    found = objects(SCHEMA["$defs"])
    assert len(found) >= 7
    for item in found:
        assert item["additionalProperties"] is False
        assert set(item["required"]) == set(item["properties"])
        for name, field in item["properties"].items():
            described = field if "$ref" not in field else SCHEMA["$defs"][field["$ref"].rpartition("/")[2]]
            assert described.get("description"), name


def test_it_knows_every_verdict_and_the_version() -> None:
    assert SCHEMA["$defs"]["verdict"]["enum"] == [verdict.value for verdict in Verdict]
    assert set(SCHEMA["$defs"]["summary"]["properties"]) == {"obligations", "unexpected", *(item.value for item in Verdict)}
    assert SCHEMA["$defs"]["run"]["properties"]["schema_version"]["const"] == SCHEMA_VERSION


def validate(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    return document


DOCUMENTS: dict[str, tuple[str, tuple[str, ...], set[str]]] = {
    "prove": (RACE, ("prove", "-j", "1"), {"proved", "refuted"}),
    "explain": (RACE, ("explain", "buffered"), {"proved", "refuted"}),
    "check": (RACE, ("check", "-j", "1"), {"proved", "refuted"}),
    "unknown": (SLOW, ("prove", "-j", "1", "--timeout", "0.05"), {"proved", "unknown"}),
    "vacuous": (GOOD.replace("property", "cover never : x == 2; property"), ("check", "-j", "1"), {"vacuous"}),
    "a fault": (GOOD.replace("x = 1;", "int *q = NULL; *q = 1;"), ("check", "-j", "1"), {"refuted"}),
    "an error": (GOOD.replace("x = 1;", "x = 1; " * 3000), ("check", "-j", "1", "-m", "sc"), {"error"}),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_printed_fits_the_schema(tmp_path: Path, name: str) -> None:
    text, arguments, verdicts = DOCUMENTS[name]
    path = tmp_path / "file.gup"
    path.write_text(text, encoding="utf-8")
    document = validate(gupproof(*arguments, "--json", path).out)
    assert {item["verdict"] for item in document["results"]} == verdicts
    assert document["summary"]["obligations"] == len(document["results"])


@pytest.mark.parametrize("text", [GOOD, ""])
def test_what_a_check_of_the_syntax_prints_fits_the_schema(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file.gup"
    path.write_text(text, encoding="utf-8")
    document = validate(gupproof("check", "--syntax-only", "--json", path).out)
    assert document["scenarios"] == text.count("scenario")


def test_the_story_is_told_with_its_edges(tmp_path: Path) -> None:
    path = tmp_path / "file.gup"
    path.write_text(RACE, encoding="utf-8")
    document = validate(gupproof("explain", "--json", "-m", "x86-tso", "buffered", path).out)
    (result,) = document["results"]
    assert [step["kind"] for step in result["story"]].count("read") == 2
    late = [step for step in result["story"] if step["overtakes"]]
    assert len(late) == 1
    assert [edge["name"] for step in result["story"] for edge in step["edges"]] == ["fr", "fr"]
    assert {step["reads_from"] for step in result["story"]} == {0, None}
    assert result["final"] == [{"name": "r0", "value": "0"}, {"name": "r1", "value": "0"}]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda document: document.pop("solver"),
        lambda document: document.update(more=1),
        lambda document: document["results"][0].update(verdict="maybe"),
        lambda document: document["results"][0].pop("reason"),
        lambda document: document["summary"].update(proved=-1),
    ],
)
def test_the_schema_refuses_what_is_not_so(tmp_path: Path, spoil: Any) -> None:
    path = tmp_path / "file.gup"
    path.write_text(GOOD, encoding="utf-8")
    document = validate(gupproof("check", "-j", "1", "-m", "sc", "--json", path).out)
    spoil(document)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(document)
