"""The search for placements beside trying every one, and how long large questions take: `make bench-barriers`."""

import time
from itertools import product
from math import prod
from pathlib import Path

import click

from gupproof.language import load
from gupproof.placing.asking import placement_questions
from gupproof.placing.goals import Goal, Question
from gupproof.placing.oracle import Oracle
from gupproof.placing.run import answer, cheapest
from gupproof.placing.search import Search
from gupproof.placing.slots import Placement, Slot, minimal, slot_of
from gupproof.program.scenario import lower
from gupproof.proving.obligations import switch_values
from gupproof.proving.platforms import Platform, model_of, platforms, target_of
from gupproof.proving.questions import Questions, encoded
from gupproof.resources import data_root, proofs_dir
from gupproof.solving.solver import Outcome, Solver

# Six places of the race between a lockless reader and a split, on either side, three alternatives each.
SLOTS = ("first_look", "second_look", "before_last_look", "second_head_look", "before_unfreeze", "unfreeze")
SETTINGS = {"LOOKS": "pte_then_head", "FLUSH": "tlbi"}
MODELS = ("armv8/arm64-lse", "lkmm")
RATIO = 20
LARGE = (
    (proofs_dir() / "gup_vs_split.gup", 4),
    (proofs_dir() / "second_looks.gup", 8),
    (Path(__file__).with_name("twelve_slots.gup"), 12),
)


def six_slots(platform: Platform) -> tuple[Goal, tuple[Slot, ...]]:
    """Return what has to hold, and the slots."""
    unit = load(proofs_dir() / "gup_vs_split.gup")
    chosen = {name: unit.switches[name].values.index(value) for name, value in SETTINGS.items()}
    goal = Goal(
        unit=unit,
        scenario="gup_vs_split",
        values=switch_values(unit, chosen),
        settings=tuple(SETTINGS.items()),
        properties=("owns",),
        covering=(),
        flags=("data-race",),
        platforms=(platform,),
    )
    return goal, tuple(slot_of(unit.switches[name]) for name in SLOTS)


def tried(goal: Goal, slots: tuple[Slot, ...]) -> tuple[Placement, ...]:
    """Return the minimal placements, found by one question for each: one encoding, in which the slots are assumptions."""
    (platform,) = goal.platforms
    names = {slot.name for slot in slots}
    fixed = {name: value for name, value in goal.values if name not in names}
    program = lower(goal.unit, goal.unit.scenarios[goal.scenario], target_of(platform), fixed=fixed)
    encoding, _ = encoded(program, model_of(platform))
    wrong = encoding.cnf.disjunction([encoding.violated[name] for name in goal.properties])
    questions = Questions(encoding, model_of(platform), Solver(encoding.dimacs))
    good = []
    for placement in product(*(range(len(slot.values)) for slot in slots)):
        chosen = [encoding.switches[slot.name][at] for slot, at in zip(slots, placement, strict=True)]
        if questions.ask(*chosen, wrong, -encoding.overflows, timeout=None).outcome is Outcome.UNSAT:
            good.append(placement)
    return minimal(slots, good)


def compare(platform: Platform) -> None:
    """Print calls and times of the search and of trying every placement."""
    goal, slots = six_slots(platform)
    started = time.perf_counter()
    oracle = Oracle(goal, platform, slots)
    found = Search(slots, [oracle]).minimal()
    searched = time.perf_counter() - started
    every = prod(len(slot.values) for slot in slots)
    started = time.perf_counter()
    same = set(tried(goal, slots)) == set(found.placements)
    trying = time.perf_counter() - started
    click.echo(f"{len(slots)} slots of gup_vs_split under {platform}, {every} placements, {len(found.placements)} minimal")
    click.echo(f"  search     {oracle.asked:6} solver calls {searched:8.2f} s")
    click.echo(f"  every one  {every:6} solver calls {trying:8.2f} s")
    ratio = every / oracle.asked
    verdict = "the same placements" if same else "OTHER PLACEMENTS"
    click.echo(f"  {ratio:.1f} times fewer{'' if ratio >= RATIO else f': NOT {RATIO} TIMES'}, {verdict}")


def measure(question: Question) -> None:
    """Print how long a question takes, and its cheapest placements alone."""
    targets = {platform: target_of(platform) for platform in question.platforms}
    started = time.perf_counter()
    least = cheapest(question, targets)
    alone = time.perf_counter() - started
    found = answer(question, targets)
    every = prod(len(slot.values) for slot in question.slots)
    models = ", ".join(dict.fromkeys(platform.model for platform in question.platforms))
    size = f"{len(question.slots):2} slots {every:7} placements {len(found.together.found.placements):3} minimal"
    proved = "" if all(item.proved for item in least) else " NOT PROVED"
    times = f"{found.seconds:7.2f} s {found.asked:4} calls  cheapest {alone:6.2f} s{proved}"
    click.echo(f"{size}  {times}  {question.names[0]} under {models}")


def main() -> None:
    """Compare the search with its rival, then time large questions."""
    for name in MODELS:
        for platform in platforms(name):
            compare(platform)
    click.echo()
    for path, fewest in LARGE:
        unit = load(path, search=[data_root()])
        for theorem in unit.theorems.values():
            for question in placement_questions(unit, theorem):
                if len(question.slots) >= fewest:
                    measure(question)


if __name__ == "__main__":
    main()
