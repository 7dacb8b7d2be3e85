"""What code does beyond computing, its callees included: recursion, memory it touches, assertions it makes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.language.errors import ACTS, RECURSION, TOUCHES_MEMORY, WAIT_ACTS, Reporter
from gupproof.language.tree import walk

ASSERTS = "asserts"  # what an assert without a name belongs to
NO_OVERFLOW = "no_overflow"
BUILT_IN_PROPERTIES = (ASSERTS, NO_OVERFLOW)  # which every scenario has

_ACTS: dict[type[typed.Node], str] = {
    typed.Store: "stores to memory",
    typed.Rmw: "is a read-modify-write",
    typed.CondLoad: "waits",
    typed.Fence: "is a fence",
    typed.Slot: "is a fence",
    typed.Interrupts: "changes the state of the CPU",
    typed.Rcu: "is an RCU operation",
    typed.SrcuLock: "is an RCU operation",
    typed.SrcuUnlock: "is an RCU operation",
    typed.SrcuSync: "is an RCU operation",
    typed.CallRcu: "is an RCU operation",
    typed.Increment: "assigns",
    typed.Await: "waits",
    typed.Assert: "asserts",
    typed.Assume: "assumes",
}


# What a round of a wait that fails would do, if it were made: everything but to look, to compute and to order.
_LEFT_BEHIND = {kind: words for kind, words in _ACTS.items() if kind not in (typed.Fence, typed.Slot)}


@dataclass(frozen=True, slots=True)
class Facts:
    """What some code does itself: the first place of each effect, and its calls.

    Attributes:
        acts: where it changes something or waits, and the words for it.
        leaves: where it does what a failing round of a wait must not do, and the words for it.
        waits: the conditions that it waits for.
        loads: where it reads memory.
        chooses: where it chooses.
        asserts: the properties its assertions name.
        calls: functions and the places of the calls.

    """

    acts: tuple[Span, str] | None
    leaves: tuple[Span, str] | None
    waits: tuple[typed.Expr, ...]
    loads: Span | None
    chooses: Span | None
    asserts: tuple[str, ...]
    calls: tuple[tuple[str, Span], ...]


def facts_of(roots: Iterable[typed.Node]) -> Facts:
    """Return what the code does itself."""
    acts: tuple[Span, str] | None = None
    leaves: tuple[Span, str] | None = None
    waits: list[typed.Expr] = []
    loads: Span | None = None
    chooses: Span | None = None
    asserts: list[str] = []
    calls: list[tuple[str, Span]] = []
    for node in walk(*roots):
        words = _ACTS.get(type(node))
        if words and acts is None:
            acts = (node.span, words)
        if type(node) in _LEFT_BEHIND and leaves is None:
            leaves = (node.span, _LEFT_BEHIND[type(node)])
        match node:
            case typed.Load():
                loads = loads or node.span
            case typed.Await() | typed.CondLoad():
                waits.append(node.condition)
            case typed.Choose():
                chooses = chooses or node.span
            case typed.Assert():
                asserts.append(node.property)
            case typed.Call():
                calls.append((node.function, node.span))
            case _:
                pass
    return Facts(acts, leaves, tuple(waits), loads, chooses, tuple(asserts), tuple(calls))


def reached(functions: Mapping[str, typed.Function], roots: Iterable[typed.Node]) -> tuple[typed.Node, ...]:
    """Return the bodies of the functions that some code calls, directly or not."""
    effects = Effects(functions)
    names = [name for _, name, _ in effects.reached(facts_of(roots))]
    return tuple(node for name in names for node in functions[name].body)


class Effects:
    """The facts of every function."""

    def __init__(self, functions: Mapping[str, typed.Function]) -> None:
        self._facts = {name: facts_of(function.body) for name, function in functions.items()}
        self._spans = {name: function.span for name, function in functions.items()}

    def reached(self, facts: Facts) -> list[tuple[Span, str, Facts]]:
        """Return the functions reached from some code: the call in that code, the function, its facts."""
        found: list[tuple[Span, str, Facts]] = []
        seen: set[str] = set()
        pending = [(span, name) for name, span in facts.calls]
        for span, name in pending:
            if name not in seen and name in self._facts:
                seen.add(name)
                found.append((span, name, self._facts[name]))
                pending.extend((span, callee) for callee, _ in self._facts[name].calls)
        return found

    def report_recursion(self, reporter: Reporter) -> None:
        """Report every circle of calls, once."""
        done: set[str] = set()
        for root in self._facts:
            path: list[str] = []
            pending: list[tuple[str, Span, int]] = [(root, self._spans[root], 0)]
            while pending:
                name, span, depth = pending.pop()
                del path[depth:]
                if name in path:
                    circle = [*path[path.index(name) :], name]
                    message = f"`{name}` calls itself: {' -> '.join(circle)}"
                    reporter.report(RECURSION, span, message)
                    continue
                if name in done or name not in self._facts:
                    continue
                done.add(name)
                path.append(name)
                pending.extend((callee, place, len(path)) for callee, place in reversed(self._facts[name].calls))

    def report_memory(self, roots: Iterable[typed.Node], what: str, reporter: Reporter) -> None:
        """Report what reads or changes memory in ``roots``, which may only compute."""
        facts = facts_of(roots)
        if facts.acts is not None:
            reporter.report(TOUCHES_MEMORY, facts.acts[0], f"{what} must not touch memory; this {facts.acts[1]}")
        elif facts.loads is not None:
            reporter.report(TOUCHES_MEMORY, facts.loads, f"{what} must not read memory")
        for span, name, inner in self.reached(facts):
            place = inner.acts[0] if inner.acts else inner.loads
            if place is not None:
                message = f"{what} must not touch memory, and `{name}` does at {place}"
                reporter.report(TOUCHES_MEMORY, span, message)

    def report_acts(self, roots: Iterable[typed.Node], what: str, reporter: Reporter) -> None:
        """Report what does more than look in ``roots``, a condition on the final state."""
        facts = facts_of(roots)
        if facts.acts is not None:
            reporter.report(ACTS, facts.acts[0], f"{what} only looks at the final state; this {facts.acts[1]}")
        if facts.chooses is not None:
            reporter.report(ACTS, facts.chooses, f"{what} only looks at the final state; it cannot choose")
        for span, name, inner in self.reached(facts):
            if inner.acts is not None:
                message = f"{what} only looks at the final state; `{name}` {_reason(inner.acts)}"
                reporter.report(ACTS, span, message)
            elif inner.chooses is not None:
                message = f"{what} only looks at the final state; `{name}` chooses at {inner.chooses}"
                reporter.report(ACTS, span, message)

    def report_waits(self, roots: Iterable[typed.Node], reporter: Reporter) -> None:
        """Report conditions that are waited for and do more than look: the rounds that fail would do it, too."""
        for condition in facts_of(roots).waits:
            facts = facts_of([condition])
            if facts.leaves is not None:
                reporter.report(WAIT_ACTS, facts.leaves[0], f"what is waited for is looked at only; this {facts.leaves[1]}")
            for span, name, inner in self.reached(facts):
                if inner.leaves is not None:
                    message = f"what is waited for is looked at only; `{name}` {_reason(inner.leaves)}"
                    reporter.report(WAIT_ACTS, span, message)

    def asserted(self, scenario: typed.Scenario) -> set[str]:
        """Return the properties that assertions in the scenario's code, and in the functions it reaches, name."""
        bodies: list[typed.Node] = [statement for thread in scenario.threads for statement in thread.body]
        bodies += [interrupt.handler for interrupt in scenario.interrupts]
        facts = facts_of(bodies)
        names = set(facts.asserts)
        for _, _, inner in self.reached(facts):
            names.update(inner.asserts)
        return names


def _reason(act: tuple[Span, str]) -> str:
    span, words = act
    return words.replace("is a", "has a") + f" at {span}"
