"""Judges a trace by the axioms of its memory model and by the law of grace periods: an account that knows no buffers.

SC and x86-TSO as in Alglave, Maranget, Tautschnig, Herding Cats (2014), figures 21 and 23; the law as in docs/language.md,
"RCU".
"""

from collections.abc import Iterable, Iterator
from itertools import product

from gupproof.meaning import Machine
from gupproof.meaning.trace import Step, StepKind, Trace

MEMORY = (StepKind.READ, StepKind.WRITE, StepKind.UPDATE)
FENCES = ("smp_mb", "tlbi_sync", "switch")
LOADS_WHEN_THEY_FAIL = ("atomic_add_unless", "spin_trylock")

Edges = set[tuple[int, int]]


def complaint(trace: Trace, machine: Machine, initial: dict[str, object]) -> str:
    """Return what is wrong with a trace; empty if nothing is."""
    order = dict(trace.order)
    for step in trace.steps:
        if step.read is None or step.kind is StepKind.LOOK:
            continue
        given = initial[step.name] if step.source is None else trace.steps[step.source].written
        if step.read != given:
            return f"{step} reads what {step.source} did not write"
        if step.kind is StepKind.UPDATE and step.written is not None:
            chain = [None, *order[step.name]]
            if chain[chain.index(step.number) - 1] != step.source:
                return f"{step} is not atomic"
    if _has_cycle(_same_word(trace) | _communication(trace)):
        return "accesses to one word are out of order"
    base = _kept(trace, machine) | _between_cpus(trace)
    alternatives = [_orders(trace, section, grace) for section in _sections(trace) for grace in _graces(trace)]
    alternatives = [choice for choice in alternatives if choice is not None]
    if not any(not _has_cycle(base.union(*chosen)) for chosen in product(*alternatives)):
        return "no order of sections and grace periods explains it" if alternatives else "out of order"
    return ""


def _by_cpu(trace: Trace) -> dict[str, list[Step]]:
    found: dict[str, list[Step]] = {}
    for step in trace.steps:
        found.setdefault(step.cpu, []).append(step)
    return found


def _pairs(steps: list[Step]) -> Iterator[tuple[Step, Step]]:
    for place, one in enumerate(steps):
        for other in steps[place + 1 :]:
            yield one, other


def _is_locked(step: Step) -> bool:
    return step.kind is StepKind.UPDATE and not (step.written is None and step.primitive in LOADS_WHEN_THEY_FAIL)


def _is_fence(step: Step) -> bool:
    return step.primitive in FENCES or step.kind is StepKind.GRACE or _is_locked(step)


def _kept(trace: Trace, machine: Machine) -> Edges:
    """The program order that is kept."""
    edges: Edges = set()
    for steps in _by_cpu(trace).values():
        for one, other in _pairs(steps):
            if one.kind is StepKind.WRITE and other.read is not None and machine is Machine.TSO:
                fenced = any(_is_fence(step) for step in steps if one.number <= step.number <= other.number)
                if not fenced:
                    continue
            edges.add((one.number, other.number))
    callers = dict(trace.callbacks)
    for name, steps in _by_cpu(trace).items():
        if name in callers:
            caller = trace.steps[callers[name]]
            edges |= {
                (before.number, steps[0].number)
                for before in trace.steps
                if before.cpu == caller.cpu and before.number <= caller.number
            }
    # Only accesses are ordered with others; fences and the like order what stands around them.
    memory = {step.number for step in trace.steps if step.kind in MEMORY}
    return {(one, other) for one, other in edges if one in memory and other in memory}


def _same_word(trace: Trace) -> Edges:
    return {
        (one.number, other.number)
        for steps in _by_cpu(trace).values()
        for one, other in _pairs([step for step in steps if step.kind in MEMORY])
        if one.name == other.name
    }


def _communication(trace: Trace) -> Edges:
    edges: Edges = set()
    order = dict(trace.order)
    for writes in order.values():
        edges |= {(one, other) for place, one in enumerate(writes) for other in writes[place + 1 :]}
    for step in trace.steps:
        if step.read is None or step.kind not in MEMORY:
            continue
        writes = order.get(step.name, ())
        later = writes if step.source is None else writes[writes.index(step.source) + 1 :]
        edges |= {(step.number, write) for write in later if write != step.number}
        if step.source is not None:
            edges.add((step.source, step.number))
    return edges


def _between_cpus(trace: Trace) -> Edges:
    """Communication, without reads from a CPU's own stores: those may be ahead of memory."""
    steps = trace.steps
    own = {(step.source, step.number) for step in steps if step.source is not None and steps[step.source].cpu == step.cpu}
    return _communication(trace) - own


# ── the law of grace periods ─────────────────────────────────────────────────────────────────────────────────────────

Section = tuple[str, Step, Step | None]  # domain, beginning, end
Grace = tuple[str, Step, str, int]  # domain, beginning, the CPU of what follows, the number of the last step before that


def _sections(trace: Trace) -> list[Section]:
    made: list[Section] = []
    open_now: dict[str, Step] = {}
    for step in trace.steps:
        if step.name != "rcu":
            continue
        if step.kind is StepKind.ENTER:
            open_now[step.thread] = step
        elif step.kind is StepKind.LEAVE:
            made.append(("rcu", open_now.pop(step.thread), step))
    return made + [("rcu", step, None) for step in open_now.values()]


def _graces(trace: Trace) -> list[Grace]:
    made: list[Grace] = [
        ("rcu", step, step.cpu, step.number) for step in trace.steps if step.kind is StepKind.GRACE and step.name == "rcu"
    ]
    return made + [("rcu", trace.steps[number], name, -1) for name, number in trace.callbacks]


def _orders(trace: Trace, section: Section, grace: Grace) -> list[Edges] | None:
    """The two ways in which a section and a grace period may be ordered; None if they are on one CPU."""
    _, begin, end = section
    _, start, follower, last = grace
    if begin.cpu in (start.cpu, follower):
        return None
    follows = [step.number for step in trace.steps if step.cpu == follower and step.number > last]
    precedes = [step.number for step in trace.steps if step.cpu == start.cpu and step.number < start.number]
    ways = [_all(precedes, (step.number for step in trace.steps if step.cpu == begin.cpu and step.number > begin.number))]
    if end is not None:
        ways.append(_all((step.number for step in trace.steps if step.cpu == end.cpu and step.number < end.number), follows))
    return ways


def _all(before: Iterable[int], after: Iterable[int]) -> Edges:
    return set(product(list(before), list(after)))


def _has_cycle(edges: Edges) -> bool:
    after: dict[int, set[int]] = {}
    for one, other in edges:
        after.setdefault(one, set()).add(other)
    state: dict[int, int] = {}
    for root, first in after.items():
        pending = [(root, iter(first))]
        if state.setdefault(root, 1) == 2:
            continue
        while pending:
            node, rest = pending[-1]
            following = next(rest, None)
            if following is None:
                state[node] = 2
                pending.pop()
            elif state.get(following) == 1:
                return True
            elif following not in state:
                state[following] = 1
                pending.append((following, iter(after.get(following, ()))))
    return False
