"""Which lines a proof rests on: what is needed is found, what is not needed is not, and what is found does refute."""

from pathlib import Path

import pytest

from gupproof.language import load
from gupproof.proving.changes import Kind
from gupproof.proving.obligations import obligations_of
from gupproof.proving.result import Verdict
from gupproof.proving.sensitivity import Sensitivity, questions_of, sensitivities, tasks_of
from tests.support.proofs import judged

PASSING = """int data, flag;

fn publish() {
    WRITE_ONCE(data, 1);
    smp_wmb();
    WRITE_ONCE(flag, 1);
}

scenario passing {
    ghost int seen, got;

    thread writer { publish(); }
    thread reader {
        seen = READ_ONCE(flag);
        smp_rmb();
        got = READ_ONCE(data);
    }

    property carried : seen == 0 || got == 1;
    cover raced      : seen == 1;
}
"""
PROVED = PASSING + "\ntheorem t { passing shows carried under MODELS expect proved; }\n"

# Nothing that the threads do makes a difference.
DULL = """int x;
scenario dull {
    ghost int got;
    thread writer { WRITE_ONCE(x, 1); }
    thread reader { got = READ_ONCE(x); }
    property small : got == 0 || got == 1;
    cover seen     : got == 1;
}
theorem whatever { dull shows small under sc, armv8 expect proved; }
"""


def answers(path: Path, text: str, *, every: bool = False) -> tuple[Sensitivity, ...]:
    path.write_text(text, encoding="utf-8")
    unit = load(path)
    tasks = tasks_of([unit], questions_of(obligations_of(unit)))
    return tuple(item for done in sensitivities(tasks, jobs=1, timeout=10, every=every) for item in done)


def lines(answer: Sensitivity) -> list[tuple[Kind, str, str]]:
    return [(item.change.kind, item.change.before.strip(), item.change.after.strip()) for item in answer.changes]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.gup"


def test_barriers_that_are_needed_are_found_first(path: Path) -> None:
    (answer,) = answers(path, PROVED.replace("MODELS", "sc, armv8"))
    assert lines(answer)[:2] == [(Kind.DROP, "smp_wmb();", ""), (Kind.DROP, "WRITE_ONCE(data, 1);", "")]
    assert (Kind.DROP, "smp_rmb();", "") in lines(answer)
    assert answer.changes[0].platforms == ("armv8/arm64-llsc", "armv8/arm64-lse")
    assert answer.changes[1].platforms == answer.platforms
    assert answer.changes[0].reason == "carried fails in the final state"
    assert not answer.rests_on_nothing


@pytest.mark.parametrize("every", [False, True])
def test_barriers_that_are_not_needed_are_not_listed(path: Path, every: bool) -> None:
    (answer,) = answers(path, PROVED.replace("MODELS", "sc, x86-tso"), every=every)
    assert lines(answer) == [(Kind.DROP, "WRITE_ONCE(data, 1);", "")]


def test_what_only_fills_a_ghost_is_part_of_the_question(path: Path) -> None:
    (answer,) = answers(path, PROVED.replace("MODELS", "sc, armv8"), every=True)
    assert not [before for _, before, _ in lines(answer) if before.startswith(("seen", "got", "thread reader"))]


def test_a_proof_that_holds_whatever_the_text_does_rests_on_nothing(path: Path) -> None:
    (answer,) = answers(path, DULL)
    assert answer.rests_on_nothing
    assert answer.tried == 1


def test_what_is_refuted_as_it_stands_is_no_proof(path: Path) -> None:
    text = PROVED.replace("    smp_wmb();\n", "").replace("MODELS", "sc, armv8")
    (answer,) = answers(path, text)
    assert answer.refuted == ("armv8/arm64-llsc", "armv8/arm64-lse")
    assert answer.platforms == ("sc/x86-64",)
    assert lines(answer) == [(Kind.DROP, "WRITE_ONCE(data, 1);", "")]


FAULTY = """struct page { int index; };
scenario s {
    struct page P;
    struct page *pte;
    init { pte = &P; }

    thread a {
        struct page *page = READ_ONCE(pte);
        if (page != NULL) WRITE_ONCE(page->index, 1);
    }
    thread b { WRITE_ONCE(pte, NULL); }

    property sane : PROPERTY;
}
theorem t { s shows sane under sc expect proved; }
"""


def test_a_fault_counts_where_nothing_better_is_found(path: Path) -> None:
    (answer,) = answers(path, FAULTY.replace("PROPERTY", "P.index < 2"))
    assert [after for _, _, after in lines(answer)] == ["if (true) WRITE_ONCE(page->index, 1);"]
    assert "fails in the final state" not in answer.changes[0].reason


def test_a_fault_does_not_count_where_something_better_is_found(path: Path) -> None:
    (answer,) = answers(path, FAULTY.replace("PROPERTY", "pte == NULL"))
    assert lines(answer) == [(Kind.DROP, "thread b { WRITE_ONCE(pte, NULL); }", "thread b { }")]


def test_what_is_listed_refutes_when_it_is_done_by_hand(path: Path) -> None:
    text = PROVED.replace("MODELS", "sc, armv8")
    (answer,) = answers(path, text, every=True)
    assert len(answer.changes) > 2
    for item in answer.changes:
        changed = text.split("\n")
        assert changed[item.change.line - 1] == item.change.before
        changed[item.change.line - 1] = item.change.after
        results = judged("\n".join(changed))
        refuted = {f"{one.obligation.model}/{one.obligation.target}" for one in results if one.verdict is Verdict.REFUTED}
        assert refuted == set(item.platforms)


def test_a_change_of_a_slot_is_asked_where_the_theorem_sets_none(path: Path) -> None:
    text = PASSING.replace("smp_wmb();", "slot between;").replace(
        "int data", "slot between : none | smp_wmb = smp_wmb;\nint data"
    )
    unset = text + "theorem t { passing shows carried under armv8 expect proved; }"
    chosen = text + "theorem t { passing with between = smp_wmb shows carried under armv8 expect proved; }"
    assert Kind.SLOT in {kind for kind, _, _ in lines(answers(path, unset, every=True)[0])}
    assert Kind.SLOT not in {kind for kind, _, _ in lines(answers(path, chosen, every=True)[0])}


def test_what_is_said_twice_is_asked_once(path: Path) -> None:
    twice = "theorem t { passing shows carried under sc expect proved; shows carried under sc covering none expect proved; }"
    (answer,) = answers(path, PASSING + twice)
    assert answer.platforms == answer.changes[0].platforms == ("sc/x86-64",)


def test_several_processes_find_the_same(path: Path) -> None:
    path.write_text(PROVED.replace("MODELS", "sc, armv8") + DULL, encoding="utf-8")
    unit = load(path)
    tasks = tasks_of([unit], questions_of(obligations_of(unit)))
    assert len(tasks) == 2
    one, two = ({item for done in sensitivities(tasks, jobs=jobs, timeout=10, every=False) for item in done} for jobs in (1, 2))
    assert one == two
