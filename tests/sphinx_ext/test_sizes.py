"""What a size costs stands in a row of its own, under the theorem that is shown at several."""

import re

from gupproof.sphinx_ext.library import load_library
from gupproof.sphinx_ext.sizes import sizes
from tests.sphinx_ext.support import record, written

SIZED = """
config CELLS : 1 .. 3 = 1;
config MARKED : bool = true;

scenario stores {
    int cell[3];
    thread a { for (int i = 0; i < CELLS; i++) { if (MARKED) WRITE_ONCE(cell[i], 1); else cell[i] = 1; } }
    property fine : true;
    cover done : cell[0] == 1;
}

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
