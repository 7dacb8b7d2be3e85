"""``gupproof sensitivity`` as a user meets it: what it prints, its exit codes, its document and its records."""

import json
from pathlib import Path

import jsonschema
import pytest

from gupproof.cli.exits import Exit
from gupproof.resources import data_root
from tests.cli.support import gupproof

DULL = """scenario dull {
    int x;
    ghost int got;
    thread a { WRITE_ONCE(x, 1); }
    thread b { got = READ_ONCE(x); }
    property small : got < 2;
}
theorem whatever "C1" { dull shows small under sc expect proved; }
"""


@pytest.fixture
def dull(folder: Path) -> Path:
    (folder / "dull.gup").write_text(DULL, encoding="utf-8")
    return folder


def schema() -> dict[str, object]:
    text = (data_root() / "docs" / "results.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def test_the_lines_of_a_proof_are_shown_as_a_diff(folder: Path) -> None:
    done = gupproof("sensitivity", "-j", "1", "race.gup", "-t", "fenced", cwd=folder)
    assert done.code == Exit.AS_EXPECTED
    assert done.out.splitlines()[:5] == [
        "fenced, race.gup",
        "  seen of race with fence=smp_mb",
        "    race.gup:8",
        "      - thread a { WRITE_ONCE(x, 1); slot fence; r0 = READ_ONCE(y); }",
        "      + thread a { WRITE_ONCE(x, 1); r0 = READ_ONCE(y); }",
    ]
    assert "      refuted under x86-tso, armv8: seen fails in the final state\n" in done.out
    assert "1 proofs of 1 theorems, " in done.out
    assert "each rests on lines of the text" in done.out
    assert done.err.startswith("fenced: seen of race: ")


def test_a_proof_that_rests_on_nothing_is_loud(dull: Path) -> None:
    done = gupproof("sensitivity", "dull.gup", cwd=dull)
    assert done.code == Exit.UNEXPECTED
    assert "whatever [C1], dull.gup\n  small of dull\n      NOTHING in the text refutes it" in done.out
    assert "1 REST ON NOTHING IN THE TEXT" in done.out


def test_what_is_no_proof_is_pointed_out(folder: Path) -> None:
    text = (folder / "race.gup").read_text(encoding="utf-8").replace("expect refuted", "expect proved")
    (folder / "race.gup").write_text(text, encoding="utf-8")
    done = gupproof("sensitivity", "race.gup", "-t", "buffered", cwd=folder)
    assert done.code == Exit.UNEXPECTED
    assert "is no proof under x86-tso, armv8: refuted as it stands" in done.out


def test_a_model_is_chosen(folder: Path) -> None:
    done = gupproof("sensitivity", "--json", "-m", "armv8/arm64-lse", "race.gup", cwd=folder)
    assert [item["platforms"] for item in json.loads(done.out)["questions"]] == [["armv8/arm64-lse"]]


def test_its_document_is_what_the_schema_describes(folder: Path) -> None:
    done = gupproof("sensitivity", "--json", "--all", "race.gup", cwd=folder)
    made = json.loads(done.out)
    jsonschema.Draft202012Validator(schema()).validate(made)
    assert (made["format"], made["version"]) == ("gupproof-sensitivity", 1)
    assert not done.err
    item = next(item for item in made["questions"] if item["theorem"] == "fenced")
    assert item["settings"] == {"fence": "smp_mb"}
    assert item["tried"] >= len(item["changes"]) > 1
    assert {change["kind"] for change in item["changes"]} == {"drop"}


def test_records_are_kept_and_used_while_they_are_fresh(folder: Path) -> None:
    path = folder / "kept" / "sensitivity.json"
    first = gupproof("sensitivity", "--records", "kept", "race.gup", cwd=folder)
    made = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema()).validate(made)
    again = gupproof("sensitivity", "--records", "kept", "race.gup", cwd=folder)
    assert again.code == first.code
    assert "2 of them as recorded" in again.out
    assert not again.err
    assert json.loads(path.read_text(encoding="utf-8")) == made
    text = (folder / "race.gup").read_text(encoding="utf-8")
    (folder / "race.gup").write_text(f"// Another text.\n{text}", encoding="utf-8")
    assert "as recorded" not in gupproof("sensitivity", "--records", "kept", "race.gup", cwd=folder).out


def test_records_of_every_change_are_others(folder: Path) -> None:
    gupproof("sensitivity", "--records", "kept", "race.gup", cwd=folder)
    assert "as recorded" not in gupproof("sensitivity", "--records", "kept", "--all", "race.gup", cwd=folder).out


def test_records_of_other_theorems_stay(dull: Path) -> None:
    gupproof("sensitivity", "--records", "kept", "race.gup", cwd=dull)
    gupproof("sensitivity", "--records", "kept", "dull.gup", cwd=dull)
    made = json.loads((dull / "kept" / "sensitivity.json").read_text(encoding="utf-8"))
    assert [item["theorem"] for item in made["questions"]] == ["buffered", "fenced", "whatever"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "gupproof-sensitivity", "version": 1, "questions": [{}, 3]}'])
def test_records_that_cannot_be_read_are_found_again(folder: Path, text: str) -> None:
    (folder / "kept").mkdir()
    (folder / "kept" / "sensitivity.json").write_text(text, encoding="utf-8")
    done = gupproof("sensitivity", "--records", "kept", "race.gup", cwd=folder)
    assert done.code == Exit.AS_EXPECTED
    assert len(json.loads((folder / "kept" / "sensitivity.json").read_text(encoding="utf-8"))["questions"]) == 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("good.gup",), "U008"),
        (("race.gup", "-t", "nothing"), "U007"),
        (("race.gup", "-m", "vax"), "P001"),
        (("none",), "U001"),
    ],
)
def test_what_cannot_be_used_is_told(folder: Path, arguments: tuple[str, ...], code: str) -> None:
    done = gupproof("sensitivity", *arguments, cwd=folder)
    assert done.code == Exit.BAD_INPUT
    assert f"error[{code}]" in done.err
