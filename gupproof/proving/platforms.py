"""Which memory model on which target: what the word after ``under`` stands for."""

import re
from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from gupproof.cat.files import bell_of
from gupproof.cat.grounding import grounded
from gupproof.cat.reader import known_models, load_model
from gupproof.cat.terms import Model
from gupproof.diagnostics import Diagnostic, GupError, Span, read_source
from gupproof.program.target_reader import known_targets, read_target, tables_for_others
from gupproof.program.targets import Target


@dataclass(frozen=True, slots=True)
class Platform:
    """A model and a target by name; a name with a ``/`` or an ending is the path of the user's own file."""

    model: str
    target: str

    def __str__(self) -> str:
        return f"{self.model}/{self.target}"


@dataclass(frozen=True, slots=True)
class Reading:
    """How the files of models are read.

    Attributes:
        include: folders to look for included files in, after the file's own.
        bell: a file of tags to read before the model, instead of the one that goes with it.
        variants: names that ``if "name"`` in a model finds set.

    """

    include: tuple[str, ...] = ()
    bell: str | None = None
    variants: tuple[str, ...] = ()


AS_IT_STANDS = Reading()

_OLDER_OR_NEWER = ("lkmm", "lkmm-v2")
"""Targets with the same tags. Linux' files spell those of accesses in capitals since fully ordered ones have their own."""


@lru_cache(maxsize=1)
def _targets() -> tuple[Target, ...]:
    return known_targets()


@lru_cache(maxsize=1)
def _tables_for_others() -> tuple[Target, ...]:
    return tables_for_others()


@lru_cache(maxsize=64)
def target_of(platform: Platform) -> Target:
    """Return the platform's target table.

    Raises:
        GupError: the table cannot be read.

    """
    for target in (*_targets(), *_tables_for_others()):
        if target.name == platform.target:
            return target
    return read_target(Path(platform.target))


def names_known_to(platform: Platform) -> frozenset[str]:
    """Return the tags that the platform's model may name: those of its target, and of each of the project's tables.

    Raises:
        GupError: the table cannot be read.

    """
    return frozenset().union(*(target.tags for target in _targets()), target_of(platform).tags)


_ORDERED_AS_READ = ("sc", "x86-tso")  # nothing passes a read: where values come from is part of the order


@lru_cache(maxsize=64)
def model_of(platform: Platform, reading: Reading = AS_IT_STANDS) -> Model:
    """Return the platform's memory model.

    Raises:
        GupError: the cat file cannot be read, or checks nothing.

    """
    path = known_models().get(platform.model, Path(platform.model))
    include, bell = tuple(map(Path, reading.include)), Path(reading.bell) if reading.bell else None
    variants = frozenset(reading.variants)
    known, own = names_known_to(platform), target_of(platform).tags
    model = load_model(path, tags=known, include=include, bell=bell, variants=variants, own=own)
    if all(axiom.flag for axiom in model.axioms):
        raise GupError(
            Diagnostic(
                code="P003",
                message=f"{path} checks nothing: as a model it would allow every execution",
                help="a model has at least one 'acyclic', 'irreflexive' or 'empty'",
            )
        )
    if platform.model in _ORDERED_AS_READ:
        return model
    return grounded(model, control=platform.model in known_models() and not target_of(platform).is_language)


@lru_cache(maxsize=64)
def sets_named(platform: Platform, reading: Reading = AS_IT_STANDS) -> frozenset[str]:
    """Return the sets and relations that the axioms of the platform's model speak of.

    Raises:
        GupError: see :func:`model_of`.

    """
    return model_of(platform, reading).named()


def _targets_spoken_of(path: Path) -> list[str]:
    """Return the targets whose tags a cat file names most of: a model of Arm means nothing on instructions of x86.

    What it includes from its own folder counts as well.
    """
    words: set[str] = set()
    bell = bell_of(path)
    waiting, read = [path, *([bell] if bell and bell.is_file() else [])], set()
    while waiting:
        file = waiting.pop()
        read.add(file)
        text = re.sub(r"\(\*.*?\*\)|//[^\n]*", " ", read_source(file, kind="a .cat file"), flags=re.DOTALL)
        included = [path.parent / name for name in re.findall(r'\binclude\s+"([^"\n]+)"', text)]
        waiting += [other for other in included if other.is_file() and other not in read]
        words |= set(re.findall(r"[A-Za-z_][\w.-]*", re.sub(r'"[^"]*"', " ", text)))
    # Dartagnan's models write fences in small letters.
    words |= {word.upper() for word in words if word.islower() and len(word) > 3}
    # A tag that many targets have says little about which one is meant.
    targets = (*_targets(), *_tables_for_others())
    spread = Counter(tag for target in targets for tag in target.tags)
    spoken = {target.name: sum(Fraction(1, spread[tag]) for tag in words & target.tags) for target in targets}
    most = max(spoken.values())
    found = [name for name, weight in spoken.items() if weight == most] if most else [_targets()[-1].name]
    return [name for name in found if name != _OLDER_OR_NEWER["MB" not in words]] or found


def platforms(name: str, *, target: str | None = None, span: Span | None = None) -> tuple[Platform, ...]:
    """Return what a model name stands for.

    Args:
        name: ``armv8`` (every target of the model), ``armv8/arm64-lse``, or the path of a cat file.
        target: a target, by name or path, to use instead of the model's own, or of those whose tags a cat file names.
        span: where the name stands, for the error.

    Raises:
        GupError: there is no such model or target, or they do not go together.

    """
    models = known_models()
    if name.endswith(".cat"):
        if not Path(name).is_file():
            raise GupError(Diagnostic(code="P001", message=f"there is no model file {name}", span=span))
        if target:
            return (Platform(name, target),)
        return tuple(Platform(name, item) for item in _targets_spoken_of(Path(name)))
    model, _, wanted = name.partition("/")
    wanted = wanted or target or ""
    if model not in models:
        close = get_close_matches(model, models, 1)
        remedy = f"did you mean {close[0]}?" if close else ""
        raise GupError(
            Diagnostic(
                code="P001",
                message=f"there is no memory model called '{model}'",
                span=span,
                help=remedy or f"the models are {', '.join(sorted(models))}, or a path that ends in .cat",
            )
        )
    if wanted.endswith(".target"):
        return (Platform(model, wanted),)
    fitting = [item.name for item in _targets() if model in item.models]
    if not wanted:
        return tuple(Platform(model, item) for item in fitting)
    if wanted not in fitting:
        raise GupError(
            Diagnostic(
                code="P002",
                message=f"model {model} has no target called '{wanted}'",
                span=span,
                help=f"its targets are {', '.join(fitting)}; a path that ends in .target is used as it is",
            )
        )
    return (Platform(model, wanted),)


def has_one_target(model: str) -> bool:
    """Whether a model's name leaves no doubt about the target."""
    return sum(model in target.models for target in _targets()) == 1
