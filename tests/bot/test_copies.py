"""A card that stands twice, and a card that is not up to date: a click on it shows how things are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.bot.slack_installation import CHANNEL, DANA, DEPUTY_USER, STRANGER
from tests.reviews.samples import event

if TYPE_CHECKING:
    from tests.bot.slack_installation import SlackInstallation

ACKNOWLEDGE, REQUEST = "acknowledge_review", "request_changes"


def copied(installation: SlackInstallation, card: dict[str, Any]) -> dict[str, Any]:
    """Put a second message with the same card into the channel, as a post that was repeated does."""
    content = {name: card[name] for name in ("text", "blocks", "metadata")}
    return dict(installation.slack.post(installation.slack.channel(CHANNEL), content))


def shown(installation: SlackInstallation, message: dict[str, Any]) -> tuple[str, list[Any]]:
    reply = next(each for each in installation.slack.messages(CHANNEL) if each["ts"] == message["ts"])
    return reply["text"], reply["blocks"]


def wait_until_redrawn(installation: SlackInstallation, message: dict[str, Any]) -> None:
    installation.slack.wait_for(lambda: shown(installation, message) != (message["text"], message["blocks"]))


def test_an_answer_on_a_copy_is_shown_there_and_on_the_card(installation: SlackInstallation) -> None:
    card = installation.card()
    copy = copied(installation, card)

    installation.side.click(DANA, copy, ACKNOWLEDGE)
    wait_until_redrawn(installation, copy)
    installation.desk.deliver_all()

    assert "Reviewed by Dana Ozola" in shown(installation, copy)[0]
    assert shown(installation, copy) == shown(installation, card)
    assert ACKNOWLEDGE not in str(shown(installation, copy))


@pytest.mark.parametrize("action", [ACKNOWLEDGE, REQUEST])
def test_a_copy_that_is_clicked_after_the_answer_turns_into_the_answered_card(
    installation: SlackInstallation, action: str
) -> None:
    card = installation.card()
    copy = copied(installation, card)
    installation.side.click(DANA, card, ACKNOWLEDGE)
    installation.desk.deliver_all()

    installation.side.click(DEPUTY_USER, copy, action)
    wait_until_redrawn(installation, copy)

    assert "was already reviewed by Dana Ozola" in installation.wait_for_reply(DEPUTY_USER)
    assert shown(installation, copy) == shown(installation, card)


@pytest.mark.parametrize("action", [ACKNOWLEDGE, REQUEST])
@pytest.mark.parametrize("clicked", ["the card", "a copy"])
def test_a_stale_click_is_refused_with_the_fresh_card(
    installation: SlackInstallation, action: str, clicked: str
) -> None:
    card = installation.card()
    message = copied(installation, card) if clicked == "a copy" else card
    installation.desk.portal.versions["3358285"] = 9
    installation.desk.open(event())

    installation.side.click(DANA, message, action)
    wait_until_redrawn(installation, message)
    reply = installation.wait_for_reply(DANA)
    installation.side.click(DANA, {**message, "blocks": shown(installation, message)[1]}, ACKNOWLEDGE)

    assert "now revision 2" in reply
    assert installation.review().answers[0].revision == 2


def test_a_card_that_is_up_to_date_is_not_drawn_once_more(installation: SlackInstallation) -> None:
    old = installation.card()
    installation.desk.portal.versions["3358285"] = 9
    fresh = installation.card()

    installation.side.click(DANA, old, ACKNOWLEDGE)
    installation.wait_for_reply(DANA)
    installation.close()

    assert installation.standing(installation.review()) == fresh


def test_a_copy_is_not_touched_by_someone_who_may_not_answer(installation: SlackInstallation) -> None:
    copy = copied(installation, installation.card())

    installation.side.click(STRANGER, copy, ACKNOWLEDGE)
    installation.wait_for_reply(STRANGER)
    installation.close()

    assert shown(installation, copy) == (copy["text"], copy["blocks"])


def test_a_copy_that_cannot_be_redrawn_takes_nothing_from_the_answer(installation: SlackInstallation) -> None:
    copy = copied(installation, installation.card())
    installation.slack.fail("response_url", "500_before")

    answer = installation.side.click(DANA, copy, ACKNOWLEDGE)
    installation.close()

    assert answer.status == 200
    assert installation.review().answers[0].reviewer.chat_ids.get("slack") == DANA
