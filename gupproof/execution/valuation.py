"""What a program does once its switches, choices and reads have values: which events execute, where, and with what.

Nothing here knows of memory models: whether the values read make sense is for :mod:`gupproof.execution.replay`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from gupproof.program.events import Check, Dependency, Event, Kind, Program, Stop, feeds, of_one_instruction
from gupproof.program.expr import Expr, Op, fold


class MalformedError(ValueError):
    """The claimed execution is none; the message says why, for a developer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Valuation:
    """The concrete events of one execution; the mappings hold executed events only.

    Attributes:
        program: what was executed.
        executed: ids, ascending.
        address: of each access.
        value: read or written, of each access.
        tags: the sets of the model an event is in.
        addr, data, ctrl, rmw, gp_order: pairs of ids.
        one_instruction, feeds: likewise, as :mod:`gupproof.program.events` has them.
        stops: where threads went no further; none of them: the execution is complete.
        violations: the checks that found something wrong.
        constraints_hold: whether the program admits the execution at all.
        ghosts: name → final value.
        values: of every expression that does not look at the final memory.

    """

    program: Program
    executed: tuple[int, ...]
    address: dict[int, int]
    value: dict[int, int]
    tags: dict[int, frozenset[str]]
    addr: tuple[tuple[int, int], ...]
    data: tuple[tuple[int, int], ...]
    ctrl: tuple[tuple[int, int], ...]
    rmw: tuple[tuple[int, int], ...]
    gp_order: tuple[tuple[int, int], ...]
    one_instruction: tuple[tuple[int, int], ...]
    feeds: tuple[tuple[int, int], ...]
    stops: tuple[Stop, ...]
    violations: tuple[Check, ...]
    constraints_hold: bool
    ghosts: dict[str, int]
    values: dict[Expr, int]

    @property
    def complete(self) -> bool:
        """Whether every thread ran to its end, so that the final state means something."""
        return not self.stops

    def events(self, kind: Kind) -> list[Event]:
        """Return the executed events of one kind."""
        return [self.program.events[number] for number in self.executed if self.program.events[number].kind is kind]

    def writes_to(self, address: int) -> list[int]:
        """Return the executed writes to ``address``, the initial one first."""
        return [event.id for event in self.events(Kind.WRITE) if self.address[event.id] == address]


class Valuator:
    """Evaluates one program many times: the order of evaluation is worked out once."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._one_instruction = tuple(of_one_instruction(program.events))
        self._feeds = tuple(feeds(program.events))
        self._locations = frozenset(location.address for location in program.locations)
        events, final = _roots(program)
        self._before = _in_order(events)
        seen = set(self._before)
        self._after = [expr for expr in _in_order(final) if expr not in seen]
        self.choices = {expr.value: program.pool.options[expr] for expr in self._before if expr.op is Op.CHOICE}
        self.choices |= {expr.value: program.pool.options[expr] for expr in self._after if expr.op is Op.CHOICE}

    def evaluate(self, switches: Mapping[str, int], choices: Mapping[int, int], reads: Mapping[int, int]) -> Valuation:
        """Evaluate the events of the program.

        Args:
            switches: name → value, for the open switches.
            choices: number → value.
            reads: what each executed read reads. Others count as 0: the guards see to it that this does not matter.

        Raises:
            MalformedError: a switch or choice has no value, or one it can not have; an executed read has none.

        """
        program = self._program
        values: dict[Expr, int] = {}
        self._check_options(switches, choices)
        self._extend(values, self._before, switches, choices, reads)
        executed = tuple(event.id for event in program.events if values[event.guard])
        present = [program.events[number] for number in executed]
        for event in present:
            if event.kind is Kind.READ and event.id not in reads:
                raise MalformedError(f"read {event.id} executes, but reads nothing")
            if event.address is not None and values[event.address] not in self._locations:
                raise MalformedError(f"event {event.id} accesses {values[event.address]}, which is no location")
        alive = set(executed)

        def pairs(which: str) -> tuple[tuple[int, int], ...]:
            found = []
            for event in present:
                dependencies: tuple[Dependency, ...] = getattr(event, which)
                found += [(d.source, event.id) for d in dependencies if d.source in alive and values[d.condition]]
            return tuple(sorted(set(found)))

        return Valuation(
            program=program,
            executed=executed,
            address={event.id: values[event.address] for event in present if event.address is not None},
            value={event.id: values[event.value] for event in present if event.value is not None},
            tags={event.id: frozenset(tag for tag, when in event.tags if values[when]) for event in present},
            addr=pairs("addr"),
            data=pairs("data"),
            ctrl=pairs("ctrl"),
            rmw=tuple((event.rmw, event.id) for event in present if event.rmw is not None),
            gp_order=tuple(
                (item.first, item.second)
                for item in program.gp_order
                if item.first in alive and item.second in alive and values[item.condition]
            ),
            one_instruction=tuple(pair for pair in self._one_instruction if alive.issuperset(pair)),
            feeds=tuple(pair for pair in self._feeds if alive.issuperset(pair)),
            stops=tuple(stop for stop in program.stops if values[stop.condition]),
            violations=tuple(check for check in program.checks if values[check.violation]),
            constraints_hold=all(values[constraint] for constraint in program.constraints),
            ghosts={name: values[expr] for name, expr in program.ghosts.items()},
            values=values,
        )

    def judge(self, valuation: Valuation, leaves: "Leaves", memory: Mapping[int, int]) -> Valuation:
        """Return the valuation with all expressions, those over the final ``memory`` (address → value) included."""
        values = dict(valuation.values)
        switches, choices, reads = leaves
        self._extend(values, self._after, switches, choices, reads, memory)
        return replace(valuation, values=values)

    def _check_options(self, switches: Mapping[str, int], choices: Mapping[int, int]) -> None:
        for name, expr in self._program.switches.items():
            if expr.op is Op.CONFIG and switches.get(name) not in self._program.pool.options[expr]:
                raise MalformedError(f"switch {name} is {switches.get(name)}")
        for number, options in self.choices.items():
            if choices.get(number) not in options:
                raise MalformedError(f"choice {number} is {choices.get(number)}, not one of {options}")

    def _extend(
        self,
        values: dict[Expr, int],
        order: Iterable[Expr],
        switches: Mapping[str, int],
        choices: Mapping[int, int],
        reads: Mapping[int, int],
        memory: Mapping[int, int] | None = None,
    ) -> None:
        for expr in order:
            match expr.op:
                case Op.CONST:
                    result = expr.value
                case Op.READ:
                    result = reads.get(expr.value, 0)
                case Op.CHOICE:
                    result = choices[expr.value]
                case Op.CONFIG:
                    result = switches[expr.name]
                case Op.VALID:
                    result = int(values[expr.args[0]] in self._locations)
                case Op.FINAL:
                    assert memory is not None, "events do not look at the final memory"
                    result = memory.get(values[expr.args[0]], 0)
                case _:
                    result = fold(expr.op, tuple(values[arg] for arg in expr.args))
            values[expr] = result


Leaves = tuple[Mapping[str, int], Mapping[int, int], Mapping[int, int]]


def _roots(program: Program) -> tuple[list[Expr], list[Expr]]:
    """The expressions of the events, and those over the final state."""
    roots: list[Expr | None] = [*program.constraints, *program.ghosts.values(), *program.switches.values()]
    roots += [stop.condition for stop in program.stops]
    for_good = [stop.for_good for stop in program.stops if stop.for_good is not None]
    roots += [check.violation for check in program.checks]
    roots += [check.reached for check in program.checks]
    roots += [item.condition for item in program.gp_order]
    for event in program.events:
        roots += [event.guard, event.address, event.value]
        roots += [condition for _, condition in event.tags]
        roots += [dependency.condition for dependency in (*event.addr, *event.data, *event.ctrl)]
    return [root for root in roots if root is not None], [
        *program.properties.values(),
        *program.covers.values(),
        *(item.condition for item in program.overruns),
        *for_good,
    ]


def _in_order(roots: Iterable[Expr]) -> list[Expr]:
    """Everything below ``roots``, operands first: a pool numbers them so."""
    found: set[Expr] = set()
    stack = list(roots)
    while stack:
        expr = stack.pop()
        if expr not in found:
            found.add(expr)
            stack.extend(expr.args)
    return sorted(found, key=lambda expr: expr.index)
