"""``gupproof lowering``."""

import json
from pathlib import Path

from gupproof.resources import targets_dir
from tests.cli.support import gupproof
from tests.lowering.support import changed


def test_a_row_of_a_table_that_comes_with_it_is_right() -> None:
    ran = gupproof("lowering", "arm64-lse", "--row", "smp_wmb", "-j", "1")
    assert (ran.code, ran.err) == (0, "")
    assert "every row keeps its promises" in ran.out


def test_a_table_that_is_wrong_is_told_with_a_program(tmp_path: Path) -> None:
    changed("ppc64", tmp_path, {"smp_store_release": "W"})
    ran = gupproof("lowering", tmp_path / "ppc64.target", "-r", "smp_store_release", "-j", "1")
    assert ran.code == 1
    assert "ppc64 under power: smp_store_release: the row allows what the kernel promises never happens" in ran.out
    assert "kernel Never, row Sometimes, instructions Never" in ran.out
    assert "smp_store_release(m" in ran.out
    assert "1 row wrong" in ran.out


def test_the_document_has_both_programs_and_every_verdict(tmp_path: Path) -> None:
    changed("ppc64", tmp_path, {"smp_store_release": "W"})
    ran = gupproof("lowering", tmp_path / "ppc64.target", "-r", "smp_store_release", "-j", "1", "--json")
    document = json.loads(ran.out)
    assert (ran.code, document["command"], document["interrupted"]) == (1, "lowering", False)
    assert {item["fault"] for item in document["findings"]} == {"row-too-weak", "row-weaker"}
    first = document["findings"][0]
    assert (first["row"], first["model"], first["table"]) == ("smp_store_release", "power", "Sometimes")
    assert first["kernel_c"].startswith("C ")
    assert first["assembly"].startswith("PPC ")


def test_instructions_of_ones_own_are_given_for_one_table(tmp_path: Path) -> None:
    text = (targets_dir() / "riscv.instructions").read_text(encoding="utf-8")
    path = tmp_path / "wrong.instructions"
    path.write_text(text.replace("fence w,w", "fence r,r"), encoding="utf-8")
    ran = gupproof("lowering", "riscv", "--instructions", path, "-r", "smp_wmb", "-q", "-j", "1")
    assert ran.code == 1
    assert "riscv under riscv: smp_wmb: its instructions allow what the kernel promises never happens" in ran.out
    assert gupproof("lowering", "--instructions", path).code == 2


def test_what_can_not_be_checked_is_said(tmp_path: Path) -> None:
    for arguments, words in (
        (["mips"], "no table of a machine is called 'mips'"),
        (["riscv", "-r", "smp_frob"], "no program is about 'smp_frob'"),
        ([targets_dir() / "lkmm.target"], "the table of a language"),
    ):
        ran = gupproof("lowering", *arguments)
        assert (ran.code, "error[U021]" in ran.err, words in ran.err) == (2, True, True)
    # Two tables are for armv8: which instructions these rows stand for, nobody can know.
    lonely = tmp_path / "mine.target"
    lonely.write_text((targets_dir() / "arm64-lse.target").read_text(encoding="utf-8"), encoding="utf-8")
    ran = gupproof("lowering", lonely)
    assert (ran.code, "error[T013]" in ran.err) == (2, True)


def test_an_instruction_that_is_not_read_is_said(tmp_path: Path) -> None:
    text = (targets_dir() / "riscv.instructions").read_text(encoding="utf-8")
    path = tmp_path / "odd.instructions"
    path.write_text(text.replace("fence w,w", "frobnicate"), encoding="utf-8")
    ran = gupproof("lowering", "riscv", "--instructions", path, "-r", "smp_wmb", "-j", "1")
    assert (ran.code, "error[T014]" in ran.err, "frobnicate" in ran.err) == (2, True, True)
