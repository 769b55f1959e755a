"""For whom a person stands in on the reviews of their own list."""

from __future__ import annotations

import pytest

from reviews.lists.my_reviews import list_absent_people
from tests.reviews.samples import DEPUTY, OWNER, answer, review
from tests.reviews.stand_ins import make_stand_in

STAND_IN, OTHER = "juris@example.com", "other@example.com"


@pytest.mark.parametrize("addresses", [(STAND_IN,), ("home@example.com", STAND_IN.upper())])
def test_a_stand_in_answers_for_the_owners_and_deputies_who_are_away(addresses: tuple[str, ...]) -> None:
    stand_ins = (
        make_stand_in("third@example.com", STAND_IN),
        make_stand_in("third@example.com", absent=OTHER),
        make_stand_in(STAND_IN, absent=DEPUTY),
    )

    absent = list_absent_people(review(owners=(OWNER, OTHER), stand_ins=stand_ins), addresses)

    assert absent == (OWNER, DEPUTY)


def test_an_owner_answers_for_themselves_first() -> None:
    both = review(owners=(OWNER, STAND_IN), stand_ins=(make_stand_in(STAND_IN),))

    assert list_absent_people(both, [STAND_IN]) == ()


def test_for_whom_one_has_answered_one_stands_in_no_longer() -> None:
    answered = answer(owner=OWNER.upper(), stand_in_for=OWNER)
    several = review(owners=(OWNER, OTHER), answers=(answered,), stand_ins=(make_stand_in(STAND_IN),))

    assert list_absent_people(several, [STAND_IN]) == ()
