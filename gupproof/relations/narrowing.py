"""A program without what never happens: values that wrap around where all of them fit, faults that no value leads to."""

from collections.abc import Iterable
from dataclasses import replace

from gupproof.program.events import CheckKind, Dependency, Event, Program
from gupproof.program.expr import Expr, Op, fold
from gupproof.relations.domains import Domains


def narrowed(program: Program, domains: Domains) -> Program:
    """Return a program that means the same, its expressions simplified by the values that their parts can have.

    Raises:
        GupError: a value has too many possible values to enumerate.

    """
    pool = program.pool
    known: dict[Expr, Expr] = {}
    for expr in _wraps(program):
        inner, width = expr.args
        if all(fold(Op.WRAP, (value, width.value)) == value for value in domains.of(inner)):
            known[expr] = pool.substitute(inner, known)
    never = frozenset((0,))
    for check in program.checks:
        if check.kind is CheckKind.FAULT:
            known |= {part: pool.false for part in pool.conjuncts(check.violation) if domains.of(part) == never}
    if not known:
        return program

    def image(expr: Expr) -> Expr:
        return pool.substitute(expr, known)

    def dependencies(several: tuple[Dependency, ...]) -> tuple[Dependency, ...]:
        return tuple(Dependency(item.source, image(item.condition)) for item in several)

    def event(item: Event) -> Event:
        return replace(
            item,
            guard=image(item.guard),
            tags=tuple((tag, image(condition)) for tag, condition in item.tags),
            address=None if item.address is None else image(item.address),
            value=None if item.value is None else image(item.value),
            addr=dependencies(item.addr),
            data=dependencies(item.data),
            ctrl=dependencies(item.ctrl),
        )

    return replace(
        program,
        events=tuple(map(event, program.events)),
        constraints=tuple(map(image, program.constraints)),
        stops=tuple(replace(stop, condition=image(stop.condition)) for stop in program.stops),
        checks=tuple(replace(check, violation=image(check.violation)) for check in program.checks),
        properties={name: image(expr) for name, expr in program.properties.items()},
        covers={name: image(expr) for name, expr in program.covers.items()},
        overruns=tuple(replace(item, condition=image(item.condition)) for item in program.overruns),
        ghosts={name: image(expr) for name, expr in program.ghosts.items()},
        gp_order=tuple(replace(item, condition=image(item.condition)) for item in program.gp_order),
    )


def _wraps(program: Program) -> list[Expr]:
    """Return every WRAP of a program, operands first."""
    roots: list[Expr | None] = [*program.constraints, *program.properties.values(), *program.covers.values()]
    roots += [*program.ghosts.values(), *(stop.condition for stop in program.stops)]
    roots += [item.condition for item in program.overruns]
    roots += [*(check.violation for check in program.checks), *(item.condition for item in program.gp_order)]
    for event in program.events:
        roots += [event.guard, event.address, event.value, *(condition for _, condition in event.tags)]
        roots += [item.condition for item in (*event.addr, *event.data, *event.ctrl)]
    found = {expr for expr in _below(expr for expr in roots if expr is not None) if expr.op is Op.WRAP}
    return sorted(found, key=lambda expr: expr.index)


def _below(roots: Iterable[Expr]) -> set[Expr]:
    seen: set[Expr] = set()
    pending = list(roots)
    while pending:
        expr = pending.pop()
        if expr not in seen:
            seen.add(expr)
            pending.extend(expr.args)
    return seen
