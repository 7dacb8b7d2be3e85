"""What users are told: place, reason, line, caret, remedy."""

import os

import pytest

from gupproof.diagnostics import NOWHERE, Diagnostic, GupError, Span, read_source, with_source_lines


def caret_of(rendered: str) -> str:
    """The text of the source line that the caret is under."""
    _, line, carets, *_ = rendered.split("\n")
    start = carets.index("^")
    return line[start : start + carets.count("^")]


def test_everything_known_is_shown():
    span = Span("a.gup", 3, 9, 3, 14)
    shown = Diagnostic(
        code="G011", message="nothing is called `count`", span=span, help="declare it", line_text="    x = count;"
    )
    assert shown.render().split("\n") == [
        "a.gup:3:9: error[G011]: nothing is called `count`",
        "  3 |     x = count;",
        "    |         ^^^^^",
        "  = help: declare it",
    ]
    assert caret_of(shown.render()) == "count"


def test_what_is_unknown_is_left_out():
    assert Diagnostic(code="U001", message="a.gup does not exist").render() == "error[U001]: a.gup does not exist"
    assert Diagnostic(code="G001", message="no", span=Span("a.gup", 1, 1, 1, 2)).render() == "a.gup:1:1: error[G001]: no"


def test_the_caret_stays_under_the_text_behind_tabs():
    shown = Diagnostic(code="G001", message="no", span=Span("a", 1, 3, 1, 5), line_text="\t\tab;").render()
    _, line, carets = shown.split("\n")
    assert line.index("ab") == carets.index("^^")
    assert line[: line.index("ab")].count("\t") == carets.count("\t") == 2


def test_a_caret_over_several_lines_ends_with_the_first():
    shown = Diagnostic(code="G001", message="no", span=Span("a", 1, 3, 4, 2), line_text="if (x) {").render()
    assert caret_of(shown) == " (x) {"


def test_an_empty_span_still_has_a_caret():
    assert "^" in Diagnostic(code="G001", message="no", span=Span("a", 1, 9, 1, 9), line_text="int x").render()


def test_numbers_of_more_digits_move_the_caret_along():
    _, line, carets = Diagnostic(code="G1", message="m", span=Span("a", 120, 1, 120, 2), line_text="x").render().split("\n")
    assert line.index("x") == carets.index("^")


def test_an_error_tells_all_it_knows():
    error = GupError(Diagnostic(code="A", message="one"), Diagnostic(code="B", message="two"))
    assert str(error) == "error[A]: one\nerror[B]: two"
    assert [item.code for item in error.diagnostics] == ["A", "B"]


def test_places_are_short_in_stories():
    assert Span("/some/where/a.gup", 12, 3, 12, 4).place == "a.gup:12"
    assert str(Span("/some/a.gup", 12, 3, 12, 4)) == "/some/a.gup:12:3"
    assert NOWHERE.line == 0


def test_lines_are_filled_in_and_diagnostics_sorted_by_place():
    sources = {"a": "first\nsecond\fstill second\nthird", "b": "other"}
    given = [
        Diagnostic(code="1", message="m", span=Span("b", 1, 1, 1, 2)),
        Diagnostic(code="2", message="m", span=Span("a", 3, 1, 3, 2)),
        Diagnostic(code="3", message="m", span=Span("a", 2, 1, 2, 2)),
        Diagnostic(code="4", message="m"),
        Diagnostic(code="5", message="m", span=Span("a", 9, 1, 9, 2)),
        Diagnostic(code="6", message="m", span=Span("c", 1, 1, 1, 2), line_text="kept"),
    ]
    filled = with_source_lines(given, sources)
    assert [(item.code, item.line_text) for item in filled] == [
        ("4", ""),
        ("3", "second\fstill second"),
        ("2", "third"),
        ("5", ""),
        ("1", "other"),
        ("6", "kept"),
    ]


# ── reading files ────────────────────────────────────────────────────────────────────────────────────────────────────


def refused(path, **options) -> Diagnostic:
    with pytest.raises(GupError) as caught:
        read_source(path, kind="a .gup file", **options)
    (item,) = caught.value.diagnostics
    assert str(path) in item.message
    return item


def test_text_is_read_with_lines_that_end_in_one_way(tmp_path):
    path = tmp_path / "a.gup"
    path.write_bytes("int ä;\r\nint b;\n".encode())
    assert read_source(path, kind="a .gup file") == "int ä;\nint b;\n"


def test_a_file_that_does_not_exist_is_refused(tmp_path):
    assert refused(tmp_path / "none.gup").code == "U001"


def test_a_folder_is_refused(tmp_path):
    item = refused(tmp_path)
    assert item.code == "U002"
    assert item.help


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable to root")
def test_a_file_that_may_not_be_read_is_refused(tmp_path):
    path = tmp_path / "a.gup"
    path.write_text("int x;")
    path.chmod(0)
    assert refused(path).code == "U003"


def test_a_name_that_is_no_path_is_refused(tmp_path):
    assert refused(tmp_path / ("long" * 200)).code == "U003"


def test_a_file_that_is_too_large_is_refused(tmp_path):
    path = tmp_path / "a.gup"
    path.write_text("12345678901")
    item = refused(path, limit=10)
    assert item.code == "U004"
    assert "10 bytes" in item.message
    assert read_source(path, kind="a .gup file", limit=11) == "12345678901"


@pytest.mark.parametrize("data", [b"int \xff;", b"int x;\0"])
def test_what_is_no_text_is_refused(tmp_path, data):
    path = tmp_path / "a.gup"
    path.write_bytes(data)
    assert refused(path).code == "U005"


def test_a_byte_order_mark_is_passed_over(tmp_path):
    path = tmp_path / "a.gup"
    path.write_bytes(b"\xef\xbb\xbfint x;")
    assert read_source(path, kind="a .gup file") == "int x;"
