"""What each placement of a random program is worth, against what ``prove`` says of the text in which it stands.

The programs have loops with bounds, waiting, asserts, assumptions, and covers; which of these matter depends on what stands
in the slots.
"""

import os
from itertools import product
from random import Random

import pytest

from gupproof.language import load_text, typed
from gupproof.placing.goals import Goal
from gupproof.placing.oracle import Oracle
from gupproof.placing.search import Search
from gupproof.placing.slots import Placement, Slot, minimal, slot_of, up, within
from gupproof.placing.worth import Judgement, Worth
from gupproof.proving.obligations import Group, switch_values
from gupproof.proving.platforms import Platform, platforms
from gupproof.proving.result import Obligation, Result, Verdict
from gupproof.proving.run import prove_group
from tests.support.slotted_programs import random_slotted

PROGRAMS = int(os.environ.get("GUPPROOF_FUZZ", "175")) // 175
MODELS = ("sc", "x86-tso", "armv8", "power", "riscv", "lkmm")
MOST = 30  # placements to ask prove about, one by one


def proved(goal: Goal, platform: Platform, slots: tuple[Slot, ...], placement: Placement) -> list[Result]:
    """What prove says of each property in the text in which a placement stands."""
    standing = {slot.name: position for slot, position in zip(slots, placement, strict=True)}
    values = switch_values(goal.unit, standing)
    obligations = tuple(
        Obligation(
            file=goal.unit.path,
            theorem="t",
            claim="",
            doc="",
            scenario="s",
            settings=(),
            values=values,
            property=name,
            model=platform.model,
            target=platform.target,
            covering=goal.covering,
            expect=None,
        )
        for name in goal.properties
    )
    group = Group(
        unit=goal.unit, scenario="s", model=platform.model, target=platform.target, fixed=values, obligations=obligations
    )
    return list(prove_group(group, timeout=60))


def worths_of(results: list[Result]) -> set[Worth]:
    """What a placement may be worth where prove says that of its properties."""
    found = {result.verdict for result in results}
    assert Verdict.ERROR not in found, [result.reason for result in results]
    if Verdict.REFUTED in found or any(result.flags for result in results):
        return {Worth.DEFEATED}
    if Verdict.UNKNOWN in found:
        # Within its limits prove does not ask for flags; one that is raised defeats a placement all the same.
        assert not any("no answer" in result.reason for result in results)
        return {Worth.UNKNOWN, Worth.DEFEATED} if results[0].obligation.model == "lkmm" else {Worth.UNKNOWN}
    return {Worth.VACUOUS} if Verdict.VACUOUS in found else {Worth.SUFFICIENT}


def some_goal(random: Random, where: tuple[Platform, ...]) -> tuple[str, Goal, tuple[Slot, ...], list[Placement]]:
    """A random program, what has to hold of it, its slots and all of its placements."""
    while True:
        text = random_slotted(random, daring=True)
        unit: typed.Unit = load_text(text)
        slots = tuple(slot_of(switch) for switch in unit.switches.values())
        every: list[Placement] = list(product(*(sorted(slot.all) for slot in slots)))
        if not 1 < len(every) <= MOST:
            continue
        scenario = unit.scenarios["s"]
        names = [item.name for item in scenario.properties] + (["asserts"] if "assert(" in text else [])
        # Many refute, and then nothing else matters.
        names += names[-3:] * 3
        covers = tuple(item.name for item in scenario.covers)
        goal = Goal(
            unit=unit,
            scenario="s",
            values=switch_values(unit, {}),
            settings=(),
            properties=tuple(dict.fromkeys(random.sample(names, random.randint(1, 2)))),
            covering=random.choice([covers, covers[:1], (), ()]),
            flags=(),
            platforms=where,
        )
        return text, goal, slots, every


@pytest.mark.parametrize("model", MODELS)
def test_each_placement_is_worth_what_prove_says(model: str) -> None:
    random = Random(f"worths {model}")
    platform = platforms(model)[0]
    for _ in range(PROGRAMS):
        text, goal, slots, every = some_goal(random, (platform,))
        said = {placement: worths_of(proved(goal, platform, slots, placement)) for placement in every}
        # What it learns from one it makes use of for others, in whatever order it is asked.
        oracle = Oracle(goal, platform, slots)
        found = {placement: oracle.judge(placement) for placement in random.sample(every, len(every))}
        for placement in every:
            assert found[placement].worth in said[placement], (placement, found[placement], said[placement], text)
        again = Oracle(goal, platform, slots)
        compare_search(Search(slots, [again]), slots, found, text)
        for ruling in (*oracle.rulings, *again.rulings):
            inside = [placement for placement in every if within(placement, ruling.region)]
            assert all(found[placement].worth is ruling.judgement.worth for placement in inside), text


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_a_search_under_several_models_makes_of_them_what_is_to_be_made(seed: int) -> None:
    random = Random(f"worths together {seed}")
    where = tuple(platform for name in random.sample(MODELS, 2) for platform in platforms(name)[:1])
    text, goal, slots, every = some_goal(random, where)
    apart = {platform: Oracle(goal, platform, slots) for platform in where}
    order = (Worth.DEFEATED, Worth.UNKNOWN, Worth.VACUOUS, Worth.SUFFICIENT)
    found: dict[Placement, Judgement] = {}
    for placement in every:
        worst = min((oracle.judge(placement).worth for oracle in apart.values()), key=order.index)
        found[placement] = Judgement(worst)
    compare_search(Search(slots, [Oracle(goal, platform, slots) for platform in where]), slots, found, text)
    compare_search(Search(slots, list(apart.values())), slots, found, text)


def compare_search(search: Search, slots: tuple[Slot, ...], found: dict[Placement, Judgement], text: str) -> None:
    """Compare what a search finds with what is known of every placement."""
    good = [placement for placement, item in found.items() if item.worth is Worth.SUFFICIENT]
    least = minimal(slots, good)
    open_ones = [
        placement
        for placement, item in found.items()
        if item.worth is Worth.UNKNOWN and not any(within(placement, up(slots, one)) for one in least)
    ]
    answer = search.minimal()
    assert set(answer.placements) == set(least), text
    assert answer.complete == (not open_ones), text
    assert not answer.late
    assert {placement for placement, _ in answer.undecided} <= set(open_ones), text
    assert all(found[placement].worth is Worth.VACUOUS for placement, _ in answer.vacuous), text
