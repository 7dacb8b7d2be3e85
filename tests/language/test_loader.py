"""Which files a file uses, where they are looked for, and that each is read once."""

import pytest

from gupproof.diagnostics import GupError
from gupproof.language import load, load_text


@pytest.fixture
def project(tmp_path):
    def write(**files: str):
        for name, text in files.items():
            path = tmp_path / f"{name.replace('__', '/')}.gup"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_a_used_file_lies_beside(project):
    root = project(main="use other; fn f() { g(); }", other="fn g() { }")
    assert set(load(root / "main.gup").functions) == {"f", "g"}


def test_a_used_file_lies_in_a_folder_named_by_the_path(project):
    root = project(main="use mm.page; struct page P;", mm__page="struct page { int x; };")
    assert "page" in load(root / "main.gup").structs


def test_a_file_in_a_folder_above_takes_no_part(project):
    root = project(deep__er__main="use mm.page; struct page P;", mm__page="int mine;", deep__mm__page="int mine;")
    unit = load(root / "deep" / "er" / "main.gup")
    assert "mine" not in unit.variables
    assert "page" in unit.structs, "the project's own"


def test_a_file_that_is_in_a_folder_above_only_is_not_found(project):
    root = project(sub__main="use other;", other="int x;")
    with pytest.raises(GupError, match=r"other\.gup is neither beside this file nor in spec/"):
        load(root / "sub" / "main.gup")


def test_a_used_file_finds_what_lies_beside_the_one_that_uses_it(project):
    root = project(main="use mm.a;", mm__a="use mm.b; use c;", mm__b="int second;", mm__c="int third;")
    assert set(load(root / "main.gup").variables) == {"second", "third"}


def test_the_projects_own_files_use_the_projects_own(project):
    root = project(main="use mm.gup_fast;", mm__page="int mine;", page="int mine;")
    unit = load(root / "main.gup")
    assert "mine" not in unit.variables
    assert "page" in unit.structs


def test_the_working_folder_takes_no_part(project, monkeypatch):
    root = project(sub__main="use mm.page;", mm__page="int mine;")
    monkeypatch.chdir(root)
    assert "mine" not in load(root / "sub" / "main.gup").variables
    assert "mine" not in load_text("use mm.page;").variables


def test_a_file_beside_comes_before_the_projects_own(project):
    root = project(main="use mm.page;", mm__page="int near;")
    assert set(load(root / "main.gup").variables) == {"near"}


def test_search_folders_come_before_the_projects_own(project):
    root = project(lib__mm__page="int mine;")
    assert set(load_text("use mm.page;", search=[root / "lib"]).variables) == {"mine"}


def test_the_projects_own_specifications_are_found_last():
    assert "page" in load_text("use mm.page;").structs


def test_what_used_files_use_is_visible(project):
    root = project(main="use a; fn f() { h(); }", a="use b; fn g() { h(); }", b="fn h() { }")
    assert set(load(root / "main.gup").functions) == {"f", "g", "h"}


def test_a_file_used_twice_is_read_once(project):
    root = project(main="use a; use b; use a;", a="use c;", b="use c;", c="int x;")
    unit = load(root / "main.gup")
    assert len(unit.sources) == 4
    assert set(unit.variables) == {"x"}


def test_files_may_use_each_other_and_themselves(project):
    root = project(main="use a; fn f() { g(); }", a="use main; use a; fn g() { }")
    assert set(load(root / "main.gup").functions) == {"f", "g"}


def test_only_the_theorems_of_the_file_itself_are_its_own(project):
    root = project(
        main="use a; theorem mine { s shows asserts under sc expect proved; }",
        a="scenario s { } theorem theirs { s shows asserts under sc expect proved; }",
    )
    unit = load(root / "main.gup")
    assert set(unit.theorems) == {"mine"}
    assert set(unit.scenarios) == {"s"}


def test_declarations_of_used_files_come_first(project):
    root = project(main="use a; int second; fn f() { }", a="int first; fn g() { }")
    unit = load(root / "main.gup")
    assert list(unit.variables) == ["first", "second"]


def test_a_file_that_is_not_there_is_reported_with_the_nearest_name(project):
    root = project(main="use pgae;", page="int x;")
    with pytest.raises(GupError) as caught:
        load(root / "main.gup")
    (item,) = caught.value.diagnostics
    assert item.code == "G010"
    assert "`page`" in item.help
    assert item.line_text == "use pgae;"


def test_errors_of_all_files_are_reported_together(project):
    root = project(main="use a; use b;", a="fn g( { }", b="int x")
    with pytest.raises(GupError) as caught:
        load(root / "main.gup")
    assert {item.span.path.rsplit("/", 1)[-1] for item in caught.value.diagnostics if item.span} == {
        "a.gup",
        "b.gup",
    }


def test_a_duplicate_in_another_file_names_that_file(project):
    root = project(main="use a; int x;", a="int x;")
    with pytest.raises(GupError, match=r"first at .*a\.gup:1:5"):
        load(root / "main.gup")


@pytest.mark.parametrize("code", ["U001", "U002", "U005"])
def test_what_is_no_text_file_is_refused(code, tmp_path):
    path = tmp_path / "x.gup"
    if code == "U002":
        path.mkdir()
    elif code == "U005":
        path.write_bytes(b"\xff\xfe")
    with pytest.raises(GupError) as caught:
        load(path)
    assert caught.value.diagnostics[0].code == code


def test_paths_are_shown_from_the_working_folder(project, monkeypatch):
    root = project(main="use a;", a="int x")
    monkeypatch.chdir(root)
    with pytest.raises(GupError) as caught:
        load(root / "main.gup")
    assert str(caught.value.diagnostics[0].span).startswith("a.gup:1:")


def test_line_ends_of_other_systems_are_understood(tmp_path):
    path = tmp_path / "x.gup"
    path.write_bytes(b"// a\r\nint x;\r\nint y;\r\n")
    assert set(load(path).variables) == {"x", "y"}
