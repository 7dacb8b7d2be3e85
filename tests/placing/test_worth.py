"""What several judges of one placement say together."""

from itertools import permutations

import pytest

from gupproof.placing.worth import Judgement, Worth, together

DEFEATED, UNKNOWN, VACUOUS, SUFFICIENT = (
    Judgement(worth, worth.value) for worth in (Worth.DEFEATED, Worth.UNKNOWN, Worth.VACUOUS, Worth.SUFFICIENT)
)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ((SUFFICIENT, SUFFICIENT), SUFFICIENT),
        ((SUFFICIENT, VACUOUS), VACUOUS),
        # What was left open may yet be a defeat.
        ((SUFFICIENT, UNKNOWN, VACUOUS), UNKNOWN),
        ((SUFFICIENT, UNKNOWN, VACUOUS, DEFEATED), DEFEATED),
    ],
)
def test_the_gravest_judgement_counts_whoever_speaks_first(said, expected):
    assert {together(order) for order in permutations(said)} == {expected}


def test_where_nobody_judges_nothing_is_wrong():
    assert together(()).sufficient
