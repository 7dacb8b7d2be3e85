"""Every value an expression has in some execution is in its domain; and domains are no larger than they must be."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gupproof.diagnostics import GupError
from gupproof.execution.enumerator import executions
from gupproof.program.events import Kind
from gupproof.program.expr import Op
from gupproof.relations.domains import LARGEST_DOMAIN, Domains, strongly_connected
from tests.support.lowered import MODEL_TARGETS, lowered, scenario
from tests.support.models import model
from tests.support.programs import Build
from tests.support.randomly import random_program


def domains(program, *, feeds=lambda write, read: True) -> Domains:
    return Domains(program, feeds)


def of_text(*items: str):
    program = lowered(scenario(*items), "x86-64").program
    return program, domains(program)


def read_values(program, found) -> list[frozenset[int]]:
    return [found.of(event.value) for event in program.events if event.kind is Kind.READ]


# ── sound ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "items",
    [
        ("thread t { atomic_inc(&c); }", "thread v { atomic_add(2, &c); }", "thread z1 { r = atomic_sub_return(1, &c); }"),
        ("thread t { WRITE_ONCE(x, READ_ONCE(y) + 1); }", "thread v { WRITE_ONCE(y, READ_ONCE(x) + 1); }"),
        ("thread t { if (atomic_dec_and_test(&c)) x = 1; }", "thread v { atomic_set(&c, 2); }"),
        (
            "thread t { WRITE_ONCE(p, &n); r = READ_ONCE(READ_ONCE(p)->f); }",
            "thread v { WRITE_ONCE(p, &m); }",
            "init { p = &m; }",
        ),
        ("thread t { for (int i = 0; i < 3; i++) WRITE_ONCE(x, READ_ONCE(x) * 2 + 1); }",),
        ("thread t { int v = READ_ONCE(x); WRITE_ONCE(y, v ? v + 3 : 7); }", "thread v { x = y; x = choose(1, 4); }"),
    ],
)
def test_counting_and_chasing_programs_likewise(items):
    text = scenario(*items)
    for name in ("sc", "x86-tso"):
        program = lowered(text, MODEL_TARGETS[name], {"K": 0, "MODE": 0, "gap": 0}).program
        found = domains(program)
        for result in executions(program, model(name)):
            for number, value in result.events.value.items():
                assert value in found.of(program.events[number].value)
                assert result.events.address[number] in found.addresses(program.events[number])


@pytest.mark.parametrize("targets", [2, 3, 4])
def test_a_pointer_may_lead_to_each_of_its_targets(targets):
    build = Build(a=0, b=0, c=0, d=0)
    choice = build.pool.choice(0, tuple(64 * number for number in range(1, targets + 1)))
    there = build.thread().write(choice, 1)
    assert domains(build.program()).addresses(build.events[there]) == {64 * number for number in range(1, targets + 1)}


def test_two_pointers_with_the_same_targets_need_not_be_equal():
    build = Build(x=0, y=0)
    thread = build.thread()
    one, other = (thread.write(build.pool.choice(number, (64, 128)), 1) for number in range(2))
    found = domains(build.program())
    assert found.may_alias(build.events[one], build.events[other])
    assert not found.must_alias(build.events[one], build.events[other])
    assert found.must_alias(build.events[one], build.events[one])


def test_what_stands_at_no_location_is_0_in_the_end():
    build = Build(x=5)
    pool = build.pool
    address = build.op(Op.ITE, pool.choice(0, (0, 1)), build.address["x"], 999)
    assert domains(build.program()).of(pool.final(address)) >= {0, 5}


def test_a_write_through_a_pointer_that_may_go_elsewhere_feeds_a_read():
    build = Build(x=0, y=0)
    build.thread().write(build.pool.choice(0, (64, 128)), 7)
    value = build.thread().read("x")
    assert domains(build.program()).of(value) == {0, 7}


@pytest.mark.parametrize(
    ("one", "other", "less", "equal"),
    [
        ((1, 2), (2, 3), {0, 1}, {0, 1}),
        ((1, 2), (3, 4), {1}, {0}),
        ((3, 4), (1, 3), {0}, {0, 1}),
        ((1, 5), (2, 3), {0, 1}, {0}),
    ],
)
def test_ranges_that_touch_may_be_equal_and_less(one, other, less, equal):
    build = Build(x=0)
    a, b = build.pool.choice(0, one), build.pool.choice(1, other)
    found = domains(build.program())
    assert found.of(build.op(Op.LT, a, b)) == less
    assert found.of(build.eq(a, b)) == equal
    assert found.of(build.pool.negation(build.op(Op.LT, a, b))) == {1 - value for value in less}


@pytest.mark.parametrize(
    ("items", "values"),
    [
        (("thread t { u8v++; }", "thread v { u8v++; }", "init { u8v = 254; }"), {254, 255, 0}),
        (("thread t { atomic_add(choose(1, 10), &c); r = atomic_read(&c); }",), {0, 1, 10}),
        (
            (
                "thread t { int v = READ_ONCE(x); if (READ_ONCE(y)) v = v + 1; else v = v + 5; WRITE_ONCE(x, v); r = x; }",
                "init { y = 1; }",
            ),
            {0, 1, 5},
        ),
        (
            (
                "thread t { WRITE_ONCE(x, READ_ONCE(z) * 2); }",
                "thread v { WRITE_ONCE(y, READ_ONCE(x) * 2); }",
                "thread z1 { WRITE_ONCE(z, READ_ONCE(y) * 2); }",
                "thread z2 { WRITE_ONCE(x, 1); r = READ_ONCE(x); }",
            ),
            {0, 1, 8},
        ),
    ],
    ids=["wraps", "adds one of two", "adds by branch", "three rounds"],
)
def test_no_value_that_can_be_read_is_left_out(items, values):
    """The values follow from counting by hand; the last reader sees all of them."""
    text = scenario(*items).replace("atomic_t c;", "atomic_t c; u8 u8v;")
    program = lowered(text, "x86-64", {"K": 0, "MODE": 0, "gap": 0}).program
    assert set().union(*read_values(program, domains(program))) >= values


@pytest.mark.parametrize("name", ["sc", "armv8"])
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**40))
def test_every_execution_has_values_and_addresses_from_the_domains(name, seed):
    program = random_program(Random(seed), name).program()
    found = domains(program)
    for result in executions(program, model(name)):
        for number in result.events.executed:
            event = program.events[number]
            if event.address is not None and event.value is not None:
                assert result.events.value[number] in found.of(event.value)
                assert result.events.address[number] in found.addresses(event)


# ── and sharp ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_read_has_the_values_written_there():
    program, found = of_text("thread t { r = READ_ONCE(x); }", "thread v { WRITE_ONCE(x, 3); WRITE_ONCE(y, 4); }")
    assert read_values(program, found) == [frozenset({0, 3})]


def test_a_write_that_paths_keep_from_a_read_does_not_feed_it():
    build = Build(x=0)
    build.thread().write("x", 1)
    value = build.thread().read("x")
    program = build.program()
    assert domains(program).of(value) == {0, 1}
    assert domains(program, feeds=lambda write, read: write.id != 1).of(value) == {0}


def test_counters_stay_as_small_as_what_is_counted():
    program, found = of_text("thread t { atomic_inc(&c); }", "thread v { atomic_inc(&c); }", "thread z1 { atomic_dec(&c); }")
    assert all(values <= set(range(-1, 3)) for values in read_values(program, found))


def test_values_copied_in_a_circle_do_not_grow():
    program, found = of_text("thread t { x = y; }", "thread v { y = x; }", "thread z1 { x = 5; }")
    assert read_values(program, found) == [frozenset({0, 5})] * 2


def test_operators_work_on_all_combinations():
    build = Build(x=0)
    pool = build.pool
    a, b = pool.choice(0, (1, 2)), pool.choice(1, (10, 20))
    found = domains(build.program())
    assert found.of(build.op(Op.ADD, a, b)) == {11, 12, 21, 22}
    assert found.of(build.op(Op.LT, a, b)) == {1}
    assert found.of(build.eq(a, b)) == {0}
    assert found.of(build.op(Op.ITE, build.eq(a, 1), b, 7)) == {10, 20, 7}
    assert found.of(pool.truth(a)) == {1}


def test_a_pointer_leads_to_the_objects_it_may_hold():
    build = Build(p=128, x=0, y=0)
    build.thread().write("p", 192)
    thread = build.thread()
    pointer = thread.read("p")
    there = thread.write(pointer, 1, addr=[pointer])
    program = build.program()
    found = domains(program)
    event = program.events[there]
    assert found.addresses(event) == {128, 192}
    initial = {build.address[name]: program.events[number] for number, name in enumerate(("p", "x", "y"))}
    assert [found.may_alias(event, initial[address]) for address in (64, 128, 192)] == [False, True, True]
    assert not found.must_alias(event, initial[128])
    assert found.must_alias(event, event)


def test_a_wild_pointer_leads_to_no_object():
    build = Build(p=0)
    thread = build.thread()
    pointer = thread.read("p")
    there = thread.read(pointer, addr=[pointer], guard=build.pool.valid(pointer))
    found = domains(build.program())
    assert found.addresses(build.events[there.value]) == frozenset()
    assert found.of(build.pool.valid(pointer)) == {0}


def test_final_values_are_the_initial_and_the_written_ones():
    build = Build(x=3, y=4)
    build.thread().write("x", 5)
    found = domains(build.program())
    assert found.of(build.final("x")) >= {3, 5}
    assert 4 not in found.of(build.final("x"))


def test_too_many_values_are_refused():
    build = Build(x=0)
    wide = build.pool.choice(0, tuple(range(LARGEST_DOMAIN)))
    found = domains(build.program())
    assert len(found.of(wide)) == LARGEST_DOMAIN
    with pytest.raises(GupError) as caught:
        found.of(build.op(Op.ADD, wide, build.pool.choice(1, (0, 1000))))
    (item,) = caught.value.diagnostics
    assert item.code == "R001"
    assert "'test'" in item.message


# ── strongly connected parts ─────────────────────────────────────────────────────────────────────────────────────────


def reaches(graph: dict[int, list[int]], start: int) -> set[int]:
    found, pending = set(), [start]
    while pending:
        for following in graph[pending.pop()]:
            if following not in found:
                found.add(following)
                pending.append(following)
    return found


@pytest.mark.parametrize("seed", range(40))
def test_parts_are_those_whose_members_reach_each_other_and_come_after_what_they_lead_to(seed):
    random = Random(seed)
    count = random.randint(1, 9)
    graph = {node: random.sample(range(count), random.randint(0, min(3, count))) for node in range(count)}
    parts = list(strongly_connected(sorted(graph), graph.__getitem__))
    assert sorted(node for part in parts for node in part) == sorted(graph)
    reach = {node: reaches(graph, node) for node in graph}
    place = {node: number for number, part in enumerate(parts) for node in part}
    for a in graph:
        for b in graph:
            same = a == b or (b in reach[a] and a in reach[b])
            assert (place[a] == place[b]) == same
            if b in reach[a]:
                assert place[b] <= place[a]
