"""Answers about placements as text and as JSON."""

import json
from dataclasses import replace

import jsonschema
import pytest

from gupproof.placing.answer import Cheapest
from gupproof.placing.run import answer, cheapest, trial
from gupproof.placing.search import Found
from gupproof.report.placement_store import executions
from gupproof.report.placements import (
    answer_json,
    answer_text,
    cheapest_json,
    cheapest_text,
    heading,
    question_json,
    summary,
    trial_json,
    trial_text,
)
from gupproof.resources import data_root
from tests.support.asking import AGAIN, COUNTING, LOSING, PASSING, question, targets

BOTH = ("x86-tso", "armv8/arm64-lse")
SCHEMA = json.loads((data_root() / "docs" / "barriers.schema.json").read_text(encoding="utf-8"))


def answered(text, *models, limit=None, **parts):
    asked = question(text, *models, **parts)
    return answer(asked, targets(asked), limit=limit)


@pytest.fixture(scope="module")
def passing():
    return answered(PASSING, *BOTH)


@pytest.fixture(scope="module")
def losing():
    return answered(LOSING, "sc")


@pytest.fixture(scope="module")
def late():
    return answered(COUNTING, "x86-tso", limit=0.05)


def section(text, title):
    """The lines below a title, up to the next empty one."""
    (found,) = [part for part in text.split("\n\n") if part.startswith(title)]
    return found.splitlines()[1:]


# ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_at_length(passing):
    assert (
        answer_text(passing)
        == """\
t
═
to hold: passed of passing

  wmb  none  smp_wmb  [smp_mb]
  rmb  none  [smp_rmb]  smp_mb
  (in brackets: what the text has today)

what stands there today
  x86-tso/x86-64   sufficient  not minimal: wmb could be smp_wmb; rmb could be none
  armv8/arm64-lse  sufficient  not minimal: wmb could be smp_wmb
  all together     sufficient  not minimal: wmb could be smp_wmb

minimal sufficient placements (all else at its weakest)
  x86-tso/x86-64                 nothing: every slot at its weakest
  armv8/arm64-lse, all together  wmb = smp_wmb, rmb = smp_rmb

what they cost (relative units; * the least)
                                         x86-64  arm64-lse
  wmb = smp_mb, rmb = smp_rmb (today's)  25      52
  wmb = smp_wmb, rmb = smp_rmb           0 *     27 *

why each is needed
  wmb = smp_wmb, rmb = smp_rmb:
    wmb = none instead of smp_wmb: under armv8/arm64-lse: passed fails in the final state
    rmb = none instead of smp_rmb: under armv8/arm64-lse: passed fails in the final state"""
    )


def test_what_is_asked_names_settings_and_every_goal(passing):
    (goal,) = passing.question.goals
    other = replace(goal, scenario="elsewhere", settings=(("FIX", "true"), ("MODE", "red")), properties=("p", "q"))
    lines = heading(replace(passing.question, goals=(goal, other), names=("one", "two"))).splitlines()
    assert lines[:4] == [
        "one, two",
        "════════",
        "to hold: passed of passing",
        "to hold: p, q of elsewhere with FIX = true, MODE = red",
    ]


def test_what_is_minimal_today_is_called_so():
    text = answer_text(answered(PASSING.replace("= smp_mb;", "= smp_wmb;"), "armv8/arm64-lse"))
    assert section(text, "what stands there today") == ["  armv8/arm64-lse  sufficient  minimal"]
    assert section(text, "what they cost")[1].split() == ["wmb", "=", "smp_wmb,", "rmb", "=", "smp_rmb", "(today's)", "27", "*"]


def test_what_is_not_enough_today_says_what_goes_wrong():
    text = answer_text(answered(PASSING.replace("= smp_rmb;", "= none;"), *BOTH))
    assert section(text, "what stands there today")[1:] == [
        "  armv8/arm64-lse  NOT sufficient  passed fails in the final state",
        "  all together     NOT sufficient  passed fails in the final state",
    ]
    assert "(today's)" not in text, "what is insufficient has no price worth knowing"


def test_where_nothing_helps_it_is_not_about_ordering(losing):
    text = answer_text(losing)
    assert section(text, "minimal") == ["  sc/x86-64  none: no choice of these slots helps"]
    assert text.endswith("""\
This is not about ordering: plain interleaving is enough, whatever stands in the slots.

  under sc/x86-64: counted fails in the final state""")
    assert "what they cost" not in text
    assert "why each is needed" not in text


def test_stories_are_told_where_they_are_wanted(passing, losing):
    assert "(rf " not in answer_text(passing)
    told = answer_text(passing, stories=True)
    assert told.count("finally: seen = 1, got = 0") == 2
    assert told.count("One step a line, in an order that the model allows") == 1
    assert "finally: n = 1" in answer_text(losing, stories=True)


def test_a_story_that_was_told_before_is_only_named(passing):
    ((placement, (first, second)),) = passing.reasons.items()
    again = replace(passing, reasons={placement: (first, replace(second, result=first.result))})
    told = answer_text(again, stories=True)
    assert told.count("finally: seen = 1, got = 0") == 1
    assert "      as wmb = none instead of smp_wmb" in told


def unfolded(lines):
    """Lines of a table as one line."""
    return " ".join(" ".join(lines).split())


def test_what_is_vacuous_is_told_and_not_called_sufficient():
    text = answer_text(answered(PASSING.replace("cover seen : seen == 1", "cover never : seen == 2"), "sc"))
    reason = "passing under sc/x86-64: holds, but cannot happen: never"
    assert unfolded(section(text, "what stands")) == f"sc/x86-64 NOT sufficient: vacuous {reason}"
    assert unfolded(section(text, "minimal")) == f"sc/x86-64 none vacuous: every slot at its weakest: {reason}"
    (last,) = [part for part in text.split("\n\n") if part.startswith("With")]
    assert unfolded([last]) == (
        "With the strongest alternative in each slot nothing goes wrong, but not all happens that is asked for."
    )


def test_what_is_open_because_of_a_bound_is_told_and_so_is_what_is_known_all_the_same():
    text = answer_text(answered(AGAIN.replace("= none", "= smp_rmb", 2).replace("smp_rmb;", "smp_wmb;", 1), "armv8/arm64-lse"))
    bound = "s under armv8/arm64-lse: holds within bounds, but the loop at <text>:11 may run more often: raise its bound"
    assert unfolded(section(text, "what stands")) == (
        "armv8/arm64-lse sufficient perhaps not minimal: not found out whether wmb could be none, or rmb could be none"
    )
    assert unfolded(section(text, "minimal")) == (
        f"armv8/arm64-lse wmb = smp_wmb, rmb = smp_rmb undecided: every slot at its weakest: {bound} "
        "... and perhaps others or weaker ones, as long as that is open"
    )
    assert unfolded(section(text, "why each")).endswith(f"rmb = none instead of smp_rmb: {bound}")


def test_slots_that_are_not_placed_are_told(passing):
    text = answer_text(replace(passing, question=replace(passing.question, kept=(("other", "smp_mb"),))))
    assert "  not placed: other = smp_mb\n" in text
    assert section(text, "minimal sufficient placements (of the slots above, what is not named at its weakest)")


MANY = (
    "".join(f"slot {name}{n} : none | smp_mb = smp_mb;" for name in ("first_barrier_", "other_barrier_") for n in range(4))
    + """
scenario many {
    int x, y;
    ghost int a, b;
    thread t { WRITE_ONCE(x, 1); """
    + "".join(f"slot first_barrier_{n}; " for n in range(4))
    + "a = READ_ONCE(y); } thread u { WRITE_ONCE(y, 1); "
    + "".join(f"slot other_barrier_{n}; " for n in range(4))
    + "b = READ_ONCE(x); } property p : !(a == 0 && b == 0); }"
)


def test_of_many_minimal_placements_it_is_said_that_only_some_are_explained():
    found = answered(MANY, "x86-tso")
    assert len(found.together.found.placements) == 16
    some = found.together.found.placements[:3]
    text = answer_text(replace(found, reasons={item: found.reasons[item] for item in some}))
    assert "why each is needed (of 16 minimal placements, those that none beats in costs)\n" in text
    assert "those that none beats" not in answer_text(answered(PASSING, "armv8/arm64-lse"))


def test_lines_are_no_longer_than_a_hundred_columns():
    found = answered(MANY, "x86-tso", "armv8/arm64-lse", "armv8/arm64-llsc", "riscv", "power")
    lines = answer_text(found).splitlines()
    assert max(map(len, lines)) <= 100
    (head,) = [line for line in lines if line.split()[:2] == ["x86-64", "arm64-lse"]]
    assert head.endswith("ppc64"), "the prices of all targets stand beside each other"
    asked = found.question
    weakest = (0,) * len(asked.slots)
    tried = trial_text(asked, weakest, trial(asked, targets(asked), weakest)).split("\n\n")[1]
    assert max(map(len, tried.splitlines())) <= 100


APART = """
slot f : none | smp_mb = none;
scenario s {
    int x, y;
    ghost int a, b;
    thread t { WRITE_ONCE(x, 1); slot f; a = READ_ONCE(y); }
    thread u { WRITE_ONCE(y, 1); smp_mb(); b = READ_ONCE(x); }
    property p : !(a == 0 && b == 0);
}
"""


def test_where_no_placement_serves_all_together_each_model_s_own_is_explained():
    found = answered(APART, "sc", "x86-tso")
    sc, tso = found.alone
    # As if the barrier were one too many under sc: no real model punishes one.
    nothing = replace(found.together.found, placements=())
    own = {tso.platforms[0]: found.reasons}
    text = answer_text(replace(found, together=replace(found.together, found=nothing), reasons={}, own_reasons=own))
    (reason,) = section(text, "why each is needed under x86-tso/x86-64 alone")[1:]
    assert reason == "    f = none instead of smp_mb: under x86-tso/x86-64: p fails in the final state"
    assert sc.found.placements == ((0,),)


def test_what_was_not_found_out_is_said(late):
    text = answer_text(late)
    assert section(text, "what stands there today") == [
        "  x86-tso/x86-64  not found out  counting under x86-tso/x86-64: the time is up"
    ]
    (line,) = section(text, "minimal")
    assert line.startswith("  x86-tso/x86-64  ... and perhaps others: ")
    assert "no choice" not in text


def test_past_the_time_what_is_known_stays_with_its_bound(passing):
    nothing = Found(placements=(), complete=False, bound=0, reason="the time is up")
    known = tuple(
        replace(item, placement=(2, 1), cost=passing.price(item.target, (2, 1)), bound=9, proved=False)
        for item in passing.cheapest
    )
    together = replace(passing.together, found=nothing)
    text = answer_text(replace(passing, together=together, cheapest=known, front=((2, 1),), reasons={}))
    assert section(text, "what they cost")[-1] == (
        "  arm64-lse: wmb = smp_mb, rmb = smp_rmb, at 52: the best known; none costs less than 9"
    )


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({}, "arm64-lse: wmb = smp_wmb, rmb = smp_rmb, at 27"),
        (
            {"proved": False, "bound": 12},
            "arm64-lse: wmb = smp_wmb, rmb = smp_rmb, at 27: the best known; none costs less than 12",
        ),
        ({"placement": None, "proved": False, "bound": 12}, "arm64-lse: none is known yet; none costs less than 12"),
        ({"placement": None}, "arm64-lse: no choice is sufficient"),
        (
            {"placement": None, "proved": False, "bound": 12, "reason": "the time is up"},
            "arm64-lse: none is known yet; none costs less than 12 (the time is up)",
        ),
    ],
)
def test_the_cheapest_in_a_line(passing, parts, text):
    item = Cheapest(target="arm64-lse", placement=(1, 1), cost=27, bound=27, proved=True)
    assert cheapest_text(passing.question, replace(item, **parts)) == text


def test_a_proposal_is_judged_platform_by_platform_and_refuted_by_a_story():
    asked = question(PASSING, *BOTH)
    text = trial_text(asked, (2, 0), trial(asked, targets(asked), (2, 0)))
    assert section(text, "proposed: rmb = none (all else as it stands)") == [
        "  x86-tso/x86-64   sufficient",
        "  armv8/arm64-lse  NOT sufficient  passed fails in the final state",
    ]
    assert text.count("finally: seen = 1, got = 0") == 1


def test_a_proposal_that_suffices_has_no_story():
    asked = question(PASSING, *BOTH)
    text = trial_text(asked, (1, 1), trial(asked, targets(asked), (1, 1)))
    assert text.endswith(
        "proposed: wmb = smp_wmb (all else as it stands)\n  x86-tso/x86-64   sufficient\n  armv8/arm64-lse  sufficient"
    )


def test_many_answers_have_a_line_each(passing, losing, late):
    expecting = replace(passing, question=replace(passing.question, expected=((1, 1),)))
    wrong = replace(passing, question=replace(passing.question, expected=()))
    lines = summary([answer_json(item) for item in (expecting, wrong, losing, late)]).splitlines()
    assert lines[0].split() == ["theorem", "under", "minimal", "sufficient", "placements"]
    assert [line.split("  ")[-1].strip() for line in lines[1:4]] == [
        "{ wmb = smp_wmb, rmb = smp_rmb }",
        "{ wmb = smp_wmb, rmb = smp_rmb }",
        "no choice helps",
    ]
    assert [word in lines[n] for n, word in ((1, "  as expected "), (2, "NOT AS EXPECTED"), (3, "EXPECTED"))] == [
        True,
        True,
        False,
    ]
    assert "not all found out: " in lines[4]


def test_further_placements_stand_below_the_first(passing):
    found = replace(passing.together, found=Found(placements=((0, 2), (1, 0)), complete=True, bound=0))
    first, second = summary([answer_json(replace(passing, together=found))]).splitlines()[1:]
    assert first.endswith("{ rmb = smp_mb }")
    assert second.strip() == "or { wmb = smp_wmb }"
    assert second.index("or {") == first.index("{ rmb")


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def document(*questions):
    head = {"schema_version": 1, "tool": "gupproof", "command": "barriers", "interrupted": False}
    return json.loads(json.dumps({**head, "questions": list(questions)}))


def test_answers_are_what_the_schema_describes(passing, losing, late):
    for item in (passing, losing, late):
        jsonschema.Draft202012Validator(SCHEMA).validate(document(answer_json(item)))


def test_the_other_ways_to_ask_are_too():
    asked = question(PASSING, *BOTH)
    judged = trial_json(asked, (2, 0), trial(asked, targets(asked), (2, 0)))
    least = [cheapest_json(asked, item) for item in cheapest(asked, targets(asked))]
    for made in (judged, {**question_json(asked), "cheapest": least}):
        jsonschema.Draft202012Validator(SCHEMA).validate(document(made))


def test_an_answer_as_json(passing):
    made = answer_json(passing)
    assert made["slots"][0] == {
        "name": "wmb",
        "alternatives": ["none", "smp_wmb", "smp_mb"],
        "today": "smp_mb",
        "weakest": "none",
    }
    assert made["goals"][0]["platforms"] == ["x86-tso/x86-64", "armv8/arm64-lse"]
    least = {"wmb": "smp_wmb", "rmb": "smp_rmb"}
    assert made["together"]["minimal"] == [least]
    assert made["together"]["spare"] == [{"slot": "wmb", "to": "smp_wmb"}]
    assert made["front"] == [{"placement": least, "costs": {"x86-64": 0, "arm64-lse": 27}}]
    assert [(item["target"], item["cost"], item["proved"]) for item in made["cheapest"]] == [
        ("x86-64", 0, True),
        ("arm64-lse", 27, True),
    ]
    assert [(item["placement"], item["slot"], item["weakened"]) for item in made["reasons"]] == [
        (least, "wmb", "none"),
        (least, "rmb", "none"),
    ]
    assert made["reasons"][0]["execution"]["verdict"] == "refuted"
    assert made["expected"] is made["as_expected"] is None


def test_what_is_expected_is_there_in_words(passing):
    made = answer_json(replace(passing, question=replace(passing.question, expected=((0, 1),))))
    assert (made["expected"], made["as_expected"]) == ([{"wmb": "none", "rmb": "smp_rmb"}], False)


def test_what_was_not_found_out_is_null(late):
    made = answer_json(late)
    assert made["together"]["today"] is None
    (least,) = made["cheapest"]
    assert least.pop("reason").endswith("the time is up")
    assert least == {"target": "x86-64", "placement": None, "cost": None, "bound": 0, "proved": False}
    assert (made["together"]["complete"], made["together"]["hopeless"]) == (False, False)


def test_executions_name_their_drawings_where_they_have_one(passing):
    assert "drawing" not in answer_json(passing)["reasons"][0]["execution"]
    first = executions(passing)[0]
    made = answer_json(passing, drawings={id(first): "drawn.svg"})
    named = [item["execution"].get("drawing") for item in made["reasons"]]
    assert named == ["drawn.svg" if reason.result is first else None for reason in next(iter(passing.reasons.values()))]
    assert "drawn.svg" in named
