import contextlib
from pathlib import Path

import pytest

from gupproof.diagnostics import GupError
from gupproof.language.rows import LANGUAGE_SHAPES, SHAPES, Shape
from gupproof.program.target_reader import known_targets, read_target
from gupproof.program.targets import StepKind, Target


def shown(target: Target, primitive: str) -> str:
    row = target.rows[primitive]

    def text(steps):
        return " ".join(step.kind.value + (f"[{','.join(step.tags)}]" if step.tags else "") for step in steps) or "-"

    return text(row.steps) + (f" else {text(row.failure)}" if row.failure is not None else "")


@pytest.fixture(scope="module")
def targets() -> dict[str, Target]:
    return {target.name: target for target in known_targets()}


def test_the_projects_tables(targets):
    assert list(targets) == ["arm64-llsc", "arm64-lse", "lkmm-v2", "lkmm", "ppc64", "riscv", "x86-64"]
    assert targets["x86-64"].models == ("x86-tso", "sc")
    assert targets["arm64-lse"].models == targets["arm64-llsc"].models == ("armv8",)
    for target in targets.values():
        assert set(target.rows) == (set(SHAPES | LANGUAGE_SHAPES) if target.is_language else set(SHAPES))
        assert target.title
        assert target.is_language or all(row.note for row in target.rows.values())


@pytest.mark.parametrize(
    ("primitive", "x86", "lse", "llsc"),
    [
        ("READ_ONCE", "R", "R", "R"),
        ("smp_load_acquire", "R", "R[A]", "R[A]"),
        ("smp_store_release", "W", "W[L]", "W[L]"),
        ("smp_mb", "F[MFENCE]", "F[DMB.ISH]", "F[DMB.ISH]"),
        ("smp_wmb", "-", "F[DMB.ISHST]", "F[DMB.ISHST]"),
        ("smp_mb__after_unlock_lock", "-", "-", "-"),
        ("atomic_add", "R[X] W[X]", "R[NoRet] W", "R[X] W[X]"),
        ("atomic_add_return", "R[X] W[X]", "R[A] W[L]", "R[X] W[X,L] F[DMB.ISH]"),
        ("cmpxchg", "R[X] W[X] else R[X]", "R[A] W[L] else R[A]", "R[X] W[X,L] F[DMB.ISH] else R[X]"),
        ("cmpxchg_acquire", "R[X] W[X] else R[X]", "R[A] W else R[A]", "R[X,A] W[X] else R[X,A]"),
        ("atomic_add_unless", "R[X] W[X] else R", "R[A] W[L] else R", "R[X] W[X,L] F[DMB.ISH] else R"),
        ("clear_bit_unlock", "R[X] W[X]", "R W[L]", "R[X] W[X,L]"),
    ],
)
def test_rows(targets, primitive, x86, lse, llsc):
    assert [shown(targets[name], primitive) for name in ("x86-64", "arm64-lse", "arm64-llsc")] == [x86, lse, llsc]


def test_headers_add_tags_no_row_uses(targets):
    assert {"ISB", "Q", "X"} <= targets["arm64-lse"].tags


def test_a_language_puts_the_barrier_before_a_conditional_exchange_on_the_side_of_success(targets):
    assert [target.name for target in targets.values() if target.is_language] == ["lkmm-v2", "lkmm"]
    assert shown(targets["lkmm"], "cmpxchg") == "F[Mb] R[Once] W[Once] F[Mb] else R[Once,Failed]"
    # Today's files have no barrier around it: the accesses of a success carry the tag.
    assert shown(targets["lkmm-v2"], "cmpxchg") == "R[Once,Mb] W[Once,Mb] else R[Once,Failed]"


def test_tables_say_where_a_read_modify_write_is_one_instruction(targets):
    """LOCK XADD and LDADD are; LDXR and STXR, lwarx and stwcx. are two, and an AMO of RISC-V is one event in herd7's models."""
    assert [target.name for target in targets.values() if target.parts_unordered] == ["arm64-lse", "x86-64"]


def whole(**changes: str) -> str:
    usual = {
        Shape.LOAD: "R",
        Shape.STORE: "W",
        Shape.FENCE: "-",
        Shape.RMW: "R W",
        Shape.CONDITIONAL: "R W else R",
    }
    rows = {name: usual[shape] for name, shape in SHAPES.items()} | changes
    return 'title "mine"\nmodels sc\n' + "".join(f"{name} {steps}\n" for name, steps in rows.items() if steps)


def read(tmp_path: Path, text: str) -> Target:
    path = tmp_path / "mine.target"
    path.write_text(text)
    return read_target(path)


def test_a_users_table(tmp_path):
    target = read(tmp_path, whole(smp_mb="F[FULL, FULL] F  // two\n\n  // a comment\n\n"))
    assert target.name == "mine"
    assert target.tags == {"FULL"}
    assert [step.kind for step in target.rows["smp_mb"].steps] == [StepKind.FENCE] * 2
    assert target.rows["smp_mb"].note == "two"
    assert target.rows["smp_mb"].span.line > 2


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (whole(READ_ONCE="R[A"), "T001", "the end of the line"),
        (whole(READ_ONCE="Q"), "T001", "R, W or F"),
        (whole(READ_ONCE="R %"), "T001", "'%'"),
        (whole(READ_ONC="R"), "T002", "did you mean READ_ONCE?"),
        (whole() + "smp_mb F\n", "T003", f"line {whole().splitlines().index('smp_mb -') + 1}"),
        (whole() + "models armv8\n", "T003", "models"),
        (whole(smp_mb="", xchg=""), "T004", "smp_mb, xchg"),
        ('title "empty"\nmodels sc', "T004", "30 more"),
        (whole(READ_ONCE="R W"), "T005", "a load"),
        (whole(smp_mb="R"), "T005", "a fence"),
        (whole(xchg="R W else R"), "T005", "read-modify-write"),
        (whole(cmpxchg="R W"), "T005", "else"),
        (whole(cmpxchg="R W else R W"), "T005", "else"),
        (whole(cmpxchg="F[ISB] R W else R"), "T005", "the same before both R"),
        (whole().replace("models sc\n", ""), "T006", "models"),
        ("", "T006", "title"),
        (whole(smp_mb="F[po]"), "T007", "`po`"),
    ],
)
def test_errors(tmp_path, text, code, words):
    with pytest.raises(GupError) as caught:
        read(tmp_path, text)
    assert code in [diagnostic.code for diagnostic in caught.value.diagnostics]
    assert words in str(caught.value)


def test_every_error_is_found_in_one_run(tmp_path):
    with pytest.raises(GupError) as caught:
        read(tmp_path, whole(READ_ONCE="R W", xchg="W"))
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["T005", "T005"]
    assert "    | ^^^^^^^^^" in str(caught.value)


def test_any_prefix_is_a_table_or_an_error(tmp_path):
    text = whole(smp_mb='F[A,B] // "x"')
    for end in range(0, len(text), 7):
        with contextlib.suppress(GupError):
            read(tmp_path, text[:end])
