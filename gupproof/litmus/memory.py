"""The memory of a litmus test in assembly: where each word lies, how large it is, and who accesses it with which size.

Addresses are those of a machine with bytes, so that ``[X1,#4]`` is the second word of an array of 32-bit words. A word is
still one location: a test in which one is accessed in two sizes, or in parts, is not judged.
"""

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gupproof.diagnostics import Diagnostic, GupError
from gupproof.litmus.form import DEFAULT, Kind, Litmus, Unsupported, Value
from gupproof.litmus.spelling import Area
from gupproof.program.events import Event, Location, Program
from gupproof.program.events import Kind as Does
from gupproof.program.expr import Expr, Op, evaluate

# Far from the small numbers that tests compute with, and within 31 bits.
FIRST_ADDRESS = 0x4000_0000
SPACING = 256
POINTER = 8  # bytes

# How far the values of an address are followed through memory; beyond that it may be any.
DEEPEST = 3
MOST_COMBINATIONS = 1000


@dataclass(slots=True)
class Memory:
    """The words of one test.

    Attributes:
        locations: in address order.
        kinds: by name; elements of an array have their own names, ``x[1]``.
        initial: values by name, where given: addresses by name, numbers cut to the declared type.
        sizes: of the accesses so far, in bytes, by event.
        widths: of what reads return, in bits, by event.
        largest: bits of the largest initial value.
        areas: of words and whole arrays, in address order.

    """

    locations: tuple[Location, ...]
    kinds: Mapping[str, Kind]
    initial: Mapping[str, Value]
    largest: int
    areas: tuple[Area, ...]
    _bases: dict[str, int]
    sizes: dict[int, int] = field(default_factory=dict)
    widths: dict[int, int] = field(default_factory=dict)

    def base(self, name: str) -> int:
        """Return the address of a word; an array's is its first element's.

        Raises:
            GupError: there is none of that name.

        """
        if name not in self._bases:
            raise GupError(
                Diagnostic(
                    code="M005",
                    message=f"the test has no location '{name}'",
                    help=f"its locations are {', '.join(sorted(self._bases)) or 'none'}",
                )
            )
        return self._bases[name]

    def knows(self, name: str) -> bool:
        """Whether there is a word of that name."""
        return name in self._bases

    def placed_at(self, address: Expr) -> str | None:
        """Return the word at an address, if that is known and there is one."""
        if address.op is not Op.CONST:
            return None
        return next((item.name for item in self.locations if item.address == address.value), None)

    def note(self, event: int, size: int) -> None:
        """Note the size of an access."""
        self.sizes[event] = size
        self.widths[event] = 8 * size


def lay_out(test: Litmus, names: Iterable[str]) -> Memory:
    """Give every word of a test its place.

    Args:
        test: the test.
        names: of the words it names, elements of arrays among them.

    """
    locations: list[Location] = []
    kinds: dict[str, Kind] = {}
    bases: dict[str, int] = {}
    areas: list[Area] = []
    following = FIRST_ADDRESS

    def add(name: str, address: int, kind: Kind, type_name: str) -> None:
        locations.append(Location(address, name, type_name))
        kinds[name], bases[name] = kind, address

    for name in dict.fromkeys([*test.arrays, *(name for name in names if "[" not in name)]):
        kind = test.types.get(name, DEFAULT)
        length = test.arrays.get(name)
        type_name = "long *" if isinstance(test.memory.get(name), str) else "long"
        start = following
        if length is None:
            add(name, following, kind, type_name)
            following += SPACING
            # A scalar is the array of its one element.
            bases[f"{name}[0]"] = bases[name]
        else:
            for index in range(length):
                add(f"{name}[{index}]", following + index * kind.size, kind, type_name)
            bases[name] = following
            following += -(-max(length, 1) * kind.size // SPACING) * SPACING
        areas.append(Area(start, following, name))
    initial = {name: _cast(test, name, value) for name, value in test.memory.items()}
    return Memory(
        locations=tuple(locations),
        kinds=kinds,
        initial=initial,
        largest=max(map(_bits, initial.values()), default=0),
        areas=tuple(areas),
        _bases=bases,
    )


def _bits(value: Value) -> int:
    if isinstance(value, str):
        return 31
    return value.bit_length() if value >= 0 else 64


def _needed(value: int) -> int:
    """Return how many bits a number needs; a negative one that has no type may have as many as it is read with."""
    return value.bit_length() if value >= 0 else (~value).bit_length() + 1


def _cast(test: Litmus, name: str, value: Value) -> Value:
    """Return an initial value as a word of its declared type holds it."""
    kind = test.types.get(name.partition("[")[0])
    if isinstance(value, str) or kind is None:
        return value
    return value & ((1 << 8 * kind.size) - 1)


def check_sizes(program: Program, memory: Memory, *, wide: bool) -> None:
    """Check that every word is accessed whole, in one size.

    Args:
        program: the test.
        memory: its words.
        wide: whether addresses have 64 bits.

    Raises:
        Unsupported: some word is accessed in several sizes, or in part, or together with its neighbour.

    """
    names = {location.address: location.name for location in program.locations}
    several = len(set(memory.sizes.values())) > 1
    found: dict[int, set[int]] = {}
    for event, places in _places(program, several=several):
        if event.address is not None and event.address.op is Op.CONST and not places:
            _check_outside(event.address.value, memory)
        for place in places:
            found.setdefault(place, set()).add(memory.sizes[event.id])
            name = names[place]
            size = memory.kinds[name].size
            if "[" in name and memory.sizes[event.id] > size:
                raise Unsupported(f"mixed-size: {memory.sizes[event.id]} bytes at {name}, which has {size}")
            value = memory.initial.get(name, 0)
            if event.kind is Does.READ and wide and isinstance(value, str) and memory.sizes[event.id] < POINTER:
                raise Unsupported(f"address: {memory.sizes[event.id]} bytes of {name}, which holds the address of {value}")
            if event.kind is Does.WRITE and isinstance(value, int) and _needed(value) > 8 * memory.sizes[event.id]:
                raise Unsupported(f"mixed-size: {memory.sizes[event.id]} bytes of {name}, which has more at first")
    for place, sizes in found.items():
        if len(sizes) > 1:
            listed = ", ".join(map(str, sorted(sizes)))
            raise Unsupported(f"mixed-size: {names[place]} is accessed with {listed} bytes")


def _check_outside(address: int, memory: Memory) -> None:
    """Refuse an access to a part of a word; whether one outside of every word can come about, the model tells."""
    for location in memory.locations:
        if location.address < address < location.address + memory.kinds[location.name].size:
            raise Unsupported(f"mixed-size: an access inside {location.name}")


def _places(program: Program, *, several: bool) -> list[tuple[Event, frozenset[int]]]:
    """Return the accesses of threads with the addresses they may have: all, unless there are several sizes to tell apart."""
    everywhere = frozenset(location.address for location in program.locations)
    accesses = [event for event in program.events if event.address is not None and event.thread >= 0]
    found = []
    for event in accesses:
        values = _values(program, event.address) if several or _is_constant(event.address) else None
        found.append((event, everywhere if values is None else values & everywhere))
    return found


def _is_constant(expr: Expr | None) -> bool:
    return expr is not None and expr.op is Op.CONST


def _values(program: Program, expr: Expr | None, depth: int = 0) -> frozenset[int] | None:
    """Return the values an address may have, as far as the constants that are stored tell; None for any."""
    if expr is None or depth > DEEPEST:
        return None
    leaves = _leaves(expr)
    choices: list[tuple[int, ...]] = []
    for leaf in leaves:
        values = _read_values(program, leaf, depth) if leaf.op is Op.READ else program.pool.options.get(leaf)
        if values is None:
            return None
        choices.append(tuple(values))
    if math.prod(map(len, choices)) > MOST_COMBINATIONS:
        return None
    everywhere = frozenset(location.address for location in program.locations)
    return frozenset(evaluate(expr, dict(zip(leaves, row, strict=True)), everywhere) for row in itertools.product(*choices))


def _read_values(program: Program, leaf: Expr, depth: int) -> frozenset[int] | None:
    places = _values(program, program.events[leaf.value].address, depth + 1)
    if places is None:
        return None
    values: set[int] = set()
    for event in program.events:
        if event.kind is Does.WRITE:
            where = _values(program, event.address, depth + 1)
            stored = _values(program, event.value, depth + 1) if where is None or where & places else frozenset[int]()
            if stored is None:
                return None
            values |= stored
    return frozenset(values)


def _leaves(expr: Expr) -> list[Expr]:
    found: dict[Expr, None] = {}
    seen, stack = {expr}, [expr]
    while stack:
        node = stack.pop()
        if node.op in (Op.READ, Op.CHOICE):
            found[node] = None
        for arg in node.args:
            if arg not in seen:
                seen.add(arg)
                stack.append(arg)
    return list(found)
