"""A card that stands twice, and a card that is not up to date: a click on it shows how things are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.bot.office import CHANNEL, DANA, DEPUTY_USER, STRANGER
from tests.reviews.samples import event

if TYPE_CHECKING:
    from tests.bot.office import SlackInstallation

ACKNOWLEDGE, REQUEST = "acknowledge_review", "request_changes"


def copied(office: SlackInstallation, card: dict[str, Any]) -> dict[str, Any]:
    """Put a second message with the same card into the channel, as a post that was repeated does."""
    content = {name: card[name] for name in ("text", "blocks", "metadata")}
    return dict(office.slack.post(office.slack.channel(CHANNEL), content))


def shown(office: SlackInstallation, message: dict[str, Any]) -> tuple[str, list[Any]]:
    reply = next(each for each in office.slack.messages(CHANNEL) if each["ts"] == message["ts"])
    return reply["text"], reply["blocks"]


def wait_until_redrawn(office: SlackInstallation, message: dict[str, Any]) -> None:
    office.slack.wait_for(lambda: shown(office, message) != (message["text"], message["blocks"]))


def test_an_answer_on_a_copy_is_shown_there_and_on_the_card(office: SlackInstallation) -> None:
    card = office.card()
    copy = copied(office, card)

    office.side.click(DANA, copy, ACKNOWLEDGE)
    wait_until_redrawn(office, copy)
    office.desk.deliver_all()

    assert "Reviewed by Dana Ozola" in shown(office, copy)[0]
    assert shown(office, copy) == shown(office, card)
    assert ACKNOWLEDGE not in str(shown(office, copy))


@pytest.mark.parametrize("action", [ACKNOWLEDGE, REQUEST])
def test_a_copy_that_is_clicked_after_the_answer_turns_into_the_answered_card(
    office: SlackInstallation, action: str
) -> None:
    card = office.card()
    copy = copied(office, card)
    office.side.click(DANA, card, ACKNOWLEDGE)
    office.desk.deliver_all()

    office.side.click(DEPUTY_USER, copy, action)
    wait_until_redrawn(office, copy)

    assert "was already reviewed by Dana Ozola" in office.wait_for_reply(DEPUTY_USER)
    assert shown(office, copy) == shown(office, card)


@pytest.mark.parametrize("action", [ACKNOWLEDGE, REQUEST])
@pytest.mark.parametrize("clicked", ["the card", "a copy"])
def test_a_stale_click_is_refused_with_the_fresh_card(
    office: SlackInstallation, action: str, clicked: str
) -> None:
    card = office.card()
    message = copied(office, card) if clicked == "a copy" else card
    office.desk.portal.versions["3358285"] = 9
    office.desk.open(event())

    office.side.click(DANA, message, action)
    wait_until_redrawn(office, message)
    reply = office.wait_for_reply(DANA)
    office.side.click(DANA, {**message, "blocks": shown(office, message)[1]}, ACKNOWLEDGE)

    assert "now revision 2" in reply
    assert office.review().answers[0].revision == 2


def test_a_card_that_is_up_to_date_is_not_drawn_once_more(office: SlackInstallation) -> None:
    old = office.card()
    office.desk.portal.versions["3358285"] = 9
    fresh = office.card()

    office.side.click(DANA, old, ACKNOWLEDGE)
    office.wait_for_reply(DANA)
    office.close()

    assert office.standing(office.review()) == fresh


def test_a_copy_is_not_touched_by_someone_who_may_not_answer(office: SlackInstallation) -> None:
    copy = copied(office, office.card())

    office.side.click(STRANGER, copy, ACKNOWLEDGE)
    office.wait_for_reply(STRANGER)
    office.close()

    assert shown(office, copy) == (copy["text"], copy["blocks"])


def test_a_copy_that_cannot_be_redrawn_takes_nothing_from_the_answer(office: SlackInstallation) -> None:
    copy = copied(office, office.card())
    office.slack.fail("response_url", "500_before")

    answer = office.side.click(DANA, copy, ACKNOWLEDGE)
    office.close()

    assert answer.status == 200
    assert office.review().answers[0].reviewer.chat_ids.get("slack") == DANA
