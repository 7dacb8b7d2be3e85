"""One execution, and all the placements that allow it."""

from itertools import product
from random import Random

import pytest

from gupproof.execution.axioms import RecheckError, raised_flags, rechecked
from gupproof.placing.freedom import Freedom
from gupproof.placing.oracle import Oracle
from gupproof.placing.slots import exactly, within
from gupproof.placing.telling import moved
from gupproof.program.scenario import lower
from gupproof.proving.platforms import model_of, target_of
from tests.support.asking import PASSING, RACING, oracles, positions, question
from tests.support.slotted_programs import random_slotted

PLATFORMS = ("x86-tso", "armv8/arm64-lse", "armv8/arm64-llsc", "riscv", "power", "lkmm")
MOST = 24  # placements of a region to look at

BIT = """
slot grab : test_and_set_bit_lock | test_and_set_bit = test_and_set_bit;
slot gap : none | smp_mb = none;
scenario taking {
    unsigned long w;
    int x, y;
    ghost bool held;
    ghost int got;
    thread a { WRITE_ONCE(x, 1); slot gap; WRITE_ONCE(y, 1); }
    thread b { got = READ_ONCE(y); held = slot grab(0, &w); if (!held) got = got + 2 * READ_ONCE(x); }
    property whole : got != 1 || held;
}
"""


def defeat(asked, placement):
    """The oracle of a question with one platform, and the executions by which it rules a placement out."""
    (oracle,) = oracles(asked)
    assert not oracle.sufficient(placement)
    return oracle, [item for item in oracle.bad if within(placement, item.region)]


def built_in(oracle, placement, execution):
    """The execution in the program that has a placement built in, judged there without a solver."""
    chosen = dict(oracle.goal.values) | {item.name: at for item, at in zip(oracle.slots, placement, strict=True)}
    goal = oracle.goal
    program = lower(goal.unit, goal.unit.scenarios[goal.scenario], target_of(oracle.platform), fixed=chosen)
    return rechecked(program, model_of(oracle.platform), moved(execution, oracle.program, program))


def placements(region, random):
    every = list(product(*map(sorted, region)))
    return random.sample(every, MOST) if len(every) > MOST else every


@pytest.mark.parametrize("model", PLATFORMS)
def test_every_placement_of_a_region_allows_the_execution(model):
    random = Random(f"freedom {model}")
    held = looked_at = 0
    while held < 4:
        asked = question(random_slotted(random), model)
        (oracle,) = oracles(asked)
        asked_about = tuple(random.choice(sorted(item.all)) for item in oracle.slots)
        if oracle.sufficient(asked_about):
            continue
        held += 1
        for found in oracle.bad:
            own = tuple(found.execution.switches.get(item.name, 0) for item in oracle.slots)
            assert within(own, found.region), "a region holds the placement that its execution was found in"
            for placement in placements(found.region, random):
                again = built_in(oracle, placement, found.execution)
                raised = {axiom.name for axiom in raised_flags(model_of(oracle.platform), again)}
                assert any(map(again.refutes, oracle.goal.properties)) or (raised and again.events.complete)
                looked_at += 1
    assert looked_at > held, "regions hold more than one placement"


def test_an_execution_without_the_store_barrier_frees_the_load_barrier():
    asked = question(PASSING, "armv8/arm64-lse")
    _, found = defeat(asked, positions(asked.slots))
    regions = {item.region for item in found}
    wmb, rmb = asked.slots
    nothing = frozenset({0})
    assert regions <= {(nothing, rmb.all), (wmb.all, nothing), (frozenset({0, 1}), rmb.all)}
    assert regions, "either the stores are out of order or the loads are, and the other side may have anything"


def test_a_barrier_that_orders_something_else_is_in_the_region():
    asked = question(PASSING.replace("none | smp_rmb | smp_mb = smp_rmb", "none | smp_wmb | smp_rmb | smp_mb = none"), "riscv")
    _, found = defeat(asked, positions(asked.slots, wmb="smp_mb"))
    assert {item.region[1] for item in found} == {frozenset({0, 1})}, "neither nothing nor smp_wmb orders two loads"


def test_what_is_wanted_is_put_into_the_region_first_where_that_can_be():
    asked = question(PASSING, "armv8/arm64-lse")
    oracle, found = defeat(asked, positions(asked.slots))
    replay = rechecked(oracle.program, model_of(oracle.platform), found[0].execution)
    freedom = Freedom(oracle.program, model_of(oracle.platform), asked.slots)
    wanted = positions(asked.slots, wmb="smp_mb") if found[0].region[0] == asked.slots[0].all else (0, 2)
    assert within(wanted, freedom.region(replay, wanted=wanted))


def test_a_region_holds_the_executions_own_placement_even_if_another_is_wanted_that_does_not_allow_it():
    asked = question(PASSING, "armv8/arm64-lse")
    oracle, found = defeat(asked, positions(asked.slots))
    replay = rechecked(oracle.program, model_of(oracle.platform), found[0].execution)
    strongest = (2, 2)
    region = Freedom(oracle.program, model_of(oracle.platform), asked.slots).region(replay, wanted=strongest)
    assert within((0, 0), region)
    assert not within(strongest, region)


def test_a_region_is_a_largest_one():
    asked = question(PASSING, "armv8/arm64-lse")
    oracle, found = defeat(asked, positions(asked.slots))
    for item in found:
        for number, part in enumerate(item.region):
            for added in asked.slots[number].all - part:
                wider = [*item.region[:number], frozenset({added}), *item.region[number + 1 :]]
                assert any(not allows(oracle, placement, item.execution) for placement in product(*map(sorted, wider)))


def allows(oracle, placement, execution):
    try:
        built_in(oracle, placement, execution)
    except RecheckError:
        return False
    return True


# A lock bit that is taken already is not written again by test_and_set_bit_lock(), and by test_and_set_bit() it is.
def test_a_slot_that_decides_which_accesses_there_are_is_never_freed():
    asked = question(BIT, "armv8/arm64-lse")
    _, found = defeat(asked, positions(asked.slots))
    for item in found:
        assert item.region[0] == exactly((item.execution.switches["grab"],))[0]


def test_a_slot_that_the_program_lacks_may_stand_as_it_likes():
    asked = question(PASSING, "armv8/arm64-lse")
    (other,) = question("slot else_where : none | smp_mb = none; scenario s { property p : true; }", "sc").slots
    oracle = Oracle(asked.goals[0], asked.platforms[0], (*asked.slots, other))
    assert not oracle.sufficient((0, 0, 0))
    assert all(item.region[2] == other.all for item in oracle.bad)


def test_a_flag_is_raised_in_the_whole_region():
    asked = question(RACING, "lkmm")
    oracle, found = defeat(asked, (0, 0))
    model = model_of(oracle.platform)
    for item in found:
        assert not within((1, 1), item.region), "where both accesses are marked there is no race"
        for placement in product(*map(sorted, item.region)):
            raised = [axiom.name for axiom in raised_flags(model, built_in(oracle, placement, item.execution))]
            assert raised == ["data-race"]
    assert {item.region for item in found} <= {(frozenset({0}), asked.slots[1].all), (asked.slots[0].all, frozenset({0}))}


def test_without_the_flag_the_region_of_the_same_execution_is_everything():
    asked = question(RACING, "lkmm")
    oracle, found = defeat(asked, (0, 0))
    model = model_of(oracle.platform)
    replay = rechecked(oracle.program, model, found[0].execution)
    freedom = Freedom(oracle.program, model, asked.slots)
    assert freedom.region(replay) == tuple(item.all for item in asked.slots)
    assert freedom.region(replay, raises=frozenset({"data-race"})) != freedom.region(replay)
