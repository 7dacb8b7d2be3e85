"""An execution that defeats a placement, told of the text in which that placement stands."""

import time

from gupproof.cat.terms import Model
from gupproof.execution.axioms import raised_flags, rechecked
from gupproof.execution.execution import Execution
from gupproof.execution.replay import Replay
from gupproof.execution.story import tell
from gupproof.placing.goals import Goal
from gupproof.placing.oracle import Oracle
from gupproof.placing.slots import Placement
from gupproof.program.events import Event, Kind, Program
from gupproof.program.expr import Op
from gupproof.program.scenario import lower
from gupproof.proving.ending import ending
from gupproof.proving.platforms import model_of, target_of
from gupproof.proving.questions import Questions, encoded
from gupproof.proving.result import Obligation, Result, Verdict
from gupproof.proving.session import why
from gupproof.solving.solver import Outcome, Solver


def told(
    oracle: Oracle, placement: Placement, execution: Execution, *, theorem: str, deadline: float | None = None
) -> Result | None:
    """Return a refutation: the execution in the text with the slots of ``placement`` built in, judged anew.

    Args:
        oracle: that found the execution.
        placement: that it defeats.
        execution: of the scenario with its slots open. Where interrupts may come in at other points without some fence, it may
            be none of the text as it then stands, and one is looked for there.
        theorem: whose name the result bears.
        deadline: of that search, on the clock of ``time.perf_counter``: past it there is None.

    Raises:
        RuntimeError: there is no such execution.

    """
    goal, platform, model = oracle.goal, oracle.platform, model_of(oracle.platform)
    chosen = {slot.name: position for slot, position in zip(oracle.slots, placement, strict=True)}
    values = {name: chosen.get(name, value) for name, value in goal.values}
    program = lower(goal.unit, goal.unit.scenarios[goal.scenario], target_of(platform), fixed=values)
    try:
        found: Replay | None = rechecked(program, model, moved(execution, oracle.program, program))
    except ValueError:
        found = _searched(goal, program, model, deadline)
    if found is None:
        return None
    refuted = [name for name in goal.properties if found.refutes(name)]
    flags = [axiom.name for axiom in raised_flags(model, found) if axiom.name not in goal.flags]
    if not refuted and not (flags and found.events.complete):
        raise RuntimeError("an execution that defeats a placement does nothing wrong in it")
    name = refuted[0] if refuted else goal.properties[0]
    switches = goal.unit.switches
    spoken = dict(goal.settings) | {slot.name: slot.values[chosen[slot.name]] for slot in oracle.slots}
    return Result(
        obligation=Obligation(
            file=goal.unit.path,
            theorem=theorem,
            claim="",
            doc="",
            scenario=goal.scenario,
            settings=tuple((word, value) for word, value in spoken.items() if word in switches),
            values=tuple(values.items()),
            property=name,
            model=platform.model,
            target=platform.target,
            covering=(),
            expect=None,
        ),
        verdict=Verdict.REFUTED,
        reason=why(found, name) if refuted else f"the model flags {flags[0]}",
        execution=found.execution,
        story=tell(program, model, found),
        final=ending(program, goal.unit.scenarios[goal.scenario], found, name) if refuted else (),
    )


def _searched(goal: Goal, program: Program, model: Model, deadline: float | None) -> Replay | None:
    """Find an execution of a goal's scenario, with its slots built in, in which something goes wrong; None if time runs out."""
    encoding, _ = encoded(program, model)
    questions = Questions(encoding, model, Solver(encoding.dimacs))
    asked = [(encoding.violated[name], {"refutes": name}) for name in goal.properties]
    asked += [(literal, {"raises": name}) for name, literal in encoding.flagged.items() if name not in goal.flags]
    for literal, claim in asked:
        left = None if deadline is None else max(0.001, deadline - time.perf_counter())
        finding = questions.ask(literal, timeout=left, **claim)
        if finding.outcome is not Outcome.UNSAT:
            return finding.replay
    raise RuntimeError("a placement is defeated with its slots open, and is not with them built in")


def moved(execution: Execution, source: Program, target: Program) -> Execution:
    """Return an execution of a program as one of another that differs from it in fences and tags only.

    Raises:
        ValueError: the programs differ in more than that.

    """
    ours, theirs = _accesses(source), _accesses(target)
    if [(event.kind, event.thread) for event in ours] != [(event.kind, event.thread) for event in theirs]:
        raise ValueError("the programs do not have the same accesses")
    number = {event.id: other.id for event, other in zip(ours, theirs, strict=True)}
    return Execution(
        switches={name: value for name, value in execution.switches.items() if _is_open(target, name)},
        choices=execution.choices,
        reads={number[event]: value for event, value in execution.reads.items()},
        rf={number[read]: number[write] for read, write in execution.rf.items()},
        co={address: tuple(number[write] for write in order) for address, order in execution.co.items()},
    )


def _is_open(program: Program, switch: str) -> bool:
    return switch in program.switches and program.switches[switch].op is Op.CONFIG


def _accesses(program: Program) -> list[Event]:
    return [event for event in program.events if event.kind is not Kind.FENCE]
