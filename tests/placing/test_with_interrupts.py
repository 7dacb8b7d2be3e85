"""A fence is one more point at which an interrupt may come in: reasons are told all the same of the text without it."""

from gupproof.language import load_text
from gupproof.placing.asking import question_of
from gupproof.placing.run import answer
from gupproof.placing.slots import spelled
from gupproof.proving.platforms import target_of

TEXT = """
slot w : none | smp_wmb = none;
slot r : none | smp_rmb = none;
int x, y, z;
fn handler() { WRITE_ONCE(z, READ_ONCE(z) + 1); }
scenario s {
    ghost int a, b;
    thread t { WRITE_ONCE(x, 1); slot w; WRITE_ONCE(y, 1); }
    thread u { a = READ_ONCE(y); slot r; b = READ_ONCE(x); }
    interrupt t by handler();
    property p : !(a == 1 && b == 0);
    cover interrupted : z == 1;
}
theorem t { s shows p under armv8/arm64-lse expect refuted; }
"""


def test_reasons_are_executions_of_the_text_without_the_fence() -> None:
    unit = load_text(TEXT, "interrupted.gup")
    question = question_of([(unit, unit.theorems["t"])])
    found = answer(question, {platform: target_of(platform) for platform in question.platforms})
    assert [spelled(question.slots, item) for item in found.together.found.placements] == ["w = smp_wmb, r = smp_rmb"]
    (reasons,) = found.reasons.values()
    told = [reason.result for reason in reasons]
    assert [dict(result.obligation.settings) for result in told if result] == [
        {"w": "none", "r": "smp_rmb"},
        {"w": "smp_wmb", "r": "none"},
    ]
    assert not any("wmb" in line.text for line in (told[0].story if told[0] else ()))
