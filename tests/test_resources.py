"""Where the data folders are: beside the package in a checkout, inside it in a wheel."""

import shutil

import pytest

from gupproof import resources


def test_a_checkout_has_its_data_at_its_top():
    root = resources.data_root()
    assert (root / "pyproject.toml").is_file()
    for folder in (resources.models_dir(), resources.targets_dir(), resources.proofs_dir(), resources.spec_dir()):
        assert folder.is_dir()
        assert folder.is_relative_to(root)


def test_each_folder_holds_what_it_says():
    assert list(resources.models_dir().glob("*.cat"))
    assert list(resources.targets_dir().glob("*.target"))
    assert list(resources.proofs_dir().rglob("*.gup"))
    assert (resources.spec_dir() / "mm" / "page.gup").is_file()


@pytest.mark.parametrize("name", ["gup", "cat", "target"])
def test_every_grammar_is_there(name):
    assert "start" in resources.grammar_text(name)


def test_an_installation_has_its_data_inside_the_package(tmp_path, monkeypatch):
    package = tmp_path / "site-packages" / "gupproof"
    (package / "data").mkdir(parents=True)
    shutil.copytree(resources.data_root() / "grammar", package / "data" / "grammar")
    monkeypatch.setattr(resources, "_PACKAGE", package)
    assert resources.data_root() == package / "data"
    assert resources.proofs_dir() == package / "data" / "proofs"


def test_data_inside_the_package_wins_over_what_lies_beside_it(tmp_path, monkeypatch):
    package = tmp_path / "gupproof"
    for root in (package / "data", tmp_path):
        shutil.copytree(resources.data_root() / "grammar", root / "grammar")
    monkeypatch.setattr(resources, "_PACKAGE", package)
    assert resources.data_root() == package / "data"


def test_an_installation_without_its_data_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "gupproof")
    with pytest.raises(FileNotFoundError, match="reinstall it"):
        resources.data_root()
