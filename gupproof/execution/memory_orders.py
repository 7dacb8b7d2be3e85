"""Every choice of a write per read and of coherence orders that a model allows, for one set of concrete events.

Part of :mod:`gupproof.execution.enumerator`, which says how.
"""

from collections.abc import Iterator, Mapping

from gupproof.cat.terms import Axiom, Model, Term, TermOp
from gupproof.execution.axioms import violation
from gupproof.execution.relations import Interpretation, base_sets, fixed_relations, rows_of
from gupproof.execution.valuation import Valuation
from gupproof.program.events import INIT_THREAD, Kind

MemoryOrders = tuple[dict[int, int], dict[int, tuple[int, ...]]]
"""rf and co, as in an :class:`~gupproof.execution.execution.Execution`."""


class Judge:
    """The axioms of a model, sorted by what may be asked of them when rf and co are still incomplete."""

    def __init__(self, model: Model) -> None:
        self.axioms = [axiom for axiom in model.axioms if not axiom.flag]
        self.lasting = [axiom for axiom in self.axioms if not axiom.negated and _only_grows(axiom.term)]
        terms = {term for axiom in self.axioms for term in _below(axiom.term)}
        self.fixed = [term for term in terms if not term.is_dynamic and not term.free]


def memory_orders(events: Valuation, judge: Judge) -> Iterator[MemoryOrders]:
    """Yield every rf and co that make ``events`` an execution the model allows."""
    yield from _Search(events, judge).run()


class _Search:
    """Depth first: a write for each read, then the coherence orders from their beginnings."""

    def __init__(self, events: Valuation, judge: Judge) -> None:
        self._judge = judge
        self._count = len(events.program.events)
        self._universe = sum(1 << number for number in events.executed)
        self._sets, self._relations = base_sets(events), fixed_relations(events)
        meaning = Interpretation(self._universe, self._count, self._sets, self._relations)
        self._known = {term: meaning.value(term) for term in judge.fixed}
        self._writes: dict[int, list[int]] = {}
        for event in events.events(Kind.WRITE):
            self._writes.setdefault(events.address[event.id], []).append(event.id)
        self._initial = {event.id for event in events.events(Kind.WRITE) if event.thread == INIT_THREAD}
        self._sources = {
            event.id: [w for w in self._writes[events.address[event.id]] if events.value[w] == events.value[event.id]]
            for event in events.events(Kind.READ)
        }

    def run(self) -> Iterator[MemoryOrders]:
        rf = {read: sources[0] for read, sources in self._sources.items() if len(sources) == 1}
        undecided = [read for read, sources in self._sources.items() if len(sources) > 1]
        co = {address: tuple(w for w in writes if w in self._initial) for address, writes in self._writes.items()}
        if all(self._sources.values()) and self._passes(self._judge.lasting, rf, co):
            yield from self._choose_rf(undecided, rf, co)

    def _choose_rf(self, undecided: list[int], rf: dict[int, int], co: dict[int, tuple[int, ...]]) -> Iterator[MemoryOrders]:
        if not undecided:
            yield from self._choose_co(rf, co)
            return
        read, *rest = undecided
        for source in self._sources[read]:
            longer = rf | {read: source}
            if self._passes(self._judge.lasting, longer, co):
                yield from self._choose_rf(rest, longer, co)

    def _choose_co(self, rf: dict[int, int], co: dict[int, tuple[int, ...]]) -> Iterator[MemoryOrders]:
        address = next((a for a, writes in self._writes.items() if len(co[a]) < len(writes)), None)
        if address is None:
            if self._passes(self._judge.axioms, rf, co):
                yield rf, co
            return
        missing = [write for write in self._writes[address] if write not in co[address]]
        for write in missing:
            longer = co | {address: (*co[address], write)}
            # With one write missing there was no choice, and what follows is judged anyway.
            if len(missing) == 1 or self._passes(self._judge.lasting, rf, longer):
                yield from self._choose_co(rf, longer)

    def _passes(self, axioms: list[Axiom], rf: Mapping[int, int], co: Mapping[int, tuple[int, ...]]) -> bool:
        """Whether no axiom is broken by these parts of rf and co; what stands in co precedes what does not yet."""
        pairs = []
        for address, order in co.items():
            rest = [write for write in self._writes[address] if write not in order]
            pairs += [(write, after) for i, write in enumerate(order) for after in (*order[i + 1 :], *rest)]
        memory = {"rf": rows_of(((w, r) for r, w in rf.items()), self._count), "co": rows_of(pairs, self._count)}
        meaning = Interpretation(self._universe, self._count, self._sets, self._relations | memory, self._known)
        return all(violation(axiom, meaning) is None for axiom in axioms)


def _below(term: Term) -> set[Term]:
    found: set[Term] = set()
    stack = [term]
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack.extend(node.args)
    return found


def _only_grows(term: Term) -> bool:
    """Whether more of rf and co can only mean more of ``term``."""
    seen = set()
    stack = [(term, True)]
    while stack:
        node, positive = stack.pop()
        if (node, positive) in seen:
            continue
        seen.add((node, positive))
        if node.op is TermOp.BASE and node.name in ("rf", "co") and not positive:
            return False
        for position, arg in enumerate(node.args):
            flips = node.op is TermOp.COMPLEMENT or (node.op is TermOp.DIFF and position == 1)
            stack.append((arg, positive != flips))
    return True
