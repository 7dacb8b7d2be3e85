"""The canonical layout of a ``.gup`` file: 4 spaces, the kernel's braces, one space around operators.

It works on tokens and only ever changes the blanks between them, so the result means what the text meant. Kept as written:
comments and their column, single blank lines, ``{ ... }`` on one line, line breaks inside a statement. Nothing is wrapped.
"""

from dataclasses import dataclass, field

from gupproof.language.lexemes import COMMENT, Lexeme, Part, lexemes
from gupproof.language.parser import parse

WIDTH = 120
_INDENT = "    "
_NO_SPACE_BEFORE = frozenset({"_RPAR", "_RBRACKET", "_COMMA", "_SEMICOLON", "_DOT", "_LBRACKET"})
_NO_SPACE_AFTER = frozenset({"_LPAR", "_LBRACKET", "_DOT"})
_JOINS_LINE = frozenset({"_LBRACE", "_RPAR", "_RBRACKET", "_COMMA", "_SEMICOLON"})
# The lines of a theorem about one scenario.
_CLAIMS = frozenset({"_SHOWS", "_PLACES"})
# Where the author may line up neighbouring lines: `property a  : ...`, `thread a  { ... }`.
_LINED_UP = frozenset({("_COLON", "property"), ("_COLON", "cover"), ("_LBRACE", "thread"), ("_EQUAL", "const")})


def format_text(text: str, path: str = "<text>") -> str:
    """Return ``text`` in the canonical layout.

    Raises:
        GupError: it does not parse.

    """
    parse(text, path)
    writer = _Writer(lexemes(text))
    for index in range(len(writer.items)):
        writer.write(index)
    return writer.text()


@dataclass(slots=True)
class _Brace:
    """An open ``{``.

    Attributes:
        flat: it stands on one line with its ``}``.
        level: indentation of the line it opens on.
        hang: unbraced headers before it in its statement.
        ifs: for each ``if`` of its statement that an ``else`` may follow, the headers before that.
        kind: the word that its statement started with, ``do`` where it is the body of one.

    """

    flat: bool
    level: int
    hang: int
    ifs: list[int]
    kind: str


@dataclass(slots=True)
class _Writer:
    """Writes lexemes; what separates two of them is decided when the second is written."""

    items: list[Lexeme]
    lines: list[str] = field(default_factory=list)
    braces: list[_Brace] = field(default_factory=list)
    partner: dict[int, int] = field(default_factory=dict)
    token: Lexeme | None = None
    parentheses: int = 0
    level: int = 0
    hang: int = 0
    statement: str = ""
    column: int = -1
    ended: bool = True
    do_ended: bool = False
    flat_ended: bool = False
    ifs: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        opened: list[int] = []
        for index, item in enumerate(self.items):
            if item.part is Part.SET:
                continue
            if item.kind == "_LBRACE":
                opened.append(index)
            elif item.kind == "_RBRACE":
                self.partner[opened.pop()] = index

    def text(self) -> str:
        """Return what was written."""
        return "".join(line.rstrip() + "\n" for line in self.lines)

    def write(self, index: int) -> None:
        """Write the lexeme at ``index``."""
        item = self.items[index]
        if item.kind == COMMENT:
            self._comment(index)
            return
        before = self.items[index - 1] if index else None
        if item.kind == "_RBRACE" and item.part is not Part.SET:
            self._close(item, before)
            return
        breaks = self._breaks_before(item, before)
        if self.ended:
            self._start_statement(item)
        if breaks:
            self._new_line(item, before)
        else:
            self.lines[-1] += self._gap(item, before)
        self.ended = False
        self.lines[-1] += item.text
        if item.kind == "_LBRACE" and item.part is not Part.SET:
            self._open(index)
        self._after(item)

    # ── line breaks ──────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def flat(self) -> bool:
        return bool(self.braces) and self.braces[-1].flat

    def _breaks_before(self, item: Lexeme, before: Lexeme | None) -> bool:
        if before is None:
            return True
        if before.is_line_comment:
            return True
        if self.ended and before.kind != COMMENT:
            return not self.flat and not self._continues(item)
        if item.kind in _CLAIMS and not self.flat:
            return True
        if item.newlines == 0 or self.flat:
            return False
        if before.kind == COMMENT:
            return True
        joins = item.kind in _JOINS_LINE and item.part is not Part.SET
        return not joins and before.kind not in ("_LPAR", "_LBRACKET")

    def _continues(self, item: Lexeme) -> bool:
        """Whether the token goes on after ``}`` on the same line."""
        if self.token is None or self.token.kind != "_RBRACE":
            return False
        if item.kind == "_ELSE":
            return not (self.flat_ended and item.newlines)
        return item.kind == "_SEMICOLON" or (item.kind == "_WHILE" and self.do_ended)

    def _new_line(self, item: Lexeme, before: Lexeme | None) -> None:
        """Start a line for ``item``, with a blank one before where the text has it between statements."""
        opens = before is not None and before.kind == "_LBRACE"
        if item.newlines > 1 and self.lines and not opens and self._may_blank():
            self.lines.append("")
        start = self.level + (self.hang if item.kind == "_ELSE" else 0)
        self.lines.append(" " * (len(_INDENT) * start if self.ended else self._continued(item)))

    def _continued(self, item: Lexeme) -> int:
        """Return the column of a line that goes on with a statement."""
        last = self.token
        if last is not None and (last.part is Part.HEADER_END or last.kind in ("_ELSE", "_DO")):
            if item.kind not in ("_LBRACE", COMMENT, "_BOUND"):
                self.hang += 1
                self.column = item.column if item.newlines or item.column == 0 else -1
            return len(_INDENT) * (self.level + self.hang)
        base = len(_INDENT) * (self.level + self.hang)
        if item.kind in _CLAIMS or self.statement == "enum":
            return base
        # What the author lined up with something above stays where it is, relative to the statement.
        shifted = item.column + base - self.column
        return shifted if self.column >= 0 and item.newlines and shifted > base else base + len(_INDENT)

    def _may_blank(self) -> bool:
        return self.ended and self.parentheses == 0

    # ── braces and statements ────────────────────────────────────────────────────────────────────────────────────────

    def _start_statement(self, item: Lexeme) -> None:
        if item.kind == "_ELSE" and self.ifs:
            self.hang = self.ifs.pop()
        elif not self._continues(item):
            self.hang = 0
            self.ifs = []
            self.statement = item.text
            self.column = item.column if item.newlines or item.column == 0 else -1

    def _open(self, index: int) -> None:
        end = self.partner[index]
        flat = self.flat or self._fits_flat(index, end)
        before = self.token
        kind = "do" if before is not None and before.kind == "_DO" else self.statement
        self.braces.append(_Brace(flat, self.level, self.hang, self.ifs, kind))
        self.ifs = []
        if not flat:
            self.level += self.hang + 1
        self.hang = 0

    def _fits_flat(self, start: int, end: int) -> bool:
        inside = self.items[start + 1 : end + 1]
        if any(item.newlines or item.is_line_comment or "\n" in item.text for item in inside[:-1]):
            return False
        if inside[-1].newlines and len(inside) > 1:
            return False
        room = WIDTH - len(self.lines[-1])
        return sum(len(item.text) + 1 for item in inside) <= room

    def _close(self, item: Lexeme, before: Lexeme | None) -> None:
        brace = self.braces.pop()
        self.level, self.hang, self.ifs = brace.level, brace.hang, brace.ifs
        self.flat_ended = brace.flat
        if brace.flat:
            self.lines[-1] += " "
        else:
            self.lines.append(_INDENT * (self.level + self.hang))
        self.lines[-1] += item.text
        self.token = item
        self.ended = True
        self.do_ended = brace.kind == "do"
        self.statement = brace.kind
        self.column = -1

    def _after(self, item: Lexeme) -> None:
        self.token = item
        if item.kind == "_IF":
            self.ifs.append(self.hang)
        if item.kind in ("_LPAR", "_LBRACKET"):
            self.parentheses += 1
        elif item.kind in ("_RPAR", "_RBRACKET"):
            self.parentheses -= 1
        if (item.kind == "_LBRACE" and item.part is not Part.SET) or (item.kind == "_SEMICOLON" and self.parentheses == 0):
            self.ended = True
        elif item.kind == "_COMMA" and self.braces and self.braces[-1].kind == "enum" and not self.parentheses:
            # Each line of an enumeration starts where the first one does.
            self.statement = "enum"

    # ── comments ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _comment(self, index: int) -> None:
        item = self.items[index]
        before = self.items[index - 1] if index else None
        after = self.items[index + 1] if index + 1 < len(self.items) else None
        if before is not None and item.newlines == 0 and not before.is_line_comment:
            ends_line = item.is_line_comment or after is None or after.newlines > 0
            opening = before.kind in _NO_SPACE_AFTER
            blanks = item.column - len(self.lines[-1]) if ends_line else 1
            first, *rest = item.text.split("\n")
            self.lines[-1] += " " * (max(blanks, 1) if not opening else 0) + first
            self.lines.extend(rest)
        else:
            self._new_line(item, before)
            self._own_line(item.text)

    def _own_line(self, text: str) -> None:
        indent = self.lines[-1]
        first, *rest = text.split("\n")
        self.lines[-1] += first.rstrip()
        for line in rest:
            # The usual ` * ` of a block comment follows the indentation; other layouts are the author's.
            code = f"{indent} {line.strip()}" if line.lstrip().startswith("*") else line.rstrip()
            self.lines.append(code)

    # ── blanks in a line ─────────────────────────────────────────────────────────────────────────────────────────────

    def _gap(self, item: Lexeme, before: Lexeme | None) -> str:
        last = self.token if before is None or before.kind != COMMENT else before
        if last is None:
            return ""
        if item.kind in _NO_SPACE_BEFORE:
            return " " if self._is_open_for(item, last) else ""
        if item.part in (Part.CALL, Part.POSTFIX, Part.MEMBER):
            return ""
        if (item.kind, self.statement) in _LINED_UP and self.parentheses == 0 and before is not None:
            return " " * max(item.blanks if item.newlines == 0 else 1, 1)
        if last.kind in _NO_SPACE_AFTER or last.part in (Part.CAST_END, Part.MEMBER):
            return ""
        if last.part is Part.PREFIX:
            # `- -x` and `& &x` would melt into another token.
            return " " if item.text[0] == last.text[-1] and item.text[0] in "-+&" else ""
        if last.part is Part.POINTER:
            return "" if item.kind in ("IDENT", "TYPE_NAME", "STAR") else " "
        return " "

    @staticmethod
    def _is_open_for(item: Lexeme, last: Lexeme) -> bool:
        """Whether a ``;`` stands alone: the empty statement after a header."""
        return item.kind == "_SEMICOLON" and last.kind in ("_ELSE", "_DO")
