"""Executions written as litmus tests: each, read back, is allowed under the model that allowed the execution."""

import re
from pathlib import Path

import pytest

from gupproof.cli.exporting import litmus_test
from gupproof.diagnostics import GupError
from gupproof.execution.replay import replay
from gupproof.proving.observation import Observation, Request, judge
from gupproof.proving.platforms import Platform
from gupproof.proving.result import Verdict
from gupproof.proving.session import Session
from tests.support.proofs import groups_of

SCENARIOS = {
    "message": """
        int x, y; ghost int r0, r1;
        thread writer { WRITE_ONCE(x, 1); WRITE_ONCE(y, 1); }
        thread reader { r0 = READ_ONCE(y); if (r0 == 1) { r1 = READ_ONCE(x); } }
        property p : r0 == 0 || r1 == 1;""",
    "buffering": """
        int x, y; ghost int r0, r1;
        thread a { WRITE_ONCE(x, 1); r0 = READ_ONCE(y); }
        thread b { WRITE_ONCE(y, 1); r1 = READ_ONCE(x); }
        property p : r0 == 1 || r1 == 1;""",
    "atomics": """
        int x, y; ghost int r0, r1;
        thread a { xchg_relaxed(&x, 1); r0 = READ_ONCE(y); }
        thread b { WRITE_ONCE(y, 1); smp_rmb(); r1 = cmpxchg_relaxed(&x, 5, 6); }
        property p : r0 == 1 || r1 == 1;""",
    "data": """
        int x, y; ghost int r0, r1;
        thread a { r0 = READ_ONCE(x); WRITE_ONCE(y, r0 + 1); }
        thread b { r1 = READ_ONCE(y); WRITE_ONCE(x, 1); }
        property p : r0 == 0 || r1 == 0;""",
    "locked": """
        int x, y; spinlock_t l; ghost int r0, r1;
        thread a { spin_lock(&l); WRITE_ONCE(x, 1); r0 = READ_ONCE(y); spin_unlock(&l); }
        thread b { WRITE_ONCE(y, 1); r1 = READ_ONCE(x); }
        property p : r0 == 1 || r1 == 1;""",
    "pointers": """
        int x, z; int *p; ghost int r0;
        init { p = &z; }
        thread a { WRITE_ONCE(x, 1); WRITE_ONCE(p, &x); }
        thread b { int *q; q = READ_ONCE(p); r0 = READ_ONCE(*q); if (q == &z) { r0 = 1; } }
        property p : r0 == 1;""",
    "counted": """
        atomic_t x; int y; ghost int r0, r1;
        thread a { atomic_add(1, &x); r0 = smp_load_acquire(&y); }
        thread b { smp_store_release(&y, 1); r1 = atomic_read(&x); }
        property p : r0 == 1 || r1 == 1;""",
    "twelve reads and more": "int x; ghost int r0, r1; thread a { WRITE_ONCE(x, 1); } thread b { r0 = READ_ONCE(x);"
    + "r1 = r1 + READ_ONCE(x);" * 14
    + "} property p : r1 != 7;",
}
PLATFORMS = ["x86-tso/x86-64", "armv8/arm64-lse", "armv8/arm64-llsc", "riscv/riscv", "power/ppc64", "lkmm/lkmm"]


def refutation(name: str, platform: str) -> str | None:
    """Return a refutation of a scenario's property, written; None if it holds there."""
    text = f"scenario s {{ {SCENARIOS[name]} }} theorem t {{ s shows p under {platform} expect refuted; }}"
    (group,) = groups_of(text)
    session = Session(group.unit, group.scenario, Platform(group.model, group.target), dict(group.fixed))
    result = session.judge(group.obligations[0], timeout=30)
    if result.verdict is not Verdict.REFUTED:
        return None
    assert result.execution is not None
    return litmus_test(group.obligations[0], replay(session.program, result.execution))


def observed(tmp_path: Path, text: str, model: str) -> Observation:
    path = tmp_path / "written.litmus"
    path.write_text(text)
    return judge(path, Request(model=model, unroll=0, timeout=30)).observation


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_written_is_allowed_when_it_is_read_back(tmp_path: Path, name: str, platform: str) -> None:
    text = refutation(name, platform)
    if text is None:
        pytest.skip("the model forbids it")
    assert observed(tmp_path, text, platform.partition("/")[0]) in (Observation.SOMETIMES, Observation.ALWAYS), text


@pytest.mark.parametrize(
    ("platform", "full"),
    [
        ("armv8/arm64-lse", "DMB SY"),
        ("riscv/riscv", "fence rw,rw"),
        ("power/ppc64", "sync"),
        ("x86-tso/x86-64", "mfence"),
    ],
)
def test_what_is_written_is_forbidden_with_fences_between_all_lines(tmp_path: Path, platform: str, full: str) -> None:
    # Store buffering is what full fences forbid: the written condition is that of the execution, and of no other.
    text = refutation("buffering", platform)
    assert text is not None
    head, _, rest = text.partition("}\n")
    fenced = re.sub(r"\n(?= .* ;\n)", f"\n {full} | {full} ;\n", rest.split("\n", 1)[1])
    fenced = f"{rest.split(chr(10), 1)[0]}\n {full} | {full} ;\n{fenced}"
    assert observed(tmp_path, f"{head}}}\n{fenced}", platform.partition("/")[0]) is Observation.NEVER


def test_data_dependencies_are_kept() -> None:
    text = refutation("data", "armv8/arm64-lse")
    assert text is not None
    assert re.search(r"EOR X29,(X\d+),\1", text)
    assert re.search(r"ADD X28,X28,X29", text)


def test_pointers_become_numbers_that_are_explained() -> None:
    text = refutation("pointers", "armv8/arm64-lse")
    assert text is not None
    assert re.search(r"\(\* 1\d+ stands for &x \*\)", text)


def test_kernel_c_uses_the_primitives_of_the_kernel() -> None:
    text = refutation("atomics", "lkmm/lkmm")
    assert text is not None
    assert text.startswith("C s-p-lkmm\n")
    assert "r0 = xchg_relaxed(x, 1);" in text
    assert "smp_rmb();" in text
    assert "WRITE_ONCE(*y, 1);" in text


def test_more_reads_than_registers_are_compared_as_they_come() -> None:
    text = refutation("twelve reads and more", "x86-tso/x86-64")
    assert text is not None
    assert text.count("cmpq") == 15
    assert re.search(r"exists \(1:\w+=1 ", text)


def test_what_has_no_instruction_is_refused() -> None:
    SCENARIOS["grace"] = """
        int x, y; ghost int r0, r1;
        thread a { rcu_read_lock(); r0 = READ_ONCE(x); r1 = READ_ONCE(y); rcu_read_unlock(); }
        thread b { WRITE_ONCE(x, 1); WRITE_ONCE(y, 1); synchronize_rcu(); }
        property p : r0 == 1 || r1 == 0;"""
    try:
        with pytest.raises(GupError) as error:
            refutation("grace", "power/ppc64")
    finally:
        del SCENARIOS["grace"]
    assert error.value.diagnostics[0].code == "U015"
