"""What a property found at the end of a refutation."""

from gupproof.execution.ending import FinalValue, final_values
from gupproof.execution.replay import Replay
from gupproof.language import typed
from gupproof.language.tree import walk
from gupproof.program.events import CheckKind, Program


def ending(program: Program, scenario: typed.Scenario, found: Replay, name: str) -> tuple[FinalValue, ...]:
    """Return what the property called ``name`` looked at, if it is its failure in the final state that refutes it.

    Args:
        program: the scenario unrolled.
        scenario: where the property stands.
        found: the refutation.
        name: of the property.

    """
    conditions = [item.condition for item in scenario.properties if item.name == name]
    astray = any(check.kind is CheckKind.FAULT for check in found.events.violations)
    if astray or not conditions or not found.events.complete or found.properties[name]:
        return ()
    named = {node.name for node in walk(conditions[0]) if isinstance(node, typed.Local)}
    ghosts = {ghost.name: str(ghost.type) for ghost in scenario.ghosts if ghost.name in named}
    return final_values(program, found, name, ghosts)
