"""What can be asked of a scenario under one setting of its switches, answered by the solver and by enumeration."""

from collections.abc import Mapping
from itertools import islice

from gupproof.cat.terms import Model
from gupproof.encoding.encoding import Encoding, encode
from gupproof.execution.axioms import recheck
from gupproof.execution.decode import decode, wanted
from gupproof.execution.enumerator import executions
from gupproof.execution.replay import Replay
from gupproof.program.events import CheckKind, Program, StopReason
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
        sound = [*fixed, -encoding.overflows]
        result = {"bound": self._can([*fixed, encoding.bounded]), "overflow": self._can([*fixed, encoding.overflows])}
        for name, literal in encoding.violated.items():
            result[f"refutes {name}"] = self._can([*sound, literal], refutes=name)
        if not all(result[f"refutes {name}"] for name in encoding.violated):
            # Nothing faults, so that an end is an end.
            result["complete"] = self._can([*sound, encoding.complete])
            for name, literal in encoding.covered.items():
                result[f"reaches {name}"] = self._can([*sound, literal], reaches=name)
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
    sound = [item for item in found if not _overflows(item)]
    result = {
        "bound": any(stop.reason is StopReason.BOUND for item in found for stop in item.events.stops),
        "overflow": len(sound) < len(found),
    }
    result |= {f"refutes {name}": any(item.refutes(name) for item in sound) for name in program.properties}
    if not all(result[f"refutes {name}"] for name in program.properties):
        result["complete"] = any(item.events.complete for item in sound)
        result |= {f"reaches {name}": any(item.reaches(name) for item in sound) for name in program.covers}
    return result


def _overflows(item: Replay) -> bool:
    return any(check.kind is CheckKind.OVERFLOW for check in item.events.violations)
