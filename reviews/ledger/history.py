"""What happened to a review, in words: one sentence for each entry of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.acts import doers
from reviews.bulk import SUBJECT
from reviews.identity import Identity
from reviews.kinds import ChangeKind
from reviews.language import _, capital, listed
from reviews.ledger.entry_values import read_acts, read_moment, read_number, read_people, read_text
from reviews.ledger.hash_chain import EntryType
from reviews.text import plain
from reviews.tree import FOLDER
from reviews.wording.change_sentences import happened
from reviews.wording.labels import names, note_lines_of, said_apart, versions
from reviews.wording.placeholders import SOMEBODY, begun, called, titled
from reviews.wording.statement import show_statement

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from reviews.ports.reviews import Entry


@dataclass(frozen=True, kw_only=True)
class Step:
    """One entry: what happened, when, how whoever did it was proven, and what they wrote.

    All text is hostile until escaped. `until` is a time that the sentence leaves out, since each reader sees
    it in their own zone. `at` is `None` for an entry that somebody has spoilt.
    """

    sentence: str
    at: datetime | None
    proven: str = ""
    note: tuple[str, ...] = ()
    until: datetime | None = None


def step(entry: Entry) -> Step:
    """Return what an entry says in words; of a type that this version does not know, that much."""
    words = SENTENCES.get(read_text(entry, "type"))
    return Step(
        sentence=begun(words(entry))
        if words
        else _("Something happened that this version has no words for."),
        at=read_moment(entry.get("at")),
        proven=proven_by(read_text(entry, "identity")),
        note=tuple(note_lines_of(read_text(entry, "note"))),
        until=read_moment(entry.get("until")),
    )


def _opened(entry: Entry) -> str:
    if _is_bulk(entry):
        told = _(
            "A bulk review was opened for files in {folder}. "
            "Each file that joined it has an entry of its own in the record."
        )
        return told.format(folder=read_text(entry, "title") or _("several folders"))
    of_file = _("The review was opened for version {version}.")
    told = of_file if _has_versions(entry) else _("The review was opened.")
    return f"{_changed(entry)} {told.format(version=_version(entry))}"


def _revised(entry: Entry) -> str:
    of_file = _("The review is at revision {revision} since then, version {version}.")
    told = of_file if _has_versions(entry) else _("The review is at revision {revision} since then.")
    return (
        f"{_changed(entry)} {told.format(revision=read_number(entry, 'revision'), version=_version(entry))}"
    )


def _joined(entry: Entry) -> str:
    return f"{_changed(entry)} {_('The file joined the review.')}"


def _file_revised(entry: Entry) -> str:
    return f"{_changed(entry)} {_('The review covers that too.')}"


def _file_relabelled(entry: Entry) -> str:
    told = _("A file of the review is called {title} since then, in {path}.")
    return told.format(
        title=titled(read_text(entry, "title")), path=read_text(entry, "path") or _("its folder")
    )


def _file_superseded(entry: Entry) -> str:
    told = _("{title} changed after the answer, and has a newer review of its own.")
    return told.format(title=titled(read_text(entry, "title")))


def _taken_out(entry: Entry) -> str:
    told = _("{who} took {title} out, to be reviewed apart.")
    return told.format(who=_who(entry, "by"), title=titled(read_text(entry, "title")))


def _absorbed(_entry: Entry) -> str:
    return _(
        "Many files changed at once: this one became a part of their bulk review before it was answered."
    )


def _superseded(_entry: Entry) -> str:
    return _("The document changed again and got a newer review: this one is closed.")


def _acknowledged(entry: Entry) -> str:
    of_file = _("{who} acknowledged revision {revision}, version {version}.")
    words = of_file if _has_versions(entry) else _("{who} acknowledged revision {revision}.")
    told = words.format(
        who=_who(entry, "reviewer"),
        revision=read_number(entry, "revision"),
        version=read_number(entry, "version") or _("unknown"),
    )
    statement = read_text(entry, "statement")
    said = show_statement(statement)
    quoted = [_("“{statement}”").format(statement=said)] if said else []
    return " ".join([told, *quoted, *_remarks(entry)])


def _changes_requested(entry: Entry) -> str:
    told = _("{who} requested changes to revision {revision}.")
    told = told.format(who=_who(entry, "reviewer"), revision=read_number(entry, "revision"))
    return " ".join([told, *_remarks(entry)])


def _relabelled(entry: Entry) -> str:
    if not read_text(entry, "path"):
        return _("The document was renamed, or moved within the folder.")
    told = _("The document is called {title} since then, in {path}.")
    called = told.format(title=read_text(entry, "title"), path=read_text(entry, "path"))
    return " ".join([called, *_before(entry)])


def _relinked(_entry: Entry) -> str:
    return _("The document has another address since then.")


def _withdrawn(entry: Entry) -> str:
    told = _("{who} withdrew their answer to revision {revision}.")
    return told.format(who=_who(entry, "reviewer"), revision=read_number(entry, "revision"))


def _reassigned(entry: Entry) -> str:
    found = entry.get("owners")
    owners = ", ".join(plain(str(each)) for each in found) if isinstance(found, list) else ""
    told = _("{who} handed the review over to {whom}. Responsible since then: {owners}.")
    return told.format(who=_who(entry, "by"), whom=_who(entry, "to"), owners=owners)


def _snoozed(entry: Entry) -> str:
    return _("{who} put the reminders off.").format(who=_who(entry, "by"))


def _reminded(entry: Entry) -> str:
    return _("A reminder was sent to {whom}.").format(whom=_addresses(entry))


def _lapsed(entry: Entry) -> str:
    return _("The deadline passed without an answer; {whom} heard of it.").format(whom=_addresses(entry))


def _removed(_entry: Entry) -> str:
    return _("The review is not kept any more; this record of it is.")


def _unknown(_entry: Entry) -> str:
    return _("Something happened that this version has no words for.")


SENTENCES: Mapping[str, Callable[[Entry], str]] = {
    EntryType.REVIEW_OPENED: _opened,
    EntryType.REVIEW_REVISED: _revised,
    EntryType.REVIEW_SUPERSEDED: _superseded,
    EntryType.REVIEW_ACKNOWLEDGED: _acknowledged,
    EntryType.REVIEW_CHANGES_REQUESTED: _changes_requested,
    EntryType.REVIEW_RELABELLED: _relabelled,
    EntryType.REVIEW_RELINKED: _relinked,
    EntryType.REVIEW_WITHDRAWN: _withdrawn,
    EntryType.REVIEW_REASSIGNED: _reassigned,
    EntryType.REVIEW_SNOOZED: _snoozed,
    EntryType.REVIEW_REMINDED: _reminded,
    EntryType.REVIEW_LAPSED: _lapsed,
    EntryType.REVIEW_REMOVED: _removed,
    EntryType.REVIEW_JOINED: _joined,
    EntryType.REVIEW_FILE_REVISED: _file_revised,
    EntryType.REVIEW_FILE_RELABELLED: _file_relabelled,
    EntryType.REVIEW_FILE_SUPERSEDED: _file_superseded,
    EntryType.REVIEW_TAKEN_OUT: _taken_out,
    EntryType.REVIEW_ABSORBED: _absorbed,
}

_PROOFS: Mapping[str, Callable[[], str]] = {
    Identity.SLACK: lambda: _("known by their account in Slack"),
    Identity.TEAMS_BOT: lambda: _("known by their account in Teams"),
    Identity.OIDC: lambda: _("known by signing in"),
    Identity.MAIL_CODE: lambda: _("known by a code sent to their address"),
    Identity.LINK: lambda: _("held the link, the name is not proven"),
    Identity.DEMO: lambda: _("played by whoever tried the demo"),
}


def _changed(entry: Entry) -> str:
    """Return what changed and by whom, what else they and others did, and what it was called before."""
    kind = read_text(entry, "kind")
    known = ChangeKind(kind) if kind in set(ChangeKind) else ChangeKind.CONTENT
    people, acts = read_people(entry.get("contributors")), read_acts(entry.get("acts"))
    changed = happened(known, title=read_text(entry, "title"), who=names(doers(known, acts, people)))
    also = said_apart(known, acts, people, content=entry.get("content") is not False)
    apart = [f"{capital(also)}."] if also else []
    return " ".join([changed, *apart, *_before(entry)])


def _before(entry: Entry) -> list[str]:
    """Return what the document was called and where it was, and where it went, a sentence each."""
    words = {
        "title_before": _("It was called {text} before."),
        "path_before": _("It was in {text} before."),
        "moved_to": _("It went to {text}."),
    }
    told = ((sentence, read_text(entry, name)) for name, sentence in words.items())
    return [sentence.format(text=text) for sentence, text in told if text]


def _remarks(entry: Entry) -> list[str]:
    late = [_("That was late.")] if entry.get("late") is True else []
    words = (
        _("They had changed some of the files too.")
        if _is_bulk(entry)
        else _("They had changed the document too.")
    )
    own = [words] if entry.get("own_change") is True else []
    return [*late, *own]


def proven_by(identity: str) -> str:
    """Return how somebody was proven to be who they are, in words; empty where the record says nothing."""
    words = _PROOFS.get(identity)
    return words() if words else ""


def _who(entry: Entry, name: str) -> str:
    return called(read_text(entry, name, "name") or read_text(entry, name, "email") or SOMEBODY)


def _addresses(entry: Entry) -> str:
    whom = entry.get("whom")
    found = [plain(str(each)) for each in whom] if isinstance(whom, list) else []
    return listed(list(filter(None, found)) or [called(SOMEBODY)])


def _has_versions(entry: Entry) -> bool:
    """Tell whether an entry is about one document: a folder and a bulk review have no version."""
    return not (read_text(entry, "file_id").startswith(FOLDER) or _is_bulk(entry))


def _is_bulk(entry: Entry) -> bool:
    return read_text(entry, "file_id").startswith(SUBJECT)


def _version(entry: Entry) -> str:
    before, after = entry.get("version_from"), entry.get("version_to")
    return versions(before if isinstance(before, int) else None, after if isinstance(after, int) else None)
