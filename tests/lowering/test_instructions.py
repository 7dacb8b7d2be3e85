"""Files of instructions: their form, and what is said about those without it."""

import pytest

from gupproof.diagnostics import GupError
from gupproof.language.rows import SHAPES
from gupproof.lowering.instructions import read_instructions
from gupproof.program.target_reader import known_targets
from gupproof.resources import targets_dir

GOOD = (targets_dir() / "riscv.instructions").read_text(encoding="utf-8")


def problems(tmp_path, text: str) -> list[tuple[str, str]]:
    path = tmp_path / "my.instructions"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GupError) as raised:
        read_instructions(path)
    return [(item.code, item.message) for item in raised.value.diagnostics]


@pytest.mark.parametrize("name", [target.name for target in known_targets() if not target.is_language])
def test_every_machine_has_instructions_for_every_row(name: str) -> None:
    assert set(read_instructions(targets_dir() / f"{name}.instructions").rows) == set(SHAPES)


def test_labels_stand_alone_and_indented_lines_go_on(tmp_path) -> None:
    path = tmp_path / "my.instructions"
    path.write_text(GOOD.replace("atomic_add  ", "atomic_add   again: nop; // nothing\n      out:", 1), encoding="utf-8")
    code = read_instructions(path).rows["atomic_add"]
    assert code.lines == ("again:", "nop", "out:", "amoadd.w x0,{v},({p})")
    assert code.labels == ("again", "out")


def test_a_dash_is_no_instruction() -> None:
    assert read_instructions(targets_dir() / "riscv.instructions").rows["barrier"].lines == ()


def test_a_line_for_no_primitive_and_a_second_one_and_an_unknown_register_are_refused(tmp_path) -> None:
    text = GOOD + "smp_frob  nop\nsmp_mb  nop\n"
    assert [code for code, _ in problems(tmp_path, text)] == ["T012", "T012"]
    ((code, message),) = problems(tmp_path, GOOD.replace("lw {r},0({p})", "lw {q},0({p})", 1))
    assert (code, "{q}" in message) == ("T012", True)


def test_missing_lines_and_an_unknown_assembly_are_refused(tmp_path) -> None:
    ((code, message),) = problems(tmp_path, GOOD.replace("smp_wmb ", "// ", 1))
    assert (code, "smp_wmb" in message) == ("T013", True)
    assert problems(tmp_path, GOOD.replace("arch RISCV", "arch MIPS"))[0][0] == "T013"
