"""Reads the shape that litmus tests of all assembly languages share: header, initial state, columns, final condition."""

import re

from gupproof.diagnostics import Diagnostic, GupError, Span
from gupproof.litmus.condition import number, read_condition
from gupproof.litmus.form import And, Formula, Line, Litmus, Quantifier, Register, Value

_HEADER = re.compile(r"\s*(\S+)[ \t]+(\S+).*\n")
# (* comments *), and << instructions for other tools >>
_COMMENT = re.compile(r"\(\*.*?\*\)|<<.*?>>", re.DOTALL)
_CONDITION = re.compile(r"^[ \t]*(exists|~[ \t]*exists|forall|final)\b", re.MULTILINE)
_FILTER = re.compile(r"^[ \t]*filter\b", re.MULTILINE)
_LOCATIONS = re.compile(r"^[ \t]*locations\s*\[[^\]]*\]", re.MULTILINE)
_REGISTER = re.compile(r"^(?:uint\w+_t|int\w*_t|int|long)?\s*P?(\d+):%?([A-Za-z_][\w.]*)$")
_NUMBER = re.compile(r"^[+-]?(0[xX][0-9a-fA-F]+|\d+)$")
_NAME = re.compile(r"^&?([A-Za-z_][\w.]*)$")
_DECLARATION = re.compile(r"^(?:(?:u?int(?:8|16|32|64|ptr)?_t|int|long|atomic_t)\s+)?\*?\s*\[?([A-Za-z_][\w.]*)\]?$")


class Unsupported(Exception):  # noqa: N818 - it is no error: the test is outside what this program judges
    """A test that is not judged; the message says what it contains."""


def read_assembly(text: str, path: str) -> Litmus:
    """Read a litmus test in assembly.

    Raises:
        GupError: it has not the shape of one.
        Unsupported: it declares arrays or types that are not handled.

    """
    header = _HEADER.match(text)
    if header is None:
        raise _wrong("M001", "a litmus test begins with its architecture and its name", path, 1, "AArch64 MP+dmb.sy+addr")
    plain = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    opening, closing = plain.find("{"), plain.find("}")
    if opening < 0 or closing < opening:
        raise _wrong("M001", "the initial state { ... } is missing", path, 1, "write {} when everything is 0")
    final = _CONDITION.search(plain, closing)
    filtered = _FILTER.search(plain, closing)
    body_end = min((match.start() for match in (final, filtered) if match), default=len(plain))
    body = re.sub(r"^\s*;", " ", plain[closing + 1 : body_end])
    body = _LOCATIONS.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), body)
    # A test without a final condition only lists what it shows: whatever happens satisfies it.
    quantifier: Quantifier = Quantifier.FORALL
    condition: Formula = And(())
    if final is not None:
        quantifier, condition = read_condition(plain[final.start() :], path, plain.count("\n", 0, final.start()) + 1)
    memory, registers = _initial(plain[opening + 1 : closing], path, plain.count("\n", 0, opening) + 1)
    return Litmus(
        arch=header[1],
        name=header[2],
        path=path,
        text=text,
        memory=memory,
        registers=registers,
        threads=_columns(body, path, plain.count("\n", 0, closing) + 1),
        quantifier=quantifier,
        condition=condition,
        filter=_filter(plain, filtered, final.start() if final else len(plain), path),
    )


def _filter(plain: str, found: re.Match[str] | None, end: int, path: str) -> Formula | None:
    if found is None:
        return None
    text = "exists" + plain[found.end() : end]
    return read_condition(text, path, plain.count("\n", 0, found.start()) + 1)[1]


def _wrong(code: str, message: str, path: str, line: int, remedy: str = "") -> GupError:
    return GupError(Diagnostic(code=code, message=message, span=Span(path, line, 1, line, 2), help=remedy))


def _initial(text: str, path: str, line: int) -> tuple[dict[str, Value], dict[Register, Value]]:
    memory: dict[str, Value] = {}
    registers: dict[Register, Value] = {}
    for item in re.split(r";", text):
        here = line + text[: text.find(item)].count("\n") if item else line
        left, equals, right = (part.strip() for part in item.partition("="))
        if not left:
            continue
        value: Value = _value(right, path, here) if equals else 0
        if found := _REGISTER.match(left):
            registers[Register(int(found[1]), found[2])] = value
        elif found := _DECLARATION.match(left):
            memory[found[1]] = value
        else:
            raise Unsupported(f"initial state '{left}{' = ' + right if equals else ''}'")
    return memory, registers


def _value(text: str, path: str, line: int) -> Value:
    if _NUMBER.match(text):
        return number(text)
    if found := _NAME.match(text):
        return found[1]
    if re.match(r"^\{|^P\d|^instr", text) or ":" in text or "[" in text:
        raise Unsupported(f"initial value '{text}'")
    raise _wrong("M003", f"'{text}' is no initial value", path, line, "a number, or the name of a location")


def _columns(body: str, path: str, first: int) -> tuple[tuple[Line, ...], ...]:
    rows = [(first + place, row) for place, row in enumerate(body.split("\n")) if row.strip()]
    if not rows:
        raise _wrong("M001", "there is no program", path, first, "one column for each thread: P0 | P1 ;")
    heads = [cell.strip() for cell in rows[0][1].rstrip().rstrip(";").split("|")]
    if not all(re.match(r"^P\d+", head) for head in heads):
        raise _wrong("M001", "the program begins with the names of its threads", path, rows[0][0], "P0 | P1 ;")
    threads: list[list[Line]] = [[] for _ in heads]
    for line, row in rows[1:]:
        cells = row.rstrip().rstrip(";").split("|")
        if len(cells) > len(heads):
            raise _wrong("M001", "this line has more columns than there are threads", path, line)
        for thread, cell in zip(threads, cells, strict=False):
            # Several instructions may share a line; a label may stand before one.
            for part in _split_label(cell.strip()):
                thread.append(Line(part, line))
    return tuple(map(tuple, threads))


def _split_label(cell: str) -> list[str]:
    found = re.match(r"^([A-Za-z_]\w*):\s*(.*)$", cell)
    if found:
        return [f"{found[1]}:", *([found[2]] if found[2] else [])]
    return [cell] if cell else []
