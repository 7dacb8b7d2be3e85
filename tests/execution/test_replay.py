from dataclasses import replace

import pytest

from gupproof.diagnostics import Span
from gupproof.execution.axioms import recheck
from gupproof.execution.execution import Execution
from gupproof.execution.replay import replay
from gupproof.execution.valuation import MalformedError
from gupproof.program.events import CheckKind, Dependency, Ordering, Stop, StopReason
from gupproof.program.expr import Op
from tests.support.models import model
from tests.support.programs import Build

# Events: 0 x = 0, 1 y = 0; P0: 2 reads x, 3 reads y where x was 1, 4 writes x = y + 1 there; P1: 5 writes x = SWITCH + 1.


@pytest.fixture
def build() -> Build:
    build = Build(x=0, y=0)
    switch = build.switch("SWITCH")
    thread = build.thread()
    x = thread.read("x")
    with thread.when(build.eq(x, 1), x):
        y = thread.read("y", "A")
        thread.write("x", build.op(Op.ADD, y, 1), "L", data=[y])
    build.thread().write("x", build.op(Op.ADD, switch, 1))
    build.ghosts["r"] = x
    build.properties["one"] = build.eq(build.final("x"), 1)
    build.covers["taken"] = build.eq(x, 1)
    return build


def execution(**changes) -> Execution:
    parts = {"switches": {"SWITCH": 0}, "choices": {}, "reads": {2: 1, 3: 0}, "rf": {2: 5, 3: 1}, "co": {64: (0, 5, 4)}}
    return Execution(**parts | changes)


def test_what_happens(build):
    result = replay(build.program(), execution())
    events = result.events
    assert events.executed == (0, 1, 2, 3, 4, 5)
    assert events.address == {0: 64, 1: 128, 2: 64, 3: 128, 4: 64, 5: 64}
    assert events.value == {0: 0, 1: 0, 2: 1, 3: 0, 4: 1, 5: 1}
    assert events.tags[3] == {"A"}
    assert events.tags[4] == {"L"}
    assert events.tags[5] == frozenset()
    assert events.data == ((3, 4),)
    assert events.ctrl == ((2, 3), (2, 4))
    assert events.complete
    assert events.ghosts == {"r": 1}
    assert result.memory == {64: 1, 128: 0}
    assert result.co == {64: (0, 5, 4), 128: (1,)}
    assert result.properties == {"one": True}
    assert not result.refutes("one")
    assert result.reaches("taken")


def test_a_branch_not_taken(build):
    result = replay(build.program(), execution(reads={2: 0}, rf={2: 0}, co={64: (0, 5)}))
    assert result.events.executed == (0, 1, 2, 5)
    assert result.events.ctrl == ()
    assert not result.reaches("taken")


def test_switches_matter(build):
    result = replay(build.program(), execution(switches={"SWITCH": 1}, reads={2: 0}, rf={2: 0}, co={64: (0, 5)}))
    assert result.memory[64] == 2
    assert result.refutes("one")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"switches": {}}, "switch SWITCH"),
        ({"switches": {"SWITCH": 7}}, "switch SWITCH"),
        ({"reads": {2: 1}}, "read 3 executes"),
        ({"rf": {2: 5}}, "read 3 reads from no write"),
        ({"rf": {2: 5, 3: 0}}, "writes elsewhere"),
        ({"rf": {2: 0, 3: 1}}, "another value"),
        ({"rf": {2: 5, 3: 2}}, "no executed write"),
        ({"reads": {2: 0}, "rf": {2: 4}}, "no executed write"),
        ({"co": {64: (0, 5)}}, "coherence order of x"),
        ({"co": {}}, "coherence order of x"),
        ({"co": {64: (0, 5, 5, 4)}}, "coherence order of x"),
        ({"co": {64: (5, 0, 4)}}, "initial write"),
        ({"co": {64: (0, 5, 4), 7: ()}}, "no location 7"),
    ],
)
def test_malformed(build, changes, words):
    with pytest.raises(MalformedError, match=words):
        replay(build.program(), execution(**changes))
    assert words in str(recheck(build.program(), model("sc"), execution(**changes)))


def test_constraints(build):
    build.constraints.append(build.eq(build.pool.read(2), 0))
    with pytest.raises(MalformedError, match="constraint"):
        replay(build.program(), execution())


def test_an_address_that_is_no_location():
    build = Build(x=0)
    thread = build.thread()
    pointer = thread.read("x")
    thread.read(pointer)
    with pytest.raises(MalformedError, match="no location"):
        replay(build.program(), Execution(switches={}, choices={}, reads={1: 0, 2: 0}, rf={1: 0, 2: 0}, co={}))


def test_a_read_modify_write_is_of_one_location():
    build = Build(x=0, y=0)
    thread = build.thread()
    old = thread.read("x")
    thread.write("y", 1, rmw=old)
    with pytest.raises(MalformedError, match="read-modify-write"):
        replay(build.program(), Execution(switches={}, choices={}, reads={2: 0}, rf={2: 0}, co={128: (1, 3)}))


def test_choices():
    build = Build(x=0)
    build.thread().write("x", build.pool.choice(3, (4, 5)))
    for value in (4, 5):
        result = replay(build.program(), Execution(switches={}, choices={3: value}, reads={}, rf={}, co={64: (0, 1)}))
        assert result.memory == {64: value}
    with pytest.raises(MalformedError, match="choice 3"):
        replay(build.program(), Execution(switches={}, choices={3: 6}, reads={}, rf={}, co={64: (0, 1)}))


def test_stops_and_checks():
    build = Build(x=0)
    thread = build.thread()
    value = thread.read("x")
    thread.check(build.eq(value, 1), "mine")
    thread.wait(build.eq(value, 1))
    thread.write("x", 2)
    build.properties["final"] = build.eq(build.final("x"), 2)
    build.covers["any"] = build.pool.true
    result = replay(build.program(), Execution(switches={}, choices={}, reads={1: 0}, rf={1: 0}, co={}))
    assert [stop.reason for stop in result.events.stops] == [StopReason.WAITS]
    assert not result.events.complete
    assert result.refutes("mine")
    assert not result.refutes("final")
    assert not result.reaches("any")


def test_a_fault_refutes_every_property():
    build = Build(x=0)
    build.thread().check(build.pool.false, "", CheckKind.FAULT)
    build.properties["any"] = build.pool.true
    assert replay(build.program(), Execution(switches={}, choices={}, reads={}, rf={}, co={})).refutes("any")


def test_recheck_wants_what_was_claimed(build):
    program, sc = build.program(), model("sc")
    stale = execution(reads={2: 0}, rf={2: 0}, co={64: (0, 5)})
    assert recheck(program, sc, execution(), reaches="taken") is None
    assert recheck(program, sc, stale) is None
    assert recheck(program, sc, stale, reaches="taken") == "it does not reach taken"
    assert recheck(program, sc, execution(), refutes="one") == "it does not refute one"
    backwards = execution(co={64: (0, 4, 5)})
    assert "sc is broken" in str(recheck(program, sc, backwards))


@pytest.mark.parametrize("ends", [True, False])
def test_an_execution_without_an_end_neither_refutes_a_property_nor_reaches_a_cover(build, ends):
    """P0 reads the initial 0 and stays out of its branch; x is 2 at the end, if P1 comes to one."""
    build.covers["late"] = build.eq(build.pool.read(2), 0)
    stopped = build.pool.false if ends else build.pool.true
    build.stops.append(Stop(StopReason.WAITS, stopped, Span("test.gup", 1, 1, 1, 2)))
    found = execution(switches={"SWITCH": 1}, reads={2: 0}, rf={2: 0}, co={64: (0, 5)})
    claims = [recheck(build.program(), model("sc"), found, **claim) for claim in ({"refutes": "one"}, {"reaches": "late"})]
    assert claims == ([None, None] if ends else ["it does not refute one", "it does not reach late"])


@pytest.mark.parametrize(("final", "stuck"), [(0, True), (5, False)])
def test_a_wait_is_for_good_where_the_final_state_says_so(final, stuck):
    """x is 0 at the end."""
    build = Build(x=0)
    build.thread().read("x")
    for_good = build.eq(build.final("x"), final)
    build.stops.append(Stop(StopReason.WAITS, build.pool.true, Span("test.gup", 1, 1, 1, 2), for_good))
    assert replay(build.program(), Execution(switches={}, choices={}, reads={1: 0}, rf={1: 0}, co={})).stuck is stuck


@pytest.mark.parametrize("chosen", [0, 1])
def test_what_hangs_on_a_condition_is_there_where_that_holds(chosen):
    build = Build(x=0)
    condition = build.pool.choice(0, (0, 1))
    thread = build.thread()
    thread.read("x")
    write = thread.write("x", 1)
    build.events[write] = replace(build.events[write], tags=(("A", condition),), data=(Dependency(1, condition),))
    program = replace(build.program(), gp_order=(Ordering(1, write, condition),))
    events = replay(program, Execution(switches={}, choices={0: chosen}, reads={1: 0}, rf={1: 0}, co={64: (0, write)})).events
    assert events.tags[write] == ({"A"} if chosen else frozenset())
    assert events.data == events.gp_order == (((1, write),) if chosen else ())


@pytest.mark.parametrize("executes", [0, 1])
@pytest.mark.parametrize("first", [True, False])
def test_a_grace_period_orders_events_that_execute_only(first, executes):
    build = Build(x=0)
    thread = build.thread()
    thread.read("x")
    with thread.when(build.pool.choice(0, (0, 1))):
        write = thread.write("x", 1)
    pair = (write, 1) if first else (1, write)
    program = replace(build.program(), gp_order=(Ordering(*pair, build.pool.true),))
    co = {64: (0, write) if executes else (0,)}
    found = replay(program, Execution(switches={}, choices={0: executes}, reads={1: 0}, rf={1: 0}, co=co))
    assert found.events.gp_order == ((pair,) if executes else ())


def test_a_refutation_that_the_model_forbids_is_none():
    """The stores of one thread in the wrong order."""
    build = Build(x=0)
    thread = build.thread()
    thread.write("x", 1)
    thread.write("x", 2)
    build.properties["last"] = build.eq(build.final("x"), 2)
    wrong = Execution(switches={}, choices={}, reads={}, rf={}, co={64: (0, 2, 1)})
    assert replay(build.program(), wrong).refutes("last")
    assert "is broken" in str(recheck(build.program(), model("sc"), wrong, refutes="last"))
