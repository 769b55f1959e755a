"""A campaign, as elements of an Adaptive Card (facts on Teams, 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.shared.adaptive_elements import make_rich_block, make_text_block, make_text_run
from notifiers.shared.campaign_text import describe_campaign_card, draw_progress_bar
from notifiers.shared.card_text import shorten
from notifiers.shared.reminder_text import describe_only_campaign
from notifiers.shared.teams_text import escape_run, write_date
from reviews.campaign import CampaignStage
from reviews.wording.campaign_sentences import label_most_left, label_progress_page
from reviews.wording.notice_sentences import describe_notice

if TYPE_CHECKING:
    from notifiers.shared.adaptive_elements import Element
    from notifiers.shared.campaign_text import CampaignText
    from reviews.campaign_notices import CampaignNotice
    from reviews.notice import ReminderListNotice

MAX_SENTENCE_LENGTH = 500


def draw_campaign(notice: CampaignNotice) -> list[Element]:
    """Return the name with how it stands, the bar with its figures, and those who have most left.

    Dates are written in a `TextBlock`, which names are kept out of.
    """
    text = describe_campaign_card(notice, write_date)
    name = make_text_run(escape_run(text.name), weight="Bolder", size="Medium")
    stage_look = {"color": "Attention"} if notice.stage is CampaignStage.COULD_NOT_BEGIN else {}
    due_look = {"color": "Attention"} if text.is_overdue else {"isSubtle": True}
    return [
        make_rich_block(name),
        make_rich_block(make_text_run(escape_run(text.stage), **stage_look), spacing="Small"),
        *_draw_progress(notice, text),
        *_draw_most_left(text),
        {**make_text_block(text.due, size="Small", **due_look), "separator": True, "spacing": "Medium"},
        *(_draw_small(each) for each in text.details),
    ]


def list_campaign_buttons(notice: CampaignNotice) -> list[Element]:
    page = describe_campaign_card(notice, write_date).page
    return [{"type": "Action.OpenUrl", "title": label_progress_page(), "url": page}] if page else []


def draw_request(notice: ReminderListNotice, *, below_names: bool) -> list[Element]:
    """Return a message about one campaign alone."""
    text = describe_only_campaign(notice, write_date)
    sentence = make_text_run(escape_run(shorten(describe_notice(notice), MAX_SENTENCE_LENGTH)))
    look = {"color": "Attention"} if text.is_overdue else {"isSubtle": True}
    state = [make_text_block(text.state, size="Small", spacing="Small", **look)] if text.state else []
    return [
        make_rich_block(sentence, **({"spacing": "Small"} if below_names else {})),
        *state,
        *(_draw_small(each) for each in text.details),
    ]


def list_request_buttons(notice: ReminderListNotice) -> list[Element]:
    if notice.only_campaign is None:
        return []
    text = describe_only_campaign(notice, write_date)
    return [{"type": "Action.OpenUrl", "title": text.link_label, "url": text.link}] if text.link else []


def _draw_progress(notice: CampaignNotice, text: CampaignText) -> list[Element]:
    if not text.figures:
        return []
    color = "Good" if notice.stage is CampaignStage.COMPLETE else "Accent"
    full, empty = draw_progress_bar(notice.progress.percent)
    bar = [
        *([make_text_run(full, color=color)] if full else []),
        *([make_text_run(empty, isSubtle=True)] if empty else []),
        make_text_run(f"  {text.percent}", weight="Bolder"),
    ]
    return [
        {**make_rich_block(*bar), "spacing": "Medium"},
        *(_draw_small(each) for each in text.figures),
    ]


def _draw_most_left(text: CampaignText) -> list[Element]:
    if not text.most_left:
        return []
    heading = make_rich_block(make_text_run(escape_run(label_most_left()), weight="Bolder", size="Small"))
    return [
        {**heading, "separator": True, "spacing": "Medium"},
        *(_draw_person(name, left) for name, left in text.most_left),
        *([_draw_small(text.unnamed)] if text.unnamed else []),
    ]


def _draw_person(name: str, left: str) -> Element:
    who = make_rich_block(make_text_run(escape_run(name), size="Small"), spacing="None")
    return {
        "type": "ColumnSet",
        "spacing": "None",
        "columns": [
            {"type": "Column", "width": "stretch", "items": [who]},
            {"type": "Column", "width": "auto", "items": [_draw_small(left)]},
        ],
    }


def _draw_small(text: str) -> Element:
    return make_rich_block(make_text_run(escape_run(text), isSubtle=True, size="Small"), spacing="None")
