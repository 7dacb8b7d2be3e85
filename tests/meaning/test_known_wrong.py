"""Programs on which verdicts were wrong once, with the right ones: by herd7, the C standard, or docs/language.md."""

from pathlib import Path

import pytest

from gupproof.diagnostics import GupError
from gupproof.language import load
from gupproof.meaning import Machine, UninitialisedError, explore
from tests.meaning.support import MACHINES

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "wrong"
pytestmark = pytest.mark.skipif(not (FOLDER / "README.md").is_file(), reason="the wrong verdicts are not beside this checkout")

SC, TSO = Machine.SC, Machine.TSO

# file, scenario → the properties that are refuted: on both machines, or on x86-TSO alone.
REFUTED = {
    ("rcu_order", "mp_unlock"): ((), ()),
    ("rcu_order", "sb_unlock"): ((), ("sb",)),
    ("rcu_order", "sb_unlock_nogp"): ((), ("sb",)),
    ("rcu_order", "rcu_basic"): ((), ()),
    ("rcu_order", "rcu_basic2"): ((), ()),
    ("rcu_assert", "gp_assert"): ((), ()),
    ("rcu_assert", "gp_fault"): ((), ()),
    ("rcu_assert", "gp_final"): ((), ()),
    ("rcu_reader_assert", "plainrcu"): ((), ()),
    ("rcu_reader_assert", "cond_updater"): ((), ()),
    ("rcu_reader_assert", "both_sync"): ((), ()),
    ("rcu_reader_assert", "with_assert"): ((), ()),
    ("rcu_reader_assert", "assert_after"): ((), ()),
    ("rcu_poison", "poison"): ((), ()),
    ("rcu_poison", "poison_unlock_first"): ((), ()),
    ("preempted_fault", "pre"): (("ok",), ()),
    ("preempted_fault", "pre_asserts"): (("ok",), ()),
    ("preempted_fault", "pre_free"): (("ok",), ()),
    ("preempted_fault", "two_cpus"): (("ok",), ()),
    ("interrupt_points", "gi2"): (("p",), ()),
    ("interrupt_points", "gi3"): (("p", "q", "s"), ()),
    ("irq_nesting", "irqnest2"): (("p",), ()),
    ("thin_air", "oota_if"): ((), ()),
    ("thin_air", "oota_ret"): ((), ()),
    ("thin_air", "oota_plain"): ((), ()),
    ("increments", "s"): (("silent",), ()),
    ("increments", "s2"): ((), ()),
    ("increments", "s3"): ((), ()),
    ("engine_mutants", "t10"): (("p",), ()),
    ("engine_mutants", "t11"): (("p",), ()),
    ("engine_mutants", "x10"): (("p",), ()),
    ("engine_mutants", "x15"): (("p",), ()),
    ("deadlock", "abba"): ((), ()),
    ("unreachable_assert", "assume_false"): ((), ()),
    ("unreachable_assert", "assume_after"): ((), ()),
    ("unreachable_assert", "assume_other"): ((), ()),
    ("unreachable_assert", "await_never"): ((), ()),
    ("integers", "wrap"): (("no_overflow",), ()),
    ("integers", "shl33"): (("c1", "no_overflow"), ()),  # a shift by more than the width faults
    ("integers", "nullfield2"): (("p1", "no_overflow"), ()),
}
# All that integers.gup says of the rest is true in C.
TRUE_IN_C = (
    *("or_neg", "xor_neg", "cmp_mixed", "store_neg", "mod_neg", "shl", "uwrap", "shadow", "shortc", "retbool", "retu"),
    *("condmix", "parbool", "membool", "xchgbool", "setneg", "orbool", "notu", "notint", "masku", "maskconst", "ptrnull"),
    *("nullfield", "uaf", "mod", "minint", "enumneg"),
)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("case", sorted(REFUTED), ids="/".join)
def test_verdicts_are_the_right_ones(case: tuple[str, str], machine: Machine) -> None:
    file, name = case
    unit = load(FOLDER / f"{file}.gup")
    findings = explore(unit, unit.scenarios[name], {}, machine)
    both, buffered = REFUTED[case]
    expected = {*both, *(buffered if machine is TSO else ())}
    asked = {item.name for item in unit.scenarios[name].properties} | findings.reached | {"no_overflow"}
    if findings.faults:
        expected.add("no_overflow")
    assert {item for item in asked if findings.refutes(item)} == expected


@pytest.mark.parametrize("name", TRUE_IN_C)
def test_integers_are_cs(name: str) -> None:
    unit = load(FOLDER / "integers.gup")
    findings = explore(unit, unit.scenarios[name], {}, SC)
    assert findings.complete
    assert [item.name for item in unit.scenarios[name].properties if findings.refutes(item.name)] == []


def test_a_local_without_a_value_is_an_error() -> None:
    unit = load(FOLDER / "integers.gup")
    with pytest.raises(UninitialisedError):
        explore(unit, unit.scenarios["uninit"], {}, SC)


def test_a_wait_that_writes_is_refused() -> None:
    with pytest.raises(GupError, match="what is waited for is looked at only"):
        load(FOLDER / "await_rmw.gup")


@pytest.mark.parametrize("machine", MACHINES)
def test_two_locks_may_wait_for_each_other_and_what_ends_is_fine(machine: Machine) -> None:
    unit = load(FOLDER / "deadlock.gup")
    findings = explore(unit, unit.scenarios["abba"], {}, machine)
    assert findings.complete
    assert {stop.thread for stop in findings.waits} == {"p", "q"}


@pytest.mark.parametrize(("name", "reached"), [("assume_false", set()), ("await_never", set()), ("selfwait", set())])
def test_asserts_that_no_execution_reaches_are_not_reached(name: str, reached: set[str]) -> None:
    unit = load(FOLDER / "unreachable_assert.gup")
    assert explore(unit, unit.scenarios[name], {}, SC).reached == reached
