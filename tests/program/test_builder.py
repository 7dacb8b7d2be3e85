"""The events, stops and checks of a program as they are collected."""

from dataclasses import replace

import pytest

from gupproof.diagnostics import GupError, Span
from gupproof.program.builder import MOST_EVENTS, Builder
from gupproof.program.events import CheckKind, Kind, StopReason
from gupproof.program.expr import ExprPool, Op
from gupproof.program.layout import Layout
from gupproof.program.state import Cpu, State, Value
from gupproof.program.targets import StepKind
from tests.support.lowered import TARGETS

HERE = Span("a.gup", 3, 1, 3, 5)


@pytest.fixture
def builder():
    return Builder(ExprPool(), Layout({}), TARGETS["arm64-lse"])


def state(builder: Builder, **parts: object) -> State:
    zero = builder.pool.false
    return replace(State(guard=builder.pool.true, cpu=Cpu(zero, zero, zero)), **parts)


def test_events_are_numbered_in_the_order_they_come(builder):
    address = Value(builder.pool.const(64))
    made = [builder.emit(kind, (), state(builder), 0, HERE, address=address) for kind in (StepKind.READ, StepKind.READ)]
    assert [event.id for event in made] == [0, 1]
    assert builder.events == made


def test_a_read_is_worth_what_it_reads_and_a_write_what_it_is_given(builder):
    pool = builder.pool
    address = Value(pool.const(64))
    read = builder.emit(StepKind.READ, (), state(builder), 0, HERE, address=address)
    write = builder.emit(
        StepKind.WRITE, (), state(builder), 0, HERE, address=address, value=Value(pool.read(read.id), {read.id: pool.true})
    )
    fence = builder.emit(StepKind.FENCE, (), state(builder), 0, HERE)
    assert (read.kind, write.kind, fence.kind) == (Kind.READ, Kind.WRITE, Kind.FENCE)
    assert read.value is pool.read(read.id)
    assert write.value is read.value
    assert [item.source for item in write.data] == [read.id]
    assert (fence.address, fence.value) == (None, None)


def test_an_event_has_the_guard_and_control_dependencies_of_its_state_unless_told_otherwise(builder):
    pool = builder.pool
    guard, narrower = pool.choice(0, (0, 1)), pool.choice(1, (0, 1))
    here = state(builder, guard=guard, ctrl={4: pool.true})
    first = builder.emit(StepKind.FENCE, (), here, 0, HERE)
    second = builder.emit(StepKind.FENCE, (), here, 0, HERE, guard=narrower)
    assert (first.guard, second.guard) == (guard, narrower)
    assert [item.source for item in first.ctrl] == [4]


def test_what_only_other_paths_compute_is_left_out_of_a_value(builder):
    pool = builder.pool
    taken = pool.choice(0, (0, 1))
    value = pool.make(Op.ITE, taken, pool.const(1), pool.const(2))
    here = state(builder, guard=taken)
    write = builder.emit(StepKind.WRITE, (), here, 0, HERE, address=Value(pool.const(64)), value=Value(value))
    assert write.value is pool.true


def test_a_tag_that_never_holds_is_none(builder):
    pool = builder.pool
    event = builder.emit(StepKind.FENCE, [("A", pool.true), ("L", pool.false)], state(builder), 0, HERE)
    assert event.tags == (("A", pool.true),)


def test_a_program_has_a_largest_size(builder):
    for _ in range(MOST_EVENTS):
        builder.emit(StepKind.FENCE, (), state(builder), 0, HERE)
    with pytest.raises(GupError) as caught:
        builder.emit(StepKind.FENCE, (), state(builder), 0, HERE)
    (item,) = caught.value.diagnostics
    assert (item.code, item.span) == ("L004", HERE)
    assert "bounds" in item.help


def test_a_row_that_the_target_lacks_is_an_error_that_names_the_table(builder):
    with pytest.raises(GupError) as caught:
        builder.row("smp_nothing", HERE)
    (item,) = caught.value.diagnostics
    assert (item.code, item.span) == ("L003", HERE)
    assert TARGETS["arm64-lse"].path in item.help


def test_choices_are_numbered_apart(builder):
    one, two = builder.choice((0, 1)), builder.choice((0, 1))
    assert one is not two
    assert builder.pool.options[one] == builder.pool.options[two] == (0, 1)


def test_what_can_never_be_is_neither_stop_nor_check(builder):
    pool = builder.pool
    builder.stop(StopReason.WAITS, pool.false, HERE)
    builder.asserted(pool.false, "never", HERE, "p")
    builder.fault(pool.false, "never", HERE)
    assert (builder.stops, builder.checks) == ([], [])
    builder.stop(StopReason.BOUND, pool.true, HERE)
    builder.asserted(pool.true, "always", HERE, "p")
    assert [(item.reason, item.span) for item in builder.stops] == [(StopReason.BOUND, HERE)]
    assert [(item.kind, item.message, item.property) for item in builder.checks] == [(CheckKind.ASSERT, "always", "p")]


def test_a_fault_is_an_end_as_well(builder):
    builder.fault(builder.pool.true, "NULL", HERE)
    assert [(item.kind, item.message) for item in builder.checks] == [(CheckKind.FAULT, "NULL")]
    assert [item.reason for item in builder.stops] == [StopReason.FAULT]


def test_an_assert_that_cannot_fail_is_kept_for_whether_it_is_reached(builder):
    builder.asserted(builder.pool.false, "assert fails", HERE, "p", builder.pool.true)
    assert [(item.property, item.reached) for item in builder.checks] == [("p", builder.pool.true)]
