"""Roles of the people who acted on a file: who wrote into it, and how often it was saved.

`file.updated` is a save, a lock, a comment or a rename (facts on DocSpace, 2.5). If a burst has more than one
of them, the file's log distinguishes them. A person who can't be distinguished from a writer counts as one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.changes.classification import SAVE_TRIGGERS
from reviews.identity import Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.changes.burst import Burst
    from reviews.ports.docspace_logs import FileLog

UPDATE_TRIGGERS = frozenset({"file.updated"})
WRITE_TRIGGERS = (SAVE_TRIGGERS | {"file.copied"}) - UPDATE_TRIGGERS
"""Triggers that certainly bring new content."""


@dataclass(frozen=True, kw_only=True)
class ContributorRoles:
    """Who did what, as DocSpace names them.

    `renamers` is empty if it is unclear who renamed the file. `saves` is `None` if they can't be counted.
    `stamped` are the ids of people in whose name DocSpace dates versions though they wrote nothing.
    """

    writers: tuple[Person, ...]
    renamers: tuple[Person, ...]
    stamped: frozenset[str] = frozenset()
    saves: int | None = 0


def find_roles_with_content(
    burst: Burst, *, renamed: bool, steps: int | None, log: Callable[[], FileLog | None]
) -> ContributorRoles:
    """Return the roles in a burst that brought new content, or may have.

    `steps` is the number of versions that it added, and `None` if nothing shows new content.
    """
    updates = Counter(each.event.actor.id for each in burst.events if each.event.trigger in UPDATE_TRIGGERS)
    only_one = updates.total() == burst.saves == 1 and steps is not None and not renamed
    is_plain = not updates or only_one
    file_log = None if is_plain else log()
    cleared = {
        who
        for who, events in updates.items()
        if file_log is not None and file_log.rules_out_content(who, events)
    }
    certain = burst.list_actors(WRITE_TRIGGERS)
    ids = {who.id for who in certain}
    unclear = [who for who in burst.list_actors(UPDATE_TRIGGERS) if who.id not in cleared | ids]
    renamers = _find_renamers(burst, file_log)
    counted = file_log.count_saves(burst.saves) if file_log is not None else None
    threw_away = burst.list_actors({"file.trashed"})
    return ContributorRoles(
        writers=(*certain, *unclear),
        renamers=renamers,
        stamped=frozenset(who.id for who in (*renamers, *threw_away) if who.id)
        - {who.id for who in (*certain, *unclear) if who.id},
        saves=_count_reported_saves(burst, steps) if is_plain else counted,
    )


def find_roles_without_content(
    burst: Burst, *, renamed: bool, log: Callable[[], FileLog | None]
) -> ContributorRoles:
    """Return the roles in a burst that did not change the content."""
    updaters = burst.list_actors(UPDATE_TRIGGERS)
    file_log = log() if renamed and len(updaters) > 1 else None
    return ContributorRoles(writers=(), renamers=_find_renamers(burst, file_log) or updaters)


def _find_renamers(burst: Burst, log: FileLog | None) -> tuple[Person, ...]:
    """Return who renamed the file: the people in its log, else the only person who sent updates of it."""
    if log is not None and log.renamer_ids:
        actors = {who.id: who for who in burst.actors}
        return tuple(actors.get(each, Person(id=each, name="")) for each in log.renamer_ids)
    updaters = burst.list_actors(UPDATE_TRIGGERS)
    return updaters if len(updaters) == 1 else ()


def _count_reported_saves(burst: Burst, steps: int | None) -> int | None:
    """Return the number of reported saves; `None` if the versions show that there were more.

    The number is also `None` for a file that came without any reported save.
    """
    is_reported = bool(burst.triggers & (WRITE_TRIGGERS | UPDATE_TRIGGERS))
    return burst.saves if is_reported and (steps or 0) <= burst.saves else None
