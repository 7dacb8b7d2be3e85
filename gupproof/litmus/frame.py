"""Reads the shape that litmus tests of all assembly languages share: header, initial state, columns, final condition.

The format is that of herd7 and litmus7 (J. Alglave, L. Maranget: "diy" manual, part II).
"""

import re
from dataclasses import dataclass

from gupproof.diagnostics import Diagnostic, GupError, Span
from gupproof.litmus.condition import read_condition, read_locations
from gupproof.litmus.foreign import check_notation, check_variants
from gupproof.litmus.form import And, Formula, Line, Litmus, Quantifier, Unsupported
from gupproof.litmus.initial import read_initial
from gupproof.litmus.lower import architecture_named

__all__ = ["Stated", "Unsupported", "read_assembly", "stated_result"]

_HEADER = re.compile(r"\s*(\S+)[ \t]+(\S+).*\n")
# (* comments *), and << instructions for other tools >>
_COMMENT = re.compile(r"\(\*.*?\*\)|<<.*?>>", re.DOTALL)
_SLASHES = re.compile(r"//[^\n]*")
_CONDITION = re.compile(r"(?:^|(?<=[;}\]]))[ \t]*(exists|~[ \t\n]*exists|forall|final)\b", re.MULTILINE)
_FILTER = re.compile(r"(?:^|(?<=[;}\]]))[ \t]*filter\b", re.MULTILINE)
_LOCATIONS = re.compile(r"(?:^|(?<=[;}]))[ \t]*locations\s*\[((?:[^\[\]]|\[[^\]]*\])*)\]", re.MULTILINE)
_OBSERVED = re.compile(r"^[ \t]*(observed|Observed)\b", re.MULTILINE)
# In a comment's first line, or behind the star of a later one.
_RESULT = re.compile(
    r"(?:\(\*\s*|^[ \t]*\*[ \t]*)Result:?\s*(Never|Sometimes|Always|DEADLOCK)\b(?:[ \t]+(DATARACE)\b)?",
    re.IGNORECASE | re.MULTILINE,
)
_HEAD = re.compile(r"^P(\d+)\s*(?:@.*)?$")


def read_assembly(text: str, path: str) -> Litmus:
    """Read a litmus test in assembly.

    Raises:
        GupError: it has not the shape of one, or is of an architecture that is not read.
        Unsupported: it declares, or asks about, what is not handled.

    """
    header = _HEADER.match(text)
    if header is None:
        raise _wrong("M001", "a litmus test begins with its architecture and its name", path, 1, "AArch64 MP+dmb.sy+addr")
    architecture_named(header[1], path)
    plain = _SLASHES.sub(_blank, _COMMENT.sub(_blank, text))
    opening = plain.find("{", header.end() - 1)
    closing = _closing(plain, opening)
    if opening < 0 or closing < opening:
        raise _wrong("M001", "the initial state { ... } is missing", path, 1, "write {} when everything is 0")
    check_variants(plain[:opening])
    check_notation(plain[opening:])
    final = _CONDITION.search(plain, closing + 1)
    filtered = _FILTER.search(plain, closing + 1)
    located = _LOCATIONS.search(plain, closing + 1)
    observed = _OBSERVED.search(plain, closing + 1)
    ends = [match.start() for match in (final, filtered, located, observed) if match]
    body_end = min(ends, default=len(plain))
    body = re.sub(r"^\s*;", " ", plain[closing + 1 : body_end])
    # A test without a final condition only lists what it shows: whatever happens satisfies it.
    quantifier: Quantifier = Quantifier.FORALL
    condition: Formula = And(())
    stated = ""
    if final is not None:
        upto = observed.start() if observed and observed.start() > final.start() else len(plain)
        stated = plain[final.start() : upto]
        stated = stated[: located.start() - final.start()] if located and located.start() > final.start() else stated
        quantifier, condition = read_condition(stated, path, plain.count("\n", 0, final.start()) + 1)
    initial = read_initial(plain[opening + 1 : closing], path, plain.count("\n", 0, opening) + 1)
    return Litmus(
        arch=header[1],
        name=header[2],
        path=path,
        text=text,
        memory=initial.memory,
        registers=initial.registers,
        threads=_columns(body, path, plain.count("\n", 0, closing) + 1),
        quantifier=quantifier,
        condition=condition,
        filter=_filter(plain, filtered, final, path),
        types=initial.types,
        register_types=initial.register_types,
        arrays=initial.arrays,
        listed=read_locations(located[1]) if located else (),
        result=stated_result(text).word,
        final=" ".join(stated.split()).rstrip("; "),
    )


@dataclass(frozen=True, slots=True)
class Stated:
    """What a comment in a test says comes out, ``(* Result: Sometimes DATARACE *)``.

    Attributes:
        word: ``Never``, ``Sometimes``, ``Always`` or ``Deadlock``; empty where no comment says anything.
        races: whether it says that there is a data race.

    """

    word: str
    races: bool = False


def stated_result(text: str) -> Stated:
    """Return what a comment in a test says comes out.

    Its form is that of the Linux kernel's tests (v6.12, tools/memory-model/scripts/judgelitmus.sh).
    """
    found = _RESULT.search(text)
    return Stated(found[1].capitalize(), races=bool(found[2])) if found else Stated("")


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _closing(plain: str, opening: int) -> int:
    """Return where the braces that open there close again: arrays have braces of their own."""
    depth = 0
    for found in re.finditer(r"[{}]", plain[opening:] if opening >= 0 else ""):
        depth += 1 if found[0] == "{" else -1
        if not depth:
            return opening + found.start()
    return -1


def _filter(plain: str, found: re.Match[str] | None, final: re.Match[str] | None, path: str) -> Formula | None:
    if found is None:
        return None
    end = final.start() if final and final.start() > found.start() else len(plain)
    text = "exists" + plain[found.end() : end]
    return read_condition(text, path, plain.count("\n", 0, found.start()) + 1)[1]


def _wrong(code: str, message: str, path: str, line: int, remedy: str = "") -> GupError:
    return GupError(Diagnostic(code=code, message=message, span=Span(path, line, 1, line, 2), help=remedy))


def _rows(body: str, first: int) -> list[tuple[int, str]]:
    """Return the rows: what ends with a semicolon, or with its line where that is missing."""
    rows: list[tuple[int, str]] = []
    for place, line in enumerate(body.split("\n")):
        rows += [(first + place, row) for row in line.split(";") if row.strip()]
    return rows


def _columns(body: str, path: str, first: int) -> tuple[tuple[Line, ...], ...]:
    rows = _rows(body, first)
    if not rows:
        raise _wrong("M001", "there is no program", path, first, "one column for each thread: P0 | P1 ;")
    heads = [cell.strip() for cell in rows[0][1].split("|")]
    if any(re.match(r"^P\d+\s*[.:]", head) for head in heads):
        raise Unsupported(f"exceptions: a handler or level of its own, '{rows[0][1].strip()}'")
    if not all(map(_HEAD.match, heads)):
        raise _wrong("M001", "the program begins with the names of its threads", path, rows[0][0], "P0 | P1 ;")
    threads: list[list[Line]] = [[] for _ in heads]
    for line, row in rows[1:]:
        cells = row.split("|")
        if len(cells) > len(heads):
            raise _wrong("M001", "this line has more columns than there are threads", path, line)
        for thread, cell in zip(threads, cells, strict=False):
            thread.extend(Line(part, line) for part in _split_labels(cell.strip()))
    return tuple(map(tuple, threads))


def _split_labels(cell: str) -> list[str]:
    """Return the labels before an instruction, each with its colon, and the instruction."""
    parts = []
    while found := re.match(r"^([A-Za-z_.][\w.]*)\s*:(?!\w*\()\s*(.*)$", cell):
        parts.append(f"{found[1]}:")
        cell = found[2]
    return [*parts, cell] if cell else parts
