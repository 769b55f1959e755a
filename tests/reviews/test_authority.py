"""Who may act follows from the route, the absences and the clock of the moment, whatever the row says."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.cards.card_drawing import draw_card
from reviews.errors import RefusalReason, Refused
from reviews.identity import Reviewer
from reviews.kinds import ReviewState
from reviews.lists.archive import Archive, ReviewSearch
from reviews.routes.route import Routes
from store.schema import reviews as review_table
from tests.reviews.absences import change, hand_over, leave, list_stand_ins
from tests.reviews.desk import DANA, JURIS, Desk, build_answer_request, make_review_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import DEPUTY, OWNER, event, route, routes
from tests.reviews.stand_ins import ILZE

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.model import Review

SECOND = "second@example.com"
STAND_IN = str(ILZE.email)


def person(address: str) -> Reviewer:
    return Reviewer(name="P", email=address)


def refuse(desk: Desk, review: Review, who: Reviewer) -> None:
    """Have all that a person might do with a review be refused."""
    request = make_review_request(review, who)
    acts: tuple[Callable[[], object], ...] = (
        partial(desk.answers.record_answer, build_answer_request(review, reviewer=who)),
        partial(desk.hand_over.snooze, request, until=desk.clock() + timedelta(hours=1)),
        partial(desk.hand_over.reassign, request, new_owner=make_proven_person(JURIS)),
    )
    for act in acts:
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.reason is RefusalReason.NOT_ALLOWED


def answer(desk: Desk, review: Review, who: Reviewer) -> Review:
    return desk.answers.record_answer(build_answer_request(review, reviewer=who))


def test_a_deputy_who_was_taken_out_of_the_routing_file_answers_no_more(desk: Desk) -> None:
    review = desk.open(event())
    leave(desk, OWNER, None)
    hand_over(desk)
    desk.follow(routes(deputies=()))
    desk.clock.advance(hours=49)

    assert list_stand_ins(desk, review) == [(OWNER, (DEPUTY,))]  # as the row still has it
    refuse(desk, review, person(DEPUTY))


def test_a_stand_in_answers_no_more_from_the_moment_of_back_on(private: Desk) -> None:
    review = private.open(event())
    absence = leave(private, OWNER, STAND_IN)
    hand_over(private)
    assert not private.redact(private.latest(review.file_id), make_proven_person(ILZE)).redacted

    private.clock.advance(hours=1)
    change(private, absence, ended_at=private.clock())

    review = private.latest(review.file_id)
    assert list_stand_ins(private, review) == [(OWNER, (STAND_IN,))]  # no round has gone through it
    assert private.redact(review, make_proven_person(ILZE)).redacted
    refuse(private, review, ILZE)
    archive = Archive(transactions=private.transactions, routes=private.routes, clock=private.clock)
    results = [
        archive.find(search, make_proven_person(ILZE)).page.entries
        for search in (ReviewSearch(), ReviewSearch(kind=review.kind))
    ]
    assert [[entry.review.redacted for entry in each] for each in results] == [[True], []]


def test_a_stand_in_answers_from_the_moment_of_the_absence_on(desk: Desk) -> None:
    review = desk.open(event())
    leave(desk, OWNER, STAND_IN)

    assert list_stand_ins(desk, review) == []
    assert answer(desk, review, ILZE).answers[-1].stand_in_for == OWNER
    assert desk.verdict().intact


def test_an_owner_whom_the_route_names_no_more_is_not_accountable(desk: Desk) -> None:
    review = desk.open(event())
    desk.follow(routes(owners=(SECOND,)))

    refuse(desk, review, DANA)
    assert draw_card(review, desk.answers.find_context(review)).owners == (SECOND,)
    answer(desk, review, person(SECOND))


def test_where_each_owner_has_to_answer_another_of_the_route_takes_the_place_of_one_it_names_no_more(
    desk: Desk,
) -> None:
    desk.follow(routes(owners=(OWNER, SECOND), required=None))
    review = desk.open(event())
    desk.follow(routes(owners=(OWNER, "third@example.com"), required=None))

    refuse(desk, review, person(SECOND))
    answer(desk, review, DANA)
    after = answer(desk, review, person("third@example.com"))

    assert [each.owner for each in after.answers] == [OWNER, SECOND]
    assert after.state is ReviewState.ACKNOWLEDGED
    assert desk.verdict().intact


def test_who_stands_in_for_a_deputy_does_not_take_the_place_of_one_whom_the_route_names_no_more(
    desk: Desk,
) -> None:
    """An example that the random histories have."""
    desk.follow(routes(required=None))
    review = desk.open(event())
    desk.follow(routes(owners=(SECOND,), required=None))
    leave(desk, DEPUTY, STAND_IN)

    with pytest.raises(Refused, match="Each owner has to review this: second@example"):
        answer(desk, review, ILZE)


def test_who_has_answered_passes_on_the_part_of_one_whom_the_route_names_no_more(desk: Desk) -> None:
    desk.follow(routes(owners=(OWNER, SECOND), required=None, deputies=()))
    review = desk.open(event())
    desk.follow(routes(owners=(OWNER,), required=None, deputies=()))
    answer(desk, review, DANA)

    after = desk.hand_over.reassign(make_review_request(review, DANA), new_owner=make_proven_person(JURIS))

    assert after.owners == (OWNER, JURIS.email)


def test_to_whom_it_was_reassigned_stays_whatever_the_route_says(desk: Desk) -> None:
    review = desk.open(event())
    desk.hand_over.reassign(make_review_request(review, DANA), new_owner=make_proven_person(JURIS))
    desk.follow(routes(owners=(SECOND,)))

    answer(desk, desk.latest(review.file_id), JURIS)

    assert desk.verdict().intact


def test_a_review_that_a_row_alone_says_was_reassigned_is_found(desk: Desk) -> None:
    desk.open(event())
    with desk.engine.begin() as connection:
        connection.execute(sa.update(review_table).values(reassigned_to=[OWNER]))

    assert not desk.verdict().intact


def test_of_a_route_that_is_gone_only_the_recorded_owners_answer(desk: Desk) -> None:
    """Neither its deputies are known any more, nor whom it trusts to stand in."""
    review = desk.open(event())
    leave(desk, OWNER, STAND_IN)
    hand_over(desk)

    for private in (False, True):
        desk.follow(Routes([route(name="renamed", private=private)]))
        refuse(desk, review, ILZE)
        refuse(desk, review, person(DEPUTY))
    answer(desk, review, DANA)


def test_a_review_that_was_private_when_it_was_opened_stays_private(private: Desk) -> None:
    stranger = make_proven_person(person("eve@example.com"))
    review = private.open(event())
    for rules in (routes(), Routes([route(name="renamed")])):
        private.follow(rules)
        assert private.redact(private.latest(review.file_id), stranger).redacted
        assert private.answers.is_private(review)
    private.follow(routes())
    opened_later = private.open(event(file_id="f2"))
    assert not private.redact(opened_later, stranger).redacted

    private.follow(routes(private=True))

    assert private.redact(opened_later, stranger).redacted


def test_the_card_of_a_review_that_was_private_shows_no_title_in_a_public_channel(private: Desk) -> None:
    review = private.open(event(title="Globex.docx"))
    private.deliver_all()
    private.follow(routes())
    private.delivery = replace(private.delivery, notifiers={"paper": private.paper})
    with suppress(Refused):
        private.answers.record_answer(build_answer_request(review, note="about Globex"))
    private.deliver_all()

    drawn = [str(card) for to, _, card in private.paper.updates if to == "C1"]
    assert drawn
    assert "Globex" not in str((drawn, [notice for to, notice in private.paper.notices if to == "C1"]))
