"""Which of those who acted on a file wrote into it, and how often it was saved.

`file.updated` is a save, a lock, a comment or a rename (facts on DocSpace, 2.5). Where a burst holds more
than one of them, the file's log tells them apart. Whoever can't be told from a writer counts as one.
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
"""What is of new content for certain."""


@dataclass(frozen=True, kw_only=True)
class ContributorRoles:
    """Who did what, as DocSpace names them.

    `renamers` are empty where it can't be told who renamed the file, `saves` is `None` where they can't be
    counted. `stamped` are the ids of those in whose name DocSpace dates versions though they wrote nothing.
    """

    writers: tuple[Person, ...]
    renamers: tuple[Person, ...]
    stamped: frozenset[str] = frozenset()
    saves: int | None = 0


def find_roles_with_content(
    burst: Burst, *, renamed: bool, steps: int | None, log: Callable[[], FileLog | None]
) -> ContributorRoles:
    """Return the roles in a burst that brought new content, or may have.

    `steps` counts the versions that it added, and is `None` where nothing shows that there is new content.
    """
    updates = Counter(each.event.actor.id for each in burst.events if each.event.trigger in UPDATE_TRIGGERS)
    only_one = updates.total() == burst.saves == 1 and steps is not None and not renamed
    is_plain = not updates or only_one
    found = None if is_plain else log()
    cleared = {
        who for who, events in updates.items() if found is not None and found.rules_out_content(who, events)
    }
    certain = burst.list_actors(WRITE_TRIGGERS)
    ids = {who.id for who in certain}
    unclear = [who for who in burst.list_actors(UPDATE_TRIGGERS) if who.id not in cleared | ids]
    renamers = _find_renamers(burst, found)
    counted = found.count_saves(burst.saves) if found is not None else None
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
    """Return the roles in a burst that left the content as it was."""
    updaters = burst.list_actors(UPDATE_TRIGGERS)
    found = log() if renamed and len(updaters) > 1 else None
    return ContributorRoles(writers=(), renamers=_find_renamers(burst, found) or updaters)


def _find_renamers(burst: Burst, log: FileLog | None) -> tuple[Person, ...]:
    """Return who renamed the file: as its log says, else the only one who sent updates of it."""
    if log is not None and log.renamer_ids:
        actors = {who.id: who for who in burst.actors}
        return tuple(actors.get(each, Person(id=each, name="")) for each in log.renamer_ids)
    updaters = burst.list_actors(UPDATE_TRIGGERS)
    return updaters if len(updaters) == 1 else ()


def _count_reported_saves(burst: Burst, steps: int | None) -> int | None:
    """Return how many saves were reported; `None` where the versions say that there were more.

    How often a file was saved that came without any is not known either.
    """
    is_reported = bool(burst.triggers & (WRITE_TRIGGERS | UPDATE_TRIGGERS))
    return burst.saves if is_reported and (steps or 0) <= burst.saves else None
