"""Theorems as questions about placements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from gupproof.diagnostics import Diagnostic, GupError
from gupproof.language import typed
from gupproof.placing.goals import Goal, Question
from gupproof.placing.slots import Placement, Slot, slot_of
from gupproof.program.scenario import lower
from gupproof.proving.claims import labels
from gupproof.proving.obligations import covering, switch_values
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
            covering=covering(unit, line),
            flags=line.flags,
            platforms=kept,
        )
        expected: tuple[Placement, ...] | None = None
        if kept == wanted:
            chosen = line.minimal or ()
            expected = tuple(sorted(tuple(dict(one)[slot.name] for slot in slots) for one in chosen))
        if not kept:
            continue
        there = {slot.name for slot in _slots_of(goal)}
        questions.append(
            Question(
                names=(theorem.name,),
                slots=slots,
                goals=(goal,),
                expected=expected,
                kept=_standing([goal], there - {slot.name for slot in slots}),
                idle=tuple(slot.name for slot in slots if slot.name not in there),
                span=line.span,
            )
        )
    return tuple(questions)


def question_of(
    theorems: Iterable[tuple[typed.Unit, typed.Theorem]],
    *,
    models: Sequence[str] = (),
    settings: Mapping[str, str] | None = None,
    only: Sequence[str] = (),
    fixed: Mapping[str, str] | None = None,
) -> Question:
    """Return the question which placement of all the slots that some theorems' scenarios have makes everything hold.

    What a theorem sets its slots to, and which verdicts it expects, does not count: all that it speaks of is to hold. One that
    has only ``places`` lines speaks of what stands in these.

    Args:
        theorems: with their files.
        models: models (or ``model/target``) to ask about; those of the theorems when empty.
        settings: switch → value: lines that set it to something else do not count.
        only: slots to place; the others stay as they are. All when empty.
        fixed: slot → what stands there, whatever theorems say: it is not placed.

    Raises:
        GupError: a name is none; nothing is left to ask about.

    """
    fixed = fixed or {}
    goals: dict[tuple[str, str, tuple[tuple[str, int], ...], tuple[str, ...]], Goal] = {}
    found: dict[str, Slot] = {}
    names: dict[str, None] = {}
    for unit, theorem in theorems:
        for line in theorem.claims or theorem.placements:
            names[theorem.name] = None
            set_there = {n: v for n, v in line.settings if not unit.switches[n].is_slot or _kept_as_it_is(n, only)}
            set_there |= {name: _position(unit, name, value) for name, value in fixed.items() if name in unit.switches}
            values = switch_values(unit, set_there)
            if not _agrees(unit, dict(values), settings or {}):
                continue
            where = _platforms(models) if models else _platforms(line.models, line)
            wanted = covering(unit, line)
            key = (unit.path, line.scenario, values, wanted)
            before = goals.get(key)
            goals[key] = Goal(
                unit=unit,
                scenario=line.scenario,
                values=values,
                settings=_named(unit, set_there.items()),
                properties=tuple(dict.fromkeys((*(before.properties if before else ()), *line.properties))),
                covering=wanted,
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
    placed = tuple(slot for slot in found.values() if (not only or slot.name in only) and slot.name not in fixed)
    kept = _standing(goals.values(), found.keys() - {slot.name for slot in placed})
    question = Question(names=tuple(names), slots=tuple(found.values()), goals=tuple(goals.values()))
    idle = {name: _idle(name, question) for name in (*only, *fixed) if name not in found}
    slots = (*placed, *(slot for name, slot in idle.items() if name in only and name not in fixed))
    if not slots and found:
        raise _refused("that leaves no slot to place", f"there are {', '.join(found)}")
    if not slots:
        raise _refused(
            "the scenarios have no slots to place", "declare one: `slot NAME : none | smp_wmb = none;`, and write `slot NAME;`"
        )
    return replace(question, slots=slots, kept=kept, idle=tuple(idle))


def proposal(question: Question, text: str) -> tuple[Question, Placement]:
    """Read a proposal, ``wmb = smp_wmb, unfreeze = atomic_set_release``; slots that it does not name stay as they are.

    A part of a primitive's name that only one alternative has stands for it, as reviewers say it: ``unfreeze = release``.

    Returns:
        The question, with the slots that are named and stand nowhere in it as well, and the placement.

    Raises:
        GupError: it names something else, or a slot twice.

    """
    slots = {slot.name: slot for slot in question.slots}
    idle = [*question.idle]
    chosen: dict[str, int] = {}
    for part in filter(None, (item.strip() for item in text.split(","))):
        name, equals, value = (word.strip() for word in part.partition("="))
        if not equals:
            first = question.slots[0]
            raise _refused(f"'{part}' is no SLOT = VALUE", f"such as {first.name} = {first.values[first.today]}")
        if name not in slots:
            slots[name] = _idle(name, question)
            idle.append(name)
        if name in chosen:
            raise _refused(f"slot {name} is named twice", "one thing stands there: leave one of the two out")
        chosen[name] = _chosen(name, slots[name].values, value)
    placement = tuple(chosen.get(name, slot.today) for name, slot in slots.items())
    return replace(question, slots=tuple(slots.values()), idle=tuple(idle)), placement


def answers_to(theorem: typed.Theorem, word: str) -> bool:
    """Whether a word is a theorem's name, or that of a claim it answers."""
    return word in {theorem.name, *labels(theorem.claim)}


def _chosen(name: str, values: Sequence[str], word: str) -> int:
    """The position of the alternative that a word stands for."""
    spoken_of = [word] if word in values else [whole for whole in values if word in whole.split("_")]
    if len(spoken_of) != 1:
        near = spoken_of or get_close_matches(word, values, 1)
        remedy = f"did you mean {' or '.join(near)}?" if near else f"it takes {', '.join(values)}"
        raise _refused(f"slot {name} cannot be '{word}'", remedy)
    return values.index(spoken_of[0])


def _position(unit: typed.Unit, name: str, word: str) -> int:
    switch = unit.switches[name]
    if not switch.is_slot:
        raise _refused(f"{name} is a config, not a slot", f"--config {name}={word} asks about what theorems say of it")
    return _chosen(name, switch.values, word)


def _standing(goals: Iterable[Goal], names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """What stands in slots that are not placed; where goals differ in it, all of it."""
    wanted = set(names)
    found: dict[str, dict[str, None]] = {}
    for goal in goals:
        for name, value in goal.values:
            if name in wanted:
                found.setdefault(name, {})[goal.unit.switches[name].values[value]] = None
    return tuple((name, " or ".join(values)) for name, values in found.items())


def _idle(name: str, question: Question) -> Slot:
    """A slot that is not placed, though its file declares it: it stands nowhere in the scenarios.

    Raises:
        GupError: it is none, or stands there and is not to be placed.

    """
    known = [slot.name for slot in question.slots]
    kept = dict(question.kept)
    if name in kept:
        raise _refused(f"slot {name} is not placed here: {kept[name]} stands there", f"the slots are {', '.join(known)}")
    for goal in question.goals:
        switch = goal.unit.switches.get(name)
        if switch is not None and switch.is_slot:
            return slot_of(switch)
    near = get_close_matches(name, known, 1)
    there = f"there are {', '.join(known)}" if known else "the scenarios have none"
    raise _refused(f"no slot is called '{name}'", f"did you mean {near[0]}?" if near else there)


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
