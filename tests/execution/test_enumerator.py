import itertools
from math import factorial

import pytest

from gupproof.cat.reader import load_model
from gupproof.execution.axioms import violated_axioms
from gupproof.execution.enumerator import executions, outcomes, reachable
from gupproof.program.events import CheckKind
from gupproof.program.expr import Op
from tests.support.models import model
from tests.support.programs import Build


@pytest.fixture
def anything(tmp_path):
    """A model that allows everything."""
    path = tmp_path / "anything.cat"
    path.write_text('"anything goes"')
    return load_model(path, tags=frozenset())


def ghosts(program, which, switches=None):
    return {tuple(value for _, value in outcome.ghosts) for outcome in outcomes(program, model(which), switches)}


def test_store_buffering_outcomes():
    build = Build(x=0, y=0)
    for number, (mine, other) in enumerate((("x", "y"), ("y", "x"))):
        thread = build.thread()
        thread.write(mine, 1)
        build.ghosts[f"r{number}"] = thread.read(other)
    program = build.program()
    assert ghosts(program, "sc") == {(0, 1), (1, 0), (1, 1)}
    assert ghosts(program, "x86-tso") == {(0, 0), (0, 1), (1, 0), (1, 1)}


@pytest.mark.parametrize(("threads", "each"), [(2, 1), (2, 2), (3, 1)])
def test_atomic_additions_interleave(threads, each):
    build = Build(x=0)
    for _ in range(threads):
        thread = build.thread()
        for _ in range(each):
            thread.add("x", 1)
    program = build.program()
    interleavings = factorial(threads * each) // factorial(each) ** threads
    assert sum(1 for _ in executions(program, model("sc"))) == interleavings
    assert {dict(outcome.memory)["x"] for outcome in outcomes(program, model("armv8"))} == {threads * each}


def test_every_rf_and_co_without_axioms(anything):
    build = Build(x=0)
    build.thread().write("x", 1)
    build.thread().write("x", 1)
    build.thread().read("x")
    found = list(executions(build.program(), anything))
    assert len(found) == 2 * 3
    assert len({(tuple(r.execution.rf.items()), tuple(r.execution.co[64])) for r in found}) == 6


def test_switches_and_choices():
    build = Build(x=0)
    switch = build.switch("S", 5, 6)
    thread = build.thread()
    thread.write("x", build.op(Op.ADD, switch, build.pool.choice(0, (10, 20))))
    build.ghosts["x"] = build.op(Op.ADD, switch, build.pool.choice(0, (10, 20)))
    program = build.program()
    assert ghosts(program, "sc") == {(15,), (16,), (25,), (26,)}
    assert ghosts(program, "sc", {"S": 6}) == {(16,), (26,)}


def test_every_setting_of_every_switch_is_tried():
    build = Build(x=0)
    build.thread().write("x", build.op(Op.ADD, build.switch("TENS", 10, 20), build.switch("ONES", 1, 2, 3)))
    assert {dict(outcome.memory)["x"] for outcome in outcomes(build.program(), model("sc"))} == {11, 12, 13, 21, 22, 23}
    fixed = outcomes(build.program(), model("sc"), {"ONES": 3})
    assert {dict(outcome.memory)["x"] for outcome in fixed} == {13, 23}


def test_constraints_drop_executions():
    build = Build(x=0)
    build.thread().write("x", 1)
    value = build.thread().read("x")
    build.ghosts["r"] = value
    build.constraints.append(build.eq(value, 1))
    assert ghosts(build.program(), "sc") == {(1,)}


def test_waiting_and_asserting():
    build = Build(x=0)
    build.thread().write("x", 1)
    thread = build.thread()
    value = thread.read("x")
    thread.check(build.eq(value, 1), "p")
    thread.wait(build.eq(value, 1))
    build.ghosts["r"] = value
    found = {(o.complete, o.violations, o.properties) for o in outcomes(build.program(), model("sc"))}
    assert found == {(True, (), (("p", True),)), (False, ("wrong",), ())}
    assert reachable(build.program(), model("sc"), lambda result: result.refutes("p")) is not None


def test_pointers():
    build = Build(p=128, x=1, y=2)
    build.thread().write("p", 192)
    thread = build.thread()
    pointer = thread.read("p")
    build.ghosts["r"] = thread.read(pointer, addr=[pointer])
    assert ghosts(build.program(), "armv8") == {(1,), (2,)}


def test_a_wild_pointer_is_not_followed():
    build = Build(p=0, x=1)
    thread = build.thread()
    pointer = thread.read("p")
    thread.guard = build.pool.land(thread.guard, build.pool.valid(pointer))
    thread.check(build.pool.false, "", CheckKind.FAULT)
    thread.read(pointer, addr=[pointer])
    assert {outcome.violations for outcome in outcomes(build.program(), model("sc"))} == {()}


def test_values_out_of_thin_air_need_a_chain(anything):
    """Copying x to y and y to x explains any value; without a write of 42 there is none."""
    build = Build(x=0, y=0)
    for number, (mine, other) in enumerate((("x", "y"), ("y", "x"))):
        thread = build.thread()
        value = thread.read(mine)
        thread.write(other, value, data=[value])
        build.ghosts[f"r{number}"] = value
    assert ghosts(build.program(), "armv8") == {(0, 0)}
    assert {tuple(v for _, v in o.ghosts) for o in outcomes(build.program(), anything)} == {(0, 0)}


def test_a_chain_through_every_read():
    build = Build(x=0)
    values = []
    for _ in range(3):
        thread = build.thread()
        value = thread.read("x")
        thread.write("x", build.op(Op.ADD, value, 1), data=[value])
        values.append(value)
    build.ghosts["r"] = values[2]
    assert ghosts(build.program(), "sc") == {(0,), (1,), (2,)}


def test_pruning_changes_nothing(tmp_path):
    """The same model in a form that can not be pruned (every rf and co below a double negation) gives the same executions."""
    path = tmp_path / "slow.cat"
    path.write_text("let all = _ * _ acyclic all \\ (all \\ (po | com))\nempty rmw & (all \\ (all \\ (fre; coe)))")
    slow = load_model(path, tags=frozenset())
    for first, second in itertools.combinations_with_replacement(("rw", "wr", "a", "ww"), 2):
        build = Build(x=0, y=0)
        for steps in (first, second):
            thread = build.thread()
            for number, step in enumerate(steps):
                where = "xy"[number]
                if step == "r":
                    thread.read(where)
                elif step == "w":
                    thread.write(where, 1)
                else:
                    thread.add(where, 1)
        program = build.program()

        def claims(by, program=program):
            return {repr(result.execution) for result in executions(program, by)}

        assert claims(slow) == claims(model("sc"))


def test_what_is_yielded_is_allowed():
    build = Build(x=0, y=0)
    for mine, other in (("x", "y"), ("y", "x")):
        thread = build.thread()
        thread.write(mine, 1)
        thread.write(mine, 2)
        thread.read(other)
    for result in executions(build.program(), model("armv8")):
        assert violated_axioms(model("armv8"), result) == ()
