"""Repository of gatherings: the files that one cause touches, and the evidence that they have one cause."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from reviews.kinds import ChangeKind

ONE_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What identifies the cause of a change: when its first event arrived, in which folder, and by whom.

    `people` are DocSpace ids, or names where there is no id. `from_sweep` means that the gap sweep detected
    it; of a pending event, `happened_at` is when it happened. `review_id` is the open review of the file, if
    the change has opened one.
    """

    file_id: str
    folder: str
    people: frozenset[str]
    arrived_at: datetime
    from_sweep: bool
    happened_at: datetime | None = None
    review_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Gathering:
    """The files that a bulk review has gathered, in figures that are not in its own row.

    Files arrived from `arrived_from` to `arrived_to`. In a flood counted by the minute, `minute_count` of
    them arrived in the newest minute, which began at `minute_from`; for other causes these two mean nothing.
    """

    review_id: str
    route: str
    cause: str
    count: int
    kinds: Mapping[str, int]
    arrived_from: datetime
    arrived_to: datetime
    minute_from: datetime
    minute_count: int
    joined_at: datetime

    def add_file(self, kind: ChangeKind, arrived_at: datetime, now: datetime) -> Gathering:
        """Return the gathering with one more file."""
        is_next = arrived_at >= self.minute_from + ONE_MINUTE
        return replace(
            self,
            count=self.count + 1,
            kinds=_adjust_count(self.kinds, kind, 1),
            arrived_from=min(self.arrived_from, arrived_at),
            arrived_to=max(self.arrived_to, arrived_at),
            minute_from=self.minute_from + ONE_MINUTE if is_next else self.minute_from,
            minute_count=1 if is_next else self.minute_count + 1,
            joined_at=now,
        )

    def remove_file(self, kind: ChangeKind) -> Gathering:
        """Return the gathering with one file less."""
        return replace(self, count=self.count - 1, kinds=_adjust_count(self.kinds, kind, -1))

    def change_kind(self, before: ChangeKind, after: ChangeKind) -> Gathering:
        """Return the gathering after a file changed again."""
        return replace(self, kinds=_adjust_count(_adjust_count(self.kinds, before, -1), after, 1))


@dataclass(frozen=True, kw_only=True)
class Survey:
    """The gatherings of the possible causes of a change, and how many other changes may share its cause."""

    gatherings: list[Gathering]
    others: int


def start_gathering(review_id: str, route: str, cause: str, *, arrived: datetime, now: datetime) -> Gathering:
    """Return the gathering of a bulk review before its first file."""
    return Gathering(
        review_id=review_id,
        route=route,
        cause=cause,
        count=0,
        kinds={},
        arrived_from=arrived,
        arrived_to=arrived,
        minute_from=arrived,
        minute_count=0,
        joined_at=now,
    )


def _adjust_count(kinds: Mapping[str, int], kind: ChangeKind, by: int) -> dict[str, int]:
    return {**kinds, str(kind): kinds.get(kind, 0) + by}


class GatheringRepository(Protocol):
    """What bulk reviews have gathered while their cause lasts, and what may have the same cause."""

    def list_by_cause(self, route: str, causes: Sequence[str]) -> list[Gathering]:
        """Return the gatherings of a route for any of these causes."""
        ...

    def survey(
        self,
        route: str,
        causes: Sequence[str],
        *,
        subject: str,
        arrived_at: datetime,
        window: timedelta,
        count_to: int,
    ) -> Survey:
        """Return the same, and how many other changes may have one of these causes: no more than these have.

        They are the open reviews of the route from the `window` before `arrived_at`, and the pending events
        from the minute before it to the window after it, without those of `subject`. Reviews and events are
        each counted up to `count_to`.
        """
        ...

    def get(self, review_id: str) -> Gathering | None: ...

    def start(self, gathering: Gathering, *, ended_ids: Sequence[str]) -> None:
        """Begin to gather; the reviews with the ids `ended_ids` gather no more.

        Raises `Conflict` where another worker began for the same cause meanwhile.
        """
        ...

    def save(self, gathering: Gathering) -> None: ...

    def list_recent_reviews(self, route: str, *, since: datetime, limit: int) -> list[Arrival]:
        """Return the newest open reviews of single files of a route on which nothing has been done.

        Only those opened since then, in the order in which they were.
        """
        ...

    def list_pending_files(
        self, *, at: datetime, since: datetime, until: datetime, limit: int
    ) -> list[Arrival]:
        """Return the files of pending events that arrived between these times, those around `at`.

        At most `limit` that arrived up to then and `limit` from then on; one that arrived just then may come
        twice. `folder` is the file's last stored folder, else the one that its event names.
        """
        ...

    def count_pending_files(
        self, *, at: datetime, since: datetime, until: datetime, limit: int
    ) -> dict[str, int]:
        """Return how many of these files are in each folder.

        One that is not stored, and of which two events name different folders, counts in both.
        """
        ...

    def find_event_parents(self, folder_ids: Sequence[str]) -> dict[str, str]:
        """Return the parent of each of these folders, by the newest of its own pending events."""
        ...
