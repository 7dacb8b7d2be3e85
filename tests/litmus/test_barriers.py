"""Barriers of Arm in all their forms, and tags: what a reader says of an instruction, the models that judge it know.

The verdicts are those of the Arm ARM's definition of DSB-ordered-before and Barrier-ordered-before (DDI 0487, B2.3): a DMB ST
orders writes before writes, a DSB ST writes before whatever follows; those of loads order reads but the ones of instructions
that return nothing.
"""

from pathlib import Path

import pytest

from gupproof.litmus.lower import ARCHITECTURES
from gupproof.proving.observation import Observation, Request, judge
from gupproof.proving.platforms import Platform, names_known_to, platforms, sets_named, target_of
from tests.litmus.test_instructions import arm, assembly, observe

ALL, LOADS, STORES = ("SY", "ISH", "OSH", "NSH"), ("LD", "ISHLD", "OSHLD", "NSHLD"), ("ST", "ISHST", "OSHST", "NSHST")
ONE = "MOV W0,#1; "


def sb(barrier: str) -> str:
    columns = [ONE + f"STR W0,[{mine}]; {barrier}; LDR W3,[{other}]" for mine, other in (("X1", "X2"), ("X2", "X1"))]
    return arm(*columns, condition="0:X3=0 /\\ 1:X3=0")


def lb(barrier: str) -> str:
    columns = [ONE + f"LDR W3,[{mine}]; {barrier}; STR W0,[{other}]" for mine, other in (("X1", "X2"), ("X2", "X1"))]
    return arm(*columns, condition="0:X3=1 /\\ 1:X3=1")


def writes(barrier: str) -> str:
    columns = [f"MOV W0,#2; STR W0,[{a}]; {barrier}; MOV W3,#1; STR W3,[{b}]" for a, b in (("X1", "X2"), ("X2", "X1"))]
    return arm(*columns, condition="x=2 /\\ y=2")


def reads(barrier: str) -> str:
    writer = ONE + "STR W0,[X1]; DMB SY; STR W0,[X2]"
    return arm(writer, f"LDR W3,[X2]; {barrier}; LDR W4,[X1]", condition="1:X3=1 /\\ 1:X4=0")


# Which of the four orders each kind of barrier keeps: write to read, read to write, write to write, read to read.
KEPT = {
    ("DMB", ALL): (True, True, True, True),
    ("DSB", ALL): (True, True, True, True),
    ("DMB", LOADS): (False, True, False, True),
    ("DSB", LOADS): (False, True, False, True),
    ("DMB", STORES): (False, False, True, False),
    ("DSB", STORES): (True, False, True, False),
}


@pytest.mark.parametrize(("kind", "forms"), KEPT)
def test_what_a_barrier_orders_does_not_depend_on_its_domain(tmp_path: Path, kind: str, forms: tuple[str, ...]):
    for form in forms:
        for test, kept in zip((sb, lb, writes, reads), KEPT[kind, forms], strict=True):
            expected = Observation.NEVER if kept else Observation.SOMETIMES
            assert observe(tmp_path, test(f"{kind} {form}")) is expected, (test.__name__, kind, form)


@pytest.mark.parametrize("kind", ["DMB", "DSB"])
def test_a_barrier_of_loads_does_not_wait_for_an_atomic_that_returns_nothing(tmp_path: Path, kind: str):
    for first, expected in (("STADD W0,[X2]", Observation.SOMETIMES), ("LDADD W0,W3,[X2]", Observation.NEVER)):
        other = ONE + "LDR W3,[X1]; DMB SY; STR W0,[X2]"
        text = arm(ONE + f"{first}; {kind} LD; STR W0,[X1]", other, condition="1:X3=1 /\\ y=2")
        assert observe(tmp_path, text) is expected


# ── tags ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

MODELS_OF_TABLES = ("armv8", "riscv", "power", "x86-tso", "lkmm", "lkmm-same-lock", "lkmm-v2")


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=lambda item: item.names[0])
def test_the_model_of_an_architecture_names_every_tag_of_its_instructions(architecture):
    (platform, *_) = platforms(architecture.model)
    assert architecture.unordered < architecture.tags
    assert architecture.tags - sets_named(platform) <= architecture.unordered
    # Published models are read with the same names.
    assert architecture.tags <= names_known_to(platform)


@pytest.mark.parametrize("model", MODELS_OF_TABLES)
def test_a_model_names_every_tag_of_its_targets(model: str):
    unordered = {tag for item in ARCHITECTURES if item.model == model for tag in item.unordered}
    for platform in platforms(model):
        assert target_of(platform).tags - sets_named(platform) <= unordered


def test_sc_names_no_tag():
    """It keeps all order, whatever the instruction."""
    (platform,) = platforms("sc")
    assert not sets_named(platform) & target_of(platform).tags


def judged(folder: Path, text: str, model: str, name: str = "mine"):
    path, cat = folder / "t.litmus", folder / f"{name}.cat"
    path.write_text(text)
    cat.write_text('"mine"\n' + model)
    return judge(path, Request(model=str(cat), unroll=2, timeout=30))


def test_a_test_is_not_judged_by_a_model_that_has_no_word_for_one_of_its_barriers(tmp_path: Path):
    model = "acyclic po-loc | com\nacyclic (po; [DMB.ISH]; po) | rfe | fre | coe as fences\n"
    assert judged(tmp_path, sb("DMB SY"), model).observation is Observation.NEVER
    found = judged(tmp_path, sb("DSB SY"), model)
    assert found.observation is Observation.UNSUPPORTED
    assert found.reason.endswith("mine.cat says nothing of DSB.SY, which this test has")
    assert found.reason.startswith("model: ")
    # Exclusives are known by rmw; and a model without any word for instructions means what it says.
    exclusive = arm("LDXR W0,[X1]; STXR W3,W0,[X1]; DMB SY", condition="x=0")
    assert judged(tmp_path, exclusive, model).observation is Observation.ALWAYS
    assert judged(tmp_path, sb("DSB SY"), "acyclic po-loc | com\n", "coherence").observation is Observation.SOMETIMES


def test_fences_that_add_nothing_to_x86_need_no_word(tmp_path: Path):
    columns = ("MOV [x],$1; SFENCE; MOV EAX,[y]", "MOV [y],$1; LFENCE; MOV EAX,[x]")
    text = assembly("X86", "x=0; y=0;", columns, "0:EAX=0 /\\ 1:EAX=0")
    assert observe(tmp_path, text) is Observation.SOMETIMES


def test_the_sets_of_a_platform_are_those_of_its_axioms():
    named = sets_named(Platform("armv8", "arm64-lse"))
    assert {"DSB.ISHST", "rf", "ISB"} <= named
    assert "MFENCE" not in named


def test_a_published_model_from_before_pick_dependencies_does_not_judge_a_test_that_selects(tmp_path: Path):
    """herd7 with aarch64-v05.cat: a CAS that may fail makes no dependency of what it writes; here it makes one."""
    first = "LDR W0,[X1]; CMP W0,#1; CSEL W3,W0,W0,EQ; STR W3,[X2]"
    text = arm(first, ONE + "LDR W3,[X2]; STR W0,[X1]", condition="0:X0=1 /\\ 1:X3=1")
    axioms = (
        'include "aarch64deps.cat"\nacyclic po-loc | com\nacyclic data | {} | po; [DMB.ISH]; po | rfe | fre | coe as mine\n'
    )
    found = judged(tmp_path, text, axioms.format("ctrl"), "before")
    assert found.observation is Observation.UNSUPPORTED
    assert "says nothing of pick dependencies" in found.reason
    assert judged(tmp_path, text, axioms.format("pick-dep"), "since").observation is not Observation.UNSUPPORTED
    without = axioms.replace('include "aarch64deps.cat"\n', "").format("ctrl")
    assert judged(tmp_path, text, without, "given").observation is Observation.UNSUPPORTED
    plain = arm(ONE + "STR W0,[X1]", condition="x=1")
    assert judged(tmp_path, plain, axioms.format("ctrl"), "before").observation is Observation.ALWAYS


BEFORE = 'include "aarch64deps.cat"\n'
HERDS = (
    'include "cos.cat"\n{}acyclic po-loc | com\n'
    "acyclic data | addr | (ctrl; [W]) | (po; [DMB.SY]; po) | rfe | fre | coe as mine\n"
)
READS_FIRST = "LDR W0,[X1]; {}"
ANSWERS = "LDR W0,[X2]; DMB SY; MOV W3,#1; STR W3,[X1]"


@pytest.mark.parametrize(
    ("stored", "by_catalogue", "by_herd"),
    [
        # A flag chooses between two values that are the same.
        ("CMP W0,#1; MOV W4,#1; CSEL W3,W4,W4,EQ; STR W3,[X2]", Observation.SOMETIMES, Observation.SOMETIMES),
        # What a CAS compares with, 0 whatever was read.
        ("EOR W3,W0,W0; MOV W4,#1; CAS W3,W4,[X2]", Observation.SOMETIMES, Observation.NEVER),
        # What a conditional selection chose among is what its value is computed of.
        ("EOR W4,W0,W0; ADD W4,W4,#1; CSEL W3,W4,W4,EQ; STR W3,[X2]", Observation.NEVER, Observation.NEVER),
    ],
)
def test_before_pick_dependencies_a_choice_makes_the_dependencies_that_herd_says(
    tmp_path: Path, stored: str, by_catalogue: Observation, by_herd: Observation
):
    """LB with a choice on one side: herd7 with the catalogue's aarch64-v05.cat, which includes aarch64deps.cat, and v04.cat."""
    text = arm(READS_FIRST.format(stored), ANSWERS, condition="0:X0=1 /\\ 1:X0=1")
    assert judged(tmp_path, text, HERDS.format(BEFORE), "catalogue").observation is by_catalogue
    assert judged(tmp_path, text, HERDS.format(""), "herd").observation is by_herd
    assert observe(tmp_path, text) is Observation.NEVER, "as Arm has it since 2022"


def test_a_result_of_a_cas_is_what_it_read_before_pick_dependencies_too(tmp_path: Path):
    """It failed, so that is the only value it can be: of this there is a dependency in every version (herd7)."""
    first = "MOV W0,#2; MOV W4,#3; CAS W0,W4,[X1]; EOR W5,W0,W0; ADD W5,W5,#1; STR W5,[X2]"
    text = arm(first, ANSWERS, condition="0:X0=1 /\\ 1:X0=1")
    for name, words in (("catalogue", BEFORE), ("herd", "")):
        assert judged(tmp_path, text, HERDS.format(words), name).observation is Observation.NEVER
