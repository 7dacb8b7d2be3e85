"""Reads the initial state of a litmus test: what words and registers are, and what they hold."""

import re
from dataclasses import dataclass, field

from gupproof.diagnostics import Diagnostic, GupError, Span
from gupproof.litmus.condition import number
from gupproof.litmus.form import Kind, Register, Unsupported, Value

_KINDS = {
    "int": Kind(4, signed=True), "unsigned": Kind(4, signed=False), "unsigned int": Kind(4, signed=False),
    "char": Kind(1, signed=True), "short": Kind(2, signed=True), "long": Kind(8, signed=True),
    "unsigned long": Kind(8, signed=False), "long long": Kind(8, signed=True), "intptr_t": Kind(8, signed=True),
    "uintptr_t": Kind(8, signed=False), "atomic_t": Kind(4, signed=True),
} | {
    f"{sign}int{8 * size}_t": Kind(size, signed=not sign) for sign in ("", "u") for size in (1, 2, 4, 8)
}  # fmt: skip
_POINTER = Kind(8, signed=False, pointer=True)
# Types whose values this program has no words for.
_FOREIGN = {"ins_t": "self-modifying code", "pteval_t": "page tables", "int128_t": "mixed-size", "uint128_t": "mixed-size"}

_NAME = r"[A-Za-z_][\w.]*"
_TYPE = re.compile(rf"^(?:volatile\s+|_Atomic\s+)*((?:(?:unsigned|long)\s+)?{_NAME})(?:\s*(\*+)\s*|\s+)(?=\S)")
_PLACE = re.compile(rf"^(?:P?(\d+)\s*:\s*([%\w.]+)|(%\w+)|({_NAME})\s*\[\s*(\d*)\s*\]|\[?\s*\*?({_NAME})\s*\]?)$")
_NUMBER = re.compile(r"^[+-]?(0[xX][0-9a-fA-F_]+|[\d_]+)$")
_ADDRESS = re.compile(rf"^&?\s*({_NAME})\s*(?:\[\s*(\d+)\s*\])?$")
ALL_THREADS = -1
LONGEST_ARRAY = 4096


@dataclass(frozen=True, slots=True)
class Initial:
    """What the initial state says; a register of :data:`ALL_THREADS` is a symbolic one, ``%x0``."""

    memory: dict[str, Value] = field(default_factory=dict)
    registers: dict[Register, Value] = field(default_factory=dict)
    types: dict[str, Kind] = field(default_factory=dict)
    register_types: dict[Register, Kind] = field(default_factory=dict)
    arrays: dict[str, int] = field(default_factory=dict)


def read_initial(text: str, path: str, line: int) -> Initial:
    """Read what stands between the braces.

    Args:
        text: that.
        path: the file, for errors.
        line: where it begins in it.

    Raises:
        GupError: it is no initial state.
        Unsupported: it has values that are not handled.

    """
    initial = Initial()
    for item in re.finditer(r"[^;]+", text):
        if item[0].strip():
            _read_item(" ".join(item[0].split()), initial, path, line + text.count("\n", 0, item.start()))
    return initial


def _read_item(item: str, initial: Initial, path: str, line: int) -> None:
    left, equals, right = (part.strip() for part in item.partition("="))
    kind, left = _typed(left, item)
    found = _PLACE.match(left)
    if found is None:
        raise Unsupported(f"initial state: '{item}'")
    if found[1] or found[3]:
        register = Register(int(found[1]), found[2]) if found[1] else Register(ALL_THREADS, found[3])
        initial.registers[register] = _value(right, path, line) if equals else 0
        if kind is not None:
            initial.register_types[register] = kind
        return
    if found[4]:
        _read_array(found[4], found[5], kind, right, initial, path, line)
        return
    name = found[6]
    if kind is not None:
        initial.types[name] = kind
    elif right and not _NUMBER.match(right):
        initial.types[name] = _POINTER
    initial.memory[name] = _value(right, path, line) if equals else 0


def _typed(left: str, item: str) -> tuple[Kind | None, str]:
    found = _TYPE.match(left)
    if found is None:
        return None, left
    name, stars = found[1], found[2]
    if category := _FOREIGN.get(name):
        raise Unsupported(f"{category}: initial state '{item}'")
    rest = left[found.end() :]
    if stars:
        return _POINTER, rest
    if name not in _KINDS:
        raise Unsupported(f"initial state: type '{name}'")
    return _KINDS[name], rest


def _read_array(name: str, length: str, kind: Kind | None, right: str, initial: Initial, path: str, line: int) -> None:
    listed = re.match(r"^\{(.*)\}$", right)
    if kind is None or not length or (right and listed is None):
        raise Unsupported(f"initial state: '{name}[{length}]' without a type, or without braces around its values")
    if int(length) > LONGEST_ARRAY:
        raise Unsupported(f"initial state: '{name}' has more than {LONGEST_ARRAY} elements")
    initial.types[name], initial.arrays[name] = kind, int(length)
    values = [part.strip() for part in listed[1].split(",")] if listed and listed[1].strip() else []
    if values and len(values) != int(length):
        message = f"'{name}' has {length} elements and {len(values)} values"
        raise GupError(Diagnostic(code="M003", message=message, span=Span(path, line, 1, line, 2)))
    for index, value in enumerate(values):
        initial.memory[f"{name}[{index}]"] = _value(value, path, line)


def _value(text: str, path: str, line: int) -> Value:
    if _NUMBER.match(text):
        return number(text)
    if found := _ADDRESS.match(text):
        return f"{found[1]}[{found[2]}]" if found[2] else found[1]
    if re.match(r"^instr\s*:|^P?\d+\s*:", text):
        raise Unsupported(f"self-modifying code: initial value '{text}'")
    if re.match(r"^\{", text):
        raise Unsupported(f"vector: initial value '{text}'")
    if re.search(r"[:\[(]", text):
        raise Unsupported(f"initial state: value '{text}'")
    raise GupError(
        Diagnostic(
            code="M003",
            message=f"'{text}' is no initial value",
            span=Span(path, line, 1, line, 2),
            help="a number, or the name of a location",
        )
    )
