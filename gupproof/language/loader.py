"""Reads a ``.gup`` file with everything it uses, each file once, and has them checked together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gupproof.diagnostics import Diagnostic, GupError, read_source
from gupproof.language import syntax, typed
from gupproof.language.checker import check
from gupproof.language.errors import NO_FILE, did_you_mean
from gupproof.language.parser import parse
from gupproof.resources import spec_dir

_KIND = "a .gup file"


def load(path: Path, *, search: Sequence[Path] = (), texts: Mapping[str, str] | None = None) -> typed.Unit:
    """Return a file checked, with everything it uses.

    Args:
        path: the file.
        search: folders in which ``use`` looks after the file's own, before the project's ``spec/``. A used file's own are the
            one it lies in and the one that ``a/b.gup`` was found in.
        texts: path, as in :attr:`typed.Unit.sources` → what is read instead of that file's own text.

    Raises:
        GupError: with everything found wrong in any of the files.

    """
    reader = _Reader(tuple(search), texts or {})
    reader.read(path, reader.text(path), path.resolve())
    return reader.unit()


def load_text(text: str, path: str = "<text>", *, search: Sequence[Path] = ()) -> typed.Unit:
    """Return a text checked, as :func:`load` does a file.

    Args:
        text: what the file would hold.
        path: its name in messages; ``use`` looks in ``search`` and the project's ``spec/`` only.
        search: folders in which ``use`` looks first.

    Raises:
        GupError: with everything found wrong.

    """
    reader = _Reader(tuple(search))
    reader.read(Path(path), text, None)
    return reader.unit()


@dataclass(slots=True)
class _Reader:
    """The files read so far; ``order`` ends with the file that was asked for."""

    search: tuple[Path, ...]
    texts: Mapping[str, str] = field(default_factory=dict)
    order: list[syntax.File] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)

    def unit(self) -> typed.Unit:
        if self.problems:
            raise GupError(*self.problems)
        return check(self.order)

    def text(self, path: Path) -> str:
        given = self.texts.get(str(path))
        return read_source(path, kind=_KIND) if given is None else given

    def read(self, path: Path, text: str, resolved: Path | None) -> None:
        """Read a file and all it uses; used files come first, except where they use each other in a circle."""
        seen = {resolved}
        own: tuple[Path, ...] = () if resolved is None else (resolved.parent,)
        pending: list[tuple[Path, str, tuple[Path, ...]]] = [(path, text, own)]
        while pending:
            path, text, own = pending.pop()
            try:
                file = parse(text, str(path))
            except GupError as error:
                self.problems.extend(error.diagnostics)
                continue
            self.order.append(file)
            uses = [item for item in file.items if isinstance(item, syntax.Use)]
            for use in reversed(uses):
                folder = self._find(use, own, text)
                found = None if folder is None else folder / _file(use)
                if folder is None or found is None or found.resolve() in seen:
                    continue
                seen.add(found.resolve())
                try:
                    pending.append((_shown(found), self.text(_shown(found)), (found.resolve().parent, folder)))
                except GupError as error:
                    self.problems.extend(error.diagnostics)
        self.order.reverse()

    def _find(self, use: syntax.Use, own: Sequence[Path], text: str) -> Path | None:
        """Return the folder in which a used file is found. That it is in none is reported."""
        name = _file(use)
        # What lies further up is nobody's choice: a file left there by chance would take the place of the project's own.
        folders = (*own, *self.search, spec_dir())
        for folder in folders:
            if _is_file(folder / name):
                return folder
        near = {found.stem for folder in folders for found in _siblings(folder / name.parent)}
        self.problems.append(
            Diagnostic(
                code=NO_FILE.code,
                message=f"`{'.'.join(use.parts)}` is no file: {name} is neither beside this file nor in spec/",
                span=use.span,
                help=did_you_mean(use.parts[-1], sorted(near)) or NO_FILE.remedy,
                line_text=text.split("\n")[use.span.line - 1],
            )
        )
        return None


def _file(use: syntax.Use) -> Path:
    return Path(*use.parts).with_suffix(".gup")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False  # a folder that this user may not look into


def _siblings(folder: Path) -> list[Path]:
    try:
        return sorted(folder.glob("*.gup"))
    except OSError:
        return []


def _shown(path: Path) -> Path:
    """Return the path as messages show it: from the working folder when it lies in there."""
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path
