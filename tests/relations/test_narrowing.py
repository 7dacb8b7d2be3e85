"""What narrowing takes out of a program never happens; all else stays."""

import pytest

from gupproof.program.events import CheckKind, Kind
from gupproof.relations.analysis import Analysis
from gupproof.relations.narrowing import narrowed
from tests.support.lowered import lowered, scenario
from tests.support.models import model


def narrow(*items: str):
    program = lowered(scenario(*items), "x86-64").program
    return program, narrowed(program, Analysis(program, model("sc")).domains)


@pytest.mark.parametrize(
    ("values", "written"), [("0, 1", {1, 2}), ("254, 255", {255, 0}), ("255, 0", {0, 1})], ids=["fits", "wraps", "both"]
)
def test_what_wraps_around_wraps_around_still(values, written):
    """A sum in an unsigned char."""
    _, made = narrow(f"thread t {{ u8 v = choose({values}); v++; WRITE_ONCE(x, v); }}")
    (write,) = [event for event in made.events if event.kind is Kind.WRITE and event.thread >= 0]
    assert write.value is not None
    assert Analysis(made, model("sc")).domains.of(write.value) == written


@pytest.mark.parametrize(("initial", "faults"), [(0, True), (1, False)])
def test_a_fault_that_may_be_stays(initial, faults):
    """The divisor is 1 or the initial value."""
    before, made = narrow("thread t { r = 1 / READ_ONCE(x); }", "thread v { WRITE_ONCE(x, 1); }", f"init {{ x = {initial}; }}")
    kept = [check for check in made.checks if check.kind is CheckKind.FAULT and check.violation is not made.pool.false]
    assert bool(kept) == faults
    assert [check.message for check in before.checks if check.kind is CheckKind.FAULT] == ["division by zero"]
