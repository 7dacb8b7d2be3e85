"""``gupproof prove --records``."""

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import jsonschema
import pytest

from tests.cli.support import RACE, SLOW, START, gupproof

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "results.schema.json").read_text(encoding="utf-8"))
COUNT = 1 + 3 + 4


@pytest.fixture
def race(tmp_path):
    path = tmp_path / "race.gup"
    path.write_text(RACE, encoding="utf-8")
    return path


def prove(path, *arguments):
    return gupproof("prove", "-j", "1", "--records", path.parent / "kept", *arguments, path)


def records(path):
    return sorted((path.parent / "kept").rglob("*.json"))


def drawings(path):
    return sorted((path.parent / "kept").rglob("*.svg"))


def last(run):
    return run.out.strip().splitlines()[-1]


def test_each_result_has_a_record_and_each_refutation_a_drawing(race):
    run = prove(race)
    assert run.code == 0
    assert "from records" not in last(run)
    assert len(records(race)) == COUNT
    assert [path.with_suffix(".json") in records(race) for path in drawings(race)] == [True] * 3
    for path in records(race):
        jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(path.read_text(encoding="utf-8")))
    assert not list((race.parent / "kept").rglob(".*"))


def without_times(run):
    # A record keeps fewer digits of a time, which may round the sum of a row the other way.
    return [re.sub(r"\d+\.\d\d s$", "", line) for line in run.out.splitlines()[:-1]]


def test_a_second_run_takes_them_and_prints_the_same(race):
    first, second = prove(race), prove(race)
    assert second.code == 0
    assert f"{COUNT} from records" in last(second)
    assert without_times(second) == without_times(first)


def test_the_document_of_a_second_run_is_whole(race):
    prove(race)
    document = json.loads(prove(race, "--json").out)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert [len(item["story"]) > 0 for item in document["results"]].count(True) == 3


def test_only_what_is_stale_missing_or_broken_is_proved_again(race):
    prove(race)
    records(race)[0].unlink()
    records(race)[0].write_text("{", encoding="utf-8")
    drawings(race)[-1].unlink()
    assert f"{COUNT - 2} from records" in last(prove(race))
    assert len(drawings(race)) == 3
    race.write_text(RACE.replace("buffer.", "store buffer."), encoding="utf-8")
    assert "from records" not in last(prove(race))
    assert f"{COUNT} from records" in last(prove(race))


def test_a_part_of_the_theorems_takes_its_part(race):
    assert prove(race, "-t", "fenced").code == 0
    assert len(records(race)) == 4
    assert "4 from records" in last(prove(race))


def test_an_old_drawing_goes_with_the_refutation(race):
    prove(race)
    (drawn, *_) = drawings(race)
    proved = next(path for path in records(race) if path.with_suffix(".svg") not in drawings(race))
    drawn.rename(proved.with_suffix(".svg"))
    proved.unlink()
    prove(race)
    assert len(drawings(race)) == 3
    assert proved.with_suffix(".svg") not in drawings(race)


def test_what_was_not_decided_is_tried_again(tmp_path):
    path = tmp_path / "slow.gup"
    path.write_text(SLOW, encoding="utf-8")
    assert prove(path, "--timeout", "0.05").code == 3
    assert "1 from records" in last(prove(path, "--timeout", "0.05"))


def test_an_interrupted_run_keeps_what_is_finished(tmp_path):
    path = tmp_path / "slow.gup"
    path.write_text(SLOW, encoding="utf-8")
    kept = tmp_path / "kept"
    arguments = [*START, "prove", "-j", "1", "--records", str(kept), str(path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as running:
        deadline = time.monotonic() + 60
        while not records(path) and time.monotonic() < deadline:
            time.sleep(0.05)
        os.killpg(running.pid, signal.SIGINT)
        out, _ = running.communicate(timeout=60)
    assert b"interrupted: these were finished" in out
    assert "1 from records" in last(prove(path, "-t", "quick"))


def test_a_folder_that_cannot_be_made_is_told(race):
    (race.parent / "kept").write_text("", encoding="utf-8")
    run = prove(race)
    assert run.code == 2
    assert "kept" in run.err
    assert "Traceback" not in run.err
