"""Which bytes an answer is about, in words, or why that is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.comparison import UnreadReason
from reviews.language import _, format_number, gettext_noop, ngettext

if TYPE_CHECKING:
    from reviews.model import Answer

_REASONS = {
    "not_yet": gettext_noop("The document had not been read when it was answered."),
    "saved_again": gettext_noop("The document was saved again before it was read."),
    "bulk": gettext_noop("The documents of a bulk review are not read."),
    "turned_off": gettext_noop("The document was not read: the route turns it off."),
    "private_route": gettext_noop("The document was not read: the route is private."),
    "watermark": gettext_noop(
        "The document was not read: DocSpace puts a watermark on the documents of this room."
    ),
    "download_denied": gettext_noop("The document was not read: DocSpace doesn't allow it to be downloaded."),
    "not_visible": gettext_noop("The document was not read: DocSpace doesn't show this version."),
    "no_key": gettext_noop("The document was not read: no SECRET_KEY is set."),
    "not_fetched": gettext_noop("The document was not read: DocSpace did not send it."),
    "file_size": gettext_noop("The document was not read: it has more than 25 MB."),
    "crashed": gettext_noop("The document was not read: reading it failed."),
    "earlier_replaced": gettext_noop("The document was saved again before it was read."),
}


_KILOBYTE, _MEGABYTE = 1000, 1_000_000
_LARGE = 10 * _MEGABYTE  # from here on megabytes are precise enough


def describe_size(size: int) -> str:
    return ngettext("{count} byte", "{count} bytes", size).format(count=format_number(size))


def describe_both_sizes(size: int) -> str:
    """Return a size in bytes as people say it, with the exact one behind it."""
    if size < _KILOBYTE:
        return describe_size(size)
    unit = _("{count} MB") if size >= _LARGE else _("{count} KB")
    rounded = round(size / (_MEGABYTE if size >= _LARGE else _KILOBYTE))
    return f"{unit.format(count=format_number(rounded))} ({describe_size(size)})"


def explain_unread_answer(answer: Answer) -> str:
    """Return why the bytes of an answer are not known.

    It is empty where they are known, where there are none, and for a reason of another release.
    """
    return _(_REASONS[answer.not_read]) if answer.not_read in _REASONS else ""


def explain_unread(not_read: str | None) -> str:
    """Return why the bytes are not known that would be answered now; empty as for an answer."""
    if not_read == UnreadReason.NOT_YET:
        return _("Not known yet: the document has not been read.")
    return _(_REASONS[not_read]) if not_read in _REASONS else ""
