"""The first page: what an auditor asks first, answered at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.language import _, format_number, ngettext
from reviews.pack.file_names import README
from reviews.pack.printed.blocks import Facts, FirstPage, Heading, Line, Paragraph, Points, Tile, Tiles
from reviews.pack.printed.cells import build_cell
from reviews.pack.printed.completeness import describe_completeness
from reviews.pack.printed.formats import format_period, format_seconds, format_share, format_time, is_one_day
from reviews.text import clean_text

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.pack.printed.blocks import Cell
    from reviews.pack.report import PackEvidence, PackFigures, PackReport


def build_first_page(report: PackReport, evidence: PackEvidence) -> FirstPage:
    return FirstPage(
        overline=_("Audit pack"),
        title=_("Reviews of the route “{route}”").format(route=clean_text(report.route)),
        period=_describe_period(report),
        blocks=(
            Heading(text=_("Summary")),
            _build_tiles(report.figures),
            Heading(text=_("Is it complete?"), level=2),
            Paragraph(text=describe_completeness(report)),
            Heading(text=_("What proves it"), level=2),
            _build_evidence(report, evidence),
            Heading(text=_("What it does not show"), level=2),
            Points(items=tuple(_list_limits(report, evidence))),
        ),
    )


def _describe_period(report: PackReport) -> str:
    sentence = _("Opened from {period}. All times are UTC.")
    if is_one_day(report.since, report.until):
        sentence = _("Opened on {period}. All times are UTC.")
    return sentence.format(period=format_period(report.since, report.until))


def _build_tiles(figures: PackFigures) -> Tiles:
    total = figures.population

    def build(label: str, count: int, note: str | None = None) -> Tile:
        note = _("{share} of reviews").format(share=format_share(count, total)) if note is None else note
        return Tile(figure=format_number(count), label=label, note=note if total else "")

    answered = figures.acknowledged + figures.changes_requested
    waiting = _("median {median} to acknowledge").format(median=format_seconds(figures.median_seconds))
    return Tiles(
        tiles=(
            build(_("Reviews"), total, waiting if figures.median_seconds is not None else ""),
            build(_("Answered"), answered),
            build(_("Late"), figures.late),
            build(_("Lapsed"), figures.lapsed),
            build(_("Open"), figures.open),
            build(_("Changes requested"), figures.changes_requested),
            build(_("Own changes"), figures.own_changes, _("answers by contributors")),
            build(_("In quick succession"), figures.rapid_answers, _("acknowledgements")),
        )
    )


def _build_evidence(report: PackReport, evidence: PackEvidence) -> Facts:
    entries = ngettext("{count} entry", "{count} entries", evidence.size).format(
        count=format_number(evidence.size)
    )
    return Facts(
        rows=(
            (_("Ledger"), build_cell(clean_text(evidence.origin))),
            (_("Checkpoint"), (Line(text=entries), Line(text=evidence.root, style="mono"))),
            (_("Signed"), _describe_signature(evidence)),
            (_("Witnesses"), _list_texts(evidence.witnesses)),
            (_("Timestamps"), _describe_timestamps(evidence.timestamped_at)),
            (_("Pack made"), build_cell(format_time(report.made_at))),
        )
    )


def _describe_timestamps(times: tuple[datetime, ...]) -> Cell:
    """Return the one time, or how many there are and the first and last: there may be one for each day."""
    if not times:
        return build_cell(_("None"))
    first, last = format_time(min(times)), format_time(max(times))
    if len(times) == 1:
        return build_cell(first)
    return build_cell(
        _("{count}, from {first} to {last}").format(count=format_number(len(times)), first=first, last=last)
    )


def _describe_signature(evidence: PackEvidence) -> Cell:
    key = clean_text(evidence.verifier_key or "")
    return (Line(text=_("Yes, by the ledger's key")), *((Line(text=key, style="mono"),) if key else ()))


def _list_texts(texts: tuple[str, ...]) -> Cell:
    return tuple(Line(text=clean_text(text)) for text in texts) or build_cell(_("None"))


def _list_limits(report: PackReport, evidence: PackEvidence) -> list[str]:
    figures = report.figures
    unrouted = report.without_review.unrouted_changes
    limits = [
        _describe_earlier(figures.brought_forward) if figures.brought_forward else "",
        _describe_unrouted(unrouted) if unrouted else "",
        _describe_erased(figures.erased) if figures.erased else "",
        _("Folders that the route no longer watches: only times for which one was incomplete are listed."),
        _(
            "That no entry was left out, be it a whole review or a missed deadline: only the whole ledger "
            "shows that, and {readme} says how."
        ).format(readme=README),
        _("Whether a person read what they acknowledged: it says that they confirmed having reviewed it."),
        _describe_rest(report) if report.until > report.made_at else "",
        _("What happened after the last entry that the checkpoint covers."),
    ]
    if not evidence.timestamped_at and not evidence.witnesses:
        limits.append(_("When the checkpoint existed: no authority and no witness confirms it."))
    return [limit for limit in limits if limit]


def _describe_rest(report: PackReport) -> str:
    return _("The rest of the period: the pack was made on {time}, before its end.").format(
        time=format_time(report.made_at)
    )


def _describe_earlier(count: int) -> str:
    return ngettext(
        "{count} review that was opened before the period and was still open when it began.",
        "{count} reviews that were opened before the period and were still open when it began.",
        count,
    ).format(count=format_number(count))


def _describe_unrouted(count: int) -> str:
    return ngettext(
        "{count} change in the watched folders for which the route asks no review.",
        "{count} changes in the watched folders for which the route asks no review.",
        count,
    ).format(count=format_number(count))


def _describe_erased(count: int) -> str:
    return ngettext(
        "Names and addresses in {count} review, which were erased.",
        "Names and addresses in {count} reviews, which were erased.",
        count,
    ).format(count=format_number(count))
