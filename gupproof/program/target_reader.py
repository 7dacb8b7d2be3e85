"""Reads ``spec/targets/*.target``: the tables from kernel primitives to instructions.

The format is described in ``docs/targets.md``. A table that was read holds every row the language needs, each of the
right shape.
"""

import difflib
import itertools
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from gupproof.diagnostics import Diagnostic, GupError, Span, read_source, with_source_lines
from gupproof.grammars import build_parser
from gupproof.language.rows import LANGUAGE_SHAPES, SHAPES, Shape
from gupproof.program.costs import TERMINALS as COST_TERMINALS
from gupproof.program.costs import CostLines, read_step, token_span
from gupproof.program.targets import Row, Step, StepKind, Target
from gupproof.resources import targets_dir
from gupproof.syntax_errors import syntax_error

_TAKEN = frozenset(
    {"R", "W", "F", "M", "IW", "po", "rf", "co", "fr", "loc", "int", "ext", "addr", "data", "ctrl", "rmw", "gp-order", "id"}
)

_TERMINALS = COST_TERMINALS | {
    "STRING": "a title in quotes",
    "MODEL": "the name of a model",
    "PRIMITIVE": "a primitive's name",
    "NOTHING": "-",
    "ELSE": "else",
    "TITLE": "title",
    "LEVEL": "machine or language",
    "MODELS": "models",
    "TAGS": "tags",
    "PARTS": "parts",
    "UNORDERED": "unordered",
}


def known_targets() -> tuple[Target, ...]:
    """Return the project's own tables, sorted by name."""
    return tuple(read_target(path) for path in sorted(targets_dir().glob("*.target")))


def tables_for_others() -> tuple[Target, ...]:
    """Return the tables for published models that speak of what none of the project's own does, sorted by name."""
    return tuple(read_target(path) for path in sorted((targets_dir() / "others").glob("*.target")))


def read_target(path: Path) -> Target:
    """Read one table.

    Raises:
        GupError: it is no table, or lacks rows.

    """
    text = read_source(path, kind="a .target file")
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise syntax_error(error, code="T001", path=str(path), text=text, names=_TERMINALS) from None
    return _Reader(path, text).read(tree)


@cache
def _parser() -> Lark:
    return build_parser("target")


class _Reader:
    """Turns the parse of one file into a table, gathering everything that is wrong with it."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text
        self._problems: list[Diagnostic] = []
        self._headers: dict[str, tuple[str, ...]] = {}
        self._rows: dict[str, Row] = {}
        self._costs: list[Tree[Token]] = []

    def read(self, tree: Tree[Token]) -> Target:
        for line in tree.children:
            assert isinstance(line, Tree)
            match line.data:
                case "title" | "kind" | "models" | "tags" | "parts":
                    self._header(str(line.data), line)
                case "row":
                    self._row(line)
                case "cost" | "cost_of_primitive":
                    self._costs.append(line)
                case _:
                    pass
        self._whole()
        if self._problems:
            raise self._refusal()
        used = {tag for row in self._rows.values() for step in (*row.steps, *(row.failure or ())) for tag in step.tags}
        table = Target(
            name=self._path.name.removesuffix(".target"),
            title=self._headers["title"][0],
            models=self._headers["models"],
            rows=self._rows,
            tags=frozenset(used | set(self._headers.get("tags", ()))),
            is_language=self._is_language,
            parts_unordered="parts" in self._headers,
            path=str(self._path),
            text=self._text,
        )
        # What a cost is of can be said once the rows are known.
        costs = CostLines(str(self._path), self._problems)
        for line in self._costs:
            costs.add(line, (table,))
        if self._problems:
            raise self._refusal()
        return replace(table, costs=costs.lines)

    def _refusal(self) -> GupError:
        return GupError(*with_source_lines(self._problems, {str(self._path): self._text}))

    @property
    def _is_language(self) -> bool:
        return self._headers.get("kind") == ("language",)

    @property
    def _shapes(self) -> dict[str, Shape]:
        return SHAPES | LANGUAGE_SHAPES if self._is_language else SHAPES

    def _report(self, code: str, message: str, span: Span | None, remedy: str = "") -> None:
        self._problems.append(Diagnostic(code=code, message=message, span=span, help=remedy))

    def _span(self, token: Token) -> Span:
        return token_span(str(self._path), token)

    def _header(self, name: str, line: Tree[Token]) -> None:
        words = [word for word in line.children if isinstance(word, Token) and word.type != "NOTE"]
        if name in self._headers:
            self._report("T003", f"a second `{name}` line", self._span(words[0]), "join it with the first")
            return
        if name == "tags":
            for word in words:
                self._tag(word)
        self._headers[name] = tuple(str(word).strip('"') for word in words)

    def _tag(self, word: Token) -> None:
        if word in _TAKEN:
            self._report("T007", f"`{word}` is a set or relation every model has", self._span(word), "name the tag otherwise")

    def _row(self, line: Tree[Token]) -> None:
        name, steps, failure, note = line.children
        assert isinstance(name, Token)
        assert isinstance(steps, Tree)
        span = self._span(name)
        shapes = self._shapes
        if name not in shapes:
            near = difflib.get_close_matches(name, shapes, n=1)
            self._report("T002", f"no primitive is called {name}", span, f"did you mean {near[0]}?" if near else "")
            return
        if name in self._rows:
            first = self._rows[name].span.line
            self._report("T003", f"a second row for {name}", span, f"the first is in line {first}")
            return
        row = Row(
            primitive=str(name),
            steps=self._steps(steps),
            failure=self._steps(failure) if isinstance(failure, Tree) else None,
            note=str(note)[2:].strip() if note else "",
            span=span,
        )
        self._rows[row.primitive] = row
        if not _fits(row, shapes[name], on_success=self._is_language):
            self._report("T005", f"the steps of {name} do not fit", span, f"{name} is {shapes[name].value}")

    def _steps(self, tree: Tree[Token]) -> tuple[Step, ...]:
        steps = []
        for step in tree.children:
            if isinstance(step, Tree):
                for tag in step.children[1:]:
                    if isinstance(tag, Token):
                        self._tag(tag)
                steps.append(read_step(step))
        return tuple(steps)

    def _whole(self) -> None:
        for name, example in (("title", 'title "my machine"'), ("models", "models armv8")):
            if name not in self._headers:
                self._report("T006", f"{self._path} has no `{name}` line", None, f"begin the file with {example}")
        missing = [name for name in self._shapes if name not in self._rows]
        if missing and not any(problem.code == "T002" for problem in self._problems):
            self._report("T004", f"{self._path} lacks {_listed(missing)}", None, "every primitive needs a row")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:6])
    return f"{shown} and {len(names) - 6} more rows" if len(names) > 6 else f"the row{'s' * (len(names) > 1)} {shown}"


def _fits(row: Row, shape: Shape, *, on_success: bool) -> bool:
    """Whether a row has its shape; ``on_success``: what stands before the read may wait for the outcome."""
    accesses = "".join(step.kind.value for step in row.steps if step.kind is not StepKind.FENCE)
    on_failure = None
    if row.failure is not None:
        on_failure = "".join(step.kind.value for step in row.failure if step.kind is not StepKind.FENCE)
    wanted = {
        Shape.LOAD: ("R", None),
        Shape.STORE: ("W", None),
        Shape.FENCE: ("", None),
        Shape.RMW: ("RW", None),
        Shape.QUERY: ("R", "R"),
        Shape.CONDITIONAL: ("RW", "R"),
    }
    same_start = row.failure is None or fences_before(row.steps) == fences_before(row.failure)
    if on_success and row.failure is not None:
        same_start = not fences_before(row.failure)
    return (accesses, on_failure) == wanted[shape] and same_start


def fences_before(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the fences before the read: a machine performs them before it is known whether the primitive fails."""
    return tuple(itertools.takewhile(lambda step: step.kind is StepKind.FENCE, steps))
