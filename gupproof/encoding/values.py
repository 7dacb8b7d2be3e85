"""Values of expressions as literals: one for each value an expression can have."""

from collections.abc import Callable

from gupproof.encoding.cnf import FALSE, TRUE, Cnf
from gupproof.program.expr import Expr, Op, fold
from gupproof.relations.domains import Domains

_FRESH = (Op.READ, Op.CHOICE, Op.CONFIG)
_BOOLEAN = frozenset({Op.EQ, Op.LAND, Op.LOR, Op.NOT, Op.VALID})


class Values:
    """Literals for "expression = value".

    Args:
        cnf: receives the definitions.
        domains: of the program's expressions.
        locations: the valid addresses.
        final: returns the literals of the final values of a location, by value.

    """

    def __init__(self, cnf: Cnf, domains: Domains, locations: frozenset[int], final: Callable[[int], dict[int, int]]) -> None:
        self._cnf = cnf
        self._domains = domains
        self._locations = locations
        self._final = final
        self._literals: dict[Expr, dict[int, int]] = {}

    def truth(self, expr: Expr) -> int:
        """Return the literal of a boolean."""
        literals = self.of(expr)
        if 1 in literals:
            return literals[1]
        return FALSE if 0 in literals or not literals else TRUE

    def equals(self, expr: Expr, value: int) -> int:
        """Return the literal of ``expr == value``."""
        return self.of(expr).get(value, FALSE)

    def of(self, expr: Expr) -> dict[int, int]:
        """Return value → literal for every value that ``expr`` can have; exactly one of them holds.

        There is none for what is computed from a read that can not happen: behind a pointer that is always NULL, say.
        """
        stack = [expr]
        while stack:
            node = stack[-1]
            if node in self._literals:
                stack.pop()
            elif missing := [arg for arg in node.args if arg not in self._literals]:
                stack.extend(missing)
            else:
                self._literals[node] = self._encode(node)
        return self._literals[expr]

    def _encode(self, node: Expr) -> dict[int, int]:
        domain = sorted(self._domains.of(node))
        if len(domain) == 1:
            return {domain[0]: TRUE}
        if not domain and node.op not in _BOOLEAN:
            return {}
        cnf = self._cnf
        operands = [self._literals[arg] for arg in node.args]
        match node.op:
            case _ if node.op in _FRESH:
                return self._one_hot(domain)
            case Op.NOT:
                truth = _truth(operands[0])
                return {0: truth, 1: -truth}
            case Op.LAND:
                truth = cnf.conjunction([_truth(operands[0]), _truth(operands[1])])
                return {0: -truth, 1: truth}
            case Op.LOR:
                truth = cnf.disjunction([_truth(operands[0]), _truth(operands[1])])
                return {0: -truth, 1: truth}
            case Op.VALID:
                truth = cnf.disjunction([lit for value, lit in operands[0].items() if value in self._locations])
                return {0: -truth, 1: truth}
            case Op.EQ:
                common = [value for value in operands[0] if value in operands[1]]
                truth = cnf.disjunction([cnf.conjunction([operands[0][value], operands[1][value]]) for value in common])
                return {0: -truth, 1: truth}
            case Op.ITE:
                return self._select(domain, operands)
            case Op.FINAL:
                return self._final_value(domain, operands[0])
            case _:
                return self._table(node.op, domain, operands)

    def _one_hot(self, domain: list[int]) -> dict[int, int]:
        if set(domain) == {0, 1}:
            variable = self._cnf.variable()
            return {0: -variable, 1: variable}
        literals = {value: self._cnf.variable() for value in domain}
        self._cnf.exactly_one(literals.values())
        return literals

    def _select(self, domain: list[int], operands: list[dict[int, int]]) -> dict[int, int]:
        condition, then, otherwise = _truth(operands[0]), operands[1], operands[2]
        if set(domain) == {0, 1}:
            chosen = self._mux(condition, then.get(1, FALSE), otherwise.get(1, FALSE))
            return {0: -chosen, 1: chosen}
        return {value: self._mux(condition, then.get(value, FALSE), otherwise.get(value, FALSE)) for value in domain}

    def _mux(self, condition: int, then: int, otherwise: int) -> int:
        if then == otherwise:
            return then
        cnf = self._cnf
        return cnf.disjunction([cnf.conjunction([condition, then]), cnf.conjunction([-condition, otherwise])])

    def _final_value(self, domain: list[int], address: dict[int, int]) -> dict[int, int]:
        cnf = self._cnf
        literals = self._one_hot(domain)
        for place, here in address.items():
            values = self._final(place) if place in self._locations else {0: TRUE}
            for value, literal in values.items():
                cnf.add(-here, -literal, literals.get(value, FALSE))
        return literals

    def _table(self, op: Op, domain: list[int], operands: list[dict[int, int]]) -> dict[int, int]:
        cnf = self._cnf
        if len(operands) == 1 or len(operands[1]) == 1:
            rest = tuple(operands[1]) if len(operands) > 1 else ()
            sources: dict[int, list[int]] = {}
            for value, literal in operands[0].items():
                sources.setdefault(fold(op, (value, *rest)), []).append(literal)
            return {value: cnf.disjunction(sources[value]) for value in domain}
        literals = self._one_hot(domain)
        for left, one in operands[0].items():
            for right, other in operands[1].items():
                cnf.add(-one, -other, literals[fold(op, (left, right))])
        return literals


def _truth(literals: dict[int, int]) -> int:
    """Return the literal of "not 0"."""
    if not literals:
        return FALSE
    return -literals[0] if 0 in literals else TRUE
