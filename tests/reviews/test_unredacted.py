"""Who sees what a private route keeps from others: owners, deputies, and whom it was handed over to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviews.cards.card_drawing import draw_card
from reviews.errors import Refused
from reviews.identity import UNPROVEN_PERSON, Reviewer
from reviews.privacy.channel_visibility import is_owner_or_deputy, redact_for_reader
from reviews.routes.route import Routes
from tests.reviews.desk import build_answer_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import (
    DEPUTY,
    OWNER,
    SECRET,
    START,
    answer,
    answered_review,
    event,
    review,
    route,
)

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


@pytest.mark.parametrize(
    ("email", "sees"), [(OWNER, True), (DEPUTY.upper(), True), ("x@example.com", False), (None, False)]
)
def test_privately_owners_and_deputies_see_it_all(private: Desk, email: str | None, sees: bool) -> None:  # noqa: FBT001
    who, private_route = make_proven_person(Reviewer(name="x", email=email)), private.routes.all[0]
    current = review(title=SECRET, answers=(answer(note=SECRET),))
    with private.transactions(reading=True) as work:
        assert is_owner_or_deputy(work, private_route, who) is sees
        open_to_all = private.find_authority(work, current, Routes([route()]))
        assert redact_for_reader(open_to_all, who) == current

    shown = private.redact(current, who)
    assert private.redact(current, UNPROVEN_PERSON).redacted
    assert (shown == current) is sees
    assert (SECRET in repr((shown, draw_card(shown)))) is sees


def test_whom_a_review_was_handed_over_to_sees_what_it_is_about(private: Desk) -> None:
    new = "new@example.com"
    current = review(title=SECRET, owners=(new,), reassigned_to=(new,))

    assert private.redact(current, make_proven_person(Reviewer(name="x", email=new.upper()))) == current


def test_a_member_of_a_group_of_owners_sees_it_too(private: Desk) -> None:
    group = route(private=True, owners=("@team",), deputies=())
    with private.transactions() as work:
        work.groups.remember("@team", ["U7"], description={}, at=START)

        assert is_owner_or_deputy(
            work,
            group,
            make_proven_person(Reviewer(name="x", email="x@example.com", chat_ids={"slack": "U7"})),
        )
        assert not is_owner_or_deputy(
            work,
            group,
            make_proven_person(Reviewer(name="x", email="x@example.com", chat_ids={"slack": "U8"})),
        )


def test_a_refusal_names_nothing_to_the_person_who_clicks(private: Desk) -> None:
    review = private.open(event(title=SECRET))
    private.answers.record_answer(build_answer_request(review))

    with pytest.raises(Refused) as caught:
        private.answers.record_answer(
            build_answer_request(review, reviewer=Reviewer(name="Juris", email="juris@example.com"))
        )

    assert "Globex" not in caught.value.sentence
    assert caught.value.sentence.startswith("The document was already reviewed")


def test_the_row_and_the_record_keep_the_title(private: Desk) -> None:
    private.open(event(title=SECRET))
    private.deliver_all()

    assert private.latest("3358285").title == SECRET
    assert private.entries()[0]["title"] == SECRET
    assert draw_card(answered_review()).title != ""
