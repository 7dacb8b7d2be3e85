"""What the program says about a user's text: a code, a place, a reason and a remedy.

Every module that reads user input raises :class:`GupError` with one or more diagnostics, and nothing else.
"""

from dataclasses import dataclass
from pathlib import Path

# What people write by hand is far smaller; what is larger was made by accident, and would be read for a long time.
MOST_BYTES = 512 * 1024

# Of a line this much is shown, and of a word that a message quotes twice as much: a terminal has no room for more.
_MOST_SHOWN = 160


@dataclass(frozen=True, slots=True)
class Span:
    """A range of source text; lines and columns count from 1, the end column is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"

    @property
    def place(self) -> str:
        """``file.gup:12``, with the folder left out: for stories and tables."""
        return f"{Path(self.path).name}:{self.line}"


NOWHERE = Span("", 0, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One thing wrong with the input.

    Attributes:
        code: stable short code, e.g. ``G012`` (gup), ``C003`` (cat), ``T001`` (target table), ``U001`` (usage).
        message: what is wrong, in one sentence without a full stop.
        span: where; None where the whole file or command line is meant.
        help: how to mend it; may be empty.
        line_text: the source line the caret goes under; empty when unknown.

    """

    code: str
    message: str
    span: Span | None = None
    help: str = ""
    line_text: str = ""

    def render(self) -> str:
        """Return the diagnostic as text: place, message, source line, caret, help."""
        head = f"{self.span}: " if self.span else ""
        lines = [f"{head}error[{self.code}]: {_shortened(self.message)}"]
        if self.span and self.line_text:
            lines += self._excerpt(self.span)
        if self.help:
            lines.append(f"  = help: {_shortened(self.help)}")
        return "\n".join(lines)

    def _excerpt(self, span: Span) -> list[str]:
        text = self.line_text.rstrip("\n")
        last = span.end_column if span.end_line == span.line else len(text) + 1
        width = max(1, min(last, len(text) + 1) - span.column)
        column = span.column
        if len(text) > _MOST_SHOWN:
            start = max(0, min(column - 1 - _MOST_SHOWN // 4, len(text) - _MOST_SHOWN))
            before, after = "..." * (start > 0), "..." * (start + _MOST_SHOWN < len(text))
            text, column = before + text[start : start + _MOST_SHOWN] + after, column - start + len(before)
            width = max(1, min(width, len(text) + 1 - column))
        # Tabs are kept in the caret line, so that the caret lands under the text whatever the tab width.
        pad = "".join(char if char == "\t" else " " for char in text[: column - 1])
        number = str(span.line)
        return [f"  {number} | {text}", f"  {' ' * len(number)} | {pad}{'^' * width}"]


def _shortened(text: str) -> str:
    """Return the text with its longest words, which were quoted, cut down: a name of many thousand letters, say."""
    return " ".join(word if len(word) <= 2 * _MOST_SHOWN else f"{word[:60]}...{word[-20:]}" for word in text.split(" "))


class GupError(Exception):
    """The user's input cannot be used; carries every diagnostic found in the run."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("\n".join(item.render() for item in diagnostics))
        self.diagnostics = diagnostics

    def __reduce__(self) -> tuple[type["GupError"], tuple[Diagnostic, ...]]:
        """Return how to make it again in another process: from its diagnostics, not from its text."""
        return type(self), self.diagnostics


def with_source_lines(diagnostics: list[Diagnostic], sources: dict[str, str]) -> tuple[Diagnostic, ...]:
    """Fill in each diagnostic's source line from ``sources`` (path → text), sorted by place."""
    filled = []
    for item in diagnostics:
        line_text = item.line_text
        if item.span and not line_text and item.span.path in sources:
            # Only "\n" ends a line here, as in the parsers; str.splitlines would also split at form feeds.
            lines = sources[item.span.path].split("\n")
            if 0 < item.span.line <= len(lines):
                line_text = lines[item.span.line - 1]
        filled.append(Diagnostic(code=item.code, message=item.message, span=item.span, help=item.help, line_text=line_text))
    return tuple(
        sorted(filled, key=lambda item: (item.span.path, item.span.line, item.span.column) if item.span else ("", 0, 0))
    )


def read_source(path: Path, *, kind: str, limit: int = MOST_BYTES) -> str:
    """Return the text of a user's file.

    Args:
        path: the file.
        kind: what it should be, for the message ("a .gup file").
        limit: largest size read, in bytes.

    Raises:
        GupError: it does not exist, is a folder, is too large, or is not UTF-8 text (a byte order mark is passed over).

    """

    def refuse(code: str, message: str, remedy: str = "") -> GupError:
        return GupError(Diagnostic(code=code, message=message, help=remedy))

    try:
        if path.is_dir():
            raise refuse("U002", f"{path} is a folder, not {kind}", "name a file in it")
        # A pipe or device does not tell its size beforehand.
        with path.open("rb") as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise refuse(
                "U004",
                f"{path} is larger than the {limit:,} bytes of {kind}",
                "what people write by hand is far smaller: is this the right file?",
            )
    except FileNotFoundError:
        raise refuse("U001", f"{path} does not exist", f"give the path of {kind}") from None
    except OSError as error:
        raise refuse("U003", f"{path} cannot be read: {error.strerror}") from None
    return source_text(data, name=str(path), kind=kind)


def source_text(data: bytes, *, name: str, kind: str) -> str:
    """Return the text in what a user's file, or standard input, holds.

    Raises:
        GupError: it is not UTF-8 text.

    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem, before = f"is not UTF-8 text (byte {error.start})", data[: error.start]
    else:
        if "\0" not in text:
            return text.replace("\r\n", "\n")
        problem, before = "holds binary data (a NUL byte)", data[: data.index(b"\0")]
    *lines, last = before.decode("utf-8-sig", "replace").split("\n")
    here = Span(name, len(lines) + 1, len(last) + 1, len(lines) + 1, len(last) + 2)
    raise GupError(Diagnostic(code="U005", message=f"{name} {problem}", span=here, help=f"{kind} is plain text"))
