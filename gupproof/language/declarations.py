"""Collects the top-level declarations of all files into :class:`~gupproof.language.symbols.Symbols`.

First every name is entered, so that order and file do not matter; then constants and types are worked out, each when it is
first asked for.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from gupproof.diagnostics import Span
from gupproof.language import syntax, typed
from gupproof.language.constants import Evaluator, number_value
from gupproof.language.conversion import fitting_type
from gupproof.language.errors import (
    BAD_TYPE,
    DUPLICATE,
    NOT_CONSTANT,
    OUT_OF_RANGE,
    RESERVED,
    SWITCH_VALUE,
    Refused,
    Reporter,
    did_you_mean,
)
from gupproof.language.primitives import PRIMITIVES
from gupproof.language.slots import AccessSlot, declared_slot
from gupproof.language.symbols import BUILTIN_TYPEDEFS, Kind, Signature, Symbols
from gupproof.language.types import BOOL, INT, LONG, UINT, ULONG, VOID, ArrayType, IntType, StructType, Type

LONGEST_ARRAY = 4096
MOST_NUMBERS = 64
# Constants and typedefs that refer to later ones are worked out recursively; no sane chain is this long.
LONGEST_CHAIN = 100


# Keywords are only known where the grammar takes them, so that `thread` may name a local; these it takes in expressions.
_KEYWORDS = (
    "if else while do for break continue return await assert assume slot choose bound true false NULL "
    "bool char short int long signed unsigned struct enum"
)
_WORDS = frozenset(_KEYWORDS.split())


def check_name(word: syntax.Word, reporter: Reporter) -> None:
    """Report a declared name that belongs to the language."""
    if word.text in PRIMITIVES:
        reporter.report(RESERVED, word.span, f"`{word.text}` is a primitive")
    elif word.text == "VAL":
        reporter.report(RESERVED, word.span, "`VAL` is the value that smp_cond_load_* read")
    elif word.text in _WORDS:
        reporter.report(RESERVED, word.span, f"`{word.text}` is a word of the language")


@dataclass(slots=True)
class Collector:
    """Fills ``symbols`` from ``items``; what cannot be used is reported and left out."""

    symbols: Symbols
    reporter: Reporter
    _constants: dict[str, tuple[syntax.Expr, int]] = field(default_factory=dict)
    _typedefs: dict[str, syntax.Typedef] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    def collect(self, items: Iterable[syntax.Item]) -> None:
        """Enter every declaration of ``items``, the items of all files in order."""
        kept = list(items)
        for item in kept:
            self._enter(item)
        for item in kept:
            if isinstance(item, syntax.Enum):
                self._enum(item)
        for name in list(self._constants):
            self._quietly(self._constant, name)
        for item in kept:
            if isinstance(item, syntax.Typedef):
                self._quietly(self._typedef, item.name.text)
        for item in kept:
            if isinstance(item, syntax.Struct):
                self._struct(item)
        self._refuse_endless_structs()
        for item in kept:
            if isinstance(item, syntax.Declaration):
                self.variables(item, self.symbols.variables)
            elif isinstance(item, syntax.Function):
                self._signature(item)

    def unique(self, space: str, word: syntax.Word) -> bool:
        """Enter a name into a name space; report it, and return False, when it is there already."""
        first = self.symbols.places.setdefault((space, word.text), word.span)
        if first is not word.span:
            self.reporter.report(DUPLICATE, word.span, f"`{word.text}` is declared twice: first at {first}")
        return first is word.span

    # ── entering names ───────────────────────────────────────────────────────────────────────────────────────────────

    def _enter(self, item: syntax.Item) -> None:
        match item:
            case syntax.Config():
                self._config(item)
            case syntax.SlotItem():
                self._slot(item)
            case syntax.Constant():
                if self._ordinary(item.name, Kind.CONSTANT):
                    self._constants[item.name.text] = (item.value, 0)
            case syntax.Enum():
                self.unique("enum", item.name)
            case syntax.Typedef():
                self._enter_typedef(item)
            case syntax.Struct():
                if self.unique("struct", item.name):
                    self.symbols.struct_names.add(item.name.text)
            case syntax.Declaration():
                for declarator in item.declarators:
                    self._ordinary(declarator.name, Kind.VARIABLE)
            case syntax.Function():
                self._ordinary(item.name, Kind.FUNCTION)
            case syntax.Scenario():
                self.unique("scenario", item.name)
            case syntax.Use() | syntax.Theorem():
                pass
        if isinstance(item, syntax.Enum):
            self._enter_enumerators(item)

    def _ordinary(self, word: syntax.Word, kind: Kind) -> bool:
        check_name(word, self.reporter)
        if self.unique("ordinary", word):
            self.symbols.kinds[word.text] = kind
            return True
        return False

    def _config(self, item: syntax.Config) -> None:
        name = item.name.text
        self._ordinary(item.name, Kind.SWITCH)
        values = self._numbers(item) or tuple(word.text for word in item.values) or ("false", "true")
        kind = IntType(f"config {name}", 0, len(values) - 1) if item.values or item.numbers else BOOL
        for position, word in enumerate(item.values):
            if self._ordinary(word, Kind.CONSTANT):
                self.symbols.constants[word.text] = (position, kind)
        default = switch_value(values, item.default, name, self.reporter)
        self.symbols.switch_types[name] = kind
        self.symbols.switches.setdefault(
            name,
            typed.Switch(
                span=item.span, name=name, values=values, default=default or 0, is_slot=False, is_number=bool(item.numbers)
            ),
        )

    def _numbers(self, item: syntax.Config) -> tuple[str, ...]:
        """Return the values of a switch of numbers, as they are written."""
        if not item.numbers:
            return ()
        with suppress(Refused):
            low, high = (number_value(number, self.reporter) for number in item.numbers)
            if 0 < high - low < MOST_NUMBERS:
                return tuple(map(str, range(low, high + 1)))
            message = f"`{low} .. {high}` is not a range of 2 to {MOST_NUMBERS} numbers"
            self.reporter.report(OUT_OF_RANGE, item.numbers[0].span, message)
        return (item.default.text,)

    def _slot(self, item: syntax.SlotItem) -> None:
        name = item.name.text
        self._ordinary(item.name, Kind.SLOT)
        values = tuple(dict.fromkeys(word.text for word in item.values))
        default = switch_value(values, item.default, name, self.reporter) or 0
        switch = typed.Switch(span=item.span, name=name, values=values, default=default, is_slot=True)
        access: AccessSlot | None = None
        try:
            declared = declared_slot(item, default, self.reporter)
            switch, access = declared.switch, declared.access
        except Refused:
            # Known by name all the same; its uses are not judged.
            self.symbols.access_slots.setdefault(name, None)
        if name not in self.symbols.switches and access is not None:
            self.symbols.access_slots[name] = access
        self.symbols.switches.setdefault(name, switch)

    def _enter_enumerators(self, item: syntax.Enum) -> None:
        base: syntax.Expr = syntax.Number(span=item.span, text="0")
        offset = 0
        for enumerator in item.enumerators:
            if enumerator.value is not None:
                base, offset = enumerator.value, 0
            if self._ordinary(enumerator.name, Kind.CONSTANT):
                self._constants[enumerator.name.text] = (base, offset)
            offset += 1

    def _enter_typedef(self, item: syntax.Typedef) -> None:
        name = item.name.text
        if name in BUILTIN_TYPEDEFS:
            self.reporter.report(DUPLICATE, item.name.span, f"`{name}` is a type of the language")
        elif self.unique("typedef", item.name):
            self._typedefs[name] = item

    # ── working out ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _quietly(self, work: Callable[[str], None], name: str) -> None:
        with suppress(Refused):
            work(name)

    def evaluate(self, expr: syntax.Expr) -> int:
        """Return the value of a constant expression.

        Raises:
            Refused: it has none; reported.

        """
        return Evaluator(self._named, self.reporter).value(expr)

    def _named(self, name: str, span: Span) -> int:
        if name in self._constants and name not in self.symbols.constants:
            if name in self._open or len(self._open) > LONGEST_CHAIN:
                chain = " -> ".join([*self._open[self._open.index(name) :], name]) if name in self._open else name
                raise self.reporter.refuse(NOT_CONSTANT, span, f"`{name}` depends on itself: {chain}")
            self._constant(name)
        return self.symbols.constant(name, span, self.reporter)[0]

    def _constant(self, name: str) -> None:
        if name in self.symbols.constants or name not in self._constants:
            return
        expr, offset = self._constants[name]
        self._open.append(name)
        try:
            value = self.evaluate(expr) + offset
        except Refused:
            # Reported once; from now on the name is known to have no value.
            self._constants.pop(name, None)
            raise
        finally:
            self._open.pop()
        kind = fitting_type(value)
        if kind is None:
            raise self.reporter.refuse(OUT_OF_RANGE, expr.span, f"`{name}` is too large for any type")
        self.symbols.constants[name] = (value, kind)

    def _enum(self, item: syntax.Enum) -> None:
        values = [0]
        for enumerator in item.enumerators:
            self._quietly(self._constant, enumerator.name.text)
            if enumerator.name.text in self.symbols.constants:
                values.append(self.symbols.constants[enumerator.name.text][0])
        # GCC's choice; the constants themselves are ints where that holds them.
        fits = (kind for kind in (UINT, INT, ULONG, LONG) if kind.low <= min(values) and max(values) <= kind.high)
        base = next(fits, ULONG)
        self.symbols.enums.setdefault(item.name.text, IntType(f"enum {item.name.text}", base.low, base.high))

    def _typedef(self, name: str) -> None:
        if name in self.symbols.typedefs:
            return
        item = self._typedefs[name]
        base = item.type.base
        if isinstance(base, syntax.TypedefName) and base.name in self._typedefs:
            if base.name in self._open or base.name == name or len(self._open) > LONGEST_CHAIN:
                raise self.reporter.refuse(BAD_TYPE, item.span, f"the type `{name}` is made of itself")
            self._open.append(name)
            try:
                self._typedef(base.name)
            finally:
                self._open.pop()
        kind = self.symbols.resolve(base, item.type.stars, self.reporter)
        plain = isinstance(kind, IntType) and kind not in BUILTIN_TYPEDEFS.values()
        self.symbols.typedefs[name] = IntType(name, kind.low, kind.high) if plain and isinstance(kind, IntType) else kind

    def memory_type(self, base: syntax.BaseType, declarator: syntax.Declarator) -> Type:
        """Return the type of a shared variable or field.

        Raises:
            Refused: no such type, or an array length that is no positive constant.

        """
        kind = self.symbols.resolve(base, declarator.stars, self.reporter)
        for length in reversed(declarator.lengths):
            count = self.evaluate(length)
            if not 0 < count <= LONGEST_ARRAY:
                message = f"an array has 1 to {LONGEST_ARRAY} elements, not {count}"
                raise self.reporter.refuse(OUT_OF_RANGE, length.span, message)
            kind = ArrayType(kind, count)
        return kind

    def _struct(self, item: syntax.Struct) -> None:
        fields: list[typed.Parameter] = []
        seen: dict[str, Span] = {}
        for declaration in item.fields:
            for declarator in declaration.declarators:
                word = declarator.name
                if declarator.initial is not None:
                    self.reporter.report(
                        BAD_TYPE, declarator.initial.span, "a field has no initial value", "assign it in `init`"
                    )
                if word.text in seen:
                    self.reporter.report(
                        DUPLICATE, word.span, f"field `{word.text}` is declared twice: first at {seen[word.text]}"
                    )
                    continue
                seen[word.text] = word.span
                try:
                    kind = self.memory_type(declaration.base, declarator)
                except Refused:
                    continue
                fields.append(typed.Parameter(span=declarator.span, name=word.text, type=kind))
        self.symbols.structs.setdefault(item.name.text, typed.Struct(span=item.span, name=item.name.text, fields=tuple(fields)))

    def _refuse_endless_structs(self) -> None:
        """Report structures that contain themselves by value, and forget the field that closes the circle."""
        inside: dict[str, list[str]] = {}
        for name, struct in self.symbols.structs.items():
            inside[name] = [
                part.name for part in map(_element, (item.type for item in struct.fields)) if isinstance(part, StructType)
            ]
        for name, parts in inside.items():
            seen: set[str] = set()
            pending = list(parts)
            while pending:
                part = pending.pop()
                if part == name:
                    struct = self.symbols.structs[name]
                    self.reporter.report(BAD_TYPE, struct.span, f"`struct {name}` contains itself", "make the field a pointer")
                    self.symbols.structs[name] = typed.Struct(span=struct.span, name=name, fields=())
                    parts.clear()
                    break
                if part not in seen:
                    seen.add(part)
                    pending.extend(inside.get(part, ()))

    def variables(self, item: syntax.Declaration, into: dict[str, typed.Variable]) -> None:
        """Enter shared variables without their initial values, which need everything else to be known."""
        for declarator in item.declarators:
            try:
                kind = self.memory_type(item.base, declarator)
            except Refused:
                continue
            name = declarator.name.text
            into.setdefault(name, typed.Variable(span=declarator.span, name=name, type=kind, initial=None))

    def _signature(self, item: syntax.Function) -> None:
        parameters: list[typed.Parameter] = []
        try:
            for parameter in item.parameters:
                kind = self.symbols.register_type(
                    parameter.type.base, parameter.type.stars, parameter.span, "a parameter", self.reporter
                )
                parameters.append(typed.Parameter(span=parameter.span, name=parameter.name.text, type=kind))
            returns: Type = VOID
            if item.returns is not None:
                returns = self.symbols.register_type(
                    item.returns.base, item.returns.stars, item.returns.span, "a result", self.reporter
                )
        except Refused:
            return
        name = item.name.text
        self.symbols.signatures.setdefault(name, Signature(name, tuple(parameters), returns))


def switch_value(values: tuple[str, ...], word: syntax.Word, switch: str, reporter: Reporter) -> int | None:
    """Return the position of a switch's value; report a value that it does not have, and return None."""
    if word.text in values:
        return values.index(word.text)
    remedy = did_you_mean(word.text, values) or f"its values are {', '.join(values)}"
    reporter.report(SWITCH_VALUE, word.span, f"`{switch}` has no value `{word.text}`", remedy)
    return None


def _element(kind: Type) -> Type:
    while isinstance(kind, ArrayType):
        kind = kind.element
    return kind
