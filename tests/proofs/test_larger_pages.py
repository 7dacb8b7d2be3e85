"""Larger pages change no verdict. `make sizes` asks under every model; here under one where order matters."""

import pytest

from gupproof.language import load
from gupproof.proving.obligations import grouped, obligations_of
from gupproof.proving.run import prove_group
from gupproof.proving.varied import varied
from gupproof.resources import proofs_dir

UNITS = {path.stem: load(path) for path in sorted(proofs_dir().glob("*.gup"))}
ASKED = {
    name: varied([unit], obligations_of(unit, models=["armv8/arm64-lse"]), ["ORDER=2"])
    for name, unit in UNITS.items()
    if "ORDER" in unit.switches
}


@pytest.mark.parametrize("name", [name for name, asked in ASKED.items() if asked])
def test_a_page_of_four_has_the_verdicts_of_the_smallest(name):
    for group in grouped([UNITS[name]], ASKED[name]):
        for result in prove_group(group, timeout=120):
            assert result.as_expected, (result.obligation.theorem, result.verdict, result.reason)


def test_compound_pages_are_nearly_everywhere():
    assert sum(map(len, ASKED.values())) > 100
