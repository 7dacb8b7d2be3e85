from pathlib import Path

import pytest

from tests.cli.support import GOOD, RACE, SLOW


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with ``good.gup``, ``race.gup`` and ``slow.gup``."""
    for name, text in (("good", GOOD), ("race", RACE), ("slow", SLOW)):
        (tmp_path / f"{name}.gup").write_text(text, encoding="utf-8")
    return tmp_path
