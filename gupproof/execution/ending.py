"""How an execution ends: the values that decided a property."""

from collections.abc import Mapping
from dataclasses import dataclass

from gupproof.execution.printing import Printer
from gupproof.execution.replay import Replay
from gupproof.program.events import Program
from gupproof.program.expr import Expr, Op


@dataclass(frozen=True, slots=True)
class FinalValue:
    """A ghost or a word of memory, and what it holds at the end."""

    name: str
    value: str


def final_values(program: Program, replay: Replay, name: str, ghosts: Mapping[str, str]) -> tuple[FinalValue, ...]:
    """Return what property ``name`` looked at in the final state: ghosts as given, then memory in order of address.

    Args:
        program: what was executed.
        replay: the execution.
        name: of a property.
        ghosts: those that the property names, with their types.

    """
    printer = Printer(program)
    values = [FinalValue(ghost, printer.value(replay.events.ghosts[ghost], kind)) for ghost, kind in ghosts.items()]
    words = sorted(_looked_at(program.properties[name], replay.events.values) & replay.memory.keys())
    memory = [FinalValue(printer.location(word), printer.value_at(word, replay.memory[word])) for word in words]
    return (*values, *memory)


def _looked_at(expr: Expr, values: Mapping[Expr, int]) -> set[int]:
    """Return the addresses whose final value ``expr`` depends on, along the branches it takes."""
    found: set[int] = set()
    seen: set[Expr] = set()
    pending = [expr]
    while pending:
        node = pending.pop()
        if node in seen or node not in values:
            continue
        seen.add(node)
        if node.op is Op.FINAL:
            found.add(values[node.args[0]])
        if node.op is Op.ITE:
            pending += [node.args[0], node.args[1 if values[node.args[0]] else 2]]
        elif node.op in (Op.LAND, Op.LOR):
            # As C evaluates them: the second operand only if the first does not decide.
            first, second = node.args
            decides = bool(values[first]) == (node.op is Op.LOR)
            pending += [first] if decides else [first, second]
        else:
            pending += node.args
    return found
