"""How an execution refutes a property: at its end, by an assert, or by an access that goes astray."""

from pathlib import Path

import pytest

from gupproof.language import load
from gupproof.proving.obligations import grouped, obligations_of
from gupproof.proving.refuting import Ending, refuted

TEXT = """int x;
int *p;
scenario s {{
    ghost int got;
    thread a {{ {code} }}
    property one : got == 1;
}}
theorem t {{ s shows one under sc expect proved; }}
"""


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        ("got = 1;", None),
        ("got = 2;", Ending.FINAL_STATE),
        ("assert(x == 1, one); got = 1;", Ending.ASSERT),
        ("got = *p;", Ending.FAULT),
        # Where both go wrong, that the access did says less of the property.
        ("assert(x == 1, one); got = *p;", Ending.FAULT),
    ],
)
def test_each_way_to_refute_a_property_is_told_from_the_others(tmp_path: Path, code: str, ending: Ending | None):
    path = tmp_path / "t.gup"
    path.write_text(TEXT.format(code=code), encoding="utf-8")
    unit = load(path)
    (group,) = grouped([unit], obligations_of(unit))
    assert [item.ending for item in refuted(group, timeout=10)] == ([] if ending is None else [ending])
