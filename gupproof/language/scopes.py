"""The registers that the code of one function, thread or condition can name, and what it does with ghosts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from gupproof.diagnostics import Span
from gupproof.language import syntax, typed
from gupproof.language.errors import DUPLICATE, Reporter
from gupproof.language.types import VOID, Type


class Role(Enum):
    """What is being checked: it decides what the code may touch."""

    CODE = "code"
    FROZEN = "init"
    FINAL = "a property or a cover"

    @property
    def sees_atomics(self) -> bool:
        """Whether ``atomic_t`` and ``spinlock_t`` memory may be named directly: no other CPU runs."""
        return self in (Role.FROZEN, Role.FINAL)


@dataclass(frozen=True, slots=True)
class Register:
    """A local, parameter or ghost: its name in the typed tree, unique in the body."""

    name: str
    type: Type
    is_ghost: bool = False


@dataclass(slots=True)
class Body:
    """The names in reach while one body is checked.

    Attributes:
        objects: the scenario's shared memory; that of the files is found through the symbols.
        ghosts: the scenario's ghosts.
        returns: what ``return`` yields.
        loops: how many loops enclose the place.
        ghost_writes, ghost_reads: first place of each.

    """

    reporter: Reporter
    role: Role = Role.CODE
    objects: Mapping[str, typed.Variable] = field(default_factory=dict)
    ghosts: Mapping[str, typed.Ghost] = field(default_factory=dict)
    returns: Type = VOID
    loops: int = 0
    ghost_writes: dict[str, Span] = field(default_factory=dict)
    ghost_reads: dict[str, Span] = field(default_factory=dict)
    _scopes: list[dict[str, tuple[Register, Span]]] = field(default_factory=lambda: [{}])
    _taken: dict[str, int] = field(default_factory=dict)

    def enter(self) -> None:
        """Open a block."""
        self._scopes.append({})

    def leave(self) -> None:
        """Close the innermost block."""
        self._scopes.pop()

    def declare(self, word: syntax.Word, kind: Type) -> Register:
        """Enter a local; the name it gets in the typed tree differs where another register has it already."""
        if word.text in self._scopes[-1]:
            first = self._scopes[-1][word.text][1]
            self.reporter.report(DUPLICATE, word.span, f"`{word.text}` is declared twice: first at {first}")
        register = Register(self.fresh(word.text), kind)
        self._scopes[-1][word.text] = (register, word.span)
        return register

    def fresh(self, name: str) -> str:
        """Return ``name``, or ``name.2`` and so on when it is taken."""
        self._taken[name] = self._taken.get(name, 1 if name in self.ghosts else 0) + 1
        return name if self._taken[name] == 1 else f"{name}.{self._taken[name]}"

    def declare_val(self, kind: Type) -> None:
        """Open a block in which ``VAL`` is a register."""
        self._scopes.append({"VAL": (Register("VAL", kind), Span("", 0, 0, 0, 0))})

    def find(self, name: str) -> Register | None:
        """Return the register that ``name`` stands for here."""
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name][0]
        if name in self.ghosts:
            return Register(name, self.ghosts[name].type, is_ghost=True)
        return None

    def names(self) -> set[str]:
        """Return every name in reach, for suggestions."""
        return {name for scope in self._scopes for name in scope} | set(self.ghosts) | set(self.objects)

    def note_write(self, register: Register, span: Span) -> None:
        """Note that a register is assigned."""
        if register.is_ghost:
            self.ghost_writes.setdefault(register.name, span)

    def note_read(self, register: Register, span: Span) -> None:
        """Note that a register is read."""
        if register.is_ghost:
            self.ghost_reads.setdefault(register.name, span)
