"""How kernel C spells the events of the Linux-kernel memory model: ``spec/targets/lkmm.target``, read from right to left."""

from functools import cache

from gupproof.language.actions import FenceAction, LoadAction, Primitive, RcuAction, RmwAction, StoreAction
from gupproof.language.primitives import PRIMITIVES
from gupproof.program.target_reader import read_target
from gupproof.program.targets import StepKind
from gupproof.resources import targets_dir

_Steps = tuple[tuple[StepKind, frozenset[str]], ...]


def fence(tags: frozenset[str]) -> str | None:
    """Return the call that is a fence in these sets; None if there is none."""
    found = _fences().get(((StepKind.FENCE, tags),))
    return None if found is None else f"{found.name}()"


def load(tags: frozenset[str], pointer: str, place: str, *, counter: bool) -> str | None:
    """Return the call that reads in these sets; None if there is none.

    Args:
        tags: the sets.
        pointer: to the word.
        place: the word.
        counter: whether it is an ``atomic_t``.

    """
    if not tags and not counter:
        return place
    found = _accesses(counter=counter).get(((StepKind.READ, tags),))
    return None if found is None else _call(found, pointer, place)


def store(tags: frozenset[str], pointer: str, place: str, value: str, *, counter: bool) -> str | None:
    """Return the statement that writes in these sets, likewise."""
    if not tags and not counter:
        return f"{place} = {value}"
    found = _accesses(counter=counter).get(((StepKind.WRITE, tags),))
    return None if found is None else _call(found, pointer, place, value)


def exchange(read: frozenset[str], write: frozenset[str], pointer: str, value: str, *, counter: bool) -> str | None:
    """Return the exchange whose halves are in these sets, and that has no fences, likewise."""
    found = _accesses(counter=counter).get(((StepKind.READ, read), (StepKind.WRITE, write)))
    return None if found is None else _call(found, pointer, "", value)


def _call(primitive: Primitive, pointer: str, place: str, *values: str) -> str:
    subject = place if primitive.parameters[0] == "lv" else pointer
    return f"{primitive.name}({', '.join((subject, *values))})"


@cache
def _steps() -> dict[str, _Steps]:
    rows = read_target(targets_dir() / "lkmm.target").rows
    return {name: tuple((step.kind, frozenset(step.tags)) for step in row.steps) for name, row in rows.items()}


@cache
def _fences() -> dict[_Steps, Primitive]:
    made: dict[_Steps, Primitive] = {}
    for primitive in PRIMITIVES.values():
        if isinstance(primitive.action, FenceAction | RcuAction):
            made.setdefault(_steps()[primitive.action.row], primitive)
    return made


@cache
def _accesses(*, counter: bool) -> dict[_Steps, Primitive]:
    made: dict[_Steps, Primitive] = {}
    for primitive in PRIMITIVES.values():
        match primitive.action:
            case LoadAction(row=row, bit=False, on_machines=""):
                pass
            case StoreAction(row=row, then="") if not primitive.is_paired:
                pass
            case RmwAction(row=row) if row.startswith("xchg"):
                pass
            case _:
                continue
        if ("v" in primitive.parameters) == counter:
            made.setdefault(_steps()[row], primitive)
    return made
