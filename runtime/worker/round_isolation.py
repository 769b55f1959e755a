"""Isolation of failures inside a round: one failing item does not block the others."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

from runtime.worker.rounds import MAX_LISTED_ITEMS, ItemsFailed
from store.outages import DATABASE_ERRORS

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DATABASE_FAILURES = 5
"""After so many consecutive database failures a round ends: the database is not available for the rest
either."""
MAX_REMEMBERED_ITEMS = 1000
"""How many items with a logged failure are remembered."""

log = structlog.get_logger()


class RoundIsolation:
    """Factory of isolations for the rounds of one name.

    The same failure of the same item is logged once, until the item succeeds again.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._logged_failures: dict[str, str] = {}

    @contextmanager
    def isolate_round(self) -> Iterator[ItemIsolation]:
        """Yield the isolation for the items of a round.

        Raises `ItemsFailed` at the end if any item failed, so that the round counts as failed.
        """
        isolation = ItemIsolation(self._logged_failures)
        try:
            yield isolation
        finally:
            self._log(isolation)
        if isolation.failed:
            raise ItemsFailed(isolation.failed)

    def _log(self, isolation: ItemIsolation) -> None:
        for item, error in list(isolation.new_failures.items())[:MAX_LISTED_ITEMS]:
            is_expected = isinstance(error, sa.exc.SQLAlchemyError)
            log.warning(
                "item_failed",
                round=self._name,
                item=item,
                reason=type(error).__name__,
                exc_info=None if is_expected else error,
            )
        if len(isolation.new_failures) > MAX_LISTED_ITEMS:
            log.warning(
                "items_failed", round=self._name, count=len(isolation.new_failures), named=MAX_LISTED_ITEMS
            )
        for item in isolation.recovered:
            log.info("item_well_again", round=self._name, item=item)


class ItemIsolation:
    """Isolation of each item of one round; `failed` has the kind of error of the items that failed."""

    def __init__(self, logged_failures: dict[str, str]) -> None:
        """Keep the last logged failure of each item in `logged_failures`."""
        self.failed: dict[str, str] = {}
        self.new_failures: dict[str, Exception] = {}
        self.recovered: list[str] = []
        self._logged_failures = logged_failures
        self._database_failures = 0

    @contextmanager
    def __call__(self, item: str) -> Iterator[None]:
        try:
            yield
        except DATABASE_ERRORS as error:
            self._database_failures += 1
            self._note(item, error)
            if self._database_failures >= MAX_DATABASE_FAILURES:
                raise
        except Exception as error:  # noqa: BLE001 - the edge of the item: it is logged as the round ends
            self._database_failures = 0
            self._note(item, error)
        else:
            self._database_failures = 0
            if self._logged_failures.pop(item, None) is not None:
                self.recovered.append(item)

    def _note(self, item: str, error: Exception) -> None:
        reason = type(error).__name__
        self.failed[item] = reason
        if self._logged_failures.get(item) == reason:
            return
        self.new_failures[item] = error
        self._logged_failures.pop(item, None)
        if len(self._logged_failures) >= MAX_REMEMBERED_ITEMS:
            del self._logged_failures[next(iter(self._logged_failures))]
        self._logged_failures[item] = reason
