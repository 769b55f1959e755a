"""The campaigns of the route: how far each had come at its deadline and at the end, and what was missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.kinds import ChangeKind
from reviews.language import _, format_number, gettext_noop, ngettext
from reviews.ledger.campaign_entries import CLOSED_WITH_CAMPAIGN
from reviews.pack.campaign_figures import compute_campaign_figures
from reviews.pack.file_names import CAMPAIGNS, ENTRIES
from reviews.pack.printed.blocks import NO_VALUE, Column, Facts, Heading, Line, Paragraph, Table
from reviews.pack.printed.cells import MAX_TITLE_LENGTH, build_cell, build_count_cell, build_time_cell
from reviews.pack.printed.formats import format_share, format_time, show_name
from reviews.text import clean_text, omit_middle
from reviews.wording.placeholders import format_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.pack.campaign_figures import PackedCampaignFigures
    from reviews.pack.campaign_report import CampaignCount, PackedCampaign, PackedRequest
    from reviews.pack.printed.blocks import Block, Cell
    from reviews.pack.report import PackReport

MAX_ROWS = 100
"""Of each list of a campaign; campaigns.csv has all of it."""
_MAX_PROBLEM = 200
_REASONS = {
    CLOSED_WITH_CAMPAIGN: gettext_noop("The campaign was ended"),
    ChangeKind.DELETED: gettext_noop("Deleted"),
    ChangeKind.TRASHED: gettext_noop("Moved to the trash"),
    ChangeKind.MOVED_OUT: gettext_noop("Moved out of the folder"),
}


def build_campaigns(report: PackReport) -> tuple[Block, ...]:
    """Return the section; nothing if the pack has no campaign."""
    if not report.campaigns:
        return ()
    return (
        Heading(text=_("Campaigns")),
        Paragraph(
            text=_(
                "A campaign asks people to acknowledge documents, though nothing has changed. Its reviews "
                "are not part of the population, and no other figure counts them. Each campaign is listed "
                "whose time, from its start to its deadline, touches the period."
            )
        ),
        *(block for campaign in report.campaigns for block in _build_campaign(campaign, report)),
        Heading(text=_("How to check it"), level=2),
        Paragraph(
            text=_(
                "{campaigns} has a line for each acknowledgement, with the version, its SHA-256 and the "
                "number of its entry in {entries}, and for each that is missing. docspace-review ledger "
                "verify computes that file and these figures again, from the entries alone."
            ).format(campaigns=CAMPAIGNS, entries=ENTRIES)
        ),
    )


def _build_campaign(campaign: PackedCampaign, report: PackReport) -> Iterator[Block]:
    figures = compute_campaign_figures(campaign, report)
    yield Heading(text=clean_text(campaign.name) or NO_VALUE, level=2)
    yield Facts(rows=tuple(_list_facts(campaign, figures)))
    yield from _build_missing(campaign, figures)
    yield from _build_closed(campaign)


def _list_facts(campaign: PackedCampaign, figures: PackedCampaignFigures) -> Iterator[tuple[str, Cell]]:
    folder = Line(text=f"{clean_text(campaign.path)} ", mark=clean_text(campaign.folder_id))
    started_by = show_name(campaign.started_by) if campaign.started_by else _("on the command line")
    yield _("Folder"), (folder,)
    yield _("Started"), (Line(text=format_time(campaign.started_at)), Line(text=started_by, style="small"))
    yield _("Deadline"), build_time_cell(campaign.due_at)
    if campaign.ended_at is not None:
        problem = omit_middle(clean_text(campaign.problem), before=_MAX_PROBLEM, after=0)
        lines = (Line(text=format_time(campaign.ended_at)), Line(text=problem, style="small"))
        yield _("Ended"), tuple(line for line in lines if line.text)
    yield _("People"), build_count_cell(len(campaign.people))
    yield _("Documents"), build_count_cell(figures.at_end.documents)
    yield (
        _("Acknowledged at the deadline"),
        build_cell(_describe_count(figures.at_deadline) if figures.at_deadline else _("Not reached")),
    )
    yield (
        _("Acknowledged at the end"),
        (
            Line(text=_describe_count(figures.at_end)),
            Line(text=format_time(figures.counted_at), style="small"),
        ),
    )
    yield _("After the deadline"), build_count_cell(campaign.late)
    yield _("Documents asked for again"), build_count_cell(campaign.asked_again)
    yield _("No longer asked for"), build_count_cell(len(campaign.closed))


def _describe_count(count: CampaignCount) -> str:
    return _("{done} of {total} ({share})").format(
        done=format_number(count.acknowledged),
        total=format_number(count.needed),
        share=format_share(count.acknowledged, count.needed),
    )


def _build_missing(campaign: PackedCampaign, figures: PackedCampaignFigures) -> Iterator[Block]:
    missing = list(campaign.list_missing_at(figures.counted_at))
    if not missing:
        return
    yield Heading(text=_("Not acknowledged at the end"), level=2)
    yield Table(
        columns=(
            Column(heading=_("Person"), share=2),
            Column(heading=_("Document"), share=3),
            Column(heading=_("Version"), fixed=60, align="right"),
        ),
        rows=tuple(
            (build_cell(show_name(person)), _describe_document(request), _describe_version(request))
            for person, request in missing[:MAX_ROWS]
        ),
    )
    yield from _describe_omitted(len(missing) - MAX_ROWS)


def _build_closed(campaign: PackedCampaign) -> Iterator[Block]:
    if not campaign.closed:
        return
    yield Heading(text=_("Documents no longer asked for"), level=2)
    yield Table(
        columns=(
            Column(heading=_("Document"), share=3),
            Column(heading=_("Since"), fixed=96),
            Column(heading=_("Reason"), share=2),
        ),
        rows=tuple(
            (_describe_document(each), build_time_cell(each.closed_at), _describe_reason(each))
            for each in campaign.closed[:MAX_ROWS]
        ),
    )
    yield from _describe_omitted(len(campaign.closed) - MAX_ROWS)


def _describe_omitted(omitted: int) -> Iterator[Block]:
    if omitted <= 0:
        return
    sentence = ngettext(
        "{count} more is not printed: all are in {campaigns}.",
        "{count} more are not printed: all are in {campaigns}.",
        omitted,
    )
    yield Paragraph(text=sentence.format(count=format_number(omitted), campaigns=CAMPAIGNS), is_quiet=True)


def _describe_document(request: PackedRequest) -> Cell:
    title = omit_middle(
        format_title(request.title), before=MAX_TITLE_LENGTH * 2 // 3, after=MAX_TITLE_LENGTH // 3
    )
    return Line(text=title, style="strong"), Line(style="small", mark=clean_text(request.review_id))


def _describe_version(request: PackedRequest) -> Cell:
    version = request.last_version.version
    return build_cell(NO_VALUE) if version is None else build_count_cell(version)


def _describe_reason(request: PackedRequest) -> Cell:
    reason = _REASONS.get(request.closed_reason)
    return build_cell(_(reason) if reason else clean_text(request.closed_reason) or NO_VALUE)
