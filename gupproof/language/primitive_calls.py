"""Checks calls of memory primitives against their table and builds their typed nodes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from gupproof.diagnostics import Span
from gupproof.language import syntax, typed
from gupproof.language.actions import (
    CondLoadAction,
    CpuAction,
    FenceAction,
    LoadAction,
    Primitive,
    RcuAction,
    RmwAction,
    SrcuLockAction,
    SrcuSyncAction,
    SrcuUnlockAction,
    StoreAction,
)
from gupproof.language.conversion import convert, is_scalar, is_special, value_type, wrapped
from gupproof.language.errors import (
    ATOMIC_ACCESS,
    BAD_TYPE,
    NEEDS_LVALUE_TWICE,
    NO_VALUE,
    NOT_SCALAR,
    OUT_OF_RANGE,
    REGISTER,
    STRAY_VAL,
    TOUCHES_MEMORY,
)
from gupproof.language.tree import walk
from gupproof.language.types import ATOMIC, BOOL, INT, LONG, SPINLOCK, SRCU, VOID, IntType, PointerType, Type

if TYPE_CHECKING:
    from gupproof.language.expressions import ExpressionChecker

_PLACES = ("lv", "p", "w", "v", "l", "ss")
_MASK = "1 << nr"
_TRUTHS = (
    typed.Result.SUCCESS,
    typed.Result.NEW_IS_ZERO,
    typed.Result.NEW_IS_NEGATIVE,
    typed.Result.BIT_WAS_SET,
)


@dataclass(frozen=True, slots=True)
class _Arguments:
    """The checked arguments of one call: the place it works on, and values by parameter name."""

    place: typed.Place
    values: dict[str, typed.Expr]
    old: typed.Expr | None


@dataclass(frozen=True, slots=True)
class PrimitiveCalls:
    """Checks primitives in one body; ``checker`` checks their arguments."""

    checker: "ExpressionChecker"

    def expression(self, primitive: Primitive, call: syntax.Call) -> typed.Expr:
        """Return the node of a primitive that may yield a value.

        Raises:
            Refused: it is a statement, or the arguments do not fit; reported.

        """
        action = primitive.action
        match action:
            case LoadAction():
                return self._load(action, self._arguments(primitive, call), call.span)
            case CondLoadAction():
                return self._cond_load(action, primitive, call)
            case RmwAction():
                return self._rmw(action, self._arguments(primitive, call), call)
            case SrcuLockAction():
                return typed.SrcuLock(span=call.span, place=self._arguments(primitive, call).place, type=INT)
            case StoreAction() | FenceAction() | RcuAction() | SrcuUnlockAction() | SrcuSyncAction() | CpuAction():
                message = f"`{primitive.name}` yields no value"
                raise self.checker.body.reporter.refuse(NO_VALUE, call.span, message)
            case _:
                assert_never(action)

    def statements(self, primitive: Primitive, call: syntax.Call) -> list[typed.Stmt]:
        """Return what a primitive is as a statement.

        Raises:
            Refused: the arguments do not fit; reported.

        """
        action = primitive.action
        match action:
            case StoreAction():
                return self._store(action, self._arguments(primitive, call), call.span)
            case FenceAction():
                self.checker.check_count(call, [])
                return [typed.Fence(span=call.span, primitive=action.row)]
            case RcuAction():
                self.checker.check_count(call, [])
                return [typed.Rcu(span=call.span, step=action.step)]
            case SrcuUnlockAction():
                arguments = self._arguments(primitive, call)
                return [typed.SrcuUnlock(span=call.span, place=arguments.place, index=arguments.values["idx"])]
            case SrcuSyncAction():
                return [typed.SrcuSync(span=call.span, place=self._arguments(primitive, call).place)]
            case CpuAction():
                self.checker.check_count(call, ["lock"] if primitive.parameters else [])
                for argument in call.arguments:
                    # A local lock orders nothing, so its argument is checked and dropped.
                    self._register_only(self.checker.value(argument), primitive.name)
                return [typed.Interrupts(span=call.span, step=action.step)]
            case LoadAction() | CondLoadAction() | RmwAction() | SrcuLockAction():
                return [typed.Evaluate(span=call.span, value=self.expression(primitive, call))]
            case _:
                assert_never(action)

    # ── arguments ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _arguments(self, primitive: Primitive, call: syntax.Call) -> _Arguments:
        self.checker.check_count(call, list(primitive.parameters))
        given = dict(zip(primitive.parameters, call.arguments, strict=True))
        which = next(name for name in primitive.parameters if name in _PLACES)
        place = self._place(which, given[which], primitive.name)
        values: dict[str, typed.Expr] = {}
        old: typed.Expr | None = None
        for name, expr in given.items():
            what = f"`{name}` of `{primitive.name}`"
            if name == "nr":
                values[name] = self._bit_number(expr, place.type, what)
            elif name == "idx":
                values[name] = self.checker.converted(expr, INT, what)
            elif name == "&old":
                old = self._old(expr, place.type, what)
                values[name] = self._old_value(old)
            elif name not in _PLACES:
                values[name] = self.checker.converted(expr, value_type(place.type), what)
        return _Arguments(place, values, old)

    def _place(self, which: str, expr: syntax.Expr, name: str) -> typed.Place:
        reporter = self.checker.body.reporter
        if which == "lv":
            if isinstance(expr, syntax.Name) and self.checker.body.find(expr.text):
                raise reporter.refuse(REGISTER, expr.span, f"`{expr.text}` is a register, `{name}` works on memory")
            place = self.checker.places.place(expr)
        else:
            address = self.checker.local_address(expr)
            if address is not None:
                raise reporter.refuse(REGISTER, expr.span, f"`{address.name}` is a register, `{name}` works on memory")
            pointer = self.checker.value(expr)
            if not isinstance(pointer.type, PointerType):
                remedy = "pass its address with `&`" if isinstance(expr, syntax.Name | syntax.Member) else ""
                message = f"`{name}` takes a pointer here, this is of type `{pointer.type}`"
                raise reporter.refuse(BAD_TYPE, expr.span, message, remedy)
            place = self.checker.places.dereference(pointer, expr.span)
        self._check_word(which, place, name)
        return place

    def _check_word(self, which: str, place: typed.Place, name: str) -> None:
        reporter = self.checker.body.reporter
        needed = {"v": ATOMIC, "l": SPINLOCK, "ss": SRCU}.get(which)
        if needed is not None:
            if place.type != needed:
                message = f"`{name}` works on `{needed}`, this is of type `{place.type}`"
                raise reporter.refuse(ATOMIC_ACCESS, place.span, message)
        elif is_special(place.type):
            message = f"`{name}` does not work on `{place.type}`"
            raise reporter.refuse(ATOMIC_ACCESS, place.span, message)
        elif not is_scalar(place.type):
            message = f"this is of type `{place.type}`, not a number or pointer"
            raise reporter.refuse(NOT_SCALAR, place.span, message)
        elif which == "w" and not (isinstance(place.type, IntType) and place.type.high > 1):
            message = f"`{name}` works on an integer's bits, this is of type `{place.type}`"
            raise reporter.refuse(BAD_TYPE, place.span, message)

    def _bit_number(self, expr: syntax.Expr, word: Type, what: str) -> typed.Expr:
        number = self.checker.converted(expr, INT, what)
        bits = word.bits if isinstance(word, IntType) else LONG.bits
        if isinstance(number, typed.Const) and not 0 <= number.value < bits:
            message = f"`{word}` has bits 0 to {bits - 1}, not {number.value}"
            raise self.checker.body.reporter.refuse(OUT_OF_RANGE, expr.span, message)
        return number

    def _old(self, expr: syntax.Expr, word: Type, what: str) -> typed.Expr:
        target = PointerType(value_type(word))
        address = self.checker.local_address(expr)
        if address is not None:
            return convert(address, target, what, self.checker.body.reporter)
        pointer = self.checker.value(expr)
        if not isinstance(pointer, typed.Local):
            raise self.checker.body.reporter.refuse(NEEDS_LVALUE_TWICE, expr.span, f"{what} is no register's address")
        return convert(pointer, target, what, self.checker.body.reporter)

    def _old_value(self, old: typed.Expr) -> typed.Expr:
        assert isinstance(old.type, PointerType)
        assert old.type.target is not None
        kind = old.type.target
        if isinstance(old, typed.LocalAddress):
            return typed.Local(span=old.span, name=old.name, type=kind)
        place = typed.Deref(span=old.span, pointer=old, type=kind)
        return typed.Load(span=old.span, primitive="plain_load", place=place, type=kind)

    def _register_only(self, value: typed.Expr, name: str) -> None:
        for node in walk(value):
            if isinstance(node, typed.Load | typed.CondLoad | typed.Rmw | typed.Call):
                message = f"this argument of `{name}` reads memory or calls a function"
                remedy = "read it into a local first"
                raise self.checker.body.reporter.refuse(TOUCHES_MEMORY, node.span, message, remedy)

    # ── nodes ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _load(self, action: LoadAction, arguments: _Arguments, span: Span) -> typed.Expr:
        place = arguments.place
        kind = value_type(place.type)
        loaded = typed.Load(span=span, primitive=action.row, place=place, type=kind)
        if not action.bit:
            return loaded
        assert isinstance(kind, IntType)
        unsigned = IntType(f"unsigned {kind}", 0, (1 << kind.bits) - 1)
        bits = typed.Cast(span=span, operand=loaded, type=unsigned) if kind.signed else loaded
        shifted = self.checker.binary(">>", bits, arguments.values["nr"], span)
        one = typed.Const(span=span, value=1, type=shifted.type)
        return typed.Binary(span=span, operator="&", left=shifted, right=one, type=shifted.type)

    def _cond_load(self, action: CondLoadAction, primitive: Primitive, call: syntax.Call) -> typed.Expr:
        self.checker.check_count(call, list(primitive.parameters))
        place = self._place("p", call.arguments[0], primitive.name)
        kind = value_type(place.type)
        body = self.checker.body
        body.declare_val(kind)
        try:
            condition = self.checker.value(call.arguments[1])
        finally:
            body.leave()
        if not any(isinstance(node, typed.Local) and node.name == "VAL" for node in walk(condition)):
            message = "this condition does not look at `VAL`, the value read"
            raise body.reporter.refuse(STRAY_VAL, condition.span, message)
        return typed.CondLoad(span=call.span, primitive=action.row, place=place, condition=condition, type=kind)

    def _store(self, action: StoreAction, arguments: _Arguments, span: Span) -> list[typed.Stmt]:
        value = self._operand(action.value, arguments, span)
        store = typed.Store(span=span, primitive=action.row, place=arguments.place, value=value)
        return [store, typed.Fence(span=span, primitive=action.then)] if action.then else [store]

    def _rmw(self, action: RmwAction, arguments: _Arguments, call: syntax.Call) -> typed.Rmw:
        if action.comparand == _MASK:
            # The number of the bit stands in two places of the node, and must mean the same in both.
            self._register_only(arguments.values["nr"], call.function.text)
        kind: Type = value_type(arguments.place.type)
        if action.result is typed.Result.NONE:
            kind = VOID
        elif action.result in _TRUTHS:
            kind = BOOL
        comparand = self._operand(action.comparand, arguments, call.span) if action.comparand else None
        return typed.Rmw(
            span=call.span,
            primitive=action.row,
            place=arguments.place,
            operation=action.operation,
            operand=self._operand(action.operand, arguments, call.span),
            guard=action.guard,
            comparand=comparand,
            result=action.result,
            type=kind,
            waits=action.waits,
            store_old=arguments.old,
        )

    def _operand(self, text: str, arguments: _Arguments, span: Span) -> typed.Expr:
        kind = value_type(arguments.place.type)
        if text.isdigit():
            return typed.Const(span=span, value=int(text), type=kind)
        if text != _MASK:
            return arguments.values[text]
        number = arguments.values["nr"]
        if isinstance(number, typed.Const):
            assert isinstance(kind, IntType)
            return typed.Const(span=span, value=wrapped(1 << number.value, kind), type=kind)
        one = typed.Const(span=span, value=1, type=kind)
        return convert(self.checker.binary("<<", one, number, span), kind, "a bit", self.checker.body.reporter)
