"""Messages to the people of a campaign: all its documents are one line, as many as wait when it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviews.kinds import CardState
from reviews.ladder.campaign_lines import join_campaign_lines
from reviews.ladder.message_updates import MAX_LISTED, cut_list
from reviews.notice import NoticeKind, ReminderLine, ReminderListNotice
from reviews.routes.route import Target
from reviews.wording.notice_sentences import describe_notice
from tests.reviews.campaigns import (
    ANNA,
    BRUNO,
    CARLA,
    PEOPLE,
    acknowledge,
    list_campaign_reviews,
    put_documents,
    start_campaign,
)
from tests.reviews.desk import find_campaign_page
from tests.reviews.notices import RefusingChannel, require_type, speak_through
from tests.reviews.samples import OWNER, notice, reminder_line, routes

if TYPE_CHECKING:
    from reviews.campaign import Campaign
    from tests.reviews.desk import Desk


REQUEST, REMINDER = NoticeKind.CAMPAIGN_REQUEST, NoticeKind.REMINDER


@pytest.fixture
def campaign(desk: Desk) -> Campaign:
    put_documents(desk)
    return start_campaign(desk)


def line(number: int, kind: NoticeKind = NoticeKind.REMINDER, **more: object) -> ReminderLine:
    """Return the line of one document of a campaign."""
    values = {"campaign_id": "cam-1", "campaign_name": "Policies 2026", "path": "Legal / HR", **more}
    return reminder_line(number, kind, **values)


def list_messages(desk: Desk, target: str) -> list[ReminderListNotice]:
    sent = [each for to, each in desk.paper.notices if to == target]
    return require_type(ReminderListNotice, [each for each in sent if each.kind is NoticeKind.REMINDER_LIST])


def describe(*lines: ReminderLine, mention: tuple[str, ...] = (OWNER,)) -> str:
    built = notice(NoticeKind.REMINDER_LIST, reminders=lines, mention=mention)
    assert isinstance(built, ReminderListNotice)
    return describe_notice(cut_list(built))


def test_each_person_is_asked_in_one_line_with_the_page(desk: Desk, campaign: Campaign) -> None:
    desk.look()
    desk.deliver_all()

    for person in PEOPLE:
        [message] = list_messages(desk, f"@{person}")
        [only] = message.reminders
        assert (only.title, only.documents, only.due_at) == (campaign.name, 3, campaign.due_at)
        assert only.page_url == find_campaign_page(campaign.id)
        assert describe_notice(message) == "Policies 2026 asks you to acknowledge 3 documents."


def test_what_was_acknowledged_until_it_is_sent_does_not_count(desk: Desk, campaign: Campaign) -> None:
    desk.look()
    first, second, third = list_campaign_reviews(desk, campaign)
    acknowledge(desk, first, ANNA, BRUNO)
    for review in (second, third):
        acknowledge(desk, review, BRUNO)
    desk.deliver_all()

    assert [each.count for each in list_messages(desk, f"@{ANNA.email}")] == [2]
    assert list_messages(desk, f"@{BRUNO.email}") == []
    assert [each.count for each in list_messages(desk, f"@{CARLA.email}")] == [3]


@pytest.mark.parametrize("is_written", [False, True])
def test_no_one_is_asked_for_a_campaign_that_has_ended_before_its_reviews_are_closed(
    desk: Desk, campaign: Campaign, *, is_written: bool
) -> None:
    if is_written:
        desk.look()
    desk.campaigns.end(campaign.id, by=None)
    desk.look()
    desk.deliver_all()

    assert [list_messages(desk, f"@{person}") for person in PEOPLE] == [[], [], []]


def test_the_ladder_stands_still_once_a_campaign_has_ended(desk: Desk, campaign: Campaign) -> None:
    desk.look()
    before = len(desk.entries())
    desk.campaigns.end(campaign.id, by=None)
    desk.clock.now = campaign.due_at.replace(microsecond=345_678)
    desk.look()

    assert [entry["type"] for entry in desk.entries()[before:]] == ["campaign:ended"]
    assert [each.reminders for each in list_campaign_reviews(desk, campaign)] == [0, 0, 0]


def test_other_reviews_stand_beside_the_campaign_in_one_message() -> None:
    lines = (line(1), reminder_line(2), line(3))

    assert describe(*lines) == "3 reviews are waiting for you."
    joined = join_campaign_lines(lines)
    assert [(each.title, each.count) for each in joined] == [("Policies 2026", 2), (lines[1].title, 1)]


def test_who_can_not_be_reached_alone_is_asked_beside_the_card_of_the_campaign(desk: Desk) -> None:
    speak_through(desk, RefusingChannel(shy=True))
    put_documents(desk)
    start_campaign(desk)
    desk.look()
    desk.deliver_all()
    desk.clock.advance(seconds=10)
    desk.deliver_all()

    asked = list_messages(desk, "C1")
    assert sorted(each.mention for each in asked) == sorted((person,) for person in PEOPLE)
    assert {each.thread for each in asked} == {"n1"}  # the card in C1
    with desk.transactions(reading=True) as work:
        dead = work.cards.list_recent(100, state=CardState.DEAD)
    assert [post for post in dead if post.notice is not None] == []


def test_a_person_is_not_written_to_before_the_card_is_there(desk: Desk) -> None:
    """Teams looks a person up where the card is."""
    put_documents(desk)
    start_campaign(desk)
    desk.look()
    desk.deliver_all()

    kinds = [each.kind for _to, each in desk.paper.notices]
    assert kinds == [NoticeKind.CAMPAIGN] * 2 + [NoticeKind.REMINDER_LIST] * len(PEOPLE)
    assert {each.thread for person in PEOPLE for each in list_messages(desk, f"@{person}")} == {"n1"}


def test_on_a_private_route_the_channel_learns_no_name(desk: Desk) -> None:
    desk.follow(routes(private=True, notify=(Target(notifier="paper", address="C1"),)))
    desk.paper.public = {"C1"}
    channel = RefusingChannel(shy=True)
    channel.public = {"C1"}
    speak_through(desk, channel)
    put_documents(desk)
    start_campaign(desk)
    desk.look()
    for _ in range(3):
        desk.deliver_all()
        desk.clock.advance(seconds=10)

    asked = list_messages(desk, "C1")
    assert len(asked) == len(PEOPLE)
    assert "Policies" not in str(asked)
    assert describe_notice(asked[0]) == "A campaign in compliance asks you to acknowledge 3 documents."


@pytest.mark.parametrize(
    ("kinds", "more", "sentence"),
    [
        ((REQUEST, REQUEST), {}, "Policies 2026 asks you to acknowledge 2 documents."),
        ((REQUEST,), {}, "Policies 2026 asks you to acknowledge 1 document."),
        ((REQUEST, REMINDER), {}, "Policies 2026: 2 documents are still waiting for your acknowledgement."),
        (
            (NoticeKind.OVERDUE, REMINDER),
            {"is_overdue": True},
            "Policies 2026 is overdue: 2 documents are waiting for your acknowledgement.",
        ),
    ],
)
def test_a_message_about_one_campaign_is_a_plain_sentence(
    kinds: tuple[NoticeKind, ...], more: dict[str, object], sentence: str
) -> None:
    lines = [line(number, kind, **more) for number, kind in enumerate(kinds, 1)]

    assert describe(*lines) == sentence


def test_a_channel_that_asks_no_one_learns_how_many_wait() -> None:
    lines = (line(1, recipients=PEOPLE), line(2, recipients=PEOPLE[:1]))

    assert describe(*lines, mention=()) == "Policies 2026: 2 documents are not acknowledged by everyone yet."
    assert join_campaign_lines(lines)[0].recipients == PEOPLE


def test_two_campaigns_are_two_lines() -> None:
    other = line(3, campaign_id="cam-2", campaign_name="Safety 2026")

    assert describe(line(1), other, line(2)) == "3 documents are waiting for your acknowledgement."
    assert [each.title for each in join_campaign_lines((line(1), other))] == ["Policies 2026", "Safety 2026"]


def test_a_campaign_takes_one_line_of_those_that_are_shown() -> None:
    others = tuple(reminder_line(number) for number in range(1, MAX_LISTED + 3))
    lines = (*(line(number) for number in range(100, 400)), *others)
    built = notice(NoticeKind.REMINDER_LIST, reminders=lines, mention=(OWNER,))
    assert isinstance(built, ReminderListNotice)

    cut = cut_list(built)

    assert isinstance(cut, ReminderListNotice)
    assert (len(cut.reminders), cut.unlisted_count, cut.count) == (MAX_LISTED, 3, 312)


def test_the_folder_of_a_line_is_what_its_documents_share() -> None:
    lines = (line(1, path="Legal / HR / Leave"), line(2, path="Legal / HRX"), line(3, path="Legal / HR"))

    assert join_campaign_lines(lines)[0].path == "Legal"
    assert join_campaign_lines(lines[:1])[0].path == "Legal / HR / Leave"
