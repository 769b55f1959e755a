"""Whether all changes of the watched folders were handled, from the watermarks of the gap sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.language import _, format_number, ngettext
from reviews.pack.completeness import MANY_FOLDERS
from reviews.pack.printed.blocks import Column, Heading, Line, Paragraph, Table
from reviews.pack.printed.cells import build_cell, build_count_cell, build_time_cell
from reviews.pack.printed.formats import format_time
from reviews.sweep.incomplete_periods import KNOWN_REASONS
from reviews.text import clean_text, shorten_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviews.pack.printed.blocks import Block, Cell
    from reviews.pack.report import FiguresWithoutReview, FolderCompleteness, IncompletePart, PackReport

MAX_PARTS = 20
"""Incomplete times of one folder that are printed."""
_MAX_REASON = 200


def describe_completeness(report: PackReport) -> str:
    """Return in a sentence or two whether the pack has all changes of the period."""
    folders = [each for each in report.completeness if each.is_watched and each.folder_id != MANY_FOLDERS]
    others = [each for each in report.completeness if each not in folders and each.incomplete]
    if not folders:
        return _("Unknown: the route watches no folder any more.")
    complete = [folder for folder in folders if _is_complete(folder, report)]
    count = ngettext("{count} watched folder", "{count} watched folders", len(folders)).format(
        count=format_number(len(folders))
    )
    if len(complete) == len(folders) and not others:
        return _(
            "Yes: DocSpace's own logs and listings were compared from the beginning of the period to its end "
            "in {folders}, and no time is incomplete."
        ).format(folders=count)
    shown = _(
        "Shown to be complete from the beginning of the period to its end: {complete} of {folders}. "
        "The section on completeness names the others."
    ).format(folders=count, complete=format_number(len(complete)))
    earlier = _("It also has times for which many folders, or folders no longer watched, were incomplete.")
    sentences = (shown, _describe_later(folders, report), earlier if others else "")
    return " ".join(filter(None, sentences))


def _describe_later(folders: Sequence[FolderCompleteness], report: PackReport) -> str:
    """Return how many folders were not watched when the period began."""
    count = sum(folder.since is not None and folder.since > report.since for folder in folders)
    if not count:
        return ""
    return ngettext(
        "{count} folder was watched only from a later time on.",
        "{count} folders were watched only from a later time on.",
        count,
    ).format(count=format_number(count))


def build_completeness(report: PackReport) -> tuple[Block, ...]:
    return (
        Heading(text=_("Completeness by folder")),
        Paragraph(
            text=_(
                "A gap sweep compares DocSpace's own logs and listings with the changes that arrived. "
                "A folder is complete from the end of the first look at it up to the time for which that was "
                "done without a gap."
            )
        ),
        _build_folders(report) if report.completeness else Paragraph(text=_("None."), is_quiet=True),
        Heading(text=_("Other entries"), level=2),
        _build_table_without_review(report.without_review),
    )


def _is_complete(folder: FolderCompleteness, report: PackReport) -> bool:
    begins = folder.since is not None and folder.since <= report.since
    ends = folder.up_to is not None and folder.up_to >= report.until
    return begins and ends and not folder.incomplete


def _build_folders(report: PackReport) -> Table:
    return Table(
        columns=(
            Column(heading=_("Folder"), share=4),
            Column(heading=_("Complete from"), fixed=96),
            Column(heading=_("Complete up to"), fixed=96),
            Column(heading=_("Incomplete or handled late"), share=5),
        ),
        rows=tuple(
            (
                _describe_folder(folder),
                _describe_edge(folder.since),
                _describe_edge(folder.up_to),
                _list_parts(folder.incomplete),
            )
            for folder in report.completeness
        ),
    )


def _describe_edge(at: datetime | None) -> Cell:
    return build_time_cell(at) if at else build_cell(_("not known"))


def _describe_folder(folder: FolderCompleteness) -> Cell:
    title, folder_id = clean_text(folder.title), clean_text(folder.folder_id)
    lines = (
        Line(text=title, style="strong"),
        Line(text=folder_id, style="mono"),
        Line(text="" if folder.is_watched else _("no longer watched"), style="small"),
    )
    return tuple(line for line in lines if line.text)


def _list_parts(parts: Sequence[IncompletePart]) -> Cell:
    omitted = len(parts) - MAX_PARTS
    more = _("and {count} more").format(count=format_number(omitted))
    return (
        *(line for part in parts[:MAX_PARTS] for line in _describe_part(part)),
        *((Line(text=more, style="small"),) if omitted > 0 else ()),
    ) or build_cell(_("None"))


def _translate_reason(reason: str) -> str:
    """Return the reason of a gap in the current language, if it is not a text of another system."""
    return _(reason) if reason in KNOWN_REASONS else clean_text(reason)


def _describe_part(part: IncompletePart) -> Cell:
    since = format_time(part.since)
    if part.to is None:
        times = _("since {since}, and still is").format(since=since)
    else:
        times = _("{first} to {last}").format(first=since, last=format_time(part.to))
    reason = shorten_text(_translate_reason(part.reason), _MAX_REASON)
    return Line(text=times), *((Line(text=reason, style="small"),) if reason else ())


def _build_table_without_review(figures: FiguresWithoutReview) -> Table:
    rows = (
        (_("Changes for which the route asks no review"), figures.unrouted_changes),
        (_("Folders that went with many open reviews"), figures.folders_gone),
        (_("Owners and deputies whose account was removed or disabled"), figures.owners_gone),
    )
    return Table(
        columns=(
            Column(heading=_("Entries of the ledger in the period")),
            Column(heading=_("Number"), fixed=70, align="right"),
        ),
        rows=tuple((build_cell(label), build_count_cell(count)) for label, count in rows),
        is_whole=True,
    )
