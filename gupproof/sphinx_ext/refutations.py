"""Refutations on a page: the drawing, and the story step by step."""

from docutils import nodes

from gupproof.proving.platforms import Platform
from gupproof.proving.result import Result, Verdict
from gupproof.sphinx_ext.addresses import refutation_anchor, theorem_page
from gupproof.sphinx_ext.executions import execution, how_to_read
from gupproof.sphinx_ext.library import Library, Proof, strength
from gupproof.sphinx_ext.markup import folded, link, paragraph
from gupproof.sphinx_ext.verdicts import at_the_end, platform_name, with_settings


def refutations(library: Library, proof: Proof) -> list[nodes.Node]:
    """Return the refutations of a theorem.

    For each property and setting the one under the strongest model is shown, since it has the least to do with weak memory;
    those under weaker ones are folded away behind it, the weakest last.
    """
    questions: dict[tuple[str, tuple[tuple[str, str], ...], str], list[Result]] = {}
    for result in proof.results:
        if result.verdict is Verdict.REFUTED:
            item = result.obligation
            questions.setdefault((item.scenario, item.settings, item.property), []).append(result)
    made: list[nodes.Node] = []
    for results in questions.values():
        first, *others = sorted(results, key=lambda result: strength(_platform(result)))
        made += [_headline(library, proof, first), *execution(library, proof.unit, first, opened=True)]
        told = {first.story: first}
        for other in others:
            same = told.setdefault(other.story, other)
            why = "" if _says_nothing_more(other) else f": {other.reason}"
            summary = f"The same under {platform_name(_platform(other))}{why}"
            inside = execution(library, proof.unit, other, opened=False) if same is other else [_told_before(proof, same)]
            # Inside of what is folded, so that a browser that comes here opens it.
            made.append(folded(summary, _anchored(other, *inside)))
    return [how_to_read(), *made] if made else []


def _headline(library: Library, proof: Proof, result: Result) -> nodes.Node:
    item = result.obligation
    name = platform_name(_platform(result))
    said = paragraph(
        nodes.strong("", item.property),
        " fails under ",
        nodes.strong("", name),
        " with ",
        *with_settings(library, proof, item.settings),
        "." if _says_nothing_more(result) else f": {result.reason}.",
        classes=["gup-headline"],
    )
    return _anchored(result, said)


def _says_nothing_more(result: Result) -> bool:
    return result.reason == at_the_end(result.obligation.property)


def _told_before(proof: Proof, same: Result) -> nodes.Node:
    there = link(platform_name(_platform(same)), theorem_page(proof), refutation_anchor(same))
    return paragraph("Step by step as under ", there, ".")


def _anchored(result: Result, *inside: nodes.Node) -> nodes.Node:
    return nodes.container("", *inside, ids=[refutation_anchor(result)], classes=["gup-refutation"])


def _platform(result: Result) -> Platform:
    return Platform(result.obligation.model, result.obligation.target)
