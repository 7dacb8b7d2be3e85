"""Checks lvalues: variables, ``*p``, ``p->f``, ``s.f``, ``a[i]``, and the plain loads of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gupproof.diagnostics import Span
from gupproof.language import syntax, typed
from gupproof.language.conversion import is_scalar, is_special, value_type
from gupproof.language.errors import (
    ATOMIC_ACCESS,
    NO_FIELD,
    NOT_AN_LVALUE,
    NOT_SCALAR,
    OUT_OF_RANGE,
    TYPE_MISMATCH,
    Refused,
    did_you_mean,
)
from gupproof.language.scopes import Body
from gupproof.language.symbols import Symbols
from gupproof.language.types import INT, ArrayType, IntType, PointerType, StructType

if TYPE_CHECKING:
    from gupproof.language.expressions import ExpressionChecker


@dataclass(frozen=True, slots=True)
class PlaceChecker:
    """Checks the lvalues of one body; ``checker`` checks the expressions in them."""

    checker: "ExpressionChecker"

    @property
    def body(self) -> Body:
        """What the code can name."""
        return self.checker.body

    @property
    def symbols(self) -> Symbols:
        """Everything declared."""
        return self.checker.symbols

    def place(self, expr: syntax.Expr) -> typed.Place:
        """Return a memory lvalue.

        Raises:
            Refused: it is none; reported.

        """
        match expr:
            case syntax.Name():
                found = self.object(expr)
                if found is None:
                    raise self._no_lvalue(expr)
                return found
            case syntax.Prefix(operator="*"):
                return self.dereference(self.checker.value(expr.operand), expr.span)
            case syntax.Member():
                return self._member(expr)
            case syntax.Subscript():
                return self._element(expr)
            case _:
                raise self._no_lvalue(expr)

    def _no_lvalue(self, expr: syntax.Expr) -> Refused:
        if isinstance(expr, syntax.Name):
            if self.body.find(expr.text):
                return self.body.reporter.refuse(NOT_AN_LVALUE, expr.span, f"`{expr.text}` is a register, not memory")
            return self.checker.bad_name(expr, "memory")
        return self.body.reporter.refuse(NOT_AN_LVALUE, expr.span, "this is a value, not a place in memory")

    def object(self, expr: syntax.Name) -> typed.Object | None:
        """Return the shared variable of that name, or None when the name is something else."""
        if self.body.find(expr.text):
            return None
        variable = self.body.objects.get(expr.text) or self.symbols.variables.get(expr.text)
        return typed.Object(span=expr.span, name=variable.name, type=variable.type) if variable else None

    def dereference(self, pointer: typed.Expr, span: Span) -> typed.Place:
        """Return what a pointer points to; ``*&place`` is the place.

        Raises:
            Refused: it is no pointer; reported.

        """
        if not isinstance(pointer.type, PointerType) or pointer.type.target is None:
            message = f"this is of type `{pointer.type}`, not a pointer to something"
            raise self.body.reporter.refuse(TYPE_MISMATCH, pointer.span, message, "use a pointer")
        if isinstance(pointer, typed.AddressOf):
            return pointer.place
        return typed.Deref(span=span, pointer=pointer, type=pointer.type.target)

    def _member(self, expr: syntax.Member) -> typed.Place:
        reporter = self.body.reporter
        if expr.arrow:
            base = self.dereference(self.checker.value(expr.base), expr.span)
        else:
            if isinstance(expr.base, syntax.Call | syntax.SlotCall) or (
                isinstance(expr.base, syntax.Name) and self.body.find(expr.base.text)
            ):
                raise reporter.refuse(NO_FIELD, expr.span, "this is no structure in memory", "of a pointer, use `->`")
            base = self.place(expr.base)
        if not isinstance(base.type, StructType):
            remedy = "of a pointer, use `->`" if isinstance(base.type, PointerType) and not expr.arrow else ""
            raise reporter.refuse(NO_FIELD, expr.span, f"this is of type `{base.type}`, which has no fields", remedy)
        if base.type.name not in self.symbols.structs:
            raise Refused
        fields = self.symbols.structs[base.type.name].fields
        for index, item in enumerate(fields):
            if item.name == expr.name.text:
                return typed.Field(span=expr.span, base=base, name=item.name, index=index, type=item.type)
        names = [item.name for item in fields]
        message = f"`{base.type}` has no field `{expr.name.text}`"
        remedy = did_you_mean(expr.name.text, names) or f"its fields are {', '.join(names)}"
        raise reporter.refuse(NO_FIELD, expr.name.span, message, remedy)

    def _element(self, expr: syntax.Subscript) -> typed.Place:
        pointer: typed.Expr
        if _is_place(expr.base) and not (isinstance(expr.base, syntax.Name) and self.object(expr.base) is None):
            base = self.place(expr.base)
            if isinstance(base.type, ArrayType):
                index = self._index(expr.index)
                if isinstance(index, typed.Const) and not 0 <= index.value < base.type.length:
                    message = f"`{base.type}` has elements 0 to {base.type.length - 1}, not {index.value}"
                    raise self.body.reporter.refuse(OUT_OF_RANGE, index.span, message)
                return typed.Index(span=expr.span, base=base, index=index, type=base.type.element)
            pointer = self.load(base)
        else:
            pointer = self.checker.value(expr.base)
        index = self._index(expr.index)
        if isinstance(pointer.type, PointerType):
            pointer = typed.Binary(span=expr.span, operator="+", left=pointer, right=index, type=pointer.type)
        return self.dereference(pointer, expr.span)

    def _index(self, expr: syntax.Expr) -> typed.Expr:
        index = self.checker.value(expr)
        if not isinstance(index.type, IntType):
            message = f"an index is an integer, this is of type `{index.type}`"
            raise self.body.reporter.refuse(TYPE_MISMATCH, expr.span, message)
        return index

    def load(self, place: typed.Place) -> typed.Expr:
        """Return the plain load of a place; an array is the address of its first element.

        Raises:
            Refused: a structure, or memory that only primitives may touch; reported.

        """
        if isinstance(place.type, ArrayType):
            first = typed.Index(
                span=place.span,
                base=place,
                index=typed.Const(span=place.span, value=0, type=INT),
                type=place.type.element,
            )
            return typed.AddressOf(span=place.span, place=first, type=PointerType(place.type.element))
        self.check_plain(place)
        return typed.Load(span=place.span, primitive="plain_load", place=place, type=value_type(place.type))

    def check_plain(self, place: typed.Place) -> None:
        """Refuse plain accesses to structures and to memory that only primitives may touch.

        Raises:
            Refused: reported.

        """
        if not is_scalar(place.type):
            message = f"this is of type `{place.type}`, not a number or pointer"
            raise self.body.reporter.refuse(NOT_SCALAR, place.span, message)
        if is_special(place.type) and not self.body.role.sees_atomics:
            message = f"this is of type `{place.type}`, which only its own primitives touch"
            raise self.body.reporter.refuse(ATOMIC_ACCESS, place.span, message)


def _is_place(expr: syntax.Expr) -> bool:
    return isinstance(expr, syntax.Name | syntax.Member | syntax.Subscript) or (
        isinstance(expr, syntax.Prefix) and expr.operator == "*"
    )
