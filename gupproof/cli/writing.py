"""Output files are written whole or not at all."""

import os
import tempfile
from pathlib import Path

from gupproof.diagnostics import Diagnostic, GupError


def write_whole(path: Path, text: str) -> None:
    """Replace the content of ``path`` in one step, keeping its permissions.

    Raises:
        GupError: it cannot be written.

    """
    try:
        # A link is followed, so that what it points to changes and not the link.
        target = path.resolve()
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            if target.exists():
                temporary.chmod(target.stat().st_mode)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise GupError(Diagnostic(code="U011", message=f"{path} cannot be written: {error.strerror}")) from None


def folder(path: Path) -> Path:
    """Return a folder that exists now.

    Raises:
        GupError: it cannot be made.

    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GupError(Diagnostic(code="U011", message=f"{path} cannot be made: {error.strerror}")) from None
    return path
