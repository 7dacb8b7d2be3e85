"""An execution found with the slots open is told of the text in which the alternatives stand."""

import pytest

from gupproof.execution.execution import Execution
from gupproof.placing.telling import moved, told
from gupproof.program.events import Kind
from gupproof.program.scenario import lower
from gupproof.proving.platforms import target_of
from gupproof.proving.result import Verdict
from tests.support.asking import PASSING, RACING, oracles, question


def defeated(text, model, placement):
    """An oracle of a text, and an execution that defeats a placement."""
    (oracle,) = oracles(question(text, model))
    assert not oracle.sufficient(placement)
    return oracle, oracle.defeat(placement).execution


def built_in(oracle, **chosen):
    goal = oracle.goal
    return lower(goal.unit, goal.unit.scenarios[goal.scenario], target_of(oracle.platform), fixed=chosen)


def test_it_is_a_refutation_of_the_text_with_the_alternatives_built_in():
    oracle, execution = defeated(PASSING, "armv8/arm64-lse", (0, 2))
    result = told(oracle, (0, 2), execution, theorem="needed")
    assert result.verdict is Verdict.REFUTED
    obligation = result.obligation
    assert (obligation.theorem, obligation.scenario, obligation.property) == ("needed", "passing", "passed")
    assert (obligation.model, obligation.target) == ("armv8", "arm64-lse")
    assert obligation.settings == (("wmb", "none"), ("rmb", "smp_mb"))
    assert result.reason == "passed fails in the final state"
    assert {item.name: item.value for item in result.final} == {"seen": "1", "got": "0"}


def test_the_story_shows_the_fences_that_stand_there_and_no_others():
    oracle, execution = defeated(PASSING, "armv8/arm64-lse", (0, 1))
    steps = [step.text for step in told(oracle, (0, 1), execution, theorem="t").story]
    assert steps.count("smp_rmb()") == 1
    assert not [text for text in steps if "smp_wmb" in text or "smp_mb" in text]


def test_the_same_execution_is_told_of_every_placement_that_allows_it():
    oracle, execution = defeated(PASSING, "riscv", (0, 0))
    region = oracle.defeat((0, 0)).region
    stories = {
        placement: [step.text for step in told(oracle, placement, execution, theorem="t").story]
        for placement in ((w, r) for w in region[0] for r in region[1])
    }
    assert len(stories) > 1
    accesses = {tuple(sorted(text for text in story if not text.startswith("smp_"))) for story in stories.values()}
    assert len(accesses) == 1


def test_an_execution_that_is_not_allowed_there_is_refused():
    oracle, execution = defeated(PASSING, "armv8/arm64-lse", (0, 0))
    with pytest.raises(RuntimeError, match="is not with them built in"):
        told(oracle, (2, 2), execution, theorem="t")


def test_an_execution_that_does_nothing_wrong_is_refused():
    oracle, execution = defeated(PASSING, "armv8/arm64-lse", (0, 0))
    harmless = harmless_execution(oracle, execution)
    with pytest.raises(RuntimeError, match="does nothing wrong"):
        told(oracle, (0, 0), harmless, theorem="t")


def harmless_execution(oracle, execution):
    """The same with every read from the initial write."""
    first = {event.address: event.id for event in oracle.program.events if event.kind is Kind.WRITE and event.thread < 0}
    by_read = {event.id: first[event.address] for event in oracle.program.events if event.kind is Kind.READ}
    return Execution(
        switches=execution.switches,
        choices=execution.choices,
        reads=dict.fromkeys(execution.reads, 0),
        rf={read: by_read[read] for read in execution.rf},
        co=execution.co,
    )


def test_a_flag_is_the_reason_where_every_property_holds():
    oracle, execution = defeated(RACING, "lkmm", (0, 1))
    result = told(oracle, (0, 1), execution, theorem="t")
    assert result.reason == "the model flags data-race"
    assert result.obligation.property == "small"
    assert not result.final


def test_moved_executions_keep_who_reads_from_whom():
    oracle, execution = defeated(PASSING, "armv8/arm64-lse", (0, 0))
    target = built_in(oracle, wmb=2, rmb=0)
    there = moved(execution, oracle.program, target)

    def reads(program, item):
        return {(program.events[read].text, program.events[write].text) for read, write in item.rf.items()}

    assert reads(target, there) == reads(oracle.program, execution)
    assert reads(target, there) == {("READ_ONCE(flag)", "WRITE_ONCE(flag)"), ("READ_ONCE(data)", "initially")}
    assert there.reads != execution.reads, "a barrier is an event, and those behind it are numbered anew"


def test_moved_executions_set_only_what_is_open_there():
    oracle, execution = defeated(PASSING, "armv8/arm64-lse", (0, 0))
    assert execution.switches == {"wmb": 0, "rmb": 0}
    assert moved(execution, oracle.program, oracle.program) == execution
    assert not moved(execution, oracle.program, built_in(oracle, wmb=0, rmb=0)).switches


def test_programs_that_differ_in_accesses_are_refused():
    oracle, execution = defeated(PASSING, "armv8/arm64-lse", (0, 0))
    (other,) = oracles(question(RACING, "armv8/arm64-lse"))
    with pytest.raises(ValueError, match="do not have the same accesses"):
        moved(execution, oracle.program, other.program)
