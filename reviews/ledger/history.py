"""The history of a review in words: one sentence for each entry of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.acts import list_doers
from reviews.bulk import BULK_ID_PREFIX
from reviews.identity import Identity
from reviews.kinds import ChangeKind
from reviews.language import _, capitalize_first, join_with_and
from reviews.ledger.absence_sentences import describe_handed_back, describe_handed_over
from reviews.ledger.campaign_sentences import (
    describe_closed,
    describe_new_request,
    describe_request,
    is_of_campaign,
)
from reviews.ledger.entry_values import read_acts, read_moment, read_number, read_people, read_text
from reviews.ledger.hash_chain import EntryType
from reviews.ledger.opened_items import describe_opened_items
from reviews.ledger.unanswered_sentences import (
    describe_document_back,
    describe_document_gone,
    describe_given_up,
    describe_recovered,
    list_unanswered_sentences,
)
from reviews.text import clean_text
from reviews.tree import FOLDER_ID_PREFIX
from reviews.wording.change_sentences import describe_change
from reviews.wording.labels import describe_other_acts, format_people, format_versions, split_note
from reviews.wording.placeholders import UNKNOWN_PERSON, capitalize_placeholder, format_name, format_title
from reviews.wording.reviewer_names import add_absent
from reviews.wording.statement import translate_statement
from reviews.wording.step_sentences import describe_recorded_recipient, describe_step_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from reviews.ports.ledger import LedgerEntry


@dataclass(frozen=True, kw_only=True)
class HistoryStep:
    """One entry: what happened, when, how the actor's identity was proven, and their note.

    All text is hostile until escaped. `until` is a time that the sentence leaves out, since each reader sees
    it in their own zone. `opened` says what a reviewer opened before they answered. `at` is `None` for a
    corrupted entry.
    """

    sentence: str
    at: datetime | None
    proven: str = ""
    note: tuple[str, ...] = ()
    until: datetime | None = None
    opened: str = ""


def describe_entry(entry: LedgerEntry) -> HistoryStep:
    """Return an entry in words; for a type that is unknown to this version, a sentence that says so."""
    template = SENTENCE_BY_ENTRY_TYPE.get(read_text(entry, "type"))
    return HistoryStep(
        sentence=capitalize_placeholder(template(entry))
        if template
        else _("This version doesn't know this type of ledger entry."),
        at=read_moment(entry.get("at")),
        proven=describe_identity(read_text(entry, "identity")),
        note=tuple(split_note(read_text(entry, "note"))),
        until=read_moment(entry.get("until")),
        opened=describe_opened_items(entry, is_document=_has_versions(entry)),
    )


def _describe_opened(entry: LedgerEntry) -> str:
    if _is_bulk(entry):
        template = _(
            "A bulk review was opened for files in {folder}. Each file added to it has its own entry "
            "in the ledger."
        )
        return template.format(folder=read_text(entry, "title") or _("several folders"))
    of_file = _("The review was opened for version {version}.")
    template = of_file if _has_versions(entry) else _("The review was opened.")
    return f"{_describe_cause(entry)} {template.format(version=_describe_versions(entry))}"


def _describe_revised(entry: LedgerEntry) -> str:
    of_file = _("The review moved to revision {revision}, version {version}.")
    template = of_file if _has_versions(entry) else _("The review moved to revision {revision}.")
    sentence = template.format(revision=read_number(entry, "revision"), version=_describe_versions(entry))
    cause = describe_new_request(entry) if is_of_campaign(entry) else _describe_change(entry)
    return " ".join([cause, sentence, *list_unanswered_sentences(entry)])


def _describe_cause(entry: LedgerEntry) -> str:
    return describe_request(entry) if is_of_campaign(entry) else _describe_change(entry)


def _describe_joined(entry: LedgerEntry) -> str:
    return f"{_describe_change(entry)} {_('The file was added to the review.')}"


def _describe_file_revised(entry: LedgerEntry) -> str:
    sentence = _("The review now covers this change too.")
    return " ".join([_describe_change(entry), sentence, *list_unanswered_sentences(entry)])


def _describe_file_relabelled(entry: LedgerEntry) -> str:
    template = _("A file of the review was renamed or moved. It is now {title}, in {path}.")
    return template.format(
        title=format_title(read_text(entry, "title")), path=read_text(entry, "path") or _("its folder")
    )


def _describe_file_superseded(entry: LedgerEntry) -> str:
    template = _("{title} changed after the answer, and has a newer review of its own.")
    return template.format(title=format_title(read_text(entry, "title")))


def _describe_taken_out(entry: LedgerEntry) -> str:
    template = _("{who} moved {title} to a separate review.")
    return template.format(who=_name_person(entry, "by"), title=format_title(read_text(entry, "title")))


def _describe_absorbed(_entry: LedgerEntry) -> str:
    return _(
        "Many files changed at once. This review became part of their bulk review before it was answered."
    )


def _describe_superseded(_entry: LedgerEntry) -> str:
    return _("The document changed again and has a newer review. This review is closed.")


def _describe_acknowledged(entry: LedgerEntry) -> str:
    of_file = _("{who} acknowledged revision {revision}, version {version}.")
    template = of_file if _has_versions(entry) else _("{who} acknowledged revision {revision}.")
    sentence = template.format(
        who=_name_reviewer(entry),
        revision=read_number(entry, "revision"),
        version=read_number(entry, "version") or _("unknown"),
    )
    shown = read_text(entry, "agreed", "text") or translate_statement(read_text(entry, "statement"))
    quoted = [_("“{statement}”").format(statement=shown)] if shown else []
    return " ".join([sentence, *quoted, *_list_remarks(entry)])


def _describe_changes_requested(entry: LedgerEntry) -> str:
    sentence = _("{who} requested changes to revision {revision}.")
    sentence = sentence.format(who=_name_reviewer(entry), revision=read_number(entry, "revision"))
    return " ".join([sentence, *_list_remarks(entry)])


def _describe_carried(entry: LedgerEntry) -> str:
    sentence = _(
        "No one was asked again: the document is the same as version {version}, which {names} acknowledged."
    )
    return sentence.format(
        version=read_number(entry, "acknowledged_version") or _("unknown"),
        names=format_people(read_people(entry.get("acknowledged_by"))),
    )


def _describe_relabelled(entry: LedgerEntry) -> str:
    if not read_text(entry, "path"):
        return _("The document was renamed, or moved within the folder.")
    template = _("The document was renamed or moved. It is now {title}, in {path}.")
    sentence = template.format(title=read_text(entry, "title"), path=read_text(entry, "path"))
    return " ".join([sentence, *_describe_labels_before(entry)])


def _describe_relinked(_entry: LedgerEntry) -> str:
    return _("The document's address changed.")


def _describe_withdrawn(entry: LedgerEntry) -> str:
    template = _("{who} withdrew their answer to revision {revision}.")
    return template.format(who=_name_reviewer(entry), revision=read_number(entry, "revision"))


def _describe_reassigned(entry: LedgerEntry) -> str:
    entry_owners = entry.get("owners")
    owners = (
        ", ".join(format_name(clean_text(str(owner))) for owner in entry_owners)
        if isinstance(entry_owners, list)
        else ""
    )
    template = _("{who} reassigned the review to {whom}. Responsible since then: {owners}.")
    return template.format(who=_name_person(entry, "by"), whom=_name_person(entry, "to"), owners=owners)


def _describe_snoozed(entry: LedgerEntry) -> str:
    return _("{who} snoozed the reminders.").format(who=_name_person(entry, "by"))


def _describe_reminded(entry: LedgerEntry) -> str:
    sentence = _("A reminder was sent to {whom}.").format(whom=_name_recipients(entry))
    return _add_step(sentence, entry)


def _describe_escalated(entry: LedgerEntry) -> str:
    sentence = _("An answer was still missing. Notified: {whom}.").format(whom=_name_recipients(entry))
    return _add_step(sentence, entry)


def _describe_lapsed(entry: LedgerEntry) -> str:
    """Return the sentence of a lapse; earlier releases recorded it with those who were notified."""
    if entry.get("whom"):
        words = _("The deadline passed without an answer. Notified: {whom}.")
        return words.format(whom=_name_recipients(entry))
    return _add_step(_("The review lapsed: an answer was still missing at the last step."), entry)


def _describe_followed_up(entry: LedgerEntry) -> str:
    words = _("The requested changes were still missing. Notified: {whom}.")
    return words.format(whom=_name_recipients(entry))


def _add_step(sentence: str, entry: LedgerEntry) -> str:
    """Add when this step of the ladder comes; earlier releases recorded no step."""
    return " ".join(filter(None, [sentence, describe_step_time(read_text(entry, "step"))]))


def _describe_removed(_entry: LedgerEntry) -> str:
    return _("The review is no longer stored. These ledger entries are.")


SENTENCE_BY_ENTRY_TYPE: Mapping[str, Callable[[LedgerEntry], str]] = {
    EntryType.REVIEW_OPENED: _describe_opened,
    EntryType.REVIEW_REVISED: _describe_revised,
    EntryType.REVIEW_SUPERSEDED: _describe_superseded,
    EntryType.REVIEW_ACKNOWLEDGED: _describe_acknowledged,
    EntryType.REVIEW_CHANGES_REQUESTED: _describe_changes_requested,
    EntryType.REVIEW_CARRIED: _describe_carried,
    EntryType.REVIEW_RELABELLED: _describe_relabelled,
    EntryType.REVIEW_RELINKED: _describe_relinked,
    EntryType.REVIEW_WITHDRAWN: _describe_withdrawn,
    EntryType.REVIEW_REASSIGNED: _describe_reassigned,
    EntryType.REVIEW_SNOOZED: _describe_snoozed,
    EntryType.REVIEW_REMINDED: _describe_reminded,
    EntryType.REVIEW_ESCALATED: _describe_escalated,
    EntryType.REVIEW_LAPSED: _describe_lapsed,
    EntryType.REVIEW_FOLLOWED_UP: _describe_followed_up,
    EntryType.REVIEW_HANDED_OVER: describe_handed_over,
    EntryType.REVIEW_HANDED_BACK: describe_handed_back,
    EntryType.REVIEW_REMOVED: _describe_removed,
    EntryType.REVIEW_JOINED: _describe_joined,
    EntryType.REVIEW_FILE_REVISED: _describe_file_revised,
    EntryType.REVIEW_FILE_RELABELLED: _describe_file_relabelled,
    EntryType.REVIEW_FILE_SUPERSEDED: _describe_file_superseded,
    EntryType.REVIEW_TAKEN_OUT: _describe_taken_out,
    EntryType.REVIEW_ABSORBED: _describe_absorbed,
    EntryType.REVIEW_DOCUMENT_GONE: describe_document_gone,
    EntryType.REVIEW_DOCUMENT_BACK: describe_document_back,
    EntryType.REVIEW_CLOSED: describe_closed,
    EntryType.DELIVERY_GIVEN_UP: describe_given_up,
    EntryType.DELIVERY_RECOVERED: describe_recovered,
}

_IDENTITY_WORDS: Mapping[str, Callable[[], str]] = {
    Identity.SLACK: lambda: _("verified by their Slack account"),
    Identity.TEAMS_BOT: lambda: _("verified by their Teams account"),
    Identity.OIDC: lambda: _("verified by sign-in"),
    Identity.MAIL_CODE: lambda: _("verified by a mailed code"),
    Identity.LINK: lambda: _("had the link, name not verified"),
    Identity.DEMO: lambda: _("given in the demo"),
}


def _describe_change(entry: LedgerEntry) -> str:
    """Return what changed and by whom, what else they and others did, and the earlier labels."""
    kind = read_text(entry, "kind")
    change_kind = ChangeKind(kind) if kind in set(ChangeKind) else ChangeKind.CONTENT
    people, acts = read_people(entry.get("contributors")), read_acts(entry.get("acts"))
    changed = describe_change(
        change_kind, title=read_text(entry, "title"), who=format_people(list_doers(change_kind, acts, people))
    )
    other_acts = describe_other_acts(change_kind, acts, people, content=entry.get("content") is not False)
    sentences = [f"{capitalize_first(other_acts)}."] if other_acts else []
    return " ".join([changed, *sentences, *_describe_labels_before(entry)])


def _describe_labels_before(entry: LedgerEntry) -> list[str]:
    """Return a sentence each for the former title, the former folder and the new place."""
    templates = {
        "title_before": _("Previous name: {text}."),
        "path_before": _("Previous folder: {text}."),
        "moved_to": _("Moved to: {text}."),
    }
    lines = ((sentence, read_text(entry, name)) for name, sentence in templates.items())
    return [sentence.format(text=text) for sentence, text in lines if text]


def _list_remarks(entry: LedgerEntry) -> list[str]:
    late = [_("The answer was late.")] if entry.get("late") is True else []
    template = (
        _("The reviewer had also changed some of the files.")
        if _is_bulk(entry)
        else _("The reviewer had also changed the document.")
    )
    own_change = [template] if entry.get("own_change") is True else []
    return [*late, *own_change]


def describe_identity(identity: str) -> str:
    """Return how a person's identity was proven, in words; empty where the ledger doesn't say."""
    template = _IDENTITY_WORDS.get(identity)
    return template() if template else ""


def _name_reviewer(entry: LedgerEntry) -> str:
    """Return the reviewer of an answer, and for whom they stood in."""
    absent = _name_person(entry, "stand_in_for") if entry.get("stand_in_for") else ""
    return add_absent(_name_person(entry, "reviewer"), absent)


def _name_person(entry: LedgerEntry, name: str) -> str:
    return format_name(read_text(entry, name, "name") or read_text(entry, name, "email") or UNKNOWN_PERSON)


def _name_recipients(entry: LedgerEntry) -> str:
    recipients = entry.get("whom")
    names = [clean_text(str(each)) for each in recipients] if isinstance(recipients, list) else []
    return join_with_and(
        [describe_recorded_recipient(name) for name in names if name] or [format_name(UNKNOWN_PERSON)]
    )


def _has_versions(entry: LedgerEntry) -> bool:
    """Return whether an entry is about one document: a folder and a bulk review have no version."""
    return not (read_text(entry, "file_id").startswith(FOLDER_ID_PREFIX) or _is_bulk(entry))


def _is_bulk(entry: LedgerEntry) -> bool:
    return read_text(entry, "file_id").startswith(BULK_ID_PREFIX)


def _describe_versions(entry: LedgerEntry) -> str:
    before, after = entry.get("version_from"), entry.get("version_to")
    return format_versions(
        before if isinstance(before, int) else None, after if isinstance(after, int) else None
    )
