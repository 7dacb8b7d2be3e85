"""Short texts unrolled, and what to ask of the events that come out."""

from collections.abc import Mapping
from dataclasses import dataclass

from gupproof.execution.enumerator import Outcome, outcomes
from gupproof.language import load_text
from gupproof.program.events import INIT_THREAD, Event, Program
from gupproof.program.expr import Expr, evaluate
from gupproof.program.scenario import lower
from gupproof.program.target_reader import known_targets
from tests.support.models import model

TARGETS = {target.name: target for target in known_targets()}
MODEL_TARGETS = {"sc": "x86-64", "x86-tso": "x86-64", "armv8": "arm64-lse"}

SHARED = """
config K : bool = false;
config MODE : red | green | blue = red;
slot gap : none | smp_wmb | smp_mb = none;
struct node { int f; struct node *next; };
fn put(int *out, int v) { *out = v; }
fn same(int v) -> int { return v; }
"""
MEMORY = (
    "int x, y, z; atomic_t c; unsigned int u; unsigned long w; spinlock_t lock; struct node n, m; struct node *p; int a[3];"
)


@dataclass(frozen=True)
class Lowered:
    """A program whose events are asked for by what they do: ``READ_ONCE(x)``."""

    program: Program

    def events(self, text: str) -> list[Event]:
        return [event for event in self.program.events if event.text == text and event.thread != INIT_THREAD]

    def event(self, text: str) -> Event:
        (found,) = self.events(text)
        return found

    def order(self) -> list[str]:
        """What the events of the threads do, in program order."""
        return [event.text for event in self.program.events if event.thread != INIT_THREAD]

    def depends(self, event: Event | str, kind: str) -> dict[str, Expr]:
        """The reads an event depends on, by what they read, and when."""
        target = self.event(event) if isinstance(event, str) else event
        return {self.program.events[item.source].text: item.condition for item in getattr(target, kind)}

    def sources(self, event: Event | str, kind: str) -> set[str]:
        """The reads an event depends on, whatever the condition."""
        return set(self.depends(event, kind))

    def given(self, expr: Expr, **reads: int) -> int:
        """The value of an expression where ``READ_ONCE`` of the locations named yields the values given; other reads 0."""
        leaves = {}
        for event in self.program.events:
            if event.value is not None and event.value.op.value == "read":
                leaves[event.value] = reads.get(event.text.removeprefix("READ_ONCE(").removesuffix(")"), 0)
        leaves |= {expr: reads.get(name, 0) for name, expr in self.program.switches.items() if expr.op.value == "config"}
        leaves |= {choice: options[0] for choice, options in self.program.pool.options.items() if choice not in leaves}
        return evaluate(expr, leaves, self.program.pool.locations)

    def executes(self, text: str, **reads: int) -> bool:
        """Whether one of the events with that text executes where the reads yield the values given."""
        return any(self.given(event.guard, **reads) for event in self.events(text))


def lowered(text: str, target: str = "arm64-lse", fixed: Mapping[str, int] | None = None) -> Lowered:
    """Unroll the one scenario of a text."""
    unit = load_text(text)
    (scenario,) = unit.scenarios.values()
    return Lowered(lower(unit, scenario, TARGETS[target], fixed=fixed))


def scenario(*items: str, before: str = "") -> str:
    """A file with :data:`SHARED` and a scenario with :data:`MEMORY` and ``items``."""
    return f"{SHARED}{before}\nscenario s {{ {MEMORY} ghost int r, q; {' '.join(items)} }}"


def thread(
    code: str, *items: str, before: str = "", target: str = "arm64-lse", fixed: Mapping[str, int] | None = None
) -> Lowered:
    """Unroll one thread."""
    return lowered(scenario(f"thread t {{ {code} }}", *items, before=before), target, fixed)


def ends(text: str, model_name: str = "sc", switches: Mapping[str, int] | None = None) -> frozenset[Outcome]:
    """Return how the one scenario of a text can end, complete or not."""
    program = lowered(text, MODEL_TARGETS[model_name]).program
    return outcomes(program, model(model_name), dict.fromkeys(program.switches, 0) | dict(switches or {}))


def finals(text: str, *names: str, model_name: str = "sc", switches: Mapping[str, int] | None = None) -> set[tuple[int, ...]]:
    """Return the final values of ghosts and locations, over all executions that run to their end."""
    found = set()
    for end in ends(text, model_name, switches):
        if end.complete:
            values = dict(end.memory) | dict(end.ghosts)
            found.add(tuple(values[name] for name in names))
    return found


def result(code: str, *items: str, before: str = "", switches: Mapping[str, int] | None = None) -> set[int]:
    """Return the values that ``r`` can have after one thread alone has run."""
    text = scenario(f"thread t {{ {code} }}", *items, before=before)
    return {value for (value,) in finals(text, "r", switches=switches)}
