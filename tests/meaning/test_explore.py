"""Exploring finds every execution: with and without its reductions, and all that walks come upon."""

import ast
import os
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gupproof.meaning
from gupproof.language import load_text
from gupproof.meaning import Machine, TooManyStatesError, Walker, explore
from tests.meaning.support import found, scenario
from tests.support.mixed_programs import mixed_text

PROGRAMS = int(os.environ.get("GUPPROOF_FUZZ", "25"))
WALKS = 20
MOST_STATES = 4_000


@settings(max_examples=PROGRAMS, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**40), machine=st.sampled_from(Machine))
def test_what_is_left_out_makes_no_difference(seed: int, machine: Machine) -> None:
    unit = load_text(mixed_text(Random(seed)))
    try:
        reduced = explore(unit, unit.scenarios["s"], {}, machine, limit=MOST_STATES)
        full = explore(unit, unit.scenarios["s"], {}, machine, limit=4 * MOST_STATES, reduce=False)
    except TooManyStatesError:
        return
    assert reduced.outcomes == full.outcomes
    walks = Walker(unit, unit.scenarios["s"], {}, machine)
    ends = {walks.walk(number).outcome for number in range(WALKS)} - {None}
    assert ends <= full.outcomes


@settings(max_examples=PROGRAMS, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**40))
def test_whatever_sc_does_x86_tso_does(seed: int) -> None:
    unit = load_text(mixed_text(Random(seed)))
    try:
        strong, weak = (explore(unit, unit.scenarios["s"], {}, machine, limit=4 * MOST_STATES) for machine in Machine)
    except TooManyStatesError:
        return
    assert strong.outcomes <= weak.outcomes


def test_steps_that_are_made_at_once_are_fewer_states() -> None:
    unit = load_text(scenario(*(f"thread t{number} {{ x = 1; y = 2; z = 3; }}" for number in range(3))))
    sizes = [explore(unit, unit.scenarios["s"], {}, Machine.TSO, reduce=reduce).states for reduce in (True, False)]
    assert sizes[0] * 3 < sizes[1]


def test_three_threads_of_six_accesses_can_be_explored() -> None:
    words = ("x", "y", "z")
    threads = [
        f"thread t{number} {{ {words[number]} = 1; int i = y; i += x; i += z; i += y; {words[number - 1]} = i; }}"
        for number in range(3)
    ]
    for machine in Machine:
        assert found(scenario(*threads), machine).complete


def test_too_many_states_are_an_error_that_says_so() -> None:
    unit = load_text(scenario("thread t0 { x = 1; y = 1; }", "thread t1 { x = 2; y = 2; }"))
    with pytest.raises(TooManyStatesError, match="more than 10 states"):
        explore(unit, unit.scenarios["s"], {}, Machine.SC, limit=10)


def test_a_thread_that_waits_for_a_ghost_puts_nobody_off() -> None:
    before = "fn came(int *g) { *g = 1; }"
    text = scenario("thread t0 { await (r == 1); q = x; }", "thread t1 { x = 1; }", "interrupt t0 by came(&r);", before=before)
    findings = found(text)
    assert findings.finals("q") == {(0,), (1,)}
    assert {(outcome.value("x"), outcome.complete) for outcome in findings.outcomes} == {(1, True), (1, False)}


def test_it_imports_the_language_and_nothing_else_of_the_project() -> None:
    for path in Path(gupproof.meaning.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [item.name for item in node.names] if isinstance(node, ast.Import) else []
            for module in modules:
                if module.startswith("gupproof"):
                    assert module.split(".")[1] in ("language", "diagnostics", "meaning"), (path.name, module)
                    assert module != "gupproof.language.conversion", path.name
