"""Answers about placements as pages tell them: those that differ in models only stand together, and so do models that agree."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from docutils import nodes

from gupproof.placing.answer import Answer, View
from gupproof.placing.slots import Placement, Slot
from gupproof.placing.worth import Worth
from gupproof.proving.platforms import Platform
from gupproof.sphinx_ext.addresses import line_anchor, placement_anchor, source_page, theorem_page
from gupproof.sphinx_ext.library import Library, Proof, strength
from gupproof.sphinx_ext.markup import Cell, link, literal

Settings = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """Platforms that have the same answer.

    Attributes:
        number: of the line in its group, from 1.
        settings: the switches in which it differs from other lines of its group.
        label: the platforms, in words.
        platforms: those that have it alone, the strongest model first; none if it is the answer for all of them together.
        found: what was found, for each of them or for all together.

    """

    number: int
    settings: Settings
    label: str
    platforms: tuple[Platform, ...]
    found: tuple[tuple[Answer, View], ...]

    @property
    def view(self) -> View:
        """One of what was found: all say the same."""
        return self.found[0][1]

    @property
    def slots(self) -> tuple[Slot, ...]:
        """What is placed."""
        return self.found[0][0].question.slots


@dataclass(frozen=True, slots=True)
class Group:
    """Questions of a theorem about the same slots and properties: they differ in models, or in how switches are set.

    Attributes:
        number: of the group in its theorem, from 1.
        answers: in the order of the text.

    """

    number: int
    answers: tuple[Answer, ...]

    @property
    def scenario(self) -> str:
        """The scenario asked about."""
        return self.answers[0].question.goals[0].scenario

    @property
    def properties(self) -> tuple[str, ...]:
        """What has to hold."""
        return self.answers[0].question.goals[0].properties

    @property
    def flags(self) -> tuple[str, ...]:
        """What a model may flag all the same."""
        return tuple(dict.fromkeys(flag for answer in self.answers for flag in answer.question.goals[0].flags))

    @property
    def slots(self) -> tuple[Slot, ...]:
        """What is placed."""
        return self.answers[0].question.slots

    @property
    def settings(self) -> Settings:
        """The switches that all its questions set alike."""
        first, *others = (answer.question.goals[0].settings for answer in self.answers)
        return tuple(item for item in first if all(item in other for other in others))

    def own_settings(self, answer: Answer) -> Settings:
        """Return the switches that a question sets otherwise than others of the group."""
        return tuple(item for item in answer.question.goals[0].settings if item not in self.settings)

    @property
    def parts(self) -> dict[Settings, list[Answer]]:
        """The answers by the switches in which they differ."""
        found: dict[Settings, list[Answer]] = {}
        for answer in self.answers:
            found.setdefault(self.own_settings(answer), []).append(answer)
        return found

    @property
    def lines(self) -> list[Line]:
        """A line for all platforms that have the same answer, the strongest model first."""
        made: list[Line] = []
        for settings, answers in self.parts.items():
            made += _lines(settings, answers, len(made) + 1)
        return made


def groups(proof: Proof) -> list[Group]:
    """Return the questions of a theorem about placements, those together that ask for the same."""
    found: dict[object, list[Answer]] = {}
    for answer in proof.placed:
        (goal,) = answer.question.goals
        key = goal.scenario, goal.properties, tuple(slot.name for slot in answer.question.slots)
        found.setdefault(key, []).append(answer)
    return [Group(number, tuple(answers)) for number, answers in enumerate(found.values(), start=1)]


@dataclass(slots=True)
class _Alike:
    platforms: list[Platform] = field(default_factory=list)
    together: list[Answer] = field(default_factory=list)
    found: list[tuple[Answer, View]] = field(default_factory=list)


def _lines(settings: Settings, answers: Sequence[Answer], first: int) -> Iterator[Line]:
    alike: dict[object, _Alike] = {}
    for answer in answers:
        several = len(answer.alone) > 1
        for view in (*answer.alone, *([answer.together] if several else [])):
            here = alike.setdefault(_content(view), _Alike())
            here.found.append((answer, view))
            if len(view.platforms) > 1:
                here.together.append(answer)
            else:
                here.platforms += view.platforms
    every = tuple(platform for answer in answers for platform in answer.question.platforms)
    last = len(every), "", ""
    ordered = sorted(alike.values(), key=lambda item: min(map(strength, item.platforms), default=last))
    for number, item in enumerate(ordered, start=first):
        platforms = tuple(sorted(item.platforms, key=strength))
        names = [models(platforms, every)] if platforms else []
        # Where all have it alone and together, there is nothing to add.
        if not all({*answer.question.platforms} <= {*platforms} for answer in item.together):
            names += [_together(answer, platforms, every) for answer in item.together]
        yield Line(number, settings, "; ".join(names), platforms, tuple(item.found))


def _together(answer: Answer, alone: Sequence[Platform], every: Sequence[Platform]) -> str:
    """Return the platforms of an answer for several together, in words; those that have it alone need not be named again."""
    asked_of = {*answer.question.platforms}
    if asked_of == {*every}:
        return "all together"
    if alone and {*alone} <= asked_of:
        return f"together with {models(asked_of - {*alone}, every)}"
    return f"{models(asked_of, every)} together"


def _content(view: View) -> object:
    """Return what tells an answer from others."""
    found = view.found
    worth = view.judged.worth, view.minimal, view.spare, view.unsure
    return *worth, frozenset(found.placements), found.complete, found.reason, found.vacuous


def models(platforms: Iterable[Platform], every: Iterable[Platform]) -> str:
    """Return platforms in words: by the model where all of its targets that are asked about are among them."""
    wanted = {*platforms}
    asked: dict[str, set[Platform]] = {}
    for platform in every:
        asked.setdefault(platform.model, set()).add(platform)
    whole = {name for name, targets in asked.items() if targets <= wanted}
    ordered = sorted(wanted, key=strength)
    return ", ".join(dict.fromkeys(item.model if item.model in whole else str(item) for item in ordered))


def chosen(slots: Sequence[Slot], placement: Placement) -> list[tuple[str, str]]:
    """Return the slots that a placement does not leave at their weakest, with what stands there."""
    pairs = zip(slots, placement, strict=True)
    return [(slot.name, slot.values[position]) for slot, position in pairs if position != slot.weakest]


def spelled_out(slots: Sequence[Slot], placement: Placement) -> nodes.Node:
    """Return a placement: ``wmb = smp_wmb``, what is at its weakest left out."""
    parts: list[nodes.Node] = []
    for name, value in chosen(slots, placement):
        told = nodes.inline("", "", literal(f"{name} = {value}"), classes=["gup-whole"])
        parts += [*([nodes.Text(", ")] if parts else []), told]
    return nodes.inline("", "", *(parts or [nodes.Text("nothing")]), classes=[] if parts else ["gup-open"])


def minimal(proof: Proof, group: Group, line: Line, *, short: bool = False, most: int | None = None) -> Cell:
    """Return the minimal sufficient placements, each on a line of its own; that no choice helps leads to the execution.

    Args:
        proof: the theorem.
        group: of its questions.
        line: of the group.
        short: leaves ``smp_`` and the like out.
        most: how many are shown; where there are more, the page that shows them all is named.

    """
    view = line.view
    if view.hopeless and view.defeat is None:
        said = f"✗ no choice helps: {view.found.vacuous[0][1]}" if view.found.vacuous else "✗ no choice helps"
        return [nodes.inline("", said, classes=["gup-verdict", "gup-refuted"])]
    if view.hopeless:
        return [link("✗ no choice helps", *execution_of(proof, group, line), classes=["gup-verdict", "gup-refuted"])]
    shown: list[nodes.Node] = []
    for placement in view.found.placements[:most]:
        told = _shortened(line.slots, placement) if short else spelled_out(line.slots, placement)
        before = [nodes.inline("", "or ", classes=["gup-open"])] if shown else []
        shown.append(nodes.inline("", "", *before, told, classes=["gup-set"]))
    left = len(view.found.placements) - len(shown)
    if left:
        there = link(f"and {left} more", theorem_page(proof), placement_anchor(group.number))
        shown.append(nodes.inline("", "", there, classes=["gup-set"]))
    if not view.found.complete:
        shown.append(nodes.inline("", f"… and perhaps others: {view.found.reason}", classes=["gup-set", "gup-open"]))
    return shown


def _shortened(slots: Sequence[Slot], placement: Placement) -> nodes.Node:
    parts: list[nodes.Node] = []
    for name, value in chosen(slots, placement):
        word = value.removeprefix("smp_").removeprefix("load_").removeprefix("store_")
        told = nodes.inline("", "", literal(name), nodes.Text(f" {word}"), classes=["gup-whole"])
        parts += [*([nodes.Text(", ")] if parts else []), told]
    return nodes.inline("", "", *(parts or [nodes.Text("nothing")]), classes=[] if parts else ["gup-open"])


def today(proof: Proof, group: Group, line: Line) -> Cell:
    """Return what today's placement is worth; one that does not suffice leads to the execution that shows it."""
    view = line.view
    if view.today is None:
        return [nodes.inline("", "? not found out", classes=["gup-verdict", "gup-unknown"])]
    if view.today:
        said = "✓ more than enough" if view.spare else "✓ sufficient"
        return [nodes.inline("", said, classes=["gup-verdict", "gup-proved"])]
    classes = ["gup-verdict", "gup-refuted"]
    if view.judged.worth is Worth.VACUOUS:
        return [nodes.inline("", f"✗ vacuous: {view.judged.reason}", classes=["gup-verdict", "gup-vacuous"])]
    return [link("✗ not sufficient", *execution_of(proof, group, line), classes=classes)]


def execution_of(proof: Proof, group: Group, line: Line) -> tuple[str, str]:
    """Return the page and the anchor of the execution that defeats today's placement, or every one."""
    return theorem_page(proof), placement_anchor(group.number, line.number)


def slot_link(library: Library, proof: Proof, slot: Slot) -> nodes.Node:
    """Return the name of a slot, which leads to its declaration."""
    span = proof.unit.switches[slot.name].span
    source = library.source(span.path)
    name = literal(slot.name)
    return link(name, source_page(source), line_anchor(span.line)) if source else name


def asked(group: Group) -> str:
    """Return what a group asks for, in a line: ``owns of gup_vs_split``."""
    return f"{', '.join(group.properties)} of {group.scenario}"
