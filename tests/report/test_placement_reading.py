"""An answer about placements comes back from its JSON as it was, but for its executions, which are told in their stories."""

import pytest

from gupproof.language import load_text
from gupproof.placing.asking import placement_questions
from gupproof.placing.run import answer
from gupproof.proving.platforms import target_of
from gupproof.report.placement_reading import answer_of
from gupproof.report.placements import answer_json

TEXT = """
slot wmb : none | smp_wmb | smp_mb = smp_mb;
slot load : READ_ONCE | smp_load_acquire = READ_ONCE;

scenario passing {
    int data, flag;
    ghost int seen, got;

    thread writer { WRITE_ONCE(data, 1); slot wmb; WRITE_ONCE(flag, 1); }
    thread reader { seen = slot load(flag); got = READ_ONCE(data); }

    property fresh  : seen == 0 || got == 1;
    property unseen : seen == 0;
}

theorem placed {
    passing
    places wmb, load for fresh under x86-tso, armv8 expect { wmb = smp_wmb, load = smp_load_acquire };
    places wmb, load for unseen under sc expect hopeless;
}
"""


@pytest.fixture(scope="module", params=[0, 1], ids=["sufficient", "hopeless"])
def found(request):
    unit = load_text(TEXT, "placed.gup")
    question = placement_questions(unit, unit.theorems["placed"])[request.param]
    return answer(question, {platform: target_of(platform) for platform in question.platforms})


def test_it_comes_back_as_it_was(found):
    item = answer_json(found)
    back = answer_of(item, found.question)
    assert answer_json(back) == item
    assert back.together.found.placements == found.together.found.placements
    assert back.together.hopeless is found.together.hopeless
    assert back.as_expected
    assert [*back.reasons] == [*found.reasons]
    assert back.costs == found.costs


@pytest.mark.parametrize(
    "spoil",
    [
        lambda item: item.update(theorems=["another"]),
        lambda item: item["slots"] and item["together"].update(platforms=["sc/another"]),
        lambda item: item["alone"].clear(),
        lambda item: item.pop("front"),
        lambda item: item["cheapest"].append({}),
        lambda item: item["together"]["minimal"].append({"wmb": "smp_mb"}),
    ],
)
def test_what_is_no_record_is_refused(spoil):
    unit = load_text(TEXT, "placed.gup")
    question = placement_questions(unit, unit.theorems["placed"])[0]
    item = answer_json(answer(question, {platform: target_of(platform) for platform in question.platforms}))
    spoil(item)
    with pytest.raises(ValueError, match="no record"):
        answer_of(item, question)
