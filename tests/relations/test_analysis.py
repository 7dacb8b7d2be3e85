"""What is known before solving, held against every execution: what may be, is allowed for; what must be, is."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gupproof.cat.reader import load_model
from gupproof.cat.terms import Sort, TermPool
from gupproof.execution.enumerator import executions
from gupproof.execution.relations import Interpretation
from gupproof.program.events import Dependency
from gupproof.relations.analysis import Analysis, bits, transpose
from tests.support.models import model
from tests.support.programs import Build
from tests.support.randomly import random_program

RELATIONS = ("po", "int", "ext", "loc", "rmw", "addr", "data", "ctrl", "rf", "co", "one-instruction", "feeds")
SETS = ("R", "W", "F", "M", "IW", "A", "L", "X", "DMB.ISH")
SC = "sc"


def branching() -> Build:
    """0 x, 1 y; P0: 2 reads x, where it is 0: 3 writes y, else: 4 writes y; 5 writes x; P1: 6 reads y, 7 writes x."""
    build = Build(x=0, y=0)
    thread = build.thread()
    value = thread.read("x")
    with thread.when(build.eq(value, 0), value):
        thread.write("y", 1)
    with thread.when(build.pool.negation(build.eq(value, 0)), value):
        thread.write("y", 2)
    thread.write("x", 1)
    other = build.thread()
    other.read("y")
    other.write("x", 9)
    return build


def test_what_stands_between_a_load_exclusive_and_its_store_does_not_part_them():
    build = Build(x=0, y=0)
    thread = build.thread()
    old = thread.read("x", "X")
    thread.fence("DMB.ISH")
    thread.read("y")
    store = thread.write("x", 1, "X", rmw=old)
    program = build.program()
    (result, *_) = executions(program, model(SC))
    wanted = {(old.value, store)}
    rows = Interpretation.of(result).relation(TermPool().base("rmw", Sort.REL))
    bounds = Analysis(program, model(SC)).base_relation("rmw")
    for relation in (rows, bounds.may, bounds.must):
        assert {(a, b) for a, row in enumerate(relation) for b in bits(row)} == wanted


@pytest.mark.parametrize("name", ["sc", "armv8"])
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**40))
def test_no_execution_goes_beyond_what_may_be_or_lacks_what_must(name, seed):
    program = random_program(Random(seed), name).program()
    analysis = Analysis(program, model(name))
    pool = TermPool()
    for result in executions(program, model(name)):
        executed = sum(1 << number for number in result.events.executed) & analysis.live
        meaning = Interpretation.of(result)
        for number in bits(executed):
            assert executed & ~analysis.together[number] == 0
            assert analysis.implied[number] & ~executed == 0
        for base in SETS:
            bounds, is_in = analysis.base_set(base), meaning.set(pool.base(base, Sort.SET)) & analysis.live
            assert is_in & ~bounds.may == 0
            assert bounds.must & executed & ~is_in == 0
        for base in RELATIONS:
            bounds, rows = analysis.base_relation(base), meaning.relation(pool.base(base, Sort.REL))
            for a in bits(executed):
                assert rows[a] & analysis.live & ~bounds.may[a] == 0, base
                assert bounds.must[a] & executed & ~rows[a] == 0, base


def test_both_arms_of_a_branch_are_never_together():
    analysis = Analysis(branching().program(), model(SC))
    assert not analysis.together[3] >> 4 & 1
    assert analysis.together[3] >> 5 & 1


def test_an_arm_implies_what_always_executes_and_not_the_other_way():
    analysis = Analysis(branching().program(), model(SC))
    assert analysis.implied[3] >> 2 & 1
    assert not analysis.implied[2] >> 3 & 1


def test_an_event_that_can_never_execute_is_not_live():
    build = Build(x=0)
    thread = build.thread()
    value = thread.read("x")
    with thread.when(build.eq(value, 7), value):
        thread.write("x", 1)
    analysis = Analysis(build.program(), model(SC))
    assert bits(analysis.live) == (0, 1)


def test_initial_writes_of_places_nobody_touches_are_events_too():
    # A model may speak of IW, or of all events.
    build = Build(x=0, y=0)
    build.thread().write("x", 1)
    assert bits(Analysis(build.program(), model(SC)).live) == (0, 1, 2)


def test_program_order_is_certain_between_events_of_one_thread():
    po = Analysis(branching().program(), model(SC)).base_relation("po")
    assert po.may == po.must
    assert bits(po.may[2]) == (3, 4, 5)
    assert bits(po.may[3]) == (5,)
    assert po.may[0] == 0


def test_the_initial_write_is_certainly_before_the_others_of_its_place():
    co = Analysis(branching().program(), model(SC)).base_relation("co")
    assert bits(co.must[0]) == (5, 7)
    assert bits(co.must[1]) == (3, 4)
    assert all(not co.may[write] >> 0 & 1 for write in range(8))


def test_no_read_is_certain_of_its_write():
    rf = Analysis(branching().program(), model(SC)).base_relation("rf")
    assert bits(rf.may[3]) == bits(rf.may[1]) == (6,)
    assert not any(rf.must)


def test_a_dependency_with_a_condition_is_certain_where_the_guard_says_so():
    build = Build(x=0, y=0)
    thread = build.thread()
    value = thread.read("x")
    with thread.when(build.eq(value, 1), value):
        thread.write("y", value, data=[value])
    build.thread().write("x", 1)
    analysis = Analysis(build.program(), model(SC))
    for name in ("ctrl", "data"):
        bounds = analysis.base_relation(name)
        assert bits(bounds.may[2]) == bits(bounds.must[2]) == (3,)


def test_a_tag_with_a_condition_is_possible_and_not_certain():
    build = Build(x=0)
    condition = build.pool.choice(0, (0, 1))
    thread = build.thread()
    thread.read("x", "A")
    thread.read("x")
    build.events[2] = replace(build.events[2], tags=(("A", condition), ("L", build.pool.negation(build.pool.true))))
    analysis = Analysis(build.program(), model(SC))
    assert bits(analysis.base_set("A").may) == (1, 2)
    assert bits(analysis.base_set("A").must) == (1,)
    assert analysis.base_set("L").may == analysis.base_set("nothing").may == 0
    assert analysis.tag_condition("A", 2) is condition
    assert analysis.tag_condition("R", 2) is None


def test_a_dependency_on_one_path_is_not_certain():
    build = Build(x=0)
    choice, other = build.pool.choice(0, (0, 1)), build.pool.choice(1, (0, 1))
    thread = build.thread()
    thread.read("x")
    always = thread.write("x", 1)
    with thread.when(choice):
        guarded = thread.write("x", 2)
    for event, condition in ((always, choice), (guarded, build.pool.land(choice, other))):
        build.events[event] = replace(build.events[event], data=(Dependency(1, condition),))
    data = Analysis(build.program(), model(SC)).base_relation("data")
    assert bits(data.may[1]) == (always, guarded)
    assert bits(data.must[1]) == ()


def test_values_of_one_range_are_not_certain_to_be_the_same():
    build = Build(x=0)
    thread = build.thread()
    for number in range(2):
        thread.write("x", build.pool.choice(number, (1, 2)))
    same = Analysis(build.program(), model(SC)).base_relation("same-values")
    assert same.may[1] >> 2 & 1
    assert not same.must[1] >> 2 & 1
    assert same.must[1] >> 1 & 1


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ('"anything goes"', True),
        ("acyclic rf as r", True),
        ("acyclic (po & addr) | rf as part", True),
        ("acyclic (po & loc) | (rf & ext) as outside", True),
        ("flag acyclic (po & loc) | rf as marked", True),
        ("acyclic po-loc | rf as coherent", False),
        ("acyclic po | rf as ordered", False),
    ],
)
def test_a_thread_reads_from_its_own_future_unless_the_model_forbids_it(tmp_path, text, possible):
    build = Build(x=0)
    thread = build.thread()
    value = thread.read("x")
    thread.write("x", 1)
    path = tmp_path / "m.cat"
    path.write_text(text)
    analysis = Analysis(build.program(), load_model(path, tags=frozenset()))
    assert bool(analysis.base_relation("rf").may[2] >> 1 & 1) == possible
    assert analysis.domains.of(value) == ({0, 1} if possible else {0})


def test_an_unknown_relation_is_an_error():
    with pytest.raises(KeyError):
        Analysis(branching().program(), model(SC)).base_relation("hb")


@pytest.mark.parametrize("seed", range(10))
def test_transposing_turns_every_pair_round(seed):
    random = Random(seed)
    rows = tuple(random.getrandbits(7) for _ in range(7))
    pairs = {(a, b) for a, row in enumerate(rows) for b in bits(row)}
    assert {(b, a) for a, row in enumerate(transpose(rows)) for b in bits(row)} == pairs
    assert transpose(transpose(rows)) == rows
