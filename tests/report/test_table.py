"""Results as lines and as a table."""

from gupproof.proving.result import Verdict
from gupproof.report.table import COLOURS, cell, closing, line, table
from tests.support.proofs import made_result


def cells_of(text: str) -> list[list[str]]:
    """The cells of a table, cut where the rule under its head says."""
    head, rule, *rows = text.split("\n")
    starts = [place for place, char in enumerate(rule) if char == "─" and (place == 0 or rule[place - 1] != "─")]
    ends = [*(start - 2 for start in starts[1:]), None]
    return [[row[start:end].strip() for start, end in zip(starts, ends, strict=True)] for row in (head, *rows)]


REFUTED = {"verdict": Verdict.REFUTED, "reason": "p fails in the final state"}


def test_a_cell_shouts_what_was_not_expected():
    assert cell(made_result()) == "proved"
    assert cell(made_result(**REFUTED)) == "REFUTED, not proved"
    assert cell(made_result(**REFUTED, expect=None)) == "refuted"


def test_a_line_tells_what_was_asked_and_answered():
    assert line(made_result()) == "holds [C1]: p under sc/x86-64: proved [0.25 s]"
    result = made_result(theorem="", claim="", expect=None, settings=(("K", "true"), ("MODE", "red")))
    assert line(result) == "s: p under sc/x86-64 (K=true, MODE=red): proved [0.25 s]"


def test_a_line_gives_the_reason_where_there_is_no_story_to_tell_it():
    assert ": UNKNOWN, not proved: no answer [" in line(made_result(verdict=Verdict.UNKNOWN, reason="no answer"))
    assert "fails" not in line(made_result(**REFUTED))


def test_the_table_has_a_row_for_each_property_and_setting_and_a_column_for_each_platform():
    results = [
        made_result(seconds=0.25),
        made_result(model="armv8", target="arm64-lse", seconds=0.5),
        made_result(property="q", **REFUTED, expect="refuted"),
        made_result(settings=(("K", "true"),), model="armv8", target="arm64-llsc"),
    ]
    assert cells_of(table(results)) == [
        ["claim", "theorem", "property", "with", "sc", "armv8/arm64-lse", "armv8/arm64-llsc", "time"],
        ["C1", "holds", "p", "", "proved", "proved", "", "0.75 s"],
        ["C1", "holds", "q", "", "refuted", "", "", "0.25 s"],
        ["C1", "holds", "p", "K=true", "", "", "proved", "0.25 s"],
    ]


def test_scenarios_and_files_do_not_share_rows():
    results = [made_result(), made_result(scenario="s2"), made_result(file="b.gup")]
    assert len(cells_of(table(results))) == 1 + 3


def test_colours_change_no_width():
    results = [made_result(), made_result(property="a much longer name", **REFUTED)]
    plain = table(results)
    painted = table(results, paint=lambda text, colour: f"<{colour}>{text}</>")
    assert "<green>proved</>" in painted
    assert "<red>REFUTED, not proved</>" in painted
    stripped = painted.replace("</>", "")
    for colour in {*COLOURS.values(), "red"}:
        stripped = stripped.replace(f"<{colour}>", "")
    assert stripped == plain


def test_no_line_ends_in_spaces():
    results = [made_result(), made_result(model="x86-tso", property="q")]
    assert all(row == row.rstrip() for row in table(results).split("\n"))


def test_the_last_line_counts():
    results = [made_result(), made_result(**REFUTED, expect="refuted"), made_result()]
    assert closing(results, planned=3, seconds=1.26) == "3 obligations: 2 proved, 1 refuted; all as expected; 1.3 s"


def test_the_last_line_says_what_was_not_expected_and_what_is_missing():
    results = [made_result(**REFUTED), made_result()]
    assert closing(results, planned=5, seconds=1) == (
        "2 obligations (3 not finished): 1 proved, 1 refuted; 1 NOT AS EXPECTED; 1.0 s"
    )


def test_without_expectations_nothing_is_as_expected_or_not():
    assert "expected" not in closing([made_result(expect=None)], planned=1, seconds=1)
    assert closing([], planned=2, seconds=1).startswith("0 obligations (2 not finished): none")
