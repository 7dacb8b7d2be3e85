"""Theorems as questions about placements."""

import pytest

from gupproof.diagnostics import GupError
from gupproof.language import load_text
from gupproof.placing.asking import answers_to, placement_questions, proposal, question_of
from gupproof.placing.slots import today
from tests.support.asking import PASSING, RACING, question

SWITCHED = """
config FAST : bool = false;
slot gap : none | smp_wmb | smp_mb = smp_wmb;
slot other : none | smp_mb = none;
slot unused : none | smp_mb = none;
fn publish(int *flag) { slot gap; WRITE_ONCE(*flag, 1); }
scenario one {
    int x, y; ghost int a, b;
    thread w { WRITE_ONCE(x, 1); publish(&y); }
    thread r { a = READ_ONCE(y); if (!FAST) smp_rmb(); b = READ_ONCE(x); }
    property whole : !(a == 1 && b == 0);
    property small : a < 2;
}
scenario two { int x; thread t { WRITE_ONCE(x, 1); slot other; } property done : x == 1; }
"""
THEOREMS = """
theorem shown "C1, C2" {
    one with gap = smp_mb
    shows whole under armv8/arm64-lse expect proved;
    shows small under x86-tso expect proved;
    one with FAST = true
    shows whole under armv8/arm64-lse expect refuted;
}
theorem done { two shows done under sc expect proved; }
theorem placed "C3" {
    one with FAST = true
    places gap for whole, small under sc, x86-tso expect { };
    one places gap for whole under armv8/arm64-lse expect hopeless;
}
"""


@pytest.fixture(scope="module")
def unit():
    return load_text(SWITCHED + THEOREMS)


def asked(unit, *names, **parts):
    return question_of([(unit, unit.theorems[name]) for name in names], **parts)


def refusal(call, *arguments, **parts):
    with pytest.raises(GupError) as caught:
        call(*arguments, **parts)
    (item,) = caught.value.diagnostics
    return item.code, item.message, item.help


# ── `places` lines ───────────────────────────────────────────────────────────────────────────────────────────────────


def expecting(*sets):
    text = " or ".join(sets)
    unit = load_text(PASSING + f"theorem t {{ passing places rmb, wmb for passed under x86-tso, armv8 expect {text}; }}")
    return unit, unit.theorems["t"]


def test_a_places_line_asks_about_its_slots_in_its_order():
    (found,) = placement_questions(*expecting("{ rmb = smp_rmb, wmb = smp_wmb }"))
    assert [slot.name for slot in found.slots] == ["rmb", "wmb"]
    assert found.names == ("t",)
    assert [str(platform) for platform in found.platforms] == ["x86-tso/x86-64", "armv8/arm64-llsc", "armv8/arm64-lse"]
    (goal,) = found.goals
    assert (goal.scenario, goal.properties, goal.flags) == ("passing", ("passed",), ())


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        (["{ rmb = smp_rmb, wmb = smp_wmb }"], ((1, 1),)),
        (["{ wmb = smp_mb }", "{ rmb = smp_mb }"], ((0, 2), (2, 0))),
        (["{ }"], ((0, 0),)),
        (["hopeless"], ()),
    ],
)
def test_what_is_expected_has_an_alternative_for_every_slot(sets, expected):
    (found,) = placement_questions(*expecting(*sets))
    assert found.expected == expected


def test_with_some_of_its_models_nothing_is_expected():
    (found,) = placement_questions(*expecting("{ }"), ["armv8"])
    assert found.expected is None
    assert [str(platform) for platform in found.platforms] == ["armv8/arm64-llsc", "armv8/arm64-lse"]


def test_with_all_of_its_models_named_it_still_is():
    (found,) = placement_questions(*expecting("{ }"), ["armv8", "x86-tso"])
    assert found.expected == ((0, 0),)


def test_with_none_of_its_models_nothing_is_asked():
    assert placement_questions(*expecting("{ }"), ["power"]) == ()


def test_a_theorem_without_places_lines_asks_nothing(unit):
    assert placement_questions(unit, unit.theorems["shown"]) == ()


def test_the_settings_of_a_places_line_are_kept(unit):
    fast, plain = placement_questions(unit, unit.theorems["placed"])
    assert fast.goals[0].settings == (("FAST", "true"),)
    assert dict(fast.goals[0].values)["FAST"] == 1
    assert plain.goals[0].settings == ()


# ── any theorem ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_all_slots_that_the_scenario_reaches_are_placed_and_no_others(unit):
    assert [slot.name for slot in asked(unit, "shown").slots] == ["gap"], "in a function; `other` and `unused` are elsewhere"


def test_what_a_theorem_sets_its_slots_to_does_not_count(unit):
    found = asked(unit, "shown")
    assert today(found.slots) == (1,)
    assert [goal.settings for goal in found.goals] == [(), (("FAST", "true"),)]


def test_lines_about_the_same_are_one_goal_of_all_their_properties(unit):
    first, second = asked(unit, "shown").goals
    assert first.properties == ("whole", "small")
    assert [str(platform) for platform in first.platforms] == ["armv8/arm64-lse", "x86-tso/x86-64"]
    assert second.properties == ("whole",)


def test_nothing_is_expected_of_a_question_that_no_theorem_asks(unit):
    assert asked(unit, "shown").expected is None


def test_several_theorems_have_to_hold_together(unit):
    found = asked(unit, "shown", "done")
    assert found.names == ("shown", "done")
    assert [slot.name for slot in found.slots] == ["gap", "other"]
    assert [goal.scenario for goal in found.goals] == ["one", "one", "two"]


def test_models_take_the_place_of_the_theorems_own(unit):
    assert {str(p) for p in asked(unit, "shown", models=["power"]).platforms} == {"power/ppc64"}


def test_a_setting_leaves_out_what_is_said_of_others(unit):
    (goal,) = asked(unit, "shown", settings={"FAST": "true"}).goals
    assert dict(goal.values)["FAST"] == 1
    (goal,) = asked(unit, "shown", settings={"FAST": "false"}).goals
    assert dict(goal.values)["FAST"] == 0


def test_slots_that_are_not_asked_about_stay_as_the_theorem_has_them(unit):
    found = asked(unit, "shown", "done", only=["other"])
    assert [slot.name for slot in found.slots] == ["other"]
    assert [dict(goal.values)["gap"] for goal in found.goals] == [2, 1, 1], "set by a line, or the default"


def test_of_a_theorem_with_places_lines_alone_these_say_what_is_to_hold(unit):
    found = asked(unit, "placed", only=["gap"])
    assert [slot.name for slot in found.slots] == ["gap"]
    assert [goal.properties for goal in found.goals] == [("whole", "small"), ("whole",)]


def test_flags_that_a_theorem_expects_are_allowed():
    text = RACING + "theorem t { racing shows small under lkmm expect proved with data-race; }"
    found = load_text(text)
    assert question_of([(found, found.theorems["t"])]).goals[0].flags == ("data-race",)


@pytest.mark.parametrize(
    ("parts", "message", "remedy"),
    [
        ({"only": ["gpa"]}, "no slot is called 'gpa'", "did you mean gap?"),
        ({"only": ["elsewhere"]}, "no slot is called 'elsewhere'", "there are gap"),
        ({"settings": {"FATS": "true"}}, "no switch is called 'FATS' in <text>", "did you mean FAST?"),
        ({"settings": {"FAST": "maybe"}}, "switch FAST cannot be 'maybe'", "it takes false, true"),
        ({"settings": {"other": "smp_mb"}}, "no line of the theorems speaks of that", "gupproof prove lists what they say"),
    ],
)
def test_what_is_not_there_is_refused_with_a_remedy(unit, parts, message, remedy):
    assert refusal(asked, unit, "shown", **parts) == ("U019", message, remedy)


def test_a_model_that_does_not_exist_is_refused(unit):
    assert refusal(asked, unit, "shown", models=["arm8"])[0] == "P001"


def test_scenarios_without_slots_are_refused():
    plain = load_text(
        "scenario s { int x; thread t { x = 1; } property p : x == 1; } theorem t { s shows p under sc expect proved; }"
    )
    code, message, remedy = refusal(question_of, [(plain, plain.theorems["t"])])
    assert (code, message) == ("U019", "the scenarios have no slots to place")
    assert remedy.startswith("declare one: ")


def test_slots_of_one_name_with_different_alternatives_are_refused():
    theorem = "theorem t { passing shows passed under sc expect proved; }"
    one, other = load_text(PASSING + theorem), load_text(PASSING.replace("none | smp_wmb |", "none |") + theorem)
    code, message, _ = refusal(question_of, [(one, one.theorems["t"]), (other, other.theorems["t"])])
    assert (code, message) == ("U019", "two files declare a slot wmb with different alternatives")


# ── proposals ────────────────────────────────────────────────────────────────────────────────────────────────────────

ASKED = question(PASSING, "sc")


@pytest.mark.parametrize(
    ("text", "placement"),
    [
        ("wmb = smp_wmb, rmb = none", (1, 0)),
        ("rmb=smp_mb", (2, 2)),
        ("", (2, 1)),
        (" wmb = none , ", (0, 1)),
        # A word of a name will do, if only one name has it.
        ("wmb = wmb, rmb = mb", (1, 2)),
    ],
)
def test_a_proposal_changes_what_it_names(text, placement):
    assert proposal(ASKED, text) == (ASKED, placement)


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("wbm = none", "no slot is called 'wbm'", "did you mean wmb?"),
        ("elsewhere = none", "no slot is called 'elsewhere'", "there are wmb, rmb"),
        ("wmb = smp_wbm", "slot wmb cannot be 'smp_wbm'", "did you mean smp_wmb?"),
        ("wmb = smp", "slot wmb cannot be 'smp'", "did you mean smp_wmb or smp_mb?"),
        ("wmb = ", "slot wmb cannot be ''", "it takes none, smp_wmb, smp_mb"),
        ("wmb", "'wmb' is no SLOT = VALUE", "such as wmb = smp_mb"),
        ("wmb = smp_wmb, wmb = smp_mb", "slot wmb is named twice", "one thing stands there: leave one of the two out"),
        (
            "rmb = none, wmb = smp_wmb, rmb = none",
            "slot rmb is named twice",
            "one thing stands there: leave one of the two out",
        ),
    ],
)
def test_a_proposal_that_names_something_else_is_refused(text, message, remedy):
    assert refusal(proposal, ASKED, text) == ("U019", message, remedy)


def test_a_slot_that_stands_nowhere_in_the_scenario_is_told_wherever_it_is_named(unit):
    found = asked(unit, "shown")
    tried, placement = proposal(found, "other = smp_mb")
    assert ([slot.name for slot in tried.slots], tried.idle, placement) == (["gap", "other"], ("other",), (1, 1))
    only = asked(unit, "shown", only=["other"])
    assert ([slot.name for slot in only.slots], only.idle) == (["other"], ("other",))
    fixed = asked(unit, "shown", fixed={"other": "smp_mb"})
    assert ([slot.name for slot in fixed.slots], fixed.idle) == (["gap"], ("other",))
    useless = load_text(SWITCHED + "theorem t { one places gap, other for whole under sc expect { }; }")
    (placed,) = placement_questions(useless, useless.theorems["t"])
    assert ([slot.name for slot in placed.slots], placed.idle) == (["gap", "other"], ("other",))
    assert found.idle == ()


def test_a_slot_that_is_not_placed_is_told_from_one_that_is_nowhere(unit):
    found = asked(unit, "shown", "done", only=["gap"])
    assert found.kept == (("other", "none"),)
    assert refusal(proposal, found, "other = none")[1] == "slot other is not placed here: none stands there"


# ── slots that are set ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_slot_can_be_set_and_the_others_placed(unit):
    found = asked(unit, "shown", "done", fixed={"gap": "smp_mb"})
    assert [slot.name for slot in found.slots] == ["other"]
    assert found.kept == (("gap", "smp_mb"),)
    assert all(dict(goal.values)["gap"] == 2 for goal in found.goals), "whatever the theorem sets"
    assert [("gap", "smp_mb") in goal.settings for goal in found.goals] == [True, True, True]


def test_what_is_set_may_be_a_word_of_the_name(unit):
    assert asked(unit, "shown", "done", fixed={"gap": "wmb"}).kept == (("gap", "smp_wmb"),)


@pytest.mark.parametrize(
    ("fixed", "message", "remedy"),
    [
        ({"gpa": "smp_mb"}, "no slot is called 'gpa'", "did you mean gap?"),
        ({"gap": "smp_rmb"}, "slot gap cannot be 'smp_rmb'", "did you mean smp_wmb?"),
        ({"FAST": "true"}, "FAST is a config, not a slot", "--config FAST=true asks about what theorems say of it"),
        ({"gap": "smp_mb"}, "that leaves no slot to place", "there are gap"),
    ],
)
def test_what_cannot_be_set_is_refused(unit, fixed, message, remedy):
    code, said, mended = refusal(asked, unit, "shown", fixed=fixed)
    assert (code, said) == ("U019", message)
    assert mended.startswith(remedy.split(" smp_wmb")[0])


# ── covers ───────────────────────────────────────────────────────────────────────────────────────────────────────────

COVERED = """
slot f : none | smp_mb = none;
scenario s { int x; thread t { x = 1; slot f; } property p : true; property q : true; cover a : x == 1; cover b : x == 2; }
theorem t {
    s
    shows p under sc expect vacuous;
    shows q under sc covering none expect proved;
    shows q under x86-tso covering a expect proved;
}
theorem placed { s places f for p under sc covering a expect { }; places f for p under x86-tso expect { }; }
"""


def test_covers_are_those_of_the_lines():
    found = load_text(COVERED)
    goals = question_of([(found, found.theorems["t"])]).goals
    assert [(goal.properties, goal.covering, len(goal.platforms)) for goal in goals] == [
        (("p",), ("a", "b"), 1),
        (("q",), (), 1),
        (("q",), ("a",), 1),
    ]
    lines = placement_questions(found, found.theorems["placed"])
    assert [question.goals[0].covering for question in lines] == [("a",), ("a", "b")]


def test_a_theorem_answers_to_its_name_and_to_its_claims(unit):
    shown = unit.theorems["shown"]
    assert [answers_to(shown, word) for word in ("shown", "C1", "C2", "C3", "show")] == [True, True, True, False, False]
