"""What happened to a review, in words: one sentence for each entry of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from reviews.acts import Act, ActKind, doers
from reviews.card_words import names, note_lines_of, said_apart, versions
from reviews.change_words import happened
from reviews.language import _, capital, listed
from reviews.ledger import EntryType
from reviews.model import STATEMENT, ChangeKind, Identity, Person
from reviews.nameless import SOMEBODY, begun, called
from reviews.text import plain
from reviews.tree import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviews.ledger import Entry


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
    words = SENTENCES.get(_text(entry, "type"))
    return Step(
        sentence=begun(words(entry))
        if words
        else _("Something happened that this version has no words for."),
        at=_moment(entry.get("at")),
        proven=proven_by(_text(entry, "identity")),
        note=tuple(note_lines_of(_text(entry, "note"))),
        until=_moment(entry.get("until")),
    )


def _opened(entry: Entry) -> str:
    of_file = _("The review was opened for version {version}.")
    told = _("The review was opened.") if _is_folder(entry) else of_file
    return f"{_changed(entry)} {told.format(version=_version(entry))}"


def _revised(entry: Entry) -> str:
    of_file = _("The review is at revision {revision} since then, version {version}.")
    told = _("The review is at revision {revision} since then.") if _is_folder(entry) else of_file
    return f"{_changed(entry)} {told.format(revision=_number(entry, 'revision'), version=_version(entry))}"


def _superseded(_entry: Entry) -> str:
    return _("The document changed again and got a newer review: this one is closed.")


def _acknowledged(entry: Entry) -> str:
    of_file = _("{who} acknowledged revision {revision}, version {version}.")
    words = _("{who} acknowledged revision {revision}.") if _is_folder(entry) else of_file
    told = words.format(
        who=_who(entry, "reviewer"),
        revision=_number(entry, "revision"),
        version=_number(entry, "version") or _("unknown"),
    )
    statement = _text(entry, "statement")
    said = _(STATEMENT) if statement == STATEMENT else statement
    quoted = [_("“{statement}”").format(statement=said)] if said else []
    return " ".join([told, *quoted, *_remarks(entry)])


def _changes_requested(entry: Entry) -> str:
    told = _("{who} requested changes to revision {revision}.")
    told = told.format(who=_who(entry, "reviewer"), revision=_number(entry, "revision"))
    return " ".join([told, *_remarks(entry)])


def _relabelled(entry: Entry) -> str:
    if not _text(entry, "path"):
        return _("The document was renamed, or moved within the folder.")
    told = _("The document is called {title} since then, in {path}.")
    called = told.format(title=_text(entry, "title"), path=_text(entry, "path"))
    return " ".join([called, *_before(entry)])


def _relinked(_entry: Entry) -> str:
    return _("The document has another address since then.")


def _withdrawn(entry: Entry) -> str:
    told = _("{who} withdrew their answer to revision {revision}.")
    return told.format(who=_who(entry, "reviewer"), revision=_number(entry, "revision"))


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
    kind = _text(entry, "kind")
    known = ChangeKind(kind) if kind in set(ChangeKind) else ChangeKind.CONTENT
    people, acts = _people(entry.get("contributors")), _acts(entry.get("acts"))
    changed = happened(known, title=_text(entry, "title"), who=names(doers(known, acts, people)))
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
    told = ((sentence, _text(entry, name)) for name, sentence in words.items())
    return [sentence.format(text=text) for sentence, text in told if text]


def _acts(value: Any) -> tuple[Act, ...]:
    found = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    known = (each for each in found if _text(each, "kind") in set(ActKind))
    return tuple(Act(kind=ActKind(_text(each, "kind")), people=_people(each.get("people"))) for each in known)


def _people(value: Any) -> tuple[Person, ...]:
    people = value if isinstance(value, list) else []
    return tuple(Person(id=None, name=_text(each, "name")) for each in people)


def _remarks(entry: Entry) -> list[str]:
    late = [_("That was late.")] if entry.get("late") is True else []
    own = [_("They had changed the document too.")] if entry.get("own_change") is True else []
    return [*late, *own]


def proven_by(identity: str) -> str:
    """Return how somebody was proven to be who they are, in words; empty where the record says nothing."""
    words = _PROOFS.get(identity)
    return words() if words else ""


def _who(entry: Entry, name: str) -> str:
    return called(_text(entry, name, "name") or _text(entry, name, "email") or SOMEBODY)


def _addresses(entry: Entry) -> str:
    whom = entry.get("whom")
    found = [plain(str(each)) for each in whom] if isinstance(whom, list) else []
    return listed(list(filter(None, found)) or [called(SOMEBODY)])


def _is_folder(entry: Entry) -> bool:
    """Tell whether an entry is about a folder, which has no version."""
    return _text(entry, "file_id").startswith(FOLDER)


def _version(entry: Entry) -> str:
    before, after = entry.get("version_from"), entry.get("version_to")
    return versions(before if isinstance(before, int) else None, after if isinstance(after, int) else None)


def _number(entry: Entry, name: str) -> str:
    found = entry.get(name)
    return str(found) if isinstance(found, int) else ""


def _text(value: Any, *path: str) -> str:
    """Return a text as one line; a note keeps its lines. Somebody may have spoilt an entry."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, str):
        return ""
    return value if path == ("note",) else plain(value)


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
