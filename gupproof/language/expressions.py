"""Checks expressions and lvalues, and turns them into the typed tree.

The first thing wrong with an expression is reported and ends it (:class:`~gupproof.language.errors.Refused`); the caller
goes on with the next statement.
"""

from dataclasses import dataclass
from typing import assert_never

from gupproof.diagnostics import Span
from gupproof.language import syntax, typed
from gupproof.language.constants import Evaluator, number_value
from gupproof.language.conversion import (
    common_type,
    convert,
    first_fitting,
    fitting_type,
    null,
    pointers_agree,
    promoted,
    value_type,
    wrapped,
)
from gupproof.language.effects import NO_OVERFLOW
from gupproof.language.errors import (
    ARGUMENT_COUNT,
    BAD_TYPE,
    LOCAL_ADDRESS,
    NO_VALUE,
    NOT_A_VALUE,
    OUT_OF_RANGE,
    READ_ONLY,
    STRAY_VAL,
    TYPE_MISMATCH,
    UNKNOWN_NAME,
    Refused,
    did_you_mean,
)
from gupproof.language.places import PlaceChecker
from gupproof.language.primitive_calls import PrimitiveCalls
from gupproof.language.primitives import PRIMITIVES
from gupproof.language.scopes import Body, Register, Role
from gupproof.language.slots import AccessSlot, labelled_value, performed
from gupproof.language.symbols import Kind, Symbols
from gupproof.language.types import BOOL, INT, LONG, UINT, ULONG, IntType, PointerType, StructType, Type, VoidType

MOST_OPTIONS = 1024
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class ExpressionChecker:
    """Checks the expressions of one body."""

    symbols: Symbols
    body: Body

    # ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def value(self, expr: syntax.Expr) -> typed.Expr:
        """Return an expression that is a number or pointer.

        Raises:
            Refused: it is not; reported.

        """
        result = self.anything(expr)
        if isinstance(result.type, VoidType):
            name = expr.function.text if isinstance(expr, syntax.Call) else "this"
            name = f"slot {expr.slot.text}" if isinstance(expr, syntax.SlotCall) else name
            raise self.body.reporter.refuse(NO_VALUE, expr.span, f"`{name}` yields no value")
        return result

    def anything(self, expr: syntax.Expr) -> typed.Expr:
        """Return an expression, which may be a call without a value.

        Raises:
            Refused: it cannot be used; reported.

        """
        match expr:
            case syntax.Number():
                return self._number(expr)
            case syntax.Boolean():
                return typed.Const(span=expr.span, value=int(expr.value), type=BOOL)
            case syntax.Null():
                return null(expr.span)
            case syntax.Name():
                return self._name(expr)
            case syntax.Member() | syntax.Subscript():
                return self.places.load(self.places.place(expr))
            case syntax.Call():
                return self._call(expr)
            case syntax.SlotCall():
                return self._slot_call(expr)
            case syntax.Prefix():
                return self._prefix(expr)
            case syntax.Increment():
                return self._increment(expr)
            case syntax.Infix():
                return self._infix(expr)
            case syntax.Ternary():
                return self._ternary(expr)
            case syntax.Cast():
                return self._cast(expr)
            case syntax.Choose():
                return self._choose(expr)
            case syntax.ChooseRange():
                return self._choose_range(expr)
            case _:
                assert_never(expr)

    def converted(self, expr: syntax.Expr, target: Type, what: str) -> typed.Expr:
        """Return a value converted to ``target``, the type of ``what``.

        Raises:
            Refused: it does not convert; reported.

        """
        return convert(self.value(expr), target, what, self.body.reporter)

    def argument(self, expr: syntax.Expr, target: Type, what: str) -> typed.Expr:
        """Return an argument of a call: ``&local`` is allowed here, and only here.

        Raises:
            Refused: it does not convert; reported.

        """
        address = self.local_address(expr)
        return convert(address, target, what, self.body.reporter) if address else self.converted(expr, target, what)

    def local_address(self, expr: syntax.Expr) -> typed.LocalAddress | None:
        """Return ``&local``, or None when the expression is something else."""
        if not (isinstance(expr, syntax.Prefix) and expr.operator == "&" and isinstance(expr.operand, syntax.Name)):
            return None
        register = self.body.find(expr.operand.text)
        if register is None:
            return None
        self.body.note_write(register, expr.span)
        return typed.LocalAddress(span=expr.span, name=register.name, type=PointerType(register.type))

    def constant(self, expr: syntax.Expr) -> int:
        """Return the value of a constant expression.

        Raises:
            Refused: it has none; reported.

        """
        return Evaluator(lambda name, span: self.symbols.constant(name, span, self.body.reporter)[0], self.body.reporter).value(
            expr
        )

    @property
    def places(self) -> PlaceChecker:
        """The checker of the lvalues in this body."""
        return PlaceChecker(self)

    # ── leaves ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _number(self, expr: syntax.Number) -> typed.Const:
        """Return a literal, of the type that C gives it (C11 6.4.4.1)."""
        value = number_value(expr, self.body.reporter)
        text = expr.text.lower()
        suffix = text[len(text.rstrip("ul")) :]
        kinds = [INT, UINT, LONG, ULONG]
        if "u" in suffix:
            kinds = [UINT, ULONG]
        elif not text.startswith("0x"):
            kinds = [INT, LONG, ULONG]
        kind = first_fitting(value, [kind for kind in kinds if "l" not in suffix or kind.bits == LONG.bits])
        assert kind is not None  # number_value refuses what is larger than ULONG
        return typed.Const(span=expr.span, value=value, type=kind)

    def _name(self, expr: syntax.Name) -> typed.Expr:
        register = self.body.find(expr.text)
        if register is not None:
            return self._register(register, expr.span)
        place = self.places.object(expr)
        if place is not None:
            return self.places.load(place)
        if expr.text == NO_OVERFLOW and self.body.role is Role.FINAL:
            return typed.NoOverflow(span=expr.span, type=BOOL)
        if expr.text in self.symbols.constants:
            value, kind = self.symbols.constants[expr.text]
            return typed.Const(span=expr.span, value=value, type=kind)
        if expr.text in self.symbols.switch_types:
            return self._switch(expr)
        raise self.bad_name(expr, "a value")

    def _switch(self, expr: syntax.Name) -> typed.Expr:
        position = typed.Config(span=expr.span, name=expr.text, type=self.symbols.switch_types[expr.text])
        switch = self.symbols.switches.get(expr.text)
        if switch is None or not switch.is_number:
            return position
        lowest, highest = int(switch.values[0]), int(switch.values[-1])
        kind = IntType(f"config {expr.text}", lowest, highest)
        first = typed.Const(span=expr.span, value=lowest, type=kind)
        return typed.Binary(span=expr.span, operator="+", left=first, right=position, type=INT)

    def _register(self, register: Register, span: Span) -> typed.Local:
        self.body.note_read(register, span)
        return typed.Local(span=span, name=register.name, type=register.type)

    def bad_name(self, expr: syntax.Name, wanted: str) -> Refused:
        """Report a name that is not what is wanted; the caller raises the result."""
        kind = self.symbols.kind_of(expr.text)
        reporter = self.body.reporter
        if expr.text == "VAL":
            return reporter.refuse(STRAY_VAL, expr.span, "`VAL` is only known in the condition of smp_cond_load_*")
        if kind in (Kind.CONSTANT, Kind.VARIABLE) and wanted == "a value":
            return Refused()  # its declaration was refused, and reported
        if kind in (Kind.FUNCTION, Kind.PRIMITIVE):
            return reporter.refuse(NOT_A_VALUE, expr.span, f"`{expr.text}` is {kind.value}", f"call it: `{expr.text}(...)`")
        if kind is Kind.SLOT:
            message = f"`{expr.text}` is a slot, not a value"
            use = f"slot {expr.text}(...)" if expr.text in self.symbols.access_slots else f"slot {expr.text};"
            return reporter.refuse(NOT_A_VALUE, expr.span, message, f"perform what it chooses with `{use}`")
        if kind is not None:
            return reporter.refuse(NOT_A_VALUE, expr.span, f"`{expr.text}` is {kind.value}, not {wanted}")
        known = sorted(self.body.names() | set(self.symbols.kinds))
        return reporter.refuse(UNKNOWN_NAME, expr.span, f"nothing here is called `{expr.text}`", did_you_mean(expr.text, known))

    # ── operators ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _prefix(self, expr: syntax.Prefix) -> typed.Expr:
        match expr.operator:
            case "&":
                return self._address(expr)
            case "*":
                return self.places.load(self.places.place(expr))
            case "!":
                return typed.Unary(span=expr.span, operator="!", operand=self.value(expr.operand), type=BOOL)
            case operator:
                return self._arithmetic_prefix(operator, expr)

    def _arithmetic_prefix(self, operator: str, expr: syntax.Prefix) -> typed.Expr:
        operand = self.value(expr.operand)
        if not isinstance(operand.type, IntType):
            message = f"`{operator}` takes an integer, this is of type `{operand.type}`"
            raise self.body.reporter.refuse(TYPE_MISMATCH, expr.operand.span, message)
        kind = promoted(operand.type)
        if operator == "+":
            return operand
        if isinstance(operand, typed.Const):
            value = -operand.value if operator == "-" else ~operand.value
            return typed.Const(span=expr.span, value=wrapped(value, kind), type=kind)
        return typed.Unary(span=expr.span, operator=operator, operand=operand, type=kind)

    def _address(self, expr: syntax.Prefix) -> typed.Expr:
        if isinstance(expr.operand, syntax.Name) and self.body.find(expr.operand.text):
            message = f"`{expr.operand.text}` is a register: its address can only be an argument of a call"
            raise self.body.reporter.refuse(LOCAL_ADDRESS, expr.span, message)
        place = self.places.place(expr.operand)
        return typed.AddressOf(span=expr.span, place=place, type=PointerType(place.type))

    def _increment(self, expr: syntax.Increment) -> typed.Expr:
        amount = 1 if expr.operator == "+" else -1
        register = self.body.find(expr.operand.text) if isinstance(expr.operand, syntax.Name) else None
        target: typed.Local | typed.Place
        if register is not None:
            target = self._register(register, expr.operand.span)
            self.body.note_write(register, expr.span)
            kind = register.type
        else:
            if isinstance(expr.operand, syntax.Name):
                self.check_assignable(expr.operand)
            target = self.places.place(expr.operand)
            self.places.check_plain(target)
            kind = value_type(target.type)
        if isinstance(kind, PointerType) and kind.target is None:
            raise self.body.reporter.refuse(TYPE_MISMATCH, expr.span, "NULL does not count")
        return typed.Increment(span=expr.span, target=target, amount=amount, is_prefix=expr.is_prefix, type=kind)

    def check_assignable(self, target: syntax.Name) -> None:
        """Refuse to assign what does not change.

        Raises:
            Refused: reported.

        """
        kind = self.symbols.kind_of(target.text)
        if target.text not in self.body.objects and kind not in (None, Kind.VARIABLE):
            message = f"`{target.text}` is {kind.value if kind else 'a value'} and cannot be assigned"
            remedy = "a theorem chooses it: `with NAME = value`" if kind in (Kind.SWITCH, Kind.SLOT) else ""
            raise self.body.reporter.refuse(READ_ONLY, target.span, message, remedy)

    def _infix(self, expr: syntax.Infix) -> typed.Expr:
        left, right = self.value(expr.left), self.value(expr.right)
        if expr.operator in ("&&", "||"):
            return typed.Logical(span=expr.span, operator=expr.operator, left=left, right=right, type=BOOL)
        return self.binary(expr.operator, left, right, expr.span)

    def binary(self, operator: str, left: typed.Expr, right: typed.Expr, span: Span) -> typed.Binary:
        """Return an arithmetic operation or comparison of two values.

        Raises:
            Refused: their types do not go together; reported.

        """
        kind: Type
        match left.type, right.type:
            case IntType(), IntType():
                if operator in _COMPARISONS:
                    kind = BOOL
                else:
                    kind = promoted(left.type) if operator in ("<<", ">>") else common_type(left.type, right.type)
            case PointerType(), IntType() if operator in ("+", "-") and left.type.target is not None:
                kind = left.type
            case PointerType(), PointerType() if operator in _COMPARISONS and pointers_agree(left.type, right.type):
                kind = BOOL
            case _:
                raise self._bad_operands(operator, left, right, span)
        return typed.Binary(span=span, operator=operator, left=left, right=right, type=kind)

    def _bad_operands(self, operator: str, left: typed.Expr, right: typed.Expr, span: Span) -> Refused:
        remedy = ""
        match left.type, right.type:
            case (PointerType(), IntType()) | (IntType(), PointerType()) if operator in _COMPARISONS:
                remedy = "compare a pointer with NULL or another pointer, or cast it to `(unsigned long)`"
            case IntType(), PointerType() if operator == "+":
                remedy = "write the pointer first: `p + n`"
            case (PointerType(), _) | (_, PointerType()):
                remedy = "cast the pointer to `(unsigned long)`"
            case _:
                pass
        message = f"`{operator}` does not take `{left.type}` and `{right.type}`"
        return self.body.reporter.refuse(TYPE_MISMATCH, span, message, remedy)

    def _ternary(self, expr: syntax.Ternary) -> typed.Expr:
        condition = self.value(expr.condition)
        then, otherwise = self.value(expr.then), self.value(expr.otherwise)
        kind = self._joined([then, otherwise], expr.span)
        then, otherwise = (self._as(value, kind) for value in (then, otherwise))
        return typed.Conditional(span=expr.span, condition=condition, then=then, otherwise=otherwise, type=kind)

    def _as(self, value: typed.Expr, kind: Type) -> typed.Expr:
        """Return an alternative as of the type that all of them have together."""
        return convert(value, kind, "an alternative", self.body.reporter)

    def _joined(self, values: list[typed.Expr], span: Span) -> Type:
        """Return the type that all the values have together."""
        kind = values[0].type
        for value in values[1:]:
            match kind, value.type:
                case IntType(), IntType():
                    kind = kind if kind == value.type else common_type(kind, value.type)
                case PointerType(), PointerType() if pointers_agree(kind, value.type):
                    kind = value.type if kind.target is None else kind
                case _:
                    message = f"the alternatives are of type `{kind}` and `{value.type}`"
                    raise self.body.reporter.refuse(TYPE_MISMATCH, span, message)
        return kind

    def _cast(self, expr: syntax.Cast) -> typed.Expr:
        kind = self.symbols.register_type(expr.type.base, expr.type.stars, expr.type.span, "a value", self.body.reporter)
        operand = self.value(expr.operand)
        if isinstance(operand.type, IntType) and isinstance(kind, IntType):
            if isinstance(operand, typed.Const):
                return typed.Const(span=expr.span, value=wrapped(operand.value, kind), type=kind)
            if kind == BOOL:
                return convert(operand, kind, "this", self.body.reporter)
        elif kind == BOOL:
            # Of a pointer, whether there is one.
            return typed.Binary(span=expr.span, operator="!=", left=operand, right=null(expr.span), type=BOOL)
        if isinstance(kind, PointerType) and isinstance(operand.type, PointerType) and not _may_alias(operand.type, kind):
            message = f"a `{operand.type}` as a `{kind}` would access words in parts"
            raise self.body.reporter.refuse(BAD_TYPE, expr.span, message, "declare the word with the type it is accessed by")
        return typed.Cast(span=expr.span, operand=operand, type=kind)

    def _choose(self, expr: syntax.Choose) -> typed.Expr:
        options = [self.value(option) for option in expr.options]
        kind = self._joined(options, expr.span)
        return typed.Choose(span=expr.span, options=tuple(self._as(option, kind) for option in options), type=kind)

    def _choose_range(self, expr: syntax.ChooseRange) -> typed.Expr:
        low, high = self.constant(expr.low), self.constant(expr.high)
        if not 0 <= high - low < MOST_OPTIONS:
            message = f"`{low} .. {high}` is not a range of 1 to {MOST_OPTIONS} values"
            raise self.body.reporter.refuse(OUT_OF_RANGE, expr.span, message)
        kinds = fitting_type(low), fitting_type(high)
        assert kinds[0] is not None
        assert kinds[1] is not None
        kind = kinds[0] if kinds[0] == kinds[1] else common_type(kinds[0], kinds[1])
        options = tuple(typed.Const(span=expr.span, value=value, type=kind) for value in range(low, high + 1))
        return typed.Choose(span=expr.span, options=options, type=kind)

    # ── calls ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _call(self, expr: syntax.Call) -> typed.Expr:
        name = expr.function.text
        if name in PRIMITIVES:
            return PrimitiveCalls(self).expression(PRIMITIVES[name], expr)
        return self.call(expr)

    def slot_access(self, expr: syntax.SlotCall) -> tuple[AccessSlot, syntax.Call]:
        """Return the access that a slot performs, and the call of it.

        Raises:
            Refused: no such slot, or one of fences; reported.

        """
        return performed(expr, self.symbols.switches, self.symbols.access_slots, self.body.reporter)

    def _slot_call(self, expr: syntax.SlotCall) -> typed.Expr:
        access, call = self.slot_access(expr)
        return labelled_value(PrimitiveCalls(self).expression(access.primitive, call), expr.slot.text, access)

    def call(self, expr: syntax.Call) -> typed.Call:
        """Return a call of a function of the language.

        Raises:
            Refused: no such function, or the arguments do not fit; reported.

        """
        name = expr.function.text
        reporter = self.body.reporter
        kind = self.symbols.kind_of(name)
        if kind is not Kind.FUNCTION:
            if kind is not None or self.body.find(name) or name in self.body.objects:
                what = kind.value if kind else "a variable"
                raise reporter.refuse(NOT_A_VALUE, expr.function.span, f"`{name}` is {what}, not a function")
            known = sorted({item for item, kind in self.symbols.kinds.items() if kind is Kind.FUNCTION} | set(PRIMITIVES))
            message = f"no function is called `{name}`"
            raise reporter.refuse(UNKNOWN_NAME, expr.function.span, message, did_you_mean(name, known))
        if name not in self.symbols.signatures:
            raise Refused
        signature = self.symbols.signatures[name]
        self.check_count(expr, [item.name for item in signature.parameters])
        arguments = tuple(
            self.argument(argument, parameter.type, f"argument `{parameter.name}` of `{name}`")
            for argument, parameter in zip(expr.arguments, signature.parameters, strict=True)
        )
        return typed.Call(span=expr.span, function=name, arguments=arguments, type=signature.returns)

    def check_count(self, expr: syntax.Call, parameters: list[str]) -> None:
        """Refuse a call with too few or too many arguments.

        Raises:
            Refused: reported.

        """
        if len(expr.arguments) != len(parameters):
            count = "1 argument" if len(parameters) == 1 else f"{len(parameters)} arguments"
            name = expr.function.text
            message = f"`{name}` takes {count}, not {len(expr.arguments)}"
            remedy = f"write `{name}({', '.join(parameters)})`"
            raise self.body.reporter.refuse(ARGUMENT_COUNT, expr.span, message, remedy)


def _may_alias(source: PointerType, target: PointerType) -> bool:
    """Whether what one points to may be accessed through the other: one type, or integers of one size."""
    if pointers_agree(source, target):
        return True
    match source.target, target.target:
        case IntType() as one, IntType() as other:
            return one.bits == other.bits and one.bits > 1 and other.bits > 1
        case (StructType(), _) | (_, StructType()):
            # The first word of a structure, or one structure as another: what is accessed in the end is judged there.
            return True
        case _:
            return False
