"""Reads ``*.instructions``: what the rows of a target table are in assembly. ``docs/targets.md`` describes the format."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from gupproof.diagnostics import Diagnostic, GupError, Span, read_source, with_source_lines
from gupproof.language.rows import SHAPES
from gupproof.lowering.registers import REGISTERS, Registers

_HOLES = re.compile(r"\{[^}]*\}")
_KNOWN = re.compile(r"\{(?:[prvostz]|stack|[rvost]:b)\}")
_LABEL = re.compile(r"^([A-Za-z_]\w*):\s*(.*)$")
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Code:
    """The instructions of a row, labels among them with their colons, registers as holes."""

    lines: tuple[str, ...]
    span: Span

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of its labels."""
        return tuple(line[:-1] for line in self.lines if line.endswith(":"))


@dataclass(frozen=True, slots=True)
class Instructions:
    """A file.

    Attributes:
        path: of it.
        registers: of its architecture.
        rows: by primitive.

    """

    path: str
    registers: Registers
    rows: dict[str, Code]


@lru_cache(maxsize=32)
def read_instructions(path: Path) -> Instructions:
    """Read a file.

    Raises:
        GupError: it has not the form of one, or lacks rows.

    """
    text = read_source(path, kind="an .instructions file")
    problems: list[Diagnostic] = []
    arch, rows = "", {}
    for number, name, listed in _entries(text):
        span = Span(str(path), number, 1, number, len(name) + 1)
        if name == "arch":
            arch = listed
        elif name not in SHAPES:
            problems.append(Diagnostic(code="T012", message=f"no primitive is called {name}", span=span))
        elif name in rows:
            problems.append(Diagnostic(code="T012", message=f"a second line for {name}", span=span))
        elif wrong := [hole for hole in _HOLES.findall(listed) if not _KNOWN.fullmatch(hole)]:
            remedy = "{p} {r} {v} {o} {s} {t} {z} {stack} are what there is"
            problems.append(Diagnostic(code="T012", message=f"{wrong[0]} stands for no register", span=span, help=remedy))
        else:
            rows[name] = Code(tuple(_lines(listed)), span)
    if arch not in REGISTERS:
        remedy = f"begin the file with one of: {', '.join(f'arch {name}' for name in REGISTERS)}"
        problems.append(Diagnostic(code="T013", message=f"{path} does not say which assembly it is in", help=remedy))
    if (missing := [name for name in SHAPES if name not in rows]) and not problems:
        message = f"{path} has no instructions for {', '.join(missing[:6])}{' and more' * (len(missing) > 6)}"
        remedy = f"every row of a table needs a line; '{NOTHING}' where it is no instruction"
        problems.append(Diagnostic(code="T013", message=message, help=remedy))
    if problems:
        raise GupError(*with_source_lines(problems, {str(path): text}))
    return Instructions(str(path), REGISTERS[arch], rows)


def _entries(text: str) -> list[tuple[int, str, str]]:
    """Return the lines without comments: number, first word, the rest; what is indented goes on with the line before."""
    found: list[tuple[int, str, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        plain = line.partition("//")[0].rstrip()
        if not plain.strip():
            continue
        if plain[0].isspace() and found:
            first, name, listed = found.pop()
            found.append((first, name, f"{listed} {plain.strip()}"))
        else:
            name, _, listed = plain.strip().partition(" ")
            found.append((number, name, listed.strip()))
    return found


def _lines(listed: str) -> list[str]:
    lines: list[str] = []
    for part in listed.split(";") if listed != NOTHING else ():
        rest = part.strip()
        while found := _LABEL.match(rest):
            lines.append(f"{found[1]}:")
            rest = found[2].strip()
        lines += [rest] if rest else []
    return lines
