"""The rules that a ``.gup`` file can break, each with its code, and the reporter that collects what was found.

``docs/errors.md`` is this table as prose; a test compares the two.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from gupproof.diagnostics import Diagnostic, Span


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its stable code, what breaking it means, and how to mend it."""

    code: str
    meaning: str
    remedy: str


# Syntax
UNEXPECTED = Rule("G001", "the text does not fit the grammar here", "write one of the things the message expects")
BAD_CHARACTER = Rule("G002", "a character that starts nothing in the language", "remove it")
UNFINISHED = Rule("G003", "the file ends inside a declaration", "close what is still open")
TOO_DEEP = Rule("G004", "nesting deeper than the checker follows", "split the expression or block, or use a function")
OPEN_COMMENT = Rule("G005", "a `/*` without `*/`", "close the comment with `*/`")
BAD_NUMBER = Rule("G006", "an integer literal the language does not have", "write it in decimal or as 0x...")
NO_EFFECT = Rule("G007", "a statement that does nothing", "assign the value, call something, or remove the statement")
MISSING_SEMICOLON = Rule("G008", "a `;` is missing", "end the statement or declaration with `;`")
# Files and names
NO_FILE = Rule("G010", "a `use` whose file does not exist", "use a file beside this one, or in spec/")
UNKNOWN_NAME = Rule("G011", "a name that is declared nowhere in reach", "declare it, or `use` the file that does")
DUPLICATE = Rule("G012", "a name declared twice", "rename or remove one of the two")
RESERVED = Rule("G013", "a declared name that the language keeps for itself", "choose another name")
NOT_A_VALUE = Rule("G014", "a name used as what it is not", "see what the name was declared as")
STRAY_VAL = Rule("G015", "`VAL` outside the condition of smp_cond_load, or a condition without it", "name `VAL` in it")
# Types
TYPE_MISMATCH = Rule("G020", "a value of a type that does not convert to the one needed", "cast it, or change the type")
ARGUMENT_COUNT = Rule("G021", "a call with too few or too many arguments", "pass what the declaration lists")
NOT_AN_LVALUE = Rule("G022", "something that has no address or cannot be assigned", "name a variable, `p->f`, `*p`, `a[i]`")
NO_FIELD = Rule("G023", "a field the structure does not have, or a field of something else", "name one of its fields")
NOT_SCALAR = Rule("G024", "a structure or array where a number or pointer is needed", "name one field or element")
REGISTER = Rule("G025", "a register where memory is needed", "use it without the primitive: registers are not shared")
ATOMIC_ACCESS = Rule(
    "G026",
    "`atomic_t`, `spinlock_t` or `struct srcu_struct` touched by something else than its own primitives",
    "use atomic_read, atomic_set, ..., spin_lock, spin_unlock, srcu_read_lock, ...",
)
LOCAL_ADDRESS = Rule("G027", "the address of a register outside the arguments of a call", "pass it as an argument only")
NO_VALUE = Rule("G028", "a call that yields no value used as one", "use it as a statement")
BAD_TYPE = Rule("G029", "a type that is not allowed here", "use a type the message allows")
# Constants
NOT_CONSTANT = Rule("G030", "a constant is needed", "use numbers, enumerators and `const` names")
OUT_OF_RANGE = Rule("G031", "a constant outside the range it needs", "use a value in range")
SWITCH_VALUE = Rule("G032", "a switch has no such value", "use one of its values")
MIXED_SLOT = Rule(
    "G033", "a slot whose alternatives are not of one kind", "list fences, loads, stores or one read-modify-write"
)
NO_WEAKEST = Rule("G034", "a slot without one weakest alternative", "add `none`, `plain`, or the `_relaxed` or the void form")
SLOT_USE = Rule("G035", "a slot of fences used as an access, or of accesses as a fence", "see how the slot is declared")
# Functions and statements
RECURSION = Rule("G040", "a function calls itself, directly or through others", "write a loop with a bound")
MISSING_RETURN = Rule("G041", "a function with a return type may end without `return`", "return a value on every path")
RETURN_VALUE = Rule("G042", "`return` does not agree with the function's type", "return what `->` says, or nothing")
STRAY_JUMP = Rule("G043", "`break` or `continue` outside a loop", "use it inside a loop")
READ_ONLY = Rule("G044", "an assignment to something that does not change", "assign a variable or ghost")
NEEDS_LVALUE_TWICE = Rule("G045", "`&old` of atomic_try_cmpxchg is not a register's address", "pass `&local`")
WAIT_ACTS = Rule(
    "G046",
    "a condition that is waited for and does more than look",
    "write `while (!(condition)) bound N { }`: its rounds count",
)
# Scenarios
TOUCHES_MEMORY = Rule("G050", "memory read where none may be", "use constants, addresses, switches and `choose`")
ACTS = Rule("G051", "a property or cover that does more than look at the final state", "call functions that only load")
GHOST_SHARED = Rule("G052", "a ghost used by two threads", "use one ghost per thread: ghosts are registers")
INIT_STATEMENT = Rule("G053", "`init` holds something else than assignments to memory", "write `lvalue = value;`")
GHOST_INITIAL = Rule("G054", "a ghost with an initial value or an array of ghosts", "ghosts start as 0 or NULL")
# Theorems
VERDICT = Rule("G060", "an unknown verdict after `expect`", "expect proved, refuted or vacuous")
NO_CLAIM = Rule("G061", "a theorem that claims nothing", "write `scenario shows property under model expect proved;`")
PLACEMENT = Rule(
    "G062", "a set of a placement claim that cannot be a minimal choice", "list each minimal choice once, stronger values only"
)

MOST = 100


def table() -> tuple[Rule, ...]:
    """Return every rule, by code."""
    return tuple(sorted((rule for rule in globals().values() if isinstance(rule, Rule)), key=lambda rule: rule.code))


class Refused(Exception):  # noqa: N818 - it steers, the error has been reported
    """What is being checked cannot be used; the reason has been reported. Caught at the statement or declaration."""


@dataclass(slots=True)
class Reporter:
    """Collects diagnostics, at most :data:`MOST` of them: more would only bury the first."""

    found: list[Diagnostic] = field(default_factory=list)

    def report(self, rule: Rule, span: Span, message: str, remedy: str = "") -> None:
        """Note a broken rule; ``remedy`` replaces the rule's own where a better one is known."""
        item = Diagnostic(code=rule.code, message=message, span=span, help=remedy or rule.remedy)
        if len(self.found) < MOST and item not in self.found:
            self.found.append(item)

    def refuse(self, rule: Rule, span: Span, message: str, remedy: str = "") -> Refused:
        """Note a broken rule; the caller raises what this returns, to leave the statement."""
        self.report(rule, span, message, remedy)
        return Refused()


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a remedy naming the known name that looks most like ``name``, or an empty string."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else ""
