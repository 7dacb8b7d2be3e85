"""Shareability domains of Arm's barriers: a model with one word for all of them, and models that tell them apart."""

import pytest

from gupproof.cat.reader import load_model
from gupproof.program.target_reader import known_targets

ALL_TAGS = frozenset().union(*(target.tags for target in known_targets()))


def axiom(folder, text: str) -> str:
    path = folder / "m.cat"
    path.write_text(text)
    return repr(load_model(path, tags=ALL_TAGS).axioms[0].term)


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("DMB.ISH", {"DMB.SY", "DMB.OSH", "DMB.NSH"}),
        ("DMB.ISHLD", {"DMB.LD", "DMB.OSHLD", "DMB.NSHLD"}),
        ("DSB.ISHST", {"DSB.ST", "DSB.OSHST", "DSB.NSHST"}),
    ],
)
def test_the_kernels_barrier_stands_for_those_of_all_domains(tmp_path, name, others):
    """All CPUs here are in one inner domain, where DMB ISH is all that DMB SY is."""
    term = axiom(tmp_path, f"acyclic po; [{name}]; po")
    assert all(other in term for other in {name} | others)


@pytest.mark.parametrize("other", ["DMB.SY", "DMB.LD", "DSB.OSHST"])
def test_a_model_that_names_another_one_is_taken_at_its_word(tmp_path, other):
    assert axiom(tmp_path, f"acyclic po; [DMB.ISH]; po as mine let b = {other}") == ";(;(po, [](DMB.ISH)), po)"


def test_asking_whether_there_is_one_is_naming_it(tmp_path):
    text = "let DMB.NSH = try DMB.NSH with emptyset acyclic po; [DMB.ISH]; po"
    assert axiom(tmp_path, text) == ";(;(po, [](DMB.ISH)), po)"


def test_a_barrier_of_before_v8_is_none_of_todays(tmp_path):
    """A model of that time asks for DMB; herd has no such set for tests of AArch64 either."""
    assert axiom(tmp_path, "acyclic rf | (po; [DMB]; po) as mine let st = DMB.ST") == "rf"
