"""Single-line changes to the text behind a scenario: what somebody might leave out, weaken or get wrong.

Changed is what the threads and interrupts run, and nothing that asks the question: no property, cover or init, no function that
one of them uses too, no switch and no scenario's declarations.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, IntEnum

from gupproof.diagnostics import Span
from gupproof.language import syntax, typed
from gupproof.language.actions import CondLoadAction, FenceAction, LoadAction
from gupproof.language.parser import parse
from gupproof.language.primitives import PRIMITIVES
from gupproof.language.strength import PLAIN, next_weaker
from gupproof.language.tree import walk
from gupproof.language.types import BOOL
from gupproof.proving.conditions import fixed_outcomes, inside, varies
from gupproof.proving.weaker import Form, Loss, weaker_forms

_WRITES = (typed.Store, typed.Rmw, typed.Rcu, typed.Interrupts)
_COMPUTING = frozenset("+-*|&^")


class Kind(Enum):
    """What is done to a line."""

    DROP = "drop"  # a statement is gone
    WEAKEN = "weaken"  # the same access with less order, or a plain one
    CONDITION = "condition"  # a test that always has the same outcome
    VALUE = "value"  # an operand of a computation is left out
    SLOT = "slot"  # the default of a barrier slot is one step weaker


class Weight(IntEnum):
    """How telling a change is, most telling first."""

    BARRIER = 0  # a barrier is gone: nothing but order
    ORDER = 1  # an access has less order
    TEST = 2  # a test is gone
    STEP = 3  # a store, an atomic, a lock, a call or a wait is gone
    VALUE = 4  # something else is computed
    PLAIN = 5  # a compiler may do what it wants with an access
    BOOKKEEPING = 6  # a register keeps its value
    ASSUMPTION = 7  # what was taken for granted is not
    HALF = 8  # a weaker barrier instead of none: it refutes nothing that does not fall without one


_WEIGHTS = {Loss.ORDER: Weight.ORDER, Loss.HALF: Weight.HALF, Loss.TEST: Weight.TEST, Loss.MARK: Weight.PLAIN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of one line.

    Attributes:
        file: its path, as in :attr:`typed.Unit.sources`.
        line: its number.
        kind: what is done.
        before, after: the line; ``after`` is empty if nothing of it is left.

    """

    file: str
    line: int
    kind: Kind
    before: str
    after: str

    def applied(self, text: str) -> str:
        """Return the file's text with the change. An empty line stays for one that is gone: the others keep their numbers."""
        lines = text.split("\n")
        lines[self.line - 1] = self.after
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A change that may be tried.

    Attributes:
        change: the change.
        weight: how telling it is.
        in_thread: whether the line stands in a thread of the scenario, not in a function.
        slot: the barrier slot it is about; empty for most.

    """

    change: Change
    weight: Weight
    in_thread: bool = False
    slot: str = ""


def changes_of(unit: typed.Unit, scenario: str) -> tuple[Candidate, ...]:
    """Return the changes to what the threads of a scenario run, functions before threads, the most telling first."""
    item = unit.scenarios[scenario]
    running = _reached(unit, [*(thread for thread in item.threads), *(entry.handler for entry in item.interrupts)])
    asking = _reached(unit, [*item.properties, *item.covers, *item.initial, *item.variables])
    found: list[Candidate] = []
    files = {path: parse(text, path) for path, text in unit.sources.items()}
    constants = _constants(files.values())
    functions = {
        node.name.text: (path, node) for path, file in files.items() for node in file.items if isinstance(node, syntax.Function)
    }
    for name in running:
        if name in asking:
            continue
        path, function = functions[name]
        collector = _Collector(unit, _Lines.of(unit, path), constants, returns_truth=unit.functions[name].returns == BOOL)
        found += collector.collect(function.body)
    ghosts = frozenset(ghost.name for ghost in item.ghosts)
    for path, thread in _threads(files, scenario):
        found += _Collector(unit, _Lines.of(unit, path), constants, in_thread=True, ghosts=ghosts).collect(thread.body)
    found += _slots(unit, files, [*(unit.functions[name] for name in running), *item.threads])
    return tuple(sorted(dict.fromkeys(found), key=lambda item: (item.in_thread, item.weight)))


def _reached(unit: typed.Unit, roots: Iterable[typed.Node]) -> dict[str, None]:
    """Return the functions that code calls, its callees' included, in the order they are met."""
    met: dict[str, None] = {}
    waiting = list(roots)
    for node in waiting:
        for inner in walk(node):
            if isinstance(inner, typed.Call) and inner.function not in met:
                met[inner.function] = None
                waiting.append(unit.functions[inner.function])
    return met


def _threads(files: dict[str, syntax.File], scenario: str) -> Iterator[tuple[str, syntax.Thread]]:
    for path, file in files.items():
        for item in file.items:
            if isinstance(item, syntax.Scenario) and item.name.text == scenario:
                yield from ((path, inner) for inner in item.items if isinstance(inner, syntax.Thread))


def _constants(files: Iterable[syntax.File]) -> frozenset[str]:
    """Return the names that stand for the same value throughout a run: switches with their values, constants."""
    names: set[str] = set()
    for item in (item for file in files for item in file.items):
        match item:
            case syntax.Config() | syntax.SlotItem():
                names |= {item.name.text, *(value.text for value in item.values)}
            case syntax.Constant():
                names.add(item.name.text)
            case syntax.Enum():
                names |= {enumerator.name.text for enumerator in item.enumerators}
            case _:
                pass
    return frozenset(names)


def _slots(unit: typed.Unit, files: dict[str, syntax.File], code: Iterable[typed.Node]) -> Iterator[Candidate]:
    """Yield the slots that code has: those of fences with the alternative before the default, others with the next weaker."""
    fences: set[str] = set()
    accesses: set[str] = set()
    for node in walk(*code):
        match node:
            case typed.Slot():
                fences.add(node.name)
            case typed.Load() | typed.Store() | typed.Rmw() if node.slot:
                accesses.add(node.slot)
            case _:
                pass
    for path, file in files.items():
        lines = _Lines.of(unit, path)
        for item in file.items:
            if not isinstance(item, syntax.SlotItem):
                continue
            name, default = item.name.text, item.default.text
            values = [value.text for value in item.values]
            place = values.index(default)
            if name in fences and place:
                after = lines.replaced(item.default.span, values[place - 1])
                yield from lines.change(item.default.span, after, Kind.SLOT, Weight.HALF, slot=name)
            for value in next_weaker(default, values) if name in accesses else ():
                weight = Weight.PLAIN if value == PLAIN else Weight.ORDER
                after = lines.replaced(item.default.span, value)
                yield from lines.change(item.default.span, after, Kind.SLOT, weight, slot=name)


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of a file, to cut from and to write into."""

    path: str
    lines: list[str]

    @classmethod
    def of(cls, unit: typed.Unit, path: str) -> "_Lines":
        return cls(path, unit.sources[path].split("\n"))

    def text(self, span: Span) -> str | None:
        """Return what stands at a span; None if it does not stand on one line."""
        if span.line != span.end_line:
            return None
        return self.lines[span.line - 1][span.column - 1 : span.end_column - 1]

    def replaced(self, span: Span, new: str) -> str | None:
        """Return the line of a span with something else at the span."""
        if span.line != span.end_line:
            return None
        line = self.lines[span.line - 1]
        return line[: span.column - 1] + new + line[span.end_column - 1 :]

    def dropped(self, span: Span, *, in_block: bool) -> str | None:
        """Return the line of a statement without it; a ``;`` stays where there must be a statement."""
        if span.line != span.end_line:
            return None
        line = self.lines[span.line - 1]
        before, rest = line[: span.column - 1], line[span.end_column - 1 :]
        if not line[: span.end_column - 1].endswith(";"):
            semicolon = re.match(r"\s*;", rest)
            if semicolon is None:
                return None
            rest = rest[semicolon.end() :]
        if not in_block:
            return f"{before};{rest}"
        if not before.strip() and re.fullmatch(r"\s*(//.*|/\*.*\*/\s*)?", rest):
            return ""
        return before + rest.lstrip()

    def change(
        self, span: Span, after: str | None, kind: Kind, weight: Weight, *, in_thread: bool = False, slot: str = ""
    ) -> Iterator[Candidate]:
        """Yield the change that makes the line of a span into ``after``, if there is one."""
        before = self.lines[span.line - 1]
        if after is not None and after.strip() != before.strip():
            change = Change(file=self.path, line=span.line, kind=kind, before=before, after=after.rstrip())
            yield Candidate(change=change, weight=weight, in_thread=in_thread, slot=slot)


@dataclass(slots=True)
class _Collector:
    """Collects the changes of one body.

    Attributes:
        unit: whose body it is.
        lines: of its file.
        constants: names whose value no execution changes.
        returns_truth: whether what it returns is true or false.
        in_thread: whether it is a thread's.
        ghosts: what the question looks at.
        statements: where an expression is a statement, so that nobody looks at its value.
        asked: where something is computed for the question alone.

    """

    unit: typed.Unit
    lines: _Lines
    constants: frozenset[str]
    returns_truth: bool = False
    in_thread: bool = False
    ghosts: frozenset[str] = frozenset()
    found: list[Candidate] = field(default_factory=list)
    statements: set[Span] = field(default_factory=set)
    asked: set[Span] = field(default_factory=set)

    def collect(self, body: syntax.Block) -> list[Candidate]:
        self._statement(body, in_block=True)
        for node in inside(body):
            if isinstance(node, syntax.Call):
                self._call(node)
            elif node.span in self.asked:
                continue
            elif isinstance(node, syntax.Ternary):
                self._test(node.condition)
            elif isinstance(node, syntax.Infix) and node.operator in _COMPUTING:
                left = self.lines.text(node.left.span)
                if left is not None:
                    self._add(node.span, self.lines.replaced(node.span, left), Kind.VALUE, Weight.VALUE)
        return self.found

    def _add(self, span: Span, after: str | None, kind: Kind, weight: Weight, *, slot: str = "") -> None:
        self.found += self.lines.change(span, after, kind, weight, in_thread=self.in_thread, slot=slot)

    # ── statements ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _statement(self, node: syntax.Stmt, *, in_block: bool) -> None:
        if self._looks(node):
            self.asked |= {inner.span for inner in inside(node)}
            return
        match node:
            case syntax.Block():
                for item in node.body:
                    self._statement(item, in_block=True)
            case syntax.If():
                self._test(node.condition)
                self._statement(node.then, in_block=False)
                if node.otherwise is not None:
                    self._statement(node.otherwise, in_block=False)
            case syntax.While():
                self._no_rounds(node.condition)
                self._statement(node.body, in_block=False)
            case syntax.For():
                if node.condition is not None:
                    self._no_rounds(node.condition)
                self._statement(node.body, in_block=False)
            case syntax.Declaration():
                if isinstance(node.base, syntax.IntegerName) and node.base.name == "bool":
                    for declarator in node.declarators:
                        if declarator.initial is not None:
                            self._test(declarator.initial)
            case syntax.Return():
                # A value that was found out before is a report, not a test.
                if node.value is not None and self.returns_truth and not isinstance(node.value, syntax.Name):
                    self._test(node.value)
            case syntax.Assignment():
                acts = any(isinstance(inner, syntax.Call | syntax.SlotCall) for inner in inside(node)) or not isinstance(
                    node.target, syntax.Name
                )
                self._drop(node, Weight.STEP if acts else Weight.BOOKKEEPING, in_block=in_block)
                # In a thread it is mostly the ghosts of the question that are assigned.
                if not self.in_thread and self._is_truth(node.value):
                    self._test(node.value)
            case syntax.Evaluate():
                self._drop_call(node, in_block=in_block)
            case syntax.Slot():
                self._drop(node, Weight.BARRIER, in_block=in_block, slot=node.name.text)
            case syntax.Await():
                self._drop(node, Weight.STEP, in_block=in_block)
            case syntax.Assume():
                self._drop(node, Weight.ASSUMPTION, in_block=in_block)
            case _:
                pass

    def _looks(self, node: syntax.Stmt) -> bool:
        """Whether a statement only tells the question what is there: without it, something else is asked."""
        match node:
            case syntax.Assignment():
                calls = [inner.function.text for inner in inside(node.value) if isinstance(inner, syntax.Call)]
                ghost = isinstance(node.target, syntax.Name) and node.target.text in self.ghosts
                slots = [inner.slot.text for inner in inside(node.value) if isinstance(inner, syntax.SlotCall)]
                return ghost and all(map(self._only_looks, calls)) and all(map(self._only_loads, slots))
            case syntax.If():
                return self._looks(node.then) and (node.otherwise is None or self._looks(node.otherwise))
            case syntax.Block():
                return bool(node.body) and all(self._looks(item) for item in node.body)
            case _:
                return False

    def _only_looks(self, name: str) -> bool:
        """Whether a call changes nothing in memory, and waits for nothing but a value."""
        if name in PRIMITIVES:
            return isinstance(PRIMITIVES[name].action, LoadAction | CondLoadAction)
        function = self.unit.functions[name]
        bodies = (function, *(self.unit.functions[callee] for callee in _reached(self.unit, [function])))
        return not any(isinstance(node, _WRITES) for node in walk(*bodies))

    def _only_loads(self, slot: str) -> bool:
        return (
            all(value == PLAIN or isinstance(PRIMITIVES[value].action, LoadAction) for value in self.unit.switches[slot].values)
            and "plain_store" not in self.unit.switches[slot].rows
        )

    def _drop(self, node: syntax.Stmt, weight: Weight, *, in_block: bool, slot: str = "") -> None:
        self._add(node.span, self.lines.dropped(node.span, in_block=in_block), Kind.DROP, weight, slot=slot)

    def _drop_call(self, node: syntax.Evaluate, *, in_block: bool) -> None:
        self.statements.add(node.value.span)
        name = node.value.function.text if isinstance(node.value, syntax.Call) else ""
        primitive = PRIMITIVES.get(name)
        if primitive is not None and primitive.is_paired:
            # A section that begins twice or never is no longer a protocol, a lock that is not given back no longer runs.
            return
        orders = primitive is not None and isinstance(primitive.action, FenceAction)
        self._drop(node, Weight.BARRIER if orders else Weight.STEP, in_block=in_block)

    # ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _test(self, condition: syntax.Expr) -> None:
        for part, outcome in fixed_outcomes(condition, self.constants):
            after = self.lines.replaced(part.span, "true" if outcome else "false")
            self._add(part.span, after, Kind.CONDITION, Weight.TEST)

    def _no_rounds(self, condition: syntax.Expr) -> None:
        if varies(condition, self.constants):
            self._add(condition.span, self.lines.replaced(condition.span, "false"), Kind.CONDITION, Weight.TEST)

    def _is_truth(self, value: syntax.Expr) -> bool:
        match value:
            case syntax.Infix():
                return value.operator in ("&&", "||", "==", "!=", "<", "<=", ">", ">=")
            case syntax.Prefix():
                return value.operator == "!"
            case syntax.Call():
                function = self.unit.functions.get(value.function.text)
                return function is not None and function.returns == BOOL
            case _:
                return False

    # ── primitives ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _call(self, call: syntax.Call) -> None:
        arguments = [self.lines.text(argument.span) for argument in call.arguments]
        given = [argument for argument in arguments if argument is not None]
        if len(given) < len(arguments):
            return
        unused = call.span in self.statements
        for form in weaker_forms(call.function.text, given):
            if form.loss is Loss.MARK and unused and isinstance(PRIMITIVES[call.function.text].action, LoadAction):
                continue  # a plain load that nobody looks at is none
            kind = Kind.CONDITION if form.loss is Loss.TEST else Kind.WEAKEN
            weight = _WEIGHTS[form.loss]
            text = form.text if unused else self._fitting(form, call.span)
            self._add(call.span, self.lines.replaced(call.span, text), kind, weight)

    def _fitting(self, form: Form, span: Span) -> str:
        """Return a form as it can stand where the call does: in parentheses if its neighbours would tear it apart."""
        line = self.lines.lines[span.end_line - 1]
        before, after = line[: span.column - 1].rstrip(), line[span.end_column - 1 :].lstrip()
        if form.compared:
            alone = before.endswith(("return", " =", "(", ",")) and after.startswith((";", ")", ","))
        else:
            alone = not (form.loss is Loss.MARK and after.startswith(("->", ".", "[")))
        text = form.text + form.compared
        return text if alone else f"({text})"
