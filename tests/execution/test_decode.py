"""A solver's assignment as an execution: the one that was asked for."""

import itertools

from gupproof.encoding.encoding import encode
from gupproof.execution.decode import decode, wanted
from gupproof.execution.enumerator import executions
from gupproof.solving.solver import Solver
from tests.support.models import model
from tests.support.programs import Build


def test_what_is_decoded_is_the_execution_that_was_asked_for():
    """Every execution of a program with a switch, a choice, a branch and a pointer, and nothing of what does not execute."""
    build = Build(x=0, y=0, p=0)
    switch = build.switch("SWITCH", 1, 2, 3)
    where = build.pool.choice(0, (build.address["x"], build.address["y"]))
    writer = build.thread()
    writer.write("p", where)
    writer.write(where, switch)
    reader = build.thread()
    pointer = reader.read("p")
    with reader.when(build.pool.negation(build.eq(pointer, 0)), pointer):
        value = reader.read(pointer, addr=[pointer])
        reader.write("x", value, data=[value])
    program, sc = build.program(), model("sc")
    encoding = encode(program, sc)
    solver = Solver(encoding.dimacs)
    kinds = set()
    for found in executions(program, sc):
        asked = found.execution
        literals = [encoding.switches[name][value] for name, value in asked.switches.items()]
        literals += [encoding.choices[number][value] for number, value in asked.choices.items()]
        literals += [encoding.rf[write, read] for read, write in asked.rf.items()]
        literals += [encoding.co[pair] for order in found.co.values() for pair in itertools.pairwise(order)]
        answer = solver.ask(literals, wanted(encoding))
        assert answer.assignment is not None
        told = decode(encoding, answer.assignment)
        assert (told.switches, told.choices, told.reads, told.rf) == (asked.switches, asked.choices, asked.reads, asked.rf)
        assert told.co == found.co
        kinds.add((asked.switches["SWITCH"], asked.choices[0], tuple(asked.reads)))
    # Three settings; two places; the pointer is followed, or not set yet.
    assert len(kinds) == 3 * 2 * 2
