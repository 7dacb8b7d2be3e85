"""A theorem on a page: its comment, verdicts, bounds, and how to see them again; the scenarios and functions it is about."""

from collections.abc import Iterable, Sequence

from docutils import nodes

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.language.tree import walk
from gupproof.proving.result import Verdict
from gupproof.sphinx_ext.addresses import source_page, theorem_anchor
from gupproof.sphinx_ext.library import Library, Proof
from gupproof.sphinx_ext.markup import folded, link, listing, literal, paragraph, prose
from gupproof.sphinx_ext.verdicts import verdict_table

_LONG = 14
"""Lines of code from which on it is folded away."""


def theorem(library: Library, proof: Proof) -> list[nodes.Node]:
    """Return what a theorem says, the verdicts on it, and what they hold for."""
    top = nodes.container("", ids=[theorem_anchor(proof.name)])
    said = prose(proof.theorem.doc, (claim.id for claim in library.claims))
    commands = [f"gupproof prove -t {proof.name}", *([f"gupproof explain {proof.name}"] if _refuted(proof) else [])]
    return [
        top,
        *said,
        verdict_table(library, proof),
        *_covers(proof),
        _bounds(library, proof),
        listing("\n".join(commands), "sh"),
    ]


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
        place = link(scenario.span.place, source_page(source), f"line-{scenario.span.line}") if source else scenario.span.place
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
    source = library.source(node.span.path)
    told = f"{source.name}.gup:{node.span.line}" if source else node.span.place
    where = link(told, source_page(source), f"line-{node.span.line}") if source else nodes.Text(told)
    return paragraph(where, classes=["gup-place"])


def _text(unit: typed.Unit, span: Span) -> str:
    return "\n".join(unit.sources[span.path].split("\n")[span.line - 1 : span.end_line])


def _comment_above(lines: Sequence[str], line: int) -> int:
    """Return the number of the line where the comment before a declaration begins; of the declaration itself without one."""
    while line > 1 and lines[line - 2].startswith("//") and not lines[line - 2].startswith("// ──"):
        line -= 1
    return line


def scenarios_of(proofs: Iterable[Proof]) -> list[tuple[Proof, typed.Scenario]]:
    """Return the scenarios that theorems speak of, each once, with a theorem that does."""
    found: dict[tuple[str, str], tuple[Proof, typed.Scenario]] = {}
    for proof in proofs:
        for item in proof.scenarios:
            # A file may use the scenarios of another.
            found.setdefault((item.name, item.span.place), (proof, item))
    return [*found.values()]
