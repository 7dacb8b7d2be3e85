"""What a proof rests on: changes of single lines, each of which refutes what is proved without it."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from gupproof.diagnostics import GupError
from gupproof.language import load, typed
from gupproof.program.shape import Shape, shape
from gupproof.proving.changes import Candidate, Change, Kind, Weight, changes_of
from gupproof.proving.obligations import Group, grouped, obligations_of
from gupproof.proving.platforms import Platform, target_of
from gupproof.proving.refuting import Ending, Refuted, lowered, refuted
from gupproof.proving.result import Obligation, Verdict
from gupproof.proving.workers import on, workers

ENOUGH = 3
"""How many lines are looked for where not every change is asked for."""

# Where a change is asked for first: on a weak model, since what is refuted at all is mostly refuted there, and on one that
# answers fast. The kernel's model is ten times as slow as the others.
_FIRST = ("armv8", "riscv", "power", "x86-tso", "sc", "lkmm")
_SLOW = frozenset({"lkmm"})
_ORDER_ONLY = frozenset({Weight.BARRIER, Weight.ORDER, Weight.PLAIN, Weight.HALF})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One property of one scenario with its switches set, on all platforms where a theorem says that it is proved."""

    file: str
    theorem: str
    claim: str
    scenario: str
    settings: tuple[tuple[str, str], ...]
    property: str
    obligations: tuple[Obligation, ...] = ()

    def key(self) -> tuple[object, ...]:
        """Return what tells it from all other questions."""
        return (self.file, self.theorem, self.scenario, self.settings, self.property)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuting:
    """A change, and where it refutes a question.

    Attributes:
        change: what is changed.
        platforms: those on which it was found to refute; another may not have been asked.
        reason: what goes wrong then.

    """

    change: Change
    platforms: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """What the proof of a question rests on.

    Attributes:
        question: the question.
        platforms: where it is proved.
        tried: how many changes were tried.
        changes: those that refute it, the most telling first.
        refuted: where it is refuted as it stands: nothing was tried there.

    """

    question: Question
    platforms: tuple[str, ...]
    tried: int
    changes: tuple[Refuting, ...]
    refuted: tuple[str, ...] = ()

    @property
    def rests_on_nothing(self) -> bool:
        """Whether it is proved, and no change of a line refutes it."""
        return bool(self.platforms) and not self.changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """The questions of one theorem about one scenario: every change is tried for all of them at once."""

    unit: typed.Unit
    scenario: str
    questions: tuple[Question, ...]


def questions_of(obligations: Iterable[Obligation]) -> tuple[Question, ...]:
    """Return what is said to be proved, by question, in order of first appearance."""
    found: dict[tuple[object, ...], Question] = {}
    for item in obligations:
        if item.expect != Verdict.PROVED.value:
            continue
        made = Question(
            file=item.file,
            theorem=item.theorem,
            claim=item.claim,
            scenario=item.scenario,
            settings=item.settings,
            property=item.property,
        )
        known = found.get(made.key(), made)
        # A theorem may say the same of a platform twice, with other covers.
        if platform_of(item) not in map(platform_of, known.obligations):
            found[made.key()] = replace(known, obligations=(*known.obligations, item))
    return tuple(found.values())


def tasks_of(units: Iterable[typed.Unit], questions: Iterable[Question]) -> tuple[Task, ...]:
    """Return the questions by theorem and scenario: more at once would make larger programs, not less work."""
    by_path = {unit.path: unit for unit in units}
    parts: dict[tuple[str, str, str], list[Question]] = {}
    for question in questions:
        parts.setdefault((question.file, question.theorem, question.scenario), []).append(question)
    return tuple(
        Task(unit=by_path[file], scenario=scenario, questions=tuple(members)) for (file, _, scenario), members in parts.items()
    )


def sensitivities(tasks: Sequence[Task], *, jobs: int, timeout: float, every: bool) -> Iterator[tuple[Sensitivity, ...]]:
    """Yield the answers to each task as it finishes.

    Args:
        tasks: what to look at.
        jobs: processes; 1 stays in this one.
        timeout: seconds of solving for each question about a change.
        every: whether to try every change on every platform, not until enough lines are found.

    """
    if jobs <= 1 or len(tasks) <= 1:
        for task in tasks:
            yield examine(task, timeout=timeout, every=every)
        return
    # What takes long begins early.
    longest_first = sorted(tasks, key=lambda task: -sum(len(question.obligations) for question in task.questions))
    with workers(min(jobs, len(tasks)), longest_first) as executor:
        waiting = [executor.submit(on, number, examine, timeout=timeout, every=every) for number in range(len(tasks))]
        for future in as_completed(waiting):
            yield future.result()


def examine(task: Task, *, timeout: float, every: bool) -> tuple[Sensitivity, ...]:
    """Return what the proofs of a task's questions rest on."""
    search = _Search(task, timeout)
    candidates = changes_of(task.unit, task.scenario)
    for platforms in (_Platforms.ALL,) if every else (_Platforms.FIRST, _Platforms.OTHERS):
        search.run(candidates, platforms)
    return tuple(state.answer(every=every) for state in search.states)


@dataclass(slots=True)
class _State:
    """What is known of one question."""

    question: Question
    refuted: set[Obligation] = field(default_factory=set)  # as the text stands
    found: list[tuple[Ending, Refuting]] = field(default_factory=list)
    asked: set[tuple[Change, Obligation]] = field(default_factory=set)

    @property
    def open(self) -> list[Obligation]:
        return [item for item in self.question.obligations if item not in self.refuted]

    @property
    def good(self) -> list[Refuting]:
        return [item for ending, item in self.found if ending is not Ending.FAULT]

    def wants(self, change: Change) -> bool:
        """Whether the change may tell something new."""
        lines = {(item.change.file, item.change.line) for item in self.good}
        return len(lines) < ENOUGH and (change.file, change.line) not in lines

    def answer(self, *, every: bool) -> Sensitivity:
        best_first = [item for _, item in sorted(self.found, key=lambda pair: pair[0])]
        return Sensitivity(
            question=self.question,
            platforms=tuple(platform_of(item) for item in self.open),
            tried=len({change for change, _ in self.asked}),
            changes=tuple(best_first if every else _by_line(self.good or best_first)[:ENOUGH]),
            refuted=tuple(platform_of(item) for item in self.question.obligations if item in self.refuted),
        )


def _by_line(found: Iterable[Refuting]) -> list[Refuting]:
    """Return the first change of each line."""
    first: dict[tuple[str, int], Refuting] = {}
    for item in found:
        first.setdefault((item.change.file, item.change.line), item)
    return list(first.values())


def platform_of(obligation: Obligation) -> str:
    """Return the platform of an obligation as it is written."""
    return str(Platform(obligation.model, obligation.target))


class _Platforms(Enum):
    """On which platforms of a question a change is tried."""

    ALL = "all"
    FIRST = "the first"
    OTHERS = "the others"  # for what nothing was found about on the first


class _Search:
    """The questions of a task, with what was found about them so far."""

    def __init__(self, task: Task, timeout: float) -> None:
        self.unit, self.timeout = task.unit, timeout
        self.shapes: dict[tuple[object, ...], Shape] = {}
        self.checked: set[Obligation] = set()
        self.originals = {_name(item): item for question in task.questions for item in question.obligations}
        self.states = [_State(question) for question in task.questions]

    def run(self, candidates: Iterable[Candidate], platforms: "_Platforms") -> None:
        """Try changes, most telling first."""
        for candidate in candidates:
            if candidate.weight is Weight.HALF and platforms is not _Platforms.ALL:
                continue
            asked: list[tuple[_State, list[Obligation]]] = []
            for state in self.states:
                if platforms is not _Platforms.ALL and not state.wants(candidate.change):
                    continue
                if platforms is _Platforms.OTHERS and state.good:
                    continue
                there = _in_order(item for item in state.open if _concerns(candidate, item, self.unit))
                if platforms is _Platforms.FIRST:
                    there = there[:1]
                elif platforms is _Platforms.OTHERS:
                    there = [item for item in there if (candidate.change, item) not in state.asked]
                if there:
                    asked.append((state, there))
            if asked:
                self._try(candidate, asked, slowly=platforms is _Platforms.ALL)

    def _try(self, candidate: Candidate, asked: Sequence[tuple[_State, list[Obligation]]], *, slowly: bool) -> None:
        change = candidate.change
        changed = self._with(change)
        if changed is None:
            return
        unit, now = changed
        for state, items in asked:
            state.asked |= {(change, item) for item in items}
        found = self._refuted(unit, [now[_name(item)] for _, items in asked for item in items])
        # Where it refutes on one platform, what it does on the others is of interest as well, if it is found fast.
        hit = [(state, items) for state, items in asked if any(_name(item) in found for item in items)]
        others = [
            item for state, items in hit for item in state.open if item not in items and (slowly or item.model not in _SLOW)
        ]
        found |= self._refuted(unit, [now[_name(item)] for item in others if _concerns(candidate, item, self.unit)])
        for state, _ in hit:
            fallen = [found[_name(item)] for item in state.open if _name(item) in found]
            if fallen:
                best = min(fallen, key=lambda item: item.ending)
                platforms = tuple(platform_of(item.obligation) for item in fallen)
                state.found.append((best.ending, Refuting(change=change, platforms=platforms, reason=best.reason)))

    def _with(self, change: Change) -> tuple[typed.Unit, dict[tuple[object, ...], Obligation]] | None:
        """Return the file with the change, and its obligations by name; None if it is no program any more."""
        sources = self.unit.sources
        texts = {**sources, change.file: change.applied(sources[change.file])}
        try:
            unit = load(Path(self.unit.path), texts=texts)
        except GupError:
            return None
        return unit, {_name(item): item for item in obligations_of(unit)}

    def _refuted(self, unit: typed.Unit, obligations: Sequence[Obligation]) -> dict[tuple[object, ...], Refuted]:
        """Return by name which obligations of a changed file are refuted, and are not as the text stands."""
        found = {
            _name(item.obligation): item
            for group in grouped([unit], obligations)
            for item in refuted(group, timeout=self.timeout, unless=self._shape(group))
        }
        new = [
            (state, item) for state in self.states for item in state.open if _name(item) in found and item not in self.checked
        ]
        fallen = {
            item.obligation
            for group in grouped([self.unit], [obligation for _, obligation in new])
            for item in refuted(group, timeout=self.timeout)
        }
        for state, obligation in new:
            self.checked.add(obligation)
            if obligation in fallen:
                state.refuted.add(obligation)
                del found[_name(obligation)]
        return found

    def _shape(self, group: Group) -> Shape:
        """Return the shape of a group's program as the text stands: what is the same has the same verdicts."""
        # A slot with another default has another value in the changed file.
        values = dict(self.originals[_name(group.obligations[0])].values)
        fixed = tuple((name, values[name]) for name, _ in group.fixed)
        key = (group.model, group.target, fixed)
        if key not in self.shapes:
            self.shapes[key] = shape(lowered(replace(group, unit=self.unit, fixed=fixed)))
        return self.shapes[key]


def _name(item: Obligation) -> tuple[object, ...]:
    """Return what tells an obligation from others, in the changed file as well."""
    return (item.theorem, item.scenario, item.settings, item.property, item.model, item.target, item.expect)


def _in_order(obligations: Iterable[Obligation]) -> list[Obligation]:
    """Return obligations in the order in which they are asked for; those of a model of the user's own first."""
    return sorted(obligations, key=lambda item: _FIRST.index(item.model) if item.model in _FIRST else -1)


def _concerns(candidate: Candidate, item: Obligation, unit: typed.Unit) -> bool:
    """Whether a change can make a difference to an obligation; where that is not known, it may."""
    slot = candidate.slot
    if slot:
        value = unit.switches[slot].values[dict(item.values)[slot]]
        if value == "none" or (candidate.change.kind is Kind.SLOT and slot in dict(item.settings)):
            return False
    if candidate.weight in _ORDER_ONLY and item.model == "sc":
        return False
    return candidate.weight is not Weight.PLAIN or target_of(Platform(item.model, item.target)).is_language
