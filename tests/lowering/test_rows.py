"""Every row of every table beside what it stands for: events are compared, so that no difference is too small for a cycle.

Rows of machines are held against their instructions, run alone; those of the kernel's memory model against its own convention
(Linux v6.12, tools/memory-model/Documentation/herd-representation.txt and Documentation/atomic_t.txt): a primitive's name says
how it is ordered, and the tags follow.
"""

from dataclasses import dataclass

import pytest

from gupproof.execution.enumerator import reachable
from gupproof.litmus.frame import read_assembly
from gupproof.litmus.lower import CONDITION, lower_litmus
from gupproof.lowering.assembly import assembly
from gupproof.lowering.instructions import read_instructions
from gupproof.lowering.trials import Act, Trial
from gupproof.lowering.uses import (
    ACCESSES,
    AFTER,
    AFTER_LOCK,
    AFTER_UNLOCK_LOCK,
    BEFORE,
    FENCES,
    LOCK,
    NO_LOCK,
    TRYLOCK,
    UNLOCK,
    Change,
    Gives,
    Kind,
    Use,
)
from gupproof.program.target_reader import LANGUAGE_SHAPES, SHAPES, known_targets
from gupproof.program.targets import Step, StepKind, Target
from gupproof.resources import targets_dir
from tests.support.models import model

TARGETS = {target.name: target for target in known_targets()}
MACHINES = [name for name, target in TARGETS.items() if not target.is_language]
USES = (*ACCESSES, *FENCES, BEFORE, AFTER, AFTER_LOCK, AFTER_UNLOCK_LOCK, LOCK, TRYLOCK, NO_LOCK, UNLOCK)
# smp_mb() of x86 is a locked instruction on a word of the stack: it orders what MFENCE orders, and the row says that.
LOCKED = [(StepKind.READ, frozenset({"X"})), (StepKind.WRITE, frozenset({"X"}))]

Events = list[tuple[StepKind, frozenset[str]]]


def alone(use: Use) -> Trial:
    """A program that does nothing else, and ends as the use is meant to."""
    failing = use.kind is Kind.FAILED
    start = int(use.low if use.low is not None else use is NO_LOCK)
    # What is compared with is there where that is wanted, and where it is not wanted of one that fails.
    compared = start if use.compares is (not failing) else 7
    expected = {Gives.OLD: start, Gives.BIT: start & 1, Gives.SUCCESS: int(not failing), Gives.NOTHING: 0}[use.gives]
    value = {Change.OR: 1, Change.CLEAR: 1}.get(use.change, 0 if use is UNLOCK else 1)
    register = None if use.gives is Gives.NOTHING else 0
    place = "" if use.kind is Kind.FENCE else "m0"
    act = Act(use=use, place=place, value=value, compared=compared, register=register, expected=expected)
    return Trial(name="alone", use=use, threads=((act,),), initial=(("m0", start),) if place else ())


def performed(use: Use, target: str) -> Events:
    """The events of a use's instructions."""
    text = assembly(alone(use), read_instructions(targets_dir() / f"{target}.instructions"))
    program = lower_litmus(read_assembly(text, "alone.litmus"), unroll=0)
    found = reachable(program, model("sc"), lambda result: result.reaches(CONDITION))
    assert found is not None, text
    events = [program.events[number] for number in found.events.executed if program.events[number].thread >= 0]
    return [(StepKind[event.kind.name], found.events.tags[event.id]) for event in events]


def steps(of: tuple[Step, ...]) -> Events:
    return [(step.kind, frozenset(step.tags)) for step in of]


LOOK = (StepKind.READ, frozenset[str]())


@pytest.mark.parametrize("target", MACHINES)
def test_a_row_is_the_events_of_its_instructions(target: str) -> None:
    rows = TARGETS[target].rows
    assert {use.row for use in USES} == SHAPES.keys()
    for use in USES:
        row, events = rows[use.row], performed(use, target)
        wanted = steps(row.failure or ()) if use.kind is Kind.FAILED else steps(row.steps)
        if (target, use.row) == ("x86-64", "smp_mb"):
            wanted = LOCKED
        if use.row == "tlbi_sync":
            # Barriers on the way to the last one order no more than it does.
            events = events[-1:]
        if use.kind is Kind.FAILED:
            # A bit that is set, or a lock that is held, may be written once more: the row says what others can tell.
            events = [event for event in events if event[0] is not StepKind.WRITE]
        elif row.failure is not None and steps(row.failure)[0] == LOOK and len(events) > len(wanted):
            # A look that finds nothing in the way is followed by the instruction itself, which looks again.
            assert events[0] == LOOK, (target, use.name)
            events = events[1:]
        assert events == wanted, (target, use.name)


# ── the kernel's memory model ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Convention:
    """How a version of the model spells a fully ordered read-modify-write: fences around it, or a tag on both accesses."""

    before: tuple[str, ...] = ()
    tag: str = ""

    def update(self, order: str) -> list[str]:
        match order:
            case "_relaxed":
                return ["R Once", "W Once"]
            case "_acquire":
                return ["R Acquire", "W Once"]
            case "_release":
                return ["R Once", "W Release"]
            case "void":
                return ["R Noreturn", "W Once"]
            case _:
                return [*self.before, f"R Once{self.tag}", f"W Once{self.tag}", *self.before]


CONVENTIONS = {"lkmm": Convention(before=("F Mb",)), "lkmm-v2": Convention(tag=" Mb")}
FAILED = ["R Failed Once"]
ORDERED = ("atomic_add_return", "xchg", "cmpxchg")
ORDERS = ("", "_relaxed", "_acquire", "_release")
AS_NAMED = {
    "plain_load": ["R"], "plain_store": ["W"], "READ_ONCE": ["R Once"], "WRITE_ONCE": ["W Once"],
    "smp_load_acquire": ["R Acquire"], "smp_store_release": ["W Release"],
    "smp_mb": ["F Mb"], "smp_rmb": ["F Rmb"], "smp_wmb": ["F Wmb"], "barrier": ["F Barrier"], "tlbi_sync": ["F Mb"],
    "spin_lock": ["R LKR", "W LKW"], "spin_trylock": ["R LKR", "W LKW"], "spin_unlock": ["W UL"], "spin_is_locked": ["R RL"],
    "rcu_read_lock": ["F Rcu-lock"], "rcu_read_unlock": ["F Rcu-unlock"], "synchronize_rcu": ["F Sync-rcu"],
    "srcu_read_lock": ["R Srcu-lock"], "srcu_read_unlock": ["W Srcu-unlock"], "synchronize_srcu": ["F Sync-srcu"],
}  # fmt: skip
ON_FAILURE = {"spin_lock": ["R LF"], "spin_trylock": ["R LF"], "spin_is_locked": ["R RU"]}


def conventional(row: str, convention: Convention) -> tuple[list[str], list[str] | None]:
    """The steps of a row that its name says it has, and those where it fails."""
    if row in AS_NAMED:
        return AS_NAMED[row], ON_FAILURE.get(row)
    if row.startswith("smp_mb__"):
        return ["F " + row.removeprefix("smp_mb__").replace("_", "-").capitalize()], None
    if row in ("atomic_add", "set_bit"):
        return convention.update("void"), None
    if row in ("test_and_set_bit_lock", "clear_bit_unlock"):
        lock = row.endswith("lock") and row.startswith("test")
        return convention.update("_acquire" if lock else "_release"), FAILED if lock else None
    if row in ("test_and_set_bit", "atomic_add_unless"):
        return convention.update(""), FAILED if row == "atomic_add_unless" else None
    name, order = next((name, order) for name in ORDERED for order in ORDERS if row == name + order)
    return convention.update(order), FAILED if name == "cmpxchg" else None


def spelled(of: tuple[Step, ...]) -> list[str]:
    letters = {StepKind.READ: "R", StepKind.WRITE: "W", StepKind.FENCE: "F"}
    return [" ".join([letters[step.kind], *sorted(step.tags)]) for step in of]


@pytest.mark.parametrize("name", CONVENTIONS)
def test_a_row_of_the_kernels_model_is_what_the_name_says(name: str) -> None:
    target: Target = TARGETS[name]
    assert {name for name, target in TARGETS.items() if target.is_language} == CONVENTIONS.keys()
    assert target.rows.keys() == SHAPES.keys() | LANGUAGE_SHAPES.keys()
    for row in target.rows.values():
        wanted, failing = conventional(row.primitive, CONVENTIONS[name])
        assert spelled(row.steps) == [" ".join([step[0], *sorted(step[1:].split())]) for step in wanted], row.primitive
        assert (None if row.failure is None else spelled(row.failure)) == failing, row.primitive
