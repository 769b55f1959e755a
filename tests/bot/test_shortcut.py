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
from tests.bot.slack_installation import AUTHOR, CHANNEL, DANA, DEPUTY_USER, GUEST, STRANGER
from tests.bot.socket_installation import OVER_BOTH_WAYS
from tests.edge.slack_signing import SPOILT
from tests.reviews.samples import OWNER

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.model import Review
    from tests.bot.slack_installation import SlackInstallation


def make_shortcut(installation: SlackInstallation, clicks_of: type[SlackClicks] = SlackClicks) -> Shortcut:
    web = make_client(installation.slack.token, installation.slack.api_url)
    people = SlackPeople(web, installation.directory)
    home = Home(
        client=web,
        people=people,
        routes=installation.desk.routes,
        transactions=installation.desk.transactions,
        clock=installation.desk.clock,
        run_later=lambda task: task(),
        subscriptions=installation.commands.subscriptions,
        absences=installation.desk.absences,
        team_id=installation.slack.team_id,
    )
    replies = SlackReplies(web, home)
    request_reader = SlackRequestReader(people, home=home)
    clicks = clicks_of(
        installation.desk.answers,
        request_reader,
        replies=replies,
        owners=Owners(web, installation.directory),
    )
    return Shortcut(clicks, request_reader, replies=replies, answers=installation.desk.answers)


def choose(installation: SlackInstallation, user: str, message: dict[str, Any], **more: Any) -> None:
    """Choose the entry in the menu of a message as it stands, but for what is given."""
    assert installation.side.shortcut(user, {**message, **more}, ACKNOWLEDGE).status == 200


def payload(installation: SlackInstallation, card: dict[str, Any], user: str = DANA) -> dict[str, Any]:
    """What Slack sends of a card that says nothing of itself."""
    return {
        "type": "message_action",
        "callback_id": ACKNOWLEDGE,
        "user": {"id": user, "team_id": installation.slack.team_id},
        "team": {"id": installation.slack.team_id},
        "channel": {"id": CHANNEL},
        "message_ts": card["ts"],
        "message": {"ts": card["ts"]},
        "response_url": installation.slack.new_response_url(user, CHANNEL, message_ts=card["ts"]),
    }


@OVER_BOTH_WAYS
def test_the_owner_is_told_that_the_answer_is_recorded_and_everybody_sees_it(
    installation: SlackInstallation,
) -> None:
    choose(installation, DANA, installation.card())
    reply = installation.wait_for_reply(DANA)
    installation.desk.deliver_all()

    answer = installation.review().answers[0]
    assert (answer.reviewer.email, answer.identity, answer.revision) == (OWNER, "slack", 1)
    assert "Recorded: you have reviewed AML Policy 2026.docx, version" in reply
    assert "Reviewed by Dana Ozola" in installation.standing(installation.review())["text"]


@pytest.mark.parametrize(
    "absent", [{"metadata": None}, {"metadata": None, "blocks": None}, {"metadata": None, "app_id": None}]
)
def test_a_card_that_says_less_of_itself_is_known_by_where_it_stands(
    installation: SlackInstallation, absent: dict[str, Any]
) -> None:
    choose(installation, DANA, installation.card(), **absent)

    assert "Recorded" in installation.wait_for_reply(DANA)
    assert installation.review().state is ReviewState.ACKNOWLEDGED


@pytest.mark.parametrize(
    ("user", "sentence"), [(STRANGER, OWNER), (GUEST, "no e-mail address"), (AUTHOR, "yourself")]
)
def test_someone_who_may_not_answer_hears_what_the_button_would_say(
    installation: SlackInstallation, user: str, sentence: str
) -> None:
    card = installation.card()
    choose(installation, user, card)
    here = installation.wait_for_reply(user)
    installation.side.click(user, card, "acknowledge_review")
    there = installation.slack.wait_for(lambda: installation.slack.private_replies(user)[1:])[-1]["text"]

    assert sentence in here
    assert here == there
    assert installation.review().state is ReviewState.OPEN


def test_a_second_answer_is_told_that_it_changed_nothing(installation: SlackInstallation) -> None:
    card = installation.card()
    installation.side.click(DANA, card, "acknowledge_review")

    choose(installation, DEPUTY_USER, card)

    assert "was already reviewed by Dana Ozola" in installation.wait_for_reply(DEPUTY_USER)
    assert len(installation.review().answers) == 1


def test_it_answers_the_revision_that_the_card_showed(installation: SlackInstallation) -> None:
    card = installation.card()
    installation.desk.portal.versions["3358285"] = 9
    installation.card()

    choose(installation, DANA, card)

    assert "revision 1, now revision 2" in installation.wait_for_reply(DANA)
    assert installation.review().state is ReviewState.OPEN


def test_a_card_that_is_being_redrawn_is_not_guessed_at(installation: SlackInstallation) -> None:
    card = installation.card()
    with installation.desk.transactions() as work:
        work.cards.redraw(installation.review().id)
        work.commit()

    choose(installation, DANA, card, metadata=None, blocks=None)

    assert "being updated" in installation.wait_for_reply(DANA)
    assert installation.review().state is ReviewState.OPEN


@pytest.mark.parametrize("app", [None, "A0OTHER"])
def test_on_any_other_message_nothing_is_recorded(installation: SlackInstallation, app: str | None) -> None:
    other = {**installation.card(), "ts": "1.000001", "app_id": app}
    body = (
        payload(installation, other)
        | {"message": other}
        | ({"api_app_id": installation.slack.api_app_id} if app else {})
    )

    with capture_logs() as logs:
        assert installation.side.interaction(body).status == 200
        reply = installation.wait_for_reply(DANA)

    assert "not a review card" in reply
    assert [entry["reason"] for entry in logs if entry["event"] == "shortcut_refused"] == ["unknown"]
    assert installation.review().state is ReviewState.OPEN


def test_a_copy_of_a_card_answers_where_slack_says_that_it_is_ours(installation: SlackInstallation) -> None:
    card = installation.card()
    copy = {**card, "ts": "1.000001"}
    body = payload(installation, copy) | {"api_app_id": installation.slack.api_app_id, "message": copy}

    installation.side.interaction(body)

    assert "Recorded" in installation.wait_for_reply(DANA)


def test_a_card_that_stands_in_another_channel_answers_nothing(installation: SlackInstallation) -> None:
    card = installation.card()
    body = payload(installation, card) | {"api_app_id": installation.slack.api_app_id, "message": card}

    installation.side.interaction(body | {"channel": {"id": "C2"}})

    assert "no longer tracked" in installation.wait_for_reply(DANA)
    assert installation.review().state is ReviewState.OPEN


def test_slack_hears_that_it_was_chosen_before_any_remote_service_is_asked(
    installation: SlackInstallation,
) -> None:
    card = installation.card()
    before = len(installation.slack.calls())
    asked: list[int] = []

    make_shortcut(installation).acknowledge(
        lambda: asked.append(len(installation.slack.calls())),  # type: ignore[arg-type]
        payload(installation, card),
    )

    assert asked[0] == before
    assert len(installation.slack.calls()) > before
    assert installation.review().state is ReviewState.ACKNOWLEDGED


def test_a_slack_that_does_not_say_who_it_is_leaves_the_review_open(installation: SlackInstallation) -> None:
    card = installation.card()
    installation.slack.fail("users.info", "drop_before")

    choose(installation, DEPUTY_USER, card)
    reply = installation.wait_for_reply(DEPUTY_USER)
    choose(installation, DEPUTY_USER, card)

    assert "again in a moment" in reply
    assert installation.slack.wait_for(lambda: installation.slack.private_replies(DEPUTY_USER)[1:])
    assert installation.review().state is ReviewState.ACKNOWLEDGED


def test_spoilt_requests_change_nothing(installation: SlackInstallation) -> None:
    card = installation.card()

    statuses = {
        installation.side.shortcut(DANA, card, ACKNOWLEDGE, spoil=spoil).status for spoil in SPOILT.values()
    }

    assert statuses <= {400, 401}
    assert installation.review().state is ReviewState.OPEN


def test_whatever_a_member_is_nothing_of_ours_fails(installation: SlackInstallation) -> None:
    whole = payload(installation, installation.card()) | {"response_url": "http://127.0.0.1:9/"}
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
            assert installation.side.interaction(odd).status in {200, 400, 401, 404}, odd
        installation.close()

    assert [entry for entry in logs if entry["event"] == "click_failed"] == []


def test_an_answer_is_confirmed_though_the_account_is_too_old_to_answer_with_again(
    installation: SlackInstallation,
) -> None:
    class SlowClicks(SlackClicks):
        def acknowledge(self, ack: Callable[[], object], body: dict[str, Any]) -> Review | None:
            review = super().acknowledge(ack, body)
            installation.desk.clock.advance(seconds=3601)
            return review

    card = installation.card()

    make_shortcut(installation, SlowClicks).acknowledge(lambda: None, payload(installation, card))  # type: ignore[arg-type]

    assert "Recorded" in installation.wait_for_reply(DANA)
