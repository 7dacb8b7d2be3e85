"""What the words of a program hold in kernel C: numbers, or the addresses of other words.

A pointer that is compared, stored and dereferenced stays one (``int *``). Where a program computes with addresses (a pointer
with a tag in its low bits), all words that such a value may reach hold the numbers that the program has for them.
"""

from collections.abc import Iterable, Iterator

from gupproof.diagnostics import GupError, Span
from gupproof.program.events import Event, Program
from gupproof.program.expr import Expr, Op
from gupproof.relations.domains import Domains
from gupproof.report.names import legal_name
from gupproof.report.refusals import refuse_scenario

_ARITHMETIC = frozenset({
    Op.ADD, Op.SUB, Op.MUL, Op.DIV, Op.MOD, Op.AND, Op.OR, Op.XOR, Op.SHL, Op.SHR, Op.INVERT, Op.LT,
})  # fmt: skip


class Words:
    """The words of a program's memory.

    Args:
        program: the program; its covers and properties count as well.
        domains: of its expressions.

    Attributes:
        names: address → name in the test.

    """

    def __init__(self, program: Program, domains: Domains) -> None:
        self.program, self.domains = program, domains
        self.locations = {location.address: location for location in program.locations}
        self.names: dict[int, str] = {}
        for location in program.locations:
            self.names[location.address] = legal_name(location.name, self.names.values())
        self._parent = {address: address for address in self.locations}
        self._numbers: set[int] = set()
        self._pointers = {location.address for location in program.locations if location.type_name.endswith("*")}
        self._look()
        self._holding = {self._class(address) for address in self._pointers} - {self._class(item) for item in self._numbers}

    def of(self, read: int) -> frozenset[int]:
        """Return the words that a read may read."""
        return self.domains.addresses(self.program.events[read])

    def holds_pointer(self, address: int) -> bool:
        """Whether the word at ``address`` holds addresses, as such."""
        return self._class(address) in self._holding

    def is_pointer(self, expr: Expr) -> bool:
        """Whether a value is an address, as such; constants say nothing of themselves."""
        return any(self.holds_pointer(address) for address in self._reached(expr))

    def values(self, expr: Expr, span: Span | None) -> list[int]:
        """Return the values that an expression may have.

        Raises:
            GupError: they are too many.

        """
        try:
            return sorted(self.domains.of(expr))
        except GupError:
            raise refuse_scenario("a value that has to be told apart has too many possible values", span) from None

    # ── classes ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _class(self, address: int) -> int:
        while self._parent[address] != address:
            address = self._parent[address]
        return address

    def _unite(self, addresses: Iterable[int]) -> None:
        first: int | None = None
        for address in addresses:
            if first is None:
                first = self._class(address)
            self._parent[self._class(address)] = first

    def _reached(self, expr: Expr) -> frozenset[int]:
        """The words whose values an expression passes on as they are."""
        match expr.op:
            case Op.READ:
                return self.of(expr.value)
            case Op.ITE:
                return self._reached(expr.args[1]) | self._reached(expr.args[2])
            case Op.FINAL:
                return self.domains.of(expr.args[0]) & frozenset(self.locations)
            case _:
                return frozenset()

    def _look(self) -> None:
        for event in self.program.events:
            self._event(event)
        conditions = [*self.program.covers.values(), *self.program.properties.values()]
        for root in [*(event.guard for event in self.program.events), *conditions]:
            self._uses(root)

    def _event(self, event: Event) -> None:
        if event.address is None or event.value is None:
            return
        words = self.domains.addresses(event)
        self._unite(words)
        # The address of a field is its structure's and a number, and no arithmetic.
        base = event.address.args[0] if event.address.op is Op.ADD else event.address
        self._pointers |= self._reached(base)
        self._unite(self._reached(base))
        if event.value.op is not Op.READ or event.value.value != event.id:
            self._unite([*words, *self._reached(event.value)])
            self._uses(event.value)
        known = frozenset(self.locations) | {0}
        if not frozenset(self.values(event.value, event.span)) <= known:
            self._numbers |= words

    def _uses(self, root: Expr) -> None:
        for node in below(root, validity=False):
            if node.op in _ARITHMETIC:
                for arg in node.args:
                    self._numbers |= self._reached(arg)
            elif node.op is Op.EQ:
                reached = [address for arg in node.args for address in self._reached(arg)]
                self._unite(reached)
                if any(arg.op is Op.CONST and arg.value not in self.locations and arg.value for arg in node.args):
                    self._numbers.update(reached)


def below(root: Expr, *, validity: bool = True) -> Iterator[Expr]:
    """Yield the nodes of an expression, each once; without ``validity``, none of what asks whether an address is valid."""
    seen, stack = {root}, [root]
    while stack:
        node = stack.pop()
        if node.op is Op.VALID and not validity:
            continue
        yield node
        for arg in node.args:
            if arg not in seen:
                seen.add(arg)
                stack.append(arg)
