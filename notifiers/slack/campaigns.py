"""A campaign in Block Kit: pure functions (facts on Slack, 1.3, 1.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.shared.campaign_text import describe_campaign_card, draw_progress_bar
from notifiers.shared.reminder_text import describe_only_campaign
from notifiers.slack.elements import make_context, make_mrkdwn, make_section
from notifiers.slack.text import fit_text, write_date
from reviews.wording.campaign_sentences import label_most_left, label_progress_page

if TYPE_CHECKING:
    from notifiers.shared.campaign_text import CampaignText
    from notifiers.slack.elements import Block
    from reviews.campaign_notices import CampaignNotice
    from reviews.notice import ReminderListNotice

OPEN_CAMPAIGN = "open_campaign"
MAX_NAME_LENGTH, MAX_STAGE_LENGTH, MAX_DETAIL_LENGTH, MAX_PERSON_LENGTH = 600, 1200, 600, 200


def draw_campaign(notice: CampaignNotice) -> list[Block]:
    """Return the name with how it stands, the bar with its figures, and those who have most left."""
    text = describe_campaign_card(notice, write_date)
    details = (fit_text(each, MAX_DETAIL_LENGTH) for each in text.details)
    return [
        make_section(f"*{fit_text(text.name, MAX_NAME_LENGTH)}*\n{fit_text(text.stage, MAX_STAGE_LENGTH)}"),
        *_draw_progress(notice, text),
        *_draw_most_left(text),
        make_context(" · ".join([f"*{text.due}*" if text.is_overdue else text.due, *details])),
        *_draw_page_button(text.page, label_progress_page()),
    ]


def draw_request(notice: ReminderListNotice, sentence: str, *, calls: str) -> list[Block]:
    """Return a message about one campaign alone; `sentence` and `calls` are mrkdwn."""
    text = describe_only_campaign(notice, write_date)
    details = (fit_text(each, MAX_DETAIL_LENGTH) for each in text.details)
    state = f"*{text.state}*" if text.is_overdue else text.state
    below = " · ".join(filter(None, (state, *details)))
    return [
        make_section(f"{calls}{sentence}"),
        *([make_context(below)] if below else []),
        *_draw_page_button(text.link, text.link_label),
    ]


def _draw_progress(notice: CampaignNotice, text: CampaignText) -> list[Block]:
    if not text.figures:
        return []
    full, empty = draw_progress_bar(notice.progress.percent)
    return [make_section(f"{full}{empty}  *{text.percent}*\n{' · '.join(text.figures)}")]


def _draw_most_left(text: CampaignText) -> list[Block]:
    if not text.most_left:
        return []
    people = [make_mrkdwn(f"{fit_text(name, MAX_PERSON_LENGTH)}: {left}") for name, left in text.most_left]
    return [
        make_section(f"*{label_most_left()}*"),
        {"type": "section", "fields": people},
        *([make_context(text.unnamed)] if text.unnamed else []),
    ]


def _draw_page_button(page: str | None, label: str) -> list[Block]:
    if page is None:
        return []
    words = {"type": "plain_text", "text": label}
    return [
        {
            "type": "actions",
            "elements": [{"type": "button", "action_id": OPEN_CAMPAIGN, "text": words, "url": page}],
        }
    ]
