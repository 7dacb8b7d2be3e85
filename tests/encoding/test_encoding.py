"""What the named literals of an encoding mean."""

import pytest

from gupproof.encoding.encoding import Encoding, encode
from gupproof.solving.solver import Outcome, Solver
from tests.support.lowered import MODEL_TARGETS, lowered, scenario
from tests.support.models import model


def encoded(text: str, model_name: str = "sc", fixed: dict[str, int] | None = None) -> Encoding:
    return encode(lowered(text, MODEL_TARGETS[model_name], fixed).program, model(model_name))


def possible(encoding: Encoding, *literals: int) -> bool:
    outcome = Solver(encoding.dimacs).ask(literals, ()).outcome
    assert outcome is not Outcome.UNKNOWN
    return outcome is Outcome.SAT


def one(code: str, *items: str) -> Encoding:
    return encoded(scenario(f"thread t {{ {code} }}", *items))


def test_a_property_is_violated_where_its_condition_fails_at_the_end():
    encoding = one("r = choose(1, 2);", "property p : r == 1;", "property q : r > 0;")
    assert possible(encoding, encoding.violated["p"])
    assert possible(encoding, -encoding.violated["p"])
    assert not possible(encoding, encoding.violated["q"])


def test_a_property_says_nothing_of_executions_without_an_end():
    encoding = one("r = 1; await (READ_ONCE(x) == 1);", "property p : r == 0;", "cover c : true;")
    assert not possible(encoding, encoding.complete)
    assert not possible(encoding, encoding.violated["p"])
    assert not possible(encoding, encoding.covered["c"])


def test_an_assert_violates_its_own_property_only_and_needs_no_end():
    encoding = one("assert(READ_ONCE(x) == 1, mine); await (READ_ONCE(x) == 1);", "property p : true;")
    assert possible(encoding, encoding.violated["mine"])
    assert not possible(encoding, encoding.violated["p"])
    assert not possible(encoding, encoding.violated["asserts"])


def test_an_access_gone_astray_violates_every_property():
    encoding = one("struct node *v = READ_ONCE(p); r = v->f;", "property p : true;", "property other : true;")
    assert not possible(encoding, -encoding.violated["p"])
    assert not possible(encoding, -encoding.violated["other"])


def test_a_cover_is_reached_where_its_condition_holds_at_the_end():
    encoding = one("r = choose(1, 2);", "cover two : r == 2;", "cover three : r == 3;")
    assert possible(encoding, encoding.covered["two"])
    assert not possible(encoding, encoding.covered["three"])


def test_a_loop_that_wants_more_rounds_is_told_from_one_that_does_not():
    text = "thread t {{ while (READ_ONCE(x) < {0}) bound 2 {{ WRITE_ONCE(x, READ_ONCE(x) + 1); }} }}"
    enough, short = encoded(scenario(text.format(2))), encoded(scenario(text.format(3)))
    assert not possible(enough, enough.bounded)
    assert possible(short, short.bounded)
    assert not possible(short, short.complete, short.bounded)


def test_a_count_that_wraps_violates_the_property_for_it():
    fine, over = one("atomic_inc(&c);"), one("atomic_set(&c, 2147483647); atomic_inc(&c);")
    assert not possible(fine, fine.violated["no_overflow"])
    assert not possible(over, -over.violated["no_overflow"])


def test_one_encoding_answers_for_every_setting_of_its_switches():
    text = scenario("thread t { r = K ? 1 : 2; slot gap; }", "property p : r == 1;")
    encoding = encoded(text)
    assert possible(encoding, encoding.switches["K"][0], encoding.violated["p"])
    assert not possible(encoding, encoding.switches["K"][1], encoding.violated["p"])
    assert [value for value, literal in encoding.switches["gap"].items() if possible(encoding, literal)] == [0, 1, 2]
    for value, literal in encoding.switches["MODE"].items():
        others = [other for number, other in encoding.switches["MODE"].items() if number != value]
        assert not any(possible(encoding, literal, other) for other in others)


def test_a_fixed_switch_makes_the_encoding_smaller_and_keeps_its_answer():
    text = scenario(
        "thread t { if (K) { WRITE_ONCE(x, 1); WRITE_ONCE(y, 1); } }",
        "thread v { r = READ_ONCE(y); q = READ_ONCE(x); }",
        "property p : r == 0 || q == 1;",
    )
    opened, fixed = encoded(text, "armv8"), encoded(text, "armv8", {"K": 1})
    assert possible(opened, opened.switches["K"][1], opened.violated["p"])
    assert possible(fixed, fixed.violated["p"])
    assert not possible(opened, opened.switches["K"][0], opened.violated["p"])
    assert fixed.clauses < opened.clauses


@pytest.mark.parametrize(("model_name", "expected"), [("sc", False), ("x86-tso", True), ("armv8", True)])
def test_the_model_decides(model_name, expected):
    text = scenario(
        "thread t { WRITE_ONCE(x, 1); r = READ_ONCE(y); }",
        "thread v { WRITE_ONCE(y, 1); q = READ_ONCE(x); }",
        "property p : r == 1 || q == 1;",
    )
    encoding = encoded(text, model_name)
    assert possible(encoding, encoding.violated["p"]) == expected


def test_assumptions_constrain_every_execution():
    encoding = one("r = choose(0 .. 3); assume(r > 1);", "cover zero : r == 0;", "cover three : r == 3;")
    assert not possible(encoding, encoding.covered["zero"])
    assert possible(encoding, encoding.covered["three"])


def test_sizes_are_those_of_the_cnf():
    encoding = one("r = READ_ONCE(x);")
    head, *lines = encoding.dimacs.splitlines()
    assert head == f"p cnf {encoding.variables} {encoding.clauses}"
    assert len(lines) == encoding.clauses
