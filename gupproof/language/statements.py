"""Checks statements and turns them into the typed tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from gupproof.diagnostics import Span
from gupproof.language import syntax, typed
from gupproof.language.conversion import convert, value_type
from gupproof.language.declarations import check_name
from gupproof.language.effects import ASSERTS
from gupproof.language.errors import (
    BAD_TYPE,
    LOCAL_ADDRESS,
    MISSING_RETURN,
    NO_EFFECT,
    OUT_OF_RANGE,
    RETURN_VALUE,
    STRAY_JUMP,
    Refused,
)
from gupproof.language.expressions import ExpressionChecker
from gupproof.language.primitive_calls import PrimitiveCalls
from gupproof.language.primitives import CALL_RCU, PRIMITIVES
from gupproof.language.scopes import Body, Register
from gupproof.language.slots import check_fence, labelled, slot_named
from gupproof.language.symbols import Symbols
from gupproof.language.tree import walk
from gupproof.language.types import BOOL, PointerType, VoidType

MOST_ROUNDS = 10_000


@dataclass(frozen=True, slots=True)
class StatementChecker:
    """Checks the statements of one body. A statement that cannot be used is reported and left out."""

    symbols: Symbols
    body: Body

    @property
    def expressions(self) -> ExpressionChecker:
        """The checker of the expressions in this body."""
        return ExpressionChecker(self.symbols, self.body)

    def block(self, block: syntax.Block) -> tuple[typed.Stmt, ...]:
        """Return the statements of a block, in a scope of its own."""
        self.body.enter()
        result = self.sequence(block.body)
        self.body.leave()
        return result

    def sequence(self, statements: Sequence[syntax.Stmt]) -> tuple[typed.Stmt, ...]:
        """Return the statements in the current scope."""
        result: list[typed.Stmt] = []
        for statement in statements:
            try:
                result.extend(self.statement(statement))
            except Refused:
                continue
        return tuple(result)

    def statement(self, statement: syntax.Stmt) -> Sequence[typed.Stmt]:
        """Return one statement.

        Raises:
            Refused: it cannot be used; reported.

        """
        span = statement.span
        match statement:
            case syntax.Declaration():
                return self._declaration(statement)
            case syntax.Assignment():
                return self._assignment(statement)
            case syntax.Evaluate():
                return self._evaluate(statement)
            case syntax.Block():
                return self.block(statement)
            case syntax.If():
                return [self._if(statement)]
            case syntax.While():
                return [self._while(statement)]
            case syntax.For():
                return [self._for(statement)]
            case syntax.Break():
                self._check_jump("break", span)
                return [typed.Break(span=span)]
            case syntax.Continue():
                self._check_jump("continue", span)
                return [typed.Continue(span=span)]
            case syntax.Return():
                return [self._return(statement)]
            case syntax.Await():
                return [typed.Await(span=span, condition=self.expressions.value(statement.condition))]
            case syntax.Assert():
                name = statement.name.text if statement.name else ASSERTS
                condition = self.expressions.value(statement.condition)
                return [typed.Assert(span=span, condition=condition, property=name)]
            case syntax.Assume():
                return [typed.Assume(span=span, condition=self.expressions.value(statement.condition))]
            case syntax.Slot():
                return [self._slot(statement)]
            case _:
                assert_never(statement)

    # ── registers and memory ─────────────────────────────────────────────────────────────────────────────────────────

    def _declaration(self, statement: syntax.Declaration) -> list[typed.Stmt]:
        return [self._local(statement.base, declarator) for declarator in self._usable(statement)]

    def _usable(self, statement: syntax.Declaration) -> list[syntax.Declarator]:
        for declarator in statement.declarators:
            check_name(declarator.name, self.body.reporter)
        return list(statement.declarators)

    def _local(self, base: syntax.BaseType, declarator: syntax.Declarator) -> typed.Stmt:
        reporter = self.body.reporter
        word = declarator.name
        if declarator.lengths:
            message = f"`{word.text}` is a register and cannot be an array"
            raise reporter.refuse(BAD_TYPE, declarator.span, message, "declare it outside the function, as memory")
        kind = self.symbols.register_type(base, declarator.stars, declarator.span, f"`{word.text}`", reporter)
        value: typed.Expr | None = None
        try:
            if declarator.initial is not None:
                value = self.expressions.converted(declarator.initial, kind, f"`{word.text}`")
        finally:
            # Declared even when its value is refused: the statements after it are judged on their own.
            register = self.body.declare(word, kind)
        if value is None:
            return typed.Declare(span=declarator.span, name=register.name, type=kind)
        return typed.Assign(span=declarator.span, name=register.name, type=kind, value=value)

    def _assignment(self, statement: syntax.Assignment) -> list[typed.Stmt]:
        target = statement.target
        if isinstance(target, syntax.Name):
            register = self.body.find(target.text)
            if register is not None:
                return [self._assign(statement, register)]
            self.expressions.check_assignable(target)
        place = self.expressions.places.place(target)
        before: list[typed.Stmt] = []
        if statement.operator:
            before, place = self._evaluated_once(place, target.span)
            value = self._updated(statement, self.expressions.places.load(place))
        else:
            self.expressions.places.check_plain(place)
            value = self.expressions.value(statement.value)
        value = convert(value, value_type(place.type), "what is assigned", self.body.reporter)
        return [*before, typed.Store(span=statement.span, primitive="plain_store", place=place, value=value)]

    def _assign(self, statement: syntax.Assignment, register: Register) -> typed.Stmt:
        if statement.operator:
            old = typed.Local(span=statement.target.span, name=register.name, type=register.type)
            value = self._updated(statement, old)
        else:
            value = self.expressions.value(statement.value)
        self.body.note_write(register, statement.span)
        value = convert(value, register.type, f"`{register.name}`", self.body.reporter)
        return typed.Assign(span=statement.span, name=register.name, type=register.type, value=value)

    def _updated(self, statement: syntax.Assignment, old: typed.Expr) -> typed.Expr:
        return self.expressions.binary(statement.operator, old, self.expressions.value(statement.value), statement.span)

    def _evaluated_once(self, place: typed.Place, span: Span) -> tuple[list[typed.Stmt], typed.Place]:
        """Return the place such that reading and writing it computes its address, loads included, only once."""
        if not any(
            isinstance(node, typed.Load | typed.CondLoad | typed.Rmw | typed.Call | typed.Choose) for node in walk(place)
        ):
            return [], place
        kind = PointerType(place.type)
        name = self.body.fresh("address")
        address = typed.AddressOf(span=span, place=place, type=kind)
        local = typed.Local(span=span, name=name, type=kind)
        once = typed.Assign(span=span, name=name, type=kind, value=address)
        return [once], typed.Deref(span=span, pointer=local, type=place.type)

    def _evaluate(self, statement: syntax.Evaluate) -> list[typed.Stmt]:
        expr = statement.value
        if isinstance(expr, syntax.SlotCall):
            access, call = self.expressions.slot_access(expr)
            made = PrimitiveCalls(self.expressions).statements(access.primitive, call)
            return labelled(made, expr.slot.text, access)
        if not isinstance(expr, syntax.Call):
            self.expressions.value(expr)
            raise self.body.reporter.refuse(NO_EFFECT, statement.span, "this statement does nothing")
        if expr.function.text in PRIMITIVES:
            return PrimitiveCalls(self.expressions).statements(PRIMITIVES[expr.function.text], expr)
        if expr.function.text == CALL_RCU:
            return [self._call_rcu(expr)]
        return [typed.Evaluate(span=statement.span, value=self.expressions.call(expr))]

    def _call_rcu(self, expr: syntax.Call) -> typed.Stmt:
        callback = expr.arguments[0] if len(expr.arguments) == 1 else None
        if not isinstance(callback, syntax.Call):
            message = f"`{CALL_RCU}` takes a call, to be made after a grace period"
            raise self.body.reporter.refuse(BAD_TYPE, expr.span, message, f"write `{CALL_RCU}(f(arguments))`")
        call = self.expressions.call(callback)
        for node in walk(*call.arguments):
            if isinstance(node, typed.LocalAddress):
                message = f"`&{node.name}` would be a register of a function that has returned"
                raise self.body.reporter.refuse(LOCAL_ADDRESS, node.span, message)
        return typed.CallRcu(span=expr.span, callback=call)

    def _slot(self, statement: syntax.Slot) -> typed.Stmt:
        name = statement.name.text
        slot_named(statement.name, self.symbols.switches, self.body.reporter)
        check_fence(statement, self.symbols.access_slots, self.body.reporter)
        return typed.Slot(span=statement.span, name=name)

    # ── control ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _arm(self, statement: syntax.Stmt) -> tuple[typed.Stmt, ...]:
        if isinstance(statement, syntax.Block):
            return self.block(statement)
        self.body.enter()
        result = self.sequence([statement])
        self.body.leave()
        return result

    def _if(self, statement: syntax.If) -> typed.Stmt:
        condition = self._condition(statement.condition)
        then = self._arm(statement.then)
        otherwise = self._arm(statement.otherwise) if statement.otherwise else ()
        return typed.If(span=statement.span, condition=condition, then=then, otherwise=otherwise)

    def _condition(self, expr: syntax.Expr | None) -> typed.Expr:
        """Return a condition; a refused one is replaced, so that what it governs is checked too."""
        fallback = typed.Const(span=expr.span if expr else Span("", 0, 0, 0, 0), value=1, type=BOOL)
        if expr is None:
            return fallback
        try:
            return self.expressions.value(expr)
        except Refused:
            return fallback

    def _while(self, statement: syntax.While) -> typed.Stmt:
        bound = self._bound(statement.bound)
        condition = self._condition(statement.condition)
        body = self._loop_body(statement.body)
        return typed.Loop(
            span=statement.span,
            initial=(),
            condition=condition,
            body=body,
            step=(),
            test_first=statement.test_first,
            bound=bound,
        )

    def _for(self, statement: syntax.For) -> typed.Stmt:
        self.body.enter()
        initial = self.sequence([statement.initial] if statement.initial else [])
        bound = self._bound(statement.bound)
        condition = self._condition(statement.condition)
        if statement.condition is None:
            condition = typed.Const(span=statement.span, value=1, type=BOOL)
        step = self.sequence([statement.step] if statement.step else [])
        body = self._loop_body(statement.body)
        self.body.leave()
        return typed.Loop(
            span=statement.span,
            initial=initial,
            condition=condition,
            body=body,
            step=step,
            test_first=True,
            bound=bound,
        )

    def _loop_body(self, statement: syntax.Stmt) -> tuple[typed.Stmt, ...]:
        self.body.loops += 1
        try:
            return self._arm(statement)
        finally:
            self.body.loops -= 1

    def _bound(self, expr: syntax.Expr | None) -> int | None:
        if expr is None:
            return None
        try:
            bound = self.expressions.constant(expr)
        except Refused:
            return None
        if not 0 < bound <= MOST_ROUNDS:
            message = f"a bound is 1 to {MOST_ROUNDS}, not {bound}"
            self.body.reporter.report(OUT_OF_RANGE, expr.span, message)
            return None
        return bound

    def _check_jump(self, word: str, span: Span) -> None:
        if self.body.loops == 0:
            raise self.body.reporter.refuse(STRAY_JUMP, span, f"`{word}` outside a loop")

    def _return(self, statement: syntax.Return) -> typed.Stmt:
        reporter = self.body.reporter
        returns = self.body.returns
        if isinstance(returns, VoidType):
            if statement.value is not None:
                raise reporter.refuse(
                    RETURN_VALUE,
                    statement.span,
                    "nothing is returned here, so `return` takes no value",
                    "write `return;`, or give the function a type with `->`",
                )
            return typed.Return(span=statement.span, value=None)
        if statement.value is None:
            raise reporter.refuse(RETURN_VALUE, statement.span, f"this function returns `{returns}`", "write `return value;`")
        value = self.expressions.converted(statement.value, returns, "the result")
        return typed.Return(span=statement.span, value=value)


def check_function(item: syntax.Function, symbols: Symbols, body: Body) -> typed.Function | None:
    """Return a function checked, or None when its signature was refused.

    Args:
        item: as written.
        symbols: everything declared.
        body: fresh; its reporter is told what is wrong.

    """
    signature = symbols.signatures.get(item.name.text)
    if signature is None:
        return None
    checker = StatementChecker(symbols, body)
    body.returns = signature.returns
    parameters: list[typed.Parameter] = []
    for parameter, known in zip(item.parameters, signature.parameters, strict=True):
        check_name(parameter.name, body.reporter)
        register = body.declare(parameter.name, known.type)
        parameters.append(typed.Parameter(span=parameter.span, name=register.name, type=known.type))
    # The outermost block of a function shares its scope with the parameters, as in C.
    statements = checker.sequence(item.body.body)
    if not isinstance(signature.returns, VoidType) and can_end(item.body.body):
        message = f"`{item.name.text}` returns `{signature.returns}`, but can end without `return`"
        body.reporter.report(MISSING_RETURN, item.name.span, message)
    return typed.Function(
        span=item.span,
        name=item.name.text,
        parameters=tuple(parameters),
        returns=signature.returns,
        body=statements,
    )


def can_end(statements: Sequence[syntax.Stmt]) -> bool:
    """Whether control can reach the end of the statements."""
    return not any(_never_ends(statement) for statement in statements)


def _never_ends(statement: syntax.Stmt) -> bool:
    match statement:
        case syntax.Return() | syntax.Break() | syntax.Continue():
            return True
        case syntax.Block():
            return not can_end(statement.body)
        case syntax.If():
            return statement.otherwise is not None and _never_ends(statement.then) and _never_ends(statement.otherwise)
        case syntax.While():
            once = not statement.test_first and _never_ends(statement.body)
            return (once or _is_true(statement.condition)) and not _breaks(statement.body)
        case syntax.For():
            return (statement.condition is None or _is_true(statement.condition)) and not _breaks(statement.body)
        case _:
            return False


def _is_true(expr: syntax.Expr) -> bool:
    match expr:
        case syntax.Boolean():
            return expr.value
        case syntax.Number():
            return expr.text.strip("uUlL0xX") != ""
        case _:
            return False


def _breaks(statement: syntax.Stmt) -> bool:
    """Whether a ``break`` in the statement leaves the loop around it."""
    match statement:
        case syntax.Break():
            return True
        case syntax.Block():
            return any(_breaks(item) for item in statement.body)
        case syntax.If():
            return _breaks(statement.then) or (statement.otherwise is not None and _breaks(statement.otherwise))
        case _:
            return False
