"""Checks scenarios: their memory, ghosts, threads, interrupts, properties and covers."""

from dataclasses import dataclass, field, replace

from gupproof.diagnostics import Span
from gupproof.language import syntax, typed
from gupproof.language.conversion import convert, is_scalar, value_type
from gupproof.language.declarations import Collector, check_name
from gupproof.language.effects import BUILT_IN_PROPERTIES, Effects
from gupproof.language.errors import (
    BAD_TYPE,
    DUPLICATE,
    GHOST_INITIAL,
    GHOST_SHARED,
    INIT_STATEMENT,
    RESERVED,
    UNKNOWN_NAME,
    Refused,
    Reporter,
    did_you_mean,
)
from gupproof.language.expressions import ExpressionChecker
from gupproof.language.scopes import Body, Role
from gupproof.language.statements import StatementChecker
from gupproof.language.symbols import Kind, Symbols


@dataclass(slots=True)
class GhostUse:
    """Which threads assign and read each ghost, with the first place."""

    writes: dict[str, dict[str, Span]] = field(default_factory=dict)
    reads: dict[str, dict[str, Span]] = field(default_factory=dict)

    def add(self, thread: str, body: Body) -> None:
        """Add what a thread's code, or a handler on its CPU, does."""
        for ghost, span in body.ghost_writes.items():
            self.writes.setdefault(ghost, {}).setdefault(thread, span)
        for ghost, span in body.ghost_reads.items():
            self.reads.setdefault(ghost, {}).setdefault(thread, span)

    def report(self, reporter: Reporter) -> None:
        """Report the ghosts that two threads use, one of them assigning."""
        for ghost, writers in self.writes.items():
            owner, *others = writers
            for other in others:
                message = f"`{ghost}` is assigned by `{owner}` at {writers[owner]}, and here by `{other}`"
                reporter.report(GHOST_SHARED, writers[other], message)
            for reader, span in self.reads.get(ghost, {}).items():
                if reader not in writers:
                    message = f"`{ghost}` is a register of `{owner}`; `{reader}` cannot read it"
                    reporter.report(GHOST_SHARED, span, message, "pass the value through shared memory")


class ScenarioChecker:
    """Checks one scenario."""

    def __init__(self, item: syntax.Scenario, symbols: Symbols, effects: Effects, reporter: Reporter) -> None:
        self.item = item
        self.symbols = symbols
        self.effects = effects
        self.reporter = reporter
        self.names: dict[str, Span] = {}
        self.variables: dict[str, typed.Variable] = {}
        self.ghosts: dict[str, typed.Ghost] = {}

    def check(self) -> typed.Scenario:
        """Return the scenario; what cannot be used is reported and left out."""
        item = self.item
        for part in item.items:
            if isinstance(part, syntax.Declaration):
                self._declare(part)
            elif isinstance(part, syntax.Ghost):
                self._ghost(part)
        for part in item.items:
            if isinstance(part, syntax.Declaration):
                initialise(part, self.variables, self._body(Role.FROZEN), self.symbols, self.effects)
        use = GhostUse()
        threads = self._threads(use)
        interrupts = self._interrupts(threads, use)
        use.report(self.reporter)
        return typed.Scenario(
            span=item.span,
            name=item.name.text,
            variables=tuple(self.variables.values()),
            ghosts=tuple(self.ghosts.values()),
            initial=self._initial(),
            threads=tuple(threads.values()),
            interrupts=interrupts,
            properties=self._propositions(is_cover=False),
            covers=self._propositions(is_cover=True),
        )

    def _body(self, role: Role) -> Body:
        return Body(self.reporter, role=role, objects=self.variables, ghosts=self.ghosts)

    def _unique(self, word: syntax.Word) -> bool:
        check_name(word, self.reporter)
        first = self.names.get(word.text)
        if first is None and self.symbols.kinds.get(word.text) is Kind.VARIABLE:
            first = self.symbols.places[("ordinary", word.text)]
        if first is not None:
            self.reporter.report(DUPLICATE, word.span, f"`{word.text}` is declared twice: first at {first}")
            return False
        self.names[word.text] = word.span
        return True

    def _declare(self, part: syntax.Declaration) -> None:
        kept = tuple(declarator for declarator in part.declarators if self._unique(declarator.name))
        Collector(self.symbols, self.reporter).variables(replace(part, declarators=kept), self.variables)

    def _ghost(self, part: syntax.Ghost) -> None:
        for declarator in part.declaration.declarators:
            word = declarator.name
            if not self._unique(word):
                continue
            if declarator.initial is not None or declarator.lengths:
                problem = "an array" if declarator.lengths else "given an initial value"
                message = f"the ghost `{word.text}` cannot be {problem}"
                self.reporter.report(GHOST_INITIAL, declarator.span, message)
            try:
                kind = self.symbols.register_type(
                    part.declaration.base, declarator.stars, declarator.span, "a ghost", self.reporter
                )
            except Refused:
                continue
            self.ghosts[word.text] = typed.Ghost(span=declarator.span, name=word.text, type=kind)

    # ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _initial(self) -> tuple[typed.Store, ...]:
        stores: list[typed.Store] = []
        for part in self.item.items:
            if isinstance(part, syntax.Init):
                for statement in part.body.body:
                    stores.extend(self._initial_store(statement))
        self.effects.report_memory([item for store in stores for item in (store.place, store.value)], "init", self.reporter)
        return tuple(stores)

    def _initial_store(self, statement: syntax.Stmt) -> list[typed.Store]:
        if not isinstance(statement, syntax.Assignment) or statement.operator:
            self.reporter.report(INIT_STATEMENT, statement.span, "`init` only holds assignments `lvalue = value;`")
            return []
        try:
            made = StatementChecker(self.symbols, self._body(Role.FROZEN)).statement(statement)
        except Refused:
            return []
        stores = [item for item in made if isinstance(item, typed.Store)]
        if len(stores) != len(made):
            message = "this is a ghost, not memory: it starts as 0 or NULL"
            self.reporter.report(INIT_STATEMENT, statement.span, message, "assign it in its thread")
        return stores

    def _threads(self, use: GhostUse) -> dict[str, typed.Thread]:
        threads: dict[str, typed.Thread] = {}
        for part in self.item.items:
            if not isinstance(part, syntax.Thread):
                continue
            name = part.name.text
            body = self._body(Role.CODE)
            statements = StatementChecker(self.symbols, body).block(part.body)
            if name in threads:
                first = threads[name].span
                self.reporter.report(DUPLICATE, part.name.span, f"thread `{name}` is declared twice: first at {first}")
                continue
            use.add(name, body)
            self.effects.report_waits(statements, self.reporter)
            cpu = part.cpu.text if part.cpu else None
            threads[name] = typed.Thread(span=part.span, name=name, cpu=cpu, body=statements)
        return threads

    def _interrupts(self, threads: dict[str, typed.Thread], use: GhostUse) -> tuple[typed.Interrupt, ...]:
        interrupts: list[typed.Interrupt] = []
        for part in self.item.items:
            if not isinstance(part, syntax.Interrupt):
                continue
            thread = part.thread.text
            body = self._body(Role.CODE)
            if thread not in threads:
                message = f"no thread is called `{thread}`"
                self.reporter.report(UNKNOWN_NAME, part.thread.span, message, did_you_mean(thread, threads))
            try:
                handler = ExpressionChecker(self.symbols, body).call(part.handler)
            except Refused:
                continue
            use.add(thread, body)
            interrupts.append(typed.Interrupt(span=part.span, thread=thread, handler=handler))
        return tuple(interrupts)

    def _propositions(self, *, is_cover: bool) -> tuple[typed.Proposition, ...]:
        made: dict[str, typed.Proposition] = {}
        what = "cover" if is_cover else "property"
        for part in self.item.items:
            if not isinstance(part, syntax.Proposition) or part.is_cover is not is_cover:
                continue
            name = part.name.text
            if name in (("none",) if is_cover else BUILT_IN_PROPERTIES):
                self.reporter.report(RESERVED, part.name.span, f"`{name}` cannot name a {what}: theorems use the word")
            if name in made:
                message = f"{what} `{name}` is declared twice: first at {made[name].span}"
                self.reporter.report(DUPLICATE, part.name.span, message)
                continue
            try:
                condition = ExpressionChecker(self.symbols, self._body(Role.FINAL)).value(part.condition)
            except Refused:
                continue
            self.effects.report_acts([condition], f"{what} `{name}`", self.reporter)
            made[name] = typed.Proposition(span=part.span, name=name, condition=condition)
        return tuple(made.values())


def initialise(
    part: syntax.Declaration,
    variables: dict[str, typed.Variable],
    body: Body,
    symbols: Symbols,
    effects: Effects,
) -> None:
    """Fill in the initial values of shared variables.

    Args:
        part: their declaration.
        variables: where they are.
        body: what the initial values can name.
        symbols: everything declared.
        effects: of every function.

    """
    checker = ExpressionChecker(symbols, body)
    for declarator in part.declarators:
        variable = variables.get(declarator.name.text)
        if declarator.initial is None or variable is None or variable.span is not declarator.span:
            continue
        if not is_scalar(variable.type):
            message = f"`{variable.name}` is of type `{variable.type}` and has no single initial value"
            body.reporter.report(BAD_TYPE, declarator.initial.span, message, "assign its fields or elements in `init`")
            continue
        try:
            value = checker.value(declarator.initial)
            value = convert(value, value_type(variable.type), f"`{variable.name}`", body.reporter)
        except Refused:
            continue
        effects.report_memory([value], "an initial value", body.reporter)
        variables[variable.name] = replace(variable, initial=value)
