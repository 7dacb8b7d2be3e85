"""What a size costs stands in a row of its own, under the theorem that is shown at several."""

import re
from dataclasses import replace

import pytest

from gupproof.diagnostics import GupError
from gupproof.sphinx_ext.library import load_library
from gupproof.sphinx_ext.sizes import sizes, varied
from tests.sphinx_ext.support import record, written
from tests.support.sized import STORES

SIZED = (
    STORES
    + """
// More cells, more of the same.
theorem any_size {
    stores
    shows fine under sc, armv8/arm64-lse expect proved;
    stores with CELLS = 3
    shows fine under sc expect proved;
    stores with CELLS = 3, MARKED = false
    shows fine under sc expect proved;
}
"""
)


def test_a_theorem_that_is_shown_at_several_sizes_has_a_row_for_each(tmp_path):
    places = written(tmp_path)
    (places.proofs / "sized.gup").write_text(SIZED, encoding="utf-8")
    record(places)
    shown = sizes(load_library(places))
    head, *rows = [[cell.astext() for cell in row.children] for row in shown.findall(lambda node: node.tagname == "row")]
    assert head[:2] == ["theorem", "size"]
    assert head[2:] == ["sc", "armv8 arm64-lse"]
    (smallest, larger) = rows
    assert smallest[0].strip() == "any_size"
    assert [smallest[1], larger[1]] == ["smallest", "CELLS = 3"]
    assert larger[3] == ""
    events = [int(re.match(r"✓ \d+\.\d s (\d+) events [\d,]+ clauses$", row[2]).group(1)) for row in rows]
    assert events[0] < events[1]


def test_all_theorems_asked_again_have_a_row_for_each_setting(tmp_path):
    places = replace(written(tmp_path), varied=(("CELLS=2", ()), ("CELLS=3", ("sc",))))
    (places.proofs / "sized.gup").write_text(SIZED, encoding="utf-8")
    record(places)
    shown = varied(load_library(places))
    head, two, three = [[cell.astext() for cell in row.children] for row in shown.findall(lambda node: node.tagname == "row")]
    assert head == ["with", "sc", "armv8 arm64-lse"]
    # What sets CELLS itself is not asked again.
    assert two[0] == "CELLS = 2"
    assert two[1].startswith("✓ 1 of 1 ")
    assert two[2].startswith("✓ 1 of 1 ")
    assert three[0] == "CELLS = 3"
    assert three[2] == ""


def test_a_setting_without_records_ends_the_build(tmp_path):
    places = written(tmp_path)
    (places.proofs / "sized.gup").write_text(SIZED, encoding="utf-8")
    record(places)
    with pytest.raises(GupError) as caught:
        load_library(replace(places, varied=(("CELLS=2", ()),)))
    assert "gupproof prove --config NAME=VALUE --records" in caught.value.diagnostics[-1].help
