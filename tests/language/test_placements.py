"""Placement claims of theorems, as the checker hands them on."""

from gupproof.language import load_text, typed
from gupproof.language.format import format_text
from gupproof.proving.obligations import obligations_of
from tests.language.support import PAGE


def placements(lines: str) -> tuple[typed.Placement, ...]:
    text = f"{PAGE} scenario s {{ property p : true; thread a {{ assert(x == 0, q); }} }} theorem t {{ s {lines} }}"
    return load_text(text).theorems["t"].placements


def test_a_set_lists_every_slot_with_the_weakest_where_it_says_nothing():
    (made,) = placements("places look, wmb, take for p, q under sc, armv8 expect { take = xchg, wmb = smp_wmb };")
    assert made.scenario == "s"
    assert made.slots == ("look", "wmb", "take")
    assert made.properties == ("p", "q")
    assert made.models == ("sc", "armv8")
    assert made.minimal == ((("look", 0), ("wmb", 1), ("take", 3)),)


def test_an_empty_set_says_that_nothing_is_needed():
    (made,) = placements("places look for p under sc expect { };")
    assert made.minimal == ((("look", 0),),)


def test_several_sets_are_kept_in_order():
    (made,) = placements("places look, wmb for p under sc expect { wmb = smp_wmb } or { look = smp_load_acquire };")
    assert made.minimal == ((("look", 0), ("wmb", 1)), (("look", 2), ("wmb", 0)))


def test_hopeless_has_no_sets():
    (made,) = placements("with FIX = false, wmb = none places look for p under sc expect hopeless;")
    assert made.minimal is None
    assert made.settings == (("FIX", 0), ("wmb", 0))


def test_lines_of_both_kinds_stand_beside_each_other():
    lines = "shows p under sc expect proved; places look for p under sc expect { }; shows q under sc expect proved;"
    assert len(placements(lines)) == 1


def test_a_theorem_of_placements_alone_asks_for_no_verdicts():
    text = f"{PAGE} scenario s {{ property p : true; }} theorem t {{ s places look for p under sc expect {{ }}; }}"
    unit = load_text(text)
    assert unit.theorems["t"].claims == ()
    assert obligations_of(unit) == ()


LAID_OUT = """\
theorem t {
    s with FIX = false
    shows p under sc expect proved;
    places look, wmb for p under x86-tso, armv8 expect { wmb = smp_wmb, look = READ_ONCE } or { };
    places look for p under sc expect hopeless;
    places look for p under sc covering reached, missed expect { };
    // and without settings
    s
    places look for p under sc expect { };
    places look for p under armv8
        expect { look = READ_ONCE } or
            { look = plain };
}

fn f() { }
"""


def test_the_layout_of_placement_claims_is_kept():
    assert format_text(LAID_OUT) == LAID_OUT


def test_placement_claims_are_laid_out():
    written = "theorem t { s\nplaces  look ,wmb for p under sc expect {wmb=smp_wmb}or{  } ;\n}\n"
    assert format_text(written) == (
        "theorem t {\n    s\n    places look, wmb for p under sc expect { wmb = smp_wmb } or { };\n}\n"
    )


def test_covers_are_those_of_the_scenario_unless_some_are_named_or_none():
    scenario = "scenario s { property p : true; cover c : true; cover d : true; }"
    lines = "".join(f"places look for p under sc {word} expect {{ }};" for word in ("", "covering d", "covering none"))
    made = load_text(f"{PAGE} {scenario} theorem t {{ s {lines} }}").theorems["t"].placements
    assert [line.covering for line in made] == [None, ("d",), ()]


def test_what_models_may_flag_all_the_same_stands_behind_the_sets():
    (made,) = placements("places look for p under lkmm expect { } with data-race;")
    assert made.flags == ("data-race",)
