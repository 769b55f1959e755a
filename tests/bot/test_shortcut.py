"""The entry in a message's menu answers as the card's button does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from bot.slack.actions import SlackClicks
from bot.slack.home import Home
from bot.slack.people import SlackPeople
from bot.slack.replies import SlackReplies
from bot.slack.request_reader import SlackRequestReader
from bot.slack.shortcut import ACKNOWLEDGE, Shortcut
from notifiers.slack import make_client
from notifiers.slack.people import SlackOwners as Owners
from reviews.kinds import ReviewState
from tests.bot.odd import variants
from tests.bot.office import AUTHOR, CHANNEL, DANA, DEPUTY_USER, GUEST, STRANGER
from tests.edge.slack_signing import SPOILT
from tests.reviews.samples import OWNER

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.model import Review
    from tests.bot.office import SlackInstallation


def make_shortcut(office: SlackInstallation, clicks_of: type[SlackClicks] = SlackClicks) -> Shortcut:
    web = make_client(office.slack.token, office.slack.api_url)
    people = SlackPeople(web, office.directory)
    home = Home(
        client=web,
        people=people,
        routes=office.desk.routes,
        transactions=office.desk.transactions,
        clock=office.desk.clock,
        run_later=lambda task: task(),
        subscriptions=office.commands.subscriptions,
        team_id=office.slack.team_id,
    )
    replies = SlackReplies(web, home)
    request_reader = SlackRequestReader(people, home=home)
    clicks = clicks_of(
        office.desk.answers,
        request_reader,
        replies=replies,
        owners=Owners(web, office.directory),
    )
    return Shortcut(clicks, request_reader, replies=replies, answers=office.desk.answers)


def choose(office: SlackInstallation, user: str, message: dict[str, Any], **more: Any) -> None:
    """Choose the entry in the menu of a message as it stands, but for what is given."""
    assert office.side.shortcut(user, {**message, **more}, ACKNOWLEDGE).status == 200


def payload(office: SlackInstallation, card: dict[str, Any], user: str = DANA) -> dict[str, Any]:
    """What Slack sends of a card that says nothing of itself."""
    return {
        "type": "message_action",
        "callback_id": ACKNOWLEDGE,
        "user": {"id": user, "team_id": office.slack.team_id},
        "team": {"id": office.slack.team_id},
        "channel": {"id": CHANNEL},
        "message_ts": card["ts"],
        "message": {"ts": card["ts"]},
        "response_url": office.slack.new_response_url(user, CHANNEL, message_ts=card["ts"]),
    }


def test_the_owner_is_told_that_the_answer_is_recorded_and_everybody_sees_it(
    office: SlackInstallation,
) -> None:
    choose(office, DANA, office.card())
    reply = office.wait_for_reply(DANA)
    office.desk.deliver_all()

    answer = office.review().answers[0]
    assert (answer.reviewer.email, answer.identity, answer.revision) == (OWNER, "slack", 1)
    assert "Recorded: you have reviewed AML Policy 2026.docx, version" in reply
    assert "Reviewed by Dana Ozola" in office.standing(office.review())["text"]


@pytest.mark.parametrize(
    "absent", [{"metadata": None}, {"metadata": None, "blocks": None}, {"metadata": None, "app_id": None}]
)
def test_a_card_that_says_less_of_itself_is_known_by_where_it_stands(
    office: SlackInstallation, absent: dict[str, Any]
) -> None:
    choose(office, DANA, office.card(), **absent)

    assert "Recorded" in office.wait_for_reply(DANA)
    assert office.review().state is ReviewState.ACKNOWLEDGED


@pytest.mark.parametrize(
    ("user", "sentence"), [(STRANGER, OWNER), (GUEST, "no e-mail address"), (AUTHOR, "yourself")]
)
def test_someone_who_may_not_answer_hears_what_the_button_would_say(
    office: SlackInstallation, user: str, sentence: str
) -> None:
    card = office.card()
    choose(office, user, card)
    here = office.wait_for_reply(user)
    office.side.click(user, card, "acknowledge_review")
    there = office.slack.wait_for(lambda: office.slack.private_replies(user)[1:])[-1]["text"]

    assert sentence in here
    assert here == there
    assert office.review().state is ReviewState.OPEN


def test_a_second_answer_is_told_that_it_changed_nothing(office: SlackInstallation) -> None:
    card = office.card()
    office.side.click(DANA, card, "acknowledge_review")

    choose(office, DEPUTY_USER, card)

    assert "was already reviewed by Dana Ozola" in office.wait_for_reply(DEPUTY_USER)
    assert len(office.review().answers) == 1


def test_it_answers_the_revision_that_the_card_showed(office: SlackInstallation) -> None:
    card = office.card()
    office.desk.portal.versions["3358285"] = 9
    office.card()

    choose(office, DANA, card)

    assert "revision 1, now revision 2" in office.wait_for_reply(DANA)
    assert office.review().state is ReviewState.OPEN


def test_a_card_that_is_being_redrawn_is_not_guessed_at(office: SlackInstallation) -> None:
    card = office.card()
    with office.desk.transactions() as work:
        work.cards.redraw(office.review().id)
        work.commit()

    choose(office, DANA, card, metadata=None, blocks=None)

    assert "being updated" in office.wait_for_reply(DANA)
    assert office.review().state is ReviewState.OPEN


@pytest.mark.parametrize("app", [None, "A0OTHER"])
def test_on_any_other_message_nothing_is_recorded(office: SlackInstallation, app: str | None) -> None:
    other = {**office.card(), "ts": "1.000001", "app_id": app}
    body = (
        payload(office, other) | {"message": other} | ({"api_app_id": office.slack.api_app_id} if app else {})
    )

    with capture_logs() as logs:
        assert office.side.interaction(body).status == 200
        reply = office.wait_for_reply(DANA)

    assert "not a review card" in reply
    assert [entry["reason"] for entry in logs if entry["event"] == "shortcut_refused"] == ["unknown"]
    assert office.review().state is ReviewState.OPEN


def test_a_copy_of_a_card_answers_where_slack_says_that_it_is_ours(office: SlackInstallation) -> None:
    card = office.card()
    copy = {**card, "ts": "1.000001"}
    body = payload(office, copy) | {"api_app_id": office.slack.api_app_id, "message": copy}

    office.side.interaction(body)

    assert "Recorded" in office.wait_for_reply(DANA)


def test_a_card_that_stands_in_another_channel_answers_nothing(office: SlackInstallation) -> None:
    card = office.card()
    body = payload(office, card) | {"api_app_id": office.slack.api_app_id, "message": card}

    office.side.interaction(body | {"channel": {"id": "C2"}})

    assert "no longer tracked" in office.wait_for_reply(DANA)
    assert office.review().state is ReviewState.OPEN


def test_slack_hears_that_it_was_chosen_before_any_remote_service_is_asked(office: SlackInstallation) -> None:
    card = office.card()
    before = len(office.slack.calls())
    asked: list[int] = []

    make_shortcut(office).acknowledge(
        lambda: asked.append(len(office.slack.calls())),  # type: ignore[arg-type]
        payload(office, card),
    )

    assert asked == [before]
    assert len(office.slack.calls()) > before
    assert office.review().state is ReviewState.ACKNOWLEDGED


def test_a_slack_that_does_not_say_who_it_is_leaves_the_review_open(office: SlackInstallation) -> None:
    card = office.card()
    office.slack.fail("users.info", "drop_before")

    choose(office, DEPUTY_USER, card)
    reply = office.wait_for_reply(DEPUTY_USER)
    choose(office, DEPUTY_USER, card)

    assert "again in a moment" in reply
    assert office.slack.wait_for(lambda: office.slack.private_replies(DEPUTY_USER)[1:])
    assert office.review().state is ReviewState.ACKNOWLEDGED


def test_spoilt_requests_change_nothing(office: SlackInstallation) -> None:
    card = office.card()

    statuses = {
        office.side.shortcut(DANA, card, ACKNOWLEDGE, spoil=spoil).status for spoil in SPOILT.values()
    }

    assert statuses <= {400, 401}
    assert office.review().state is ReviewState.OPEN


def test_whatever_a_member_is_nothing_of_ours_fails(office: SlackInstallation) -> None:
    whole = payload(office, office.card()) | {"response_url": "http://127.0.0.1:9/"}
    whole["message"] |= {
        "metadata": {
            "event_type": "docspace_review_requested",
            "event_payload": {"review_id": "r", "revision": 1},
        },
        "blocks": [
            {"type": "actions", "elements": [{"action_id": "acknowledge_review", "value": "rev-77.1"}]}
        ],
    }
    with capture_logs() as logs:
        for odd in variants(whole):
            assert office.side.interaction(odd).status in {200, 400, 401, 404}, odd
        office.close()

    assert [entry for entry in logs if entry["event"] == "click_failed"] == []


def test_an_answer_is_confirmed_though_the_account_is_too_old_to_answer_with_again(
    office: SlackInstallation,
) -> None:
    class SlowClicks(SlackClicks):
        def acknowledge(self, ack: Callable[[], object], body: dict[str, Any]) -> Review | None:
            review = super().acknowledge(ack, body)
            office.desk.clock.advance(seconds=3601)
            return review

    card = office.card()

    make_shortcut(office, SlowClicks).acknowledge(lambda: None, payload(office, card))  # type: ignore[arg-type]

    assert "Recorded" in office.wait_for_reply(DANA)
