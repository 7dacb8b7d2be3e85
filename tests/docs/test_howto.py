"""The complete file that docs/howto-protocol.md builds up block by block does what the page says."""

import re
from pathlib import Path

from gupproof.language import load_text
from gupproof.proving.obligations import grouped, obligations_of
from gupproof.proving.run import prove_group

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "howto-protocol.md"


def test_the_sequence_lock_is_proved_as_the_page_says():
    blocks = re.findall(r"```gup\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 4
    unit = load_text("\n".join(blocks), "seqlock.gup")
    results = [result for group in grouped([unit], obligations_of(unit)) for result in prove_group(group, timeout=30)]
    assert len(results) == 4 + 1 + 4 * 2
    for result in results:
        assert result.as_expected, f"{result.obligation.theorem}: {result.verdict.value} {result.reason}"
