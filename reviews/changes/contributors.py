"""The contributors of a change: the writers, and apart from them the people who moved or renamed the file.

`file.updated` is a save, a lock, a comment or a rename (facts on DocSpace, 2.5). If a burst has more than one
of them, the file's log distinguishes them. A person who can't be distinguished from a writer counts as one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.acts import list_doers, merge_acts, merge_people
from reviews.cards.docspace_comment import is_own_comment
from reviews.changes.classification import SAVE_TRIGGERS
from reviews.changes.folder_places import MAX_REFUSED_ATTEMPTS
from reviews.errors import TryLater
from reviews.identity import Person
from reviews.routes.route import is_group
from reviews.wording.placeholders import UNNAMED_PERSON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from reviews.changes.burst import Burst
    from reviews.changes.change import Change
    from reviews.model import Review
    from reviews.ports.docspace_logs import FileLog
    from reviews.ports.portal import Portal
    from reviews.routes.route import Route
    from reviews.tree import FileState

MAX_GROUP_MEMBERS = 20  # of groups; each one is a call to DocSpace
_UPDATE_TRIGGERS = frozenset({"file.updated"})
_WRITE_TRIGGERS = (SAVE_TRIGGERS | {"file.copied"}) - _UPDATE_TRIGGERS
"""Triggers that certainly bring new content."""


@dataclass(frozen=True, kw_only=True)
class _Roles:
    """Who did what, as DocSpace names them.

    `renamers` is empty if it is unclear who renamed the file. `saves` is `None` if they can't be counted.
    `ignored_people` are the ids of people in whose name DocSpace dates versions though they wrote nothing.
    """

    writers: tuple[Person, ...]
    renamers: tuple[Person, ...]
    ignored_people: frozenset[str] = frozenset()
    saves: int | None = 0


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What shows who did what besides the events: the file before, and what DocSpace can be queried for.

    `own_id` is the API key's user if one of the events is our own comment. `review` is the latest of the
    file on the route. `from_elsewhere` means that the file was under another route, or none, until now.
    """

    state: FileState | None = None
    after: FileState | None = None
    review: Review | None = None
    own_id: str | None = None
    log: Callable[[], FileLog | None] = lambda: None
    query_editors: bool = False
    from_elsewhere: bool = False


NO_EVIDENCE = Evidence()
"""For a folder or a file that vanished, for which there are only the events."""


@dataclass(frozen=True, kw_only=True)
class Contributors:
    """Looks up people in DocSpace. A missing name does not hold up a review."""

    portal: Portal

    def add_people(self, change: Change, burst: Burst, evidence: Evidence = NO_EVIDENCE) -> Change:
        """Return the change with its contributors, acts and saves.

        Without new content, the contributors are only those who made the change. With new content, they are
        all who edited since the last reviewed version, co-authors too: the sender of a save is only one of
        its authors (facts on DocSpace, 2.5).
        """
        judgement, renamed = change.judgement, change.title_before is not None
        if judgement.has_content:
            new_versions = _count_new_versions(evidence)
            roles = _find_roles_with_content(burst, renamed=renamed, steps=new_versions, log=evidence.log)
        else:
            roles = _find_roles_without_content(burst, renamed=renamed, log=evidence.log)
        reported_acts = burst.list_acts(
            judgement.kind, renamers=roles.renamers if renamed else None, moved=change.path_before is not None
        )
        attempts = burst.first_event.attempts
        acts = merge_acts(
            replace(act, people=self._complete_people(act.people, attempts)) for act in reported_acts
        )
        if judgement.has_content:
            people = self._list_writers(burst, roles, evidence)
        else:
            people = self._complete_people(
                list_doers(judgement.kind, reported_acts, _exclude_own(burst.actors, evidence)), attempts
            )
        return replace(change, contributors=people, acts=acts, saves=roles.saves)

    def _list_writers(self, burst: Burst, roles: _Roles, evidence: Evidence) -> tuple[Person, ...]:
        """Return the writers of what is under review; all who acted, if no writer is identified."""
        attempts = burst.first_event.attempts
        editors = self._list_editors(burst, roles, evidence) if evidence.query_editors else []
        writers = self._complete_people((*_exclude_own(roles.writers, evidence), *editors), attempts)
        return writers or self._complete_people(_exclude_own(burst.actors, evidence), attempts)

    def _list_editors(self, burst: Burst, roles: _Roles, evidence: Evidence) -> list[Person]:
        """Return who edited beyond the last reviewed version.

        If the file's previous state is missing, the versions that the events name are under review, else only
        the newest.
        """
        version, since = _find_baseline(burst, evidence)
        if version is None and burst.first_version is not None:
            version = burst.first_version - 1
        return self.portal.list_editors(
            burst.subject, after=version, since=since, ignored_people=roles.ignored_people
        )

    def list_accounts(self, route: Route, *, attempts: int, members: Iterable[str] = ()) -> list[Person]:
        """Return the DocSpace accounts of all who may answer: their ids distinguish them from editors.

        `members` are those of the route's groups, addresses among them.
        """
        owner_addresses = (entry for entry in (*route.owners, *route.deputies) if not is_group(entry))
        addresses = (
            *owner_addresses,
            *sorted(member for member in members if "@" in member)[:MAX_GROUP_MEMBERS],
        )
        people = (self._find_account(address, attempts) for address in dict.fromkeys(addresses))
        return [person for person in people if person is not None]

    def find_own_id(self, before: FileState | None, after: FileState) -> str | None:
        """Return the API key's user if the file has a new comment of ours, which is no contribution."""
        earlier = before.comment if before else ""
        has_own_comment = after.comment != earlier and is_own_comment(after.comment)
        return self.portal.get_own_id() if has_own_comment else None

    def _find_account(self, address: str, attempts: int) -> Person | None:
        try:
            return self.portal.find_person(address)
        except TryLater:
            if attempts < MAX_REFUSED_ATTEMPTS:
                raise
            return None

    def _complete_people(self, people: Iterable[Person], attempts: int) -> tuple[Person, ...]:
        return merge_people(
            complete_person(self.portal, person, attempts=attempts) for person in merge_people(people)
        )


def complete_person(portal: Portal, person: Person, *, attempts: int) -> Person:
    """Return the person with name and address; without them if DocSpace fails for too many attempts."""
    try:
        return portal.complete_person(person)
    except TryLater:
        if attempts < MAX_REFUSED_ATTEMPTS:
            raise
        return Person(id=person.id, name=person.name or UNNAMED_PERSON, email=person.email)


def _exclude_own(people: Iterable[Person], evidence: Evidence) -> tuple[Person, ...]:
    return tuple(person for person in people if evidence.own_id is None or person.id != evidence.own_id)


def _count_new_versions(evidence: Evidence) -> int | None:
    """Return how many versions were added; `None` if the file doesn't show new content."""
    before, after = evidence.state, evidence.after
    if before is None or after is None or before.version is None or after.version is None:
        return None
    if before.version == after.version and before.size == after.size:
        return None
    return max(after.version - before.version, 0)


def _find_baseline(burst: Burst, evidence: Evidence) -> tuple[int | None, datetime | None]:
    """Return the version, and the time within it, whose editors are already covered or reviewed.

    What the route has seen of that version since its review had no new content, or there would be another
    review: a rename and the trash give a version a new date (facts on DocSpace, 2.2). What was seen may
    include a save that is reported late.
    """
    state, review = evidence.state, evidence.review
    if review is None or review.version_to is None:
        return (state.version, state.modified_at) if state else (None, None)
    since = review.modified_at
    if evidence.from_elsewhere or state is None or state.version != review.version_to:
        return review.version_to, since
    if since and state.modified_at:
        since = max(since, state.modified_at) if state.modified_at < burst.began_at else since
    return review.version_to, since


def _find_roles_with_content(
    burst: Burst, *, renamed: bool, steps: int | None, log: Callable[[], FileLog | None]
) -> _Roles:
    """Return the roles in a burst that brought new content, or may have.

    `steps` is the number of versions that it added, and `None` if nothing shows new content.
    """
    updates = Counter(each.event.actor.id for each in burst.events if each.event.trigger in _UPDATE_TRIGGERS)
    only_one = updates.total() == burst.saves == 1 and steps is not None and not renamed
    is_plain = not updates or only_one
    file_log = None if is_plain else log()
    cleared = {
        who
        for who, events in updates.items()
        if file_log is not None and file_log.is_without_content(who, events)
    }
    certain = burst.list_actors(_WRITE_TRIGGERS)
    ids = {who.id for who in certain}
    unclear = [who for who in burst.list_actors(_UPDATE_TRIGGERS) if who.id not in cleared | ids]
    renamers = _find_renamers(burst, file_log)
    counted = file_log.count_saves(burst.saves) if file_log is not None else None
    threw_away = burst.list_actors({"file.trashed"})
    return _Roles(
        writers=(*certain, *unclear),
        renamers=renamers,
        ignored_people=frozenset(who.id for who in (*renamers, *threw_away) if who.id)
        - {who.id for who in (*certain, *unclear) if who.id},
        saves=_count_reported_saves(burst, steps) if is_plain else counted,
    )


def _find_roles_without_content(burst: Burst, *, renamed: bool, log: Callable[[], FileLog | None]) -> _Roles:
    """Return the roles in a burst that did not change the content."""
    updaters = burst.list_actors(_UPDATE_TRIGGERS)
    file_log = log() if renamed and len(updaters) > 1 else None
    return _Roles(writers=(), renamers=_find_renamers(burst, file_log) or updaters)


def _find_renamers(burst: Burst, log: FileLog | None) -> tuple[Person, ...]:
    """Return who renamed the file: the people in its log, else the only person who sent updates of it."""
    if log is not None and log.renamer_ids:
        actors = {who.id: who for who in burst.actors}
        return tuple(actors.get(each, Person(id=each, name="")) for each in log.renamer_ids)
    updaters = burst.list_actors(_UPDATE_TRIGGERS)
    return updaters if len(updaters) == 1 else ()


def _count_reported_saves(burst: Burst, steps: int | None) -> int | None:
    """Return the number of reported saves; `None` if the versions show that there were more.

    The number is also `None` for a file that came without any reported save.
    """
    is_reported = bool(burst.triggers & (_WRITE_TRIGGERS | _UPDATE_TRIGGERS))
    return burst.saves if is_reported and (steps or 0) <= burst.saves else None
