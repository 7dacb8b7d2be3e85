"""Replays a claimed execution without a solver, and checks that it is one."""

from collections.abc import Mapping
from dataclasses import dataclass

from gupproof.execution.execution import Execution
from gupproof.execution.valuation import MalformedError, Valuation, Valuator
from gupproof.program.events import INIT_THREAD, CheckKind, Kind, Overrun, Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """An execution that the program admits; whether a memory model does, is another question.

    Attributes:
        execution: what was claimed.
        events: what happens in it.
        co: every address → its executed writes in coherence order, the initial one first.
        memory: address → final value.
        properties, covers: name → whether it holds, in the final state; they mean something in complete executions only.

    """

    execution: Execution
    events: Valuation
    co: Mapping[int, tuple[int, ...]]
    memory: Mapping[int, int]
    properties: Mapping[str, bool]
    covers: Mapping[str, bool]

    @property
    def program(self) -> Program:
        """The program that was executed."""
        return self.events.program

    def refutes(self, name: str) -> bool:
        """Whether this execution refutes the property called ``name``.

        A fault refutes every property, as an assert refutes its own; the final state is judged where there is one.
        """
        for check in self.events.violations:
            if check.kind is not CheckKind.ASSERT or check.property == name:
                return True
        return self.events.complete and not self.properties[name]

    @property
    def stuck(self) -> bool:
        """Whether some thread waits, and each that stopped early waits for what no other thread will do any more."""
        stops, values = self.events.stops, self.events.values
        lasting = [stop.for_good is not None and bool(values[stop.for_good]) for stop in stops]
        return bool(stops) and all(lasting)

    def overruns(self, name: str) -> tuple[Overrun, ...]:
        """Return the loops of a property or cover that want more rounds than they may have in the final state."""
        if not self.events.complete:
            return ()
        return tuple(item for item in self.program.overruns if item.of == name and self.events.values[item.condition])

    def gets_to(self, name: str) -> bool:
        """Whether an assert of the property called ``name`` is looked at that has to be somewhere."""
        values = self.events.values
        return any(item.reached is not None and values[item.reached] for item in self.program.checks if item.property == name)

    def reaches(self, name: str) -> bool:
        """Whether this execution has what the cover called ``name`` asks for."""
        return self.events.complete and self.covers[name]


def replay(program: Program, execution: Execution, *, valuator: Valuator | None = None) -> Replay:
    """Work out what happens in ``execution``.

    Args:
        program: the program.
        execution: what is claimed.
        valuator: one for this program, where there are many executions to replay.

    Raises:
        MalformedError: it is no execution of the program.

    """
    valuator = valuator or Valuator(program)
    events = valuator.evaluate(execution.switches, execution.choices, execution.reads)
    if not events.constraints_hold:
        raise MalformedError("a constraint of the program does not hold")
    _check_rmw(events)
    _check_rf(events, execution.rf)
    co = _checked_co(events, execution.co)
    memory = {address: events.value[order[-1]] for address, order in co.items()}
    events = valuator.judge(events, (execution.switches, execution.choices, execution.reads), memory)
    return Replay(
        execution=execution,
        events=events,
        co=co,
        memory=memory,
        properties={name: bool(events.values[expr]) for name, expr in program.properties.items()},
        covers={name: bool(events.values[expr]) for name, expr in program.covers.items()},
    )


def _check_rmw(events: Valuation) -> None:
    for read, write in events.rmw:
        if events.address.get(read) != events.address[write]:
            raise MalformedError(f"{read} and {write} are one read-modify-write, but of two locations")


def _check_rf(events: Valuation, rf: Mapping[int, int]) -> None:
    for event in events.events(Kind.READ):
        source = rf.get(event.id)
        if source is None:
            raise MalformedError(f"read {event.id} reads from no write")
        if source not in events.address or events.program.events[source].kind is not Kind.WRITE:
            raise MalformedError(f"read {event.id} reads from {source}, which is no executed write")
        if events.address[source] != events.address[event.id]:
            raise MalformedError(f"read {event.id} reads from {source}, which writes elsewhere")
        if events.value[source] != events.value[event.id]:
            raise MalformedError(f"read {event.id} reads another value than {source} writes")


def _checked_co(events: Valuation, claimed: Mapping[int, tuple[int, ...]]) -> dict[int, tuple[int, ...]]:
    result = {}
    for location in events.program.locations:
        writes = events.writes_to(location.address)
        initial = [write for write in writes if events.program.events[write].thread == INIT_THREAD]
        order = tuple(claimed.get(location.address, initial))
        if sorted(order) != sorted(writes):
            raise MalformedError(f"the coherence order of {location.name} is {order}, its writes are {writes}")
        if not initial or order[: len(initial)] != tuple(initial):
            raise MalformedError(f"{location.name} does not begin with its initial write")
        result[location.address] = order
    if strangers := set(claimed) - set(result):
        raise MalformedError(f"there is no location {min(strangers)}")
    return result
