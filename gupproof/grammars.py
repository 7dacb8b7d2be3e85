"""Builds lark parsers from the grammar files, and keeps the built tables in the user's cache folder.

Building an LALR table takes longer than most commands; reading it back does not. The cache is only ever an optimisation:
whatever is wrong with it (missing, torn, of another version, not writable), the parser is built from the grammar.
"""

import hashlib
import io
import os
import pickle
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Literal

from lark import Lark
from lark import __version__ as lark_version

from gupproof.resources import grammar_text


def build_parser(name: str, *, lexer: Literal["basic", "contextual"] = "contextual") -> Lark:
    """Return the LALR parser of ``grammar/<name>.lark``, its start rule ``start``.

    Raises:
        FileNotFoundError: the installation lacks the grammar.

    """
    text = grammar_text(name)
    folder = _cache_folder()
    key = hashlib.sha256(f"{lark_version} {sys.version} {lexer} {text}".encode()).hexdigest()[:24]
    path = folder / f"{name}-{key}.lalr" if folder else None
    if path:
        # Unpickling what was damaged may raise anything at all.
        with suppress(Exception):
            return Lark.load(io.BytesIO(path.read_bytes()))
    parser = Lark(text, parser="lalr", lexer=lexer, propagate_positions=True, maybe_placeholders=True)
    if path:
        _keep(parser, path)
    return parser


def _cache_folder() -> Path | None:
    base = os.environ.get("XDG_CACHE_HOME", "")
    if Path(base).is_absolute():
        return Path(base) / "gupproof"
    try:
        return Path.home() / ".cache" / "gupproof"
    except RuntimeError:
        return None


def _keep(parser: Lark, path: Path) -> None:
    """Write the tables beside and move them into place: another run must never see half a file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
            parser.save(file)
        Path(file.name).replace(path)
    except (OSError, pickle.PicklingError):
        return
