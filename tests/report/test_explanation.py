"""Results told at length."""

import pytest

from gupproof.proving.result import Verdict
from gupproof.report.explanation import WIDTH, explanation
from tests.support.proofs import BUFFERING, judged, made_result


@pytest.fixture(scope="module")
def refuted():
    text = 'theorem t "C1" { buffering shows seen, small under x86-tso expect refuted; }'
    results = judged(f"{BUFFERING}// Buffers delay\n// what is stored.\n{text}")
    return next(result for result in results if result.verdict is Verdict.REFUTED)


def test_a_refutation_is_told_step_by_step(refuted):
    text = explanation([refuted])
    assert text.startswith("t [C1]\n══════\nBuffers delay what is stored.")
    assert "seen of buffering under x86-tso on x86-64, default switches: refuted" in " ".join(text.split())
    assert refuted.reason in text
    for step in refuted.story:
        assert step.text in text


def test_a_theorem_has_one_heading_for_all_its_results():
    text = explanation([made_result(), made_result(property="q"), made_result(theorem="other")])
    assert text.count("holds [C1]") == 1
    assert text.count("other [C1]") == 1
    assert text.index("holds [C1]") < text.index("q of s") < text.index("other [C1]")


def test_a_check_is_headed_by_its_scenario():
    assert explanation([made_result(theorem="", claim="")]).startswith("s\n═\n")


def test_settings_are_told():
    assert "K = true, MODE = red: proved" in explanation([made_result(settings=(("K", "true"), ("MODE", "red")))])


def test_what_was_not_expected_is_told():
    text = explanation([made_result(verdict=Verdict.VACUOUS, reason="holds, but cannot happen: c")])
    assert "vacuous, though the theorem expects proved" in text
    assert "holds, but cannot happen: c" in text


def test_covers_are_told_of_what_was_not_refuted():
    text = explanation([made_result(reached=(("a", True), ("b", False), ("c", None)))])
    assert "covers: a is reached, b cannot be reached, c was not decided" in text


def test_long_documentation_is_wrapped():
    text = explanation([made_result(doc="word " * 60)])
    assert max(map(len, text.split("\n"))) <= WIDTH
    assert text.count("word") == 60
