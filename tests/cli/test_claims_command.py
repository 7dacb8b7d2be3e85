"""``gupproof claims`` as a user meets it."""

import json
from pathlib import Path

import pytest

from gupproof.cli.exits import Exit
from gupproof.proving.claims import load_claims
from gupproof.resources import proofs_dir
from tests.cli.support import gupproof

CLAIMS = """
[[claim]]
id = "C1"
by = "A reviewer"
where = "a mail"
quote = "stores leave in order"
gist = "Nobody sees the second store first."
proposition = "Of two stores the first is seen first."
answer = "True on TSO."
kind = "memory"

[[claim]]
id = "C2"
gist = "The macro has a value."
proposition = "It can be an operand."
answer = "False."
kind = "preprocessor"
reason = "It expands to a statement."
sources = ["include/linux/mmdebug.h: VM_WARN_ON_ONCE_PAGE"]
"""


@pytest.fixture
def claimed(folder: Path) -> Path:
    (folder / "claims.toml").write_text(CLAIMS, encoding="utf-8")
    text = (folder / "race.gup").read_text(encoding="utf-8").replace('"a claim"', '"C1, C9"')
    (folder / "race.gup").write_text(text, encoding="utf-8")
    return folder


def test_every_claim_is_listed_with_its_answer() -> None:
    done = gupproof("claims")
    assert done.code == Exit.AS_EXPECTED
    heads = [line.split()[0] for line in done.out.splitlines() if line[:3].strip()]
    assert heads == [claim.id for claim in load_claims(proofs_dir() / "claims.toml")]
    assert done.out.count("→ ") == len(heads)
    assert "no question of memory: preprocessor" in done.out


def test_a_claim_is_told_with_the_theorems_that_answer_it(claimed: Path) -> None:
    done = gupproof("claims", "C1", "--file", "claims.toml", cwd=claimed)
    assert done.code == Exit.AS_EXPECTED
    line = next(n for n, text in enumerate((claimed / "race.gup").read_text().splitlines(), 1) if "theorem buffered" in text)
    assert done.out.splitlines() == [
        "C1  “stores leave in order”",
        "  said by  A reviewer, a mail",
        "  meaning  Nobody sees the second store first.",
        "  checked  Of two stores the first is seen first.",
        "  answer   True on TSO.",
        f"  theorem  buffered, race.gup:{line}",
        "  again    gupproof prove -t C1",
    ]


def test_what_memory_does_not_decide_has_a_reason_and_its_sources(claimed: Path) -> None:
    done = gupproof("claims", "C2", "--file", "claims.toml", cwd=claimed)
    assert "  because  It expands to a statement.\n" in done.out
    assert "  source   include/linux/mmdebug.h: VM_WARN_ON_ONCE_PAGE\n" in done.out
    assert "gupproof prove" not in done.out


def test_claims_as_a_document(claimed: Path) -> None:
    document = json.loads(gupproof("claims", "--json", "--file", "claims.toml", cwd=claimed).out)
    assert document["schema_version"] == 1
    assert [(item["id"], [found["name"] for found in item["theorems"]]) for item in document["claims"]] == [
        ("C1", ["buffered"]),
        ("C2", []),
    ]


def test_a_claim_that_does_not_exist_is_refused() -> None:
    done = gupproof("claims", "c77")
    assert done.code == Exit.BAD_INPUT
    assert "error[U020]: there is no claim called 'c77'" in done.err
    assert not done.out


def test_a_theorem_is_not_looked_for_where_memory_does_not_decide() -> None:
    done = gupproof("prove", "-t", "C14")
    assert done.code == Exit.BAD_INPUT
    assert "no theorem answers that claim; gupproof claims C14 tells what does" in done.err


def test_a_file_of_claims_that_is_none_is_refused(folder: Path) -> None:
    done = gupproof("claims", "--file", "race.gup", cwd=folder)
    assert done.code == Exit.BAD_INPUT
    assert "race.gup is no TOML" in done.err
