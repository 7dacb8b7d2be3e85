"""All that the documentation tells: theorems with their records, claims, protocols, models. Read once for a build."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gupproof.cat.files import known_models
from gupproof.cat.terms import Model
from gupproof.diagnostics import Diagnostic, GupError
from gupproof.language import load, typed
from gupproof.language.tree import walk
from gupproof.placing.answer import Answer
from gupproof.placing.asking import placement_questions
from gupproof.proving.changes import Change
from gupproof.proving.claims import Claim, labels, load_claims
from gupproof.proving.fingerprint import fingerprint, joint_fingerprint
from gupproof.proving.obligations import obligations_of
from gupproof.proving.platforms import Platform, model_of, platforms, target_of
from gupproof.proving.result import Obligation, Result, Verdict
from gupproof.proving.sensitivity import Sensitivity, questions_of
from gupproof.proving.varied import varied
from gupproof.report.placement_reading import answer_of
from gupproof.report.placement_store import PlacementStore, mark
from gupproof.report.sensitivity import FILE, Json, kept_in, names, recorded
from gupproof.report.store import Absence, Store
from gupproof.resources import models_dir

_Problem = tuple[str, str, str]
"""A file, a theorem, and what its records lack."""
_MOST_TOLD = 8
_STRENGTH = ("sc", "x86-tso", "riscv", "armv8", "power", "lkmm")
"""The models from the one that allows least; lkmm last, since it stands for all machines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where things are read from.

    Attributes:
        proofs: folder of the theorems.
        claims: the file of claims.
        spec: folder of the protocols, with a folder for each kind.
        records: folder of the records.
        changes: whether the lines are told that proofs rest on.
        varied: settings that theorems are asked about again, such as ``ORDER=2``, each with the models to ask, all when empty.

    """

    proofs: Path
    claims: Path
    spec: Path
    records: Path
    changes: bool = True
    varied: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A theorem, and what was found of it.

    Attributes:
        unit: its file.
        theorem: itself.
        results: of each of its obligations.
        rests_on: the lines that its proofs rest on.
        placed: the answer to each of its questions about placements.

    """

    unit: typed.Unit
    theorem: typed.Theorem
    results: tuple[Result, ...]
    rests_on: tuple[Sensitivity, ...] = ()
    placed: tuple[Answer, ...] = ()

    @property
    def file(self) -> str:
        """The name of its file, without the ending."""
        return Path(self.unit.path).stem

    @property
    def name(self) -> str:
        """The theorem's name."""
        return self.theorem.name

    @property
    def claims(self) -> tuple[str, ...]:
        """The claims that it answers."""
        return labels(self.theorem.claim)

    @property
    def scenarios(self) -> tuple[typed.Scenario, ...]:
        """The scenarios it speaks of, in order."""
        spoken: tuple[typed.Claim | typed.Placement, ...] = (*self.theorem.claims, *self.theorem.placements)
        return tuple(self.unit.scenarios[name] for name in dict.fromkeys(item.scenario for item in spoken))

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """The platforms it speaks of, the strongest model first."""
        found = {Platform(result.obligation.model, result.obligation.target) for result in self.results}
        return tuple(sorted(found, key=strength))

    def functions(self, scenario: typed.Scenario) -> tuple[typed.Function, ...]:
        """Return the functions that a scenario calls, directly or through others, in the order of the text."""
        reached: dict[str, None] = {}
        pending: list[typed.Node] = [scenario]
        while pending:
            for node in walk(pending.pop()):
                if isinstance(node, typed.Call) and node.function not in reached:
                    reached[node.function] = None
                    pending.append(self.unit.functions[node.function])
        return tuple(function for name, function in self.unit.functions.items() if name in reached)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that a page shows.

    Attributes:
        folder: of its page: ``protocols``, ``proofs`` or ``models``.
        name: its path from the folder it was looked for in, without the ending: ``mm/page``.
        path: where it is.
        text: what it holds.

    """

    folder: str
    name: str
    path: Path
    text: str

    @property
    def header(self) -> str:
        """The comment that the file begins with, after a title in quotes, without its slashes; empty if there is none."""
        found = re.match(r'(?:"[^"\n]*"\s*)?((?://[^\n]*\n)*)', self.text)
        return re.sub(r"^// ?", "", found[1], flags=re.MULTILINE).strip() if found else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What a build tells of.

    Attributes:
        claims: in the order of their file.
        proofs: in the order of files and of their text.
        proof_files: the files of theorems.
        protocols: the files of ``spec/*/*.gup``.
        models: name → model, the one that allows least first.
        model_files: their files, without what they include.
        varied: setting → what was found of the theorems with it.
        files: what all this was read from, records included.

    """

    claims: tuple[Claim, ...]
    proofs: tuple[Proof, ...]
    proof_files: tuple[Source, ...]
    protocols: tuple[Source, ...]
    models: dict[str, Model]
    model_files: tuple[Source, ...]
    varied: dict[str, tuple[Result, ...]]
    files: tuple[Path, ...]

    def claim(self, name: str) -> Claim | None:
        """Return a claim by its id."""
        return next((claim for claim in self.claims if claim.id == name), None)

    def proofs_of(self, claim: str) -> tuple[Proof, ...]:
        """Return the theorems that answer a claim, those first that answer it before others."""
        found = [proof for proof in self.proofs if claim in proof.claims]
        return tuple(sorted(found, key=lambda proof: proof.claims.index(claim)))

    def proof(self, name: str) -> Proof | None:
        """Return a theorem by its name, or by ``file.name`` where several have it."""
        file, _, theorem = name.rpartition(".")
        return next((proof for proof in self.proofs if proof.name == theorem and file in ("", proof.file)), None)

    def source_with(self, proof: Proof, change: Change) -> Source | None:
        """Return the file of a changed line, which may have been named in another way when it was changed."""
        for path, text in proof.unit.sources.items():
            lines = text.split("\n")
            if Path(path).name == Path(change.file).name and change.before in lines[change.line - 1 : change.line]:
                return self.source(path)
        return None

    @property
    def sources(self) -> tuple[Source, ...]:
        """The files that have pages."""
        return (*self.protocols, *self.proof_files, *self.model_files)

    def source(self, path: str) -> Source | None:
        """Return a file by its path, in whatever way that is written."""
        wanted = Path(path)
        return next((item for item in self.sources if item.path.name == wanted.name and item.path.samefile(wanted)), None)

    def results(self) -> Iterator[Result]:
        """Yield what was found of every obligation."""
        for proof in self.proofs:
            yield from proof.results


def strength(platform: Platform) -> tuple[int, str, str]:
    """Return a key that puts the model that allows least first."""
    return *model_strength(platform.model), platform.target


def model_strength(name: str) -> tuple[int, str]:
    """Return a key that puts the model that allows least first."""
    return _STRENGTH.index(name) if name in _STRENGTH else len(_STRENGTH), name


def load_library(places: Places) -> Library:
    """Read everything.

    Raises:
        GupError: a file cannot be used, or a record is missing or stale.

    """
    claims = load_claims(places.claims)
    units = [load(path) for path in sorted(places.proofs.glob("*.gup"))]
    store = Store(places.records)
    problems: list[_Problem] = []
    proofs = [_proof(unit, theorem, store, problems) for unit in units for theorem in unit.theorems.values()]
    if problems:
        raise GupError(*_complaints(problems, "prove", places))
    again = {setting: _asked_again(units, setting, models, store, problems) for setting, models in places.varied}
    if problems:
        raise GupError(*_complaints(problems, "prove --config NAME=VALUE", places))
    answers = PlacementStore(places.records)
    proofs = [_with_answers(proof, answers, problems) for proof in proofs]
    if problems:
        raise GupError(*_complaints(problems, "barriers", places))
    if places.changes:
        changes = kept_in(places.records / FILE)
        proofs = [_with_changes(proof, changes, problems) for proof in proofs]
    if problems:
        raise GupError(*_complaints(problems, "sensitivity", places))
    protocols = tuple(_source("protocols", path, places.spec) for path in sorted(places.spec.glob("*/*.gup")))
    proof_files = tuple(_source("proofs", Path(unit.path), places.proofs) for unit in units)
    models = {
        name: model_of(platforms(name)[0]) for name in sorted(known_models(), key=lambda name: strength(Platform(name, "")))
    }
    model_files = tuple(_source("models", known_models()[name], models_dir()) for name in models)
    kept = [store.path(result.obligation) for proof in proofs for result in proof.results]
    kept += [store.path(result.obligation) for results in again.values() for result in results]
    kept += [answers.path(answer.question) for proof in proofs for answer in proof.placed]
    changed = [places.records / FILE] if (places.records / FILE).is_file() else []
    read = [item.path for item in (*protocols, *proof_files, *model_files)]
    return Library(
        claims=claims,
        proofs=tuple(proofs),
        proof_files=proof_files,
        protocols=protocols,
        models=models,
        model_files=model_files,
        varied=again,
        files=(places.claims, *read, *kept, *changed),
    )


def _source(folder: str, path: Path, root: Path) -> Source:
    name = path.resolve().relative_to(root.resolve()).with_suffix("").as_posix()
    return Source(folder=folder, name=name, path=path, text=path.read_text(encoding="utf-8"))


def _proof(unit: typed.Unit, theorem: typed.Theorem, store: Store, problems: list[_Problem]) -> Proof:
    """Return a theorem with its results; what is missing goes to ``problems``."""
    results = _recorded(unit, obligations_of(unit, theorems=[theorem.name]), store, problems)
    return Proof(unit=unit, theorem=theorem, results=tuple(results))


def _asked_again(
    units: Sequence[typed.Unit], setting: str, models: Sequence[str], store: Store, problems: list[_Problem]
) -> tuple[Result, ...]:
    """Return what was found of the theorems with a switch set; what is missing goes to ``problems``."""
    asked = varied(units, [item for unit in units for item in obligations_of(unit, models=models)], [setting])
    return tuple(
        result
        for unit in units
        for result in _recorded(unit, [item for item in asked if item.file == unit.path], store, problems)
    )


def _recorded(unit: typed.Unit, obligations: Iterable[Obligation], store: Store, problems: list[_Problem]) -> Iterator[Result]:
    """Yield the results of obligations of a file; what is missing goes to ``problems``."""
    for item in obligations:
        found = store.find(item, fingerprint(unit, Platform(item.model, item.target)))
        if isinstance(found, Absence):
            what = f"{item.property} of {item.scenario} under {item.model}/{item.target}: {found.value}"
            problems.append((Path(unit.path).name, item.theorem, what))
        elif found.verdict is Verdict.ERROR:
            problems.append((Path(unit.path).name, item.theorem, f"its record tells an error: {found.reason}"))
        else:
            yield found


def _with_answers(proof: Proof, store: PlacementStore, problems: list[_Problem]) -> Proof:
    """Return a theorem with the answers to its questions about placements; what is missing goes to ``problems``."""
    answers = []
    for question in placement_questions(proof.unit, proof.theorem):
        found = store.find(question, mark(question, {platform: target_of(platform) for platform in question.platforms}))
        if not isinstance(found, Absence):
            try:
                answers.append(answer_of(found, question))
                continue
            except ValueError:
                found = Absence.BROKEN
        (goal,) = question.goals
        asked = f"{', '.join(goal.properties)} of {goal.scenario}, by {', '.join(slot.name for slot in question.slots)}"
        problems.append((Path(proof.unit.path).name, proof.name, f"{asked}: {found.value}"))
    return replace(proof, placed=tuple(answers))


def _with_changes(proof: Proof, kept: Sequence[Json], problems: list[_Problem]) -> Proof:
    """Return a theorem with the lines that its proofs rest on; what is missing goes to ``problems``."""
    name = Path(proof.unit.path).name
    # The file may have been named in another way.
    own = {names(item)[1:]: item for item in kept if Path(str(item["file"])).name == name}
    answers = []
    for question in questions_of(result.obligation for result in proof.results):
        item = own.get(question.key()[1:])
        marks = [joint_fingerprint(proof.unit, question.obligations, manner=every) for every in (False, True)]
        what = f"{question.property} of {question.scenario}"
        if item is None:
            problems.append((name, proof.name, f"{what}: no record says which lines it rests on"))
        elif item.get("fingerprint") not in marks:
            problems.append((name, proof.name, f"{what}: the record of the lines it rests on is stale"))
        else:
            answers.append(recorded(item, question))
    return replace(proof, rests_on=tuple(answers))


def _complaints(problems: Sequence[_Problem], command: str, places: Places) -> list[Diagnostic]:
    """Say what is missing: a line for each theorem, and where there are many, how many more; and the command that makes it."""
    first = {(file, theorem): what for file, theorem, what in reversed(problems)}
    told = [
        Diagnostic(code="U018", message=f"theorem {theorem} ({file}): {first[file, theorem]}")
        for file, theorem in sorted(first)
    ]
    more = len(told) - _MOST_TOLD
    remedy = f"run: gupproof {command} --records {places.records} {places.proofs}"
    left = (
        f"{more} more theorems lack records" if more > 0 else "the documentation tells what fresh records say, and nothing else"
    )
    return [*told[:_MOST_TOLD], Diagnostic(code="U018", message=left, help=remedy)]
