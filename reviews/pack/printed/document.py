"""The whole PDF as blocks, in the current language."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from reviews.language import _, format_number, get_language, ngettext
from reviews.pack.printed.blocks import PrintedReport
from reviews.pack.printed.campaigns import build_campaigns
from reviews.pack.printed.checking import build_checking
from reviews.pack.printed.completeness import build_completeness
from reviews.pack.printed.exceptions import build_exceptions
from reviews.pack.printed.figures import build_figures
from reviews.pack.printed.first_page import build_first_page
from reviews.pack.printed.formats import format_period, shorten_hex
from reviews.pack.printed.sample import build_sample
from reviews.text import clean_text, shorten_text

if TYPE_CHECKING:
    from reviews.pack.printed.blocks import Block
    from reviews.pack.report import PackEvidence, PackReport

_MAX_RUNNING_ROUTE = 40


def build_document(report: PackReport, evidence: PackEvidence) -> PrintedReport:
    """Return all that the PDF says."""
    period = format_period(report.since, report.until)
    route = clean_text(report.route)
    title = _("Reviews of the route “{route}”")
    return PrintedReport(
        language=get_language(),
        title=f"{title.format(route=route)}, {period}",
        made=report.made_at.astimezone(UTC).timetuple()[:6],
        running_title=title.format(route=shorten_text(route, _MAX_RUNNING_ROUTE)),
        running_period=period,
        footer=_describe_checkpoint(evidence),
        page=_("Page {page} of {pages}"),
        contents=_("Contents"),
        boxes_note=_(
            "A box, □, stands for each character that no font of the machine has on which this PDF was made. "
            "The other files of the pack have the characters themselves."
        ),
        first_page=build_first_page(report, evidence),
        blocks=_list_sections(report, evidence),
    )


def _list_sections(report: PackReport, evidence: PackEvidence) -> tuple[Block, ...]:
    return (
        *build_figures(report),
        *build_exceptions(report),
        *build_campaigns(report),
        *build_completeness(report),
        *build_sample(report.sample),
        *build_checking(evidence),
    )


def _describe_checkpoint(evidence: PackEvidence) -> str:
    entries = ngettext("{count} entry", "{count} entries", evidence.size).format(
        count=format_number(evidence.size)
    )
    return _("Checkpoint {root}, {entries}").format(root=shorten_hex(evidence.root), entries=entries)
