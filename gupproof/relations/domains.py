"""Which values each expression can have: a finite set, or everything.

A read's values are those of the writes it may read from. In an execution whose values do not come out of thin air, a value
reaches a read along a chain of distinct reads, so within a cycle of reads that feed one another as many rounds as there are
reads in it find every value. Counters therefore stay finite without a modelled width.
"""

from collections.abc import Callable, Iterable, Iterator

from gupproof.diagnostics import Diagnostic, GupError
from gupproof.program.events import Event, Kind, Program
from gupproof.program.expr import Expr, Op, fold

Domain = frozenset[int] | None  # None: any value

WIDEN_AFTER = 10
LARGEST_DOMAIN = 400
LARGEST_TABLE = 40_000

_BOOLEAN = frozenset({Op.EQ, Op.LT, Op.LAND, Op.LOR, Op.NOT, Op.VALID})
_BOTH = frozenset((0, 1))


class Domains:
    """The domains of a program's expressions.

    Args:
        program: the program.
        feeds: whether a write may be read by a read, as far as their order tells (same address is judged here).

    """

    def __init__(self, program: Program, feeds: Callable[[Event, Event], bool]) -> None:
        self._program = program
        self._reads = [event for event in program.events if event.kind is Kind.READ]
        self._writes = [event for event in program.events if event.kind is Kind.WRITE]
        self._locations = frozenset(location.address for location in program.locations)
        self._read_domains: dict[int, Domain] = {event.id: frozenset() for event in self._reads}
        self._stable: dict[Expr, Domain] = {}
        self._leaves: dict[Expr, frozenset[int]] = {}
        candidates = {read.id: [write for write in self._writes if feeds(write, read)] for read in self._reads}
        # While values are followed in the model of a language, any branch may be taken: which one is no part of where a value
        # comes from (cat/grounding.py). Once all are found, what a condition can be is known.
        self._any_branch = program.is_language
        self._approximate(candidates)
        sources = {read.id: [write for write in candidates[read.id] if self.may_alias(write, read)] for read in self._reads}
        self._refine(sources)
        self._any_branch = False

    # ── results ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def of(self, expr: Expr) -> frozenset[int]:
        """Return the values ``expr`` can have.

        Raises:
            GupError: too many to enumerate.

        """
        domain = self._domain(expr, self._stable)
        if domain is None or len(domain) > LARGEST_DOMAIN:
            size = "more than" if domain is None else f"{len(domain)} values, over"
            raise GupError(
                Diagnostic(
                    code="R001",
                    message=f"a value computed in scenario '{self._program.name}' has {size} {LARGEST_DOMAIN} possible values",
                    help="narrow what is chosen or counted: choose(0 .. 3), smaller bounds, fewer threads",
                )
            )
        return domain

    def addresses(self, event: Event) -> frozenset[int]:
        """Return the locations the event may access."""
        if event.address is None:
            return frozenset()
        domain = self._domain(event.address, self._stable)
        return self._locations if domain is None else domain & self._locations

    def may_alias(self, first: Event, second: Event) -> bool:
        """Whether two accesses can go to the same location."""
        return first.address is second.address or not self.addresses(first).isdisjoint(self.addresses(second))

    def must_alias(self, first: Event, second: Event) -> bool:
        """Whether two accesses go to the same location whenever both execute."""
        if first.address is None or second.address is None:
            return False
        one, other = self.addresses(first), self.addresses(second)
        return first.address is second.address or (len(one) == 1 and one == other)

    # ── expressions ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _domain(self, expr: Expr, memo: dict[Expr, Domain]) -> Domain:
        """Return the domain of ``expr`` under the present domains of the reads; ``memo`` is extended."""
        stack = [expr]
        while stack:
            node = stack[-1]
            if node in memo:
                stack.pop()
            elif missing := [arg for arg in node.args if arg not in memo]:
                stack.extend(missing)
            else:
                memo[node] = self._compute(node, memo)
        return memo[expr]

    def _compute(self, node: Expr, memo: dict[Expr, Domain]) -> Domain:
        match node.op:
            case Op.CONST:
                return frozenset((node.value,))
            case Op.READ:
                return self._read_domains[node.value]
            case Op.CHOICE | Op.CONFIG:
                return frozenset(self._program.pool.options[node])
            case Op.FINAL:
                return self._final(memo[node.args[0]], memo)
            case Op.VALID:
                domain = memo[node.args[0]]
                return _BOTH if domain is None else frozenset(int(value in self._locations) for value in domain)
            case _:
                domains = [memo[arg] for arg in node.args]
                if self._any_branch and domains[0]:
                    if node.op in _BOOLEAN:
                        return _BOTH
                    if node.op is Op.ITE:
                        domains[0] = _BOTH
                return _apply(node.op, domains)

    def _final(self, address: Domain, memo: dict[Expr, Domain]) -> Domain:
        values: set[int] = {0}
        for write in self._writes:
            if write.value is None or (address is not None and self.addresses(write).isdisjoint(address)):
                continue
            domain = self._domain(write.value, memo)
            if domain is None:
                return None
            values |= domain
        return frozenset(values)

    # ── fixpoints ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _approximate(self, candidates: dict[int, list[Event]]) -> None:
        """Find domains good enough for aliasing: what still grows after a few rounds may be anything."""
        rounds = 0
        while True:
            rounds += 1
            self._stable = {}
            if not self._round(self._reads, candidates, widen=rounds > WIDEN_AFTER, alias_known=False) and not self._fill(
                self._reads
            ):
                break
        self._stable = {}

    def _fill(self, reads: Iterable[Event]) -> bool:
        """Give the reads that nothing feeds a value; return whether there were any.

        No execution performs them. But what is computed from them must have values, for it can stand in a condition that an
        execution does evaluate, as the part that does not matter. 0 is what it means to the encoding and to a replay.
        """
        empty = [read.id for read in reads if self._read_domains[read.id] == frozenset()]
        self._read_domains.update(dict.fromkeys(empty, frozenset((0,))))
        return bool(empty)

    def _round(self, reads: Iterable[Event], candidates: dict[int, list[Event]], *, widen: bool, alias_known: bool) -> bool:
        memo: dict[Expr, Domain] = dict(self._stable)
        grown: dict[int, Domain] = {}
        for read in reads:
            before = self._read_domains[read.id]
            if before is None:
                continue
            after = _join(before, self._sources_domain(read, candidates[read.id], memo, alias_known))
            if after != before:
                grown[read.id] = None if widen or (after is not None and len(after) > LARGEST_DOMAIN) else after
        self._read_domains.update(grown)
        return bool(grown)

    def _sources_domain(self, read: Event, writes: list[Event], memo: dict[Expr, Domain], alias_known: bool) -> Domain:
        assert read.address is not None
        address = None if alias_known else self._domain(read.address, memo)
        values: set[int] = set()
        for write in writes:
            assert write.address is not None
            assert write.value is not None
            if not alias_known and write.address is not read.address:
                other = self._domain(write.address, memo)
                if address is not None and other is not None and address.isdisjoint(other):
                    continue
            domain = self._domain(write.value, memo)
            if domain is None:
                return None
            values |= domain
        return frozenset(values)

    def _refine(self, sources: dict[int, list[Event]]) -> None:
        """Compute the domains again, one knot of mutually feeding reads after the other, as deep as each knot is large."""
        by_id = {read.id: read for read in self._reads}
        feeding = {
            read.id: sorted(set().union(*(self._read_leaves(write) for write in sources[read.id]))) for read in self._reads
        }
        approximate = self._read_domains
        self._read_domains = {number: frozenset() for number in by_id}
        self._stable = {}
        for knot in strongly_connected(sorted(by_id), feeding.__getitem__):
            members = [by_id[number] for number in knot]
            if not self._sum_up(members, sources):
                self._grow(members, sources)
                if self._fill(members):
                    self._grow(members, sources)
            for number in knot:
                # The approximation is sound as well: the values that a fixpoint without counting also has stay.
                coarse, fine = approximate[number], self._read_domains[number]
                if coarse is not None and fine is not None:
                    self._read_domains[number] = fine & coarse
            self._fill(members)
        self._stable = {}

    def _grow(self, members: list[Event], sources: dict[int, list[Event]]) -> None:
        """Follow values along every chain through the reads of a knot."""
        for _ in range(len(members) + 1):
            if not self._round(members, sources, widen=False, alias_known=True):
                break

    def _sum_up(self, knot: list[Event], sources: dict[int, list[Event]]) -> bool:
        """Give the reads of a knot the values it can count to, if its writes only set, copy, add and subtract.

        A value then is one that some write sets plus what others of them add, each of them once.
        """
        members = {read.id for read in knot}
        writes = {item.id: item for read in knot for item in sources[read.id]}.values()
        if not any(self._read_leaves(write) & members for write in writes):
            return False
        before = {number: self._read_domains[number] for number in members}
        # While its reads can be anything, whatever has a domain has it for any value of theirs.
        self._read_domains.update(dict.fromkeys(members))
        memo: dict[Expr, Domain] = {}
        reached: set[int] = set()
        added: list[set[int]] = []
        widths: set[int] = set()
        for write in writes:
            assert write.value is not None
            parts = self._parts(write.value, members, memo, widths)
            if parts is None:
                break
            reached |= parts[0]
            added.append(parts[1])
        else:
            for amounts in added:
                reached |= {value + amount for value in reached for amount in amounts}
                if len(reached) > LARGEST_DOMAIN:
                    break
            else:
                # Where a type may keep less than is counted, values are followed one by one.
                if all(fold(Op.WRAP, (value, width)) == value for value in reached for width in widths):
                    self._read_domains.update(dict.fromkeys(members, frozenset(reached)))
                    return True
        self._read_domains.update(before)
        return False

    def _parts(
        self, value: Expr, members: set[int], memo: dict[Expr, Domain], widths: set[int]
    ) -> tuple[set[int], set[int]] | None:
        """Return the values that ``value`` can set outright, and the amounts it can add to a read of the knot.

        None if it does something else with the knot's values. The widths that sums are kept to are added to ``widths``.
        """
        if value.op is Op.READ and value.value in members:
            return set(), {0}
        domain = self._domain(value, memo)
        if domain is not None:
            return set(domain), set()
        if value.op is Op.ITE:
            branches = [self._parts(arg, members, memo, widths) for arg in value.args[1:]]
            if branches[0] is None or branches[1] is None:
                return None
            return branches[0][0] | branches[1][0], branches[0][1] | branches[1][1]
        if value.op is Op.WRAP:
            widths.add(value.args[1].value)
            return self._parts(value.args[0], members, memo, widths)
        if value.op in (Op.ADD, Op.SUB):
            inner, amounts = self._parts(value.args[0], members, memo, widths), self._domain(value.args[1], memo)
            if inner is None or amounts is None:
                return None
            return tuple({fold(value.op, (a, b)) for a in part for b in amounts} for part in inner)  # type: ignore[return-value]
        return None

    def _read_leaves(self, write: Event) -> frozenset[int]:
        assert write.value is not None
        assert write.address is not None
        return self._leaf_reads(write.value)

    def _leaf_reads(self, expr: Expr) -> frozenset[int]:
        stack = [expr]
        while stack:
            node = stack[-1]
            if node in self._leaves:
                stack.pop()
            elif missing := [arg for arg in node.args if arg not in self._leaves]:
                stack.extend(missing)
            elif node.op is Op.READ:
                self._leaves[node] = frozenset((node.value,))
            else:
                self._leaves[node] = frozenset().union(*(self._leaves[arg] for arg in node.args))
        return self._leaves[expr]


def _join(before: Domain, after: Domain) -> Domain:
    return None if before is None or after is None else before | after


def _apply(op: Op, domains: list[Domain]) -> Domain:
    if op in (Op.LAND, Op.LOR, Op.NOT):
        return _logic(op, domains)
    if op is Op.ITE:
        condition, then, otherwise = domains
        if condition is not None and 0 not in condition:
            return then
        if condition == frozenset((0,)):
            return otherwise
        return None if then is None or otherwise is None else then | otherwise
    known = [domain for domain in domains if domain is not None]
    if len(known) < len(domains):
        return _BOTH if op in _BOOLEAN else None
    if len(known) == 1:
        return frozenset(fold(op, (value,)) for value in known[0])
    left, right = known
    if op is Op.EQ and (len(left) > 1 or len(right) > 1):
        return frozenset((0,)) if left.isdisjoint(right) else _BOTH
    if op is Op.LT and left and right:
        if max(left) < min(right):
            return frozenset((1,))
        return frozenset((0,)) if min(left) >= max(right) else _BOTH
    if len(left) * len(right) > LARGEST_TABLE:
        return None
    return frozenset(fold(op, (a, b)) for a in left for b in right)


def _logic(op: Op, domains: list[Domain]) -> Domain:
    truths = [_BOTH if domain is None else frozenset(int(value != 0) for value in domain) for domain in domains]
    if op is Op.NOT:
        return frozenset(1 - value for value in truths[0])
    return frozenset(fold(op, (a, b)) for a in truths[0] for b in truths[1])


def strongly_connected(nodes: Iterable[int], successors: Callable[[int], Iterable[int]]) -> Iterator[list[int]]:
    """Yield the strongly connected parts of a graph, each after those it leads to (Tarjan 1972)."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    path: list[int] = []
    on_path: set[int] = set()
    for root in nodes:
        if root in index:
            continue
        index[root] = low[root] = len(index)
        path.append(root)
        on_path.add(root)
        work = [(root, iter(successors(root)))]
        while work:
            node, rest = work[-1]
            for successor in rest:
                if successor not in index:
                    index[successor] = low[successor] = len(index)
                    path.append(successor)
                    on_path.add(successor)
                    work.append((successor, iter(successors(successor))))
                    break
                if successor in on_path:
                    low[node] = min(low[node], index[successor])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    part = []
                    while True:
                        member = path.pop()
                        on_path.discard(member)
                        part.append(member)
                        if member == node:
                            break
                    yield part
