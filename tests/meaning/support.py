"""Short scenarios, and what they can do."""

from gupproof.language import load_text
from gupproof.meaning import Findings, Machine, Walker, explore
from gupproof.meaning.outcome import Shown
from tests.support.lowered import SHARED

MACHINES = (Machine.SC, Machine.TSO)

MEMORY = (
    "int x, y, z, a[3]; atomic_t c; unsigned int n32; unsigned long w; u8 n8; bool t; spinlock_t lock; struct srcu_struct ss; "
    "struct node n, m; struct node *p; ghost int r, q;"
)


def scenario(*items: str, before: str = "") -> str:
    """A file with :data:`SHARED` and one scenario with :data:`MEMORY` and ``items``."""
    return f"{SHARED}{before}\nscenario s {{ {MEMORY} {' '.join(items)} }}"


def thread(code: str, *items: str, before: str = "") -> str:
    """A file with one thread, ``t0``."""
    return scenario(f"thread t0 {{ {code} }}", *items, before=before)


def found(text: str, machine: Machine = Machine.SC, **switches: str) -> Findings:
    """Everything that the one scenario of a file can do."""
    unit = load_text(text)
    (only,) = unit.scenarios.values()
    setting = {name: unit.switches[name].values.index(value) for name, value in switches.items()}
    return explore(unit, only, setting, machine)


def walker(text: str, machine: Machine = Machine.SC) -> Walker:
    """What walks through the one scenario of a file."""
    unit = load_text(text)
    (only,) = unit.scenarios.values()
    return Walker(unit, only, {}, machine)


def result(code: str, *items: str, before: str = "", name: str = "r", **switches: str) -> set[Shown]:
    """The values that a ghost or word, ``r`` if none is named, can have after one thread alone has run to its end."""
    return {value for (value,) in found(thread(code, *items, before=before), **switches).finals(name)}


def fault(code: str, *items: str, before: str = "") -> set[str]:
    """How one thread alone can fault."""
    return {stop.reason for stop in found(thread(code, *items, before=before)).faults}
