"""What the commands do with good input: output, verdicts, exit codes."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from gupproof.cli.exits import Exit
from gupproof.cli.main import COMMANDS
from tests.cli.support import GOOD, START, gupproof


def scenario(code: str, *, extra: str = "", proposition: str = "property p : x == 1;") -> str:
    return f"{extra}\nscenario s {{ int x; thread a {{ {code} }} {proposition} }}\n"


# ── help ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    done = gupproof(command, "--help")
    assert done.code == 0
    assert done.out.startswith(f"Usage: gupproof {command} ")
    assert done.out == gupproof(command, "-h").out


def test_the_help_lists_every_command_and_exit_code() -> None:
    done = gupproof("--help")
    assert done.code == 0
    words = " ".join(done.out.split())
    for command, summary in COMMANDS.items():
        assert f"{command} {summary}" in words
    assert "Exit codes: 0 as expected, 1 not as expected, 2 bad input, 3 unknown or a limit hit, 4 internal error." in words


def test_without_a_command_there_is_help() -> None:
    done = gupproof()
    assert done.code == Exit.BAD_INPUT
    assert "Usage: gupproof" in done.err


def test_version() -> None:
    assert gupproof("--version").out == "gupproof 0.1.0\n"


# ── prove ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def verdicts(out: str) -> set[tuple[str, str, str, str]]:
    """The theorems, models, targets and verdicts of a JSON document."""
    return {(item["theorem"], item["model"], item["target"], item["verdict"]) for item in json.loads(out)["results"]}


def test_prove_takes_a_claim_for_the_theorems_that_answer_it() -> None:
    done = gupproof("prove", "-t", "C49", "--json")
    assert done.code == Exit.AS_EXPECTED
    assert {item["theorem"] for item in json.loads(done.out)["results"]} == {"head_is_read_once"}


def test_explain_takes_a_claim() -> None:
    done = gupproof("explain", "C49", "-m", "sc")
    assert done.code == Exit.AS_EXPECTED
    assert done.out.startswith("head_is_read_once [C49]\n")


EVERYTHING = {
    ("buffered", "sc", "x86-64", "proved"),
    ("buffered", "x86-tso", "x86-64", "refuted"),
    ("buffered", "armv8", "arm64-lse", "refuted"),
    ("buffered", "armv8", "arm64-llsc", "refuted"),
    ("fenced", "sc", "x86-64", "proved"),
    ("fenced", "x86-tso", "x86-64", "proved"),
    ("fenced", "armv8", "arm64-lse", "proved"),
    ("fenced", "armv8", "arm64-llsc", "proved"),
}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_prove_tells_every_verdict_whatever_the_number_of_processes(folder: Path, jobs: str) -> None:
    done = gupproof("prove", "--json", "-j", jobs, "race.gup", cwd=folder)
    assert done.code == Exit.AS_EXPECTED
    assert verdicts(done.out) == EVERYTHING
    assert len(json.loads(done.out)["results"]) == len(EVERYTHING)


def test_prove_prints_a_table(folder: Path) -> None:
    done = gupproof("prove", "-j", "1", "race.gup", cwd=folder)
    head, line, first, *_, closing = done.out.splitlines()
    assert head.split() == [
        "claim",
        "theorem",
        "property",
        "with",
        "sc",
        "x86-tso",
        "armv8/arm64-llsc",
        "armv8/arm64-lse",
        "time",
    ]
    assert set(line) <= {"─", " "}
    assert first.split()[:7] == ["a", "claim", "buffered", "seen", "proved", "refuted", "refuted"]
    assert closing.startswith("8 obligations: 5 proved, 3 refuted; all as expected; ")
    assert len(done.err.splitlines()) == len(EVERYTHING)


def test_prove_searches_folders(folder: Path) -> None:
    inner = folder / "inner"
    inner.mkdir()
    (folder / "race.gup").rename(inner / "race.gup")
    (folder / "slow.gup").unlink()
    assert verdicts(gupproof("prove", "--json", "-j", "1", folder).out) == EVERYTHING


def test_prove_one_theorem(folder: Path) -> None:
    done = gupproof("prove", "--json", "-j", "1", "-t", "fenced", "race.gup", cwd=folder)
    assert verdicts(done.out) == {item for item in EVERYTHING if item[0] == "fenced"}


def test_prove_asks_again_with_a_switch_set(folder: Path) -> None:
    done = gupproof("prove", "--config", "fence=smp_mb", "race.gup", cwd=folder)
    # What the theorem says of no fence is not so with one; what sets the fence itself is not asked again.
    assert done.code == Exit.UNEXPECTED
    assert "fence=smp_mb" in done.out
    assert "fenced" not in done.out
    assert gupproof("prove", "--config", "fence=none", "-m", "sc", "race.gup", cwd=folder).code == Exit.AS_EXPECTED
    refused = gupproof("prove", "--config", "fence=none", "-t", "fenced", "race.gup", cwd=folder)
    assert refused.code == Exit.BAD_INPUT
    assert "error[U008]: no theorem leaves fence=none open and depends on it" in refused.err


@pytest.mark.parametrize(
    ("models", "kept"),
    [
        (["sc"], {"x86-64"}),
        (["armv8"], {"arm64-lse", "arm64-llsc"}),
        (["armv8/arm64-lse"], {"arm64-lse"}),
        (["sc", "armv8/arm64-llsc"], {"x86-64", "arm64-llsc"}),
    ],
)
def test_prove_under_some_models(folder: Path, models: list[str], kept: set[str]) -> None:
    options = [part for model in models for part in ("-m", model)]
    done = gupproof("prove", "--json", "-j", "1", *options, "race.gup", cwd=folder)
    named = {model.partition("/")[0] for model in models}
    assert verdicts(done.out) == {item for item in EVERYTHING if item[1] in named and item[2] in kept}


def test_a_verdict_that_is_not_expected_is_exit_code_1(folder: Path) -> None:
    path = folder / "race.gup"
    path.write_text(path.read_text(encoding="utf-8").replace("expect refuted", "expect proved"), encoding="utf-8")
    done = gupproof("prove", "-j", "1", "-m", "x86-tso", path)
    assert done.code == Exit.UNEXPECTED
    assert "REFUTED, not proved" in done.out
    assert "1 NOT AS EXPECTED" in done.out


def test_past_the_time_limit_the_verdict_is_unknown(folder: Path) -> None:
    done = gupproof("prove", "--json", "-j", "1", "--timeout", "0.05", "slow.gup", cwd=folder)
    assert done.code == Exit.UNKNOWN
    results = {(item["theorem"], item["model"]): item for item in json.loads(done.out)["results"]}
    assert results["quick", "sc"]["verdict"] == "proved"
    assert results["slow", "sc"]["verdict"] == "unknown"
    assert "no answer within 0.05 s; allow more with --timeout" in results["slow", "sc"]["reason"]


# ── Ctrl-C ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def workers_of(process: int) -> list[int]:
    """Every process that descends from ``process``."""
    found, pending = [], [process]
    while pending:
        parent = pending.pop()
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                fields = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == parent and fields[0] != "Z":
                found.append(int(entry.name))
                pending.append(int(entry.name))
    return found


def alive(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize(("jobs", "as_json"), [("1", False), ("2", False), ("2", True)])
def test_ctrl_c_keeps_what_is_finished_and_leaves_no_process_behind(folder: Path, jobs: str, as_json: bool) -> None:
    running = subprocess.Popen(
        [*START, "prove", "-j", jobs, *(["--json"] if as_json else []), "slow.gup"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        assert running.stdout is not None
        assert running.stderr is not None
        if as_json:
            time.sleep(3)
        else:
            # Progress says when the quick theorem is done; by then the other is being worked on, or about to be.
            assert b"quick: p under sc" in running.stderr.readline()
            time.sleep(1)
        workers = workers_of(running.pid)
        assert bool(workers) == (jobs != "1")
        # A terminal sends it to the whole group.
        os.killpg(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=20)
    finally:
        running.kill()
    assert running.returncode == Exit.UNKNOWN
    assert b"Traceback" not in err
    if as_json:
        document = json.loads(out)
        assert document["interrupted"] is True
        assert [item["theorem"] for item in document["results"]] == ["quick"]
    else:
        assert b"interrupted: these were finished" in out
        assert b"1 obligations (2 not finished): 1 proved" in out
    assert not [worker for worker in workers if alive(worker)]


# ── check ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_check_verifies_under_three_models(folder: Path) -> None:
    done = gupproof("check", "--json", "-j", "1", "good.gup", cwd=folder)
    assert done.code == Exit.AS_EXPECTED
    assert [(item["model"], item["target"]) for item in json.loads(done.out)["results"]] == [
        ("sc", "x86-64"),
        ("x86-tso", "x86-64"),
        ("armv8", "arm64-llsc"),
        ("armv8", "arm64-lse"),
    ]


@pytest.mark.parametrize(("setting", "code"), [("none", Exit.UNEXPECTED), ("smp_mb", Exit.AS_EXPECTED)])
def test_check_with_a_switch_set(folder: Path, setting: str, code: Exit) -> None:
    assert gupproof("check", "-j", "1", "-m", "x86-tso", "-c", f"fence={setting}", "race.gup", cwd=folder).code == code


def test_check_one_scenario(folder: Path) -> None:
    done = gupproof("check", "--json", "-j", "1", "-m", "sc", "-s", "quick", "slow.gup", cwd=folder)
    assert [item["scenario"] for item in json.loads(done.out)["results"]] == ["quick"]


def test_check_syntax_only_verifies_nothing(folder: Path) -> None:
    done = gupproof("check", "--syntax-only", "race.gup", cwd=folder)
    assert (done.code, done.out) == (0, "race.gup: no errors; 0 functions, 1 scenarios, 2 theorems\n")


@pytest.mark.parametrize("content", ["", "// nothing\n", "fn f() { smp_mb(); }\n"])
def test_check_of_a_file_with_nothing_to_verify(tmp_path: Path, content: str) -> None:
    (tmp_path / "none.gup").write_text(content, encoding="utf-8")
    done = gupproof("check", "none.gup", cwd=tmp_path)
    assert done.code == 0
    assert "0 scenarios" in done.out
    assert "proved" not in done.out


LIMITS = {
    "a loop that hits its bound": (
        scenario("int i = 0; while (READ_ONCE(y) == 0) bound 2 { i++; } x = 1;", extra="int y;").replace(
            "property", "thread b { y = 1; } property"
        ),
        "the loop at s.gup:2 may run more often: raise its bound",
    ),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_that_is_hit_makes_the_verdict_unknown(tmp_path: Path, name: str) -> None:
    text, reason = LIMITS[name]
    (tmp_path / "s.gup").write_text(text, encoding="utf-8")
    done = gupproof("check", "--json", "-j", "1", "s.gup", cwd=tmp_path)
    results = json.loads(done.out)["results"]
    assert {item["verdict"] for item in results} == {"unknown"}
    assert all(reason in item["reason"] for item in results)
    assert done.code == Exit.UNKNOWN


VACUOUS = {
    "a cover that cannot be reached": (
        scenario("x = 1;", proposition="property p : x == 1; cover never : x == 2;"),
        "holds, but cannot happen: never",
    ),
    "a wait without end": (scenario("await (x == 1);"), "no execution comes to an end"),
    "a lock taken twice": (
        scenario("spin_lock(&l); spin_lock(&l); x = 1;", extra="spinlock_t l;"),
        "no execution comes to an end",
    ),
    "an assumption that never holds": (scenario("assume(x == 5);"), "no execution comes to an end"),
}


@pytest.mark.parametrize("name", VACUOUS)
def test_what_holds_because_nothing_happens_is_vacuous(tmp_path: Path, name: str) -> None:
    text, reason = VACUOUS[name]
    (tmp_path / "s.gup").write_text(text, encoding="utf-8")
    done = gupproof("check", "--json", "-j", "1", "s.gup", cwd=tmp_path)
    results = json.loads(done.out)["results"]
    assert {item["verdict"] for item in results} == {"vacuous"}
    assert all(reason in item["reason"] for item in results)
    assert done.code == Exit.UNEXPECTED


FAULTS = {
    "NULL": (
        scenario("struct t *p = NULL; p->f = 1; x = 1;", extra="struct t { int f; };"),
        "'p->f' is accessed through a pointer to no object at s.gup:2",
    ),
    "division by zero": (scenario("int z = choose(0, 1); x = 1 / z;"), "division by zero at s.gup:2"),
    "an index": (
        scenario("int i = choose(0 .. 2); a[i] = 1; x = 1;", extra="int a[2];"),
        "index outside the array's 2 elements at s.gup:2",
    ),
    "an assert": (scenario("x = 1; assert(x == 2, p);"), "assert fails at s.gup:2"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_refutes_with_its_reason(tmp_path: Path, name: str) -> None:
    text, reason = FAULTS[name]
    (tmp_path / "s.gup").write_text(text, encoding="utf-8")
    done = gupproof("check", "--json", "-j", "1", "s.gup", cwd=tmp_path)
    results = [item for item in json.loads(done.out)["results"] if item["property"] == "p"]
    assert {item["verdict"] for item in results} == {"refuted"}
    assert {item["reason"] for item in results} == {reason}
    assert all(item["final"] == [] for item in results)
    assert done.code == Exit.UNEXPECTED


def test_a_model_of_the_users_own(folder: Path) -> None:
    (folder / "nothing kept.cat").write_text('"loose"\nacyclic po-loc | rf as loose\n', encoding="utf-8")
    done = gupproof("check", "--json", "-j", "1", "-m", "nothing kept.cat", "-c", "fence=smp_mb", "race.gup", cwd=folder)
    (result,) = json.loads(done.out)["results"]
    assert (result["model"], result["target"], result["verdict"]) == ("nothing kept.cat", "x86-64", "refuted")


def test_a_model_of_arm_is_taken_to_speak_of_arm(folder: Path) -> None:
    (folder / "mine.cat").write_text(
        '"mine"\nacyclic po | rf | fr | co as sc\nempty [DMB.ISH]; po; [W] & 0\n', encoding="utf-8"
    )
    done = gupproof("check", "--json", "-j", "1", "-m", "mine.cat", "good.gup", cwd=folder)
    assert {item["target"] for item in json.loads(done.out)["results"]} == {"arm64-llsc", "arm64-lse"}
    done = gupproof("check", "--json", "-j", "1", "-m", "mine.cat", "--target", "arm64-lse", "good.gup", cwd=folder)
    assert {item["target"] for item in json.loads(done.out)["results"]} == {"arm64-lse"}


# ── explain ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_explain_tells_the_refutation_step_by_step(folder: Path) -> None:
    done = gupproof("explain", "-m", "x86-tso", "buffered", "race.gup", cwd=folder)
    assert done.code == Exit.AS_EXPECTED
    text = done.out
    assert text.startswith("buffered [a claim]\n══════════════════\nA store may wait in the buffer.\n\nOne step a line")
    lines = [line.split() for line in text.splitlines()]
    steps = [
        line for line in lines if (line and line[0] in {"1", "2", "3", "4"} and "race.gup:8" in line) or "race.gup:9" in line
    ]
    assert [step[0] for step in steps] == ["1", "2", "3", "4"]
    assert sum("!" in step for step in steps) == 1
    assert "(fr 2)" in text
    assert "finally: r0 = 0, r1 = 0: seen fails" in text


def test_explain_has_one_legend_and_tells_no_story_twice(folder: Path) -> None:
    done = gupproof("explain", "buffered", "race.gup", cwd=folder)
    assert done.out.count("One step a line") == 1
    assert done.out.count("finally: ") < done.out.count(": refuted")
    assert "step by step as seen of race under x86-tso on x86-64" in " ".join(done.out.split())
    assert all(len(line) <= 140 for line in done.out.splitlines())


def test_explain_of_a_proof_says_so(folder: Path) -> None:
    done = gupproof("explain", "-m", "sc", "fenced", "race.gup", cwd=folder)
    assert "seen of race under sc on x86-64, fence = smp_mb: proved\n  covers: both is reached" in done.out
    assert "One step a line" not in done.out


@pytest.mark.parametrize("theorem", ["fix_rests_on_the_unfreeze", "fix_weakened_the_pin"])
def test_the_stories_of_the_proofs_fit_a_wide_terminal(theorem: str) -> None:
    done = gupproof("explain", theorem)
    assert done.code == Exit.AS_EXPECTED
    assert "finally: " in done.out
    assert " ! " in done.out
    assert max(map(len, done.out.splitlines())) <= 140


# ── models, doctor, pipes ────────────────────────────────────────────────────────────────────────────────────────────


def test_models_lists_models_and_targets() -> None:
    done = gupproof("models")
    assert done.code == 0
    for word in ("sc: ", "x86-tso: ", "armv8: ", "armv8/arm64-lse: ", "armv8/arm64-llsc: ", "sc/x86-64: "):
        assert word in done.out
    document = json.loads(gupproof("models", "--json").out)
    assert {model["name"] for model in document["models"]} >= {"sc", "x86-tso", "armv8"}


def test_doctor_finds_all_well() -> None:
    done = gupproof("doctor")
    assert done.code == 0
    assert done.out.endswith("all well\n")
    assert "FAIL" not in done.out
    document = json.loads(gupproof("doctor", "--json").out)
    assert document["ok"] is True
    assert all(item["ok"] for item in document["checks"])


def test_an_output_that_nobody_reads_any_more_is_no_error(folder: Path) -> None:
    line = f"{' '.join(START[:2])} '{START[2]}' models | head -1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {line}"], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0
    assert done.stdout.startswith(b"armv8: ")
    assert done.stderr == b""


def test_a_defect_is_exit_code_4_and_a_traceback_only_when_asked_for(folder: Path) -> None:
    broken = [START[0], "-c", "import gupproof.language as l\ndef f(p): 1 / 0\nl.load = f\n" + START[2].replace("; ", "\n")]
    arguments = [*broken, "check", "good.gup"]
    done = subprocess.run(arguments, cwd=folder, capture_output=True, check=False, env=os.environ | {"GUPPROOF_DEBUG": ""})
    assert done.returncode == Exit.INTERNAL
    assert done.stderr.startswith(b"gupproof: internal error: ZeroDivisionError")
    assert b"Traceback" not in done.stderr
    done = subprocess.run(arguments, cwd=folder, capture_output=True, check=False, env=os.environ | {"GUPPROOF_DEBUG": "1"})
    assert b"Traceback" in done.stderr


# ── fmt ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

UGLY = "scenario  s{int x;thread a{x=1;}property p:x==1;}// end\n"


def test_fmt_formats_once_and_for_all(tmp_path: Path) -> None:
    path = tmp_path / "ugly.gup"
    path.write_text(UGLY, encoding="utf-8")
    done = gupproof("fmt", "ugly.gup", cwd=tmp_path)
    assert (done.code, done.out) == (0, "ugly.gup: reformatted\n1 of 1 files reformatted\n")
    formatted = path.read_text(encoding="utf-8")
    assert "thread a { x = 1; }" in formatted
    assert "// end" in formatted
    assert gupproof("fmt", "--check", "ugly.gup", cwd=tmp_path).code == 0
    assert gupproof("fmt", "ugly.gup", cwd=tmp_path).out == "0 of 1 files reformatted\n"


@pytest.mark.parametrize("option", ["--check", "--diff"])
def test_fmt_check_and_diff_change_nothing(tmp_path: Path, option: str) -> None:
    path = tmp_path / "ugly.gup"
    path.write_text(UGLY, encoding="utf-8")
    done = gupproof("fmt", option, "ugly.gup", cwd=tmp_path)
    assert done.code == Exit.UNEXPECTED
    assert path.read_text(encoding="utf-8") == UGLY
    expected = "--- ugly.gup\n+++ ugly.gup\n" if option == "--diff" else "ugly.gup: would be reformatted\n"
    assert done.out.startswith(expected)


def test_fmt_of_standard_input(tmp_path: Path) -> None:
    done = gupproof("fmt", "-", stdin=UGLY.encode())
    assert done.code == 0
    assert "thread a { x = 1; }" in done.out
    assert gupproof("fmt", "-", stdin=done.out.encode()).out == done.out
    assert gupproof("fmt", "--check", "-", stdin=done.out.encode()).code == 0
    assert gupproof("fmt", "--check", "-", stdin=UGLY.encode()).code == Exit.UNEXPECTED


@pytest.mark.parametrize("content", [b"\xff\xfe", b"scenario {"])
def test_fmt_of_standard_input_that_is_no_gup(content: bytes) -> None:
    done = gupproof("fmt", "-", stdin=content)
    assert (done.code, done.out) == (Exit.BAD_INPUT, "")
    assert "Traceback" not in done.err


def test_fmt_changes_nothing_when_one_file_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.gup").write_text(UGLY, encoding="utf-8")
    (tmp_path / "b.gup").write_text("scenario {", encoding="utf-8")
    assert gupproof("fmt", tmp_path).code == Exit.BAD_INPUT
    assert (tmp_path / "a.gup").read_text(encoding="utf-8") == UGLY


def test_fmt_follows_links_and_keeps_permissions(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / "ugly.gup"
    target.write_text(UGLY, encoding="utf-8")
    target.chmod(0o640)
    link = tmp_path / "link.gup"
    link.symlink_to(target)
    assert gupproof("fmt", link).code == 0
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") != UGLY
    assert target.stat().st_mode & 0o777 == 0o640
    assert [item.name for item in (tmp_path / "real").iterdir()] == ["ugly.gup"]


def test_fmt_of_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    # Root may write everywhere, so the refusal is made up.
    script = "import tempfile\ndef refuse(*a, **k): raise PermissionError(13, 'Permission denied')\ntempfile.mkstemp = refuse\n"
    arguments = [START[0], "-c", script + START[2].replace("; ", "\n"), "fmt"]
    path = tmp_path / "ugly.gup"
    path.write_text(UGLY, encoding="utf-8")
    done = subprocess.run([*arguments, path], capture_output=True, check=False)
    assert done.returncode == Exit.BAD_INPUT
    assert b"cannot be written: Permission denied" in done.stderr
    assert path.read_text(encoding="utf-8") == UGLY


def test_fmt_json_names_the_changed_files(tmp_path: Path) -> None:
    (tmp_path / "ugly.gup").write_text(UGLY, encoding="utf-8")
    (tmp_path / "good.gup").write_text(GOOD, encoding="utf-8")
    done = gupproof("fmt", "--json", "--check", ".", cwd=tmp_path)
    assert done.code == Exit.UNEXPECTED
    assert json.loads(done.out) == {"schema_version": 1, "tool": "gupproof", "command": "fmt", "changed": ["ugly.gup"]}
