"""A theorem on a page: its comment, verdicts, bounds, and how to see them again; the scenarios and functions it is about."""

import re
from collections.abc import Sequence
from textwrap import dedent

from docutils import nodes

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.language.tree import walk
from gupproof.proving.result import Verdict
from gupproof.report.claims import quoted
from gupproof.sphinx_ext.addresses import claim_page, line_anchor, source_page
from gupproof.sphinx_ext.library import Library, Proof
from gupproof.sphinx_ext.markup import Steps, folded, link, listing, literal, paragraph, prose
from gupproof.sphinx_ext.verdicts import verdict_table

_STEP = re.compile(r"\s*([^\s/].*?)\s*// ([A-Z]\d+[a-z]?)\b")
"""A line of code with the name of its step behind it."""
_LONG = 14
"""Lines of code from which on it is folded away."""


def theorem(library: Library, proof: Proof) -> list[nodes.Node]:
    """Return what a theorem says, the verdicts on it, and what they hold for."""
    said = comment(library, proof)
    span = proof.theorem.span
    commands = [f"gupproof prove -t {proof.name}"] if proof.results else []
    commands += [f"gupproof explain {proof.name}"] if _refuted(proof) else []
    commands += [f"gupproof barriers {proof.name} --why"] if proof.theorem.placements else []
    written = listing(_text(proof.unit, span), "gup", first_line=span.line)
    return [
        _answered(library, proof),
        *said,
        *_asked(proof),
        *([verdict_table(library, proof)] if proof.results else []),
        *_covers(proof),
        _bounds(library, proof),
        listing("\n".join(commands), "sh"),
        folded("The theorem as it is written", written),
    ]


def comment(library: Library, proof: Proof) -> list[nodes.Node]:
    """Return the comment on a theorem; claims in it are links, and so are the steps that its protocols name."""
    return prose(proof.theorem.doc, (claim.id for claim in library.claims), _steps(library, proof.unit))


def _steps(library: Library, unit: typed.Unit) -> Steps:
    """Return the steps that files name behind the code, each where it stands first; none that two files name."""
    found: dict[str, dict[str, tuple[str, str, str]]] = {}
    for path, text in unit.sources.items():
        source = library.source(path)
        for number, line in enumerate(text.split("\n") if source else (), start=1):
            step = _STEP.match(line)
            if source and step:
                place = source_page(source), line_anchor(number), " ".join(step[1].split())
                found.setdefault(step[2], {}).setdefault(path, place)
    return {name: next(iter(places.values())) for name, places in found.items() if len(places) == 1}


def _answered(library: Library, proof: Proof) -> nodes.Node:
    """Return which claims a theorem answers, and where it stands."""
    claims = [claim for claim in map(library.claim, proof.claims) if claim]
    told: list[nodes.Node] = []
    for claim in claims:
        said = quoted(claim).rstrip(".")
        told += [nodes.Text("; " if told else "Answers "), link(claim.id, claim_page(claim.id)), nodes.Text(f" {said}")]
    begin = ". In " if told else "In "
    return paragraph(*told, begin, _where(library, proof.theorem), ".", classes=["gup-by"])


def _asked(proof: Proof) -> list[nodes.Node]:
    """Return the properties that a theorem speaks of, as they are written, with the comments on them."""
    spoken: tuple[typed.Claim | typed.Placement, ...] = (*proof.theorem.claims, *proof.theorem.placements)
    names = {(item.scenario, name) for item in spoken for name in item.properties}
    told: list[str] = []
    for found in proof.scenarios:
        lines = proof.unit.sources[found.span.path].split("\n")
        for item in found.properties:
            if (found.name, item.name) in names:
                first = _comment_above(lines, item.span.line)
                told.append(dedent("\n".join(lines[first - 1 : item.span.end_line])))
    return [listing("\n".join(dict.fromkeys(told)), "gup")] if told else []


def _refuted(proof: Proof) -> bool:
    return any(result.verdict is Verdict.REFUTED for result in proof.results)


def _covers(proof: Proof) -> list[nodes.Node]:
    """Return which covers were reached, and why what is vacuous or unknown is so."""
    covers: dict[str, set[bool | None]] = {}
    for result in proof.results:
        for name, found in result.reached:
            covers.setdefault(name, set()).add(found)
    always = [name for name, found in covers.items() if found == {True}]
    spaced = [part for name in always for part in (", ", literal(name))][1:]
    made: list[nodes.Node] = [paragraph("Covers reached: ", *spaced, ".", classes=["gup-bounds"])] if always else []
    for result in proof.results:
        item = result.obligation
        if result.reason and not result.story:
            said = f" under {item.model}/{item.target} is {result.verdict.value}: {result.reason}."
            made.append(paragraph(literal(item.property), said, classes=["gup-bounds"]))
    return made


def _bounds(library: Library, proof: Proof) -> nodes.Node:
    """Return what is looked at: threads, interrupts, rounds of loops, events."""
    lines = []
    for scenario in proof.scenarios:
        functions = proof.functions(scenario)
        handlers = len(scenario.interrupts)
        told = [_counted(len(scenario.threads), "thread"), *([_counted(handlers, "interrupt")] if handlers else [])]
        told += _loops([scenario, *functions])
        events = [result.events for result in proof.results if result.obligation.scenario == scenario.name and result.events]
        if events:
            span = f"{min(events)}" if min(events) == max(events) else f"{min(events)} to {max(events)}"
            told.append(f"{span} events")
        source = library.source(scenario.span.path)
        place = (
            link(scenario.span.place, source_page(source), line_anchor(scenario.span.line)) if source else scenario.span.place
        )
        said = ", ".join(told)
        lines.append(
            paragraph("All executions of ", literal(scenario.name), " (", place, f"): {said}.", classes=["gup-bounds"])
        )
    return nodes.container("", *lines)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")


def _loops(roots: Sequence[typed.Node]) -> list[str]:
    """Say how often loops go round; a loop without a bound of its own has a constant count."""
    found = {node.span: node for node in walk(*roots) if isinstance(node, typed.Loop)}
    bounded = [(loop.span.place, loop.bound) for loop in found.values() if loop.bound]
    return [f"up to {_counted(bound, 'round')} of the loop at {place}" for place, bound in bounded]


def scenario(library: Library, proof: Proof, shown: typed.Scenario) -> list[nodes.Node]:
    """Return the text of a scenario, and of the functions it calls."""
    parts: list[nodes.Node] = [
        _place(library, shown),
        listing(_text(proof.unit, shown.span), "gup", first_line=shown.span.line),
    ]
    by_file: dict[str, list[typed.Function]] = {}
    for function in proof.functions(shown):
        by_file.setdefault(function.span.path, []).append(function)
    if by_file:
        parts.append(paragraph("The functions it calls:"))
    for path, functions in by_file.items():
        source = library.source(path)
        file = path if source is None else f"{source.name}.gup"
        summary = f"{file}: {', '.join(function.name for function in functions)}"
        inside: list[nodes.Node] = []
        for function in functions:
            first = _comment_above(proof.unit.sources[path].split("\n"), function.span.line)
            text = "\n".join(proof.unit.sources[path].split("\n")[first - 1 : function.span.end_line])
            inside += [_place(library, function), listing(text, "gup", first_line=first)]
        length = sum(function.span.end_line - function.span.line + 1 for function in functions)
        parts.append(folded(summary, *inside, opened=length <= _LONG))
    return parts


def _place(library: Library, node: typed.Node) -> nodes.Node:
    return paragraph(_where(library, node), classes=["gup-place"])


def _where(library: Library, node: typed.Node) -> nodes.Node:
    """Return a link to where something is written."""
    source = library.source(node.span.path)
    if source is None:
        return nodes.Text(node.span.place)
    return link(f"{source.name}.gup:{node.span.line}", source_page(source), line_anchor(node.span.line))


def _text(unit: typed.Unit, span: Span) -> str:
    return "\n".join(unit.sources[span.path].split("\n")[span.line - 1 : span.end_line])


def _comment_above(lines: Sequence[str], line: int) -> int:
    """Return the number of the line where the comment before a declaration begins; of the declaration itself without one."""
    while line > 1 and lines[line - 2].lstrip().startswith("//") and not lines[line - 2].startswith("// ──"):
        line -= 1
    return line
