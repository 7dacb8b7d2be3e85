"""An execution as a graph in the DOT language: what each CPU does, top to bottom, and the edges of the memory model's base."""

import itertools

from gupproof.execution.printing import Printer
from gupproof.execution.replay import Replay
from gupproof.program.events import INIT_THREAD, Event, Kind

_STYLES = {"rf": "red", "co": "blue", "fr": "orange", "addr": "purple", "data": "purple", "ctrl": "purple", "rmw": "black"}


def edges(replay: Replay) -> tuple[tuple[str, int, int], ...]:
    """Return the edges of an execution by name: communication to the next write only, and dependencies that apply."""
    found = [("rf", write, read) for read, write in replay.execution.rf.items()]
    after = {write: later for order in replay.co.values() for write, later in itertools.pairwise(order)}
    found += [("co", write, later) for write, later in after.items()]
    found += [("fr", read, after[write]) for read, write in replay.execution.rf.items() if write in after]
    found += [("rmw", *pair) for pair in replay.events.rmw]
    found += [(kind, *pair) for kind in ("addr", "data", "ctrl") for pair in getattr(replay.events, kind)]
    return tuple(sorted(set(found)))


def dot(replay: Replay, title: str) -> str:
    """Return the graph."""
    program, executed = replay.program, sorted(replay.events.executed)
    printer = Printer(program)
    shown = [number for number in executed if program.events[number].thread != INIT_THREAD or _matters(replay, number)]
    lines = [f"digraph {_quoted(title)} {{", "  node [shape=plaintext, fontname=monospace];", f"  label={_quoted(title)};"]
    for thread, info in enumerate(program.threads):
        own = [number for number in shown if program.events[number].thread == thread]
        lines += [f"  subgraph cluster_{thread} {{", f"    label={_quoted(info.name)};"]
        lines += [f"    e{number} [label={_quoted(_label(replay, printer, program.events[number]))}];" for number in own]
        lines += [f"    e{one} -> e{other} [label=po];" for one, other in itertools.pairwise(own)]
        lines += ["  }"]
    initial = [number for number in shown if program.events[number].thread == INIT_THREAD]
    lines += [f"  e{number} [label={_quoted(_label(replay, printer, program.events[number]))}];" for number in initial]
    kept = set(shown)
    lines += [
        f"  e{source} -> e{target} [label={name}, color={_STYLES[name]}, fontcolor={_STYLES[name]}, constraint=false];"
        for name, source, target in edges(replay)
        if source in kept and target in kept
    ]
    return "\n".join([*lines, "}", ""])


def _matters(replay: Replay, write: int) -> bool:
    """Whether an initial write is read or overwritten."""
    return write in replay.execution.rf.values() or any(len(order) > 1 and order[0] == write for order in replay.co.values())


def _label(replay: Replay, printer: Printer, event: Event) -> str:
    tags = "".join(f".{tag}" for tag, _ in event.tags if tag != "IW")
    if event.kind is Kind.FENCE:
        return f"{event.id}: F{tags}"
    address, value = replay.events.address[event.id], replay.events.value[event.id]
    kind = "R" if event.kind is Kind.READ else "W"
    return f"{event.id}: {kind}{tags} {printer.location(address)}={printer.value_at(address, value)}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
