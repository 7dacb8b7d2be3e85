"""Values of one thread as kernel C: expressions over its registers, with the dependencies that herd7 will see in them.

Herd7 has no ``?:``, and its ``&&`` is no branch: a value that is chosen goes into a register of its own, by an ``if``. It then
depends on what was chosen, and not on the choice, as in the source. What a text does not depend on and should is added as a
false dependency, ``r & 0``.
"""

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from gupproof.diagnostics import Span
from gupproof.program.events import Dependency, Program
from gupproof.program.expr import Expr, ExprPool, Op, evaluate
from gupproof.program.state import NO_DEPS, Deps, select, union
from gupproof.report.c_words import Words, below
from gupproof.report.refusals import SurplusError, refuse_scenario

_SIGNS = {
    Op.ADD: "+", Op.SUB: "-", Op.MUL: "*", Op.DIV: "/", Op.AND: "&", Op.OR: "|", Op.XOR: "^", Op.LT: "<",
    Op.LAND: "&", Op.LOR: "|",
}  # fmt: skip
_MOST_CASES = 64
_LARGEST_TABLE = 1000


class Branching(Enum):
    """How ``&&`` and ``||`` are written; each depends on less than the one before."""

    OPERATORS = "operators"  # on the registers of both sides
    BOTH = "both"  # a branch, on its condition and on the right side where that counts
    CHOSEN = "chosen"  # a branch, on what is chosen alone, as ?: is


@dataclass(frozen=True, slots=True)
class Text:
    """C text, and the reads it depends on."""

    text: str
    deps: Deps = field(default_factory=dict)

    @property
    def operand(self) -> str:
        """The text as an operand of something."""
        return f"({self.text})" if " " in self.text else self.text


@dataclass(slots=True)
class Values:
    """Writes the lines of one thread.

    Attributes:
        branching: how ``&&`` and ``||`` are written.
        known: what holds wherever it is asked for: no access goes outside of every object, every lock is had.
        results: what stands for nodes that the thread has in a register.
        returned: the register of each read that has one: with what it read, or whether it succeeded.
        lines, declared: written so far.
        depth: of the block that is open.

    """

    program: Program
    words: Words
    span: Span
    branching: Branching
    known: dict[Expr, Expr]
    results: dict[Expr, Text] = field(default_factory=dict)
    returned: dict[int, Text] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    declared: list[str] = field(default_factory=list)
    depth: int = 1
    _made: list[dict[Expr, Text]] = field(default_factory=lambda: [{}])

    # ── lines ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def say(self, text: str) -> None:
        """Write a line."""
        self.lines.append("  " * self.depth + text)

    def opens(self, text: str) -> None:
        """Write a line that opens a block."""
        self.say(f"{text} {{")
        self.depth += 1
        self._made.append({})

    def closes(self) -> None:
        """Close the block; one without a line, which herd7's grammar has not, is left out."""
        self.depth -= 1
        self._made.pop()
        if self.lines[-1].endswith("{"):
            self.lines.pop()
        else:
            self.say("}")

    def register(self, *, pointer: bool = False, name: str = "") -> str:
        """Declare a register."""
        name = name or f"r{len(self.declared)}"
        self.declared.append(f"int {'*' * pointer}{name};")
        return name

    # ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def settled(self, expr: Expr) -> Expr:
        """Return an expression less what is known."""
        return self.program.pool.substitute(expr, dict(self.known))

    def value(self, expr: Expr, *, pointer: bool = False) -> Text:
        """Return a value.

        Raises:
            GupError: herd7 has no operator for it.

        """
        for made in reversed(self._made):
            if expr in made:
                return made[expr]
        if expr in self.results:
            return self.results[expr]
        if expr.op is Op.CONST:
            return self._constant(expr.value, pointer=pointer)
        text = self._compound(expr, pointer=pointer)
        self._made[-1][expr] = text
        return text

    def _constant(self, value: int, *, pointer: bool) -> Text:
        return Text(self.words.names[value] if pointer and value in self.words.names else str(value))

    def _compound(self, expr: Expr, *, pointer: bool) -> Text:
        pool = self.program.pool
        match expr.op:
            case Op.LAND | Op.LOR:
                return self._logical(expr.op, *expr.args)
            case Op.ITE:
                if (sides := logical(pool, expr)) is not None and self.branching is not Branching.CHOSEN:
                    return self._logical(*sides)
                return self._chosen(*expr.args, pointer=pointer or self.words.is_pointer(expr))
            case Op.EQ:
                return self._compared("==", *expr.args)
            case Op.NOT:
                return self._negated(expr.args[0])
            case Op.SHL if expr.args[1].op is Op.CONST and 0 <= expr.args[1].value < 31:
                moved = self.value(expr.args[0])
                return Text(f"{moved.operand} * {1 << expr.args[1].value}", moved.deps)
            case Op.INVERT:
                inverted = self.value(expr.args[0])
                return Text(f"-1 - {inverted.operand}", inverted.deps)
            case op if op in _SIGNS:
                left, right = map(self.value, expr.args)
                return Text(f"{left.operand} {_SIGNS[op]} {right.operand}", union(pool, left.deps, right.deps))
            case Op.READ:
                raise refuse_scenario(
                    "a value it uses is in no register: the primitive that read it does not return it", self.span
                )
            case _:
                # Herd7 has no such operator: a table instead. What it depends on is added where it is used.
                name = self.register()
                self._cases(expr, name, [0], address=False)
                return Text(name)

    def _logical(self, op: Op, left: Expr, right: Expr) -> Text:
        pool = self.program.pool
        if self.branching is Branching.OPERATORS:
            one, other = self.value(left), self.value(right)
            return Text(f"{one.operand} {_SIGNS[op]} {other.operand}", union(pool, one.deps, other.deps))
        arms = (right, pool.false) if op is Op.LAND else (pool.true, right)
        made = self._chosen(left, *arms)
        if self.branching is Branching.CHOSEN:
            return made
        deps = self.value(left).deps
        return self.joined(made, [self.zero(source, deps[source]) for source in deps if source in self.returned])

    def _compared(self, sign: str, left: Expr, right: Expr) -> Text:
        pointer = self.words.is_pointer(left) or self.words.is_pointer(right)
        one, other = self.value(left, pointer=pointer), self.value(right, pointer=pointer)
        if left.op is Op.CONST:
            one, other = other, one
        return Text(f"{one.operand} {sign} {other.operand}", union(self.program.pool, one.deps, other.deps))

    def _negated(self, expr: Expr) -> Text:
        if expr.op is Op.EQ:
            return self._compared("!=", *expr.args)
        if expr.op is Op.LT:
            left, right = map(self.value, expr.args)
            return Text(f"{left.operand} >= {right.operand}", union(self.program.pool, left.deps, right.deps))
        inner = self.value(expr)
        return Text(f"{inner.operand} == 0", inner.deps)

    def _chosen(self, condition: Expr, then: Expr, otherwise: Expr, *, pointer: bool = False) -> Text:
        """Choose by a branch into a register."""
        pool = self.program.pool
        name = self.register(pointer=pointer)
        asked = self.value(condition)
        deps = []
        self.opens(f"if ({asked.text})")
        for number, part in enumerate((then, otherwise)):
            if number:
                self.closes()
                self.lines.pop()
                self.opens("} else")
            text = self.value(part, pointer=pointer)
            self.say(f"{name} = {text.text};")
            deps.append(text.deps)
        self.closes()
        return Text(name, select(pool, condition, *deps))

    # ── dependencies ─────────────────────────────────────────────────────────────────────────────────────────────────

    def joined(self, text: Text, zeros: Iterable[Text]) -> Text:
        """Return a text plus some that are 0."""
        for zero in zeros:
            text = Text(f"{text.operand} + {zero.operand}", union(self.program.pool, text.deps, zero.deps))
        return text

    def zero(self, source: int, where: Expr) -> Text:
        """Return 0, which depends on a read where a condition holds."""
        pool = self.program.pool
        result = self.returned[source]
        pointer = result is self.results.get(pool.read(source)) and self.words.is_pointer(pool.read(source))
        # An address has no bits to be masked.
        plain = f"{result.operand} != {result.operand}" if pointer else f"{result.operand} & 0"
        if where is pool.true:
            return Text(plain, result.deps)
        name = self.register()
        self.opens(f"if ({self.value(where).text})")
        self.say(f"{name} = {plain};")
        self.closes()
        return Text(name, {key: pool.land(where, condition) for key, condition in result.deps.items()})

    def depending(self, text: Text, wanted: Iterable[Dependency], guard: Expr) -> Text:
        """Return a text that depends on what it should, for an event under ``guard``.

        Raises:
            SurplusError: it depends on something else already.

        """
        return self.joined(text, self.missing(text.deps, wanted, guard))

    def missing(self, deps: Deps, wanted: Iterable[Dependency], guard: Expr) -> list[Text]:
        """Return what has to be added to a text that has some dependencies already.

        Raises:
            SurplusError: it depends on something else already.

        """
        pool, events = self.program.pool, self.program.events
        there = dict(deps)
        zeros: list[Text] = []

        def under(condition: Expr, source: int) -> Expr:
            return pool.where(self.settled(condition), self.settled(pool.land(guard, events[source].guard)))

        asked = {item.source: under(item.condition, item.source) for item in wanted}
        for source, condition in asked.items():
            present = under(there.get(source, pool.false), source)
            # A lock that is had has no register, and is an acquire anyway.
            if present in (condition, pool.true) or source not in self.returned:
                continue
            zero = self.zero(source, condition)
            there = dict(union(pool, there, zero.deps))
            zeros.append(zero)
        for source, present in there.items():
            here = under(present, source)
            if not self._implies(pool.land(self.settled(pool.land(guard, events[source].guard)), here), asked.get(source)):
                raise SurplusError(self.span)
        return zeros

    def _implies(self, where: Expr, asked: Expr | None) -> bool:
        """Whether a dependency that is there is one that is asked for, as far as a table of their values can tell."""
        pool = self.program.pool
        wrong = pool.land(where, pool.negation(asked) if asked is not None else pool.true)
        leaves = [node for node in below(wrong) if node.op in (Op.READ, Op.CHOICE)]
        domains = [self.words.values(leaf, self.span) for leaf in leaves]
        if wrong is pool.false or math.prod(map(len, domains)) > _LARGEST_TABLE:
            return wrong is pool.false
        rows = (dict(zip(leaves, row, strict=True)) for row in itertools.product(*domains))
        return not any(evaluate(wrong, row, pool.locations) for row in rows)

    # ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────

    def address(self, expr: Expr) -> Text:
        """Return the address that an expression says.

        Raises:
            GupError: it is one of too many.

        """
        if all(node.op in (Op.ITE, Op.CONST) or self._is_pointer(node) for node in _tips(expr)):
            return self.value(expr, pointer=True)
        name = self.register(pointer=True)
        self._cases(expr, name, [0], address=True)
        return Text(name, NO_DEPS)

    def _is_pointer(self, node: Expr) -> bool:
        return node.op is Op.READ and self.words.is_pointer(node)

    def _cases(self, expr: Expr, name: str, count: list[int], *, address: bool) -> None:
        """Assign a number or an address, by a branch for each value of what it is computed from."""
        if expr.op is Op.CONST:
            count[0] += 1
            if count[0] > _MOST_CASES:
                raise refuse_scenario(
                    f"a value is computed in a way that takes a table of more than {_MOST_CASES} cases", self.span
                )
            self.say(f"{name} = {self._constant(expr.value, pointer=address).text};")
            return
        leaf = min((node for node in below(expr) if node in self.results), key=lambda node: node.index, default=None)
        if leaf is None:
            raise refuse_scenario("a value is computed from what is in no register", self.span)
        pool, pointer = self.program.pool, self.words.is_pointer(leaf)
        for value in self.words.values(leaf, self.span):
            rest = pool.substitute(expr, {leaf: pool.const(value)})
            if address and rest.op is Op.CONST and rest.value not in self.words.names:
                continue
            self.opens(f"if ({self.results[leaf].operand} == {self._constant(value, pointer=pointer).text})")
            self._cases(rest, name, count, address=address)
            self.closes()


def logical(pool: ExprPool, expr: Expr) -> tuple[Op, Expr, Expr] | None:
    """Return the sides of a choice that is ``&&`` or ``||``; None if it is neither."""
    condition, then, otherwise = expr.args
    if then is pool.true and pool.is_boolean(otherwise):
        return Op.LOR, condition, otherwise
    if otherwise is pool.false and pool.is_boolean(then):
        return Op.LAND, condition, then
    return None


def _tips(expr: Expr) -> list[Expr]:
    """The values that an expression chooses among."""
    return [tip for arg in expr.args[1:] for tip in _tips(arg)] if expr.op is Op.ITE else [expr]
