"""Puts what the machines of `gupproof.meaning` find to the solver: every end, every failure, and that there are no others."""

from collections.abc import Iterator

from gupproof.encoding.encoding import Encoding, encode
from gupproof.execution.axioms import recheck
from gupproof.execution.decode import decode, wanted
from gupproof.language import load_text
from gupproof.meaning import Ending, Findings, Machine, Outcome, explore
from gupproof.program.events import Program
from gupproof.program.scenario import lower
from gupproof.proving.platforms import Platform, model_of, target_of
from gupproof.solving.solver import Outcome as Answer
from gupproof.solving.solver import Solver

MOST_ENDS = 40
ONLY, END = "only_these", "end_"


def end_text(end: Outcome) -> str:
    """One final state as a condition of the language: numbers are written as they are, addresses as names."""
    return " && ".join(
        # A number that is an address and a tag is a number still.
        f"{name} == (unsigned long){value}" if " + " in str(value) else f"{name} == {value}"
        for name, value in (*end.ghosts, *end.memory)
    )


def differences(head: str, propositions: str, machine: Machine, *, limit: int = 100_000) -> list[str]:
    """Return where solver and machine disagree about the scenario ``s`` of a text, in words.

    Args:
        head: the text up to its properties.
        propositions: its properties and covers.
        machine: which the solver judges by the model of.
        limit: how many states of the machine may be looked at.

    Raises:
        TooManyStatesError: there are more.
        GupError: the solver's line cannot take the program.

    """
    unit = load_text(f"{head}\n{propositions}\n}}\n")
    findings = explore(unit, unit.scenarios["s"], {}, machine, limit=limit)
    ends = sorted({end_text(end) for end in findings.complete})
    asked = []
    # A fault refutes every property, and strays have no name.
    if len(ends) <= MOST_ENDS and not any("address " in end for end in ends):
        asked = [f"cover {END}{number} : {end};" for number, end in enumerate(ends)]
        asked.append(f"property {ONLY} : {' || '.join(f'({end})' for end in ends) or 'false'};")
    unit = load_text("\n".join([head, propositions, *asked, "}"]))
    platform = Platform(machine.value, "x86-64")
    program = lower(unit, unit.scenarios["s"], target_of(platform))
    solver = _Asked(program, platform)
    setting = {name: switch.default for name, switch in unit.switches.items()}
    return [
        f"{question}: the solver says {found}, the machine {certain}"
        for question, found in solver.answers(setting)
        for certain, possible in [_expected(question, findings)]
        if found not in (certain, possible)
    ]


def _expected(question: str, findings: Findings) -> tuple[bool, bool]:
    """What the machine says: in executions that go on while they can, and if they may be left waiting anywhere."""
    kind, _, name = question.partition(" ")
    possible_faults = any(stop.ending is Ending.FAULT for stop in findings.possible_stops)
    match kind:
        case "bound":
            return bool(findings.bounds), any(stop.ending is Ending.BOUND for stop in findings.possible_stops)
        case "complete":
            return bool(findings.complete), bool(findings.complete)
        case "overruns":
            found = any(holds is None for end in findings.complete for known, holds in end.holds if known == name)
            return found, found
        case "refutes" if name == ONLY:
            return bool(findings.faults), possible_faults
        case "refutes":
            failed = any(failure.property == name for failure in findings.possible)
            return findings.refutes(name), findings.refutes(name) or failed or possible_faults
        case _:
            found = name.startswith(END) or findings.reaches(name)
            return found, found


class _Asked:
    """A program encoded once."""

    def __init__(self, program: Program, platform: Platform) -> None:
        self.program, self.model = program, model_of(platform)
        self.encoding: Encoding = encode(program, self.model)
        self.solver = Solver(self.encoding.dimacs)
        self.wanted = wanted(self.encoding)

    def answers(self, setting: dict[str, int]) -> Iterator[tuple[str, bool]]:
        encoding = self.encoding
        fixed = [encoding.switches[name][value] for name, value in setting.items() if value in encoding.switches.get(name, {})]
        yield "bound", self._can([*fixed, encoding.bounded])
        yield "complete", self._can([*fixed, encoding.complete])
        for name, literal in encoding.violated.items():
            yield f"refutes {name}", self._can([*fixed, literal], refutes=name)
        for name, literal in encoding.overrun.items():
            yield f"overruns {name}", self._can([*fixed, literal])
        for name, literal in encoding.covered.items():
            yield f"reaches {name}", self._can([*fixed, literal], reaches=name)

    def _can(self, literals: list[int], **claim: str) -> bool:
        answer = self.solver.ask(literals, self.wanted)
        if answer.assignment is None:
            assert answer.outcome is Answer.UNSAT
            return False
        problem = recheck(self.program, self.model, decode(self.encoding, answer.assignment), **claim)
        assert problem is None, problem
        return True
