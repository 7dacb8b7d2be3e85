"""Execution, addresses, rf and co as literals."""

from gupproof.cat.terms import Sort, TermPool
from gupproof.encoding.cnf import FALSE, TRUE, Cnf
from gupproof.encoding.values import Values
from gupproof.program.events import Kind
from gupproof.relations.analysis import Analysis, bits
from gupproof.relations.bounds import Bounds


class BaseRelations:
    """What a program's own structure supplies: who executes, who accesses what, who reads from whom.

    Every literal here is exact: true just when the pair or event is in the relation or set.
    """

    def __init__(self, cnf: Cnf, analysis: Analysis, bounds: Bounds) -> None:
        self.cnf = cnf
        self.analysis = analysis
        self.bounds = bounds
        self.program = analysis.program
        locations = frozenset(location.address for location in self.program.locations)
        self.values = Values(cnf, analysis.domains, locations, self.final_values)
        pool = TermPool()
        self._rf_bounds = bounds.rel(pool.base("rf", Sort.REL))
        self._co_bounds = bounds.rel(pool.base("co", Sort.REL))
        self._executes: dict[int, int] = {}
        self._pairs: dict[tuple[int, int], int] = {}
        self._same: dict[tuple[int, int], int] = {}
        self._co: dict[tuple[int, int], int] = {}
        self._finals: dict[int, dict[int, int]] = {}
        self._last: dict[int, dict[int, int]] = {}
        self.rf: dict[tuple[int, int], int] = {}
        self._encode_rf()

    # ── execution and addresses ──────────────────────────────────────────────────────────────────────────────────────

    def executes(self, event: int) -> int:
        """Return the literal of "the event executes"."""
        if event not in self._executes:
            live = self.analysis.live >> event & 1
            self._executes[event] = self.values.truth(self.program.events[event].guard) if live else FALSE
        return self._executes[event]

    def both(self, a: int, b: int) -> int:
        """Return the literal of "both events execute"."""
        if self.analysis.implied[a] >> b & 1:
            return self.executes(a)
        if self.analysis.implied[b] >> a & 1:
            return self.executes(b)
        key = (min(a, b), max(a, b))
        if key not in self._pairs:
            possible = self.analysis.together[a] >> b & 1
            self._pairs[key] = self.cnf.conjunction([self.executes(a), self.executes(b)]) if possible else FALSE
        return self._pairs[key]

    def accesses(self, event: int, address: int) -> int:
        """Return the literal of "the event's address is ``address``", whether or not it executes."""
        expr = self.program.events[event].address
        return FALSE if expr is None else self.values.equals(expr, address)

    def same_address(self, a: int, b: int) -> int:
        """Return the literal of "both events' addresses are equal"."""
        key = (min(a, b), max(a, b))
        if key not in self._same:
            domains, events = self.analysis.domains, self.program.events
            if domains.must_alias(events[a], events[b]):
                self._same[key] = TRUE
            else:
                common = sorted(domains.addresses(events[a]) & domains.addresses(events[b]))
                meet = [self.cnf.conjunction([self.accesses(a, here), self.accesses(b, here)]) for here in common]
                self._same[key] = self.cnf.disjunction(meet)
        return self._same[key]

    def location(self, a: int, b: int) -> int:
        """Return the literal of loc."""
        return self.cnf.conjunction([self.both(a, b), self.same_address(a, b)])

    def same_value(self, a: int, b: int) -> int:
        """Return the literal of "both events execute, and what they read or write is the same"."""
        one, other = self.program.events[a].value, self.program.events[b].value
        assert one is not None
        assert other is not None
        literals = self.values.of(other)
        meet = [self.cnf.conjunction([there, literals.get(value, FALSE)]) for value, there in self.values.of(one).items()]
        return self.cnf.conjunction([self.both(a, b), self.cnf.disjunction(meet)])

    # ── reads-from ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _encode_rf(self) -> None:
        sources: dict[int, list[int]] = {}
        for write, row in enumerate(self._rf_bounds.may):
            for read in bits(row):
                sources.setdefault(read, []).append(write)
        for event in self.program.events:
            if event.kind is not Kind.READ or not self.analysis.live >> event.id & 1:
                continue
            literals = []
            for write in sources.get(event.id, []):
                literal = self.rf[write, event.id] = self._rf_pair(write, event.id)
                literals.append(literal)
            self.cnf.add(-self.executes(event.id), *literals)
            self.cnf.at_most_one(literals)
            # The value of a read that does not execute means nothing: fixing it spares the solver the choice.
            assert event.value is not None
            values = self.values.of(event.value)
            if len(values) > 1:
                self.cnf.add(self.executes(event.id), values[min(values)])

    def _rf_pair(self, write: int, read: int) -> int:
        literal = self.cnf.variable()
        events = self.program.events
        self.cnf.add(-literal, self.both(write, read))
        if not self.analysis.domains.must_alias(events[write], events[read]):
            for address in sorted(self.analysis.domains.addresses(events[write])):
                self.cnf.add(-literal, -self.accesses(write, address), self.accesses(read, address))
        written, got = events[write].value, events[read].value
        assert written is not None
        assert got is not None
        target = self.values.of(got)
        for value, there in self.values.of(written).items():
            self.cnf.add(-literal, -there, target.get(value, FALSE))
        return literal

    # ── coherence ────────────────────────────────────────────────────────────────────────────────────────────────────

    def co(self, a: int, b: int) -> int:
        """Return the literal of co: of two executed writes to one location, one comes first."""
        if (a, b) in self._co:
            return self._co[a, b]
        forward, backward = self._co_bounds.may[a] >> b & 1, self._co_bounds.may[b] >> a & 1
        if not forward:
            self._co[a, b] = FALSE
        elif not backward:
            self._co[a, b] = self.location(a, b)
        else:
            where = self.location(a, b)
            before = self.cnf.variable()
            self._co[a, b] = self.cnf.conjunction([where, before])
            self._co[b, a] = self.cnf.conjunction([where, -before])
        return self._co[a, b]

    def co_edges(self) -> dict[tuple[int, int], int]:
        """Return every possible pair of co with its literal."""
        may = self._co_bounds.may
        return {(a, b): self.co(a, b) for a in range(self.analysis.count) for b in bits(may[a])}

    def last(self, address: int) -> dict[int, int]:
        """Return write → literal of "its value is the final one at ``address``"; exactly one holds."""
        if address not in self._last:
            domains = self.analysis.domains
            writes = [
                event.id
                for event in self.program.events
                if event.kind is Kind.WRITE and self.analysis.live >> event.id & 1 and address in domains.addresses(event)
            ]
            self._last[address] = {
                write: self.cnf.conjunction(
                    [
                        self.executes(write),
                        self.accesses(write, address),
                        *(-self.co(write, other) for other in writes if other != write),
                    ]
                )
                for write in writes
            }
        return self._last[address]

    def final_values(self, address: int) -> dict[int, int]:
        """Return value → literal of the final value at ``address``."""
        if address not in self._finals:
            collected: dict[int, list[int]] = {}
            for write, literal in self.last(address).items():
                expr = self.program.events[write].value
                assert expr is not None
                for value, there in self.values.of(expr).items():
                    collected.setdefault(value, []).append(self.cnf.conjunction([literal, there]))
            self._finals[address] = {value: self.cnf.disjunction(literals) for value, literals in collected.items()}
        return self._finals[address]
