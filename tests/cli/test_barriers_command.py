"""``gupproof barriers`` as a user meets it: what it prints, its exit codes, its documents and its records."""

import json
import os
import signal
import subprocess
from pathlib import Path

import jsonschema
import pytest

from gupproof.cli.exits import Exit
from gupproof.resources import data_root
from tests.cli.support import START, Outcome, gupproof
from tests.support.asking import AGAIN, COUNTING, LOSING, PASSING

NEEDED = """
// TSO needs neither; Arm needs both.
theorem needed "P1" {
    passing
    places wmb, rmb for passed under x86-tso expect { };
    places wmb, rmb for passed under armv8/arm64-lse expect { wmb = smp_wmb, rmb = smp_rmb };
}
"""
HOLDS = "theorem holds { passing shows passed under x86-tso, armv8/arm64-lse expect proved; }\n"
WRONG = "theorem wrong { passing places wmb, rmb for passed under armv8/arm64-lse expect { wmb = smp_wmb }; }\n"
LOST = "theorem lost { losing shows counted under sc expect refuted; }\n"
MINIMAL = {"wmb": "smp_wmb", "rmb": "smp_rmb"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "passing.gup").write_text(PASSING + NEEDED + HOLDS, encoding="utf-8")
    return tmp_path


def write(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return name


def barriers(*arguments: str, cwd: Path) -> Outcome:
    done = gupproof("barriers", "-j", "1", *arguments, cwd=cwd)
    assert "Traceback" not in done.err
    return done


def documents(*arguments: str, cwd: Path) -> list[dict[str, object]]:
    """The questions of a run with --json, which says so as the schema describes."""
    made = json.loads(barriers("--json", *arguments, cwd=cwd).out)
    jsonschema.Draft202012Validator(schema()).validate(made)
    return list(made["questions"])


def schema() -> dict[str, object]:
    return dict(json.loads((data_root() / "docs" / "barriers.schema.json").read_text(encoding="utf-8")))


# ── what theorems expect ─────────────────────────────────────────────────────────────────────────────────────────────


def test_what_theorems_say_is_checked(folder: Path) -> None:
    done = barriers("passing.gup", cwd=folder)
    assert done.code == Exit.AS_EXPECTED
    head, first, second, empty, closing = done.out.splitlines()
    assert head.split() == ["theorem", "under", "minimal", "sufficient", "placements"]
    assert first.split() == ["needed", "x86-tso", "as", "expected", "{", "}"]
    assert second.split("as expected")[1].strip() == "{ wmb = smp_wmb, rmb = smp_rmb }"
    assert not empty
    assert closing.startswith("2 questions; all as expected; ")
    assert " solver calls; " in closing


def test_what_is_not_as_expected_is_loud(folder: Path) -> None:
    write(folder, "wrong.gup", PASSING + WRONG)
    done = barriers("wrong.gup", cwd=folder)
    assert done.code == Exit.UNEXPECTED
    assert "NOT AS EXPECTED  { wmb = smp_wmb, rmb = smp_rmb }" in done.out
    assert "1 question; 1 NOT AS EXPECTED; " in done.out


def test_a_theorem_is_answered_at_length(folder: Path) -> None:
    done = barriers("needed", "passing.gup", cwd=folder)
    assert done.code == Exit.AS_EXPECTED
    assert done.out.count("to hold: passed of passing\n") == 2
    assert "wmb = none instead of smp_wmb: under armv8/arm64-lse: passed fails in the final state" in done.out


def test_a_claim_stands_for_its_theorems(folder: Path) -> None:
    assert [item["theorems"] for item in documents("P1", "passing.gup", cwd=folder)] == [["needed"], ["needed"]]


def test_with_fewer_models_nothing_is_expected_of_a_question_that_loses_some(folder: Path) -> None:
    both = NEEDED.replace("under x86-tso expect { }", "under x86-tso, armv8/arm64-lse expect { wmb = smp_mb }")
    write(folder, "both.gup", PASSING + both)
    found = documents("-m", "x86-tso", "both.gup", cwd=folder)
    assert [(item["as_expected"], item["together"]["minimal"]) for item in found] == [(None, [{"wmb": "none", "rmb": "none"}])]


def test_more_processes_find_the_same(folder: Path) -> None:
    one = documents("passing.gup", cwd=folder)
    two = json.loads(gupproof("barriers", "-j", "2", "--json", "passing.gup", cwd=folder).out)["questions"]
    assert [item["together"]["minimal"] for item in one] == [item["together"]["minimal"] for item in two]


# ── questions that no theorem asks ───────────────────────────────────────────────────────────────────────────────────


def test_of_any_theorem_all_slots_are_placed(folder: Path) -> None:
    (found,) = documents("holds", "passing.gup", cwd=folder)
    assert found["expected"] is found["as_expected"] is None
    assert [view["minimal"] for view in found["alone"]] == [[{"wmb": "none", "rmb": "none"}], [MINIMAL]]
    assert found["together"]["minimal"] == [MINIMAL]
    assert found["together"]["today"] is True
    assert found["together"]["spare"] == [{"slot": "wmb", "to": "smp_wmb"}]


def test_a_named_theorem_is_answered_beside_one_that_asks_itself(folder: Path) -> None:
    found = documents("needed", "holds", "passing.gup", cwd=folder)
    assert [item["theorems"] for item in found] == [["needed"], ["needed"], ["holds"]]


def test_one_slot_is_placed_alone(folder: Path) -> None:
    (found,) = documents("holds", "-s", "rmb", "passing.gup", cwd=folder)
    assert found["together"]["minimal"] == [{"rmb": "smp_rmb"}]
    assert [slot["name"] for slot in found["slots"]] == ["rmb"]


def test_one_slot_of_a_theorem_that_asks_itself_can_be_placed_alone(folder: Path) -> None:
    (found,) = documents("needed", "-s", "rmb", "passing.gup", cwd=folder)
    assert found["together"]["minimal"] == [{"rmb": "smp_rmb"}]


def test_where_nothing_helps_it_is_not_about_ordering(folder: Path) -> None:
    write(folder, "lost.gup", LOSING + LOST)
    done = barriers("lost", "lost.gup", cwd=folder)
    assert done.code == Exit.AS_EXPECTED
    assert "none: no choice of these slots helps" in done.out
    assert "This is not about ordering: plain interleaving is enough" in done.out
    (found,) = documents("lost", "lost.gup", cwd=folder)
    assert found["together"]["hopeless"] is True
    assert found["together"]["defeat"]["settings"] == {"fence": "smp_mb"}


def test_why_tells_the_executions_step_by_step(folder: Path) -> None:
    short = barriers("holds", "passing.gup", cwd=folder)
    told = barriers("holds", "--why", "passing.gup", cwd=folder)
    assert "(rf " not in short.out
    assert "READ_ONCE(flag)   reads flag = 1 (rf " in told.out
    assert "finally: seen = 1, got = 0" in told.out


def test_executions_are_drawn(folder: Path) -> None:
    done = barriers("holds", "--draw", "drawn", "passing.gup", cwd=folder)
    files = list((folder / "drawn").iterdir())
    assert files
    assert all(path.suffix == ".svg" and path.read_text(encoding="utf-8").startswith("<svg") for path in files)
    assert done.out.count("drawn: ") == len(files)


# ── one proposal ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_proposal_that_suffices(folder: Path) -> None:
    done = barriers("holds", "--try", "wmb = smp_wmb", "passing.gup", cwd=folder)
    assert done.code == Exit.AS_EXPECTED
    assert "proposed: wmb = smp_wmb (all else as it stands)\n" in done.out
    assert "NOT sufficient" not in done.out


def test_a_proposal_that_does_not_is_refuted_by_a_story(folder: Path) -> None:
    done = barriers("holds", "--try", "rmb = none", "passing.gup", cwd=folder)
    assert done.code == Exit.UNEXPECTED
    assert "  x86-tso/x86-64   sufficient\n" in done.out
    assert "  armv8/arm64-lse  NOT sufficient  passed fails in the final state\n" in done.out
    assert "under armv8/arm64-lse: passed fails in the final state\n" in done.out
    assert "finally: seen = 1, got = 0" in done.out


def test_a_proposal_as_a_document(folder: Path) -> None:
    (found,) = documents("holds", "--try", "rmb = none", "passing.gup", cwd=folder)
    assert found["placement"] == {"wmb": "smp_mb", "rmb": "none"}
    assert [(item["platform"], item["sufficient"]) for item in found["platforms"]] == [
        ("x86-tso/x86-64", True),
        ("armv8/arm64-lse", False),
    ]
    assert found["platforms"][0]["execution"] is None
    assert found["platforms"][1]["execution"]["settings"] == {"wmb": "smp_mb", "rmb": "none"}


def test_a_slot_is_proposed_once(folder: Path) -> None:
    done = barriers("holds", "--try", "wmb = smp_wmb, wmb = smp_mb", "passing.gup", cwd=folder)
    assert done.code == Exit.BAD_INPUT
    assert "error[U019]: slot wmb is named twice" in done.err


def test_a_proposal_and_a_search_for_the_cheapest_are_asked_for_apart(folder: Path) -> None:
    done = barriers("holds", "--try", "wmb = smp_wmb", "--cheapest", "passing.gup", cwd=folder)
    assert done.code == Exit.BAD_INPUT
    assert "--try judges one proposal, --cheapest looks for others: give one of the two" in done.err
    assert not done.out


def test_a_slot_that_stands_nowhere_is_told_in_proposals_and_in_places_alike(folder: Path) -> None:
    other = "slot other : none | smp_mb = none;"
    asks = "theorem both { passing places wmb, rmb, other for passed under sc expect { }; }"
    write(folder, "other.gup", other + PASSING + HOLDS + asks)
    remark = "  makes no difference: other stands nowhere in passing\n"
    assert remark in barriers("holds", "--try", "other = smp_mb", "other.gup", cwd=folder).out
    done = barriers("both", "other.gup", cwd=folder)
    assert remark in done.out
    assert done.code == Exit.AS_EXPECTED
    assert remark not in barriers("holds", "other.gup", cwd=folder).out
    (found,) = documents("both", "other.gup", cwd=folder)
    assert found["idle"] == ["other"]


# ── slots that are not placed ────────────────────────────────────────────────────────────────────────────────────────


def test_a_slot_can_be_set_and_the_rest_be_placed(folder: Path) -> None:
    found = {
        value: documents("holds", "--set", f"wmb={value}", "-m", "armv8/arm64-lse", "passing.gup", cwd=folder)[0]["together"]
        for value in ("none", "smp_wmb")
    }
    assert found["none"]["hopeless"] is True, "the reader's barrier alone does not do"
    assert found["smp_wmb"]["minimal"] == [{"rmb": "smp_rmb"}]


@pytest.mark.parametrize("way", [["--set", "wmb=smp_mb"], ["-s", "rmb"]])
def test_of_slots_that_are_not_placed_it_is_told_what_stands_there(folder: Path, way: list[str]) -> None:
    out = barriers("holds", *way, "passing.gup", cwd=folder).out
    assert "  not placed: wmb = smp_mb\n" in out
    assert "minimal sufficient placements (of the slots above, what is not named at its weakest)\n" in out
    assert "all else at its weakest" not in out


# ── the cheapest ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_cheapest_alone(folder: Path) -> None:
    done = barriers("holds", "--cheapest", "passing.gup", cwd=folder)
    assert done.code == Exit.AS_EXPECTED
    assert "the cheapest that suffices everywhere\n  x86-64: wmb = smp_wmb, rmb = smp_rmb, at 0\n" in done.out
    assert "minimal sufficient placements" not in done.out


def test_costs_of_ones_own_change_the_cheapest(folder: Path) -> None:
    costs = write(folder, "own.costs", "target arm64-lse\ncost F[DMB.ISHST] 90\ncost F[DMB.ISH] 7\n")
    (before,) = documents("holds", "--cheapest", "-m", "armv8/arm64-lse", "passing.gup", cwd=folder)
    (after,) = documents("holds", "--cheapest", "-m", "armv8/arm64-lse", "--cost", costs, "passing.gup", cwd=folder)
    assert [item["placement"] for item in before["cheapest"]] == [MINIMAL]
    assert [(item["placement"], item["cost"]) for item in after["cheapest"]] == [({"wmb": "smp_mb", "rmb": "smp_mb"}, 14)]


def test_costs_change_the_whole_answer_as_well(folder: Path) -> None:
    costs = write(folder, "own.costs", "target arm64-lse\ncost F[DMB.ISHST] 90\ncost F[DMB.ISH] 7\n")
    (found,) = documents("holds", "-m", "armv8/arm64-lse", "--cost", costs, "passing.gup", cwd=folder)
    assert found["together"]["minimal"] == [MINIMAL], "what suffices does not depend on costs"
    assert found["costs"]["arm64-lse"]["wmb"] == {"none": 0, "smp_wmb": 90, "smp_mb": 7}
    assert found["cheapest"][0]["placement"] == {"wmb": "smp_mb", "rmb": "smp_mb"}


# ── documents ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_document_says_what_it_is(folder: Path) -> None:
    made = json.loads(barriers("--json", "passing.gup", cwd=folder).out)
    head = {key: made[key] for key in ("schema_version", "tool", "command", "interrupted")}
    assert head == {"schema_version": 1, "tool": "gupproof", "command": "barriers", "interrupted": False}


@pytest.mark.parametrize("way", [[], ["--cheapest"], ["--try", "wmb = none"]])
def test_every_way_to_ask_has_documents(folder: Path, way: list[str]) -> None:
    found = documents("holds", *way, "passing.gup", cwd=folder)
    assert len(found) == 1


@pytest.mark.parametrize("way", [[], ["--cheapest"], ["--try", "fence = smp_mb"]])
def test_what_was_not_found_out_has_documents_too(folder: Path, way: list[str]) -> None:
    write(folder, "slow.gup", COUNTING + "theorem slow { counting shows counted under x86-tso expect proved; }")
    assert documents("slow", "--timeout", "0.05", *way, "slow.gup", cwd=folder)


# ── records ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_run_takes_from_records(folder: Path) -> None:
    first = barriers("--records", "kept", "passing.gup", cwd=folder)
    kept = sorted(path.name for path in (folder / "kept" / "barriers" / "passing").iterdir())
    assert len([name for name in kept if name.endswith(".json")]) == 2
    assert [name for name in kept if name.endswith(".svg")]
    again = barriers("--records", "kept", "passing.gup", cwd=folder)
    assert again.code == first.code == Exit.AS_EXPECTED
    assert "from records" not in first.out
    assert "2 questions; all as expected; 2 from records; " in again.out
    assert again.out.splitlines()[:3] == first.out.splitlines()[:3]


def test_another_text_or_another_cost_makes_records_stale(folder: Path) -> None:
    barriers("--records", "kept", "passing.gup", cwd=folder)
    costs = write(folder, "own.costs", "target arm64-lse\ncost F[DMB.ISHST] 90\n")
    assert "1 from records" in barriers("--records", "kept", "--cost", costs, "passing.gup", cwd=folder).out
    write(folder, "passing.gup", "// Another text.\n" + PASSING + NEEDED)
    assert "from records" not in barriers("--records", "kept", "passing.gup", cwd=folder).out


def test_what_the_time_was_not_enough_for_is_tried_again(folder: Path) -> None:
    first = barriers("--records", "kept", "--timeout", "0.000001", "passing.gup", cwd=folder)
    assert first.code == Exit.UNKNOWN
    again = barriers("--records", "kept", "passing.gup", cwd=folder)
    assert again.code == Exit.AS_EXPECTED
    assert "from records" not in again.out


def test_an_old_drawing_goes_with_its_answer(folder: Path) -> None:
    barriers("--records", "kept", "passing.gup", cwd=folder)
    (record, *_) = sorted((folder / "kept").rglob("*.json"))
    drawn = set(record.parent.glob("*.svg"))
    old = record.with_name(f"{record.stem}-99.svg")
    old.write_text("<svg/>", encoding="utf-8")
    record.unlink()
    barriers("--records", "kept", "passing.gup", cwd=folder)
    assert set(record.parent.glob("*.svg")) == drawn


def test_an_unexpected_answer_from_records_is_as_loud(folder: Path) -> None:
    write(folder, "wrong.gup", PASSING + WRONG)
    for _ in range(2):
        done = barriers("--records", "kept", "wrong.gup", cwd=folder)
        assert done.code == Exit.UNEXPECTED
    assert "1 NOT AS EXPECTED; 1 from records; " in done.out


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema_version": 1}', '{"schema_version": 1, "answer": {"together": {}}}'])
def test_a_record_that_cannot_be_read_is_found_again(folder: Path, text: str) -> None:
    barriers("--records", "kept", "passing.gup", cwd=folder)
    files = list((folder / "kept" / "barriers" / "passing").glob("*.json"))
    for path in files:
        path.write_text(text, encoding="utf-8")
    assert barriers("--records", "kept", "passing.gup", cwd=folder).code == Exit.AS_EXPECTED
    for path in files:
        jsonschema.Draft202012Validator(schema()).validate(json.loads(path.read_text(encoding="utf-8")))


# ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def slow(folder: Path) -> Path:
    write(folder, "slow.gup", COUNTING + "theorem slow { counting shows counted under x86-tso, sc expect proved; }")
    return folder


def test_past_the_time_the_answer_is_what_is_known(slow: Path) -> None:
    done = barriers("slow", "--timeout", "0.1", "slow.gup", cwd=slow)
    assert done.code == Exit.UNKNOWN
    assert "not found out" in done.out
    assert "... and perhaps others: " in done.out
    assert "1 not all found out in time; " in done.out


def test_past_the_time_the_cheapest_is_the_best_that_is_known(folder: Path) -> None:
    done = barriers("holds", "--cheapest", "--timeout", "0.000001", "-m", "armv8/arm64-lse", "passing.gup", cwd=folder)
    assert done.code == Exit.UNKNOWN
    assert "arm64-lse: " in done.out
    assert "none costs less than 0" in done.out


def test_past_the_time_a_proposal_is_neither(slow: Path) -> None:
    done = barriers("slow", "--try", "fence = smp_mb", "--timeout", "0.1", "slow.gup", cwd=slow)
    assert done.code == Exit.UNKNOWN
    assert "x86-tso/x86-64  not found out  counting under x86-tso/x86-64: the time is up\n" in done.out


def test_what_a_bound_leaves_open_is_not_for_lack_of_time(folder: Path) -> None:
    write(
        folder,
        "again.gup",
        AGAIN + "theorem again { s places wmb, rmb for few under armv8/arm64-lse expect { wmb = smp_wmb }; }",
    )
    done = barriers("again.gup", cwd=folder)
    assert done.code == Exit.UNKNOWN
    assert "in time" not in done.out
    assert "1 not all decided; " in done.out
    assert "the loop at again.gup:11 may run more often: raise its bound" in done.out
    cheapest = " ".join(barriers("again", "--cheapest", "again.gup", cwd=folder).out.split())
    assert "the best known; none costs less than 0 (s under armv8/arm64-lse: holds within bounds" in cheapest
    at_length = barriers("again", "again.gup", cwd=folder).out
    assert "wmb = smp_wmb, rmb = smp_rmb\n" in at_length, "what is known is told"
    (found,) = documents("again.gup", cwd=folder)
    view = found["together"]
    assert (view["minimal"], view["complete"], view["late"]) == ([MINIMAL], False, False)
    assert [item["placement"] for item in view["undecided"]] == [{"wmb": "none", "rmb": "none"}]


def test_a_higher_bound_can_settle_what_a_bound_leaves_open(folder: Path) -> None:
    finite = (
        AGAIN.replace("seen == 1 &&", "turns < 2 && seen == 1 &&")
        .replace("bound 1", "bound 2")
        .replace("turns < 2;", "turns < 1;")
    )
    asks = "theorem again { s places wmb, rmb for few under armv8/arm64-lse expect { wmb = smp_wmb, rmb = smp_rmb }; }"
    write(folder, "again.gup", finite + asks)
    assert barriers("again.gup", cwd=folder).code == Exit.AS_EXPECTED


def test_a_theorem_that_is_also_a_folder_here_is_the_theorem(folder: Path) -> None:
    (folder / "holds").mkdir()
    (folder / "kept").mkdir()
    assert barriers("holds", "passing.gup", cwd=folder).code == Exit.AS_EXPECTED
    write(folder / "kept", "passing.gup", PASSING + NEEDED)
    assert "2 questions; all as expected" in barriers("kept", cwd=folder).out, "and what is none is a path"
    assert barriers("./holds", cwd=folder).code == Exit.BAD_INPUT, "which has no files in it"


def test_vacuity_is_that_of_prove(folder: Path) -> None:
    never = PASSING.replace("cover seen", "cover never : seen == 2; cover seen")
    lines = "".join(
        f"theorem {name} {{ passing shows passed under sc {covering} expect proved; }}\n"
        for name, covering in (("every", ""), ("nothing", "covering none"), ("one", "covering seen"))
    )
    write(folder, "never.gup", never + lines)
    for name, worth in (("every", "vacuous"), ("nothing", "sufficient"), ("one", "sufficient")):
        (found,) = documents(name, "never.gup", cwd=folder)
        assert found["together"]["worth"] == worth
        proved = gupproof("prove", "-t", name, "never.gup", cwd=folder)
        assert proved.code == (Exit.AS_EXPECTED if worth == "sufficient" else Exit.UNEXPECTED)
    tried = barriers("every", "--try", "wmb = none", "never.gup", cwd=folder)
    assert tried.code == Exit.UNEXPECTED
    assert "NOT sufficient: vacuous  passing under sc/x86-64: holds, but cannot happen: never\n" in tried.out


def interrupted(folder: Path, *arguments: str, after: str) -> tuple[int, str, str]:
    """Run the command, and send it what Ctrl-C does once it has written a line to one of its streams."""
    running = subprocess.Popen(
        [*START, "barriers", "-j", "1", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        assert running.stdout is not None
        assert running.stderr is not None
        stream = running.stderr if after == "2/3" else running.stdout
        before = ""
        while after not in before:
            line = stream.readline()
            assert line, "what comes first is quick"
            before += line
        os.killpg(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=20)
    finally:
        running.kill()
    assert "Traceback" not in err
    return running.returncode, (before if stream is running.stdout else "") + out, err


needs_signals = pytest.mark.skipif(os.name != "posix", reason="needs signals")


@pytest.fixture
def quick_and_slow(folder: Path) -> Path:
    asks = "theorem slow { counting places fence for counted under x86-tso expect { }; }"
    write(folder, "both.gup", PASSING + NEEDED + COUNTING + asks)
    return folder


@needs_signals
def test_ctrl_c_keeps_what_is_finished(quick_and_slow: Path) -> None:
    code, out, _ = interrupted(quick_and_slow, "--records", "kept", "both.gup", after="2/3")
    assert code == Exit.UNKNOWN
    assert out.startswith("interrupted: these were finished\n")
    assert "2 of 3 questions; all as expected; " in out
    assert len(list((quick_and_slow / "kept" / "barriers" / "both").glob("*.json"))) == 2


@needs_signals
@pytest.mark.parametrize("way", [["--cheapest"], ["--try", "fence = smp_mb"]])
def test_ctrl_c_ends_the_other_ways_to_ask_as_well(quick_and_slow: Path, way: list[str]) -> None:
    first = "theorem first { losing places fence for counted under sc expect hopeless; }"
    second = "theorem second { counting places fence for counted under x86-tso expect { }; }"
    other = COUNTING.replace("slot fence : none | smp_mb = none;", "", 1)
    write(quick_and_slow, "two.gup", LOSING + other + first + second)
    code, out, _ = interrupted(quick_and_slow, *way, "two.gup", after="counted of losing")
    assert code == (Exit.UNKNOWN if way == ["--cheapest"] else Exit.UNEXPECTED)
    assert out.endswith("interrupted: these were finished\n")
    assert "counting" not in out


def test_a_proposal_has_to_be_one_for_every_question_before_any_is_answered(folder: Path) -> None:
    write(folder, "lost.gup", LOSING + "theorem lost { losing places fence for counted under sc expect hopeless; }")
    done = barriers("--try", "wmb = none", "passing.gup", "lost.gup", cwd=folder)
    assert done.code == Exit.BAD_INPUT
    assert "error[U019]: no slot is called 'wmb'" in done.err
    assert not done.out


# ── what cannot be used ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "message", "remedy"),
    [
        (["hold"], "error[U007]: there is no theorem called 'hold'", "did you mean holds?"),
        (["holds", "-s", "wm"], "error[U019]: no slot is called 'wm'", "did you mean wmb?"),
        (["holds", "-s", "elsewhere"], "error[U019]: no slot is called 'elsewhere'", "there are wmb, rmb"),
        (["holds", "--try", "wm = none"], "error[U019]: no slot is called 'wm'", "did you mean wmb?"),
        (["holds", "--try", "wmb = smp_wbm"], "error[U019]: slot wmb cannot be 'smp_wbm'", "did you mean smp_wmb?"),
        (["holds", "--try", "wmb smp_wmb"], "error[U019]: 'wmb smp_wmb' is no SLOT = VALUE", "such as wmb = smp_mb"),
        (["holds", "--try", "wmb = sync"], "error[U019]: slot wmb cannot be 'sync'", "it takes none, smp_wmb, smp_mb"),
        (["holds", "-m", "armv"], "error[P001]: there is no memory model called 'armv'", "did you mean armv8?"),
        (["holds", "-c", "FIX=true"], "error[U019]: no switch is called 'FIX'", ""),
        (["holds", "-c", "wmb"], "'wmb' is no NAME=VALUE", ""),
        (["holds", "--set", "wmb"], "'wmb' is no NAME=VALUE", ""),
        (["holds", "--set", "wmb=none", "--set", "wmb=smp_mb"], "wmb cannot be none and smp_mb", ""),
        (["holds", "--set", "wm=none"], "error[U019]: no slot is called 'wm'", "did you mean wmb?"),
        (["holds", "--set", "wmb=none", "--try", "wmb = none"], "error[U019]: slot wmb is not placed here", ""),
        (["holds", "--cost", "none.costs"], "error[U001]: none.costs does not exist", "give the path"),
        (["holds", "--cost", "passing.gup"], "error[T001]", ""),
        (["holds", "nowhere.gup"], "error[U001]", ""),
    ],
)
def test_what_cannot_be_used_is_told_with_a_remedy(folder: Path, arguments: list[str], message: str, remedy: str) -> None:
    done = barriers(*arguments, "passing.gup", cwd=folder)
    assert done.code == Exit.BAD_INPUT
    assert message in done.err
    assert remedy in done.err
    assert not done.out


def test_costs_of_an_unknown_target_are_told(folder: Path) -> None:
    write(folder, "own.costs", "target arm64-les\ncost F[DMB.ISH] 7\n")
    done = barriers("holds", "--cost", "own.costs", "passing.gup", cwd=folder)
    assert done.code == Exit.BAD_INPUT
    assert "own.costs:1:" in done.err
    assert "arm64-lse" in done.err


def test_a_file_that_asks_nothing_is_told_how_to_ask(folder: Path) -> None:
    write(folder, "quiet.gup", PASSING + HOLDS)
    done = barriers("quiet.gup", cwd=folder)
    assert done.code == Exit.BAD_INPUT
    assert "error[U019]: no theorem there asks where barriers have to be" in done.err
    assert "places SLOT for PROPERTY" in done.err


def test_a_theorem_without_slots_is_told_how_to_declare_one(folder: Path) -> None:
    text = PASSING.replace("slot wmb;", "smp_wmb();").replace("slot rmb;", "smp_rmb();")
    write(folder, "fixed.gup", text + HOLDS)
    done = barriers("holds", "fixed.gup", cwd=folder)
    assert done.code == Exit.BAD_INPUT
    assert "error[U019]: the scenarios have no slots to place" in done.err
    assert "declare one" in done.err


@pytest.mark.parametrize("timeout", ["0", "-1", "soon"])
def test_a_timeout_is_a_number_of_seconds(folder: Path, timeout: str) -> None:
    assert barriers("holds", "--timeout", timeout, "passing.gup", cwd=folder).code == Exit.BAD_INPUT
