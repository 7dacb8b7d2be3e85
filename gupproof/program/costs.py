"""What a primitive costs on a target, as far as its order goes.

A line of costs names one step, or several of one row, and a number of units: ``cost F[DMB.ISH] 40``. It fits a step of the same
kind that has all its tags, and further ones perhaps. A row costs the sum of the lines that fit it, each as often as its steps
are found in the row one after the other. So equal rows cost the same, and a row with further steps or tags never costs less.
Plain accesses need no line: they cost nothing.

The figures are orders of magnitude. They serve to tell which of several sufficient choices is the cheaper one, not to predict
a running time. The lines stand in the target tables, and in the user's own files beside them: see ``docs/targets.md``.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from gupproof.diagnostics import Diagnostic, GupError, Span, read_source, with_source_lines
from gupproof.grammars import build_parser
from gupproof.program.targets import Cost, Row, Step, StepKind, Target
from gupproof.syntax_errors import syntax_error

TERMINALS = {
    "NAME": "the name of a target",
    "TAG": "a tag",
    "KIND": "R, W or F",
    "NUMBER": "a whole number below 1000000",
    "LSQB": "[",
    "RSQB": "]",
    "COMMA": ",",
    "_NEWLINE": "the end of the line",
    "COST": "cost",
    "TARGET": "target",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """A user's file of costs.

    Attributes:
        everywhere: the lines before the first ``target``.
        by_target: name of a target → the lines under it.

    """

    everywhere: tuple[Cost, ...]
    by_target: Mapping[str, tuple[Cost, ...]]


def cost(target: Target, row: Row) -> int:
    """Return what a primitive's row costs on a target: where it can fail, when it succeeds."""
    return sum(line.units * _times(line.steps, row.steps) for line in target.costs)


def repriced(target: Target, costs: Costs) -> Target:
    """Return the target with the user's costs: a line of theirs takes the place of the table's line for the same steps."""
    lines = {_key(line.steps): line for line in target.costs}
    for line in (*costs.everywhere, *costs.by_target.get(target.name, ())):
        lines[_key(line.steps)] = line
    return replace(target, costs=tuple(lines.values()))


def read_costs(path: Path, targets: Sequence[Target]) -> Costs:
    """Read a user's file of costs.

    Args:
        path: the file.
        targets: the targets it may speak of.

    Raises:
        GupError: it is no such file, names other targets, or steps that these do not have.

    """
    text = read_source(path, kind="a file of costs")
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise syntax_error(error, code="T001", path=str(path), text=text, names=TERMINALS) from None
    problems: list[Diagnostic] = []
    known = {target.name: target for target in targets}
    everywhere = CostLines(str(path), problems)
    sections: dict[str, CostLines] = {}
    current, meant = [everywhere], tuple(targets)
    for line in tree.children:
        assert isinstance(line, Tree)
        if line.data == "section":
            named = [word for word in line.children if isinstance(word, Token) and word.type == "NAME"]
            problems += [_unknown(str(path), word, known) for word in named if word not in known]
            meant = tuple(known[word] for word in named if word in known)
            current = [sections.setdefault(target.name, CostLines(str(path), problems)) for target in meant]
        elif line.data in {"cost", "cost_of_primitive"}:
            for lines in current:
                lines.add(line, meant)
    if problems:
        # What is wrong with a line under several targets is told once.
        raise GupError(*with_source_lines(list(dict.fromkeys(problems)), {str(path): text}))
    return Costs(everywhere=everywhere.lines, by_target={name: lines.lines for name, lines in sections.items()})


@cache
def _parser() -> Lark:
    return build_parser("costs")


class CostLines:
    """Turns the lines of costs for one target, or for all, into data.

    Args:
        path: the file.
        problems: where what is wrong with them goes.

    """

    def __init__(self, path: str, problems: list[Diagnostic]) -> None:
        self._path = path
        self._problems = problems
        self._lines: dict[tuple[object, ...], Cost] = {}

    @property
    def lines(self) -> tuple[Cost, ...]:
        """The lines read so far."""
        return tuple(self._lines.values())

    def add(self, tree: Tree[Token], targets: tuple[Target, ...]) -> None:
        """Read one line; it has to fit a row of one of ``targets``."""
        if tree.data == "cost_of_primitive":
            word = tree.children[0]
            assert isinstance(word, Token)
            self._primitive(word, targets)
            return
        *parts, number, note = tree.children
        trees = [part for part in parts if isinstance(part, Tree)]
        assert isinstance(number, Token)
        steps = tuple(read_step(part) for part in trees)
        first = trees[0].meta
        span = Span(self._path, first.line, first.column, first.line, max(trees[-1].meta.end_column, first.column + 1))
        line = Cost(steps=steps, units=int(number), note=str(note)[2:].strip() if note else "", span=span)
        before = self._lines.setdefault(_key(steps), line)
        if before is not line:
            message = f"a second cost of {shown(steps)}"
            self._report("T008", message, span, f"the first is in line {before.span.line}")
        elif not any(fits_some_row(steps, target) for target in targets):
            self._report("T009", f"no row of {_names(targets)} has {shown(steps)}", span, _nearest(steps, targets))

    def _primitive(self, word: Token, targets: tuple[Target, ...]) -> None:
        rows = [target.rows[word] for target in targets if word in target.rows]
        texts = dict.fromkeys(shown(row.steps) for row in rows)
        if not rows:
            names = dict.fromkeys(name for target in targets for name in target.rows)
            near = difflib.get_close_matches(str(word), names, n=1)
            remedy = f"did you mean the steps of {near[0]}?" if near else "begin with R, W or F"
            self._report("T002", f"no primitive is called {word}", token_span(self._path, word), remedy)
            return
        remedy = "write the cost of " + " or ".join(texts)
        if list(texts) == ["-"]:
            remedy = f"{word} is no step at all on {_names(targets)}, and costs nothing"
        message = f"{word} is a primitive, and costs are of the steps of its row"
        self._report("T010", message, token_span(self._path, word), remedy)

    def _report(self, code: str, message: str, span: Span, remedy: str) -> None:
        self._problems.append(Diagnostic(code=code, message=message, span=span, help=remedy))


def read_step(tree: Tree[Token]) -> Step:
    """Return the step a parse holds."""
    kind, *tags = (word for word in tree.children if isinstance(word, Token))
    return Step(StepKind(str(kind)), tuple(dict.fromkeys(str(tag) for tag in tags)))


def token_span(path: str, token: Token) -> Span:
    """Return where a word stands."""
    line, column = token.line or 1, token.column or 1
    return Span(path, line, column, line, column + len(token))


def shown(steps: Sequence[Step]) -> str:
    """Return steps as a table has them."""
    return " ".join(step.kind.value + (f"[{','.join(step.tags)}]" if step.tags else "") for step in steps) or "-"


def fits_some_row(steps: tuple[Step, ...], target: Target) -> bool:
    """Whether a target has a row, or an outcome of one, that the steps are found in."""
    return any(_times(steps, found) for row in target.rows.values() for found in (row.steps, row.failure or ()))


def _fits(wanted: Step, step: Step) -> bool:
    return wanted.kind is step.kind and set(wanted.tags) <= set(step.tags)


def _times(wanted: tuple[Step, ...], steps: tuple[Step, ...]) -> int:
    """Return how often all of ``wanted`` is found in ``steps``, in order, without using a step twice."""
    found = 0
    for step in steps:
        if _fits(wanted[found % len(wanted)], step):
            found += 1
    return found // len(wanted)


def _key(steps: tuple[Step, ...]) -> tuple[object, ...]:
    """Return what makes lines of costs the same: the order of tags is nothing."""
    return tuple((step.kind, frozenset(step.tags)) for step in steps)


def _nearest(steps: tuple[Step, ...], targets: tuple[Target, ...]) -> str:
    there = [shown((step,)) for target in targets for row in target.rows.values() for step in row.steps if step.tags]
    near = difflib.get_close_matches(shown(steps), dict.fromkeys(there), n=1)
    return f"did you mean {near[0]}?" if near else "the steps are those of the target's rows"


def _names(targets: tuple[Target, ...]) -> str:
    return ", ".join(target.name for target in targets) or "any target"


def _unknown(path: str, word: Token, known: Mapping[str, Target]) -> Diagnostic:
    near = difflib.get_close_matches(str(word), known, n=1)
    remedy = f"did you mean {near[0]}?" if near else f"the targets are {', '.join(known)}"
    return Diagnostic(code="T011", message=f"no target is called {word}", span=token_span(path, word), help=remedy)
