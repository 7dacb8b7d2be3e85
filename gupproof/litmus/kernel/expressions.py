"""Expressions of kernel C, read straight into typed ones: names resolved, every value a word of no particular size."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gupproof.diagnostics import GupError, Span
from gupproof.language import typed
from gupproof.language.types import LONG, VOID, ArrayType, PointerType
from gupproof.litmus.form import Unsupported
from gupproof.litmus.kernel.lexer import Words, is_name

DEEPEST = 100

# Litmus tests have no types to speak of: nothing overflows, and nothing is converted.
WORD = VOID
POINTER = PointerType(LONG)

TYPES = frozenset({
    "void", "char", "short", "int", "long", "signed", "unsigned", "bool", "_Bool", "const", "volatile", "struct", "union",
    "enum", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64",
})  # fmt: skip
_UNARY = frozenset({"*", "&", "!", "~", "-", "+"})
_PRECEDENCE = {
    operator: level
    for level, operators in enumerate(("||", "&&", "|", "^", "&", "== !=", "< > <= >=", "<< >>", "+ -", "* / %"))
    for operator in operators.split()
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What the names of a thread mean.

    Attributes:
        arrays: name → number of elements.
        locations: names whose value is the address of a location, as a parameter's is.
        locals: names that are registers even so: the thread assigns to them.
        implied: locations that only an ``&`` says are some.

    """

    arrays: dict[str, int]
    locations: frozenset[str]
    locals: set[str]
    implied: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Expressions:
    """Reads expressions. Statements are added by :class:`~gupproof.litmus.kernel.statements.Statements`."""

    words: Words
    scope: Scope
    call: Callable[["Expressions", str, Span], typed.Expr]
    depth: int = 0
    mentioned: set[str] = field(default_factory=set)

    def expression(self) -> typed.Expr:
        """Read an expression; it has no assignment or comma.

        Raises:
            GupError: it is malformed.
            Unsupported: it has something that is not handled.

        """
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.words.wrong(f"this is nested more than {DEEPEST} deep")
        result = self._binary(0)
        if self.words.next == "?":
            span = self.words.span
            self.words.take()
            then = self.expression()
            self.words.expect(":")
            result = typed.Conditional(span=span, condition=result, then=then, otherwise=self.expression(), type=WORD)
        self.depth -= 1
        return result

    def _binary(self, lowest: int) -> typed.Expr:
        left = self._unary()
        words = self.words
        while (level := _PRECEDENCE.get(words.next, -1)) >= lowest:
            span = words.span
            operator = words.take()
            right = self._binary(level + 1)
            left = self.combined(operator, left, right, span)
        return left

    def combined(self, operator: str, left: typed.Expr, right: typed.Expr, span: Span) -> typed.Expr:
        """Return what a binary operator yields."""
        if operator in ("&&", "||"):
            return typed.Logical(span=span, operator=operator, left=left, right=right, type=WORD)
        if operator == "+" and isinstance(right, typed.AddressOf):
            left, right = right, left
        made = typed.Binary(span=span, operator=operator, left=left, right=right, type=left.type)
        return _wrapped(made, span) if operator in ("*", "<<") else made

    def _unary(self) -> typed.Expr:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.words.wrong(f"this is nested more than {DEEPEST} deep")
        result = self._operand()
        self.depth -= 1
        return result

    def _operand(self) -> typed.Expr:
        words = self.words
        word = words.next
        if is_name(word) or word[:1].isdigit():
            return self._postfix(self._primary())
        span = words.span
        if word == "(":
            return self._parenthesis(span)
        if word not in _UNARY:
            raise words.wrong(f"an expression is missing before '{word}'" if word else "an expression is missing at the end")
        words.take()
        operand = self._unary()
        match word:
            case "*":
                return typed.Load(span=span, primitive="plain_load", place=self.place_at(operand, span), type=WORD)
            case "&":
                return self._address(operand, span)
            case "+":
                return operand
            case _:
                return typed.Unary(span=span, operator=word, operand=operand, type=WORD)

    def _parenthesis(self, span: Span) -> typed.Expr:
        words = self.words
        words.take()
        if self.type_ahead():
            self.skip_type()
            words.expect(")")
            return self._unary()
        result = self.expression()
        words.expect(")")
        return self._postfix(result, span)

    def type_ahead(self) -> bool:
        """Whether a type comes."""
        word = self.words.next
        return (word in TYPES or word.endswith("_t")) and word not in self.scope.locals and word not in self.scope.locations

    def skip_type(self) -> None:
        """Pass a type: what it says is of no interest."""
        words = self.words
        while (
            is_name(words.next) and (self.type_ahead() or words.ahead(-1) in ("struct", "union", "enum"))
        ) or words.next == "*":
            words.take()

    def _primary(self) -> typed.Expr:
        words, span = self.words, self.words.span
        if words.next[:1].isdigit():
            return typed.Const(span=span, value=words.integer(), type=WORD)
        name = words.take()
        if name.startswith("__") and words.next == "{":
            raise Unsupported(f"call: {name}{{...}}(), what herd7 makes primitives of")
        if words.next == "(":
            return self.call(self, name, span)
        if name == "NULL":
            return typed.Const(span=span, value=0, type=WORD)
        return self.named(name, span)

    def named(self, name: str, span: Span) -> typed.Expr:
        """Return the value of a name: a register, or the address of a location."""
        if name in self.scope.locals or name not in self.scope.locations:
            return typed.Local(span=span, name=name, type=WORD)
        self.mentioned.add(name)
        length = self.scope.arrays.get(name)
        place = typed.Object(span=span, name=name, type=LONG if length is None else ArrayType(LONG, length))
        return typed.AddressOf(span=span, place=place, type=POINTER)

    def _postfix(self, value: typed.Expr, span: Span | None = None) -> typed.Expr:
        words = self.words
        while words.next in ("[", ".", "->"):
            span = words.span
            word = words.take()
            if word != "[":
                raise Unsupported(f"structure: a field ('{word}{words.next}')")
            index = self.expression()
            words.expect("]")
            value = typed.Load(span=span, primitive="plain_load", place=self._element(value, index, span), type=WORD)
        return value

    def _element(self, base: typed.Expr, index: typed.Expr, span: Span) -> typed.Place:
        if isinstance(base, typed.AddressOf) and isinstance(base.place, typed.Object):
            if isinstance(base.place.type, ArrayType):
                return typed.Index(span=span, base=base.place, index=index, type=LONG)
            if isinstance(index, typed.Const) and index.value == 0:
                return base.place
            raise Unsupported(
                f"array: '{base.place.name}' is indexed, and the initial state does not say how many elements it has"
            )
        raise Unsupported("array: a pointer in a register is indexed")

    def _address(self, operand: typed.Expr, span: Span) -> typed.Expr:
        match operand:
            case typed.Load(primitive="plain_load", place=place):
                return (
                    place.pointer if isinstance(place, typed.Deref) else typed.AddressOf(span=span, place=place, type=POINTER)
                )
            case typed.AddressOf():
                return operand
            case typed.Local(name=name) if name not in self.scope.locals:
                # Nothing says what this is; that its address is taken says that it is in memory.
                self.scope.implied.add(name)
                self.mentioned.add(name)
                return typed.AddressOf(span=span, place=typed.Object(span=span, name=name, type=LONG), type=POINTER)
            case typed.Local(name=name):
                return typed.LocalAddress(span=span, name=name, type=WORD)
            case _:
                raise self.words.wrong("'&' takes the name of something in memory")

    def place_at(self, pointer: typed.Expr, span: Span) -> typed.Place:
        """Return where a pointer points."""
        if isinstance(pointer, typed.AddressOf):
            place = pointer.place
            if isinstance(place, typed.Object) and isinstance(place.type, ArrayType):
                return typed.Index(span=span, base=place, index=typed.Const(span=span, value=0, type=WORD), type=LONG)
            return place
        return typed.Deref(span=span, pointer=pointer, type=LONG)

    def lvalue(self, value: typed.Expr, what: str) -> typed.Place:
        """Return the place of an expression that stands for one: ``*x``, ``x[1]``.

        Raises:
            GupError: it stands for none.

        """
        if isinstance(value, typed.Load) and value.primitive == "plain_load":
            return value.place
        raise self.not_memory(what)

    def not_memory(self, what: str) -> GupError:
        """Return the error that ``what`` needs something in memory."""
        words = self.words
        return words.source.error("M006", f"{what} needs something in memory", words.offsets[max(0, words.at - 1)], "write *x")


def _wrapped(product: typed.Expr, span: Span) -> typed.Expr:
    """Return what 64 signed bits keep of a value: products would grow without end."""
    half = typed.Const(span=span, value=1 << 63, type=WORD)
    most = typed.Const(span=span, value=(1 << 64) - 1, type=WORD)
    moved = typed.Binary(span=span, operator="+", left=product, right=half, type=WORD)
    kept = typed.Binary(span=span, operator="&", left=moved, right=most, type=WORD)
    return typed.Binary(span=span, operator="-", left=kept, right=half, type=WORD)
