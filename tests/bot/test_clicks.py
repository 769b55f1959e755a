"""Clicks on the card: the first answer counts, and everybody else is told why theirs does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from notifiers.slack import Slack
from notifiers.slack.campaigns import OPEN_CAMPAIGN
from notifiers.slack.people import SlackOwners
from reviews.kinds import ReviewState
from reviews.notice import NoticeKind
from tests.bot.slack_installation import AUTHOR, CHANNEL, DANA, DEPUTY_USER, GUEST, STRANGER
from tests.bot.socket_installation import BOTH_WAYS
from tests.notifiers.books import make_directory
from tests.notifiers.clients import web_client
from tests.reviews.samples import HOSTILE, OWNER, notice

if TYPE_CHECKING:
    from tests.bot.slack_installation import SlackInstallation

WAYS_IN = BOTH_WAYS
ACKNOWLEDGE, REQUEST = "acknowledge_review", "request_changes"


def test_an_owners_click_is_recorded_and_shown_on_the_card(installation: SlackInstallation) -> None:
    card = installation.card()

    answer = installation.side.click(DANA, card, ACKNOWLEDGE)
    installation.desk.deliver_all()

    assert answer.status == 200
    review = installation.review()
    assert review.state is ReviewState.ACKNOWLEDGED
    assert (review.answers[0].reviewer.name, review.answers[0].reviewer.email) == ("Dana Ozola", OWNER)
    assert (review.answers[0].reviewer.chat_ids.get("slack"), review.answers[0].identity) == (DANA, "slack")
    redrawn = installation.standing(review)
    assert "Reviewed by Dana Ozola" in redrawn["text"]
    assert installation.slack.private_replies(DANA) == []
    with pytest.raises(LookupError):
        installation.side.click(DANA, redrawn, ACKNOWLEDGE)


def test_a_second_click_is_told_that_it_changed_nothing(installation: SlackInstallation) -> None:
    card = installation.card()
    installation.side.click(DANA, card, ACKNOWLEDGE)

    installation.side.click(DEPUTY_USER, card, ACKNOWLEDGE)
    installation.side.click(DANA, card, ACKNOWLEDGE)

    assert "was already reviewed by Dana Ozola" in installation.wait_for_reply(DEPUTY_USER)
    assert "Your click changed nothing" in installation.wait_for_reply(DANA)
    assert len(installation.review().answers) == 1


@pytest.mark.parametrize("action", [ACKNOWLEDGE, REQUEST])
def test_someone_who_may_not_answer_is_told_who_may(installation: SlackInstallation, action: str) -> None:
    card = installation.card()

    installation.side.click(STRANGER, card, action)
    installation.side.click(GUEST, card, action)

    assert OWNER in installation.wait_for_reply(STRANGER)
    assert "no e-mail address" in installation.wait_for_reply(GUEST)
    assert installation.review().state is ReviewState.OPEN
    assert installation.slack.modals(STRANGER) == []


def test_the_log_says_who_was_refused_on_which_review(installation: SlackInstallation) -> None:
    card = installation.card()

    with capture_logs() as logs:
        installation.side.click(STRANGER, card, ACKNOWLEDGE)
        installation.wait_for_reply(STRANGER)

    [line] = [each for each in logs if each["event"] == "click_refused"]
    assert (line["user"], line["review_id"]) == (STRANGER, installation.review().id)
    assert line["reason"] == "not_allowed"


@pytest.mark.parametrize("action", [ACKNOWLEDGE, REQUEST])
def test_the_author_is_sent_to_someone_else(installation: SlackInstallation, action: str) -> None:
    card = installation.card()

    installation.side.click(AUTHOR, card, action)

    assert "someone else has to review it" in installation.wait_for_reply(AUTHOR)
    assert installation.review().state is ReviewState.OPEN


def test_a_click_on_an_older_drawing_is_stale(installation: SlackInstallation) -> None:
    card = installation.card()
    installation.desk.portal.versions["3358285"] = 9
    newer = installation.card()

    installation.side.click(DANA, card, ACKNOWLEDGE)
    reply = installation.wait_for_reply(DANA)
    installation.side.click(DANA, newer, ACKNOWLEDGE)

    assert "revision 1, now revision 2" in reply
    assert installation.review().answers[0].revision == 2


def test_a_card_that_is_not_ours_is_no_longer_tracked(installation: SlackInstallation) -> None:
    card = installation.card()
    button = next(block for block in card["blocks"] if block["type"] == "actions")["elements"][0]
    unknown = {**card, "blocks": [{"type": "actions", "elements": [{**button, "value": "rev-77.1"}]}]}
    junk = {**card, "blocks": [{"type": "actions", "elements": [{**button, "value": "nonsense"}]}]}

    for message in (unknown, junk, {**card, "channel": "C2"}):
        installation.side.click(DANA, message, ACKNOWLEDGE)
    installation.slack.wait_for(lambda: len(installation.slack.private_replies(DANA)) == 3)

    assert all(
        "no longer tracked here" in reply["text"] for reply in installation.slack.private_replies(DANA)
    )

    assert installation.review().state is ReviewState.OPEN


@pytest.mark.parametrize("title", [HOSTILE, "R&D plan <final>.docx", "*bold* `x`.docx"])
def test_a_hostile_title_still_gets_its_reply(installation: SlackInstallation, title: str) -> None:
    card = installation.card(title=title)
    installation.side.click(DANA, card, ACKNOWLEDGE)

    installation.side.click(DEPUTY_USER, card, ACKNOWLEDGE)

    assert "was already reviewed" in installation.wait_for_reply(DEPUTY_USER)
    assert "<!channel>" not in installation.wait_for_reply(DEPUTY_USER)


def test_a_click_on_the_link_is_acknowledged_to_slack(installation: SlackInstallation) -> None:
    assert installation.side.click(DANA, installation.card(), "open_document").status == 200
    assert installation.review().state is ReviewState.OPEN


def test_a_click_on_the_link_to_a_campaign_is_acknowledged_to_slack(installation: SlackInstallation) -> None:
    client = web_client(installation.slack)
    slack = Slack(client, SlackOwners(client, make_directory()))
    slack.post_notice(CHANNEL, notice(NoticeKind.CAMPAIGN))
    card = installation.slack.messages(CHANNEL)[-1]

    assert installation.side.click(DANA, card, OPEN_CAMPAIGN).status == 200


@pytest.mark.parametrize("mode", ["fatal_error", "500_before", "drop_before", "429"])
def test_a_click_that_slack_does_not_explain_can_be_repeated(
    installation: SlackInstallation, mode: str
) -> None:
    card = installation.card()
    installation.slack.fail("users.info", mode)

    first = installation.side.click(DEPUTY_USER, card, ACKNOWLEDGE)
    reply = installation.wait_for_reply(DEPUTY_USER)
    second = installation.side.click(DEPUTY_USER, card, ACKNOWLEDGE)

    assert (first.status, second.status) == (200, 200)
    assert "please click again" in reply
    assert installation.review().state is ReviewState.ACKNOWLEDGED


def test_an_answer_counts_even_if_slack_cannot_be_reached_afterwards(installation: SlackInstallation) -> None:
    card = installation.card()
    installation.side.click(STRANGER, card, ACKNOWLEDGE)
    installation.slack.fail("response_url", "drop_before")
    installation.slack.fail("chat.update", "drop_before")

    refused = installation.side.click(STRANGER, card, ACKNOWLEDGE)
    taken = installation.side.click(DANA, card, ACKNOWLEDGE)
    installation.desk.deliver_all()
    installation.desk.deliver_all()

    assert (refused.status, taken.status) == (200, 200)
    assert installation.review().state is ReviewState.ACKNOWLEDGED
    assert "Reviewed by Dana Ozola" in installation.standing(installation.review())["text"]
