"""An execution as a story: its steps in an order that the model vouches for, who reads what from whom, what overtakes what."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gupproof.cat.terms import AxiomKind, Model, Sort
from gupproof.execution.printing import Printer
from gupproof.execution.relations import Interpretation, Rows, bits, closure, fixed_relations, memory_relations
from gupproof.execution.replay import Replay
from gupproof.program.events import INIT_THREAD, Event, Kind, Program


@dataclass(frozen=True, slots=True)
class Edge:
    """``rf``, ``co`` or ``fr`` from the step it is listed under to a step of another CPU, or a dependency of its own CPU."""

    name: str
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """One step.

    Attributes:
        step: its number, from 1.
        events: ids in the program: one, or those of a read-modify-write that nothing comes between.
        thread: name of the CPU it happens on.
        place: ``file.gup:12``.
        text: what the step is, in kernel words.
        kind: read, write or fence; a read-modify-write is a read that also writes.
        location: name of the word accessed; empty for a fence.
        value: what is read or written; empty for a fence.
        writes: what a read-modify-write writes; empty for others.
        reads_from: step of the write a read reads from; 0 for the initial value; None where the step is no read.
        overtakes: steps of the same CPU that stand before this one in the program and happen after it.
        edges: to steps of other CPUs.
        needed_by: ``addr``, ``data`` and ``ctrl`` to later steps of this CPU.

    """

    step: int
    events: tuple[int, ...]
    thread: str
    place: str
    text: str
    kind: Kind
    location: str
    value: str
    writes: str
    reads_from: int | None
    overtakes: tuple[int, ...]
    edges: tuple[Edge, ...]
    needed_by: tuple[Edge, ...] = ()


def tell(program: Program, model: Model, replay: Replay) -> tuple[StoryLine, ...]:
    """Tell ``replay``, an execution of ``program`` that ``model`` allows, without the initial writes."""
    steps = _grouped(program, _with_fences(replay, _told_order(model, replay)))
    step_of = {number: step for step, group in enumerate(steps, start=1) for number in group}
    edges, needed = _edges(replay, step_of), _dependencies(replay, step_of)
    printer = Printer(program)
    lines = []
    for step, group in enumerate(steps, start=1):
        event = program.events[group[0]]
        values = [
            printer.value_at(replay.events.address[number], replay.events.value[number])
            for number in group
            if number in replay.events.value
        ]
        source = replay.execution.rf.get(event.id)
        lines.append(
            StoryLine(
                step=step,
                events=group,
                thread=program.threads[event.thread].name,
                place=event.span.place,
                text=event.text,
                kind=event.kind,
                location=printer.location(replay.events.address[event.id]) if values else "",
                value=values[0] if values else "",
                writes=values[1] if len(values) > 1 else "",
                reads_from=None if source is None else step_of.get(source, 0),
                overtakes=_overtaken(program, event, step_of) if values else (),
                edges=edges.get(step, ()),
                needed_by=needed.get(step, ()),
            )
        )
    return tuple(lines)


LEGEND = (
    "One step a line, in an order that the model allows: (rf 3) names the step a value was read from, (fr 7) the step of "
    "another CPU that then overwrites it, (co 7) the step of another CPU that overwrites what was written. A step marked ! is "
    "out of program order: it takes effect before the steps named behind it, which stand before it on its own CPU."
)
WIDTH = 136
NARROWEST = 40


def render(lines: Iterable[StoryLine], *, width: int = WIDTH) -> str:
    """Return the story as text, a line for each step; :data:`LEGEND` explains its marks.

    Args:
        lines: the steps.
        width: what is longer goes on under itself.

    """
    rows = [(str(line.step), "!" if line.overtakes else " ", line.thread, line.place, line.text, line) for line in lines]
    widths = [max((len(str(row[column])) for row in rows), default=0) for column in range(5)]
    text = []
    for step, mark, thread, place, what, line in rows:
        start = f"{step:>{widths[0]}} {mark} {thread:<{widths[2]}}  {place:<{widths[3]}}  {what:<{widths[4]}}  "
        # The parts of what happens stay whole.
        parts, current = [], ""
        for part in happening(line):
            if current and len(start) + len(current) + len(part) + 2 > max(width, len(start) + NARROWEST):
                parts.append(current)
                current = part
            else:
                current = f"{current}, {part}" if current else part
        parts.append(current)
        text.append((start + f",\n{' ' * len(start)}".join(parts)).rstrip())
    return "\n".join(text)


def happening(line: StoryLine) -> list[str]:
    """Return what a step does, in parts: what is read from where, what is written, its edges, what it overtakes."""
    match line.kind:
        case Kind.FENCE:
            # What is no fence to the kernel's eyes may begin with one: a fully ordered read-modify-write, a store-release.
            return [] if line.text.endswith("()") else ["its fence"]
        case Kind.WRITE:
            said = [f"{line.location} := {line.value}"]
        case Kind.READ:
            said = [f"reads {line.location} = {line.value} (rf {line.reads_from or 'initial'})"]
            if line.writes:
                said.append(f"writes {line.writes}")
    said += [f"({edge.name} {edge.step})" for edge in line.edges if edge.name != "rf"]
    if line.overtakes:
        said.append(f"before {_ranges(line.overtakes)}")
    return said


def _ranges(steps: Sequence[int]) -> str:
    """Return ascending numbers with runs shortened: ``3, 5-8``."""
    runs: list[list[int]] = []
    for step in steps:
        if runs and step == runs[-1][-1] + 1:
            runs[-1].append(step)
        else:
            runs.append([step])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


# ── the order ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _told_order(model: Model, replay: Replay) -> list[int]:
    """The executed accesses of threads, in an order that the strongest axiom of the model allows and is easy to follow."""
    program, events = replay.program, replay.events
    # A grace period of SRCU has the address of its domain, and no value.
    accesses = [n for n in events.executed if n in events.value and program.events[n].thread != INIT_THREAD]
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
    """Put each fence as soon as all the accesses that stand before it have been told, but not before its thread's first."""
    program = replay.program
    waiting = [event for event in replay.events.events(Kind.FENCE) if event.thread != INIT_THREAD]
    remaining = set(accesses)
    order: list[int] = []

    def tell_fences(thread: int, before: int) -> None:
        for fence in list(waiting):
            due = not any(n < fence.id and program.events[n].thread == thread for n in remaining)
            if fence.thread == thread and fence.id < before and due:
                order.append(fence.id)
                waiting.remove(fence)

    for number in accesses:
        thread = program.events[number].thread
        tell_fences(thread, number)
        order.append(number)
        remaining.discard(number)
        tell_fences(thread, len(program.events))
    return order + [fence.id for fence in waiting]


def _grouped(program: Program, order: list[int]) -> list[tuple[int, ...]]:
    """Join what one primitive does: the halves of a read-modify-write, and the fences that belong to an access."""
    groups: list[tuple[int, ...]] = []
    for number in order:
        event = program.events[number]
        if groups:
            last = program.events[groups[-1][-1]]
            same = (event.thread, event.span, event.calls, event.text) == (last.thread, last.span, last.calls, last.text)
            adjacent = event.id == last.id + 1 and program.events[groups[-1][0]].kind is not Kind.FENCE
            if (event.rmw is not None and event.rmw == last.id) or (event.kind is Kind.FENCE and same and adjacent):
                groups[-1] += (number,)
                continue
        groups.append((number,))
    return groups


def _overtaken(program: Program, event: Event, step_of: dict[int, int]) -> tuple[int, ...]:
    overtaken = {
        step
        for number, step in step_of.items()
        if number < event.id
        and step > step_of[event.id]
        and program.events[number].thread == event.thread
        and program.events[number].kind is not Kind.FENCE
    }
    return tuple(sorted(overtaken))


def _edges(replay: Replay, step_of: dict[int, int]) -> dict[int, tuple[Edge, ...]]:
    """By step, the immediate communication between CPUs: rf, co to the next write, fr to the write after the one read."""
    program = replay.program
    after = {write: following for order in replay.co.values() for write, following in itertools.pairwise(order)}
    found: list[tuple[str, int, int]] = [("rf", write, read) for read, write in replay.execution.rf.items()]
    found += [("co", write, following) for write, following in after.items()]
    found += [("fr", read, after[write]) for read, write in replay.execution.rf.items() if write in after]
    edges: dict[int, set[Edge]] = {}
    for name, left, right in found:
        crossing = program.events[left].thread != program.events[right].thread
        if crossing and left in step_of and right in step_of:
            edges.setdefault(step_of[left], set()).add(Edge(name, step_of[right]))
    return {step: tuple(sorted(listed, key=lambda edge: (edge.step, edge.name))) for step, listed in edges.items()}


def _dependencies(replay: Replay, step_of: dict[int, int]) -> dict[int, tuple[Edge, ...]]:
    """By step, what depends on it: the strongest dependency between two steps, and no control dependency where one follows."""
    found: dict[int, dict[int, str]] = {}
    for name in ("ctrl", "data", "addr"):
        for source, target in getattr(replay.events, name):
            if source in step_of and target in step_of and step_of[source] != step_of[target]:
                found.setdefault(step_of[source], {})[step_of[target]] = name
    result = {}
    for step, targets in found.items():
        kept = {target for target, name in targets.items() if name != "ctrl"}
        controlled = [target for target, name in targets.items() if name == "ctrl"]
        # A branch reaches all that comes after it: the first step says it.
        first = min(controlled, key=lambda target: min(number for number, at in step_of.items() if at == target), default=None)
        kept |= {first} if first is not None else set()
        result[step] = tuple(Edge(targets[target], target) for target in sorted(kept))
    return result
