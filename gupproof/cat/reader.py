"""Reads a memory model: a cat file with what it includes, after the project's prelude, as axioms over terms."""

from collections.abc import Sequence
from pathlib import Path

from gupproof import resources
from gupproof.cat import syntax
from gupproof.cat.evaluator import AlreadyReported, Evaluator, Scope, error, unsupported
from gupproof.cat.parser import parse
from gupproof.cat.terms import Axiom, Model, Term, TermPool
from gupproof.cat.values import Failed
from gupproof.diagnostics import Diagnostic, GupError, Span, read_source, with_source_lines

_PRELUDE = "prelude.cat"


def known_models() -> dict[str, Path]:
    """Return the project's own models: name → file, in order of name."""
    found = sorted(path for path in resources.models_dir().glob("*.cat") if path.name != _PRELUDE)
    return {path.name.removesuffix(".cat"): path for path in found}


def load_model(path: Path, *, tags: frozenset[str], include: Sequence[Path] = ()) -> Model:
    """Read the model in ``path``.

    Args:
        path: a cat file.
        tags: names of the sets that the target's events carry, besides those every execution has.
        include: folders to look for included files in, after the file's own and before the project's.

    Raises:
        GupError: it is no model that can be read; carries every error found.

    """
    reader = _Reader(tags, include)
    prelude = resources.models_dir() / _PRELUDE
    if path.resolve() != prelude.resolve():
        reader.read(prelude, None)
    title = reader.read(path, None)
    return reader.model(path, title)


class _Reader:
    """The state of reading one model: what is defined so far, and what is wrong so far."""

    def __init__(self, tags: frozenset[str], include: Sequence[Path]) -> None:
        self._include = tuple(include)
        self._evaluator = Evaluator(TermPool(), tags)
        self._scope: Scope = {}
        self._axioms: list[Axiom] = []
        self._problems: list[Diagnostic] = []
        self._sources: dict[str, str] = {}
        self._open: list[Path] = []

    def model(self, path: Path, title: str) -> Model:
        """Return what was read, or raise all that was wrong with it."""
        if self._problems:
            raise GupError(*with_source_lines(self._problems, self._sources))
        name = path.name.removesuffix(".cat")
        return Model(
            name=name,
            title=title or name,
            path=str(path),
            axioms=tuple(self._axioms),
            definitions={name: value for name, value in self._scope.items() if isinstance(value, Term)},
            sources=dict(self._sources),
        )

    def read(self, path: Path, wanted_at: Span | None) -> str:
        """Read one file into the state; return its title."""
        resolved = path.resolve()
        if resolved in self._open:
            assert wanted_at is not None
            chain = " includes ".join(str(file.name) for file in [*self._open[self._open.index(resolved) :], resolved])
            raise error("C006", "this file includes itself", wanted_at, chain)
        text = read_source(path, kind="a .cat file")
        self._sources[str(path)] = text
        file = parse(text, str(path))
        self._open.append(resolved)
        for item in file.items:
            self._guarded(item, path)
        self._open.pop()
        return file.title

    def _guarded(self, item: syntax.Item, path: Path) -> None:
        """Read one item; an error in it is kept, and the names it should have defined are marked."""
        try:
            self._item(item, path)
        except GupError as problem:
            self._problems += problem.diagnostics
        except AlreadyReported:
            pass
        except RecursionError:
            self._problems.append(Diagnostic(code="C010", message="this is nested too deeply", span=item.span))
        else:
            return
        if isinstance(item, syntax.Let):
            names = (name for binding in item.bindings for name in binding.pattern.names)
            self._scope = self._scope | dict.fromkeys(names, Failed())

    def _item(self, item: syntax.Item, path: Path) -> None:
        match item:
            case syntax.Let():
                # A new scope each time: closures keep the one they were written in.
                new = self._evaluator.bind(item.bindings, self._scope, recursive=item.recursive)
                self._scope = self._scope | new
            case syntax.Check():
                self._check(item)
            case syntax.Include():
                self.read(self._found(item, path), item.span)
            case syntax.Unsupported():
                raise unsupported(item)

    def _check(self, item: syntax.Check) -> None:
        value = self._evaluator.evaluate(item.operand, self._scope)
        term = (
            value
            if isinstance(value, Term) and item.kind.value == "empty"
            else self._evaluator.relation(value, item.operand.span, f"`{item.kind.value}`")
        )
        if item.modifier is syntax.Modifier.ASSERT:
            return  # An assertion about the model itself; no execution is judged by it.
        self._axioms.append(
            Axiom(
                kind=item.kind,
                negated=item.negated,
                flag=item.modifier is syntax.Modifier.FLAG,
                term=term,
                name=item.name or self._unnamed(item),
                span=item.span,
            )
        )

    def _unnamed(self, item: syntax.Check) -> str:
        """What a check without a name is called: its kind and operand, when that is short."""
        span = item.operand.span
        if isinstance(item.operand, syntax.Name):
            return f"{item.kind.value} {item.operand.name}"
        return f"{item.kind.value} in line {span.line}"

    def _found(self, item: syntax.Include, path: Path) -> Path:
        folders = [path.parent, *self._include, resources.models_dir()]
        for folder in folders:
            if (folder / item.file).is_file():
                return folder / item.file
        listed = ", ".join(dict.fromkeys(str(folder) for folder in folders))
        raise error("C005", f"{item.file} is not found", item.span, f"looked in {listed}")
