"""A campaign in parts: the same words in every channel, hostile until escaped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifiers.shared.card_text import make_button_address, shorten, shorten_name, write_date
from notifiers.shared.digest_text import BAR
from reviews.campaign import CampaignStage
from reviews.language import _
from reviews.notice import NoticeKind
from reviews.text import clean_text
from reviews.wording.campaign_sentences import (
    describe_campaign,
    describe_left,
    describe_stage,
    describe_unnamed_people,
    format_percent,
    label_most_left,
    label_progress_page,
    list_campaign_figures,
)
from reviews.wording.labels import format_people
from reviews.wording.placeholders import format_title

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from reviews.campaign_notices import CampaignNotice
    from reviews.identity import Reviewer

MAX_NAME_LENGTH, MAX_PATH_LENGTH, MAX_PERSON_LENGTH, MAX_PROBLEM_LENGTH = 150, 200, 100, 500
TRACK, BAR_LENGTH = "\N{LOWER ONE EIGHTH BLOCK}", 16


@dataclass(frozen=True, kw_only=True)
class CampaignText:
    """A campaign as a channel shows it.

    `stage` stands below the name, `note` below the sentence that says the same in short. `due` is in our
    words, with a date as the channel writes it; the others may hold names. `details` are the folder, and who
    started it. `most_left` are those who have most left, each with how many.
    """

    name: str
    stage: str
    note: str
    percent: str
    figures: tuple[str, ...]
    due: str
    details: tuple[str, ...]
    most_left: tuple[tuple[str, str], ...]
    unnamed: str
    page: str | None
    is_overdue: bool


def describe_campaign_card(notice: CampaignNotice, format_time: Callable[[datetime], str]) -> CampaignText:
    """Return the parts of a campaign; `format_time` writes a date."""
    has_figures = notice.stage is not CampaignStage.COULD_NOT_BEGIN
    problem = shorten(clean_text(notice.problem), MAX_PROBLEM_LENGTH)
    is_overdue = notice.stage is CampaignStage.RUNNING and notice.is_late
    return CampaignText(
        name=shorten_name(format_title(notice.title), MAX_NAME_LENGTH),
        stage=" ".join(filter(None, (describe_stage(notice), problem))),
        note=problem or ("" if notice.stage is CampaignStage.COMPLETE else describe_stage(notice)),
        percent=format_percent(notice.progress.percent) if has_figures else "",
        figures=tuple(list_campaign_figures(notice.progress)) if has_figures else (),
        due=_describe_due(notice, is_overdue=is_overdue).format(when=format_time(notice.due_at)),
        details=_list_details(notice),
        most_left=tuple(
            (_show_person(each.person), describe_left(each))
            for each in (notice.most_left if has_figures else ())
        ),
        unnamed=describe_unnamed_people(notice) if has_figures else "",
        page=make_button_address(notice.page_url),
        is_overdue=is_overdue,
    )


def list_campaign_lines(notice: CampaignNotice) -> list[str]:
    """Return the campaign as lines of text."""
    text = describe_campaign_card(notice, write_date)
    people = [f"• {name}: {left}" for name, left in text.most_left]
    return [
        describe_campaign(notice),
        *([text.note] if text.note else []),
        *([" · ".join(text.figures)] if text.figures else []),
        *([f"{label_most_left()}:", *people] if people else []),
        *([f"  {text.unnamed}"] if text.unnamed else []),
        text.due,
        *text.details,
        *([f"{label_progress_page()}: {text.page}"] if text.page else []),
    ]


def shorten_most_left(notice: CampaignNotice) -> Iterator[CampaignNotice]:
    """Yield a campaign with ever fewer of those who have most left."""
    for count in (len(notice.most_left), len(notice.most_left) // 2, 0):
        yield replace(notice, most_left=notice.most_left[:count])


def draw_progress_bar(percent: int) -> tuple[str, str]:
    """Return the full and the empty part of a bar; what is begun and not complete shows both."""
    length = min(max(percent * BAR_LENGTH // 100, 1 if percent else 0), BAR_LENGTH)
    return BAR * length, TRACK * (BAR_LENGTH - length)


def _describe_due(notice: CampaignNotice, *, is_overdue: bool) -> str:
    if is_overdue or notice.kind is NoticeKind.CAMPAIGN_OVERDUE:
        return _("Overdue since {when}")
    return _("Due {when}") if notice.stage is CampaignStage.RUNNING else _("Deadline: {when}")


def _list_details(notice: CampaignNotice) -> tuple[str, ...]:
    path = shorten_name(clean_text(notice.path), MAX_PATH_LENGTH)
    starter = notice.started_by
    started = _("Started by {who}").format(who=_show_person(starter)) if starter else ""
    return tuple(filter(None, (path, started)))


def _show_person(person: Reviewer) -> str:
    return shorten_name(format_people((person,)), MAX_PERSON_LENGTH)
