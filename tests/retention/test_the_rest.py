"""What serves no longer than the events: notices, deleted files, people, accounts, notes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.slack.removed_reactions import REACTION_REMOVED_PREFIX
from reviews import account
from reviews.identity import Person
from reviews.kinds import CardState, Decision
from reviews.privacy.channel_visibility import VISIBILITY_CHANNEL
from reviews.tree import FilePresence, FileState
from store.schema import accounts, cards, conversations, files, people
from tests.retention.removing import count_rows, pass_days, remove_all
from tests.reviews.desk import build_answer_request, make_review_request
from tests.reviews.samples import ALICE, DEPUTY, OWNER, WATCHED, event, notice, routes

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

PLACE = ("paper", "C1")


def tell(desk: Desk, cause: str, review_id: str | None = None) -> None:
    with desk.transactions() as work:
        work.cards.owe_notice(PLACE, notice(), cause=cause, review_id=review_id)
        work.commit()


def know(desk: Desk, standings: dict[str, FilePresence]) -> None:
    """Write down how these files stand now."""
    with desk.transactions() as work:
        for file_id, standing in standings.items():
            state = FileState(file_id=file_id, parent_id=WATCHED, title="", version=1, modified_at=None)
            work.files.put(replace(state, presence=standing, as_of=desk.clock()))
        work.commit()


def causes(desk: Desk) -> list[str]:
    return sorted(post.cause for post in desk.notices())


def test_old_notices_go_and_the_cards_of_their_reviews_stay(desk: Desk) -> None:
    closed = desk.answers.record_answer(build_answer_request(desk.open(event(file_id="f1"))))
    waiting = desk.open(event(file_id="f2"))
    tell(desk, "reminder:1", closed.id)
    tell(desk, "outcome:1:1:acknowledged:a", closed.id)
    tell(desk, "reminder:2", waiting.id)
    tell(desk, "digest:1")
    desk.deliver_all()
    tell(desk, "digest:2")
    pass_days(desk, 91)
    tell(desk, "digest:3")
    before = [review.cards for review in desk.reviews()]

    remove_all(desk)

    # What was never told, what belongs to an open review, by what an outcome is known, what is new.
    assert causes(desk) == ["digest:2", "digest:3", "outcome:1:1:acknowledged:a", "reminder:2"]
    assert [review.cards for review in desk.reviews()] == before


def test_how_a_review_ended_is_told_once_however_old_that_is(desk: Desk) -> None:
    desk.follow(routes(tell_contributors=True))
    review = desk.answers.record_answer(build_answer_request(desk.open(event())))
    desk.deliver_all()
    before = causes(desk)
    pass_days(desk, 91)
    tell(desk, "digest:1")
    remove_all(desk)

    desk.answers.withdraw(make_review_request(review))
    desk.answers.record_answer(build_answer_request(review))

    outcomes = [cause for cause in causes(desk) if cause.startswith("outcome:")]
    assert outcomes
    assert outcomes == [cause for cause in before if cause.startswith("outcome:")]


def test_how_a_review_ended_goes_once_another_took_its_place(desk: Desk) -> None:
    review = desk.answers.record_answer(build_answer_request(desk.open(event())))
    tell(desk, "outcome:1:1:acknowledged:a", review.id)
    desk.deliver_all()
    pass_days(desk, 91)
    desk.portal.versions[review.file_id] += 1
    desk.open(event())

    remove_all(desk)

    assert "outcome:1:1:acknowledged:a" not in causes(desk)


def test_notices_that_were_given_up_or_are_being_told_stay(desk: Desk) -> None:
    for cause in ("dead", "claimed", "told"):
        tell(desk, cause)
    desk.deliver_all()
    with desk.engine.begin() as connection:
        change = sa.update(cards)
        connection.execute(change.where(cards.c.cause == "dead").values(state=CardState.DEAD))
        connection.execute(change.where(cards.c.cause == "claimed").values(claimed_by="w:job"))
    pass_days(desk, 91)
    tell(desk, "new")

    remove_all(desk)

    assert causes(desk) == ["claimed", "dead", "new"]


def test_a_card_that_stood_in_its_channel_can_be_answered_after_ninety_one_days(desk: Desk) -> None:
    review = desk.open(event())
    desk.deliver_all()
    pass_days(desk, 91)
    remove_all(desk)

    [first, *_] = desk.latest(review.file_id).cards
    assert first.message_id
    with desk.transactions(reading=True) as work:
        assert work.cards.find_by_message(first.notifier, first.target, first.message_id) == first
    desk.answers.record_answer(
        build_answer_request(review, decision=Decision.ACKNOWLEDGE, place=(first.notifier, first.target))
    )
    assert desk.verdict().problem is None


def test_what_is_known_of_files_goes_long_after_they_were_deleted(desk: Desk) -> None:
    know(desk, {"there": FilePresence.PRESENT, "trashed": FilePresence.TRASHED, "gone": FilePresence.DELETED})
    pass_days(desk, 91)
    know(desk, {"just gone": FilePresence.DELETED})

    remove_all(desk)

    with desk.engine.connect() as connection:
        left = set(connection.execute(sa.select(files.c.file_id)).scalars())
    assert left == {"there", "trashed", "just gone"}


def test_people_go_in_whom_no_review_is_about_and_whom_no_route_names(desk: Desk) -> None:
    stranger = Person(id="s1", name="Sam Stranger", email="sam@example.com")
    named = Person(id="o1", name="Dana Ozola", email=OWNER.upper())
    deputy = Person(id="o2", name="Ilze Kalna", email=DEPUTY)
    desk.open(event(actor=ALICE))
    with desk.transactions() as work:
        for who in (stranger, named, deputy, ALICE):
            work.people.remember(who, at=desk.clock())
        work.commit()
    pass_days(desk, 91)
    with desk.transactions() as work:
        work.people.remember(Person(id="n1", name="New"), at=desk.clock())
        work.commit()

    remove_all(desk)

    with desk.engine.connect() as connection:
        left = set(connection.execute(sa.select(people.c.id)).scalars())
    assert left == {"o1", "o2", ALICE.id, "n1"}


@pytest.mark.parametrize(("days", "left"), [(89, 1), (91, 0)])
def test_accounts_and_notes_go_that_were_not_needed_for_long(desk: Desk, days: int, left: int) -> None:
    with desk.transactions() as work:
        chat_account = account.ChatAccount(
            chat="slack", id="U1", name="Dana", email=None, status=account.AccountStatus.MEMBER
        )
        work.accounts.remember(chat_account, looked_up_address="", at=desk.clock())
        for kind in (REACTION_REMOVED_PREFIX, VISIBILITY_CHANNEL, "teams-bot"):
            work.conversations.remember(kind, "C1", {"at": "now"}, at=desk.clock())
        work.commit()
    pass_days(desk, days)

    remove_all(desk)

    assert (count_rows(desk, accounts), count_rows(desk, conversations)) == (left, 1 + 2 * left)
