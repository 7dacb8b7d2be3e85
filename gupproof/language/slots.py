"""Declarations of barrier slots: whether their alternatives go together, and what a slot is where it is used."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gupproof.language import syntax, typed
from gupproof.language.actions import FenceAction, LoadAction, Primitive, RmwAction, StoreAction
from gupproof.language.errors import (
    DUPLICATE,
    MIXED_SLOT,
    NO_WEAKEST,
    NOT_A_VALUE,
    SLOT_USE,
    SWITCH_VALUE,
    UNKNOWN_NAME,
    Refused,
    Reporter,
    did_you_mean,
)
from gupproof.language.primitives import PRIMITIVES
from gupproof.language.strength import NO_FENCE, PLAIN, alike, equal, is_void, weakest

_FENCES = tuple(name for name, item in PRIMITIVES.items() if item.is_fence)


@dataclass(frozen=True, slots=True)
class AccessSlot:
    """What a slot on an access is where it is used.

    Attributes:
        primitive: the parameters, and what its default does.
        guards: when each alternative writes, where they differ.

    """

    primitive: Primitive
    guards: tuple[typed.Guard, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """A slot: its switch, and what it is on an access; None for a fence."""

    switch: typed.Switch
    access: AccessSlot | None


def declared_slot(item: syntax.SlotItem, default: int, reporter: Reporter) -> Declared:
    """Return a slot.

    Args:
        item: as written.
        default: the position of its default.
        reporter: told what is wrong.

    Raises:
        Refused: its alternatives do not go together; reported.

    """
    words = _known(item, reporter)
    values = tuple(word.text for word in words)
    switch = typed.Switch(span=item.span, name=item.name.text, values=values, default=default, is_slot=True)
    if all(value == NO_FENCE or value in _FENCES for value in values):
        _check_strength(item, words, reporter)
        return Declared(replace(switch, rows=tuple("" if value == NO_FENCE else value for value in values)), None)
    actions = _actions(item, words, reporter)
    _check_strength(item, words, reporter)
    rows = tuple(actions[value].row for value in values)
    return Declared(replace(switch, rows=rows), _access(item.name.text, values, actions, default))


def slot_named(word: syntax.Word, switches: dict[str, typed.Switch], reporter: Reporter) -> typed.Switch:
    """Return the slot of that name.

    Raises:
        Refused: there is none; reported.

    """
    switch = switches.get(word.text)
    if switch is not None and switch.is_slot:
        return switch
    slots = [item.name for item in switches.values() if item.is_slot]
    rule = UNKNOWN_NAME if switch is None else NOT_A_VALUE
    remedy = did_you_mean(word.text, slots) or "declare it: `slot NAME : none | smp_wmb = smp_wmb;`"
    raise reporter.refuse(rule, word.span, f"no slot is called `{word.text}`", remedy)


def performed(
    call: syntax.SlotCall,
    switches: dict[str, typed.Switch],
    accesses: dict[str, AccessSlot | None],
    reporter: Reporter,
) -> tuple[AccessSlot, syntax.Call]:
    """Return the access that ``slot NAME(arguments)`` performs, and the call of it.

    Raises:
        Refused: no such slot, or one of fences; reported.

    """
    name = slot_named(call.slot, switches, reporter).name
    if name not in accesses:
        message = f"the alternatives of `{name}` are fences, which take no arguments"
        raise reporter.refuse(SLOT_USE, call.span, message, f"write `slot {name};`, before or after the access")
    access = accesses[name]
    if access is None:
        raise Refused  # its declaration was refused, and reported
    function = syntax.Word(span=call.slot.span, text=access.primitive.name)
    return access, syntax.Call(span=call.span, function=function, arguments=call.arguments)


def check_fence(statement: syntax.Slot, accesses: dict[str, AccessSlot | None], reporter: Reporter) -> None:
    """Refuse ``slot NAME;`` of a slot whose alternatives are accesses.

    Raises:
        Refused: it is one; reported where its declaration was not.

    """
    name = statement.name.text
    if name not in accesses:
        return
    access = accesses[name]
    if access is None:
        raise Refused
    message = f"the alternatives of `{name}` are accesses, which need to know of what"
    remedy = f"write `slot {name}({', '.join(access.primitive.parameters)})`"
    raise reporter.refuse(SLOT_USE, statement.span, message, remedy)


def labelled(nodes: Sequence[typed.Stmt], name: str, access: AccessSlot) -> list[typed.Stmt]:
    """Return the statements that a slot on an access makes, each with the slot's name."""
    return [
        replace(node, slot=name)
        if isinstance(node, typed.Store)
        else replace(node, value=labelled_value(node.value, name, access))
        if isinstance(node, typed.Evaluate)
        else node
        for node in nodes
    ]


def labelled_value(node: typed.Expr, name: str, access: AccessSlot) -> typed.Expr:
    """Return the expression that a slot on an access makes, with the slot's name."""
    match node:
        case typed.Load():
            return replace(node, slot=name)
        case typed.Rmw():
            return replace(node, slot=name, guards=access.guards)
        case _:
            return node


# ── declarations ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _known(item: syntax.SlotItem, reporter: Reporter) -> tuple[syntax.Word, ...]:
    """Return the alternatives, all of which a slot may have.

    Raises:
        Refused: some of them are none; reported.

    """
    known = [name for name in PRIMITIVES if _may_stand(name)] + [NO_FENCE, PLAIN]
    refused: list[Refused] = []
    seen: set[str] = set()
    for word in item.values:
        if word.text in seen:
            reporter.report(DUPLICATE, word.span, f"`{word.text}` is listed twice")
        seen.add(word.text)
        if word.text in known:
            continue
        primitive = PRIMITIVES.get(word.text)
        message = f"`{word.text}` is nothing that a slot may choose"
        if primitive is not None and isinstance(primitive.action, StoreAction) and primitive.action.then:
            remedy = (
                f"choose the store, and put a slot of fences behind it: `slot NAME : none | {primitive.action.then} = none;`"
            )
        else:
            remedy = did_you_mean(word.text, known) or f"use `{NO_FENCE}` or a fence ({', '.join(_FENCES)}), or accesses alone"
        refused.append(reporter.refuse(SWITCH_VALUE, word.span, message, remedy))
    if refused:
        raise refused[0]
    return tuple({word.text: word for word in reversed(item.values)}.values())[::-1]


def _may_stand(name: str) -> bool:
    action = PRIMITIVES[name].action
    match action:
        case FenceAction():
            return True
        case LoadAction():
            return not (action.bit or action.on_machines)
        case StoreAction():
            return not (action.then or PRIMITIVES[name].is_paired)
        case RmwAction():
            return not action.waits
        case _:
            return False


_Access = LoadAction | StoreAction | RmwAction
_CLASSES = {FenceAction: "a fence", LoadAction: "a load", StoreAction: "a store", RmwAction: "a read-modify-write"}


def _actions(item: syntax.SlotItem, words: Sequence[syntax.Word], reporter: Reporter) -> dict[str, _Access]:
    """Return what each alternative does, all of them accesses of one kind.

    Raises:
        Refused: they are not; reported.

    """
    named = [word for word in words if word.text in PRIMITIVES]
    if not named:
        message = (
            f"`{PLAIN}` alone says neither load nor store" if words[0].text == PLAIN else "this slot mixes `none` and `plain`"
        )
        remedy = "add another alternative, `READ_ONCE` or `WRITE_ONCE`"
        raise reporter.refuse(MIXED_SLOT, item.name.span, message, remedy)
    first = next((PRIMITIVES[word.text] for word in named if is_void(word.text)), PRIMITIVES[named[0].text])
    made: dict[str, _Access] = {}
    for word in words:
        if word.text == NO_FENCE:
            message = f"`{NO_FENCE}` is no access, `{first.name}` is {_CLASSES[type(first.action)]}"
            raise reporter.refuse(MIXED_SLOT, word.span, message, f"the access without order is `{PLAIN}` or `..._relaxed`")
        if word.text == PLAIN:
            made[PLAIN] = _plain(first, word, reporter)
            continue
        primitive = PRIMITIVES[word.text]
        if type(primitive.action) is not type(first.action):
            message = f"`{word.text}` is {_CLASSES[type(primitive.action)]}, `{first.name}` is {_CLASSES[type(first.action)]}"
            raise reporter.refuse(MIXED_SLOT, word.span, message, "declare one slot for each")
        if not alike(first, primitive):
            message = f"`{word.text}` and `{first.name}` differ in more than order"
            raise reporter.refuse(MIXED_SLOT, word.span, message, "a slot's accesses take the same and do the same")
        action = primitive.action
        if isinstance(action, LoadAction | StoreAction | RmwAction):
            made[word.text] = action
    return made


def _plain(first: Primitive, word: syntax.Word, reporter: Reporter) -> _Access:
    match first.action:
        case LoadAction():
            return replace(first.action, row="plain_load")
        case StoreAction():
            return replace(first.action, row="plain_store")
        case action:
            message = f"`{PLAIN}` is a load or a store, `{first.name}` is {_CLASSES[type(action)]}"
            raise reporter.refuse(MIXED_SLOT, word.span, message)


def _access(name: str, values: Sequence[str], actions: dict[str, _Access], default: int) -> AccessSlot:
    action = actions[values[default]]
    primitive = next(PRIMITIVES[value] for value in values if value in PRIMITIVES)
    title = f"slot {name}"
    pointer = "v" if "v" in primitive.parameters else "lv"
    match action:
        case LoadAction():
            return AccessSlot(Primitive(title, (pointer,), action))
        case StoreAction():
            return AccessSlot(Primitive(title, (pointer, "x"), replace(action, value="x")))
        case RmwAction():
            if any(is_void(value) for value in values):
                action = replace(action, result=typed.Result.NONE)
            updates = [item for item in (actions[value] for value in values) if isinstance(item, RmwAction)]
            guards = tuple(item.guard for item in updates)
            if len(set(guards)) == 1:
                return AccessSlot(Primitive(title, primitive.parameters, action))
            comparand = next(item.comparand for item in updates if item.comparand)
            return AccessSlot(Primitive(title, primitive.parameters, replace(action, comparand=comparand)), guards)


def _check_strength(item: syntax.SlotItem, words: Sequence[syntax.Word], reporter: Reporter) -> None:
    values = [word.text for word in words]
    for place, word in enumerate(words):
        twin = next((value for value in values[:place] if equal(value, word.text)), None)
        if twin is not None:
            message = f"`{twin}` and `{word.text}` order the same"
            raise reporter.refuse(NO_WEAKEST, word.span, message, "leave one of the two out")
    if weakest(values) is None:
        remedy = _weakest_remedy(words[0].text)
        message = f"no alternative of `{item.name.text}` is weaker than all others"
        raise reporter.refuse(NO_WEAKEST, item.name.span, message, remedy)


def _weakest_remedy(value: str) -> str:
    primitive = PRIMITIVES.get(value)
    if primitive is None or isinstance(primitive.action, FenceAction):
        return f"add `{NO_FENCE}`"
    if not isinstance(primitive.action, RmwAction):
        return f"add `{PLAIN}`"
    for suffix in ("_acquire", "_release"):
        value = value.removesuffix(suffix)
    return f"add `{value}_relaxed`"
