"""Clicks on the card: the first answer counts, and everybody else is told why theirs does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviews.kinds import ReviewState
from tests.bot.office import AUTHOR, DANA, DEPUTY_USER, GUEST, STRANGER
from tests.reviews.samples import HOSTILE, OWNER

if TYPE_CHECKING:
    from tests.bot.office import SlackInstallation

ACKNOWLEDGE, REQUEST = "acknowledge_review", "request_changes"


def test_an_owners_click_is_recorded_and_shown_on_the_card(office: SlackInstallation) -> None:
    card = office.card()

    answer = office.side.click(DANA, card, ACKNOWLEDGE)
    office.desk.deliver_all()

    assert answer.status == 200
    review = office.review()
    assert review.state is ReviewState.ACKNOWLEDGED
    assert (review.answers[0].reviewer.name, review.answers[0].reviewer.email) == ("Dana Ozola", OWNER)
    assert (review.answers[0].reviewer.chat_ids.get("slack"), review.answers[0].identity) == (DANA, "slack")
    redrawn = office.standing(review)
    assert "Reviewed by Dana Ozola" in redrawn["text"]
    assert office.slack.private_replies(DANA) == []
    with pytest.raises(LookupError):
        office.side.click(DANA, redrawn, ACKNOWLEDGE)


def test_a_second_click_is_told_that_it_changed_nothing(office: SlackInstallation) -> None:
    card = office.card()
    office.side.click(DANA, card, ACKNOWLEDGE)

    office.side.click(DEPUTY_USER, card, ACKNOWLEDGE)
    office.side.click(DANA, card, ACKNOWLEDGE)

    assert "was already reviewed by Dana Ozola" in office.wait_for_reply(DEPUTY_USER)
    assert "Your click changed nothing" in office.wait_for_reply(DANA)
    assert len(office.review().answers) == 1


@pytest.mark.parametrize("action", [ACKNOWLEDGE, REQUEST])
def test_someone_who_may_not_answer_is_told_who_may(office: SlackInstallation, action: str) -> None:
    card = office.card()

    office.side.click(STRANGER, card, action)
    office.side.click(GUEST, card, action)

    assert OWNER in office.wait_for_reply(STRANGER)
    assert "no e-mail address" in office.wait_for_reply(GUEST)
    assert office.review().state is ReviewState.OPEN
    assert office.slack.modals(STRANGER) == []


@pytest.mark.parametrize("action", [ACKNOWLEDGE, REQUEST])
def test_the_author_is_sent_to_someone_else(office: SlackInstallation, action: str) -> None:
    card = office.card()

    office.side.click(AUTHOR, card, action)

    assert "someone else has to review it" in office.wait_for_reply(AUTHOR)
    assert office.review().state is ReviewState.OPEN


def test_a_click_on_an_older_drawing_is_stale(office: SlackInstallation) -> None:
    card = office.card()
    office.desk.portal.versions["3358285"] = 9
    newer = office.card()

    office.side.click(DANA, card, ACKNOWLEDGE)
    reply = office.wait_for_reply(DANA)
    office.side.click(DANA, newer, ACKNOWLEDGE)

    assert "revision 1, now revision 2" in reply
    assert office.review().answers[0].revision == 2


def test_a_card_that_is_not_ours_is_no_longer_tracked(office: SlackInstallation) -> None:
    card = office.card()
    button = next(block for block in card["blocks"] if block["type"] == "actions")["elements"][0]
    unknown = {**card, "blocks": [{"type": "actions", "elements": [{**button, "value": "rev-77.1"}]}]}
    junk = {**card, "blocks": [{"type": "actions", "elements": [{**button, "value": "nonsense"}]}]}

    for message in (unknown, junk, {**card, "channel": "C2"}):
        office.side.click(DANA, message, ACKNOWLEDGE)
    office.slack.wait_for(lambda: len(office.slack.private_replies(DANA)) == 3)

    assert all("no longer tracked here" in reply["text"] for reply in office.slack.private_replies(DANA))

    assert office.review().state is ReviewState.OPEN


@pytest.mark.parametrize("title", [HOSTILE, "R&D plan <final>.docx", "*bold* `x`.docx"])
def test_a_hostile_title_still_gets_its_reply(office: SlackInstallation, title: str) -> None:
    card = office.card(title=title)
    office.side.click(DANA, card, ACKNOWLEDGE)

    office.side.click(DEPUTY_USER, card, ACKNOWLEDGE)

    assert "was already reviewed" in office.wait_for_reply(DEPUTY_USER)
    assert "<!channel>" not in office.wait_for_reply(DEPUTY_USER)


def test_a_click_on_the_link_is_acknowledged_to_slack(office: SlackInstallation) -> None:
    assert office.side.click(DANA, office.card(), "open_document").status == 200
    assert office.review().state is ReviewState.OPEN


@pytest.mark.parametrize("mode", ["fatal_error", "500_before", "drop_before", "429"])
def test_a_click_that_slack_does_not_explain_can_be_repeated(office: SlackInstallation, mode: str) -> None:
    card = office.card()
    office.slack.fail("users.info", mode)

    first = office.side.click(DEPUTY_USER, card, ACKNOWLEDGE)
    reply = office.wait_for_reply(DEPUTY_USER)
    second = office.side.click(DEPUTY_USER, card, ACKNOWLEDGE)

    assert (first.status, second.status) == (200, 200)
    assert "please click again" in reply
    assert office.review().state is ReviewState.ACKNOWLEDGED


def test_an_answer_counts_even_if_slack_cannot_be_reached_afterwards(office: SlackInstallation) -> None:
    card = office.card()
    office.side.click(STRANGER, card, ACKNOWLEDGE)
    office.slack.fail("response_url", "drop_before")
    office.slack.fail("chat.update", "drop_before")

    refused = office.side.click(STRANGER, card, ACKNOWLEDGE)
    taken = office.side.click(DANA, card, ACKNOWLEDGE)
    office.desk.deliver_all()
    office.desk.deliver_all()

    assert (refused.status, taken.status) == (200, 200)
    assert office.review().state is ReviewState.ACKNOWLEDGED
    assert "Reviewed by Dana Ozola" in office.standing(office.review())["text"]
