"""The state of a thread while it is unrolled: how dependencies, registers and open sections join."""

import itertools

import pytest

from gupproof.diagnostics import GupError, Span
from gupproof.program.expr import Expr, ExprPool, Op, evaluate
from gupproof.program.state import (
    NO_DEPS,
    Cpu,
    Exit,
    RegisterAddress,
    Value,
    choose_cpu,
    choose_value,
    dependencies,
    join_registers,
    select,
    union,
)

HERE = Span("a.gup", 3, 1, 3, 5)
A, B, C = 10, 11, 12  # ids of reads depended on


@pytest.fixture
def pool():
    return ExprPool()


def condition(pool: ExprPool, number: int) -> Expr:
    return pool.choice(number, (0, 1))


def table(pool: ExprPool, expr: Expr, *conditions: Expr) -> list[int]:
    """The values of an expression for every value of the conditions, the last changing fastest."""
    settings = itertools.product((0, 1), repeat=len(conditions))
    return [evaluate(expr, dict(zip(conditions, setting, strict=True)), frozenset()) for setting in settings]


# ── dependencies ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_union_has_a_dependency_where_any_of_its_parts_does(pool):
    p, q = condition(pool, 0), condition(pool, 1)
    joined = union(pool, {A: p}, NO_DEPS, {A: q, B: pool.true})
    assert set(joined) == {A, B}
    assert table(pool, joined[A], p, q) == [0, 1, 1, 1]
    assert joined[B] is pool.true
    assert union(pool, NO_DEPS, NO_DEPS) == NO_DEPS


def test_a_selection_has_each_sides_dependencies_where_that_side_is_taken(pool):
    taken, p = condition(pool, 0), condition(pool, 1)
    chosen = select(pool, taken, {A: pool.true, C: p}, {B: pool.true, C: p})
    assert table(pool, chosen[A], taken) == [0, 1]
    assert table(pool, chosen[B], taken) == [1, 0]
    assert chosen[C] is p


def test_a_dependency_that_no_side_has_is_dropped(pool):
    taken = condition(pool, 0)
    assert set(select(pool, taken, {A: pool.negation(taken)}, NO_DEPS)) == set()


def test_events_carry_dependencies_in_order_of_their_source(pool):
    assert [(item.source, item.condition) for item in dependencies({B: pool.true, A: pool.false})] == [
        (A, pool.false),
        (B, pool.true),
    ]


# ── registers ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_chosen_value_takes_value_and_dependencies_of_its_side(pool):
    taken = condition(pool, 0)
    chosen = choose_value(pool, taken, Value(pool.const(5), {A: pool.true}), Value(pool.const(6)))
    assert isinstance(chosen, Value)
    assert table(pool, chosen.expr, taken) == [6, 5]
    assert table(pool, chosen.deps[A], taken) == [0, 1]


def test_addresses_of_different_locals_cannot_be_chosen_between(pool):
    taken = condition(pool, 0)
    one, other = RegisterAddress((1, "v")), RegisterAddress((1, "w"))
    assert choose_value(pool, taken, one, other) is None
    assert choose_value(pool, taken, one, one) == one
    assert choose_value(pool, taken, one, Value(pool.true)) is None


def test_after_a_join_each_register_has_the_value_of_the_path_that_was_taken(pool):
    p, q = condition(pool, 0), condition(pool, 1)
    register = (1, "v")
    paths = [
        Exit(p, {register: Value(pool.const(1))}),
        Exit(pool.land(pool.negation(p), q), {register: Value(pool.const(2))}),
        Exit(pool.land(pool.negation(p), pool.negation(q)), {register: Value(pool.const(3))}),
    ]
    for order in itertools.permutations(paths):
        joined = join_registers(pool, order, HERE)[register]
        assert isinstance(joined, Value)
        assert table(pool, joined.expr, p, q) == [3, 2, 1, 1]


def test_a_path_that_is_never_taken_has_no_say(pool):
    register = (1, "v")
    paths = [Exit(pool.true, {register: Value(pool.const(1))}), Exit(pool.false, {register: RegisterAddress((1, "w"))})]
    assert join_registers(pool, paths, HERE)[register] == Value(pool.const(1))


def test_a_register_that_one_path_knows_survives_the_join(pool):
    p = condition(pool, 0)
    joined = join_registers(pool, [Exit(p, {(1, "v"): Value(pool.const(4))}), Exit(pool.negation(p), {})], HERE)
    assert table(pool, joined[1, "v"].expr, p)[1] == 4


def test_a_join_of_addresses_names_the_register(pool):
    p = condition(pool, 0)
    paths = [Exit(p, {(1, "out"): RegisterAddress((1, "v"))}), Exit(pool.negation(p), {(1, "out"): RegisterAddress((1, "w"))})]
    with pytest.raises(GupError, match="'out' may point to different local variables") as caught:
        join_registers(pool, paths, HERE)
    assert [item.span for item in caught.value.diagnostics] == [HERE]


# ── open sections ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_decides_between_values_is_a_pick_of_the_joined_one_and_of_no_other(pool):
    taken = condition(pool, 0)
    one, same = (1, "v"), (1, "w")
    paths = [
        Exit(taken, {one: Value(pool.const(1)), same: Value(pool.const(7))}, ctrl={A: pool.true, B: pool.true}),
        Exit(pool.negation(taken), {one: Value(pool.const(2)), same: Value(pool.const(7))}, ctrl={A: pool.true, B: pool.true}),
    ]
    joined = join_registers(pool, paths, HERE, entry={B: pool.true})
    assert joined[one].picks == {A: pool.true}
    assert joined[same].picks == {}
    assert join_registers(pool, paths, HERE)[one].picks == {}


def test_a_register_that_one_path_did_not_assign_has_no_value_on_that_path(pool):
    taken = condition(pool, 0)
    paths = [
        Exit(taken, {(1, "v"): Value(pool.const(1))}),
        Exit(pool.negation(taken), {(1, "v"): Value(pool.false, missing=pool.true)}),
    ]
    assert table(pool, join_registers(pool, paths, HERE)[1, "v"].missing, taken) == [1, 0]


def test_depths_follow_the_path_and_balance_out_by_form(pool):
    """Opened and closed under the same switch: the depth is 0 again, and known to be."""
    switch = pool.config("K", (0, 1))
    zero = Cpu(pool.false, pool.false, pool.false)
    opened = choose_cpu(pool, switch, Cpu(pool.true, pool.false, pool.true), zero)
    assert table(pool, opened.interrupts, switch) == [0, 1]
    assert opened.preemption is pool.false
    less = pool.make(Op.SUB, opened.interrupts, pool.true)
    closed = choose_cpu(pool, switch, Cpu(less, pool.false, pool.false), opened)
    assert closed.interrupts is pool.false


def test_depths_under_different_conditions_stay_apart(pool):
    p, q = condition(pool, 0), condition(pool, 1)
    zero = Cpu(pool.false, pool.false, pool.false)
    opened = choose_cpu(pool, p, Cpu(pool.true, pool.false, pool.false), zero)
    again = choose_cpu(pool, q, Cpu(pool.make(Op.ADD, opened.interrupts, pool.true), pool.false, pool.false), opened)
    assert table(pool, again.interrupts, p, q) == [0, 1, 1, 2]
