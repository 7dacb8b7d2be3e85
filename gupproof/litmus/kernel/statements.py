"""Statements of kernel C, read straight into typed ones."""

from dataclasses import dataclass, field

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.litmus.form import Unsupported
from gupproof.litmus.kernel.calls import called_with
from gupproof.litmus.kernel.expressions import DEEPEST, WORD, Expressions
from gupproof.litmus.kernel.lexer import is_name

_ASSIGNMENTS = {f"{operator}=": operator for operator in ("+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>")}
_STEPS = {"++": "+", "--": "-"}
_CONTROL = frozenset({"if", "while", "do", "for", "return", "break", "continue"})
_REFUSED = frozenset({"goto", "switch", "case", "default", "asm", "typedef", "__atomic_op", "__fence", "__store", "__srcu"})


@dataclass(slots=True)
class Statements(Expressions):
    """Reads statements.

    Attributes:
        assigned: registers assigned to or declared so far.
        loops: how many are open.

    """

    assigned: set[str] = field(default_factory=set)
    loops: int = 0

    def block(self) -> tuple[typed.Stmt, ...]:
        """Read statements up to the closing brace, which is passed.

        Raises:
            GupError: one is malformed.
            Unsupported: one is not handled.

        """
        made: list[typed.Stmt] = []
        while not self.words.passes("}"):
            made += self.statement()
        return tuple(made)

    def statement(self) -> list[typed.Stmt]:
        """Read one statement; a declaration without a value is none, several declarators are several."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.words.wrong(f"this is nested more than {DEEPEST} deep")
        result = self._statement()
        self.depth -= 1
        return result

    def _statement(self) -> list[typed.Stmt]:
        words = self.words
        word, span = words.next, words.span
        if words.passes(";"):
            return []
        if words.passes("{"):
            return list(self.block())
        # A keyword of C that herd has not may be a variable: continue = 1.
        if word in _CONTROL and words.ahead(1) != "=":
            return self._control(words.take(), span)
        if word in _REFUSED:
            raise Unsupported(f"statement: '{word}'")
        if self._declares():
            return self._declaration()
        made = self._simple()
        words.expect(";")
        return made

    # ── control ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _control(self, word: str, span: Span) -> list[typed.Stmt]:
        words = self.words
        match word:
            case "if":
                condition = self._condition()
                then = tuple(self.statement())
                otherwise = tuple(self.statement()) if words.passes("else") else ()
                return [typed.If(span=span, condition=condition, then=then, otherwise=otherwise)]
            case "while":
                condition = self._condition()
                return [self._loop(span, condition, self._body())]
            case "do":
                body = self._body()
                words.expect("while")
                condition = self._condition()
                words.expect(";")
                return [self._loop(span, condition, body, test_first=False)]
            case "for":
                return self._for(span)
            case "return":
                value = self.expression() if words.next != ";" else None
                words.expect(";")
                return [typed.Return(span=span, value=value)]
            case _:
                if not self.loops:
                    raise words.source.error("M006", f"'{word}' outside of a loop", words.offsets[words.at - 1])
                words.expect(";")
                return [typed.Break(span=span) if word == "break" else typed.Continue(span=span)]

    def _condition(self) -> typed.Expr:
        self.words.expect("(")
        condition = self.expression()
        self.words.expect(")")
        return condition

    def _body(self) -> tuple[typed.Stmt, ...]:
        self.loops += 1
        body = tuple(self.statement())
        self.loops -= 1
        return body

    def _for(self, span: Span) -> list[typed.Stmt]:
        words = self.words
        words.expect("(")
        if self._declares():
            initial = self._declaration()
        else:
            initial = self._simple() if words.next != ";" else []
            words.expect(";")
        condition = self.expression() if words.next != ";" else typed.Const(span=span, value=1, type=WORD)
        words.expect(";")
        step = self._simple() if words.next != ")" else []
        words.expect(")")
        return [self._loop(span, condition, self._body(), initial=initial, step=step)]

    def _loop(
        self,
        span: Span,
        condition: typed.Expr,
        body: tuple[typed.Stmt, ...],
        *,
        initial: list[typed.Stmt] | None = None,
        step: list[typed.Stmt] | None = None,
        test_first: bool = True,
    ) -> typed.Loop:
        return typed.Loop(
            span=span,
            initial=tuple(initial or ()),
            condition=condition,
            body=body,
            step=tuple(step or ()),
            test_first=test_first,
            bound=None,
        )

    # ── declarations and assignments ─────────────────────────────────────────────────────────────────────────────────

    def _declares(self) -> bool:
        """Whether a declaration comes: a type, or a name that only a type can be."""
        words = self.words
        if not is_name(words.next):
            return False
        after = words.ahead(1)
        return (
            self.type_ahead() or is_name(after) or (after == "*" and is_name(words.ahead(2)) and words.ahead(3) in ("=", ";"))
        )

    def _declaration(self) -> list[typed.Stmt]:
        words = self.words
        if self.type_ahead():
            self.skip_type()
        else:
            words.take()
        made: list[typed.Stmt] = []
        while True:
            while words.passes("*") or words.passes("const") or words.passes("volatile"):
                pass
            span = words.span
            name = words.name("the name of a variable")
            if words.next == "[":
                raise Unsupported(f"array: a local one ('{name}')")
            self._becomes_local(name)
            if words.passes("="):
                made.append(typed.Assign(span=span, name=name, type=WORD, value=self.expression()))
            if words.passes(";"):
                return made
            words.expect(",")

    def _becomes_local(self, name: str) -> None:
        self.assigned.add(name)
        self.scope.locals.add(name)

    def _simple(self) -> list[typed.Stmt]:
        """Read an assignment or a call."""
        words, span = self.words, self.words.span
        word = words.next
        if is_name(word):
            after = words.ahead(1)
            if after == "=" or after in _ASSIGNMENTS or after in _STEPS:
                words.take()
                self._becomes_local(word)
                return self._assigned(typed.Local(span=span, name=word, type=WORD), span)
            if after == "(":
                words.take()
                called = called_with(self, word, span)
                if isinstance(called, list):
                    return called
                return [typed.Evaluate(span=span, value=called)]
        if word in _STEPS:
            words.take()
            target = self._unary()
            return self._stored(target, self._changed(target, _STEPS[word], self._one(span), span), span)
        target = self._unary()
        if words.next == "=" or words.next in _ASSIGNMENTS or words.next in _STEPS:
            return self._assigned(target, span)
        return [typed.Evaluate(span=span, value=target)]

    def _assigned(self, target: typed.Expr, span: Span) -> list[typed.Stmt]:
        operator = self.words.take()
        if operator in _STEPS:
            return self._stored(target, self._changed(target, _STEPS[operator], self._one(span), span), span)
        value = self.expression()
        if operator in _ASSIGNMENTS:
            value = self._changed(target, _ASSIGNMENTS[operator], value, span)
        return self._stored(target, value, span)

    def _one(self, span: Span) -> typed.Expr:
        return typed.Const(span=span, value=1, type=WORD)

    def _changed(self, target: typed.Expr, operator: str, by: typed.Expr, span: Span) -> typed.Expr:
        return self.combined(operator, target, by, span)

    def _stored(self, target: typed.Expr, value: typed.Expr, span: Span) -> list[typed.Stmt]:
        if isinstance(target, typed.Local):
            self._becomes_local(target.name)
            return [typed.Assign(span=span, name=target.name, type=WORD, value=value)]
        place = self.lvalue(target, "an assignment")
        return [typed.Store(span=span, primitive="plain_store", place=place, value=value)]
