"""What can be asked of a scenario under one setting of its switches, answered by the solver and by enumeration."""

from collections.abc import Mapping
from itertools import islice

from gupproof.cat.terms import Model
from gupproof.encoding.encoding import Encoding, encode
from gupproof.execution.axioms import recheck
from gupproof.execution.decode import decode, wanted
from gupproof.execution.enumerator import executions
from gupproof.program.events import Program, StopReason
from gupproof.solving.solver import Outcome, Solver

Answers = dict[str, bool]


class Asked:
    """A program encoded once; any setting of the switches that it leaves open may be asked about."""

    def __init__(self, program: Program, model: Model) -> None:
        self.program, self.model = program, model
        self.encoding: Encoding = encode(program, model)
        self.solver = Solver(self.encoding.dimacs)
        self.wanted = wanted(self.encoding)

    def answers(self, setting: Mapping[str, int]) -> Answers:
        """What the solver says; what it claims to have found is checked."""
        encoding = self.encoding
        fixed = [encoding.switches[name][value] for name, value in setting.items() if value in encoding.switches[name]]
        result = {"bound": self._can([*fixed, encoding.bounded]), "stuck": self._can([*fixed, encoding.stuck])}
        for name, literal in encoding.violated.items():
            result[f"refutes {name}"] = self._can([*fixed, literal], refutes=name)
        for name, literal in encoding.reached.items():
            if self._can([*fixed, literal]):
                result[f"gets to {name}"] = True
        result["complete"] = self._can([*fixed, encoding.complete])
        for name, literal in encoding.overrun.items():
            result[f"overruns {name}"] = self._can([*fixed, literal])
        for name, literal in encoding.covered.items():
            result[f"reaches {name}"] = self._can([*fixed, literal], reaches=name)
        return result

    def _can(self, literals: list[int], **claim: str) -> bool:
        answer = self.solver.ask(literals, self.wanted)
        if answer.assignment is None:
            assert answer.outcome is Outcome.UNSAT
            return False
        problem = recheck(self.program, self.model, decode(self.encoding, answer.assignment), **claim)
        assert problem is None, problem
        return True


def enumerated(program: Program, model: Model, setting: Mapping[str, int], *, most: int) -> Answers | None:
    """What enumeration says; None if there are more executions than ``most``."""
    found = list(islice(executions(program, model, setting), most))
    if len(found) == most:
        return None
    asserted = {check.property for check in program.checks if check.reached is not None}
    return {
        "bound": any(stop.reason is StopReason.BOUND for item in found for stop in item.events.stops),
        "stuck": any(item.stuck for item in found),
        "complete": any(item.events.complete for item in found),
        **{f"refutes {name}": any(item.refutes(name) for item in found) for name in program.properties},
        **{f"gets to {name}": True for name in asserted if any(item.gets_to(name) for item in found)},
        **{f"overruns {item.of}": any(one.overruns(item.of) for one in found) for item in program.overruns},
        **{f"reaches {name}": any(item.reaches(name) for item in found) for name in program.covers},
    }
