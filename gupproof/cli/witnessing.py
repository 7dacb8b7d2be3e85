"""What ``gupproof litmus`` shows of a test besides its verdict: final states as herd7 lists them, an execution as a graph."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from gupproof.cli.writing import folder, write_whole
from gupproof.diagnostics import Diagnostic, GupError
from gupproof.execution.story import LEGEND, WIDTH, render
from gupproof.litmus.form import Quantifier
from gupproof.proving.observation import Judgement, Request
from gupproof.proving.states import States
from gupproof.proving.witnesses import Witness, find_witness
from gupproof.report.dot import dot, edges
from gupproof.report.drawing import draw

VERDICTS = {True: "Ok", False: "No"}
HEADINGS = {Quantifier.EXISTS: "Allowed", Quantifier.NOT_EXISTS: "Forbidden", Quantifier.FORALL: "Required"}

_WRITERS: dict[str, Callable[[Witness, str], str]] = {
    ".dot": lambda witness, title: dot(witness.replay, title),
    ".svg": lambda witness, title: draw(witness.story, title=title),
}


@dataclass(slots=True)
class Shower:
    """Shows tests as they are judged.

    Attributes:
        request: how they are judged.
        graph: the folder, or the .dot or .svg file, that graphs go to; None for none.
        several: whether there may be more than one test, so that graphs need a folder.
        told: whether an execution was told.

    """

    request: Request
    graph: Path | None
    several: bool
    told: bool = False

    def __post_init__(self) -> None:
        if self.graph is not None and self.graph.suffix in _WRITERS and self.several:
            raise GupError(
                Diagnostic(
                    code="U011",
                    message=f"the graphs of several tests cannot all go to {self.graph}",
                    help="name a folder: each test gets a .dot and a .svg file in it",
                )
            )

    def show(self, item: Judgement, line: str) -> None:
        """Print a judged test; ``line`` is its verdict on one line.

        Raises:
            GupError: a graph cannot be written, or the test cannot be shown.

        """
        if item.ok is None:
            click.echo(line)
            return
        click.echo(line if item.states is None else "\n".join(_herd(item, item.states)))
        if self.graph is not None:
            self._graph(item, self.graph)

    def _graph(self, item: Judgement, target: Path) -> None:
        witness = find_witness(Path(item.path), self.request)
        if witness is None:
            click.echo(f"  no execution of {item.name} satisfies the condition: no graph")
            return
        program = witness.replay.program
        self.told = True
        click.echo(f"  an execution that satisfies the condition, under {item.model}:")
        click.echo("\n".join(f"  {row}" for row in render(witness.story).split("\n")))
        named = ", ".join(f"{name} {program.events[one].id}->{other}" for name, one, other in edges(witness.replay))
        click.echo(f"  edges: {named}")
        single = target.suffix in _WRITERS
        paths = [target] if single else [folder(target) / f"{Path(item.path).stem}{ending}" for ending in _WRITERS]
        for path in paths:
            write_whole(path, _WRITERS[path.suffix](witness, f"{item.name} under {item.model}"))
        click.echo(f"  graph: {', '.join(map(str, paths))}\n")

    def explain(self) -> None:
        """Print what the marks of the stories mean, if there were any."""
        if self.told:
            click.echo(textwrap.fill(LEGEND, WIDTH) + "\n")


def _herd(item: Judgement, states: States) -> list[str]:
    """Return what herd7 prints of a test, but for its counts of executions."""
    assert item.ok is not None
    assert item.quantifier is not None
    known = "" if states.complete else " (and perhaps more: a limit was hit)"
    return [
        f"Test {item.name} {HEADINGS[item.quantifier]}",
        f"States {len(states.found)}{known}",
        *states.found,
        f"Loop {VERDICTS[item.ok]}" if item.loop else VERDICTS[item.ok],
        *(f"Flag {name}" for name in item.flags),
        f"Condition {item.condition or 'forall (true)'}",
        f"Observation {item.name} {item.observation.value}",
        "",
    ]
