"""How two versions of a document differ, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.language import _, gettext_noop, ngettext

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    "identical": gettext_noop("Same content."),
    "pictures": gettext_noop("Same text; pictures changed."),
    "objects": gettext_noop("Same text; embedded objects changed."),
    "macros": gettext_noop("Same text; macros changed."),
    "formatting": gettext_noop("Same text; formatting changed."),
}
"""By the reason that a comparison has."""


def explain_comparison(reason: str) -> str:
    """Return why two versions could not be compared, or what changed besides their text."""
    return _(_REASONS[reason])


def describe_counts(counts: Mapping[str, int], matters: Mapping[str, int]) -> str:
    """Return how much changed: `4 changed, 1 added; 2 amounts, 1 date`.

    Args:
        counts: Parts that are `replaced`, `inserted`, `deleted`, `moved`.
        matters: Parts about an `amount`, `date`, `number`, `obligation`, `name`.
    """
    changes = (
        _("{count} changed").format(count=counts["replaced"]) if counts["replaced"] else "",
        _("{count} added").format(count=counts["inserted"]) if counts["inserted"] else "",
        _("{count} removed").format(count=counts["deleted"]) if counts["deleted"] else "",
        _("{count} moved").format(count=counts["moved"]) if counts["moved"] else "",
    )
    subjects = [_count_matter(matter, count) for matter, count in matters.items()]
    return "; ".join(filter(None, (", ".join(filter(None, changes)), ", ".join(subjects))))


def _count_matter(matter: str, count: int) -> str:
    forms = {
        "amount": ngettext("{count} amount", "{count} amounts", count),
        "date": ngettext("{count} date", "{count} dates", count),
        "number": ngettext("{count} number", "{count} numbers", count),
        "obligation": ngettext("{count} obligation", "{count} obligations", count),
        "name": ngettext("{count} name", "{count} names", count),
    }
    return forms[matter].format(count=count)
