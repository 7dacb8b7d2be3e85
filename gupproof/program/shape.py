"""Whether two texts unroll to the same program: all of it but the places in the text and the words for them."""

from gupproof.program.events import Dependency, Event, Program

Shape = tuple[object, ...]


def shape(program: Program) -> Shape:
    """Return what a program means to a memory model; equal for programs that have the same executions in the same words."""
    pool = program.pool
    return (
        pool.contents(),
        tuple((choice.index, values) for choice, values in pool.options.items()),
        tuple(_event(event) for event in program.events),
        program.locations,
        tuple((name, expr.index) for name, expr in program.switches.items()),
        tuple(expr.index for expr in program.constraints),
        tuple((stop.reason, stop.condition.index) for stop in program.stops),
        tuple((check.kind, check.violation.index, check.property) for check in program.checks),
        tuple((name, expr.index) for name, expr in program.properties.items()),
        tuple((name, expr.index) for name, expr in program.covers.items()),
        tuple((item.of, item.condition.index) for item in program.overruns),
        tuple((name, expr.index) for name, expr in program.ghosts.items()),
    )


def _event(event: Event) -> Shape:
    return (
        event.thread,
        event.kind,
        event.guard.index,
        tuple((tag, condition.index) for tag, condition in event.tags),
        event.address.index if event.address is not None else None,
        event.value.index if event.value is not None else None,
        *(tuple(map(_dependency, sources)) for sources in (event.addr, event.data, event.ctrl)),
        event.rmw,
        event.part_of,
    )


def _dependency(dependency: Dependency) -> tuple[int, int]:
    return dependency.source, dependency.condition.index
