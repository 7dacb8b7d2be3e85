"""An execution as a story: its steps in an order that the model vouches for, who reads what from whom, what overtakes what."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from gupproof.cat.terms import AxiomKind, Model, Sort
from gupproof.execution.printing import Printer
from gupproof.execution.relations import Interpretation, Rows, bits, closure, fixed_relations, memory_relations
from gupproof.execution.replay import Replay
from gupproof.program.events import INIT_THREAD, Event, Kind, Program


@dataclass(frozen=True, slots=True)
class Edge:
    """``rf``, ``co`` or ``fr`` from the step it is listed under to a step of another CPU."""

    name: str
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """One step.

    Attributes:
        step: its number, from 1.
        event: id in the program.
        thread: name of the CPU it happens on.
        place: ``file.gup:12``.
        text: what the step is, in kernel words.
        kind: read, write or fence.
        location: name of the word accessed; empty for a fence.
        value: what is read or written; empty for a fence.
        reads_from: step of the write a read reads from; 0 for the initial value; None where the step is no read.
        overtakes: steps of the same CPU that stand before this one in the program and happen after it.
        edges: to steps of other CPUs.

    """

    step: int
    event: int
    thread: str
    place: str
    text: str
    kind: Kind
    location: str
    value: str
    reads_from: int | None
    overtakes: tuple[int, ...]
    edges: tuple[Edge, ...]


def tell(program: Program, model: Model, replay: Replay) -> tuple[StoryLine, ...]:
    """Tell ``replay``, an execution of ``program`` that ``model`` allows, without the initial writes."""
    order = _with_fences(replay, _told_order(model, replay))
    step_of = {number: step for step, number in enumerate(order, start=1)}
    edges = _edges(replay, step_of)
    printer = Printer(program)
    lines = []
    for number, step in step_of.items():
        event = program.events[number]
        address = replay.events.address.get(number)
        source = replay.execution.rf.get(number)
        lines.append(
            StoryLine(
                step=step,
                event=number,
                thread=program.threads[event.thread].name,
                place=event.span.place,
                text=event.text,
                kind=event.kind,
                location="" if address is None else printer.location(address),
                value="" if address is None else printer.value_at(address, replay.events.value[number]),
                reads_from=None if source is None else step_of.get(source, 0),
                overtakes=_overtaken(program, event, step_of) if event.kind is not Kind.FENCE else (),
                edges=edges.get(number, ()),
            )
        )
    return tuple(lines)


def render(lines: Iterable[StoryLine]) -> str:
    """Return the story as text, a line for each step."""
    lines = tuple(lines)
    places = {line.step: line.place for line in lines}
    rows = [(str(line.step), line.thread, line.place, line.text, _happening(line, places)) for line in lines]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    return "\n".join(
        f"{row[0]:>{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]:<{widths[2]}}  {row[3]:<{widths[3]}}  {row[4]}".rstrip()
        for row in rows
    )


def _happening(line: StoryLine, places: dict[int, str]) -> str:
    match line.kind:
        case Kind.FENCE:
            return ""
        case Kind.WRITE:
            said = f"{line.location} := {line.value}"
        case Kind.READ:
            source = f"from step {line.reads_from}" if line.reads_from else "the initial value"
            said = f"reads {line.value} from {line.location}, {source}"
    if line.overtakes:
        said += "; before " + ", ".join(f"step {step} ({places[step]})" for step in line.overtakes) + " of its own CPU"
    follows = [f"step {edge.step}" for edge in line.edges if edge.name == "fr"]
    return said + (f"; {' and '.join(follows)} overwrites that later" if follows else "")


# ── the order ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _told_order(model: Model, replay: Replay) -> list[int]:
    """The executed accesses of threads, in an order that the strongest axiom of the model allows and is easy to follow."""
    program, events = replay.program, replay.events
    accesses = [n for n in events.executed if n in events.address and program.events[n].thread != INIT_THREAD]
    order = _constraint(model, replay)
    told: list[int] = []
    remaining = sum(1 << number for number in accesses)
    current = INIT_THREAD
    before = {number: sum(1 << other for other in accesses if order[other] >> number & 1) for number in accesses}
    earlier = {
        number: sum(1 << n for n in accesses if n < number and program.events[n].thread == program.events[number].thread)
        for number in accesses
    }
    while remaining:
        ready = [number for number in bits(remaining) if not before[number] & remaining]
        # In program order if possible; then without a change of CPU.
        number = min(ready, key=lambda n: (bool(earlier[n] & remaining), program.events[n].thread != current, n))
        told.append(number)
        remaining &= ~(1 << number)
        current = program.events[number].thread
    return told


def _constraint(model: Model, replay: Replay) -> Rows:
    """The strictest order that holds: the largest acyclic relation of the model, with communication where that fits."""
    meaning = Interpretation.of(replay)
    count = len(replay.program.events)
    base = fixed_relations(replay.events) | memory_relations(replay.execution.rf, replay.co.values(), count)
    kept: Rows = (0,) * count
    for axiom in model.axioms:
        if axiom.kind is AxiomKind.ACYCLIC and not axiom.negated and not axiom.flag and axiom.term.sort is Sort.REL:
            rows = closure(meaning.relation(axiom.term))
            if _is_acyclic(rows) and _size(rows) > _size(kept):
                kept = rows
    po_loc = tuple(a & b for a, b in zip(base["po"], base["loc"], strict=True))
    for extra in (base["rf"], base["co"], po_loc):
        joined = closure(tuple(a | b for a, b in zip(kept, extra, strict=True)))
        if _is_acyclic(joined):
            kept = joined
    return kept


def _is_acyclic(closed: Rows) -> bool:
    return not any(row >> event & 1 for event, row in enumerate(closed))


def _size(rows: Rows) -> int:
    return sum(row.bit_count() for row in rows)


def _with_fences(replay: Replay, accesses: list[int]) -> list[int]:
    """Put each fence after all the accesses that stand before it, where that is before the next one after it."""
    program = replay.program
    fences = [event for event in replay.events.events(Kind.FENCE) if event.thread != INIT_THREAD]
    order: list[int] = []
    remaining = set(accesses)
    for number in accesses:
        for fence in list(fences):
            same = fence.thread == program.events[number].thread and fence.id < number
            if same and not any(n < fence.id and program.events[n].thread == fence.thread for n in remaining):
                order.append(fence.id)
                fences.remove(fence)
        order.append(number)
        remaining.discard(number)
    return order + [fence.id for fence in fences]


def _overtaken(program: Program, event: Event, step_of: dict[int, int]) -> tuple[int, ...]:
    return tuple(
        sorted(
            step
            for number, step in step_of.items()
            if number < event.id
            and step > step_of[event.id]
            and program.events[number].thread == event.thread
            and program.events[number].kind is not Kind.FENCE
        )
    )


def _edges(replay: Replay, step_of: dict[int, int]) -> dict[int, tuple[Edge, ...]]:
    """The immediate communication between CPUs: rf, co to the next write, fr to the write after the one read."""
    program = replay.program
    after = {write: following for order in replay.co.values() for write, following in itertools.pairwise(order)}
    found: list[tuple[str, int, int]] = [("rf", write, read) for read, write in replay.execution.rf.items()]
    found += [("co", write, following) for write, following in after.items()]
    found += [("fr", read, after[write]) for read, write in replay.execution.rf.items() if write in after]
    edges: dict[int, list[Edge]] = {}
    for name, left, right in found:
        crossing = program.events[left].thread != program.events[right].thread
        if crossing and left in step_of and right in step_of:
            edges.setdefault(left, []).append(Edge(name, step_of[right]))
    return {number: tuple(sorted(listed, key=lambda edge: (edge.step, edge.name))) for number, listed in edges.items()}
