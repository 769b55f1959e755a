"""What had no answer, and what did not arrive, in words: parts of the history of a review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.kinds import ChangeKind
from reviews.language import _, gettext_noop
from reviews.ledger.delivery_entries import CARD
from reviews.ledger.entry_values import read_number, read_text
from reviews.notice import parse_person_target
from reviews.routes.route import Target

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from reviews.ports.ledger import LedgerEntry

_DEPARTURES_OF_VERSION = {
    ChangeKind.DELETED: gettext_noop("The document was deleted before version {version} was reviewed."),
    ChangeKind.TRASHED: gettext_noop(
        "The document was moved to the trash before version {version} was reviewed."
    ),
    ChangeKind.MOVED_OUT: gettext_noop("The document was moved out before version {version} was reviewed."),
}
_DEPARTURES_OF_REVISION = {
    ChangeKind.DELETED: gettext_noop("It was deleted before revision {revision} was answered."),
    ChangeKind.TRASHED: gettext_noop("It was moved to the trash before revision {revision} was answered."),
    ChangeKind.MOVED_OUT: gettext_noop("It was moved out before revision {revision} was answered."),
}


def list_unanswered_sentences(entry: LedgerEntry) -> list[str]:
    """Return what an entry says of the revision that ended without an answer; nothing where it has none."""
    unanswered = entry.get("unanswered")
    if not isinstance(unanswered, dict):
        return []
    sentences = [_describe_end(unanswered), *_list_acknowledged(unanswered)]
    if unanswered.get("overdue") is True:
        sentences.append(_("Its deadline had passed."))
    if unanswered.get("was_posted") is False:
        sentences.append(_("No card had shown it."))
    return sentences


def _describe_end(unanswered: Mapping[str, Any]) -> str:
    cause, version = read_text(unanswered, "cause"), read_number(unanswered, "version")
    revision = read_number(unanswered, "revision")
    if cause in _DEPARTURES_OF_VERSION:
        kind, has_version = ChangeKind(cause), bool(version) and unanswered.get("content") is True
        template = _((_DEPARTURES_OF_VERSION if has_version else _DEPARTURES_OF_REVISION)[kind])
        return template.format(version=version, revision=revision)
    of_file = _("Revision {revision}, version {version}, was not answered.")
    template = of_file if version else _("Revision {revision} was not answered.")
    return template.format(revision=revision, version=version)


def _list_acknowledged(unanswered: Mapping[str, Any]) -> list[str]:
    acknowledged, required = read_number(unanswered, "acknowledged"), read_number(unanswered, "required")
    if acknowledged in {"", "0"}:
        return []
    template = _("{count} of {required} people had acknowledged it.")
    return [template.format(count=acknowledged, required=required)]


def describe_document_gone(entry: LedgerEntry) -> str:
    stays_open = _("The review stays open, because the route asks for no review of that.")
    return " ".join([*list_unanswered_sentences(entry), stays_open])


def describe_given_up(entry: LedgerEntry) -> str:
    if read_text(entry, "what") != CARD:
        template = _("A notice to {place} was not delivered. Reason: {reason}")
    elif entry.get("was_posted") is True:
        template = _("The card in {place} could not be updated. Reason: {reason}")
    else:
        template = _("The card for {place} was not delivered. Reason: {reason}")
    reason = read_text(entry, "reason") or _("unknown")
    return template.format(place=_format_place(entry), reason=reason)


def describe_recovered(entry: LedgerEntry) -> str:
    of_card = _("The card for {place} was delivered after all.")
    template = (
        of_card if read_text(entry, "what") == CARD else _("A notice to {place} was delivered after all.")
    )
    return template.format(place=_format_place(entry))


def _format_place(entry: LedgerEntry) -> str:
    """Return the channel and place; a person's address stays in the ledger."""
    if parse_person_target(read_text(entry, "target")) is not None:
        return _("one person in {channel}").format(channel=read_text(entry, "notifier"))
    return str(Target(notifier=read_text(entry, "notifier"), address=read_text(entry, "target")))
