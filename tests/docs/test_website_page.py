"""docs/website.md names every directive, role, count and key there is."""

import re
from dataclasses import fields
from pathlib import Path

from gupproof.proving.claims import Claim
from gupproof.sphinx_ext.domain import GupDomain
from gupproof.sphinx_ext.lexers import LEXERS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "website.md").read_text(encoding="utf-8")


def test_it_names_every_directive_and_no_other():
    assert sorted(re.findall(r"^\| `\{gup:(\w+)\}", PAGE, re.MULTILINE)) == sorted(GupDomain.directives)


def test_it_names_every_role_and_lexer():
    for name in GupDomain.roles:
        assert f"{{gup:{name}}}`" in PAGE
    for lexer in LEXERS:
        assert f"`{lexer.name}`" in PAGE


def test_it_names_every_key_of_a_claim():
    section = PAGE.split("## Claims")[1].split("\n## ")[0]
    assert {name for row in re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)} == {
        field.name for field in fields(Claim)
    }
