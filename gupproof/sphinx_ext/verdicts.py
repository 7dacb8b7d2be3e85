"""Verdicts as cells and chips: what was found of a theorem on each platform."""

from collections import Counter
from collections.abc import Sequence

from docutils import nodes

from gupproof.proving.platforms import Platform, has_one_target
from gupproof.proving.result import Result, Verdict
from gupproof.sphinx_ext.addresses import line_anchor, model_page, refutation_anchor, source_page, theorem_page
from gupproof.sphinx_ext.library import Library, Proof, strength
from gupproof.sphinx_ext.markup import Cell, link, literal, paragraph, table

_MARKS = {
    Verdict.PROVED: "✓",
    Verdict.REFUTED: "✗",
    Verdict.VACUOUS: "∅",
    Verdict.UNKNOWN: "?",
    Verdict.ERROR: "!",
}
_GRAVITY = (Verdict.ERROR, Verdict.REFUTED, Verdict.UNKNOWN, Verdict.VACUOUS, Verdict.PROVED)


def platform_name(platform: Platform) -> str:
    """Return a platform as people call it: by the model alone where it goes with one target only."""
    return platform.model if has_one_target(platform.model) else str(platform)


def platform_head(library: Library, platform: Platform, *, alone: bool = False) -> Cell:
    """Return a platform as the head of a column: a link to its model, the target on a line of its own.

    Args:
        library: what the build tells of.
        platform: the platform.
        alone: leaves the target out.

    """
    name = model_head(library, platform.model)
    if alone or has_one_target(platform.model):
        return name
    return [*name, nodes.Text(" "), nodes.inline("", platform.target, classes=["gup-target"])]


def model_head(library: Library, name: str) -> Cell:
    """Return a model as the head of a column: a link to its page."""
    return [link(name, model_page(name)) if name in library.models else nodes.Text(name)]


def theorem_link(proof: Proof) -> nodes.Node:
    """Return the name of a theorem, which leads to its page."""
    return link(literal(proof.name), theorem_page(proof))


def at_the_end(name: str) -> str:
    """Return the reason of a refutation that says no more than which property fails."""
    return f"{name} fails in the final state"


def legend() -> nodes.Node:
    """Return what chips mean, and where they lead."""
    told = (
        ("gup-proved", _MARKS[Verdict.PROVED], "proved"),
        ("gup-refuted", _MARKS[Verdict.REFUTED], "refuted: leads to the execution"),
        ("gup-mixed", _MARKS[Verdict.PROVED] + _MARKS[Verdict.REFUTED], "some properties or settings proved, others refuted"),
        ("gup-flagged", _MARKS[Verdict.PROVED], "proved, with a data race flagged by the kernel's model"),
    )
    parts: list[nodes.Node] = []
    for name, mark, meaning in told:
        chip = nodes.inline("", mark, classes=["gup-verdict", name])
        parts += [*([nodes.Text(" ")] if parts else []), nodes.inline("", "", chip, nodes.Text(f" {meaning}"))]
    return paragraph(*parts, classes=["gup-legend"])


def with_settings(library: Library, proof: Proof, settings: Sequence[tuple[str, str]]) -> list[nodes.Node]:
    """Return switches with their values; each leads to where it is declared, which says what it is."""
    if not settings:
        return [nodes.emphasis("", "defaults")]
    parts: list[nodes.Node] = []
    for name, value in settings:
        told = nodes.inline("", "", literal(f"{name} = {value}"), classes=["gup-whole"])
        span = proof.unit.switches[name].span
        source = library.source(span.path)
        shown = link(told, source_page(source), line_anchor(span.line)) if source else told
        parts += [*([nodes.Text(", ")] if parts else []), shown]
    return parts


def verdict_table(library: Library, proof: Proof) -> nodes.Node:
    """Return the verdicts on a theorem: a row for each property with its switches, a column for each platform."""
    rows: dict[tuple[str, tuple[tuple[str, str], ...], str], dict[Platform, Result]] = {}
    for result in proof.results:
        item = result.obligation
        row = rows.setdefault((item.scenario, item.settings, item.property), {})
        row[Platform(item.model, item.target)] = result
    columns = proof.platforms
    several = len(proof.scenarios) > 1
    lines: list[list[Cell]] = []
    for (scenario, settings, name), found in rows.items():
        told = [literal(name), *([nodes.Text(" of "), literal(scenario)] if several else [])]
        cells: list[Cell] = [told, with_settings(library, proof, settings)]
        cells += [[verdict(proof, [found[column]])] if column in found else [] for column in columns]
        lines.append(cells)
    head: list[str | Cell] = ["property", "with", *(platform_head(library, column) for column in columns)]
    return table(head, lines, classes=["gup-verdicts"])


def verdict(proof: Proof, results: Sequence[Result], text: str = "") -> nodes.Node:
    """Return the gravest verdict of some results as a chip, which leads to the refutation or else to the theorem.

    Args:
        proof: the theorem that the results are of.
        results: at least one.
        text: what the chip says; the verdict when empty.

    """
    gravest = min(results, key=lambda result: _GRAVITY.index(result.verdict))
    item = gravest.obligation
    surprise = gravest.as_expected is False
    said = f"{gravest.answer}, though the theorem expects {gravest.expectation}" if surprise else gravest.answer
    title = f"{item.theorem}: {item.property} under {item.model}/{item.target} is {said}"
    classes = ["gup-verdict", f"gup-{gravest.verdict.value}"]
    classes += [name for name, is_so in (("gup-unexpected", surprise), ("gup-flagged", gravest.flags)) if is_so]
    anchor = refutation_anchor(gravest) if gravest.story else ""
    shown = text or (f"{gravest.answer}, not {gravest.expectation}" if surprise else gravest.answer)
    return link(f"{_MARKS[gravest.verdict]} {shown}", theorem_page(proof), anchor, title=title, classes=classes)


def chips(proof: Proof, *, model: str = "") -> list[nodes.Node]:
    """Return a chip for each platform of a theorem, or of one model; a word for a theorem without verdicts."""
    shown: list[nodes.Node] = []
    for name, results in _by_name(proof, model).items():
        shown += [*([nodes.Text(" ")] if shown else []), chip(proof, results, name)]
    return shown or [nodes.inline("", "where barriers are needed", classes=["gup-open"])]


def chip(proof: Proof, results: Sequence[Result], name: str) -> nodes.Node:
    """Return a chip for some results of a theorem.

    Where some of its properties and settings are proved and others refuted, the chip has both marks and leads to a refutation.
    """
    several = len({result.verdict for result in results}) > 1
    return _mixed(proof, results, name) if several else verdict(proof, results, name)


def _mixed(proof: Proof, results: Sequence[Result], name: str) -> nodes.Node:
    counts = Counter(result.answer for result in results)
    marks = "".join(_MARKS[verdict] for verdict in reversed(_GRAVITY) if any(result.verdict is verdict for result in results))
    told = next((result for result in results if result.story), results[0])
    anchor = refutation_anchor(told) if told.story else ""
    classes = ["gup-verdict", "gup-mixed", *(["gup-unexpected"] if any(item.as_expected is False for item in results) else [])]
    title = f"{proof.name} under {name}: {', '.join(f'{count} {answer}' for answer, count in counts.items())}"
    return link(f"{marks} {name}", theorem_page(proof), anchor, title=title, classes=classes)


def _by_name(proof: Proof, model: str) -> dict[str, list[Result]]:
    """Return the results by platform; the targets of a model share a chip where they have the same verdicts."""
    by_platform: dict[Platform, list[Result]] = {}
    for result in sorted(proof.results, key=lambda result: strength(_platform(result))):
        if model in ("", result.obligation.model):
            by_platform.setdefault(_platform(result), []).append(result)
    shown: dict[str, list[Result]] = {}
    for platform, results in by_platform.items():
        targets = [other for other in by_platform if other.model == platform.model]
        alike = len({tuple(result.answer for result in by_platform[other]) for other in targets}) == 1
        shown.setdefault(platform.model if alike else platform_name(platform), []).extend(results)
    return shown


def _platform(result: Result) -> Platform:
    return Platform(result.obligation.model, result.obligation.target)
