"""Where barriers have to be, on the page of a theorem: the slots, the minimal placements, costs, and why each is needed."""

from collections.abc import Iterable, Iterator, Sequence

from docutils import nodes

from gupproof.language import typed
from gupproof.language.tree import walk
from gupproof.placing.answer import Answer
from gupproof.placing.slots import Placement, Slot
from gupproof.placing.slots import today as today_of
from gupproof.proving.platforms import Platform
from gupproof.proving.result import Result
from gupproof.sphinx_ext.addresses import line_anchor, placement_anchor, source_page, theorem_page
from gupproof.sphinx_ext.answers import Group, Line, Settings, chosen, groups, minimal, models, slot_link, spelled_out, today
from gupproof.sphinx_ext.executions import execution, how_to_read
from gupproof.sphinx_ext.library import Library, Proof
from gupproof.sphinx_ext.markup import Cell, details, folded, link, literal, paragraph, table
from gupproof.sphinx_ext.verdicts import at_the_end, with_settings

_Told = dict[object, tuple[str, str]]
"""A story → the anchor where it is told, and what it is called there."""


def title(group: Group, others: Sequence[Group]) -> str:
    """Return what tells a group of questions from the others of its theorem, as Markdown."""
    parts = []
    if len({item.properties for item in others}) > 1 or len({item.scenario for item in others}) > 1:
        parts.append(", ".join(f"`{name}`" for name in group.properties))
    if len({item.scenario for item in others}) > 1:
        parts[-1] += f" of `{group.scenario}`"
    if len({item.slots for item in others}) > 1:
        parts.append(", ".join(f"`{slot.name}`" for slot in group.slots))
    return " by ".join(parts)


def placement(library: Library, proof: Proof, number: int, costs_page: str = "") -> list[nodes.Node]:
    """Return all there is to a group of questions about placements.

    Args:
        library: what the build tells of.
        proof: the theorem.
        number: of the group, from 1.
        costs_page: a page that says where costs come from, if there is one.

    """
    every = groups(proof)
    group = every[number - 1]
    lines = group.lines
    told: _Told = {}
    wrong = [paragraph(nodes.strong("", "The theorem expects something else."))] if _is_wrong(group) else []
    made = [
        _to_hold(library, proof, group),
        _slots(library, proof, group),
        *wrong,
        _answers(library, proof, group, lines),
        *_hopeless(library, proof, group, lines, told),
        *_not_sufficient(library, proof, group, lines, told),
        *_costs(group, costs_page),
        *_reasons(library, proof, group, told),
    ]
    if group is every[-1]:
        made.append(how_to_read())
    return [nodes.container("", *made, ids=[placement_anchor(number)])]


def _is_wrong(group: Group) -> bool:
    return any(answer.as_expected is False for answer in group.answers)


# ── what is asked ────────────────────────────────────────────────────────────────────────────────────────────────────


def _to_hold(library: Library, proof: Proof, group: Group) -> nodes.Node:
    scenario = proof.unit.scenarios[group.scenario]
    spans = {item.name: item for item in scenario.properties}
    parts: list[nodes.Node | str] = ["To hold: "]
    for name in group.properties:
        shown = _to(library, spans[name], literal(name)) if name in spans else literal(name)
        parts += [*([] if len(parts) == 1 else [", "]), shown]
    parts += [" of ", _to(library, scenario, literal(group.scenario))]
    if group.settings:
        parts += [" with ", *with_settings(library, proof, group.settings)]
    if group.flags:
        parts.append(f"; the model may flag a {', a '.join(group.flags)}")
    return paragraph(*parts, ".")


def _slots(library: Library, proof: Proof, group: Group) -> nodes.Node:
    rows: list[Sequence[Cell]] = []
    for slot in group.slots:
        values: list[nodes.Node] = []
        for position, value in enumerate(slot.values):
            classes = ["gup-whole", *(["gup-today"] if position == slot.today else [])]
            values += [*([nodes.Text(" ")] if values else []), nodes.inline("", "", literal(value), classes=classes)]
        rows.append([[slot_link(library, proof, slot)], values, [*_uses(library, proof, group, slot)]])
    marked = nodes.inline("", "today's", classes=["gup-today"])
    head: list[str | Cell] = ["slot", [nodes.Text("what may stand there, "), marked, nodes.Text(" marked")], "where it is"]
    return table(head, rows, classes=["gup-slots"])


def _uses(library: Library, proof: Proof, group: Group, slot: Slot) -> Iterator[nodes.Node]:
    """Yield links to the lines where a slot stands, with the function or thread around it."""
    scenario = proof.unit.scenarios[group.scenario]
    around: list[tuple[str, typed.Node]] = [(f"{function.name}()", function) for function in proof.functions(scenario)]
    around += [(thread.name, thread) for thread in scenario.threads]
    found: dict[tuple[str, int], tuple[str, typed.Node]] = {}
    for name, root in around:
        for node in walk(root):
            own = node.name if isinstance(node, typed.Slot) else getattr(node, "slot", "")
            if own == slot.name:
                found.setdefault((node.span.path, node.span.line), (name, node))
    for number, (name, node) in enumerate(found.values()):
        if number:
            yield nodes.Text(", ")
        place = nodes.inline("", "", literal(name), nodes.Text(f" {node.span.place}"), classes=["gup-whole"])
        yield _to(library, node, place)


def _to(library: Library, node: typed.Node, shown: nodes.Node) -> nodes.Node:
    """Return a link to where something is written."""
    source = library.source(node.span.path)
    return link(shown, source_page(source), line_anchor(node.span.line)) if source else shown


# ── the answer ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _answers(library: Library, proof: Proof, group: Group, lines: Sequence[Line]) -> nodes.Node:
    rows: list[Sequence[Cell]] = []
    for line in lines:
        worth = [*today(proof, group, line)]
        for number, spare in line.view.spare:
            slot = line.slots[number]
            could = [nodes.Text("could be "), literal(slot.values[spare[number]])]
            worth.append(nodes.inline("", "", literal(slot.name), nodes.Text(" "), *could, classes=["gup-set"]))
        under = [nodes.inline("", line.label)]
        # Where there is no room for columns their heads are not shown.
        needed = [nodes.inline("", "minimal: ", classes=["gup-narrow"]), *minimal(proof, group, line)]
        row: list[Cell] = [under, worth, needed]
        if len(group.parts) > 1:
            row.insert(1, with_settings(library, proof, line.settings))
        rows.append(row)
    own = ["with"] if len(group.parts) > 1 else []
    return table(["under", *own, "as it is today", "minimal sufficient placements"], rows, classes=["gup-placed"])


def _hopeless(library: Library, proof: Proof, group: Group, lines: Sequence[Line], told: _Told) -> list[nodes.Node]:
    """Return the executions that no choice of the slots forbids."""
    made: list[nodes.Node] = []
    for line in lines:
        if not line.view.hopeless:
            continue
        where = f"{line.label}{_with(line.settings)}"
        defeats = _defeats(line)
        if not defeats:
            continue
        # What plain interleaving allows, no barrier forbids.
        why = "it is not about ordering. " if any(item.obligation.model == "sc" for item in defeats) else ""
        said = paragraph(
            nodes.strong("", "No choice of these slots helps"),
            f" under {where}: {why}With the strongest alternative everywhere there still is this execution.",
        )
        inside: list[nodes.Node] = [said]
        for number, defeat in enumerate(defeats):
            name = f"{_platform(defeat)}{_with(line.settings)}"
            anchor = placement_anchor(group.number, line.number) + (f"-{number}" if number else "")
            shown = _told(library, proof, defeat, told, anchor, name)
            inside.append(folded(f"Under {_platform(defeat)}", *shown) if number else nodes.container("", *shown))
        made.append(nodes.container("", *inside, ids=[placement_anchor(group.number, line.number)]))
    return made


def _not_sufficient(library: Library, proof: Proof, group: Group, lines: Sequence[Line], told: _Told) -> list[nodes.Node]:
    """Return the executions that show that today's placement is not sufficient."""
    made: list[nodes.Node] = []
    for line in lines:
        defeats = _defeats(line)
        if line.view.today is not False or line.view.hopeless or not defeats:
            continue
        first = placement_anchor(group.number, line.number)
        inside: list[nodes.Node] = []
        for number, defeat in enumerate(defeats):
            anchor = first + (f"-{number}" if number else "")
            shown = _told(library, proof, defeat, told, anchor, f"{_platform(defeat)}{_with(line.settings)}, as it is today")
            inside += [paragraph(nodes.strong("", f"Under {_platform(defeat)}")), *shown] if len(defeats) > 1 else shown
        summary = f"As it is today, under {line.label}{_with(line.settings)}: {_said(defeats[0])}"
        # Inside of what is folded, so that a browser that comes here opens it.
        made.append(folded(summary, nodes.container("", *inside, ids=[first])))
    return made


def _defeats(line: Line) -> list[Result]:
    """Return the executions that defeat a line's placement, each once."""
    found: dict[object, Result] = {}
    for _, view in line.found:
        if view.defeat is not None:
            found.setdefault(view.defeat.story, view.defeat)
    return [*found.values()]


def _told(library: Library, proof: Proof, result: Result, told: _Told, anchor: str, name: str) -> list[nodes.Node]:
    """Return an execution, or where it is told already."""
    if result.story in told:
        there, called = told[result.story]
        return [paragraph("The same execution as ", link(called, theorem_page(proof), there), ".")]
    told[result.story] = anchor, f"under {name}"
    return execution(library, proof.unit, result, opened=False)


def _platform(result: Result) -> str:
    platform = Platform(result.obligation.model, result.obligation.target)
    return models([platform], [platform])


def _with(settings: Settings) -> str:
    return f" with {', '.join(f'{name} = {value}' for name, value in settings)}" if settings else ""


def _said(result: Result) -> str:
    name = result.obligation.property
    return f"{name} fails" if result.reason == at_the_end(name) else result.reason


# ── costs ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _costs(group: Group, page: str) -> list[nodes.Node]:
    """Return what today's placement and those that no other beats cost, in a table for all answers with the same ones."""
    tables: list[tuple[tuple[Placement, ...], list[Answer]]] = []
    for answer in group.answers:
        rows = _priced(answer)
        if not rows:
            continue
        targets = {*answer.costs}
        for before, answers in tables:
            if {*before} == {*rows} and not any(targets & {*other.costs} for other in answers):
                answers.append(answer)
                break
        else:
            tables.append((rows, [answer]))
    if not tables:
        return []
    units = link("relative units", page, "costs") if page else nodes.Text("relative units")
    said = paragraph(nodes.strong("", "What they cost"), ", in ", units, ", the least marked on each target")
    made: list[nodes.Node] = [said]
    for rows, answers in tables:
        if len(tables) > 1:
            made.append(paragraph(f"Under {_answered(group, answers)}:", classes=["gup-bounds"]))
        made.append(_cost_table(rows, answers))
    return made


def _priced(answer: Answer) -> tuple[Placement, ...]:
    """Return the placements whose costs are told; none where nothing has to stand anywhere, and more costs the same."""
    slots = answer.question.slots
    now = today_of(slots)
    known = tuple(dict.fromkeys((*([now] if answer.together.today else []), *answer.front, *answer.reasons)))
    prices = {tuple(answer.price(target, placement) for target in answer.costs) for placement in known}
    return () if len(prices) == 1 and not all(chosen(slots, placement) for placement in known) else known


def _cost_table(rows: Sequence[Placement], answers: Sequence[Answer]) -> nodes.Node:
    slots = answers[0].question.slots
    now = today_of(slots)
    columns = [(answer, target) for answer in answers for target in answer.costs]
    cells: list[Sequence[Cell]] = []
    for row in rows:
        mark = [nodes.inline("", " (today's)", classes=["gup-open"])] if row == now else []
        prices: list[Cell] = []
        for answer, target in columns:
            price = answer.price(target, row)
            least = any(item.target == target and item.proved and item.cost == price for item in answer.cheapest)
            prices.append([nodes.inline("", f"{price}", classes=["gup-least"] if least else [])])
        cells.append([[spelled_out(slots, row), *mark], *prices])
    return table(["placement", *(target for _, target in columns)], cells, classes=["gup-prices"])


def _answered(group: Group, answers: Sequence[Answer]) -> str:
    """Return which questions some answers are to, in words."""
    by_settings: dict[Settings, list[Platform]] = {}
    for answer in answers:
        by_settings.setdefault(group.own_settings(answer), []).extend(answer.question.platforms)
    return "; ".join(f"{models(where, where)}{_with(settings)}" for settings, where in by_settings.items())


# ── why each is needed ───────────────────────────────────────────────────────────────────────────────────────────────


def _reasons(library: Library, proof: Proof, group: Group, told: _Told) -> list[nodes.Node]:
    """Return for each barrier of each placement what happens when it is one step weaker."""
    kept: dict[Placement, list[Answer]] = {}
    for answer in group.answers:
        for placed, reasons in answer.reasons.items():
            if reasons:
                kept.setdefault(placed, []).append(answer)
    made: list[nodes.Node] = []
    for number, (placed, answers) in enumerate(kept.items(), start=1):
        made.append(paragraph(spelled_out(group.slots, placed), f", under {_answered(group, answers)}", classes=["gup-kept"]))
        steps: dict[tuple[int, Placement], list[Result]] = {}
        for answer in answers:
            for reason in answer.reasons[placed]:
                here = steps.setdefault((reason.slot, reason.weakened), [])
                here += [reason.result] if reason.result is not None else []
        for (slot, weakened), results in steps.items():
            anchor = f"{placement_anchor(group.number)}-why-{number}-{slot}-{weakened[slot]}"
            made.append(_reason(library, proof, group.slots[slot], (placed[slot], weakened[slot]), results, told, anchor))
    if not made:
        return []
    return [
        paragraph(nodes.strong("", "Why each is needed"), ": with one of them a step weaker there is this execution."),
        *made,
    ]


def _reason(
    library: Library, proof: Proof, slot: Slot, step: tuple[int, int], results: Sequence[Result], told: _Told, anchor: str
) -> details | nodes.paragraph:
    before, after = step
    what = f"{slot.name} = {slot.values[after]} instead of {slot.values[before]}"
    if not results:
        return paragraph(f"{what}: not found out")
    stories: dict[object, Result] = {}
    for result in results:
        stories.setdefault(result.story, result)
    where = ", ".join(dict.fromkeys(result.obligation.model for result in results))
    inside: list[nodes.Node] = []
    for number, result in enumerate(stories.values()):
        own = anchor + (f"-{number}" if number else "")
        shown = _told(library, proof, result, told, own, f"{_platform(result)}, {what}")
        parts = nodes.container("", *shown, ids=[own])
        inside.append(folded(f"The same under {_platform(result)}", parts) if number else parts)
    return folded(f"{what}: {_said(results[0])} under {where}", *inside)


def placed_groups(proofs: Iterable[Proof]) -> Iterator[tuple[Proof, Group]]:
    """Yield each group of questions of some theorems."""
    for proof in proofs:
        for group in groups(proof):
            yield proof, group
