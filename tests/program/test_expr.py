"""The pool's expressions: made once, simplified without changing what they mean."""

import itertools
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gupproof.program.expr import Expr, ExprPool, Op, evaluate, fold

BOOLEAN_OPS = (Op.LAND, Op.LOR, Op.NOT)
VALUE_OPS = (Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.MOD, Op.AND, Op.OR, Op.XOR, Op.SHL, Op.SHR, Op.INVERT)
READS = 3


class Sample:
    """A random expression, made by a pool, beside what it should be worth when nothing is simplified."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.pool = ExprPool()
        self.reads = [self.pool.read(number) for number in range(READS)]
        self.values = [random.randint(-3, 3) for _ in self.reads]
        self.leaves = dict(zip(self.reads, self.values, strict=True))
        # Types say of some reads between what they are; of choices their options do.
        for read, value in random.sample(list(self.leaves.items()), 2):
            self.pool.ranges[read] = value - random.randint(0, 2), value + random.randint(0, 2)
        for number in range(2):
            options = tuple(random.sample(range(-3, 6), random.randint(1, 3)))
            self.leaves[self.pool.choice(number, options)] = random.choice(options)

    def boolean(self, depth: int) -> tuple[Expr, int]:
        random, pool = self.random, self.pool
        if depth == 0:
            return random.choice(((pool.true, 1), (pool.false, 0)))
        if random.random() < 0.2:
            a, x = self.number(depth - 1)
            return pool.truth(a), int(x != 0)
        if random.random() < 0.6:
            op = random.choice((Op.EQ, Op.LT))
            (a, x), (b, y) = self.number(depth - 1), self.number(depth - 1)
            return pool.make(op, a, b), fold(op, (x, y))
        op = random.choice(BOOLEAN_OPS)
        parts = [self.boolean(depth - 1) for _ in range(1 if op is Op.NOT else 2)]
        return pool.make(op, *(expr for expr, _ in parts)), fold(op, tuple(value for _, value in parts))

    def number(self, depth: int) -> tuple[Expr, int]:
        random, pool = self.random, self.pool
        if depth == 0 or random.random() < 0.2:
            value = random.randint(-2, 2)
            return random.choice((random.choice(list(self.leaves.items())), (pool.const(value), value)))
        if random.random() < 0.2:
            (a, x), width = self.number(depth - 1), random.choice((1, 2, 3, 4, -2, -3, -4))
            return pool.wrap(a, abs(width), signed=width < 0), fold(Op.WRAP, (x, width))
        if random.random() < 0.25:
            condition, holds = self.boolean(depth - 1)
            (a, x), (b, y) = self.number(depth - 1), self.number(depth - 1)
            return pool.make(Op.ITE, condition, a, b), x if holds else y
        op = random.choice(VALUE_OPS)
        parts = [self.number(depth - 1) for _ in range(1 if op is Op.INVERT else 2)]
        return pool.make(op, *(expr for expr, _ in parts)), fold(op, tuple(value for _, value in parts))


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.integers(0, 2**40))
def test_simplifying_changes_no_value(seed):
    sample = Sample(Random(seed))
    for expr, value in (sample.number(4), sample.boolean(4)):
        assert evaluate(expr, sample.leaves, frozenset()) == value


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.integers(0, 2**40))
def test_what_a_type_keeps_of_a_number_does_not_depend_on_what_is_known_of_it(seed):
    """Where the form of a number says that it fits, nothing is kept to: that has to be so for every form and width."""
    sample = Sample(Random(seed))
    pool = sample.pool
    for _ in range(4):
        expr, value = sample.number(2)
        assert evaluate(pool.truth(expr), sample.leaves, frozenset()) == int(value != 0)
        for bits, signed in itertools.product(range(1, 5), (False, True)):
            kept = evaluate(pool.wrap(expr, bits, signed=signed), sample.leaves, frozenset())
            assert kept == fold(Op.WRAP, (value, -bits if signed else bits))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(0, 2**40))
def test_the_conjuncts_of_a_boolean_hold_together_exactly_when_it_does(seed):
    sample = Sample(Random(seed))
    expr, value = sample.boolean(4)
    parts = [evaluate(part, sample.leaves, frozenset()) for part in sample.pool.conjuncts(expr)]
    assert all(parts) == bool(value)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(0, 2**40))
def test_what_is_known_may_be_left_out_where_it_is_known(seed):
    sample = Sample(Random(seed))
    pool = sample.pool
    (one, _), (two, _), (number, _) = sample.boolean(3), sample.boolean(3), sample.number(3)
    both = pool.land(one, two)
    for known in (one, both):
        if evaluate(known, sample.leaves, frozenset()):
            for expr, shorter in ((both, pool.given(both, known)), (number, pool.where(number, known))):
                assert evaluate(shorter, sample.leaves, frozenset()) == evaluate(expr, sample.leaves, frozenset())


def test_the_same_expression_is_made_once():
    pool = ExprPool()
    a, b = pool.read(1), pool.read(2)
    assert pool.make(Op.ADD, a, b) is pool.make(Op.ADD, a, b)
    assert pool.make(Op.EQ, a, b) is pool.make(Op.EQ, b, a)
    assert pool.read(1) is a
    assert pool.const(1) is pool.true
    before = len(pool)
    pool.make(Op.ADD, a, b)
    assert len(pool) == before


def test_operands_come_before_what_is_made_of_them():
    pool = ExprPool()
    expr = pool.land(pool.make(Op.LT, pool.read(0), pool.const(7)), pool.make(Op.EQ, pool.read(1), pool.read(0)))
    assert all(arg.index < expr.index for arg in expr.args)


def test_a_condition_and_its_negation_cancel_out():
    pool = ExprPool()
    condition = pool.make(Op.LT, pool.read(0), pool.read(1))
    assert pool.negation(pool.negation(condition)) is condition
    assert pool.land(condition, pool.negation(condition)) is pool.false
    assert pool.lor(condition, pool.negation(condition)) is pool.true
    assert pool.make(Op.ITE, condition, pool.true, pool.false) is condition


def test_a_double_negation_of_a_number_is_its_truth_not_the_number():
    pool = ExprPool()
    number = pool.read(0)
    twice = pool.negation(pool.negation(number))
    assert twice is not number
    assert evaluate(twice, {number: 5}, frozenset()) == 1


def test_offsets_from_one_base_add_up():
    pool = ExprPool()
    base = pool.read(0)
    one = pool.make(Op.ADD, base, pool.const(8))
    assert pool.make(Op.SUB, one, pool.const(8)) is base
    assert pool.make(Op.ADD, pool.const(8), base) is one
    assert pool.make(Op.ADD, pool.make(Op.SUB, base, pool.const(3)), pool.const(5)) is pool.make(Op.ADD, base, pool.const(2))
    assert pool.make(Op.SUB, base, base) is pool.false


def test_truth_keeps_booleans_and_compares_numbers_with_zero():
    pool = ExprPool()
    flag = pool.choice(0, (0, 1))
    assert pool.truth(flag) is flag
    number = pool.choice(1, (0, 1, 2))
    assert [evaluate(pool.truth(number), {number: value}, frozenset()) for value in (0, 1, 2)] == [0, 1, 1]


def test_validity_is_that_of_the_locations():
    pool = ExprPool()
    pool.locations = frozenset((64, 72))
    assert pool.valid(pool.const(72)) is pool.true
    assert pool.valid(pool.const(0)) is pool.false
    pointer = pool.read(0)
    assert [evaluate(pool.valid(pointer), {pointer: value}, pool.locations) for value in (64, 65)] == [1, 0]


def test_final_values_come_from_the_final_memory_and_are_zero_elsewhere():
    pool = ExprPool()
    pointer = pool.read(0)
    expr = pool.make(Op.ADD, pool.final(pointer), pool.const(1))
    assert evaluate(expr, {pointer: 64}, {64: 5}) == 6
    assert evaluate(expr, {pointer: 8}, {64: 5}) == 1
    with pytest.raises(KeyError):
        evaluate(expr, {pointer: 64}, frozenset((64,)))


def test_a_leaf_without_a_value_is_an_error():
    pool = ExprPool()
    for leaf in (pool.read(0), pool.choice(0, (0, 1)), pool.config("K", (0, 1))):
        with pytest.raises(KeyError):
            evaluate(pool.make(Op.ADD, leaf, pool.const(1)), {}, frozenset())


def test_deep_expressions_need_no_deep_stack():
    pool = ExprPool()
    expr = pool.read(0)
    for number in range(5000):
        expr = pool.make(Op.XOR, expr, pool.read(number % 2))
    assert evaluate(expr, {pool.read(0): 1, pool.read(1): 2}, frozenset()) == 1


def test_leaves_have_constructors_of_their_own():
    with pytest.raises(ValueError, match="constructor of its own"):
        ExprPool().make(Op.READ)


@pytest.mark.parametrize(
    ("a", "b", "quotient", "rest"), [(7, 2, 3, 1), (-7, 2, -3, -1), (7, -2, -3, 1), (-7, -2, 3, -1), (5, 0, 0, 0)]
)
def test_division_truncates_towards_zero_and_the_rest_has_the_sign_of_the_dividend(a, b, quotient, rest):
    assert (fold(Op.DIV, (a, b)), fold(Op.MOD, (a, b))) == (quotient, rest)
    assert b == 0 or quotient * b + rest == a


def test_shifts_out_of_range_have_a_value_that_lowering_never_lets_through():
    assert fold(Op.SHL, (1, 64)) == fold(Op.SHL, (1, -1)) == fold(Op.SHR, (1, -1)) == 0
    assert fold(Op.SHL, (1, 63)) == 2**63


def test_not_both_is_one_condition_and_neither_is_two():
    pool = ExprPool()
    a, b = pool.choice(0, (0, 1)), pool.choice(1, (0, 1))
    not_both, neither = pool.negation(pool.land(a, b)), pool.negation(pool.lor(a, b))
    assert pool.conjuncts(not_both) == {not_both}
    assert pool.conjuncts(neither) == {pool.negation(a), pool.negation(b)}
