"""What is asked of a scenario's final states, as the final condition of a litmus test.

Litmus tests compare registers and words with constants. What one thread computes, it computes into a register at its end; what
speaks of several places at once is spelt out, value by value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gupproof.litmus.form import And, Equal, Formula, Not, Or, Register, Word
from gupproof.program.events import Program
from gupproof.program.expr import Expr, Op
from gupproof.report.c_thread import ThreadWriter
from gupproof.report.c_values import logical
from gupproof.report.c_words import Words, below
from gupproof.report.names import legal_name
from gupproof.report.refusals import refuse_scenario

MOST_COMBINATIONS = 64
_MOST_ATOMS = 400
_READABLE = 14
_UNPRINTED = frozenset({Op.FINAL, Op.VALID, Op.MOD, Op.SHR, Op.CONFIG})


@dataclass(slots=True)
class FinalCondition:
    """Writes the final condition; what threads compute for it is added to them.

    Attributes:
        program, words: what it is of.
        writers: of the threads.
        choices: what is chosen freely → the thread that does.

    """

    program: Program
    words: Words
    writers: list[ThreadWriter]
    choices: Mapping[Expr, int]
    _registers: dict[Expr, Register] = field(default_factory=dict)
    _atoms: int = 0
    _combinations: int = 0

    def formula(self, expr: Expr) -> Formula:
        """Return a boolean as a formula.

        Raises:
            GupError: it takes too many comparisons, or asks for the value of a lock.

        """
        self._atoms += 1
        if self._atoms > _MOST_ATOMS:
            raise refuse_scenario(f"its condition takes more than {_MOST_ATOMS} comparisons", None)
        if expr.op is Op.CONST:
            return And(()) if expr.value else Or(())
        home = self._home(expr)
        if home is not None and expr in self.writers[home].values.results:
            return self._equal(expr, 1)
        if home is not None and sum(1 for _ in below(expr)) > _READABLE:
            return self._equal(expr, 1)
        match expr.op:
            case Op.NOT:
                return Not(self.formula(expr.args[0]))
            case Op.LAND:
                return And(tuple(map(self.formula, expr.args)))
            case Op.LOR:
                return Or(tuple(map(self.formula, expr.args)))
            case Op.ITE if (sides := logical(self.program.pool, expr)) is not None:
                parts = tuple(map(self.formula, sides[1:]))
                return And(parts) if sides[0] is Op.LAND else Or(parts)
            case Op.ITE:
                condition, then, otherwise = map(self.formula, expr.args)
                return Or((And((condition, then)), And((Not(condition), otherwise))))
            case Op.EQ if expr.args[1].op is Op.CONST and self._is_place(expr.args[0]):
                return self._equal(expr.args[0], expr.args[1].value)
            case Op.EQ if expr.args[0].op is Op.CONST and self._is_place(expr.args[1]):
                return self._equal(expr.args[1], expr.args[0].value)
        if self._is_place(expr):
            return self._equal(expr, 1)
        return self._spelt_out(expr)

    def _home(self, expr: Expr) -> int | None:
        """The thread that can compute a value by itself; None if there is none."""
        homes = set()
        for node in below(expr):
            if node.op in _UNPRINTED:
                return None
            if node.op is Op.READ:
                homes.add(self.program.events[node.value].thread)
            elif node.op is Op.CHOICE:
                homes.add(self.choices[node])
        return homes.pop() if len(homes) == 1 else None

    def _is_place(self, expr: Expr) -> bool:
        return (expr.op is Op.FINAL and expr.args[0].op is Op.CONST) or self._home(expr) is not None

    def _equal(self, expr: Expr, value: int) -> Formula:
        if expr.op is Op.FINAL:
            address = expr.args[0].value
            if self.words.locations[address].type_name == "spinlock_t":
                raise refuse_scenario("it asks for the final value of a lock", None, "ask for what the lock protects")
            place: Register | Word = Word(self.words.names[address])
        else:
            place = self._register(expr)
        if value in self.words.names and self.words.is_pointer(expr):
            return Equal(place, self.words.names[value])
        return Equal(place, value)

    def _register(self, expr: Expr) -> Register:
        if expr not in self._registers:
            home = self._home(expr)
            assert home is not None
            values = self.writers[home].values
            text = values.value(expr).text
            if not text.isidentifier():
                ghost = next((name for name, value in self.program.ghosts.items() if value is expr), "")
                free = ghost and legal_name(ghost, self.words.names.values()) == ghost
                name = values.register(pointer=self.words.is_pointer(expr), name=ghost if free else "")
                values.say(f"{name} = {text};")
                text = name
            self._registers[expr] = Register(home, text)
        return self._registers[expr]

    def _spelt_out(self, expr: Expr) -> Formula:
        """Compare one place after the other with every value it can have."""
        place = self._first_place(expr)
        if place is None:
            raise refuse_scenario("its condition is about what no register and no word holds", None)
        parts: list[Formula] = []
        for value in self.words.values(place, None):
            rest = self.program.pool.substitute(expr, {place: self.program.pool.const(value)})
            if rest is self.program.pool.false:
                continue
            self._combinations += 1
            if self._combinations > MOST_COMBINATIONS:
                message = (
                    f"its condition computes with several places, and they have more than {MOST_COMBINATIONS} combinations"
                )
                raise refuse_scenario(message, None, "compare each with a constant")
            parts.append(And((self._equal(place, value), self.formula(rest))))
        return Or(tuple(parts))

    def _first_place(self, expr: Expr) -> Expr | None:
        if expr.op is not Op.CONST and self._is_place(expr):
            return expr
        return next((found for arg in expr.args if (found := self._first_place(arg)) is not None), None)


def written_formula(formula: Formula, *, negative: bool = False) -> str:
    """Return a formula as herd7 reads it; empty for what always holds, ``false`` for what never does."""
    match formula:
        case Equal(place=place, value=value):
            text = f"{place.name if isinstance(place, Word) else place}={value}"
            return f"~({text})" if negative else text
        case Not(inner=inner):
            return written_formula(inner, negative=not negative)
        case And(parts=parts) | Or(parts=parts):
            conjunction = isinstance(formula, And) is not negative
            texts = list(dict.fromkeys(written_formula(part, negative=negative) for part in parts))
            neutral, absorbing = ("", "false") if conjunction else ("false", "")
            if absorbing in texts:
                return absorbing
            texts = [text for text in texts if text != neutral]
            if not texts:
                return neutral
            sign = " /\\ " if conjunction else " \\/ "
            return texts[0] if len(texts) == 1 else f"({sign.join(texts)})"
        case _:
            raise AssertionError(formula)
