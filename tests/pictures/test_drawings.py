"""The pictures show what the cards hold, and nothing of a card is left out of its picture."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.command_replies import HelpReply
from bot.slack.reply_view import draw_reply
from notifiers.shared.notice_card import draw_notice_card
from notifiers.slack import blocks
from notifiers.slack.notices import draw_notice_message
from notifiers.teams_bot import card as teams_card
from pictures import campaign_messages, slack, teams
from pictures.differences import COMPARED, PARTS
from pictures.draw import (
    DRAWN,
    PICTURES,
    SCHEMES,
    digests,
    slack_modal_page,
    slack_notice_page,
    slack_page,
    teams_notice_page,
    teams_page,
)
from pictures.sample import OPEN, REVIEWED
from reviews.cards.card_context import CardContext
from reviews.cards.card_drawing import draw_card
from reviews.comparisons.snippets import cut_snippets
from reviews.notice import NoticeKind
from tests.language.chat_drawings import list_change_pages
from tests.language.drawings import AROUND, STATES
from tests.reviews.meanings import KNOWN_BYTES
from tests.reviews.samples import OWNER, notice, reminder_line

if TYPE_CHECKING:
    from reviews.answers.change_pages import ChangesPage
    from reviews.model import Review
    from reviews.notice import Notice

LARGEST = 150_000  # bytes: a README with a handful of pictures has to open quickly
NAMES = (
    *("slack", "slack-reviewed", "slack-states", "slack-many", "slack-changes", "slack-differences"),
    *("slack-campaign", "slack-campaign-request", "teams-campaign", "teams-campaign-request"),
    *("teams", "teams-reviewed", "teams-many", "teams-changes"),
    *("acknowledge", "files", "files-narrow", "changes", "changes-narrow"),
    *("campaigns", "campaign", "campaign-people", "campaign-asked"),
)
_UNDERLINED: dict[str, Any] = {
    "type": "rich_text_quote",
    "elements": [{"type": "text", "text": "x", "style": {"underline": True}}],
}
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize("review", [pytest.param(review, id=name) for name, review in STATES.items()])
def test_every_card_can_be_drawn(review: Review) -> None:
    card = draw_card(review, CardContext(reviewed_bytes=KNOWN_BYTES))

    in_slack = slack.blocks(blocks.draw_card_message(card, []), {})
    in_teams = teams.card(teams_card.draw_review_card(card))

    assert str(in_slack).count("<h3>") == 1
    assert "TextRun" in in_teams


def test_a_step_that_notified_a_channel_can_be_drawn() -> None:
    review, context = AROUND["escalated to a channel, and lapsed"]

    in_slack = slack_page(draw_card(review, context))

    assert 'Escalated to <span class="mention">#c0ops</span>, ' in in_slack


def test_a_list_of_reminders_can_be_drawn() -> None:
    late = reminder_line(is_overdue=True)
    listed = notice(NoticeKind.REMINDER_LIST, reminders=(late,), mention=(OWNER,), unlisted_count=2)

    in_slack = slack.blocks(draw_notice_message(listed, [], command="/reviews"), {})
    in_teams = teams.card(draw_notice_card(listed))

    assert "<code>/reviews mine</code> lists all of them." in in_slack
    assert "color-Attention" in in_teams


@pytest.mark.parametrize(
    "shown", [pytest.param(each, id=name) for name, each in campaign_messages.NOTICES.items()]
)
def test_each_message_of_a_campaign_can_be_drawn(shown: Notice) -> None:
    assert "Policies 2026" in slack_notice_page(shown)
    assert "Policies 2026" in teams_notice_page(shown)


def test_snippets_are_drawn_as_they_are_marked() -> None:
    card = draw_card(COMPARED, CardContext(snippets=cut_snippets(PARTS)))

    assert "<s>EUR 10,000</s> <b>EUR 3,000</b>" in slack_page(card)
    assert "<s>EUR 10,000</s>" in teams_page(card)
    assert "<u>EUR 3,000</u>" in teams_page(card)


@pytest.mark.parametrize("page", list(list_change_pages()))
def test_every_modal_with_differences_can_be_drawn(page: ChangesPage) -> None:
    assert slack_modal_page(page).count('<div class="rich">') == len(page.rows)


@pytest.mark.parametrize("review", [OPEN, REVIEWED], ids=["open", "reviewed"])
def test_a_picture_says_what_its_card_says(review: Review) -> None:
    for page in (slack_page(draw_card(review)), teams_page(draw_card(review))):
        for part in ("AML Policy 2026.docx", "Bob Chen", "Olga Owner"):
            assert part in page


def test_a_table_is_drawn_with_its_header_and_its_code() -> None:
    drawn = slack.blocks(draw_reply(HelpReply(), name="/reviews", domain="acme"), {})

    assert '<th class="left"><p><b>Command</b></p></th>' in drawn
    assert '<td class="left"><p><code>/reviews mine</code></p></td>' in drawn


def test_hostile_text_stays_text() -> None:
    card = replace(draw_card(OPEN), title="<b>x</b>", path="<i>y</i>")

    drawn = f"{slack_page(card)}{teams_page(card)}"

    assert "<b>x</b>" not in drawn
    assert "<i>y</i>" not in drawn


@pytest.mark.parametrize(
    "block",
    [
        {"type": "video"},
        {"type": "rich_text", "elements": [_UNDERLINED]},
        {"type": "actions", "elements": [{"type": "datepicker"}]},
        {"type": "section", "text": {"type": "plain_text", "text": "x"}, "accessory": {"type": "overflow"}},
        {"type": "rich_text", "elements": [{"type": "rich_text_list", "elements": []}]},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "user"}]}]},
        {"type": "section", "text": {"type": "raw_text", "text": "x"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "<!channel>"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "<@U0STRANGER>"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "<!date^1773065112^{date_long}|then>"}},
    ],
)
def test_a_block_that_has_no_picture_is_refused(block: dict[str, Any]) -> None:
    with pytest.raises(slack.Unknown, match="no picture of"):
        slack.blocks({"blocks": [block]}, {})


@pytest.mark.parametrize(
    "element",
    [
        {"type": "Media"},
        {"type": "TextBlock", "text": "x", "maxLines": 2},
        {"type": "TextBlock", "text": "{{DATE(2026-03-09T14:05:12Z, LONG)}}"},
        {"type": "RichTextBlock", "inlines": [{"type": "CitationRun"}]},
        {"type": "ActionSet", "actions": [{"type": "Action.ToggleVisibility", "title": "x"}]},
    ],
)
def test_an_element_that_has_no_picture_is_refused(element: dict[str, Any]) -> None:
    with pytest.raises(teams.Unknown, match="no picture of"):
        teams.card({"body": [element]})


def test_no_card_has_changed_since_its_picture_was_drawn() -> None:
    assert json.loads(DRAWN.read_text()) == digests(), "draw the pictures anew: ./dev pictures"


def test_every_picture_is_there_light_and_dark_and_small() -> None:
    expected = {f"{name}{ending}.png" for name in NAMES for ending in SCHEMES.values()}

    assert {file.name for file in PICTURES.glob("*.png")} == expected
    for file in map(Path, sorted(PICTURES.glob("*.png"))):
        assert file.read_bytes().startswith(PNG)
        assert file.stat().st_size < LARGEST
