"""Theorems as questions about placements."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from gupproof.diagnostics import Diagnostic, GupError, Span
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
        GupError: a model does not exist, or a slot stands nowhere in the line's scenario.

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
        for slot in slots:
            if slot.name not in there:
                raise _stands_nowhere(slot.name, [goal], line.span)
        questions.append(
            Question(
                names=(theorem.name,),
                slots=slots,
                goals=(goal,),
                expected=expected,
                kept=_standing([goal], there - {slot.name for slot in slots}),
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
    for name in (*only, *fixed):
        if name not in found:
            raise _no_slot(name, tuple(found), tuple(goals.values()))
    slots = tuple(slot for slot in found.values() if (not only or slot.name in only) and slot.name not in fixed)
    if not slots and found:
        raise _refused("that leaves no slot to place", f"there are {', '.join(found)}")
    if not slots:
        raise _refused(
            "the scenarios have no slots to place", "declare one: `slot NAME : none | smp_wmb = none;`, and write `slot NAME;`"
        )
    kept = _standing(goals.values(), found.keys() - {slot.name for slot in slots})
    return Question(names=tuple(names), slots=slots, goals=tuple(goals.values()), kept=kept)


def proposal(question: Question, text: str) -> Placement:
    """Read a proposal, ``wmb = smp_wmb, unfreeze = atomic_set_release``; slots that it does not name stay as they are.

    A part of a primitive's name that only one alternative has stands for it, as reviewers say it: ``unfreeze = release``.

    Raises:
        GupError: it names something else, or a slot twice.

    """
    slots = question.slots
    chosen = {slot.name: slot.today for slot in slots}
    named: set[str] = set()
    by_name = {slot.name: slot for slot in slots}
    for part in filter(None, (item.strip() for item in text.split(","))):
        name, equals, value = (word.strip() for word in part.partition("="))
        slot = by_name.get(name)
        if not equals:
            raise _refused(f"'{part}' is no SLOT = VALUE", f"such as {slots[0].name} = {slots[0].values[slots[0].today]}")
        if slot is None:
            raise _no_slot(name, tuple(by_name), question.goals, dict(question.kept))
        if name in named:
            raise _refused(f"slot {name} is named twice", "one thing stands there: leave one of the two out")
        named.add(name)
        chosen[name] = _chosen(name, slot.values, value)
    return tuple(chosen[slot.name] for slot in slots)


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


def _no_slot(name: str, known: Sequence[str], goals: Sequence[Goal], kept: Mapping[str, str] | None = None) -> GupError:
    """What is wrong with the name of a slot that is none of those that are placed."""
    if name in (kept or {}):
        return _refused(
            f"slot {name} is not placed here: {(kept or {})[name]} stands there", f"the slots are {', '.join(known)}"
        )
    if any(name in goal.unit.switches and goal.unit.switches[name].is_slot for goal in goals):
        return _stands_nowhere(name, goals)
    near = get_close_matches(name, known, 1)
    there = f"there are {', '.join(known)}" if known else "the scenarios have none"
    return _refused(f"no slot is called '{name}'", f"did you mean {near[0]}?" if near else there)


def _stands_nowhere(name: str, goals: Sequence[Goal], span: Span | None = None) -> GupError:
    scenarios = " or ".join(dict.fromkeys(goal.scenario for goal in goals))
    settings = ", ".join(f"{switch} = {value}" for switch, value in goals[0].settings) if len(goals) == 1 else ""
    with_them = f" with {settings}" if settings else ""
    return GupError(
        Diagnostic(
            code="U019",
            message=f"slot {name} stands nowhere in {scenarios}{with_them}: it makes no difference there",
            span=span,
            help="leave it out, or ask about a scenario that comes to it",
        )
    )


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
