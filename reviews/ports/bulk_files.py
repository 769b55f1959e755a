"""Repository of the files of bulk reviews."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from reviews.bulk import BulkFile, BulkTiming
    from reviews.identity import Person
    from reviews.kinds import ChangeKind
    from reviews.model import Review


ONE_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What identifies the cause of a change: when its first event arrived, in which folder, and by whom.

    `people` are DocSpace ids, or names where there is no id. `from_sweep` means that the gap sweep detected
    it. `review_id` is the open review of the file, if the change has opened one.
    """

    file_id: str
    folder: str
    people: frozenset[str]
    arrived_at: datetime
    from_sweep: bool
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


class BulkFileRepository(Protocol):
    """The files of bulk reviews, and the gathering while their cause lasts.

    Every caller that changes a file has locked its review before.
    """

    def list_files(self, review_id: str, *, after: int = 0, limit: int = 100) -> list[BulkFile]:
        """Return files of a bulk review in the order in which they joined, including those taken out.

        `after` is the position of the last file of the page before.
        """
        ...

    def count(self, review_id: str) -> int:
        """Return how many files are in a bulk review, without those taken out; 0 for any other review."""
        ...

    def search(self, review_id: str, *, title: str, skip: int, limit: int) -> list[BulkFile]:
        """Return files sorted by path and title, including those taken out.

        Only those whose title or path contains `title`, which may be empty.
        """
        ...

    def count_matches(self, review_id: str, *, title: str) -> int:
        """Return how many files match `search` in all."""
        ...

    def get(self, review_id: str, file_id: str) -> BulkFile | None: ...

    def list_gatherings(self, route: str, causes: Sequence[str]) -> list[Gathering]:
        """Return the gatherings of a route for any of these causes."""
        ...

    def find_gathering(self, review_id: str) -> Gathering | None: ...

    def start_gathering(self, gathering: Gathering, *, ended_ids: Sequence[str]) -> None:
        """Begin to gather; the reviews with the ids `ended_ids` gather no more.

        Raises `Conflict` where another worker began for the same cause meanwhile.
        """
        ...

    def save_gathering(self, gathering: Gathering) -> None: ...

    def recount(self, review_id: str) -> None:
        """Recount the files of a bulk review: after it was answered, some may have got their own review."""
        ...

    def add_file(self, review: Review, file: BulkFile) -> None:
        """Add a file to a bulk review. Raises `Conflict` where it is already in there.

        `review` is its state before: it is already indexed by the people and folders of its other files.
        """
        ...

    def update_file(self, review: Review, file: BulkFile) -> None:
        """Store the new state of a file that is in a bulk review."""
        ...

    def mark_taken_apart(self, review_id: str, file_id: str, *, own_review_id: str) -> bool:
        """Store which review a file now has of its own; `False` if it had one before."""
        ...

    def count_contributed(self, review_id: str, people: Sequence[Person]) -> int:
        """Return how many files of a bulk review a person contributed to, by any of their accounts."""
        ...

    def is_contributor_hidden(self, review_id: str) -> bool:
        """Return whether any contributor to a file has an id but no address."""
        ...

    def find_timing(self, review_id: str) -> BulkTiming | None:
        """Return when an open bulk review was opened and last joined; `None` for any other review."""
        ...

    def list_recent_reviews(self, route: str, *, since: datetime, limit: int) -> list[Arrival]:
        """Return the newest open reviews of single files of a route on which nothing has been done.

        Only those opened since then, in the order in which they were.
        """
        ...

    def list_pending(
        self, *, since: datetime, until: datetime, limit: int, latest: bool = False
    ) -> list[Arrival]:
        """Return the files of pending events that arrived between these times, the earliest first.

        With `latest`, the latest ones. `folder` is the file's last stored folder, else the one that its event
        names.
        """
        ...

    def find_event_parents(self, folder_ids: Sequence[str]) -> dict[str, str]:
        """Return the parent of each of these folders, by the newest of its own pending events."""
        ...

    def absorb(self, review_id: str, *, bulk_review_id: str) -> bool:
        """Have a bulk review replace an open, unanswered review; `False` if it is not so.

        Its cards with no attempt to post them are no longer owed.
        """
        ...
