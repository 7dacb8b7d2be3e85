"""Reads a litmus test in kernel C."""

import re
from dataclasses import dataclass

from gupproof.litmus.condition import read_condition, read_locations
from gupproof.litmus.form import And, Formula, Quantifier, Register, Unsupported, Word
from gupproof.litmus.kernel import c11
from gupproof.litmus.kernel.calls import value_of
from gupproof.litmus.kernel.expressions import Scope
from gupproof.litmus.kernel.form import KernelTest, KernelThread
from gupproof.litmus.kernel.initial import Initial, read_initial
from gupproof.litmus.kernel.lexer import Source, Words, bracketed, is_name
from gupproof.litmus.kernel.statements import Statements
from gupproof.litmus.outcome import require_introduced

_HEADER = re.compile(r"\s*C[ \t]+(\S+).*\n")
# Between the name and the initial state: diy's Cycle=... and Generator=..., or words of explanation.
_INFORMATION = re.compile(r"[^\s{][^\n{]*\n")
_THREAD = re.compile(r"(?:static\s+)?(?:void\s+)?P(\d+)\s*(?=\()")
_FINAL = re.compile(r"\b(filter|exists|forall)\b|~[ \t]*exists\b")
# Of 128 bits.
_WIDE = frozenset({"int128_t", "uint128_t", "__int128", "__uint128_t", "__int128_t"})
_LOCATIONS = re.compile(r"\blocations\s*\[((?:[^\[\]]|\[[^\]]*\])*)\]\s*;?")


def is_kernel_c(text: str) -> bool:
    """Whether a litmus test is one in kernel C, by its first word."""
    return text.split(None, 1)[:1] == ["C"]


def read_kernel_c(text: str, path: str) -> KernelTest:
    """Read a litmus test in kernel C.

    Raises:
        GupError: it is malformed.
        Unsupported: it has something that is not handled.

    """
    source = Source(path, text)
    header = _HEADER.match(text)
    if header is None:
        raise source.error("M001", "a litmus test begins with its architecture and its name", 0, "C MP+wmb+rmb")
    at = source.skip(header.end())
    while found := _INFORMATION.match(text, at):
        at = source.skip(found.end())
    if text[at : at + 1] != "{":
        raise source.error("M001", "the initial state { ... } is missing", min(at, len(text) - 1), "{} when everything is 0")
    words, at = bracketed(source, at, code=False)
    c11.check_words(words)
    initial = read_initial(words)
    headers: list[tuple[Words, Words]] = []
    at = source.skip(at)
    while found := _THREAD.match(text, at):
        if int(found[1]) != len(headers):
            raise source.error("M001", f"thread P{found[1]} stands where P{len(headers)} should", at, "P0, P1, ... in order")
        parameters, at = bracketed(source, found.end(), code=True)
        at = source.skip(at)
        if text[at : at + 1] != "{":
            raise source.error("M001", f"the body of P{found[1]} is missing", min(at, len(text) - 1), "P0(int *x) { ... }")
        body, at = bracketed(source, at, code=True)
        c11.check_words(parameters)
        c11.check_words(body)
        _check_types(words, parameters, body)
        headers.append((parameters, body))
        at = source.skip(at)
    if not headers:
        raise source.error("M001", "there is no program", min(at, len(text) - 1), "P0(int *x) { WRITE_ONCE(*x, 1); }")
    final = _final(source, at)
    shared = _shared(initial)
    threads = tuple(_thread(number, *parts, initial, shared) for number, parts in enumerate(headers))
    given = (name for thread in threads for name in thread.parameters)
    require_introduced(final.condition, (*shared, *given), path)
    return KernelTest(
        name=header[1],
        path=path,
        text=text,
        arrays=initial.arrays,
        memory=initial.memory,
        registers=initial.registers,
        threads=threads,
        quantifier=final.quantifier,
        condition=final.condition,
        filter=final.filter,
        listed=final.listed,
        final=final.written,
    )


# ── threads ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _check_types(*parts: Words) -> None:
    """See to it that no type is too large for the words that values are.

    Raises:
        Unsupported: one is.

    """
    for part in parts:
        if wide := _WIDE.intersection(part.texts):
            raise Unsupported(f"mixed-size: type '{min(wide)}'")


def _shared(initial: Initial) -> frozenset[str]:
    """Return what the initial state speaks of as locations."""
    names = {name for name in initial.memory if "[" not in name} | set(initial.arrays)
    for value in (*initial.memory.values(), *initial.registers.values()):
        if isinstance(value, str):
            names.add(value.partition("[")[0])
    return frozenset(names)


def _thread(number: int, parameters: Words, body: Words, initial: Initial, shared: frozenset[str]) -> KernelThread:
    given, volatile = _parameters(parameters)
    # What the initial state gives the thread as a register is one.
    registers = {register.name for register in initial.registers if register.thread == number}
    known = frozenset(given) | shared
    while True:
        scope = Scope(initial.arrays, known, set(registers))
        reader = Statements(body, scope, value_of)
        body.at = 0
        body.expect("{")
        statements = reader.block()
        # A name that was taken for a location before the thread assigned to it: now it is known.
        if not (late := reader.assigned & reader.mentioned):
            c11.check_volatile(volatile, statements)
            return KernelThread((*given, *sorted(scope.implied)), frozenset(scope.locals), statements)
        registers |= late


def _parameters(words: Words) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the names of parameters, and those of them that are volatile."""
    names: list[str] = []
    volatile: set[str] = set()
    words.expect("(")
    latest, keeps = "", False
    while True:
        word = words.take()
        if is_name(word):
            latest, keeps = word, keeps or word == "volatile"
        elif word in (",", ")"):
            if latest and latest != "void":
                names.append(latest)
                volatile |= {latest} if keeps else set()
            latest, keeps = "", False
            if word == ")":
                return tuple(names), frozenset(volatile)
        elif word == "[":
            while words.next not in ("]", ")"):
                words.take()
            words.expect("]")
        elif word != "*":
            words.at -= bool(word)
            raise words.wrong(f"'{word}' is no part of a parameter", "P0(int *x, spinlock_t *l)")


# ── the final condition ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Final:
    """What stands behind the threads, the condition as written among it."""

    quantifier: Quantifier
    condition: Formula
    filter: Formula | None
    listed: tuple[Register | Word, ...]
    written: str


def _final(source: Source, start: int) -> _Final:
    def blank(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match[0])

    rest = source.without_comments(start)[start:]
    located = _LOCATIONS.search(rest)
    rest = _LOCATIONS.sub(blank, rest)
    line = source.span(start).line
    filtered: Formula | None = None
    # A test without a final condition only lists what it shows: whatever happens satisfies it.
    quantifier: Quantifier = Quantifier.FORALL
    condition: Formula = And(())
    found = _FINAL.search(rest)
    before = rest[: found.start()] if found else rest
    if before.strip():
        offset = start + len(before) - len(before.lstrip())
        if before.lstrip().startswith("regions"):
            raise Unsupported("regions: herd's sets of locations, which the test names for its model")
        raise source.error("M001", "this belongs to no thread, and is no final condition", offset, "exists (0:r1=1)")
    if found and found[1] == "filter":
        end = _FINAL.search(rest, found.end())
        stop = end.start() if end else len(rest)
        filtered = read_condition("exists" + rest[found.end() : stop], source.path, line + rest.count("\n", 0, found.start()))[
            1
        ]
        found = end
    written = ""
    if found:
        if found[1] == "filter":
            raise source.error("M001", "there are two filters", start + found.start())
        written = rest[found.start() :]
        quantifier, condition = read_condition(written, source.path, line + rest.count("\n", 0, found.start()))
    listed = read_locations(located[1]) if located else ()
    return _Final(quantifier, condition, filtered, listed, " ".join(written.split()).rstrip("; "))
