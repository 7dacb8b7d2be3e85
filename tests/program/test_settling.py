"""A slot that is fixed is the primitive chosen, as if the source said so; one that is open is one access under conditions."""

import pytest

from gupproof.language import load_text
from gupproof.program.events import Program
from gupproof.program.shape import shape
from tests.support.lowered import TARGETS, lowered, scenario

SLOTS = """
slot look : plain | READ_ONCE | smp_load_acquire = READ_ONCE;
slot put_in : plain | WRITE_ONCE | smp_store_release = WRITE_ONCE;
slot get : atomic_fetch_add_relaxed | atomic_fetch_add_acquire | atomic_fetch_add_release | atomic_fetch_add = atomic_fetch_add;
slot swap : cmpxchg_relaxed | cmpxchg_acquire | cmpxchg_release | cmpxchg = cmpxchg;
slot bit : test_and_set_bit_lock | test_and_set_bit = test_and_set_bit;
"""
USES = {
    "look": ("r = slot look(x);", "r = {}(x);", {"plain": "r = x;", "smp_load_acquire": "r = smp_load_acquire(&x);"}),
    "put_in": ("slot put_in(x, 1);", "{}(x, 1);", {"plain": "x = 1;", "smp_store_release": "smp_store_release(&x, 1);"}),
    "get": ("r = slot get(1, &c);", "r = {}(1, &c);", {}),
    "swap": ("r = slot swap(&x, y, 1);", "r = {}(&x, y, 1);", {}),
    "bit": ("r = slot bit(r & 3, &w);", "r = {}(r & 3, &w);", {}),
    "gap": ("slot gap;", "{}();", {"none": ""}),
}


def program(code: str, target: str, **fixed: int) -> Program:
    return lowered(scenario(f"thread t {{ r = 1; {code} }}", before=SLOTS), target, fixed or None).program


def told(made: Program) -> list[object]:
    return [event.text for event in made.events]


VALUES = load_text(scenario(before=SLOTS)).switches
CASES = [(name, target) for name in USES for target in TARGETS]


@pytest.mark.parametrize(("name", "target"), CASES, ids=[f"{name}-{target}" for name, target in CASES])
def test_a_fixed_slot_is_the_primitive_chosen(name, target):
    use, pattern, special = USES[name]
    for number, value in enumerate(VALUES[name].values):
        fixed, written = (
            program(use, target, **{name: number}),
            program(special.get(value, pattern.format(value)), target, **{name: number}),
        )
        assert shape(fixed) == shape(written)
        assert told(fixed) == told(written)


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_an_open_slot_is_one_access(target):
    made = program("slot put_in(x, 1); r = slot look(y); r = slot swap(&x, 0, 1);", target)
    accesses = [event for event in made.events if event.kind.value != "F" and event.thread >= 0]
    assert len(accesses) == 4
    assert {event.text.split("(")[0] for event in accesses} == {"slot put_in", "slot look", "slot swap"}


def test_what_is_computed_from_a_fixed_slot_is_spelled_with_the_primitive():
    code = "r = READ_ONCE(a[slot look(x)]);"
    assert "READ_ONCE(a[smp_load_acquire(x)])" in told(program(code, "arm64-lse", look=2))
    assert "READ_ONCE(a[slot look(x)])" in told(program(code, "arm64-lse"))
