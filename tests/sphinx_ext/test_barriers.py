"""What several models need together has a row of its own where not each of them needs it; of many placements some are shown."""

from dataclasses import replace

from gupproof.sphinx_ext.barriers import barriers, by_model
from gupproof.sphinx_ext.library import load_library
from tests.sphinx_ext.support import record, written

PLACED = """
slot a_rw : none | smp_wmb | smp_mb = none;
slot b_rw : none | smp_wmb | smp_mb = none;
slot a_r : READ_ONCE | smp_load_acquire = READ_ONCE;
slot b_r : READ_ONCE | smp_load_acquire = READ_ONCE;
slot b_w : WRITE_ONCE | smp_store_release = WRITE_ONCE;

scenario loads {
    int x, y;
    ghost int ax, by;
    thread a { ax = slot a_r(x); slot a_rw; WRITE_ONCE(y, 1); }
    thread b { by = slot b_r(y); slot b_rw; slot b_w(x, 1); }
    property fine : !(ax == 1 && by == 1);
}

theorem many_ways {
    loads
    places a_rw, b_rw, a_r, b_r, b_w for fine under x86-tso, armv8/arm64-lse expect
        { a_rw = smp_mb, b_rw = smp_mb } or { a_rw = smp_mb, b_r = smp_load_acquire }
        or { a_rw = smp_mb, b_w = smp_store_release }
        or { a_r = smp_load_acquire, b_rw = smp_mb } or { a_r = smp_load_acquire, b_r = smp_load_acquire }
        or { a_r = smp_load_acquire, b_w = smp_store_release };
}
"""


def rows(made):
    (table,) = made
    return [[cell.astext() for cell in row.children] for row in table.findall(lambda node: node.tagname == "row")]


def test_rows_of_several_models_and_of_many_placements(tmp_path):
    places = written(tmp_path)
    (places.proofs / "placed.gup").write_text(PLACED, encoding="utf-8")
    record(places)
    library = load_library(replace(places, changes=False))
    proof = library.proof("many_ways")
    assert proof.placed[0].as_expected
    _, (_, x86, armv8), (label, together) = rows(by_model(library, [proof]))
    assert x86 == "x86-tso: nothing"
    assert label == "x86-tso, armv8 together"
    assert together in armv8
    assert together.count("or ") == 5
    _, (_, _, answers) = rows(barriers(library, [proof]))
    assert "armv8; all together" in answers
    assert "and 2 more" in answers
