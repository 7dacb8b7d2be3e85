"""Short ways to load a text and to see what was refused in it."""

from dataclasses import dataclass

import pytest

from gupproof.diagnostics import GupError
from gupproof.language import load_text, typed

PAGE = """
struct page { unsigned long flags; atomic_t count; spinlock_t lock; struct page *next; int a[2]; bool dirty; };
struct page P;
int x;
unsigned long word;
atomic_t refs;
spinlock_t lock;
config FIX : bool = true;
config FLUSH : ipi | pv = ipi;
slot wmb : none | smp_wmb = smp_wmb;
slot look : plain | READ_ONCE | smp_load_acquire = READ_ONCE;
slot publish : plain | WRITE_ONCE | smp_store_release = WRITE_ONCE;
slot take : xchg_relaxed | xchg_acquire | xchg_release | xchg = xchg;
const N = 3;
fn reads() -> int { return READ_ONCE(x); }
fn writes() { WRITE_ONCE(x, 1); }
fn set(int *out) { *out = 1; }
fn pure(int i) -> int { return i + 1; }
"""


@dataclass(frozen=True)
class Refusal:
    """A diagnostic with the text its caret is under."""

    code: str
    marked: str
    message: str
    help: str
    rendered: str


def refusals(text: str) -> list[Refusal]:
    """Return what is wrong with a text; it must not load."""
    with pytest.raises(GupError) as caught:
        load_text(text)
    found = []
    for item in caught.value.diagnostics:
        assert item.span is not None
        assert item.line_text == text.split("\n")[item.span.line - 1]
        end = item.span.end_column if item.span.end_line == item.span.line else None
        marked = item.line_text[item.span.column - 1 : None if end is None else end - 1]
        found.append(Refusal(item.code, marked, item.message, item.help, item.render()))
    return found


def body(code: str) -> tuple[typed.Stmt, ...]:
    """Return the statements of a function that holds ``code``, beside the declarations of :data:`PAGE`."""
    return load_text(f"{PAGE}\nfn f(struct page *p, int i) {{ {code} }}").functions["f"].body


def value(expression: str, kind: str = "int") -> typed.Expr:
    """Return the typed form of an expression, assigned to a local of type ``kind``."""
    statement = body(f"{kind} result = {expression};")[-1]
    assert isinstance(statement, typed.Assign)
    return statement.value
