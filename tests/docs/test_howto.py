"""The complete files that the how-to pages build up block by block do what the pages say."""

import re
from pathlib import Path

from gupproof.language import load_text, typed
from gupproof.placing.asking import placement_questions, question_of
from gupproof.placing.run import answer
from gupproof.proving.obligations import grouped, obligations_of
from gupproof.proving.platforms import target_of
from gupproof.proving.run import prove_group

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"


def _unit(page: str, name: str) -> typed.Unit:
    blocks = re.findall(r"```gup\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 3
    return load_text("\n".join(blocks), name)


def test_the_sequence_lock_is_proved_as_the_page_says():
    unit = _unit("howto-protocol.md", "seqlock.gup")
    results = [result for group in grouped([unit], obligations_of(unit)) for result in prove_group(group, timeout=30)]
    assert len(results) == 4 + 1 + 4 * 2
    for result in results:
        assert result.as_expected, f"{result.obligation.theorem}: {result.verdict.value} {result.reason}"


def test_the_mailbox_needs_what_the_page_says():
    unit = _unit("howto-barriers.md", "mailbox.gup")
    results = [result for group in grouped([unit], obligations_of(unit)) for result in prove_group(group, timeout=30)]
    assert [result.as_expected for result in results] == [True] * 4
    asked = placement_questions(unit, unit.theorems["mail_needs_both_sides"])
    derived = question_of([(unit, unit.theorems["mail_is_delivered"])])
    found = [answer(question, {item: target_of(item) for item in question.platforms}) for question in (*asked, derived)]
    assert [item.as_expected for item in found] == [True, True, None]
    assert len(found[-1].together.found.placements) == 4
