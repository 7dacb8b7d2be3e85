"""A solver's assignment back as an execution."""

from gupproof.encoding.encoding import Encoding
from gupproof.execution.execution import Execution
from gupproof.program.events import INIT_THREAD, Kind
from gupproof.solving.solver import Assignment


def wanted(encoding: Encoding) -> frozenset[int]:
    """Return the variables whose values make up an execution."""
    tables = (*encoding.switches.values(), *encoding.choices.values(), *encoding.values.values())
    literals = [literal for table in tables for literal in table.values()]
    literals += [*encoding.executes.values(), *encoding.rf.values(), *encoding.co.values()]
    for event in encoding.program.events:
        literals += encoding.addresses.get(event.id, {}).values()
    return frozenset(map(abs, literals))


def decode(encoding: Encoding, assignment: Assignment) -> Execution:
    """Return the execution that ``assignment`` describes."""

    def chosen(table: dict[int, int]) -> int:
        return next(value for value, literal in sorted(table.items()) if assignment.holds(literal))

    executed = {event for event, literal in encoding.executes.items() if assignment.holds(literal)}
    events = encoding.program.events
    writes: dict[int, list[int]] = {}
    for number in sorted(executed):
        if events[number].kind is Kind.WRITE:
            writes.setdefault(chosen(encoding.addresses[number]), []).append(number)
    before = {pair for pair, literal in encoding.co.items() if assignment.holds(literal)}
    co = {
        address: tuple(sorted(numbers, key=lambda w: (events[w].thread != INIT_THREAD, _rank(w, numbers, before))))
        for address, numbers in writes.items()
    }
    return Execution(
        switches={name: chosen(table) for name, table in encoding.switches.items()},
        choices={number: chosen(table) for number, table in encoding.choices.items()},
        reads={number: chosen(table) for number, table in encoding.values.items() if number in executed},
        rf={read: write for (write, read), literal in encoding.rf.items() if read in executed and assignment.holds(literal)},
        co=co,
    )


def _rank(write: int, numbers: list[int], before: set[tuple[int, int]]) -> int:
    return sum((other, write) in before for other in numbers)
