"""Literals of values, against evaluating the expressions."""

import itertools
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gupproof.encoding.cnf import FALSE, TRUE, Cnf
from gupproof.encoding.values import Values
from gupproof.program.expr import Expr, ExprPool, Op, evaluate
from gupproof.relations.domains import Domains
from gupproof.solving.solver import Outcome, Solver
from tests.support.programs import Build

OPS = (
    Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.MOD, Op.AND, Op.OR, Op.XOR, Op.SHL, Op.SHR, Op.INVERT, Op.EQ, Op.LT, Op.LAND, Op.LOR,
    Op.NOT, Op.ITE, Op.VALID,
)  # fmt: skip
BOOLEAN = {Op.LAND, Op.LOR, Op.NOT}
X, Y = 64, 128


def leaves(pool: ExprPool) -> list[Expr]:
    return [pool.choice(0, (0, 1)), pool.choice(1, (-1, 2, X)), pool.choice(2, (0, 1, 3)), pool.config("K", (0, 2))]


def random_expression(random: Random, pool: ExprPool, free: list[Expr], depth: int) -> Expr:
    if depth == 0 or random.random() < 0.15:
        return random.choice([*free, pool.const(random.choice((0, 1, 3, X)))])
    op = random.choice(OPS)
    args = [random_expression(random, pool, free, depth - 1) for _ in range({Op.ITE: 3}.get(op, 2))]
    if op is Op.VALID:
        return pool.valid(args[0])
    if op in BOOLEAN:
        args = [pool.truth(arg) for arg in args]
    if op is Op.ITE:
        args[0] = pool.truth(args[0])
    if op in (Op.NOT, Op.INVERT):
        args = args[:1]
    if op is Op.SHL:
        args[1] = pool.make(Op.AND, args[1], pool.const(3))
    return pool.make(op, *args)


def encoder(build: Build, final=lambda address: {}) -> tuple[Cnf, Values]:
    cnf = Cnf()
    program = build.program()
    domains = Domains(program, lambda write, read: True)
    return cnf, Values(cnf, domains, frozenset(build.address.values()), final)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(0, 2**40))
def test_exactly_the_literal_of_the_value_holds(seed):
    random = Random(seed)
    build = Build(x=0, y=0)
    pool = build.pool
    free = leaves(pool)
    expr = random_expression(random, pool, free, 3)
    cnf, values = encoder(build)
    tables = {leaf: values.of(leaf) for leaf in free}
    literals, truth = values.of(expr), values.truth(pool.truth(expr))
    wanted = [*literals.values(), truth]
    solver = Solver(cnf.dimacs())
    for setting in itertools.product(*(pool.options[leaf] for leaf in free)):
        chosen = dict(zip(free, setting, strict=True))
        answer = solver.ask([tables[leaf][value] for leaf, value in chosen.items()], wanted)
        assert answer.outcome is Outcome.SAT, "values constrain nothing but themselves"
        assert answer.assignment is not None
        value = evaluate(expr, chosen, frozenset(build.address.values()))
        assert [number for number, literal in literals.items() if answer.assignment.holds(literal)] == [value]
        assert answer.assignment.holds(truth) == bool(value)


def test_a_value_that_cannot_be_is_false_and_a_certain_one_true():
    build = Build(x=0)
    _, values = encoder(build)
    choice = build.pool.choice(0, (1, 4))
    assert values.equals(choice, 2) == FALSE
    assert values.equals(build.pool.const(7), 7) == TRUE
    assert values.truth(build.pool.truth(choice)) == TRUE


def test_one_expression_has_one_set_of_literals():
    build = Build(x=0)
    cnf, values = encoder(build)
    expr = build.pool.make(Op.ADD, build.pool.choice(0, (0, 1, 2)), build.pool.choice(1, (0, 10)))
    first = values.of(expr)
    size = cnf.variables
    assert values.of(expr) == first
    assert cnf.variables == size


def test_a_choice_has_exactly_one_of_its_options():
    build = Build(x=0)
    cnf, values = encoder(build)
    literals = list(values.of(build.pool.choice(0, (3, 5, 9))).values())
    solver = Solver(cnf.dimacs())
    for chosen in itertools.product((False, True), repeat=3):
        assumed = [literal if value else -literal for literal, value in zip(literals, chosen, strict=True)]
        assert (solver.ask(assumed, ()).outcome is Outcome.SAT) == (sum(chosen) == 1)


@pytest.mark.parametrize(("address", "expected"), [(X, 3), (Y, 4), (72, 0)])
def test_a_final_value_is_that_of_the_place_and_zero_where_there_is_none(address, expected):
    build = Build(x=3, y=4)
    cnf, values = encoder(build, final=lambda place: {{X: 3, Y: 4}[place]: TRUE})
    pointer = build.pool.choice(0, (X, Y, 72))
    literals = values.of(build.pool.final(pointer))
    place = values.of(pointer)[address]
    answer = Solver(cnf.dimacs()).ask([place], list(literals.values()))
    assert answer.assignment is not None
    assert [value for value, literal in literals.items() if answer.assignment.holds(literal)] == [expected]
