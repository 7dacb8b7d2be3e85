"""``gupproof litmus`` as a shell sees it."""

import json
from pathlib import Path

import pytest

from tests.cli.support import gupproof

STORE_BUFFERING = """X86 SB
{ }
 P0          | P1          ;
 MOV [x],$1  | MOV [y],$1  ;
 MOV EAX,[y] | MOV EAX,[x] ;
exists (0:EAX=0 /\\ 1:EAX=0)
"""
STATES = """Test SB Allowed
States 4
0:EAX=0; 1:EAX=0;
0:EAX=0; 1:EAX=1;
0:EAX=1; 1:EAX=0;
0:EAX=1; 1:EAX=1;
Ok
Condition exists (0:EAX=0 /\\ 1:EAX=0)
Observation SB Sometimes
"""


def written(folder: Path, text: str = STORE_BUFFERING, name: str = "SB") -> Path:
    path = folder / f"{name}.litmus"
    path.write_text(text)
    return path


def test_states_are_listed_as_herd_lists_them(tmp_path: Path) -> None:
    assert STATES in gupproof("litmus", "--states", written(tmp_path)).out


def test_a_loop_that_was_cut_is_named(tmp_path: Path) -> None:
    text = "X86 t\n{ }\nP0 ;\nL: ;\n MOV EAX,[x] ;\n CMP EAX,$0 ;\n JE L ;\nexists (0:EAX=1)\n"
    assert "\nLoop No\n" in gupproof("litmus", "--states", written(tmp_path, text)).out


def test_states_are_in_the_json_document(tmp_path: Path) -> None:
    found = json.loads(gupproof("litmus", "--states", "--json", written(tmp_path)).out)
    assert found["results"][0]["states"][0] == "0:EAX=0; 1:EAX=0;"


def test_a_flag_has_a_line_of_its_own_before_the_condition(tmp_path: Path) -> None:
    racy = KERNEL.format("Never DATARACE", "*x = 1")
    assert "\nNo\nFlag data-race\nCondition exists (1:r1=2)\n" in gupproof("litmus", "--states", written(tmp_path, racy)).out


def test_each_result_of_the_json_document_is_a_line_as_soon_as_it_is_found(tmp_path: Path) -> None:
    for name in ("one", "other", "third"):
        written(tmp_path, name=name)
    out = gupproof("litmus", "--json", "-j", "1", tmp_path).out
    document = json.loads(out)
    assert document["summary"]["tests"] == len(document["results"]) == 3
    # What is there of it after the second result, had the run been killed then.
    begun = out[: out.index("third.litmus")].split("\n")
    lines = [
        json.loads(line.rstrip(",")) for line in begun if line.startswith('    {"path"') and line.rstrip(",").endswith("}")
    ]
    assert lines == document["results"][:2]


def test_a_json_document_of_nothing_but_problems_is_one(tmp_path: Path) -> None:
    done = gupproof("litmus", "--json", written(tmp_path, "Alpha t\n{ }\nP0 ;\nexists (0:r1=1)\n"))
    assert (done.code, json.loads(done.out)["results"]) == (2, [])


def test_a_graph_is_written_and_its_story_told(tmp_path: Path) -> None:
    target = tmp_path / "one.dot"
    done = gupproof("litmus", "--graph", target, written(tmp_path))
    assert done.code == 0
    assert "reads x = 0 (rf initial)" in done.out
    assert "edges: co " in done.out
    assert target.read_text().startswith('digraph "SB under x86-tso" {')


def test_graphs_of_several_tests_go_to_a_folder(tmp_path: Path) -> None:
    for name in ("one", "other"):
        written(tmp_path, name=name)
    refused = gupproof("litmus", "--graph", tmp_path / "all.dot", tmp_path)
    assert refused.code == 2
    assert "U011" in refused.err
    assert gupproof("litmus", "--graph", tmp_path, tmp_path).code == 0
    assert (tmp_path / "one.dot").is_file()
    assert (tmp_path / "other.dot").is_file()


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    assert gupproof("litmus", "--graph", tmp_path / "new" / "graphs", written(tmp_path)).code == 0
    assert (tmp_path / "new" / "graphs" / "SB.dot").is_file()


def test_a_drawing_is_written_where_the_file_ends_so(tmp_path: Path) -> None:
    target = tmp_path / "sb.svg"
    assert gupproof("litmus", "--graph", target, written(tmp_path)).code == 0
    assert target.read_text().startswith("<svg ")
    assert list(tmp_path.glob("*.dot")) == []


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = gupproof("litmus", "--graph", tmp_path / "file" / "graphs", written(tmp_path))
    assert done.code == 2
    assert "U011" in done.err
    assert "cannot be made" in done.err


def test_what_cannot_happen_has_no_graph(tmp_path: Path) -> None:
    test = written(tmp_path, STORE_BUFFERING.replace("0:EAX=0", "0:EAX=3"))
    assert "no execution of SB satisfies the condition" in gupproof("litmus", "--graph", tmp_path, test).out


def test_what_a_test_says_of_itself_is_compared(tmp_path: Path) -> None:
    right = gupproof("litmus", written(tmp_path, STORE_BUFFERING.replace("{ }", "(* Result: Sometimes *)\n{ }")))
    assert (right.code, "1 agree, 0 disagree" in right.out) == (0, True)
    wrong = gupproof("litmus", written(tmp_path, STORE_BUFFERING.replace("{ }", "(* Result: Never *)\n{ }")))
    assert (wrong.code, "its comment says Never" in wrong.out) == (1, True)


KERNEL = """C t
(*
 * Result: {}
 *)
{{ }}
P0(int *x) {{ {}; }}
P1(int *x) {{ r1 = READ_ONCE(*x); }}
exists (1:r1=2)
"""


@pytest.mark.parametrize(
    ("result", "statement", "says"),
    [
        ("Never", "WRITE_ONCE(*x, 1)", ""),
        ("Never DATARACE", "*x = 1", ""),
        ("Sometimes DATARACE", "*x = 1", ""),  # after a race the model promises nothing
        ("Never DATARACE", "WRITE_ONCE(*x, 1)", "no data race under lkmm, its comment says one"),
        ("Never", "*x = 1", "a data race under lkmm, its comment says none"),
        ("DEADLOCK", "WRITE_ONCE(*x, 1)", "Never under lkmm, its comment says Deadlock"),
        ("DEADLOCK", "spin_lock(x); spin_lock(x)", ""),
        ("Never", "spin_lock(x); spin_lock(x)", "Deadlock under lkmm, its comment says Never"),
    ],
)
def test_a_data_race_and_a_deadlock_are_compared_too(tmp_path: Path, result: str, statement: str, says: str) -> None:
    done = gupproof("litmus", written(tmp_path, KERNEL.format(result, statement)))
    assert done.code == bool(says)
    assert (says or "1 agree") in done.out


def test_what_is_not_handled_is_shown_with_its_kind(tmp_path: Path) -> None:
    done = gupproof("litmus", "--states", written(tmp_path, STORE_BUFFERING.replace("MOV [x],$1 ", "CPUID")))
    assert (done.code, "Unsupported SB: instruction: 'CPUID'" in done.out) == (0, True)
