"""Values and places of a program in the words of its source: ``&H|1`` rather than 65."""

from gupproof.program.events import Location, Program

_WORD = 8
_PLAIN = frozenset({"int", "unsigned int", "bool", "atomic_t", "spinlock_t"})


class Printer:
    """Prints the values of one program."""

    def __init__(self, program: Program) -> None:
        self._locations = {location.address: location for location in program.locations}
        self._starts: dict[str, int] = {}
        for location in program.locations:
            owner = _owner(location.name)
            self._starts[owner] = min(self._starts.get(owner, location.address), location.address)

    def location(self, address: int) -> str:
        """Return the name of the word at ``address``."""
        found = self._locations.get(address)
        return found.name if found else f"address {address}"

    def value_at(self, address: int, value: int) -> str:
        """Return ``value`` as a value of the word at ``address``."""
        found = self._locations.get(address)
        return self.value(value, found.type_name if found else "int")

    def value(self, value: int, type_name: str) -> str:
        """Return ``value`` as one of that type: pointers, and integers that hold them, by the object's name."""
        is_pointer = type_name.endswith("*")
        if type_name in _PLAIN or type_name.startswith("enum "):
            return str(value)
        if is_pointer and value == 0:
            return "NULL"
        tag = value % _WORD
        target = self._locations.get(value - tag)
        if target is None:
            return hex(value) if is_pointer else str(value)
        to_structure = type_name.startswith("struct ") or not is_pointer
        return f"&{self._name(target, whole=to_structure)}" + (f"|{tag}" if tag else "")

    def _name(self, location: Location, *, whole: bool) -> str:
        owner = _owner(location.name)
        return owner if whole and self._starts[owner] == location.address else location.name


def _owner(name: str) -> str:
    """The structure a field is in: ``H`` for ``H.flags``; a variable that is no field owns itself."""
    return name.rpartition(".")[0] or name
