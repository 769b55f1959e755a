"""The watched folders in the database, which decides which of them are due for a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.route import Routes

MAX_FOLDERS_AT_ONCE = 5000


def save_watched_folders(transactions: Transactions, routes: Routes) -> None:
    """Store which folders the routes watch, some in each transaction."""
    with transactions(reading=True) as work:
        stored_ids = work.baselines.list_watched()
    new_ids = [each for each in routes.watched if each not in stored_ids]
    for start in range(0, len(new_ids), MAX_FOLDERS_AT_ONCE):
        with transactions() as work:
            work.baselines.watch(new_ids[start : start + MAX_FOLDERS_AT_ONCE])
            work.commit()
    removed_ids = sorted(each for each in stored_ids if not routes.is_watched(each))
    for start in range(0, len(removed_ids), MAX_FOLDERS_AT_ONCE):
        with transactions() as work:
            work.baselines.unwatch(removed_ids[start : start + MAX_FOLDERS_AT_ONCE])
            work.commit()
