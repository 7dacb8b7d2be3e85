"""A file of claims is read whole, or refused with the claim that is at fault."""

import pytest

from gupproof.diagnostics import GupError
from gupproof.proving.claims import labels, load_claims

WHOLE = """
[[claim]]
id = "C1"
by = "Jane"
quote = "is that enough"
gist = "g"
proposition = "p"
answer = "a"
kind = "memory"

[[claim]]
id = "C2"
gist = "g"
proposition = "p"
answer = "a"
kind = "preprocessor"
reason = "r"
sources = ["include/linux/mmdebug.h"]
"""


@pytest.fixture
def refusal(tmp_path):
    """What is said of a text that is no file of claims."""

    def refuse(text: str) -> str:
        path = tmp_path / "claims.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(GupError) as caught:
            load_claims(path)
        return str(caught.value)

    return refuse


def test_claims_come_in_the_order_of_the_file(tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text(WHOLE, encoding="utf-8")
    first, second = load_claims(path)
    assert (first.id, first.by, first.quote, first.of_memory) == ("C1", "Jane", "is that enough", True)
    assert (second.id, second.of_memory, second.sources) == ("C2", False, ("include/linux/mmdebug.h",))


def test_a_label_may_name_several_claims():
    assert labels("C41, C46") == ("C41", "C46")
    assert labels("") == ()


def test_what_memory_does_not_decide_needs_a_reason_and_a_source(refusal):
    assert "claim C2: what memory does not decide needs" in refusal(WHOLE.replace('reason = "r"', ""))


def test_a_claim_without_an_answer_is_named(refusal):
    assert "claim C1: `answer` is missing" in refusal(WHOLE.replace('answer = "a"', "", 1))


def test_a_claim_with_an_unknown_word_is_named(refusal):
    assert "claim C1: there is no `anser`" in refusal(WHOLE.replace("answer", "anser", 1))


def test_a_number_is_no_text(refusal):
    assert "claim C1: `gist` is no text" in refusal(WHOLE.replace('gist = "g"', "gist = 3", 1))


def test_two_claims_of_one_name_are_refused(refusal):
    assert "has two claims C1" in refusal(WHOLE.replace('id = "C2"', 'id = "C1"'))


def test_what_is_no_toml_is_refused_with_the_place(refusal):
    assert "is no TOML" in refusal("[[claim\n")


def test_a_list_of_something_else_is_refused(refusal):
    assert "list of tables" in refusal("claim = 3\n")
