"""Scenarios written as litmus tests in kernel C: each, read back, has the verdict of the scenario."""

import os
import re
from pathlib import Path
from random import Random

import pytest

from gupproof.cli.exporting_scenario import Wish, scenario_test
from gupproof.diagnostics import Diagnostic, GupError
from gupproof.proving.observation import Observation, Request, judge
from gupproof.proving.platforms import AS_IT_STANDS
from gupproof.report.names import legal_name
from tests.support.gup_programs import random_text

PROGRAMS = int(os.environ.get("GUPPROOF_FUZZ", "25"))
STRUCT = "struct node { int f; int g; struct node *next; };"
TWO = "int x, y; ghost int r0, r1;"

# name → body, and whether the property (or, as "cover", the cover) can be refuted (reached) under the model.
SCENARIOS = {
    "SB": (
        f"{TWO} thread a {{ WRITE_ONCE(x, 1); r0 = READ_ONCE(y); }} thread b {{ WRITE_ONCE(y, 1); r1 = READ_ONCE(x); }}"
        "property p : r0 == 1 || r1 == 1;",
        True,
    ),
    "SB+mbs": (
        f"{TWO} thread a {{ WRITE_ONCE(x, 1); smp_mb(); r0 = READ_ONCE(y); }}"
        "thread b { xchg(&y, 1); r1 = READ_ONCE(x); } property p : r0 == 1 || r1 == 1;",
        False,
    ),
    "MP": (
        f"{TWO} thread a {{ WRITE_ONCE(x, 1); smp_store_release(&y, 1); }}"
        "thread b { r0 = smp_load_acquire(&y); if (r0 == 1) r1 = READ_ONCE(x); } property p : r0 == 0 || r1 == 1;",
        False,
    ),
    "MP+ctrl": (
        f"{TWO} thread a {{ WRITE_ONCE(x, 1); smp_wmb(); WRITE_ONCE(y, 1); }}"
        "thread b { r0 = READ_ONCE(y); if (r0 == 1) r1 = READ_ONCE(x); } property p : r0 == 0 || r1 == 1;",
        True,
    ),
    "ISA2": (
        "int x, y, z; ghost int r0, r1, r2; thread a { WRITE_ONCE(x, 1); smp_store_release(&y, 1); }"
        "thread b { r0 = READ_ONCE(y); smp_store_release(&z, 1); }"
        "thread c { r1 = smp_load_acquire(&z); r2 = READ_ONCE(x); } property p : r0 + r1 < 2 || r2 == 1;",
        False,
    ),
    "LB": (
        f"{TWO} thread a {{ r0 = READ_ONCE(x); WRITE_ONCE(y, 1); }} thread b {{ r1 = READ_ONCE(y); WRITE_ONCE(x, 1); }}"
        "property p : r0 == 0 || r1 == 0;",
        True,
    ),
    "LB+ctrl+data": (
        f"{TWO} thread a {{ r0 = READ_ONCE(x); if (r0 == 1) WRITE_ONCE(y, 1); }}"
        "thread b { r1 = READ_ONCE(y); WRITE_ONCE(x, r1); } property p : r0 == 0 || r1 == 0;",
        False,
    ),
    "LB+ctrl after the join": (
        f"{TWO} thread a {{ r0 = READ_ONCE(x); if (r0 == 1) smp_rmb(); WRITE_ONCE(y, 1); }}"
        "thread b { r1 = READ_ONCE(y); if (r1 == 1) smp_rmb(); WRITE_ONCE(x, 1); } property p : r0 == 0 || r1 == 0;",
        True,
    ),
    "LB+ctrl after a return": (
        f"{TWO} thread a {{ r0 = READ_ONCE(x); if (r0 != 1) return; WRITE_ONCE(y, 1); }}"
        "thread b { r1 = READ_ONCE(y); if (r1 != 1) return; WRITE_ONCE(x, 1); } property p : r0 == 0 || r1 == 0;",
        False,
    ),
    "LB+false data": (
        f"{TWO} thread a {{ r0 = READ_ONCE(x); WRITE_ONCE(y, (r0 ^ r0) + 1); }}"
        "thread b { r1 = READ_ONCE(y); WRITE_ONCE(x, r1 - r1 + 1); } property p : r0 == 0 || r1 == 0;",
        False,
    ),
    "LB+addr": (
        "int x; int a[2]; ghost int r0, r1; thread t { r0 = READ_ONCE(x); WRITE_ONCE(a[r0 & 1], 1); }"
        "thread u { r1 = READ_ONCE(a[1]); smp_mb(); WRITE_ONCE(x, 1); } property p : r0 == 0 || r1 == 0;",
        False,
    ),
    "a chosen value": (
        f"{TWO} thread a {{ r0 = READ_ONCE(x); r1 = READ_ONCE(y); WRITE_ONCE(x, r0 == 1 ? r1 : 2); }}"
        "thread b { WRITE_ONCE(x, 1); WRITE_ONCE(y, 3); } property p : x != 3;",
        True,
    ),
    "a logical or that stops early": (
        "int x, y, z; ghost int r0, r1, r2; thread a { r0 = READ_ONCE(x); r1 = READ_ONCE(z); if (r0 || r1) WRITE_ONCE(y, 1); }"
        "thread b { r2 = READ_ONCE(y); smp_mb(); WRITE_ONCE(z, 1); } property p : r0 == 0 || r1 == 0 || r2 == 0;",
        False,
    ),
    "locks": (
        f"spinlock_t l; {TWO} thread a {{ spin_lock(&l); WRITE_ONCE(x, 1); r0 = READ_ONCE(y); spin_unlock(&l); }}"
        "thread b { spin_lock(&l); WRITE_ONCE(y, 1); r1 = READ_ONCE(x); spin_unlock(&l); } property p : r0 + r1 != 0;",
        False,
    ),
    "trylock": (
        "spinlock_t l; ghost bool r0, r1; thread a { r0 = spin_trylock(&l); if (r0) spin_unlock(&l); }"
        "thread b { r1 = spin_trylock(&l); } property p : r0 || r1;",
        False,
    ),
    "a lock looked at": (
        "spinlock_t l; int x; ghost int r0, r1; thread a { spin_lock(&l); WRITE_ONCE(x, 1); spin_unlock(&l); }"
        "thread b { r0 = READ_ONCE(x); r1 = spin_is_locked(&l); } property p : r0 == 0 || r1 == 0;",
        True,
    ),
    "RCU": (
        f"{TWO} thread a {{ rcu_read_lock(); r0 = READ_ONCE(x); r1 = READ_ONCE(y); rcu_read_unlock(); }}"
        "thread b { WRITE_ONCE(y, 1); synchronize_rcu(); WRITE_ONCE(x, 1); } property p : r0 == 0 || r1 == 1;",
        False,
    ),
    "a dereferenced pointer": (
        f"{STRUCT} struct node m, n; struct node *p; ghost int r0; init {{ p = &m; m.f = 1; }}"
        "thread a { WRITE_ONCE(n.f, 1); rcu_assign_pointer(p, &n); }"
        "thread b { struct node *q = rcu_dereference(p); if (q == NULL) return; r0 = READ_ONCE(q->f); } property p : r0 == 1;",
        False,
    ),
    "a field behind a pointer": (
        f"{STRUCT} struct node m, n; struct node *p; ghost int r0; init {{ p = &m; m.g = 1; }}"
        "thread a { WRITE_ONCE(n.g, 1); WRITE_ONCE(p, &n); }"
        "thread b { struct node *q = READ_ONCE(p); r0 = READ_ONCE(q->g); } property p : r0 == 1;",
        True,
    ),
    "a tagged pointer": (
        f"{STRUCT} struct node m; unsigned long w; ghost int r0;"
        "thread a { WRITE_ONCE(w, (unsigned long)&m + 1); }"
        "thread b { unsigned long v = READ_ONCE(w); if (!(v & 1)) return;"
        "struct node *q = (struct node *)(v - 1); WRITE_ONCE(q->g, 2); }"
        "property p : m.g == 0;",
        True,
    ),
    "cmpxchg": (
        "atomic_t c; ghost int r0, r1; thread a { r0 = atomic_cmpxchg(&c, 0, 1); }"
        "thread b { r1 = atomic_cmpxchg_acquire(&c, 0, 2); } property p : (r0 == 0) != (r1 == 0);",
        False,
    ),
    "cmpxchg that fails orders nothing": (
        f"atomic_t c; {TWO} thread a {{ WRITE_ONCE(x, 1); atomic_cmpxchg(&c, 5, 6); r0 = READ_ONCE(y); }}"
        "thread b { WRITE_ONCE(y, 1); smp_mb(); r1 = READ_ONCE(x); } property p : r0 == 1 || r1 == 1;",
        True,
    ),
    "counters": (
        "atomic_t c; ghost int r0, r1; ghost bool r2; thread a { atomic_inc(&c); r0 = atomic_add_return(2, &c); }"
        "thread b { r1 = atomic_fetch_add_relaxed(4, &c); r2 = atomic_sub_and_test(4, &c); }"
        "property p : c == 3 && (r0 == 3 || r0 == 7);",
        False,
    ),
    "unless": (
        "atomic_t c; ghost bool r0; init { atomic_set(&c, 1); }".replace("atomic_set(&c, 1)", "c = 1")
        + "thread a { r0 = atomic_add_unless(&c, 1, 0); } thread b { atomic_dec(&c); } property p : r0 || c == 0;",
        False,
    ),
    "bits": (
        "unsigned long w; ghost bool r0, r1; thread a { r0 = test_and_set_bit(3, &w); }"
        "thread b { r1 = test_and_set_bit(3, &w); set_bit(1, &w); } property p : r0 != r1 && w == 10;",
        False,
    ),
    "a loop": (
        "int x; ghost int r0; thread a { int i = 0; while (READ_ONCE(x) == 0) bound 2 { i++; } r0 = i; }"
        "thread b { WRITE_ONCE(x, 1); } property p : r0 <= 1;",
        True,
    ),
    "waiting": (
        f"{TWO} thread a {{ WRITE_ONCE(x, 1); smp_store_release(&y, 1); }}"
        "thread b { smp_cond_load_acquire(&y, VAL == 1); r1 = READ_ONCE(x); } property p : r1 == 1;",
        False,
    ),
    "an assert": (
        f"{TWO} thread a {{ WRITE_ONCE(x, 1); WRITE_ONCE(y, 1); }}"
        "thread b { if (READ_ONCE(y) == 1) { int v = READ_ONCE(x); assert(v == 1); } }",
        True,
    ),
    "a free choice": (
        "int x; thread a { int v = choose(0, 1, 2); if (v == 1) WRITE_ONCE(x, 1); else WRITE_ONCE(x, v); }property p : x != 2;",
        True,
    ),
    "a sum of two places": (
        "int x, y; thread a { WRITE_ONCE(x, 1); smp_wmb(); WRITE_ONCE(y, 2); }"
        "thread b { WRITE_ONCE(y, 1); smp_wmb(); WRITE_ONCE(x, 2); } property p : x + y != 2;",
        True,
    ),
    "values of two threads": (
        f"{TWO} thread a {{ r0 = READ_ONCE(x); }} thread b {{ r1 = READ_ONCE(x); }} thread c {{ WRITE_ONCE(x, 2); }}"
        "property p : r0 == r1;",
        True,
    ),
}


def written(folder: Path, body: str, **wish: object) -> str:
    path = folder / "scenario.gup"
    structures, plain = (STRUCT, body.removeprefix(STRUCT)) if body.startswith(STRUCT) else ("", body)
    path.write_text(f"{structures} scenario s {{ {plain} }}")
    given = {"settings": (), "models": (), "properties": (), "cover": None, "timeout": 60.0, "reading": AS_IT_STANDS}
    return scenario_test(Wish(file=str(path), scenario="s", **{**given, **wish}))  # type: ignore[arg-type]


def refusal(folder: Path, body: str, **wish: object) -> str:
    with pytest.raises(GupError) as error:
        written(folder, body, **wish)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == "U015"
    assert diagnostic.help
    return diagnostic.message


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_has_its_verdict_as_a_litmus_test(tmp_path: Path, name: str) -> None:
    body, refuted = SCENARIOS[name]
    text = written(tmp_path, body)
    path = tmp_path / "written.litmus"
    path.write_text(text)
    observed = judge(path, Request(model="lkmm", unroll=0, timeout=60)).observation
    assert (observed is not Observation.NEVER) is refuted, text
    assert not re.search(r"\{\s*\}", text.partition("P0(")[2])


def test_branches_and_registers_are_those_of_the_source(tmp_path: Path) -> None:
    text = written(tmp_path, SCENARIOS["LB+ctrl+data"][0])
    assert "  r0 = READ_ONCE(*x);\n  if (r0 == 1) {\n    WRITE_ONCE(*y, 1);\n  }\n" in text
    assert "  r0 = READ_ONCE(*y);\n  WRITE_ONCE(*x, r0);\n" in text
    assert "exists (~(0:r0=0) /\\ ~(1:r0=0))" in text


def test_a_cover_may_be_the_condition(tmp_path: Path) -> None:
    body = SCENARIOS["SB"][0] + "cover both : r0 == 1 && r1 == 1;"
    assert "exists (0:r0=1 /\\ 1:r0=1)" in written(tmp_path, body, cover="both")


def test_locks_have_their_type_and_no_part_in_the_condition(tmp_path: Path) -> None:
    text = written(tmp_path, SCENARIOS["locks"][0])
    assert "spinlock_t *l" in text
    assert not re.search(r"\bl\b", text.partition("exists")[2])
    assert "final value of a lock" in refusal(tmp_path, "spinlock_t l; thread a { spin_lock(&l); } property p : l == 0;")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("int x; int *p; thread a { WRITE_ONCE(*p, 1); } property p : x == 1;", "no object"),
        ("int x; thread a { x = 1; } property p : 1 == 1;", "never holds"),
        ("unsigned long w; ghost bool r; thread a { r = test_and_set_bit_lock(1, &w); } property p : r;", "herd7 has no"),
        (
            "atomic_t c; ghost int r; thread a { r = atomic_dec_if_positive(&c); } property p : r == 1;",
            "atomic_dec_if_positive",
        ),
        (
            "int x, y; thread a { if (READ_ONCE(x) == 0) { WRITE_ONCE(x, 1); WRITE_ONCE(x, 2); } }"
            "thread b { WRITE_ONCE(x, 3); } interrupt a by irq(&y); property p : y == 0 || x != 2;",
            "does not depend on",
        ),
    ],
)
def test_what_cannot_be_written_is_refused_with_the_reason(tmp_path: Path, body: str, reason: str) -> None:
    path = tmp_path / "scenario.gup"
    path.write_text(f"fn irq(int *p) {{ WRITE_ONCE(*p, 1); }} scenario s {{ {body} }}")
    with pytest.raises(GupError) as error:
        scenario_test(
            Wish(
                file=str(path),
                scenario="s",
                settings=(),
                models=(),
                properties=(),
                cover=None,
                reading=AS_IT_STANDS,
                timeout=60,
            )
        )
    assert error.value.diagnostics[0].code == "U015"
    assert reason in error.value.diagnostics[0].message


def test_a_thread_without_steps_is_no_empty_one(tmp_path: Path) -> None:
    # Herd7's grammar wants something in every pair of braces.
    text = written(tmp_path, "int x; thread a { WRITE_ONCE(x, 1); } thread b { int v = 1; } property p : x == 0;")
    assert "P1()\n{\n  int r0;\n}" in text


def test_a_refusal_has_a_place(tmp_path: Path) -> None:
    with pytest.raises(GupError) as error:
        written(tmp_path, "spinlock_t l; thread a { spin_lock(&l); } property p : l == 0;")
    assert error.value.diagnostics[0].span is not None
    assert error.value.diagnostics[0].line_text


def test_a_machine_is_no_place_for_a_scenario_with_branches(tmp_path: Path) -> None:
    assert "kernel C" in refusal(tmp_path, SCENARIOS["SB"][0], models=("armv8",))


def test_names_are_legal_for_herd7() -> None:
    assert legal_name("H._refcount", ()) == "H__refcount"
    assert legal_name("a[1]", ()) == "a_1"
    assert [legal_name(name, ()) for name in ("valid", "lock", "r1", "P0", "_x")] == ["valid_", "lock_", "r1_", "P0_", "x"]
    assert legal_name("x", {"x"}) == "x_"
    # A page-table entry of herd's.
    assert legal_name("pte_low", ()) == "wpte_low"


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_random_scenarios_have_their_verdict_as_litmus_tests(tmp_path: Path, seed: int) -> None:
    # A verdict that differs is an internal error of the writer's, and no GupError.
    random = Random(seed)
    text = random_text(random)
    last = text.count("    thread t") - 1
    values = [random.choice((0, 1, 2, 10, 11)) for _ in range(4)]
    covers = (
        f"g0 == {values[0]} && g1 == {values[1]}",
        f"x == {random.randint(0, 3)} && y == {random.randint(0, 3)}",
        f"g0 + g{last} == {values[2]}",
        f"g{last} > {values[3]} || c == {random.randint(1, 3)}",
    )
    path = tmp_path / "scenario.gup"
    path.write_text(text + "".join(f"\ncover c{number} : {cover};" for number, cover in enumerate(covers)) + "\n}\n")
    refused: list[Diagnostic] = []
    for number in range(len(covers)):
        wish = Wish(
            file=str(path),
            scenario="s",
            settings=(),
            models=(),
            properties=(),
            cover=f"c{number}",
            reading=AS_IT_STANDS,
            timeout=60,
        )
        try:
            scenario_test(wish)
        except GupError as error:
            refused.append(error.diagnostics[0])
    assert all(item.code == "U015" for item in refused), refused
    # Only what interrupts its thread is done under conditions that it does not depend on.
    alone = "interrupt t0" not in text and "on cpu0" not in text
    assert not (alone and any("does not depend on" in item.message for item in refused)), refused
