"""The list of deliberate faults is about the sources as they are today."""

from pathlib import Path

import pytest

from tests.mutants.faults import ROOT, Fault, faults

FAULTS = list(faults())


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_has_one_place(fault: Fault):
    text = (ROOT / fault.file).read_text(encoding="utf-8")
    changed = fault.applied(text)
    assert changed != text
    if fault.file.endswith(".py"):
        compile(changed, fault.file, "exec")


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_the_tests_that_have_to_see_a_fault_exist(fault: Fault):
    assert fault.tests
    assert all((ROOT / name.split("::")[0]).exists() for name in fault.tests)


def test_no_fault_is_listed_twice():
    assert len({(fault.file, fault.old, fault.new) for fault in FAULTS}) == len(FAULTS)


def test_every_part_of_the_engine_is_on_the_list():
    folders = {Path(fault.file).parts[1] for fault in FAULTS if fault.file.startswith("gupproof")}
    assert {"program", "relations", "encoding", "cat", "proving", "execution", "solving"} <= folders


def test_a_fragment_that_is_gone_is_said():
    fault = Fault(file="f.py", old="a = 1", new="a = 2", says="counts wrong", tests=("tests",))
    assert fault.applied("a = 1\n") == "a = 2\n"
    with pytest.raises(ValueError, match="0 times"):
        fault.applied("b = 1\n")
    with pytest.raises(ValueError, match="2 times"):
        fault.applied("a = 1\na = 1\n")
