"""docs/errors.md, docs/models.md and docs/targets.md list every code that the program can give."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "gupproof").rglob("*.py"))
CODES = sorted({code for path in SOURCES for code in re.findall(r'"([CELMPRTU]\d{3})"', path.read_text(encoding="utf-8"))})
PAGES = {"C": "models.md", "T": "targets.md"}


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained(code: str) -> None:
    page = ROOT / "docs" / PAGES.get(code[0], "errors.md")
    assert f"`{code}`" in page.read_text(encoding="utf-8")


def test_no_code_is_explained_that_does_not_exist() -> None:
    listed = re.findall(r"^\| `([ELMPRU]\d{3})` \|", (ROOT / "docs" / "errors.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == [code for code in CODES if code[0] not in PAGES]
