"""Asks whether an encoding has exactly the executions that the enumerator finds: those, and no others."""

from collections.abc import Sequence

from gupproof.cat.terms import Model
from gupproof.encoding.encoding import Encoding, encode
from gupproof.execution.replay import Replay
from gupproof.program.events import Program
from gupproof.solving.solver import Outcome, Solver


def literals(encoding: Encoding, found: Replay) -> list[int]:
    """What sets one execution apart: who executes, who reads from whom, which write comes first."""
    executed = set(found.events.executed)
    result = [literal if event in executed else -literal for event, literal in encoding.executes.items() if abs(literal) != 1]
    pairs = {(write, read) for read, write in found.execution.rf.items()}
    before = {(order[i], order[j]) for order in found.co.values() for j in range(len(order)) for i in range(j)}
    for table, holding in ((encoding.rf, pairs), (encoding.co, before)):
        # A pair that the encoding leaves out, but the execution has, is a literal that is false.
        result += [literal if pair in holding else -literal for pair, literal in table.items()]
        result += [-1 for pair in holding - set(table) if encoding.executes[pair[0]] != -1]
    return result


def difference(program: Program, model: Model, found: Sequence[Replay]) -> str:
    """Return how the executions of the encoding differ from those the enumerator found; empty if they do not."""
    encoding = encode(program, model)
    blocked = []
    solver = Solver(encoding.dimacs)
    for replay in found:
        exact = literals(encoding, replay)
        if solver.ask(exact, ()).outcome is not Outcome.SAT:
            return f"an execution is missing: rf {replay.execution.rf}, co {dict(replay.co)}"
        blocked.append(" ".join(str(-literal) for literal in exact if literal != 1) + " 0")
    header, clauses = encoding.dimacs.split("\n", 1)
    assert header == f"p cnf {encoding.variables} {encoding.clauses}"
    header = f"p cnf {encoding.variables} {encoding.clauses + len(blocked)}"
    others = Solver("\n".join([header, clauses.rstrip("\n"), *blocked]) + "\n")
    return "" if others.ask((), ()).outcome is Outcome.UNSAT else f"there are more executions than {len(found)}"
