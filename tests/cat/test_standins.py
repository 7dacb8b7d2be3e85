"""Files that are read in place of published ones, and names that published models take for granted."""

import pytest

from gupproof.cat import files
from gupproof.cat.reader import load_model
from gupproof.program.target_reader import known_targets

ALL_TAGS = frozenset().union(*(target.tags for target in known_targets()))


def test_they_are_named_in_the_documentation():
    page = (files.prelude().parents[2] / "docs" / "models.md").read_text()
    assert all(f"`{name}`" in page for name in files.standins())


@pytest.mark.parametrize("name", files.standins())
def test_each_can_be_read(tmp_path, name):
    path = tmp_path / "m.cat"
    path.write_text(f'include "{name}" acyclic co')
    model = load_model(path, tags=ALL_TAGS)
    assert name in model.standins


def test_every_name_of_herds_has_a_meaning(tmp_path):
    path = tmp_path / "m.cat"
    path.write_text("let a = [Exp & M \\ (PTE | NExp)] ; po let b = lxsx | amo acyclic a")
    model = load_model(path, tags=ALL_TAGS)
    assert repr(model.definitions["a"]) == ";([](M), po)"


def test_a_standin_hides_the_published_file_but_not_what_that_includes(tmp_path):
    (tmp_path / "cos.cat").write_text('include "basic.cat" let mine = po acyclic po as not-read')
    (tmp_path / "basic.cat").write_text("let of-basic = rf ; rf")
    (tmp_path / "m.cat").write_text('include "cos.cat" let a = of-basic acyclic ca as mine')
    model = load_model(tmp_path / "m.cat", tags=ALL_TAGS)
    assert [axiom.name for axiom in model.axioms] == ["mine"]
    assert "mine" not in model.definitions
    assert repr(model.definitions["of-basic"]) == ";(rf, rf)"
    assert model.standins == ("cos.cat",)


def test_a_standin_is_found_wherever_the_model_is(tmp_path):
    (tmp_path / "m.cat").write_text('include "cos.cat" acyclic ca')
    assert repr(load_model(tmp_path / "m.cat", tags=ALL_TAGS).axioms[0].term) == "|(;(^-1(rf), co), co)"


def test_names_of_a_models_own_come_first(term):
    assert term("FW", "let FW = W") == "W"
    assert term("emptyset") == "0"
    assert term("FW") == "\\(W, domain(co))"


def test_what_is_looked_up_last_does_not_see_the_models_names(term):
    assert term("FW", "let co = rf") == "\\(W, domain(co))"


def test_locks_keep_their_rf_and_co(tmp_path):
    path = tmp_path / "m.cat"
    path.write_text('include "lock.cat" let a = rf let b = co acyclic rf | co')
    model = load_model(path, tags=ALL_TAGS)
    assert repr(model.definitions["a"]) == "rf"
    assert repr(model.definitions["b"]) == "co"
    assert "LKR" in repr(model.definitions["Acquire"])
    assert "UL" in repr(model.definitions["Release"])


def test_an_amo_of_risc_v_is_one_event_in_herds_file_and_there_alone(tmp_path):
    (tmp_path / "riscv-defs.cat").write_text("let of-amo = AMO let mine = R let po-loc = po-loc ; po-loc")
    (tmp_path / "m.cat").write_text('include "riscv-defs.cat" let reads = R let ex = EX acyclic po')
    model = load_model(tmp_path / "m.cat", tags=ALL_TAGS)
    assert repr(model.definitions["reads"]) == "R"
    assert repr(model.definitions["mine"]).startswith("|(R, ")
    assert repr(model.definitions["po-loc"]).startswith(";(\\(&(po, loc)"), "what the file defines itself stays"
    assert repr(model.definitions["ex"]) == "X"


def test_sections_of_rcu_nest(term):
    assert "Rcu-lock" in term("rcu-rscs"), "the tag is one of the target's"
    assert term("range(rcu-rscs) & 0") == "0"


def test_successors_at_ones_own_location_have_the_names_of_each_issue_of_the_manual(tmp_path):
    """Arm ARM: the local read successor reads what no own write has come between; the write successor is any later write."""
    path = tmp_path / "m.cat"
    path.write_text(
        'include "aarch64deps.cat" acyclic lmrs | lmws as old acyclic lrs | lws as new acyclic lws | lwfs as faults'
    )
    model = load_model(path, tags=ALL_TAGS)
    old, new, faults = (repr(axiom.term) for axiom in model.axioms)
    assert old == new
    assert faults == repr(model.definitions["lmws"])
    assert repr(model.definitions["lmws"]) == ";(;([](M), &(po, loc)), [](W))"


@pytest.mark.parametrize(
    "call", ["at-least-one-writable(W * W)", "at-least-one-writable(R, po)", "oa-changes(R, po)", "same-oa(po)"]
)
def test_functions_of_page_tables_take_what_either_generation_of_files_gives_them(term, call):
    assert term(f"po & (R * R) & {call}") == "0"


def test_control_and_a_fence_behind_it_are_told_of_a_relation_or_of_ctrl(term):
    assert term("ctrlcfence(addr, F)") == ";(;(addr, [](F)), po)"
    assert term("ctrlcfence(F)") == ";(;(ctrl, [](F)), po)"
    # As herd's files ask for it: this must not become the other meaning.
    assert term("try ctrlcfence(ctrl, F) with 0") == ";(;(ctrl, [](F)), po)"


def test_union_of_domain_and_range(term):
    assert term("udr po") == "|(domain(po), range(po))"


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("mfence", "MFENCE"), ("sync", "SYNC"), ("lwsync", "LWSYNC"), ("isync", "ISYNC"),
        ("ONCE", "Once"), ("MB", "Mb"), ("NORETURN", "Noreturn"), ("ACQUIRE", "|(Acquire, LKR)"), ("RELEASE", "|(Release, UL)"),
    ],
)  # fmt: skip
def test_other_names_of_tags(tmp_path, name, tag):
    path = tmp_path / "m.cat"
    path.write_text(f"let it = {name} acyclic po")
    assert repr(load_model(path, tags=ALL_TAGS).definitions["it"]) == tag


@pytest.mark.parametrize(("own", "meant"), [({"X"}, "X"), ({"A", "X"}, "A"), ({"MFENCE"}, "A")])
def test_atomic_accesses_are_called_a_where_no_acquires_are(tmp_path, own, meant):
    """Dartagnan's x86 model orders what is before and after an A, an instruction with LOCK: X in other files."""
    path = tmp_path / "m.cat"
    path.write_text("let it = A acyclic po")
    assert repr(load_model(path, tags=ALL_TAGS, own=frozenset(own)).definitions["it"]) == meant


def test_read_and_write_of_one_instruction_are_in_no_program_order_for_linux_files(tmp_path):
    path = tmp_path / "m.cat"
    path.write_text('include "lock.cat" let it = po acyclic po')
    assert repr(load_model(path, tags=ALL_TAGS).definitions["it"]) == "\\(\\(po, one-instruction), rmw)"


def test_what_herd_calls_si_are_parts_of_one_access_and_not_of_one_instruction(term):
    """An instruction that reads and writes makes two accesses: what is observed of one is not of the other by that."""
    assert term("rf; si") == "rf"
    assert "rmw" in term("same-instance")
