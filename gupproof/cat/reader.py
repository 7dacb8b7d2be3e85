"""Reads a memory model: a cat file with what it includes, after the project's prelude, as axioms over terms."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import assert_never

from gupproof.cat import absent, domains, files, statics, syntax
from gupproof.cat.absorption import condensed
from gupproof.cat.evaluator import Evaluator
from gupproof.cat.files import known_models
from gupproof.cat.parser import parse
from gupproof.cat.problems import AlreadyReported, error, unsupported
from gupproof.cat.recursion import Scope
from gupproof.cat.terms import Axiom, AxiomKind, Model, Sort, Term, TermOp, TermPool
from gupproof.cat.values import CoherenceOrders, Everything, Failed, ProcedureValue, SetValue, describe
from gupproof.diagnostics import Diagnostic, GupError, Span, read_source, with_source_lines

__all__ = ["known_models", "load_model"]


def load_model(
    path: Path,
    *,
    tags: frozenset[str],
    include: Sequence[Path] = (),
    bell: Path | None = None,
    variants: frozenset[str] = frozenset(),
    own: frozenset[str] = frozenset(),
) -> Model:
    """Read the model in ``path``.

    Args:
        path: a cat file.
        tags: names of the sets that the target's events carry, besides those every execution has.
        include: folders to look for included files in, after the file's own and before the project's.
        bell: a file to read before the model; without one, the file that goes with the model if there is one.
        variants: what ``if "name"`` finds set, besides what the .cfg of the model's name sets.
        own: those of ``tags`` that the target's instructions may carry. Where A is none of them, it is another name of X: of
            atomic accesses, as herd once called them and Dartagnan does, and not of Arm's acquires.

    Raises:
        GupError: it is no model that can be read; carries every error found.

    """
    variants |= files.variants_of(path)
    meanings = {"A": "X"} if "X" in own and "A" not in own else {}
    reader = _read(_Reader(tags, include, variants, meanings), path, bell)
    alike, herds = domains.are_meant_alike(reader.asked), reader.is_herds
    if alike or herds:
        reader = _read(_Reader(tags, include, variants, meanings, alike=alike, herds=herds), path, bell)
    return reader.model(path)


def _read(reader: "_Reader", path: Path, bell: Path | None) -> "_Reader":
    if path.resolve() != files.prelude().resolve():
        reader.read(files.prelude(), None)
    reader.begin()
    reader.note_settings(path)
    bell = bell or files.bell_of(path)
    if bell is not None:
        reader.read(bell, None)
    reader.title = reader.read(path, None)
    return reader


class _Reader:
    """The state of reading one model: what is defined so far, and what is wrong so far."""

    def __init__(
        self,
        tags: frozenset[str],
        include: Sequence[Path],
        variants: frozenset[str],
        meanings: Mapping[str, str],
        *,
        alike: bool = False,
        herds: bool = False,
    ) -> None:
        self.title = ""
        self._include = tuple(include)
        self._pool = TermPool()
        self._evaluator = Evaluator(self._pool, tags, variants, self._names_of_herd)
        self._evaluator.base |= {name: self._evaluator.base[tag] for name, tag in meanings.items()}
        if alike:
            self._evaluator.base |= domains.of_any_domain(self._pool, tags)
        if herds:
            parts = [self._pool.base(name, Sort.REL) for name in ("po", "one-instruction")]
            self._evaluator.base["po"] = self._pool.make(TermOp.DIFF, *parts)
        self._scope: Scope = {}
        self._prelude: Scope | None = None
        self._elsewhere: Scope | None = None
        self._axioms: list[Axiom] = []
        self._problems: list[Diagnostic] = []
        self._sources: dict[str, str] = {}
        self._open: list[Path] = []
        self._stood_in: dict[str, None] = {}
        self._makes_co = False

    def begin(self) -> None:
        """Note that the prelude has been read: names that are looked up last know no more than that."""
        self._prelude = self._scope

    @property
    def asked(self) -> set[str]:
        """What every execution has and the model speaks of."""
        return self._evaluator.asked

    @property
    def is_herds(self) -> bool:
        """Whether the model makes a coherence order, or says how: elsewhere executions have theirs from the start."""
        return self._makes_co or "co" in self._scope

    def note_settings(self, path: Path) -> None:
        """Count the file that says how the model is read among what was read."""
        settings = files.settings_of(path)
        if settings.is_file():
            self._sources[str(settings)] = read_source(settings, kind="a .cfg file")

    def model(self, path: Path) -> Model:
        """Return what was read, or raise all that was wrong with it."""
        self._problems += [problem for axiom in self._axioms for problem in _of_what_is_absent(axiom)]
        if self._problems:
            raise GupError(*with_source_lines(self._problems, self._sources))
        name = path.name.removesuffix(".cat")
        return Model(
            name=name,
            title=self.title or name,
            path=str(path),
            axioms=tuple(self._axioms),
            condensed=condensed(self._pool, self._axioms),
            definitions={
                name: value for name, value in self._scope.items() if isinstance(value, Term) and not absent.occurring([value])
            },
            sources=dict(self._sources),
            standins=tuple(self._stood_in),
            is_herds=self.is_herds,
            pool=self._pool,
        )

    def read(self, path: Path, wanted_at: Span | None) -> str:
        """Read one file into the state; return its title."""
        resolved = path.resolve()
        if resolved in self._open:
            assert wanted_at is not None
            chain = " includes ".join(str(file.name) for file in [*self._open[self._open.index(resolved) :], resolved])
            raise error("C006", "this file includes itself", wanted_at, chain)
        file = self._parsed(path)
        self._open.append(resolved)
        self._run(file.items, path)
        self._open.pop()
        return file.title

    def _parsed(self, path: Path) -> syntax.File:
        text = read_source(path, kind="a .cat file")
        self._sources[str(path)] = text
        return parse(text, str(path))

    def _names_of_herd(self) -> Scope:
        """Return the names that published models take for granted; they do not see what a model defines."""
        if self._prelude is None:
            return {}
        if self._elsewhere is None:
            self._elsewhere = {}
            scope, self._scope = self._scope, self._prelude
            asked, self._evaluator.asked = self._evaluator.asked, set()
            self.read(files.names_of_herd(), None)
            self._evaluator.asked = asked
            self._elsewhere, self._scope = {**absent.names(self._pool), **self._scope}, scope
        return self._elsewhere

    # ── items ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _run(self, items: Sequence[syntax.Item], path: Path) -> None:
        """Read items one by one; errors are kept, and the names that should have been defined are marked."""
        for item in items:
            try:
                self._item(item, path)
            except GupError as problem:
                self._problems += problem.diagnostics
            except AlreadyReported:
                pass
            except RecursionError:
                self._problems.append(Diagnostic(code="C010", message="this is nested too deeply", span=item.span))
            else:
                continue
            self._scope = self._scope | dict.fromkeys(_defined(item), Failed())

    def _item(self, item: syntax.Item, path: Path) -> None:
        # The scope is a new one each time: closures keep the one they were written in.
        match item:
            case syntax.Let():
                new = self._evaluator.bind(item.bindings, self._scope, recursive=item.recursive)
                self._scope = self._scope | new
                if item.guard is not None:
                    self._guard(item.guard, new)
            case syntax.Check():
                self._check(item)
            case syntax.Include():
                self._included(item, path)
            case syntax.TagEnum():
                self._scope = self._scope | self._evaluator.declare(item, self._scope)
            case syntax.Instructions():
                self._evaluator.check_tags(item, self._scope)
            case syntax.Procedure():
                scope = dict(self._scope)
                procedure = ProcedureValue(item.name, item.pattern, item.items, scope)
                if item.recursive:
                    scope[item.name] = procedure
                self._scope = self._scope | {item.name: procedure}
            case syntax.Call():
                self._call(item, path)
            case syntax.ForAll():
                domain = self._evaluator.evaluate(item.domain, self._scope)
                for element in statics.elements(domain, item.domain.span, "forall"):
                    self._locally(self._scope | {item.name: element}, item.items, path)
            case syntax.WithFrom():
                self._choose(item)
            case syntax.Choice():
                holds = self._evaluator.condition(item.condition, self._scope)
                self._run(item.holds if holds else item.fails, path)
            case syntax.Unsupported():
                raise unsupported(item.construct, item.span)
            case _:
                assert_never(item)

    def _locally(self, scope: Scope, items: Sequence[syntax.Item], path: Path) -> None:
        """Read items whose definitions nothing outside them sees; the first error ends them."""
        outer, self._scope = self._scope, scope
        try:
            for item in items:
                self._item(item, path)
        finally:
            self._scope = outer

    def _call(self, item: syntax.Call, path: Path) -> None:
        self._evaluator.step(item.span)
        procedure = self._evaluator.lookup(item.procedure, self._scope)
        if isinstance(procedure, Failed):
            raise AlreadyReported
        if procedure is None:
            raise error("C003", f"nothing is called {item.procedure}", item.span)
        if not isinstance(procedure, ProcedureValue):
            raise error("C008", f"{item.procedure} is {describe(procedure)}, not a procedure", item.span)
        argument = self._evaluator.evaluate(item.argument, self._scope)
        names = self._evaluator.matched(procedure.pattern, argument, item.argument.span, procedure.name)
        self._locally(procedure.scope | names, procedure.items, path)

    def _choose(self, item: syntax.WithFrom) -> None:
        """``with``: executions have the coherence order already; of other choices there may be but one."""
        choices = self._evaluator.evaluate(item.choices, self._scope)
        match choices:
            case CoherenceOrders():
                self._makes_co = True
                chosen = self._pool.base("co", Sort.REL)
                writes = self._pool.base("W", Sort.SET)
                pairs = self._pool.make(TermOp.INTER, self._pool.base("loc", Sort.REL), choices.within)
                within = self._pool.make(TermOp.INTER, pairs, self._pool.make(TermOp.CROSS, writes, writes))
                if not statics.is_empty(within):
                    order = self._pool.make(TermOp.UNION, chosen, within)
                    self._add(AxiomKind.ACYCLIC, order, f"{item.name} in line {item.span.line}", item.span)
                self._scope = self._scope | {item.name: chosen}
            case SetValue() if len(choices.items) == 1:
                self._scope = self._scope | {item.name: choices.items[0]}
            case SetValue():
                raise unsupported("with ... from", item.span, f"there are {len(choices.items)} choices, one would be")
            case _:
                raise unsupported("with ... from", item.span, f"the choices are {describe(choices)}")

    # ── checks ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _guard(self, item: syntax.Check, solved: Scope) -> None:
        """``let rec ... when``: what a least solution relates only grows, and what has no cycle in the end has none before."""
        if item.negated or any(isinstance(value, Term) and value.op is TermOp.ITERATE for value in solved.values()):
            raise unsupported("let rec ... when", item.span, "what holds in the end need not hold on the way there")
        self._check(item)

    def _check(self, item: syntax.Check) -> None:
        value = self._evaluator.evaluate(item.operand, self._scope)
        term = (
            value
            if isinstance(value, Term) and item.kind is AxiomKind.EMPTY
            else self._evaluator.relation(value, item.operand.span, f"`{item.kind.value}`")
        )
        match item.modifier:
            case syntax.Modifier.ASSERT:
                # An assertion is about the model; where only an execution would show, no execution is judged by it.
                if item.negated and (statics.is_empty(term) or isinstance(value, Everything)):
                    raise error("C011", "this assertion does not hold: the operand is empty", item.operand.span)
            case syntax.Modifier.UNDEFINED_UNLESS:
                self._add(item.kind, term, item.name or "undefined", item.span, negated=not item.negated, flag=True)
            case syntax.Modifier.FLAG | syntax.Modifier.CONSTRAINT:
                flag = item.modifier is syntax.Modifier.FLAG
                self._add(item.kind, term, item.name or _unnamed(item), item.span, negated=item.negated, flag=flag)

    def _add(self, kind: AxiomKind, term: Term, name: str, span: Span, *, negated: bool = False, flag: bool = False) -> None:
        if not negated and kind is not AxiomKind.EMPTY:
            # A cycle is a cycle whether its edges are short cuts or not.
            if kind is AxiomKind.IRREFLEXIVE and term.op is TermOp.PLUS:
                kind = AxiomKind.ACYCLIC
            if kind is AxiomKind.ACYCLIC:
                term = self._without_closures(term)
        self._axioms.append(Axiom(kind=kind, negated=negated, flag=flag, term=term, name=name, span=span))

    def _without_closures(self, term: Term) -> Term:
        """Return a term that has cycles where ``term`` has."""
        match term.op:
            case TermOp.PLUS:
                return self._without_closures(term.args[0])
            case TermOp.UNION:
                return self._pool.make(TermOp.UNION, *map(self._without_closures, term.args))
            case _:
                return term

    # ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _included(self, item: syntax.Include, path: Path) -> None:
        name = Path(item.file).name
        standin = files.standins().get(name)
        if standin is None:
            self._with_preface(name, files.included(item, path, self._include), item.span)
            return
        self._stood_in[name] = None
        self._makes_co |= name in files.MAKE_CO
        # What the published file includes may define more than it is itself for.
        original = files.published(item.file, path, self._include)
        if original is not None and original.resolve() not in (standin.resolve(), *self._open):
            self._open.append(original.resolve())
            self._run([part for part in self._parsed(original).items if isinstance(part, syntax.Include)], original)
            self._open.pop()
        self.read(standin, item.span)

    def _with_preface(self, name: str, path: Path, span: Span) -> None:
        """Read a file after the one that gives names the meaning they have there, if there is one, and only there."""
        preface = files.preface(name)
        if preface is None:
            self.read(path, span)
            return
        outer = self._scope
        self.read(preface, span)
        given = {key: value for key, value in self._scope.items() if outer.get(key) is not value}
        self.read(path, span)
        kept = {key: value for key, value in self._scope.items() if given.get(key) is not value}
        self._scope = {key: value for key, value in outer.items() if key in given and key not in kept} | kept


def _of_what_is_absent(axiom: Axiom) -> list[Diagnostic]:
    """Return what keeps a check from being judged: names of what executions here do not have."""
    return [
        Diagnostic(
            code="C007",
            message=f"this check needs `{name}`, which is not supported: {absent.why(name)}",
            span=axiom.span,
            help="a model takes addr, data and ctrl from the execution; it cannot work them out here",
        )
        for name in absent.occurring([axiom.term])
    ]


def _unnamed(item: syntax.Check) -> str:
    """What a check without a name is called: its kind and operand, when that is short."""
    if isinstance(item.operand, syntax.Name):
        return f"{item.kind.value} {item.operand.name}"
    return f"{item.kind.value} in line {item.operand.span.line}"


def _defined(item: syntax.Item) -> list[str]:
    """Return the names that an item would have defined."""
    match item:
        case syntax.Let():
            return [name for binding in item.bindings for name in binding.pattern.names]
        case syntax.TagEnum() | syntax.Procedure() | syntax.WithFrom():
            return [item.name]
        case _:
            return []
