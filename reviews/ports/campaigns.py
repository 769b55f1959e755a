"""The repository of campaigns, and the queries about their reviews."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from reviews.campaign import Campaign, CampaignFigures, CampaignProgress, WaitingDocument
    from reviews.model import Review


LOOK_INTERVAL = timedelta(minutes=1)
"""How long a change of a campaign's figures may wait until its card shows it."""


class CampaignRepository(Protocol):
    def add(self, campaign: Campaign) -> bool:
        """Store a new campaign; `False` if one of the same name has not ended. Case does not count."""
        ...

    def get(self, campaign_id: str, *, lock: bool = False) -> Campaign | None:
        """Return a campaign; with `lock`, no other transaction changes it until this one ends."""
        ...

    def hold(self, campaign_id: str) -> Campaign | None:
        """Return a campaign, which no other transaction locks until this one ends; any number may hold it."""
        ...

    def hold_preparing(self, route: str) -> None:
        """Hold the campaigns of a route whose reviews are being opened: wait for those that are in hand."""
        ...

    def list_named(self, text: str) -> list[Campaign]:
        """Return the campaign with this id, else those with this name, in whatever case.

        A name may be that of one running campaign of each route. Those that have not ended come first, then
        the newest; at most 100.
        """
        ...

    def save(self, campaign: Campaign) -> None:
        """Store what has changed of a campaign that this transaction has locked."""
        ...

    def request_look(self, campaign_id: str, *, at: datetime) -> None:
        """Have a worker look at a running campaign, which the caller holds, within `LOOK_INTERVAL`.

        A look that has begun and does not see this transaction's change waits for it, or is requested again.
        """
        ...

    def list_recent(
        self, limit: int, *, routes: Collection[str] | None = None, before: Campaign | None = None
    ) -> list[Campaign]:
        """Return campaigns, the newest first: of some routes, and those that began before another."""
        ...

    def list_not_ended(self, limit: int) -> list[Campaign]:
        """Return the campaigns that have not ended, the newest first."""
        ...

    def list_due_ids(self, now: datetime, limit: int, *, exclude: Collection[str] = ()) -> list[str]:
        """Return the ids of campaigns that a worker should look at by now, the longest due first.

        Those in `exclude` are left out.
        """
        ...

    def list_file_ids(self, campaign_id: str) -> set[str]:
        """Return the ids of the documents that have a review in the campaign, whatever became of it."""
        ...

    def list_reviews(self, campaign: Campaign, *, after: str = "", limit: int | None = None) -> list[Review]:
        """Return the current review of each document with its answers, the oldest first.

        A document that went has none; what the end of the campaign closed has. `after` is the id of the
        review after which the list continues.
        """
        ...

    def list_open_review_ids(self, campaign_id: str) -> list[str]: ...

    def list_review_ids_of_file(self, file_id: str, *, route: str) -> list[str]:
        """Return the id of the newest review of a file in each campaign on a route, the oldest first."""
        ...

    def list_open_reviews_beneath(self, folder_id: str, *, route: str) -> list[str]:
        """Return the ids of open reviews of campaigns whose documents are stored as beneath a folder."""
        ...

    def list_closed_reviews(self, *, route: str) -> list[str]:
        """Return the ids of closed reviews, superseded by none, of campaigns that have not ended."""
        ...

    def list_waiting(
        self, review_ids: Collection[str], people: Collection[str] | None
    ) -> dict[str, WaitingDocument]:
        """Return those of some reviews that are open, by id, with those of `people` who are missing.

        `None` stands for all people of each review. It costs as much as there are answers of these people.
        """
        ...

    def compute_progress(self, campaign: Campaign) -> CampaignProgress: ...

    def compute_figures(
        self, campaigns: Sequence[Campaign], *, own: Collection[str] = ()
    ) -> Mapping[str, CampaignFigures]:
        """Return how far campaigns are, by their ids; `own` are entries of their people."""
        ...
