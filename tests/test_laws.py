"""Laws between runs: what may not change the answers, and what one answer says of another, under all models and targets.

No meaning of its own is needed to check them, so they hold the whole line to account where nothing else can be run: on Arm,
RISC-V and Power, and under the kernel's model. The programs are those of `tests/support/mixed_programs.py`.
"""

import os
import re
from contextlib import suppress
from random import Random

import pytest

from gupproof.diagnostics import GupError
from gupproof.language import load_text
from gupproof.program.events import Program
from gupproof.program.scenario import lower
from gupproof.proving.platforms import Platform, model_of, target_of
from gupproof.proving.result import Verdict
from tests.support.answers import Answers, Asked
from tests.support.mixed_programs import PROPOSITIONS, mixed_head
from tests.support.verdicts import results

PROGRAMS = max(6, int(os.environ.get("GUPPROOF_FUZZ", "80")) // 10)
SC = Platform("sc", "x86-64")
LKMM = Platform("lkmm", "lkmm")
MACHINES = (
    Platform("x86-tso", "x86-64"),
    Platform("armv8", "arm64-lse"),
    Platform("armv8", "arm64-llsc"),
    Platform("riscv", "riscv"),
    Platform("power", "ppc64"),
)
ALL = (SC, *MACHINES, LKMM)
MAX_EVENTS = 26


def program(text: str, platform: Platform, settings: dict[str, str] | None = None) -> Program:
    unit = load_text(text)
    chosen = {
        name: switch.values.index((settings or {}).get(name, switch.values[switch.default]))
        for name, switch in unit.switches.items()
    }
    return lower(unit, unit.scenarios["s"], target_of(platform), fixed=chosen)


def answers(text: str, platform: Platform, settings: dict[str, str] | None = None) -> Answers:
    """Every question's answer, what was found checked again."""
    return Asked(program(text, platform, settings), model_of(platform)).answers({})


def heads(seed: int, *, unless: str = "") -> list[str]:
    """Random programs up to their properties that are not too large; none that holds what ``unless`` matches."""
    found: list[str] = []
    random = Random(seed)
    while len(found) < PROGRAMS:
        head = mixed_head(random)
        if unless and re.search(unless, head[head.index("scenario") :]):
            continue
        # One that cannot be unrolled (a grace period in a section of its own) is no example.
        with suppress(GupError):
            if all(len(program(whole(head), platform).events) <= MAX_EVENTS for platform in (MACHINES[-1], LKMM)):
                found.append(head)
    return found


def whole(head: str, *more: str) -> str:
    return "\n".join([head, *more, PROPOSITIONS, "}"])


INERT = (
    "int spare; thread inert { int n = READ_ONCE(spare); if (n == 7) { WRITE_ONCE(x, n); WRITE_ONCE(y, 9); p = &n1; } }",
    "thread inert { synchronize_rcu(); }",
    "int spare; thread inert { rcu_read_lock(); WRITE_ONCE(spare, 1); rcu_read_unlock(); smp_mb(); }",
    "thread inert { int k = srcu_read_lock(&ss); srcu_read_unlock(&ss, k); synchronize_srcu(&ss); call_rcu(nothing()); }",
)


@pytest.mark.parametrize("number", range(len(INERT)))
def test_a_thread_that_does_nothing_others_can_see_changes_no_answer(number: int) -> None:
    random = Random(number)
    for head in heads(100 + number):
        platform = random.choice(ALL)
        before = answers(whole(head), platform)
        after = answers("fn nothing() { }\n" + whole(head, INERT[number]), platform)
        assert after == before, (platform, head)


def test_what_is_refuted_under_sc_is_refuted_under_every_model() -> None:
    random = Random(2)
    seen = 0
    for head in heads(200):
        platform = random.choice((*MACHINES, LKMM))
        strong, weak = answers(whole(head), SC), answers(whole(head), platform)
        for question, possible in strong.items():
            if possible and question != "stuck":
                seen += 1
                assert weak.get(question), (platform, question, head)
    assert seen > PROGRAMS


def test_what_is_proved_under_the_kernels_model_without_a_flag_is_proved_on_every_machine() -> None:
    seen = 0
    random = Random(3)
    for head in heads(300):
        # Marked accesses only: what races promises nothing.
        text = head
        for marked in ("WRITE_ONCE | smp_store_release", "READ_ONCE | smp_load_acquire"):
            text = text.replace(f"plain | {marked} = plain", f"{marked} = {marked.split()[0]}").replace(
                f"plain | {marked}", marked
            )
        proved = {
            item.obligation.property
            for item in results(whole(text), "lkmm")
            if item.verdict in (Verdict.PROVED, Verdict.VACUOUS) and not item.flags
        }
        if not proved:
            continue
        platform = random.choice(MACHINES)
        found = answers(whole(text), platform)
        for name in proved:
            seen += 1
            assert not found[f"refutes {name}"], (platform, name, text)
    assert seen > 3


WEAKER = {
    "gap": ("none", "smp_wmb", "smp_mb"),
    "put": ("plain", "WRITE_ONCE", "smp_store_release"),
    "look": ("plain", "READ_ONCE", "smp_load_acquire"),
    "count": ("atomic_fetch_add_relaxed", "atomic_fetch_add_acquire", "atomic_fetch_add"),
}


def test_stronger_slots_never_refute() -> None:
    random = Random(4)
    for head in heads(400):
        platform = random.choice(ALL)
        places = {name: sorted(random.choices(range(3), k=2)) for name in WEAKER}
        weak = answers(whole(head), platform, {name: WEAKER[name][low] for name, (low, _) in places.items()})
        strong = answers(whole(head), platform, {name: WEAKER[name][high] for name, (_, high) in places.items()})
        for question, possible in strong.items():
            assert not possible or weak.get(question), (platform, question, places, head)


def test_other_names_and_another_order_of_threads_change_no_answer() -> None:
    random = Random(5)
    for head in heads(500, unless=r"on cpu0"):
        platform = random.choice(ALL)
        lines = head.split("\n")
        threads = [number for number, line in enumerate(lines) if line.startswith("thread ")]
        shuffled = random.sample(threads, len(threads))
        moved = list(lines)
        for place, source in zip(threads, shuffled, strict=True):
            moved[place] = lines[source]
        other = "\n".join(moved) + "\n" + PROPOSITIONS + "}"
        for old, new in (("x", "word"), ("y", "a_word"), ("r", "value"), ("p", "pointer"), ("c", "count_of")):
            other = re.sub(rf"(?<![\w.>]){old}\b(?!:)", new, other)
        assert answers(other, platform) == answers(whole(head), platform), (platform, head, other)


def test_a_loop_that_waits_is_an_await() -> None:
    """The rounds that fail only look; what they would read is allowed whenever what the last one reads is."""
    random = Random(6)
    seen = 0
    for head in heads(600):
        other = re.sub(r"await \((.*?)\);", r"while (!(\1)) bound 1 { }", head)
        if other == head:
            continue
        seen += 1
        platform = random.choice(ALL)
        await_, loop = answers(whole(head), platform), answers(whole(other), platform)
        for question, possible in await_.items():
            if question not in ("bound", "stuck"):
                assert loop[question] == possible, (platform, question, head)
    assert seen or PROGRAMS < 50


def test_a_statement_means_the_same_in_a_function_of_its_own() -> None:
    random = Random(7)
    seen = 0
    for head in heads(700):
        start = head.index("scenario s")
        words, value = r"(x|y|n0\.f|a\[1\])", r"([^()&]*)"
        moved = re.sub(rf"\bWRITE_ONCE\({words}, {value}\);", r"later(&\1, \2);", head[start:])
        moved = re.sub(rf"= READ_ONCE\({words}\);", r"= read_of(&\1);", moved)
        moved = moved.replace("smp_mb();", "full();").replace("smp_wmb();", "stores();")
        if moved == head[start:]:
            continue
        seen += 1
        functions = (
            "fn read_of(int *word) -> int { int seen; seen = READ_ONCE(*word); return seen; }\n"
            "fn full() { smp_mb(); }\nfn stores() { if (true) { smp_wmb(); } }\n"
        )
        platform = random.choice(ALL)
        other = head[:start] + functions + moved
        assert answers(whole(other), platform) == answers(whole(head), platform), (platform, head, other)
    assert seen > PROGRAMS // 2
