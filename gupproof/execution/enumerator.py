"""Every execution of a small program under a model, found without a solver: the rival that the encoding is held against.

How: the values that could stand in memory are collected first, in as many rounds as there are reads, so that a chain through
every read is followed to its end. Each thread is then run with every combination of those values for its reads. What fits
together (each value read is written by somebody) is completed with every choice of a write per read and of coherence orders,
and kept if the model allows it.

A value that only explains itself (out of thin air) is seen if some chain of writes produces it too. The guards, addresses and
values of a thread look at its own reads only, as those of unrolled programs do.

Pruning is sound for any model: an axiom in which rf and co occur only positively, once broken by a part of rf and co, stays
broken by the whole.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from gupproof.cat.terms import Model
from gupproof.execution.execution import Execution
from gupproof.execution.memory_orders import Judge, memory_orders
from gupproof.execution.replay import Replay, replay
from gupproof.execution.runs import Runs
from gupproof.execution.valuation import Valuator
from gupproof.program.events import Program
from gupproof.program.expr import Op


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an execution ends, as a person would tell it; sorted by name.

    Attributes:
        ghosts, memory: final values.
        properties: name → whether it holds in the final state; empty for an execution without one.
        violations: messages of the checks that failed.
        complete: whether every thread ran to its end.

    """

    ghosts: tuple[tuple[str, int], ...]
    memory: tuple[tuple[str, int], ...]
    properties: tuple[tuple[str, bool], ...]
    violations: tuple[str, ...]
    complete: bool


def outcomes(program: Program, model: Model, switches: Mapping[str, int] | None = None) -> frozenset[Outcome]:
    """Return the ends of all executions that ``model`` allows. Switches without a value take every one."""
    return frozenset(outcome_of(result) for result in executions(program, model, switches))


def reachable(
    program: Program, model: Model, condition: Callable[[Replay], bool], switches: Mapping[str, int] | None = None
) -> Replay | None:
    """Return an execution that ``model`` allows and that satisfies ``condition``, or None."""
    return next((result for result in executions(program, model, switches) if condition(result)), None)


def outcome_of(result: Replay) -> Outcome:
    """Return how ``result`` ends."""
    events = result.events
    names = {location.address: location.name for location in result.program.locations}
    return Outcome(
        ghosts=tuple(sorted(events.ghosts.items())),
        memory=tuple(sorted((names[address], value) for address, value in result.memory.items())),
        properties=tuple(sorted(result.properties.items())) if events.complete else (),
        violations=tuple(sorted(check.message for check in events.violations)),
        complete=events.complete,
    )


def executions(program: Program, model: Model, switches: Mapping[str, int] | None = None) -> Iterator[Replay]:
    """Yield every execution that ``model`` allows, once each. Switches without a value take every one."""
    valuator = Valuator(program)
    judge = Judge(model)
    open_switches = [(name, expr) for name, expr in program.switches.items() if expr.op is Op.CONFIG]
    ranges = [
        (switches[name],) if switches and name in switches else program.pool.options[expr] for name, expr in open_switches
    ]
    numbers = sorted(valuator.choices)
    for setting in itertools.product(*ranges):
        chosen = dict(zip((name for name, _ in open_switches), setting, strict=True))
        for options in itertools.product(*(valuator.choices[number] for number in numbers)):
            choices = dict(zip(numbers, options, strict=True))
            for reads in Runs(program, chosen, choices).combined():
                events = valuator.evaluate(chosen, choices, reads)
                if events.constraints_hold:
                    for rf, co in memory_orders(events, judge):
                        execution = Execution(switches=chosen, choices=choices, reads=reads, rf=rf, co=co)
                        yield replay(program, execution, valuator=valuator)
