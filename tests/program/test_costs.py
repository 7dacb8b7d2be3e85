import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gupproof.diagnostics import NOWHERE, GupError
from gupproof.program.costs import cost, read_costs, repriced
from gupproof.program.target_reader import known_targets, read_target
from gupproof.program.targets import Cost, Row, Step, StepKind, Target
from tests.program.test_target_reader import whole

TARGETS = {target.name: target for target in known_targets()}
MACHINES = [name for name, target in TARGETS.items() if not target.is_language]


def of(name: str, primitive: str) -> int:
    return cost(TARGETS[name], TARGETS[name].rows[primitive])


def row(*steps: Step) -> Row:
    return Row(primitive="any", steps=steps, failure=None, note="", span=NOWHERE)


def step(kind: str, *tags: str) -> Step:
    return Step(StepKind(kind), tags)


def table(tmp_path: Path, lines: str, **rows: str) -> Target:
    path = tmp_path / "mine.target"
    path.write_text(whole(**rows) + lines)
    return read_target(path)


def file_of_costs(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "my.costs"
    path.write_text(text)
    return path


# ── the project's tables ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", TARGETS)
def test_every_primitive_has_a_cost_and_equal_rows_cost_the_same(name):
    by_steps: dict[tuple[Step, ...], set[int]] = {}
    for found in TARGETS[name].rows.values():
        by_steps.setdefault(found.steps, set()).add(cost(TARGETS[name], found))
    assert all(len(costs) == 1 and min(costs) >= 0 for costs in by_steps.values())


@pytest.mark.parametrize("name", TARGETS)
def test_what_holds_only_the_compiler_back_costs_nothing(name):
    assert of(name, "plain_load") == of(name, "plain_store") == of(name, "barrier") == 0
    assert all(cost(TARGETS[name], found) == 0 for found in TARGETS[name].rows.values() if not found.steps)


@pytest.mark.parametrize("name", MACHINES)
def test_on_a_machine_once_is_free(name):
    assert of(name, "READ_ONCE") == of(name, "WRITE_ONCE") == 0


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize(
    "weaker_to_stronger",
    [
        ("barrier", "smp_wmb", "smp_mb"),
        ("barrier", "smp_rmb", "smp_mb"),
        ("plain_load", "READ_ONCE", "smp_load_acquire"),
        ("plain_store", "WRITE_ONCE", "smp_store_release"),
        *(
            (f"{atomic}_relaxed", f"{atomic}_{half}", atomic)
            for atomic in ("atomic_add_return", "xchg", "cmpxchg")
            for half in ("acquire", "release")
        ),
    ],
)
def test_a_stronger_primitive_never_costs_less(name, weaker_to_stronger):
    costs = [of(name, primitive) for primitive in weaker_to_stronger]
    assert costs == sorted(costs)


def test_under_the_language_model_each_step_up_in_strength_costs_more():
    ladder = ("plain_load", "READ_ONCE", "smp_load_acquire", "smp_rmb", "smp_mb", "xchg", "synchronize_rcu")
    costs = [of("lkmm", primitive) for primitive in ladder]
    assert costs == sorted(set(costs))


def test_on_x86_only_locked_instructions_and_the_full_barrier_cost_anything():
    found = {name for name in TARGETS["x86-64"].rows if of("x86-64", name) > 0}
    assert "smp_mb" in found
    assert "atomic_add_return_relaxed" in found
    assert not found & {"smp_wmb", "smp_rmb", "smp_store_release", "smp_load_acquire", "spin_unlock"}


def test_a_full_barrier_costs_more_than_an_acquire_or_release():
    assert all(of(name, "smp_mb") > of(name, half) for name in TARGETS for half in ("smp_load_acquire", "smp_store_release"))


# ── the sum ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_line_counts_as_often_as_its_steps_are_found(tmp_path):
    target = table(tmp_path, "cost F[S] 100\ncost R[X] W[X] 7\ncost W 1\n", xchg="F[S] R[X] W[X] F[S]")
    assert cost(target, target.rows["xchg"]) == 100 + 7 + 1 + 100
    assert cost(target, target.rows["plain_store"]) == 1
    assert cost(target, target.rows["READ_ONCE"]) == 0


def test_a_line_fits_steps_with_further_tags(tmp_path):
    target = table(tmp_path, "cost R[A] 3\ncost R[X] 5\n", xchg="R[X,A] W", xchg_acquire="R[A] W")
    assert cost(target, target.rows["xchg"]) == 8
    assert cost(target, target.rows["xchg_acquire"]) == 3


def test_the_order_of_the_steps_of_a_line_is_that_of_the_row(tmp_path):
    target = table(tmp_path, "cost F[B] W 9\n", smp_store_release="F[B] W", WRITE_ONCE="W F[B]")
    assert cost(target, target.rows["smp_store_release"]) == 9
    assert cost(target, target.rows["WRITE_ONCE"]) == 0


def test_what_it_does_on_failure_is_no_part_of_the_cost(tmp_path):
    target = table(tmp_path, "cost R 10\ncost F[S] 7\n", cmpxchg="R W else R F[S]")
    assert cost(target, target.rows["cmpxchg"]) == 10


STEPS = st.builds(
    lambda kind, tags: Step(kind, tuple(sorted(tags))), st.sampled_from(StepKind), st.sets(st.sampled_from("ALX"))
)
LINES = st.lists(st.tuples(st.lists(STEPS, min_size=1, max_size=3), st.integers(0, 50)), max_size=5)


@given(LINES, st.lists(st.tuples(STEPS, st.sets(st.sampled_from("ALX")), st.booleans()), max_size=7))
def test_a_row_with_further_steps_and_tags_never_costs_less(lines, larger):
    costs = tuple(Cost(steps=tuple(steps), units=units, note="", span=NOWHERE) for steps, units in lines)
    target = Target(name="any", title="", models=(), rows={}, tags=frozenset(), path="", text="", costs=costs)
    some = row(*(step for step, _, kept in larger if kept))
    all_of_it = row(*(Step(step.kind, (*step.tags, *(more - set(step.tags)))) for step, more, _ in larger))
    assert 0 <= cost(target, some) <= cost(target, all_of_it)


# ── the user's file ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_users_line_takes_the_place_of_the_tables_and_the_others_stay(tmp_path):
    costs = read_costs(file_of_costs(tmp_path, "// measured\ncost F[DMB.ISH] 61 // here\n"), known_targets())
    for name in ("arm64-lse", "arm64-llsc"):
        target = repriced(TARGETS[name], costs)
        assert cost(target, target.rows["smp_mb"]) == 61
        assert cost(target, target.rows["smp_wmb"]) == of(name, "smp_wmb")
    assert repriced(TARGETS["x86-64"], costs).rows == TARGETS["x86-64"].rows
    assert [line.note for line in costs.everywhere] == ["here"]


def test_lines_under_a_target_are_for_that_target_only(tmp_path):
    text = "target arm64-lse\n\ncost W[L] 99\ntarget x86-64 ppc64 // no acquire here\ncost R[X] 1"
    costs = read_costs(file_of_costs(tmp_path, text), known_targets())
    changed = {name: repriced(target, costs) for name, target in TARGETS.items()}
    assert cost(changed["arm64-lse"], changed["arm64-lse"].rows["smp_store_release"]) == 99
    assert cost(changed["arm64-llsc"], changed["arm64-llsc"].rows["smp_store_release"]) == of("arm64-llsc", "smp_store_release")
    assert cost(changed["x86-64"], changed["x86-64"].rows["xchg"]) == 1
    assert cost(changed["ppc64"], changed["ppc64"].rows["xchg_relaxed"]) == of("ppc64", "xchg_relaxed") + 1


def test_what_is_said_of_one_target_goes_before_what_is_said_of_all(tmp_path):
    text = "cost F[DMB.ISH] 1\ntarget arm64-lse\ncost F[DMB.ISH] 2\n"
    costs = read_costs(file_of_costs(tmp_path, text), known_targets())
    mb = {name: cost(repriced(TARGETS[name], costs), TARGETS[name].rows["smp_mb"]) for name in ("arm64-lse", "arm64-llsc")}
    assert mb == {"arm64-lse": 2, "arm64-llsc": 1}


def test_the_order_of_tags_makes_no_other_line(tmp_path):
    target = table(tmp_path, "cost R[A,X] 5\n", xchg="R[X,A] W")
    costs = read_costs(file_of_costs(tmp_path, "cost R[X,A] 6"), [target])
    assert cost(repriced(target, costs), target.rows["xchg"]) == 6


def test_a_file_without_lines_changes_nothing(tmp_path):
    costs = read_costs(file_of_costs(tmp_path, "\n// nothing yet\n"), known_targets())
    assert [repriced(target, costs) for target in known_targets()] == list(known_targets())


WRONG = [
    ("cost F[DMB.ISH]\n", "T001", "a whole number below 1000000"),
    ("cost F[DMB.ISH] -4\n", "T001", "'-'"),
    ("cost F[DMB.ISH] 1.5\n", "T001", "'.'"),
    ("cost F[DMB.ISH] 10000000\n", "T001", "a whole number below 1000000"),
    ("F[DMB.ISH] 40\n", "T001", "cost"),
    ("cost smp_mbb 40\n", "T002", "did you mean the steps of smp_mb?"),
    ("cost F[DMB.ISH] 40\ncost F[DMB.ISH] 41\n", "T008", "line 1"),
    ("cost F[DMB.ISG] 40\n", "T009", "did you mean F[DMB.ISH"),
    ("target x86-64\ncost F[DMB.ISH] 40\n", "T009", "no row of x86-64 has F[DMB.ISH]"),
    ("target arm64-lse\ncost smp_mb 40\n", "T010", "write the cost of F[DMB.ISH]"),
    ("target x86-64\ncost smp_wmb 40\n", "T010", "costs nothing"),
    ("target arm64\ncost W[L] 1\n", "T011", "did you mean arm64-lse?"),
]


@pytest.mark.parametrize(("text", "code", "words"), WRONG)
def test_errors_of_a_users_file(tmp_path, text, code, words):
    with pytest.raises(GupError) as caught:
        read_costs(file_of_costs(tmp_path, text), known_targets())
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == [code]
    assert words in str(caught.value)
    assert "^" in str(caught.value)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("cost F 1\ncost F 2\n", "T008"),
        ("cost F[NONE] 1\n", "T009"),
        ("cost smp_mb 1\n", "T010"),
        ("cost smp_mbb 1\n", "T002"),
        ("cost F[X]\n", "T001"),
    ],
)
def test_errors_of_a_table(tmp_path, lines, code):
    with pytest.raises(GupError) as caught:
        table(tmp_path, lines, smp_mb="F[X]")
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == [code]


def test_the_caret_is_under_the_steps(tmp_path):
    with pytest.raises(GupError) as caught:
        read_costs(file_of_costs(tmp_path, "cost R W[NONE] 3 // x"), known_targets())
    assert "  1 | cost R W[NONE] 3 // x\n    |      ^^^^^^^^^\n" in str(caught.value)


def test_every_error_is_found_in_one_run_and_told_once(tmp_path):
    text = "target arm64-lse arm64-llsc\ncost smp_mb 1\ncost W[NONE] 3\ncost W[L] 3\ncost W[L] 4\n"
    with pytest.raises(GupError) as caught:
        read_costs(file_of_costs(tmp_path, text), known_targets())
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["T010", "T009", "T008"]


def test_any_prefix_of_a_file_of_costs_is_one_or_an_error(tmp_path):
    text = "target arm64-lse // here\ncost R[A,X] W 15 // LDAXR\ncost F[DMB.ISH] 40\n"
    for end in range(len(text)):
        with contextlib.suppress(GupError):
            read_costs(file_of_costs(tmp_path, text[:end]), known_targets())
