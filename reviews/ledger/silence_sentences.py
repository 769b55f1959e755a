"""Entries of the ledger that belong to no review, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.acts import list_doers
from reviews.kinds import ChangeKind
from reviews.language import _, format_date, format_number
from reviews.ledger.entry_values import read_acts, read_moment, read_people, read_text
from reviews.ledger.hash_chain import EntryType
from reviews.ports.silence import AbsenceReason
from reviews.text import clean_text
from reviews.wording.change_sentences import describe_change
from reviews.wording.labels import format_people
from reviews.wording.placeholders import UNKNOWN_PERSON, format_name, format_title

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviews.ports.ledger import LedgerEntry


def _describe_owner_gone(entry: LedgerEntry) -> str:
    is_disabled = read_text(entry, "reason") == AbsenceReason.DISABLED
    template = (
        _("The DocSpace account of {who} is disabled.")
        if is_disabled
        else _("{who} has no DocSpace account any more.")
    )
    return f"{template.format(who=_name_owner(entry))} {_describe_duties(entry)}".strip()


def _describe_owner_back(entry: LedgerEntry) -> str:
    sentence = _("{who} has an active DocSpace account again.").format(who=_name_owner(entry))
    return f"{sentence} {_describe_duties(entry)}".strip()


def _describe_unrouted(entry: LedgerEntry) -> str:
    kind = read_text(entry, "kind")
    change_kind = ChangeKind(kind) if kind in set(ChangeKind) else ChangeKind.CONTENT
    people = read_people(entry.get("contributors"))
    who = format_people(list_doers(change_kind, read_acts(entry.get("acts")), people))
    count, titles = _read_contents(entry)
    if count and not read_text(entry, "file_id"):
        template = _("{count} changes by {who} at once, the first one to {title}.")
        sentence = template.format(
            count=format_number(count), who=who, title=format_title(titles[0] if titles else "")
        )
    else:
        sentence = describe_change(change_kind, title=read_text(entry, "title"), who=who)
    return f"{sentence} {_('The route asks for no review of such changes.')}"


def _describe_incomplete(entry: LedgerEntry) -> str:
    count, _titles = _read_contents(entry)
    reason = read_text(entry, "reason") or _("unknown")
    since = read_moment(entry.get("since"))
    if since is None:
        template = _("Changes in {folder} were not checked completely for more than a day: {reason}.")
    else:
        template = _("Changes in {folder} have not been checked completely since {time}: {reason}.")
    return template.format(
        folder=_name_folder(entry, count), time=format_date(since) if since else "", reason=reason
    )


def _describe_complete(entry: LedgerEntry) -> str:
    start, end = read_moment(entry.get("from")), read_moment(entry.get("to"))
    folder = _name_folder(entry, 0)
    if start is None or end is None:
        return _("All changes in {folder} have been checked again.").format(folder=folder)
    template = _("All changes in {folder} have been checked again; those from {start} to {end} were late.")
    return template.format(folder=folder, start=format_date(start), end=format_date(end))


SILENCE_SENTENCES: Mapping[str, Callable[[LedgerEntry], str]] = {
    EntryType.OWNER_GONE: _describe_owner_gone,
    EntryType.OWNER_BACK: _describe_owner_back,
    EntryType.CHANGE_UNROUTED: _describe_unrouted,
    EntryType.SWEEP_INCOMPLETE: _describe_incomplete,
    EntryType.SWEEP_COMPLETE: _describe_complete,
}


def _name_owner(entry: LedgerEntry) -> str:
    return read_text(entry, "owner") or format_name(UNKNOWN_PERSON)


def _describe_duties(entry: LedgerEntry) -> str:
    """Return which routes name the person; empty where the entry doesn't say."""
    owner_of, deputy_of = (", ".join(_read_texts(entry.get(name))) for name in ("routes", "deputy_of"))
    sentences = [_("Owner of: {routes}.").format(routes=owner_of)] if owner_of else []
    sentences += [_("Deputy of: {routes}.").format(routes=deputy_of)] if deputy_of else []
    return " ".join(sentences)


def _name_folder(entry: LedgerEntry, count: int) -> str:
    title = read_text(entry, "title") or read_text(entry, "folder_id")
    if title:
        return title
    if count:
        return _("{count} folders").format(count=format_number(count))
    return _("several folders")


def _read_contents(entry: LedgerEntry) -> tuple[int, list[str]]:
    contents = entry.get("contents")
    members = contents if isinstance(contents, dict) else {}
    count = members.get("count")
    return count if type(count) is int else 0, _read_texts(members.get("titles"))


def _read_texts(value: object) -> list[str]:
    return [clean_text(each) for each in value if isinstance(each, str)] if isinstance(value, list) else []
