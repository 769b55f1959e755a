"""How two versions of a document differ, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.comparison import ComparisonState
from reviews.language import _, format_number, gettext_noop, ngettext

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.comparison import ComparisonSummary

_REASONS = {
    "password": gettext_noop("The text could not be read: the file is protected by a password."),
    "damaged": gettext_noop("The text could not be read: the file is damaged."),
    "document_type": gettext_noop(
        "The text could not be read: the file defines entities, which office files never do."
    ),
    "unknown_format": gettext_noop("The text could not be read: files of this type are not supported."),
    "old_format": gettext_noop(
        "The text could not be read: DOC, XLS and PPT are not supported. Save the file as DOCX, XLSX or PPTX."
    ),
    "no_text": gettext_noop("The text could not be read: the file has pictures of text only."),
    "crashed": gettext_noop("The text could not be read: reading the file failed."),
    "file_size": gettext_noop("The file is too large to be compared: it has more than 25 MB."),
    "unpacked_size": gettext_noop("The file is too large to be compared: it unpacks to more than 200 MB."),
    "members": gettext_noop("The file is too large to be compared: it consists of more than 2,000 files."),
    "text_size": gettext_noop("The file is too large to be compared: it has too much text."),
    "time": gettext_noop("The file is too large to be compared: reading it takes too long."),
    "memory": gettext_noop("The file is too large to be compared: reading it takes too much memory."),
    "turned_off": gettext_noop("What changed is not shown here: the route turns it off."),
    "private_route": gettext_noop("What changed is not shown: documents of a private route are not read."),
    "watermark": gettext_noop(
        "What changed can't be shown: DocSpace puts a watermark on the documents of this room."
    ),
    "download_denied": gettext_noop(
        "What changed can't be shown: DocSpace doesn't allow this document to be downloaded."
    ),
    "not_visible": gettext_noop("What changed can't be shown: DocSpace doesn't show this version."),
    "no_key": gettext_noop("What changed is not shown: no SECRET_KEY is set, which would encrypt it."),
    "not_fetched": gettext_noop("The text could not be read: DocSpace did not send the document."),
    "earlier_replaced": gettext_noop(
        "What changed can't be shown: saves have replaced the earlier content of this version."
    ),
    "identical": gettext_noop("Same content."),
    "empty": gettext_noop("The new document has no text yet."),
    "pictures": gettext_noop("Same text; pictures changed."),
    "objects": gettext_noop("Same text; embedded objects or linked files changed."),
    "macros": gettext_noop("Same text; macros changed."),
    "appearance": gettext_noop(
        "Same words in the same order; columns, drawings, fonts or layout may have changed."
    ),
    "emphasis": gettext_noop("Same text; at most emphasis or alignment changed."),
    "formatting": gettext_noop("Same text; formatting, properties or other data changed."),
}
"""By the reason that a comparison has."""


def describe_summary(summary: ComparisonSummary) -> str:
    """Return the outcome of a comparison as a sentence: how much changed, or why that is not known."""
    if has_differences(summary):
        return _describe_differences(summary)
    return explain_comparison(summary.reason) if summary.reason else ""


def describe_since_answer(summary: ComparisonSummary, version: int | None) -> str:
    """Return how much changed since a person answered a version; `None` where its number is not known."""
    if has_differences(summary):
        return _describe_differences(summary)
    if summary.reason != "identical":
        return describe_summary(summary)
    if version is None:
        return _("Nothing changed since your last answer.")
    return _("Nothing changed since you answered version {version}.").format(version=version)


def describe_unlisted(count: int) -> str:
    """Return how many differences are not shown beside those that are; empty for none."""
    if not count:
        return ""
    return ngettext(
        "{count} more difference is not shown here.", "{count} more differences are not shown here.", count
    ).format(count=format_number(count))


def has_differences(summary: ComparisonSummary | None) -> bool:
    """Return whether a comparison has differences to show."""
    return summary is not None and summary.state in {
        ComparisonState.COMPARED,
        ComparisonState.MARKS_DIFFER,
    }


def explain_comparison(reason: str) -> str:
    """Return why two versions could not be compared, or what changed besides their text.

    It is empty for a reason that only a newer release knows.
    """
    return _(_REASONS[reason]) if reason in _REASONS else ""


def _describe_differences(summary: ComparisonSummary) -> str:
    if summary.state is not ComparisonState.MARKS_DIFFER:
        return describe_counts(summary.counts, summary.matters)
    count = sum(summary.counts.values())
    sentence = ngettext(
        "Same words, but {count} mark or place differs",
        "Same words, but {count} marks or places differ",
        count,
    )
    if not count:
        sentence = _("Same words, but marks or places differ")
    return "; ".join(filter(None, (sentence.format(count=count), _count_subjects(summary.matters))))


def describe_counts(counts: Mapping[str, int], matters: Mapping[str, int]) -> str:
    """Return how much changed: `4 changed, 1 added; 2 amounts, 1 date`.

    Args:
        counts: Parts that are `replaced`, `inserted`, `deleted`, `moved`, or a `mark`.
        matters: Parts about an `amount`, `date`, `number`, `obligation`, `name`; others, which only a newer
            release knows, are left out.
    """
    changes = (
        _("{count} changed").format(count=counts["replaced"]) if counts.get("replaced") else "",
        _("{count} added").format(count=counts["inserted"]) if counts.get("inserted") else "",
        _("{count} removed").format(count=counts["deleted"]) if counts.get("deleted") else "",
        _("{count} moved").format(count=counts["moved"]) if counts.get("moved") else "",
        _count_marks(counts["mark"]) if counts.get("mark") else "",
    )
    return "; ".join(filter(None, (", ".join(filter(None, changes)), _count_subjects(matters))))


def name_matter(matter: str) -> str:
    """Return what a difference is about, as a word; empty for a subject that only a newer release knows."""
    return _(_MATTERS[matter]) if matter in _MATTERS else ""


_MATTERS = {
    "amount": gettext_noop("amounts"),
    "date": gettext_noop("dates"),
    "number": gettext_noop("numbers"),
    "obligation": gettext_noop("obligations"),
    "name": gettext_noop("names"),
}


def _count_marks(count: int) -> str:
    return ngettext("{count} mark or place", "{count} marks or places", count).format(count=count)


def _count_subjects(matters: Mapping[str, int]) -> str:
    return ", ".join(_count_matter(matter, count) for matter, count in matters.items() if matter in _MATTERS)


def _count_matter(matter: str, count: int) -> str:
    forms = {
        "amount": ngettext("{count} amount", "{count} amounts", count),
        "date": ngettext("{count} date", "{count} dates", count),
        "number": ngettext("{count} number", "{count} numbers", count),
        "obligation": ngettext("{count} obligation", "{count} obligations", count),
        "name": ngettext("{count} name", "{count} names", count),
    }
    return forms[matter].format(count=count)
