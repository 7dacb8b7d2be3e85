"""``gupproof export`` as a shell sees it."""

from pathlib import Path

import pytest

from tests.cli.support import RACE, gupproof


def race(folder: Path) -> Path:
    path = folder / "race.gup"
    path.write_text(RACE)
    return path


@pytest.mark.parametrize(("model", "arch"), [("x86-tso", "X86_64"), ("armv8", "AArch64")])
def test_a_refutation_is_written_and_judged_alike(tmp_path: Path, model: str, arch: str) -> None:
    done = gupproof("export", "buffered", race(tmp_path), "--model", model)
    assert done.code == 0
    assert done.out.startswith(f"{arch} race-seen-{model}\n")
    test = tmp_path / "back.litmus"
    test.write_text(done.out)
    assert "Sometimes: Ok" in gupproof("litmus", test).out


def test_a_file_may_be_named_instead_of_a_theorem(tmp_path: Path) -> None:
    target = tmp_path / "out.litmus"
    assert gupproof("export", "--to", "litmus", race(tmp_path), "-o", target, "-m", "x86-tso").code == 0
    assert "exists (" in target.read_text()


def test_what_holds_has_no_execution_to_write(tmp_path: Path) -> None:
    done = gupproof("export", "fenced", race(tmp_path))
    assert done.code == 2
    assert "U016" in done.err
    assert done.out == ""


def test_a_theorem_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    assert gupproof("export", "bufered", race(tmp_path)).code == 2


def test_a_model_that_the_theorem_is_not_about_is_a_usage_error(tmp_path: Path) -> None:
    done = gupproof("export", "buffered", race(tmp_path), "--model", "power")
    assert done.code == 2
    assert "no theorem that says anything under that model" in done.err


def test_a_scenario_is_written_with_its_branches_and_judged_alike(tmp_path: Path) -> None:
    done = gupproof("export", race(tmp_path), "--scenario", "race", "--property", "seen")
    assert done.code == 0
    assert done.out.startswith("C race\n")
    test = tmp_path / "back.litmus"
    test.write_text(done.out)
    assert "Sometimes: Ok" in gupproof("litmus", test).out


def test_switches_and_covers_of_a_scenario_may_be_chosen(tmp_path: Path) -> None:
    fenced = gupproof("export", race(tmp_path), "-s", "race", "-p", "seen", "-c", "fence=smp_mb").out
    assert fenced.count("smp_mb();") == 2
    assert "exists (0:r0=1 /\\ 1:r0=1)" in gupproof("export", race(tmp_path), "-s", "race", "--cover", "both").out


def test_what_is_wrong_with_the_wish_for_a_scenario_is_said(tmp_path: Path) -> None:
    file = race(tmp_path)
    for arguments, message in (
        (("--scenario", "rice"), "did you mean race"),
        (("--scenario", "race", "--cover", "none"), "has no cover 'none'; it has: both"),
        (("--scenario", "race", "--property", "none"), "has no property 'none'; it has: seen"),
        (("--scenario", "race", "--model", "armv8"), "U015"),
        (("--cover", "both"), "go with --scenario"),
    ):
        done = gupproof("export", file, *arguments)
        assert done.code == 2
        assert message in done.err
        assert done.out == ""
