"""Theorems as questions about placements."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from gupproof.diagnostics import Diagnostic, GupError
from gupproof.language import typed
from gupproof.placing.goals import Goal, Question
from gupproof.placing.slots import Placement, Slot, slot_of
from gupproof.program.scenario import lower
from gupproof.proving.claims import labels
from gupproof.proving.obligations import switch_values
from gupproof.proving.platforms import Platform, platforms, target_of


def placement_questions(unit: typed.Unit, theorem: typed.Theorem, models: Sequence[str] = ()) -> tuple[Question, ...]:
    """Return the questions that a theorem's ``places`` lines ask, each with the answer that is expected.

    Args:
        unit: the file.
        theorem: one of its theorems.
        models: models (or ``model/target``) to keep; all when empty. With fewer of them nothing is expected.

    Raises:
        GupError: a model does not exist.

    """
    questions = []
    for line in theorem.placements:
        wanted = _platforms(line.models, line)
        kept = _kept(wanted, models)
        slots = tuple(slot_of(unit.switches[name]) for name in line.slots)
        goal = Goal(
            unit=unit,
            scenario=line.scenario,
            values=switch_values(unit, dict(line.settings)),
            settings=_named(unit, line.settings),
            properties=line.properties,
            flags=line.flags,
            platforms=kept,
        )
        expected: tuple[Placement, ...] | None = None
        if kept == wanted:
            chosen = line.minimal or ()
            expected = tuple(sorted(tuple(dict(one)[slot.name] for slot in slots) for one in chosen))
        if kept:
            questions.append(Question(names=(theorem.name,), slots=slots, goals=(goal,), expected=expected, span=line.span))
    return tuple(questions)


def question_of(
    theorems: Iterable[tuple[typed.Unit, typed.Theorem]],
    *,
    models: Sequence[str] = (),
    settings: Mapping[str, str] | None = None,
    only: Sequence[str] = (),
) -> Question:
    """Return the question which placement of all the slots that some theorems' scenarios have makes everything hold.

    What a theorem sets its slots to, and which verdicts it expects, does not count: all that it speaks of is to hold. One that
    has only ``places`` lines speaks of what stands in these.

    Args:
        theorems: with their files.
        models: models (or ``model/target``) to ask about; those of the theorems when empty.
        settings: switch → value: lines that set it to something else do not count.
        only: slots to place; the others stay as they are. All when empty.

    Raises:
        GupError: a name is none; nothing is left to ask about.

    """
    goals: dict[tuple[str, str, tuple[tuple[str, int], ...]], Goal] = {}
    found: dict[str, Slot] = {}
    names: dict[str, None] = {}
    for unit, theorem in theorems:
        for line in theorem.claims or theorem.placements:
            names[theorem.name] = None
            values = switch_values(
                unit, {n: v for n, v in line.settings if not unit.switches[n].is_slot or _kept_as_it_is(n, only)}
            )
            if not _agrees(unit, dict(values), settings or {}):
                continue
            where = _platforms(models) if models else _platforms(line.models, line)
            key = (unit.path, line.scenario, values)
            before = goals.get(key)
            goals[key] = Goal(
                unit=unit,
                scenario=line.scenario,
                values=values,
                settings=_named(
                    unit, [(n, v) for n, v in line.settings if not unit.switches[n].is_slot or _kept_as_it_is(n, only)]
                ),
                properties=tuple(dict.fromkeys((*(before.properties if before else ()), *line.properties))),
                flags=tuple(dict.fromkeys((*(before.flags if before else ()), *line.flags))),
                platforms=tuple(dict.fromkeys((*(before.platforms if before else ()), *where))),
            )
    for goal in goals.values():
        for slot in _slots_of(goal):
            if found.setdefault(slot.name, slot) != slot:
                raise _refused(
                    f"two files declare a slot {slot.name} with different alternatives", "ask about one of them at a time"
                )
    if not goals:
        raise _refused("no line of the theorems speaks of that", "gupproof prove lists what they say")
    for name in only:
        if name not in found:
            near = get_close_matches(name, found, 1)
            there = f"there are {', '.join(found)}" if found else "the scenarios have none"
            raise _refused(f"no slot is called '{name}'", f"did you mean {near[0]}?" if near else there)
    slots = tuple(slot for slot in found.values() if not only or slot.name in only)
    if not slots:
        raise _refused(
            "the scenarios have no slots to place", "declare one: `slot NAME : none | smp_wmb = none;`, and write `slot NAME;`"
        )
    return Question(names=tuple(names), slots=slots, goals=tuple(goals.values()))


def proposal(slots: Sequence[Slot], text: str) -> Placement:
    """Read a proposal, ``wmb = smp_wmb, unfreeze = atomic_set_release``; slots that it does not name stay as they are.

    A part of a primitive's name that only one alternative has stands for it, as reviewers say it: ``unfreeze = release``.

    Raises:
        GupError: it names something else.

    """
    chosen = {slot.name: slot.today for slot in slots}
    by_name = {slot.name: slot for slot in slots}
    for part in filter(None, (item.strip() for item in text.split(","))):
        name, equals, value = (word.strip() for word in part.partition("="))
        slot = by_name.get(name)
        if not equals:
            raise _refused(f"'{part}' is no SLOT = VALUE", f"such as {slots[0].name} = {slots[0].values[slots[0].today]}")
        if slot is None:
            near = get_close_matches(name, by_name, 1)
            raise _refused(
                f"no slot is called '{name}'", f"did you mean {near[0]}?" if near else f"the slots are {', '.join(by_name)}"
            )
        spoken_of = [value] if value in slot.values else [whole for whole in slot.values if value in whole.split("_")]
        if len(spoken_of) != 1:
            near = spoken_of or get_close_matches(value, slot.values, 1)
            remedy = f"did you mean {' or '.join(near)}?" if near else f"it takes {', '.join(slot.values)}"
            raise _refused(f"slot {name} cannot be '{value}'", remedy)
        chosen[name] = slot.values.index(spoken_of[0])
    return tuple(chosen[slot.name] for slot in slots)


def answers_to(theorem: typed.Theorem, word: str) -> bool:
    """Whether a word is a theorem's name, or that of a claim it answers."""
    return word in {theorem.name, *labels(theorem.claim)}


def _kept_as_it_is(name: str, only: Sequence[str]) -> bool:
    return bool(only) and name not in only


def _slots_of(goal: Goal) -> list[Slot]:
    """The slots that the goal's scenario comes to with its switches as they are, in the order they are declared."""
    switches = goal.unit.switches
    fixed = {name: value for name, value in goal.values if not switches[name].is_slot}
    program = lower(goal.unit, goal.unit.scenarios[goal.scenario], target_of(goal.platforms[0]), fixed=fixed)
    return [slot_of(switch) for name, switch in switches.items() if switch.is_slot and name in program.looked_at]


def _agrees(unit: typed.Unit, values: Mapping[str, int], settings: Mapping[str, str]) -> bool:
    for name, value in settings.items():
        switch = unit.switches.get(name)
        if switch is None:
            near = get_close_matches(name, unit.switches, 1)
            raise _refused(f"no switch is called '{name}' in {unit.path}", f"did you mean {near[0]}?" if near else "")
        if value not in switch.values:
            raise _refused(f"switch {name} cannot be '{value}'", f"it takes {', '.join(switch.values)}")
        if switch.values[values[name]] != value:
            return False
    return True


def _named(unit: typed.Unit, settings: Iterable[tuple[str, int]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, unit.switches[name].values[value]) for name, value in settings)


def _platforms(models: Iterable[str], line: typed.Claim | typed.Placement | None = None) -> tuple[Platform, ...]:
    """The platforms that models stand for; ``line`` is where they are named, if not by the user."""
    return tuple(dict.fromkeys(item for name in models for item in platforms(name, span=line.span if line else None)))


def _kept(wanted: tuple[Platform, ...], models: Sequence[str]) -> tuple[Platform, ...]:
    if not models:
        return wanted
    asked = {item for name in models for item in platforms(name)}
    return tuple(item for item in wanted if item in asked)


def _refused(message: str, remedy: str) -> GupError:
    return GupError(Diagnostic(code="U019", message=message, help=remedy))
