"""Values of a program as a shared graph of expressions over what its events read.

An :class:`Expr` is made by an :class:`ExprPool`, which folds constants and returns the same object for the same expression,
so identity is equality. Integers are exact, and WRAP says where a type keeps the lower bits only; booleans are 0 and 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Op(Enum):
    """What an expression is. Comparisons and logic yield 0 or 1."""

    CONST = "const"  # value
    READ = "read"  # value: id of the read event
    CHOICE = "choice"  # value: number of the choice; options in ExprPool.options
    CONFIG = "config"  # name: the switch; options in ExprPool.options
    FINAL = "final"  # args: address; the final value there
    VALID = "valid"  # args: address; whether it is that of a location
    ADD = "+"
    SUB = "-"
    MUL = "*"
    DIV = "/"
    MOD = "%"
    AND = "&"
    OR = "|"
    XOR = "^"
    SHL = "<<"
    SHR = ">>"
    INVERT = "~"
    WRAP = "wrap"  # args: an integer, and a constant: the width to keep its lower bits of, negative for a signed type
    EQ = "=="
    LT = "<"
    LAND = "&&"
    LOR = "||"
    NOT = "!"
    ITE = "?:"


@dataclass(frozen=True, slots=True, eq=False)
class Expr:
    """A node; operands have smaller indices. Compare with ``is``."""

    index: int
    op: Op
    args: tuple["Expr", ...] = ()
    value: int = 0
    name: str = ""

    def __repr__(self) -> str:
        match self.op:
            case Op.CONST:
                return str(self.value)
            case Op.READ:
                return f"r{self.value}"
            case Op.CHOICE:
                return f"choice{self.value}"
            case Op.CONFIG:
                return self.name
            case _:
                return f"{self.op.value}({', '.join(map(repr, self.args))})"


def fold(op: Op, values: tuple[int, ...]) -> int:
    """Return what ``op`` yields on ``values``; C's rules, on integers of any size.

    Division by zero, and shifts by less than 0 or more than 63, yield 0: lowering lets a thread fault there.
    """
    a = values[0]
    b = values[1] if len(values) > 1 else 0
    match op:  # what guards are made of first: most of what is worked out
        case Op.EQ:
            return int(a == b)
        case Op.LT:
            return int(a < b)
        case Op.LAND:
            return int(a != 0 and b != 0)
        case Op.LOR:
            return int(a != 0 or b != 0)
        case Op.NOT:
            return int(a == 0)
        case Op.ITE:
            return b if a else values[2]
        case Op.ADD:
            return a + b
        case Op.SUB:
            return a - b
        case Op.MUL:
            return a * b
        case Op.DIV:
            return 0 if b == 0 else abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
        case Op.MOD:
            return 0 if b == 0 else a - b * fold(Op.DIV, (a, b))
        case Op.AND:
            return a & b
        case Op.OR:
            return a | b
        case Op.XOR:
            return a ^ b
        case Op.SHL:
            return a << b if 0 <= b < 64 else 0
        case Op.SHR:
            return a >> b if 0 <= b < 64 else 0
        case Op.INVERT:
            return ~a
        case Op.WRAP:
            half = 1 << -b - 1 if b < 0 else 0
            return (a + half) % (1 << abs(b)) - half
        case Op.CONST | Op.READ | Op.CHOICE | Op.CONFIG | Op.FINAL | Op.VALID:
            raise ValueError(f"{op} is no function of its operands alone")


_LEAVES = frozenset({Op.CONST, Op.READ, Op.CHOICE, Op.CONFIG, Op.FINAL, Op.VALID})


class ExprPool:
    """Makes expressions, each once.

    Attributes:
        options: the possible values of each CHOICE and CONFIG expression.
        locations: the valid addresses, for folding VALID; set before any VALID is made.
        ranges: the least and greatest value of some reads, where their type says so.

    """

    def __init__(self) -> None:
        self._made: dict[tuple[Op, tuple[int, ...], int, str], Expr] = {}
        self.options: dict[Expr, tuple[int, ...]] = {}
        self.locations: frozenset[int] = frozenset()
        self.ranges: dict[Expr, tuple[int, int]] = {}
        self._conjuncts: dict[Expr, frozenset[Expr]] = {}
        self.false = self.const(0)
        self.true = self.const(1)

    def __len__(self) -> int:
        return len(self._made)

    def contents(self) -> tuple[tuple[Op, tuple[int, ...], int, str], ...]:
        """Return what was made, by index: in pools with the same contents an index means the same."""
        return tuple(self._made)

    def _intern(self, op: Op, args: tuple[Expr, ...] = (), value: int = 0, name: str = "") -> Expr:
        key = (op, tuple(arg.index for arg in args), value, name)
        expr = self._made.get(key)
        if expr is None:
            expr = self._made[key] = Expr(len(self._made), op, args, value, name)
        return expr

    def const(self, value: int) -> Expr:
        """The constant ``value``."""
        return self._intern(Op.CONST, value=int(value))

    def read(self, event: int) -> Expr:
        """What the read event with that id reads."""
        return self._intern(Op.READ, value=event)

    def choice(self, number: int, options: tuple[int, ...]) -> Expr:
        """A free choice among ``options``."""
        expr = self._intern(Op.CHOICE, value=number)
        self.options[expr] = options
        return expr

    def config(self, name: str, options: tuple[int, ...]) -> Expr:
        """The value of a switch."""
        expr = self._intern(Op.CONFIG, name=name)
        self.options[expr] = options
        return expr

    def final(self, address: Expr) -> Expr:
        """The final value at ``address``."""
        return self._intern(Op.FINAL, (address,))

    def valid(self, address: Expr) -> Expr:
        """Whether ``address`` is that of a location."""
        if address.op is Op.CONST:
            return self.const(address.value in self.locations)
        return self._intern(Op.VALID, (address,))

    def make(self, op: Op, *args: Expr) -> Expr:
        """``op`` applied to ``args``, simplified. LAND, LOR and NOT take booleans; ITE's first operand is one."""
        if op in _LEAVES:
            raise ValueError(f"{op} has a constructor of its own")
        if all(arg.op is Op.CONST for arg in args):
            return self.const(fold(op, tuple(arg.value for arg in args)))
        simpler = self._simplify(op, args)
        return simpler if simpler is not None else self._intern(op, args)

    def _simplify(self, op: Op, args: tuple[Expr, ...]) -> Expr | None:
        a, b = args[0], args[-1]
        match op:
            case Op.LAND:
                if a is b or a is self.true:
                    return b
                if b is self.true:
                    return a
                if self.false in (a, b) or self.negation(a) is b:
                    return self.false
            case Op.LOR:
                if a is b or a is self.false:
                    return b
                if b is self.false:
                    return a
                if self.true in (a, b) or self.negation(a) is b:
                    return self.true
            case Op.NOT:
                if a.op is Op.NOT and self.is_boolean(a.args[0]):
                    return a.args[0]
            case Op.EQ:
                if a is b:
                    return self.true
                if b.op is not Op.CONST and (a.op is Op.CONST or a.index > b.index):
                    return self.make(Op.EQ, b, a)
            case Op.ITE:
                if a.op is Op.CONST:
                    return args[1] if a.value else args[2]
                if args[1] is args[2]:
                    return args[1]
                if args[1] is self.true and args[2] is self.false and self.is_boolean(a):
                    return a
                if args[1] is self.false and args[2] is self.true:
                    return self.negation(a)
            case Op.WRAP:
                if self._fits(a, b.value):
                    return a
            case Op.ADD | Op.SUB:
                if b.op is Op.CONST and b.value == 0:
                    return a
                if op is Op.ADD and a.op is Op.CONST:
                    return self.make(Op.ADD, b, a)
                if b.op is Op.CONST and a.op in (Op.ADD, Op.SUB) and a.args[1].op is Op.CONST:
                    inner = a.args[1].value if a.op is Op.ADD else -a.args[1].value
                    return self.make(Op.ADD, a.args[0], self.const(inner + (b.value if op is Op.ADD else -b.value)))
                if op is Op.SUB and a is b:
                    return self.false
            case _:
                pass
        return None

    def wrap(self, expr: Expr, bits: int, *, signed: bool) -> Expr:
        """What an integer type of ``bits`` bits keeps of ``expr``."""
        return self.make(Op.WRAP, expr, self.const(-bits if signed else bits))

    def _fits(self, expr: Expr, width: int) -> bool:
        """Whether WRAP changes nothing, judged by the form of ``expr``."""
        found = self._range(expr)
        if found is None:
            return False
        low, high = (-(1 << -width - 1), (1 << -width - 1) - 1) if width < 0 else (0, (1 << width) - 1)
        return low <= found[0] and found[1] <= high

    def _range(self, expr: Expr) -> tuple[int, int] | None:
        """Return the least and greatest value of ``expr``, as far as its form tells; None where it does not."""
        match expr.op:
            case Op.CONST:
                return expr.value, expr.value
            case Op.READ:
                return self.ranges.get(expr)
            case Op.CHOICE | Op.CONFIG:
                return (min(self.options[expr]), max(self.options[expr])) if self.options[expr] else None
            case Op.WRAP:
                width = expr.args[1].value
                return (-(1 << -width - 1), (1 << -width - 1) - 1) if width < 0 else (0, (1 << width) - 1)
            case Op.ITE:
                then, otherwise = self._range(expr.args[1]), self._range(expr.args[2])
                if then is None or otherwise is None:
                    return None
                return min(then[0], otherwise[0]), max(then[1], otherwise[1])
            case Op.AND:
                masks = [found for arg in expr.args if (found := self._range(arg)) is not None and found[0] >= 0]
                return (0, min(high for _, high in masks)) if masks else None
            case _:
                return (0, 1) if self.is_boolean(expr) else None

    def is_boolean(self, expr: Expr) -> bool:
        """Whether ``expr`` is always 0 or 1, judged by its form."""
        match expr.op:
            case Op.EQ | Op.LT | Op.LAND | Op.LOR | Op.NOT | Op.VALID:
                return True
            case Op.CONST:
                return expr.value in (0, 1)
            case Op.CHOICE | Op.CONFIG:
                return set(self.options[expr]) <= {0, 1}
            case Op.ITE:
                return self.is_boolean(expr.args[1]) and self.is_boolean(expr.args[2])
            case _:
                return False

    def conjuncts(self, expr: Expr) -> frozenset[Expr]:
        """The booleans whose conjunction a boolean is."""
        found = self._conjuncts.get(expr)
        if found is None:
            if expr.op is Op.LAND:
                found = self.conjuncts(expr.args[0]) | self.conjuncts(expr.args[1])
            elif expr.op is Op.NOT and expr.args[0].op is Op.LOR:
                left, right = expr.args[0].args
                found = self.conjuncts(self.negation(left)) | self.conjuncts(self.negation(right))
            else:
                found = frozenset() if expr is self.true else frozenset((expr,))
            self._conjuncts[expr] = found
        return found

    def given(self, expr: Expr, known: Expr) -> Expr:
        """``expr`` less the conjuncts that ``known`` already says: equal to ``expr`` wherever ``known`` holds."""
        rest = self.conjuncts(expr) - self.conjuncts(known)
        return self.land(*sorted(rest, key=lambda part: part.index))

    def where(self, expr: Expr, known: Expr) -> Expr:
        """``expr`` with the conditions that ``known`` settles put in: equal to ``expr`` wherever ``known`` holds."""
        facts = self.conjuncts(known)
        if not facts:
            return expr
        done = dict.fromkeys(facts, self.true) | {self.negation(fact): self.false for fact in facts}
        stack = [expr]
        while stack:
            node = stack[-1]
            if node in done:
                stack.pop()
            elif node.op in _LEAVES:
                done[node] = node
            elif missing := [arg for arg in node.args if arg not in done]:
                stack.extend(missing)
            else:
                done[node] = self.make(node.op, *(done[arg] for arg in node.args))
        return done[expr]

    def substitute(self, expr: Expr, known: dict[Expr, Expr]) -> Expr:
        """``expr`` with what ``known`` says put in for its nodes, and simplified; what was worked out is added to ``known``."""
        stack = [expr]
        while stack:
            node = stack[-1]
            if node in known:
                stack.pop()
            elif missing := [arg for arg in node.args if arg not in known]:
                stack.extend(missing)
            else:
                known[node] = self._with(node, tuple(known[arg] for arg in node.args))
        return known[expr]

    def _with(self, node: Expr, args: tuple[Expr, ...]) -> Expr:
        match node.op:
            case Op.FINAL:
                # What is no location holds 0.
                nowhere = args[0].op is Op.CONST and args[0].value not in self.locations
                return self.false if nowhere else self.final(args[0])
            case _ if args == node.args:
                return node
            case Op.VALID:
                return self.valid(args[0])
            case _:
                return self.make(node.op, *args)

    def negation(self, expr: Expr) -> Expr:
        """``!expr`` for a boolean."""
        return self.make(Op.NOT, expr)

    def truth(self, expr: Expr) -> Expr:
        """``expr != 0`` as a boolean."""
        return expr if self.is_boolean(expr) else self.negation(self.make(Op.EQ, expr, self.false))

    def land(self, *args: Expr) -> Expr:
        """The conjunction of booleans."""
        result = self.true
        for arg in args:
            result = self.make(Op.LAND, result, arg)
        return result

    def lor(self, *args: Expr) -> Expr:
        """The disjunction of booleans."""
        result = self.false
        for arg in args:
            result = self.make(Op.LOR, result, arg)
        return result


def evaluate(expr: Expr, leaves: Mapping[Expr, int], locations: Mapping[int, int] | frozenset[int]) -> int:
    """Return the value of ``expr``.

    Args:
        expr: the expression.
        leaves: values of the READ, CHOICE, CONFIG and FINAL nodes below it; a cache too, when mutable, is the caller's affair.
        locations: the valid addresses, for VALID; when a mapping, address → final value, for FINAL.

    Raises:
        KeyError: a leaf has no value.

    """
    done: dict[Expr, int] = {}
    stack = [expr]
    while stack:
        node = stack[-1]
        if node in done:
            stack.pop()
        elif node.op is Op.CONST:
            done[node] = node.value
        elif node in leaves:
            done[node] = leaves[node]
        elif node.op in (Op.READ, Op.CHOICE, Op.CONFIG):
            raise KeyError(node)
        elif missing := [arg for arg in node.args if arg not in done]:
            stack.extend(missing)
        elif node.op is Op.VALID:
            done[node] = int(done[node.args[0]] in locations)
        elif node.op is Op.FINAL:
            if not isinstance(locations, Mapping):
                raise KeyError(node)
            done[node] = locations.get(done[node.args[0]], 0)
        else:
            done[node] = fold(node.op, tuple(done[arg] for arg in node.args))
    return done[expr]
