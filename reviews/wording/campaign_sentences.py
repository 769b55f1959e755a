"""What the messages of a campaign say, in the language of their readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.campaign import CampaignStage
from reviews.language import _, format_number, ngettext
from reviews.notice import NoticeKind
from reviews.text import clean_text
from reviews.wording.change_sentences import describe_omitted
from reviews.wording.placeholders import format_title

if TYPE_CHECKING:
    from reviews.campaign_notices import CampaignNotice, CampaignTotals, NamedProgress
    from reviews.notice import ReminderLine


def describe_campaign(notice: CampaignNotice) -> str:
    """Return a campaign as one sentence."""
    title, percent = format_title(notice.title), format_percent(notice.progress.percent)
    if notice.stage is CampaignStage.COULD_NOT_BEGIN:
        return _("{campaign} could not begin.").format(campaign=title)
    if notice.stage is CampaignStage.COMPLETE:
        return _("{campaign} is complete: everyone has acknowledged every document.").format(campaign=title)
    if notice.stage is CampaignStage.ENDED:
        return _("{campaign} has ended, {percent} acknowledged.").format(campaign=title, percent=percent)
    if notice.kind is NoticeKind.CAMPAIGN_OVERDUE or notice.is_late:
        return _("{campaign} is overdue, {percent} acknowledged.").format(campaign=title, percent=percent)
    return _("{campaign}: {percent} acknowledged.").format(campaign=title, percent=percent)


def describe_stage(notice: CampaignNotice) -> str:
    """Return how a campaign stands, for below its name."""
    if notice.stage is CampaignStage.COULD_NOT_BEGIN:
        return _("The campaign could not begin.")
    if notice.stage is CampaignStage.COMPLETE:
        return _("Complete: everyone has acknowledged every document.")
    if notice.stage is CampaignStage.ENDED:
        return _("Ended before everyone had acknowledged every document.")
    if notice.kind is NoticeKind.CAMPAIGN_OVERDUE or notice.is_late:
        return _describe_people_left(notice.progress)
    documents, people = notice.progress.documents, notice.progress.people
    words = ngettext(
        "{count} document for {people} to acknowledge.",
        "{count} documents for {people} to acknowledge.",
        documents,
    )
    return words.format(count=format_number(documents), people=count_people(people))


def list_campaign_figures(figures: CampaignTotals) -> list[str]:
    """Return how many acknowledgements there are, and how many people have finished."""
    acknowledged = ngettext(
        "{count} of {total} acknowledgement", "{count} of {total} acknowledgements", figures.needed
    )
    finished = ngettext(
        "{count} of {total} person has finished", "{count} of {total} people have finished", figures.people
    )
    return [
        acknowledged.format(count=format_number(figures.acknowledged), total=format_number(figures.needed)),
        finished.format(count=format_number(figures.finished), total=format_number(figures.people)),
    ]


def label_most_left() -> str:
    return _("Most left to acknowledge")


def describe_left(person: NamedProgress) -> str:
    """Return how many documents a person has left."""
    return _("{count} left").format(count=format_number(person.needed - person.acknowledged))


def describe_unnamed_people(notice: CampaignNotice) -> str:
    """Return how many more people have documents left than are named; empty if there are none."""
    unnamed = notice.progress.people - notice.progress.finished - len(notice.most_left)
    return describe_omitted(unnamed) if unnamed > 0 and notice.most_left else ""


def label_progress_page() -> str:
    return _("Show progress")


def label_own_documents() -> str:
    return _("Show my documents")


def describe_campaign_request(line: ReminderLine, *, asks: bool) -> str:
    """Return what a message says that is about one campaign alone; without `asks` it asks no one."""
    if not asks:
        words = ngettext(
            "{campaign}: {count} document is not acknowledged by everyone yet.",
            "{campaign}: {count} documents are not acknowledged by everyone yet.",
            line.documents,
        )
    elif line.kind is NoticeKind.CAMPAIGN_REQUEST:
        words = ngettext(
            "{campaign} asks you to acknowledge {count} document.",
            "{campaign} asks you to acknowledge {count} documents.",
            line.documents,
        )
    elif line.is_overdue:
        words = ngettext(
            "{campaign} is overdue: {count} document is waiting for your acknowledgement.",
            "{campaign} is overdue: {count} documents are waiting for your acknowledgement.",
            line.documents,
        )
    else:
        words = ngettext(
            "{campaign}: {count} document is still waiting for your acknowledgement.",
            "{campaign}: {count} documents are still waiting for your acknowledgement.",
            line.documents,
        )
    return words.format(campaign=clean_text(line.title), count=format_number(line.documents))


def describe_waiting_documents(line: ReminderLine) -> str:
    """Return how many documents of a campaign wait, for its line in a list."""
    words = ngettext("{count} document to acknowledge", "{count} documents to acknowledge", line.documents)
    return words.format(count=format_number(line.documents))


def describe_waiting_people(line: ReminderLine) -> str:
    """Return for how many people the documents of a campaign wait."""
    count = len(line.recipients)
    words = ngettext("waiting for {count} person", "waiting for {count} people", count)
    return words.format(count=format_number(count))


def count_people(count: int) -> str:
    return ngettext("{count} person", "{count} people", count).format(count=format_number(count))


def format_percent(percent: int) -> str:
    return _("{number}%").format(number=percent)


def _describe_people_left(figures: CampaignTotals) -> str:
    left = figures.people - figures.finished
    words = ngettext(
        "The deadline has passed, and {count} person has documents left.",
        "The deadline has passed, and {count} people have documents left.",
        left,
    )
    return words.format(count=format_number(left))
