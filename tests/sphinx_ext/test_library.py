"""A library is read whole, or the theorem that has no fresh record is named."""

import json
from dataclasses import replace

import pytest

from gupproof.diagnostics import GupError
from gupproof.language.typed import Scenario
from gupproof.proving.platforms import Platform
from gupproof.sphinx_ext.library import load_library, strength
from tests.sphinx_ext.support import PROOFS, PROTOCOL, record, written


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    made = written(tmp_path_factory.mktemp("library"))
    record(made)
    return made


@pytest.fixture(scope="module")
def library(places):
    return load_library(places)


def refusal(places):
    with pytest.raises(GupError) as caught:
        load_library(places)
    return str(caught.value)


def test_it_holds_claims_theorems_files_and_models(library):
    assert [claim.id for claim in library.claims] == ["C1", "C2", "C3"]
    assert [proof.name for proof in library.proofs] == ["barrier_is_enough", "it_is_needed", "on_its_own", "one_is_placed"]
    pages = [(source.folder, source.name) for source in library.sources]
    assert pages[:2] == [("protocols", "kit/flag"), ("proofs", "passing")]
    assert [*library.models][:2] == ["sc", "x86-tso"]


def test_a_theorem_has_its_results_claims_and_functions(library):
    proof = library.proof("it_is_needed")
    assert proof is library.proof("passing.it_is_needed")
    assert [result.verdict.value for result in proof.results] == ["proved", "refuted", "refuted"]
    assert [str(platform) for platform in proof.platforms] == ["sc/x86-64", "armv8/arm64-llsc", "armv8/arm64-lse"]
    (scenario,) = proof.scenarios
    assert isinstance(scenario, Scenario)
    assert [function.name for function in proof.functions(scenario)] == ["publish"]
    assert [proof.name for proof in library.proofs_of("C2")] == ["it_is_needed", "barrier_is_enough"]


def test_the_model_that_allows_least_comes_first():
    names = ["lkmm", "mine", "armv8", "sc"]
    assert sorted((Platform(name, "t") for name in names), key=strength)[0].model == "sc"
    assert sorted((Platform(name, "t") for name in names), key=strength)[-1].model == "mine"


def test_a_theorem_without_records_is_named_with_the_command(tmp_path):
    said = refusal(written(tmp_path))
    assert "theorem barrier_is_enough (passing.gup): fresh of passing under sc/x86-64: there is no record of it" in said
    assert f"gupproof prove --records {tmp_path / 'records'} {tmp_path / 'proofs'}" in said


@pytest.mark.parametrize(("name", "text"), [("proofs/passing.gup", PROOFS), ("spec/kit/flag.gup", PROTOCOL)])
def test_a_record_is_stale_when_a_text_changes(tmp_path, name, text):
    places = written(tmp_path)
    record(places)
    load_library(places)
    (tmp_path / name).write_text(text + "\n// changed\n", encoding="utf-8")
    assert "theorem barrier_is_enough (passing.gup): fresh of passing under sc/x86-64: its record is stale" in refusal(places)


def test_a_record_that_cannot_be_read_is_named(tmp_path):
    places = written(tmp_path)
    record(places)
    (path, *_) = (places.records / "passing" / "on_its_own").glob("*.json")
    path.write_text("{", encoding="utf-8")
    assert "theorem on_its_own (passing.gup): fresh of passing under sc/x86-64: its record cannot be read" in refusal(places)
    item = {"schema_version": 1, "fingerprint": "0" * 64, "result": {}}
    path.write_text(json.dumps(item), encoding="utf-8")
    assert "its record is stale" in refusal(places)


def test_answers_about_placements_come_from_records(library):
    first, second, third = library.proof("one_is_placed").placed
    assert [str(platform) for platform in first.question.platforms] == ["armv8/arm64-llsc", "armv8/arm64-lse"]
    assert first.together.found.placements == ((1,),)
    assert second.together.found.placements == ((0,),)
    assert third.together.hopeless
    assert {path.suffix for path in library.files if path.parent.parent.name == "barriers"} == {".json"}


def test_without_an_answer_about_placements_the_command_for_it_is_named(tmp_path):
    places = written(tmp_path)
    record(places)
    path, *_ = sorted((places.records / "barriers" / "passing").glob("*.json"))
    kept = json.loads(path.read_text(encoding="utf-8"))
    asked = kept["answer"]["goals"][0]
    said = f"theorem one_is_placed (passing.gup): {asked['properties'][0]} of {asked['scenario']}, by wmb: "
    path.unlink()
    assert f"{said}there is no record of it" in refusal(places)
    assert f"gupproof barriers --records {tmp_path / 'records'} {tmp_path / 'proofs'}" in refusal(places)
    path.write_text(json.dumps({**kept, "fingerprint": "0" * 64}), encoding="utf-8")
    assert f"{said}its record is stale" in refusal(places)
    kept["answer"]["alone"][0]["minimal"] = [{"another": "none"}]
    path.write_text(json.dumps(kept), encoding="utf-8")
    assert f"{said}its record cannot be read" in refusal(places)


def test_without_the_lines_that_proofs_rest_on_the_command_for_them_is_named(tmp_path):
    places = written(tmp_path)
    record(places)
    path = places.records / "sensitivity.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
    said = refusal(places)
    assert "theorem barrier_is_enough (passing.gup): fresh of passing: no record says which lines it rests on" in said
    assert f"gupproof sensitivity --records {tmp_path / 'records'} {tmp_path / 'proofs'}" in said
    assert not load_library(replace(places, changes=False)).proofs[0].rests_on
    kept["questions"][0]["fingerprint"] = "0" * 64
    path.write_text(json.dumps(kept), encoding="utf-8")
    assert "fresh of passing: the record of the lines it rests on is stale" in refusal(places)


def test_of_many_theorems_the_first_are_named(tmp_path):
    places = written(tmp_path)
    more = "".join(f"theorem t{number} {{ passing shows fresh under sc expect proved; }}\n" for number in range(20))
    (places.proofs / "passing.gup").write_text(PROOFS + more, encoding="utf-8")
    said = refusal(places)
    assert "15 more theorems lack records" in said
    assert said.count("there is no record of it") == 8
