"""Addresses: words do not overlap, objects leave room for tags, and nothing is at NULL."""

import itertools

import pytest

from gupproof.diagnostics import GupError
from gupproof.language import load_text
from gupproof.language.types import ArrayType, PointerType, StructType
from gupproof.program.layout import ALIGNMENT, LARGEST, WORD, Layout

TYPES = """
struct small { int f; int g; };
struct large { unsigned long a[9]; struct small inner; int last; };
struct book { struct small pages[3]; struct large *link; };
"""


def laid_out(declarations: str) -> Layout:
    unit = load_text(f"{TYPES} scenario s {{ {declarations} int used; thread t {{ used = 1; }} }}")
    layout = Layout(unit.structs)
    for variable in unit.scenarios["s"].variables:
        layout.add(variable)
    return layout


@pytest.fixture
def layout():
    return laid_out("int x; struct small one; struct large big; struct book books[2]; int *p; bool flags[5];")


def test_every_word_has_a_place_of_its_own(layout):
    places = [location.address for location in layout.locations()]
    assert len(places) == len(set(places))
    assert all(b - a >= WORD for a, b in itertools.pairwise(sorted(places)))


def test_locations_are_named_as_in_the_source_and_come_in_address_order(layout):
    names = [location.name for location in layout.locations()]
    assert {"x", "one.f", "one.g", "big.a[8]", "big.inner.g", "books[1].pages[2].f", "flags[4]"} <= set(names)
    assert len(names) == 1 + 2 + (9 + 2 + 1) + 2 * (3 * 2 + 1) + 1 + 5 + 1
    addresses = [location.address for location in layout.locations()]
    assert addresses == sorted(addresses)


def test_nothing_is_at_null_and_tags_never_reach_another_word(layout):
    addresses = {location.address for location in layout.locations()}
    assert min(addresses) >= ALIGNMENT
    assert not {address + tag for address in addresses for tag in range(1, WORD)} & addresses


def test_what_is_reached_from_null_or_past_an_object_is_no_other_object(layout):
    addresses = [location.address for location in layout.locations()]
    largest = LARGEST * WORD
    assert min(addresses) > largest
    ends = {
        name: max(item.address for item in layout.locations() if item.name.startswith(name)) for name in ("x", "one", "big")
    }
    for end in ends.values():
        assert not [address for address in addresses if end < address <= end + largest]


def test_objects_start_where_the_low_bits_are_free(layout):
    for name in ("x", "one", "big", "books", "p"):
        assert layout.base(name) % ALIGNMENT == 0


def test_fields_are_a_word_apart(layout):
    small = StructType("small")
    assert [layout.offset(small, index) for index in range(2)] == [0, WORD]
    by_name = {location.name: location.address for location in layout.locations()}
    assert by_name["one.g"] - by_name["one.f"] == WORD


def test_structures_inside_others_are_aligned_as_outside(layout):
    by_name = {location.name: location.address for location in layout.locations()}
    inner = by_name["big.inner.f"]
    assert inner % layout.alignment(StructType("small")) == 0
    assert inner > by_name["big.a[8]"]
    assert by_name["big.last"] > by_name["big.inner.g"]


def test_the_alignment_of_a_structure_is_a_power_of_two_that_covers_it(layout):
    for name in ("small", "large", "book"):
        align = layout.alignment(StructType(name))
        assert align & (align - 1) == 0
        assert align >= max(ALIGNMENT, layout.size(StructType(name)))


def test_array_elements_are_a_stride_apart(layout):
    by_name = {location.name: location.address for location in layout.locations()}
    small = layout.stride(StructType("small"))
    assert by_name["books[0].pages[2].f"] - by_name["books[0].pages[0].f"] == 2 * small
    assert by_name["books[1].pages[0].f"] - by_name["books[0].pages[0].f"] == layout.stride(StructType("book"))
    assert by_name["flags[3]"] - by_name["flags[0]"] == 3 * WORD


def test_pointers_and_integers_take_one_word(layout):
    assert layout.size(PointerType(StructType("large"))) == WORD
    assert layout.size(ArrayType(PointerType(None), 3)) == 3 * WORD


def test_words_of_the_projects_own_get_fresh_places(layout):
    before = {location.address for location in layout.locations()}
    first, second = layout.add_hidden("one hidden"), layout.add_hidden("another")
    assert first not in before
    assert second not in before | {first}
    assert {location.name for location in layout.locations()} >= {"one hidden", "another"}


def test_a_variable_that_is_too_large_is_refused():
    laid_out(f"int row[{LARGEST}];")
    with pytest.raises(GupError, match=f"'rows' has {2 * LARGEST} words; a variable has at most {LARGEST}"):
        laid_out(f"int rows[2][{LARGEST}];")


def test_a_field_that_does_not_exist_has_no_offset(layout):
    with pytest.raises(IndexError):
        layout.offset(StructType("small"), 2)
