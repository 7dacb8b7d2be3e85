"""docs/architecture.md names the folders and layers that there are."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_its_layers_are_those_of_the_contract():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = settings["tool"]["importlinter"]["contracts"]
    section = PAGE.split("## Packages")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(gupproof\.\w+)` \|", section, re.MULTILINE) == contract["layers"]


def test_it_names_every_package():
    for package in (ROOT / "gupproof").iterdir():
        if (package / "__init__.py").is_file():
            assert f"`gupproof.{package.name}`" in PAGE


def test_the_files_and_folders_it_names_exist():
    for name in re.findall(r"`([a-z_]+(?:/[a-z_*.]+)+)`", PAGE):
        places = [ROOT / name, ROOT / "gupproof" / name]
        assert name == "gupproof/data/" or any(place.exists() for place in places) or list(ROOT.glob(name)), name
