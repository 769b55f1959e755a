"""What had no answer, and what did not arrive, in words: parts of the history of a review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.bulk import BULK_ID_PREFIX
from reviews.kinds import ChangeKind
from reviews.language import _, gettext_noop
from reviews.ledger.delivery_entries import CARD
from reviews.ledger.entry_values import read_number, read_text
from reviews.notice import parse_person_target
from reviews.routes.route import Target
from reviews.wording.placeholders import capitalize_placeholder, format_title

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

_GONE = {
    ChangeKind.DELETED: gettext_noop("{title} was deleted."),
    ChangeKind.TRASHED: gettext_noop("{title} was moved to the trash."),
    ChangeKind.MOVED_OUT: gettext_noop("{title} was moved out."),
}
_GONE_FILES = {
    ChangeKind.DELETED: gettext_noop("Files that were deleted with their folder: {count}."),
    ChangeKind.TRASHED: gettext_noop("Files that were moved to the trash with their folder: {count}."),
    ChangeKind.MOVED_OUT: gettext_noop("Files that were moved out with their folder: {count}."),
}


def list_unanswered_sentences(entry: LedgerEntry) -> list[str]:
    """Return what an entry says of the revision that ended without an answer; nothing where it has none."""
    unanswered = entry.get("unanswered")
    if not isinstance(unanswered, dict):
        return []
    return [_describe_end(unanswered), *_list_circumstances(unanswered)]


def _list_circumstances(unanswered: Mapping[str, Any]) -> list[str]:
    sentences = _list_acknowledged(unanswered)
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
    """Return which document went: those of a bulk review have only their titles to be told apart by."""
    unanswered = entry.get("unanswered")
    sentences = [_describe_departure(entry)]
    if isinstance(unanswered, dict):
        sentences += [_describe_waiting(unanswered), *_list_circumstances(unanswered)]
    if _is_with_folder(entry):
        stays_open = _("The review stays open.")
    else:
        stays_open = _("The review stays open, because the route asks for no review of that.")
    return " ".join([*sentences, stays_open])


def describe_document_back(entry: LedgerEntry) -> str:
    if _is_of_files(entry):
        template = _("Files that came back with their folder: {count}.")
        return template.format(count=_read_file_count(entry))
    return _name_document(_("{title} is back."), entry)


def _describe_departure(entry: LedgerEntry) -> str:
    kind = read_text(entry, "kind")
    if kind not in set(_GONE):
        return _name_document(_("{title} is gone."), entry)
    if _is_of_files(entry):
        return _(_GONE_FILES[ChangeKind(kind)]).format(count=_read_file_count(entry))
    return _name_document(_(_GONE[ChangeKind(kind)]), entry)


def _name_document(template: str, entry: LedgerEntry) -> str:
    return capitalize_placeholder(template.format(title=format_title(read_text(entry, "title"))))


def _describe_waiting(unanswered: Mapping[str, Any]) -> str:
    version, revision = read_number(unanswered, "version"), read_number(unanswered, "revision")
    if version and unanswered.get("content") is True:
        return _("Version {version} was not reviewed before that.").format(version=version)
    return _("Revision {revision} was not answered before that.").format(revision=revision)


def _is_with_folder(entry: LedgerEntry) -> bool:
    return isinstance(entry.get("with_folder"), dict)


def _is_of_files(entry: LedgerEntry) -> bool:
    """Return whether it is about files of a bulk review that are counted, and not named."""
    return _is_with_folder(entry) and read_text(entry, "file_id").startswith(BULK_ID_PREFIX)


def _read_file_count(entry: LedgerEntry) -> str:
    with_folder = entry.get("with_folder")
    return read_number(with_folder, "files") if isinstance(with_folder, dict) else ""


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
