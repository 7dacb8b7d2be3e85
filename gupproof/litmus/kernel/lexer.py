"""Words of a kernel-C litmus test, with their places."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from gupproof.diagnostics import Diagnostic, GupError, Span

_SKIPPED = r"\s+|//[^\n]*|/\*.*?\*/"
_WORD = r"[A-Za-z_]\w*|\d\w*|<<=|>>=|[-+*/%&|^=!<>]=|\+\+|--|->|<<|>>|&&|\|\||."
# Inside functions "(*" opens no comment: READ_ONCE(*x).
_CODE = re.compile(rf"(?:{_SKIPPED})*({_WORD}|\Z)", re.DOTALL)
_STATE = re.compile(rf'(?:{_SKIPPED}|"[^"]*")*({_WORD}|\Z)', re.DOTALL)
_NUMBER = re.compile(r"(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)[uUlL]*\Z")
_LONGEST_NUMBER = 40
_BETWEEN = re.compile(rf'(?:{_SKIPPED}|"[^"]*"|;)*', re.DOTALL)
_COMMENT = re.compile(r"\(\*|//[^\n]*|/\*.*?\*/", re.DOTALL)
# Comments may hold others; (*x) in one's words opens none.
_NESTING = re.compile(r"\(\*(?=[\s*])|\*\)")
_LONGEST_COMMENT = 3_000  # characters, of one with others inside

END = ""
"""The word after the last."""


@dataclass(frozen=True)
class Source:
    """A file."""

    path: str
    text: str

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def span(self, offset: int, length: int = 1) -> Span:
        """Return the place of ``length`` characters."""
        line = bisect_right(self._lines, offset)
        column = offset - self._lines[line - 1] + 1
        return Span(self.path, line, column, line, column + max(1, length))

    def error(self, code: str, message: str, offset: int, remedy: str = "", *, length: int = 1) -> GupError:
        """Return an error at ``offset``."""
        span = self.span(offset, length)
        line = self.text.split("\n")[span.line - 1]
        return GupError(Diagnostic(code=code, message=message, span=span, help=remedy, line_text=line))

    def skip(self, offset: int) -> int:
        """Return where the next word is, outside of functions."""
        while True:
            found = _BETWEEN.match(self.text, offset)
            offset = found.end() if found else offset
            if not self.text.startswith("(*", offset) or (end := self._comment_end(offset)) < 0:
                return offset
            offset = end

    def without_comments(self, start: int) -> str:
        """Return the text with the comments behind ``start`` blanked, which must not be inside a function."""
        parts, at, closed = [self.text[:start]], start, True
        while found := _COMMENT.search(self.text, at):
            end = found.end()
            if found[0] == "(*":
                end = self._comment_end(found.start()) if closed else -1
                closed = closed and end >= 0
            parts.append(self.text[at : found.start()])
            stop = end if end >= 0 else found.end()
            parts.append(re.sub(r"[^\n]", " ", self.text[found.start() : stop]) if end >= 0 else found[0])
            at = stop
        return "".join(parts) + self.text[at:]

    def _comment_end(self, start: int) -> int:
        """Return where the comment that opens at ``start`` ends; -1 if it does not."""
        depth = 1
        for found in _NESTING.finditer(self.text, start + 2, start + _LONGEST_COMMENT):
            depth += 1 if found[0] == "(*" else -1
            if not depth:
                return found.end()
        # One that opens and is not closed inside of another is words, too.
        close = self.text.find("*)", start + 2)
        return close + 2 if close >= 0 else -1


@dataclass(slots=True)
class Words:
    """A stretch of words that is read from left to right."""

    source: Source
    texts: list[str]
    offsets: list[int]
    at: int = 0
    _spans: dict[int, Span] = field(default_factory=dict)

    @property
    def next(self) -> str:
        """The word to come; ``END`` after the last."""
        return self.texts[self.at]

    def ahead(self, count: int) -> str:
        """Return a later word."""
        return self.texts[min(self.at + count, len(self.texts) - 1)]

    def take(self) -> str:
        """Return the word to come and pass it."""
        word = self.texts[self.at]
        if word:
            self.at += 1
        return word

    def passes(self, word: str) -> bool:
        """Pass ``word`` if it comes."""
        if self.texts[self.at] == word:
            self.at += 1
            return True
        return False

    def expect(self, word: str) -> None:
        """Pass ``word``.

        Raises:
            GupError: another one comes.

        """
        if self.texts[self.at] != word:
            raise self.wrong(f"'{word}' is missing before '{self.next}'" if self.next else f"'{word}' is missing at the end")
        self.at += 1

    def name(self, what: str) -> str:
        """Pass a name.

        Raises:
            GupError: something else comes.

        """
        word = self.texts[self.at]
        if not is_name(word):
            raise self.wrong(f"{what} is missing before '{word}'" if word else f"{what} is missing at the end")
        self.at += 1
        return word

    def integer(self) -> int:
        """Pass an integer and return its value.

        Raises:
            GupError: something else comes.

        """
        word = self.texts[self.at]
        found = _NUMBER.match(word)
        if found is None or len(word) > _LONGEST_NUMBER:
            raise self.wrong(f"'{word}' is no integer" if word else "an integer is missing at the end")
        self.at += 1
        digits = found[1]
        if digits[0] == "0" and digits.isdigit():
            return int(digits, 8) if not set(digits) & {"8", "9"} else int(digits)
        return int(digits, 0)

    @property
    def span(self) -> Span:
        """The place of the word to come."""
        return self.source.span(self.offsets[self.at], len(self.next))

    def wrong(self, message: str, remedy: str = "") -> GupError:
        """Return an error at the word to come."""
        return self.source.error("M006", message, self.offsets[self.at], remedy, length=len(self.next))


def is_name(word: str) -> bool:
    """Whether a word is an identifier."""
    return word[:1].isalpha() or word[:1] == "_"


def bracketed(source: Source, start: int, *, code: bool) -> tuple[Words, int]:
    """Return the words of a part that begins with a bracket at ``start``, up to its closing one, and where that ends.

    Args:
        source: the file.
        start: offset of the bracket.
        code: whether it is inside a function, where ``(*`` opens no comment.

    Raises:
        GupError: it does not close.

    """
    texts, offsets, open_brackets = [], [], 0
    text = source.text if code else source.without_comments(start)
    for match in (_CODE if code else _STATE).finditer(text, start):
        word = match[1]
        if not word:
            break
        texts.append(word)
        offsets.append(match.start(1))
        if word in "({":
            open_brackets += 1
        elif word in ")}":
            open_brackets -= 1
            if open_brackets == 0:
                return Words(source, [*texts, END], [*offsets, match.end()]), match.end()
    raise source.error("M001", f"this '{source.text[start]}' is never closed", start)
