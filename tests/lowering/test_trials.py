"""The small programs: each is a cycle, and depends on its primitive."""

import re

import pytest

from gupproof.language.primitives import PRIMITIVES
from gupproof.language.rows import SHAPES
from gupproof.litmus.frame import read_assembly
from gupproof.litmus.lower import lower_litmus
from gupproof.lowering.assembly import assembly
from gupproof.lowering.check import all_trials
from gupproof.lowering.instructions import read_instructions
from gupproof.lowering.judging import Verdict, judged_assembly, judged_kernel_c
from gupproof.lowering.kernel import kernel_c
from gupproof.program.target_reader import known_targets
from gupproof.proving.platforms import Platform
from gupproof.resources import targets_dir

MACHINES = [target.name for target in known_targets() if not target.is_language]


def test_every_row_has_programs() -> None:
    assert {trial.use.row for trial in all_trials()} == set(SHAPES)


def test_every_primitive_that_they_use_is_the_languages() -> None:
    called = {name for trial in all_trials()[::20] for name in re.findall(r"\b([a-zA-Z_]+)\(", kernel_c(trial))}
    assert {name for name in called if not re.match(r"P$|exists$", name)} <= set(PRIMITIVES)


def test_no_interleaving_has_the_cycle() -> None:
    # A critical cycle contradicts sequential consistency, by definition (Shasha and Snir 1988).
    sample = all_trials()[::11]
    assert len(sample) > 100
    verdicts = {trial: judged_kernel_c(kernel_c(trial), Platform("sc", "x86-64"), 60) for trial in sample}
    assert [(trial.use.name, trial.name) for trial, verdict in verdicts.items() if verdict is not Verdict.NEVER] == []


@pytest.mark.parametrize(
    "row", ["READ_ONCE", "WRITE_ONCE", "barrier", "atomic_add", "set_bit", "xchg_relaxed", "cmpxchg_relaxed"]
)
def test_a_primitive_that_orders_nothing_leaves_the_cycle_to_happen(row: str) -> None:
    # Nothing but the primitive could forbid it on Arm, where the others have full barriers.
    trials = [trial for trial in all_trials() if trial.use.row == row and not trial.large]
    verdicts = [judged_kernel_c(kernel_c(trial), Platform("armv8", "arm64-lse"), 60) for trial in trials]
    assert trials
    assert set(verdicts) == {Verdict.SOMETIMES}


@pytest.mark.parametrize("name", MACHINES)
def test_each_can_be_written_in_the_instructions_of_every_target_and_read_back(name: str) -> None:
    instructions = read_instructions(targets_dir() / f"{name}.instructions")
    for trial in all_trials()[::29]:
        for straight in (False, True):
            program = lower_litmus(read_assembly(assembly(trial, instructions, straight=straight), "test"), unroll=0)
            assert len(program.threads) == len(trial.threads)


@pytest.mark.parametrize("name", MACHINES)
def test_each_program_with_locks_comes_to_its_end_in_the_instructions_of_every_target(name: str) -> None:
    # Otherwise it would never do anything, and "Never" would say nothing.
    instructions = read_instructions(targets_dir() / f"{name}.instructions")
    (platform, *_) = (Platform(model, name) for target in known_targets() if target.name == name for model in target.models)
    trials = [trial for trial in all_trials() if "lock" in trial.use.name]
    assert len(trials) > 30
    for trial in trials:
        text = re.sub(r"exists .*", "exists (true)", assembly(trial, instructions))
        assert judged_assembly(text, platform, 60) is Verdict.SOMETIMES, (trial.use.name, trial.name)


def test_without_branches_the_condition_says_which_way_they_went() -> None:
    (trial,) = [item for item in all_trials() if item.use.name == "cmpxchg_relaxed" and item.name == "LB, first"]
    instructions = read_instructions(targets_dir() / "arm64-llsc.instructions")
    text, straight = assembly(trial, instructions), assembly(trial, instructions, straight=True)
    assert "CBNZ" in text
    assert "CBNZ" not in straight
    status = re.search(r"STXR W(\d+)", straight)
    assert status is not None
    assert f"0:X{status[1]}=0" in straight.partition("exists")[2]
    assert f"0:X{status[1]}=0" not in text.partition("exists")[2]
