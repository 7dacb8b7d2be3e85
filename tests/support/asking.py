"""Short texts with slots, and questions about what has to stand there."""

from collections.abc import Mapping, Sequence

from gupproof.language import load_text, typed
from gupproof.placing.goals import Goal, Question
from gupproof.placing.oracle import Oracle
from gupproof.placing.search import Search
from gupproof.placing.slots import Placement, Slot, slot_of
from gupproof.program.costs import Costs, repriced
from gupproof.program.targets import Target
from gupproof.proving.obligations import switch_values
from gupproof.proving.platforms import Platform, platforms, target_of

FENCES = ("none", "smp_rmb", "smp_wmb", "smp_mb")

# Message passing, with more than it needs: one store barrier and one load barrier would do.
PASSING = """
slot wmb : none | smp_wmb | smp_mb = smp_mb;
slot rmb : none | smp_rmb | smp_mb = smp_rmb;
scenario passing {
    int data, flag;
    ghost int seen, got;
    thread writer { WRITE_ONCE(data, 1); slot wmb; WRITE_ONCE(flag, 1); }
    thread reader { seen = READ_ONCE(flag); slot rmb; got = READ_ONCE(data); }
    property passed : !(seen == 1 && got == 0);
    cover seen : seen == 1;
}
"""
WMB, RMB = range(2)

# The same by a plain store and load of the data: under the kernel's model a race, unless an acquire or a fence orders them.
RACING = """
slot put : plain | WRITE_ONCE = plain;
slot get : plain | READ_ONCE = plain;
scenario racing {
    int data;
    ghost int got;
    thread writer { slot put(data, 1); }
    thread reader { got = slot get(data); }
    property small : got < 2;
}
"""

# Two threads that add to one counter without an atomic: no barrier makes that right.
LOSING = """
slot fence : none | smp_mb = none;
scenario losing {
    int n;
    thread a { WRITE_ONCE(n, READ_ONCE(n) + 1); slot fence; }
    thread b { WRITE_ONCE(n, READ_ONCE(n) + 1); slot fence; }
    property counted : n == 2;
}
"""

# The reader goes round again where it saw the flag and not the data: with both barriers in place it never does.
AGAIN = """
slot wmb : none | smp_wmb = none;
slot rmb : none | smp_rmb = none;
scenario s {
    int data, flag;
    ghost int turns;
    thread writer { WRITE_ONCE(data, 1); slot wmb; WRITE_ONCE(flag, 1); }
    thread reader {
        int seen = READ_ONCE(flag);
        slot rmb;
        while (seen == 1 && READ_ONCE(data) == 0) bound 1 { turns = turns + 1; }
    }
    property few : turns < 2;
}
"""

# Nobody can count to 24 in a moment.
COUNTING = (
    "slot fence : none | smp_mb = none; scenario counting { atomic_t n; "
    + "".join(f"thread t{number} {{ {'atomic_inc(&n); slot fence; ' * 6}}} " for number in range(4))
    + "property counted : atomic_read(&n) == 24; }"
)


def slot(name: str, *values: str, today: str = "") -> Slot:
    """Return a slot that is in no text."""
    return Slot(name=name, values=values, rows=values, today=values.index(today) if today else 0)


def question(
    text: str,
    *models: str,
    properties: Sequence[str] = (),
    covering: Sequence[str] | None = None,
    flags: Sequence[str] = (),
    settings: Mapping[str, str] | None = None,
    expected: Sequence[Placement] | None = None,
) -> Question:
    """Return the question which placements of all slots of a text's only scenario make its properties hold."""
    unit = load_text(text)
    (scenario,) = unit.scenarios.values()
    slots = tuple(slot_of(switch) for switch in unit.switches.values() if switch.is_slot)
    where = tuple(platform for name in models for platform in platforms(name))
    return Question(
        names=("t",),
        slots=slots,
        goals=(goal(unit, scenario.name, where, properties=properties, covering=covering, flags=flags, settings=settings),),
        expected=None if expected is None else tuple(expected),
    )


def goal(
    unit: typed.Unit,
    scenario: str,
    where: Sequence[Platform],
    *,
    properties: Sequence[str] = (),
    covering: Sequence[str] | None = None,
    flags: Sequence[str] = (),
    settings: Mapping[str, str] | None = None,
) -> Goal:
    """Return that the properties of a scenario, or all of them, have to hold on some platforms."""
    chosen = {name: unit.switches[name].values.index(value) for name, value in (settings or {}).items()}
    return Goal(
        unit=unit,
        scenario=scenario,
        values=switch_values(unit, chosen),
        settings=tuple((settings or {}).items()),
        properties=tuple(properties) or tuple(item.name for item in unit.scenarios[scenario].properties),
        covering=tuple(covering) if covering is not None else tuple(item.name for item in unit.scenarios[scenario].covers),
        flags=tuple(flags),
        platforms=tuple(where),
    )


def oracles(asked: Question) -> list[Oracle]:
    """Return an oracle for each goal and platform of a question."""
    return [Oracle(item, platform, asked.slots) for item in asked.goals for platform in item.platforms]


def search(asked: Question) -> Search:
    """Return a search for placements that satisfy a question on all of its platforms."""
    return Search(asked.slots, oracles(asked))


def targets(asked: Question, costs: Costs | None = None) -> dict[Platform, Target]:
    """Return the targets of a question's platforms; with other costs, if some are given."""
    found = {platform: target_of(platform) for platform in asked.platforms}
    return {platform: repriced(target, costs) if costs else target for platform, target in found.items()}


def positions(slots: Sequence[Slot], **values: str) -> Placement:
    """Return a placement: what is not named is at its weakest."""
    return tuple(item.values.index(values[item.name]) if item.name in values else item.weakest for item in slots)
