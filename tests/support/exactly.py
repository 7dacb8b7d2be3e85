"""Asks the encoding whether a program ends in exactly the given ways: none more, none less."""

from collections.abc import Mapping, Sequence

from gupproof.cat.terms import Model
from gupproof.encoding.encoding import encode
from gupproof.execution.axioms import recheck
from gupproof.execution.decode import decode, wanted
from gupproof.program.events import Program
from gupproof.solving.solver import Outcome, Solver


def disagreement(program: Program, model: Model, switches: Mapping[str, int] | None = None) -> str:
    """Return how the solver disagrees with the program's one property, ``only``, and its covers; empty if it does not.

    ``only`` says that the final state is one of those the rival found; each cover is one of them.
    """
    encoding = encode(program, model)
    solver, variables = Solver(encoding.dimacs), wanted(encoding)
    setting = [encoding.switches[name][value] for name, value in (switches or {}).items()]

    def ask(literals: Sequence[int], **claim: str) -> str:
        answer = solver.ask([*setting, *literals], variables)
        if answer.outcome is not Outcome.SAT or answer.assignment is None:
            return answer.outcome.value
        return recheck(program, model, decode(encoding, answer.assignment), **claim) or "sat"

    found = ask([encoding.violated["only"]], refutes="only")
    if found != "unsat":
        return f"the solver finds an end that the rival does not: {found}"
    for name, literal in encoding.covered.items():
        found = ask([literal], reaches=name)
        if found != "sat":
            return f"the rival's end {name} is none for the solver: {found}"
    return ""
