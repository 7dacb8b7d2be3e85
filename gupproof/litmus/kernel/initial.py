"""The initial state of a kernel-C litmus test: ``{ int x = 1; atomic_t a = ATOMIC_INIT(2); int *p = &x; 0:r1 = 3; }``."""

from dataclasses import dataclass, field

from gupproof.litmus.form import Register, Unsupported, Value
from gupproof.litmus.kernel.lexer import Words, is_name

LONGEST_ARRAY = 64
_MACROS = frozenset({"ATOMIC_INIT", "ATOMIC64_INIT", "ATOMIC_LONG_INIT"})


@dataclass(slots=True)
class Initial:
    """What the initial state says so far."""

    arrays: dict[str, int] = field(default_factory=dict)
    memory: dict[str, Value] = field(default_factory=dict)
    registers: dict[Register, Value] = field(default_factory=dict)


def read_initial(words: Words) -> Initial:
    """Read the initial state, braces included.

    Raises:
        GupError: it is malformed.
        Unsupported: it has values or types that are not handled.

    """
    state = Initial()
    words.expect("{")
    while not words.passes("}"):
        if words.passes(";") or words.passes(","):
            continue
        _item(words, state)
    return state


def _item(words: Words, state: Initial) -> None:
    while words.next in ("*", "[", "(") or (is_name(words.next) and _is_type(words)):
        words.take()
    if words.next.isdigit() or (words.ahead(1) == ":" and words.next[:1] == "P"):
        thread = _thread(words)
        words.expect(":")
        register = Register(thread, words.name("a register"))
        state.registers[register] = _value(words) if words.passes("=") else 0
        return
    name = words.name("a location")
    while words.next in ("]", ")") and words.ahead(1) in ("=", ";", "]", ")"):
        words.take()
    if words.passes("["):
        length = words.integer() if words.next != "]" else 0
        words.expect("]")
        _array(words, state, name, length)
    else:
        state.memory[name] = _value(words) if words.passes("=") else 0


def _thread(words: Words) -> int:
    if words.next[:1] == "P" and words.next[1:].isdigit():
        return int(words.take()[1:])
    return words.integer()


def _is_type(words: Words) -> bool:
    """Whether the word to come belongs to the type and not to the declarator: another name or a star follows."""
    after = words.ahead(1)
    return is_name(after) or (after in ("*", "[") and not words.ahead(2).isdigit() and words.ahead(2) != "]") or after.isdigit()


def _array(words: Words, state: Initial, name: str, length: int) -> None:
    if not words.passes("="):
        state.arrays[name] = max(length, state.arrays.get(name, 0))
    elif words.passes("{"):
        number = 0
        while not words.passes("}"):
            state.memory[f"{name}[{number}]"] = _value(words)
            number += 1
            if not words.passes(",") and words.next != "}":
                raise words.wrong("',' or '}' is missing between the elements of an array")
        state.arrays[name] = max(length, number)
    else:
        # a[1] = 2 speaks of one element.
        state.memory[f"{name}[{length}]"] = _value(words)
        state.arrays[name] = max(length + 1, state.arrays.get(name, 0))
    if state.arrays[name] > LONGEST_ARRAY:
        raise Unsupported(f"array: one of more than {LONGEST_ARRAY} elements")


def _value(words: Words) -> Value:
    if words.passes("-"):
        return -words.integer()
    if words.next[:1].isdigit():
        return words.integer()
    if words.next == "{" and words.ahead(1) == "}":
        words.take()  # struct srcu_struct s = {}: all of it 0
        words.take()
        return 0
    word = words.take()
    if word == "*" and words.next == "(":
        return _value(words)  # as Dartagnan's tests write the address of a location: *(&x)
    if word == "(":
        # A cast, or an expression in parentheses.
        if is_name(words.next) and (words.ahead(1) in ("*", ")") or is_name(words.ahead(1))):
            while words.next != ")":
                if not words.take():
                    raise words.wrong("')' is missing at the end")
            words.take()
            return _value(words)
        value = _value(words)
        words.expect(")")
        return value
    if word in _MACROS:
        words.expect("(")
        value = _value(words)
        words.expect(")")
        return value
    if word == "NULL":
        return 0
    name = words.name("a location") if word == "&" else word
    if not is_name(name):
        words.at -= 1
        raise words.wrong(f"'{name}' is no initial value", "a number, or the name of a location")
    if words.next in ("(", "{", ":"):
        raise Unsupported(f"initial state: the value '{name}{words.next}...'")
    if words.passes("["):
        name = f"{name}[{words.integer()}]"
        words.expect("]")
    return name
